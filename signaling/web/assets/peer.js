/* SPDX-License-Identifier: Apache-2.0 */
/* peer.js: one RTCPeerConnection on a WHIP or WHEP session, kept alive. A line that stutters
 * gets an ICE restart; a session that is lost is opened anew, for as long as it takes.
 * Candidates are not trickled: the relay is ICE-lite, has given its own in the answer and
 * learns ours from our checks, so the offer can be sent before any was gathered. */

import { Backoff } from './backoff.js';
import { Problem } from './problem.js';
import { closeSession, openSession, restartSession } from './resource.js';
import { answerWithFragment, fragmentOfOffer } from './sdpfrag.js';

const DISCONNECTED_MS = 1000; /* a shorter hole heals by itself */
const RESTART_MS = 4000;      /* from ICE restart to connected, or the session is given up */
const CONNECT_MS = 8000;      /* from the answer to connected: ICE and DTLS, 1.2 s round trip */
const MOST_WAIT_MS = 2000;    /* between attempts: a room is back within 3 s of its relay */
const NO_PATH_ATTEMPTS = 2;   /* unconnected in a row before we suspect a firewall */

/* States: 'idle', 'connecting', 'connected', 'recovering' (was connected), 'refused' (see
 * problem), 'stopped'. Each change is a 'state' event; 'problem' and 'noPath' go with it.
 * 'closing': its tracks are about to end. */
export class Peer extends EventTarget {
    state = 'idle';
    problem = null;
    noPath = false;
    pc = null;
    location = null;

    #endpoint;
    #token;
    #backoff = new Backoff({ most_ms: MOST_WAIT_MS });
    #unconnected = 0;
    #giveUp = null; /* ends the running attempt */
    #wake = null;   /* ends the running pause */

    /* @endpoint: /whip/{lesson} or /whep/{lesson}. */
    constructor(endpoint, token) {
        super();
        this.#endpoint = endpoint;
        this.#token = token;
    }

    /* For the subclass: adds the transceivers to a fresh connection. */
    build(_pc) {
        throw new Error('not implemented');
    }

    /* For the subclass: the answer is in place. */
    async opened() {}

    start() {
        if (this.state === 'idle')
            this.#run();
    }

    /* The server says the session is gone: open a new one at once. */
    rejoin() {
        this.hurry();
        this.#giveUp?.();
    }

    /* Something came back (the server, the line): do not sit out a long pause. */
    hurry() {
        this.#backoff.reset();
        this.#wake?.();
    }

    /* Ends the session for good, synchronously: it is called while the page goes away. */
    stop() {
        if (this.state === 'stopped')
            return;
        this.#setState('stopped');
        this.#close();
        this.#giveUp?.();
        this.#wake?.();
    }

    async #run() {
        this.#setState('connecting');
        while (this.state !== 'stopped' && this.state !== 'refused') {
            let wait_ms = 0;
            try {
                await this.#attempt();
            } catch (error) {
                wait_ms = this.#takeError(error);
            }
            await this.#pause(this.#backoff.next(wait_ms));
        }
    }

    /* Answers how long the server asked us to wait, in ms. */
    #takeError(error) {
        this.problem = error instanceof Problem ? error
                                                : new Problem('bad-sdp', { detail: String(error) });
        this.#setState(this.problem.final ? 'refused' : this.#lostState());
        return this.problem.retry_ms;
    }

    /* From the offer to the loss of the session. */
    async #attempt() {
        const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
        const over = new Promise((resolve) => { this.#giveUp = resolve; });
        const timers = new Timers();
        this.pc = pc;
        try {
            await this.#open(pc);
            timers.set(CONNECT_MS, () => this.#connectTimedOut());
            pc.addEventListener('connectionstatechange',
                () => this.#onConnectionState(pc, timers));
            this.#onConnectionState(pc, timers);
            await over;
        } finally {
            timers.clear();
            this.#giveUp = null;
            this.dispatchEvent(new Event('closing'));
            this.#close();
            if (this.state === 'connected')
                this.#setState('recovering');
        }
    }

    async #open(pc) {
        this.build(pc);
        await pc.setLocalDescription(await pc.createOffer());
        const session = await openSession(this.#endpoint, this.#token, pc.localDescription.sdp);
        if (this.state === 'stopped') { /* meanwhile: the server must not keep what nobody has */
            closeSession(session.location, this.#token);
            return;
        }
        this.location = session.location;
        await pc.setRemoteDescription({ type: 'answer', sdp: session.answer });
        await this.opened();
        /* a relay that says goodbye closes DTLS; connectionState alone does not tell it */
        const { transport } = pc.getTransceivers()[0].receiver;
        transport?.addEventListener('statechange', () => {
            if (transport.state === 'closed')
                this.#giveUp?.();
        });
    }

    #close() {
        this.pc?.close();
        if (this.location)
            closeSession(this.location, this.#token);
        this.location = null;
    }

    #connectTimedOut() {
        this.#unconnected += 1;
        this.noPath = this.#unconnected >= NO_PATH_ATTEMPTS;
        this.#setState(this.#lostState());
        this.#giveUp?.();
    }

    #onConnectionState(pc, timers) {
        switch (pc.connectionState) {
        case 'connected':
            timers.clear();
            this.#backoff.reset();
            this.#unconnected = 0;
            this.noPath = false;
            this.problem = null;
            this.#setState('connected');
            break;
        case 'disconnected':
            this.#setState('recovering');
            timers.set(DISCONNECTED_MS, () => this.#restart(pc, timers));
            break;
        case 'failed':
            this.#giveUp?.();
            break;
        }
    }

    async #restart(pc, timers) {
        timers.set(RESTART_MS, () => this.#giveUp?.());
        try {
            const answer = pc.remoteDescription.sdp;
            pc.restartIce();
            await pc.setLocalDescription(await pc.createOffer());
            const fragment = await restartSession(this.location, this.#token,
                fragmentOfOffer(pc.localDescription.sdp));
            await pc.setRemoteDescription(
                { type: 'answer', sdp: answerWithFragment(answer, fragment) });
        } catch {
            this.#giveUp?.(); /* the session is unknown by now: a new one says why, if it fails */
        }
    }

    #lostState() {
        return this.state === 'connecting' ? 'connecting' : 'recovering';
    }

    #setState(state) {
        this.state = this.state === 'stopped' ? 'stopped' : state;
        this.dispatchEvent(new Event('state'));
    }

    async #pause(ms) {
        let timer = 0;
        await new Promise((resolve) => {
            this.#wake = resolve;
            timer = setTimeout(resolve, ms);
        });
        clearTimeout(timer);
        this.#wake = null;
    }
}

/* One deadline at a time: setting the next one drops the last. */
class Timers {
    #id = 0;

    set(ms, action) {
        clearTimeout(this.#id);
        this.#id = setTimeout(action, ms);
    }

    clear() {
        clearTimeout(this.#id);
    }
}

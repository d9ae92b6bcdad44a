/* SPDX-License-Identifier: Apache-2.0 */
/* events.js: the lesson's WebSocket. Says hello, asks now and then whether the server is
 * alive, comes back after a loss. Spec: docs/protocol.md#events. */

import { Backoff } from './backoff.js';

const SUB_PROTOCOL = 'synclass.v1';
const PING_MS = 10_000;  /* a line that is dead without saying so is found out by this */
const PONG_MS = 5_000;   /* how long a pong may take before we hang up */
const WELCOME_MS = 8_000;
const CLOSE_BAD_TOKEN = 4401;

/* States: 'connecting', 'open' (welcomed), 'lost', 'refused', 'stopped'; each change is a
 * 'state' event. Each message is a 'message' event with the parsed message as detail. */
export class Events extends EventTarget {
    state = 'connecting';

    #token;
    #socket = null;
    #backoff = new Backoff({ first_ms: 500 });
    #retry = 0;
    #alive = 0;
    #ping = 0;
    #next_id = 1;

    constructor(token) {
        super();
        this.#token = token;
    }

    start() {
        const url = new URL('/events', location.href);
        url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
        const socket = new WebSocket(url, SUB_PROTOCOL);
        this.#socket = socket;
        socket.addEventListener('open', () => this.#send({
            type: 'hello', token: this.#token, language: document.documentElement.lang,
        }));
        socket.addEventListener('message', ({ data }) => this.#onMessage(data));
        socket.addEventListener('close', ({ code }) => this.#onClose(socket, code));
        this.#expectLife(WELCOME_MS);
    }

    /* Gives the floor to @site, or with null takes it back. Answers the request's id. */
    giveFloor(site) {
        const id = this.#next_id++;
        this.#send({ type: 'floor', site, id });
        return id;
    }

    hurry() {
        if (this.state === 'lost') {
            clearTimeout(this.#retry);
            this.start();
        }
    }

    stop() {
        this.#setState('stopped');
        clearTimeout(this.#retry);
        this.#clearTimers();
        this.#socket?.close(1000);
    }

    #send(message) {
        if (this.#socket?.readyState === WebSocket.OPEN)
            this.#socket.send(JSON.stringify(message));
    }

    #onMessage(data) {
        let message;
        try {
            message = JSON.parse(data);
        } catch {
            return; /* not ours to mend; the server counts its own mistakes */
        }
        clearTimeout(this.#alive);
        if (message.type === 'welcome') {
            this.#backoff.reset();
            clearInterval(this.#ping);
            this.#ping = setInterval(() => this.#askAlive(), PING_MS);
        }
        this.dispatchEvent(new CustomEvent('message', { detail: message }));
        if (message.type === 'welcome' && this.state !== 'stopped') /* by a listener */
            this.#setState('open');
    }

    #askAlive() {
        this.#send({ type: 'ping', id: this.#next_id++ });
        this.#expectLife(PONG_MS);
    }

    /* Any message counts as life. close() alone would wait for the dead peer's answer. */
    #expectLife(ms) {
        clearTimeout(this.#alive);
        const socket = this.#socket;
        this.#alive = setTimeout(() => {
            socket.close();
            this.#onClose(socket, 0);
        }, ms);
    }

    #onClose(socket, code) {
        if (socket !== this.#socket || this.state === 'stopped')
            return;
        this.#socket = null;
        this.#clearTimers();
        if (code === CLOSE_BAD_TOKEN) {
            this.#setState('refused');
            return;
        }
        this.#setState('lost');
        this.#retry = setTimeout(() => this.start(), this.#backoff.next());
    }

    #clearTimers() {
        clearTimeout(this.#alive);
        clearInterval(this.#ping);
    }

    #setState(state) {
        this.state = state;
        this.dispatchEvent(new Event('state'));
    }
}

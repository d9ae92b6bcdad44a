/* SPDX-License-Identifier: Apache-2.0 */
/* far-end.js: a far end of the room's own, for an echo test: what it says is played here as a
 * voice of the lesson is, and what the microphone sends comes back to it, both by way of the
 * relay. Spec: docs/protocol.md#echo-test. */

import { readProblem } from './problem.js';
import { Voices } from './voices.js';
import { Watcher } from './whep.js';
import { Publisher } from './whip.js';

const MOST_MS = 8000; /* until both ends hear each other */
const ASK_MS = 5000;

const FAR_SAYS = [{ slot: 'main-audio', kind: 'audio' }];
const FAR_HEARS = [{ slot: 'voice-0', kind: 'audio' }];
const ROOM_SAYS = [{ slot: 'microphone', kind: 'audio' }];
const ROOM_HEARS = [{ slot: 'main-audio', kind: 'audio' }];

/* { lesson, far, near }; throws a Problem where the server has no test for us. */
async function ask(token) {
    const response = await fetch('/echo-test', {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(ASK_MS),
    });
    if (!response.ok)
        throw await readProblem(response);
    return response.json();
}

/* The track of @watcher's one slot, once sound comes by it; null where none does in time. */
function flowing(watcher) {
    return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(null), MOST_MS);
        const found = (track) => {
            clearTimeout(timer);
            resolve(track);
        };
        watcher.addEventListener('slot', ({ detail: { track } }) => {
            if (track.muted)
                track.addEventListener('unmute', () => found(track), { once: true });
            else
                found(track);
        });
    });
}

export class FarEnd {
    #voices = new Voices();
    #listener = new Audio(); /* of a track that no element plays no samples are to be had */
    #peers = [];
    #closed = false;

    /* The far end says the track @said, and hears @microphone. The track that comes back to
     * it; null where the server has no test for us, or nothing comes. */
    async open(token, said, microphone) {
        let test;
        try {
            test = await ask(token);
        } catch {
            return null; /* the caller has another way to listen */
        }
        return this.#closed ? null : this.#join(test, said, microphone);
    }

    close() {
        this.#closed = true;
        for (const peer of this.#peers)
            peer.stop();
        this.#voices.stop();
        this.#listener.srcObject = null;
    }

    async #join({ lesson, far, near }, said, microphone) {
        const room = new Watcher({ lesson, token: near, sections: ROOM_HEARS });
        const ear = new Watcher({ lesson, token: far, sections: FAR_HEARS });
        const answer = new Publisher({ lesson, token: near, sections: ROOM_SAYS });
        const mouth = new Publisher({ lesson, token: far, sections: FAR_SAYS });
        answer.setTrack('microphone', microphone);
        mouth.setTrack('main-audio', said);
        room.addEventListener('slot',
            ({ detail: { slot, track } }) => this.#voices.play(slot, track));
        const both = Promise.all([flowing(ear), flowing(room)]);
        this.#peers = [room, ear, answer, mouth];
        for (const peer of this.#peers)
            peer.start();
        const [returned, arrived] = await both;
        if (this.#closed || !returned || !arrived)
            return null;
        this.#listener.muted = true;
        this.#listener.srcObject = new MediaStream([returned]);
        return returned;
    }
}

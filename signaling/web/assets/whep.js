/* SPDX-License-Identifier: Apache-2.0 */
/* whep.js: watches. Subscribes once to the fixed slots of the role; what a slot shows is
 * changed by the relay, unseen from here. */

import { Peer } from './peer.js';

/* Each slot's track of a new session is a 'slot' event: detail { slot, kind, track }. */
export class Watcher extends Peer {
    #sections;
    slots = new Map(); /* mid → slot, of the present session */

    /* @sections: a list of slots.js. */
    constructor({ lesson, token, sections }) {
        super(`/whep/${encodeURIComponent(lesson)}`, token);
        this.#sections = sections;
    }

    build(pc) {
        const slotOf = new Map();
        this.slots = new Map();
        for (const { slot, kind } of this.#sections)
            slotOf.set(pc.addTransceiver(kind, { direction: 'recvonly' }), slot);
        pc.addEventListener('track', ({ transceiver, track }) => {
            const slot = slotOf.get(transceiver);
            this.slots.set(transceiver.mid, slot);
            this.dispatchEvent(new CustomEvent('slot',
                { detail: { slot, kind: track.kind, track } }));
        });
    }
}

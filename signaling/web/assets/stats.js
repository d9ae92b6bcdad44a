/* SPDX-License-Identifier: Apache-2.0 */
/* stats.js: the counters of getStats by slot, and how they move. */

const FLOWING_MS = 3000; /* a shared screen that stands still sends one frame a second */

/* Counters of what is received, by slot. @slots: Watcher.slots. */
export async function receivedBySlot(pc, slots) {
    const bySlot = {};
    for (const report of (await pc.getStats()).values()) {
        if (report.type !== 'inbound-rtp' || !slots.has(report.mid))
            continue;
        bySlot[slots.get(report.mid)] = {
            kind: report.kind,
            bytes: report.bytesReceived,
            packets: report.packetsReceived,
            lost: report.packetsLost,
            framesReceived: report.framesReceived ?? 0,
            framesDecoded: report.framesDecoded ?? 0,
            framesDropped: report.framesDropped ?? 0,
            keyFramesDecoded: report.keyFramesDecoded ?? 0,
            freezes: report.freezeCount ?? 0,
            width: report.frameWidth ?? 0,
            height: report.frameHeight ?? 0,
            samples: report.totalSamplesReceived ?? 0,
            concealedSamples: report.concealedSamples ?? 0,
            energy: report.totalAudioEnergy ?? 0,
        };
    }
    return bySlot;
}

/* Counters of what is sent, by slot. @sections: the publisher's list of slots.js, which
 * is also the order of its transceivers. */
export async function sentBySlot(pc, sections) {
    const slots = new Map(pc.getTransceivers().map((transceiver, i) =>
        [transceiver.mid, sections[i].slot]));
    const bySlot = {};
    for (const report of (await pc.getStats()).values()) {
        if (report.type !== 'outbound-rtp' || !slots.has(report.mid))
            continue;
        bySlot[slots.get(report.mid)] = {
            kind: report.kind,
            bytes: report.bytesSent,
            packets: report.packetsSent,
            framesEncoded: report.framesEncoded ?? 0,
            keyFramesEncoded: report.keyFramesEncoded ?? 0,
            retransmitted: report.retransmittedPacketsSent ?? 0,
            nacks: report.nackCount ?? 0,
            plis: report.pliCount ?? 0,
            width: report.frameWidth ?? 0,
            height: report.frameHeight ?? 0,
        };
    }
    return bySlot;
}

/* Tells which slots move: feed it what receivedBySlot answers. */
export class Flow {
    #seen = new Map(); /* slot → { framesDecoded, changed_ms } */

    update(bySlot, now_ms) {
        for (const [slot, { framesDecoded }] of Object.entries(bySlot)) {
            const last = this.#seen.get(slot);
            /* a new session counts from nought again: that alone is no picture */
            if (framesDecoded > 0 && framesDecoded !== last?.framesDecoded)
                this.#seen.set(slot, { framesDecoded, changed_ms: now_ms });
        }
    }

    isFlowing(slot, now_ms) {
        const last = this.#seen.get(slot);
        return last !== undefined && now_ms - last.changed_ms < FLOWING_MS;
    }

    hasFlowed(slot) {
        return this.#seen.has(slot);
    }
}

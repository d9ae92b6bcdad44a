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
        const slot = slots.get(report.mid);
        bySlot[slot] = addLayer(bySlot[slot] ?? { kind: report.kind, layers: {} }, report);
    }
    return bySlot;
}

const LAYER_COUNTERS = {
    bytes: 'bytesSent',
    packets: 'packetsSent',
    framesEncoded: 'framesEncoded',
    keyFramesEncoded: 'keyFramesEncoded',
    retransmitted: 'retransmittedPacketsSent',
    nacks: 'nackCount',
    plis: 'pliCount',
};

/* @sent with the counters of one encoding more, which stand by themselves in layers, by RID
 * ('' where there is one only). The size is the largest one's. */
function addLayer(sent, report) {
    const layer = { width: report.frameWidth ?? 0, height: report.frameHeight ?? 0 };
    const sum = { ...sent, layers: { ...sent.layers, [report.rid ?? '']: layer } };
    for (const [name, counter] of Object.entries(LAYER_COUNTERS)) {
        layer[name] = report[counter] ?? 0;
        sum[name] = (sent[name] ?? 0) + layer[name];
    }
    sum.width = Math.max(sent.width ?? 0, layer.width);
    sum.height = Math.max(sent.height ?? 0, layer.height);
    return sum;
}

/* Tells which slots move: feed it what receivedBySlot answers. */
export class Flow {
    #seen = new Map(); /* slot → { n, changed_ms }; n: frames decoded, of audio packets */

    update(bySlot, now_ms) {
        for (const [slot, { kind, framesDecoded, packets }] of Object.entries(bySlot)) {
            const n = kind === 'audio' ? packets : framesDecoded;
            /* a new session counts from nought again: that alone is no picture */
            if (n > 0 && n !== this.#seen.get(slot)?.n)
                this.#seen.set(slot, { n, changed_ms: now_ms });
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

/* SPDX-License-Identifier: Apache-2.0 */
/* whip.js: publishes. Every section is negotiated once, with or without a track; muting,
 * another camera and the slides are replaceTrack and never a new offer. */

import { Peer } from './peer.js';

const H264_PROFILE = /packetization-mode=1.*profile-level-id=42e0/i; /* constrained baseline */
const MOST_BPS = { 'main-video': 1_800_000, 'slides-video': 1_500_000, camera: 900_000 };

/* What we send: H.264 that every decoder takes first, other H.264, VP8; their rtx last.
 * Empty where the browser cannot say. */
export function preferredCodecs(capabilities) {
    const rank = ({ mimeType, sdpFmtpLine = '' }) => {
        switch (mimeType.toLowerCase()) {
        case 'video/h264':
            if (!sdpFmtpLine.includes('packetization-mode=1'))
                return -1;
            return H264_PROFILE.test(sdpFmtpLine) ? 0 : 1;
        case 'video/vp8':
            return 2;
        case 'video/rtx':
            return 3;
        default:
            return -1;
        }
    };
    return (capabilities?.codecs ?? [])
        .filter((codec) => rank(codec) >= 0)
        .sort((a, b) => rank(a) - rank(b));
}

export class Publisher extends Peer {
    #sections;
    #tracks = new Map();  /* slot → MediaStreamTrack, kept from session to session */
    #senders = new Map(); /* slot → RTCRtpSender of the present session */

    /* @sections: a list of slots.js. */
    constructor({ lesson, token, sections }) {
        super(`/whip/${encodeURIComponent(lesson)}`, token);
        this.#sections = sections;
    }

    /* Sends @track as @slot from now on; null sends nothing. */
    setTrack(slot, track) {
        this.#tracks.set(slot, track);
        this.#senders.get(slot)?.replaceTrack(track).catch(() => {
            /* the session was closed in between; the next one takes the track from the map */
        });
    }

    track(slot) {
        return this.#tracks.get(slot) ?? null;
    }

    build(pc) {
        const stream = new MediaStream();
        this.#senders.clear();
        for (const { slot, kind } of this.#sections) {
            const transceiver = pc.addTransceiver(this.track(slot) ?? kind, {
                direction: 'sendonly',
                streams: [stream],
                sendEncodings: MOST_BPS[slot] ? [{ maxBitrate: MOST_BPS[slot] }] : undefined,
            });
            if (kind === 'video')
                transceiver.setCodecPreferences(
                    preferredCodecs(RTCRtpSender.getCapabilities('video')));
            this.#senders.set(slot, transceiver.sender);
        }
    }
}

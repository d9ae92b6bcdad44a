/* SPDX-License-Identifier: Apache-2.0 */
/* whip.js: publishes. Every section is negotiated once, with or without a track; muting,
 * another camera and the slides are replaceTrack and never a new offer. */

import { Peer } from './peer.js';

const H264_PROFILE = /packetization-mode=1.*profile-level-id=42e0/i; /* constrained baseline */

/* The main picture's layers, of which the relay forwards one. The lowest first: it flows
 * while the line is still being tried. */
const LAYERS = [
    { rid: 'l', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
    { rid: 'm', scaleResolutionDownBy: 2, maxBitrate: 450_000 },
    { rid: 'h', scaleResolutionDownBy: 1, maxBitrate: 1_600_000 },
];
/* libwebrtc sends no more layers than a picture is worth, and leaves out the last ones: the
 * largest. A smaller picture than this is sent once. */
const LAYERED_PIXELS = 960 * 540;

/* What another slot is sent as. A class's camera of 640×360 is sent once: the
 * relay forwards the highest layer, so a second one would cost a weak computer and a thin
 * line, and nobody would see it. */
const ENCODINGS = {
    'slides-video': [{ maxBitrate: 1_500_000 }],
    camera: [{ maxBitrate: 900_000 }],
};

const VOICE_BPS = 40_000;  /* what Opus needs for one who speaks */
const MUSIC_BPS = 128_000; /* and for an instrument */

/* How many of the layers a picture of @track has; of none yet: all. */
export function countLayers(track) {
    const { width = 1280, height = 720 } = track?.getSettings() ?? {};
    return width * height >= LAYERED_PIXELS ? LAYERS.length : 1;
}

function encodingsOf(slot, n_layers) {
    if (slot === 'main-video')
        return n_layers > 1 ? LAYERS : [{ maxBitrate: LAYERS.at(-1).maxBitrate }];
    return ENCODINGS[slot] ?? [{ maxBitrate: VOICE_BPS }];
}

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
    #n_layers = 0;        /* of its main picture */

    /* @sections: a list of slots.js. */
    constructor({ lesson, token, sections }) {
        super(`/whip/${encodeURIComponent(lesson)}`, token);
        this.#sections = sections;
    }

    /* In a moment: the tracks that are set until then tell the first offer its layers. */
    start() {
        queueMicrotask(() => super.start());
    }

    /* Sends @track as @slot from now on; null sends nothing. A camera of another format than
     * the last one's has other layers, and they need a new session. */
    setTrack(slot, track) {
        this.#tracks.set(slot, track);
        if (slot === 'main-video' && track && this.#n_layers > 0
            && countLayers(track) !== this.#n_layers) {
            this.rejoin();
            return;
        }
        const sender = this.#senders.get(slot);
        sender?.replaceTrack(track).then(() => tune(sender)).catch(() => {
            /* the session was closed in between; the next one takes the track from the map */
        });
    }

    track(slot) {
        return this.#tracks.get(slot) ?? null;
    }

    build(pc) {
        const stream = new MediaStream();
        this.#senders.clear();
        this.#n_layers = countLayers(this.track('main-video'));
        for (const { slot, kind } of this.#sections) {
            const transceiver = pc.addTransceiver(this.track(slot) ?? kind, {
                direction: 'sendonly',
                streams: [stream],
                sendEncodings: encodingsOf(slot, this.#n_layers),
            });
            if (kind === 'video')
                transceiver.setCodecPreferences(
                    preferredCodecs(RTCRtpSender.getCapabilities('video')));
            this.#senders.set(slot, transceiver.sender);
        }
    }

    /* The bit rates hold from the answer on. */
    async opened() {
        await Promise.all([...this.#senders.values()].map(tune));
    }
}

/* How much a sound may take is told by its track's hint: capture.js sets it. */
async function tune(sender) {
    if (sender.track?.kind !== 'audio')
        return;
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings)
        encoding.maxBitrate = sender.track.contentHint === 'music' ? MUSIC_BPS : VOICE_BPS;
    await sender.setParameters(parameters);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* sfu.js: runs in a page of the stub: stands for relay and WHIP/WHEP, with real peer
 * connections. Tracks are what publishers send, slots are senders that replaceTrack(). */

window.sfu = (() => {
    const sessions = new Map(); /* id → { pc, tracks: { slot: track }, slots: { slot: sender } } */

    /* The answer with its candidates: a lite server does not trickle either. */
    async function answer(pc) {
        await pc.setLocalDescription(await pc.createAnswer());
        if (pc.iceGatheringState !== 'complete')
            await new Promise((resolve) => pc.addEventListener('icegatheringstatechange',
                () => pc.iceGatheringState === 'complete' && resolve()));
        return pc.localDescription.sdp;
    }

    /* Chromium forwards a remote voice only while something plays it. */
    function pull(track) {
        const player = new Audio();
        player.muted = true;
        player.srcObject = new MediaStream([track]);
        player.play();
    }

    async function publish(id, offer, slots) {
        const pc = new RTCPeerConnection();
        const tracks = {};
        sessions.set(id, { pc, tracks, slots: {} });
        pc.addEventListener('track', ({ transceiver, track }) => {
            tracks[slots[Number(transceiver.mid)]] = track;
            if (track.kind === 'audio')
                pull(track);
        });
        await pc.setRemoteDescription({ type: 'offer', sdp: offer });
        return answer(pc);
    }

    async function subscribe(id, offer, slots) {
        const pc = new RTCPeerConnection();
        const session = { pc, tracks: {}, slots: {} };
        sessions.set(id, session);
        await pc.setRemoteDescription({ type: 'offer', sdp: offer });
        for (const transceiver of pc.getTransceivers()) {
            transceiver.direction = 'sendonly';
            session.slots[slots[Number(transceiver.mid)]] = transceiver.sender;
        }
        return answer(pc);
    }

    /* @feeds: [{ session, slot, from: [session, slot] or null }] */
    async function patch(feeds) {
        for (const { session, slot, from } of feeds) {
            const sender = sessions.get(session)?.slots[slot];
            await sender?.replaceTrack(from ? sessions.get(from[0])?.tracks[from[1]] ?? null : null);
        }
    }

    function close(id) {
        sessions.get(id)?.pc.close();
        sessions.delete(id);
    }

    return { publish, subscribe, patch, close };
})();

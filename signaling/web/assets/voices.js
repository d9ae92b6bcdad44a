/* SPDX-License-Identifier: Apache-2.0 */
/* voices.js: plays the sound of the slots. A browser may refuse until somebody has pressed
 * something; then 'blocked' is told and unlock() waits for that press. */

export class Voices extends EventTarget {
    blocked = false;

    #players = new Map(); /* slot → HTMLAudioElement */
    #loudness = 1;

    play(slot, track) {
        let player = this.#players.get(slot);
        if (!player) {
            player = new Audio();
            player.autoplay = true;
            player.volume = this.#loudness;
            this.#players.set(slot, player);
        }
        player.srcObject = new MediaStream([track]);
        this.#start(player);
    }

    setMuted(slot, muted) {
        const player = this.#players.get(slot);
        if (player)
            player.muted = muted;
    }

    /* @loudness: 0 to 1, of all. */
    setLoudness(loudness) {
        this.#loudness = loudness;
        for (const player of this.#players.values())
            player.volume = loudness;
    }

    /* Call from a click or a key. */
    unlock() {
        this.#setBlocked(false);
        for (const player of this.#players.values())
            this.#start(player);
    }

    stop() {
        for (const player of this.#players.values())
            player.srcObject = null;
        this.#players.clear();
    }

    async #start(player) {
        try {
            await player.play();
        } catch (error) {
            if (error.name === 'NotAllowedError')
                this.#setBlocked(true);
            /* AbortError: another track took its place and has its own play() */
        }
    }

    #setBlocked(blocked) {
        if (blocked === this.blocked)
            return;
        this.blocked = blocked;
        this.dispatchEvent(new Event('blocked'));
    }
}

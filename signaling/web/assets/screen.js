/* SPDX-License-Identifier: Apache-2.0 */
/* screen.js: a box that shows one video track. The next track takes the box only with its
 * first frame, so the last picture stays while a line is down. */

export class Screen {
    #box;
    #shown = null;
    #coming = null;

    constructor(box) {
        this.#box = box;
    }

    get track() {
        return (this.#coming ?? this.#shown)?.srcObject.getVideoTracks()[0] ?? null;
    }

    show(track) {
        if (track === this.track)
            return;
        this.#coming?.remove();
        const video = document.createElement('video');
        video.className = 'coming';
        video.muted = true; /* sound is played by voices.js */
        video.autoplay = true;
        video.playsInline = true;
        video.disablePictureInPicture = true;
        video.srcObject = new MediaStream([track]);
        video.addEventListener('loadeddata', () => this.#swap(video), { once: true });
        this.#coming = video;
        this.#box.prepend(video);
    }

    clear() {
        for (const video of [this.#coming, this.#shown])
            release(video);
        this.#coming = this.#shown = null;
    }

    #swap(video) {
        if (video !== this.#coming)
            return;
        release(this.#shown);
        video.classList.remove('coming');
        this.#shown = video;
        this.#coming = null;
    }
}

function release(video) {
    if (!video)
        return;
    video.srcObject = null;
    video.remove();
}

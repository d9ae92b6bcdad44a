/* SPDX-License-Identifier: Apache-2.0 */
/* screen.js: a box that shows one video track. The last picture stays while a line is down:
 * it is painted before its connection is closed, which would turn it black, and the next
 * track takes the box only with its first frame. */

export class Screen {
    #box;
    #shown = null;  /* video, or the canvas of hold() */
    #coming = null; /* video without a frame yet */

    constructor(box) {
        this.#box = box;
    }

    get track() {
        return (this.#coming ?? this.#shown)?.srcObject?.getVideoTracks()[0] ?? null;
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

    /* Paints what is seen now, for as long as nothing else comes. */
    hold() {
        const video = this.#shown;
        if (!video?.videoWidth)
            return;
        const canvas = document.createElement('canvas');
        canvas.width = video.videoWidth;
        canvas.height = video.videoHeight;
        canvas.getContext('2d').drawImage(video, 0, 0);
        video.before(canvas);
        release(video);
        this.#shown = canvas;
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

function release(element) {
    if (element instanceof HTMLVideoElement)
        element.srcObject = null;
    element?.remove();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* meter.js: shows how loud a microphone is, in an element of class "meter". */

const PERIOD_MS = 80;
const FLOOR_DB = -54; /* a quiet room: the empty bar */
const TOP_DB = -4;    /* as loud as speech should get: the full bar */

export class Meter {
    #element;
    #context = null;
    #analyser = null;
    #source = null;
    #timer = 0;

    constructor(element) {
        this.#element = element;
    }

    /* Shows @track from now on, or nothing when it is null. */
    follow(track) {
        this.#source?.disconnect();
        this.#source = null;
        clearInterval(this.#timer);
        this.#draw(0);
        if (!track)
            return;
        this.#listen();
        this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
        this.#source.connect(this.#analyser);
        this.#timer = setInterval(() => this.#measure(), PERIOD_MS);
    }

    #listen() {
        if (this.#context)
            return;
        this.#context = new AudioContext();
        this.#analyser = this.#context.createAnalyser();
        this.#analyser.fftSize = 1024;
        /* a browser may hold the context until the first press */
        for (const type of ['pointerdown', 'keydown'])
            document.addEventListener(type, () => this.#context.resume(), { once: true });
    }

    #measure() {
        const samples = new Float32Array(this.#analyser.fftSize);
        this.#analyser.getFloatTimeDomainData(samples);
        const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
        const level_db = 10 * Math.log10(power + 1e-10);
        this.#draw((level_db - FLOOR_DB) / (TOP_DB - FLOOR_DB));
    }

    #draw(level) {
        const shown = Math.max(0, Math.min(1, level));
        this.#element.style.setProperty('--level', shown.toFixed(3));
        this.#element.setAttribute('aria-valuenow', Math.round(shown * 100));
    }
}

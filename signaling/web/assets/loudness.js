/* SPDX-License-Identifier: Apache-2.0 */
/* loudness.js: how loud the lesson is in this room: changed by keys, shown for a moment,
 * remembered. */

const STORAGE_KEY = 'synclass.loudness';
const STEPS = 10;
const SHOWN_MS = 2000;

export class Loudness {
    #box;
    #voices;
    #step = recall();
    #timer = 0;

    /* @box: holds a <meter>, and is seen while it changes. */
    constructor(box, voices) {
        this.#box = box;
        this.#voices = voices;
        this.#apply();
    }

    /* @by: steps, a tenth each. */
    change(by) {
        this.#step = Math.min(Math.max(this.#step + by, 0), STEPS);
        remember(this.#step);
        this.#apply();
        this.#box.hidden = false;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => { this.#box.hidden = true; }, SHOWN_MS);
    }

    #apply() {
        this.#voices.setLoudness(this.#step / STEPS);
        this.#box.querySelector('meter').value = this.#step / STEPS;
    }
}

function recall() {
    try {
        const step = Number(localStorage.getItem(STORAGE_KEY) ?? STEPS);
        return step >= 0 && step <= STEPS ? step : STEPS;
    } catch {
        return STEPS; /* storage may be forbidden */
    }
}

function remember(step) {
    try {
        localStorage.setItem(STORAGE_KEY, String(step));
    } catch {
        /* see recall() */
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* backoff.js: how long to wait before the next attempt. Doubles, with a quarter of jitter so
 * that a thousand classrooms do not come back in the same instant. */

export class Backoff {
    #next_ms;

    constructor({ first_ms = 250, most_ms = 5000, random = Math.random } = {}) {
        this.first_ms = first_ms;
        this.most_ms = most_ms;
        this.random = random;
        this.#next_ms = first_ms;
    }

    /* The wait in ms; never less than @least_ms, which a Retry-After may have asked for. */
    next(least_ms = 0) {
        const wait_ms = this.#next_ms * (0.75 + this.random() / 2);
        this.#next_ms = Math.min(this.#next_ms * 2, this.most_ms);
        return Math.max(wait_ms, least_ms);
    }

    reset() {
        this.#next_ms = this.first_ms;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* caption.js: the teacher's words on the classroom's screen, in a strip that is theirs alone:
 * they cover nothing, and nothing moves when they come. What is too long for it is told in
 * parts, one after the other. */

import { columnsOf } from './columns.js';

const COLUMNS_MAX = 104;  /* two lines beside slides; a Chinese character takes two */
const LAST_MS = 10_000;
const PART_MS = 6000;
const STOPS = /[\s。！？；，、：.!?;,:”）)]/u;

/* @text in parts of at most @most columns each, cut after a stop where there is one in the
 * second half of a part. */
export function partsOf(text, most = COLUMNS_MAX) {
    const parts = [];
    let part = [], columns = 0;
    for (const character of text.trim()) {
        if (columns + columnsOf(character) > most) {
            const stop = part.findLastIndex((one) => STOPS.test(one)) + 1;
            const rest = part.splice(stop > part.length / 2 ? stop : part.length);
            parts.push(part.join('').trim());
            part = rest;
            columns = columnsOf(rest.join(''));
        }
        part.push(character);
        columns += columnsOf(character);
    }
    parts.push(part.join('').trim());
    return parts.filter((one) => one !== '');
}

export class Caption {
    message = null; /* the number of what stands there, or null */

    #element;
    #timer = 0;

    constructor(element) {
        this.#element = element;
    }

    /* @message: its number; it takes the place of what stands there. */
    say(message, text) {
        this.message = message;
        this.#show(partsOf(text));
    }

    clear() {
        this.message = null;
        this.#show([]);
    }

    #show([part, ...rest]) {
        clearTimeout(this.#timer);
        this.#element.hidden = part === undefined;
        this.#element.textContent = part ?? '';
        if (part !== undefined)
            this.#timer = setTimeout(() => (rest.length > 0 ? this.#show(rest) : this.clear()),
                rest.length > 0 ? PART_MS : LAST_MS);
    }
}

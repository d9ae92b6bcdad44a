/* SPDX-License-Identifier: Apache-2.0 */
/* native.mjs: a running `synclass teach` or `synclass join`, and what it says of itself:
 * docs/protocol.md#status. */

import { program } from './paths.mjs';
import { Program } from './process.mjs';
import { until } from './wait.mjs';

export class Native {
    status = null; /* its last status line */
    events = [];

    #program;

    /* @verb: 'teach' or 'join'; @source as on the command line. @url: where it finds the
     * service; @display: where its window is shown, null: it has none. */
    constructor(name, verb, servers, token, source, { url = servers.url, display = null } = {}) {
        this.#program = new Program(name, program('client/synclass'), [
            verb, '--url', url, '--lesson', servers.lesson, '--token', token,
            '--source', source, '--status', 'json', ...(display ? [] : ['--headless']),
        ], { onLine: (line) => this.#take(line), env: display ? { DISPLAY: display } : {} });
    }

    /* A command on its standard input. */
    say(line) {
        this.#program.say(line);
    }

    /* The last event @name of which all of @part is true, once it has come. */
    hears(name, part = {}, ms = 60_000) {
        return until(`${this.#program.name} says ${name} ${JSON.stringify(part)}`, () => {
            if (this.#program.ended !== null)
                throw new Error(`${this.#program.name} ended with ${this.#program.ended}`);
            return this.events.findLast((event) => event.name === name
                && Object.entries(part).every(([member, value]) =>
                    JSON.stringify(event[member]) === JSON.stringify(value)));
        }, ms);
    }

    /* Frames of @slot decoded until the last status line. */
    frames(slot) {
        return this.status?.streams?.find((stream) => stream.slot === slot)?.frames_decoded ?? 0;
    }

    /* Of the picture that it shows of @slot [px]; 0: of none yet. */
    heightOf(slot) {
        return this.status?.streams?.find((stream) => stream.slot === slot)?.height ?? 0;
    }

    async plays(slot, n_frames = 25) {
        await until(`${this.#program.name} plays ${slot}`, () => {
            if (this.#program.ended !== null)
                throw new Error(`${this.#program.name} ended with ${this.#program.ended}`);
            return this.frames(slot) >= n_frames;
        });
    }

    /* Exit status or signal; null while it runs. */
    get ended() {
        return this.#program.ended;
    }

    stop() {
        return this.#program.stop();
    }

    #take(line) {
        let message;
        try {
            message = JSON.parse(line);
        } catch {
            return; /* a library's own words */
        }
        if (message.type === 'status')
            this.status = message;
        else if (message.type === 'event')
            this.events.push(message);
    }
}

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

    /* @verb: 'teach' or 'join'; @source as on the command line. */
    constructor(name, verb, servers, token, source) {
        this.#program = new Program(name, program('client/synclass'), [
            verb, '--url', servers.url, '--lesson', servers.lesson, '--token', token,
            '--source', source, '--status', 'json', '--headless',
        ], { onLine: (line) => this.#take(line) });
    }

    /* Frames of @slot decoded until the last status line. */
    frames(slot) {
        return this.status?.streams?.find((stream) => stream.slot === slot)?.frames_decoded ?? 0;
    }

    async plays(slot, n_frames = 25) {
        await until(`${this.#program.name} plays ${slot}`, () => {
            if (this.#program.ended !== null)
                throw new Error(`${this.#program.name} ended with ${this.#program.ended}`);
            return this.frames(slot) >= n_frames;
        }, 20_000);
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

/* SPDX-License-Identifier: Apache-2.0 */
/* display.mjs: a screen for a program's window, and pictures of it. */

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

import { artefacts } from './paths.mjs';
import { Program } from './process.mjs';
import { until } from './wait.mjs';

const run = promisify(execFile);
const SIZE = '1920x1080';
const START_MS = 20_000;
const SHOT_MS = 20_000;

export class Display {
    name = ''; /* as in the environment's DISPLAY */

    #server;

    async start() {
        this.#server = new Program('display', 'Xvfb',
            ['-displayfd', '1', '-screen', '0', `${SIZE}x24`, '-nolisten', 'tcp', '-noreset'],
            { onLine: (line) => { this.name = `:${line.trim()}`; } });
        await until('a display', () => {
            if (this.#server.ended !== null)
                throw new Error(`Xvfb ended with ${this.#server.ended}`);
            return this.name !== '';
        }, START_MS);
    }

    /* Keeps what is on it. */
    async shoot(name) {
        await run('ffmpeg', ['-nostdin', '-v', 'error', '-f', 'x11grab', '-video_size', SIZE,
            '-i', this.name, '-frames:v', '1', '-y', path.join(artefacts, `${name}.png`)],
        { timeout: SHOT_MS });
    }

    async stop() {
        await this.#server?.stop();
    }
}

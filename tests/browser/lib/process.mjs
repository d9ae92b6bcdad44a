/* SPDX-License-Identifier: Apache-2.0 */
/* process.mjs: a program of ours that a test starts, reads and stops by its pid. */

import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';

import { artefacts } from './paths.mjs';

const END_MS = 5000; /* from SIGTERM to SIGKILL */

export class Program {
    ended = null; /* exit status or signal name, once it has ended */

    #child;
    #end;

    /* Its standard error, and its standard output unless @onLine takes that, go to
     * @name.log of the artefacts. */
    constructor(name, file, args, { onLine = null, env = {} } = {}) {
        const log = createWriteStream(path.join(artefacts, `${name}.log`), { flags: 'a' });
        this.name = name;
        /* setpriv: it does not outlive the test, however that ends */
        this.#child = spawn('setpriv', ['--pdeathsig', 'TERM', file, ...args],
            { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
        this.#child.stdin.on('error', () => {}); /* it may have ended before it was told */
        this.#child.stderr.pipe(log, { end: false });
        if (onLine)
            readline.createInterface(this.#child.stdout).on('line', onLine);
        else
            this.#child.stdout.pipe(log, { end: false });
        this.#end = new Promise((resolve) => {
            this.#child.on('error', (error) => { this.ended = String(error); resolve(); });
            this.#child.on('close', (status, signal) => {
                this.ended = signal ?? status;
                log.end();
                resolve();
            });
        });
    }

    get pid() {
        return this.#child.pid;
    }

    say(line) {
        this.#child.stdin.write(`${line}\n`);
    }

    /* Answers when it is gone. */
    async kill(signal = 'SIGKILL') {
        if (this.ended === null)
            this.#child.kill(signal);
        await this.#end;
    }

    async stop() {
        const hard = setTimeout(() => this.#child.kill('SIGKILL'), END_MS);
        await this.kill('SIGTERM');
        clearTimeout(hard);
        return this.ended;
    }
}

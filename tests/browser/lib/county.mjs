/* SPDX-License-Identifier: Apache-2.0 */
/* county.mjs: signaling and relay of a county that a test builds through the API itself, with a
 * clock that the test moves. */

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { program, root } from './paths.mjs';
import { Program } from './process.mjs';
import { freePort } from './servers.mjs';
import { until } from './wait.mjs';

const run = promisify(execFile);
const HOST = '127.0.0.1';
const PASSWORD = 'Lesson-2026-start';

export class County {
    url = '';
    root = ''; /* the organisation above all */

    #folder;
    #port;
    #signaling;
    #relay;
    #session = { cookie: '', csrf: '' };

    async start() {
        this.#folder = await mkdtemp(path.join(os.tmpdir(), 'synclass-county-'));
        this.#port = await freePort(HOST);
        this.url = `http://${HOST}:${this.#port}`;
        const password = this.#file('password');
        await writeFile(password, `${PASSWORD}\n`);
        await run(program('signaling/synclass-signaling'), ['admin', '--database',
            this.#file('synclass.db'), '--sign-in', 'root', '--root-name', '青山县',
            '--password-file', password]);
        await this.startSignaling();
        this.#relay = new Program('county-relay', program('relay/synclass-relay'), [
            '--config', path.join(root, 'conf/relay.conf'), '--control', this.#file('control.sock'),
            '--port', String(this.#port), '--listen', HOST, '--announce', HOST,
        ]);
    }

    async startSignaling() {
        this.#signaling = new Program('county-signaling', program('signaling/synclass-signaling'), [
            'serve', '--test-clock', '--config', path.join(root, 'conf/signaling.conf'),
            '--listen', HOST, '--port', String(this.#port), '--database',
            this.#file('synclass.db'), '--control', this.#file('control.sock'),
        ]);
        await until('signaling answers', () =>
            fetch(`${this.url}/healthz`).then(() => true, () => false));
    }

    killSignaling() {
        return this.#signaling.kill();
    }

    /* Moves the wall, and signs the administrator in there. */
    async setClock(instant) {
        const response = await fetch(`${this.url}/test/clock`, {
            method: 'PUT', headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ now: instant }),
        });
        if (!response.ok)
            throw new Error(`the clock: ${response.status} ${await response.text()}`);
        const session = await this.call('POST', '/session', { sign_in: 'root', password: PASSWORD });
        this.#session.csrf = session.csrf_token;
        this.root = session.roles[0].organisation;
    }

    /* The API's answer; throws what is no success. */
    async call(method, where, body, version) {
        const { cookie, csrf } = this.#session;
        const response = await fetch(`${this.url}/api/v1${where}`, {
            method,
            headers: {
                ...(body && { 'Content-Type': 'application/json' }),
                ...(cookie && { Cookie: cookie, 'X-CSRF-Token': csrf }),
                ...(version !== undefined && { 'If-Match': `"${version}"` }),
            },
            ...(body && { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        if (!response.ok)
            throw new Error(`${method} ${where}: ${response.status} ${text}`);
        const [given] = response.headers.getSetCookie();
        if (given)
            this.#session.cookie = given.split(';')[0];
        return text ? JSON.parse(text) : null;
    }

    make(where, body) {
        return this.call('POST', where, body);
    }

    async stop() {
        await this.#relay?.stop();
        await this.#signaling?.stop();
        await rm(this.#folder, { recursive: true, force: true });
    }

    #file(name) {
        return path.join(this.#folder, name);
    }
}

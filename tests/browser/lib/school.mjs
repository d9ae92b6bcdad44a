/* SPDX-License-Identifier: Apache-2.0 */
/* school.mjs: a service with an empty school and a clock that the test moves, with its relay,
 * and boxes and teachers that join by themselves. */

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { footage, program, root } from './paths.mjs';
import { Program } from './process.mjs';
import { freePort } from './servers.mjs';
import { until } from './wait.mjs';

const run = promisify(execFile);
const HOST = '127.0.0.1';

/* A client and the events it prints. */
class Speaker {
    #program;
    #events = [];

    constructor(name, args) {
        this.#program = new Program(name, program('client/synclass'), [...args, '--headless', '--status', 'json'],
            { onLine: (line) => this.#take(line) });
    }

    get pid() {
        return this.#program.pid;
    }

    /* The next event @name; those before it are forgotten. */
    hear(name) {
        return until(`${this.#program.name} says “${name}”`, () => {
            if (this.#program.ended !== null)
                throw new Error(`${this.#program.name} ended with ${this.#program.ended}`);
            const at = this.#events.findIndex((event) => event.name === name);
            return at >= 0 && this.#events.splice(0, at + 1).at(-1);
        });
    }

    /* One that is held hears no SIGTERM. */
    async stop() {
        if (this.#program.ended === null)
            process.kill(this.pid, 'SIGCONT');
        await this.#program.stop();
    }

    #take(line) {
        try {
            const message = JSON.parse(line);
            if (message?.type === 'event')
                this.#events.push(message);
        } catch {
            return; /* a library's own words */
        }
    }
}

export class School {
    url = '';
    now = '';            /* as the clock was set last */
    first_password = ''; /* of the administrator */

    #name;
    #folder;
    #database;
    #programs = []; /* in the order they were started */

    constructor(name) {
        this.#name = name;
    }

    async start({ sign_in, name, county }) {
        this.#folder = await mkdtemp(path.join(os.tmpdir(), 'synclass-school-'));
        this.#database = path.join(this.#folder, 'synclass.db');
        const { stdout } = await run(program('signaling/synclass-signaling'), ['admin', '--database', this.#database, '--sign-in', sign_in,
            '--name', name, '--root-name', county, '--root-kind', 'county']);
        this.first_password = stdout.trim();
        const port = String(await freePort(HOST)), control = path.join(this.#folder, 'control.sock');
        this.url = `http://${HOST}:${port}`;
        this.#programs.push(new Program(`${this.#name}-signaling`, program('signaling/synclass-signaling'), ['serve', '--test-clock',
            '--config', path.join(root, 'conf/signaling.conf'), '--listen', HOST, '--port', port, '--database', this.#database, '--control', control]));
        this.#programs.push(new Program(`${this.#name}-relay`, program('relay/synclass-relay'), ['--config', path.join(root, 'conf/relay.conf'),
            '--control', control, '--listen', HOST, '--announce', HOST, '--port', port]));
        await until('relay and signaling', () => fetch(`${this.url}/healthz`).then(async (answer) => (await answer.json()).relay, () => false));
    }

    /* @now: an instant, e.g. 2026-09-01T08:00:00+08:00. */
    async setClock(now) {
        const answer = await fetch(`${this.url}/test/clock`, { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ now }) });
        if (!answer.ok)
            throw new Error(`the clock: ${answer.status} ${await answer.text()}`);
        this.now = now;
    }

    kiosk(name) {
        return this.#speak(name, ['kiosk', '--url', this.url, '--identity', path.join(this.#folder, `${name}.conf`), '--poll-seconds', '1',
            '--source', footage('classroom.mkv') ?? 'test']);
    }

    teach(name, lesson, token) {
        return this.#speak(name, ['teach', '--url', this.url, '--lesson', lesson, '--token', token, '--source', footage('teacher.mkv') ?? 'test']);
    }

    /* What the service says of its own books. */
    async verify() {
        return (await run(program('signaling/synclass-signaling'), ['verify', '--database', this.#database])).stdout;
    }

    async stop() {
        for (const one of this.#programs.reverse())
            await one.stop();
        if (this.#folder)
            await rm(this.#folder, { recursive: true, force: true });
    }

    #speak(name, args) {
        const speaker = new Speaker(`${this.#name}-${name}`, args);
        this.#programs.push(speaker);
        return speaker;
    }
}

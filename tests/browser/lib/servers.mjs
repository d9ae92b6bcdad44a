/* SPDX-License-Identifier: Apache-2.0 */
/* servers.mjs: a real relay and a real signaling with the sample lesson, on free ports and in
 * a folder of their own. */

import { execFile } from 'node:child_process';
import dgram from 'node:dgram';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { program, root } from './paths.mjs';
import { Program } from './process.mjs';
import { until } from './wait.mjs';

const run = promisify(execFile);
const LINE = '127.0.0.2'; /* where a Line listens, when the lesson has one */
const SEED_MS = 90_000;
const EXPIRE = `
import hashlib, sqlite3, sys
database, token = sys.argv[1:]
digest = hashlib.sha256(token.encode()).hexdigest()
with sqlite3.connect(database, timeout=10) as store:
    changed = store.execute("UPDATE join_token SET expires_ms = 1 WHERE hash = ?", (digest,))
    assert changed.rowcount == 1
`;

export class Servers {
    lesson = '';
    teacher_token = '';
    classroom_tokens = [];
    relay = null;     /* Program */
    signaling = null; /* Program */
    line = null;      /* Line between browsers and relay, if it was asked for */

    #name;
    #host;
    #folder;
    #port;

    /* @name: what its logs are called; @host: a loopback address. */
    constructor(name, host = '127.0.0.1') {
        this.#name = name;
        this.#host = host;
    }

    async start({ n_classrooms = 2, line = null } = {}) {
        this.#folder = await mkdtemp(path.join(os.tmpdir(), 'synclass-browser-'));
        this.#port = await freePort(this.#host);
        await this.#seed(n_classrooms);
        await line?.open(LINE, this.#host, this.#port);
        this.line = line;
        this.startSignaling();
        this.startRelay();
        await this.ready();
    }

    get url() {
        return `http://${this.#host.includes(':') ? `[${this.#host}]` : this.#host}:${this.#port}`;
    }

    get database() {
        return path.join(this.#folder, 'synclass.db');
    }

    link(page, token) {
        return `${this.url}/${page}#lesson=${this.lesson}&token=${token}`;
    }

    startSignaling() {
        this.signaling = new Program(`${this.#name}-signaling`,
            program('signaling/synclass-signaling'), [
                'serve', '--config', path.join(root, 'conf/signaling.conf'),
                '--listen', this.#host, '--port', String(this.#port),
                '--database', this.database, '--control', this.#control,
            ]);
    }

    startRelay() {
        this.relay = new Program(`${this.#name}-relay`, program('relay/synclass-relay'), [
            '--config', path.join(root, 'conf/relay.conf'), '--control', this.#control,
            '--listen', this.#host, '--announce', this.line ? LINE : this.#host,
            '--port', String(this.#port),
        ]);
    }

    /* Waits until signaling has its relay. */
    async ready() {
        await until('relay and signaling', async () => {
            for (const one of [this.relay, this.signaling])
                if (one.ended !== null)
                    throw new Error(`${one.name} ended with ${one.ended}`);
            try {
                const health = await (await fetch(`${this.url}/healthz`)).json();
                return health.relay === true;
            } catch {
                return false;
            }
        });
    }

    /* Makes @token one that was good until 1970. */
    async expire(token) {
        await run('python3', ['-c', EXPIRE, this.database, token], { timeout: SEED_MS });
    }

    async stop() {
        await this.relay?.stop();
        await this.signaling?.stop();
        this.line?.close();
        if (this.#folder)
            await rm(this.#folder, { recursive: true, force: true });
    }

    get #control() {
        return path.join(this.#folder, 'control.sock');
    }

    async #seed(n_classrooms) {
        const output = path.join(this.#folder, 'sample.json');
        await run(program('signaling/synclass-signaling'), [
            'seed', '--database', this.database, '--classrooms', String(n_classrooms),
            '--url', this.url, '--output', output,
        ], { timeout: SEED_MS });
        Object.assign(this, JSON.parse(await readFile(output, 'utf8'), (key, value) =>
            (key === 'url' ? undefined : value)));
    }
}

/* A port that is free for TCP and for UDP. */
export async function freePort(host) {
    for (let i = 0; i < 20; i++) {
        const port = await new Promise((resolve, reject) => {
            const server = net.createServer().on('error', reject);
            server.listen(0, host, () => {
                const { port } = server.address();
                server.close(() => resolve(port));
            });
        });
        if (await isFreeForUdp(host, port))
            return port;
    }
    throw new Error('no free port');
}

function isFreeForUdp(host, port) {
    return new Promise((resolve) => {
        const socket = dgram.createSocket(host.includes(':') ? 'udp6' : 'udp4');
        socket.on('error', () => resolve(false));
        socket.bind(port, host, () => socket.close(() => resolve(true)));
    });
}

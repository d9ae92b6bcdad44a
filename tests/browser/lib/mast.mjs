/* SPDX-License-Identifier: Apache-2.0 */
/* mast.mjs: all that one village has of the world, its HTTP as well as its media, which a test
 * can cut and mend: media are lost meanwhile, TCP waits, and nobody is told. */

import net from 'node:net';

import { freePort } from './servers.mjs';

const HOST = '127.0.0.1';

export class Mast {
    url = '';

    #line;
    #door = net.createServer({ pauseOnConnect: true }, (near) => this.#onNear(near));
    #pairs = new Set(); /* [near, far] */
    #is_cut = false;
    #port;

    /* @line: the Line that everybody's media go over. */
    constructor(line) {
        this.#line = line;
    }

    /* Carries to the service at @url. */
    async open(url) {
        this.#port = Number(new URL(url).port);
        const port = await freePort(HOST);
        await new Promise((resolve, reject) => {
            this.#door.on('error', reject);
            this.#door.listen(port, HOST, resolve);
        });
        this.url = `http://${HOST}:${port}`;
    }

    /* Those whose media @others has seen go on. */
    cut(others) {
        this.#is_cut = true;
        this.#line.spared = others;
        for (const socket of [...this.#pairs].flat())
            socket.pause();
    }

    mend() {
        this.#is_cut = false;
        this.#line.spared = null;
        for (const [near, far] of this.#pairs)
            this.#join(near, far);
    }

    close() {
        this.#door.close();
        for (const socket of [...this.#pairs].flat())
            socket.destroy();
    }

    #onNear(near) {
        const far = net.connect(this.#port, HOST);
        const pair = [near, far];
        this.#pairs.add(pair);
        for (const socket of pair) {
            socket.on('error', () => {}); /* one end has gone: so does the other */
            socket.on('close', () => {
                this.#pairs.delete(pair);
                pair.forEach((one) => one.destroy());
            });
        }
        near.on('data', (part) => far.write(part));
        far.on('data', (part) => near.write(part));
        if (this.#is_cut)
            pair.forEach((socket) => socket.pause());
        else
            this.#join(near, far);
    }

    #join(near, far) {
        near.resume();
        far.resume();
    }
}

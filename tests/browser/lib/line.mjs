/* SPDX-License-Identifier: Apache-2.0 */
/* line.mjs: the last mile of a test: a UDP relay on loopback that can be cut and mended, whose
 * far side can take another port as a forgetful NAT does, and that can be made thin. */

import dgram from 'node:dgram';

const QUEUE_MS = 400; /* what would wait longer in a thin line is lost */

export class Line {
    cut = false;
    spared = null; /* Set of known(): all others are cut off; null: nobody is */

    #narrow = null;        /* { keys, bps } */
    #free_ms = new Map();  /* socket → when its line has carried all it was given */
    #closed = false;
    #near = dgram.createSocket('udp4');
    #far = new Map(); /* "address:port" of a browser's socket → our socket to the relay */
    #host;
    #port;

    /* Listens at @host:@port and carries to @far_host:@port. */
    async open(host, far_host, port) {
        this.#host = far_host;
        this.#port = port;
        this.#near.on('message', (packet, from) => this.#onNear(packet, from));
        await new Promise((resolve, reject) => {
            this.#near.on('error', reject);
            this.#near.bind(port, host, resolve);
        });
    }

    /* Every browser is seen at a new port from here on. */
    renumber() {
        for (const socket of this.#far.values())
            socket.close();
        this.#far.clear();
    }

    /* What comes to the sockets @keys (of known()) has @bps bit/s from here on; 0: is free. */
    narrow(keys, bps) {
        this.#narrow = bps > 0 ? { keys, bps } : null;
        this.#free_ms.clear();
    }

    /* The sockets it has carried for until now. */
    known() {
        return new Set(this.#far.keys());
    }

    close() {
        this.#closed = true;
        this.renumber();
        this.#near.close();
    }

    #onNear(packet, { address, port }) {
        if (this.#carries(`${address}:${port}`))
            this.#farOf(address, port).send(packet, this.#port, this.#host);
    }

    #carries(key) {
        return !this.cut && (this.spared === null || this.spared.has(key));
    }

    #carry(key, packet, send) {
        if (!this.#narrow?.keys.has(key)) {
            send();
            return;
        }
        const now_ms = performance.now();
        const begin_ms = Math.max(now_ms, this.#free_ms.get(key) ?? 0);
        if (begin_ms - now_ms > QUEUE_MS)
            return;
        const end_ms = begin_ms + packet.length * 8000 / this.#narrow.bps;
        this.#free_ms.set(key, end_ms);
        setTimeout(() => this.#closed || send(), end_ms - now_ms);
    }

    #farOf(address, port) {
        const key = `${address}:${port}`;
        let socket = this.#far.get(key);
        if (!socket) {
            socket = dgram.createSocket('udp4');
            socket.on('message', (packet) => {
                if (this.#carries(key))
                    this.#carry(key, packet, () => this.#near.send(packet, port, address));
            });
            socket.on('error', () => {}); /* the relay is being restarted: packets are lost */
            this.#far.set(key, socket);
        }
        return socket;
    }
}

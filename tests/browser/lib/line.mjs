/* SPDX-License-Identifier: Apache-2.0 */
/* line.mjs: the last mile of a test: a UDP relay on loopback that can be cut and mended, and
 * whose far side can take another port as a forgetful NAT does. */

import dgram from 'node:dgram';

export class Line {
    cut = false;
    spared = null; /* Set of known(): all others are cut off; null: nobody is */

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

    /* The sockets it has carried for until now. */
    known() {
        return new Set(this.#far.keys());
    }

    close() {
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

    #farOf(address, port) {
        const key = `${address}:${port}`;
        let socket = this.#far.get(key);
        if (!socket) {
            socket = dgram.createSocket('udp4');
            socket.on('message', (packet) => {
                if (this.#carries(key))
                    this.#near.send(packet, port, address);
            });
            socket.on('error', () => {}); /* the relay is being restarted: packets are lost */
            this.#far.set(key, socket);
        }
        return socket;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* soundroom.mjs: a made room: a sound server of its own, whose loudspeaker is heard at its
 * microphone 10 dB weaker, as in house/soundroom.py. */

import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { Program } from './process.mjs';
import { until } from './wait.mjs';

const FORMAT = 'rate=48000 channels=1';
const PLACES = ['air', 'elsewhere'];
const ECHO_VOLUME = 44651; /* -10 dB: the cube root of it, of 65536 */

export class SoundRoom {
    #folder;
    #server;

    /* What is played comes back @delay_ms later, and by what the server needs besides. */
    async open(delay_ms) {
        this.#folder = await mkdtemp(path.join(os.tmpdir(), 'synclass-sound-'));
        const script = path.join(this.#folder, 'sound.pa');
        await writeFile(script, [
            `load-module module-null-sink sink_name=room ${FORMAT}`,
            `load-module module-null-sink sink_name=air ${FORMAT}`,
            `load-module module-null-sink sink_name=elsewhere ${FORMAT}`,
            `load-module module-loopback source=room.monitor sink=air latency_msec=${delay_ms} `
                + 'adjust_time=0 source_dont_move=true sink_dont_move=true',
            /* A browser takes no monitor for a microphone. */
            ...PLACES.map((place) => `load-module module-remap-source source_name=at-${place} `
                + `master=${place}.monitor source_properties=device.description=${place}`),
            'set-default-sink room',
            `set-sink-volume room ${ECHO_VOLUME}`,
            `load-module module-native-protocol-unix socket=${this.#socket} auth-anonymous=1`,
            '',
        ].join('\n'));
        this.#server = new Program('sound', 'pulseaudio', ['-n', '--daemonize=no',
            '--exit-idle-time=-1', '--use-pid-file=no', '-F', script]);
        await until('the sound server', () => existsSync(this.#socket));
    }

    /* For a browser in the room. Of its microphones 'air' hears the loudspeaker, and
     * 'elsewhere' does not. */
    get environment() {
        return { PULSE_SERVER: `unix:${this.#socket}` };
    }

    async close() {
        await this.#server?.stop();
        if (this.#folder)
            await rm(this.#folder, { recursive: true, force: true });
    }

    get #socket() {
        return path.join(this.#folder, 'socket');
    }
}

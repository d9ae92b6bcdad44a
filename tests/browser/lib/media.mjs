/* SPDX-License-Identifier: Apache-2.0 */
/* media.mjs: what a browser's fake camera and microphone play: real footage where there is
 * some, else a picture that ffmpeg makes. Cached in the artefacts folder. */

import { execFile } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { artefacts, footage } from './paths.mjs';

const run = promisify(execFile);
const SECONDS = 12;     /* the browser plays it round and round */
const CONVERT_MS = 60_000;

const FULL = ['-q:v', '4', '-pix_fmt', 'yuvj420p', '-f', 'mjpeg'];
const CALM = ['-r', '10', '-pix_fmt', 'yuv420p', '-f', 'yuv4mpegpipe'];

const MADE = {
    teacher: { picture: 'testsrc2=size=640x480:rate=30', tone: 'sine=frequency=440' },
    classroom: { picture: 'testsrc=size=480x270:rate=25', tone: 'sine=frequency=660' },
    slides: { picture: 'smptehdbars=size=1280x720:rate=5', tone: 'anullsrc' },
};

/* { camera, microphone, real }: two files for @name ('teacher', 'classroom', 'slides'). The
 * camera gives its pictures at the browser's 30 a second, or with @calm at a third of that,
 * which leaves a small machine its time where pictures are looked at and not counted. */
export async function cameraFiles(name, { calm = false } = {}) {
    const source = footage(`${name}.mkv`);
    const stem = path.join(artefacts, `${name}-${source ? 'real' : 'made'}`);
    const camera = `${stem}.${calm ? 'y4m' : 'mjpeg'}`; /* of the two, y4m has a rate */
    const { picture, tone } = MADE[name];
    await convert(source ? ['-i', source] : ['-f', 'lavfi', '-i', picture],
        ['-an', ...calm ? CALM : FULL], camera);
    await convert(source ? ['-i', source] : ['-f', 'lavfi', '-i', tone],
        ['-vn', '-ac', '1', '-ar', '48000', '-f', 'wav'], `${stem}.wav`);
    return { camera, microphone: `${stem}.wav`, real: source !== null };
}

async function convert(input, output, file) {
    if (existsSync(file))
        return;
    const part = `${file}.${process.pid}`;
    await run('ffmpeg', ['-nostdin', '-v', 'error', ...input, '-t', String(SECONDS), ...output,
        '-y', part], { timeout: CONVERT_MS });
    renameSync(part, file);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* native.test.mjs: a lesson between Chromium and our own client, each way, with frames
 * counted at both ends. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { openPage, startChromium } from './lib/chromium.mjs';
import { cameraFiles } from './lib/media.mjs';
import { Native } from './lib/native.mjs';
import { brightness, moves, shoot, startTeaching } from './lib/page.mjs';
import { footage } from './lib/paths.mjs';
import { Servers } from './lib/servers.mjs';

const WINDOW_MS = 10_000; /* frames are counted for so long */
const KEPT = 0.95;        /* of the frames sent; both ends are read at slightly other instants */
const TEACHER_FPS = 30;   /* of the footage */
const CLASSROOM_FPS = 15;

const servers = new Servers('native');
let browser;
let real;

before(async () => {
    const media = await cameraFiles('teacher');
    real = media.real;
    browser = await startChromium({ media });
    await servers.start();
});

after(async () => {
    await browser?.close();
    await servers.stop();
});

/* How fast each of @counters ({ name: async () => { n, at_ms } }) counts, per second. */
async function measure(counters) {
    const read = async () => Object.fromEntries(await Promise.all(
        Object.entries(counters).map(async ([name, counter]) => [name, await counter()])));
    const from = await read();
    await sleep(WINDOW_MS);
    const to = await read();
    return Object.fromEntries(Object.keys(to).map((name) => [name,
        1000 * (to[name].n - from[name].n) / (to[name].at_ms - from[name].at_ms)]));
}

/* A counter of window.synclass.received() or .sent(). */
const inPage = (page, way, slot, counter) => () => page.evaluate(([way, slot, counter]) => ({
    n: window.synclass[way]()[slot]?.[counter] ?? 0, at_ms: window.synclass.polledMs(),
}), [way, slot, counter]);

test('Chromium teaches two native classrooms and sees them both', { timeout: 120_000 },
    async (t) => {
        if (!real)
            return t.skip('no test footage');
        const teacher = await openPage(browser);
        const rooms = servers.classroom_tokens.map((token, i) => new Native(
            `native-classroom-${i}`, 'join', servers, token, footage('classroom.mkv') ?? 'test'));
        try {
            await teacher.goto(servers.link('teacher', servers.teacher_token));
            await startTeaching(teacher);
            for (const room of rooms)
                await room.plays('main-video');
            await moves(teacher, 'tile-0');
            await moves(teacher, 'tile-1');
            const fps = await measure({
                sent: inPage(teacher, 'sent', 'main-video', 'framesEncoded'),
                room_0: () => rooms[0].count('main-video'),
                room_1: () => rooms[1].count('main-video'),
                tile_0: inPage(teacher, 'received', 'tile-0', 'framesDecoded'),
                tile_1: inPage(teacher, 'received', 'tile-1', 'framesDecoded'),
            });
            t.diagnostic(JSON.stringify(fps));
            assert.ok(fps.sent > 15, 'the teacher sends pictures');
            for (const room of [fps.room_0, fps.room_1])
                assert.ok(room >= KEPT * fps.sent, `${room} of ${fps.sent}`);
            for (const tile of [fps.tile_0, fps.tile_1])
                assert.ok(tile >= KEPT * CLASSROOM_FPS, `tile: ${tile}`);
            await shoot(teacher, 'native-classrooms-at-teacher');
            assert.equal(await teacher.evaluate(() => window.offers), 2);
            assert.deepEqual(teacher.faults, []);
        } finally {
            for (const room of rooms)
                await room.stop();
            await teacher.context().close();
        }
    });

test('a native teacher is seen and heard in Chromium', { timeout: 120_000 }, async (t) => {
    const source = footage('teacher.mkv');
    if (!source)
        return t.skip('no test footage');
    const teacher = new Native('native-teacher', 'teach', servers, servers.teacher_token, source);
    const room = await openPage(browser, { width: 1920, height: 1080 });
    try {
        await room.goto(servers.link('classroom', servers.classroom_tokens[0]));
        await moves(room, 'main-video');
        await teacher.plays('tile-0');
        const sound = (counter) => inPage(room, 'received', 'main-audio', counter);
        const rate = await measure({
            frames: inPage(room, 'received', 'main-video', 'framesDecoded'),
            tile: () => teacher.count('tile-0'),
            samples: sound('samples'),
            concealed: sound('concealedSamples'),
            energy: sound('energy'),
        });
        t.diagnostic(JSON.stringify(rate));
        assert.ok(rate.frames >= KEPT * TEACHER_FPS, `${rate.frames} frames a second`);
        assert.ok(rate.tile >= 12, `${rate.tile} frames a second of the classroom`);
        assert.ok(rate.energy > 0, 'there is a voice');
        assert.ok(rate.concealed < 0.02 * rate.samples,
            `${rate.concealed} of ${rate.samples} samples made up`);
        assert.ok(await brightness(room, '#teacher') > 40, 'the picture is no black one');
        await shoot(room, 'native-teacher-at-classroom');
        assert.deepEqual(room.faults, []);
    } finally {
        await teacher.stop();
        await room.context().close();
    }
});

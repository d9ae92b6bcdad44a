/* SPDX-License-Identifier: Apache-2.0 */
/* native.test.mjs: a lesson between Chromium and our own client, each way, with frames
 * counted at both ends. */

import assert from 'node:assert/strict';
import os from 'node:os';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { openPage, startChromium } from './lib/chromium.mjs';
import { cameraFiles } from './lib/media.mjs';
import { Native } from './lib/native.mjs';
import { brightness, moves, offered, shoot, startTeaching } from './lib/page.mjs';
import { footage } from './lib/paths.mjs';
import { Servers } from './lib/servers.mjs';
import { until } from './lib/wait.mjs';

const TEACH_MS = 10_000; /* frames are counted for about so long */
/* Of the frames sent, or received. What a browser has encoded last may stay in its pacer when
 * the camera goes; a machine whose processor is wanted elsewhere too loses packets on loopback
 * for want of anybody to read them. The figures are told. */
const KEPT = 0.7;
/* Load on each core from which a shortfall says more of the machine than of us: receivers
 * that are not scheduled lose packets on loopback. Then the count is skipped, not passed. */
const STARVED_LOAD = 5;
const SLOWEST_FPS = 10;  /* a machine that is too busy for the footage's rate still shows it */

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

const read = (page, way, slot) => page.evaluate(([way, slot]) =>
    window.synclass[way]()[slot] ?? {}, [way, slot]);

/* [slot, decoded, received]: the same once nothing is under way in the decoder. */
async function seen(page, slot) {
    const { framesDecoded, framesReceived } = await read(page, 'received', slot);
    return [slot, framesDecoded, framesReceived];
}

/* The value of @check once it is the same for 2.5 s: nothing is under way any more. */
async function settled(what, check) {
    let last = '';
    let since_ms = 0;
    return until(`${what} settles`, async () => {
        const value = await check();
        if (JSON.stringify(value) !== last) {
            last = JSON.stringify(value);
            since_ms = performance.now();
        }
        return performance.now() - since_ms > 2500 ? value : null;
    });
}

/* Holds @counts, [what, frames, of how many], to KEPT. On a starved machine a shortfall skips
 * the test with its figures: it is not passed, and it is not called a fault of ours. */
function judge(t, counts) {
    const load = os.loadavg()[0] / os.cpus().length;
    t.diagnostic(JSON.stringify({ counts, load_per_core: load }));
    const short = counts.filter(([, frames, all]) => frames < KEPT * all - 1);
    if (short.length > 0 && load > STARVED_LOAD)
        t.skip(`load ${load} on each core, short: ${JSON.stringify(short)}`);
    else
        assert.deepEqual(short, []);
}

test('Chromium teaches two native classrooms and sees them both', { timeout: 400_000 },
    async (t) => {
        if (!real)
            return t.skip('no test footage');
        const teacher = await openPage(browser);
        const rooms = servers.classroom_tokens.map((token, i) => new Native(
            `native-classroom-${i}`, 'join', servers, token, footage('classroom.mkv') ?? 'test'));
        try {
            await until('both classrooms wait', () =>
                rooms.every((room) => room.status?.state === 'waiting'));
            await teacher.goto(servers.link('teacher', servers.teacher_token));
            await startTeaching(teacher);
            for (const room of rooms)
                await room.plays('main-video');
            await moves(teacher, 'tile-0');
            await moves(teacher, 'tile-1');
            await sleep(TEACH_MS);
            for (const slot of ['tile-0', 'tile-1'])
                assert.ok((await read(teacher, 'received', slot)).framesDecoded
                    >= SLOWEST_FPS * TEACH_MS / 1000, `${slot} moves`);
            await shoot(teacher, 'native-classrooms-at-teacher');

            await teacher.click('#camera'); /* no more pictures: both ends count to the last */
            const n = await settled('the count', async () => ({
                sent: (await read(teacher, 'sent', 'main-video')).framesEncoded,
                rooms: rooms.map((room) => room.frames('main-video')),
            }));
            await offered(teacher);
            assert.deepEqual(teacher.faults, []);
            await Promise.all(rooms.map((room) => room.stop()));
            const tiles = await settled('the tiles', () => Promise.all(
                ['tile-0', 'tile-1'].map((slot) => seen(teacher, slot))));
            judge(t, [...tiles, ...n.rooms.map((decoded, i) => [`room ${i}`, decoded, n.sent])]);
        } finally {
            for (const room of rooms)
                await room.stop();
            await teacher.context().close();
        }
    });

test('a native teacher is seen and heard in Chromium', { timeout: 400_000 }, async (t) => {
    const source = footage('teacher.mkv');
    if (!source)
        return t.skip('no test footage');
    const teacher = new Native('native-teacher', 'teach', servers, servers.teacher_token, source);
    const room = await openPage(browser, { width: 1920, height: 1080 });
    try {
        await room.goto(servers.link('classroom', servers.classroom_tokens[0]));
        await moves(room, 'main-video');
        await teacher.plays('tile-0');
        const before = await read(room, 'received', 'main-audio');
        await sleep(TEACH_MS);
        const picture = await read(room, 'received', 'main-video');
        const sound = await read(room, 'received', 'main-audio');
        t.diagnostic(JSON.stringify({ picture, sound }));
        assert.ok(picture.framesDecoded >= SLOWEST_FPS * TEACH_MS / 1000, 'the teacher moves');
        assert.ok(teacher.frames('tile-0') >= SLOWEST_FPS * TEACH_MS / 1000, 'the class is seen');
        assert.ok(sound.energy > before.energy, 'there is a voice');
        assert.ok(await brightness(room, '#teacher') > 40, 'the picture is no black one');
        await shoot(room, 'native-teacher-at-classroom');
        assert.deepEqual(room.faults, []);
        const samples = sound.samples - before.samples;
        const made_up = sound.concealedSamples - before.concealedSamples;
        await teacher.stop();
        judge(t, [await settled('the picture', () => seen(room, 'main-video')),
            ['packets', picture.packets - picture.lost, picture.packets],
            ['samples', samples - made_up, samples]]);
    } finally {
        await teacher.stop();
        await room.context().close();
    }
});

/* The last one: there is no lesson after it. */
test('when the teacher ends the lesson, everybody goes by themselves', { timeout: 400_000 },
    async () => {
        const teacher = await openPage(browser);
        const page = await openPage(browser, { width: 1920, height: 1080 });
        const start = (name) =>
            new Native(name, 'join', servers, servers.classroom_tokens[0], 'test');
        const room = start('native-until-the-end');
        let late = null;
        try {
            await teacher.goto(servers.link('teacher', servers.teacher_token));
            await startTeaching(teacher);
            await page.goto(servers.link('classroom', servers.classroom_tokens[1]));
            await room.plays('main-video');
            await moves(page, 'main-video');
            await teacher.click('#end');
            await teacher.click('#end-confirm');
            for (const one of [teacher, page])
                await until('the end', () => one.isVisible('#over-heading'));
            await until('the client’s end', () => room.ended !== null);
            assert.equal(room.ended, 0);
            assert.equal(room.status.sentence, '下课了');
            assert.equal(room.status.state, 'over');
            assert.ok(room.events.some(({ name, phase }) => name === 'bell' && phase === 'ended'));
            assert.ok(!room.events.some(({ name }) => name === 'reconnecting'));

            late = start('native-too-late');
            await until('the latecomer’s end', () => late.ended !== null);
            assert.equal(late.ended, 0);
            assert.equal(late.status.sentence, '下课了');
            await page.reload();
            await until('the end', () => page.isVisible('#over-heading'));
            assert.deepEqual([...teacher.faults, ...page.faults], []);
        } finally {
            await room.stop();
            await late?.stop();
            await teacher.context().close();
            await page.context().close();
        }
    });

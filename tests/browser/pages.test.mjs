/* SPDX-License-Identifier: Apache-2.0 */
/* pages.test.mjs: the pages in a real browser against the stub lesson: every state is
 * reached, says its sentence in both languages, and is kept as a picture. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openPage, startChromium } from './lib/chromium.mjs';
import { cameraFiles } from './lib/media.mjs';
import { brightness, joined, messages, moves, ready, received, says, shoot, startTeaching, startsToMove }
    from './lib/page.mjs';
import { StubLesson } from './lib/stub.mjs';
import { until } from './lib/wait.mjs';

const TV = { width: 1920, height: 1080 };
const LAPTOP = { width: 1366, height: 768 };

let desk, room;    /* browsers: the teacher's and the classrooms' */
let stub;

before(async () => {
    desk = await startChromium({ media: await cameraFiles('teacher') });
    room = await startChromium({ media: await cameraFiles('classroom') });
});

after(async () => {
    await desk?.close();
    await room?.close();
});

/* A test with a lesson of its own, whose pages are all closed at its end and had no fault. */
function lessonTest(name, body, n_classrooms = 2) {
    test(name, { timeout: 240_000 }, async () => {
        const pages = [];
        stub = new StubLesson(n_classrooms);
        await stub.start(room);
        try {
            await body(async (browser, role, site, options = {}) => {
                const page = await openPage(browser, options);
                pages.push(page);
                await options.prepare?.(page);
                await stub.attach(page);
                await page.goto(role === '' ? stub.origin : stub.link(role, site));
                return page;
            });
            assert.deepEqual(pages.flatMap((page) => page.faults), []);
        } finally {
            for (const page of pages)
                await page.context().close();
            await stub.stop();
        }
    });
}

for (const language of ['zh-CN', 'en']) {
    lessonTest(`every page and state of a lesson, ${language}`, async (open) => {
        const shot = (page, name) => shoot(page, `${name}-${language}`);
        const expect = (page, key, values) => says(page, key, values, language);
        const small = { locale: language, ...LAPTOP };
        const large = { locale: language, ...TV };

        const index = await open(desk, '', '', small);
        assert.equal(await index.evaluate(() => document.documentElement.lang), language);
        await shot(index, 'index');
        await index.fill('#link', 'https://example.org/');
        await index.keyboard.press('Enter');
        await until('the complaint', () => index.isVisible('#bad-link'));
        await shot(index, 'index-bad-link');

        const teacher = await open(desk, 'teacher', 'town', small);
        await ready(teacher);
        await expect(teacher, 'status.teacher.setup');
        await shot(teacher, 'teacher-setup');

        const stone = await open(room, 'classroom', 'stone', large);
        await joined(stone);
        await expect(stone, 'status.classroom.teacher-absent');
        await shot(stone, 'classroom-waiting');

        await startTeaching(teacher);
        await moves(teacher, 'tile-0');
        await moves(stone, 'main-video');
        await expect(teacher, 'status.teacher.some', { n: 1, total: 2 });
        await expect(stone, 'status.classroom.playing', { name: '三（2）班 王老师' });
        stub.quality('stone', 'good', 0.2, 48, 910);
        await shot(teacher, 'teacher-one-class');
        await shot(stone, 'classroom-playing');

        const river = await open(room, 'classroom', 'river', small);
        await moves(teacher, 'tile-1');
        await expect(teacher, 'status.teacher.all', { total: 2 });
        stub.quality('river', 'weak', 6.2, 610, 480);
        await shot(teacher, 'teacher-all-classes');

        await teacher.click('.tile:first-child button');
        await moves(river, 'guest-video');
        await expect(teacher, 'status.teacher.floor', { name: '三年级' });
        await expect(stone, 'status.classroom.floor');
        await expect(river, 'status.classroom.guest', { name: '三年级' });
        await shot(teacher, 'teacher-floor');
        await shot(stone, 'classroom-has-floor');
        await shot(river, 'classroom-guest');

        await teacher.click('#share');
        await moves(river, 'slides-video');
        await until('slides large', () => river.isVisible('#slides'));
        await shot(river, 'classroom-slides-guest');
        await shot(stone, 'classroom-slides-has-floor');
        await teacher.click('#mute');
        await expect(teacher, 'status.teacher.muted');
        await shot(teacher, 'teacher-sharing-muted');

        await teacher.click('#end');
        await shot(teacher, 'teacher-end-dialog');
        await teacher.click('#end-confirm');
        await until('the end', () => teacher.isVisible('#over-again'));
        await shot(teacher, 'teacher-over');
        stub.setPresent('town', false);
        await expect(stone, 'status.classroom.teacher-absent');
        for (const page of [teacher, stone, river])
            assert.equal(await page.evaluate(() => window.offers), 2, 'one offer for each way');
    });

    for (const [token, role, size, name] of [
        ['old', 'teacher', LAPTOP, 'expired-token'], ['old', 'classroom', TV, 'expired-token'],
        ['foreign', 'teacher', LAPTOP, 'unknown-token'], ['', 'classroom', TV, null],
    ]) {
        lessonTest(`${role} with a token “${token}” is told why, ${language}`, async (open) => {
            const page = await open(desk, role, token, { locale: language, ...size });
            const text = messages[language][name ? `problem.${name}` : 'status.no-link'];
            await until(text, async () => await page.textContent('#trouble-text') === text);
            await shoot(page, `${role}-${name ?? 'no-link'}-${language}`);
        });
    }
}

lessonTest('a rejoin brings the pictures back', async (open) => {
    const teacher = await open(desk, 'teacher', 'town');
    const stone = await open(room, 'classroom', 'stone');
    await startTeaching(teacher);
    await moves(stone, 'main-video');
    await stub.dropMedia('stone');
    await startsToMove(stone, 'main-video');
    await startsToMove(teacher, 'tile-0');
    await says(stone, 'status.classroom.playing', { name: '三（2）班 王老师' });
});

lessonTest('a session that died without a word is opened anew, and the last picture stays', async (open) => {
    const teacher = await open(desk, 'teacher', 'town');
    const stone = await open(room, 'classroom', 'stone');
    await startTeaching(teacher);
    await moves(stone, 'main-video');
    stub.problem = { status: 503, name: 'no-relay' };
    await stub.dropMedia('town', { tell: false });
    await stub.dropMedia('stone', { tell: false });
    await says(teacher, 'problem.no-relay');
    await says(stone, 'problem.no-relay');
    assert.ok(await brightness(stone, '#teacher') > 40, 'the last picture stays');
    assert.ok(await brightness(teacher, '.tile') > 40, 'the last picture stays');
    await shoot(teacher, 'teacher-no-relay-zh-CN');
    await shoot(stone, 'classroom-no-relay-zh-CN');
    stub.problem = null;
    await moves(teacher, 'tile-0');
    await startsToMove(stone, 'main-video');
});

for (const n of [1, 3, 4, 6, 9, 12]) {
    lessonTest(`${n} tiles stand beside each other, none over another`, async (open) => {
        const teacher = await open(desk, 'teacher', 'town');
        const stone = await open(room, 'classroom', 'stone');
        await startTeaching(teacher);
        await joined(stone);
        await moves(teacher, 'tile-0');
        await shoot(teacher, `teacher-${n}-tiles-zh-CN`);
        const boxes = await teacher.evaluate(() => [...document.querySelectorAll('.tile')]
            .map((tile) => tile.getBoundingClientRect().toJSON()));
        assert.equal(boxes.length, n);
        for (const [i, a] of boxes.entries()) {
            assert.ok(a.height >= 200 && a.width >= 280, `tile ${i}: ${a.width}×${a.height}`);
            assert.ok(boxes.every((b, k) => k === i || a.right <= b.left || b.right <= a.left
                || a.bottom <= b.top || b.bottom <= a.top), `tile ${i} lies over another`);
        }
    }, n);
}

lessonTest('losing the events alone touches no media', async (open) => {
    const teacher = await open(desk, 'teacher', 'town');
    const stone = await open(room, 'classroom', 'stone');
    await startTeaching(teacher);
    await moves(stone, 'main-video');
    stub.closeSockets();
    await until('events lost', () => teacher.evaluate(() => synclass.state().events === 'lost'));
    await startsToMove(stone, 'main-video');
    await until('events back', () => teacher.evaluate(() => synclass.state().events === 'open'));
    assert.equal(await teacher.evaluate(() => window.offers), 2);
    assert.equal(await stone.evaluate(() => window.offers), 2);
});

for (const [role, site] of [['teacher', 'stone'], ['classroom', 'town']]) {
    lessonTest(`the ${role} page takes no link of another role`, async (open) => {
        const page = await open(desk, role, site);
        await until('the sentence', async () => await page.textContent('#trouble-text')
            === messages['zh-CN']['problem.wrong-role']);
        const state = await page.evaluate(() => window.synclass.state());
        assert.deepEqual([state.events, state.publish], ['stopped', 'idle']);
        await until('no session', () => stub.sessionsOf(site) === 0);
    });
}

lessonTest('a page that closes takes its sessions with it', async (open) => {
    const stone = await open(room, 'classroom', 'stone');
    await joined(stone);
    assert.equal(stub.sessionsOf('stone'), 2);
    await stone.goto('about:blank');
    await until('both sessions gone', () => stub.sessionsOf('stone') === 0);
});

lessonTest('a lesson that is not live yet is joined when it is', async (open) => {
    stub.problem = { status: 409, name: 'lesson-not-live' };
    const stone = await open(room, 'classroom', 'stone');
    await says(stone, 'problem.lesson-not-live');
    stub.problem = null;
    await joined(stone);
});

lessonTest('a classroom without devices watches', async (open) => {
    const teacher = await open(desk, 'teacher', 'town');
    await startTeaching(teacher);
    const stone = await open(room, 'classroom', 'stone',
        { ...TV, prepare: (page) => withoutDevices(page, 'NotFoundError') });
    await moves(stone, 'main-video');
    assert.equal(await stone.textContent('#self-says'), messages['zh-CN']['classroom.no-camera']);
    assert.equal(await stone.evaluate(() => synclass.state().publish), 'idle');
    await shoot(stone, 'classroom-no-camera-zh-CN');
});

for (const [error, key] of [
    ['NotAllowedError', 'setup.denied'], ['NotFoundError', 'setup.nothing'],
    ['NotReadableError', 'setup.busy'],
]) {
    lessonTest(`a teacher whose devices fail with ${error} is told what to do`, async (open) => {
        const teacher = await open(desk, 'teacher', 'town',
            { prepare: (page) => withoutDevices(page, error) });
        await until(key, async () =>
            await teacher.textContent('#setup-sentence') === messages['zh-CN'][key]);
        assert.ok(await teacher.isVisible('#setup-again'));
        assert.ok(await teacher.isDisabled('#setup-start'));
        await shoot(teacher, `teacher-${key.replace('.', '-')}-zh-CN`);
    });
}

lessonTest('sound that the browser blocks is one press away, by mouse or key', async (open) => {
    const teacher = await open(desk, 'teacher', 'town');
    await startTeaching(teacher);
    const stone = await open(room, 'classroom', 'stone', { ...TV, prepare: blockSound });
    await until('the sound button', () => stone.isVisible('#sound'));
    await moves(stone, 'main-video');
    await shoot(stone, 'classroom-sound-blocked-zh-CN');
    await stone.evaluate(() => { window.allowSound = true; });
    await stone.keyboard.press('Enter');
    await until('the button gone', async () => !await stone.isVisible('#sound'));
    await until('a voice that plays', () => stone.evaluate(() =>
        synclass.received()['main-audio']?.energy > 0));
});

lessonTest('the teacher needs no mouse', async (open) => {
    const teacher = await open(desk, 'teacher', 'town');
    const stone = await open(room, 'classroom', 'stone');
    await joined(stone);
    await ready(teacher);
    await teacher.keyboard.press('Enter'); /* the start button has the focus by itself */
    await moves(teacher, 'tile-0');
    const focused = () => teacher.evaluate(() =>
        document.activeElement.id || document.activeElement.dataset.part);
    const order = [];
    for (let i = 0; i < 12 && order.at(-1) !== 'end'; i++) {
        await teacher.keyboard.press('Tab');
        order.push(await focused());
    }
    for (const stop of ['button', 'mute', 'camera', 'share', 'end'])
        assert.ok(order.includes(stop), `${stop} among ${order}`);
    await teacher.focus('.tile:first-child button');
    await teacher.keyboard.press('Enter');
    await until('the floor', () => stub.floor === 'stone');
});

lessonTest('the language is switched at once and remembered', async (open) => {
    const page = await open(desk, 'classroom', 'stone');
    await joined(page);
    await page.focus('#language');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
    await says(page, 'status.classroom.teacher-absent', {}, 'en');
    await page.reload();
    await joined(page);
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
    await says(page, 'status.classroom.teacher-absent', {}, 'en');
});

function withoutDevices(page, name) {
    return page.addInitScript((name) => {
        navigator.mediaDevices.getUserMedia = () =>
            Promise.reject(new DOMException('made by the test', name));
        navigator.mediaDevices.enumerateDevices = () => Promise.resolve([]);
    }, name);
}

function blockSound(page) {
    return page.addInitScript(() => {
        const play = HTMLMediaElement.prototype.play;
        HTMLMediaElement.prototype.play = function () {
            return this instanceof HTMLAudioElement && !window.allowSound
                ? Promise.reject(new DOMException('made by the test', 'NotAllowedError'))
                : play.call(this);
        };
    });
}

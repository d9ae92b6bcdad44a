/* SPDX-License-Identifier: Apache-2.0 */
/* pages.test.mjs: the pages in a real browser against the stub lesson: every state is
 * reached, says its sentence in both languages, and is kept as a picture. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openPage, startChromium } from './lib/chromium.mjs';
import { cameraFiles } from './lib/media.mjs';
import { brightness, joined, messages, moves, offered, ready, received, says, shoot, startTeaching,
    startsToMove } from './lib/page.mjs';
import { StubLesson } from './lib/stub.mjs';
import { until } from './lib/wait.mjs';

const TV = { width: 1920, height: 1080 };
const LAPTOP = { width: 1366, height: 768 };

let desk, room;    /* browsers: the teacher's and the classrooms' */
let stub;

before(async () => {
    desk = await startChromium({ media: await cameraFiles('teacher', { calm: true }) });
    room = await startChromium({ media: await cameraFiles('classroom', { calm: true }) });
});

after(async () => {
    await desk?.close();
    await room?.close();
});

/* A test with a lesson of its own, whose pages are all closed at its end and had no fault. */
function lessonTest(name, body, n_classrooms = 2) {
    test(name, { timeout: 600_000 }, async () => {
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

/* Does @check in English, then in Chinese, and keeps a picture @name of each: the page is
 * switched, as its button does. */
async function inBoth(page, name, check = () => {}) {
    for (const language of ['en', 'zh-CN']) {
        await page.evaluate(() => document.getElementById('language').click());
        await check(language);
        await shoot(page, `${name}-${language}`);
    }
}

lessonTest('every page and state of a lesson, in both languages', async (open) => {
    const shows = (page, name, key, values) =>
        inBoth(page, name, (language) => says(page, key, values, language));

    const index = await open(desk, '', '', LAPTOP);
    await inBoth(index, 'index', async (language) =>
        assert.equal(await index.evaluate(() => document.documentElement.lang), language));
    await index.fill('#link', 'https://example.org/');
    await index.keyboard.press('Enter');
    await until('the complaint', () => index.isVisible('#bad-link'));
    await inBoth(index, 'index-bad-link');

    const teacher = await open(desk, 'teacher', 'town', LAPTOP);
    await ready(teacher);
    await shows(teacher, 'teacher-setup', 'status.teacher.setup');

    const stone = await open(room, 'classroom', 'stone', TV);
    await joined(stone);
    await shows(stone, 'classroom-waiting', 'status.classroom.teacher-absent');

    await startTeaching(teacher);
    await moves(teacher, 'tile-0');
    await moves(stone, 'main-video');
    stub.quality('stone', 'good', 0.2, 48, 910);
    await shows(teacher, 'teacher-one-class', 'status.teacher.some', { n: 1, total: 2 });
    await shows(stone, 'classroom-playing', 'status.classroom.playing',
        { name: '三（2）班 王老师' });

    const river = await open(room, 'classroom', 'river', LAPTOP);
    await moves(teacher, 'tile-1');
    stub.quality('river', 'weak', 6.2, 610, 480);
    await shows(teacher, 'teacher-all-classes', 'status.teacher.all', { total: 2 });

    await teacher.click('.tile:first-child button');
    await moves(river, 'guest-video');
    await shows(teacher, 'teacher-floor', 'status.teacher.floor', { name: '三年级' });
    await shows(stone, 'classroom-has-floor', 'status.classroom.floor');
    await shows(river, 'classroom-guest', 'status.classroom.guest', { name: '三年级' });

    await teacher.click('#share');
    await moves(river, 'slides-video');
    await until('slides large', () => river.isVisible('#slides'));
    await inBoth(river, 'classroom-slides-guest');
    await inBoth(stone, 'classroom-slides-has-floor');
    await teacher.click('#mute');
    await shows(teacher, 'teacher-sharing-muted', 'status.teacher.muted');

    await teacher.click('#end');
    await inBoth(teacher, 'teacher-end-dialog');
    await teacher.click('#end-confirm');
    for (const [page, name] of [[teacher, 'teacher'], [stone, 'classroom'], [river, 'classroom-small']])
        await isOver(page, `${name}-over`, 'over.heading');
    for (const page of [teacher, stone, river])
        await offered(page);
});

lessonTest('the lesson’s hours are seen by all, in both languages', async (open) => {
    const shows = (page, name, key, values) =>
        inBoth(page, name, (language) => says(page, key, values, language));
    const readsBoth = (page, name, selector, key, values) => inBoth(page, name,
        (language) => reads(page, selector, fill(messages[language][key], values)));
    Object.assign(stub.lesson, { state: 'scheduled', phase: undefined });
    stub.now = '2026-03-01T23:38:20Z';
    stub.problem = { status: 409, name: 'lesson-not-live' };

    const teacher = await open(desk, 'teacher', 'town', LAPTOP);
    const stone = await open(room, 'classroom', 'stone', TV);
    const at = (instant, language = 'zh-CN') => stone.evaluate(([instant, language]) => new Date(instant)
        .toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit', hour12: false, timeZone: 'Asia/Shanghai' }),
    [instant, language]);
    await inBoth(stone, 'classroom-shut', async (language) => {
        await says(stone, 'status.classroom.early', { minutes: 22 }, language);
        /* the server's time in the school's zone */
        await reads(stone, '#clock', await at(stub.now, language));
    });
    await ready(teacher);
    await readsBoth(teacher, 'teacher-shut', '#hours', 'hours.early', { n: 22 });

    stub.problem = null; /* the doors open: nobody waits for a next try */
    stub.bell('opened', '2026-03-01T23:50:00Z');
    await joined(stone);
    await startTeaching(teacher);
    await moves(stone, 'main-video');
    await shows(stone, 'classroom-before-the-bell', 'status.classroom.early', { minutes: 10 });
    await shows(teacher, 'teacher-before-the-bell', 'status.teacher.early',
        { minutes: 10, n: 1, total: 2 });
    assert.equal(await teacher.textContent('#end span'), messages['zh-CN']['bar.leave']);
    await stub.setFloor('stone');
    await says(stone, 'status.classroom.floor'); /* to be checked */
    await stub.setFloor(null);

    stub.bell('begun', '2026-03-02T00:00:00Z', { state: 'live' });
    await says(stone, 'status.classroom.playing', { name: '三（2）班 王老师' });
    await says(teacher, 'status.teacher.some', { n: 1, total: 2 });
    await reads(teacher, '#hours', fill(messages['zh-CN']['hours.left'], { n: 45 }));
    assert.equal(await teacher.isVisible('#ending'), false);

    stub.bell('ending', '2026-03-02T00:42:00Z');
    await until('the warning', () => teacher.isVisible('#ending'));
    await readsBoth(teacher, 'teacher-ending', '#ending-text', 'hours.ending', { n: 3 });
    stub.refusal = 'overtime-limit';
    await teacher.click('#extend');
    await inBoth(teacher, 'teacher-extension-refused', (language) => until('the refusal', async () => {
        const said = await teacher.textContent('#said');
        if (said === '')
            await teacher.click('#extend'); /* a remark passes: a slow machine asks again */
        return said === fill(messages[language]['teacher.refused'],
            { reason: messages[language]['problem.overtime-limit'] });
    }));
    stub.refusal = null;
    await teacher.click('#extend');
    await until('the warning gone', async () => !await teacher.isVisible('#ending'));
    assert.equal(stub.lesson.ends_at, '2026-03-02T00:50:00.000Z');
    await reads(teacher, '#clock', await at('2026-03-02T00:42:00Z'));
    await readsBoth(teacher, 'teacher-extended', '#hours', 'hours.left', { n: 8 });

    stub.bell('ending', '2026-03-02T00:47:00Z');
    await until('the warning again', () => teacher.isVisible('#ending'));
    stub.bell('ended', '2026-03-02T00:50:00Z', { state: 'ended' });
    await isOver(teacher, 'teacher-ended', 'over.heading');
    await isOver(stone, 'classroom-ended', 'over.heading');
    assert.equal(await teacher.isVisible('#ending'), false);
    await until('no session', () => stub.sessionsOf('town') + stub.sessionsOf('stone') === 0);
    assert.equal(await stone.evaluate(() => synclass.state().events), 'stopped');
});

for (const [role, site, size] of [['teacher', 'town', LAPTOP], ['classroom', 'stone', TV]]) {
    lessonTest(`a ${role} who comes when all is over is told so`, async (open) => {
        stub.lesson.state = 'ended';
        await isOver(await open(desk, role, site, size), `${role}-too-late`, 'over.heading');
    });

    lessonTest(`a ${role} is told of a cancelled lesson`, async (open) => {
        const page = await open(desk, role, site, size);
        await until('welcome', () => page.evaluate(() => synclass.state().events === 'open'));
        stub.bell('cancelled', '2026-03-01T23:50:00Z');
        await isOver(page, `${role}-cancelled`, 'over.cancelled');
    });
}

for (const [token, role, size, name] of [
    ['old', 'teacher', LAPTOP, 'expired-token'], ['old', 'classroom', TV, 'expired-token'],
    ['foreign', 'teacher', LAPTOP, 'unknown-token'], ['', 'classroom', TV, null],
]) {
    lessonTest(`${role} with a token “${token}” is told why`, async (open) => {
        const page = await open(desk, role, token, size);
        await inBoth(page, `${role}-${name ?? 'no-link'}`, (language) => reads(page,
            '#trouble-text', messages[language][name ? `problem.${name}` : 'status.no-link']));
    });
}

lessonTest('a browser’s own language is spoken from the start', async (open) => {
    const teacher = await open(desk, 'teacher', 'town', { locale: 'en-GB', ...LAPTOP });
    await ready(teacher);
    await says(teacher, 'status.teacher.setup', {}, 'en');
    assert.equal(await teacher.evaluate(() => document.documentElement.lang), 'en');
});

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
        await startTeaching(teacher);
        await until('the tiles', async () => await teacher.locator('.tile').count() === n);
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
    await offered(teacher);
    await offered(stone);
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
    for (let i = 0; i < 40 && order.at(-1) !== 'end'; i++) {
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

lessonTest('before the bell a teacher may stop and start again', async (open) => {
    Object.assign(stub.lesson, { state: 'scheduled', phase: 'opened' });
    stub.now = '2026-03-01T23:55:00Z';
    const teacher = await open(desk, 'teacher', 'town');
    await startTeaching(teacher);
    await teacher.click('#end');
    await until('the look before', () => teacher.isVisible('#setup-start'));
    await until('no session', () => stub.sessionsOf('town') === 0);
    await startTeaching(teacher);
    assert.equal(stub.lesson.state, 'scheduled');
});

lessonTest('without the server the lesson is not ended, and the teacher is told', async (open) => {
    const teacher = await open(desk, 'teacher', 'town');
    await startTeaching(teacher);
    await teacher.click('#end');
    stub.closeSockets();
    await until('events lost', () => teacher.evaluate(() => synclass.state().events === 'lost'));
    await teacher.click('#end-confirm');
    await reads(teacher, '#said', messages['zh-CN']['hours.offline']);
    assert.equal(await teacher.evaluate(() => synclass.state().publish), 'connected');
});

const fill = (text, values = {}) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

const reads = (page, selector, text) => until(`${selector}: “${text}”`, async () =>
    await page.textContent(selector) === text);

/* The view of the end, which stays, in both languages. */
async function isOver(page, name, key) {
    await until('the end', () => page.isVisible('#over-heading'));
    await inBoth(page, name, (language) => reads(page, '#over-heading', messages[language][key]));
    const { publish, watch } = await page.evaluate(() => synclass.state());
    assert.deepEqual([publish, watch], ['idle', 'idle']);
}

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

/* SPDX-License-Identifier: Apache-2.0 */
/* lesson.test.mjs: one whole lesson, 1 + 2, on real footage: a teacher in Chromium, Shimen's
 * class with our own client and a keypad, Liuping's with a page, a keyboard and forty phones.
 * Roll call, slides, pen, hands, floor, quiz with a line that is cut in the middle of it, chat,
 * goodbye; each thing is asked of both ends. SC_LESSON_S: as long as it shall last at least. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { openPage, startChromium } from './lib/chromium.mjs';
import { Display } from './lib/display.mjs';
import { Line } from './lib/line.mjs';
import { Mast } from './lib/mast.mjs';
import { cameraFiles } from './lib/media.mjs';
import { Native } from './lib/native.mjs';
import { joined, messages, moves, offered, shoot, startTeaching, startsToMove }
    from './lib/page.mjs';
import { footage } from './lib/paths.mjs';
import { lessonPdf } from './lib/pdf.mjs';
import { Servers } from './lib/servers.mjs';
import { until } from './lib/wait.mjs';

const LIMIT = { timeout: 420_000 };
const WAIT_MS = 120_000;
const LESSON_S = Number(process.env.SC_LESSON_S ?? 0);
const N_SCENES = 7;
const CUT_MS = 20_000;
const N_PHONES = 40;
const TELEVISION = { width: 1920, height: 1080 };
const PHONE = { width: 390, height: 844 };
const words = messages['zh-CN'];

const display = new Display();
const line = new Line();
const mast = new Mast(line);
const servers = new Servers('lesson');
let town, village;    /* browsers */
let teacher;          /* the teacher's page */
let shimen;           /* Native; shimen.site */
let liuping;          /* page; liuping.site */
let phones;           /* JSHandle of forty of them, which live in a page of their own */
let others;           /* sockets of all but Shimen's: mast.mjs */

before(async () => {
    await display.start();
    town = await startChromium({ media: await cameraFiles('teacher', { calm: true }) });
    village = await startChromium({ media: await cameraFiles('classroom', { calm: true }) });
    await servers.start({ line });
    await mast.open(servers.url);
}, LIMIT);

after(async () => {
    await shimen?.stop();
    await town?.close();
    await village?.close();
    mast.close();
    await servers.stop();
    await display.stop();
});

/* One after the other; a scene that is over early waits, where the lesson shall be long. */
function scene(name, body) {
    test(name, LIMIT, async (t) => {
        const began_ms = performance.now();
        await body(t);
        await sleep(Math.max(0, LESSON_S * 1000 / N_SCENES - (performance.now() - began_ms)));
    });
}

const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

/* On a busy machine the wait for what might come after a click is long, and for nothing. */
const click = (selector, page = teacher) => page.click(selector, { noWaitAfter: true });

const reads = (page, selector, text) => until(`${selector}: “${text}”`, async () =>
    await page.textContent(selector) === text || null, WAIT_MS);

const shows = (page, selector) => until(`${selector} is shown`, () => page.isVisible(selector), WAIT_MS);

/* Both screens at once. */
async function shootAll(what) {
    await shoot(teacher, `lesson-${what}-teacher-zh-CN`);
    await shoot(liuping, `lesson-${what}-liuping-zh-CN`);
    await display.shoot(`lesson-${what}-shimen-zh-CN`);
    for (const [page, who] of [[teacher, 'teacher'], [liuping, 'liuping']]) {
        await page.evaluate(() => document.getElementById('language').click());
        await shoot(page, `lesson-${what}-${who}-en`);
        await page.evaluate(() => document.getElementById('language').click());
    }
}

/* What the page knows of the room, once @isSo of it. */
const knows = (page, what, isSo) => until(what, async () => {
    const room = await page.evaluate(() => window.synclass.state().room);
    return isSo(room) && room;
}, WAIT_MS);

scene('both classes come in, and everybody sees everybody', async () => {
    shimen = new Native('lesson-shimen', 'join', servers, servers.classroom_tokens[0],
        footage('classroom.mkv') ?? 'test', { url: mast.url, display: display.name });
    await until('Shimen waits', () => shimen.status?.state === 'waiting', WAIT_MS);
    shimen.site = shimen.status.site;
    const ours = line.known();
    liuping = await openPage(village, TELEVISION);
    await liuping.goto(servers.link('classroom', servers.classroom_tokens[1]));
    teacher = await openPage(town);
    await teacher.goto(servers.link('teacher', servers.teacher_token));
    await startTeaching(teacher);
    await joined(liuping);
    await moves(liuping, 'main-video');
    await shimen.plays('main-video');
    await moves(teacher, 'tile-0');
    await moves(teacher, 'tile-1');
    liuping.site = await liuping.evaluate(() => window.synclass.state().site);
    others = [...line.known()].filter((socket) => !ours.has(socket));
    await shootAll('begun');
});

scene('the roll is called, and both classes type how many they are', async () => {
    await click('#tab-roll');
    await click('#roll-call');
    await shimen.hears('roll_call', { roll: 1 });
    for (const key of ['3', '2', 'Return'])
        shimen.say(`press KP_${key === 'Return' ? 'Enter' : key}`);
    await shimen.hears('present', { site: shimen.site, count: 32 });
    await shows(liuping, '#board');
    await shootAll('roll');
    for (const key of ['2', '8', 'Enter'])
        await liuping.keyboard.press(key);
    await reads(teacher, '#roll-heads', say('room.heads-sum', { n: 60 }));
    await until('the board is gone', () => liuping.isHidden('#board'), WAIT_MS);
});

scene('three hands are served in the order of raising, and each class has the floor', async () => {
    await click('#tab-hands');
    shimen.say('press KP_0');
    await reads(teacher, '#tab-hands .count', '1');
    await liuping.keyboard.press('0');
    await reads(teacher, '#tab-hands .count', '2');
    await reads(liuping, '#hand-place', '2');
    await shootAll('hands');

    await click('.tile:first-child button'); /* Shimen was first */
    await shimen.hears('floor', { site: shimen.site });
    await shows(liuping, '#guest');
    await moves(liuping, 'guest-video');
    await reads(liuping, '#hand-place', '1');
    await shimen.hears('hand', { hands: [liuping.site] });
    await shootAll('floor-shimen');
    shimen.say('press KP_0'); /* once more: the third hand, and it is behind */
    await reads(teacher, '#tab-hands .count', '2');

    await click('.tile:nth-child(2) button'); /* handed over, not taken back between */
    await shimen.hears('floor', { site: liuping.site });
    await shimen.plays('guest-video', 10);
    await until('Liuping knows', () => liuping.evaluate(() =>
        document.getElementById('room').classList.contains('floor')), WAIT_MS);
    await shootAll('floor-liuping');

    await click('.tile:first-child button');
    await shimen.hears('hand', { hands: [] });
    await click('.tile:first-child button');
    await shimen.hears('floor', { site: null });
    await until('the guest is gone', () => liuping.isHidden('#guest'), WAIT_MS);
    await offered(teacher);
    await offered(liuping);
});

scene('the slides are turned page by page, written on, and give way to the screen', async (t) => {
    const pdf = await lessonPdf(town);
    await click('#tab-slides');
    await teacher.setInputFiles('#slides-file',
        { name: '富饶的西沙群岛.pdf', mimeType: 'application/pdf', buffer: pdf });
    await until('the document is in the list', async () =>
        await teacher.textContent('#slides-list .name') === '富饶的西沙群岛.pdf' || null, WAIT_MS);
    await shimen.hears('document_ready', { document: 1 });
    await click('#slides-list .button:not(.button-icon)');
    await shimen.hears('page', { document: 1, page: 1 });
    await liuping.waitForSelector('#slides canvas.page', { timeout: WAIT_MS });
    await teacher.waitForSelector('#slides-picture canvas.page', { timeout: WAIT_MS });
    for (let page = 2; page <= 4; page++) {
        const from_ms = performance.now();
        await click('#page-next');
        await shimen.hears('page', { document: 1, page });
        t.diagnostic(`page ${page} at Shimen after ${Math.round(performance.now() - from_ms)} ms`);
        await knows(liuping, `page ${page} at Liuping`, (room) => room.page?.page === page);
    }
    await shootAll('page');

    if (!await teacher.isVisible('#pens'))
        await click('#write');
    await shows(teacher, '#pens');
    const box = await until('the page large', () =>
        teacher.locator('#slides-picture canvas.page').last().boundingBox(), WAIT_MS);
    const at = (x, y) => [box.x + box.width * x, box.y + box.height * y];
    await teacher.mouse.move(...at(0.2, 0.8));
    await teacher.mouse.down();
    await teacher.mouse.move(...at(0.7, 0.8), { steps: 20 });
    await teacher.mouse.up();
    const { strokes } = await knows(liuping, 'the stroke at Liuping', (room) =>
        room.strokes.length === 1 && room.strokes[0].points.length > 10);
    assert.equal(strokes[0].colour, 'red');
    await shootAll('pen');
    await click('#write-end');
    await click('#page-next');
    await knows(liuping, 'a page without marks', (room) => room.page?.page === 5 && room.strokes.length === 0);
    await click('#page-previous');
    await knows(liuping, 'the marks are back', (room) => room.page?.page === 4 && room.strokes.length === 1);

    await click('#share');
    await shimen.hears('page', { document: null, page: null });
    await moves(liuping, 'slides-video');
    await shimen.plays('slides-video', 5);
    await shootAll('screen');
    await click('#share');
    await click('#slides-back');
    await shimen.hears('page', { document: 1, page: 4 });
});

scene('a question is answered by a keypad here, by forty phones there, and a line is cut', async (t) => {
    await pickUpPhones();
    await click('#tab-quiz');
    await click('#quiz-quick [data-kind="single"]');
    await shimen.hears('quiz', { quiz: 1, state: 'open' });
    await shows(liuping, '#board');
    for (const key of ['KP_3', 'KP_Enter'])
        shimen.say(`press ${key}`);
    await shimen.hears('answered', { quiz: 1, choice: [2] });

    mast.cut(new Set(others));
    const cut_ms = performance.now();
    await phones.evaluate((all) => all.forEach((phone, i) =>
        phone.ask({ type: 'answer', quiz: 1, choice: [i % 4] })));
    await until('every phone is told that its answer is kept', () => phones.evaluate((all) =>
        all.every((phone) => phone.last('answered')?.quiz === 1)), WAIT_MS);
    await reads(teacher, '#quiz-count', say('quiz.answers', { n: 1 + N_PHONES }));
    await until('Shimen says that its line is gone', () =>
        !['playing', 'waiting'].includes(shimen.status.state), WAIT_MS);
    await reads(teacher, '.tile:first-child .state', say('site.no-picture'));
    await shootAll('cut');
    await sleep(Math.max(0, CUT_MS - (performance.now() - cut_ms)));
    const frames = shimen.frames('main-video');
    const rejoined = shimen.events.filter(({ name }) => name === 'rejoined').length;
    mast.mend();
    const mended_ms = performance.now();
    await until('Shimen sees the teacher again', () => shimen.frames('main-video') > frames + 10
        || shimen.events.filter(({ name }) => name === 'rejoined').length > rejoined, WAIT_MS);
    t.diagnostic(`back after ${(performance.now() - mended_ms).toFixed(0)} ms`);
    await startsToMove(teacher, 'tile-0');

    shimen.say('press KP_2'); /* the question still stands there, and may be answered anew */
    shimen.say('press KP_Enter');
    await shimen.hears('answered', { quiz: 1, choice: [1] });
    await shootAll('quiz');
    await click('#quiz-close');
    const closed = await shimen.hears('quiz', { quiz: 1, state: 'closed' });
    assert.deepEqual(closed.choices, [10, 11, 10, 10]);
    await click('#quiz-bars li:nth-child(2) button');
    await click('#quiz-reveal');
    await shimen.hears('quiz', { quiz: 1, state: 'revealed', right: [1] });
    const told = await until('each phone hears it', async () => {
        const last = await phones.evaluate((all) => all.map((phone) => phone.last('quiz')));
        return last.every(({ state }) => state === 'revealed') && last;
    }, WAIT_MS);
    assert.ok(told.every(({ sum }) => !sum.sites?.length), 'and no phone hears of classes');
    await knows(liuping, 'the sum at Liuping', ({ quiz }) =>
        JSON.stringify(quiz.sum.choices) === '[10,11,10,10]');
    await shootAll('revealed');
    await click('#quiz-next');
});

scene('the teacher writes to all, the classes may not, and then nobody does', async () => {
    await click('#tab-chat');
    if (await teacher.textContent('#chat-open') === say('room.chat-open'))
        await click('#chat-open');
    await knows(liuping, 'the chat is open', ({ chat }) => chat.open);
    await teacher.fill('#chat-text', '请大家翻到第二十三页。');
    await teacher.press('#chat-text', 'Enter');
    await until('the words on the television', () => liuping.evaluate(() =>
        document.getElementById('caption').textContent.includes('请大家翻到第二十三页。')), WAIT_MS);
    await shootAll('chat');
    await click('#slides-away');
    await shimen.hears('page', { document: null, page: null });
    await until('no slides at Liuping', () => liuping.isHidden('#slides'), WAIT_MS);
    await click('#chat-open');
    await knows(liuping, 'the chat is closed', ({ chat }) => !chat.open);
    await liuping.evaluate(() => document.querySelector('#reactions button').click());
    await until('the clapping at the teacher', () =>
        teacher.isVisible('.tile:nth-child(2) .reaction'), WAIT_MS);
});

scene('the teacher ends the lesson, and everybody goes by themselves', async () => {
    await click('#end');
    await click('#end-confirm');
    for (const page of [teacher, liuping])
        await shows(page, '#over-heading');
    await until('Shimen’s end', () => shimen.ended !== null, WAIT_MS);
    assert.deepEqual([shimen.ended, shimen.status.state], [0, 'over']);
    await until('the phones’ end', () => phones.evaluate((all) =>
        all.every((phone) => phone.is_closed)), WAIT_MS);
    await shoot(teacher, 'lesson-over-teacher-zh-CN');
    await shoot(liuping, 'lesson-over-liuping-zh-CN');
    assert.deepEqual([...teacher.faults, ...liuping.faults], []);
});

/* The room's code is on Liuping's television: what forty phones make of it. The last of them
 * is a page that we look at. */
async function pickUpPhones() {
    const code = await knows(liuping, 'the room’s code', (room) => room.code).then((room) => room.code);
    const page = await openPage(village, PHONE);
    await page.goto(`${servers.url}/pupil`);
    phones = await page.evaluateHandle(async ([code, n]) => {
        const enter = async () => {
            const answer = await fetch('/pupils', {
                method: 'POST', headers: { 'Content-Type': 'application/json' },
                body: JSON.stringify({ code }),
            });
            const { token } = await answer.json();
            const phone = { heard: [], is_closed: false };
            const socket = new WebSocket(`ws://${location.host}/events`, 'synclass.v1');
            phone.last = (type) => phone.heard.findLast((one) => one.type === type);
            phone.ask = (message) => socket.send(JSON.stringify({ id: 1, ...message }));
            socket.onclose = () => { phone.is_closed = true; };
            socket.onopen = () => socket.send(
                JSON.stringify({ type: 'hello', token, language: 'zh-CN' }));
            await new Promise((resolve) => {
                socket.onmessage = ({ data }) => {
                    phone.heard.push(JSON.parse(data));
                    resolve();
                };
            });
            return phone;
        };
        return Promise.all(Array.from({ length: n }, enter));
    }, [code, N_PHONES]);
}

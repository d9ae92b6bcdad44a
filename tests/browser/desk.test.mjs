/* SPDX-License-Identifier: Apache-2.0 */
/* desk.test.mjs: what the teacher has beside the pictures, against the stub lesson: each panel
 * in both languages, what a press asks for, and kept as a picture. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertAccessible } from './lib/axe.mjs';
import { openPage, startChromium } from './lib/chromium.mjs';
import { cameraFiles } from './lib/media.mjs';
import { messages, shoot, startTeaching } from './lib/page.mjs';
import { StubLesson } from './lib/stub.mjs';
import { until } from './lib/wait.mjs';

const LIMIT = { timeout: 420_000 };
const SUM = {
    answers: 43, choices: [4, 31, 6, 2], numbers: [],
    sites: [{ site: 'stone', answers: 43, choices: [4, 31, 6, 2] }],
};
const parts = []; /* [name, body] in order; all on one visit, for each language */
let browser, stub, teacher;

before(async () => {
    browser = await startChromium({ media: await cameraFiles('teacher', { calm: true }) });
});

after(() => browser?.close());

function deskTest(name, body) {
    parts.push([name, body]);
}

async function enter(language) {
    stub = new StubLesson();
    await stub.start(browser);
    teacher = await openPage(browser, { locale: language });
    await stub.attach(teacher);
    await teacher.goto(stub.link('teacher', 'town'));
    await startTeaching(teacher);
    await press('#camera'); /* nobody looks: the machine is spared the encoder */
    stub.setPresent('stone', true);
    stub.setPresent('river', true);
    stub.quality('stone', 'good', 0.2, 48, 910);
}

for (const language of ['zh-CN', 'en']) {
    test(`the teacher’s desk, ${language}`, LIMIT, async (context) => {
        await enter(language);
        const tools = {
            shot: (what) => shoot(teacher, `desk-${what}-${language}`),
            t: (key, values = {}) => messages[language][key]
                .replace(/\{(\w+)\}/g, (_, place) => values[place]),
        };
        for (const [name, body] of parts)
            await context.test(name, () => body(tools));
        assert.deepEqual(teacher.faults, []);
        await teacher.context().close();
        await stub.stop();
    });
}

/* What the page asked for next, without its id. */
async function asked(type) {
    const message = await until(`${type} asked`, () => stub.asked.find((one) => one.type === type));
    stub.asked.splice(stub.asked.indexOf(message), 1);
    const { id, ...rest } = message;
    assert.ok(Number.isInteger(id), 'every request can be answered');
    return rest;
}

/* On a busy machine the wait for what might come after a click is long, and for nothing. */
const press = (selector) => teacher.click(selector, { noWaitAfter: true });

const reads = (selector, text) => until(`${selector}: “${text}”`, async () =>
    await teacher.textContent(selector) === text || null);

deskTest('hands are seen in their order and answered', async ({ shot, t }) => {
    stub.say({ type: 'hand', site: 'river', up: true, hands: ['river'] });
    await reads('#said', t('teacher.hand-raised', { name: '三、四年级' }));
    stub.say({ type: 'hand', site: 'stone', up: true, hands: ['river', 'stone'] });
    stub.say({ type: 'floor-time', times: { stone: 80 } });
    stub.say({ type: 'help', site: 'stone', wanted: true });
    await reads('#said', t('teacher.help-wanted', { name: '三年级' }));
    await reads('#tab-hands .count', '2');
    await reads('#here li:first-child .name', '三、四年级');
    await reads('#here li:nth-child(2) .spoken', t('room.spoken', { time: '1:20' }));
    await reads('.tile:first-child .mark-hand', '2');
    await reads('.tile:first-child .mark-help', t('room.help'));
    stub.say({ type: 'react', site: 'river', what: 'clap' });
    await until('the applause', () => teacher.isVisible('.tile:nth-child(2) .reaction'));
    await shot('hands');
    await assertAccessible(teacher);
    await until('the applause gone', async () =>
        !await teacher.isVisible('.tile:nth-child(2) .reaction'));

    await press('#here li:first-child .button-icon:last-child');
    await until('the floor', () => stub.floor === 'river');
    assert.ok(!stub.asked.some(({ type }) => type === 'hands-down'), 'the server does that');
    stub.say({ type: 'hand', site: 'river', up: false, hands: ['stone'] });
    await reads('#here li:first-child .name', '三年级');
    await press('#here li:nth-child(2) .button-icon:last-child');
    await until('the floor back', () => stub.floor === null);
    await press('#hands-lower');
    assert.deepEqual(await asked('hands-down'), { type: 'hands-down', site: null });

    await press('.tile:first-child .tile-mute');
    assert.deepEqual(await asked('mute'), { type: 'mute', site: 'stone', muted: true });
    stub.say({ type: 'mute', site: 'stone', muted: true });
    await until('muted', () => teacher.getAttribute('.tile:first-child .tile-mute', 'data-on')
        .then((on) => on === 'true'));
    await press('#mute-all');
    assert.deepEqual(await asked('mute'), { type: 'mute', site: null, muted: true });
    stub.say({ type: 'mute', site: null, muted: true });
    await reads('#mute-all', t('room.unmute-all'));
    await shot('muted');
});

deskTest('the roll is called', async ({ shot, t }) => {
    await press('#tab-roll');
    await shot('roll-before');
    await press('#roll-call');
    assert.deepEqual(await asked('roll-call'), { type: 'roll-call' });
    stub.say({ type: 'roll-call', roll: 1 });
    stub.say({ type: 'present', site: 'stone', count: 31 });
    await reads('#roll-heads', t('room.heads-sum', { n: 31 }));
    await reads('#roll-missing', t('room.roll-missing', { names: '三、四年级' }));
    await shot('roll');
    await assertAccessible(teacher);
    stub.say({ type: 'present', site: 'river', count: 12 });
    await reads('#roll-heads', t('room.heads-sum', { n: 43 }));
    await reads('#roll-missing', t('room.roll-complete'));
});

deskTest('a question is asked with one press', async ({ shot, t }) => {
    await press('#tab-quiz');
    await shot('quiz-start');
    await assertAccessible(teacher);
    await press('#quiz-quick [data-kind="single"]');
    const question = { kind: 'single', question: t('quiz.on-slide'), options: ['A', 'B', 'C', 'D'] };
    assert.deepEqual(await asked('quiz-open'), { type: 'quiz-open', ...question });
    const quiz = { type: 'quiz', quiz: 3, ...question, state: 'open', right: null, sum: null };
    stub.say(quiz);
    stub.say({ type: 'tally', quiz: 3, sum: SUM });
    await reads('#quiz-count', t('quiz.answers', { n: 43 }));
    await reads('#quiz-silent', t('quiz.silent', { names: '三、四年级' }));
    await reads('#quiz-bars li:nth-child(2) .n', '31');
    await shot('quiz-open');
    await press('#quiz-close');
    assert.deepEqual(await asked('quiz-close'), { type: 'quiz-close', quiz: 3 });
    stub.say({ ...quiz, state: 'closed', sum: SUM });
    await reads('#quiz-reveal', t('quiz.reveal-none'));
    await press('#quiz-bars li:nth-child(2) button');
    await reads('#quiz-reveal', t('quiz.reveal'));
    await shot('quiz-closed');
    await assertAccessible(teacher);
    await press('#quiz-reveal');
    assert.deepEqual(await asked('quiz-reveal'), { type: 'quiz-reveal', quiz: 3, right: [1] });
    stub.say({ ...quiz, state: 'revealed', right: [1], sum: SUM });
    await reads('#quiz-right', t('quiz.right', { answer: 'B' }));
    await shot('quiz-revealed');
    await assertAccessible(teacher);
    await press('#quiz-next');
    await press('#quiz-quick [data-kind="number"]');
    assert.deepEqual(await asked('quiz-open'),
        { type: 'quiz-open', kind: 'number', question: t('quiz.on-slide') });
    const number = { type: 'quiz', quiz: 4, kind: 'number', question: '7 × 8 = ?', state: 'closed',
        sum: { answers: 3, sites: [{ site: 'river', answers: 3 }], numbers: [[56, 2], [54, 1]] } };
    stub.say(number);
    await teacher.fill('#quiz-number', '56');
    await shot('quiz-number');
    await press('#quiz-reveal');
    assert.deepEqual(await asked('quiz-reveal'), { type: 'quiz-reveal', quiz: 4, right: 56 });
});

deskTest('a question is written', async ({ shot, t }) => {
    await press('#quiz-next');
    await press('#quiz-write');
    await press('#quiz-more');
    await teacher.fill('#quiz-text', '海底的海参为什么伸缩着？');
    await teacher.fill('#quiz-options li:nth-child(1) input', '懒洋洋地蠕动');
    await press('#quiz-options li:nth-child(5) button');
    await shot('quiz-dialog');
    await assertAccessible(teacher);
    await press('#quiz-form .kind:nth-of-type(2)');
    await press('#quiz-ask');
    const question = { kind: 'multiple', question: '海底的海参为什么伸缩着？',
        options: ['懒洋洋地蠕动', 'B', 'C', 'D'] };
    assert.deepEqual(await asked('quiz-open'), { type: 'quiz-open', ...question });
    stub.say({ type: 'quiz', quiz: 1, ...question, state: 'closed', sum: SUM });
    await press('#quiz-bars li:nth-child(3) button');
    await press('#quiz-bars li:nth-child(1) button');
    await shot('quiz-multiple');
    await press('#quiz-reveal');
    assert.deepEqual((await asked('quiz-reveal')).right, [0, 2]);
    stub.say({ type: 'quiz', quiz: 2, kind: 'truth', question: t('quiz.on-slide'), state: 'open' });
    await reads('#quiz-bars li:nth-child(1) .letter', t('quiz.true'));
});

deskTest('the chat is read, written, opened and cleaned', async ({ shot, t }) => {
    const chat = (message, site, name, text) => stub.say(
        { type: 'chat', message, site, name, text, at: '2026-03-02T00:12:00Z' });
    chat(1, 'stone', '三年级', '老师，第二段的“懒洋洋”怎么读？');
    chat(2, 'river', '三、四年级', '我们这边声音有点小。');
    await reads('#tab-chat .count', '2');
    await press('#tab-chat');
    await reads('#tab-chat .count', '');
    await teacher.fill('#chat-text', '好的，我大声一点。');
    await teacher.keyboard.press('Enter');
    assert.deepEqual(await asked('chat'), { type: 'chat', text: '好的，我大声一点。' });
    assert.equal(await teacher.inputValue('#chat-text'), '');
    chat(3, 'town', '三（2）班 王老师', '好的，我大声一点。');
    await until('three lines', async () => await teacher.locator('#chat-list li').count() === 3);
    await shot('chat');
    await assertAccessible(teacher);
    await press('#chat-list li:nth-child(2) button');
    assert.deepEqual(await asked('chat-remove'), { type: 'chat-remove', message: 2 });
    stub.say({ type: 'chat-removed', message: 2 });
    await until('two lines', async () => await teacher.locator('#chat-list li').count() === 2);
    await press('#chat-open');
    assert.deepEqual(await asked('chat-open'), { type: 'chat-open', open: true });
    stub.say({ type: 'chat-open', open: true });
    await reads('#chat-open', t('room.chat-close'));
    await press('#chat-clear');
    assert.deepEqual(await asked('chat-remove'), { type: 'chat-remove', message: null });
    stub.say({ type: 'chat-removed', message: null });
    await until('no line', () => teacher.isVisible('#chat-none'));
});

deskTest('the slide is drawn on, pointed at and wiped', async ({ shot }) => {
    await press('#share');
    await until('slides', () => teacher.isVisible('#write'));
    await shot('sharing');
    await press('#write');
    await until('the slide large', () => teacher.evaluate(() =>
        document.querySelector('#slides-picture video')?.videoWidth > 0));
    const box = await teacher.locator('#slides-picture').boundingBox();
    const at = (x, y) => [box.x + box.width * x, box.y + box.height * y];
    await teacher.mouse.move(...at(0.4, 0.5));
    await teacher.mouse.down();
    for (let i = 1; i <= 40; i++)
        await teacher.mouse.move(...at(0.4 + i / 200, 0.5 + 0.1 * Math.sin(i / 4)));
    await teacher.mouse.up();
    const first = await asked('pen');
    assert.deepEqual([first.stroke, first.colour, first.width], [1, 'red', 4]);
    assert.ok(Math.abs(first.points[0] - 4000) < 1000, String(first.points));
    await until('the end told', () => stub.asked.filter(({ type }) => type === 'pen')
        .some(({ points }) => points.at(-2) > 5500));
    for (const { points } of stub.asked.filter(({ type }) => type === 'pen'))
        assert.ok(points.length % 2 === 0 && points.length >= 2 && points.length <= 128);
    await teacher.check('#pens input[value="pointer"]', { force: true });
    await teacher.mouse.move(...at(0.5, 0.25));
    const pointer = await asked('pointer');
    assert.ok(pointer.x > 4000 && pointer.x < 6000, JSON.stringify(pointer));
    await shot('writing');
    await assertAccessible(teacher);
    await teacher.mouse.move(5, 5);
    await until('the pointer away', () =>
        stub.asked.some(({ type, x }) => type === 'pointer' && x === null));
    await press('#wipe');
    assert.deepEqual(await asked('pen-clear'), { type: 'pen-clear' });
    await press('#write-end');
    await until('small again', () => teacher.isVisible('#write'));
});

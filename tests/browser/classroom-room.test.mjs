/* SPDX-License-Identifier: Apache-2.0 */
/* classroom-room.test.mjs: the room as a class and a pupil have it, against the real servers:
 * a television that is run by keys, and a phone. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertAccessible } from './lib/axe.mjs';
import { openPage, startChromium } from './lib/chromium.mjs';
import { cameraFiles } from './lib/media.mjs';
import { joined, messages, moves, shoot, startTeaching } from './lib/page.mjs';
import { Servers } from './lib/servers.mjs';
import { until } from './lib/wait.mjs';

const LIMIT = { timeout: 400_000 };
const PATIENCE_MS = 60_000;
const TV = { width: 1920, height: 1080 };
const PHONE = { width: 390, height: 844 };
const CAPITALS = {
    kind: 'single', question: '云南省的省会是哪座城市？', options: ['成都', '昆明', '贵阳', '南宁'],
};
const PLANTS = {
    kind: 'multiple', question: '下面哪些是植物？',
    options: ['向日葵', '蘑菇', '水稻', '珊瑚', '仙人掌', '海豚'],
};
let browser;

before(async () => {
    browser = await startChromium({ media: await cameraFiles('teacher', { calm: true }) });
});

after(() => browser?.close());

/* A lesson of its own with everybody in it. @body is given the teacher, who speaks as
 * events.js does, the television, and how to open a phone. */
function roomTest(name, body, { teaching = false } = {}) {
    test(name, LIMIT, async () => {
        const servers = new Servers('classroom-room');
        const pages = [];
        const open = async (size, link) => {
            const page = await openPage(browser, { locale: 'zh-CN', ...size });
            page.setDefaultTimeout(PATIENCE_MS);
            pages.push(page);
            await page.goto(link, { waitUntil: 'domcontentloaded' });
            return page;
        };
        try {
            await servers.start();
            const desk = await open({}, teaching ? servers.link('teacher', servers.teacher_token)
                                                 : servers.url);
            if (teaching)
                await startTeaching(desk);
            const teacher = await speak(desk, servers.teacher_token);
            const tv = await open(TV, servers.link('classroom', servers.classroom_tokens[0]));
            await joined(tv);
            if (teaching)
                await moves(tv, 'main-video');
            await body({
                servers, teacher, tv,
                phone: (link) => open(PHONE, link ?? `${servers.url}/pupil`),
                says: (key, values = {}) => reads(tv, '#sentence', t(key, values)),
            });
            assert.deepEqual(pages.flatMap((page) => page.faults), []);
        } finally {
            for (const page of pages)
                await page.context().close();
            await servers.stop();
        }
    });
}

/* A second connection of the teacher's, by our own module: what it hears is kept in order. */
async function speak(page, token) {
    await page.evaluate(async (token) => {
        const { Events } = await import('/assets/events.js');
        window.heard = [];
        window.line = new Events(token);
        window.line.addEventListener('message', ({ detail }) => window.heard.push(detail));
        window.line.start();
    }, token);
    const hears = (what, check) => until(`the teacher hears ${what}`, async () =>
        (await page.evaluate(() => window.heard)).findLast(check), PATIENCE_MS);
    await hears('welcome', ({ type }) => type === 'welcome');
    return {
        ask: (method, ...args) => page.evaluate(([method, args]) => window.line[method](...args),
            [method, args]),
        hears,
    };
}

const t = (key, values = {}) => messages['zh-CN'][key]
    .replace(/\{(\w+)\}/g, (_, place) => values[place]);

/* A picture in each language. */
async function shot(page, what) {
    for (const language of ['zh-CN', 'en']) {
        await shoot(page, `room-${what}-${language}`);
        await page.evaluate(() => document.getElementById('language').click());
    }
}

const reads = (page, selector, text) => until(`${selector}: “${text}”`, async () =>
    (await page.textContent(selector)).trim() === text || null, PATIENCE_MS);

const isSeen = (page, selector) => page.locator(selector).isVisible();

const sees = (page, selector) => page.locator(selector).waitFor();

const gone = (page, selector) => page.locator(selector).waitFor({ state: 'hidden' });

const optionIs = (page, option, what) => until(`option ${option} is ${what}`, () =>
    page.locator('.option').nth(option).evaluate((e, what) => e.dataset[what] === 'true', what),
    PATIENCE_MS);

const codeOf = async (tv) => (await tv.textContent('#door-code')).replace(' ', '');

roomTest('a hand is raised by 0, help asked for by *, and both are seen large',
    async ({ tv, teacher }) => {
        await sees(tv, '#door');
        await shot(tv, 'waiting');
        await assertAccessible(tv);
        await tv.keyboard.press('0');
        const { site, up } = await teacher.hears('the hand', ({ type }) => type === 'hand');
        assert.ok(up);
        await sees(tv, '#hand');
        assert.equal(await tv.textContent('#hand-place'), '1');
        await shot(tv, 'waiting-hand');
        await teacher.ask('lowerHand', null);
        await gone(tv, '#hand');
        await tv.keyboard.press('Enter');
        await sees(tv, '#hand');
        await tv.keyboard.press('*');
        assert.equal((await teacher.hears('help', ({ type }) => type === 'help')).site, site);
        await sees(tv, '#helped');
        await tv.keyboard.press('*');
        await gone(tv, '#helped');
        await tv.keyboard.press('-');
        await sees(tv, '#volume');
        await shot(tv, 'volume');
        await gone(tv, '#volume');
    });

roomTest('a class answers by its keypad and a pupil by phone',
    async ({ tv, teacher, phone, says, servers }) => {
        await teacher.ask('openQuiz', CAPITALS);
        await says('says.quiz-open');
        await sees(tv, '#board');
        await shot(tv, 'quiz-open');
        await assertAccessible(tv);
        const pupil = await phone(`${servers.url}/pupil#code=${await codeOf(tv)}`);
        await sees(pupil, '#board');
        await shot(pupil, 'phone-quiz');
        await assertAccessible(pupil);

        await tv.keyboard.press('2');
        await optionIs(tv, 1, 'mine');
        await says('says.quiz-kept');
        await shot(tv, 'quiz-kept');
        await pupil.locator('.option').nth(0).click();
        await optionIs(pupil, 0, 'mine');
        await reads(pupil, '.board-state', t('board.kept'));
        await shot(pupil, 'phone-kept');
        const tally = await teacher.hears('two answers', ({ type, sum }) =>
            type === 'tally' && sum.answers === 2);
        assert.deepEqual(tally.sum.choices, [1, 1, 0, 0]);

        await tv.reload({ waitUntil: 'domcontentloaded' });
        await optionIs(tv, 1, 'mine');
        await pupil.reload({ waitUntil: 'domcontentloaded' });
        await optionIs(pupil, 0, 'mine');

        await teacher.ask('closeQuiz', tally.quiz);
        await says('says.quiz-closed');
        await shot(tv, 'quiz-closed');
        await teacher.ask('revealQuiz', tally.quiz, [1]);
        await optionIs(tv, 1, 'right');
        await optionIs(pupil, 1, 'right');
        await reads(tv, '.board-state', t('board.was-right'));
        await reads(pupil, '.board-state', t('board.was-wrong'));
        await shot(tv, 'quiz-revealed');
        await shot(pupil, 'phone-revealed');
        await tv.keyboard.press('Enter');
        await gone(tv, '#board');
        assert.ok(!await isSeen(tv, '#hand'), 'OK put the result away, and no hand up');
    }, { teaching: true });

roomTest('several options, a number and heads are typed and sent by OK',
    async ({ tv, teacher, phone, says, servers }) => {
        await teacher.ask('openQuiz', PLANTS);
        await says('says.quiz-open');
        for (const key of ['1', '2', '3', '2', 'Enter'])
            await tv.keyboard.press(key);
        await optionIs(tv, 2, 'mine');
        const quiz = await teacher.hears('an answer', ({ type }) => type === 'tally');
        assert.deepEqual(quiz.sum.choices, [1, 0, 1, 0, 0, 0]);
        await shot(tv, 'quiz-multiple');
        await teacher.ask('closeQuiz', quiz.quiz);

        await teacher.ask('openQuiz', { kind: 'number', question: '十二乘以七等于几？' });
        await says('says.quiz-number');
        for (const key of ['8', '5', 'Backspace', '4'])
            await tv.keyboard.press(key);
        await reads(tv, '.board-digits', '84');
        await shot(tv, 'quiz-number');
        const pupil = await phone(`${servers.url}/pupil#code=${await codeOf(tv)}`);
        await sees(pupil, '.board-pad');
        await shot(pupil, 'phone-number');
        await tv.keyboard.press('Enter');
        await teacher.hears('84', ({ type, sum }) =>
            type === 'tally' && sum.numbers[0]?.[0] === 84);
        await says('says.quiz-kept');

        await teacher.ask('callRoll');
        await says('says.roll');
        await tv.locator('.pad-key[data-key="3"]').click();
        await tv.locator('.pad-key[data-key="2"]').click();
        await reads(tv, '.board-digits', '32');
        await shot(tv, 'roll');
        await tv.keyboard.press('Enter');
        assert.equal((await teacher.hears('heads', ({ type }) => type === 'present')).count, 32);
        await until('the quiz is back', async () =>
            await tv.getAttribute('#board', 'data-mode') === 'number');
    });

roomTest('the teacher asks for silence, speaks in a line of text, and gives the floor',
    async ({ tv, teacher, says }) => {
        const isOn = () => tv.getAttribute('#mute', 'data-on');
        await teacher.ask('mute', null, true);
        await says('says.muted');
        assert.equal(await isOn(), 'true');
        await shot(tv, 'muted');
        await teacher.ask('chat', '请把书翻到第二十三页，一起读第二段。');
        await sees(tv, '#caption');
        await shot(tv, 'caption');
        await tv.keyboard.press('0');
        await sees(tv, '#hand');
        await shot(tv, 'hand');
        const { site } = await teacher.hears('the hand', ({ type }) => type === 'hand');
        await teacher.ask('giveFloor', site);
        await says('status.classroom.floor');
        assert.equal(await isOn(), 'false', 'the floor ends it');
        await teacher.ask('giveFloor', null);
        await tv.mouse.move(400, 400);
        await tv.locator('[data-react="clap"]').click();
        await teacher.hears('applause', ({ type, what }) => type === 'react' && what === 'clap');
        await shot(tv, 'tools');
    }, { teaching: true });

roomTest('a phone asks for the code, says when it is wrong, and waits',
    async ({ tv, phone, servers }) => {
        const pupil = await phone();
        await shot(pupil, 'phone-code');
        await assertAccessible(pupil);
        const code = await codeOf(tv);
        await pupil.fill('#code', code === '000000' ? '000001' : '000000');
        await pupil.click('#enter');
        await reads(pupil, '#code-problem', t('problem.unknown-code'));
        await shot(pupil, 'phone-wrong');
        await pupil.fill('#code', code);
        await pupil.click('#enter');
        await reads(pupil, '#says', t('pupil.wait'));
        await shot(pupil, 'phone-waits');
        await servers.signaling.kill();
        await reads(pupil, '#says', t('pupil.lost'));
        servers.startSignaling();
        await servers.ready();
        await reads(pupil, '#says', t('pupil.wait'));
    });

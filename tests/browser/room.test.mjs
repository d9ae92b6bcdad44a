/* SPDX-License-Identifier: Apache-2.0 */
/* room.test.mjs: the teacher's desk over real relay and signaling: what two classes do is
 * seen, and what the teacher does is told to them. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openPage, startChromium } from './lib/chromium.mjs';
import { cameraFiles } from './lib/media.mjs';
import { joined, messages, shoot, startTeaching } from './lib/page.mjs';
import { Servers } from './lib/servers.mjs';
import { until } from './lib/wait.mjs';

const LIMIT = { timeout: 420_000 };
const WAIT_MS = 60_000;
const words = messages['zh-CN'];
const servers = new Servers('room');
let browser, classroom, teacher;
let names; /* of the two classes, in the order of their tiles */
const rooms = [];

before(async () => {
    browser = await startChromium({ media: await cameraFiles('teacher', { calm: true }) });
    await servers.start();
    classroom = await openPage(browser);
    await classroom.goto(servers.link('classroom', servers.classroom_tokens[0]));
    for (const token of servers.classroom_tokens)
        rooms.push(await new Room(token).enter());
    teacher = await openPage(browser);
    await teacher.goto(servers.link('teacher', servers.teacher_token));
    await startTeaching(teacher);
    await joined(classroom);
    for (const page of [teacher, classroom]) /* nobody looks: the encoder is spared */
        await page.evaluate(() => document.getElementById('camera').click());
    names = rooms[0].welcome.sites.filter(({ role }) => role === 'classroom')
        .sort((a, b) => a.tile - b.tile).map(({ name }) => name);
}, LIMIT);

after(async () => {
    await browser?.close();
    await servers.stop();
});

/* A class's events by a plain WebSocket, in the page of the first class. */
class Room {
    #heard;

    constructor(token) {
        this.token = token;
    }

    async enter() {
        this.#heard = await classroom.evaluateHandle((token) => {
            const heard = { messages: [], socket: null };
            const socket = new WebSocket(`ws://${location.host}/events`, 'synclass.v1');
            socket.onmessage = ({ data }) => heard.messages.push(JSON.parse(data));
            socket.onopen = () => socket.send(
                JSON.stringify({ type: 'hello', token, language: 'zh-CN' }));
            heard.socket = socket;
            return heard;
        }, this.token);
        this.welcome = await this.hears('welcome');
        this.site = this.welcome.you.site;
        return this;
    }

    async asks(message) {
        await this.#heard.evaluate(({ socket }, text) => socket.send(text),
            JSON.stringify({ id: 1, ...message }));
    }

    /* The last message of @type of which all of @part is true. */
    hears(type, part = {}) {
        return until(`${type} ${JSON.stringify(part)}`, () => this.#heard.evaluate(
            ({ messages }, [type, part]) => messages.findLast((one) => one.type === type
                && Object.entries(part).every(([name, value]) =>
                    JSON.stringify(one[name]) === JSON.stringify(value))), [type, part]), WAIT_MS);
    }
}

/* On a busy machine the wait for what might come after a click is long, and for nothing. */
const press = (selector) => teacher.click(selector, { noWaitAfter: true });

const reads = (selector, text) => until(`${selector}: “${text}”`, async () =>
    await teacher.textContent(selector) === text || null, WAIT_MS);

const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

test('a hand goes up, is seen, is given the floor, and goes down', LIMIT, async () => {
    const [first, second] = rooms;
    await second.asks({ type: 'hand', up: true });
    await reads('#tab-hands .count', '1');
    await first.asks({ type: 'hand', up: true });
    await reads('#tab-hands .count', '2');
    await reads('#here li:nth-child(2) .name', names[0]);
    await reads('.tile:first-child .mark-hand', '2');
    await press('#here li:nth-child(2) .button-icon:last-child');
    await first.hears('floor', { site: first.site });
    await first.hears('hand', { hands: [second.site] });
    await reads('#tab-hands .count', '1');
    await until('the time of speaking', () =>
        teacher.textContent('.tile:first-child .spoken').then((text) => text !== ''), WAIT_MS);
    await press('.tile:first-child button');
    await first.hears('floor', { site: null });
    await press('#hands-lower');
    await second.hears('hand', { hands: [] });
});

test('silence is asked of one class, and of all', LIMIT, async () => {
    const [first, second] = rooms;
    await press('.tile:first-child .tile-mute');
    await first.hears('mute', { site: first.site, muted: true });
    await press('#mute-all');
    await second.hears('mute', { site: null, muted: true });
    await reads('#mute-all', say('room.unmute-all'));
    await press('#mute-all');
    await second.hears('mute', { site: null, muted: false });
    await first.asks({ type: 'help', wanted: true });
    await reads('.tile:first-child .mark-help', say('room.help'));
});

test('the roll is called', LIMIT, async () => {
    const [first, second] = rooms;
    await press('#tab-roll');
    await press('#roll-call');
    await first.hears('roll-call');
    await first.asks({ type: 'present', count: 31 });
    await reads('#roll-missing', say('room.roll-missing', { names: names[1] }));
    await second.asks({ type: 'present', count: 12 });
    await reads('#roll-heads', say('room.heads-sum', { n: 43 }));
});

test('a question is asked, answered, closed and its answer shown', LIMIT, async () => {
    const [first, second] = rooms;
    await press('#tab-quiz');
    await press('#quiz-quick [data-kind="single"]');
    const { quiz, options } = await first.hears('quiz', { state: 'open' });
    assert.deepEqual(options, ['A', 'B', 'C', 'D']);
    await first.asks({ type: 'answer', quiz, choice: [1] });
    await reads('#quiz-bars li:nth-child(2) .n', '1');
    await reads('#quiz-silent', say('quiz.silent', { names: names[1] }));
    await shoot(teacher, 'room-quiz-open-zh-CN');
    await second.asks({ type: 'answer', quiz, choice: [0] });
    await reads('#quiz-count', say('quiz.answers', { n: 2 }));
    await press('#quiz-close');
    await second.hears('quiz', { quiz, state: 'closed' });
    await press('#quiz-bars li:nth-child(2) button');
    await press('#quiz-reveal');
    const shown = await second.hears('quiz', { quiz, state: 'revealed' });
    assert.deepEqual([shown.right, shown.sum.choices], [[1], [1, 1, 0, 0]]);
    await reads('#quiz-right', say('quiz.right', { answer: 'B' }));
    await press('#quiz-next');
    await press('#quiz-quick [data-kind="number"]');
    const { quiz: next } = await first.hears('quiz', { kind: 'number', state: 'open' });
    await first.asks({ type: 'answer', quiz: next, number: 56 });
    await reads('#quiz-bars li:first-child .letter', '56');
    await press('#quiz-close');
    await press('#quiz-bars li:first-child button');
    await press('#quiz-reveal');
    assert.equal((await first.hears('quiz', { quiz: next, state: 'revealed' })).right, 56);
});

test('the chat goes both ways and is cleaned', LIMIT, async () => {
    const [first, second] = rooms;
    await press('#tab-chat');
    if (await teacher.textContent('#chat-open') === say('room.chat-open'))
        await press('#chat-open');
    await reads('#chat-open', say('room.chat-close'));
    await first.asks({ type: 'chat', text: '老师好！' });
    await reads('#chat-list li:first-child .text', '老师好！');
    await teacher.fill('#chat-text', '同学们好！');
    await teacher.press('#chat-text', 'Enter');
    await second.hears('chat', { text: '同学们好！' });
    await press('#chat-list li:first-child button');
    await second.hears('chat-removed', { message: 1 });
    await press('#chat-clear');
    await second.hears('chat-removed', { message: null });
});

test('the slide is written on, and wiped', LIMIT, async () => {
    const [first] = rooms;
    await press('#share');
    await press('#write');
    await until('the slide large', () => teacher.evaluate(() =>
        document.querySelector('#slides-picture video')?.videoWidth > 0), WAIT_MS);
    const box = await teacher.locator('#slides-picture').boundingBox();
    const at = (x, y) => [box.x + box.width * x, box.y + box.height * y];
    await teacher.mouse.move(...at(0.3, 0.5));
    await teacher.mouse.down();
    await teacher.mouse.move(...at(0.7, 0.5), { steps: 20 });
    await teacher.mouse.up();
    const { colour, points } = await first.hears('pen', { stroke: 1 });
    assert.equal(colour, 'red');
    assert.ok(points.every((one) => one >= 0 && one <= 10_000), String(points));
    await press('#wipe');
    await first.hears('pen-clear');
    assert.deepEqual(teacher.faults, []);
});

test('a teacher who comes back finds the room as it was', LIMIT, async () => {
    await rooms[1].asks({ type: 'hand', up: true });
    await reads('#tab-hands .count', '1');
    await teacher.reload();
    await startTeaching(teacher);
    await reads('#tab-hands .count', '1');
    await reads('.tile:nth-child(2) .mark-hand', '1');
    await reads('#quiz-bars li:first-child .letter', '56');
    await reads('#roll-heads', say('room.heads-sum', { n: 43 }));
});

/* SPDX-License-Identifier: Apache-2.0 */
/* room-modules.test.mjs: the modules of the room that need no browser. */

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';

import { web } from './lib/paths.mjs';

const load = (name) => import(path.join(web, 'assets', name));
const { placeOf } = await load('ink.js');
const { nameOf, refusalOf } = await load('upload.js');
const { emptyLesson, reduceLesson } = await load('lesson.js');
const { emptyRoom, handOf, reduceRoom, rollOf, silentOf } = await load('room.js');

const WELCOME = {
    type: 'welcome', seq: 1, lesson: { id: 'l' },
    you: { site: 'town', name: '王老师', role: 'teacher' },
    sites: [
        { site: 'river', role: 'classroom', tile: 1 },
        { site: 'town', role: 'teacher' },
        { site: 'stone', role: 'classroom', tile: 0 },
    ],
    floor: null,
};
const QUIZ = {
    type: 'quiz', quiz: 1, kind: 'single', question: '几？', options: ['A', 'B'], state: 'open',
    right: null, sum: null,
};
const SUM = {
    answers: 3, sites: [{ site: 'stone', answers: 3, choices: [1, 2] }], choices: [1, 2],
    numbers: [],
};
const PEN = { type: 'pen', stroke: 7, colour: 'red', width: 4, points: [1, 2, 3, 4] };
const PAPER = { document: 1, name: '西沙.pdf', pages: 12, bytes: 345678 };

const after = (...messages) => messages.reduce(reduceRoom, reduceRoom(emptyRoom(), WELCOME));

/* Each row: what is told, and what of the room it changes. */
const TABLE = [
    ['hands in the order of raising',
        [{ type: 'hand', site: 'river', up: true, hands: ['stone', 'river'] }],
        { hands: ['stone', 'river'] }],
    ['one is muted', [{ type: 'mute', site: 'stone', muted: true }], { muted: ['stone'] }],
    ['all are muted', [{ type: 'mute', site: null, muted: true }], { muted: ['stone', 'river'] }],
    ['all but one are heard again', [
        { type: 'mute', site: null, muted: true }, { type: 'mute', site: 'stone', muted: false },
    ], { muted: ['river'] }],
    ['all are heard again', [
        { type: 'mute', site: 'stone', muted: true }, { type: 'mute', site: null, muted: false },
    ], { muted: [] }],
    ['help is wanted twice and no more', [
        { type: 'help', site: 'stone', wanted: true }, { type: 'help', site: 'river', wanted: true },
        { type: 'help', site: 'stone', wanted: false },
    ], { help: ['river'] }],
    ['a roll call is answered', [
        { type: 'roll-call', roll: 4 }, { type: 'present', site: 'stone', count: 31 },
        { type: 'present', site: 'stone', count: 32 },
    ], { roll: { roll: 4, present: { stone: 32 } } }],
    ['a new roll call forgets the last', [
        { type: 'roll-call', roll: 4 }, { type: 'present', site: 'stone', count: 31 },
        { type: 'roll-call', roll: 5 },
    ], { roll: { roll: 5, present: {} } }],
    ['heads without a roll call', [{ type: 'present', site: 'stone', count: 31 }], {}],
    ['answers to a quiz that is gone', [
        { type: 'tally', quiz: 9, sum: SUM }, { type: 'answered', quiz: 9, choice: [1] },
    ], {}],
    ['what is said, and taken away', [
        { type: 'chat', message: 1, site: 'stone', name: '三年级', text: '好', at: 'now' },
        { type: 'chat', message: 2, site: 'town', name: '王老师', text: '谢谢', at: 'now' },
        { type: 'chat-removed', message: 1 }, { type: 'chat-open', open: true },
    ], { chat: { open: true,
        messages: [{ message: 2, site: 'town', name: '王老师', text: '谢谢', at: 'now' }] } }],
    ['all that was said is taken away', [
        { type: 'chat', message: 1, site: 'stone', name: '三年级', text: '好', at: 'now' },
        { type: 'chat-removed', message: null },
    ], {}],
    ['a stroke goes on', [
        PEN, { ...PEN, stroke: 8, points: [9, 9] }, { ...PEN, points: [5, 6] },
    ], { strokes: [
        { stroke: 7, colour: 'red', width: 4, points: [1, 2, 3, 4, 5, 6] },
        { stroke: 8, colour: 'red', width: 4, points: [9, 9] },
    ] }],
    ['the slide is wiped', [PEN, { type: 'pen-clear' }], {}],
    ['the pointer comes', [{ type: 'pointer', x: 0, y: 10_000 }], { pointer: { x: 0, y: 10_000 } }],
    ['the pointer goes', [{ type: 'pointer', x: 1, y: 2 }, { type: 'pointer', x: null, y: null }], {}],
    ['documents are handed in, and one is taken away', [
        { type: 'document', ...PAPER, seq: 3, at: 'now' },
        { type: 'document', ...PAPER, document: 2 }, { type: 'document-removed', document: 1 },
    ], { documents: [{ ...PAPER, document: 2 }] }],
    ['a page comes with its own marks', [
        PEN, { type: 'pointer', x: 1, y: 2 },
        { type: 'page', document: 1, page: 3, strokes: [{ ...PEN, stroke: 1 }], id: 4 },
        { ...PEN, stroke: 1, points: [5, 6] },
    ], { page: { document: 1, page: 3 },
        strokes: [{ stroke: 1, colour: 'red', width: 4, points: [1, 2, 3, 4, 5, 6] }] }],
    ['no page is shown any more', [
        { type: 'page', document: 1, page: 3, strokes: [PEN] },
        { type: 'page', document: null, page: null, strokes: [] },
    ], {}],
    ['the floor is counted', [{ type: 'floor-time', times: { stone: 80 } }], { times: { stone: 80 } }],
    ['the weather', [{ type: 'weather' }, { type: 'constructor' }], {}],
];

for (const [name, told, change] of TABLE)
    test(`the room after: ${name}`, () =>
        assert.deepEqual(after(...told), { ...after(), ...change }));

test('a quiz is opened, answered, counted, closed and revealed', () => {
    const open = after(QUIZ);
    assert.deepEqual(open.quiz, { quiz: 1, kind: 'single', question: '几？', options: ['A', 'B'],
        state: 'open', right: null, sum: null, mine: null });
    assert.deepEqual(silentOf(open), ['stone', 'river']);
    const counted = [
        { type: 'answered', quiz: 1, choice: [1] }, { type: 'tally', quiz: 1, sum: SUM },
    ].reduce(reduceRoom, open);
    assert.deepEqual([counted.quiz.mine, counted.quiz.sum], [{ choice: [1] }, SUM]);
    assert.deepEqual(silentOf(counted), ['river']);
    const closed = reduceRoom(counted, { ...QUIZ, state: 'closed', sum: { ...SUM, answers: 4 } });
    assert.deepEqual([closed.quiz.mine, closed.quiz.sum.answers], [{ choice: [1] }, 4]);
    const revealed = reduceRoom(closed, { ...QUIZ, state: 'revealed', right: [1], sum: SUM });
    assert.deepEqual([revealed.quiz.state, revealed.quiz.right], ['revealed', [1]]);
    const next = reduceRoom(revealed, { ...QUIZ, quiz: 2, kind: 'number', options: undefined });
    assert.deepEqual([next.quiz.mine, next.quiz.sum, next.quiz.options], [null, null, []]);
    const number = reduceRoom(next, { type: 'answered', quiz: 2, number: 0 });
    assert.deepEqual(number.quiz.mine, { number: 0 });
});

test('a welcome tells all that stands, and a welcome without a room tells none', () => {
    const room = {
        hands: ['river'], muted: ['stone'], help: ['river'],
        roll: { roll: 2, present: { stone: 31 } },
        quiz: { quiz: 3, kind: 'number', question: '几？', state: 'open', mine: 12 },
        chat: { open: true, messages: [{ message: 1, site: 'stone', name: '三', text: '好', at: 'x' }] },
        strokes: [PEN, { ...PEN, points: [5, 6] }], floor_times: { stone: 5 }, code: '123456',
        documents: [PAPER], page: { document: 1, page: 2 },
    };
    const state = reduceRoom(emptyRoom(), { ...WELCOME, room });
    assert.deepEqual(state, {
        rooms: ['stone', 'river'], hands: ['river'], muted: ['stone'], help: ['river'],
        roll: room.roll, quiz: { quiz: 3, kind: 'number', question: '几？', options: [],
            state: 'open', right: null, sum: null, mine: { number: 12 } },
        chat: room.chat, pointer: null, times: { stone: 5 }, code: '123456',
        documents: [PAPER], page: { document: 1, page: 2 },
        strokes: [{ stroke: 7, colour: 'red', width: 4, points: [1, 2, 3, 4, 5, 6] }],
    });
    assert.deepEqual(reduceRoom(state, WELCOME), after());
});

test('hands are numbered and heads are added up', () => {
    const room = after(
        { type: 'hand', site: 'river', up: true, hands: ['river'] },
        { type: 'roll-call', roll: 1 }, { type: 'present', site: 'river', count: 12 },
        { type: 'present', site: 'stone', count: 0 });
    assert.deepEqual([handOf(room, 'river'), handOf(room, 'stone')], [1, 0]);
    assert.deepEqual(rollOf(room), { heads: 12, missing: [] });
    assert.deepEqual(rollOf(after({ type: 'roll-call', roll: 1 })),
        { heads: 0, missing: ['stone', 'river'] });
    assert.equal(rollOf(after()), null);
});

test('the lesson keeps its room, and what changes nothing leaves it the same object', () => {
    const lesson = reduceLesson(emptyLesson(), WELCOME);
    assert.deepEqual(lesson.room, after());
    const raised = reduceLesson(lesson, { type: 'hand', site: 'stone', up: true, hands: ['stone'] });
    assert.deepEqual(raised.room.hands, ['stone']);
    assert.equal(reduceLesson(raised, { type: 'floor', site: 'stone' }).room, raised.room);
    assert.equal(reduceLesson(raised, { type: 'weather' }), raised);
});

test('a slide lies in the middle of its box, whole', () => {
    const cases = [ /* box, picture, where */
        [[400, 300], [1600, 900], [0, 37.5, 400, 225]],
        [[400, 225], [800, 600], [50, 0, 300, 225]],
        [[400, 225], [1600, 900], [0, 0, 400, 225]],
        [[400, 225], [undefined, undefined], [0, 0, 400, 225]],
    ];
    for (const [box, picture, [x, y, width, height]] of cases)
        assert.deepEqual(placeOf(...box, ...picture), { x, y, width, height });
});

test('a file’s name is as the server takes it', () => {
    const cases = [
        ['西沙群岛.pdf', '西沙群岛.pdf'], ['C:\\课件\\一.pdf', '一.pdf'], ['a/b/c.pdf', 'c.pdf'],
        [' 二\u0007\n.pdf ', '二.pdf'], ['/', 'PDF'], ['课'.repeat(130), '课'.repeat(120)],
    ];
    for (const [told, name] of cases)
        assert.equal(nameOf(told), name);
});

test('what is no PDF is known by its first bytes', async () => {
    const cases = [
        ['%PDF-1.7\n…', null], [`${'x'.repeat(900)}%PDF-1.4`, null], ['PK\x03\x04', 'bad-document'],
        ['', 'bad-document'], [`${'x'.repeat(1100)}%PDF-1.4`, 'bad-document'],
    ];
    for (const [text, refusal] of cases)
        assert.equal(await refusalOf(new Blob([text])), refusal, text.slice(-12));
    assert.equal(await refusalOf({ size: 64 * 1024 * 1024 + 1 }), 'document-too-large');
});

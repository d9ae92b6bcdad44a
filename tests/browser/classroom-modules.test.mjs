/* SPDX-License-Identifier: Apache-2.0 */
/* classroom-modules.test.mjs: the classroom's modules that need no browser: what a key means,
 * an answer on its way, the sentence, and what a kiosk does next. */

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';

import { web } from './lib/paths.mjs';

const load = (name) => import(path.join(web, 'assets', name));
const { Answering } = await load('answering.js');
const { Attendant } = await load('attendant.js');
const { isWordy } = await load('board.js');
const { partsOf } = await load('caption.js');
const { clockTime, keepZone } = await load('hours.js');
const { emptyPad, fitPad, legendOf, modeOf, pressKey } = await load('keypad.js');
const { emptyLesson } = await load('lesson.js');
const { emptyRoom } = await load('room.js');
const { roomSentence } = await load('says.js');

const quiz = (kind, n_options = 0, more = {}) => ({
    quiz: 4, kind, question: '?', options: Array(n_options).fill('…'), state: 'open', right: null,
    sum: null, mine: null, ...more,
});
const now = (room = {}, more = {}) =>
    ({ room: { ...emptyRoom(), ...room }, site: 'stone', result: false, ...more });

/* What is asked for, once all of @keys are pressed one after the other. */
function pressed(situation, ...keys) {
    let pad = emptyPad(), last;
    for (const key of keys) {
        last = pressKey(pad, situation, key);
        pad = last.pad;
    }
    return last;
}

test('keys ask for what they mean just then', () => {
    const single = now({ quiz: quiz('single', 4) });
    const truth = now({ quiz: quiz('truth') });
    const number = now({ quiz: quiz('number') });
    const multiple = now({ quiz: quiz('multiple', 5) });
    const roll = now({ roll: { roll: 1, present: {} } });
    const cases = [
        ['0 raises the hand', now(), ['0'], ['raiseHand', true]],
        ['OK does too', now(), ['Enter'], ['raiseHand', true]],
        ['0 lowers it', now({ hands: ['stone'] }), ['0'], ['raiseHand', false]],
        ['* asks for help', now(), ['*'], ['wantHelp', true]],
        ['h needs it no more', now({ help: ['stone'] }), ['h'], ['wantHelp', false]],
        ['a digit alone is nothing', now(), ['5'], null],
        ['a digit answers', single, ['3'], ['answer', 4, { choice: [2] }]],
        ['there is no fifth of four', single, ['5'], null],
        ['9 is never an option', now({ quiz: quiz('single', 8) }), ['9'], null],
        ['OK raises no hand in a quiz', single, ['Enter'], null],
        ['0 does', single, ['0'], ['raiseHand', true]],
        ['1 is true', truth, ['1'], ['answer', 4, { choice: [0] }]],
        ['2 is false', truth, ['2'], ['answer', 4, { choice: [1] }]],
        ['there is no third truth', truth, ['3'], null],
        ['several are marked, then sent', multiple, ['5', '1', '2', '1', 'Enter'],
            ['answer', 4, { choice: [1, 4] }]],
        ['marking sends nothing', multiple, ['5'], null],
        ['none marked, none sent', multiple, ['5', '5', 'Enter'], null],
        ['a number is typed', number, ['1', '0', '9', 'Backspace', 'Enter'],
            ['answer', 4, { number: 10 }]],
        ['it may be below nought', number, ['7', '-', 'Enter'], ['answer', 4, { number: -7 }]],
        ['twice minus is plus', number, ['-', '7', '-', 'Enter'], ['answer', 4, { number: 7 }]],
        ['nothing typed, nothing sent', number, ['-', 'Enter'], null],
        ['a number has limits', number, [...'9999999999', 'Enter'], null],
        ['0 is a digit there', number, ['0', 'Enter'], ['answer', 4, { number: 0 }]],
        ['heads are typed', roll, ['3', '2', 'Enter'], ['countHeads', 32]],
        ['as many as a room holds', roll, ['5', '0', '1', 'Enter'], null],
        ['heads come before a quiz', now({ ...roll.room, quiz: quiz('single', 4) }),
            ['2', 'Enter'], ['countHeads', 2]],
        ['told heads are told', now({ roll: { roll: 1, present: { stone: 3 } } }), ['0'],
            ['raiseHand', true]],
        ['a phone raises no hand', now({}, { pupil: true }), ['0'], null],
        ['a phone answers', { ...single, pupil: true }, ['1'], ['answer', 4, { choice: [0] }]],
    ];
    for (const [name, situation, keys, ask] of cases)
        assert.deepEqual(pressed(situation, ...keys).ask, ask, name);
});

test('sound is changed by its keys, but a minus that is typed is a minus', () => {
    assert.equal(pressed(now(), '+').volume, 1);
    assert.equal(pressed(now(), '-').volume, -1);
    assert.equal(pressed(now({ quiz: quiz('number') }), '-').volume, 0);
    assert.equal(pressed(now({ quiz: quiz('number') }), 'ArrowDown').volume, -1);
});

test('a result is put away, once it is there', () => {
    const closed = { quiz: quiz('single', 4, { state: 'closed' }) };
    assert.equal(modeOf(now(closed)), 'plain');
    assert.equal(modeOf(now(closed, { result: true })), 'result');
    assert.ok(pressed(now(closed, { result: true }), 'Enter').close);
    assert.equal(pressed(now(closed, { result: true }), '1').ask, null);
});

test('what was typed for one thing is not sent for another', () => {
    const roll = now({ roll: { roll: 1, present: {} } });
    const { pad } = pressed(roll, '3');
    assert.equal(pad.digits, '3');
    assert.equal(fitPad(pad, now({ roll: { roll: 2, present: {} } })).digits, '');
    const before = now({ quiz: quiz('multiple', 3, { mine: { choice: [2] } }) });
    assert.deepEqual(fitPad(emptyPad(), before).marked, [2], 'an answer is gone on with');
});

test('never more than three keys are told, and each is one that does something', () => {
    for (const situation of [now(), now({ roll: { roll: 1, present: {} } }),
        ...['single', 'multiple', 'truth', 'number'].map((kind) => now({ quiz: quiz(kind, 4) })),
        now({ quiz: quiz('truth', 0, { state: 'closed' }) }, { result: true })]) {
        const items = legendOf(situation);
        assert.ok(items.length <= 3);
        for (const { keys, caps } of items)
            assert.ok(keys.length === 0 || keys.length === caps.length);
    }
});

test('an answer is on its way until it is kept, refused or too late', () => {
    let sent = 0;
    const begin = () => {
        const answering = new Answering({ answer: () => ++sent });
        answering.send(4, { choice: [1] });
        return answering;
    };
    const open = quiz('single', 4);
    const kept = begin();
    kept.take({ type: 'answered', id: sent - 1 }, open);
    assert.ok(kept.pending, 'another one was kept');
    kept.take({ type: 'answered', id: sent }, open);
    assert.equal(kept.pending, null);

    const refused = begin();
    refused.take({ type: 'error', id: sent, problem: 'too-fast' }, open);
    assert.deepEqual([refused.pending, refused.problem], [null, 'too-fast']);

    const late = begin();
    late.take({ type: 'quiz' }, { ...open, state: 'closed' });
    assert.equal(late.pending, null);

    const lost = begin();
    const before = sent;
    lost.take({ type: 'welcome' }, open);
    assert.equal(sent, before + 1, 'sent again on the new line');
    assert.ok(lost.pending);
});

test('the sentence says what is to be done, unless there is no picture', () => {
    const you = { site: 'stone' };
    const playing = { key: 'status.classroom.playing', tone: 'calm' };
    const say = (room, { media = playing, ...own } = {}) => roomSentence(
        { ...emptyLesson(), you, room: { ...emptyRoom(), ...room } }, media,
        { muted: false, pending: null, mode: 'plain', ...own }).key;
    assert.equal(say({}), 'status.classroom.playing');
    assert.equal(say({ hands: ['river', 'stone'] }), 'says.hand');
    assert.equal(say({ help: ['stone'] }), 'says.help');
    assert.equal(say({ hands: ['stone'] }, { muted: true }), 'says.muted');
    assert.equal(say({ quiz: quiz('single', 4) }), 'says.quiz-open');
    assert.equal(say({ quiz: quiz('number') }), 'says.quiz-number');
    assert.equal(say({ quiz: quiz('single', 4) }, { pending: {} }), 'says.quiz-sending');
    assert.equal(say({ quiz: quiz('single', 4, { mine: { choice: [1] } }) }), 'says.quiz-kept');
    assert.equal(say({ quiz: quiz('single', 4) }, { mode: 'roll' }), 'says.roll');
    assert.equal(say({ hands: ['stone'] }, { media: { key: 'lost', tone: 'alert' } }), 'lost');
});

const LESSON = {
    id: 'l1', title: '语文', starts_at: '2026-09-01T00:10:00Z', opens_at: '2026-09-01T00:00:00Z',
    ends_at: '2026-09-01T00:50:00Z',
};
const TIMETABLE = {
    now: '2026-08-31T23:59:00Z', site: { name: '三年级', school: '石门' }, lessons: [LESSON],
};

/* A kiosk that has its timetable at 0 ms, a minute before the lesson opens. */
function settled() {
    const kiosk = new Attendant('token', 600_000);
    assert.equal(kiosk.decide(0), 'fetch');
    kiosk.take('fetch', 200, TIMETABLE, 0.5, 0);
    assert.equal(kiosk.decide(0), 'report');
    kiosk.take('report', 204, null, 0.5, 0);
    return kiosk;
}

test('a new kiosk shows a code until somebody confirms it', () => {
    const kiosk = new Attendant(null, 60_000);
    assert.deepEqual([kiosk.state, kiosk.decide(0)], ['unreached', 'enrol']);
    kiosk.take('enrol', 201, { id: 'e', secret: 's', code: '7F3-K92' }, 0.5, 0);
    assert.deepEqual([kiosk.state, kiosk.decide(1000)], ['enrolling', 'rest']);
    assert.equal(kiosk.decide(3000), 'ask');
    assert.equal(kiosk.take('ask', 200, { state: 'waiting' }, 0.5, 3000), false);
    assert.equal(kiosk.decide(6000), 'ask');
    assert.equal(kiosk.take('ask', 404, {}, 0.5, 6000), false, 'expired');
    assert.equal(kiosk.decide(6000), 'enrol');
    kiosk.take('enrol', 201, { id: 'f', secret: 's', code: 'AAA-AAA' }, 0.5, 6000);
    assert.ok(kiosk.take('ask', 200, { token: 't', site: { name: '三年级', school: '石门' } },
        0.5, 9000));
    assert.deepEqual([kiosk.token, kiosk.site, kiosk.state], ['t', '三年级', 'idle']);
    assert.equal(kiosk.decide(9000), 'fetch');
});

test('a kiosk enters when the lesson opens, by the server\'s clock', () => {
    const kiosk = settled();
    assert.equal(kiosk.next(0).title, '语文');
    assert.equal(kiosk.decide(59_999), 'rest');
    assert.equal(kiosk.decide(60_000), 'enter');
    assert.deepEqual([kiosk.entering, kiosk.state], ['l1', 'entering']);
    kiosk.take('enter', 200, { lesson: 'l1', token: 'x' }, 0.5, 60_000);
    assert.equal(kiosk.entering, 'l1');
});

test('a kiosk that is not let in looks at the timetable and tries again', () => {
    const kiosk = settled();
    kiosk.decide(60_000);
    kiosk.take('enter', 409, { type: '…' }, 0.5, 60_000);
    assert.equal(kiosk.entering, null);
    assert.equal(kiosk.decide(60_000), 'fetch');
    kiosk.take('fetch', 200, { ...TIMETABLE, now: '2026-09-01T00:00:00Z' }, 0.5, 60_000);
    assert.equal(kiosk.decide(64_999), 'rest');
    assert.equal(kiosk.decide(65_000), 'enter');
});

test('without an answer a kiosk waits longer each time, half a minute at most', () => {
    const kiosk = settled();
    let now_ms = 0;
    const waits = [];
    for (let i = 0; i < 8; i++) {
        kiosk.take('fetch', 0, null, 1, now_ms);
        let due_ms = now_ms;
        while (kiosk.decide(due_ms) === 'rest')
            due_ms += 500;
        waits.push(due_ms - now_ms);
        now_ms = due_ms;
    }
    assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    assert.equal(kiosk.state, 'unreached');
    assert.equal(kiosk.next(0).id, 'l1', 'what is known stays known');
});

test('a kiosk that was taken off the list begins anew', () => {
    const kiosk = settled();
    assert.ok(kiosk.take('report', 401, {}, 0.5, 10));
    assert.deepEqual([kiosk.token, kiosk.was_revoked, kiosk.lessons], [null, true, []]);
    assert.equal(kiosk.decide(10), 'enrol');
});

test('words that are too long for the strip are told in parts, cut after a stop', () => {
    const cases = [
        ['请看书。', 20, ['请看书。']],
        ['', 20, []],
        ['一二三四五，六七八九', 14, ['一二三四五，', '六七八九']],
        ['一，二三四五六七八九', 14, ['一，二三四五六', '七八九']],
        ['one two three four', 10, ['one two', 'three four']],
    ];
    for (const [text, most, parts] of cases)
        assert.deepEqual(partsOf(text, most), parts, text);
    const long = '一段很长的话，'.repeat(80);
    assert.equal(partsOf(long).join(''), long, 'nothing is lost');
});

test('a question with too many words for the place beside slides takes theirs', () => {
    const cases = [
        ['请看课件上的题目。', [...'ABCDEFGH'], false],
        ['云南省的省会是哪座城市？', ['成都', '昆明', '贵阳', '南宁'], false],
        ['云南省的省会是哪座城市？', ['成都', '昆明', '贵阳', '南宁', '昭通'], true],
        ['哪一句是课文里的？', Array(4).fill('懒洋洋地在海底的沙地上慢慢蠕动'), true],
        ['十二乘以七等于几？', [], false],
        ['长'.repeat(300), [], true],
    ];
    for (const [question, options, wordy] of cases)
        assert.equal(isWordy({ question, options }), wordy, question + options);
});

test('the clock is the school’s, whatever the computer’s', () => {
    assert.equal(clockTime('2026-03-02T00:10:00Z', 'en'), '08:10');
    keepZone('Asia/Urumqi');
    keepZone(undefined);
    assert.equal(clockTime('2026-03-02T00:10:00Z', 'en'), '06:10');
    keepZone('Asia/Shanghai');
});

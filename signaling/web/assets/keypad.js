/* SPDX-License-Identifier: Apache-2.0 */
/* keypad.js: what a key of a remote control or a numeric keypad means now, and which keys
 * are worth telling. Pure: a key goes in, a new pad and what to ask for come out. */

const DIGITS_MAX = { roll: 3, number: 10 };
const HEADS_MAX = 500;
const NUMBER_MAX = 1_000_000_000;
const TRUTH_OPTIONS = 2;

/* Names that remote controls and keyboards have for the keys below. */
const SAME = {
    h: '*', H: '*', Accept: 'Enter', Select: 'Enter', '=': '+',
    ArrowUp: 'up', AudioVolumeUp: 'up', VolumeUp: 'up',
    ArrowDown: 'down', AudioVolumeDown: 'down', VolumeDown: 'down',
    Delete: 'Backspace', BrowserBack: 'Backspace', GoBack: 'Backspace', Escape: 'Backspace',
};

/* What is typed and not sent yet. key: what it is for; digits: of a number; marked: options. */
export function emptyPad() {
    return { key: '', digits: '', marked: [] };
}

/* What the keys are for: 'roll', 'single', 'multiple', 'truth', 'number' (a quiz is open),
 * 'result' (of a quiz, on the screen) or 'plain'. @now: { room, site, result, pupil }; site:
 * our own; result: is it shown; pupil: a phone, which raises no hand. */
export function modeOf({ room, site, result, pupil }) {
    if (!pupil && room.roll && !Object.hasOwn(room.roll.present, site))
        return 'roll';
    if (room.quiz?.state === 'open')
        return room.quiz.kind;
    return result ? 'result' : 'plain';
}

/* @pad, or an empty one if it was for something else. */
export function fitPad(pad, now) {
    const mode = modeOf(now);
    const key = mode === 'roll' ? `roll ${now.room.roll.roll}` : `${mode} ${now.room.quiz?.quiz}`;
    if (key === pad.key)
        return pad;
    const marked = mode === 'multiple' ? now.room.quiz.mine?.choice ?? [] : [];
    return { ...emptyPad(), key, marked };
}

/* { pad, ask, volume }: the pad after @key, what to ask of the server, [method of events.js,
 * argument…] or null, and louder (1), softer (−1) or neither (0). close: put the result away. */
export function pressKey(old, now, pressed) {
    const key = SAME[pressed] ?? pressed;
    const pad = fitPad(old, now);
    const mode = modeOf(now);
    const quiet = { pad, ask: null, volume: 0 };
    if (key === 'up' || key === 'down')
        return { ...quiet, volume: key === 'up' ? 1 : -1 };
    if (mode === 'roll' || mode === 'number')
        return { ...quiet, ...typed(pad, now, mode, key) };
    if (key === '+' || key === '-')
        return { ...quiet, volume: key === '+' ? 1 : -1 };
    if (/^[1-9]$/.test(key))
        return { ...quiet, ...chosen(pad, now.room.quiz, mode, Number(key) - 1) };
    if (key === 'Enter')
        return { ...quiet, ...confirmed(pad, now, mode) };
    if (key === 'Backspace' && mode === 'result')
        return { ...quiet, close: true };
    if (now.pupil)
        return quiet;
    if (key === '0')
        return { ...quiet, ask: handAsk(now) };
    if (key === '*')
        return { ...quiet, ask: ['wantHelp', !now.room.help.includes(now.site)] };
    return quiet;
}

function handAsk({ room, site }) {
    return ['raiseHand', !room.hands.includes(site)];
}

function confirmed(pad, now, mode) {
    if (mode === 'multiple')
        return pad.marked.length > 0 ? { ask: answerAsk(now.room.quiz, { choice: pad.marked }) } : {};
    if (mode === 'result')
        return { close: true };
    return mode === 'plain' && !now.pupil ? { ask: handAsk(now) } : {};
}

function chosen(pad, quiz, mode, option) {
    const n_options = mode === 'truth' ? TRUTH_OPTIONS : quiz?.options.length ?? 0;
    if (option >= n_options)
        return {};
    if (mode === 'single' || mode === 'truth')
        return { ask: answerAsk(quiz, { choice: [option] }) };
    if (mode !== 'multiple')
        return {};
    const marked = pad.marked.includes(option) ? pad.marked.filter((one) => one !== option)
        : [...pad.marked, option].sort((a, b) => a - b);
    return { pad: { ...pad, marked } };
}

function answerAsk({ quiz }, answer) {
    return ['answer', quiz, answer];
}

/* Digits are typed; a number may have a sign, heads have none. */
function typed(pad, now, mode, key) {
    const with_digits = (digits) => ({ pad: { ...pad, digits } });
    const sign = pad.digits.startsWith('-') ? '-' : '';
    const bare = pad.digits.slice(sign.length);
    if (/^[0-9]$/.test(key))
        return bare.length < DIGITS_MAX[mode] ? with_digits(sign + (bare === '0' ? '' : bare) + key)
                                              : {};
    if (key === 'Backspace')
        return with_digits(pad.digits.slice(0, -1));
    if (key === '-' && mode === 'number')
        return with_digits(sign ? bare : `-${bare}`);
    if (key !== 'Enter' || !bare)
        return {};
    const number = Number(pad.digits);
    if (mode === 'roll')
        return number <= HEADS_MAX ? { ask: ['countHeads', number] } : with_digits('');
    return Math.abs(number) <= NUMBER_MAX ? { ask: answerAsk(now.room.quiz, { number }) }
                                          : with_digits('');
}

/* The keys that matter now, three at most: { keys: [key…], caps: [what stands on each…],
 * says: key of its words }. No keys: the row only tells. */
export function legendOf(now) {
    const { room, site } = now;
    const mode = modeOf(now);
    const hand = item('0', room.hands.includes(site) ? 'keypad.hand-down' : 'keypad.hand-up');
    const help = item('*', room.help.includes(site) ? 'keypad.help-off' : 'keypad.help-on');
    const send = { keys: ['Enter'], caps: ['OK'], says: 'keypad.send' };
    switch (mode) {
    case 'roll':
        return [tell('0–9', 'keypad.type'), item('Backspace', 'keypad.mend', '⌫'), send];
    case 'number':
        return [tell('0–9', 'keypad.type'), item('Backspace', 'keypad.mend', '⌫'), send];
    case 'truth':
        return [item('1', 'quiz.true'), item('2', 'quiz.false'), hand];
    case 'single':
        return [tell(`1–${room.quiz.options.length}`, 'keypad.choose'), hand, help];
    case 'multiple':
        return [tell(`1–${room.quiz.options.length}`, 'keypad.toggle'), send, hand];
    case 'result':
        return [{ keys: ['Enter'], caps: ['OK'], says: 'keypad.away' }, hand, help];
    default:
        return [hand, help, { keys: ['+', '-'], caps: ['+', '−'], says: 'keypad.volume' }];
    }
}

function item(key, says, cap = key) {
    return { keys: [key], caps: [cap], says };
}

function tell(cap, says) {
    return { keys: [], caps: [cap], says };
}

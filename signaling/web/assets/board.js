/* SPDX-License-Identifier: Apache-2.0 */
/* board.js: what a class or a pupil has to answer: a quiz with its options, what was answered
 * to it, a number to type. On a television and on a phone alike. */

import { columnsOf } from './columns.js';
import { element, icon, Rows } from './element.js';
import { describeProblem, t } from './i18n.js';
import { barsOf, letterOf } from './room.js';

const PAD = ['1', '2', '3', '4', '5', '6', '7', '8', '9', 'Backspace', '0', 'Enter'];
const CAPS = { Backspace: '⌫', Enter: 'OK' };
const SCALES = [1, 0.86, 0.74, 0.64, 0.55, 0.47, 0.4];
/* What fits beside slides in letters that are read from the back of a room, in units of the
 * smallest such letter's line; and how many columns are in a line. */
const ROOM_LINES = 8.5;
const QUESTION_COLUMNS = 28;
const OPTION_COLUMNS = 20;
const OPTION_EDGE = 0.85;
const SHORT_COLUMNS = 2; /* two such options stand side by side: mostly letters alone */
const HINTS = {
    single: 'board.single', multiple: 'board.multiple', truth: 'board.single',
    number: 'board.number',
};

const linesOf = (text, columns) => Math.max(1, Math.ceil(columnsOf(text) / columns));

const isShort = (options) => options.every((text) => columnsOf(text) <= SHORT_COLUMNS);

/* Too many words to be read beside slides: the board takes their place, and they go aside. */
export function isWordy({ question, options }) {
    const lines = options.map((text) => linesOf(text, OPTION_COLUMNS) + OPTION_EDGE);
    const list = lines.reduce((sum, one) => sum + one, 0) / (isShort(options) ? 2 : 1);
    return linesOf(question, QUESTION_COLUMNS) + list > ROOM_LINES;
}

export class Board {
    #section;
    #press;
    #title = element('h2', 'board-title');
    #question = element('p', 'board-question');
    #options = element('ul', 'board-options');
    #digits = element('output', 'board-digits');
    #pad = element('div', 'board-pad');
    #state = element('p', 'board-state');
    #rows;
    #shown = '';

    /* Fills @section; @press(key) is as if that key of a keypad had been pressed. */
    constructor(section, press) {
        this.#section = section;
        this.#press = press;
        this.#rows = new Rows(this.#options, (key) => new Option(() => this.#choose(key)));
        this.#pad.append(...PAD.map((key) => {
            const button = element('button', 'pad-key', CAPS[key] ?? key);
            button.type = 'button';
            button.addEventListener('click', () => press(key));
            button.dataset.key = key;
            return button;
        }));
        section.append(this.#title, this.#question, this.#options, this.#digits, this.#pad,
            this.#state);
        new ResizeObserver(() => this.#fit()).observe(section);
    }

    /* @mode: of keypad.js; @pad: its; @answering: an Answering. */
    update({ mode, room, pad, answering }) {
        const quiz = mode === 'roll' || mode === 'plain' ? null : room.quiz;
        this.#section.hidden = mode === 'plain';
        if (mode === 'plain')
            return;
        this.#section.dataset.mode = mode;
        this.#title.textContent = quiz ? t('board.title', { n: quiz.quiz }) : t('room.roll');
        this.#question.textContent = quiz ? quiz.question : t('board.roll');
        this.#drawOptions(quiz, mode, pad, answering.pending);
        this.#drawDigits(quiz, mode, pad, answering.pending);
        this.#state.textContent = this.#says(quiz, mode, answering);
        this.#state.classList.toggle('kept', Boolean(quiz?.mine && !answering.pending));
        this.#state.classList.toggle('refused', Boolean(answering.problem));
        this.#fitIfChanged(quiz, mode);
    }

    #choose(key) {
        this.#press(String(key + 1));
    }

    #drawOptions(quiz, mode, pad, pending) {
        const bars = quiz && !(quiz.kind === 'number' && mode === 'number') ? barsOf(quiz) : [];
        const mine = quiz?.mine?.choice ?? [quiz?.mine?.number];
        const sent = pending?.answer.choice ?? [];
        this.#options.hidden = bars.length === 0;
        this.#options.dataset.n = bars.length;
        this.#options.dataset.short = String(Boolean(quiz) && isShort(quiz.options));
        this.#rows.update(bars.map(({ key }) => key), (row, key, i) => row.draw({
            cap: capOf(quiz, key), text: textOf(quiz, key), bar: bars[i], mode,
            mine: mine.includes(key) && !(mode === 'multiple' && !pad.marked.includes(key)),
            sent: sent.includes(key) || (mode === 'multiple' && pad.marked.includes(key)),
        }));
    }

    #drawDigits(quiz, mode, pad, pending) {
        const typing = mode === 'roll' || mode === 'number';
        this.#digits.hidden = this.#pad.hidden = !typing;
        this.#digits.textContent = pad.digits || (pending?.answer.number ?? quiz?.mine?.number ?? '–');
        this.#digits.classList.toggle('kept', mode === 'number' && quiz.mine?.number !== undefined
            && (!pad.digits || Number(pad.digits) === quiz.mine.number));
        this.#pad.querySelector('[data-key="Enter"]').setAttribute('aria-label', t('keypad.send'));
        this.#pad.querySelector('[data-key="Backspace"]').setAttribute('aria-label', t('keypad.mend'));
    }

    #says(quiz, mode, { pending, problem }) {
        if (!quiz)
            return t('board.roll-hint');
        if (mode === 'result')
            return resultOf(quiz);
        if (pending)
            return t('board.sending');
        if (problem)
            return describeProblem(problem);
        return quiz.mine ? t('board.kept') : t(HINTS[quiz.kind]);
    }

    #fitIfChanged(quiz, mode) {
        const shown = JSON.stringify([mode, quiz?.quiz, quiz?.state, this.#state.textContent.length]);
        if (shown === this.#shown)
            return;
        this.#shown = shown;
        this.#fit();
    }

    /* The largest letters with which all of it is seen. */
    #fit() {
        for (const scale of SCALES) {
            this.#section.style.setProperty('--scale', scale);
            if (this.#section.scrollHeight <= this.#section.clientHeight + 1)
                return;
        }
    }
}

class Option {
    element = element('li', 'board-option');

    #button = element('button', 'option');
    #cap = element('span', 'option-cap');
    #text = element('span', 'option-text');
    #mark = element('span', 'option-mark');
    #n = element('span', 'option-n');
    #bar = element('span', 'option-bar');

    constructor(on_click) {
        this.#button.type = 'button';
        this.#button.append(this.#bar, this.#cap, this.#text, this.#mark, this.#n);
        this.#button.addEventListener('click', on_click);
        this.element.append(this.#button);
    }

    draw({ cap, text, bar, mode, mine, sent }) {
        const result = mode === 'result';
        const open = !result;
        this.#cap.textContent = cap;
        this.#text.textContent = text;
        this.#button.disabled = result;
        this.#button.setAttribute('aria-pressed', String(mine || sent));
        Object.assign(this.#button.dataset, {
            mine: String(mine), sent: String(open && sent && !mine), right: String(result && bar.right),
        });
        this.#setMark(result && bar.right ? t('board.right') : mine ? t('board.mine') : '');
        this.#n.textContent = result ? bar.n : '';
        this.#bar.style.setProperty('--part', result ? bar.part : 0);
    }

    #setMark(words) {
        if (this.#mark.textContent === words)
            return;
        this.#mark.replaceChildren(...(words ? [icon('check'), words] : []));
    }
}

/* On the keypad an option is its number; what the teacher calls it stands in the text. */
function capOf({ kind }, key) {
    return kind === 'number' ? '' : String(key + 1);
}

function textOf({ kind, options }, key) {
    if (kind === 'number')
        return String(key);
    if (kind === 'truth')
        return t(key === 0 ? 'quiz.true' : 'quiz.false');
    const letter = letterOf(key);
    return options[key] === letter ? letter : `${letter}  ${options[key]}`;
}

function resultOf({ state, right, mine, sum }) {
    const n = sum?.answers ?? 0;
    if (state !== 'revealed' || right === null)
        return t('board.answers', { n });
    if (!mine)
        return t('board.answers', { n });
    return t(isRight(right, mine) ? 'board.was-right' : 'board.was-wrong');
}

function isRight(right, { choice, number }) {
    const [wanted] = [right].flat();
    return choice ? JSON.stringify(choice) === JSON.stringify([right].flat()) : number === wanted;
}

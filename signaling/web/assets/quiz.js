/* SPDX-License-Identifier: Apache-2.0 */
/* quiz.js: the teacher's quiz: asked with one press, bars while answers come, closed, and
 * the right answer shown. */

import { element, icon, Rows } from './element.js';
import { t } from './i18n.js';
import { siteName } from './lesson.js';
import { namesOf } from './roll.js';
import { barsOf, letterOf, silentOf } from './room.js';
import { questionOf, usualOptions } from './quiz-form.js';

const KIND_KEYS = {
    single: 'quiz.single', multiple: 'quiz.multiple', truth: 'quiz.truth', number: 'quiz.number',
};
const STATE_KEYS = {
    open: 'quiz.open', closed: 'quiz.closed', revealed: 'quiz.revealed',
};

export class Quiz {
    #parts;
    #ask;
    #form;
    #bars;
    #sites;
    #lesson = null;
    #shown = '';      /* of which quiz, in which state, the marks are */
    #marked = [];     /* options, or one number: what the teacher takes for right */
    #asking = false;  /* the teacher wants to ask another one */

    /* @parts: elements by their names in teacher.html; @form: a QuizForm; @ask as in hands.js. */
    constructor(parts, form, ask) {
        this.#parts = parts;
        this.#form = form;
        this.#ask = ask;
        this.#bars = new Rows(parts.bars, (key) => new Bar(() => this.#mark(key)));
        this.#sites = new Rows(parts.sites, () => new SiteRow());
        for (const button of parts.quick.querySelectorAll('[data-kind]'))
            button.addEventListener('click', () =>
                this.#openQuiz(questionOf(button.dataset.kind, '', usualOptions())));
        form.addEventListener('open', ({ detail }) => this.#openQuiz(detail));
        parts.write.addEventListener('click', () => form.show());
        parts.back.addEventListener('click', () => this.#setAsking(false));
        parts.next.addEventListener('click', () => this.#setAsking(true));
        parts.close.addEventListener('click', () => ask('closeQuiz', this.#quiz.quiz));
        parts.reveal.addEventListener('click', () => this.#reveal());
        parts.number.addEventListener('input', () => this.#markNumber());
    }

    get #quiz() {
        return this.#lesson.room.quiz;
    }

    update(lesson, { open }) {
        this.#lesson = lesson;
        this.#forgetMarks();
        const { back, close, next, now, quick, reveal, start, write } = this.#parts;
        const quiz = this.#quiz;
        const running = quiz?.state === 'open';
        start.hidden = Boolean(quiz) && !(this.#asking && !running);
        now.hidden = !start.hidden;
        back.hidden = !quiz;
        for (const button of [...quick.querySelectorAll('button'), write, close, reveal, next])
            button.disabled = !open;
        if (quiz)
            this.#draw(quiz);
    }

    /* Of another quiz, or of another state of this one. */
    #forgetMarks() {
        const quiz = this.#quiz;
        const shown = quiz ? `${quiz.quiz} ${quiz.state}` : '';
        if (shown === this.#shown)
            return;
        this.#shown = shown;
        this.#marked = [];
        this.#parts.number.value = '';
        this.#asking = false;
    }

    #openQuiz(question) {
        this.#ask('openQuiz', question);
    }

    #setAsking(asking) {
        this.#asking = asking;
        this.update(this.#lesson, { open: !this.#parts.next.disabled });
    }

    #mark(key) {
        const { kind, state } = this.#quiz;
        if (state !== 'closed')
            return;
        const on = this.#marked.includes(key);
        const others = kind === 'multiple' ? this.#marked.filter((one) => one !== key) : [];
        this.#marked = on ? others : [...others, key].sort((a, b) => a - b);
        if (kind === 'number')
            this.#parts.number.value = this.#marked[0] ?? '';
        this.#draw(this.#quiz);
    }

    #markNumber() {
        const { value } = this.#parts.number;
        this.#marked = /^-?\d{1,10}$/.test(value) ? [Number(value)] : [];
        this.#draw(this.#quiz);
    }

    #reveal() {
        const { kind, quiz } = this.#quiz;
        const right = kind === 'number' ? this.#marked[0] ?? null
            : this.#marked.length > 0 ? this.#marked : null;
        this.#ask('revealQuiz', quiz, right);
    }

    /* --- what is seen --- */

    #draw(quiz) {
        const parts = this.#parts;
        const closed = quiz.state === 'closed';
        parts.title.textContent = t('quiz.title', { n: quiz.quiz, kind: t(KIND_KEYS[quiz.kind]) });
        parts.state.textContent = t(STATE_KEYS[quiz.state]);
        parts.state.dataset.state = quiz.state;
        parts.question.textContent = quiz.question;
        parts.count.textContent = t('quiz.answers', { n: quiz.sum?.answers ?? 0 });
        parts.close.hidden = quiz.state !== 'open';
        parts.reveal.hidden = !closed;
        parts.next.hidden = quiz.state === 'open';
        parts.hint.hidden = !closed;
        parts.number_box.hidden = !closed || quiz.kind !== 'number';
        parts.reveal.textContent =
            t(this.#marked.length > 0 ? 'quiz.reveal' : 'quiz.reveal-none');
        this.#drawRight(quiz);
        this.#drawBars(quiz, closed);
        this.#drawSites(quiz);
    }

    /* A right number that nobody gave has no bar. */
    #drawRight({ kind, state, right }) {
        const { right: line } = this.#parts;
        line.hidden = state !== 'revealed' || (kind === 'number' && right === null);
        line.textContent = right === null ? t('quiz.no-right')
            : t('quiz.right', { answer: kind === 'number' ? right
                : right.map((option) => letterFor(kind, option)).join(t('room.and')) });
    }

    #drawBars(quiz, closed) {
        const bars = new Map(barsOf(quiz).map((bar) => [bar.key, bar]));
        this.#bars.update([...bars.keys()], (row, key) => row.update(bars.get(key), {
            letter: letterFor(quiz.kind, key), text: textFor(quiz, key),
            marked: this.#marked.includes(key), closed,
        }));
    }

    #drawSites(quiz) {
        const { room } = this.#lesson;
        const silent = silentOf(room);
        const { silent: line } = this.#parts;
        line.textContent = silent.length === 0 ? t('quiz.all-answered')
            : t('quiz.silent', { names: namesOf(this.#lesson, silent) });
        line.classList.toggle('complete', silent.length === 0);
        const sums = new Map((quiz.sum?.sites ?? []).map((one) => [one.site, one]));
        const answered = room.rooms.filter((site) => !silent.includes(site));
        this.#sites.update(answered, (row, site) =>
            row.update(siteName(this.#lesson, site), sums.get(site), quiz.kind));
    }
}

class Bar {
    constructor(on_press) {
        this.letter = element('span', 'letter');
        this.text = element('span', 'text');
        this.fill = element('span', 'fill');
        this.n = element('span', 'n');
        this.tick = icon('check');
        this.button = element('button', 'bar-button', this.letter,
            element('span', 'bar-middle', this.text, element('span', 'track', this.fill)),
            this.n, this.tick);
        this.button.type = 'button';
        this.button.addEventListener('click', on_press);
        this.element = element('li', '', this.button);
    }

    update({ n, part, right }, { letter, text, marked, closed }) {
        this.letter.textContent = letter;
        this.text.textContent = text;
        this.n.textContent = n;
        this.fill.style.transform = `scaleX(${part})`;
        this.button.disabled = !closed;
        this.button.setAttribute('aria-pressed', String(marked || right));
        this.element.className = right ? 'bar-row right' : marked ? 'bar-row marked' : 'bar-row';
    }
}

class SiteRow {
    constructor() {
        this.name = element('span', 'name');
        this.choices = element('span', 'choices');
        this.n = element('span', 'n');
        this.element = element('li', 'site-row', this.name, this.choices, this.n);
    }

    update(name, { answers, choices }, kind) {
        this.name.textContent = name;
        this.n.textContent = t('room.heads', { n: answers });
        this.choices.textContent = kind === 'number' ? '' : (choices ?? [])
            .map((n, option) => (n > 0 ? `${letterFor(kind, option)} ${n}` : null))
            .filter(Boolean).join(' · ');
    }
}

/* What stands for an option wherever there is little room. */
export function letterFor(kind, key) {
    if (kind === 'truth')
        return t(key === 0 ? 'quiz.true' : 'quiz.false');
    return kind === 'number' ? String(key) : letterOf(key);
}

/* What the option says beyond its letter. */
function textFor({ kind, options }, key) {
    if (kind === 'truth' || kind === 'number' || options[key] === letterOf(key))
        return '';
    return options[key];
}

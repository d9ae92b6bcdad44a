/* SPDX-License-Identifier: Apache-2.0 */
/* desk.js: what the teacher has beside the pictures: the panels of the room, the slides, and the
 * pen over what is shown. Asks the server, and says what it refused. */

import { Chat } from './chat.js';
import { Hands } from './hands.js';
import { describeProblem, t } from './i18n.js';
import { Ink } from './ink.js';
import { siteName } from './lesson.js';
import { Pen } from './pen.js';
import { QuizForm } from './quiz-form.js';
import { Quiz } from './quiz.js';
import { Roll } from './roll.js';
import { Slides } from './slides.js';
import { Tabs } from './tabs.js';

const find = (id) => document.getElementById(id);

/* 'floor': as of Hands. 'say': a passing remark; detail is { words, tone }, words: () => text. */
export class Desk extends EventTarget {
    #session;
    #asked = new Map(); /* id → what was asked and not answered yet */
    #tabs = new Tabs(find('tabs'));
    #hands;
    #roll;
    #quiz;
    #chat;
    #ink = new Ink(find('slides-picture'));
    #pen;
    #slides;
    #counted = { times: null, floor: null, since_ms: 0 };

    /* @link: { lesson, token }. */
    constructor(session, link) {
        super();
        this.#session = session;
        const ask = (what, ...args) => this.ask(what, ...args);
        this.#hands = new Hands(
            { list: find('here'), lower: find('hands-lower'), mute: find('mute-all') }, ask);
        this.#hands.addEventListener('floor', ({ detail }) =>
            this.dispatchEvent(new CustomEvent('floor', { detail })));
        this.#roll = new Roll(partsOf('roll', ['call', 'heads', 'missing', 'list']), ask);
        this.#quiz = new Quiz(partsOf('quiz', ['start', 'quick', 'write', 'back', 'now', 'title',
            'state', 'question', 'right', 'bars', 'count', 'sites', 'silent', 'hint',
            'number_box', 'number', 'close', 'reveal', 'next']),
        new QuizForm({
            ...partsOf('quiz', ['dialog', 'form', 'text', 'choices', 'more', 'cancel']),
            list: find('quiz-options'),
        }), ask);
        this.#chat = new Chat({
            ...partsOf('chat', ['log', 'list', 'none', 'form', 'text', 'send', 'clear']),
            toggle: find('chat-open'),
        }, ask);
        this.#pen = new Pen(find('slides-picture'), this.#ink, ask);
        this.#slides = new Slides(link, find('slides-picture'), ask);
        this.#bindPen();
        this.#bindSlides();
    }

    /* A method of events.js. Answers the request's id, or 0 when nobody is there to hear it. */
    ask(what, ...args) {
        const { events } = this.#session;
        if (events.state !== 'open') {
            this.#say(() => t('room.offline'), 'alert');
            return 0;
        }
        const id = events[what](...args);
        this.#asked.set(id, what);
        return id;
    }

    /* One event, after the lesson has it. */
    take(message) {
        const { room } = this.#session.lesson;
        const is_turning = this.#slides.take(message, room);
        if (message.type === 'welcome')
            this.#asked.clear();
        if (message.type === 'welcome' || message.type === 'page')
            this.#onPage(message, is_turning);
        else if (this.#asked.delete(message.id))
            this.#onAnswer(message);
        else
            this.#mark(message);
        this.#tell(message);
    }

    /* @canAsk: may the floor be given now; @sharing: the screen. */
    update({ canAsk, sharing }) {
        const { lesson, events } = this.#session;
        const open = events.state === 'open';
        const spoken = (site) => this.spokenBy(site);
        this.#countFloor();
        this.#hands.update(lesson, { open, canAsk, spoken });
        this.#roll.update(lesson, { open });
        this.#quiz.update(lesson, { open });
        this.#slides.update({ open });
        if (!sharing && !lesson.room.page && !this.#slides.isComing)
            this.#setWriting(false);
        this.#tabs.count('panel-hands', lesson.room.hands.length);
        this.#tabs.count('panel-chat', this.#chat.update(lesson,
            { open, shown: this.#tabs.shows('panel-chat') }));
        this.#tabs.count('panel-quiz', lesson.room.quiz?.state === 'open'
            ? lesson.room.quiz.sum?.answers ?? 0 : 0);
    }

    /* Whole seconds that @site has had the floor, also while it has it. */
    spokenBy(site) {
        const { floor, room } = this.#session.lesson;
        const now_s = site === floor
            ? Math.floor((performance.now() - this.#counted.since_ms) / 1000) : 0;
        return (room.times[site] ?? 0) + now_s;
    }

    /* The screen is shared: it takes the page's place. */
    beginSharing() {
        this.#slides.setAside();
    }

    /* The screen is shared no more: what was drawn over it goes too. A page keeps its own. */
    endSharing() {
        const { page, strokes } = this.#session.lesson.room;
        if (!page && strokes.length > 0)
            this.#pen.wipe();
    }

    stop() {
        this.#slides.stop();
    }

    /* What we drew ourselves is drawn already, and answered: this is somebody else's. */
    #mark(message) {
        this.#ink.take(message);
        if (message.type === 'pen')
            this.#pen.heed(message);
    }

    /* The server tells the sums with each change; from there we count on. */
    #countFloor() {
        const { floor, room } = this.#session.lesson;
        if (this.#counted.times !== room.times || this.#counted.floor !== floor)
            this.#counted = { times: room.times, floor, since_ms: performance.now() };
    }

    /* The marks of a page come with it, and into its place once it is there. */
    #onPage({ id }, is_turning) {
        this.#asked.delete(id);
        if (!is_turning)
            this.#resetPen();
    }

    #resetPen() {
        this.#pen.reset(this.#session.lesson.room.strokes);
    }

    #onAnswer(message) {
        if (message.type !== 'error')
            return;
        this.#say(() => t('teacher.refused', { reason: describeProblem(message.problem) }),
            'alert');
        if (['pen-limit', 'unknown-page', 'unknown-document'].includes(message.problem))
            this.#resetPen();
    }

    /* What the teacher should hear of wherever the eyes are. */
    #tell({ type, site, up, wanted }) {
        const name = siteName(this.#session.lesson, site);
        if (type === 'hand' && up)
            this.#say(() => t('teacher.hand-raised', { name }), 'calm');
        if (type === 'help' && wanted)
            this.#say(() => t('teacher.help-wanted', { name }), 'alert');
    }

    #say(words, tone) {
        this.dispatchEvent(new CustomEvent('say', { detail: { words, tone } }));
    }

    /* --- the slides --- */

    #bindSlides() {
        this.#slides.addEventListener('turn', () => this.#pen.hold());
        this.#slides.addEventListener('shown', () => this.#resetPen());
        this.#slides.addEventListener('open', () => {
            this.#setWriting(true);
            find('slides-picture').focus();
        });
        this.#slides.addEventListener('drop', () => this.#tabs.show('panel-slides'));
        find('slides').addEventListener('click', () => {
            this.#tabs.show('panel-slides');
            find('slides-choose').focus();
        });
    }

    /* --- the pen --- */

    #bindPen() {
        find('write').addEventListener('click', () => this.#setWriting(true));
        find('write-end').addEventListener('click', () => this.#setWriting(false));
        find('wipe').addEventListener('click', () => this.#pen.wipe());
        find('pens').addEventListener('change', () => this.#pen.take(chosenTool()));
        find('own-slides').addEventListener('keydown', ({ key }) => {
            if (key === 'Escape')
                this.#setWriting(false);
        });
    }

    /* While the teacher writes, the slide is large and the classes are small. */
    #setWriting(writing) {
        const { classList } = find('lesson');
        const was = classList.contains('writing');
        classList.toggle('writing', writing);
        find('slides-picture').tabIndex = writing ? 0 : -1;
        find('slides-picture').setAttribute('role', writing ? 'application' : 'img');
        this.#pen.take(writing ? chosenTool() : null);
        if (was !== writing)
            find(writing ? 'write-end' : 'write').focus();
    }
}

function chosenTool() {
    return document.querySelector('#pens input:checked').value;
}

/* The elements PREFIX-NAME by NAME. */
function partsOf(prefix, names) {
    return Object.fromEntries(names.map((name) =>
        [name, find(`${prefix}-${name.replace('_', '-')}`)]));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* classroom-room.js: the room on the classroom's television: hand, quiz, roll call, help,
 * mute, the teacher's slides, words and pen, by keys. Spec: docs/protocol.md#the-room. */

import { Answering } from './answering.js';
import { Board, isWordy } from './board.js';
import { Caption } from './caption.js';
import { Documents } from './document.js';
import { iconButton, label } from './element.js';
import { t } from './i18n.js';
import { Ink } from './ink.js';
import { emptyPad, fitPad, legendOf, modeOf, pressKey } from './keypad.js';
import { Legend } from './legend.js';
import { hasFloor, teacherOf } from './lesson.js';
import { Loudness } from './loudness.js';
import { PageView } from './page-view.js';
import { handOf } from './room.js';
import { roomSentence } from './says.js';

const REFUSAL_MS = 5000;
const CLOSED_MS = 60_000;   /* the teacher talks about the bars, then goes on */
const REVEALED_MS = 20_000;
const REACTIONS = {
    clap: 'room.clap', thumb: 'room.thumb', heart: 'room.heart', laugh: 'room.laugh',
    question: 'room.question',
};

const find = (id) => document.getElementById(id);

export class ClassroomRoom {
    #session;
    #redraw;
    #answering;
    #pad = emptyPad();
    #board = new Board(find('board'), (key) => this.press(key));
    #legend = new Legend(find('legend'), (key) => this.press(key));
    #ink = new Ink(find('slides'));
    #caption = new Caption(find('caption'));
    #documents;
    #pages;
    #loudness;
    #is_shown = false;   /* the result of the last quiz */
    #was_released = false; /* the floor has ended the teacher's mute */
    #timers = {};
    #refusal = null;     /* NAME, or null */

    /* @link: { lesson, token }; @redraw: to be called when something of ours has changed. */
    constructor(session, link, voices, redraw) {
        this.#session = session;
        this.#redraw = redraw;
        this.#answering = new Answering(session.events);
        this.#documents = new Documents(link);
        this.#pages = new PageView(find('slides'), this.#documents);
        this.#pages.addEventListener('shown', () => this.#resetInk());
        this.#loudness = new Loudness(find('volume'), voices);
        for (const [what, key] of Object.entries(REACTIONS))
            this.#addReaction(what, key);
    }

    /* The teacher has asked us to be silent, and we are. */
    get muted() {
        const { room, you } = this.#session.lesson;
        return room.muted.includes(you?.site) && !this.#was_released;
    }

    /* The board needs the place of the slides. */
    get wantsPlace() {
        const mode = modeOf(this.#now());
        return mode !== 'plain' && mode !== 'roll' && isWordy(this.#session.lesson.room.quiz);
    }

    /* A key, or the button that stands for it. */
    press(key) {
        const { pad, ask, volume, close } = pressKey(this.#pad, this.#now(), key);
        this.#pad = pad;
        if (volume)
            this.#loudness.change(volume);
        if (close)
            this.#is_shown = false;
        if (ask?.[0] === 'answer')
            this.#answer(ask[1], ask[2]);
        else if (ask)
            this.#session.events[ask[0]](...ask.slice(1));
        this.#redraw();
    }

    /* A message of the lesson, after the model has taken it. */
    take(message) {
        const { lesson } = this.#session;
        this.#answering.take(message, lesson.room.quiz);
        this.#takeSlides(message, lesson.room);
        if (message.type === 'welcome')
            this.#onWelcome(lesson);
        else if (message.type === 'quiz')
            this.#showResult(message.state);
        else if (message.type === 'mute' && message.muted)
            this.#was_released = hasFloor(lesson);
        else if (message.type === 'floor' && hasFloor(lesson))
            this.#was_released = true;
        else if (message.type === 'error')
            this.#refuse(message.problem);
        this.#takeChat(message, lesson);
    }

    stop() {
        this.#documents.stop();
    }

    /* The marks of another page wait for it. */
    #takeSlides(message, room) {
        const { type, document } = message;
        if (type === 'document-removed')
            this.#pages.forget(document);
        if (type === 'welcome' || type === 'document' || type === 'document-removed')
            this.#documents.keep(room.documents);
        if (type !== 'welcome' && type !== 'page')
            this.#ink.take(message);
        else if (!this.#pages.show(room.page))
            this.#resetInk();
    }

    #resetInk() {
        const { strokes, pointer } = this.#session.lesson.room;
        this.#ink.reset(strokes);
        this.#ink.point(pointer?.x ?? null, pointer?.y ?? null);
    }

    #now() {
        const { room, you } = this.#session.lesson;
        return { room, site: you?.site, result: this.#is_shown };
    }

    #answer(quiz, answer) {
        this.#answering.send(quiz, answer);
        this.#pad = { ...this.#pad, digits: '' };
    }

    #onWelcome(lesson) {
        this.#was_released = hasFloor(lesson);
        const state = lesson.room.quiz?.state;
        this.#showResult(state === 'closed' ? state : 'open'); /* what was revealed is past */
    }

    #showResult(state) {
        this.#is_shown = state !== 'open';
        clearTimeout(this.#timers.result);
        if (this.#is_shown)
            this.#after('result', state === 'closed' ? CLOSED_MS : REVEALED_MS,
                () => { this.#is_shown = false; });
    }

    #refuse(problem) {
        if (this.#answering.problem === problem)
            return; /* said on the board */
        this.#refusal = problem;
        this.#after('refusal', REFUSAL_MS, () => { this.#refusal = null; });
    }

    #takeChat({ type, message, site, text }, lesson) {
        if (type === 'chat' && site === teacherOf(lesson)?.site)
            this.#caption.say(message, text);
        else if (type === 'chat-removed' && (message ?? this.#caption.message)
                 === this.#caption.message)
            this.#caption.clear();
    }

    #after(what, ms, change) {
        clearTimeout(this.#timers[what]);
        this.#timers[what] = setTimeout(() => { change(); this.#redraw(); }, ms);
    }

    #addReaction(what, key) {
        const button = iconButton(what, () => this.#session.events.react(what));
        button.classList.add('tool');
        button.dataset.react = what;
        button.dataset.i18nLabel = key;
        label(button, t(key));
        find('reactions').append(button);
    }

    /* --- what is seen --- */

    /* @media: the sentence about picture and sound. Answers the one to be shown. */
    sentence(media) {
        if (this.#refusal)
            return { problem: this.#refusal, tone: 'busy' };
        return roomSentence(this.#session.lesson, media, {
            muted: this.muted, mode: modeOf(this.#now()), pending: this.#answering.pending,
        });
    }

    /* @waiting: nobody is seen yet. */
    draw(waiting) {
        const { room, you } = this.#session.lesson;
        const now = this.#now();
        const mode = modeOf(now);
        this.#pad = fitPad(this.#pad, now);
        find('room').classList.toggle('asked', mode !== 'plain');
        this.#board.update({ mode, room, pad: this.#pad, answering: this.#answering });
        this.#legend.update(legendOf(now));
        this.#drawHand(handOf(room, you?.site));
        find('helped').hidden = !room.help.includes(you?.site);
        this.#drawDoor(room, waiting || room.quiz?.state === 'open');
    }

    #drawHand(place) {
        find('hand').hidden = place === 0;
        find('hand-place').textContent = place;
        find('hand').setAttribute('aria-label', t('room.hand-place', { n: place }));
    }

    #drawDoor({ code }, wanted) {
        find('door').hidden = !code || !wanted;
        if (!code)
            return;
        const picture = `/pupil/${code}/qr.svg`;
        if (find('door-picture').getAttribute('src') !== picture)
            find('door-picture').src = picture;
        find('door-address').textContent = `${location.host}/pupil`;
        find('door-code').textContent = `${code.slice(0, 3)} ${code.slice(3)}`;
    }
}

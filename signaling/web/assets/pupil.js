/* SPDX-License-Identifier: Apache-2.0 */
/* pupil.js: a pupil's phone: the room's six digits, then the teacher's questions. No account,
 * no name, nothing to send but answers. Spec: docs/protocol.md#the-room. */

import { Answering } from './answering.js';
import { Board } from './board.js';
import { describeProblem, onLanguageChange, startLanguage, t } from './i18n.js';
import { emptyPad, fitPad, modeOf, pressKey } from './keypad.js';
import { isOver } from './hours.js';
import { readProblem } from './problem.js';
import { Session } from './session.js';

const PLACE_KEY = 'synclass.pupil';
const ANSWER_MS = 8000;

const find = (id) => document.getElementById(id);

class PupilPage {
    #session = null;
    #answering = null;
    #pad = emptyPad();
    #is_put_away = false;
    #problem = null; /* NAME: why the code was not taken, or null */
    #board = new Board(find('board'), (key) => this.#press(key));

    constructor() {
        onLanguageChange(() => this.#draw());
        find('code-form').addEventListener('submit', (event) => {
            event.preventDefault();
            this.#enter(find('code').value.replace(/\D/g, ''));
        });
        find('code').addEventListener('input', () => { this.#problem = null; this.#draw(); });
        find('other').addEventListener('click', () => this.#forget(null));
        document.addEventListener('keydown', (event) => this.#onKey(event));
    }

    /* @code: of the link, or ''. Who was in already goes on there. */
    start(code) {
        const place = recall();
        if (place && (!code || place.code === code))
            this.#join(place);
        else if (code)
            this.#enter(code);
        this.#draw();
    }

    async #enter(code) {
        find('code').value = code;
        find('enter').disabled = true;
        const { place, problem } = await admit(code);
        find('enter').disabled = false;
        this.#problem = problem ?? null;
        if (place) {
            remember(place);
            this.#join(place);
        }
        this.#draw();
    }

    #join({ lesson, token }) {
        const session = new Session({ lesson, token, roles: ['pupil'], sends: [] });
        this.#session = session;
        this.#answering = new Answering(session.events);
        session.addEventListener('change', () => this.#draw());
        session.addEventListener('message', ({ detail }) => this.#take(detail));
        session.addEventListener('refused', () => this.#forget(session.problem));
        session.addEventListener('over', () => session.stop());
        session.start();
    }

    #forget(problem) {
        this.#session?.stop();
        this.#session = null;
        this.#problem = problem;
        remember(null);
        this.#draw();
    }

    #take(message) {
        this.#answering.take(message, this.#session.lesson.room.quiz);
        if (message.type === 'quiz')
            this.#is_put_away = false;
    }

    #now() {
        const { room } = this.#session.lesson;
        const result = room.quiz !== null && room.quiz.state !== 'open' && !this.#is_put_away;
        return { room, site: null, result, pupil: true };
    }

    #onKey({ key, ctrlKey, altKey, metaKey }) {
        const on_button = document.activeElement instanceof HTMLButtonElement;
        if (this.#session && !ctrlKey && !altKey && !metaKey && !(key === 'Enter' && on_button))
            this.#press(key);
    }

    #press(key) {
        const { pad, ask, close } = pressKey(this.#pad, this.#now(), key);
        this.#pad = pad;
        this.#is_put_away ||= Boolean(close);
        if (ask) {
            this.#answering.send(ask[1], ask[2]);
            this.#pad = { ...this.#pad, digits: '' };
        }
        this.#draw();
    }

    #draw() {
        const over = this.#session && isOver(this.#session.lesson.phase);
        find('code-form').hidden = Boolean(this.#session);
        find('lesson').hidden = !this.#session || over;
        find('over').hidden = !over;
        find('code-problem').textContent = this.#problem ? describeProblem(this.#problem) : '';
        if (this.#session && !over)
            this.#drawLesson();
    }

    #drawLesson() {
        const { lesson: { room, you, lesson }, events } = this.#session;
        const now = this.#now();
        const mode = modeOf(now);
        this.#pad = fitPad(this.#pad, now);
        find('place').textContent = [lesson?.title, you?.name].filter(Boolean).join(' · ');
        find('says').hidden = events.state === 'open' && mode !== 'plain';
        find('says').dataset.tone = events.state === 'lost' ? 'alert' : 'calm';
        find('says').textContent = t(sentenceOf(events.state));
        this.#board.update({ mode, room, pad: this.#pad, answering: this.#answering });
    }
}

function sentenceOf(events) {
    switch (events) {
    case 'open':
        return 'pupil.wait';
    case 'connecting':
        return 'pupil.connecting';
    default:
        return 'pupil.lost';
    }
}

/* { place: { code, lesson, token } } or { problem: NAME }. */
async function admit(code) {
    try {
        const response = await fetch('/pupils', {
            method: 'POST', cache: 'no-store', signal: AbortSignal.timeout(ANSWER_MS),
            headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ code }),
        });
        if (!response.ok)
            return { problem: (await readProblem(response)).name };
        const { lesson, token } = await response.json();
        return { place: { code, lesson, token } };
    } catch {
        return { problem: 'unreachable' };
    }
}

function recall() {
    try {
        return JSON.parse(sessionStorage.getItem(PLACE_KEY));
    } catch {
        return null; /* storage may be forbidden: a reload asks for the code again */
    }
}

function remember(place) {
    try {
        if (place)
            sessionStorage.setItem(PLACE_KEY, JSON.stringify(place));
        else
            sessionStorage.removeItem(PLACE_KEY);
    } catch {
        /* see recall() */
    }
}

onLanguageChange(() => { document.title = t('pupil.title'); });
startLanguage(find('language'));
const { code = '' } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
new PupilPage().start(code.replace(/\D/g, ''));
window.addEventListener('hashchange', () => location.reload());

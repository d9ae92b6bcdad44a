/* SPDX-License-Identifier: Apache-2.0 */
/* kiosk.js: the classroom's page without a link: a screen that enrols itself, shows when the
 * next lesson is, and enters it. attendant.js decides, poster.js draws, this asks. Its paces
 * may stand in the address, as the native kiosk's do in its options:
 * /classroom?poll-seconds=60&end-seconds=15. */

import { Attendant } from './attendant.js';
import { keepZone } from './hours.js';
import { onLanguageChange } from './i18n.js';
import { showPoster } from './poster.js';
import { keepTime, showView } from './top.js';

const IDENTITY_KEY = 'synclass.identity';
const PROGRAM = 'synclass browser';
const TICK_MS = 500;
const ANSWER_MS = 8000;
const POLL_S = 60; /* between two looks at the timetable */
const END_S = 15;  /* how long the end of a lesson stays on the screen */
const LONGEST_S = 3600;

export class Kiosk {
    #enter;
    #attendant = new Attendant(recall(), paceOf('poll-seconds', POLL_S) * 1000);
    #is_asking = false;
    #timer = 0;

    /* @enter(link, on_end): shows the lesson of { lesson, token }, calls when it is over. */
    constructor(enter) {
        this.#enter = enter;
    }

    start() {
        showView('kiosk');
        keepTime(() => this.#attendant.wall(performance.now()) ?? Date.now());
        onLanguageChange(() => this.#draw());
        window.addEventListener('online', () => this.#tick());
        this.#timer = setInterval(() => this.#tick(), TICK_MS);
        this.#tick();
    }

    #draw() {
        if (this.#timer)
            showPoster(this.#attendant, performance.now());
    }

    async #tick() {
        if (this.#is_asking)
            return;
        const step = this.#attendant.decide(performance.now());
        this.#draw();
        if (step === 'rest')
            return;
        this.#is_asking = true;
        const { status, answer } = await ask(await this.#requestOf(step));
        this.#is_asking = false;
        if (this.#attendant.take(step, status, answer, Math.random(), performance.now()))
            remember(this.#attendant.token);
        keepZone(this.#attendant.zone);
        if (step === 'enter' && this.#attendant.entering && answer?.token)
            this.#leaveFor(answer);
        else
            this.#draw();
    }

    /* A fresh page afterwards: nothing of a lesson is left over for the next one. */
    #leaveFor({ lesson, token }) {
        clearInterval(this.#timer);
        this.#timer = 0;
        const end_ms = paceOf('end-seconds', END_S) * 1000;
        this.#enter({ lesson, token }, () => setTimeout(() => location.reload(), end_ms));
    }

    async #requestOf(step) {
        const { token, enrolment, entering } = this.#attendant;
        switch (step) {
        case 'enrol':
            return { method: 'POST', path: '/enrolments', body: { program: PROGRAM } };
        case 'ask':
            return { path: `/enrolments/${enrolment.id}`, bearer: enrolment.secret };
        case 'fetch':
            return { path: '/device', bearer: token };
        case 'report':
            return { method: 'POST', path: '/device/report', bearer: token, body: await health() };
        default:
            return { method: 'POST', path: `/device/lessons/${entering}/join`, bearer: token };
        }
    }
}

/* The whole seconds that the address gives @name; @usual where it gives none that can be. */
function paceOf(name, usual) {
    const seconds = Number(new URLSearchParams(location.search).get(name));
    return Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST_S ? seconds : usual;
}

/* Never throws: no answer at all is status 0. */
async function ask({ method = 'GET', path, bearer, body }) {
    try {
        const response = await fetch(`/api/v1${path}`, {
            method, cache: 'no-store', credentials: 'omit',
            signal: AbortSignal.timeout(ANSWER_MS),
            headers: {
                ...(bearer && { Authorization: `Bearer ${bearer}` }),
                ...(body && { 'Content-Type': 'application/json' }),
            },
            ...(body && { body: JSON.stringify(body) }),
        });
        return { status: response.status, answer: await response.json().catch(() => null) };
    } catch {
        return { status: 0, answer: null };
    }
}

async function health() {
    const devices = await navigator.mediaDevices?.enumerateDevices().catch(() => []) ?? [];
    const has = (wanted) => (devices.some(({ kind }) => kind === wanted) ? 'ok' : 'missing');
    return {
        program: PROGRAM, camera: has('videoinput'), microphone: has('audioinput'), screen: 'ok',
    };
}

function recall() {
    try {
        return localStorage.getItem(IDENTITY_KEY);
    } catch {
        return null; /* storage may be forbidden: enrolled for this page only */
    }
}

function remember(token) {
    try {
        if (token)
            localStorage.setItem(IDENTITY_KEY, token);
        else
            localStorage.removeItem(IDENTITY_KEY);
    } catch {
        /* see recall() */
    }
}

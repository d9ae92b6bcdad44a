/* SPDX-License-Identifier: Apache-2.0 */
/* attendant.js: what a classroom's screen does when no lesson is on: gets itself enrolled,
 * keeps its timetable fresh, and enters a lesson as soon as that is open. Decides, and does
 * nothing else; goes by the server's clock. Pure: time and chance are passed in. The native
 * kiosk's client/attendant.c decides alike. Spec: docs/api.md, device.json. */

const ASK_MS = 3000; /* whether somebody has confirmed the code */
const RETRY_FIRST_MS = 1000;
const RETRY_LONGEST_MS = 30_000;
const REPORT_MS = 60_000;
const REFUSED_MS = 5000; /* to enter again */
const DOUBLINGS_MAX = 5;

const UNAUTHORIZED = 401;
const NOT_FOUND = 404;
const TOO_MANY = 429;

/* Steps: 'rest', 'enrol', 'ask', 'fetch', 'report', 'enter'. */
export class Attendant {
    token;            /* the identity; null: not enrolled */
    enrolment = null; /* { id, secret, code, url, qr }, while one is under way */
    site = '';        /* "" before the first answer */
    school = '';
    zone = undefined; /* of the school's clocks: a box's own may be set to anything */
    lessons = [];     /* { id, title, starts_ms, opens_ms, ends_ms } by the server's wall */
    entering = null;  /* a lesson's id */
    was_revoked = false;

    #poll_ms;
    #said_ms = null; /* the server's wall, when ours was #heard_ms */
    #heard_ms = 0;
    #due_ms = 0;     /* of the next step that is no lesson's */
    #report_due_ms = 0;
    #not_before_ms = 0; /* to enter, after a refusal */
    #n_failed = 0;      /* in a row */

    /* @token: the identity of before, or null; @poll_ms: between two looks at the timetable. */
    constructor(token, poll_ms) {
        this.token = token;
        this.#poll_ms = poll_ms;
    }

    /* 'unreached' (no answer from the server, now), 'enrolling' (a code is shown), 'idle' or
     * 'entering'. */
    get state() {
        if (this.#n_failed > 0 || (!this.token && !this.enrolment))
            return 'unreached';
        if (!this.token)
            return 'enrolling';
        return this.entering ? 'entering' : 'idle';
    }

    /* Not one answer has failed to come. */
    get is_new() {
        return this.#n_failed === 0;
    }

    /* The server's wall in Unix milliseconds; null: not known yet. */
    wall(now_ms) {
        return this.#said_ms === null ? null : this.#said_ms + now_ms - this.#heard_ms;
    }

    /* The next lesson that is not over, or null. */
    next(now_ms) {
        const wall_ms = this.wall(now_ms);
        return this.lessons.find(({ ends_ms }) => wall_ms < ends_ms) ?? null;
    }

    /* What is due; a step that was given is under way until take(). */
    decide(now_ms) {
        const next = this.next(now_ms);
        if (this.token && next && now_ms >= this.#not_before_ms
            && this.wall(now_ms) >= next.opens_ms) {
            this.entering = next.id;
            return 'enter';
        }
        if (this.token && this.#said_ms !== null && now_ms >= this.#report_due_ms)
            return 'report';
        if (now_ms < this.#due_ms)
            return 'rest';
        if (this.token)
            return 'fetch';
        return this.enrolment ? 'ask' : 'enrol';
    }

    /* @step was answered by @status (0: not at all) and @answer, which may be null. @chance:
     * 0 to 1, spreads what many screens do. True where the identity changed: keep it. */
    take(step, status, answer, chance, now_ms) {
        const is_success = status >= 200 && status < 300;
        if (is_success && (answer || step === 'report'))
            return this.#takeSuccess(step, answer, chance, now_ms);
        if (step === 'enter')
            this.entering = null;
        if (status === UNAUTHORIZED)
            return this.#loseIdentity(now_ms);
        if (status === NOT_FOUND && step === 'ask') { /* the code has expired */
            this.enrolment = null;
            this.#due_ms = now_ms;
        } else if (status >= 400 && status < 500 && status !== TOO_MANY
                   && (step === 'enter' || step === 'report')) {
            this.#n_failed = 0; /* not open, or not any more: look at the timetable */
            this.#not_before_ms = now_ms + REFUSED_MS;
            this.#report_due_ms = Math.max(this.#report_due_ms, now_ms + REPORT_MS);
            this.#due_ms = now_ms;
        } else {
            this.#waitLonger(chance, now_ms);
        }
        return false;
    }

    #takeSuccess(step, answer, chance, now_ms) {
        this.#n_failed = 0;
        switch (step) {
        case 'enrol':
            this.enrolment = answer;
            this.#due_ms = now_ms + ASK_MS;
            return false;
        case 'ask':
            return this.#takeConfirmation(answer, now_ms);
        case 'fetch':
            this.#takeTimetable(answer, chance, now_ms);
            return false;
        case 'report':
            this.#report_due_ms = now_ms + REPORT_MS;
            return false;
        default:
            return false;
        }
    }

    #takeSite({ site }) {
        this.site = site?.name ?? this.site;
        this.school = site?.school ?? this.school;
    }

    #takeTimetable(answer, chance, now_ms) {
        this.#takeSite(answer);
        this.zone = answer.zone;
        this.lessons = (answer.lessons ?? []).map(({ id, title, starts_at, opens_at, ends_at }) => ({
            id, title, starts_ms: Date.parse(starts_at), opens_ms: Date.parse(opens_at),
            ends_ms: Date.parse(ends_at),
        }));
        const said_ms = Date.parse(answer.now);
        if (Number.isFinite(said_ms)) {
            this.#said_ms = said_ms;
            this.#heard_ms = now_ms;
        }
        this.#due_ms = now_ms + this.#poll_ms * (0.85 + 0.3 * chance);
    }

    /* True where it is confirmed. */
    #takeConfirmation(answer, now_ms) {
        if (!answer.token) {
            this.#due_ms = now_ms + ASK_MS;
            return false;
        }
        this.token = answer.token;
        this.#takeSite(answer);
        this.enrolment = null;
        this.was_revoked = false;
        this.#due_ms = now_ms;
        return true;
    }

    /* The server is there and does not know us: from the beginning. */
    #loseIdentity(now_ms) {
        const had_one = this.token !== null;
        this.token = this.entering = this.enrolment = null;
        this.lessons = [];
        this.was_revoked = had_one;
        this.#n_failed = 0;
        this.#due_ms = now_ms;
        return had_one;
    }

    #waitLonger(chance, now_ms) {
        const pause_ms = Math.min(RETRY_FIRST_MS << Math.min(this.#n_failed, DOUBLINGS_MAX),
            RETRY_LONGEST_MS);
        this.#n_failed++;
        this.#due_ms = now_ms + pause_ms / 2 + pause_ms / 2 * chance;
        this.#report_due_ms = Math.max(this.#report_due_ms, this.#due_ms);
        this.#not_before_ms = Math.max(this.#not_before_ms, this.#due_ms);
    }
}

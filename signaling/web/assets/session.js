/* SPDX-License-Identifier: Apache-2.0 */
/* session.js: what both pages share about one visit to a lesson: events into the model,
 * the server's rejoin, counters twice a second, window.synclass for whoever measures. */

import { Events } from './events.js';
import { isOver, keepZone } from './hours.js';
import { emptyLesson, reduceLesson } from './lesson.js';
import { Flow, receivedBySlot, sentBySlot } from './stats.js';

const POLL_MS = 500;

/* 'change': the lesson, a state or a flow changed, draw again. 'refused': see problem.
 * 'over': the lesson has ended or was cancelled, once. 'message': one event of the lesson. */
export class Session extends EventTarget {
    lesson = emptyLesson();
    problem = null; /* NAME of docs/protocol.md */
    publisher = null;
    watcher = null;
    events;

    #lesson_id;
    #roles;
    #sends;
    #flow = new Flow();
    #received = {};
    #sent = {};
    #timer = 0;
    #last_error = 'unknown-token';
    #ahead_ms = 0;     /* the server's clock before ours */
    #was_over = false;

    /* @roles: whom this page is for; a link of another role is refused before anything is
     * published in its name. @sends: the publisher's sections. */
    constructor({ lesson, token, roles, sends }) {
        super();
        this.#lesson_id = lesson;
        this.#roles = roles;
        this.#sends = sends;
        this.events = new Events(token);
        this.events.addEventListener('message', ({ detail }) => this.#onMessage(detail));
        this.events.addEventListener('state', () => this.#onEventsState());
        window.addEventListener('online', () => this.#hurry());
        this.#expose();
    }

    start() {
        this.events.start();
        this.#timer = setInterval(() => this.#poll(), POLL_MS);
    }

    /* Takes @publisher in and starts it. */
    publish(publisher) {
        this.publisher = publisher;
        this.#begin(publisher);
    }

    /* Takes @watcher in and starts it. */
    watch(watcher) {
        this.watcher = watcher;
        this.#begin(watcher);
    }

    /* By the server's clock, in Unix milliseconds. */
    now() {
        return Date.now() + this.#ahead_ms;
    }

    flows(slot) {
        return this.#flow.isFlowing(slot, performance.now());
    }

    hasFlowed(slot) {
        return this.#flow.hasFlowed(slot);
    }

    /* Ends the media and keeps the events. Safe while the page goes away. */
    stopMedia() {
        this.publisher?.stop();
        this.watcher?.stop();
        this.publisher = this.watcher = null;
        this.#flow = new Flow();
    }

    stop() {
        this.stopMedia();
        this.events.stop();
        clearInterval(this.#timer);
    }

    #begin(peer) {
        peer.addEventListener('state', () => {
            if (peer.state === 'refused')
                this.#refuse(peer.problem.name);
            this.#changed();
        });
        peer.start();
        this.#changed();
    }

    #onMessage(message) {
        if (message.now)
            this.#ahead_ms = Date.parse(message.now) - Date.now();
        this.lesson = reduceLesson(this.lesson, message);
        if (message.type === 'welcome')
            this.#checkWelcome(message);
        if (message.type === 'error')
            this.#last_error = message.problem; /* said before a 4401 closes the line */
        if (message.type === 'rejoin')
            this.#rejoin(message.sessions ?? []);
        if (message.type === 'bell' && message.phase === 'opened')
            this.#hurry(); /* the doors were shut until now */
        this.dispatchEvent(new CustomEvent('message', { detail: message }));
        this.#checkOver();
        this.#changed();
    }

    #checkOver() {
        if (this.#was_over || !isOver(this.lesson.phase))
            return;
        this.#was_over = true;
        this.dispatchEvent(new Event('over'));
    }

    #checkWelcome({ lesson, you, zone }) {
        keepZone(zone);
        if (lesson.id !== this.#lesson_id)
            this.#refuse('wrong-lesson');
        else if (!this.#roles.includes(you.role))
            this.#refuse('wrong-role');
    }

    #rejoin(sessions) {
        const lost = sessions.map((path) => new URL(path, location.href).href);
        for (const peer of [this.publisher, this.watcher])
            if (peer?.location && lost.includes(peer.location))
                peer.rejoin();
    }

    #onEventsState() {
        if (this.events.state === 'refused')
            this.#refuse(this.#last_error);
        if (this.events.state === 'open')
            this.#hurry();
        if (this.events.state === 'over' && !isOver(this.lesson.phase))
            this.lesson = { ...this.lesson, phase: 'over' }; /* we came too late to hear it */
        this.#checkOver();
        this.#changed();
    }

    #hurry() {
        this.publisher?.hurry();
        this.watcher?.hurry();
        this.events.hurry();
    }

    #refuse(name) {
        if (this.problem)
            return;
        this.problem = name;
        this.dispatchEvent(new Event('refused'));
    }

    async #poll() {
        const { publisher, watcher } = this;
        try {
            if (watcher?.pc) {
                this.#received = await receivedBySlot(watcher.pc, watcher.slots);
                this.#flow.update(this.#received, performance.now());
            }
            if (publisher?.pc)
                this.#sent = await sentBySlot(publisher.pc, this.#sends);
        } catch {
            /* the connection was closed under us; the next one is counted next time */
        }
        this.#changed();
    }

    #changed() {
        this.dispatchEvent(new Event('change'));
    }

    /* For tests and for a person at the console: read only, nothing of the page uses it. */
    #expose() {
        window.synclass = {
            state: () => ({
                publish: this.publisher?.state ?? 'idle',
                watch: this.watcher?.state ?? 'idle',
                events: this.events.state,
                problem: this.problem,
                phase: this.lesson.phase,
                floor: this.lesson.floor,
                site: this.lesson.you?.site ?? null,
                room: this.lesson.room,
                sessions: [this.publisher?.location, this.watcher?.location],
            }),
            received: () => this.#received,
            sent: () => this.#sent,
        };
    }
}

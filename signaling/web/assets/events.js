/* SPDX-License-Identifier: Apache-2.0 */
/* events.js: the lesson's WebSocket. Says hello, asks now and then whether the server is
 * alive, comes back after a loss. Spec: docs/protocol.md#events. */

import { Backoff } from './backoff.js';

const SUB_PROTOCOL = 'synclass.v1';
const PING_MS = 10_000;  /* a line that is dead without saying so is found out by this */
const PONG_MS = 5_000;   /* how long a pong may take before we hang up */
const WELCOME_MS = 8_000;
const CLOSE_BAD_TOKEN = 4401;
const CLOSE_OVER = 4410;

/* States: 'connecting', 'open' (welcomed), 'lost', 'refused', 'over', 'stopped'; each change is a
 * 'state' event. Each message is a 'message' event with the parsed message as detail. */
export class Events extends EventTarget {
    state = 'connecting';

    #token;
    #socket = null;
    #backoff = new Backoff({ first_ms: 500 });
    #retry = 0;
    #alive = 0;
    #ping = 0;
    #next_id = 1;

    constructor(token) {
        super();
        this.#token = token;
    }

    start() {
        const url = new URL('/events', location.href);
        url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
        const socket = new WebSocket(url, SUB_PROTOCOL);
        this.#socket = socket;
        socket.addEventListener('open', () => this.#send({
            type: 'hello', token: this.#token, language: document.documentElement.lang,
        }));
        socket.addEventListener('message', ({ data }) => this.#onMessage(data));
        socket.addEventListener('close', ({ code }) => this.#onClose(socket, code));
        this.#expectLife(WELCOME_MS);
    }

    /* What may be asked. Each answers the request's id, which its event or its error carries;
     * limits and who may: docs/protocol.md#events. */

    /* Gives the floor to @site, or with null takes it back. */
    giveFloor(site) {
        return this.#ask({ type: 'floor', site });
    }

    extend(minutes) {
        return this.#ask({ type: 'extend', minutes });
    }

    endLesson() {
        return this.#ask({ type: 'end' });
    }

    raiseHand(up) {
        return this.#ask({ type: 'hand', up });
    }

    /* @site: null for all, here and in mute(). */
    lowerHand(site) {
        return this.#ask({ type: 'hands-down', site });
    }

    mute(site, muted) {
        return this.#ask({ type: 'mute', site, muted });
    }

    wantHelp(wanted) {
        return this.#ask({ type: 'help', wanted });
    }

    callRoll() {
        return this.#ask({ type: 'roll-call' });
    }

    countHeads(count) {
        return this.#ask({ type: 'present', count });
    }

    /* @options: only of 'single' and 'multiple'. */
    openQuiz({ kind, question, options }) {
        return this.#ask({ type: 'quiz-open', kind, question, ...(options && { options }) });
    }

    closeQuiz(quiz) {
        return this.#ask({ type: 'quiz-close', quiz });
    }

    /* @right: as the answer's choice, or null: there is none. */
    revealQuiz(quiz, right) {
        return this.#ask({ type: 'quiz-reveal', quiz, right });
    }

    /* @answer: { choice: [k…] } or { number }. */
    answer(quiz, answer) {
        return this.#ask({ type: 'answer', quiz, ...answer });
    }

    chat(text) {
        return this.#ask({ type: 'chat', text });
    }

    openChat(open) {
        return this.#ask({ type: 'chat-open', open });
    }

    /* @message: its number, or null for all. */
    removeChat(message) {
        return this.#ask({ type: 'chat-remove', message });
    }

    react(what) {
        return this.#ask({ type: 'react', what });
    }

    /* @mark: { stroke, colour, width, points }. */
    draw(mark) {
        return this.#ask({ type: 'pen', ...mark });
    }

    clearPen() {
        return this.#ask({ type: 'pen-clear' });
    }

    /* Both null: the pointer is gone. */
    point(x, y) {
        return this.#ask({ type: 'pointer', x, y });
    }

    /* @document: null, and no page: none is shown. */
    showPage(document, page) {
        return this.#ask({ type: 'page', document, ...(document !== null && { page }) });
    }

    removeDocument(document) {
        return this.#ask({ type: 'document-remove', document });
    }

    hurry() {
        if (this.state === 'lost') {
            clearTimeout(this.#retry);
            this.start();
        }
    }

    stop() {
        this.#setState('stopped');
        clearTimeout(this.#retry);
        this.#clearTimers();
        this.#socket?.close(1000);
    }

    #ask(message) {
        const id = this.#next_id++;
        this.#send({ ...message, id });
        return id;
    }

    #send(message) {
        if (this.#socket?.readyState === WebSocket.OPEN)
            this.#socket.send(JSON.stringify(message));
    }

    #onMessage(data) {
        let message;
        try {
            message = JSON.parse(data);
        } catch {
            return; /* not ours to mend; the server counts its own mistakes */
        }
        clearTimeout(this.#alive);
        if (message.type === 'welcome') {
            this.#backoff.reset();
            clearInterval(this.#ping);
            this.#ping = setInterval(() => this.#askAlive(), PING_MS);
        }
        this.dispatchEvent(new CustomEvent('message', { detail: message }));
        if (message.type === 'welcome' && this.state !== 'stopped') /* by a listener */
            this.#setState('open');
    }

    #askAlive() {
        this.#send({ type: 'ping', id: this.#next_id++ });
        this.#expectLife(PONG_MS);
    }

    /* Any message counts as life. close() alone would wait for the dead peer's answer. */
    #expectLife(ms) {
        clearTimeout(this.#alive);
        const socket = this.#socket;
        this.#alive = setTimeout(() => {
            socket.close();
            this.#onClose(socket, 0);
        }, ms);
    }

    #onClose(socket, code) {
        if (socket !== this.#socket || this.state === 'stopped')
            return;
        this.#socket = null;
        this.#clearTimers();
        if (code === CLOSE_BAD_TOKEN || code === CLOSE_OVER) {
            this.#setState(code === CLOSE_OVER ? 'over' : 'refused');
            return;
        }
        this.#setState('lost');
        this.#retry = setTimeout(() => this.start(), this.#backoff.next());
    }

    #clearTimers() {
        clearTimeout(this.#alive);
        clearInterval(this.#ping);
    }

    #setState(state) {
        this.state = state;
        this.dispatchEvent(new Event('state'));
    }
}

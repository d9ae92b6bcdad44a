/* SPDX-License-Identifier: Apache-2.0 */
/* answering.js: an answer on its way. It counts only once the server says that it is kept;
 * one that a lost line has swallowed is sent again. Spec: docs/protocol.md#the-room. */

export class Answering {
    pending = null; /* { quiz, answer }, sent and not kept yet; or null */
    problem = null; /* NAME: why the last one was refused, or null */

    #events;
    #id = 0;

    /* @events: an Events, or whatever has its answer(). */
    constructor(events) {
        this.#events = events;
    }

    send(quiz, answer) {
        this.problem = null;
        this.pending = { quiz, answer };
        this.#id = this.#events.answer(quiz, answer);
    }

    /* A message of the lesson; @quiz: the quiz after it, or null. */
    take({ type, id, problem }, quiz) {
        if (type === 'quiz')
            this.problem = null;
        if (!this.pending)
            return;
        if (quiz?.quiz !== this.pending.quiz || quiz.state !== 'open')
            this.pending = null; /* too late; whether it was kept stands in the quiz */
        else if (type === 'welcome')
            this.send(this.pending.quiz, this.pending.answer);
        else if (id === this.#id && type === 'answered')
            this.pending = null;
        else if (id === this.#id && type === 'error')
            this.#refuse(problem);
    }

    #refuse(problem) {
        this.pending = null;
        this.problem = problem;
    }
}

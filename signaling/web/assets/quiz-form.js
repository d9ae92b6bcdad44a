/* SPDX-License-Identifier: Apache-2.0 */
/* quiz-form.js: the dialog in which the teacher writes a question. Nothing has to be written:
 * the question usually stands on the slide, and the options are then letters. */

import { element, icon, iconButton, label } from './element.js';
import { t } from './i18n.js';
import { letterOf } from './room.js';

const FEWEST = 2;
const MOST = 8;
const USUAL = 4;         /* A to D */
const OPTION_MAX = 80;   /* characters: docs/protocol.md#the-room */

/* A question of @kind as the server takes it, with what was left out filled in. */
export function questionOf(kind, text, options) {
    const question = text.trim() || t('quiz.on-slide');
    if (kind !== 'single' && kind !== 'multiple')
        return { kind, question };
    return { kind, question, options: options.map((option, i) => option.trim() || letterOf(i)) };
}

export const usualOptions = () => Array(USUAL).fill('');

/* 'open': the teacher wishes to ask; detail is the question. */
export class QuizForm extends EventTarget {
    #parts;

    /* @parts: { dialog, form, text, choices (the box of the options), list, more, cancel }. */
    constructor(parts) {
        super();
        this.#parts = parts;
        parts.form.addEventListener('submit', () => this.#submit());
        parts.form.addEventListener('change', () => this.#draw());
        parts.more.addEventListener('click', () => this.#more());
        parts.cancel.addEventListener('click', () => parts.dialog.close());
    }

    show() {
        const { dialog, form, list } = this.#parts;
        form.reset();
        list.replaceChildren(...usualOptions().map(() => this.#option()));
        this.#draw();
        dialog.showModal();
    }

    #option() {
        const input = element('input', 'option-text');
        input.maxLength = OPTION_MAX;
        const row = element('li', 'option', element('span', 'letter'), input);
        row.append(iconButton('close', () => {
            row.remove();
            this.#draw();
        }));
        return row;
    }

    #more() {
        const row = this.#option();
        this.#parts.list.append(row);
        this.#draw();
        row.querySelector('input').focus();
    }

    #draw() {
        const { choices, list, more } = this.#parts;
        const rows = [...list.children];
        choices.hidden = !['single', 'multiple'].includes(this.#kind());
        rows.forEach((row, i) => {
            const [letter, input, remove] = row.children;
            letter.textContent = letterOf(i);
            input.placeholder = t('quiz.option-on-slide');
            input.setAttribute('aria-label', t('quiz.option', { letter: letterOf(i) }));
            label(remove, t('quiz.option-remove', { letter: letterOf(i) }));
            remove.disabled = rows.length <= FEWEST;
        });
        more.disabled = rows.length >= MOST;
        more.replaceChildren(icon('plus'), t('quiz.option-more'));
    }

    #kind() {
        return new FormData(this.#parts.form).get('kind');
    }

    /* A form of method "dialog" closes it by itself. */
    #submit() {
        const { list, text } = this.#parts;
        const options = [...list.querySelectorAll('input')].map(({ value }) => value);
        this.dispatchEvent(new CustomEvent('open',
            { detail: questionOf(this.#kind(), text.value, options) }));
    }
}

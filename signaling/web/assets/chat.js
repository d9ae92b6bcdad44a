/* SPDX-License-Identifier: Apache-2.0 */
/* chat.js: the teacher's chat: what was said, who may speak, and the means to take it away. */

import { element, iconButton, label, Rows } from './element.js';
import { clockTime } from './hours.js';
import { currentLanguage, t } from './i18n.js';

export class Chat {
    #parts;
    #ask;
    #rows;
    #seen = 0; /* the number of the last message that was before somebody's eyes */
    #open = false;
    #last = 0;

    /* @parts: { log, list, none, form, text, send, toggle, clear }; @ask as in hands.js. */
    constructor(parts, ask) {
        this.#parts = parts;
        this.#ask = ask;
        this.#rows = new Rows(parts.list, (message) => this.#add(message));
        parts.form.addEventListener('submit', (event) => this.#send(event));
        parts.toggle.addEventListener('click', () => ask('openChat', !this.#open));
        parts.clear.addEventListener('click', () => ask('removeChat', null));
    }

    /* @shown: is the panel before the teacher's eyes. Answers how many are unread. */
    update(lesson, { open, shown }) {
        const { chat } = lesson.room;
        const { log, none, send, text, toggle, clear } = this.#parts;
        this.#open = chat.open;
        none.hidden = chat.messages.length > 0;
        this.#rows.update(chat.messages.map(({ message }) => message), (row, _, i) =>
            row.update(chat.messages[i], lesson.you?.site, open));
        for (const control of [send, text, toggle])
            control.disabled = !open;
        clear.disabled = !open || chat.messages.length === 0;
        toggle.textContent = t(chat.open ? 'room.chat-close' : 'room.chat-open');
        toggle.dataset.on = String(chat.open);
        const last = chat.messages.at(-1)?.message ?? 0;
        if (shown) {
            this.#seen = Math.max(this.#seen, last);
            if (last !== this.#last)
                log.scrollTop = log.scrollHeight;
            this.#last = last;
        }
        return chat.messages.filter(({ message, site }) =>
            message > this.#seen && site !== lesson.you?.site).length;
    }

    #add(message) {
        return new Row(() => this.#ask('removeChat', message));
    }

    /* What could not be sent stays in the line. */
    #send(event) {
        event.preventDefault();
        const { text } = this.#parts;
        const words = text.value.trim();
        if (words !== '' && this.#ask('chat', words))
            text.value = '';
    }
}

class Row {
    constructor(on_remove) {
        this.name = element('span', 'name');
        this.time = element('time', 'clock');
        this.text = element('p', 'text');
        this.remove = iconButton('close', on_remove);
        this.element = element('li', 'chat-row',
            element('p', 'chat-head', this.name, this.time), this.remove, this.text);
    }

    update({ site, name, text, at }, own, open) {
        this.element.classList.toggle('mine', site === own);
        this.name.textContent = site === own ? t('site.you') : name;
        this.time.textContent = at ? clockTime(at, currentLanguage()) : '';
        this.text.textContent = text;
        label(this.remove, t('room.chat-remove', { name }));
        this.remove.disabled = !open;
    }
}

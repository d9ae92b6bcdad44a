/* SPDX-License-Identifier: Apache-2.0 */
/* legend.js: the line at the bottom that says which keys matter now. Each is also a button,
 * for a mouse or a finger. */

import { element } from './element.js';
import { t } from './i18n.js';

export class Legend {
    #list;
    #press;
    #shown = '';

    constructor(list, press) {
        this.#list = list;
        this.#press = press;
    }

    /* @items: of legendOf(). Made anew only when it says something else. */
    update(items) {
        const said = items.map((item) => ({ ...item, says: t(item.says) }));
        const shown = JSON.stringify(said);
        if (shown === this.#shown)
            return;
        this.#shown = shown;
        const held = document.activeElement?.dataset.key;
        this.#list.replaceChildren(...said.map((item) => this.#item(item)));
        if (held)
            this.#list.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
    }

    #item({ keys, caps, says }) {
        if (keys.length === 0)
            return element('li', 'legend-item', cap(caps[0]), says);
        if (keys.length === 1)
            return element('li', 'legend-item', this.#button(keys[0], cap(caps[0]), says));
        const buttons = keys.map((key, i) => {
            const button = this.#button(key, cap(caps[i]));
            button.setAttribute('aria-label', `${says} ${caps[i]}`);
            return button;
        });
        return element('li', 'legend-item', ...buttons, says);
    }

    #button(key, ...content) {
        const button = element('button', 'legend-key', ...content);
        button.type = 'button';
        button.dataset.key = key;
        button.addEventListener('click', () => this.#press(key));
        return button;
    }
}

function cap(text) {
    return element('kbd', 'cap', text);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* tabs.js: a row of tabs, each with its panel and a count of what waits there. One stop of
 * the Tab key; the arrows go from tab to tab. */

export class Tabs {
    #tabs;

    /* @list: the tablist; each tab names its panel by aria-controls. */
    constructor(list) {
        this.#tabs = [...list.querySelectorAll('[role="tab"]')];
        for (const tab of this.#tabs)
            tab.addEventListener('click', () => this.show(panelOf(tab).id));
        list.addEventListener('keydown', (event) => this.#onKey(event));
        this.show(panelOf(this.#tabs[0]).id);
    }

    /* @id: of the panel. */
    show(id) {
        for (const tab of this.#tabs) {
            const chosen = panelOf(tab).id === id;
            tab.setAttribute('aria-selected', String(chosen));
            tab.tabIndex = chosen ? 0 : -1;
            panelOf(tab).hidden = !chosen;
        }
    }

    shows(id) {
        return !document.getElementById(id).hidden;
    }

    /* Nothing is shown of 0. */
    count(id, n) {
        const tab = this.#tabs.find((one) => panelOf(one).id === id);
        tab.querySelector('.count').textContent = n > 0 ? n : '';
    }

    #onKey(event) {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        const at = this.#tabs.indexOf(document.activeElement);
        if (!step || at < 0)
            return;
        event.preventDefault();
        const next = this.#tabs.at((at + step) % this.#tabs.length);
        this.show(panelOf(next).id);
        next.focus();
    }
}

function panelOf(tab) {
    return document.getElementById(tab.getAttribute('aria-controls'));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* roster.js: who is here, and how good each one's line is. */

import { t } from './i18n.js';
import { lineOf } from './lesson.js';
import { showLine } from './tiles.js';

export class Roster {
    #list;
    #rows = new Map(); /* site → { row, name, state, line } */

    constructor(list) {
        this.#list = list;
    }

    update(lesson) {
        for (const [id, { row }] of this.#rows) {
            if (lesson.sites.every(({ site }) => site !== id)) {
                row.remove();
                this.#rows.delete(id);
            }
        }
        for (const site of lesson.sites)
            this.#draw(this.#rows.get(site.site) ?? this.#add(site.site), site, lesson);
    }

    #add(id) {
        const row = document.createElement('li');
        const [name, state, line] = ['name', 'state', 'line'].map((className) => {
            const part = document.createElement('span');
            part.className = className;
            row.append(part);
            return part;
        });
        this.#list.append(row);
        this.#rows.set(id, { row, name, state, line });
        return this.#rows.get(id);
    }

    #draw({ name, state, line }, site, lesson) {
        const own = site.site === lesson.you?.site;
        const here = own || Boolean(site.present);
        name.textContent = site.name;
        state.textContent = t(own ? 'site.you' : here ? 'site.present' : 'site.absent');
        state.dataset.present = String(here);
        showLine(line, here ? lineOf(lesson, site.site) : null);
    }
}

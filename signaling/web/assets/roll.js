/* SPDX-License-Identifier: Apache-2.0 */
/* roll.js: the teacher's roll call: heads by class, their sum, and who has not told. */

import { element, Rows } from './element.js';
import { t } from './i18n.js';
import { siteName } from './lesson.js';
import { rollOf } from './room.js';

export class Roll {
    #parts;
    #rows;

    /* @parts: { call, heads, missing, list }; @ask(what, ...) is a method of events.js. */
    constructor(parts, ask) {
        this.#parts = parts;
        this.#rows = new Rows(parts.list, () => new Row());
        parts.call.addEventListener('click', () => ask('callRoll'));
    }

    update(lesson, { open }) {
        const { call, heads, missing } = this.#parts;
        const { room } = lesson;
        const roll = rollOf(room);
        call.disabled = !open;
        call.textContent = t(roll ? 'room.roll-again' : 'room.roll-call');
        heads.textContent = roll ? t('room.heads-sum', { n: roll.heads }) : t('room.roll-hint');
        heads.classList.toggle('sum', Boolean(roll));
        missing.textContent = missingText(lesson, roll);
        missing.classList.toggle('complete', roll?.missing.length === 0);
        this.#rows.update(roll ? room.rooms : [], (row, site) =>
            row.update(siteName(lesson, site), room.roll.present[site]));
    }
}

class Row {
    constructor() {
        this.name = element('span', 'name');
        this.heads = element('span', 'heads');
        this.element = element('li', 'roll-row', this.name, this.heads);
    }

    update(name, heads) {
        this.name.textContent = name;
        this.heads.textContent = heads === undefined
            ? t('room.no-answer') : t('room.heads', { n: heads });
        this.heads.classList.toggle('waiting', heads === undefined);
    }
}

function missingText(lesson, roll) {
    if (!roll)
        return '';
    return roll.missing.length === 0 ? t('room.roll-complete')
        : t('room.roll-missing', { names: namesOf(lesson, roll.missing) });
}

/* The names of @sites in one line. */
export function namesOf(lesson, sites) {
    return sites.map((site) => siteName(lesson, site)).join(t('room.and'));
}

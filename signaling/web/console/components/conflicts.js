/* SPDX-License-Identifier: Apache-2.0 */
/* conflicts.js: what a change to the timetable collides with, in words, and where there is
 * room instead. */

import { html } from '/assets/vendor/preact.js';

import { formatDay, wallClock } from '../days.js';
import { useLoad, useSession, useSettled } from '../use.js';
import { currentLanguage, sentenceOf, t, word } from '../words.js';

/* @found: {conflicts, free}. @onPick(free) takes the place that was offered. */
export function Conflicts({ found, onPick }) {
    const { zone } = useSession();
    const { conflicts = [], free = [] } = found;
    if (conflicts.length === 0)
        return html`<p class="fine" role="status">${t('conflict.none')}</p>`;
    return html`
        <div class="conflicts" role="alert">
            <p class="strong">${t('conflict.some', { n: conflicts.length })}</p>
            <ul>${conflicts.map((one, i) => html`<li key=${i}><span class="tag wrong">${word('conflict', one.kind)}</span>
                <span>${sentenceOf(one.sentence)}</span></li>`)}</ul>
            ${free.length > 0 && html`<p>${t('conflict.free')}</p>
            <div class="free">${free.map((one) => html`<button type="button" class="button small-button" key="${one.day ?? one.weekday} ${one.period}"
                onClick=${() => onPick(one)}>${freeName(one, zone)}</button>`)}</div>`}
        </div>`;
}

/* "Tue, 3 March · period 2 · 08:50–09:30"; of a weekly entry, without a date. */
function freeName(free, zone) {
    const { day, weekday, name, period } = free;
    const when = day ? formatDay(day, currentLanguage(), { weekday: 'short', month: 'short', day: 'numeric' })
        : t(`weekday.${weekday}`);
    const { from, to } = timesOfFree(free, zone);
    return [when, name || t('timetable.period', { n: period }), from && `${from}–${to}`].filter(Boolean).join(' · ');
}

/* {from, to} on the school's wall of what is free. */
export function timesOfFree({ starts, ends, starts_at, ends_at }, zone) {
    if (starts && ends)
        return { from: starts, to: ends };
    return starts_at ? { from: wallClock(starts_at, zone).time, to: wallClock(ends_at, zone).time } : {};
}

/* Asks @ask(body, signal) what @body collides with, once it has been still; @body null: not
 * complete yet. What a refused save said about the same comes first. */
export function Check({ ask, body, refused, onPick }) {
    const key = useSettled(body === null ? null : JSON.stringify(body), 300);
    const found = useLoad((signal) => ask(JSON.parse(key), signal), key);
    const from_refusal = refused?.name === 'conflict' ? refused.members : null;
    if (from_refusal && !found.value)
        return html`<${Conflicts} found=${from_refusal} onPick=${onPick} />`;
    if (key === null)
        return null;
    if (found.value)
        return html`<${Conflicts} found=${found.value} onPick=${onPick} />`;
    return html`<p class="small" role="status">${found.problem ? '' : t('conflict.checking')}</p>`;
}

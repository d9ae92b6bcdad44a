/* SPDX-License-Identifier: Apache-2.0 */
/* table.js: rows under their heads; and a list of the API with search, pages and states. */

import { html, useState } from '/assets/vendor/preact.js';

import { get } from '../api.js';
import { useLoad, useSettled } from '../use.js';
import { formatNumber, t } from '../words.js';
import { Empty, Loaded } from './state.js';

const PAGE_ROWS = 50;

/* @columns: {name, title, cell(row), is_number, is_head, is_action}. Wide tables scroll in their box. */
export function Table({ caption, columns, rows, keyOf = (row) => row.id, classOf = () => '', foot }) {
    const kind = (column) => [column.is_number && 'number', column.is_action && 'act'].filter(Boolean).join(' ') || undefined;
    return html`
        <div class="table-box" role="region" aria-label=${caption} tabindex="0">
            <table>
                <caption class="unseen">${caption}</caption>
                <thead><tr>${columns.map((column) => html`
                    <th scope="col" class=${kind(column)}>${column.is_action ? html`<span class="unseen">${column.title}</span>` : column.title}</th>`)}</tr></thead>
                <tbody>${rows.map((row) => html`
                    <tr key=${keyOf(row)} class=${classOf(row)}>${columns.map((column) => (column.is_head
        ? html`<th scope="row" class=${kind(column)}>${column.cell(row)}</th>`
        : html`<td class=${kind(column)}>${column.cell(row)}</td>`))}</tr>`)}</tbody>
                ${foot}
            </table>
        </div>`;
}

/* What GET @path lists, page by page. @round: asked again when it changes; @counts: can the
 * service say how many there are in all? */
export function List({ path, query = {}, round = 0, counts = true, searchLabel, children, empty, action, ...table }) {
    const [typed, setTyped] = useState('');
    const search = useSettled(typed.trim());
    const base = JSON.stringify([path, query, search]);
    const [place, setPlace] = useState({ base, cursors: [''] });
    const cursors = place.base === base ? place.cursors : [''];
    const cursor = cursors.at(-1);
    const page = useLoad((signal) => get(path, { ...query, search, cursor, limit: PAGE_ROWS, count: counts && !cursor ? 'true' : '' }, signal),
        JSON.stringify([base, cursor]), { round });
    const turn = (next) => setPlace({ base, cursors: next });
    return html`
        <div class="filters" role="search">
            ${searchLabel && html`<label class="choice"><span>${searchLabel}</span>
                <input type="search" value=${typed} maxlength="100" onInput=${(event) => setTyped(event.target.value)} /></label>`}
            ${children}
        </div>
        <${Loaded} of=${page}>${({ items, next, total }) => (items.length === 0
        ? html`<${Empty} action=${action}>${search || Object.values(query).some(Boolean) ? t('state.nothing-found') : empty}<//>`
        : html`<${Table} rows=${items} ...${table} />
            <${Pager} at=${cursors.length - 1} n=${items.length} total=${total} has_next=${Boolean(next)}
                onBack=${() => turn(cursors.slice(0, -1))} onNext=${() => turn([...cursors, next])} />`)}<//>`;
}

function Pager({ at, n, total, has_next, onBack, onNext }) {
    const first = at * PAGE_ROWS + 1;
    if (at === 0 && !has_next)
        return html`<p class="count">${t('pager.all', { n: formatNumber(n) })}</p>`;
    return html`
        <nav class="pager" aria-label=${t('pager.label')}>
            <button type="button" class="button" disabled=${at === 0} onClick=${onBack}>${t('pager.back')}</button>
            <span role="status">${total === undefined ? t('pager.range', { first, last: first + n - 1 })
        : t('pager.range-of', { first, last: first + n - 1, total: formatNumber(total) })}</span>
            <button type="button" class="button" disabled=${!has_next} onClick=${onNext}>${t('pager.next')}</button>
        </nav>`;
}

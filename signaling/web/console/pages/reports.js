/* SPDX-License-Identifier: Apache-2.0 */
/* reports.js: what was due, given and received, out of the ledger: a table, a plot, a print. */

import { html, useState } from '/assets/vendor/preact.js';

import { address, get } from '../api.js';
import { Bars } from '../components/chart.js';
import { Choice } from '../components/field.js';
import { organisations, Picker } from '../components/picker.js';
import { Empty, Loaded } from '../components/state.js';
import { Table } from '../components/table.js';
import { formatDay, formatInstant } from '../days.js';
import { plotOf, sumsOf, tidyReport } from '../report.js';
import { choose } from '../router.js';
import { getTerms } from '../times.js';
import { useLoad, useSession } from '../use.js';
import { currentLanguage, formatNumber, has, sentenceOf, t } from '../words.js';
import { LedgerRows } from './ledger-rows.js';
import { VerifyDialog, WorkloadDialog } from './workload.js';

const KINDS = ['teachers', 'schools', 'counties', 'subjects', 'terms'];
const MONTH = { year: 'numeric', month: 'long' };

export function Reports({ query }) {
    const session = useSession();
    const { can_look, can_change, person } = session;
    const kind = [...KINDS, 'rows'].includes(query.kind) ? query.kind : 'teachers';
    const [dialog, setDialog] = useState(null);
    const terms = useLoad((signal) => getTerms(session, signal), 'terms').value ?? [];
    const named = useLoad((signal) => get(`/organisations/${query.organisation}`, {}, signal), query.organisation ?? null).value;
    const asked = { term: query.term, organisation: query.organisation, ...kind !== 'rows' && { from: query.from, to: query.to } };
    const scope = { term: terms.find(({ id }) => id === query.term)?.name, organisation: named?.name, from: query.from, to: query.to };
    return html`
        <div class="bar no-print">
            <div class="tabs" role="group" aria-label=${t('report.kind')}>${[...KINDS, 'rows'].map((name) => html`
                <button type="button" class="tab" key=${name} aria-pressed=${String(kind === name)} onClick=${() => choose({ kind: name })}>${t(`report.${name}`)}</button>`)}</div>
        </div>
        <div class="bar head no-print">
            ${can_change && html`<button type="button" class="button" onClick=${() => setDialog('workload')}>${t('workload.title')}</button>
                <button type="button" class="button" onClick=${() => setDialog('verify')}>${t('verify.title')}</button>`}
            ${kind !== 'rows' && html`<a class="button" download href=${address(`/reports/${kind}/export.csv`, { ...asked, language: currentLanguage() })}>${t('report.csv')}</a>
                <button type="button" class="button button-main" onClick=${() => print()}>${t('report.print')}</button>`}
        </div>
        <div class="filters no-print" role="search">
            <${Choice} label=${t('field.term')} value=${query.term} onChange=${(term) => choose({ term })} options=${[['', t('filter.all')], ...terms.map(({ id, name }) => [id, name])]} />
            ${can_look && html`<label class="choice"><span>${t('field.organisation')}</span>
                <${Picker} id="filter-organisation" of=${organisations} value=${query.organisation ? named : null} onPick=${(item) => choose({ organisation: item?.id ?? '' })} /></label>`}
            ${kind !== 'rows' && ['from', 'to'].map((name) => html`<label class="choice" key=${name}><span>${t(`report.${name}`)}</span>
                <input type="month" pattern="[0-9]{4}-[0-9]{2}" placeholder="2026-09" value=${query[name] ?? ''} onChange=${(event) => choose({ [name]: event.target.value })} /></label>`)}
        </div>
        ${kind === 'rows' ? html`<${LedgerRows} query=${asked} />` : html`<${Report} kind=${kind} asked=${asked} scope=${scope} person=${person} />`}
        ${dialog === 'workload' && html`<${WorkloadDialog} organisation=${named} onClose=${() => setDialog(null)} />`}
        ${dialog === 'verify' && html`<${VerifyDialog} onClose=${() => setDialog(null)} />`}`;
}

/* The word of a column: the server's own title, else ours, else its name. */
const titleOf = ({ name, title }) => (title ? sentenceOf(title) : has(`column.${name.replaceAll('_', '-')}`)
    ? t(`column.${name.replaceAll('_', '-')}`) : name.replaceAll('_', ' '));

const show = ({ is_number, digits, kind }, value) => {
    if (value === null || value === undefined)
        return is_number ? '—' : '';
    return is_number ? formatNumber(value, digits) + (kind === 'percent' ? ' %' : '') : String(value);
};

function Report({ kind, asked, scope, person }) {
    const report = useLoad((signal) => get(`/reports/${kind}`, asked, signal), JSON.stringify([kind, asked]));
    return html`<${Loaded} of=${report}>${(answer) => html`<${Sheet} kind=${kind} scope=${scope} person=${person} head=${answer.head} ...${tidyReport(answer)} />`}<//>`;
}

function Sheet({ kind, scope, person, head, columns, rows }) {
    const { zone } = useSession();
    const locale = currentLanguage();
    if (rows.length === 0)
        return html`<${Empty}>${t('report.none')}<//>`;
    const plot = plotOf({ columns, rows }), sums = sumsOf({ columns, rows });
    const names = Object.fromEntries(columns.map((column) => [column.name, titleOf(column)]));
    const about = [scope.term, scope.organisation, scope.from && t('report.since', { day: formatDay(`${scope.from}-01`, locale, MONTH) }),
        scope.to && t('report.until', { day: formatDay(`${scope.to}-01`, locale, MONTH) })].filter(Boolean).join(' · ');
    return html`
        <article class="sheet">
            <header class="only-print"><h1>${t(`report.${kind}-title`)}</h1></header>
            <p class="sub">${about || t('report.everything')}</p>
            ${plot && html`<${Bars} labels=${plot.labels} series=${plot.series.map(({ name, data }) => ({ label: names[name], data }))} label=${t('report.plot', { name: t(`report.${kind}-title`) })} />
                ${plot.n_left_out > 0 && html`<p class="small">${t('report.plot-first', { n: plot.labels.length })}</p>`}`}
            <${Table} caption=${t(`report.${kind}-title`)} rows=${rows.map((row, id) => ({ row, id }))} columns=${columns.map((column, i) => ({
        title: names[column.name], is_number: column.is_number, is_head: i === 0, cell: ({ row }) => show(column, row[i]),
    }))} foot=${rows.length > 1 && html`<tfoot><tr>${columns.map((column, i) => (i === 0 ? html`<th scope="row">${t('report.sum')}</th>`
        : html`<td class=${column.is_number ? 'number' : undefined}>${sums[i] === null ? '' : show(column, sums[i])}</td>`))}</tr></tfoot>`} />
            <footer class="proof">
                ${head && html`<p>${t('report.head', { seq: head.seq })} <code>${head.hash}</code></p>`}
                <p class="only-print">${t('report.printed', { name: person.name, time: formatInstant(Date.now(), locale, zone) })}</p>
                <p class="only-print sign">${t('report.signature')}</p>
            </footer>
        </article>`;
}

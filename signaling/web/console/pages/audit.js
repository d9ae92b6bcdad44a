/* SPDX-License-Identifier: Apache-2.0 */
/* audit.js: who did what, from where, and what it was before and after. */

import { html, useState } from '/assets/vendor/preact.js';

import { get } from '../api.js';
import { Choice } from '../components/field.js';
import { Dialog } from '../components/dialog.js';
import { people, Picker } from '../components/picker.js';
import { List, Table } from '../components/table.js';
import { formatInstant } from '../days.js';
import { differences, readObject, showValue } from '../diff.js';
import { choose } from '../router.js';
import { useLoad, useSession } from '../use.js';
import { currentLanguage, has, t, word } from '../words.js';

const OUTCOMES = ['done', 'refused', 'looked'];
const KINDS = ['session', 'person', 'organisation', 'term', 'bell-schedule', 'site', 'device', 'pairing', 'entry', 'lesson', 'workload'];

export function Audit({ query }) {
    const { zone } = useSession();
    const [row, setRow] = useState(null);
    const actor = useLoad((signal) => get(`/people/${query.actor}`, {}, signal), query.actor ?? null).value;
    const filter = { actor: query.actor, kind: query.kind, outcome: query.outcome, from: query.from, to: query.to, object: query.object };
    return html`
        <${List} path="/audit" counts=${false} query=${filter} caption=${t('page.audit')} searchLabel=${t('action.search')} empty=${t('audit.none')} keyOf=${({ seq }) => seq} columns=${[
        { title: t('audit.at'), cell: ({ at }) => html`<span class="nowrap">${formatInstant(at, currentLanguage(), zone, { second: '2-digit' })}</span>` },
        { title: t('audit.actor'), is_head: true, cell: ({ actor_name, actor: id }) => actor_name || (id ? id : t('audit.nobody')) },
        { title: t('audit.action'), cell: (one) => actionOf(one) },
        { title: t('audit.object'), cell: (one) => html`${kindName(one.kind)} <small>${objectName(one)}</small>` },
        { title: t('audit.outcome'), cell: ({ outcome }) => html`<span class="tag outcome-${outcome}">${word('outcome', outcome)}</span>` },
        { title: t('audit.address'), cell: ({ address }) => html`<code>${address}</code>` },
        { title: t('action.open'), is_action: true, cell: (one) => html`<button type="button" class="button small-button" aria-label="${t('audit.what')}: #${one.seq}" onClick=${() => setRow(one)}>${t('audit.what')}</button>` },
    ]}>
            <label class="choice"><span>${t('audit.actor')}</span>
                <${Picker} id="filter-actor" of=${people} value=${query.actor ? actor : null} onPick=${(item) => choose({ actor: item?.id ?? '' })} /></label>
            <${Choice} label=${t('audit.object')} value=${query.kind} onChange=${(kind) => choose({ kind })} options=${[['', t('filter.all')], ...KINDS.map((kind) => [kind, kindName(kind)])]} />
            <${Choice} label=${t('audit.outcome')} value=${query.outcome} onChange=${(outcome) => choose({ outcome })} options=${[['', t('filter.all')], ...OUTCOMES.map((outcome) => [outcome, t(`outcome.${outcome}`)])]} />
            ${['from', 'to'].map((name) => html`<label class="choice" key=${name}><span>${t(`field.${name}`)}</span>
                <input type="date" value=${query[name] ?? ''} onChange=${(event) => choose({ [name]: event.target.value })} /></label>`)}
        <//>
        ${row && html`<${RowDialog} row=${row} onClose=${() => setRow(null)} />`}`;
}

const kindName = (kind) => word('noun', kind);

/* What it is called, where the row says so. */
const objectName = ({ before, after, object }) => readObject(after)?.name ?? readObject(before)?.name
    ?? readObject(after)?.title ?? readObject(before)?.title ?? object;

/* "patch-site" → "changed"; an operation of its own has a word of its own. */
export function actionOf({ action }) {
    if (has(`act.${action}`))
        return t(`act.${action}`);
    const verb = action.split('-', 1)[0];
    return has(`verb.${verb}`) ? t(`verb.${verb}`) : action;
}

/* The name of a field of what is of @kind: a coefficient for sites is no site. */
function fieldName(path, kind) {
    const [, head, rest] = /^([a-z_]*)(.*)$/.exec(path);
    if (kind === 'workload' && has(`workload.${head.replaceAll('_', '-')}`))
        return t(`workload.${head.replaceAll('_', '-')}`);
    const key = `field.${head.replaceAll('_', '-')}`;
    return (has(key) ? t(key) : head) + rest;
}

function RowDialog({ row, onClose }) {
    const { zone } = useSession();
    const rows = differences(readObject(row.before), readObject(row.after)).map((one) => ({ ...one, id: one.field }));
    return html`<${Dialog} title=${t('audit.row', { seq: row.seq })} onClose=${onClose} wide>
        <dl class="facts">
            <dt>${t('audit.at')}</dt><dd>${formatInstant(row.at, currentLanguage(), zone, { second: '2-digit' })}</dd>
            <dt>${t('audit.actor')}</dt><dd>${row.actor_name || t('audit.nobody')} · <code>${row.address}</code></dd>
            <dt>${t('audit.action')}</dt><dd>${actionOf(row)} <code>${row.action}</code> · ${word('outcome', row.outcome)}</dd>
            <dt>${t('audit.object')}</dt><dd>${kindName(row.kind)} · ${objectName(row)} <code>${row.object}</code></dd>
        </dl>
        ${rows.length === 0 ? html`<p class="note">${t('audit.no-difference')}</p>` : html`<${Table} caption=${t('audit.difference')} rows=${rows} classOf=${({ kind }) => `diff-${kind}`} columns=${[
        { title: t('audit.field'), is_head: true, cell: ({ field }) => fieldName(field, row.kind) },
        { title: t('audit.before'), cell: ({ before, kind }) => (kind === 'added' ? '' : html`<del>${showValue(before)}</del>`) },
        { title: t('audit.after'), cell: ({ after, kind }) => (kind === 'removed' ? '' : html`<ins>${showValue(after)}</ins>`) },
    ]} />`}
        <footer class="actions"><span class="spring"></span><button type="button" class="button" onClick=${onClose}>${t('action.close')}</button></footer><//>`;
}

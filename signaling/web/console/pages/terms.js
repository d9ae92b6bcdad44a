/* SPDX-License-Identifier: Apache-2.0 */
/* terms.js: terms with their weeks, days off and shifted workdays. */

import { html, useState } from '/assets/vendor/preact.js';

import { get, patch, post, remove } from '../api.js';
import { Confirm, FormDialog } from '../components/dialog.js';
import { Field, FieldFrame } from '../components/field.js';
import { organisations, Picker } from '../components/picker.js';
import { List } from '../components/table.js';
import { say } from '../components/toast.js';
import { addDays, countWeeks, formatDay, isDay } from '../days.js';
import { complain, useForm, useSession } from '../use.js';
import { currentLanguage, t } from '../words.js';

const KINDS = ['off', 'work'];
const LONG = { year: 'numeric', month: 'short', day: 'numeric' };

export function Terms() {
    const { can_change } = useSession();
    const [dialog, setDialog] = useState(null);
    const [round, setRound] = useState(0);
    const close = () => setDialog(null);
    const changed = () => setRound((n) => n + 1);
    const open = async (name, row) => setDialog({ name, term: await get(`/terms/${row.id}`) });
    const create = can_change && html`<button type="button" class="button button-main" onClick=${() => setDialog({ name: 'edit' })}>${t('term.new')}</button>`;
    return html`
        <div class="bar head">${create}</div>
        <${List} path="/terms" round=${round} caption=${t('page.terms')} searchLabel=${t('action.search')} empty=${t('term.none')} action=${create} columns=${[
        { title: t('field.name'), is_head: true, cell: ({ name }) => name },
        { title: t('field.organisation'), cell: ({ organisation_name, organisation }) => organisation_name ?? organisation },
        { title: t('field.days'), cell: ({ first_day, last_day }) => html`<span class="nowrap">${formatDay(first_day, currentLanguage(), LONG)} – ${formatDay(last_day, currentLanguage(), LONG)}</span>` },
        { title: t('field.n-weeks'), is_number: true, cell: (term) => term.n_weeks ?? countWeeks(term) },
        { title: t('term.exceptions'), cell: ({ exceptions = [] }) => t('term.counts', { off: exceptions.filter(({ kind }) => kind === 'off').length, work: exceptions.filter(({ kind }) => kind === 'work').length }) },
        ...can_change ? [{ title: t('action.edit'), is_action: true, cell: (row) => html`
            <button type="button" class="button small-button" onClick=${() => open('edit', row)}>${t('action.edit')}</button>
            <button type="button" class="button small-button" onClick=${() => open('delete', row)}>${t('action.delete')}</button>` }] : [],
    ]} />
        ${dialog?.name === 'edit' && html`<${TermDialog} key=${dialog.term?.version} term=${dialog.term} onChanged=${changed} onClose=${close} onReload=${() => open('edit', dialog.term)} />`}
        ${dialog?.name === 'delete' && html`<${Confirm} title=${t('action.delete-name', { name: dialog.term.name })} submit=${t('action.delete')} onClose=${close}
            onReload=${() => open('delete', dialog.term)} act=${async () => {
        await remove(`/terms/${dialog.term.id}`, dialog.term);
        changed();
        close();
        say(() => t('say.deleted'));
    }}><p>${t('term.delete-hint')}</p><//>`}`;
}

function TermDialog({ term, onChanged, onClose, onReload }) {
    const { roots } = useSession();
    const form = useForm(term ? { ...term, organisation: { id: term.organisation, name: term.organisation_name ?? term.organisation } }
        : { organisation: roots[0] ?? null, name: '', first_day: '', last_day: '', exceptions: [] }, async (values) => {
        const missing = ['organisation', 'name', 'first_day', 'last_day'].find((name) => !values[name]);
        if (missing)
            throw complain('needed', missing);
        if (values.last_day <= values.first_day)
            throw complain('before-first', 'last_day');
        const body = {
            name: values.name, first_day: values.first_day, last_day: values.last_day,
            exceptions: values.exceptions.map(({ day, kind, follows, name }) => ({ day, kind, name, ...(kind === 'work' && { follows }) })),
        };
        await (term ? patch(`/terms/${term.id}`, term, body) : post('/terms', { ...body, organisation: values.organisation.id }));
        onChanged();
        onClose();
        say(() => t('say.saved'));
    });
    return html`
        <${FormDialog} title=${t(term ? 'term.edit' : 'term.new')} form=${form} onClose=${onClose} onReload=${onReload} wide>
            <div class="fields two">
                <${Field} form=${form} name="name" label=${t('field.name')} hint=${t('term.name-hint')} maxlength="100" required />
                ${term ? null : html`<${FieldFrame} form=${form} name="organisation" label=${t('field.organisation')} hint=${t('term.organisation-hint')}>${(attributes) => html`
                    <${Picker} ...${attributes} of=${organisations} value=${form.values.organisation} onPick=${(item) => form.set('organisation', item)} />`}<//>`}
                <${Field} form=${form} name="first_day" label=${t('field.first-day')} type="date" required />
                <${Field} form=${form} name="last_day" label=${t('field.last-day')} type="date" required />
            </div>
            <${Exceptions} form=${form} />
        <//>`;
}

function Exceptions({ form }) {
    const { exceptions, first_day } = form.values;
    const put = (i, change) => form.set('exceptions', exceptions.map((one, k) => (k === i ? { ...one, ...change } : one)));
    const add = (kind) => {
        const last = exceptions.at(-1)?.day ?? first_day;
        form.set('exceptions', [...exceptions, { day: isDay(last) ? addDays(last, 1) : '', kind, name: exceptions.at(-1)?.name ?? '', follows: '' }]);
    };
    return html`
        <fieldset><legend>${t('term.exceptions')}</legend><p class="hint">${t('term.exceptions-hint')}</p>
            ${exceptions.map((one, i) => html`<div class="row" key=${i}>
                <${Field} form=${form} name="exceptions[${i}].day" label=${t('field.day')} type="date" value=${one.day} onChange=${(day) => put(i, { day })} />
                <${Field} form=${form} name="exceptions[${i}].kind" label=${t('field.kind')} value=${one.kind} onChange=${(kind) => put(i, { kind })} options=${KINDS.map((kind) => [kind, t(`exception.${kind}`)])} />
                ${one.kind === 'work' && html`<${Field} form=${form} name="exceptions[${i}].follows" label=${t('field.follows')} type="date" value=${one.follows ?? ''} onChange=${(follows) => put(i, { follows })} />`}
                <${Field} form=${form} name="exceptions[${i}].name" label=${t('field.name')} value=${one.name} maxlength="100" onChange=${(name) => put(i, { name })} />
                <button type="button" class="plain" aria-label=${t('action.remove-row', { n: i + 1 })} title=${t('action.remove-row', { n: i + 1 })}
                    onClick=${() => form.set('exceptions', exceptions.filter((_, k) => k !== i))}>✕</button>
            </div>`)}
            <button type="button" class="button small-button" onClick=${() => add('off')}>${t('term.add-off')}</button>
            <button type="button" class="button small-button" onClick=${() => add('work')}>${t('term.add-work')}</button>
        </fieldset>`;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* pairings.js: which class gives to which, for a term: list, making, changing, history. */

import { html, useState } from '/assets/vendor/preact.js';

import { etagOf, get, patch, post, remove } from '../api.js';
import { Confirm, Dialog, FormDialog } from '../components/dialog.js';
import { Choice, Field, FieldFrame } from '../components/field.js';
import { givingSites, MultiPicker, Picker, receivingSites, teachers } from '../components/picker.js';
import { Loaded } from '../components/state.js';
import { List } from '../components/table.js';
import { say } from '../components/toast.js';
import { formatInstant } from '../days.js';
import { choose } from '../router.js';
import { getTerms } from '../times.js';
import { complain, useForm, useLoad, useSession } from '../use.js';
import { currentLanguage, t, word } from '../words.js';

const STATES = ['draft', 'active', 'suspended', 'ended'];
const NEXT = { draft: ['active', 'ended'], active: ['suspended', 'ended'], suspended: ['active', 'ended'], ended: [] };
const MODES = ['by-subject', 'whole-class'];

export function Pairings({ query }) {
    const session = useSession();
    const { can_change, can_look } = session;
    const [dialog, setDialog] = useState(null);
    const [round, setRound] = useState(0);
    const terms = useLoad((signal) => getTerms(session, signal), 'terms').value ?? [];
    const changed = () => setRound((n) => n + 1);
    const create = can_change && html`<button type="button" class="button button-main" onClick=${() => setDialog({ name: 'edit' })}>${t('pairing.new')}</button>`;
    return html`
        <div class="bar head">${create}</div>
        <${List} path="/pairings" query=${{ term: query.term, state: query.state, teacher: query.teacher }} round=${round} caption=${t('page.pairings')}
            searchLabel=${t('action.search')} empty=${t('pairing.none')} action=${create} columns=${[
        { title: t('field.name'), is_head: true, cell: (row) => html`<button type="button" class="link" onClick=${() => setDialog({ name: 'look', id: row.id })}>${row.name}</button>` },
        { title: t('field.subject'), cell: ({ subject, grade }) => [subject, grade].filter(Boolean).join(' · ') },
        { title: t('field.giving-site'), cell: ({ giving_site_name }) => giving_site_name },
        { title: t('field.teacher'), cell: ({ teacher_name }) => teacher_name ?? '' },
        { title: t('field.receiving-sites'), cell: ({ receiving_site_names }) => (receiving_site_names ?? []).join(t('app.and')) },
        { title: t('field.term'), cell: ({ term_name }) => term_name ?? '' },
        { title: t('field.state'), cell: ({ state }) => html`<span class="tag pairing-${state}">${word('pairing', state)}</span>` },
    ]}>
            <${Choice} label=${t('field.term')} value=${query.term} onChange=${(term) => choose({ term })} options=${[['', t('filter.all')], ...terms.map(({ id, name }) => [id, name])]} />
            <${Choice} label=${t('field.state')} value=${query.state} onChange=${(state) => choose({ state })} options=${[['', t('filter.all')], ...STATES.map((name) => [name, word('pairing', name)])]} />
            ${can_look && html`<${TeacherFilter} id=${query.teacher} />`}
        <//>
        ${dialog?.name === 'look' && html`<${LookDialog} id=${dialog.id} onClose=${() => setDialog(null)} onDialog=${setDialog} />`}
        ${dialog?.name === 'edit' && html`<${EditDialog} key=${dialog.pairing?.version} pairing=${dialog.pairing} terms=${terms} onChanged=${changed} onDialog=${setDialog} />`}
        ${dialog?.name === 'state' && html`<${StateDialog} ...${dialog} onChanged=${changed} onDialog=${setDialog} />`}
        ${dialog?.name === 'delete' && html`<${DeleteDialog} ...${dialog} onChanged=${changed} onDialog=${setDialog} />`}`;
}

function TeacherFilter({ id }) {
    const named = useLoad((signal) => get(`/people/${id}`, {}, signal), id ? id : null).value;
    return html`<label class="choice"><span>${t('field.teacher')}</span>
        <${Picker} id="filter-teacher" of=${teachers} value=${id ? named : null} onPick=${(item) => choose({ teacher: item?.id ?? '' })} /></label>`;
}

function LookDialog({ id, onClose, onDialog }) {
    const pairing = useLoad((signal) => get(`/pairings/${id}`, {}, signal), id);
    return html`<${Dialog} title=${pairing.value?.name ?? t('field.pairing')} onClose=${onClose} wide>
        <${Loaded} of=${pairing}>${(value) => html`<${Facts} pairing=${value} onDialog=${onDialog} />`}<//><//>`;
}

function Facts({ pairing, onDialog }) {
    const { zone, can_change } = useSession();
    const facts = [
        ['subject', pairing.subject], ['grade', pairing.grade], ['term', pairing.term_name], ['giving-site', pairing.giving_site_name],
        ['teacher', pairing.teacher_name], ['receiving-sites', (pairing.receiving_site_names ?? []).join(t('app.and'))], ['mode', word('mode', pairing.mode)],
    ].filter(([, text]) => text);
    const { history = [] } = pairing;
    return html`
        <p><span class="tag pairing-${pairing.state}">${word('pairing', pairing.state)}</span></p>
        <dl class="facts">${facts.map(([name, text]) => html`<dt>${t(`field.${name}`)}</dt><dd>${text}</dd>`)}</dl>
        <h3>${t('pairing.history')}</h3>
        ${history.length === 0 ? html`<p class="small">${t('pairing.no-history')}</p>` : html`<ol class="history">${history.map(({ at, state, person_name, person, reason }) => html`
            <li key="${at} ${state}"><span class="clock">${formatInstant(at, currentLanguage(), zone)}</span>
                <span class="tag pairing-${state}">${word('pairing', state)}</span> <span>${person_name ?? person ?? ''}</span> <span class="small">${reason}</span></li>`)}</ol>`}
        ${can_change && html`<footer class="actions">
            ${pairing.state !== 'ended' && html`<button type="button" class="button" onClick=${() => onDialog({ name: 'edit', pairing })}>${t('action.edit')}</button>`}
            ${NEXT[pairing.state].map((state) => html`<button type="button" key=${state} class="button ${state === 'active' ? 'button-main' : state === 'ended' ? 'button-end' : ''}"
                onClick=${() => onDialog({ name: 'state', pairing, state })}>${t(`pairing.to-${state}`)}</button>`)}
            ${pairing.state === 'draft' && html`<button type="button" class="button button-end" onClick=${() => onDialog({ name: 'delete', pairing })}>${t('action.delete')}</button>`}
        </footer>`}`;
}

function StateDialog({ pairing, state, onChanged, onDialog }) {
    const back = () => onDialog({ name: 'look', id: pairing.id });
    return html`<${Confirm} title=${t(`pairing.to-${state}-name`, { name: pairing.name })} submit=${t(`pairing.to-${state}`)} reason onClose=${back} onReload=${back}
        act=${async ({ reason }) => {
        if (!reason.trim())
            throw complain('needed', 'reason');
        await post(`/pairings/${pairing.id}/state`, { state, reason }, { etag: etagOf(pairing) });
        onChanged();
        say(() => t('say.saved'));
        back();
    }}><p>${t(`pairing.to-${state}-hint`)}</p><//>`;
}

const DeleteDialog = ({ pairing, onChanged, onDialog }) => html`
    <${Confirm} title=${t('action.delete-name', { name: pairing.name })} submit=${t('action.delete')} onClose=${() => onDialog({ name: 'look', id: pairing.id })}
        onReload=${() => onDialog({ name: 'look', id: pairing.id })} act=${async () => {
        await remove(`/pairings/${pairing.id}`, pairing);
        onChanged();
        onDialog(null);
        say(() => t('say.deleted'));
    }}><p>${t('pairing.delete-hint')}</p><//>`;

function EditDialog({ pairing, terms, onChanged, onDialog }) {
    const newest = terms[0]?.id ?? ''; /* they may come in only after the dialog is open */
    const form = useForm(pairing ? {
        ...pairing, grade: pairing.grade ?? '', giving_site: { id: pairing.giving_site, name: pairing.giving_site_name },
        teacher: pairing.teacher ? { id: pairing.teacher, name: pairing.teacher_name } : null,
        receiving_sites: pairing.receiving_sites.map((id, i) => ({ id, name: pairing.receiving_site_names?.[i] ?? id })),
    } : { name: '', term: '', giving_site: null, teacher: null, receiving_sites: [], subject: '', grade: '', mode: 'by-subject' }, async (values) => {
        const term = values.term || newest;
        const missing = !term ? 'term' : ['name', 'subject', 'giving_site', 'teacher'].find((name) => !values[name])
            ?? (values.receiving_sites.length === 0 ? 'receiving_sites' : null);
        if (missing)
            throw complain('needed', missing);
        const body = {
            name: values.name, term, subject: values.subject, grade: values.grade, mode: values.mode,
            giving_site: values.giving_site.id, teacher: values.teacher.id, receiving_sites: values.receiving_sites.map(({ id }) => id),
        };
        const saved = await (pairing ? patch(`/pairings/${pairing.id}`, pairing, body) : post('/pairings', body));
        onChanged();
        say(() => t('say.saved'));
        onDialog({ name: 'look', id: saved.id });
    });
    const { values } = form;
    const one = (name, of, query) => html`<${FieldFrame} form=${form} name=${name} label=${t(`field.${name.replace('_', '-')}`)}>${(attributes) => html`
        <${Picker} ...${attributes} of=${of} query=${query} value=${values[name]} onPick=${(item) => form.set(name, item)} />`}<//>`;
    return html`
        <${FormDialog} title=${t(pairing ? 'pairing.edit' : 'pairing.new')} form=${form} wide onClose=${() => onDialog(pairing ? { name: 'look', id: pairing.id } : null)}
                onReload=${pairing && (async () => onDialog({ name: 'edit', pairing: await get(`/pairings/${pairing.id}`) }))}>
            <div class="fields">
                <${Field} form=${form} name="name" label=${t('field.name')} hint=${t('pairing.name-hint')} maxlength="100" required wide />
                <${Field} form=${form} name="term" label=${t('field.term')} value=${values.term || newest} options=${terms.map(({ id, name }) => [id, name])} />
                <${Field} form=${form} name="mode" label=${t('field.mode')} options=${MODES.map((name) => [name, word('mode', name)])} />
                <${Field} form=${form} name="subject" label=${t('field.subject')} maxlength="60" required />
                <${Field} form=${form} name="grade" label=${t('field.grade')} maxlength="60" />
                ${one('giving_site', givingSites)}${one('teacher', teachers)}
            </div>
            <${FieldFrame} form=${form} name="receiving_sites" label=${t('field.receiving-sites')} hint=${t('pairing.receiving-hint')}>${(attributes) => html`
                <${MultiPicker} ...${attributes} of=${receivingSites} values=${values.receiving_sites} onChange=${(list) => form.set('receiving_sites', list)} />`}<//>
        <//>`;
}

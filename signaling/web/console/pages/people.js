/* SPDX-License-Identifier: Apache-2.0 */
/* people.js: who may sign in, and what each is appointed to. First passwords are shown once. */

import { html, useState } from '/assets/vendor/preact.js';

import { get, patch, post, remove } from '../api.js';
import { Confirm, FormDialog, Secret } from '../components/dialog.js';
import { Choice, Field, FieldFrame } from '../components/field.js';
import { organisations, Picker } from '../components/picker.js';
import { List } from '../components/table.js';
import { say } from '../components/toast.js';
import { formatInstant } from '../days.js';
import { choose } from '../router.js';
import { complain, useForm, useSession } from '../use.js';
import { currentLanguage, t, word } from '../words.js';

const ROLES = ['teacher', 'inspector', 'administrator'];

export function People({ query }) {
    const { can_change, person: me } = useSession();
    const [dialog, setDialog] = useState(null);
    const [round, setRound] = useState(0);
    const changed = () => setRound((n) => n + 1);
    const shared = { onDialog: setDialog, onChanged: changed, onClose: () => setDialog(null) };
    const open = async (name, row) => setDialog({ name, person: await get(`/people/${row.id}`) });
    const create = can_change && html`<button type="button" class="button button-main" onClick=${() => setDialog({ name: 'edit' })}>${t('person.new')}</button>`;
    return html`
        <div class="bar head">${create}</div>
        <${List} path="/people" query=${{ role: query.role }} round=${round} caption=${t('page.people')} searchLabel=${t('action.search')} empty=${t('person.none')} action=${create} columns=${[
        { title: t('field.person-name'), is_head: true, cell: (row) => (can_change ? html`<button type="button" class="link" onClick=${() => open('edit', row)}>${row.name}</button>` : row.name) },
        { title: t('field.sign-in'), cell: ({ sign_in }) => html`<code>${sign_in}</code>` },
        { title: t('field.organisation'), cell: ({ organisation_name }) => organisation_name },
        { title: t('field.appointments'), cell: ({ appointments = [] }) => appointments.map(({ role, organisation, organisation_name }) => html`
            <div key="${role} ${organisation}">${t(`role.${role}`)} <small>${organisation_name}</small></div>`) },
        { title: t('field.phone'), cell: ({ phone }) => phone },
        { title: t('field.state'), cell: (row) => html`<${State} ...${row} />` },
        ...can_change ? [{ title: t('action.edit'), is_action: true, cell: (row) => html`
            <button type="button" class="button small-button" aria-label="${t('person.reset')}: ${row.name}" onClick=${() => open('reset', row)}>${t('person.reset')}</button>
            ${row.id !== me.id && html`<button type="button" class="button small-button" aria-label="${t(row.state === 'active' ? 'person.disable' : 'person.enable')}: ${row.name}"
                onClick=${() => open('state', row)}>${t(row.state === 'active' ? 'person.disable' : 'person.enable')}</button>`}` }] : [],
    ]}>
            <${Choice} label=${t('field.role')} value=${query.role} onChange=${(role) => choose({ role })} options=${[['', t('filter.all')], ...ROLES.map((role) => [role, t(`role.${role}`)])]} />
        <//>
        <${Dialogs} ...${shared} dialog=${dialog} again=${() => open(dialog.name, dialog.person)} />`;
}

function State({ state, must_change, locked_until }) {
    const { zone } = useSession();
    const is_locked = locked_until && Date.parse(locked_until) > Date.now();
    return html`<span class="tag person-${state}">${t(`person-state.${state}`)}</span>
        ${must_change && state === 'active' && html` <span class="tag">${t('person.must-change')}</span>`}
        ${is_locked && html` <span class="tag wrong">${t('person.locked', { time: formatInstant(locked_until, currentLanguage(), zone) })}</span>`}`;
}

function Dialogs({ dialog, again, onDialog, onChanged, onClose }) {
    if (!dialog)
        return null;
    const { name, person } = dialog;
    const secret = (password) => {
        onChanged();
        onDialog({ name: 'secret', person, password });
    };
    const done = (key) => {
        onChanged();
        onClose();
        say(() => t(key));
    };
    switch (name) {
    case 'edit':
        return html`<${PersonDialog} key=${person?.version} person=${person} onClose=${onClose} onReload=${again} onSaved=${() => done('say.saved')}
            onCreated=${(made) => { onChanged(); onDialog({ name: 'secret', person: made, password: made.password }); }} onDelete=${() => onDialog({ name: 'delete', person })} />`;
    case 'secret':
        return html`<${Secret} title=${t('person.first-password', { name: person.name })} value=${dialog.password} onClose=${onClose}>
            <p>${t('person.first-password-hint', { sign_in: person.sign_in })}</p><//>`;
    case 'reset':
        return html`<${Confirm} title=${t('person.reset-name', { name: person.name })} submit=${t('person.reset')} onClose=${onClose}
            act=${async () => secret((await post(`/people/${person.id}/password`)).password)}><p>${t('person.reset-hint')}</p><//>`;
    case 'delete':
        return html`<${Confirm} title=${t('action.delete-name', { name: person.name })} submit=${t('action.delete')} onClose=${onClose} onReload=${again}
            act=${async () => {
        await remove(`/people/${person.id}`, person);
        done('say.deleted');
    }}><p>${t('person.delete-hint')}</p><//>`;
    default: {
        const disables = person.state === 'active';
        return html`<${Confirm} title=${t(disables ? 'person.disable-name' : 'person.enable-name', { name: person.name })} submit=${t(disables ? 'person.disable' : 'person.enable')}
            onClose=${onClose} onReload=${again} act=${async () => {
        await patch(`/people/${person.id}`, person, { state: disables ? 'disabled' : 'active' });
        done('say.saved');
    }}><p>${t(disables ? 'person.disable-hint' : 'person.enable-hint')}</p><//>`;
    }
    }
}

function PersonDialog({ person, onClose, onSaved, onCreated, onReload, onDelete }) {
    const { roots, person: me } = useSession();
    const own = person ? { id: person.organisation, name: person.organisation_name } : roots[0] ?? null;
    const form = useForm(person ? { ...person, phone: person.phone ?? '', appointments: person.appointments ?? [] }
        : { organisation: own, sign_in: '', name: '', phone: '', appointments: own ? [{ role: 'teacher', organisation: own.id, organisation_name: own.name }] : [] }, async (values) => {
        const missing = ['name', 'sign_in', 'organisation'].find((name) => !values[name]);
        if (missing)
            throw complain('needed', missing);
        const at = values.appointments.findIndex(({ organisation }) => !organisation);
        if (at >= 0)
            throw complain('needed', `appointments[${at}].organisation`);
        const body = { name: values.name, phone: values.phone, appointments: values.appointments.map(({ role, organisation }) => ({ role, organisation })) };
        if (person) {
            await patch(`/people/${person.id}`, person, body);
            onSaved();
        } else {
            onCreated(await post('/people', { ...body, sign_in: values.sign_in.trim().toLowerCase(), organisation: values.organisation.id }));
        }
    });
    return html`
        <${FormDialog} title=${t(person ? 'person.edit' : 'person.new')} form=${form} onClose=${onClose} onReload=${onReload} wide
                more=${person && person.id !== me.id && html`<button type="button" class="button button-end" onClick=${onDelete}>${t('action.delete')}</button>`}>
            <div class="fields two">
                <${Field} form=${form} name="name" label=${t('field.person-name')} maxlength="100" required />
                <${Field} form=${form} name="sign_in" label=${t('field.sign-in')} hint=${person ? null : t('person.sign-in-hint')} maxlength="64" spellcheck=${false} autocapitalize="none" readonly=${Boolean(person)} required />
                <${Field} form=${form} name="phone" label=${t('field.phone')} type="tel" maxlength="40" />
                ${!person && html`<${FieldFrame} form=${form} name="organisation" label=${t('field.organisation')} hint=${t('person.organisation-hint')}>${(attributes) => html`
                    <${Picker} ...${attributes} of=${organisations} value=${form.values.organisation} onPick=${(item) => form.set('organisation', item)} />`}<//>`}
            </div>
            <${Appointments} form=${form} />
        <//>`;
}

function Appointments({ form }) {
    const { appointments, organisation } = form.values;
    const put = (i, change) => form.set('appointments', appointments.map((one, k) => (k === i ? { ...one, ...change } : one)));
    const blank = typeof organisation === 'object' && organisation ? { organisation: organisation.id, organisation_name: organisation.name } : { organisation: '', organisation_name: '' };
    return html`
        <fieldset><legend>${t('field.appointments')}</legend><p class="hint">${t('person.appointments-hint')}</p>
            ${appointments.map((one, i) => html`<div class="row" key=${i}>
                <${Field} form=${form} name="appointments[${i}].role" label=${t('field.role')} value=${one.role} onChange=${(role) => put(i, { role })} options=${ROLES.map((role) => [role, t(`role.${role}`)])} />
                <${FieldFrame} form=${form} name="appointments[${i}].organisation" label=${t('field.at')}>${(attributes) => html`
                    <${Picker} ...${attributes} of=${organisations} value=${one.organisation ? { id: one.organisation, name: one.organisation_name } : null}
                        onPick=${(item) => put(i, { organisation: item?.id ?? '', organisation_name: item?.name ?? '' })} />`}<//>
                <button type="button" class="plain" aria-label=${t('action.remove-row', { n: i + 1 })} title=${t('action.remove-row', { n: i + 1 })}
                    onClick=${() => form.set('appointments', appointments.filter((_, k) => k !== i))}>✕</button>
            </div>`)}
            <button type="button" class="button small-button" onClick=${() => form.set('appointments', [...appointments, { role: 'teacher', ...blank }])}>${t('person.add-appointment')}</button>
        </fieldset>`;
}

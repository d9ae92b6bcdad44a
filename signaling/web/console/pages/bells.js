/* SPDX-License-Identifier: Apache-2.0 */
/* bells.js: bell schedules: the periods of a day, and when each begins and ends. */

import { html, useState } from '/assets/vendor/preact.js';

import { get, patch, post, remove } from '../api.js';
import { Confirm, FormDialog } from '../components/dialog.js';
import { Field, FieldFrame } from '../components/field.js';
import { organisations, Picker } from '../components/picker.js';
import { List } from '../components/table.js';
import { say } from '../components/toast.js';
import { minutesOf, timeOf } from '../days.js';
import { complain, useForm, useSession } from '../use.js';
import { t } from '../words.js';

const LESSON_MIN = 40, BREAK_MIN = 10, FIRST = '08:00'; /* what a new row proposes */

export function Bells() {
    const { can_change } = useSession();
    const [dialog, setDialog] = useState(null);
    const [round, setRound] = useState(0);
    const close = () => setDialog(null);
    const changed = () => setRound((n) => n + 1);
    const open = async (name, row) => setDialog({ name, schedule: await get(`/bell-schedules/${row.id}`) });
    const create = can_change && html`<button type="button" class="button button-main" onClick=${() => setDialog({ name: 'edit' })}>${t('bell.new')}</button>`;
    return html`
        <div class="bar head">${create}</div>
        <${List} path="/bell-schedules" round=${round} caption=${t('page.bells')} searchLabel=${t('action.search')} empty=${t('bell.none')} action=${create} columns=${[
        { title: t('field.name'), is_head: true, cell: ({ name }) => name },
        { title: t('field.organisation'), cell: ({ organisation_name, organisation }) => organisation_name ?? organisation },
        { title: t('bell.periods'), cell: ({ periods = [] }) => html`<span class="periods">${periods.map(({ number, name, starts, ends }) => html`
            <span key=${number}><b>${name || number}</b> ${starts}–${ends}</span>`)}</span>` },
        ...can_change ? [{ title: t('action.edit'), is_action: true, cell: (row) => html`
            <button type="button" class="button small-button" onClick=${() => open('edit', row)}>${t('action.edit')}</button>
            <button type="button" class="button small-button" onClick=${() => open('delete', row)}>${t('action.delete')}</button>` }] : [],
    ]} />
        ${dialog?.name === 'edit' && html`<${BellDialog} key=${dialog.schedule?.version} schedule=${dialog.schedule} onChanged=${changed} onClose=${close} onReload=${() => open('edit', dialog.schedule)} />`}
        ${dialog?.name === 'delete' && html`<${Confirm} title=${t('action.delete-name', { name: dialog.schedule.name })} submit=${t('action.delete')} onClose=${close}
            onReload=${() => open('delete', dialog.schedule)} act=${async () => {
        await remove(`/bell-schedules/${dialog.schedule.id}`, dialog.schedule);
        changed();
        close();
        say(() => t('say.deleted'));
    }}><p>${t('bell.delete-hint')}</p><//>`}`;
}

/* The period after those there are. */
export function nextPeriod(periods) {
    const last = periods.at(-1);
    const starts_min = last?.ends ? Math.min(minutesOf(last.ends) + BREAK_MIN, 23 * 60) : minutesOf(FIRST);
    const number = (last?.number ?? 0) + 1;
    return { number, name: t('timetable.period', { n: number }), starts: timeOf(starts_min), ends: timeOf(starts_min + LESSON_MIN) };
}

function BellDialog({ schedule, onChanged, onClose, onReload }) {
    const { roots } = useSession();
    const form = useForm(schedule ? { ...schedule } : { organisation: roots[0] ?? null, name: '', periods: [nextPeriod([])] }, async (values) => {
        if (!values.name)
            throw complain('needed', 'name');
        if (!values.organisation)
            throw complain('needed', 'organisation');
        values.periods.forEach(({ starts, ends }, i) => {
            if (!starts || !ends)
                throw complain('needed', `periods[${i}].${starts ? 'ends' : 'starts'}`);
            if (ends <= starts)
                throw complain('ends-early', `periods[${i}].ends`);
        });
        const body = { name: values.name, periods: values.periods };
        await (schedule ? patch(`/bell-schedules/${schedule.id}`, schedule, body) : post('/bell-schedules', { ...body, organisation: values.organisation.id }));
        onChanged();
        onClose();
        say(() => t('say.saved'));
    });
    const { periods } = form.values;
    const put = (i, change) => form.set('periods', periods.map((one, k) => (k === i ? { ...one, ...change } : one)));
    return html`
        <${FormDialog} title=${t(schedule ? 'bell.edit' : 'bell.new')} form=${form} onClose=${onClose} onReload=${onReload} wide>
            <div class="fields two">
                <${Field} form=${form} name="name" label=${t('field.name')} hint=${t('bell.name-hint')} maxlength="100" required />
                ${!schedule && html`<${FieldFrame} form=${form} name="organisation" label=${t('field.organisation')}>${(attributes) => html`
                    <${Picker} ...${attributes} of=${organisations} value=${form.values.organisation} onPick=${(item) => form.set('organisation', item)} />`}<//>`}
            </div>
            <fieldset><legend>${t('bell.periods')}</legend>
                ${periods.map((one, i) => html`<div class="row" key=${i}>
                    <${Field} form=${form} name="periods[${i}].number" label=${t('field.number')} type="number" min="1" max="30" value=${one.number} onChange=${(number) => put(i, { number: Number(number) })} />
                    <${Field} form=${form} name="periods[${i}].name" label=${t('field.name')} value=${one.name} maxlength="40" onChange=${(name) => put(i, { name })} />
                    <${Field} form=${form} name="periods[${i}].starts" label=${t('field.starts')} type="time" value=${one.starts} onChange=${(starts) => put(i, { starts })} />
                    <${Field} form=${form} name="periods[${i}].ends" label=${t('field.ends')} type="time" value=${one.ends} onChange=${(ends) => put(i, { ends })} />
                    <button type="button" class="plain" aria-label=${t('action.remove-row', { n: i + 1 })} title=${t('action.remove-row', { n: i + 1 })}
                        onClick=${() => form.set('periods', periods.filter((_, k) => k !== i))}>✕</button>
                </div>`)}
                <button type="button" class="button small-button" onClick=${() => form.set('periods', [...periods, nextPeriod(periods)])}>${t('bell.add')}</button>
            </fieldset>
        <//>`;
}

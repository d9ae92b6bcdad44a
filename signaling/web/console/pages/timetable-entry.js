/* SPDX-License-Identifier: Apache-2.0 */
/* timetable-entry.js: the weekly entries: which pairing meets on which weekday and period. */

import { html, useEffect, useState } from '/assets/vendor/preact.js';

import { get, patch, post, remove } from '../api.js';
import { Check } from '../components/conflicts.js';
import { Confirm, FormDialog } from '../components/dialog.js';
import { Field, FieldFrame } from '../components/field.js';
import { pairings, Picker, teachers } from '../components/picker.js';
import { List } from '../components/table.js';
import { say } from '../components/toast.js';
import { countWeeks } from '../days.js';
import { getSchedulesOf } from '../times.js';
import { complain, useForm, useLoad, useSession } from '../use.js';
import { t } from '../words.js';

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];
const WEEKS = ['all', 'odd', 'even'];

export function Entries({ term, query, schedules, round, onDialog, onChanged }) {
    const { can_change } = useSession();
    const [leaving, setLeaving] = useState(null);
    const periodOf = ({ schedule, period, period_name }) => period_name
        || schedules.find(({ id }) => id === schedule)?.periods.find(({ number }) => number === period)?.name || t('timetable.period', { n: period });
    const edit = async (row) => onDialog({ name: 'entry', entry: await get(`/entries/${row.id}`) });
    return html`
        <${List} path="/entries" query=${{ term: term.id, site: query.site, of_teacher: query.teacher, organisation: query.school }} round=${round} caption=${t('timetable.view-entries')}
            empty=${t('entry.none')} columns=${[
        { title: t('field.weekday'), cell: ({ weekday }) => t(`weekday.${weekday}`) },
        { title: t('field.period'), cell: periodOf },
        { title: t('field.pairing'), is_head: true, cell: (row) => row.pairing_name ?? row.pairing },
        { title: t('field.teacher'), cell: ({ teacher_name }) => teacher_name ?? '' },
        { title: t('field.weeks'), cell: ({ weeks, first_week, last_week }) => `${t(`weeks.${weeks}`)} · ${t('weeks.range', { first: first_week, last: last_week })}` },
        ...can_change ? [{ title: t('action.edit'), is_action: true, cell: (row) => html`
            <button type="button" class="button small-button" onClick=${() => edit(row)}>${t('action.edit')}</button>
            <button type="button" class="button small-button" onClick=${() => setLeaving(row)}>${t('action.delete')}</button>` }] : [],
    ]} />
        ${leaving && html`<${Confirm} title=${t('entry.delete')} submit=${t('action.delete')} onClose=${() => setLeaving(null)} act=${async () => {
        await remove(`/entries/${leaving.id}`, leaving);
        setLeaving(null);
        onChanged();
        say(() => t('say.deleted'));
    }}><p>${t('entry.delete-hint')}</p><//>`}`;
}

/* @entry undefined: a new one. */
export function EntryDialog({ term, schedules: known, schedule, entry, onChanged, onClose, onDialog }) {
    const form = useForm(entry ? {
        ...entry, pairing: { id: entry.pairing, name: entry.pairing_name ?? entry.pairing },
        teacher: entry.teacher ? { id: entry.teacher, name: entry.teacher_name ?? entry.teacher } : null,
    } : {
        pairing: null, weekday: 1, schedule: schedule?.id ?? '', period: schedule?.periods[0]?.number ?? '',
        weeks: 'all', first_week: 1, last_week: countWeeks(term), teacher: null,
    }, async (values) => {
        if (!values.pairing)
            throw complain('needed', 'pairing');
        const body = bodyOf(values);
        if (!body)
            throw complain('needed', 'period');
        await (entry ? patch(`/entries/${entry.id}`, entry, changesOf(body, entry)) : post('/entries', body));
        say(() => t('say.saved'));
        onChanged();
        onClose();
    });
    const { values } = form;
    const own = useLoad((signal) => getSchedulesOf(values.pairing, signal), values.pairing?.id ?? null).value;
    const schedules = own?.length ? own : known;
    useEffect(() => { /* the chosen one may not be the school's */
        if (own?.length && !own.some(({ id }) => id === values.schedule))
            form.setValues((old) => ({ ...old, schedule: own[0].id, period: own[0].periods[0]?.number ?? '' }));
    }, [own]);
    const bells = schedules.find(({ id }) => id === values.schedule);
    const pick = ({ weekday, period }) => form.setValues((old) => ({ ...old, weekday: weekday ?? old.weekday, period: period ?? old.period }));
    const number = (name) => (value) => form.set(name, value === '' ? '' : Number(value));
    return html`
        <${FormDialog} title=${t(entry ? 'entry.edit' : 'timetable.new-entry')} form=${form} onClose=${onClose} wide
                onReload=${entry && (async () => onDialog({ name: 'entry', entry: await get(`/entries/${entry.id}`) }))}>
            <${FieldFrame} form=${form} name="pairing" label=${t('field.pairing')}>${(attributes) => html`
                <${Picker} ...${attributes} of=${pairings} query=${{ term: term.id }} value=${values.pairing} onPick=${(item) => form.set('pairing', item)} />`}<//>
            <div class="fields">
                <${Field} form=${form} name="weekday" label=${t('field.weekday')} options=${WEEKDAYS.map((n) => [n, t(`weekday.${n}`)])} onChange=${number('weekday')} />
                ${schedules.length > 1 && html`<${Field} form=${form} name="schedule" label=${t('field.schedule')} options=${schedules.map(({ id, name }) => [id, name])}
                    onChange=${(id) => form.setValues((old) => ({ ...old, schedule: id, period: schedules.find((one) => one.id === id)?.periods[0]?.number ?? '' }))} />`}
                <${Field} form=${form} name="period" label=${t('field.period')} onChange=${number('period')}
                    options=${(bells?.periods ?? []).map((one) => [one.number, `${one.name || t('timetable.period', { n: one.number })} · ${one.starts}–${one.ends}`])} />
                <${Field} form=${form} name="weeks" label=${t('field.weeks')} options=${WEEKS.map((name) => [name, t(`weeks.${name}`)])} />
                <${Field} form=${form} name="first_week" label=${t('field.first-week')} type="number" min="1" max="53" onChange=${number('first_week')} />
                <${Field} form=${form} name="last_week" label=${t('field.last-week')} type="number" min="1" max="53" onChange=${number('last_week')} />
            </div>
            <${FieldFrame} form=${form} name="teacher" label=${t('entry.teacher')} hint=${t('entry.teacher-hint')}>${(attributes) => html`
                <${Picker} ...${attributes} of=${teachers} value=${values.teacher} onPick=${(item) => form.set('teacher', item)} />`}<//>
            <${Check} ask=${(body, signal) => post('/entries/check', entry ? { ...body, entry: entry.id } : body, { signal })} body=${bodyOf(values)}
                refused=${form.problem} onPick=${pick} />
        <//>`;
}

function bodyOf({ pairing, weekday, schedule, period, weeks, first_week, last_week, teacher }) {
    if (!pairing || !schedule || period === '' || first_week === '' || last_week === '')
        return null;
    return { pairing: pairing.id, weekday, schedule, period, weeks, first_week, last_week, teacher: teacher?.id ?? null };
}

const changesOf = (body, entry) => Object.fromEntries(Object.entries(body).filter(([name, value]) => (entry[name] ?? null) !== value));

/* SPDX-License-Identifier: Apache-2.0 */
/* timetable-lesson.js: one lesson: what it is; moving it, giving it to a substitute, cancelling
 * it, making it up; and a new single one. */

import { html, useState } from '/assets/vendor/preact.js';

import { etagOf, get, patch, post } from '../api.js';
import { Check, Conflicts, timesOfFree } from '../components/conflicts.js';
import { Confirm, Dialog, FormDialog } from '../components/dialog.js';
import { Field, FieldFrame } from '../components/field.js';
import { pairings, Picker, teachers } from '../components/picker.js';
import { Loaded } from '../components/state.js';
import { say } from '../components/toast.js';
import { formatDay, instantOf, wallClock } from '../days.js';
import { complain, useForm, useLoad, useSession } from '../use.js';
import { classroomsOf } from '../week.js';
import { currentLanguage, t, word } from '../words.js';

export function LessonDialog({ id, mode: first = 'look', ...shared }) {
    const [mode, setMode] = useState(first);
    const lesson = useLoad((signal) => get(`/lessons/${id}`, {}, signal), id);
    const done = (key) => () => {
        say(() => t(key));
        shared.onChanged();
        shared.onClose();
    };
    if (!lesson.value || mode === 'look')
        return html`<${Dialog} title=${lesson.value?.title ?? t('field.lesson')} onClose=${shared.onClose}>
            <${Loaded} of=${lesson}>${(value) => html`<${Facts} lesson=${value} onMode=${setMode} />`}<//><//>`;
    const rest = { ...shared, key: lesson.value.version, lesson: lesson.value, onReload: lesson.reload };
    switch (mode) {
    case 'move':
        return html`<${MoveDialog} ...${rest} onDone=${done('lesson.moved')} />`;
    case 'substitute':
        return html`<${SubstituteDialog} ...${rest} onDone=${done('lesson.given')} />`;
    case 'makeup':
        return html`<${MoveDialog} ...${rest} is_makeup onDone=${done('lesson.made-up')} />`;
    default:
        return html`<${CancelDialog} ...${rest} onDone=${done('lesson.cancelled')} />`;
    }
}

const timesOf = (lesson, zone) => {
    const from = wallClock(lesson.starts_at, zone), to = wallClock(lesson.ends_at, zone);
    return { day: from.day, from: from.time, to: to.time };
};

function Facts({ lesson, onMode }) {
    const { zone, can_change } = useSession();
    const { day, from, to } = timesOf(lesson, zone);
    const facts = [
        [t('field.time'), `${formatDay(day, currentLanguage(), { dateStyle: 'full' })} · ${lesson.period ? `${t('timetable.period', { n: lesson.period })} · ` : ''}${from}–${to}`],
        [t('field.subject'), lesson.subject], [t('field.teacher'), lesson.teacher_name],
        [t('field.sites'), classroomsOf(lesson).join(t('app.and'))],
        [t('field.state'), word('state', lesson.state)], [t('field.origin'), word('origin', lesson.origin)], [t('field.reason'), lesson.reason],
    ].filter(([, text]) => text);
    const can_move = can_change && lesson.state === 'scheduled';
    const act = (mode, key, is_main) => html`<button type="button" class="button ${is_main ? 'button-main' : ''}" onClick=${() => onMode(mode)}>${t(key)}</button>`;
    return html`
        <dl class="facts">${facts.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>
        ${(can_move || (can_change && lesson.state === 'cancelled')) && html`<footer class="actions">
            ${can_move && html`${act('move', 'lesson.move', true)}${act('substitute', 'lesson.substitute')}
                <button type="button" class="button button-end" onClick=${() => onMode('cancel')}>${t('lesson.cancel')}</button>`}
            ${lesson.state === 'cancelled' && act('makeup', 'lesson.make-up', true)}
        </footer>`}`;
}

/* Day and period, or times of its own where there is no period. */
function When({ form, schedule }) {
    const periods = schedule?.periods ?? [];
    const options = [...periods.map(({ number, name, starts, ends }) => [number, `${name || t('timetable.period', { n: number })} · ${starts}–${ends}`]), ['', t('lesson.own-times')]];
    return html`
        <${Field} form=${form} name="day" label=${t('field.day')} type="date" required />
        <${Field} form=${form} name="period" label=${t('field.period')} options=${options} onChange=${(value) => form.set('period', value && Number(value))} />
        ${form.values.period === '' && html`
            <${Field} form=${form} name="from" label=${t('field.from-time')} type="time" required />
            <${Field} form=${form} name="to" label=${t('field.to-time')} type="time" required />`}`;
}

/* What the API calls the time that was chosen; null while it is not complete. A period is
 * named where the lesson has one, else it is the times of its bells. */
function whenOf({ day, period, from, to }, schedule, zone, is_by_period) {
    if (!day)
        return null;
    if (period !== '' && is_by_period)
        return { day, period };
    const bells = period === '' ? { starts: from, ends: to } : schedule.periods.find(({ number }) => number === period);
    if (!bells?.starts || !bells.ends)
        return null;
    return { starts_at: instantOf(day, bells.starts, zone), ends_at: instantOf(day, bells.ends, zone) };
}

const take = (form, zone) => (free) => form.setValues((old) => {
    return { ...old, ...timesOfFree(free, zone), day: free.day, period: free.period ?? '' };
});

function MoveDialog({ lesson, to, schedule, is_makeup = false, onDone, onClose, onReload }) {
    const { zone } = useSession();
    const now = timesOf(lesson, zone);
    const is_by_period = lesson.period !== null && lesson.period !== undefined;
    const known = schedule?.periods.some(({ number }) => number === (to?.period || lesson.period));
    const form = useForm({
        day: to?.day ?? now.day, period: to ? to.period : (is_by_period && known ? lesson.period : ''),
        from: to?.period === '' ? to.time : now.from, to: now.to, reason: '',
    }, async (values) => {
        const when = whenOf(values, schedule, zone, is_by_period);
        if (!when)
            throw complain('needed', 'day');
        if (is_makeup)
            await post('/lessons', { makes_up: lesson.id, reason: values.reason, ...when });
        else
            await patch(`/lessons/${lesson.id}`, lesson, { ...when, reason: values.reason });
        onDone();
    });
    const when = whenOf(form.values, schedule, zone, is_by_period);
    const is_same = !is_makeup && form.values.day === now.day && form.values.period === lesson.period;
    return html`
        <${FormDialog} title=${t(is_makeup ? 'lesson.make-up-name' : 'lesson.move-name', { name: lesson.title })} form=${form} onClose=${onClose} onReload=${onReload}
                submit=${t(is_makeup ? 'lesson.make-up' : 'lesson.move')}>
            <p class="note">${t('lesson.now', { when: `${formatDay(now.day, currentLanguage(), { weekday: 'long', month: 'long', day: 'numeric' })} ${now.from}–${now.to}` })}</p>
            <div class="fields"><${When} form=${form} schedule=${schedule} />
                <${Field} form=${form} name="reason" label=${t('field.reason')} maxlength="200" wide /></div>
            ${is_makeup ? form.problem?.name === 'conflict' && html`<${Conflicts} found=${form.problem.members} onPick=${take(form, zone)} />`
        : html`<${Check} ask=${(body, signal) => post(`/lessons/${lesson.id}/check`, body, { signal })} body=${is_same ? null : when}
            refused=${form.problem} onPick=${take(form, zone)} />`}
        <//>`;
}

function SubstituteDialog({ lesson, onDone, onClose, onReload }) {
    const form = useForm({ teacher: null, reason: '' }, async ({ teacher, reason }) => {
        if (!teacher)
            throw complain('needed', 'teacher');
        await patch(`/lessons/${lesson.id}`, lesson, { teacher: teacher.id, reason });
        onDone();
    });
    const { teacher } = form.values;
    return html`
        <${FormDialog} title=${t('lesson.substitute-name', { name: lesson.title })} form=${form} onClose=${onClose} onReload=${onReload} submit=${t('lesson.substitute')}>
            <p class="note">${t('lesson.now-by', { name: lesson.teacher_name ?? '—' })}</p>
            <${FieldFrame} form=${form} name="teacher" label=${t('field.substitute')}>${(attributes) => html`
                <${Picker} ...${attributes} of=${teachers} value=${teacher} onPick=${(item) => form.set('teacher', item)} />`}<//>
            <${Field} form=${form} name="reason" label=${t('field.reason')} maxlength="200" />
            <${Check} ask=${(body, signal) => post(`/lessons/${lesson.id}/check`, body, { signal })} body=${teacher && { teacher: teacher.id }}
                refused=${form.problem} onPick=${() => {}} />
        <//>`;
}

function CancelDialog({ lesson, onDone, onClose, onReload }) {
    return html`<${Confirm} title=${t('lesson.cancel-name', { name: lesson.title })} submit=${t('lesson.cancel')} reason onClose=${onClose} onReload=${onReload}
        act=${async ({ reason }) => {
        if (!reason.trim())
            throw complain('needed', 'reason');
        await post(`/lessons/${lesson.id}/cancel`, { reason }, { etag: etagOf(lesson) });
        onDone();
    }}><p>${t('lesson.cancel-hint')}</p><//>`;
}

export function SingleDialog({ term, schedule, day, onChanged, onClose }) {
    const { zone } = useSession();
    const form = useForm({ pairing: null, title: '', day, period: schedule?.periods[0]?.number ?? '', from: '', to: '', reason: '' }, async (values) => {
        const when = whenOf(values, schedule, zone, false);
        if (!values.pairing)
            throw complain('needed', 'pairing');
        if (!when)
            throw complain('needed', values.day ? 'from' : 'day');
        await post('/lessons', { pairing: values.pairing.id, ...when, ...(values.title && { title: values.title }), ...(values.reason && { reason: values.reason }) });
        say(() => t('lesson.created'));
        onChanged();
        onClose();
    });
    return html`
        <${FormDialog} title=${t('timetable.new-single')} form=${form} onClose=${onClose} submit=${t('action.create')}>
            <${FieldFrame} form=${form} name="pairing" label=${t('field.pairing')}>${(attributes) => html`
                <${Picker} ...${attributes} of=${pairings} query=${{ term: term.id }} value=${form.values.pairing} onPick=${(item) => form.set('pairing', item)} />`}<//>
            <div class="fields"><${When} form=${form} schedule=${schedule} />
                <${Field} form=${form} name="title" label=${t('field.title')} hint=${t('lesson.title-hint')} maxlength="100" />
                <${Field} form=${form} name="reason" label=${t('field.reason')} maxlength="200" /></div>
            ${form.problem?.name === 'conflict' && html`<${Conflicts} found=${form.problem.members} onPick=${take(form, zone)} />`}
        <//>`;
}

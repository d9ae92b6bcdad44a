/* SPDX-License-Identifier: Apache-2.0 */
/* timetable.js: the lessons of a week, as a calendar or as a list, and the weekly entries
 * behind them. */

import { html, useMemo, useState } from '/assets/vendor/preact.js';

import { get, getAll } from '../api.js';
import { Calendar } from '../components/calendar.js';
import { Choice } from '../components/field.js';
import { Picker, schools, sites, teachers } from '../components/picker.js';
import { Empty, Loaded } from '../components/state.js';
import { addDays, countWeeks, formatDay, isOddWeek, mondayOf, mondayOfWeek, wallClock, weekOfTerm, weekToShow }
    from '../days.js';
import { choose } from '../router.js';
import { getSchedules, getTerms } from '../times.js';
import { useLoad, useSession } from '../use.js';
import { bandsOf, eventOf, exceptionsOfWeek, hoursOf, nearestPeriod } from '../week.js';
import { currentLanguage, t } from '../words.js';
import { EntryDialog, Entries } from './timetable-entry.js';
import { LessonDialog, SingleDialog } from './timetable-lesson.js';
import { LessonList } from './timetable-list.js';
import { AddressDialog, ExportDialog, GenerateDialog } from './timetable-work.js';
import { ImportDialog } from './timetable-import.js';

const MOST_LESSONS = 300, CROWDED = 80; /* more than a week's columns can show */
const VIEWS = ['week', 'list', 'entries'];
const NARROW = '(max-width: 720px)';

const getTimes = async (session, school, signal) => {
    const [terms, schedules] = await Promise.all([getTerms(session, signal), getSchedules(session, school, signal)]);
    return { terms, schedules };
};

export function Timetable({ query }) {
    const session = useSession();
    const times = useLoad((signal) => getTimes(session, query.school, signal), 'times', { round: query.school });
    return html`<${Loaded} of=${times}>${({ terms, schedules }) => (terms.length === 0
        ? html`<${NoTerm} />` : html`<${Board} terms=${terms} schedules=${schedules} query=${query} />`)}<//>`;
}

function NoTerm() {
    const { can_change } = useSession();
    return html`<${Empty} action=${can_change && html`<a class="button button-main" href="#/terms">${t('timetable.make-term')}</a>`}>${t('timetable.no-term')}<//>`;
}

function pickTerm(terms, id, today) {
    return terms.find((term) => term.id === id)
        ?? terms.find(({ first_day, last_day }) => first_day <= today && today <= last_day) ?? terms[0];
}

/* The periods to show: those chosen, else the school's own, else the first there are. */
const pickSchedule = (schedules, { schedule, school }) => schedules.find(({ id }) => id === schedule)
    ?? schedules.find(({ organisation }) => organisation === school) ?? schedules[0] ?? null;

function Board({ terms, schedules, query }) {
    const { zone, can_change, can_look } = useSession();
    const today = wallClock(Date.now(), zone).day;
    const term = pickTerm(terms, query.term, today);
    const week = Math.min(Math.max(Number(query.week) || weekToShow(term, today), 1), countWeeks(term));
    const schedule = pickSchedule(schedules, query);
    const view = VIEWS.includes(query.view) ? query.view : matchMedia(NARROW).matches ? 'list' : 'week';
    const [dialog, setDialog] = useState(null); /* {name, …} */
    const [round, setRound] = useState(0);
    const changed = () => setRound((n) => n + 1);
    const close = () => {
        setDialog(null);
        if (query.lesson)
            choose({ lesson: '' });
    };
    const shared = { term, week, schedules, schedule, query, round, onChanged: changed, onClose: close, onDialog: setDialog };
    return html`
        <${Toolbar} ...${shared} terms=${terms} today=${today} can_change=${can_change} can_look=${can_look} />
        <div class="bar no-print"><${Filters} query=${query} schedules=${schedules} schedule=${schedule} /><span class="spring"></span>
            <div class="tabs" role="group" aria-label=${t('timetable.view')}>${VIEWS.map((name) => html`
                <button type="button" class="tab" key=${name} aria-pressed=${String(view === name)} onClick=${() => choose({ view: name })}>${t(`timetable.view-${name}`)}</button>`)}</div></div>
        ${view === 'entries' ? html`<${Entries} ...${shared} />` : html`<${Week} ...${shared} view=${view} />`}
        <${Dialogs} ...${shared} dialog=${query.lesson && !dialog ? { name: 'lesson', id: query.lesson } : dialog} />`;
}

function Toolbar({ terms, term, week, today, can_change, can_look, onDialog }) {
    const n_weeks = countWeeks(term), this_week = weekOfTerm(term, today);
    const weeks = Array.from({ length: n_weeks }, (_, i) => [i + 1, t(isOddWeek(i + 1) ? 'timetable.week-odd' : 'timetable.week-even', { n: i + 1 })]);
    const to = (n) => choose({ week: n });
    return html`
        <div class="bar no-print">
            <${Choice} label=${t('field.term')} value=${term.id} options=${terms.map(({ id, name }) => [id, name])} onChange=${(id) => choose({ term: id, week: '' })} />
            <div class="steps" role="group" aria-label=${t('field.week')}>
                <button type="button" class="button" aria-label=${t('timetable.week-before')} title=${t('timetable.week-before')} disabled=${week <= 1} onClick=${() => to(week - 1)}>‹</button>
                <${Choice} label=${html`<span class="unseen">${t('field.week')}</span>`} value=${week} options=${weeks} onChange=${to} />
                <button type="button" class="button" aria-label=${t('timetable.week-after')} title=${t('timetable.week-after')} disabled=${week >= n_weeks} onClick=${() => to(week + 1)}>›</button>
                <button type="button" class="button" disabled=${this_week === week || this_week < 1 || this_week > n_weeks} onClick=${() => to(this_week)}>${t('timetable.this-week')}</button>
            </div>
        </div>
        <div class="bar head no-print">
            ${can_change && html`
                <button type="button" class="button button-main" onClick=${() => onDialog({ name: 'entry' })}>${t('timetable.new-entry')}</button>
                <button type="button" class="button" onClick=${() => onDialog({ name: 'single' })}>${t('timetable.new-single')}</button>
                <button type="button" class="button" onClick=${() => onDialog({ name: 'generate' })}>${t('timetable.generate')}</button>
                <button type="button" class="button" onClick=${() => onDialog({ name: 'import' })}>${t('timetable.import')}</button>`}
            ${can_look && html`<button type="button" class="button" onClick=${() => onDialog({ name: 'export' })}>${t('timetable.export')}</button>`}
            <button type="button" class="button" onClick=${() => onDialog({ name: 'address' })}>${t('timetable.address')}</button>
        </div>`;
}

/* The name of what the address tells only by its id. */
function useNamed(path, id) {
    const { can_look } = useSession();
    return useLoad((signal) => get(`${path}/${encodeURIComponent(id)}`, {}, signal), id && can_look ? `${path}/${id}` : null).value;
}

function Filters({ query, schedules, schedule }) {
    const { can_look } = useSession();
    const school = useNamed('/organisations', query.school), site = useNamed('/sites', query.site), teacher = useNamed('/people', query.teacher);
    const one = (name, of, value) => html`
        <label class="choice"><span>${t(`field.${name}`)}</span>
            <${Picker} id="filter-${name}" of=${of} value=${value} onPick=${(item) => choose({ [name]: item?.id ?? '' })} /></label>`;
    return html`<div class="filters" role="search">
        ${can_look && html`${one('school', schools, school)}${one('site', sites, site)}${one('teacher', teachers, teacher)}`}
        ${schedules.length > 1 && html`<${Choice} label=${t('field.schedule')} value=${schedule?.id} options=${schedules.map(({ id, name }) => [id, name])}
            onChange=${(id) => choose({ schedule: id })} />`}
    </div>`;
}

function Week({ term, week, schedule, query, round, view, onDialog }) {
    const { zone, can_change, can_look } = useSession();
    const monday = mondayOfWeek(term, week), sunday = addDays(monday, 6);
    const asked = { from: monday, to: sunday, organisation: query.school, site: query.site, teacher: query.teacher };
    const load = useLoad((signal) => getAll('/lessons', asked, { most: MOST_LESSONS, signal }), JSON.stringify(asked), { round });
    const key = JSON.stringify(load.value) + (schedule?.id ?? '') + monday + currentLanguage();
    const drawn = useMemo(() => {
        const lessons = load.value?.items ?? [];
        return {
            marks: exceptionsOfWeek(term, monday), hours: hoursOf(lessons, schedule, zone),
            events: [...bandsOf(schedule, monday), ...lessons.map((lesson) => eventOf(lesson, zone, can_change))],
        };
    }, [key, term]);
    const onDrop = (lesson, day, time) => {
        const period = nearestPeriod(schedule, time);
        onDialog({ name: 'lesson', id: lesson.id, mode: 'move', to: { day, period: period?.number ?? '', time } });
    };
    const open = (lesson) => onDialog({ name: 'lesson', id: lesson.id });
    const is_list = view === 'list' || (load.value?.items.length ?? 0) > CROWDED;
    const is_filtered = query.school || query.site || query.teacher;
    return html`
        <${WeekHead} term=${term} week=${week} monday=${monday} marks=${drawn.marks} />
        <${Loaded} of=${load}>${({ items, is_all }) => html`
            ${!is_all && html`<p class="note" role="status">${t('timetable.too-many', { n: items.length })}</p>`}
            ${is_all && view === 'week' && is_list && html`<p class="note" role="status">${t('timetable.crowded', { n: items.length })}</p>`}
            ${items.length === 0 && html`<${Empty}>${is_filtered || !can_look ? t('timetable.none-filtered') : t('timetable.none')}<//>`}
            ${is_list ? items.length > 0 && html`<${LessonList} lessons=${items} marks=${drawn.marks} monday=${monday} onOpen=${open} />`
        : html`<${Calendar} ...${drawn} monday=${monday} today=${wallClock(Date.now(), zone).day} label=${t('timetable.calendar')} onOpen=${open} onDrop=${onDrop} />
            ${can_change && items.length > 0 && html`<p class="hint no-print">${t('timetable.drag-hint')}</p>`}`}`}<//>`;
}

/* "Week 5 · odd · 30 March – 5 April", and the days off and shifted in it. */
function WeekHead({ term, week, monday, marks }) {
    const locale = currentLanguage();
    return html`<div class="week-head"><h2>${t(isOddWeek(week) ? 'timetable.week-odd' : 'timetable.week-even', { n: week })}
            <small>${formatDay(monday, locale)} – ${formatDay(addDays(monday, 6), locale)} · ${term.name}</small></h2>
        <ul class="marks">${[...marks.values()].map(({ day, kind, name, follows }) => html`<li key=${day} class="tag ${kind}">
            ${kind === 'off' ? t('exception.off-on', { day: formatDay(day, locale), name })
        : t('exception.work-on', { day: formatDay(day, locale), name, follows: follows ? formatDay(follows, locale, { month: 'short', day: 'numeric', weekday: 'short' }) : '' })}</li>`)}</ul></div>`;
}

function Dialogs({ dialog, ...shared }) {
    switch (dialog?.name) {
    case 'lesson':
        return html`<${LessonDialog} key=${dialog.id} ...${shared} ...${dialog} />`;
    case 'single':
        return html`<${SingleDialog} ...${shared} day=${mondayOf(mondayOfWeek(shared.term, shared.week))} />`;
    case 'entry':
        return html`<${EntryDialog} key=${dialog.entry?.version} ...${shared} entry=${dialog.entry} />`;
    case 'generate':
        return html`<${GenerateDialog} ...${shared} />`;
    case 'import':
        return html`<${ImportDialog} ...${shared} />`;
    case 'export':
        return html`<${ExportDialog} ...${shared} />`;
    case 'address':
        return html`<${AddressDialog} ...${shared} />`;
    default:
        return null;
    }
}

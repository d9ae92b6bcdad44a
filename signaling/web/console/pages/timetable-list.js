/* SPDX-License-Identifier: Apache-2.0 */
/* timetable-list.js: a week's lessons as a table: for narrow screens, printers and readers. */

import { html } from '/assets/vendor/preact.js';

import { Table } from '../components/table.js';
import { formatDay, wallClock } from '../days.js';
import { useSession } from '../use.js';
import { classroomsOf } from '../week.js';
import { currentLanguage, t, word } from '../words.js';

export function LessonList({ lessons, marks, onOpen }) {
    const { zone } = useSession();
    const at = (instant) => wallClock(instant, zone).time;
    const dayOf = (lesson) => lesson.day ?? wallClock(lesson.starts_at, zone).day;
    return html`<${Table} caption=${t('timetable.view-list')} rows=${lessons} classOf=${({ state }) => `row-${state}`} columns=${[
        { title: t('field.day'), cell: (lesson) => html`<span class="nowrap">${formatDay(dayOf(lesson), currentLanguage(), { weekday: 'short', month: 'short', day: 'numeric' })}</span>
            ${marks.has(dayOf(lesson)) && html` <span class="tag ${marks.get(dayOf(lesson)).kind}">${marks.get(dayOf(lesson)).name}</span>`}` },
        { title: t('field.period'), cell: ({ period }) => (period ? t('timetable.period', { n: period }) : '') },
        { title: t('field.time'), cell: (lesson) => html`<span class="nowrap">${at(lesson.starts_at)}–${at(lesson.ends_at)}</span>` },
        { title: t('field.lesson'), is_head: true, cell: ({ title }) => title },
        { title: t('field.teacher'), cell: ({ teacher_name }) => teacher_name },
        { title: t('field.sites'), cell: (lesson) => classroomsOf(lesson).join(t('app.and')) },
        { title: t('field.state'), cell: ({ state, origin }) => html`<span class="tag ${state}">${word('state', state)}</span>
            ${origin !== 'timetable' && html` <span class="tag">${word('origin', origin)}</span>`}` },
        { title: t('action.open'), is_action: true, cell: (lesson) => html`<button type="button" class="button small-button no-print"
            aria-label=${t('action.open-name', { name: lesson.title })} onClick=${() => onOpen(lesson)}>${t('action.open')}</button>` },
    ]} />`;
}

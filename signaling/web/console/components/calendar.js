/* SPDX-License-Identifier: Apache-2.0 */
/* calendar.js: a week drawn by EventCalendar; lessons may be dragged. Times are those on the
 * school's wall, whatever zone this machine is in. */

import { html, useEffect, useRef, useState } from '/assets/vendor/preact.js';

import { formatDay } from '../days.js';
import { classroomsOf, wallOfDate } from '../week.js';
import { currentLanguage, t, word } from '../words.js';
import { Loading } from './state.js';
import { loadLibrary } from './vendor.js';

/* @today: the school's, which this machine's need not be. @marks: Map of day → {kind, name, follows}. @onOpen(lesson, element); @onDrop(lesson, day, time). */
export function Calendar({ monday, today, events, marks, hours, label, onOpen, onDrop }) {
    const box = useRef(null), calendar = useRef(null), acts = useRef({});
    const [library, setLibrary] = useState(null);
    acts.current = { onOpen, onDrop, marks };
    useEffect(() => {
        loadLibrary('calendar').then(setLibrary);
    }, []);
    useEffect(() => {
        if (!library)
            return undefined;
        calendar.current = library.create(box.current, options(acts));
        return () => library.destroy(calendar.current);
    }, [library]);
    useEffect(() => {
        const language = currentLanguage();
        for (const [name, value] of Object.entries({
            locale: language, date: monday, events, slotMinTime: hours.from, slotMaxTime: hours.to, highlightedDates: [today],
            dayHeaderFormat: (date) => dayHeader(date, acts.current.marks),
        }))
            calendar.current?.setOption(name, value);
    }, [library, monday, events, marks, hours.from, hours.to, today, currentLanguage()]);
    const onKey = (event) => {
        if ((event.key === 'Enter' || event.key === ' ') && event.target.classList.contains('ec-event')) {
            event.preventDefault();
            event.target.click();
        }
    };
    return html`<div class="calendar" role="region" aria-label=${label} onKeyDown=${onKey}>
        ${!library && html`<${Loading} />`}<div ref=${box}></div></div>`;
}

function options(acts) {
    return {
        view: 'timeGridWeek', headerToolbar: { start: '', center: '', end: '' }, firstDay: 1,
        allDaySlot: false, slotDuration: '00:30', slotHeight: 40, snapDuration: '00:05',
        slotLabelInterval: '01:00', height: 'auto', nowIndicator: false, slotEventOverlap: false,
        eventDurationEditable: false, eventStartEditable: false, dragScroll: true,
        slotLabelFormat: (date) => wallOfDate(date).time,
        eventTimeFormat: (from, to) => `${wallOfDate(from).time}–${wallOfDate(to ?? from).time}`,
        eventContent: ({ event, timeText }) => (event.display === 'background' ? ''
            : { domNodes: [content(event.extendedProps.lesson, timeText)] }),
        eventClick: ({ el, event }) => event.extendedProps.lesson && acts.current.onOpen(event.extendedProps.lesson, el),
        eventDrop: ({ event, revert }) => {
            const { day, time } = wallOfDate(event.start);
            revert(); /* it moves when the server says so */
            acts.current.onDrop(event.extendedProps.lesson, day, time);
        },
    };
}

function line(className, text) {
    const element = document.createElement('span');
    element.className = className;
    element.textContent = text;
    return element;
}

function content(lesson, time) {
    const box = document.createElement('div');
    box.className = 'lesson';
    const state = lesson.state === 'scheduled' ? '' : word('state', lesson.state);
    box.append(line('lesson-time', state ? `${time} · ${state}` : time), line('lesson-title', lesson.title),
        line('lesson-aside', [lesson.teacher_name, ...classroomsOf(lesson)].filter(Boolean).join(' · ')));
    box.title = [lesson.title, lesson.teacher_name, ...classroomsOf(lesson)].filter(Boolean).join('\n');
    return box;
}

function dayHeader(date, marks) {
    const { day } = wallOfDate(date);
    const box = document.createElement('div');
    box.className = 'day-head';
    box.append(line('day-name', formatDay(day, currentLanguage(), { weekday: 'short' })),
        line('day-date', formatDay(day, currentLanguage())));
    const mark = marks.get(day);
    if (mark)
        box.append(line(`tag ${mark.kind}`, `${t(`exception.${mark.kind}-short`)} ${mark.name}`));
    return { domNodes: [box] };
}

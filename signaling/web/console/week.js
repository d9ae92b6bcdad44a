/* SPDX-License-Identifier: Apache-2.0 */
/* week.js: a week of lessons as the calendar draws it, and what a drop means. Pure. */

import { addDays, minutesOf, timeOf, wallClock } from './days.js';

const EARLIEST_MIN = 8 * 60, LATEST_MIN = 17 * 60; /* shown at least */
const DROP_MAX_MIN = 30; /* so far from a period's bell, a drop still means that period */

/* What is remarkable about the seven days from @monday: Map of day → exception. */
export function exceptionsOfWeek(term, monday) {
    const last = addDays(monday, 6);
    return new Map((term?.exceptions ?? [])
        .filter(({ day }) => day >= monday && day <= last).map((one) => [one.day, one]));
}

/* A lesson as an event of the calendar; times are those on the school's wall. */
export function eventOf(lesson, zone, is_editable) {
    const from = wallClock(lesson.starts_at, zone), to = wallClock(lesson.ends_at, zone);
    return {
        id: lesson.id, start: `${from.day} ${from.time}`, end: `${to.day} ${to.time}`,
        title: lesson.title, startEditable: is_editable && lesson.state === 'scheduled',
        durationEditable: false, classNames: [`lesson-${lesson.state}`],
        extendedProps: { lesson },
    };
}

/* The names of all its classrooms, the giving one first. */
export const classroomsOf = ({ giving_site_name, site_names }) =>
    [...new Set([giving_site_name, ...site_names ?? []])].filter(Boolean);

/* Bands behind the lessons: each period of @schedule on each day. */
export function bandsOf(schedule, monday, n_days = 7) {
    const bands = [];
    for (let i = 0; i < n_days; i++)
        for (const { starts, ends, number } of schedule?.periods ?? [])
            bands.push({
                id: `band-${i}-${number}`, display: 'background', classNames: ['band'],
                start: `${addDays(monday, i)} ${starts}`, end: `${addDays(monday, i)} ${ends}`,
            });
    return bands;
}

/* {from, to} "HH:MM": whole hours that hold all lessons and periods. */
export function hoursOf(lessons, schedule, zone) {
    const times = (schedule?.periods ?? []).flatMap(({ starts, ends }) => [starts, ends]);
    for (const { starts_at, ends_at } of lessons)
        times.push(wallClock(starts_at, zone).time, wallClock(ends_at, zone).time);
    const minutes = times.map(minutesOf);
    const from = Math.min(EARLIEST_MIN, ...minutes), to = Math.max(LATEST_MIN, ...minutes);
    return {
        from: timeOf(Math.floor(from / 60) * 60), to: timeOf(Math.min(24, Math.ceil(to / 60)) * 60),
    };
}

/* The period of @schedule that begins nearest to @time, or null where none is near. */
export function nearestPeriod(schedule, time) {
    let best = null, best_min = DROP_MAX_MIN + 1;
    for (const period of schedule?.periods ?? []) {
        const away_min = Math.abs(minutesOf(period.starts) - minutesOf(time));
        if (away_min < best_min)
            [best, best_min] = [period, away_min];
    }
    return best;
}

/* The calendar's Date shows wall time as this machine's local time. */
export function wallOfDate(date) {
    const two = (n) => String(n).padStart(2, '0');
    return {
        day: `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
        time: `${two(date.getHours())}:${two(date.getMinutes())}`,
    };
}

/* Is @entry held in that week of the term? */
export const isHeldIn = (entry, week) => week >= entry.first_week && week <= entry.last_week
    && (entry.weeks === 'all' || (entry.weeks === 'odd') === (week % 2 === 1));

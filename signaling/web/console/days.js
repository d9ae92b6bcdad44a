/* SPDX-License-Identifier: Apache-2.0 */
/* days.js: days as text ("2026-09-01"), weeks of a term, and the school's clock. */

export const DEFAULT_ZONE = 'Asia/Shanghai';
const DAY_MS = 86_400_000;
const formats = new Map(); /* making one is slow */

const ofDay = (day) => Date.parse(`${day}T00:00:00Z`);
const toDay = (ms) => new Date(ms).toISOString().slice(0, 10);

export const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(ofDay(text))
    && toDay(ofDay(text)) === text;
export const addDays = (day, n) => toDay(ofDay(day) + n * DAY_MS);
export const daysBetween = (from, to) => Math.round((ofDay(to) - ofDay(from)) / DAY_MS);

/* 1 Monday to 7 Sunday. */
export const weekdayOf = (day) => (new Date(ofDay(day)).getUTCDay() + 6) % 7 + 1;
export const mondayOf = (day) => addDays(day, 1 - weekdayOf(day));

/* Weeks of a term run from Monday; the one with its first day is 1. */
export const weekOfTerm = (term, day) =>
    Math.floor(daysBetween(mondayOf(term.first_day), day) / 7) + 1;
export const mondayOfWeek = (term, week) => addDays(mondayOf(term.first_day), 7 * (week - 1));
export const countWeeks = (term) => weekOfTerm(term, term.last_day);
export const isOddWeek = (week) => week % 2 === 1;

/* The week of @term to show on @today: this one, or the nearest that it has. */
export function weekToShow(term, today) {
    return Math.min(Math.max(weekOfTerm(term, today), 1), countWeeks(term));
}

function formatOf(locale, options) {
    const key = `${locale} ${JSON.stringify(options)}`;
    if (!formats.has(key))
        formats.set(key, new Intl.DateTimeFormat(locale, options));
    return formats.get(key);
}

/* {day, time} on the wall in @zone at @instant (RFC 3339 or ms). */
export function wallClock(instant, zone = DEFAULT_ZONE) {
    const parts = Object.fromEntries(formatOf('en-GB', {
        timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit',
        minute: '2-digit', hourCycle: 'h23',
    }).formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
    return {
        day: `${parts.year}-${parts.month}-${parts.day}`, time: `${parts.hour}:${parts.minute}`,
    };
}

/* The instant at which @zone's wall shows @day and @time, as RFC 3339 in UTC. */
export function instantOf(day, time, zone = DEFAULT_ZONE) {
    const wanted = Date.parse(`${day}T${time}:00Z`);
    let ms = wanted;
    for (let i = 0; i < 2; i++) { /* twice: the offset may differ at the first guess */
        const shown = wallClock(ms, zone);
        ms += wanted - Date.parse(`${shown.day}T${shown.time}:00Z`);
    }
    return new Date(ms).toISOString().replace('.000Z', 'Z');
}

export const minutesOf = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
export const timeOf = (minutes) =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/* As a person reads it. */
export const formatDay = (day, locale, options = { month: 'short', day: 'numeric' }) =>
    formatOf(locale, { timeZone: 'UTC', ...options }).format(ofDay(day));

export const formatInstant = (instant, locale, zone = DEFAULT_ZONE, options = {}) =>
    formatOf(locale, {
        timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit',
        minute: '2-digit', hourCycle: 'h23', ...options,
    }).format(new Date(instant));

/* SPDX-License-Identifier: Apache-2.0 */
/* hours.js: where the lesson is in its time, and what the school's clocks show. What time it
 * is is passed in, and is the server's. Spec: docs/protocol.md#the-bell. */

const MINUTE_MS = 60_000;

let zone = 'Asia/Shanghai'; /* of the school, until the server tells another */

/* Phases: null (not open yet, or not known), 'opened', 'begun', 'ending', 'over',
 * 'cancelled'. @told: of a `bell` event. */
export function phaseAfter(before, told) {
    switch (told) {
    case 'ended':
        return 'over';
    case 'extended':
        return 'begun';
    case 'moved': /* what follows from it is told next */
        return isOn(before) ? 'begun' : null;
    default:
        return told;
    }
}

export const isOn = (phase) => phase === 'begun' || phase === 'ending';

export const isOver = (phase) => phase === 'over' || phase === 'cancelled';

/* Minutes until the bell, begun ones count; 0 when it has rung. */
export function minutesToBell({ lesson, phase }, now_ms) {
    if (!lesson?.starts_at || isOn(phase) || isOver(phase))
        return 0;
    return minutesUntil(lesson.starts_at, now_ms);
}

/* Minutes until the end, begun ones count; null when the lesson is not on. */
export function minutesLeft({ lesson, phase }, now_ms) {
    return lesson?.ends_at && isOn(phase) ? minutesUntil(lesson.ends_at, now_ms) : null;
}

function minutesUntil(instant, now_ms) {
    return Math.max(0, Math.ceil((Date.parse(instant) - now_ms) / MINUTE_MS));
}

/* @told: the school's zone (IANA) as the server tells it; nothing told changes nothing. */
export function keepZone(told) {
    zone = told ?? zone;
}

/* "08:45" on the school's clocks: a computer's own may be set to anything. */
export function clockTime(instant, language) {
    return new Date(instant).toLocaleTimeString(language,
        { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone });
}

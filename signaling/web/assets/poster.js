/* SPDX-License-Identifier: Apache-2.0 */
/* poster.js: what a classroom's screen shows while no lesson is on. */

import { clockTime } from './hours.js';
import { currentLanguage, t } from './i18n.js';

const MINUTE_MS = 60_000;
const SOON_MINUTES = 120;

const find = (id) => document.getElementById(id);

/* The words for @attendant: { heading, large, lines, qr, alarm }. */
export function posterOf(attendant, now_ms) {
    const here = attendant.site ? `${attendant.school} · ${attendant.site}` : t('app.name');
    switch (attendant.state) {
    case 'enrolling':
        return {
            heading: t('kiosk.new'), large: attendant.enrolment.code, qr: attendant.enrolment.qr,
            lines: [t('kiosk.scan'), t(attendant.was_revoked ? 'kiosk.revoked' : 'kiosk.after')],
        };
    case 'unreached':
        return unreached(attendant, here, now_ms);
    default:
        return waiting(attendant, here, now_ms);
    }
}

function unreached(attendant, heading, now_ms) {
    if (attendant.is_new)
        return { heading, large: t('kiosk.connecting'), lines: [] };
    const next = attendant.next(now_ms);
    return {
        heading, large: t('kiosk.no-connection'), alarm: true,
        lines: [t('kiosk.retrying'), t('kiosk.check'),
            ...(next ? [t('kiosk.next', { title: `${timeOf(next, attendant, now_ms)} ${next.title}` })]
                     : [])],
    };
}

function waiting(attendant, heading, now_ms) {
    const next = attendant.next(now_ms);
    const wall_ms = attendant.wall(now_ms);
    if (wall_ms === null)
        return { heading, large: t('kiosk.connecting'), lines: [] };
    if (!next)
        return { heading, large: t('kiosk.none'), lines: [t('kiosk.none-then')] };
    const minutes = Math.ceil((next.starts_ms - wall_ms) / MINUTE_MS);
    return {
        heading, large: timeOf(next, attendant, now_ms),
        lines: [t('kiosk.next', { title: next.title }), comingOf(attendant.state, minutes)],
    };
}

function comingOf(state, minutes) {
    if (state === 'entering' || minutes <= 0)
        return t('kiosk.entering');
    return minutes > SOON_MINUTES ? t('kiosk.by-itself') : t('kiosk.in-minutes', { n: minutes });
}

/* With the day, unless that is today. */
function timeOf({ starts_ms }, attendant, now_ms) {
    const language = currentLanguage();
    const day = (ms) => new Date(ms).toLocaleDateString(language,
        { month: 'long', day: 'numeric', weekday: 'short', timeZone: attendant.zone });
    const time = clockTime(starts_ms, language);
    return day(starts_ms) === day(attendant.wall(now_ms)) ? time : `${day(starts_ms)} ${time}`;
}

export function showPoster(attendant, now_ms) {
    const { heading, large, lines, qr, alarm } = posterOf(attendant, now_ms);
    find('poster').classList.toggle('alarm', Boolean(alarm));
    write(find('poster-heading'), heading);
    write(find('poster-large'), large);
    lines.concat('', '', '').slice(0, 3).forEach((line, i) => write(find(`poster-line-${i}`), line));
    const wall_ms = attendant.wall(now_ms);
    write(find('poster-clock'), wall_ms === null ? ''
        : clockTime(wall_ms, currentLanguage()));
    find('poster-scan').hidden = !qr;
    if (qr && find('poster-scan').getAttribute('src') !== qr)
        find('poster-scan').src = qr;
}

/* Only what changed: a screen reader then says it once. */
function write(element, text) {
    if (element.textContent !== text)
        element.textContent = text;
    element.hidden = !text;
}

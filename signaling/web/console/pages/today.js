/* SPDX-License-Identifier: Apache-2.0 */
/* today.js: what is live, what begins soon, what is over, and what is wrong. */

import { html } from '/assets/vendor/preact.js';

import { get, post } from '../api.js';
import { Empty, Loaded } from '../components/state.js';
import { Table } from '../components/table.js';
import { say } from '../components/toast.js';
import { formatDay, formatInstant, wallClock } from '../days.js';
import { formatRoute } from '../router.js';
import { useLoad, useSession } from '../use.js';
import { classroomsOf } from '../week.js';
import { currentLanguage, describe, sentenceOf, t, word } from '../words.js';

const EVERY_MS = 15_000;

export function Today() {
    const today = useLoad((signal) => get('/today', {}, signal), 'today', { every_ms: EVERY_MS });
    return html`<${Loaded} of=${today}>${(value) => html`<${Board} ...${value} />`}<//>`;
}

function Board({ now, live, next, over, wrong }) {
    const { zone } = useSession();
    const { day } = wallClock(now, zone);
    return html`
        <p class="sub"><span>${formatDay(day, currentLanguage(), { dateStyle: 'full' })}</span>
            <span class="clock">${t('today.as-of', { time: formatInstant(now, currentLanguage(), zone, { year: undefined, month: undefined, day: undefined, second: '2-digit' }) })}</span></p>
        <ul class="tally">
            ${[['live', live], ['next', next], ['over', over], ['wrong', wrong]].map(([name, { length }]) => html`
                <li class="card ${name} ${length ? '' : 'none'}"><b>${length}</b><span>${t(`today.${name}`)}</span></li>`)}
        </ul>
        ${wrong.length > 0 && html`<section aria-labelledby="wrong"><h2 id="wrong">${t('today.wrong')}</h2>
            <ul class="wrongs">${wrong.map((one, i) => html`<${Wrong} key="${one.kind} ${one.lesson ?? ''} ${one.site ?? ''} ${one.device ?? i}" ...${one} />`)}</ul></section>`}
        <${Lessons} name="live" lessons=${live} /><${Lessons} name="next" lessons=${next} /><${Lessons} name="over" lessons=${over} />`;
}

const OF_DEVICES = new Set(['device-silent', 'camera-missing', 'microphone-missing']);

/* Where to click: the devices of the classroom, the lesson in its week, or the timetable. */
function targetOf({ kind, lesson, site }) {
    if (site && (OF_DEVICES.has(kind) || !lesson))
        return formatRoute('devices', { site: idOf(site) });
    return formatRoute('timetable', lesson ? { lesson: idOf(lesson), site: idOf(site) } : {});
}

const idOf = (what) => (what !== null && typeof what === 'object' ? what.id : what);
const named = (what) => (what !== null && typeof what === 'object' ? what.name ?? what.title ?? '' : '');

function Wrong(one) {
    const names = [one.lesson_title ?? named(one.lesson), one.site_name ?? named(one.site), one.device_name ?? named(one.device)].filter(Boolean);
    return html`<li class="card"><span class="mark" aria-hidden="true">!</span>
        <div><p class="strong">${word('wrong', one.kind)}</p>
            <p>${names.join(' · ')}</p><p class="small">${sentenceOf(one.sentence ?? one.detail)}</p></div>
        ${(one.lesson || one.site || one.kind === 'job-failed') && html`<a class="button" href=${targetOf(one)}>${t('today.look')}</a>`}</li>`;
}

/* The lesson's own page, in a tab that is opened at once: later a browser would not let us. */
async function enter(lesson) {
    const tab = open('about:blank', '_blank');
    try {
        const { url } = await post(`/lessons/${lesson.id}/join`);
        if (tab)
            tab.location = url;
        else
            location.assign(url);
    } catch (problem) {
        tab?.close();
        say(() => describe(problem));
    }
}

function Lessons({ name, lessons }) {
    const { zone, person } = useSession();
    const at = (instant) => wallClock(instant, zone).time;
    return html`<section aria-labelledby=${name}><h2 id=${name}>${t(`today.${name}`)}</h2>
        ${lessons.length === 0 ? html`<${Empty}>${t(`today.none-${name}`)}<//>` : html`
        <${Table} caption=${t(`today.${name}`)} rows=${lessons} columns=${[
    { title: t('field.time'), cell: (lesson) => html`<span class="nowrap">${at(lesson.starts_at)}–${at(lesson.ends_at)}</span>` },
    { title: t('field.lesson'), is_head: true, cell: (lesson) => html`<a href=${formatRoute('timetable', { lesson: lesson.id })}>${lesson.title}</a>` },
    { title: t('field.subject'), cell: ({ subject }) => subject },
    { title: t('field.teacher'), cell: ({ teacher_name }) => teacher_name },
    { title: t('field.sites'), cell: (lesson) => classroomsOf(lesson).join(t('app.and')) },
    { title: t('field.state'), cell: ({ state }) => html`<span class="tag ${state}">${word('state', state)}</span>` },
    ...name === 'over' ? [] : [{ title: t('today.enter'), is_action: true, cell: (lesson) => lesson.teacher === person.id && html`
        <button type="button" class="button button-main small-button" onClick=${() => enter(lesson)}>${t('today.teach')}</button>` }],
]} />`}</section>`;
}

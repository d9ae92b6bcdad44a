/* SPDX-License-Identifier: Apache-2.0 */
/* lesson.js: what we know of the lesson, and the one sentence that says it. Pure: events go
 * in, a new state comes out. Spec: docs/protocol.md#events. */

import { phaseAfter } from './hours.js';
import { emptyRoom, reduceRoom } from './room.js';

/* room: see room.js. */
export function emptyLesson() {
    return {
        lesson: null, phase: null, you: null, sites: [], floor: null, quality: {},
        room: emptyRoom(),
    };
}

const handlers = {
    welcome: (state, { lesson, you, sites, floor }) => ({
        ...state, lesson, phase: lesson.phase ?? null, you, sites: sites ?? [],
        floor: floor ?? null, quality: {},
    }),
    joined: (state, { site, publishing, subscribed }) =>
        changeSite(state, site, { present: true, publishing, subscribed }),
    left: (state, { site, publishing, subscribed }) => {
        const { [site]: _, ...quality } = state.quality;
        const present = Boolean(publishing || subscribed); /* it may have left one door only */
        return changeSite(present ? state : { ...state, quality }, site,
            { present, publishing, subscribed });
    },
    floor: (state, { site }) => ({ ...state, floor: site ?? null }),
    bell: (state, { phase, starts_at, ends_at }) => ({
        ...state, lesson: { ...state.lesson, starts_at, ends_at },
        phase: phaseAfter(state.phase, phase),
    }),
    quality: (state, { site, direction, ...figures }) => ({
        ...state,
        quality: { ...state.quality, [site]: { ...state.quality[site], [direction]: figures } },
    }),
};

/* The state after @message; the same object when the message changes nothing. */
export function reduceLesson(state, message) {
    const handler = Object.hasOwn(handlers, message.type) ? handlers[message.type] : null;
    const next = handler ? handler(state, message) : state;
    const room = reduceRoom(state.room, message);
    return room === next.room ? next : { ...next, room };
}

function changeSite(state, id, change) {
    return {
        ...state,
        sites: state.sites.map((site) => (site.site === id ? { ...site, ...change } : site)),
    };
}

/* The receiving sites in the order of their tiles. */
export function classroomsOf(state) {
    return state.sites
        .filter((site) => site.role === 'classroom')
        .sort((a, b) => a.tile - b.tile);
}

export function teacherOf(state) {
    return state.sites.find((site) => site.role === 'teacher') ?? null;
}

export function siteName(state, id) {
    return state.sites.find((site) => site.site === id)?.name ?? '';
}

export function hasFloor(state) {
    return state.floor !== null && state.floor === state.you?.site;
}

const LEVELS = ['good', 'weak', 'bad'];

/* The worse of a site's two directions, with its figures, or null before the first line. */
export function lineOf(state, id) {
    const directions = Object.values(state.quality[id] ?? {});
    return directions.reduce((worst, figures) =>
        (worst && LEVELS.indexOf(worst.level) >= LEVELS.indexOf(figures.level) ? worst : figures),
        null);
}

/* A sentence is { key, values, tone } or { problem, tone }; tone: 'calm', 'busy', 'alert' or
 * 'floor'. What keeps the class from learning comes first.
 *
 * The teacher's. @media: { publish, watch, events }: the states of whip.js, whep.js and
 * events.js; problem: the NAME that keeps publish from connecting, or null; noPath; muted,
 * microphone: is there one; minutes: to the bell, 0 after it. */
export function teacherSentence(state, media) {
    const rooms = classroomsOf(state);
    const present = rooms.filter((site) => site.present).length;
    const counts = { n: present, total: rooms.length };

    const early = media.minutes > 0
        ? say('status.teacher.early', 'calm', { ...counts, minutes: media.minutes }) : null;

    if (media.noPath)
        return say('status.teacher.no-path', 'alert');
    if (early && media.problem === 'lesson-not-live')
        return early;
    if (media.problem)
        return { problem: media.problem, tone: 'alert' };
    if (media.publish === 'connecting')
        return say('status.teacher.publishing', 'busy');
    if (media.publish === 'recovering')
        return say('status.teacher.publish-lost', 'alert');
    if (!media.microphone)
        return say('status.teacher.no-microphone', 'alert');
    if (media.muted)
        return say('status.teacher.muted', 'alert');
    if (media.watch === 'recovering')
        return say('status.teacher.watch-lost', 'alert');
    if (media.events !== 'open')
        return say('status.teacher.events-lost', 'busy');
    if (state.floor !== null)
        return say('status.teacher.floor', 'floor', { name: siteName(state, state.floor) });
    if (early)
        return early;
    if (present === 0)
        return say('status.teacher.none', 'calm');
    return say(present < rooms.length ? 'status.teacher.some' : 'status.teacher.all', 'calm',
        counts);
}

/* The classroom's. @media: { watch, events, problem, noPath } as above, of the watcher;
 * flowing: has the teacher's picture moved lately, seen: has it ever, heard: does the sound
 * flow; minutes: to the bell, 0 after it. */
export function classroomSentence(state, media) {
    const teacher = teacherOf(state);
    const early = media.minutes > 0
        ? say('status.classroom.early', 'calm', { minutes: media.minutes }) : null;

    if (media.noPath)
        return say('status.classroom.no-path', 'alert');
    if (early && media.problem === 'lesson-not-live')
        return early;
    if (media.problem)
        return { problem: media.problem, tone: 'busy' };
    if (media.watch === 'recovering')
        return say('status.classroom.lost', 'alert');
    if (media.watch !== 'connected')
        return early ?? say('status.connecting', 'busy');
    if (early && !hasFloor(state))
        return early;
    if (!media.flowing) {
        if (teacher && !teacher.present)
            return say('status.classroom.teacher-absent', 'calm');
        if (media.heard && !hasFloor(state))
            return say('status.classroom.voice', 'calm', { name: teacher?.name ?? '' });
        return say(media.seen ? 'status.classroom.frozen' : 'status.classroom.teacher-waiting',
            'busy');
    }
    if (hasFloor(state))
        return say('status.classroom.floor', 'floor');
    if (media.events !== 'open')
        return say('status.classroom.events-lost', 'busy');
    if (state.floor !== null)
        return say('status.classroom.guest', 'calm', { name: siteName(state, state.floor) });
    return say('status.classroom.playing', 'calm', { name: teacher?.name ?? '' });
}

function say(key, tone, values = {}) {
    return { key, tone, values };
}

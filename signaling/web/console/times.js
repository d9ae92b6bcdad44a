/* SPDX-License-Identifier: Apache-2.0 */
/* times.js: the terms and bell schedules that hold for a person or a school: its own, and those
 * of what lies above; of what lies below so many as a menu can show. */

import { get, getAll } from './api.js';

const MENU_MAX = 50;

const unite = (lists) => [...new Map(lists.flat().map((one) => [one.id, one])).values()];

async function collect(path, places, signal) {
    const above = places.filter(Boolean).map(async (place) => (await getAll(path, { above: place }, { signal })).items);
    const below = get(path, { limit: MENU_MAX }, signal).then(({ items }) => items);
    return unite(await Promise.all([...above, below]));
}

/* The newest first. */
export const getTerms = async (session, signal) => (await collect('/terms', session.places, signal))
    .sort((a, b) => (a.first_day < b.first_day ? 1 : -1));

/* @school: whose come first; may be undefined. */
export const getSchedules = (session, school, signal) => collect('/bell-schedules', [school, ...session.places], signal);

/* Those by which @pairing's giving classroom lives. */
export async function getSchedulesOf(pairing, signal) {
    const { giving_site } = pairing.giving_site ? pairing : await get(`/pairings/${pairing.id}`, {}, signal);
    const { organisation } = await get(`/sites/${giving_site}`, {}, signal);
    return (await getAll('/bell-schedules', { above: organisation }, { signal })).items;
}

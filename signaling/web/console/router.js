/* SPDX-License-Identifier: Apache-2.0 */
/* router.js: which page, with which choices: "#/timetable?term=t1&week=3". What a person
 * chose stands in the address, so it survives a reload, a sign-in and the back button. */

/* {page, query} of a fragment; @fallback where it names no page. */
export function parseRoute(hash, fallback = 'today') {
    const [path, search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
    const page = /^[a-z-]+$/.test(path) ? path : fallback;
    return { page, query: Object.fromEntries(new URLSearchParams(search)) };
}

export function formatRoute(page, query = {}) {
    const said = Object.entries(query)
        .filter(([, value]) => value !== undefined && value !== null && value !== '');
    const search = new URLSearchParams(said).toString();
    return `#/${page}${search ? `?${search}` : ''}`;
}

export function go(page, query = {}) {
    location.hash = formatRoute(page, query);
}

/* Changes choices of the page we are on, without a step for the back button. */
export function choose(changes) {
    const { page, query } = parseRoute(location.hash);
    history.replaceState(null, '', formatRoute(page, { ...query, ...changes }));
    dispatchEvent(new HashChangeEvent('hashchange'));
}

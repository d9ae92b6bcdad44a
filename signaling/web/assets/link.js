/* SPDX-License-Identifier: Apache-2.0 */
/* link.js: a lesson link, /teacher#lesson=…&token=… or /classroom#…. The fragment never
 * leaves the browser, so the token is in no log. */

const PAGES = ['/teacher', '/classroom'];

/* { lesson, token } of a location's hash, or null when one is missing. */
export function parseFragment(hash) {
    const fields = new URLSearchParams(hash.replace(/^#/, ''));
    const lesson = fields.get('lesson');
    const token = fields.get('token');
    return lesson && token ? { lesson, token } : null;
}

/* Where a pasted link leads on this server, or null when it is none of ours. The host of
 * the link is not followed: a link from elsewhere cannot lead away from here. */
export function localTarget(text, base) {
    let url;
    try {
        url = new URL(text.trim(), base);
    } catch {
        return null;
    }
    const page = url.pathname.replace(/\/$/, '');
    if (!PAGES.includes(page) || !parseFragment(url.hash))
        return null;
    return page + url.hash;
}

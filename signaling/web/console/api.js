/* SPDX-License-Identifier: Apache-2.0 */
/* api.js: one request to /api/v1: JSON in and out, CSRF token, versions, refusals as
 * Problem. Spec: docs/api.md. */

import { Problem, readProblem } from '../assets/problem.js';

const BASE = '/api/v1';
const PAGE_LIMIT = 200;

let csrf_token = '';
let onRefused = () => {};

export function setCsrfToken(token) {
    csrf_token = token;
}

/* @listener hears of each refusal before the caller does: of a session that has ended. */
export function setRefusalListener(listener) {
    onRefused = listener;
}

/* The address of @path with those parameters of @query that say something. */
export function address(path, query = {}) {
    const said = Object.entries(query)
        .filter(([, value]) => value !== undefined && value !== null && value !== '');
    const text = new URLSearchParams(said).toString();
    return BASE + path + (text ? `?${text}` : '');
}

/* An object's version as If-Match wants it. */
export const etagOf = (object) => `"${object.version}"`;

async function ask(method, path, { query, body, etag, type, signal } = {}) {
    const headers = {};
    if (method !== 'GET')
        headers['X-CSRF-Token'] = csrf_token;
    if (etag)
        headers['If-Match'] = etag;
    if (body !== undefined)
        headers['Content-Type'] = type ?? 'application/json';
    const init = { method, headers, signal, credentials: 'same-origin', cache: 'no-store' };
    if (body !== undefined)
        init.body = type ? body : JSON.stringify(body);
    try {
        return await fetch(address(path, query), init);
    } catch (error) {
        throw error.name === 'AbortError' ? error : new Problem('unreachable');
    }
}

/* What was answered: parsed JSON, or null where there was no body. Throws Problem. */
export async function call(method, path, options = {}) {
    const response = await ask(method, path, options);
    if (!response.ok) {
        const problem = await readProblem(response);
        onRefused(problem, path);
        throw problem;
    }
    const text = await response.text();
    try {
        return text ? JSON.parse(text) : null;
    } catch {
        throw new Problem('no-json', { status: response.status });
    }
}

export const get = (path, query, signal) => call('GET', path, { query, signal });
export const post = (path, body, options = {}) => call('POST', path, { body, ...options });
export const patch = (path, object, body) => call('PATCH', path, { body, etag: etagOf(object) });
export const remove = (path, object) => call('DELETE', path, { etag: etagOf(object) });

/* Every item of a list, page by page, at most @most of them: {items, is_all}. */
export async function getAll(path, query = {}, { most = 1000, signal } = {}) {
    const items = [];
    let cursor;
    do {
        const page = await get(path, { limit: PAGE_LIMIT, ...query, cursor }, signal);
        items.push(...page.items);
        cursor = page.next;
    } while (cursor && items.length < most);
    return { items, is_all: !cursor };
}

/* SPDX-License-Identifier: Apache-2.0 */
/* diff.js: what an audit row changed, field by field. Pure. */

/* A row carries its objects as JSON, or as its text. */
export function readObject(value) {
    if (typeof value !== 'string')
        return value ?? null;
    try {
        return JSON.parse(value);
    } catch {
        return value === '' ? null : { '': value };
    }
}

const isPlain = (value) => value !== null && typeof value === 'object';
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/* {"a":{"b":[1]}} → [["a.b[0]", 1]] */
function flatten(value, path = '') {
    if (!isPlain(value) || Object.keys(value).length === 0)
        return [[path, value]];
    const name = (key) => (Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key);
    return Object.entries(value).flatMap(([key, inner]) => flatten(inner, name(key)));
}

/* Rows {field, before, after, kind: "added"|"removed"|"changed"} in the order of the fields;
 * what stayed is left out, and so is `version`, which changes with everything. */
export function differences(before, after) {
    const old = new Map(isPlain(before) ? flatten(before) : []);
    const now = new Map(isPlain(after) ? flatten(after) : []);
    const rows = [];
    for (const field of new Set([...old.keys(), ...now.keys()])) {
        if (field === 'version' || field === '' || (old.has(field) && now.has(field)
            && same(old.get(field), now.get(field))))
            continue;
        const kind = !old.has(field) ? 'added' : !now.has(field) ? 'removed' : 'changed';
        rows.push({ field, before: old.get(field), after: now.get(field), kind });
    }
    return rows;
}

export function showValue(value) {
    if (value === undefined || value === null)
        return '—';
    return typeof value === 'string' ? value : JSON.stringify(value);
}

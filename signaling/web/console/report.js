/* SPDX-License-Identifier: Apache-2.0 */
/* report.js: a report of the API as columns and rows, and what of it is drawn. Pure. */

const PLOTTED = ['lessons_due', 'lessons_given', 'lessons_received'];
const PLOT_ROWS = 20;

/* {columns: [{name, title, is_number, digits}], rows: [[value, …], …]}, whether the server
 * names columns or describes them, and gives rows as lists or as objects. */
export function tidyReport({ columns, rows }) {
    const heads = columns.map((column) => (typeof column === 'string' ? { name: column } : column));
    const lists = rows.map((row) => (Array.isArray(row) ? row : heads.map(({ name }) => row[name])));
    return {
        rows: lists,
        columns: heads.map(({ name, title, kind }, i) => {
            const values = lists.map((row) => row[i]).filter((value) => value !== null && value !== undefined);
            const is_number = kind ? kind !== 'text' : values.length > 0 && values.every((value) => typeof value === 'number');
            const has_fraction = kind ? !['text', 'integer'].includes(kind) : values.some((value) => !Number.isInteger(value));
            return { name, title, kind, is_number, digits: is_number && has_fraction ? (kind === 'percent' ? 1 : 2) : 0 };
        }),
    };
}

/* {labels, series: [{name, data}], n_left_out}: the first rows, as bars; null where there is
 * nothing to draw. */
export function plotOf({ columns, rows }) {
    const label = columns.findIndex(({ is_number }) => !is_number);
    let shown = columns.map(({ name }, i) => [name, i]).filter(([name]) => PLOTTED.includes(name));
    if (shown.length === 0)
        shown = columns.map(({ name, is_number }, i) => [name, i, is_number]).filter(([,, is_number]) => is_number).slice(0, 3);
    if (label < 0 || shown.length === 0 || rows.length === 0)
        return null;
    const first = rows.slice(0, PLOT_ROWS);
    return {
        labels: first.map((row) => String(row[label] ?? '')), n_left_out: rows.length - first.length,
        series: shown.map(([name, i]) => ({ name, data: first.map((row) => Number(row[i] ?? 0)) })),
    };
}

/* Sums of the columns that can be added up: counts and minutes, not shares. */
export function sumsOf({ columns, rows }) {
    return columns.map(({ name, kind, is_number }, i) => (is_number && kind !== 'percent' && !/pct|_ms$|loss/.test(name)
        ? rows.reduce((sum, row) => sum + Number(row[i] ?? 0), 0) : null));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* console-modules.test.mjs: the console's modules that need no browser, and its words. */

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { root, vendor, web } from './lib/paths.mjs';

const load = (name) => import(path.join(web, 'console', name));
const days = await load('days.js');
const { differences, readObject, showValue } = await load('diff.js');
const { plotOf, sumsOf, tidyReport } = await load('report.js');
const { formatRoute, parseRoute } = await load('router.js');
const { bandsOf, eventOf, exceptionsOfWeek, hoursOf, isHeldIn, nearestPeriod } = await load('week.js');
const { words } = await load('words.js');
const chinese = words['zh-CN'], english = words.en;

const folder = path.join(web, 'console');
const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.js') && !/^words-/.test(name));
const sources = files.map((name) => readFileSync(path.join(folder, name), 'utf8'));
const TERM = {
    first_day: '2026-09-01', last_day: '2027-01-22',
    exceptions: [{ day: '2026-10-01', kind: 'off', name: '国庆' }, { day: '2026-10-10', kind: 'work', follows: '2026-10-07', name: '调休' }],
};
const BELLS = { periods: [{ number: 1, starts: '08:00', ends: '08:40' }, { number: 2, starts: '08:50', ends: '09:30' }, { number: 3, starts: '14:00', ends: '14:40' }] };

test('weeks of a term run from Monday and begin with the week of its first day', () => {
    const cases = [['2026-09-01', 1], ['2026-09-06', 1], ['2026-09-07', 2], ['2026-08-31', 1], ['2026-08-30', 0], ['2027-01-22', 21]];
    for (const [day, week] of cases)
        assert.equal(days.weekOfTerm(TERM, day), week, day);
    assert.equal(days.countWeeks(TERM), 21);
    assert.equal(days.mondayOfWeek(TERM, 2), '2026-09-07');
    assert.deepEqual(['2026-08-01', '2026-10-13', '2027-03-01'].map((day) => days.weekToShow(TERM, day)), [1, 7, 21]);
    assert.deepEqual([days.weekdayOf('2026-10-12'), days.weekdayOf('2026-10-18')], [1, 7]);
    assert.equal(days.addDays('2026-12-31', 1), '2027-01-01');
    assert.ok(days.isDay('2028-02-29') && !days.isDay('2027-02-29') && !days.isDay('2027-2-1'));
});

test('the school\'s wall and the instant agree, across midnight and summer time', () => {
    assert.deepEqual(days.wallClock('2026-10-13T17:30:00Z'), { day: '2026-10-14', time: '01:30' });
    const cases = [['2026-10-13', '10:10', 'Asia/Shanghai', '2026-10-13T02:10:00Z'], ['2026-10-13', '00:00', 'Asia/Urumqi', '2026-10-12T18:00:00Z'],
        ['2026-03-29', '03:30', 'Europe/Berlin', '2026-03-29T01:30:00Z'], ['2026-10-25', '12:00', 'Europe/Berlin', '2026-10-25T11:00:00Z']];
    for (const [day, time, zone, instant] of cases) {
        assert.equal(days.instantOf(day, time, zone), instant);
        assert.deepEqual(days.wallClock(instant, zone), { day, time });
    }
});

test('a drop means the nearest period, and none where none is near', () => {
    const cases = [['08:05', 1], ['08:30', 2], ['09:20', 2], ['11:00', null], ['13:30', 3], ['13:29', null]];
    for (const [time, number] of cases)
        assert.equal(nearestPeriod(BELLS, time)?.number ?? null, number, time);
    assert.equal(nearestPeriod(null, '08:00'), null);
});

test('the calendar shows whole hours around all lessons and periods', () => {
    assert.deepEqual(hoursOf([], null), { from: '08:00', to: '17:00' });
    const early = { starts_at: '2026-10-12T23:10:00Z', ends_at: '2026-10-12T23:50:00Z' }; /* 07:10 */
    assert.deepEqual(hoursOf([early], BELLS), { from: '07:00', to: '17:00' });
    assert.equal(bandsOf(BELLS, '2026-10-12').length, 21);
    assert.deepEqual([...exceptionsOfWeek(TERM, '2026-09-28').keys()], ['2026-10-01']);
    assert.deepEqual([...exceptionsOfWeek(TERM, '2026-10-05').keys()], ['2026-10-10']);
});

test('only a scheduled lesson can be dragged, and only by who may change it', () => {
    const lesson = (state) => ({ id: 'l', title: 't', state, starts_at: '2026-10-13T02:00:00Z', ends_at: '2026-10-13T02:40:00Z' });
    const cases = [['scheduled', true, true], ['scheduled', false, false], ['live', true, false], ['ended', true, false], ['cancelled', true, false]];
    for (const [state, may, expected] of cases)
        assert.equal(eventOf(lesson(state), 'Asia/Shanghai', may).startEditable, expected, `${state} ${may}`);
    assert.equal(eventOf(lesson('live'), 'Asia/Shanghai', true).start, '2026-10-13 10:00');
});

test('an entry is held in its weeks, odd or even', () => {
    const entry = (weeks) => ({ weeks, first_week: 2, last_week: 5 });
    const held = (weeks) => [1, 2, 3, 4, 5, 6].filter((week) => isHeldIn(entry(weeks), week));
    assert.deepEqual([held('all'), held('odd'), held('even')], [[2, 3, 4, 5], [3, 5], [2, 4]]);
});

test('a difference names each field that changed, and nothing else', () => {
    assert.deepEqual(differences({ name: 'a', periods: [{ starts: '08:00' }], version: 1 }, { name: 'a', periods: [{ starts: '08:10' }, { starts: '09:00' }], version: 2 }), [
        { field: 'periods[0].starts', before: '08:00', after: '08:10', kind: 'changed' },
        { field: 'periods[1].starts', before: undefined, after: '09:00', kind: 'added' },
    ]);
    assert.deepEqual(differences(null, { name: 'new', sites: [] }).map(({ field, kind }) => [field, kind]), [['name', 'added'], ['sites', 'added']]);
    assert.deepEqual(differences({ name: 'old' }, null).map(({ kind }) => kind), ['removed']);
    assert.deepEqual(differences(null, null), []);
    assert.deepEqual([readObject('{"a":1}'), readObject(''), readObject(null), readObject('no json')], [{ a: 1 }, null, null, { '': 'no json' }]);
    assert.deepEqual([showValue(null), showValue('x'), showValue(false), showValue([])], ['—', 'x', 'false', '[]']);
});

test('a report is read whether it names its columns or describes them', () => {
    const described = tidyReport({ columns: [{ name: 'teacher', kind: 'text' }, { name: 'lessons_due', kind: 'integer' }, { name: 'received_pct', kind: 'percent' }], rows: [['王', 3, 97.5], ['李', 2, null]] });
    const named = tidyReport({ columns: ['teacher', 'lessons_due', 'received_pct'], rows: [{ teacher: '王', lessons_due: 3, received_pct: 97.5 }, { teacher: '李', lessons_due: 2, received_pct: null }] });
    assert.deepEqual(described.rows, named.rows);
    assert.deepEqual(named.columns.map(({ is_number, digits }) => [is_number, digits]), [[false, 0], [true, 0], [true, 2]]);
    assert.deepEqual(sumsOf(described), [null, 5, null]);
    assert.deepEqual(plotOf(described), { labels: ['王', '李'], n_left_out: 0, series: [{ name: 'lessons_due', data: [3, 2] }] });
    assert.equal(plotOf({ columns: described.columns, rows: [] }), null);
    const long = { columns: described.columns, rows: Array.from({ length: 25 }, (_, i) => [`${i}`, i, 1]) };
    assert.equal(plotOf(long).n_left_out, 5);
});

test('an address names a page and its choices, and survives what people paste', () => {
    const cases = [['#/timetable?term=t1&week=3', { page: 'timetable', query: { term: 't1', week: '3' } }], ['', { page: 'today', query: {} }],
        ['#/../x', { page: 'today', query: {} }], ['#/constructor', { page: 'constructor', query: {} }]];
    for (const [hash, route] of cases)
        assert.deepEqual(parseRoute(hash), route, hash);
    assert.equal(formatRoute('sites', { organisation: 'a b', kind: '', state: undefined }), '#/sites?organisation=a+b');
});

const placesOf = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
const KEY = /['"`]([a-z]+(?:-[a-z]+)*\.[a-z0-9-]+)['"`]/g;
/* Families that code composes: t(`kind.${kind}`). */
const composed = new Set([...sources.join('\n').matchAll(/`([a-z-]+)\.[a-z-]*\$\{/g), ...sources.join('\n').matchAll(/\bword\('([a-z-]+)'/g)].map(([, family]) => family));

test('both languages of the console say everything, with the same places', () => {
    assert.deepEqual(Object.keys(english).sort(), Object.keys(chinese).sort());
    for (const key of Object.keys(chinese))
        assert.deepEqual(placesOf(english[key]), placesOf(chinese[key]), key);
    const either = new Set(['app.other-language', 'app.other-tag', 'app.and', 'line.measured']);
    for (const key of Object.keys(chinese).filter((key) => !either.has(key))) {
        if (!/^pager\.range/.test(key))
            assert.match(chinese[key], /\p{Script=Han}/u, key);
        assert.doesNotMatch(english[key], /\p{Script=Han}/u, key);
    }
});

test('every key that the console uses is in its tables, and every key is used', () => {
    const families = new Set(Object.keys(chinese).map((key) => key.split('.')[0]));
    const used = new Set(sources.flatMap((source) => [...source.matchAll(KEY)].map(([, key]) => key)).filter((key) => families.has(key.split('.')[0]) && !key.endsWith('.js')));
    assert.ok(used.size > 250, `only ${used.size} keys found: the pattern is wrong`);
    for (const key of used)
        assert.ok(key in chinese, key);
    for (const key of Object.keys(chinese).filter((key) => !composed.has(key.split('.')[0])))
        assert.ok(used.has(key), key);
});

test('every problem of the API has a sentence in the console', () => {
    const api = readFileSync(path.join(root, 'docs/api.md'), 'utf8');
    const rows = api.split('\n').filter((line) => /^\| \d{3}[ /\d]* \|/.test(line));
    const names = rows.flatMap((row) => [...row.split('|')[2].matchAll(/`([a-z-]+)`/g)].map(([, name]) => name));
    assert.ok(names.length >= 18, `only ${names.length} names found in docs/api.md`);
    for (const name of [...names, 'unreachable'])
        assert.ok(`problem.${name}` in chinese, name);
});

test('every word that the schema allows has a name', () => {
    const all = (family, ...values) => values.forEach((value) => assert.ok(`${family}.${value}` in chinese, `${family}.${value}`));
    all('state', 'scheduled', 'live', 'ended', 'cancelled');
    all('pairing', 'draft', 'active', 'suspended', 'ended');
    all('kind', 'province', 'city', 'county', 'school');
    all('role', 'administrator', 'teacher', 'inspector', 'device');
    all('site-kind', 'giving', 'receiving', 'both');
    all('conflict', 'teacher', 'giving-site', 'receiving-site', 'capacity');
    all('outcome', 'done', 'refused', 'looked');
    all('health', 'ok', 'missing', 'broken', 'unknown');
    all('weeks', 'all', 'odd', 'even');
    all('weekday', 1, 2, 3, 4, 5, 6, 7);
});

test('the console\'s files are short, never make markup of text, and name every library', () => {
    for (const [i, name] of files.entries()) {
        assert.ok(sources[i].split('\n').length < 400, `${name} is long`);
        assert.doesNotMatch(sources[i], /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|dangerouslySet/, name);
        for (const [, library] of sources[i].matchAll(/\/assets\/vendor\/([a-z.]+)'/g))
            assert.ok(library in vendor, `${name}: ${library}`);
    }
    for (const library of ['calendar.css', 'calendar.js', 'chart.js', 'preact.js'])
        assert.ok(library in vendor, library);
});

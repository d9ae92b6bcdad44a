/* SPDX-License-Identifier: Apache-2.0 */
/* words.test.mjs: both languages say everything, and nothing that is never said. */

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { root, web } from './lib/paths.mjs';

const { chooseLanguage, messages } = await import(path.join(web, 'assets/i18n.js'));
const chinese = messages['zh-CN'];
const english = messages.en;

/* Every file of the pages but the tables themselves. */
const sources = [web, path.join(web, 'assets')].flatMap((folder) =>
    readdirSync(folder)
        .filter((name) => /\.(js|html)$/.test(name) && !/^messages(-[a-z]+)?\.js$/.test(name))
        .map((name) => readFileSync(path.join(folder, name), 'utf8')));

/* Families that code composes: `problem.${name}` and `quality.${level}`. */
const isComposed = (key) => /^(problem|quality)\./.test(key);

function usedKeys() {
    const used = new Set();
    for (const source of sources)
        for (const [, key] of source.matchAll(/['"]([a-z]+(?:\.[a-z-]+)+)['"]/g))
            used.add(key);
    return used;
}

function placesOf(text) {
    return [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
}

test('both languages have the same keys', () => {
    assert.deepEqual(Object.keys(english).sort(), Object.keys(chinese).sort());
});

test('both languages fill the same places', () => {
    for (const key of Object.keys(chinese))
        assert.deepEqual(placesOf(english[key]), placesOf(chinese[key]), key);
});

test('Chinese is Chinese and English is English', () => {
    const either = new Set(['app.other-language', 'index.placeholder', 'quality.unknown', 'room.and']);
    for (const key of Object.keys(chinese).filter((key) => !either.has(key))) {
        assert.match(chinese[key], /\p{Script=Han}/u, key);
        assert.doesNotMatch(english[key], /\p{Script=Han}/u, key);
    }
});

test('every key that a page uses is in the tables', () => {
    const families = new Set(Object.keys(chinese).map((key) => key.split('.')[0]));
    const used = [...usedKeys()].filter((key) => families.has(key.split('.')[0]));
    assert.ok(used.length > 80, `only ${used.length} keys found: the pattern is wrong`);
    for (const key of used.filter((key) => !key.endsWith('.js')))
        assert.ok(key in chinese, key);
});

test('every key of the tables is used', () => {
    const used = usedKeys();
    for (const key of Object.keys(chinese).filter((key) => !isComposed(key)))
        assert.ok(used.has(key), key);
});

test('every problem of the protocol has a sentence', () => {
    const protocol = readFileSync(path.join(root, 'docs/protocol.md'), 'utf8');
    const rows = protocol.split('\n').filter((line) => /^\| \d{3}[ /\d]* \|/.test(line));
    const names = rows.flatMap((row) =>
        [...row.split('|')[2].matchAll(/`([a-z-]+)`/g)].map(([, name]) => name));
    names.push('unknown-type', 'bad-message', 'too-fast');
    const more = protocol.match(/^More problems: (.*)$/m)[1];
    names.push(...[...more.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name));
    assert.ok(names.length >= 25, `only ${names.length} names found in docs/protocol.md`);
    for (const name of names)
        assert.ok(`problem.${name}` in chinese, name);
});

test('the language is the remembered one, else the browser\'s, else Chinese', () => {
    const cases = [
        ['en', ['zh-CN'], 'en'],
        [null, ['zh-Hant-TW', 'en'], 'zh-CN'],
        [null, ['fr', 'en-GB', 'zh'], 'en'],
        [null, ['bo', 'ug'], 'zh-CN'],
        ['klingon', [], 'zh-CN'],
    ];
    for (const [remembered, preferred, expected] of cases)
        assert.equal(chooseLanguage(remembered, preferred), expected);
});

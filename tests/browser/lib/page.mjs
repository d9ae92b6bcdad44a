/* SPDX-License-Identifier: Apache-2.0 */
/* page.mjs: what a test does with a lesson page, and what it waits for. */

import assert from 'node:assert/strict';
import path from 'node:path';

import { artefacts, web } from './paths.mjs';
import { until } from './wait.mjs';

export const { messages } = await import(path.join(web, 'assets/i18n.js'));

/* Frames of @slot decoded in the present session. */
export const received = (page, slot) =>
    page.evaluate((slot) => window.synclass.received()[slot]?.framesDecoded ?? 0, slot);

export const moves = (page, slot) =>
    until(`${slot} moves`, async () => await received(page, slot) > 5);

/* It goes on moving; also when a new session counts from nought. */
export async function startsToMove(page, slot) {
    const from = await received(page, slot);
    await until(`${slot} goes on`, async () => {
        const now = await received(page, slot);
        return now > from + 5 || (now < from && now > 5);
    });
}

/* Mean brightness, 0 to 255, of what the box @selector shows now. */
export const brightness = (page, selector) => page.evaluate((selector) => {
    const shown = document.querySelector(`${selector} :is(video:not(.coming), canvas)`);
    const canvas = new OffscreenCanvas(32, 18);
    const context = canvas.getContext('2d');
    context.drawImage(shown, 0, 0, 32, 18);
    const { data } = context.getImageData(0, 0, 32, 18);
    return data.reduce((sum, value, i) => sum + (i % 4 < 3 ? value : 0), 0) / (32 * 18 * 3);
}, selector);

export function says(page, key, values = {}, language = 'zh-CN') {
    const text = messages[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
    return until(`sentence “${text}”`, async () =>
        await page.textContent('#sentence') === text || null);
}

export const ready = (page) => until('the start button',
    () => page.evaluate(() => !document.getElementById('setup-start').disabled));

export async function startTeaching(page) {
    await ready(page);
    await page.click('#setup-start');
    await until('publishing',
        () => page.evaluate(() => window.synclass.state().publish === 'connected'));
}

export const joined = (page) => until('the class joined', () => page.evaluate(() =>
    window.synclass.state().publish === 'connected'
    && window.synclass.state().watch === 'connected'));

export const offers = (page) => page.evaluate(() => window.offers);

/* @page has made @n offers: one for each way, where nothing was negotiated anew. */
export async function offered(page, n = 2) {
    const [seen, made] = await page.evaluate(() => [window.offers, window.offers_made]);
    assert.equal(seen, n, `${page.url().replace(/#.*/, '')} made offers at ${made.join('; ')}`);
}

/* Keeps a picture, and holds every text to its box. */
export async function shoot(page, name) {
    const spilling = await page.evaluate(() => [...document.querySelectorAll(
        'h1, h2, p, button, label, figcaption, #sentence, body')]
        .filter((e) => e.checkVisibility({ visibilityProperty: true })
            && getComputedStyle(e).textOverflow !== 'ellipsis'
            && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0)
        .map((e) => `${e.id || e.className || e.tagName}: ${e.textContent.trim()}`));
    assert.deepEqual(spilling, [], name);
    await page.screenshot({ path: path.join(artefacts, `${name}.png`) });
}

/* SPDX-License-Identifier: Apache-2.0 */
/* axe.mjs: a page as somebody meets it who reads it by ear, by keyboard or with weak eyes. */

import assert from 'node:assert/strict';

import axe from 'axe-core';

const WCAG = {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations'],
};

/* Holds @page to WCAG 2.1 A and AA, or to other @rules of axe.run(): labels, roles, contrast.
 * @isOurs answers whether a violation counts. */
export async function assertAccessible(page, { rules = WCAG, isOurs = () => true } = {}) {
    await page.evaluate((source) => { if (!window.axe) (0, eval)(source); }, axe.source);
    const { violations } = await page.evaluate((rules) => window.axe.run(document, rules), rules);
    assert.deepEqual(violations.filter(isOurs).map(({ id, nodes }) => `${id}: ${
        nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ''}`).join(' | ')}`), []);
}

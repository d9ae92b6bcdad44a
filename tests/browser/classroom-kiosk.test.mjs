/* SPDX-License-Identifier: Apache-2.0 */
/* classroom-kiosk.test.mjs: a computer without anybody: the classroom's page gets itself
 * enrolled, enters a lesson by itself, comes back after it, and notices when it was removed. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openPage, startChromium } from './lib/chromium.mjs';
import { County } from './lib/county.mjs';
import { messages, shoot } from './lib/page.mjs';
import { until } from './lib/wait.mjs';

const TV = { width: 1920, height: 1080 };
const PACES = '?poll-seconds=1&end-seconds=3'; /* of a screen that a test waits for */
const school = new County();
let browser;

before(async () => {
    browser = await startChromium();
    await school.start();
});

after(async () => {
    await browser?.close();
    await school.stop();
});

const t = (key, values = {}) => messages['zh-CN'][key]
    .replace(/\{(\w+)\}/g, (_, place) => values[place]);

const reads = (page, selector, check) => until(`${selector}: ${check}`, async () => {
    const text = await page.textContent(selector);
    return (typeof check === 'string' ? text === check : check.test(text)) && text;
});

async function shot(page, what) {
    await shoot(page, `kiosk-${what}-zh-CN`);
    await page.evaluate(() => document.getElementById('language').click());
    await shoot(page, `kiosk-${what}-en`);
    await page.evaluate(() => document.getElementById('language').click());
}

async function build() {
    const schools = [];
    const sites = [];
    for (const name of ['城关镇中心小学', '石门村小学']) {
        schools.push(await school.make('/organisations',
            { parent: school.root, kind: 'school', name, name_en: '' }));
        sites.push(await school.make('/sites',
            { organisation: schools.at(-1).id, name: '三年级教室' }));
    }
    const teacher = await school.make('/people', {
        organisation: schools[0].id, sign_in: 'zhang.wei', name: '张伟',
        appointments: [{ organisation: schools[0].id, role: 'teacher' }],
    });
    const term = await school.make('/terms', {
        organisation: school.root, name: '秋季学期', first_day: '2026-09-01',
        last_day: '2027-01-17', exceptions: [],
    });
    const bells = await school.make('/bell-schedules', {
        organisation: school.root, name: '作息时间',
        periods: [{ number: 1, name: '第一节', starts: '08:00', ends: '08:40' }],
    });
    const pairing = await school.make('/pairings', {
        name: '数学', term: term.id, giving_site: sites[0].id, teacher: teacher.id,
        receiving_sites: [sites[1].id], subject: '数学',
    });
    await school.call('POST', `/pairings/${pairing.id}/state`, { state: 'active' }, pairing.version);
    await school.make('/entries', { pairing: pairing.id, weekday: 2, schedule: bells.id, period: 1 });
    return sites[1];
}

test('a browser is a kiosk, from its code to its removal', { timeout: 400_000 }, async () => {
    await school.setClock('2026-08-31T10:00:00+08:00');
    const page = await openPage(browser, { locale: 'zh-CN', ...TV });
    await page.goto(`${school.url}/classroom${PACES}`, { waitUntil: 'domcontentloaded' });

    const is_code = /^[0-9A-Z]{3}-[0-9A-Z]{3}$/;
    await reads(page, '#poster-large', is_code);
    await until('the QR code', () => page.evaluate(() =>
        document.getElementById('poster-scan').naturalWidth > 0));
    await shot(page, 'enrolling');
    await school.killSignaling();
    await reads(page, '#poster-large', t('kiosk.no-connection'));
    await shot(page, 'unreached');
    await school.startSignaling();
    await school.setClock('2026-08-31T10:00:00+08:00');
    const site = await build();
    await page.reload({ waitUntil: 'domcontentloaded' }); /* the code was from another time */
    const code = await reads(page, '#poster-large', is_code);

    const device = await school.make('/enrolments/confirm', { code, site: site.id, name: '电视' });
    await reads(page, '#poster-line-0', t('kiosk.next', { title: '数学' }));
    assert.equal(await page.textContent('#poster-heading'), '石门村小学 · 三年级教室');
    await shot(page, 'tomorrow');

    await school.setClock('2026-09-01T07:49:00+08:00');
    await page.reload({ waitUntil: 'domcontentloaded' });
    await reads(page, '#poster-large', '08:00');
    await shot(page, 'soon');
    await school.setClock('2026-09-01T07:50:00+08:00'); /* it is open, at the next look */
    await page.locator('#room').waitFor();
    await reads(page, '#waiting-title', '数学');
    await until('in the lesson', () => page.evaluate(() =>
        window.synclass?.state().watch === 'connected'));
    await shot(page, 'before-the-bell');
    await page.reload({ waitUntil: 'domcontentloaded' });
    await reads(page, '#waiting-title', '数学');

    await school.setClock('2026-09-01T08:00:00+08:00');
    /* It stands for seconds; begun before, for it may come at once. */
    const is_over = reads(page, '#over-heading', t('over.heading'));
    await school.setClock('2026-09-01T08:40:00+08:00');
    await is_over;
    await page.locator('#poster').waitFor();
    await reads(page, '#poster-line-0', t('kiosk.next', { title: '数学' }));

    const { version } = await school.call('GET', `/devices/${device.id}`);
    await school.call('PATCH', `/devices/${device.id}`, { state: 'revoked' }, version);
    await page.reload({ waitUntil: 'domcontentloaded' });
    await reads(page, '#poster-line-1', t('kiosk.revoked'));
    await shot(page, 'revoked');
    assert.deepEqual(page.faults, []);
    await page.context().close();
});

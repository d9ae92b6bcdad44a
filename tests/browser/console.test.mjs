/* SPDX-License-Identifier: Apache-2.0 */
/* console.test.mjs: the administrator's console in a real browser against an API in memory:
 * every page in both languages and each of its states, kept as pictures. */

import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { assertAccessible } from './lib/axe.mjs';
import { openPage, startChromium } from './lib/chromium.mjs';
import { NOW } from './lib/console-data.mjs';
import { ConsoleStub } from './lib/console-stub.mjs';
import { artefacts, web } from './lib/paths.mjs';
import { until } from './lib/wait.mjs';

const { words } = await import(path.join(web, 'console/words.js'));
const PAGES = ['today', 'timetable', 'pairings', 'reports', 'sites', 'devices', 'people', 'organisations', 'terms', 'bells', 'audit', 'about'];
/* What each page asks for first: refused, held or empty, it is the page's state. */
const ASKS = {
    today: /GET \/today/, timetable: /GET \/terms/, pairings: /GET \/pairings/, reports: /GET \/reports/, sites: /GET \/sites/, devices: /GET \/devices/,
    people: /GET \/people/, organisations: /GET \/organisations/, terms: /GET \/terms/, bells: /GET \/bell-schedules/, audit: /GET \/audit/,
};
/* Pictures that are also read as a screen reader would. */
const READ = new Set([...PAGES, 'sign-in-wrong', 'first-password', 'person-menu', 'lesson-conflict', 'entry-conflict', 'import-faulty', 'pairing-refused', 'stale', 'term',
    'bell', 'person', 'first-password-shown', 'enrol', 'audit-difference', 'workload'].map((name) => `console-${name}-zh-CN`));
const LANGUAGES = ['zh-CN', 'en'];

let browser, stub;

before(async () => {
    browser = await startChromium();
    stub = new ConsoleStub();
    await stub.start();
});

after(async () => {
    await browser?.close();
    await stub?.stop();
});

/* A test with a page of its own, which has no fault at its end. */
function consoleTest(name, { language = 'zh-CN', ...size } = {}, body) {
    test(name, { timeout: 300_000 }, async () => {
        const page = await openPage(browser, { locale: language, ...size });
        await page.clock.setFixedTime(NOW);
        const say = (key, values = {}) => {
            assert.ok(key in words[language], key);
            return words[language][key].replace(/\{(\w+)\}/g, (_, place) => values[place] ?? '');
        };
        const open = async (hash) => {
            await page.goto('about:blank');
            await page.goto(`${stub.origin}/console#/${hash}`);
        };
        /* The same without a load, from another page of the console. */
        const turn = async (hash) => {
            await page.evaluate(() => { location.hash = '#/about'; });
            await page.getByRole('heading', { level: 1, name: say('page.about') }).waitFor();
            await page.evaluate((hash) => { location.hash = `#/${hash}`; }, hash);
            await page.locator(`main.page-${hash.split('?')[0]}`).waitFor();
        };
        const button = (key, values) => page.getByRole('button', { name: say(key, values), exact: true });
        const shot = (what) => shoot(page, `console-${what}-${language}`);
        stub.reset();
        try {
            await body({ page, say, open, turn, button, shot, language });
            assert.deepEqual(page.faults, []);
        } finally {
            await page.context().close();
        }
    });
}

/* The week calendar's own grid is left out where it calls itself a table and holds buttons: the
 * list beside it says the same. */
const isOurs = ({ id, nodes }) => id !== 'aria-required-children' || nodes.some(({ html }) => !html.includes('class="ec'));

/* Keeps a picture; no word is missing, nothing is wider than the screen, no text outgrows its box. */
async function shoot(page, name, options = {}) {
    const wrong = await page.evaluate(() => {
        const spills = [...document.querySelectorAll('h1, h2, h3, p, button, a, label, dt, .tag')]
            .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest('.unseen, .ec') && e.clientWidth > 0 && getComputedStyle(e).textOverflow !== 'ellipsis'
                && e.scrollWidth > e.clientWidth + 1).map((e) => `spills: ${e.textContent.trim()}`);
        const { scrollWidth, clientWidth } = document.documentElement;
        return [...spills, ...scrollWidth > clientWidth ? [`page is ${scrollWidth} wide on ${clientWidth}`] : [],
            ...document.body.innerText.match(/⟨[^⟩]*⟩|undefined|\[object|NaN/g) ?? []];
    });
    assert.deepEqual(wrong, [], name);
    if (READ.has(name)) /* it takes a while */
        await assertAccessible(page, { isOurs });
    await page.screenshot({ path: path.join(artefacts, `${name}.png`), ...options });
}

/* Waits until nothing loads any more. */
const settled = (page) => until('the page is there', () => page.evaluate(() => document.querySelector('h1') && !document.querySelector('.loading')));

for (const language of LANGUAGES) {
    consoleTest(`every page stands, ${language}`, { language }, async ({ page, open, turn, shot, say }) => {
        stub.signIn();
        await open('about');
        for (const name of PAGES.filter((name) => name !== 'about')) {
            await turn(name);
            await settled(page);
            assert.equal(await page.textContent('h1'), say(`page.${name}`));
            await until('the title', async () => await page.title() === `${say(`page.${name}`)} · ${say('app.title')}`);
            assert.equal(await page.locator('.trouble').count(), 0, name);
            await shot(name);
        }
    });

    consoleTest(`every page says that nothing is there yet, ${language}`, { language }, async ({ page, open, turn, shot }) => {
        stub.reset({ is_empty: true });
        stub.signIn();
        await open('about');
        for (const name of PAGES.filter((name) => ASKS[name] && !['people', 'organisations'].includes(name))) {
            await turn(name);
            await settled(page);
            assert.ok(await page.locator('.empty').count() >= 1, name);
            await shot(`${name}-empty`);
        }
    });

    consoleTest(`every page says that it loads, fails, or is not for this person, ${language}`, { language }, async ({ page, open, turn, shot, say, button }) => {
        stub.signIn();
        await open('about');
        for (const [name, what] of Object.entries(ASKS)) {
            stub.hold(what);
            await turn(name);
            await page.getByText(say('state.loading')).first().waitFor();
            if (name === 'sites')
                await shot(`${name}-loading`);
            stub.relent();
            stub.refuse(what, { status: 503, name: 'busy', detail: 'the store is busy' });
            await turn(name);
            await page.getByText(say('problem.busy')).first().waitFor();
            if (name === 'sites')
                await shot(`${name}-trouble`);
            stub.relent();
            await button('state.retry').first().click();
            await until(`${name} is there again`, () => page.locator('main .trouble').count().then((n) => n === 0));
            stub.refuse(what, { status: 403, name: 'forbidden' });
            await turn(name);
            await page.getByText(say('state.denied')).first().waitFor();
            stub.relent();
        }
        stub.signIn([{ role: 'teacher', organisation: 'cg1', organisation_name: '城关第一小学' }]);
        await open('people');
        await page.getByText(say('state.denied')).waitFor();
        await shot('people-denied');
        assert.equal(await page.getByRole('navigation').getByRole('link').count(), 5, 'a teacher has four pages, and “about”');
        await open('moon');
        await page.getByText(say('state.no-page-hint')).waitFor();
    });

    consoleTest(`signing in, a first password, and an ended session, ${language}`, { language }, async ({ page, open, shot, say, button }) => {
        await open('terms');
        await button('session.sign-in').click();
        assert.equal(await page.getAttribute('#field-sign-in', 'aria-invalid'), 'true');
        await shot('sign-in-needed');
        await page.fill('#field-sign-in', 'fresh');
        await page.fill('#field-password', 'wrong');
        await page.keyboard.press('Enter');
        await page.getByText(say('problem.wrong-password')).waitFor();
        await shot('sign-in-wrong');
        stub.refuse(/POST \/session$/, { status: 423, name: 'locked', retry_after: '60' });
        await button('session.sign-in').click();
        await page.getByText(say('problem.locked')).waitFor();
        stub.relent();
        await page.fill('#field-password', 'right-password');
        await button('session.sign-in').click();
        await page.getByRole('heading', { name: say('session.choose-password') }).waitFor();
        await page.fill('#field-password', 'right-password');
        await page.fill('#field-new-password', 'short');
        await button('session.set-password').click();
        await page.getByText(say('problem.password-short')).waitFor();
        await shot('first-password');
        await page.fill('#field-new-password', 'a better password');
        await page.fill('#field-again', 'a better password');
        await button('session.set-password').click();
        await page.getByRole('heading', { level: 1, name: say('page.terms') }).waitFor();
        await settled(page);
        stub.endSession();
        await page.getByRole('link', { name: say('page.sites'), exact: true }).click();
        await page.getByText(say('session.expired')).waitFor();
        await shot('session-expired');
        await page.fill('#field-sign-in', 'zhang.zhuren');
        await page.fill('#field-password', 'right-password');
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { level: 1, name: say('page.sites') }).waitFor();
        await page.getByRole('button', { name: '张主任' }).click();
        await shot('person-menu');
        await button('session.sign-out-everywhere').click();
        await page.getByText(say('session.signed-out')).waitFor();
        assert.ok(stub.requests.includes('DELETE /session?everywhere=true'));
    });

    consoleTest(`moving a lesson: conflicts in words, free periods, dragging, ${language}`, { language, height: 1000 }, async ({ page, open, shot, say, button }) => {
        stub.signIn();
        await open('timetable');
        await settled(page);
        const lesson = page.locator('.ec-event', { hasText: '08:50' }).filter({ hasNot: page.locator(`text=${say('state.ended')}`) }).first();
        await lesson.focus();
        await page.keyboard.press('Enter');
        await button('lesson.move').click();
        await page.selectOption('#field-period', '2');
        await page.fill('#field-day', '2026-10-15');
        await page.locator('.conflicts').waitFor();
        assert.match(await page.textContent('.conflicts'), language === 'en' ? /already has/ : /已有/);
        await shot('lesson-conflict');
        await page.locator('.free button').first().click();
        await page.getByText(say('conflict.none')).waitFor();
        assert.equal(await page.inputValue('#field-day'), '2026-10-14');
        assert.equal(await page.inputValue('#field-period'), '4');
        await page.fill('#field-reason', '教师开会');
        await page.locator('dialog').getByRole('button', { name: say('lesson.move'), exact: true }).click();
        await page.getByText(say('lesson.moved')).waitFor();
        const [, body] = stub.bodies.findLast(([what]) => what.startsWith('PATCH /lessons/'));
        assert.deepEqual(body, { day: '2026-10-14', period: 4, reason: '教师开会' });
        assert.ok(!stub.requests.some((what) => what.startsWith('PATCH') && what.includes('check')));

        await until('it stands in its new place', async () => await page.locator('.ec-event', { hasText: '10:40' }).count() === 2);

        /* The same with the mouse: from Thursday's second period to Friday's third. */
        const dragged = page.locator('.ec-event.lesson-scheduled', { hasText: '08:50' }).first();
        const box = await dragged.boundingBox();
        await page.mouse.move(box.x + box.width / 2, box.y + 8);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width * 1.5, box.y + 60, { steps: 6 });
        await page.mouse.move(box.x + box.width * 1.5, box.y + 8 + 80, { steps: 4 });
        await page.mouse.up();
        await page.locator('#field-day').waitFor();
        assert.equal(await page.inputValue('#field-day'), '2026-10-16');
        assert.equal(await page.inputValue('#field-period'), '3');
        await shot('lesson-dragged');
        await page.keyboard.press('Escape');
        assert.equal(await page.locator('dialog').count(), 0);
    });

    consoleTest(`cancelling, substituting and making up a lesson, ${language}`, { language }, async ({ page, open, shot, say, button }) => {
        stub.signIn();
        await open('timetable?lesson=l8&view=list');
        await button('lesson.substitute').waitFor();
        await shot('lesson');
        await button('lesson.substitute').click();
        await page.getByRole('combobox', { name: say('field.substitute') }).fill('李');
        await page.locator('[role=option]').first().click();
        await page.getByText(say('conflict.none')).waitFor();
        await shot('lesson-substitute');
        await page.locator('dialog').getByRole('button', { name: say('lesson.substitute'), exact: true }).click();
        await page.getByText(say('lesson.given')).waitFor();
        await open('timetable?lesson=l8&view=list');
        await button('lesson.cancel').click();
        await button('lesson.cancel').click();
        await page.getByText(say('problem.needed')).waitFor();
        await page.fill('#field-reason', '停电');
        await shot('lesson-cancel');
        await button('lesson.cancel').click();
        await page.getByText(say('lesson.cancelled')).waitFor();
        await open('timetable?lesson=l2&view=list');
        await button('lesson.make-up').click();
        await page.fill('#field-day', '2026-10-18');
        await shot('lesson-make-up');
        await page.locator('dialog').getByRole('button', { name: say('lesson.make-up'), exact: true }).click();
        await page.getByText(say('lesson.made-up')).waitFor();
        assert.equal(stub.bodies.findLast(([what]) => what === 'POST /lessons')[1].makes_up, 'l2');
    });

    consoleTest(`laying the timetable: entry, single lesson, generation, import, addresses, ${language}`, { language }, async ({ page, open, shot, say, button }) => {
        stub.signIn();
        await open('timetable?view=entries');
        await settled(page);
        await shot('timetable-entries');
        await button('timetable.new-entry').click();
        await page.getByRole('combobox', { name: say('field.pairing') }).fill('语文');
        await page.locator('[role=option]').first().waitFor();
        await shot('picker');
        await page.keyboard.press('Enter');
        await page.selectOption('#field-period', '2');
        await page.locator('.conflicts').waitFor();
        await shot('entry-conflict');
        await page.locator('.free button').nth(1).click();
        await page.getByText(say('conflict.none')).waitFor();
        await button('action.save').click();
        await page.getByText(say('say.saved')).waitFor();
        await button('timetable.generate').click();
        await page.locator('dialog').getByRole('button', { name: say('timetable.generate'), exact: true }).click();
        await page.getByText(say('job.done', { n: 120 })).waitFor();
        await shot('generate');
        await page.keyboard.press('Escape');
        await button('timetable.import').click();
        const csv = (rows) => ({ name: 'kebiao.csv', mimeType: 'text/csv', buffer: Buffer.from(`pairing,weekday\n${rows}`) });
        await page.setInputFiles('input[type=file]', csv('三年级语文,1\n坏的一行,9\n'));
        await page.locator('.row-faulty').waitFor();
        assert.match(await page.textContent('.row-faulty'), /坏的一行,9/);
        assert.ok(await button('import.take', { n: 1 }).isDisabled());
        await shot('import-faulty');
        await button('import.other').click();
        await page.setInputFiles('input[type=file]', csv('三年级语文,1\n三年级音乐,2\n已有的课,3\n'));
        await page.getByText(say('import.unchanged', { n: 1 })).waitFor();
        await shot('import-preview');
        await button('import.take', { n: 2 }).click();
        await page.getByText(say('job.done', { n: 120 })).waitFor();
        await page.keyboard.press('Escape');
        await button('timetable.export').click();
        assert.equal(await page.getByRole('link', { name: say('export.get') }).getAttribute('href'), `/api/v1/timetable/export.csv?term=autumn&language=${language}`);
        await shot('export');
        await page.keyboard.press('Escape');
        await button('timetable.address').click();
        await button('address.make').click();
        await page.locator('.secret input').waitFor();
        assert.equal(await page.inputValue('.secret input'), `${stub.origin}/api/v1/calendars/3f9a1c`);
        await shot('address');
        await page.keyboard.press('Escape');
        await button('timetable.new-single').click();
        await shot('single-lesson');
    });

    consoleTest(`pairings: made, refused at its field, activated with a reason, ${language}`, { language }, async ({ page, open, shot, say, button }) => {
        stub.signIn();
        await open('pairings');
        await button('pairing.new').first().click();
        await page.fill('#field-name', '三年级美术');
        await page.fill('#field-subject', '美术');
        for (const [label, typed] of [['field.giving-site', '三（2）'], ['field.teacher', '王'], ['field.receiving-sites', '三年级']]) {
            await page.locator('dialog').getByRole('combobox', { name: say(label) }).fill(typed);
            await page.locator('[role=option]').first().click();
        }
        const sentence = { 'zh-CN': '“三年级”这个学期已经在结对“三年级美术”里上这门学科。', en: '“Grade 3” has this subject this term already, by the pairing “Art, grade 3”.' };
        stub.refuse(/POST \/pairings/, { status: 409, name: 'exists', field: 'receiving_sites[0]', detail: '"qs-3" has this subject', sentence });
        await button('action.save').click();
        await page.locator('[data-field=receiving_sites] .error', { hasText: sentence[language] }).waitFor();
        assert.equal(await page.getByText('qs-3').count(), 0, 'nobody is told what is for programs');
        assert.equal(await page.locator('dialog .trouble').count(), 0, 'it stands at its field alone');
        await shot('pairing-refused');
        stub.relent();
        await button('action.save').click();
        await page.getByText(say('pairing.history')).waitFor();
        await button('pairing.to-active').click();
        await page.fill('#field-reason', '开学');
        await button('pairing.to-active').click();
        await page.locator('.history li').waitFor();
        await shot('pairing');
        assert.deepEqual(stub.bodies.findLast(([what]) => what.endsWith('/state'))[1], { state: 'active', reason: '开学' });
    });

    consoleTest(`a lost update is explained, and the newest can be loaded, ${language}`, { language }, async ({ page, open, shot, say, button }) => {
        stub.signIn();
        await open('sites');
        await page.getByRole('button', { name: language === 'en' ? 'Grade 3' : '三年级', exact: true }).click();
        await page.fill('#field-room', '301');
        Object.assign(stub.find('sites', 'qs-3'), { room: '报告厅', version: 9 });
        await button('action.save').click();
        await page.getByText(say('problem.stale-version')).waitFor();
        await shot('stale');
        await button('state.reload').click();
        await until('the newest', async () => await page.inputValue('#field-room') === '报告厅');
        await page.fill('#field-room', '301');
        await button('action.save').click();
        await page.getByText(say('say.saved')).waitFor();
        assert.equal(stub.find('sites', 'qs-3').room, '301');
    });

    consoleTest(`terms, bells, people and devices are made and changed, ${language}`, { language, height: 900 }, async ({ page, open, shot, say, button }) => {
        stub.signIn();
        await open('terms');
        await button('term.new').first().click();
        await page.fill('#field-name', '春季学期');
        await page.fill('#field-first-day', '2027-02-22');
        await page.fill('#field-last-day', '2027-02-01');
        await button('term.add-off').click();
        await button('term.add-work').click();
        await button('action.save').click();
        await page.getByText(say('problem.before-first')).waitFor();
        await shot('term');
        await open('bells');
        await button('bell.new').first().click();
        for (let i = 0; i < 3; i++)
            await button('bell.add').click();
        await page.fill('#field-name', '春季作息');
        stub.refuse(/POST \/bell-schedules/, { status: 422, name: 'invalid-value', field: 'periods[2].starts', detail: 'periods[2].starts: 09:40 is before 09:50' });
        await button('action.save').click();
        await page.locator('[data-field="periods[2].starts"] .error', { hasText: '09:40 is before 09:50' }).waitFor(); /* where there is no sentence */
        await until('the focus goes to the fault', () => page.evaluate(() => document.activeElement.id === 'field-periods-2-starts'));
        await shot('bell');
        stub.relent();
        await open('people');
        await button('person.new').first().click();
        await page.fill('#field-name', '陈老师');
        await page.fill('#field-sign-in', 'Chen.Laoshi');
        await button('person.add-appointment').click();
        await shot('person');
        await button('action.save').click();
        await page.locator('.secret input').waitFor();
        assert.equal(stub.bodies.findLast(([what]) => what === 'POST /people')[1].sign_in, 'chen.laoshi');
        await shot('first-password-shown');
        await open('devices?code=7f3k92');
        assert.equal(await page.inputValue('#field-code'), '7F3-K92');
        await page.locator('dialog').getByRole('combobox', { name: say('field.site') }).fill('三');
        await page.locator('[role=option]').first().click();
        await page.fill('#field-name', '电视盒');
        await shot('enrol');
        await button('device.confirm').click();
        await page.getByText(say('device.enrolled')).waitFor();
        await page.getByRole('button', { name: `${say('device.revoke')}: 讲台电脑` }).click();
        await shot('revoke');
        await button('device.revoke').click();
        await page.getByText(say('device.revoked')).waitFor();
        assert.equal(stub.find('devices', 'd1').state, 'revoked');
    });

    consoleTest(`organisations, the audit log's differences, coefficients and the ledger, ${language}`, { language }, async ({ page, open, shot, say, button }) => {
        stub.signIn();
        await open('organisations');
        await settled(page);
        await page.getByRole('button', { name: `${say('organisation.add')}: 云岭县` }).click();
        await page.fill('#field-name', '新学校');
        await shot('organisation');
        await button('action.save').click();
        await page.getByText(say('say.saved')).waitFor();
        await open('audit');
        await page.getByRole('button', { name: `${say('audit.what')}: #52` }).click();
        await page.locator('.diff-changed').first().waitFor();
        assert.equal(await page.locator('.diff-changed').count(), 2);
        await shot('audit-difference');
        await open('reports?kind=rows');
        await settled(page);
        await shot('ledger');
        await button('workload.title').click();
        await page.locator('#field-lesson').waitFor();
        await page.fill('#field-site', '-1');
        await button('action.save').click();
        await page.getByText(say('problem.number-needed')).waitFor();
        await shot('workload');
        await page.keyboard.press('Escape');
        await button('verify.title').click();
        await page.getByText(say('verify.ok', { n: '1,284' })).waitFor();
        await shot('verify');
    });

    consoleTest(`a report on paper has the ledger's head at its foot, ${language}`, { language }, async ({ page, open, say }) => {
        stub.signIn();
        await open('reports?kind=schools&term=autumn');
        await settled(page);
        await page.emulateMedia({ media: 'print' });
        await page.setViewportSize({ width: 1020, height: 700 });
        for (const hidden of ['.menu', '.top', '.filters'])
            assert.ok(await page.locator(hidden).first().isHidden(), hidden);
        assert.match(await page.textContent('.proof'), /5e1f0c3b9a77d2c4/);
        assert.ok(await page.getByText(say('report.signature').slice(0, 6)).isVisible());
        await shoot(page, `console-report-print-${language}`, { fullPage: true });
    });

    consoleTest(`nothing is broken on a screen of 390 px, ${language}`, { language, width: 390, height: 844 }, async ({ page, open, turn, say, button }) => {
        stub.signIn();
        await open('about');
        for (const name of PAGES.filter((name) => name !== 'about')) {
            await turn(name);
            await settled(page);
            await shoot(page, `console-${name}-narrow-${language}`);
        }
        await page.getByRole('button', { name: say('frame.menu') }).click();
        await shoot(page, `console-menu-narrow-${language}`);
        await open('pairings');
        await button('pairing.new').first().click();
        await shoot(page, `console-pairing-narrow-${language}`);
    });
}

consoleTest('today is asked for again by itself, without a flicker, and stays while the server is away', {}, async ({ page, open, say }) => {
    stub.signIn();
    await page.clock.install({ time: NOW });
    await open('today');
    await settled(page);
    await page.evaluate(() => { window.kept = document.querySelector('.tally'); });
    const asked = () => stub.requests.filter((what) => what === 'GET /today').length;
    await until('a second look', async () => {
        await page.clock.runFor(16_000);
        return asked() >= 2;
    });
    stub.refuse(/GET \/today/, { status: 503, name: 'busy' });
    await until('a word about it', async () => {
        await page.clock.runFor(16_000); /* the timer is set when the answer is in */
        return page.getByText(say('state.stale')).isVisible();
    });
    assert.ok(await page.evaluate(() => window.kept === document.querySelector('.tally')), 'the page was not built anew');
    const link = page.getByRole('link', { name: say('today.look') }).first();
    assert.equal(await link.getAttribute('href'), '#/timetable?lesson=l4&site=hw-34');
});

consoleTest('a week with more lessons than a calendar can show is a list, and says so', {}, async ({ page, open, say, shot }) => {
    stub.signIn();
    stub.crowd('l6', 150);
    await open('timetable?view=week');
    await page.getByText(say('timetable.crowded', { n: 160 })).waitFor();
    assert.equal(await page.locator('.calendar').count(), 0);
    assert.equal(await page.locator('main tbody tr').count(), 160);
    await shot('timetable-crowded');
    stub.crowd('l6', 300);
    await open('timetable?view=week');
    await page.getByText(say('timetable.too-many', { n: 400 })).waitFor();
});

consoleTest('names and titles stay text, whatever they are', {}, async ({ page, open }) => {
    stub.signIn();
    const evil = '<img src=x onerror="window.hurt=1"><b>{{7*7}}</b>';
    Object.assign(stub.find('lessons', 'l4'), { title: evil, teacher_name: evil });
    Object.assign(stub.find('sites', 'qs-3'), { name: evil });
    for (const name of ['today', 'timetable', 'timetable?view=list', 'sites']) {
        await open(name);
        await settled(page);
        await page.getByText(evil.slice(0, 12)).first().waitFor();
    }
    assert.equal(await page.evaluate(() => window.hurt), undefined);
});

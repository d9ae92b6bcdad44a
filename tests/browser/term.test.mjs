/* SPDX-License-Identifier: Apache-2.0 */
/* term.test.mjs: a term from nothing to a printed report through the console alone, on a clock
 * that the test moves: two boxes enrol, three lessons are held with real media, one site is
 * cut off for a while, and the ledger's page says what really arrived. */

import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { openPage, startChromium } from './lib/chromium.mjs';
import { artefacts, web } from './lib/paths.mjs';
import { School } from './lib/school.mjs';
import { until } from './lib/wait.mjs';

const { words } = await import(path.join(web, 'console/words.js'));
const LANGUAGE = 'zh-CN', PASSWORD = '云岭的月亮 2026', TEACHER_PASSWORD = '石门的太阳 2026';
const SITES = ['石门三年级', '柳坪三年级'];
const TOLERANCE = 0.1;  /* of a lesson, on a machine that has a browser to draw besides, */
const TICK_S = 1;       /* and the relay counts each second: a short lesson is no finer */
const WAKING_S = 8;     /* a box that wakes has to be heard again first, */
const KEPT_S = 5;       /* and what its socket kept while it was held arrives after all */
/* Seconds of media and, of these, how long the second box is held. No longer than the clicks
 * need: what the ledger promises is measured by tests/integration/test_term.py. */
const LESSONS = [{ day: '2026-09-01', weekday: '2', media_s: 8, cut_s: 0 }, { day: '2026-09-02', weekday: '3', media_s: 24, cut_s: 12 },
    { day: '2026-09-03', weekday: '4', media_s: 8, cut_s: 0 }];

const say = (key, values = {}) => words[LANGUAGE][key].replace(/\{(\w+)\}/g, (_, place) => values[place] ?? '');
const now_s = () => performance.now() / 1000;

let browser, school;

before(async () => {
    browser = await startChromium();
    school = new School('term');
    await school.start({ sign_in: 'zhang', name: '张主任', county: '云岭县' });
});

after(async () => {
    await browser?.close();
    await school?.stop();
});

/* The console as one person has it before them. */
class Desk {
    constructor(page, sign_in) {
        this.page = page;
        this.sign_in = sign_in;
    }

    static async open(sign_in, first, password) {
        const desk = new Desk(await openPage(browser, { locale: LANGUAGE, height: 1000 }), sign_in);
        desk.password = password;
        await desk.page.clock.setFixedTime(new Date(school.now));
        await desk.page.context().route((address) => address.pathname === '/teacher', (route) => route.fulfill({ contentType: 'text/html', body: '' }));
        await desk.page.goto(`${school.url}/console#/today`);
        await desk.enter(first);
        await desk.page.getByRole('heading', { name: say('session.choose-password') }).waitFor();
        await desk.shoot(`first-password-${sign_in}`, null);
        await desk.page.fill('#field-password', first);
        await desk.page.fill('#field-new-password', password);
        await desk.page.fill('#field-again', password);
        await desk.button('session.set-password').click();
        await desk.heading('today');
        return desk;
    }

    button(key, values) {
        return this.page.getByRole('button', { name: say(key, values), exact: true });
    }

    heading(name, language = LANGUAGE) {
        return this.page.getByRole('heading', { level: 1, name: words[language][`page.${name}`] }).waitFor();
    }

    async enter(password = this.password) {
        await this.page.fill('#field-sign-in', this.sign_in);
        await this.page.fill('#field-password', password);
        await this.button('session.sign-in').click();
    }

    /* The clock was moved by more than somebody may be idle. */
    async comeBack() {
        await this.page.clock.setFixedTime(new Date(school.now));
        await this.page.goto('about:blank');
        await this.page.goto(`${school.url}/console#/today`);
        await this.page.locator('#field-sign-in, main.page h1').first().waitFor();
        if (await this.page.locator('#field-sign-in').count())
            await this.enter();
        await this.heading('today');
    }

    async turn(name) {
        await this.page.getByRole('navigation').getByRole('link', { name: say(`page.${name}`), exact: true }).click();
        await this.heading(name);
        await until(`${name} is there`, () => this.page.evaluate(() => !document.querySelector('.loading')));
    }

    async pick(key, typed) {
        await this.page.locator('dialog').getByRole('combobox', { name: say(key) }).fill(typed);
        await this.page.locator('[role=option]', { hasText: typed }).first().click();
    }

    async save(key = 'action.save') {
        await this.button(key).last().click();
        await until('it was saved', async () => {
            assert.deepEqual(await this.page.locator('dialog .trouble, dialog .error').allTextContents(), []);
            return await this.page.locator('dialog').count() === 0;
        });
    }

    /* Page @name in both languages; where @name is null, as it is. */
    async shoot(what, name = what) {
        const keep = (language) => this.page.screenshot({ path: path.join(artefacts, `term-${what}-${language}.png`) });
        await keep(LANGUAGE);
        if (name === null)
            return;
        await this.page.locator('.top .switch').click();
        await this.heading(name, 'en');
        await until(`${name} is there`, () => this.page.evaluate(() => !document.querySelector('.loading')));
        await keep('en');
        await this.page.locator('.top .switch').click();
        await this.heading(name);
    }
}

const moveTo = (minute) => school.setClock(`${minute}:00+08:00`);

async function buildSchools(desk) {
    await desk.turn('organisations');
    for (const name of ['城关小学', '石门小学', '柳坪小学']) {
        await desk.page.getByRole('button', { name: `${say('organisation.add')}: 云岭县` }).click();
        await desk.page.selectOption('#field-kind', 'school');
        await desk.page.fill('#field-name', name);
        await desk.save();
        await desk.page.locator('.node-name', { hasText: name }).waitFor();
    }
    await desk.shoot('organisations');
}

async function buildTimes(desk) {
    await desk.turn('terms');
    await desk.button('term.new').first().click();
    await desk.page.fill('#field-name', '2026 年秋季学期');
    await desk.page.fill('#field-first-day', '2026-09-01');
    await desk.page.fill('#field-last-day', '2026-09-30');
    await desk.save();
    await desk.shoot('terms');
    await desk.turn('bells');
    await desk.button('bell.new').first().click();
    await desk.page.fill('#field-name', '夏季作息');
    await desk.page.fill('[data-field="periods[0].starts"] input', '08:00');
    await desk.page.fill('[data-field="periods[0].ends"] input', '08:40');
    await desk.save();
    await desk.shoot('bells');
}

async function buildSites(desk) {
    await desk.turn('sites');
    for (const [school, name, kind] of [['城关', '城关三年级', 'giving'], ['石门', SITES[0], 'receiving'], ['柳坪', SITES[1], 'receiving']]) {
        await desk.button('site.new').first().click();
        await desk.pick('field.school', school);
        await desk.page.fill('#field-name', name);
        await desk.page.selectOption('#field-kind', kind);
        await desk.save();
        await desk.page.getByRole('button', { name, exact: true }).waitFor();
    }
    await desk.shoot('sites');
}

/* A box shows its code, and the administrator types it in. */
async function enrol(desk, kiosk, site) {
    const { code } = await kiosk.hear('enrolling');
    await desk.turn('devices');
    await desk.button('device.enrol').first().click();
    await desk.page.fill('#field-code', code);
    await desk.pick('field.site', site);
    await desk.page.fill('#field-name', `${site}电视`);
    await desk.button('device.confirm').last().click();
    await desk.page.getByText(say('device.enrolled')).waitFor();
    await kiosk.hear('enrolled');
    await desk.page.getByText(`${site}电视`).first().waitFor();
}

/* Answers the teacher's first password. */
async function addTeacher(desk) {
    await desk.turn('people');
    await desk.button('person.new').first().click();
    await desk.page.fill('#field-name', '王丽华');
    await desk.page.fill('#field-sign-in', 'wang.lihua');
    await desk.button('action.save').click();
    await desk.page.locator('.secret input').waitFor();
    const first = await desk.page.inputValue('.secret input');
    await desk.button('action.close').last().click();
    await desk.page.getByText('wang.lihua').waitFor();
    await desk.shoot('people');
    return first;
}

async function pair(desk) {
    await desk.turn('pairings');
    await desk.button('pairing.new').first().click();
    await desk.page.fill('#field-name', '三年级数学');
    await desk.page.fill('#field-subject', '数学');
    await desk.pick('field.giving-site', '城关三年级');
    await desk.pick('field.teacher', '王丽华');
    for (const site of SITES)
        await desk.pick('field.receiving-sites', site);
    await desk.button('action.save').click();
    await desk.button('pairing.to-active').click();
    await desk.page.fill('#field-reason', '开学');
    await desk.button('pairing.to-active').click();
    await desk.button('pairing.to-suspended').waitFor();
    await desk.page.keyboard.press('Escape');
    await desk.shoot('pairings');
}

async function layTimetable(desk) {
    await desk.turn('timetable');
    for (const { weekday } of LESSONS) {
        await desk.button('timetable.new-entry').click();
        await desk.pick('field.pairing', '三年级数学');
        await desk.page.selectOption('#field-weekday', weekday);
        await desk.page.selectOption('#field-period', '1');
        await desk.page.getByText(say('conflict.none')).waitFor();
        await desk.save();
    }
    await desk.button('timetable.generate').click();
    await desk.page.locator('dialog').getByRole('button', { name: say('timetable.generate'), exact: true }).click();
    await desk.page.locator('.job.done').waitFor();
    await desk.button('action.close').last().click();
    await until('three lessons this week', async () => await desk.page.locator('.ec-event .lesson').count() === LESSONS.length);
    await desk.shoot('timetable');
}

/* What the teacher's own page is opened with, which stays empty here: a program teaches. */
async function goToClass(desk) {
    await desk.comeBack();
    await desk.shoot('today-teacher', 'today');
    const opened = desk.page.context().waitForEvent('page');
    const answered = desk.page.waitForResponse((response) => response.url().endsWith('/join'));
    await desk.button('today.teach').first().click();
    const answer = await answered;
    const entrance = await answer.json();
    assert.equal(answer.status(), 200, JSON.stringify(entrance));
    await (await opened).close();
    const lesson = answer.url().split('/').at(-2);
    return { lesson, token: entrance.token };
}

/* Holds the whole box: it neither hears nor says anything. */
async function cutOff(kiosk, seconds) {
    const begin_s = now_s();
    process.kill(kiosk.pid, 'SIGSTOP');
    await sleep(seconds * 1000);
    process.kill(kiosk.pid, 'SIGCONT');
    return now_s() - begin_s;
}

async function hold({ day, media_s, cut_s }, i, { admin, teacher_desk, kiosks }) {
    await moveTo(`${day}T07:55`);
    const { lesson, token } = await goToClass(teacher_desk);
    const teacher = school.teach(`teacher-${i + 1}`, lesson, token);
    for (const kiosk of kiosks)
        await kiosk.hear('first_frame');
    const rung_s = now_s();
    await moveTo(`${day}T08:00`);
    const begun_s = now_s();
    if (i === 0) {
        await admin.comeBack();
        await admin.shoot('today-live', 'today');
    }
    let away_s = 0;
    if (cut_s > 0) {
        await sleep((media_s - cut_s) * 500);
        away_s = await cutOff(kiosks[1], cut_s);
    }
    await sleep(Math.max(begun_s + media_s - now_s(), 0) * 1000);
    const least_s = now_s() - begun_s;
    await moveTo(`${day}T08:40`);
    const most_s = now_s() - rung_s;
    for (const kiosk of kiosks)
        await kiosk.hear('idle');
    await teacher.stop();
    return { lesson, least_s, most_s, away_s };
}

/* Of the ledger's page: its rows as it shows them and as it was given them. */
async function readLedger(desk, n_rows) {
    const { page } = desk;
    let rows;
    await until('the lessons are in the ledger', async () => {
        await page.goto('about:blank');
        const answer = page.waitForResponse((response) => /\/api\/v1\/ledger\?|\/api\/v1\/ledger$/.test(response.url()));
        await page.goto(`${school.url}/console#/reports?kind=rows`);
        rows = (await (await answer).json()).items;
        return rows.length === n_rows;
    });
    await until('the page shows them', async () => await page.locator('main tbody tr').count() === n_rows);
    await desk.shoot('ledger', 'reports');
    return rows;
}

/* The bells rang while the clock was being moved: a lesson lasted from its least to its most. */
function check(rows, held) {
    const wrong = [];
    held.forEach(({ lesson, least_s, most_s, away_s }, i) => SITES.forEach((site, j) => {
        const { received_min, n_interruptions } = rows.find((row) => row.lesson === lesson && row.site_name === site);
        const have_s = received_min * 60, lost_s = j === 1 ? away_s : 0;
        const slack_s = Math.max(TOLERANCE * most_s, TICK_S);
        const [below_s, above_s] = lost_s > 0 ? [WAKING_S, KEPT_S] : [slack_s, slack_s];
        const said = `lesson ${i + 1}, ${site}: received ${have_s.toFixed(1)} s of ${(least_s - lost_s).toFixed(1)} to ${(most_s - lost_s).toFixed(1)} s,`
            + ` ${n_interruptions} interruptions`;
        console.log(said);
        if (have_s > most_s - lost_s + above_s || have_s < least_s - lost_s - below_s || (lost_s > 0) !== (n_interruptions > 0))
            wrong.push(said);
    }));
    assert.deepEqual(wrong, []);
}

async function print(desk) {
    const { page } = desk;
    for (const kind of ['schools', 'teachers']) {
        await desk.button(`report.${kind}`).click();
        await page.locator('main table tbody tr').first().waitFor();
        await desk.shoot(`report-${kind}`, 'reports');
    }
    const got = page.waitForEvent('download');
    await page.getByRole('link', { name: say('report.csv') }).click();
    await (await got).saveAs(path.join(artefacts, 'term-report.csv'));
    await page.emulateMedia({ media: 'print' });
    assert.match(await page.textContent('.proof'), /[0-9a-f]{16}/);
    await desk.shoot('report-print', null);
    await page.pdf({ path: path.join(artefacts, 'term-report.pdf'), format: 'A4', landscape: true });
    await page.emulateMedia({ media: 'screen' });
}

test('a term goes from nothing to a printed report through the console', { timeout: 600_000 }, async () => {
    const begun_s = now_s();
    await moveTo('2026-08-31T10:00');
    const kiosks = SITES.map((_, i) => school.kiosk(`kiosk-${i + 1}`));
    const admin = await Desk.open('zhang', school.first_password, PASSWORD);
    await buildSchools(admin);
    await buildTimes(admin);
    await buildSites(admin);
    for (const [i, kiosk] of kiosks.entries())
        await enrol(admin, kiosk, SITES[i]);
    await admin.shoot('devices');
    const first = await addTeacher(admin);
    await pair(admin);
    await moveTo('2026-09-01T07:30');
    await admin.comeBack();
    await layTimetable(admin);
    const teacher_desk = await Desk.open('wang.lihua', first, TEACHER_PASSWORD);
    console.log(`a school from nothing in ${(now_s() - begun_s).toFixed(0)} s`);
    const held = [];
    for (const [i, lesson] of LESSONS.entries())
        held.push(await hold(lesson, i, { admin, teacher_desk, kiosks }));
    await admin.comeBack();
    await admin.shoot('today-over', 'today');
    check(await readLedger(admin, LESSONS.length * (SITES.length + 1)), held);
    await print(admin);
    await admin.turn('audit');
    await admin.shoot('audit');
    console.log((await school.verify()).trim());
    for (const { page } of [admin, teacher_desk])
        assert.deepEqual(page.faults, []);
    console.log(`a term in ${(now_s() - begun_s).toFixed(0)} s`);
});

/* SPDX-License-Identifier: Apache-2.0 */
/* console-service.test.mjs: the console against the service itself: from a first password to
 * a school with its term, bells, classrooms, people and a device; and what it says of a form
 * that is filled in wrongly. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { openPage, startChromium } from './lib/chromium.mjs';
import { artefacts, program, root, web } from './lib/paths.mjs';
import { Program } from './lib/process.mjs';
import { freePort } from './lib/servers.mjs';
import { until } from './lib/wait.mjs';

const { addDays, mondayOf, wallClock } = await import(path.join(web, 'console/days.js'));
const run = promisify(execFile);
const { words } = await import(path.join(web, 'console/words.js'));
const NEXT_MONDAY = addDays(mondayOf(wallClock(Date.now()).day), 7), FREE_DAY = addDays(NEXT_MONDAY, 4); /* a Friday */
const LANGUAGE = 'zh-CN', PASSWORD = '云岭的月亮 2026';

let browser, folder, signaling, url, first_password;

before(async () => {
    browser = await startChromium();
    folder = await mkdtemp(path.join(os.tmpdir(), 'synclass-console-'));
    const database = path.join(folder, 'synclass.db'), port = await freePort('127.0.0.1');
    const { stdout } = await run(program('signaling/synclass-signaling'), ['admin', '--database', database, '--sign-in', 'zhang', '--name', '张主任',
        '--root-name', '云岭县', '--root-kind', 'county']);
    first_password = stdout.trim();
    signaling = new Program('console-signaling', program('signaling/synclass-signaling'), ['serve', '--config', path.join(root, 'conf/signaling.conf'),
        '--listen', '127.0.0.1', '--port', String(port), '--database', database, '--control', path.join(folder, 'control.sock')]);
    url = `http://127.0.0.1:${port}`;
    await until('signaling answers', () => fetch(`${url}/healthz`).then(() => true, () => false));
});

after(async () => {
    await browser?.close();
    await signaling?.stop();
    await rm(folder, { recursive: true, force: true });
});

test('a school is built through the console alone', { timeout: 300_000 }, async () => {
    const page = await openPage(browser, { locale: LANGUAGE });
    const say = (key, values = {}) => words[LANGUAGE][key].replace(/\{(\w+)\}/g, (_, place) => values[place] ?? '');
    const button = (key, values) => page.getByRole('button', { name: say(key, values), exact: true });
    const dialog = page.locator('dialog');
    const turn = async (name) => {
        await page.getByRole('navigation').getByRole('link', { name: say(`page.${name}`), exact: true }).click();
        await page.getByRole('heading', { level: 1, name: say(`page.${name}`) }).waitFor();
    };
    const pick = async (key, typed) => {
        await dialog.getByRole('combobox', { name: say(key) }).fill(typed);
        await page.locator('[role=option]', { hasText: typed }).first().click();
    };
    const saved = async () => {
        await button('action.save').click();
        await until('it was saved', async () => {
            const trouble = await page.locator('dialog .trouble, dialog .error').allTextContents();
            assert.deepEqual(trouble, []);
            return await dialog.count() === 0;
        });
    };
    const signIn = async (name, first) => {
        await page.fill('#field-sign-in', name);
        await page.fill('#field-password', first);
        await button('session.sign-in').click();
        await page.getByRole('heading', { name: say('session.choose-password') }).waitFor();
        await page.fill('#field-password', first);
        await page.fill('#field-new-password', PASSWORD);
        await page.fill('#field-again', PASSWORD);
        await button('session.set-password').click();
    };
    const shot = (name) => page.screenshot({ path: path.join(artefacts, `console-service-${name}.png`) });

    await page.goto(`${url}/console#/organisations`);
    await page.fill('#field-sign-in', 'zhang');
    await page.fill('#field-password', 'not this');
    await button('session.sign-in').click();
    await page.getByText(say('problem.wrong-password')).waitFor();
    await signIn('zhang', first_password);
    await page.getByRole('heading', { level: 1, name: say('page.organisations') }).waitFor();

    for (const school of ['城关第一小学', '青石村小学']) {
        await page.getByRole('button', { name: `${say('organisation.add')}: 云岭县` }).click();
        await page.selectOption('#field-kind', 'school');
        await page.fill('#field-name', school);
        await saved();
        await page.locator('.node-name', { hasText: school }).waitFor();
    }
    await shot('organisations');

    await turn('terms');
    await button('term.new').first().click();
    await page.fill('#field-name', '第一学期');
    await page.fill('#field-first-day', addDays(NEXT_MONDAY, -7));
    await page.fill('#field-last-day', addDays(NEXT_MONDAY, 60));
    await button('term.add-off').click();
    await page.fill('[data-field="exceptions[0].day"] input', FREE_DAY);
    await page.fill('[data-field="exceptions[0].name"] input', '国庆节');
    await button('term.add-work').click();
    await page.fill('[data-field="exceptions[1].day"] input', addDays(FREE_DAY, 1));
    await page.fill('[data-field="exceptions[1].follows"] input', FREE_DAY);
    await page.fill('[data-field="exceptions[1].name"] input', '调休');
    await saved();
    await page.getByText('第一学期').first().waitFor();
    await shot('terms');

    await turn('bells');
    await button('bell.new').first().click();
    await page.fill('#field-name', '夏季作息');
    for (let i = 0; i < 3; i++)
        await button('bell.add').click();
    await page.fill('[data-field="periods[2].ends"] input', '09:00');
    await button('action.save').click();
    await page.getByText(say('problem.ends-early')).waitFor();
    await page.fill('[data-field="periods[2].ends"] input', '10:20');
    await saved();
    await shot('bells');

    await turn('sites');
    for (const [school, name, kind] of [['城关', '三（2）班', 'giving'], ['青石', '三年级 <b>', 'receiving']]) {
        await button('site.new').first().click();
        await pick('field.school', school);
        await page.fill('#field-name', name);
        await page.selectOption('#field-kind', kind);
        await saved();
        await page.getByRole('button', { name, exact: true }).waitFor();
    }
    await page.getByRole('button', { name: '三（2）班', exact: true }).click();
    await page.fill('#field-room', '203');
    await saved();
    await shot('sites');

    await turn('people');
    await button('person.new').first().click();
    await page.fill('#field-name', '王丽华');
    await page.fill('#field-sign-in', 'Wang.Lihua');
    await button('action.save').click();
    await page.locator('.secret input').waitFor();
    const teacher_password = await page.inputValue('.secret input');
    assert.ok(teacher_password.length >= 8);
    await button('action.close').last().click();
    await page.getByText('wang.lihua').waitFor();
    await button('person.new').first().click();
    await page.fill('#field-name', '另一位');
    await page.fill('#field-sign-in', 'wang.lihua');
    await button('action.save').click();
    await dialog.getByText(SAID[LANGUAGE].taken).waitFor();
    await shot('person-exists');
    await page.keyboard.press('Escape');

    const enrolment = await (await fetch(`${url}/api/v1/enrolments`, {
        method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ program: 'synclass 0.9' }),
    })).json();
    await page.goto(enrolment.url);
    await page.reload(); /* as from the QR code: a fragment alone loads nothing */
    assert.equal(await page.inputValue('#field-code'), enrolment.code);
    await pick('field.site', '三年级');
    await page.fill('#field-name', '电视盒');
    await button('device.confirm').click();
    await page.getByText(say('device.enrolled')).waitFor();
    await page.getByText('synclass 0.9').waitFor();
    await shot('devices');

    await turn('pairings');
    await button('pairing.new').first().click();
    await page.fill('#field-name', '三年级语文');
    await page.fill('#field-subject', '语文');
    await pick('field.giving-site', '三（2）班');
    await pick('field.teacher', '王丽华');
    await pick('field.receiving-sites', '三年级');
    await button('action.save').click();
    await button('pairing.to-active').click();
    await page.fill('#field-reason', '开学');
    await button('pairing.to-active').click();
    await button('pairing.to-suspended').waitFor();
    await shot('pairing');
    await page.keyboard.press('Escape');

    await turn('timetable');
    for (const weekday of ['1', '5']) {
        await button('timetable.new-entry').click();
        await pick('field.pairing', '三年级语文');
        await page.selectOption('#field-weekday', weekday);
        await page.selectOption('#field-period', '2');
        await page.getByText(say('conflict.none')).waitFor();
        await saved();
    }
    await button('timetable.new-entry').click();
    await pick('field.pairing', '三年级语文');
    await page.selectOption('#field-period', '2');
    await page.locator('.conflicts').waitFor();
    await shot('entry-conflict');
    await page.keyboard.press('Escape');
    await button('timetable.generate').click();
    await dialog.getByRole('button', { name: say('timetable.generate'), exact: true }).click();
    await page.locator('.job.done').waitFor();
    await button('action.close').last().click();
    await page.getByRole('button', { name: say('timetable.week-after') }).click();
    await page.locator('.ec-event .lesson').nth(1).waitFor();
    assert.equal(await page.locator('.ec-event .lesson').count(), 2, 'on Monday, and on Saturday for Friday, which is off');
    await shot('week');
    const first = page.locator('.ec-event.lesson-scheduled').first();
    await first.focus();
    await page.keyboard.press('Enter');
    await button('lesson.move').click();
    await page.selectOption('#field-period', '3');
    await page.getByText(say('conflict.none')).waitFor();
    await page.fill('#field-reason', '开会');
    await dialog.getByRole('button', { name: say('lesson.move'), exact: true }).click();
    await page.getByText(say('lesson.moved')).waitFor();
    await page.locator('.lesson-time', { hasText: '09:40' }).waitFor();
    await page.locator('.ec-event.lesson-scheduled').last().click();
    await button('lesson.cancel').click();
    await page.fill('#field-reason', '停电');
    await button('lesson.cancel').click();
    await page.locator('.ec-event.lesson-cancelled').click();
    await button('lesson.make-up').click();
    await page.fill('#field-day', addDays(NEXT_MONDAY, 2));
    await dialog.getByRole('button', { name: say('lesson.make-up'), exact: true }).click();
    await page.getByText(say('lesson.made-up')).waitFor();
    await until('three lessons', async () => await page.locator('.ec-event .lesson').count() === 3);
    await shot('week-changed');

    await turn('today');
    await page.locator('.tally').waitFor();
    await shot('today');
    await turn('reports');
    for (const kind of ['teachers', 'schools', 'counties', 'subjects', 'terms', 'rows']) {
        await button(`report.${kind}`).click();
        await page.locator('main .empty, main table').first().waitFor();
    }
    await button('report.teachers').click();
    await button('verify.title').click();
    await page.locator('.verified li.fine').nth(1).waitFor();
    await shot('verify');
    await page.keyboard.press('Escape');
    await button('workload.title').click();
    await page.fill('#field-site', '0.25');
    await saved();
    await turn('audit');
    await page.getByRole('button', { name: new RegExp(say('audit.what')) }).nth(1).waitFor();
    assert.equal(await page.locator('main .trouble').count(), 0);
    await page.getByRole('row', { name: new RegExp(say('noun.workload')) }).getByRole('button').first().click();
    await page.locator('.diff-changed, .diff-added').first().waitFor();
    await shot('audit');
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: '张主任' }).click();
    await button('session.sign-out').click();
    await page.getByText(say('session.signed-out')).waitFor();

    await signIn('wang.lihua', teacher_password);
    for (const name of ['today', 'timetable', 'pairings', 'reports']) {
        await turn(name);
        await until(`${name} is there`, () => page.evaluate(() => !document.querySelector('.loading')));
        assert.equal(await page.locator('main .trouble, main .denied').count(), 0, `${name} of a teacher`);
        await shot(`teacher-${name}`);
    }
    assert.equal(await page.getByRole('navigation').getByRole('link').count(), 5);
    assert.deepEqual(page.faults, []);
    await page.context().close();
});

/* What the page lets through and the service refuses, as each reader is told of it. Fields as
 * the forms have them; the school is that of the test before. */
const SAID = {
    'zh-CN': {
        long: '最多 100 个字，现在是 101 个。', sign_in: /^要有 3 到 64 个.*不能有空格。$/, taken: '已经有人用了，请换一个。',
        number: '要在 1 到 30 之间。', early: '前一节结束以后才能开始。',
        overlap: /^与学期“第一学期”（\d{4}-\d\d-\d\d 至 \d{4}-\d\d-\d\d）重叠。$/, outside: '这一天不在学期里。',
        period: '这份作息时间里没有第 9 节。', weeks: '结束的周不能早于开始的周。',
        used: '不能删除，它还有：教室 1。', file: '第 1 行：缺少列名“主讲教室”“听课教室”“星期”“节次”',
    },
    en: {
        long: 'At most 100 characters; these are 101.', sign_in: /^It must be 3 to 64 of /, taken: 'This is taken already; please choose another.',
        number: 'From 1 to 30.', early: 'It begins before the one above it ends.',
        overlap: /^It overlaps with the term “第一学期”, /, outside: 'This day is not in the term.',
        period: 'The bell schedule has no period 9.', weeks: 'The last week must not come before the first.',
        used: 'It cannot be deleted while it has these: site: 1.', file: /^line 1: these columns are missing: /,
    },
};

for (const [language, said] of Object.entries(SAID))
    test(`what a form breaks is said in the reader's language, ${language}`, { timeout: 300_000 }, async () => {
        const page = await openPage(browser, { locale: language });
        const say = (key, values = {}) => words[language][key].replace(/\{(\w+)\}/g, (_, place) => values[place] ?? '');
        const button = (key) => page.getByRole('button', { name: say(key), exact: true });
        const dialog = page.locator('dialog');
        const turn = async (name) => {
            await page.getByRole('navigation').getByRole('link', { name: say(`page.${name}`), exact: true }).click();
            await page.getByRole('heading', { level: 1, name: say(`page.${name}`) }).waitFor();
        };
        /* A page's own limit is no limit to whoever pastes, or has an older page. */
        const fill = async (field, value) => {
            const input = page.locator(`[data-field="${field}"] input`);
            await input.evaluate((element) => element.removeAttribute('maxlength'));
            await input.fill(value);
        };
        const isSaid = async (name, text, expected) => {
            await until(`${name} is said`, async () => {
                const found = await text.allTextContents();
                return found.length === 1 && (expected.test?.(found[0].trim()) ?? found[0].trim() === expected);
            });
            assert.equal(await dialog.locator('.error, .trouble').count(), 1, 'once');
            assert.equal(await dialog.locator('[lang=en]').count(), 0, 'nobody is told what is for programs');
            await page.screenshot({ path: path.join(artefacts, `console-said-${name}-${language}.png`) });
        };
        const saves = async (name, place, expected) => {
            await button('action.save').click();
            await isSaid(name, page.locator(`[data-field="${place}"] .error`), expected);
        };

        await page.goto(`${url}/console#/people`);
        await page.fill('#field-sign-in', 'zhang');
        await page.fill('#field-password', PASSWORD);
        await button('session.sign-in').click();
        await button('person.new').first().click();
        await fill('name', '字'.repeat(101));
        await fill('sign_in', 'zhang san');
        await saves('long', 'name', said.long);
        await fill('name', '张三');
        await saves('sign-in', 'sign_in', said.sign_in);
        await fill('sign_in', 'zhang');
        await saves('taken', 'sign_in', said.taken);
        await page.keyboard.press('Escape');

        await turn('bells');
        await button('bell.new').first().click();
        await fill('name', '冬季作息');
        await button('bell.add').click();
        await fill('periods[1].number', '99');
        await saves('number', 'periods[1].number', said.number);
        await fill('periods[1].number', '2');
        await fill('periods[1].starts', '08:10');
        await saves('early', 'periods[1].starts', said.early);
        await page.keyboard.press('Escape');

        await turn('terms');
        await button('term.new').first().click();
        await fill('name', '第二学期');
        await fill('first_day', NEXT_MONDAY);
        await fill('last_day', addDays(NEXT_MONDAY, 7));
        await button('term.add-off').click();
        await fill('exceptions[0].day', addDays(NEXT_MONDAY, 8));
        await fill('exceptions[0].name', '元旦');
        await saves('outside', 'exceptions[0].day', said.outside);
        await fill('exceptions[0].day', NEXT_MONDAY);
        await saves('overlap', 'first_day', said.overlap);
        await page.keyboard.press('Escape');

        await turn('timetable');
        await button('timetable.new-entry').click();
        await dialog.getByRole('combobox', { name: say('field.pairing') }).fill('三年级语文');
        await page.locator('[role=option]', { hasText: '三年级语文' }).first().click();
        await page.locator('#field-period').evaluate((select) => select.append(new Option('9', '9'))); /* the schedule was cut since */
        await page.selectOption('#field-period', '9');
        await saves('period', 'period', said.period);
        await page.selectOption('#field-period', '1');
        await fill('first_week', '3');
        await fill('last_week', '2');
        await saves('weeks', 'last_week', said.weeks);
        await page.keyboard.press('Escape');
        await button('timetable.import').click();
        await dialog.locator('input[type=file]').setInputFiles({ name: '课表.csv', mimeType: 'text/csv', buffer: Buffer.from('教师,科目\n') });
        await isSaid('file', dialog.locator('.trouble .strong'), said.file);
        await page.keyboard.press('Escape');

        await turn('organisations');
        await page.getByRole('button', { name: `${say('action.delete')}: 城关第一小学` }).click();
        await dialog.getByRole('button', { name: say('action.delete'), exact: true }).click();
        await isSaid('used', dialog.locator('.trouble .strong'), said.used);
        await page.keyboard.press('Escape');
        assert.deepEqual(page.faults, []);
        await page.context().close();
    });

/* SPDX-License-Identifier: Apache-2.0 */
/* slides.test.mjs: slides by pages, against the stub lesson: a teacher hands in a PDF and turns
 * its pages, a class sees them. One visit, part after part. */

import assert from 'node:assert/strict';
import { readdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { assertAccessible } from './lib/axe.mjs';
import { openPage, startChromium } from './lib/chromium.mjs';
import { joined, messages, shoot, startTeaching } from './lib/page.mjs';
import { artefacts, modules, vendor } from './lib/paths.mjs';
import { bandOf, fontlessPdf, lessonPdf } from './lib/pdf.mjs';
import { StubLesson } from './lib/stub.mjs';
import { until } from './lib/wait.mjs';

const LIMIT = { timeout: 420_000 };
const TV = { width: 1920, height: 1080 };
const NAME = '三年级语文 富饶的西沙群岛.pdf';
const PADDING = 44 * 1024 * 1024; /* sockets hold up to 36 MiB between them (tcp_rmem, tcp_wmem) */
const TOO_LARGE = 64 * 1024 * 1024 + 1;
const N_TURNS = 12;
let browser, stub, teacher, tv, pdf;

before(async () => {
    browser = await startChromium();
    pdf = await lessonPdf(browser);
    stub = new StubLesson();
    await stub.start(browser);
    teacher = await openPage(browser);
    tv = await openPage(browser, TV);
    for (const [page, what, site] of [[teacher, 'teacher', 'town'], [tv, 'classroom', 'stone']]) {
        await stub.attach(page);
        await page.goto(stub.link(what, site));
    }
    await startTeaching(teacher);
    await joined(tv);
    for (const page of [teacher, tv]) /* nobody looks: the machine is spared the encoders */
        await page.evaluate(() => document.getElementById('camera').click());
}, LIMIT);

after(async () => {
    await tv?.context().close();
    await teacher?.context().close();
    await stub?.stop();
    await browser?.close();
});

const slidesTest = (name, body) => test(name, LIMIT, async () => {
    await body();
    assert.deepEqual([...teacher.faults, ...tv.faults], []);
});

const t = (key, values = {}) => messages['zh-CN'][key]
    .replace(/\{(\w+)\}/g, (_, place) => values[place]);

/* On a busy machine the wait for what might come after a click is long, and for nothing. */
const press = (selector) => teacher.click(selector, { noWaitAfter: true });

const reads = (page, selector, text) => until(`${selector}: “${text}”`, async () =>
    await page.textContent(selector) === text || null);

const choose = (buffer = pdf, name = NAME) => teacher.setInputFiles('#slides-file',
    typeof buffer === 'string' ? buffer : { name, mimeType: 'application/pdf', buffer });

/* A file that the browser reads by itself: handed over as a buffer it would take half a minute.
 * @head, and nothing behind it up to @size bytes. */
function longFile(name, head, size) {
    const file = path.join(artefacts, name);
    writeFileSync(file, head);
    truncateSync(file, size);
    return file;
}

const lastAsked = (type) => stub.asked.findLast((one) => one.type === type);

const box = (page) => (page === tv ? '#slides' : '#slides-picture');

/* A picture in each language. */
async function shot(page, what) {
    for (const language of ['zh-CN', 'en']) {
        await shoot(page, `slides-${page === tv ? 'class' : 'desk'}-${what}-${language}`);
        await page.evaluate(() => document.getElementById('language').click());
    }
}

/* Of the page that stands in the box: the colour of its band and its size, or null. */
const drawnIn = (page) => page.evaluate((selector) => {
    const canvas = document.querySelector(`${selector} canvas.page`);
    if (!canvas)
        return null;
    const at = [canvas.width / 2, canvas.height * 0.02];
    return {
        band: [...canvas.getContext('2d').getImageData(...at, 1, 1).data].slice(0, 3),
        pixels: [canvas.width, canvas.height],
        place: [canvas.offsetWidth, canvas.offsetHeight],
    };
}, box(page));

/* Both, or the one, see page @n. */
const shows = (n, pages = [teacher, tv]) => Promise.all(pages.map((page) =>
    until(`page ${n}`, async () => {
        const drawn = await drawnIn(page);
        return drawn?.band.every((value, i) => Math.abs(value - bandOf(n)[i]) < 6) && drawn;
    })));

/* Where the page stands, once its canvas is as wide or as high as its box. */
const placeOf = (page) => until('the page fills its box', () => page.evaluate((selector) => {
    const canvas = document.querySelector(`${selector} canvas.page`);
    const { clientWidth, clientHeight } = document.querySelector(selector);
    const place = [canvas.offsetWidth, canvas.offsetHeight];
    const fills = [clientWidth, clientHeight].some((side, i) => Math.abs(place[i] - side) <= 2);
    return fills && document.getElementById('room').dataset.layout === 'slides' && place;
}, box(page)));

/* Points of the box that the pen has coloured. */
const inked = (page) => page.evaluate((selector) => {
    const canvas = document.querySelector(`${selector} canvas.ink`);
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, i) => i % 4 === 3 && value > 0).length;
}, box(page));

const isInked = (page, wanted) => until(`ink: ${wanted}`, async () =>
    (await inked(page) > 0) === wanted);

async function draw(from, to) {
    const place = await teacher.locator('#slides-picture canvas.page').boundingBox();
    const at = ([x, y]) => [place.x + place.width * x, place.y + place.height * y];
    await teacher.mouse.move(...at(from));
    await teacher.mouse.down();
    await teacher.mouse.move(...at(to), { steps: 20 });
    await teacher.mouse.up();
}

test('the resource holds all that draws letters a PDF does not carry', () => {
    const served = Object.keys(vendor);
    for (const [folder, ending] of [['cmaps', /\.bcmap$/], ['standard_fonts', /\.(pfb|ttf)$/]])
        for (const name of readdirSync(path.join(modules, 'pdfjs-dist', folder)))
            assert.ok(!ending.test(name) || served.includes(name), name);
});

slidesTest('what is no PDF, or too large, is refused before anything is sent', async () => {
    await press('#slides');
    assert.ok(await teacher.isVisible('#slides-none'));
    await shot(teacher, 'none');
    await choose(Buffer.from('PK\x03\x04 a presentation'), '课件.pptx');
    await reads(teacher, '#slides-problem',
        t('slides.refused', { name: '课件.pptx', reason: t('problem.bad-document') }));
    await shot(teacher, 'refused');
    await assertAccessible(teacher);
    await choose(longFile('too-large.pdf', '', TOO_LARGE));
    await reads(teacher, '#slides-problem',
        t('slides.refused', { name: 'too-large.pdf', reason: t('problem.document-too-large') }));
    assert.deepEqual(stub.documents.room, {});
});

slidesTest('each refusal of the server is said in words', async () => {
    for (const [status, name] of [[413, 'document-too-large'], [415, 'wrong-content-type'],
        [422, 'bad-document'], [422, 'encrypted-document'], [422, 'too-many-pages'],
        [409, 'document-limit'], [400, 'bad-name'], [507, 'storage-full'],
        [409, 'lesson-not-live'], [403, 'wrong-role'], [401, 'unknown-token']]) {
        stub.documents.refusal = { status, name };
        await choose();
        await reads(teacher, '#slides-problem',
            t('slides.refused', { name: NAME, reason: t(`problem.${name}`) }));
        assert.ok(messages.en[`problem.${name}`], name);
    }
    stub.documents.refusal = null;
});

slidesTest('a PDF is handed in with its progress, and given up on the way', async () => {
    let go;
    stub.documents.holds_upload = new Promise((resolve) => { go = resolve; });
    await choose(longFile(NAME, pdf, pdf.length + PADDING));
    await until('the upload', () => teacher.isVisible('#slides-upload'));
    await until('progress', () => teacher.evaluate(() =>
        document.getElementById('slides-progress').value > 0));
    await shot(teacher, 'sending');
    await assertAccessible(teacher);
    await press('#slides-cancel');
    await until('no upload', () => teacher.isHidden('#slides-upload'));
    assert.ok(await teacher.isHidden('#slides-problem'), 'who gives up knows why');
    go();
    stub.documents.holds_upload = null;
    assert.deepEqual(stub.documents.room, {});
});

slidesTest('a class is told how much of a document has come, and a broken line is gone on with',
    async () => {
        let go;
        Object.assign(stub.documents,
            { stops_at: 0.4, holds: new Promise((resolve) => { go = resolve; }), fetched: [] });
        await choose();
        await until('the list', async () =>
            await teacher.textContent('#slides-list .name') === NAME || null);
        await shot(teacher, 'list');
        await assertAccessible(teacher);
        await press('#slides-list .button:not(.button-icon)');
        await shows(1, [teacher]);
        assert.ok(stub.documents.fetched.every(({ site }) => site === 'stone'), 'the teacher has it already');
        const n = Math.floor(Math.floor(pdf.length * 0.4) / pdf.length * 100);
        await reads(tv, '#slides .page-says', t('slides.coming', { n }));
        await shot(tv, 'coming');
        await assertAccessible(tv);
        stub.documents.holds = null;
        go(); /* and the line breaks */
        await shows(1);
        assert.match(stub.documents.fetched.at(-1).range, /^bytes=\d{6,}-$/);
        assert.ok(await tv.locator('#slides .page-says').isHidden());
    });

slidesTest('a page is as large as the box and as sharp as the screen', async () => {
    const [on_desk, on_tv] = await shows(1);
    assert.deepEqual(on_tv.pixels, on_tv.place);
    assert.deepEqual(on_desk.pixels, on_desk.place);
    const size = await tv.evaluate(() => {
        const { clientWidth, clientHeight } = document.getElementById('slides');
        return [clientWidth, clientHeight];
    });
    assert.ok(Math.abs(on_tv.pixels[0] - size[0]) <= 1 || Math.abs(on_tv.pixels[1] - size[1]) <= 1,
        `${on_tv.pixels} in ${size}`);
    await shot(teacher, 'page');
    await shot(tv, 'page');
    await assertAccessible(teacher);
    await assertAccessible(tv);
});

slidesTest('pages are turned by buttons, by number, by arrows and by a clicker', async () => {
    await press('#page-next');
    await shows(2);
    await press('#page-previous');
    await shows(1);
    assert.ok(await teacher.isDisabled('#page-previous'), 'there is none before the first');
    await teacher.fill('#page-number', '7');
    await teacher.keyboard.press('Enter');
    await shows(7);
    await teacher.fill('#page-number', '99');
    await teacher.keyboard.press('Enter');
    await shows(12);
    assert.ok(await teacher.isDisabled('#page-next'), 'there is none after the last');
    await shot(tv, 'picture');
    await teacher.focus('#slides-picture');
    for (const [key, page] of [['ArrowLeft', 11], ['ArrowUp', 10], ['ArrowRight', 11],
        ['ArrowDown', 12], ['PageUp', 11], ['PageUp', 10], ['PageDown', 11]]) {
        await teacher.keyboard.press(key);
        await shows(page);
    }
    await teacher.focus('#mute');
    await teacher.keyboard.press('PageUp');
    await shows(10);
    for (let i = 0; i < 3; i++)
        await teacher.keyboard.press('PageUp'); /* faster than the answers come */
    await shows(7);
    await press('#tab-chat');
    await teacher.focus('#chat-text');
    await teacher.keyboard.press('PageUp');
    assert.equal(lastAsked('page').page, 7, 'who writes turns nothing');
    await press('#tab-slides');
});

slidesTest('what is drawn on a page stays on it', async () => {
    await draw([0.2, 0.5], [0.6, 0.6]);
    await isInked(tv, true);
    await shot(tv, 'drawn');
    await shot(teacher, 'drawn');
    await press('#page-next');
    await shows(8);
    await Promise.all([isInked(tv, false), isInked(teacher, false)]);
    await draw([0.3, 0.3], [0.5, 0.8]);
    assert.equal(lastAsked('pen').stroke, 1, 'each page counts its own');
    await press('#page-previous'); /* at once: what was drawn last must not go astray */
    await shows(7);
    await Promise.all([isInked(tv, true), isInked(teacher, true)]);
    await press('#page-next');
    await shows(8);
    await Promise.all([isInked(tv, true), isInked(teacher, true)]);
    assert.ok(stub.documents.room.strokes[0].points.at(-1) > 7000, 'the whole stroke is on its page');
    await press('#wipe');
    await isInked(tv, false);
    await press('#page-previous');
    await shows(7);
});

slidesTest('after a reload the page and its marks are there, and nothing is fetched again',
    async () => {
        const n_fetched = stub.documents.fetched.length;
        await tv.reload();
        await shows(7);
        await isInked(tv, true);
        await teacher.reload();
        await startTeaching(teacher);
        await shows(7);
        await isInked(teacher, true);
        assert.equal(stub.documents.fetched.length, n_fetched);
        stub.closeSockets();
        for (const page of [tv, teacher])
            await until('welcomed again', () => page.evaluate(() => window.synclass.state().events === 'open'));
        await shows(7);
        await isInked(tv, true);
    });

slidesTest('a page is turned quickly', async () => {
    await until('the teacher back', () => teacher.evaluate(() => window.synclass.state().events === 'open'));
    await tv.evaluate(() => performance.clearMeasures());
    await teacher.evaluate(() => performance.clearMeasures());
    await teacher.fill('#page-number', '1');
    await teacher.keyboard.press('Enter');
    await shows(1);
    await tv.evaluate(() => performance.clearMeasures());
    for (let i = 0; i < N_TURNS - 1; i++) {
        await press('#page-next');
        await shows(i + 2);
    }
    for (const [page, who] of [[tv, 'classroom, 1920 × 1080'], [teacher, 'teacher']]) {
        const turns_ms = await page.evaluate(() =>
            performance.getEntriesByName('synclass.page').map(({ duration }) => duration));
        turns_ms.sort((a, b) => a - b);
        const [median, longest] = [turns_ms[turns_ms.length >> 1], turns_ms.at(-1)];
        console.log(`# ${who}: from the event to the drawn page ${median.toFixed(0)} ms, `
            + `at most ${longest.toFixed(0)} ms, of ${turns_ms.length} turns`);
    }
});

slidesTest('the shared screen takes the place of a page, which comes back with one click', async () => {
    await press('#share');
    await until('the page away', () => lastAsked('page').document === null);
    await until('the screen', () => tv.evaluate(() => window.synclass.received()['slides-video']
        ?.framesDecoded > 0 && !document.querySelector('#slides canvas.page')));
    await shot(teacher, 'sharing');
    await press('#slides-back');
    await shows(12);
    await shot(teacher, 'back');
    await press('#share');
    await shows(12);
    await press('#write-end');
    await shot(teacher, 'small');
    await press('#write');
    await press('#slides-away');
    await until('no slides', () => tv.isHidden('#slides'));
    stub.documents.onTurn = () => stub.quality('stone', 'good', 0.1, 40, 900);
    await press('#slides-back');
    await shows(12);
    stub.documents.onTurn = null;
    assert.ok(await teacher.isVisible('#slides-away'), 'large, whatever came before the answer');
});

slidesTest('a second document without its fonts shows its Chinese', async () => {
    await choose(fontlessPdf(), '海底世界.pdf');
    await press('#tab-slides');
    await teacher.locator('.document-row:nth-child(2) .button:not(.button-icon)').click();
    await until('4:3', async () => {
        const drawn = await drawnIn(tv);
        return drawn && Math.abs(drawn.pixels[0] / drawn.pixels[1] - 4 / 3) < 0.01;
    });
    const dark = await tv.evaluate(() => {
        const canvas = document.querySelector('#slides canvas.page');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, i) => i % 4 === 0 && value < 128).length / (data.length / 4);
    });
    assert.ok(dark > 0.01, `${dark} of the page is ink`);
    await shot(tv, 'fontless');
});

slidesTest('a document is removed, and its page with it', async () => {
    await press('.document-row:nth-child(2) .button-icon');
    await shot(teacher, 'remove');
    await assertAccessible(teacher);
    await press('#slides-remove');
    await until('one left', async () => await teacher.locator('.document-row').count() === 1);
    await until('no slides', () => tv.isHidden('#slides'));
    assert.ok(await teacher.isHidden('#own-slides'));
});

slidesTest('a question beside slides is read, and one with many words takes their place', async () => {
    stub.room = { code: '493817' };
    await tv.reload();
    await press('.document-row .button:not(.button-icon)');
    await shows(12);
    const ask = (quiz, question, options) => stub.say(
        { type: 'quiz', quiz, kind: 'single', question, options, state: 'open', right: null, sum: null });
    const covered = () => tv.evaluate(() => {
        const section = document.getElementById('board');
        const door = document.getElementById('door').getBoundingClientRect();
        const last = section.querySelector('li:last-child').getBoundingClientRect();
        return last.bottom > section.getBoundingClientRect().bottom + 1
            || (last.bottom > door.top && last.left < door.right && last.right > door.left);
    });
    for (const [quiz, what, question, options] of [
        [1, 'letters', '请看课件上的题目。', [...'ABCDEFGH']],
        [2, 'short', '云南省的省会是哪座城市？', ['成都', '昆明', '贵阳', '南宁']],
        [3, 'long', '读一读第四自然段：海底的海参在做什么？请选出课文里写到的那一句话。', Array(8)
            .fill('懒洋洋地在海底的沙地上慢慢蠕动，好像什么都不着急')]]) {
        ask(quiz, question, options);
        await until(`${options.length} options`, async () =>
            await tv.locator('.option').count() === options.length && !await covered());
        assert.equal(await tv.getAttribute('#room', 'data-layout'), what === 'long' ? 'teacher' : 'slides');
        await shot(tv, `quiz-${what}`);
    }
    stub.say({ type: 'quiz', quiz: 3, kind: 'single', question: '', options: [], state: 'revealed' });
    await tv.keyboard.press('Enter');
    await shows(12);
});

slidesTest('words of the teacher have a place of their own', async () => {
    const before = await placeOf(tv);
    stub.say({ type: 'chat', message: 1, site: 'town', name: '王老师', at: '2026-03-02T00:12:00Z',
        text: '请同学们看第二段，找出描写海水颜色的词语，用笔画出来，再读一读，想一想为什么海水会有这么多种颜色，一会儿请大家来说。' });
    await tv.locator('#caption').waitFor();
    await shot(tv, 'caption');
    const now = await placeOf(tv);
    assert.ok(now.every((one, i) => Math.abs(one - before[i]) <= 2), `nothing has moved: ${before}, ${now}`);
    const covers = await tv.evaluate(() => {
        const caption = document.getElementById('caption').getBoundingClientRect();
        const slides = document.getElementById('slides').getBoundingClientRect();
        return caption.top < slides.bottom - 1 && caption.left < slides.right;
    });
    assert.ok(!covers);
});

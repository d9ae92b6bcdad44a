/* SPDX-License-Identifier: Apache-2.0 */
/* setup.test.mjs: the check before the lesson, over a real relay and signaling: each row turns
 * into its verdict, says it in both languages, and holds nothing up. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertAccessible } from './lib/axe.mjs';
import { openPage, startChromium } from './lib/chromium.mjs';
import { cameraFiles } from './lib/media.mjs';
import { messages, offered, offers, ready, shoot, startTeaching } from './lib/page.mjs';
import { Servers } from './lib/servers.mjs';
import { until } from './lib/wait.mjs';

const ROWS = ['picture', 'voice', 'echo', 'line', 'path'];
const DONE_MS = 60_000;

const servers = new Servers('setup');
let browser;

before(async () => {
    browser = await startChromium({ media: await cameraFiles('teacher', { calm: true }) });
    await servers.start({ n_classrooms: 1 });
});

after(async () => {
    await browser?.close();
    await servers.stop();
});

/* A test with a teacher's page, which has no fault. @prepare: what is done to it first. */
function pageTest(name, { locale = 'zh-CN', prepare = null }, body) {
    test(name, { timeout: 180_000 }, async () => {
        const page = await openPage(browser, { locale });
        try {
            await prepare?.(page);
            await page.goto(servers.link('teacher', servers.teacher_token));
            await ready(page);
            await body(page);
            assert.deepEqual(page.faults, []);
        } finally {
            await page.context().close();
        }
    });
}

const verdicts = (page) => page.evaluate((rows) => Object.fromEntries(rows.map((name) =>
    [name, document.getElementById(`check-${name}`).dataset.verdict])), ROWS);

const sentence = (page, name) => page.textContent(`#check-${name} span`);

async function check(page) {
    const from_ms = performance.now();
    await page.click('#check');
    const seen = await until('all verdicts', async () => {
        const now = await verdicts(page);
        return !Object.values(now).some((one) => one === 'busy' || one === 'idle') && now;
    }, DONE_MS);
    console.log(`# checked in ${Math.round(performance.now() - from_ms)} ms: ${JSON.stringify(seen)}`);
    return seen;
}

/* The page's camera has its lens covered. */
const blackCamera = (page) => page.addInitScript(() => {
    const getUserMedia = MediaDevices.prototype.getUserMedia;
    MediaDevices.prototype.getUserMedia = async function (wanted) {
        const stream = await getUserMedia.call(this, wanted);
        if (!wanted.video)
            return stream;
        const canvas = document.createElement('canvas');
        canvas.getContext('2d').fillRect(0, 0, canvas.width, canvas.height);
        return new MediaStream([...canvas.captureStream(5).getVideoTracks(),
            ...stream.getAudioTracks()]);
    };
});

/* The answer's candidates lead to a port of nobody, as behind a firewall. */
const blockedPath = (page) => page.route(/\/whep\//, async (route) => {
    if (route.request().method() !== 'POST') {
        await route.continue();
        return;
    }
    const response = await route.fetch();
    const body = (await response.text()).replace(/(a=candidate:.+ 1 udp \d+ \S+) \d+ /gi, '$1 9 ');
    await route.fulfill({ response, body });
});

for (const locale of ['zh-CN', 'en']) {
    pageTest(`everything is looked at by one press, ${locale}`, { locale }, async (page) => {
        await shoot(page, `setup-before-${locale}`);
        const seen = await check(page);
        assert.equal(seen.picture, 'good');
        assert.equal(seen.voice, 'good');
        assert.equal(seen.path, 'good');
        assert.ok(['good', 'weak'].includes(seen.line), 'a loopback carries a lesson');
        assert.equal(await sentence(page, 'picture'), messages[locale]['check.picture-good']);
        assert.match(await sentence(page, 'path'), /127\.0\.0\.1/);
        await shoot(page, `setup-checked-${locale}`);
        await assertAccessible(page, { rules: {} });
    });
}

pageTest('a black picture and a blocked path are named', {
    prepare: async (page) => { await blackCamera(page); await blockedPath(page); },
}, async (page) => {
    const seen = await check(page);
    assert.equal(seen.picture, 'bad');
    assert.equal(seen.path, 'bad');
    assert.equal(await sentence(page, 'path'), messages['zh-CN']['check.path-bad']
        .replace('{address}', '127.0.0.1').replace('{port}', '9'));
    await shoot(page, 'setup-bad-zh-CN');
});

pageTest('a lesson begins in the middle of a check', {}, async (page) => {
    await page.click('#check');
    await startTeaching(page);
});

pageTest('a line that is not given is no verdict about it', {
    prepare: (page) => page.route(/\/line(\?|$)/, (route) => route.fulfill({ status: 429 })),
}, async (page) => {
    assert.equal((await check(page)).line, 'none');
});

const microphone = (page) => page.evaluate(() => {
    const { track } = window.peers.flatMap((peer) => peer.getSenders())
        .find((one) => one.track?.kind === 'audio');
    return { hint: track.contentHint, echo: track.getSettings().echoCancellation };
});
const soundBps = (page) => page.evaluate(() => window.peers.flatMap((peer) => peer.getSenders())
    .find((one) => one.track?.kind === 'audio').getParameters().encodings[0]?.maxBitrate);

pageTest('music goes out as it is, in the lesson of this page alone', {
    prepare: (page) => page.addInitScript(() => {
        window.peers = [];
        const Original = window.RTCPeerConnection;
        window.RTCPeerConnection = class extends Original {
            constructor(...args) {
                super(...args);
                window.peers.push(this);
            }
        };
    }),
}, async (page) => {
    await page.check('#setup-music');
    await page.reload();
    await ready(page);
    assert.ok(await page.isChecked('#setup-music'), 'remembered');
    await startTeaching(page);
    assert.deepEqual(await microphone(page), { hint: 'music', echo: false });
    await until('the rate of music', async () => await soundBps(page) === 128_000);
    const n = await offers(page);
    await page.evaluate(() => document.getElementById('setup-music').click());
    await until('a voice again', async () => (await microphone(page)).hint === 'speech');
    await until('the rate of a voice', async () => await soundBps(page) === 40_000);
    assert.equal((await microphone(page)).echo, true);
    await offered(page, n);
});

/* SPDX-License-Identifier: Apache-2.0 */
/* sound.test.mjs: the loudspeaker's check in a room with a real sound server: what the far end
 * hears of itself, through a real relay, with the browser's own canceller and without it. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openPage, startChromium } from './lib/chromium.mjs';
import { messages, ready, shoot } from './lib/page.mjs';
import { Servers } from './lib/servers.mjs';
import { SoundRoom } from './lib/soundroom.mjs';
import { until } from './lib/wait.mjs';

const ECHO_MS = 30;
const DONE_MS = 60_000;

const servers = new Servers('sound');
const room = new SoundRoom();

before(async () => {
    await room.open(ECHO_MS);
    await servers.start({ n_classrooms: 1 });
});

after(async () => {
    await servers.stop();
    await room.close();
});

/* For the page: window.microphone is the track that was opened last. */
function rememberMicrophone() {
    const getUserMedia = MediaDevices.prototype.getUserMedia;
    MediaDevices.prototype.getUserMedia = async function (wanted) {
        const stream = await getUserMedia.call(this, wanted);
        window.microphone = stream.getAudioTracks()[0] ?? window.microphone;
        return stream;
    };
}

/* What is said of the loudspeaker of a teacher whose microphone is at @place: { verdict, way }. */
async function checked({ place, music = false, locale = 'zh-CN', without = null }) {
    const browser = await startChromium({ sound: room.environment });
    try {
        const page = await openPage(browser, { locale });
        await page.addInitScript(rememberMicrophone);
        if (without)
            await page.route(without, (route) => route.fulfill({ status: 404 }));
        await page.goto(servers.link('teacher', servers.teacher_token));
        await ready(page);
        await page.selectOption('#setup-microphone', { label: place });
        await page.setChecked('#setup-music', music);
        await until('the microphone', () => page.evaluate(([place, music]) => {
            const { label, readyState } = window.microphone;
            return label === place && readyState === 'live'
                && window.microphone.getSettings().echoCancellation === !music;
        }, [place, music]));
        await page.click('#check');
        const seen = await until('a verdict', () => page.evaluate(() => {
            const { verdict, way } = document.getElementById('check-echo').dataset;
            return !['idle', 'busy'].includes(verdict) && { verdict, way };
        }), DONE_MS);
        console.log(`# ${place}${music ? ', music' : ''}: ${JSON.stringify(seen)}`);
        assert.equal(await page.textContent('#check-echo span'),
            messages[locale][`check.echo-${seen.verdict}`]);
        await shoot(page, `sound-${place}-${music ? 'music' : 'voice'}-${locale}`);
        assert.deepEqual(page.faults, []);
        return seen;
    } finally {
        await browser.close();
    }
}

test('an echo that nothing takes out is heard at the far end', { timeout: 180_000 }, async () => {
    assert.deepEqual(await checked({ place: 'air', music: true }), { verdict: 'bad', way: 'relay' });
});

test('the browser takes it out', { timeout: 180_000 }, async () => {
    const { verdict, way } = await checked({ place: 'air', locale: 'en' });
    assert.equal(way, 'relay');
    assert.notEqual(verdict, 'bad');
});

test('a microphone that hears no loudspeaker sends no echo', { timeout: 180_000 }, async () => {
    assert.deepEqual(await checked({ place: 'elsewhere', music: true }),
        { verdict: 'good', way: 'relay' });
});

test('without a test of the server the room is listened to alone', { timeout: 180_000 }, async () => {
    assert.deepEqual(await checked({ place: 'air', music: true, without: '**/echo-test' }),
        { verdict: 'bad', way: 'room' });
});

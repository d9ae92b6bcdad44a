/* SPDX-License-Identifier: Apache-2.0 */
/* browsers.test.mjs: a lesson between browsers alone, over real relay and signaling. */

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';

import { openPage, startChromium } from './lib/chromium.mjs';
import { cameraFiles } from './lib/media.mjs';
import { joined, messages, moves, offered, offers, says, shoot, startTeaching, startsToMove }
    from './lib/page.mjs';
import { Servers } from './lib/servers.mjs';
import { until } from './lib/wait.mjs';

const LIMIT = { timeout: 400_000 };
const servers = new Servers('browsers');
let desk, room;

before(async () => {
    desk = await startChromium({ media: await cameraFiles('teacher', { calm: true }) });
    room = await startChromium({ media: await cameraFiles('classroom', { calm: true }) });
    await servers.start();
});

/* Whatever came of a test, the next one has the lesson to itself. */
afterEach(() => Promise.all([desk, room].flatMap((browser) => browser.contexts())
    .map((context) => context.close())));

after(async () => {
    await desk?.close();
    await room?.close();
    await servers.stop();
});

const classroom = async (i, options) => {
    const page = await openPage(room, options);
    await page.goto(servers.link('classroom', servers.classroom_tokens[i]));
    return page;
};

const teach = async () => {
    const page = await openPage(desk);
    await page.goto(servers.link('teacher', servers.teacher_token));
    await startTeaching(page);
    return page;
};

/* In the page, before it: holds the camera back until the browser has refused to play, and
 * tells on the console what came of it. The test asks the page nothing meanwhile, for a
 * question of playwright's counts as a press. */
function holdCameraUntilRefused() {
    const { play } = HTMLMediaElement.prototype;
    const { getUserMedia } = MediaDevices.prototype;
    const refused = Promise.withResolvers();
    HTMLMediaElement.prototype.play = async function () {
        try {
            await play.call(this);
        } catch (error) {
            if (error.name === 'NotAllowedError')
                refused.resolve();
            throw error;
        }
        if (this instanceof HTMLAudioElement)
            console.log(`voice plays; pressed: ${navigator.userActivation.hasBeenActive}`);
    };
    MediaDevices.prototype.getUserMedia = async function (wanted) {
        await refused.promise;
        return getUserMedia.call(this, wanted);
    };
}

test('a voice that comes before the camera is opened is heard without a press', LIMIT, async () => {
    const teacher = await teach();
    const page = await openPage(room);
    await page.addInitScript(holdCameraUntilRefused);
    const plays = page.waitForEvent('console', (message) => /^voice plays/.test(message.text()));
    await page.goto(servers.link('classroom', servers.classroom_tokens[0]));
    assert.equal((await plays).text(), 'voice plays; pressed: false');
    await joined(page);
    await until('it is heard', () => page.evaluate(() =>
        window.synclass.received()['main-audio']?.energy > 0));
    assert.ok(!await page.isVisible('#sound'));
});

test('the floor is given and taken, and slides are shown, without a new offer', LIMIT,
    async () => {
        const [first, second] = [await classroom(0, { width: 1920, height: 1080 }),
            await classroom(1)];
        const teacher = await teach();
        await joined(first);
        await joined(second);
        for (const slot of ['tile-0', 'tile-1'])
            await moves(teacher, slot);
        for (const page of [first, second])
            await moves(page, 'main-video');
        const pages = [teacher, first, second];
        const before = await Promise.all(pages.map(offers));

        await teacher.click('.tile:first-child button');
        await says(first, 'status.classroom.floor');
        await until('the inset', () => second.isVisible('#guest'));
        await moves(second, 'guest-video');
        await until('the guest\'s voice', () => second.evaluate(() =>
            window.synclass.received()['guest-audio']?.energy > 0));
        assert.ok(!await first.isVisible('#guest'), 'nobody sees an inset of themselves');
        await shoot(second, 'browsers-guest');
        await shoot(first, 'browsers-has-floor');

        await teacher.click('.tile:nth-child(2) button');
        await says(second, 'status.classroom.floor');
        await moves(first, 'guest-video');
        await teacher.click('.tile:nth-child(2) button');
        await until('no inset', async () => !await first.isVisible('#guest'));

        await teacher.click('#share');
        for (const page of [first, second]) {
            await moves(page, 'slides-video');
            await until('slides large', () => page.isVisible('#slides'));
        }
        await shoot(first, 'browsers-slides');
        await shoot(teacher, 'browsers-teacher-sharing');
        await teacher.click('#share');
        await until('slides gone', async () => !await first.isVisible('#slides'));
        await teacher.click('#share');
        await until('slides again', () => first.isVisible('#slides'));
        await startsToMove(first, 'main-video');

        for (const [i, page] of pages.entries()) {
            await offered(page, before[i]);
            assert.deepEqual(page.faults, []);
        }
    });

/* Nothing of ours: what any WHEP player does, written out. */
async function plainWhep({ lesson, token }) {
    const pc = new RTCPeerConnection();
    pc.addTransceiver('audio', { direction: 'recvonly' });
    pc.addTransceiver('video', { direction: 'recvonly' });
    await pc.setLocalDescription(await pc.createOffer());
    const response = await fetch(`/whep/${lesson}`, {
        method: 'POST', body: pc.localDescription.sdp,
        headers: { 'Content-Type': 'application/sdp', Authorization: `Bearer ${token}` },
    });
    const answer = { status: response.status, location: response.headers.get('Location') };
    await pc.setRemoteDescription({ type: 'answer', sdp: await response.text() });
    window.plain = async () => {
        const reports = [...(await pc.getStats()).values()];
        const inbound = (kind) => reports.find((report) =>
            report.type === 'inbound-rtp' && report.kind === kind);
        return { frames: inbound('video')?.framesDecoded ?? 0,
            bytes: inbound('audio')?.bytesReceived ?? 0 };
    };
    return answer;
}

test('a plain WHEP offer with one audio and one video section gets the lesson', LIMIT,
    async () => {
        const teacher = await teach();
        const page = await openPage(room);
        await page.goto(servers.url);
        const answer = await page.evaluate(plainWhep,
            { lesson: servers.lesson, token: servers.classroom_tokens[0] });
        assert.equal(answer.status, 201);
        assert.match(answer.location, /^\/whep\//);
        await until('picture and voice', async () => {
            const { frames, bytes } = await page.evaluate(() => window.plain());
            return frames > 25 && bytes > 5000;
        });
    });

test('pages that may not join say so', LIMIT, async () => {
    const cases = [
        ['teacher', 'A'.repeat(43), 'problem.unknown-token'],
        ['classroom', 'A'.repeat(43), 'problem.unknown-token'],
        ['teacher', servers.classroom_tokens[0], 'problem.wrong-role'],
        ['classroom', servers.teacher_token, 'problem.wrong-role'],
    ];
    for (const [role, token, key] of cases) {
        const page = await openPage(room);
        await page.goto(servers.link(role, token));
        await until(`${role}: ${key}`, async () =>
            await page.textContent('#trouble-text') === messages['zh-CN'][key]);
    }
});

test('a lesson that does not exist is named as such', LIMIT, async () => {
    const page = await openPage(room);
    await page.goto(servers.link('classroom', servers.classroom_tokens[0])
        .replace(servers.lesson, 'no-such-lesson'));
    await until('a plain sentence', async () =>
        [messages['zh-CN']['problem.unknown-lesson'], messages['zh-CN']['problem.wrong-lesson']]
            .includes(await page.textContent('#trouble-text')));
});

test('a token that has expired is named as such', LIMIT,
    async () => {
        const token = servers.classroom_tokens[1];
        await servers.expire(token);
        for (const role of ['classroom', 'teacher']) {
            const page = await openPage(room);
            await page.goto(servers.link(role, token));
            await until('the sentence', async () => await page.textContent('#trouble-text')
                === messages['zh-CN']['problem.expired-token']);
        }
    });

test('a lesson is held over IPv6', LIMIT, async () => {
    const six = new Servers('ipv6', '::1');
    await six.start();
    try {
        const teacher = await openPage(desk);
        const pupils = await openPage(room);
        await teacher.goto(six.link('teacher', six.teacher_token));
        await pupils.goto(six.link('classroom', six.classroom_tokens[0]));
        await startTeaching(teacher);
        await moves(pupils, 'main-video');
        await moves(teacher, 'tile-0');
    } finally {
        await six.stop();
    }
});

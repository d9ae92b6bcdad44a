/* SPDX-License-Identifier: Apache-2.0 */
/* simulcast.test.mjs: a real Chromium sends the teacher's picture in three layers through a
 * real relay; a class sees one picture whichever of them is left. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openPage, startChromium } from './lib/chromium.mjs';
import { joined, moves, startsToMove, startTeaching } from './lib/page.mjs';
import { Line } from './lib/line.mjs';
import { Native } from './lib/native.mjs';
import { Servers } from './lib/servers.mjs';
import { until } from './lib/wait.mjs';

const PARTS = { l: 4, m: 2, h: 1 }; /* of the camera's height */
const THIN_BPS = 250_000;
const CLIMB_MS = 90_000; /* the encoder of a busy machine takes its time for the highest */

const servers = new Servers('simulcast');
const line = new Line();
let browser, teacher, room;
let native; /* the other classroom */
let rooms_line; /* its sockets */
let height; /* of the camera's picture */

before(async () => {
    browser = await startChromium(); /* its own camera has the 720 lines that three layers need */
    await servers.start({ line });
    teacher = await openPage(browser);
    room = await openPage(browser);
    await teacher.addInitScript(keepPeers);
    await teacher.goto(servers.link('teacher', servers.teacher_token));
    await startTeaching(teacher);
    const others = line.known();
    await room.goto(servers.link('classroom', servers.classroom_tokens[0]));
    await joined(room);
    rooms_line = new Set([...line.known()].filter((key) => !others.has(key)));
    height = await teacher.evaluate(() => window.peers.flatMap((peer) => peer.getSenders())
        .find(({ track }) => track?.kind === 'video').track.getSettings().height);
});

after(async () => {
    await native?.stop();
    await browser?.close();
    await servers.stop();
});

/* In the page: each connection, for what the page itself has no use. */
function keepPeers() {
    window.peers = [];
    const Original = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Original {
        constructor(...args) {
            super(...args);
            window.peers.push(this);
        }
    };
}

const layersSent = () => teacher.evaluate(() => window.synclass.sent()['main-video']?.layers ?? {});
const seen = () => room.evaluate(() => window.synclass.received()['main-video'] ?? {});

/* The layer @rid of the teacher's picture, sent or not, as a starved encoder does it. */
const setLayer = (rid, active) => teacher.evaluate(async ([rid, active]) => {
    const sender = window.peers.flatMap((peer) => peer.getSenders())
        .find((one) => one.getParameters().encodings.length === 3);
    const parameters = sender.getParameters();
    parameters.encodings.find((one) => one.rid === rid).active = active;
    await sender.setParameters(parameters);
}, [rid, active]);

const sees = (rid) => until(`layer ${rid}`,
    async () => (await seen()).height === height / PARTS[rid], CLIMB_MS);

test('the answer takes three layers of the main picture and of nothing else', async () => {
    const sections = await teacher.evaluate(() => window.peers
        .map((peer) => peer.remoteDescription?.sdp ?? '').find((sdp) => sdp.includes('a=simulcast'))
        .split(/^m=/m).slice(1));
    assert.deepEqual(sections.map((text) => /a=simulcast:(.+?)\r?\n/.exec(text)?.[1] ?? ''),
        ['', 'recv l;m;h', '']);
});

/* The layers that flow at their own size. A machine that is too slow for three encoders leaves
 * out the largest: that is libwebrtc's affair, and told. */
const flowing = async () => {
    const layers = await layersSent();
    return Object.entries(PARTS).filter(([rid, part]) =>
        layers[rid]?.framesEncoded > 20 && layers[rid].height === height / part).map(([rid]) => rid);
};

test('the layers flow, and the class sees the highest', { timeout: 240_000 }, async (t) => {
    await moves(room, 'main-video');
    await until('all three layers', async () => (await flowing()).length === 3, CLIMB_MS)
        .catch((error) => t.diagnostic(error.message));
    const rids = await flowing();
    assert.ok(rids.length >= 2, `only ${rids} of three`);
    await sees(['h', 'm', 'l'].find((rid) => rids.includes(rid)));
});

test('a class goes on with what is left when a layer stops', { timeout: 360_000 }, async (t) => {
    const { height: shown } = await seen();
    const order = ['h', 'm', 'l'];
    for (const rid of order.slice(order.findIndex((one) => height / PARTS[one] === shown), -1)) {
        const next = order[order.indexOf(rid) + 1];
        const from_ms = performance.now();
        await setLayer(rid, false);
        await sees(next);
        await startsToMove(room, 'main-video');
        t.diagnostic(`${rid} stopped: ${next} seen after ${Math.round(performance.now() - from_ms)} ms`);
    }
    const { lost, packets } = await seen();
    assert.ok(lost <= packets / 100, `the numbers go on from layer to layer: ${lost} of ${packets} lost`);
});

/* A page and our own client, each on a line of its own. */
test('classes on thin lines are sent a layer that fits, and the largest when they are wide again', { timeout: 600_000 }, async (t) => {
    for (const rid of Object.keys(PARTS))
        await setLayer(rid, true);
    const others = line.known();
    native = new Native('simulcast-native', 'join', servers, servers.classroom_tokens[1], 'test');
    await native.plays('main-video');
    const natives_line = [...line.known()].filter((key) => !others.has(key));
    const largest = height / PARTS[(await flowing()).at(-1)];
    const heights = async () => [(await seen()).height, native.heightOf('main-video')];
    const bothSee = async (what, isSo) => {
        const from_ms = performance.now();
        await until(`${what} at both`, async () => (await heights()).every(isSo), CLIMB_MS)
            .catch(async (error) => assert.fail(`${error.message}: ${await heights()}`));
        t.diagnostic(`${what} after ${Math.round(performance.now() - from_ms)} ms: ${await heights()}`);
    };
    await bothSee('the largest layer', (seen) => seen === largest);
    line.narrow(new Set([...rooms_line, ...natives_line]), THIN_BPS);
    await bothSee('a smaller layer', (seen) => seen < largest);
    await startsToMove(room, 'main-video');
    const frames = native.frames('main-video');
    await until('our own client goes on', () => native.frames('main-video') > frames + 5);
    assert.equal(await room.evaluate(() => window.synclass.state().watch), 'connected');
    line.narrow(new Set(), 0);
    await bothSee('the largest layer again', (seen) => seen === largest);
    assert.deepEqual(native.events.filter(({ name }) => name === 'reconnecting'), []);
});

test('no page had a fault', () => {
    assert.deepEqual([...teacher.faults, ...room.faults], []);
});

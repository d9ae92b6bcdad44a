/* SPDX-License-Identifier: Apache-2.0 */
/* modules.test.mjs: the modules of the pages that need no browser. */

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { web } from './lib/paths.mjs';

const load = (name) => import(path.join(web, 'assets', name));
const { Backoff } = await load('backoff.js');
const { isOn, isOver, minutesLeft, minutesToBell, phaseAfter } = await load('hours.js');
const { classroomSentence, classroomsOf, emptyLesson, hasFloor, lineOf, reduceLesson,
    teacherSentence } = await load('lesson.js');
const { judgeLine, needOf } = await load('line-check.js');
const { localTarget, parseFragment } = await load('link.js');
const { relayOf } = await load('path-check.js');
const { judgePicture } = await load('picture-check.js');
const { readProblem } = await load('problem.js');
const { answerWithFragment, fragmentOfOffer } = await load('sdpfrag.js');
const { teacherSees } = await load('slots.js');
const { judgeEcho, judgeVoice } = await load('sound-check.js');
const { Flow, sentBySlot } = await load('stats.js');
const { countLayers, preferredCodecs } = await load('whip.js');

const WELCOME = {
    type: 'welcome', seq: 1, lesson: { id: 'l', title: '语文' },
    you: { site: 'stone', name: '三年级', role: 'classroom' },
    sites: [
        { site: 'river', name: '河湾', role: 'classroom', tile: 1, present: false },
        { site: 'town', name: '王老师', role: 'teacher', present: true },
        { site: 'stone', name: '三年级', role: 'classroom', tile: 0, present: true },
    ],
    floor: null,
};

const after = (...messages) => messages.reduce(reduceLesson, reduceLesson(emptyLesson(), WELCOME));

test('the resource lists every file of the pages, and only those', () => {
    const xml = readFileSync(path.join(web, 'web.gresource.xml'), 'utf8');
    const listed = [...xml.matchAll(/<file>(.*)<\/file>/g)].map(([, name]) => name).sort();
    const there = readdirSync(web, { recursive: true })
        .filter((name) => /\.(html|js|css|svg|txt)$/.test(name)).sort();
    assert.deepEqual(listed, there);
});

test('no page loads anything from elsewhere or runs anything inline', () => {
    for (const name of readdirSync(web).filter((name) => name.endsWith('.html'))) {
        const html = readFileSync(path.join(web, name), 'utf8');
        assert.doesNotMatch(html, /(?:src|href)="(?:https?:)?\/\//, name);
        assert.doesNotMatch(html, /\son\w+=|\sstyle=|<style|javascript:/, name);
        assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)/, name);
        assert.match(html, /Content-Security-Policy/, name);
    }
});

test('text from the network never becomes markup', () => {
    for (const name of readdirSync(path.join(web, 'assets')).filter((n) => n.endsWith('.js')))
        assert.doesNotMatch(readFileSync(path.join(web, 'assets', name), 'utf8'),
            /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/, name);
});

test('events change the lesson as the protocol says', () => {
    assert.deepEqual(classroomsOf(after()).map(({ site }) => site), ['stone', 'river']);
    const joined = after({ type: 'joined', site: 'river', publishing: true, subscribed: true });
    assert.ok(classroomsOf(joined)[1].present);
    const half = after({ type: 'left', site: 'stone', publishing: false, subscribed: true });
    assert.ok(classroomsOf(half)[0].present, 'left one door, still at the other');
    const gone = after({ type: 'left', site: 'stone', publishing: false, subscribed: false });
    assert.equal(classroomsOf(gone)[0].present, false);
    assert.ok(hasFloor(after({ type: 'floor', site: 'stone' })));
    assert.ok(!hasFloor(after({ type: 'floor', site: 'stone' }, { type: 'floor', site: null })));
});

test('the bell leads the lesson through its phases', () => {
    const cases = [
        [null, 'opened', 'opened'], ['opened', 'begun', 'begun'], ['begun', 'ending', 'ending'],
        ['ending', 'extended', 'begun'], ['begun', 'ended', 'over'], [null, 'ended', 'over'],
        ['opened', 'cancelled', 'cancelled'], [null, 'moved', null], ['opened', 'moved', null],
        ['begun', 'moved', 'begun'], ['ending', 'moved', 'begun'],
    ];
    for (const [before, told, then] of cases)
        assert.equal(phaseAfter(before, told), then, `${before}, ${told}`);
    assert.deepEqual(['opened', 'begun', 'ending', 'over', 'cancelled', null].map(isOn),
        [false, true, true, false, false, false]);
    assert.deepEqual(['opened', 'begun', 'ending', 'over', 'cancelled', null].map(isOver),
        [false, false, false, true, true, false]);
    const bell = { type: 'bell', seq: 2, phase: 'extended', starts_at: 'a', ends_at: 'b', now: 'c' };
    const state = after(bell);
    assert.deepEqual(state.lesson, { id: 'l', title: '语文', starts_at: 'a', ends_at: 'b' });
    assert.equal(state.phase, 'begun');
    assert.equal(after().phase, null);
});

test('minutes are counted as people do', () => {
    const lesson = { starts_at: '2026-03-02T00:00:00Z', ends_at: '2026-03-02T00:45:00Z' };
    const cases = [ /* now, phase, to the bell, left */
        ['2026-03-01T23:50:00Z', null, 10, null],
        ['2026-03-01T23:50:00Z', 'opened', 10, null],
        ['2026-03-01T23:50:01Z', 'opened', 10, null],
        ['2026-03-01T23:59:59Z', 'opened', 1, null],
        ['2026-03-02T00:00:00Z', 'opened', 0, null],
        ['2026-03-02T00:00:05Z', 'opened', 0, null], /* a bell that is late */
        ['2026-03-02T00:00:00Z', 'begun', 0, 45],
        ['2026-03-02T00:44:30Z', 'ending', 0, 1],
        ['2026-03-02T00:45:02Z', 'ending', 0, 0],
        ['2026-03-01T23:50:00Z', 'begun', 0, 55], /* begun by hand */
        ['2026-03-02T00:10:00Z', 'over', 0, null],
        ['2026-03-01T23:50:00Z', 'cancelled', 0, null],
    ];
    for (const [now, phase, to_bell, left] of cases) {
        assert.equal(minutesToBell({ lesson, phase }, Date.parse(now)), to_bell, `${now} ${phase}`);
        assert.equal(minutesLeft({ lesson, phase }, Date.parse(now)), left, `${now} ${phase}`);
    }
    assert.equal(minutesToBell(emptyLesson(), 0), 0);
    assert.equal(minutesLeft(emptyLesson(), 0), null);
});

test('before the bell both are told how long it takes, unless something is wrong', () => {
    const desk = { publish: 'connected', watch: 'connected', events: 'open', microphone: true,
        minutes: 4 };
    const room = { watch: 'connected', events: 'open', flowing: true, seen: true, minutes: 4 };
    const floor = { type: 'floor', site: 'stone' };
    const teacherCases = [
        [[], {}, 'status.teacher.early'],
        [[], { problem: 'lesson-not-live', publish: 'connecting' }, 'status.teacher.early'],
        [[], { muted: true }, 'status.teacher.muted'],
        [[floor], {}, 'status.teacher.floor'],
        [[], { minutes: 0 }, 'status.teacher.some'],
    ];
    const roomCases = [
        [[], {}, 'status.classroom.early'],
        [[], { flowing: false }, 'status.classroom.early'],
        [[], { watch: 'connecting', problem: 'lesson-not-live' }, 'status.classroom.early'],
        [[], { watch: 'recovering' }, 'status.classroom.lost'],
        [[floor], {}, 'status.classroom.floor'],
        [[], { minutes: 0 }, 'status.classroom.playing'],
    ];
    for (const [messages, change, key] of teacherCases)
        assert.equal(teacherSentence(after(...messages), { ...desk, ...change }).key, key);
    for (const [messages, change, key] of roomCases)
        assert.equal(classroomSentence(after(...messages), { ...room, ...change }).key, key);
    assert.equal(teacherSentence(after(), { ...desk, problem: 'no-relay' }).problem, 'no-relay');
});

test('an unknown message and an unknown site change nothing', () => {
    const lesson = after();
    assert.equal(reduceLesson(lesson, { type: 'weather' }), lesson);
    assert.equal(reduceLesson(lesson, { type: 'constructor' }), lesson);
    assert.deepEqual(reduceLesson(lesson, { type: 'joined', site: 'moon' }).sites, lesson.sites);
});

test('a line is as good as the worse of its directions', () => {
    const line = (direction, level) =>
        ({ type: 'quality', site: 'stone', direction, level, loss_pct: 1, rtt_ms: 2, kbps: 3 });
    assert.equal(lineOf(after(), 'stone'), null);
    assert.equal(lineOf(after(line('up', 'good'), line('down', 'bad')), 'stone').level, 'bad');
    assert.equal(lineOf(after(line('up', 'weak'), line('down', 'good')), 'stone').level, 'weak');
});

test('the teacher is told first what keeps the class from learning', () => {
    const fine = { publish: 'connected', watch: 'connected', events: 'open', microphone: true };
    const cases = [
        [{}, 'status.teacher.some'],
        [{ muted: true }, 'status.teacher.muted'],
        [{ microphone: false, muted: true }, 'status.teacher.no-microphone'],
        [{ publish: 'recovering', muted: true }, 'status.teacher.publish-lost'],
        [{ publish: 'connecting' }, 'status.teacher.publishing'],
        [{ watch: 'recovering' }, 'status.teacher.watch-lost'],
        [{ events: 'lost' }, 'status.teacher.events-lost'],
        [{ noPath: true, publish: 'connecting' }, 'status.teacher.no-path'],
    ];
    for (const [change, key] of cases)
        assert.equal(teacherSentence(after(), { ...fine, ...change }).key, key);
    const refused = { ...fine, publish: 'connecting', problem: 'already-publishing' };
    assert.equal(teacherSentence(after(), refused).problem, 'already-publishing');
    const floor = after({ type: 'floor', site: 'river' });
    assert.deepEqual(teacherSentence(floor, fine),
        { key: 'status.teacher.floor', tone: 'floor', values: { name: '河湾' } });
});

test('the classroom is told plainly how things stand', () => {
    const fine = { watch: 'connected', events: 'open', flowing: true, seen: true };
    const absent = { type: 'left', site: 'town', publishing: false, subscribed: false };
    const cases = [
        [[], {}, 'status.classroom.playing'],
        [[], { watch: 'connecting', flowing: false }, 'status.connecting'],
        [[], { watch: 'recovering' }, 'status.classroom.lost'],
        [[], { noPath: true, watch: 'connecting' }, 'status.classroom.no-path'],
        [[], { flowing: false, seen: false }, 'status.classroom.teacher-waiting'],
        [[], { flowing: false }, 'status.classroom.frozen'],
        [[absent], { flowing: false }, 'status.classroom.teacher-absent'],
        [[{ type: 'floor', site: 'stone' }], {}, 'status.classroom.floor'],
        [[{ type: 'floor', site: 'river' }], {}, 'status.classroom.guest'],
        [[], { events: 'lost' }, 'status.classroom.events-lost'],
    ];
    for (const [messages, change, key] of cases)
        assert.equal(classroomSentence(after(...messages), { ...fine, ...change }).key, key);
});

test('a pasted link leads to its page here, and nowhere else', () => {
    const base = 'https://here.example';
    const cases = [
        ['https://here.example/teacher#lesson=a&token=b', '/teacher#lesson=a&token=b'],
        [' https://evil.example/classroom#lesson=a&token=b ', '/classroom#lesson=a&token=b'],
        ['/classroom/#token=b&lesson=a', '/classroom#token=b&lesson=a'],
        ['https://here.example/teacher', null],
        ['https://here.example/admin#lesson=a&token=b', null],
        ['javascript:alert(1)', null],
        ['', null],
    ];
    for (const [text, target] of cases)
        assert.equal(localTarget(text, base), target, text);
    assert.deepEqual(parseFragment('#lesson=a&token=b%2B'), { lesson: 'a', token: 'b+' });
    assert.equal(parseFragment('#lesson=a'), null);
});

test('waits double up to their limit and obey Retry-After', () => {
    const backoff = new Backoff({ first_ms: 100, most_ms: 300, random: () => 0.5 });
    assert.deepEqual([backoff.next(), backoff.next(), backoff.next(), backoff.next()],
        [100, 200, 300, 300]);
    assert.equal(backoff.next(5000), 5000);
    backoff.reset();
    assert.equal(backoff.next(), 100);
    const jittered = new Backoff({ first_ms: 100, random: () => 0 });
    assert.equal(jittered.next(), 75);
});

test('a refusal is read by name, and a proxy\'s page does not confuse', async () => {
    const problem = (body, status, headers) => readProblem(new Response(body, { status, headers }));
    const busy = await problem(
        '{"type":"urn:synclass:problem:already-publishing","detail":"x"}', 409,
        { 'Retry-After': '2' });
    assert.deepEqual([busy.name, busy.final, busy.retry_ms], ['already-publishing', false, 2000]);
    const wrong = await problem('{"type":"urn:synclass:problem:expired-token"}', 401);
    assert.deepEqual([wrong.name, wrong.final], ['expired-token', true]);
    assert.equal((await problem('<html>Bad gateway', 502)).name, 'http-502');
    assert.equal((await problem('null', 500)).name, 'http-500');
});

const ANSWER = 'v=0\r\na=ice-lite\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n'
    + 'a=ice-ufrag:old\r\na=ice-pwd:oldpwd\r\na=candidate:1 1 udp 1 192.0.2.1 4000 typ host\r\n'
    + 'a=end-of-candidates\r\na=setup:passive\r\nm=video 9 UDP/TLS/RTP/SAVPF 102\r\na=mid:1\r\n'
    + 'a=ice-ufrag:old\r\na=ice-pwd:oldpwd\r\n';

test('an ICE restart tells the new credentials and takes the server\'s', () => {
    assert.equal(fragmentOfOffer(
        'v=0\r\na=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=ice-ufrag:new\r\n'
        + 'a=ice-pwd:newpwd\r\na=fingerprint:sha-256 AA\r\na=mid:0\r\nm=video 9 X 1\r\na=mid:1\r\n'),
        'a=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:new\r\n'
        + 'a=ice-pwd:newpwd\r\n');
    assert.equal(answerWithFragment(ANSWER,
        'a=ice-ufrag:fresh\na=ice-pwd:freshpwd\na=candidate:2 1 udp 1 192.0.2.1 5000 typ host\n'
        + 'a=end-of-candidates\n'),
        'v=0\r\na=ice-lite\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:fresh\r\n'
        + 'a=ice-pwd:freshpwd\r\na=candidate:2 1 udp 1 192.0.2.1 5000 typ host\r\n'
        + 'a=end-of-candidates\r\na=setup:passive\r\nm=video 9 UDP/TLS/RTP/SAVPF 102\r\na=mid:1\r\n'
        + 'a=ice-ufrag:fresh\r\na=ice-pwd:freshpwd\r\n');
    assert.throws(() => answerWithFragment(ANSWER, 'a=ice-ufrag:alone\r\n'));
});

test('H.264 that every decoder takes is preferred, VP8 comes after, the rest is left out', () => {
    const codec = (mimeType, sdpFmtpLine) => ({ mimeType, sdpFmtpLine });
    const high = codec('video/H264', 'packetization-mode=1;profile-level-id=64001f');
    const baseline = codec('video/H264', 'packetization-mode=1;profile-level-id=42e01f');
    const single = codec('video/H264', 'packetization-mode=0;profile-level-id=42e01f');
    const [vp8, rtx, av1] = ['video/VP8', 'video/rtx', 'video/AV1'].map((type) => codec(type));
    assert.deepEqual(preferredCodecs({ codecs: [vp8, rtx, high, single, baseline, av1] }),
        [baseline, high, vp8, rtx]);
    assert.deepEqual(preferredCodecs(null), []);
});

test('a picture has as many layers as a browser sends of it', () => {
    for (const [width, height, n_layers] of [
        [1920, 1080, 3], [1280, 720, 3], [960, 540, 3], [640, 480, 1], [320, 180, 1],
    ])
        assert.equal(countLayers({ getSettings: () => ({ width, height }) }), n_layers);
    assert.equal(countLayers(null), 3);
});

test('a teacher sees one voice and one tile for each class, in order', () => {
    assert.deepEqual(teacherSees(2).map(({ slot }) => slot),
        ['voice-0', 'tile-0', 'voice-1', 'tile-1']);
});

test('a slot flows while its frames advance, and a new session alone is no picture', () => {
    const flow = new Flow();
    flow.update({ 'slides-video': { framesDecoded: 0 } }, 0);
    assert.ok(!flow.isFlowing('slides-video', 0));
    flow.update({ 'slides-video': { framesDecoded: 7 } }, 1000);
    assert.ok(flow.isFlowing('slides-video', 3900));
    flow.update({ 'slides-video': { framesDecoded: 7 } }, 4100);
    assert.ok(!flow.isFlowing('slides-video', 4100));
    flow.update({ 'slides-video': { framesDecoded: 0 } }, 4200);
    assert.ok(!flow.isFlowing('slides-video', 4200));
    assert.ok(flow.hasFlowed('slides-video'));
});

test('a line is judged by the worst of its figures, against what the lesson needs', () => {
    const cases = [
        [{ up_bps: 8e6, down_bps: 8e6, round_ms: 40 }, 1, 'good'],
        [{ up_bps: 2.6e6, down_bps: 8e6, round_ms: 40 }, 1, 'weak'],
        [{ up_bps: 1.2e6, down_bps: 8e6, round_ms: 40 }, 1, 'bad'],
        [{ up_bps: 8e6, down_bps: 2.5e6, round_ms: 40 }, 2, 'good'],
        [{ up_bps: 8e6, down_bps: 2.5e6, round_ms: 40 }, 3, 'weak'],
        [{ up_bps: 8e6, down_bps: 2.5e6, round_ms: 40 }, 8, 'bad'],
        [{ up_bps: 8e6, down_bps: 8e6, round_ms: 160 }, 1, 'weak'],
        [{ up_bps: 8e6, down_bps: 8e6, round_ms: 600 }, 1, 'bad'],
    ];
    for (const [figures, n_classes, verdict] of cases)
        assert.equal(judgeLine(figures, needOf(n_classes)), verdict, JSON.stringify(figures));
});

test('a voice is told from silence, from a hum and from a knock', () => {
    const cases = [
        [Array(20).fill(-100), 'bad'],
        [Array(20).fill(-40), 'weak'],                              /* a fan */
        [[...Array(18).fill(-60), -20, -25], 'weak'],               /* a knock */
        [[...Array(10).fill(-60), ...Array(6).fill(-30)], 'good'],
    ];
    for (const [levels_db, verdict] of cases)
        assert.equal(judgeVoice(levels_db), verdict);
});

test('an echo is a chime whose every note is held, and no voice', () => {
    const held = (db) => [...Array(6).fill(-5), ...Array(8).fill(db)];
    const voice = [30, -8, -20, 28, -3, -15, -9, 2, 26, -30, -2, 0, 1, 3];
    for (const [notes_db, verdict] of [
        [[held(-3), held(0), held(2)], 'good'], [[voice, voice, voice], 'good'],
        [[held(40), held(0), held(40)], 'good'], [[held(15), held(18), held(13)], 'weak'],
        [[held(40), held(30), held(25)], 'bad'],
    ])
        assert.equal(judgeEcho(notes_db), verdict);
});

test('a picture is bad where it is black or all of one colour', () => {
    const picture = (...greys) => greys.flatMap((grey) => [grey, grey, grey, 255]);
    assert.equal(judgePicture(picture(0, 3, 1, 2)), 'bad');
    assert.equal(judgePicture(picture(90, 91, 90, 91)), 'bad');
    assert.equal(judgePicture(picture(10, 60, 120, 40)), 'good');
});

test('the relay is where the first candidate of its answer is', () => {
    const candidate = (address) =>
        `a=candidate:1 1 udp 2130706431 ${address} 8443 typ host\r\na=candidate:2 1 udp 1 ::1 9 typ host\r\n`;
    assert.deepEqual(relayOf(candidate('10.1.2.3')), { address: '10.1.2.3', port: '8443' });
    assert.deepEqual(relayOf(candidate('2001:db8::7')), { address: '2001:db8::7', port: '8443' });
    assert.deepEqual(relayOf('v=0'), { address: '', port: '' });
});

test('the layers of a picture are counted together and each by itself', async () => {
    const layer = (rid, frameHeight, framesEncoded) => [rid, {
        type: 'outbound-rtp', kind: 'video', mid: '0', rid, frameHeight, framesEncoded, bytesSent: 10,
    }];
    const pc = {
        getTransceivers: () => [{ mid: '0' }],
        getStats: async () => new Map([layer('l', 180, 9), layer('h', 720, 7)]),
    };
    const sent = (await sentBySlot(pc, [{ slot: 'main-video' }]))['main-video'];
    assert.equal(sent.framesEncoded, 16);
    assert.equal(sent.bytes, 20);
    assert.equal(sent.height, 720);
    assert.equal(sent.layers.l.framesEncoded, 9);
});

/* SPDX-License-Identifier: Apache-2.0 */
/* stub.mjs: a lesson without servers, for the pages alone: files from signaling/web, WHIP and
 * WHEP answered by a page with real peer connections (sfu.js), documents (stub-documents.mjs),
 * pages and marks as the protocol says, all other events by hand. */

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { StubDocuments } from './stub-documents.mjs';
import { modules, vendor, web } from './paths.mjs';

const TYPES = {
    '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css',
    '.svg': 'image/svg+xml', '.bcmap': 'application/octet-stream', '.pfb': 'application/octet-stream',
    '.ttf': 'application/octet-stream',
};
/* As signaling/pages.c says it, for what a library may do. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    + "media-src 'self' blob:; connect-src 'self' ws:; font-src 'self'; base-uri 'none'";
const LESSON = {
    id: 'lesson-1', title: '三年级语文 · 《富饶的西沙群岛》', subject: '语文',
    starts_at: '2026-03-02T00:00:00Z', ends_at: '2026-03-02T00:45:00Z', state: 'live',
    phase: 'begun',
};
const MINUTE_MS = 60_000;
const TEACHER = { site: 'town', name: '三（2）班 王老师', school: '城关第一小学', role: 'teacher' };
const CLASSROOMS = [
    { site: 'stone', name: '三年级', school: '青石村小学' },
    { site: 'river', name: '三、四年级', school: '河湾教学点' },
];
const SENDS = {
    teacher: ['main-audio', 'main-video', 'slides-video'],
    classroom: ['microphone', 'camera'],
};
const CLASSROOM_SEES = ['main-audio', 'main-video', 'guest-audio', 'guest-video', 'slides-video'];

export class StubLesson {
    origin = '';
    floor = null;
    problem = null;      /* a NAME with a status: every POST is refused with it */
    lesson = { ...LESSON };
    now = '2026-03-02T00:10:00Z'; /* when somebody is welcomed, and when the bell rings */
    refusal = null;      /* a NAME: what is asked of the bell is refused with it */
    room = undefined;    /* of the welcome; what is asked of it is only kept: see asked */
    asked = [];
    documents = new StubDocuments((message) => this.#tell(message));

    #server;
    #sfu;                /* Page */
    #over = false;
    #sites;
    #sessions = new Map(); /* id → { site, door } */
    #sockets = new Map();  /* WebSocketRoute → site */
    #seq = 0;
    #next = 1;

    constructor(n_classrooms = CLASSROOMS.length) {
        this.#sites = [{ ...TEACHER }];
        for (let tile = 0; tile < n_classrooms; tile++) {
            const more = { site: `room-${tile}`, name: `${tile + 1}号教学点`, school: '云岭中心校' };
            this.#sites.push({ ...(CLASSROOMS[tile] ?? more), role: 'classroom', tile });
        }
    }

    async start(browser) {
        this.#server = createServer((request, response) => {
            if (request.method === 'DELETE') /* of a closing page: goes past Playwright's routes */
                this.#close(request.url.split('/').at(-1)).then(() => response.end());
            else if (request.url.startsWith('/documents/'))
                this.documents.serve(request, response);
            else
                serve(request, response);
        });
        await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
        this.origin = `http://127.0.0.1:${this.#server.address().port}`;
        this.#sfu = await (await browser.newContext()).newPage();
        await this.#sfu.goto(`${this.origin}/`);
        await this.#sfu.evaluate(
            await readFile(new URL('./sfu.js', import.meta.url), 'utf8'));
    }

    async stop() {
        this.#over = true;
        this.#server.closeAllConnections();
        await new Promise((resolve) => this.#server.close(resolve));
        await this.#sfu.context().close();
    }

    link(page, site) {
        return `${this.origin}/${page}#lesson=${LESSON.id}&token=${site}`;
    }

    /* Makes @page talk to this lesson. */
    async attach(page) {
        await page.context().route(/\/(whip|whep)\//, (route) => this.#onRequest(route));
        await page.routeWebSocket(/\/events$/, (socket) => this.#onSocket(socket));
    }

    say(message, site = null) {
        for (const [socket, of] of this.#sockets)
            if (!site || of === site)
                socket.send(JSON.stringify(message));
    }

    async setFloor(site, id) {
        this.floor = site;
        this.say({ type: 'floor', seq: ++this.#seq, site, ...(id && { id }) });
        await this.#patch();
    }

    setPresent(site, present) {
        const entry = this.#sites.find((one) => one.site === site);
        entry.present = present;
        this.say({
            type: present ? 'joined' : 'left', seq: ++this.#seq, site,
            publishing: present, subscribed: present,
        });
    }

    /* The bell rings @phase at @now; @change: what it changes of the lesson. */
    bell(phase, now = this.now, change = {}, id = undefined) {
        this.now = now;
        Object.assign(this.lesson, change);
        if (phase !== 'moved')
            this.lesson.phase = phase === 'extended' ? 'begun' : phase;
        const { starts_at, ends_at } = this.lesson;
        this.say({ type: 'bell', seq: ++this.#seq, phase, starts_at, ends_at, now,
            ...(id && { id }) });
    }

    quality(site, level, loss_pct, rtt_ms, kbps) {
        this.say({ type: 'quality', site, direction: 'down', level, loss_pct, rtt_ms, kbps });
    }

    /* The media of @site is gone on the server's side; @tell: with a rejoin event. */
    async dropMedia(site, { tell = true } = {}) {
        const lost = [...this.#sessions].filter(([, session]) => session.site === site);
        for (const [id, { door }] of lost) {
            await this.#close(id);
            if (tell)
                this.say({ type: 'rejoin', sessions: [`/${door}/${LESSON.id}/${id}`],
                    reason: 'relay restarted' }, site);
        }
    }

    closeSockets(code = 1001) {
        for (const socket of [...this.#sockets.keys()]) {
            this.#sockets.delete(socket);
            socket.close({ code });
        }
    }

    sessionsOf(site) {
        return [...this.#sessions.values()].filter((session) => session.site === site).length;
    }

    async #onRequest(route) {
        const request = route.request();
        const [, door, , id] = new URL(request.url()).pathname.split('/');
        const site = request.headers().authorization?.replace('Bearer ', '');
        if (request.method() === 'DELETE') {
            await this.#close(id);
            await route.fulfill({ status: 200 });
        } else if (request.method() === 'POST') {
            await this.#onOffer(route, door, site);
        } else {
            await refuse(route, 404, 'unknown-session');
        }
    }

    async #onOffer(route, door, site) {
        const entry = this.#sites.find((one) => one.site === site);
        if (this.problem)
            return refuse(route, this.problem.status, this.problem.name);
        if (!entry)
            return refuse(route, 401, refusalOf(site));
        const id = `s${this.#next++}`;
        const offer = route.request().postData();
        const slots = door === 'whip' ? SENDS[entry.role] : this.#seenBy(entry.role);
        this.#sessions.set(id, { site, door });
        const answer = await this.#ask(
            ([door, ...args]) => (door === 'whip' ? sfu.publish(...args) : sfu.subscribe(...args)),
            [door, id, offer, slots]);
        await route.fulfill({
            status: 201, contentType: 'application/sdp', body: answer,
            headers: { Location: `/${door}/${LESSON.id}/${id}`, ETag: '"1"' },
        });
        await this.#patch();
        if (!entry.present)
            this.setPresent(site, true);
    }

    /* Pages that are being closed still send their last requests: those go nowhere. */
    async #ask(what, argument) {
        try {
            return await this.#sfu.evaluate(what, argument);
        } catch (error) {
            if (!this.#over)
                throw error;
            return null;
        }
    }

    async #close(id) {
        this.#sessions.delete(id);
        await this.#ask((id) => sfu.close(id), id);
        await this.#patch();
    }

    #onSocket(socket) {
        socket.onMessage((text) => {
            const message = JSON.parse(text);
            if (message.type === 'hello')
                this.#onHello(socket, message.token);
            else if (message.type === 'floor')
                this.setFloor(message.site, message.id);
            else if (message.type === 'extend' || message.type === 'end')
                this.#onBellAsked(socket, message);
            else if (message.type === 'ping')
                socket.send(JSON.stringify({ type: 'pong', id: message.id }));
            else
                this.#onAsked(socket, message);
        });
        socket.onClose(() => this.#sockets.delete(socket));
    }

    /* What the slides ask for is done; the rest is kept for the test. */
    #onAsked(socket, message) {
        this.asked.push(message);
        const answer = this.documents.take(message);
        if (answer?.type === 'error')
            socket.send(JSON.stringify(answer));
        else if (answer)
            this.#tell(answer, socket, message.id);
    }

    /* @asker hears its own @id again. */
    #tell(message, asker = null, id = undefined) {
        const told = { ...message, seq: ++this.#seq, at: this.now };
        for (const socket of this.#sockets.keys())
            socket.send(JSON.stringify(socket === asker ? { ...told, id } : told));
    }

    #onBellAsked(socket, { type, minutes, id }) {
        if (this.refusal) {
            socket.send(JSON.stringify(
                { type: 'error', problem: this.refusal, detail: 'made by the test', id }));
        } else if (type === 'end') {
            this.bell('ended', this.now, { state: 'ended' }, id);
        } else {
            const ends_ms = Date.parse(this.lesson.ends_at) + minutes * MINUTE_MS;
            this.bell('extended', this.now, { ends_at: new Date(ends_ms).toISOString() }, id);
        }
    }

    #onHello(socket, token) {
        const you = this.#sites.find((one) => one.site === token);
        if (you && this.lesson.state === 'ended') {
            socket.send(JSON.stringify(
                { type: 'error', problem: 'lesson-not-live', detail: 'it is ended' }));
            socket.close({ code: 4410 });
            return;
        }
        if (!you) {
            socket.send(JSON.stringify(
                { type: 'error', problem: refusalOf(token), detail: 'no such token' }));
            socket.close({ code: 4401 });
            return;
        }
        this.#sockets.set(socket, token);
        socket.send(JSON.stringify({
            type: 'welcome', seq: this.#seq, lesson: this.lesson, you, sites: this.#sites,
            floor: this.floor, now: this.now, room: { ...this.room, ...this.documents.room },
        }));
    }

    /* Every slot's feed from the state of the lesson, as signaling would wish it. */
    async #patch() {
        const publisherOf = (site) =>
            [...this.#sessions].find(([, one]) => one.site === site && one.door === 'whip')?.[0];
        const feeds = [];
        for (const [session, { site, door }] of this.#sessions) {
            if (door !== 'whep')
                continue;
            const role = this.#sites.find((one) => one.site === site).role;
            for (const slot of this.#seenBy(role)) {
                const from = this.#source(slot, site);
                const publisher = from && publisherOf(from[0]);
                feeds.push({ session, slot, from: publisher ? [publisher, from[1]] : null });
            }
        }
        await this.#ask((feeds) => sfu.patch(feeds), feeds);
    }

    #seenBy(role) {
        return role === 'classroom' ? CLASSROOM_SEES : this.#sites
            .filter((site) => site.role === 'classroom')
            .flatMap(({ tile }) => [`voice-${tile}`, `tile-${tile}`]);
    }

    #source(slot, viewer) {
        const [what, rest] = slot.split('-');
        switch (what) {
        case 'tile':
            return [this.#sites[1 + Number(rest)].site, 'camera'];
        case 'voice':
            return [this.#sites[1 + Number(rest)].site, 'microphone'];
        case 'guest':
            return this.floor && this.floor !== viewer
                ? [this.floor, rest === 'audio' ? 'microphone' : 'camera'] : null;
        default:
            return ['town', slot];
        }
    }
}

function refusalOf(token) {
    return token === 'old' ? 'expired-token' : 'unknown-token';
}

function refuse(route, status, name) {
    return route.fulfill({
        status, contentType: 'application/problem+json',
        body: JSON.stringify({ type: `urn:synclass:problem:${name}`, title: name, status }),
    });
}

async function serve(request, response) {
    const { pathname } = new URL(request.url, 'http://localhost');
    const name = pathname === '/' ? '/index.html'
        : path.extname(pathname) ? pathname : `${pathname}.html`;
    const library = vendor[name.replace('/assets/vendor/', '')];
    try {
        const body = await readFile(library ? path.join(modules, library)
                                            : path.join(web, path.normalize(name)));
        response.writeHead(200, {
            'Content-Type': TYPES[path.extname(name)], 'Content-Security-Policy': POLICY,
        }).end(body);
    } catch {
        response.writeHead(404).end();
    }
}

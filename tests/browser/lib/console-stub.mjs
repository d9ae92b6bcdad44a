/* SPDX-License-Identifier: Apache-2.0 */
/* console-stub.mjs: the API of docs/api.md in memory, for the console's pages alone: a small
 * county, with the refusals a test asks for. */

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { bellsAt, county, NOW } from './console-data.mjs';
import { modules, vendor, web } from './paths.mjs';

const TYPES = {
    '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css', '.svg': 'image/svg+xml',
    '.txt': 'text/plain; charset=utf-8',
};
/* As signaling/pages.c sends it. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    + "media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; "
    + "form-action 'none'; frame-ancestors 'none'";
const COLLECTIONS = ['people', 'organisations', 'terms', 'bell-schedules', 'sites', 'devices', 'pairings', 'entries', 'lessons'];
const NOT_FILTERS = new Set(['limit', 'cursor', 'search', 'count', 'from', 'to', 'role', 'organisation', 'site', 'parent', 'state', 'term', 'above', 'usable', 'of_teacher']);

export class ConsoleStub {
    origin = '';
    requests = [];      /* "PATCH /sites/s1" */
    bodies = [];        /* of those with one: [what, body] */

    #server;
    #data;
    #session = null;
    #refusals = [];     /* {what, problem}: RegExp over "METHOD /path" */
    #held = null;       /* RegExp: is never answered */
    #n_made = 0;
    #job_asked = 0;

    async start() {
        this.reset();
        this.#server = createServer((request, response) => {
            this.#serve(request, response).catch((error) => response.writeHead(500).end(String(error.stack)));
        });
        await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
        this.origin = `http://127.0.0.1:${this.#server.address().port}`;
    }

    async stop() {
        this.#server.closeAllConnections();
        await new Promise((resolve) => this.#server.close(resolve));
    }

    /* The county anew; @is_empty: nothing but its administrator. */
    reset({ is_empty = false } = {}) {
        this.#data = county(is_empty);
        this.#refusals = [];
        this.#held = null;
        this.#session = null;
        this.requests = [];
        this.bodies = [];
    }

    signIn(roles = this.#data.roles, { must_change = false } = {}) {
        const { id, name, sign_in } = this.#data.people[0];
        this.#session = { person: { id, name, sign_in, must_change }, roles, csrf_token: 'csrf', expires_at: NOW, zone: 'Asia/Shanghai' };
        return this.#session;
    }

    endSession() {
        this.#session = null;
    }

    /* Requests that match @what ("GET /today") are refused with @problem {status, name, …}. */
    refuse(what, problem) {
        this.#refusals.push({ what, problem });
    }

    relent() {
        this.#refusals = [];
        this.#held = null;
    }

    hold(what) {
        this.#held = what;
    }

    find(collection, id) {
        return this.#data[collection].find((one) => one.id === id);
    }

    /* @n more lessons like the one under @id. */
    crowd(id, n) {
        const one = this.find('lessons', id);
        this.#data.lessons.push(...Array.from({ length: n }, (_, i) => ({ ...one, id: `${id}-${i}` })));
    }

    async #serve(request, response) {
        const url = new URL(request.url, this.origin);
        if (url.pathname.startsWith('/api/v1/'))
            return this.#onApi(request, response, url);
        return serveFile(url.pathname, response);
    }

    async #onApi(request, response, url) {
        const where = url.pathname.slice('/api/v1'.length), what = `${request.method} ${where}`;
        const bytes = await readBody(request);
        this.requests.push(`${what}${url.search}`);
        if (this.#held?.test(what))
            return;
        const refused = this.#refusals.find((one) => one.what.test(what));
        try {
            if (refused)
                throw refused.problem;
            if (request.method !== 'GET' && where !== '/session' && request.headers['x-csrf-token'] !== 'csrf')
                throw { status: 403, name: 'no-csrf-token' };
            const is_json = request.headers['content-type'] === 'application/json';
            const body = is_json ? JSON.parse(bytes) : bytes;
            if (bytes.length)
                this.bodies.push([what, body]);
            const { status = 200, value, version } = this.#answer(request.method, where.slice(1).split('/'), url.searchParams, body, request.headers) ?? {};
            response.writeHead(value === undefined ? 204 : status, { 'Content-Type': 'application/json', ...version && { ETag: `"${version}"` } });
            response.end(value === undefined ? '' : JSON.stringify(value));
        } catch (problem) {
            if (!problem.name || problem instanceof Error)
                throw problem;
            const { status, name, retry_after, ...members } = problem;
            response.writeHead(status, { 'Content-Type': 'application/problem+json', ...retry_after && { 'Retry-After': retry_after } });
            response.end(JSON.stringify({ type: `urn:synclass:problem:${name}`, title: name, status, detail: '', ...members }));
        }
    }

    #answer(method, [noun, id, verb], query, body, headers) {
        if (noun === 'session')
            return this.#onSession(method, id, body);
        if (!this.#session)
            throw { status: 401, name: 'not-signed-in' };
        if (['audit', 'ledger', 'lessons'].includes(noun) && query.has('count'))
            throw { status: 422, name: 'invalid-value', field: 'count', detail: 'count: there is no such parameter' };
        const special = this.#special(`${method} ${noun}`, id, verb, query, body, headers);
        if (special)
            return special;
        if (!COLLECTIONS.includes(noun))
            throw { status: 404, name: 'not-found', detail: noun };
        const rows = this.#data[noun];
        if (method === 'GET' && !id)
            return { value: list(rows, noun, query) };
        if (method === 'POST')
            return this.#create(noun, body);
        const row = rows.find((one) => one.id === id);
        if (!row)
            throw { status: 404, name: 'not-found', detail: `${noun} ${id}` };
        if (method === 'GET')
            return { value: row, version: row.version };
        check(headers, row);
        if (method === 'DELETE') {
            rows.splice(rows.indexOf(row), 1);
            return {};
        }
        Object.assign(row, body, noun === 'lessons' && body.period && bellsAt(body.day, body.period), { version: row.version + 1 });
        return { value: row, version: row.version };
    }

    #create(noun, body) {
        const row = { id: `new-${++this.#n_made}`, version: 1, ...this.#named(body), ...noun === 'pairings' && { state: 'draft', history: [] },
            ...noun === 'lessons' && { state: 'scheduled', origin: body.makes_up ? 'makeup' : 'single', title: body.title ?? '新课', site_names: [],
                ...body.period ? bellsAt(body.day, body.period) : {} },
            ...noun === 'people' && { state: 'active', must_change: true } };
        this.#data[noun].unshift(row);
        return { status: 201, value: noun === 'people' ? { ...row, password: 'Yun-7342-ling' } : row, version: 1 };
    }

    /* The names that the server adds to ids. */
    #named(body) {
        const name = (collection, id) => this.find(collection, id)?.name ?? '';
        return {
            ...body,
            ...body.organisation && { organisation_name: name('organisations', body.organisation) },
            ...body.giving_site && { giving_site_name: name('sites', body.giving_site) },
            ...typeof body.teacher === 'string' && { teacher_name: name('people', body.teacher) },
            ...typeof body.pairing === 'string' && { pairing_name: name('pairings', body.pairing) },
            ...body.receiving_sites && { receiving_site_names: body.receiving_sites.map((id) => name('sites', id)) },
        };
    }

    #onSession(method, id, body) {
        if (id === 'password') {
            if (body.password === 'wrong')
                throw { status: 401, name: 'wrong-password', field: 'password' };
            this.#session.person.must_change = false;
            return {};
        }
        if (method === 'DELETE') {
            this.#session = null;
            return {};
        }
        if (method === 'POST') {
            if (body.password !== 'right-password')
                throw { status: 401, name: 'wrong-password' };
            return { status: 201, value: this.signIn(undefined, { must_change: body.sign_in === 'fresh' }) };
        }
        if (!this.#session)
            throw { status: 401, name: 'not-signed-in' };
        return { value: this.#session };
    }

    #special(what, id, verb, query, body, headers) {
        const data = this.#data;
        switch (what) {
        case 'GET today':
            return { value: data.today };
        case 'GET audit':
            return { value: list(data.audit, 'audit', query) };
        case 'GET ledger':
            return id === 'verify' ? { value: data.verify } : { value: list(data.ledger, 'ledger', query) };
        case 'GET reports':
            return { value: data.reports(id) };
        case 'GET workload':
            return { value: data.workload, version: data.workload.version };
        case 'PATCH workload':
            check(headers, data.workload);
            Object.assign(data.workload, body, { version: data.workload.version + 1 });
            return { value: data.workload };
        case 'GET jobs': {
            const done = Math.min(++this.#job_asked * 60, 120);
            return { value: { id, kind: 'generate', state: done === 120 ? 'done' : 'running', done, total: 120, detail: '' } };
        }
        case 'POST terms':
            return verb === 'generate' ? { status: 202, value: { job: 'job-1' } } : null;
        case 'POST timetable':
            return query.get('dry_run') === 'true' ? { value: data.preview(body) } : { status: 202, value: { job: 'job-2', n_entries: 2, n_pairings: 1 } };
        case 'POST enrolments':
            if (body.code === '2222-22')
                throw { status: 404, name: 'not-found', field: 'code', detail: 'code 2222-22' };
            return { status: 201, value: data.devices[0] };
        case 'POST entries':
            return id === 'check' ? { value: data.collides(body.weekday === 1 && body.period === 2) } : null;
        case 'POST people':
            return verb === 'password' ? { value: { password: 'Shi-5518-tan' } } : verb === 'calendar' ? { value: { url: '/api/v1/calendars/3f9a1c' } } : null;
        case 'POST sites':
            return verb === 'calendar' ? { value: { url: '/api/v1/calendars/3f9a1c' } } : null;
        case 'POST pairings':
        case 'POST lessons':
            return verb ? this.#onVerb(what.endsWith('lessons') ? 'lessons' : 'pairings', id, verb, body, headers) : null;
        default:
            return null;
        }
    }

    #onVerb(noun, id, verb, body, headers) {
        const row = this.find(noun, id);
        if (verb === 'check')
            return { value: this.#data.collides(body.period === 2) };
        if (verb === 'join')
            return { value: { lesson: id, token: 't', url: '/classroom#lesson=x&token=y' } };
        check(headers, row);
        if (verb === 'cancel')
            Object.assign(row, { state: 'cancelled', reason: body.reason });
        else
            Object.assign(row, { state: body.state, history: [...row.history, { at: NOW, state: body.state, person_name: '张主任', reason: body.reason }] });
        row.version += 1;
        return { value: row, version: row.version };
    }
}

function check(headers, row) {
    if (!headers['if-match'])
        throw { status: 428, name: 'no-version' };
    if (headers['if-match'] !== `"${row.version}"`)
        throw { status: 412, name: 'stale-version' };
}

function list(rows, noun, query) {
    const is_asked = (row) => [...query].every(([name, value]) => {
        if (name === 'search')
            return JSON.stringify(row).includes(value);
        if (name === 'role')
            return row.appointments?.some(({ role }) => role === value);
        if (name === 'parent' || name === 'state' || name === 'term')
            return row[name] === undefined || row[name] === value;
        if (noun === 'lessons' && (name === 'from' || name === 'to'))
            return name === 'from' ? row.day >= value : row.day <= value;
        return NOT_FILTERS.has(name) || row[name] === undefined || row[name] === value;
    });
    const found = rows.filter(is_asked), from = Number(query.get('cursor') ?? 0), limit = Number(query.get('limit') ?? 50);
    return {
        items: found.slice(from, from + limit), next: from + limit < found.length ? String(from + limit) : null,
        ...query.get('count') === 'true' && { total: found.length },
    };
}

async function readBody(request) {
    const parts = [];
    for await (const part of request)
        parts.push(part);
    return Buffer.concat(parts).toString('utf8');
}

async function serveFile(pathname, response) {
    const name = pathname === '/' ? '/index.html' : path.extname(pathname) ? pathname : `${pathname}.html`;
    const alias = /^\/assets\/vendor\/(.+)$/.exec(name)?.[1];
    try {
        const body = await readFile(alias ? path.join(modules, vendor[alias]) : path.join(web, path.normalize(name)));
        response.writeHead(200, { 'Content-Type': TYPES[path.extname(name)], 'Content-Security-Policy': POLICY }).end(body);
    } catch {
        response.writeHead(404).end();
    }
}

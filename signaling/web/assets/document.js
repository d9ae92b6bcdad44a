/* SPDX-License-Identifier: Apache-2.0 */
/* document.js: the lesson's documents on this computer: each is fetched once, ahead of time,
 * one after the other; where a line breaks it is gone on with from there, and what has come
 * is kept over a reload. Spec: docs/protocol.md#the-room. */

import { Backoff } from './backoff.js';
import { readProblem } from './problem.js';

const CACHE = 'synclass-documents';
const STALL_MS = 20_000; /* a line without a byte for so long is given up */
const STALLED = 'stalled';
const RETRY_FIRST_MS = 500;
const PARTIAL = 206;
const FINAL = [401, 403, 404]; /* asked again, it would be refused again */

/* 'change': more of one has come. 'here': one has come whole; detail is its number. */
export class Documents extends EventTarget {
    #lesson;
    #token;
    #entries = new Map(); /* number → { number, bytes, arrived, parts, etag, blob, problem } */
    #wanted = null;       /* the number of the one that is looked at */
    #offered = null;      /* File that is being handed in here: need not come back to us */
    #backoff = new Backoff({ first_ms: RETRY_FIRST_MS });
    #current = null;      /* { entry, controller }, while one is fetched */
    #retry = 0;
    #stall = 0;

    constructor({ lesson, token }) {
        super();
        this.#lesson = lesson;
        this.#token = token;
        window.addEventListener('online', () => this.#hurry());
        forgetOthers(this.#path(''));
    }

    /* @documents: all of the lesson, as in a welcome. */
    keep(documents) {
        for (const [number, entry] of this.#entries) {
            entry.problem = null;
            if (documents.some(({ document }) => document === number))
                continue;
            this.#entries.delete(number);
            forget(this.#path(number));
            if (this.#current?.entry === entry)
                this.#current.controller.abort();
        }
        for (const { document, bytes } of documents.filter(
            ({ document }) => !this.#entries.has(document))) {
            this.#entries.set(document, {
                number: document, bytes, arrived: 0, parts: [], etag: null, blob: null, problem: null,
            });
            if (this.#offered?.size === bytes) {
                this.#take(this.#entries.get(document), this.#offered);
                this.#offered = null;
            }
        }
        this.#fetchNext();
    }

    /* That one first: it is to be looked at now. */
    want(document) {
        this.#wanted = document;
        const { entry } = this.#current ?? {};
        if (entry && entry.number !== document && this.#entries.get(document)?.blob === null)
            this.#current.controller.abort();
        else
            this.#hurry();
    }

    /* @file is handed in from here, and need not come back to us: it is told as a document
     * before or after its handing in is answered. null: it was not taken. */
    offer(file) {
        this.#offered = file;
    }

    has(document) {
        return Boolean(this.#entries.get(document)?.blob);
    }

    /* How much of it has come, 0 to 1. */
    partOf(document) {
        const { arrived, bytes } = this.#entries.get(document) ?? { arrived: 0, bytes: 1 };
        return Math.min(1, arrived / Math.max(1, bytes));
    }

    /* NAME of why it will not come, or null. */
    problemOf(document) {
        return this.#entries.get(document)?.problem ?? null;
    }

    /* A copy of one that is here. */
    dataOf(document) {
        return this.#entries.get(document).blob.arrayBuffer();
    }

    stop() {
        clearTimeout(this.#retry);
        this.#entries.clear();
        this.#current?.controller.abort();
    }

    #path(number) {
        return `/documents/${encodeURIComponent(this.#lesson)}/${number}`;
    }

    #hurry() {
        clearTimeout(this.#retry);
        this.#retry = 0;
        this.#fetchNext();
    }

    async #fetchNext() {
        if (this.#current || this.#retry)
            return;
        const missing = [...this.#entries.values()].filter(({ blob, problem }) => !blob && !problem);
        const entry = missing.find(({ number }) => number === this.#wanted) ?? missing[0];
        if (!entry)
            return;
        const controller = new AbortController();
        this.#current = { entry, controller };
        try {
            this.#take(entry, await recall(this.#path(entry.number), entry.bytes)
                ?? await this.#fetch(entry, controller));
            this.#backoff.reset();
        } catch (error) {
            this.#onFailure(entry, error, controller.signal.aborted);
        }
        this.#current = null;
        this.#fetchNext();
    }

    /* What was given up for another one is gone on with when its turn comes. */
    #onFailure(entry, error, was_aborted) {
        if (FINAL.includes(error.status)) {
            entry.problem = error.name;
            this.dispatchEvent(new Event('change'));
        } else if (!was_aborted || error.name === STALLED) {
            this.#retry = setTimeout(() => this.#hurry(), this.#backoff.next(error.retry_ms));
        }
    }

    #take(entry, blob) {
        entry.blob = blob;
        entry.parts = [];
        entry.arrived = entry.bytes;
        if (this.#entries.get(entry.number) !== entry)
            return;
        remember(this.#path(entry.number), blob);
        this.dispatchEvent(new Event('change'));
        this.dispatchEvent(new CustomEvent('here', { detail: entry.number }));
    }

    async #fetch(entry, controller) {
        const headers = { Authorization: `Bearer ${this.#token}` };
        if (entry.arrived > 0 && entry.etag)
            Object.assign(headers, { Range: `bytes=${entry.arrived}-`, 'If-Range': entry.etag });
        try {
            this.#expectLife(controller);
            const response = await fetch(this.#path(entry.number),
                { headers, signal: controller.signal, cache: 'no-store' });
            if (!response.ok)
                throw await readProblem(response);
            if (response.status !== PARTIAL)
                Object.assign(entry, { parts: [], arrived: 0 });
            entry.etag = response.headers.get('ETag');
            await this.#read(entry, response.body.getReader(), controller);
        } finally {
            clearTimeout(this.#stall);
        }
        return wholeOf(entry);
    }

    async #read(entry, reader, controller) {
        for (;;) {
            const { done, value } = await reader.read();
            if (done)
                return;
            this.#expectLife(controller);
            entry.parts.push(value);
            entry.arrived += value.length;
            this.dispatchEvent(new Event('change'));
        }
    }

    #expectLife(controller) {
        clearTimeout(this.#stall);
        this.#stall = setTimeout(() => controller.abort(new DOMException('', STALLED)), STALL_MS);
    }
}

/* What is not what the lesson says it is, is fetched from the beginning. */
function wholeOf(entry) {
    const { number, bytes, parts } = entry;
    const blob = new Blob(parts, { type: 'application/pdf' });
    if (blob.size === bytes)
        return blob;
    Object.assign(entry, { parts: [], arrived: 0 });
    throw new Error(`document ${number}: ${blob.size} of ${bytes} bytes`);
}

/* --- what outlives a reload. Without HTTPS a browser has no such place: then memory does. --- */

async function recall(path, bytes) {
    try {
        const blob = await (await (await caches.open(CACHE)).match(path))?.blob();
        return blob?.size === bytes ? blob : null;
    } catch {
        return null;
    }
}

async function remember(path, blob) {
    try {
        await (await caches.open(CACHE)).put(path, new Response(blob));
    } catch {
        /* no room: it is fetched again after a reload */
    }
}

async function forget(path) {
    try {
        await (await caches.open(CACHE)).delete(path);
    } catch {
        /* nothing was kept */
    }
}

/* Those of other lessons. */
async function forgetOthers(ours) {
    try {
        const cache = await caches.open(CACHE);
        for (const request of await cache.keys())
            if (!new URL(request.url).pathname.startsWith(ours))
                await cache.delete(request);
    } catch {
        /* nothing was kept */
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* stub-documents.mjs: the stub lesson's documents, as docs/protocol.md tells them: handed in,
 * served with ranges, shown page by page, each page with its own marks. */

const NOTHING = 'screen'; /* the key of marks on what is no page */
const PAGE = /\/Type\s*\/Page\b(?!s)/g;

export class StubDocuments {
    refusal = null;      /* { status, name }: what is handed in is refused with it */
    holds_upload = null; /* Promise: an upload is read no further until it is kept */
    stops_at = 1;        /* of each document: so much is sent, then the line is dead … */
    holds = null;        /* … until this Promise is kept; null: it is cut at once, one time */
    fetched = [];        /* { document, range, site } of each GET */
    onTurn = null;       /* called before a page is told: what comes between */

    #tell;
    #all = new Map();    /* number → { document, name, pages, bytes, body } */
    #next = 1;
    #page = null;        /* { document, page } */
    #marks = new Map();  /* key → stroke number → as `pen` */

    /* @tell(message): to everybody. */
    constructor(tell) {
        this.#tell = tell;
    }

    /* Of a welcome. */
    get room() {
        return this.#all.size === 0 && this.#marks.size === 0 ? {} : {
            documents: [...this.#all.values()].map(told), page: this.#page, strokes: this.#strokes(),
        };
    }

    serve(request, response) {
        const { pathname, searchParams } = new URL(request.url, 'http://localhost');
        if (request.method === 'POST')
            this.#receive(request, response, searchParams.get('name'));
        else
            this.#send(request, response, Number(pathname.split('/').at(-1)));
    }

    /* The event that comes of @message, or an error; null: it is none of ours. */
    take(message) {
        switch (message.type) {
        case 'page':
            return this.#turn(message);
        case 'document-remove':
            return this.#remove(message);
        case 'pen':
            return this.#draw(message);
        case 'pen-clear':
            this.#marks.delete(this.#key());
            return { type: 'pen-clear' };
        case 'pointer':
            return { type: 'pointer', x: message.x, y: message.y };
        default:
            return null;
        }
    }

    #turn({ id, document, page }) {
        const there = this.#all.get(document);
        if (document !== null && !there)
            return { type: 'error', id, problem: 'unknown-document', detail: `no ${document}` };
        if (there && !(page >= 1 && page <= there.pages))
            return { type: 'error', id, problem: 'unknown-page', detail: `no ${page}` };
        this.#page = there ? { document, page } : null;
        this.onTurn?.();
        return this.#pageEvent();
    }

    #pageEvent() {
        return {
            type: 'page', document: this.#page?.document ?? null, page: this.#page?.page ?? null,
            strokes: this.#strokes(),
        };
    }

    #remove({ document }) {
        this.#all.delete(document);
        if (this.#page?.document === document) {
            this.#page = null;
            this.#tell(this.#pageEvent());
        }
        return { type: 'document-removed', document };
    }

    #draw({ stroke, colour, width, points }) {
        const marks = this.#marks.get(this.#key()) ?? new Map();
        this.#marks.set(this.#key(), marks);
        const before = marks.get(stroke)?.points ?? [];
        marks.set(stroke, { stroke, colour, width, points: [...before, ...points] });
        return { type: 'pen', stroke, colour, width, points };
    }

    #key() {
        return this.#page ? `${this.#page.document}:${this.#page.page}` : NOTHING;
    }

    #strokes() {
        return [...(this.#marks.get(this.#key()) ?? new Map()).values()];
    }

    async #receive(request, response, name) {
        if (this.refusal) {
            const { status, name: problem } = this.refusal;
            request.resume();
            response.writeHead(status, { 'Content-Type': 'application/problem+json' })
                .end(JSON.stringify({ type: `urn:synclass:problem:${problem}`, status }));
            return;
        }
        const parts = [];
        try {
            for await (const part of request) {
                parts.push(part);
                await this.holds_upload;
            }
        } catch {
            return; /* given up by the page */
        }
        if (response.destroyed)
            return;
        const body = Buffer.concat(parts);
        const document = this.#next++;
        const entry = { document, name, bytes: body.length, body,
            pages: body.toString('latin1').match(PAGE)?.length ?? 0 };
        this.#all.set(document, entry);
        this.#tell({ type: 'document', ...told(entry) });
        response.writeHead(201, { Location: `/documents/lesson-1/${document}`,
            'Content-Type': 'application/json' }).end(JSON.stringify(told(entry)));
    }

    async #send(request, response, document) {
        const { range = null } = request.headers;
        const site = request.headers.authorization?.replace('Bearer ', '');
        this.fetched.push({ document, range, site });
        const body = this.#all.get(document)?.body;
        if (!body) {
            response.writeHead(404, { 'Content-Type': 'application/problem+json' })
                .end(JSON.stringify({ type: 'urn:synclass:problem:unknown-document', status: 404 }));
            return;
        }
        const from = Number(range?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);
        response.writeHead(range ? 206 : 200, {
            'Content-Type': 'application/pdf', 'Content-Length': body.length - from,
            ETag: `"stub-${document}"`, 'Accept-Ranges': 'bytes',
            'Cache-Control': 'private, max-age=604800, immutable',
            ...(range && { 'Content-Range': `bytes ${from}-${body.length - 1}/${body.length}` }),
        });
        const middle = Math.floor(body.length * this.stops_at);
        if (middle > from && middle < body.length) {
            await new Promise((resolve) => response.write(body.subarray(from, middle), resolve));
            await this.holds;
            if (!this.holds) {
                this.stops_at = 1;
                response.socket.end(); /* what is on its way arrives */
                return;
            }
        }
        response.end(body.subarray(Math.max(from, middle < body.length ? middle : from)));
    }
}

const told = ({ document, name, pages, bytes }) => ({ document, name, pages, bytes });

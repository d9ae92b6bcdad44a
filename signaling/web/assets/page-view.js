/* SPDX-License-Identifier: Apache-2.0 */
/* page-view.js: shows one page of a document in a box, whole, and sharp at the screen's own
 * pixels. The last page stays until the next is drawn; the one after it is drawn ahead, so
 * that turning to it takes no time. */

import { element } from './element.js';
import { onLanguageChange, t } from './i18n.js';
import { placeOf } from './ink.js';
import { drawPage, openPdf, prepare } from './pdf.js';

const DRAWN_MAX = 4; /* pages kept drawn: the last one, this one, the next one, one to spare */
const OPEN_MAX = 2;  /* documents kept open */
const RETRY_MS = 5000;

/* 'shown': something else stands in the box: the page, a sentence about it, or nothing. */
export class PageView extends EventTarget {
    settled = true;     /* what was asked for last stands in the box */

    #box;
    #documents;
    #says = element('p', 'page-says');
    #want = null;       /* { document, page } */
    #canvas = null;     /* of the page in the box */
    #asked_ms = 0;      /* when */
    #turn = 0;          /* grows with each thing to show: what is older is stale */
    #task = null;       /* { key, … of drawPage() }, while it draws */
    #open = new Map();  /* document → Promise of a PDFDocumentProxy, the oldest first */
    #drawn = new Map(); /* key → canvas, the oldest first */

    /* @box: also a Screen's, with an Ink over it; @documents: a Documents. */
    constructor(box, documents) {
        super();
        this.#box = box;
        this.#documents = documents;
        this.#says.hidden = true;
        this.#says.setAttribute('role', 'status');
        box.append(this.#says);
        documents.addEventListener('change', () => this.#say());
        documents.addEventListener('here', ({ detail }) => this.#onHere(detail));
        onLanguageChange(() => this.#say());
        new ResizeObserver(() => this.#refit()).observe(box);
    }

    /* @page: { document, page }, or null: none. True if that is news: 'shown' follows. */
    show(page) {
        if (page?.document === this.#want?.document && page?.page === this.#want?.page)
            return false;
        this.#want = page;
        this.#asked_ms = performance.now();
        this.settled = false;
        this.#box.classList.toggle('paged', Boolean(page));
        if (page)
            this.#documents.want(page.document);
        if (!page || !this.#documents.has(page.document))
            this.#put(null);
        this.#draw();
        return true;
    }

    /* A document is no more. */
    forget(document) {
        this.#close(document);
        this.#drawn.clear();
    }

    #onHere(document) {
        if (document === this.#want?.document)
            this.#draw();
        else
            prepare().catch(() => {}); /* asked again when it is needed */
    }

    async #draw() {
        const turn = ++this.#turn;
        const want = this.#want;
        if (this.#task?.key !== keyOf(want))
            this.#cancel();
        if (!want || !this.#documents.has(want.document) || this.#box.clientWidth === 0)
            return;
        try {
            const canvas = await this.#make(want, turn);
            if (turn !== this.#turn)
                return;
            this.#put(canvas);
            await this.#make({ ...want, page: want.page + 1 }, turn);
        } catch (error) {
            this.#onFailure(want, turn, error);
        }
    }

    /* It may have been the line, on which the library comes: it is tried again. */
    #onFailure({ document, page }, turn, error) {
        if (turn !== this.#turn || this.#canvas?.dataset.key === keyOf({ document, page }))
            return;
        console.warn(`document ${document} page ${page}: ${error.message}`);
        this.#put(null, t('slides.broken'));
        setTimeout(() => {
            if (turn === this.#turn)
                this.#draw();
        }, RETRY_MS);
    }

    /* The canvas of a page; null when it is stale or there is no such page. */
    async #make(want, turn) {
        const key = keyOf(want);
        if (!this.#drawn.has(key) && this.#task?.key !== key) {
            const pdf = await this.#openDocument(want.document);
            const proxy = want.page <= pdf.numPages ? await pdf.getPage(want.page) : null;
            if (!proxy || turn !== this.#turn)
                return null;
            this.#task = { key, ...drawPage(proxy, this.#pixelsOf(proxy)) };
        }
        if (this.#task?.key === key) {
            const task = this.#task;
            try {
                await task.promise;
            } finally {
                if (this.#task === task)
                    this.#task = null;
            }
            this.#keepDrawn(key, task.canvas);
        }
        return this.#drawn.get(key);
    }

    /* How many pixels of the screen a page is wide in the box. */
    #pixelsOf(proxy) {
        const { width, height } = proxy.getViewport({ scale: 1 });
        const place = placeOf(this.#box.clientWidth, this.#box.clientHeight, width, height);
        return Math.round(place.width * devicePixelRatio);
    }

    #cancel() {
        this.#task?.cancel();
        this.#task = null;
    }

    #openDocument(document) {
        let open = this.#open.get(document);
        this.#open.delete(document);
        open ??= this.#documents.dataOf(document).then(openPdf);
        open.catch(() => this.#open.delete(document)); /* tried again when it is shown again */
        this.#open.set(document, open);
        for (const oldest of [...this.#open.keys()].slice(0, -OPEN_MAX))
            this.#close(oldest);
        return open;
    }

    #close(document) {
        this.#open.get(document)?.then((pdf) => pdf.destroy(), () => {});
        this.#open.delete(document);
    }

    #keepDrawn(key, canvas) {
        canvas.className = 'page';
        canvas.dataset.key = key;
        this.#drawn.set(key, canvas);
        for (const oldest of [...this.#drawn.keys()].slice(0, -DRAWN_MAX))
            this.#drawn.delete(oldest);
    }

    /* @canvas: a page's, or null: a sentence, or nothing. */
    #put(canvas, words = null) {
        if (this.#canvas !== canvas)
            this.#canvas?.remove();
        this.#canvas = canvas;
        if (canvas) {
            this.#box.insertBefore(canvas, this.#box.querySelector('.ink'));
            this.#place();
            canvas.dispatchEvent(new Event('resize')); /* as a video's: for the ink over it */
        }
        this.#say(words);
        if (canvas && !this.settled) /* for whoever measures */
            performance.measure('synclass.page', { start: this.#asked_ms, detail: this.#want });
        const is_news = !this.settled;
        this.settled = true;
        if (is_news)
            this.dispatchEvent(new Event('shown'));
    }

    /* In whole pixels of the screen: half ones would blur every letter. */
    #place() {
        const { canvas, box } = { canvas: this.#canvas, box: this.#box };
        const { x, y, width, height } =
            placeOf(box.clientWidth, box.clientHeight, canvas.width, canvas.height);
        const snapped = (value) => `${Math.round(value * devicePixelRatio) / devicePixelRatio}px`;
        Object.assign(canvas.style, {
            left: snapped(x), top: snapped(y), width: snapped(width), height: snapped(height),
        });
    }

    #say(words = null) {
        const { document } = this.#want ?? {};
        const problem = document && this.#documents.problemOf(document);
        this.#says.hidden = !this.#want || Boolean(this.#canvas);
        if (this.#says.hidden)
            return;
        const n = Math.floor(this.#documents.partOf(document) * 100);
        this.#says.textContent = words ?? t(problem ? 'slides.broken' : 'slides.coming', { n });
    }

    /* Another size: what was drawn is stretched at once, and drawn anew. */
    #refit() {
        this.#cancel();
        this.#drawn.clear();
        if (this.#canvas)
            this.#place();
        this.#draw();
    }
}

function keyOf(page) {
    return page && `${page.document}:${page.page}`;
}

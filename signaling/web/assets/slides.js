/* SPDX-License-Identifier: Apache-2.0 */
/* slides.js: the teacher's pages: which one is shown, turning them by buttons, keys and a
 * presenter's clicker, putting them away and getting the last one back. */

import { Documents } from './document.js';
import { t } from './i18n.js';
import { PageView } from './page-view.js';
import { SlidesList } from './slides-list.js';

const TURNS = { PageUp: -1, PageDown: 1 };
const ARROWS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
const find = (id) => document.getElementById(id);

/* 'turn': another page is about to be asked for. 'shown': as of PageView. 'open': a document
 * was taken from the list. 'drop': as of SlidesList. */
export class Slides extends EventTarget {
    #ask;
    #box;
    #documents;
    #view;
    #list;
    #room = { documents: [], page: null };
    #pending = null;     /* { document, page, id }: asked for, and not told yet */
    #last = null;        /* the page that was shown last, of any document */
    #pages = new Map();  /* document → its page that was shown last */
    #to_remove = null;   /* as in `document`: the dialog asks about it */

    /* @link: { lesson, token }; @box: the shared picture's; @ask as in hands.js. The box's own
     * keys come first: an arrow that moves the pointer turns no page. */
    constructor(link, box, ask) {
        super();
        this.#ask = ask;
        this.#box = box;
        this.#documents = new Documents(link);
        this.#view = new PageView(box, this.#documents);
        this.#view.addEventListener('shown', () => this.dispatchEvent(new Event('shown')));
        this.#list = new SlidesList(link, this.#documents, {
            ...Object.fromEntries(['list', 'none', 'choose', 'file', 'upload', 'progress', 'says',
                'cancel', 'problem'].map((name) => [name, find(`slides-${name}`)])),
            name: find('slides-upload-name'), drop: find('lesson'),
        });
        this.#list.addEventListener('show', ({ detail }) => this.#open(detail));
        this.#list.addEventListener('drop', () => this.dispatchEvent(new Event('drop')));
        this.#list.addEventListener('remove', ({ detail }) => this.#askRemove(detail));
        this.#bind();
    }

    /* A message of the room, after the model has it. True if another page is on its way into
     * the box: 'shown' follows. */
    take({ type, id, document }, room) {
        this.#room = room;
        if (type === 'welcome' || (id !== undefined && id === this.#pending?.id))
            this.#pending = null;
        if (type === 'document-removed')
            this.#forget(document);
        if (type === 'welcome' || type === 'document' || type === 'document-removed')
            this.#documents.keep(room.documents);
        if (type !== 'welcome' && type !== 'page')
            return false;
        if (room.page) {
            this.#last = room.page;
            this.#pages.set(room.page.document, room.page.page);
        }
        return this.#view.show(room.page);
    }

    /* @open: can anything be asked. */
    update({ open }) {
        const { page } = this.#room;
        this.#list.update(this.#room, { page, open });
        this.#drawTurn(page, open);
        this.#drawBack(page, open);
        const total = this.#pagesOf(page?.document);
        this.#box.setAttribute('aria-label',
            page ? t('slides.label', { n: page.page, total }) : t('teacher.slides'));
        this.#box.title = '';
        find('write').querySelector('span').textContent = t(page ? 'slides.large' : 'pen.write');
        find('write-end').textContent = t(page ? 'slides.small' : 'pen.end');
    }

    #drawTurn(page, open) {
        const pages = this.#pagesOf(page?.document);
        find('turn').hidden = !page;
        find('page-previous').disabled = !open || !page || page.page <= 1;
        find('page-next').disabled = !open || !page || page.page >= pages;
        find('page-count').textContent = `/ ${pages}`;
        if (document.activeElement !== find('page-number'))
            find('page-number').value = page?.page ?? '';
    }

    #drawBack(page, open) {
        const is_there = this.#pagesOf(this.#last?.document) > 0;
        find('slides-back').hidden = Boolean(page) || !is_there;
        find('slides-back').disabled = !open;
        find('slides-back').querySelector('span').textContent =
            t('slides.back', { n: this.#last?.page });
    }

    /* The shared screen takes the page's place. */
    setAside() {
        if (this.#room.page)
            this.#show(null);
    }

    /* A page was asked for, and its answer is on the way. */
    get isComing() {
        return Boolean(this.#pending?.document);
    }

    stop() {
        this.#documents.stop();
    }

    #bind() {
        find('page-previous').addEventListener('click', () => this.#turn(-1));
        find('page-next').addEventListener('click', () => this.#turn(1));
        find('page-number').addEventListener('change', () => this.#goTo(find('page-number').value));
        find('page-number').addEventListener('focus', () => find('page-number').select());
        find('slides-away').addEventListener('click', () => this.setAside());
        find('slides-back').addEventListener('click', () => this.#open(this.#last.document));
        find('slides-keep').addEventListener('click', () => find('slides-dialog').close());
        find('slides-remove').addEventListener('click', () => {
            find('slides-dialog').close();
            this.#ask('removeDocument', this.#to_remove.document);
        });
        this.#box.addEventListener('keydown', (event) => this.#onKey(event, ARROWS));
        document.addEventListener('keydown', (event) => this.#onKey(event, TURNS));
    }

    /* A clicker's keys turn the page wherever the focus stands, except where they have a meaning
     * of their own. */
    #onKey(event, turns) {
        const step = turns[event.key];
        const is_taken = event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey
            || event.target.closest?.('input:not([type="radio"]), textarea, select, dialog, .scroll');
        if (!step || !this.#room.page || is_taken)
            return;
        event.preventDefault();
        this.#turn(step);
    }

    /* From where we shall be: who presses twice wants the page after the next. */
    #turn(step) {
        const from = this.#pending?.document ? this.#pending : this.#room.page;
        if (from)
            this.#show({ document: from.document, page: from.page + step });
    }

    #goTo(text) {
        const { page } = this.#room;
        const wanted = Number.parseInt(text, 10);
        find('page-number').value = page?.page ?? '';
        if (page && Number.isInteger(wanted))
            this.#show({ document: page.document, page: wanted });
    }

    #open(document) {
        if (document === null) {
            this.#show(null);
            return;
        }
        this.#show({ document, page: this.#pages.get(document) ?? 1 });
        this.dispatchEvent(new Event('open'));
    }

    /* @page: null puts it away. */
    #show(page) {
        const document = page?.document ?? null;
        const n = page && Math.min(Math.max(page.page, 1), this.#pagesOf(document));
        const now = this.#pending ?? this.#room.page;
        if (document === (now?.document ?? null) && n === (now?.page ?? null))
            return;
        this.dispatchEvent(new Event('turn'));
        const id = this.#ask('showPage', document, n);
        if (id)
            this.#pending = { document, page: n, id };
    }

    #pagesOf(document) {
        return this.#room.documents.find((one) => one.document === document)?.pages ?? 0;
    }

    #askRemove(told) {
        this.#to_remove = told;
        find('slides-remove-text').textContent = t('slides.remove-text', { name: told.name });
        find('slides-dialog').showModal();
    }

    #forget(document) {
        this.#view.forget(document);
        this.#pages.delete(document);
        if (this.#last?.document === document)
            this.#last = null;
    }
}

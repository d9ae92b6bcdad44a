/* SPDX-License-Identifier: Apache-2.0 */
/* slides-list.js: the teacher's panel of slides: the lesson's documents, and handing in one
 * more: chosen or dropped, with its progress, or why it was refused. */

import { element, iconButton, label, Rows } from './element.js';
import { describeProblem, t } from './i18n.js';
import { nameOf, refusalOf, upload } from './upload.js';

const MIB = 1024 * 1024;
const KIB = 1024;

/* 'show': detail is the document to show, or null: put it away. 'remove': detail is one as in
 * `document`. 'drop': a file was dropped: the panel is to be seen. */
export class SlidesList extends EventTarget {
    #link;
    #documents;
    #parts;
    #rows;
    #open = false;
    #sending = null; /* { name, part, controller }, while one is handed in */
    #refused = null; /* { name, problem } of the last one, or null */

    /* @link: { lesson, token }; @documents: a Documents; @parts: { list, none, choose, file,
     * upload, name, progress, says, cancel, problem, drop }. */
    constructor(link, documents, parts) {
        super();
        this.#link = link;
        this.#documents = documents;
        this.#parts = parts;
        this.#rows = new Rows(parts.list, (document) => this.#add(document));
        parts.choose.addEventListener('click', () => parts.file.click());
        parts.file.addEventListener('change', () => {
            this.#handIn(parts.file.files[0]);
            parts.file.value = ''; /* the same one may be chosen again */
        });
        parts.cancel.addEventListener('click', () => this.#sending?.controller.abort());
        this.#bindDrop(parts.drop);
    }

    /* @page: what is shown; @open: can anything be asked. */
    update({ documents }, { page, open }) {
        const { none, choose } = this.#parts;
        this.#open = open;
        none.hidden = documents.length > 0 || this.#sending !== null;
        choose.disabled = this.#sending !== null;
        this.#rows.update(documents.map(({ document }) => document), (row, document, i) =>
            row.update(documents[i], { shown: page?.document === document, open }));
        this.#drawSending();
    }

    #add(document) {
        return new Row({
            show: (row) => this.#tell('show', row.shown ? null : document),
            remove: (row) => this.#tell('remove', row.told),
        });
    }

    #tell(type, detail = null) {
        this.dispatchEvent(new CustomEvent(type, { detail }));
    }

    /* A file that misses the panel must not take the place of the lesson. */
    #bindDrop(place) {
        const isFile = ({ dataTransfer }) => [...dataTransfer.types].includes('Files');
        const light = (on) => place.classList.toggle('dropping', on);
        place.addEventListener('dragover', (event) => {
            if (!isFile(event))
                return;
            event.preventDefault();
            light(true);
        });
        place.addEventListener('dragleave', ({ relatedTarget }) =>
            light(place.contains(relatedTarget)));
        place.addEventListener('drop', (event) => {
            light(false);
            if (!isFile(event))
                return;
            event.preventDefault();
            this.#tell('drop');
            this.#handIn(event.dataTransfer.files[0]);
        });
    }

    async #handIn(file) {
        if (!file || this.#sending)
            return;
        const controller = new AbortController();
        this.#refused = null;
        this.#sending = { name: nameOf(file.name), part: 0, controller };
        this.#drawSending();
        try {
            const refusal = await refusalOf(file);
            this.#documents.offer(refusal ? null : file);
            if (refusal)
                this.#refuse(refusal);
            else
                await upload(this.#link, file, { signal: controller.signal,
                    on_part: (part) => { this.#sending.part = part; this.#drawSending(); } });
        } catch (error) {
            this.#documents.offer(null);
            if (!controller.signal.aborted)
                this.#refuse(error.name);
        }
        this.#sending = null;
        this.#drawSending();
    }

    #refuse(problem) {
        this.#refused = { name: this.#sending.name, problem };
    }

    #drawSending() {
        const { upload: box, name, progress, says, cancel, problem, choose, none } = this.#parts;
        const sending = this.#sending;
        box.hidden = !sending;
        choose.disabled = Boolean(sending) || !this.#open;
        none.hidden ||= Boolean(sending);
        write(problem, this.#refused ? t('slides.refused', {
            name: this.#refused.name, reason: describeProblem(this.#refused.problem),
        }) : '');
        if (!sending)
            return;
        name.textContent = sending.name;
        progress.value = sending.part;
        says.textContent = sending.part < 1
            ? t('slides.sending', { n: Math.floor(sending.part * 100) }) : t('slides.checking');
        cancel.textContent = t('slides.cancel');
    }
}

class Row {
    shown = false;
    told = null; /* as in `document` */

    constructor({ show, remove }) {
        this.name = element('span', 'name');
        this.facts = element('p', 'facts');
        this.show = element('button', 'button');
        this.show.type = 'button';
        this.show.addEventListener('click', () => show(this));
        this.remove = iconButton('bin', () => remove(this));
        this.element = element('li', 'document-row',
            element('div', 'who', this.name, this.facts), this.show, this.remove);
    }

    update(told, { shown, open }) {
        this.shown = shown;
        this.told = told;
        this.element.classList.toggle('shown', shown);
        this.name.textContent = this.name.title = told.name;
        this.facts.textContent = t('slides.facts', { n: told.pages, size: sizeOf(told.bytes) });
        this.show.textContent = t(shown ? 'slides.away' : 'slides.show');
        this.show.dataset.on = String(shown);
        this.show.setAttribute('aria-label',
            t(shown ? 'slides.away-label' : 'slides.show-label', { name: told.name }));
        label(this.remove, t('slides.remove-label', { name: told.name }));
        this.show.disabled = this.remove.disabled = !open;
    }
}

function sizeOf(bytes) {
    return bytes < MIB ? `${Math.max(1, Math.round(bytes / KIB))} KB` : `${(bytes / MIB).toFixed(1)} MB`;
}

/* Only what changed: a screen reader then says it once. */
function write(element, text) {
    if (element.textContent !== text)
        element.textContent = text;
    element.hidden = !text;
}

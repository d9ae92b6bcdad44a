/* SPDX-License-Identifier: Apache-2.0 */
/* dialog.js: a modal <dialog>: focus goes in, Escape closes, focus returns. */

import { html, useLayoutEffect, useRef, useState } from '/assets/vendor/preact.js';

import { useForm } from '../use.js';
import { t } from '../words.js';
import { Field, FormTrouble } from './field.js';

let n_dialogs = 0;

export function Dialog({ title, onClose, children, wide = false }) {
    const ref = useRef(null);
    const [id] = useState(() => `dialog-${++n_dialogs}`);
    useLayoutEffect(() => {
        const dialog = ref.current;
        dialog.showModal();
        (dialog.querySelector('[data-focus]')
            ?? dialog.querySelector('.dialog-body :is(input, select, textarea, button)'))?.focus();
        return () => dialog.close();
    }, []);
    return html`
        <dialog ref=${ref} class="dialog ${wide ? 'wide' : ''}" aria-labelledby=${id}
                onCancel=${(event) => { event.preventDefault(); onClose(); }}>
            <header class="dialog-head">
                <h2 id=${id}>${title}</h2>
                <button type="button" class="plain close" aria-label=${t('action.close')} title=${t('action.close')}
                        onClick=${onClose}>✕</button>
            </header>
            <div class="dialog-body">${children}</div>
        </dialog>`;
}

/* A form in a dialog: fields, trouble at its head, two buttons at its foot. */
export function FormDialog({ title, form, submit, onClose, onReload, children, wide, danger, more }) {
    return html`
        <${Dialog} title=${title} onClose=${onClose} wide=${wide}>
            <form ref=${form.ref} onSubmit=${form.submit} novalidate>
                <${FormTrouble} form=${form} onReload=${onReload} />
                ${children}
                <footer class="actions">
                    ${more}
                    <span class="spring"></span>
                    <button type="button" class="button" onClick=${onClose}>${t('action.cancel')}</button>
                    <button type="submit" class="button ${danger ? 'button-end' : 'button-main'}" aria-busy=${form.is_busy}
                            disabled=${form.is_busy}>${submit ?? t('action.save')}</button>
                </footer>
            </form>
        <//>`;
}

/* Asks before something is done, and for a reason where one is kept. */
export function Confirm({ title, children, submit, act, onClose, onReload, reason = false }) {
    const form = useForm({ reason: '' }, act);
    return html`
        <${FormDialog} title=${title} form=${form} submit=${submit} onClose=${onClose} onReload=${onReload} danger>
            ${children}
            ${reason && html`<${Field} form=${form} name="reason" label=${t('field.reason')} required maxlength="200" />`}
        <//>`;
}

/* Something that is shown once, to be copied: a first password, a calendar's address. */
export function Secret({ title, children, value, onClose }) {
    const [is_copied, setCopied] = useState(false);
    const field = useRef(null);
    const copy = async () => {
        try {
            await navigator.clipboard.writeText(value);
            setCopied(true);
        } catch { /* not on a page without TLS: select it, and the person presses Ctrl+C */
            field.current.select();
        }
    };
    return html`
        <${Dialog} title=${title} onClose=${onClose}>
            ${children}
            <div class="secret">
                <input ref=${field} readonly value=${value} aria-label=${title} onFocus=${(event) => event.target.select()} />
                <button type="button" class="button button-main" data-focus onClick=${copy}>${t('action.copy')}</button>
            </div>
            <p class="small" role="status">${is_copied ? t('action.copied') : ''}</p>
            <footer class="actions"><span class="spring"></span>
                <button type="button" class="button" onClick=${onClose}>${t('action.close')}</button></footer>
        <//>`;
}

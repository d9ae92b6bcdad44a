/* SPDX-License-Identifier: Apache-2.0 */
/* field.js: a labelled field of a form, with its hint and the refusal that names it. */

import { html } from '/assets/vendor/preact.js';

import { isAbout } from '../use.js';
import { describe, detailOf, t } from '../words.js';

/* The name of a field as the server says it: "periods[2].starts" → an id. */
const idOf = (name) => `field-${name.replace(/[^a-z0-9]+/gi, '-')}`;

export function FieldFrame({ form, name, label, hint, children, wide = false, as = 'label' }) {
    const id = idOf(name), at = isAbout(form.problem, name);
    const attributes = {
        id, 'aria-invalid': at ? 'true' : undefined,
        'aria-describedby': [hint && `${id}-hint`, at && `${id}-error`].filter(Boolean).join(' ') || undefined,
    };
    return html`
        <div class="field ${wide ? 'wide' : ''} ${at ? 'faulty' : ''}" data-field=${name}>
            ${as === 'label' ? html`<label for=${id}>${label}</label>` : html`<span class="label" id="${id}-label">${label}</span>`}
            ${children(attributes)}
            ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
            ${at && html`<p class="error" id="${id}-error">${describe(form.problem)}
                ${detailOf(form.problem) && html` <small lang="en">${detailOf(form.problem)}</small>`}</p>`}
        </div>`;
}

/* An input (@type), select (@options: [[value, label]]) or textarea (@rows). */
export function Field({ form, name, label, hint, options, rows, wide, type = 'text', required, onChange, value, ...rest }) {
    const now = value ?? form.values[name] ?? '';
    const change = (event) => (onChange ? onChange(event.target.value) : form.set(name, event.target.value));
    return html`<${FieldFrame} form=${form} name=${name} label=${label} hint=${hint} wide=${wide}>${(attributes) => {
        const shared = { ...attributes, ...rest, name, 'aria-required': required ? 'true' : undefined };
        if (options)
            return html`<select ...${shared} value=${now} onChange=${change}>
                ${options.map(([key, text]) => html`<option value=${key} selected=${String(key) === String(now)}>${text}</option>`)}
            </select>`;
        if (rows)
            return html`<textarea ...${shared} rows=${rows} value=${now} onInput=${change}></textarea>`;
        return html`<input ...${shared} type=${type} value=${now} autocomplete=${rest.autocomplete ?? 'off'} onInput=${change} />`;
    }}<//>`;
}

/* A choice that stands alone, outside a form: a filter. */
export const Choice = ({ label, value, options, onChange }) => html`
    <label class="choice"><span>${label}</span>
        <select value=${value} onChange=${(event) => onChange(event.target.value)}>
            ${options.map(([key, text]) => html`<option value=${key} selected=${String(key) === String(value ?? '')}>${text}</option>`)}
        </select>
    </label>`;

/* At the head of a form: a refusal that is about no field of it. */
export function FormTrouble({ form, onReload }) {
    const { problem } = form;
    const fields = [...form.ref.current?.querySelectorAll('[data-field]') ?? []];
    if (!problem || fields.some(({ dataset }) => isAbout(problem, dataset.field)))
        return null;
    const is_stale = problem.name === 'stale-version';
    return html`
        <div class="trouble at-form" role="alert" tabindex="-1">
            <p class="strong">${describe(problem)}</p>
            ${detailOf(problem) && !is_stale && html`<p class="small" lang="en">${detailOf(problem)}</p>`}
            ${is_stale && onReload && html`<button type="button" class="button" onClick=${onReload}>${t('state.reload')}</button>`}
        </div>`;
}

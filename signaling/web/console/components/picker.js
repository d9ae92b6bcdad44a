/* SPDX-License-Identifier: Apache-2.0 */
/* picker.js: picks something of a long list by typing part of its name (ARIA combobox). */

import { html, useEffect, useRef, useState } from '/assets/vendor/preact.js';

import { get } from '../api.js';
import { useLoad, useSettled } from '../use.js';
import { nameOf, t } from '../words.js';

const SHOWN = 12;

/* What can be picked: where it is listed, and what stands beside its name. */
export const sites = { path: '/sites', aside: ({ organisation_name, room }) => [organisation_name, room].filter(Boolean).join(' · ') };
/* active, and able to give or to receive */
export const givingSites = { ...sites, query: { usable: 'giving' } };
export const receivingSites = { ...sites, query: { usable: 'receiving' } };
export const teachers = { path: '/people', query: { role: 'teacher' }, aside: ({ organisation_name }) => organisation_name };
export const people = { path: '/people', aside: ({ organisation_name }) => organisation_name };
export const organisations = { path: '/organisations', aside: ({ kind }) => t(`kind.${kind}`) };
export const schools = { ...organisations, query: { kind: 'school' } };
export const pairings = { path: '/pairings', aside: ({ teacher_name }) => teacher_name };

/* @value: {id, name} or null. @onPick gets {id, name, …}, or null when it was cleared. */
export function Picker({ of, value, onPick, id, label, query, ...rest }) {
    const [typed, setTyped] = useState(null); /* null: nobody types */
    const [at, setAt] = useState(0);
    const search = useSettled(typed?.trim() ?? '', 150);
    const is_open = typed !== null;
    const found = useLoad((signal) => get(of.path, { ...of.query, ...query, search, limit: SHOWN }, signal),
        is_open ? JSON.stringify([of.path, of.query, query, search]) : null);
    const is_typing = is_open && search !== typed.trim(); /* what is listed answers an older question */
    const items = is_typing ? [] : found.value?.items ?? [];
    const box = useRef(null);
    useEffect(() => setAt(0), [search]);
    const take = (item) => {
        onPick(item && { ...item, name: item.name });
        setTyped(null);
    };
    const onKey = (event) => {
        if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault();
            if (!is_open)
                setTyped('');
            else if (items.length)
                setAt((at + (event.key === 'ArrowDown' ? 1 : items.length - 1)) % items.length);
        } else if (event.key === 'Enter' && is_open) {
            event.preventDefault();
            if (items[at])
                take(items[at]);
        } else if (event.key === 'Escape' && is_open) {
            event.preventDefault();
            event.stopPropagation();
            setTyped(null);
        }
    };
    return html`
        <div class="picker" ref=${box} onFocusOut=${(event) => { if (!box.current?.contains(event.relatedTarget)) setTyped(null); }}>
            <input ...${rest} id=${id} type="text" role="combobox" autocomplete="off" spellcheck=${false} aria-label=${label}
                aria-expanded=${String(is_open)} aria-autocomplete="list" aria-controls="${id}-list"
                aria-activedescendant=${is_open && items[at] ? `${id}-${at}` : undefined}
                placeholder=${t('picker.type')} value=${typed ?? (value ? value.name : '')}
                onFocus=${(event) => event.target.select()} onClick=${() => { if (!is_open) setTyped(''); }}
                onInput=${(event) => setTyped(event.target.value)} onKeyDown=${onKey} />
            ${value && !is_open && html`<button type="button" class="plain clear" aria-label=${t('picker.clear', { name: value.name })}
                title=${t('picker.clear', { name: value.name })} onClick=${() => take(null)}>✕</button>`}
            <ul id="${id}-list" role="listbox" aria-label=${t('picker.found')} hidden=${!is_open}>
                ${is_open && items.map((item, i) => html`
                    <li id="${id}-${i}" role="option" key=${item.id} aria-selected=${String(i === at)}
                        onMouseDown=${(event) => event.preventDefault()} onClick=${() => take(item)}>
                        <span>${nameOf(item)}</span><small>${of.aside(item)}</small></li>`)}
                ${is_open && items.length === 0 && html`<li class="none" role="presentation">
                    ${is_typing || found.is_loading ? t('state.loading') : t('state.nothing-found')}</li>`}
            </ul>
        </div>`;
}

/* Several: what was picked stands above as a list from which each can be taken away. */
export function MultiPicker({ values, onChange, id, label, ...rest }) {
    return html`
        ${values.length > 0 && html`<ul class="picked">${values.map((one) => html`
            <li key=${one.id}>${one.name}<button type="button" class="plain" aria-label=${t('picker.clear', { name: one.name })}
                onClick=${() => onChange(values.filter(({ id }) => id !== one.id))}>✕</button></li>`)}</ul>`}
        <${Picker} ...${rest} id=${id} label=${label} value=${null}
            onPick=${(item) => item && !values.some(({ id }) => id === item.id) && onChange([...values, item])} />`;
}

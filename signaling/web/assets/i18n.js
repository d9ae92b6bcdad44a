/* SPDX-License-Identifier: Apache-2.0 */
/* i18n.js: which language the page speaks, and the sentence for a key. Elements carry
 * data-i18n (text), data-i18n-label (aria-label and title), data-i18n-alt or
 * data-i18n-placeholder. */

import { messages as lesson } from './messages.js';
import { messages as classroom } from './messages-classroom.js';
import { messages as room } from './messages-room.js';
import { messages as slides } from './messages-slides.js';
import { messages as setup } from './messages-setup.js';

const tables = [lesson, classroom, room, slides, setup];

/* language → key → sentence: the tables as one. */
export const messages = Object.fromEntries(['zh-CN', 'en'].map((language) =>
    [language, Object.assign({}, ...tables.map((table) => table[language]))]));

const STORAGE_KEY = 'synclass.language';
const listeners = new Set();
let language = 'zh-CN';

/* The remembered language, else the browser's first one that we have, else Chinese. */
export function chooseLanguage(remembered, preferred) {
    if (remembered in messages)
        return remembered;
    for (const tag of preferred) {
        if (/^zh\b/i.test(tag))
            return 'zh-CN';
        if (/^en\b/i.test(tag))
            return 'en';
    }
    return 'zh-CN';
}

/* The sentence for @key with each {place} filled from @values. An unknown key is a bug of
 * ours and shows itself. */
export function t(key, values = {}) {
    const text = messages[language][key] ?? `⟨${key}⟩`;
    return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));
}

/* A refusal in the reader's words: by its NAME, never by the server's text. */
export function describeProblem(name) {
    const key = `problem.${name}`;
    return key in messages[language] ? t(key) : t('problem.unknown', { name });
}

export function currentLanguage() {
    return language;
}

export function onLanguageChange(listener) {
    listeners.add(listener);
}

export function translate(root) {
    for (const element of root.querySelectorAll('[data-i18n]'))
        element.textContent = t(element.dataset.i18n);
    for (const element of root.querySelectorAll('[data-i18n-placeholder]'))
        element.placeholder = t(element.dataset.i18nPlaceholder);
    for (const element of root.querySelectorAll('[data-i18n-alt]'))
        element.alt = t(element.dataset.i18nAlt);
    for (const element of root.querySelectorAll('[data-i18n-label]')) {
        element.setAttribute('aria-label', t(element.dataset.i18nLabel));
        element.title = t(element.dataset.i18nLabel);
    }
}

function setLanguage(chosen) {
    language = chosen;
    document.documentElement.lang = chosen;
    translate(document);
    for (const listener of listeners)
        listener();
}

export function recall() {
    try {
        return localStorage.getItem(STORAGE_KEY);
    } catch {
        return null; /* storage may be forbidden: the switch then lasts for this page */
    }
}

export function remember(chosen) {
    try {
        localStorage.setItem(STORAGE_KEY, chosen);
    } catch {
        /* see recall() */
    }
}

/* Speaks the right language from the start and makes @button the switch. */
export function startLanguage(button) {
    setLanguage(chooseLanguage(recall(), navigator.languages));
    button.addEventListener('click', () => {
        const other = language === 'en' ? 'zh-CN' : 'en';
        remember(other);
        setLanguage(other);
    });
}

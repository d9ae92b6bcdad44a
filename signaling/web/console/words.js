/* SPDX-License-Identifier: Apache-2.0 */
/* words.js: the language of the console, and its sentences. The language is remembered
 * together with that of the lesson pages. */

import { chooseLanguage, recall, remember } from '../assets/i18n.js';
import { english } from './words-en.js';
import { chinese } from './words-zh.js';

export const words = { 'zh-CN': chinese, en: english };

let language = 'zh-CN';

export const currentLanguage = () => language;

export function startLanguage() {
    language = chooseLanguage(recall(), navigator.languages);
    document.documentElement.lang = language;
}

export function switchLanguage() {
    language = language === 'en' ? 'zh-CN' : 'en';
    remember(language);
    document.documentElement.lang = language;
}

/* The sentence for @key with each {place} filled from @values. An unknown key is a bug of
 * ours and shows itself. */
export function t(key, values = {}) {
    const text = words[language][key] ?? `⟨${key}⟩`;
    return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));
}

export const has = (key) => key in words[language];

/* The word for one of a family: `state.live`; the server's own where we have none. */
export const word = (family, name) => (has(`${family}.${name}`) ? t(`${family}.${name}`)
    : String(name ?? ''));

/* A name as this reader reads it: English where there is one. */
export const nameOf = (object) => (language === 'en' && object.name_en) || object.name;

/* A text that the server gives in both languages, or in one. */
export const sentenceOf = (text) => (text !== null && typeof text === 'object'
    ? text[language] ?? text['zh-CN'] ?? text.en ?? '' : String(text ?? ''));

const said = (problem) => sentenceOf(problem.members?.sentence);

/* A refusal in the reader's words: what the server says of it, else by its NAME. */
export const describe = (problem) => said(problem)
    || (has(`problem.${problem.name}`) ? t(`problem.${problem.name}`) : t('problem.other', { name: problem.name }));

/* Its value and limit in English, where nothing better was said; or "". */
export const detailOf = (problem) => (said(problem) ? '' : problem.detail);

export const formatNumber = (value, digits = 0) => new Intl.NumberFormat(language,
    { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

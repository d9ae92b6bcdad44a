/* SPDX-License-Identifier: Apache-2.0 */
/* top.js: what every lesson page has around the pictures: title, clock, language, the
 * sentence, switches, and the trouble card. */

import { clockTime } from './hours.js';
import { currentLanguage, describeProblem, onLanguageChange, startLanguage, t } from './i18n.js';

const find = (id) => document.getElementById(id);

let now = () => Date.now();

/* By itself once a second; at once when the time is another. */
export function drawClock() {
    find('clock').textContent = clockTime(now(), currentLanguage());
}

/* @title_key: of the document's title before a lesson is known. */
export function startTop(title_key) {
    const retitle = () => { document.title = t(title_key); };
    onLanguageChange(retitle);
    startLanguage(find('language'));
    drawClock();
    setInterval(drawClock, 1000);
}

/* The clock shows what @clock answers, in Unix milliseconds. */
export function keepTime(clock) {
    now = clock;
}

export function showLessonTitle({ lesson, you }) {
    find('lesson-title').textContent = lesson?.title ?? '';
    find('lesson-place').textContent = you?.name ?? '';
}

/* Writes only what changed: a screen reader then says each sentence once. */
export function showSentence({ key, values, problem, tone }) {
    const text = problem ? describeProblem(problem) : t(key, values);
    if (find('sentence').textContent !== text)
        find('sentence').textContent = text;
    find('status').className = `status tone-${tone}`;
}

/* Replaces the page by a card that says what is wrong. @name: a problem, or null when the
 * link itself is incomplete. */
export function showTrouble(name) {
    for (const view of document.querySelectorAll('[data-view]'))
        view.hidden = view.dataset.view !== 'trouble';
    const draw = () => {
        find('trouble-text').textContent = name ? describeProblem(name) : t('status.no-link');
        find('trouble-ask').hidden = !name;
    };
    onLanguageChange(draw);
    draw();
    find('trouble-again').addEventListener('click', () => location.reload());
    find('trouble-again').focus();
}

export function showView(name) {
    for (const view of document.querySelectorAll('[data-view]'))
        view.hidden = view.dataset.view !== name;
}

/* A button that is on or off, with the word and the icon of what a press would do. */
export function drawToggle(id, on, on_key, off_key, on_icon, off_icon) {
    const button = find(id);
    button.dataset.on = String(on);
    button.querySelector('span').textContent = t(on ? on_key : off_key);
    const icon = button.querySelector('use');
    const href = `/assets/icons.svg#${on ? on_icon : off_icon}`;
    if (icon.getAttribute('href') !== href) /* setting it loads it anew, and it blinks */
        icon.setAttribute('href', href);
}

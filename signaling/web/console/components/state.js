/* SPDX-License-Identifier: Apache-2.0 */
/* state.js: what stands where a page's content would be while it is not there: loading,
 * nothing, trouble, not allowed. */

import { html } from '/assets/vendor/preact.js';

import { describe, detailOf, t } from '../words.js';

export const Loading = () => html`
    <div class="state loading" role="status"><span class="dots" aria-hidden="true"></span>${t('state.loading')}</div>`;

export const Empty = ({ children, action }) => html`
    <div class="state empty"><p>${children}</p>${action}</div>`;

/* A refusal, with what the server said more exactly, and a way on. */
export function Trouble({ problem, onRetry }) {
    if (problem.name === 'forbidden')
        return html`<${Denied} />`;
    return html`
        <div class="state trouble" role="alert" tabindex="-1">
            <p class="strong">${describe(problem)}</p>
            ${detailOf(problem) && html`<p class="small" lang="en">${detailOf(problem)}</p>`}
            ${onRetry && html`<button type="button" class="button" onClick=${onRetry}>${t('state.retry')}</button>`}
        </div>`;
}

export const Denied = () => html`
    <div class="state denied" role="alert">
        <p class="strong">${t('state.denied')}</p><p>${t('state.denied-hint')}</p>
    </div>`;

/* The content of a useLoad(): children is a function of the value. What was there before
 * stays visible beside trouble with a later look. */
export function Loaded({ of, children }) {
    if (of.value === null)
        return of.problem ? html`<${Trouble} problem=${of.problem} onRetry=${of.reload} />`
            : html`<${Loading} />`;
    return html`${of.problem && html`<p class="stale" role="status">${t('state.stale')} ${describe(of.problem)}</p>`}
        ${children(of.value)}`;
}

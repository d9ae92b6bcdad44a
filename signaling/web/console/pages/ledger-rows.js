/* SPDX-License-Identifier: Apache-2.0 */
/* ledger-rows.js: the ledger itself: what each site received of each lesson. */

import { html } from '/assets/vendor/preact.js';

import { List } from '../components/table.js';
import { formatInstant } from '../days.js';
import { useSession } from '../use.js';
import { currentLanguage, formatNumber, t, word } from '../words.js';

const minutes = (value) => (value === null || value === undefined ? '—' : formatNumber(value, 2));

export function LedgerRows({ query }) {
    const { zone } = useSession();
    const number = (name, key = name.replaceAll('_', '-')) => ({ title: t(`column.${key}`), is_number: true, cell: (row) => minutes(row[name]) });
    return html`<${List} path="/ledger" counts=${false} query=${query} caption=${t('report.rows')} empty=${t('report.none')} keyOf=${({ seq }) => seq} columns=${[
        { title: '#', is_number: true, cell: ({ seq }) => seq },
        { title: t('field.time'), cell: ({ starts_at }) => html`<span class="nowrap">${formatInstant(starts_at, currentLanguage(), zone)}</span>` },
        { title: t('field.lesson'), is_head: true, cell: (row) => row.lesson_title ?? row.lesson },
        { title: t('field.site'), cell: (row) => row.site_name ?? row.site },
        { title: t('field.teacher'), cell: (row) => row.teacher_name ?? row.teacher ?? '' },
        { title: t('field.state'), cell: ({ state }) => html`<span class="tag ${state}">${word('state', state)}</span>` },
        number('scheduled_min'), number('delivered_min'), number('received_min'),
        { title: t('column.interruptions'), is_number: true, cell: ({ n_interruptions }) => n_interruptions ?? '—' },
        { title: t('column.loss-pct'), is_number: true, cell: ({ loss_pct }) => (loss_pct === null || loss_pct === undefined ? '—' : `${formatNumber(loss_pct, 1)} %`) },
        { title: t('column.picture'), is_number: true, cell: ({ width, height }) => (width ? `${width}×${height}` : '—') },
        { title: t('column.floor'), is_number: true, cell: ({ n_floor }) => n_floor ?? '—' },
    ]} />`;
}

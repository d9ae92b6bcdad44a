/* SPDX-License-Identifier: Apache-2.0 */
/* about.js: what the console is made with, and under which licences. */

import { html } from '/assets/vendor/preact.js';

import { Table } from '../components/table.js';
import { t } from '../words.js';

const LIBRARIES = [
    { id: 'Preact', what: 'about.preact', licence: 'MIT', by: 'Jason Miller' },
    { id: 'htm', what: 'about.htm', licence: 'Apache-2.0', by: 'Google Inc.' },
    { id: 'EventCalendar', what: 'about.calendar', licence: 'MIT', by: 'Vladimir Kurko' },
    { id: 'Chart.js', what: 'about.chart', licence: 'MIT', by: 'Chart.js Contributors' },
];

export const About = () => html`
    <p>${t('about.product')}</p>
    <${Table} caption=${t('about.libraries')} rows=${LIBRARIES} columns=${[
    { title: t('about.name'), is_head: true, cell: ({ id }) => id },
    { title: t('about.use'), cell: ({ what }) => t(what) },
    { title: t('about.licence'), cell: ({ licence }) => licence },
    { title: t('about.by'), cell: ({ by }) => by },
]} />
    <p><a href="/console/licences.txt">${t('about.texts')}</a></p>`;

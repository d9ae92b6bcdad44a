/* SPDX-License-Identifier: Apache-2.0 */
/* timetable-import.js: a timetable as CSV: chosen, looked at with each faulty line marked,
 * then taken in as a whole. */

import { html, useState } from '/assets/vendor/preact.js';

import { call } from '../api.js';
import { Dialog } from '../components/dialog.js';
import { Loading, Trouble } from '../components/state.js';
import { Table } from '../components/table.js';
import { formatNumber, has, sentenceOf, t, word } from '../words.js';
import { jobOf, Progress } from './timetable-work.js';

const FILE_MAX = 8 * 1024 * 1024;
const SHOWN_FAULTS = 200;

/* The file's lines as text, to be shown: UTF-8, else GBK, as the server reads it. */
export function linesOf(bytes) {
    let text;
    try {
        text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
        text = new TextDecoder('gbk').decode(bytes);
    }
    return text.split(/\r\n|\n|\r/);
}

const send = (bytes, term, dry_run) => call('POST', '/timetable/import',
    { query: { term: term.id, dry_run: String(dry_run) }, body: bytes, type: 'text/csv' });

export function ImportDialog({ term, onChanged, onClose }) {
    const [state, setState] = useState({ step: 'choose' });
    const attempt = async (work) => {
        try {
            setState(await work());
        } catch (problem) {
            setState({ step: 'choose', problem });
        }
    };
    const onFile = (event) => {
        const [file] = event.target.files;
        event.target.value = '';
        if (!file)
            return;
        if (file.size > FILE_MAX)
            return setState({ step: 'choose', is_large: true });
        setState({ step: 'looking', name: file.name });
        return attempt(async () => {
            const bytes = await file.arrayBuffer();
            return { step: 'preview', name: file.name, bytes, lines: linesOf(bytes), found: await send(bytes, term, true) };
        });
    };
    /* The timetable may have changed since it was looked at: then faults are told again. */
    const take = () => {
        const { bytes, name } = state;
        setState({ step: 'looking', name });
        return attempt(async () => {
            try {
                return { step: 'job', job: jobOf(await send(bytes, term, false)) };
            } catch (problem) {
                if (!problem.members?.errors)
                    throw problem;
                return { ...state, found: problem.members };
            }
        });
    };
    return html`<${Dialog} title=${t('import.title', { name: term.name })} onClose=${onClose} wide>
        ${state.step === 'choose' && html`
            <p>${t('import.hint')}</p>
            ${state.is_large && html`<p class="error" role="alert">${t('import.large')}</p>`}
            ${state.problem && html`<${Trouble} problem=${state.problem} />`}
            <label class="button button-main file">${t('import.choose')}<input type="file" class="unseen" accept=".csv,text/csv" data-focus onChange=${onFile} /></label>`}
        ${state.step === 'looking' && html`<p>${state.name}</p><${Loading} />`}
        ${state.step === 'preview' && html`<${Preview} ...${state} onTake=${take} onAgain=${() => setState({ step: 'choose' })} />`}
        ${state.step === 'job' && html`<${Progress} id=${state.job} onDone=${onChanged} />
            <footer class="actions"><span class="spring"></span><button type="button" class="button" onClick=${onClose}>${t('action.close')}</button></footer>`}
    <//>`;
}

function Preview({ name, lines, found, onTake, onAgain }) {
    const { rows, n_good, n_unchanged = 0, errors, n_errors = errors.length, preview = [] } = found;
    const faults = errors.slice(0, SHOWN_FAULTS).map((one, i) => ({ ...one, id: i })), n_new = n_good - n_unchanged;
    return html`
        <p class="strong" role="status">${t('import.found', { name, rows: formatNumber(rows), good: formatNumber(n_good), bad: formatNumber(rows - n_good) })}</p>
        ${n_unchanged > 0 && html`<p>${t('import.unchanged', { n: formatNumber(n_unchanged) })}</p>`}
        ${errors.length > 0 && html`<p>${t('import.mend')}</p>
            <${Table} caption=${t('import.faults')} rows=${faults} classOf=${() => 'row-faulty'} columns=${[
        { title: t('import.line'), is_head: true, is_number: true, cell: ({ line }) => line },
        { title: t('import.column'), cell: ({ column }) => columnName(String(column ?? '')) },
        { title: t('import.fault'), cell: ({ sentence, detail }) => html`<span class="error">${sentenceOf(sentence ?? detail)}</span>` },
        { title: t('import.text'), cell: ({ line }) => html`<code>${lines[line - 1] ?? ''}</code>` },
    ]} />${n_errors > faults.length && html`<p class="small">${t('import.more', { n: formatNumber(n_errors - faults.length) })}</p>`}`}
        ${preview.length > 0 && html`<h3>${t('import.preview')}</h3><${Sample} rows=${preview} />`}
        <footer class="actions"><button type="button" class="button" onClick=${onAgain}>${t('import.other')}</button><span class="spring"></span>
            <button type="button" class="button button-main" disabled=${errors.length > 0 || n_new === 0} onClick=${onTake}>${t('import.take', { n: formatNumber(n_new) })}</button></footer>`;
}

function textOf(name, value) {
    if (value === null || value === undefined)
        return '';
    if (Array.isArray(value))
        return value.join(t('app.and'));
    return name === 'weekday' || name === 'weeks' ? word(name, value) : String(value);
}

/* The first good rows, whether the server gives them as objects or as lists. */
function Sample({ rows }) {
    const heads = Array.isArray(rows[0]) ? rows[0].map((_, i) => i) : Object.keys(rows[0]);
    return html`<${Table} caption=${t('import.preview')} rows=${rows.map((row, id) => ({ row, id }))} columns=${heads.map((head) => ({
        title: typeof head === 'string' ? columnName(head) : '', cell: ({ row }) => textOf(head, row[head]),
    }))} />`;
}

const columnName = (name) => {
    const key = `field.${name.replaceAll('_', '-')}`;
    return has(key) ? t(key) : name;
};

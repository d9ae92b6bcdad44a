/* SPDX-License-Identifier: Apache-2.0 */
/* workload.js: what a lesson counts for, and whether the ledger is unchanged. */

import { html, useState } from '/assets/vendor/preact.js';

import { get, patch } from '../api.js';
import { Dialog, FormDialog } from '../components/dialog.js';
import { Choice, Field } from '../components/field.js';
import { Loaded } from '../components/state.js';
import { say } from '../components/toast.js';
import { complain, useForm, useLoad, useSession } from '../use.js';
import { formatNumber, sentenceOf, t } from '../words.js';

const NAMES = ['lesson', 'site', 'makeup', 'received_minutes_pct'];

export function WorkloadDialog({ organisation, onClose }) {
    const { roots } = useSession();
    const [id, setId] = useState(organisation?.id ?? roots[0]?.id);
    const options = [...new Map([...roots, ...organisation ? [organisation] : []].map((one) => [one.id, one.name]))];
    const workload = useLoad((signal) => get(`/workload/${id}`, {}, signal), id);
    if (!workload.value)
        return html`<${Dialog} title=${t('workload.title')} onClose=${onClose}><${Loaded} of=${workload}>${() => null}<//><//>`;
    return html`<${WorkloadForm} key="${id} ${workload.value.version}" id=${id} value=${workload.value} options=${options} onPick=${setId} onReload=${workload.reload} onClose=${onClose} />`;
}

function WorkloadForm({ id, value, options, onPick, onReload, onClose }) {
    const form = useForm(Object.fromEntries(NAMES.map((name) => [name, String(value[name] ?? '')])), async (values) => {
        const bad = NAMES.find((name) => values[name] === '' || !(Number(values[name]) >= 0));
        if (bad)
            throw complain('number-needed', bad);
        await patch(`/workload/${id}`, value, Object.fromEntries(NAMES.map((name) => [name, Number(values[name])])));
        say(() => t('say.saved'));
        onClose();
    });
    return html`<${FormDialog} title=${t('workload.title')} form=${form} onClose=${onClose} onReload=${onReload}>
        <p>${t('workload.hint')}</p>
        ${options.length > 1 ? html`<${Choice} label=${t('field.organisation')} value=${id} options=${options} onChange=${onPick} />` : html`<p class="note">${options[0]?.[1]}</p>`}
        <div class="fields">${NAMES.map((name) => html`<${Field} key=${name} form=${form} name=${name} label=${t(`workload.${name.replaceAll('_', '-')}`)} hint=${t(`workload.${name.replaceAll('_', '-')}-hint`)} type="number" min="0" step="any" />`)}</div><//>`;
}

export function VerifyDialog({ onClose }) {
    const found = useLoad((signal) => get('/ledger/verify', {}, signal), 'verify');
    return html`<${Dialog} title=${t('verify.title')} onClose=${onClose}>
        <p>${t('verify.hint')}</p>
        <${Loaded} of=${found}>${(value) => html`<ul class="verified">${['ledger', 'audit'].map((name) => html`
            <li key=${name} class=${value[name].ok ? 'fine' : 'error'}><b>${t(`verify.${name}`)}</b>
                ${value[name].ok ? t('verify.ok', { n: formatNumber(value[name].n) }) : html`${t('verify.broken')} <small>${sentenceOf(value[name].detail)}</small>`}</li>`)}</ul>`}<//>
        <footer class="actions"><span class="spring"></span><button type="button" class="button" onClick=${onClose}>${t('action.close')}</button></footer><//>`;
}

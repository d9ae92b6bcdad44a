/* SPDX-License-Identifier: Apache-2.0 */
/* timetable-work.js: what takes longer or leaves the house: generating a term's lessons,
 * exporting the timetable, private calendar addresses. */

import { html, useEffect, useState } from '/assets/vendor/preact.js';

import { address, get, post } from '../api.js';
import { Dialog, FormDialog, Secret } from '../components/dialog.js';
import { Choice, FieldFrame } from '../components/field.js';
import { Picker, sites, teachers } from '../components/picker.js';
import { Trouble } from '../components/state.js';
import { complain, useForm, useLoad, useSession } from '../use.js';
import { currentLanguage, formatNumber, sentenceOf, t } from '../words.js';

const POLL_MS = 500;

/* The progress of job @id, until it has ended. @onDone once it is done. */
export function Progress({ id, onDone }) {
    const [is_over, setOver] = useState(false);
    const job = useLoad((signal) => get(`/jobs/${id}`, {}, signal), id, { every_ms: is_over ? 0 : POLL_MS });
    const { state, done = 0, total = 0, detail } = job.value ?? {};
    useEffect(() => {
        if (state === 'done' || state === 'failed')
            setOver(true);
        if (state === 'done')
            onDone();
    }, [state]);
    if (job.problem && !job.value)
        return html`<${Trouble} problem=${job.problem} onRetry=${job.reload} />`;
    const percent = total ? Math.floor(done * 100 / total) : 0;
    return html`<div class="job ${state ?? ''}">
        <progress max=${total || 1} value=${total ? done : undefined} aria-label=${t('job.progress')}></progress>
        <p role="status">${state === 'done' ? t('job.done', { n: formatNumber(done) }) : state === 'failed' ? t('job.failed')
        : total ? t('job.running', { percent, done: formatNumber(done), total: formatNumber(total) }) : t('job.starting')}</p>
        ${state === 'failed' && html`<p class="error">${sentenceOf(detail)}</p>`}
    </div>`;
}

export const jobOf = ({ job }) => (typeof job === 'string' ? job : job.id);

export function GenerateDialog({ term, onChanged, onClose }) {
    const [job, setJob] = useState(null);
    const form = useForm({}, async () => setJob(jobOf(await post(`/terms/${term.id}/generate`))));
    if (job)
        return html`<${Dialog} title=${t('generate.title', { name: term.name })} onClose=${onClose}>
            <${Progress} id=${job} onDone=${onChanged} />
            <footer class="actions"><span class="spring"></span><button type="button" class="button" onClick=${onClose}>${t('action.close')}</button></footer><//>`;
    return html`<${FormDialog} title=${t('generate.title', { name: term.name })} form=${form} onClose=${onClose} submit=${t('timetable.generate')}>
        <p>${t('generate.hint')}</p><//>`;
}

export function ExportDialog({ term, query, onClose }) {
    const { roots } = useSession();
    const [organisation, setOrganisation] = useState(query.school ?? '');
    const options = [['', t('export.all')], ...roots.map(({ id, name }) => [id, name])];
    if (query.school && !roots.some(({ id }) => id === query.school))
        options.push([query.school, t('export.school')]);
    return html`<${Dialog} title=${t('timetable.export')} onClose=${onClose}>
        <p>${t('export.hint', { name: term.name })}</p>
        <${Choice} label=${t('field.organisation')} value=${organisation} options=${options} onChange=${setOrganisation} />
        <footer class="actions"><span class="spring"></span>
            <a class="button button-main" download href=${address('/timetable/export.csv', { term: term.id, organisation, language: currentLanguage() })} onClick=${() => setTimeout(onClose)}>${t('export.get')}</a></footer><//>`;
}

/* A new private address ends the old one, so it is made only when asked for. */
export function AddressDialog({ onClose }) {
    const { person, can_look } = useSession();
    const [url, setUrl] = useState(null);
    const form = useForm({ whose: 'mine', teacher: null, site: null }, async ({ whose, teacher, site }) => {
        if (whose === 'mine')
            return setUrl((await post(`/people/${person.id}/calendar`)).url);
        const one = whose === 'site' ? site : teacher;
        if (!one)
            throw complain('needed', whose);
        return setUrl((await post(`/${whose === 'site' ? 'sites' : 'people'}/${one.id}/calendar`)).url);
    });
    if (url)
        return html`<${Secret} title=${t('timetable.address')} value=${new URL(url, location.href).href} onClose=${onClose}><p>${t('address.use')}</p><//>`;
    const { whose } = form.values;
    const picker = (name, of) => html`<${FieldFrame} form=${form} name=${name} label=${t(`field.${name}`)}>${(attributes) => html`
        <${Picker} ...${attributes} of=${of} value=${form.values[name]} onPick=${(item) => form.set(name, item)} />`}<//>`;
    return html`<${FormDialog} title=${t('timetable.address')} form=${form} onClose=${onClose} submit=${t('address.make')}>
        <p>${t('address.hint')}</p>
        ${can_look && html`<${Choice} label=${t('address.whose')} value=${whose} onChange=${(value) => form.set('whose', value)}
            options=${[['mine', t('address.mine')], ['teacher', t('address.teacher')], ['site', t('address.site')]]} />`}
        ${whose === 'teacher' && picker('teacher', teachers)}${whose === 'site' && picker('site', sites)}<//>`;
}

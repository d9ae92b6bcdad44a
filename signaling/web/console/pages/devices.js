/* SPDX-License-Identifier: Apache-2.0 */
/* devices.js: the machines that stand in the classrooms: whether they are well, taking in a new
 * one by the code it shows, revoking one that is lost. */

import { html, useEffect, useState } from '/assets/vendor/preact.js';

import { get, patch, post } from '../api.js';
import { Confirm, FormDialog } from '../components/dialog.js';
import { Choice, Field, FieldFrame } from '../components/field.js';
import { Picker, sites } from '../components/picker.js';
import { List } from '../components/table.js';
import { say } from '../components/toast.js';
import { formatInstant } from '../days.js';
import { choose } from '../router.js';
import { complain, useForm, useLoad, useSession } from '../use.js';
import { currentLanguage, has, t, word } from '../words.js';

const STATES = ['active', 'revoked'];
const HEALTH = ['camera', 'microphone', 'screen'];
const POLL_MS = 30_000;

/* What a person typed of a code: "7f3 k92" → "7F3-K92". */
export function tidyCode(typed) {
    const letters = typed.toUpperCase().replace(/[^2-9A-HJ-NP-Z]/g, '').slice(0, 6);
    return letters.length > 3 ? `${letters.slice(0, 3)}-${letters.slice(3)}` : letters;
}

export function Devices({ query }) {
    const { can_change, zone } = useSession();
    const [dialog, setDialog] = useState(query.code && can_change ? { name: 'enrol' } : null);
    const [round, setRound] = useState(0);
    useEffect(() => {
        const timer = setInterval(() => setRound((n) => n + 1), POLL_MS);
        return () => clearInterval(timer);
    }, []);
    const site = useLoad((signal) => get(`/sites/${query.site}`, {}, signal), query.site ?? null).value;
    const close = () => {
        setDialog(null);
        if (query.code)
            choose({ code: '' });
    };
    const done = (key) => {
        setRound((n) => n + 1);
        close();
        say(() => t(key));
    };
    const open = async (name, row) => setDialog({ name, device: await get(`/devices/${row.id}`) });
    const enrol = can_change && html`<button type="button" class="button button-main" onClick=${() => setDialog({ name: 'enrol' })}>${t('device.enrol')}</button>`;
    return html`
        <div class="bar head">${enrol}</div>
        <${List} path="/devices" round=${round} caption=${t('page.devices')} searchLabel=${t('action.search')} empty=${t('device.none')} action=${enrol}
            query=${{ site: query.site, state: query.state }} columns=${[
        { title: t('field.name'), is_head: true, cell: ({ name }) => name },
        { title: t('field.site'), cell: ({ site_name, organisation_name }) => html`${site_name} <small>${organisation_name}</small>` },
        { title: t('field.seen'), cell: (device) => html`<${Seen} ...${device} zone=${zone} />` },
        { title: t('field.health'), cell: ({ health }) => html`<${Health} health=${health} />` },
        { title: t('field.program'), cell: ({ program, address }) => html`${program} <small>${address}</small>` },
        { title: t('field.state'), cell: ({ state }) => html`<span class="tag device-${state}">${word('device-state', state)}</span>` },
        ...can_change ? [{ title: t('action.edit'), is_action: true, cell: (row) => row.state === 'active' && html`
            <button type="button" class="button small-button" aria-label="${t('device.rename')}: ${row.name}" onClick=${() => open('rename', row)}>${t('device.rename')}</button>
            <button type="button" class="button small-button button-end" aria-label="${t('device.revoke')}: ${row.name}" onClick=${() => open('revoke', row)}>${t('device.revoke')}</button>` }] : [],
    ]}>
            <label class="choice"><span>${t('field.site')}</span>
                <${Picker} id="filter-site" of=${sites} value=${query.site ? site : null} onPick=${(item) => choose({ site: item?.id ?? '' })} /></label>
            <${Choice} label=${t('field.state')} value=${query.state} onChange=${(state) => choose({ state })} options=${[['', t('filter.all')], ...STATES.map((state) => [state, word('device-state', state)])]} />
        <//>
        ${dialog?.name === 'enrol' && html`<${EnrolDialog} code=${query.code ?? ''} site=${site} onClose=${close} onDone=${() => done('device.enrolled')} />`}
        ${dialog?.name === 'rename' && html`<${RenameDialog} key=${dialog.device.version} device=${dialog.device} onClose=${close} onDone=${() => done('say.saved')} onReload=${() => open('rename', dialog.device)} />`}
        ${dialog?.name === 'revoke' && html`<${Confirm} title=${t('device.revoke-name', { name: dialog.device.name })} submit=${t('device.revoke')} onClose=${close}
            onReload=${() => open('revoke', dialog.device)} act=${async () => {
        await patch(`/devices/${dialog.device.id}`, dialog.device, { state: 'revoked' });
        done('device.revoked');
    }}><p>${t('device.revoke-hint')}</p><//>`}`;
}

function Seen({ is_online, seen_at, state, zone }) {
    if (state === 'revoked')
        return '';
    return html`<span class="nowrap"><span class="dot ${is_online ? 'on' : 'off'}" aria-hidden="true"></span> ${is_online ? t('device.online')
        : seen_at ? t('device.seen', { time: formatInstant(seen_at, currentLanguage(), zone) }) : t('device.never')}</span>`;
}

/* What the device last told about itself: {camera: "ok"|"missing"|true|false|…}. */
function Health({ health }) {
    const told = typeof health === 'string' ? JSON.parse(health || '{}') : health ?? {};
    const parts = HEALTH.filter((name) => told[name] !== undefined && told[name] !== null);
    if (parts.length === 0)
        return html`<span class="small">${t('device.no-health')}</span>`;
    const value = (it) => (it === true ? 'ok' : it === false ? 'missing' : String(it));
    return html`<span class="health">${parts.map((name) => html`<span key=${name} class="tag ${{ ok: 'fine', unknown: '' }[value(told[name])] ?? 'wrong'}">
        ${t(`health.${name}`)} ${has(`health.${value(told[name])}`) ? t(`health.${value(told[name])}`) : value(told[name])}</span>`)}</span>`;
}

function EnrolDialog({ code, site, onClose, onDone }) {
    const form = useForm({ code: tidyCode(code), site: site ?? null, name: '' }, async (values) => {
        if (values.code.length < 7)
            throw complain('code-short', 'code');
        if (!values.site)
            throw complain('needed', 'site');
        if (!values.name)
            throw complain('needed', 'name');
        await post('/enrolments/confirm', { code: values.code, site: values.site.id, name: values.name });
        onDone();
    });
    return html`<${FormDialog} title=${t('device.enrol')} form=${form} onClose=${onClose} submit=${t('device.confirm')}>
        <p>${t('device.enrol-hint')}</p>
        <${Field} form=${form} name="code" label=${t('field.code')} placeholder="7F3-K92" class="code" spellcheck=${false} autocapitalize="characters" required onChange=${(typed) => form.set('code', tidyCode(typed))} />
        <${FieldFrame} form=${form} name="site" label=${t('field.site')}>${(attributes) => html`
            <${Picker} ...${attributes} of=${sites} value=${form.values.site} onPick=${(item) => form.set('site', item)} />`}<//>
        <${Field} form=${form} name="name" label=${t('field.device-name')} hint=${t('device.name-hint')} maxlength="100" required /><//>`;
}

function RenameDialog({ device, onClose, onDone, onReload }) {
    const form = useForm({ name: device.name }, async ({ name }) => {
        if (!name)
            throw complain('needed', 'name');
        await patch(`/devices/${device.id}`, device, { name });
        onDone();
    });
    return html`<${FormDialog} title=${t('device.rename')} form=${form} onClose=${onClose} onReload=${onReload}>
        <${Field} form=${form} name="name" label=${t('field.device-name')} maxlength="100" required /><//>`;
}

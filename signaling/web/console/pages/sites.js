/* SPDX-License-Identifier: Apache-2.0 */
/* sites.js: the classrooms that give and receive: list, making, changing, their lines. */

import { html, useState } from '/assets/vendor/preact.js';

import { get, patch, post, remove } from '../api.js';
import { Confirm, FormDialog } from '../components/dialog.js';
import { Choice, Field, FieldFrame } from '../components/field.js';
import { organisations, Picker, schools } from '../components/picker.js';
import { List } from '../components/table.js';
import { say } from '../components/toast.js';
import { formatInstant } from '../days.js';
import { choose, formatRoute } from '../router.js';
import { complain, useForm, useLoad, useSession } from '../use.js';
import { currentLanguage, nameOf, t, word } from '../words.js';

const KINDS = ['giving', 'receiving', 'both'];
const STATES = ['active', 'closed'];

export function Sites({ query }) {
    const { can_change, zone } = useSession();
    const [dialog, setDialog] = useState(null);
    const [round, setRound] = useState(0);
    const close = () => setDialog(null);
    const changed = () => setRound((n) => n + 1);
    const open = async (name, row) => setDialog({ name, site: await get(`/sites/${row.id}`) });
    const named = useLoad((signal) => get(`/organisations/${query.organisation}`, {}, signal), query.organisation ?? null).value;
    const create = can_change && html`<button type="button" class="button button-main" onClick=${() => setDialog({ name: 'edit' })}>${t('site.new')}</button>`;
    return html`
        <div class="bar head">${create}</div>
        <${List} path="/sites" round=${round} caption=${t('page.sites')} searchLabel=${t('action.search')} empty=${t('site.none')} action=${create}
            query=${{ organisation: query.organisation, kind: query.kind, state: query.state }} columns=${[
        { title: t('field.name'), is_head: true, cell: (site) => (can_change ? html`<button type="button" class="link" onClick=${() => open('edit', site)}>${nameOf(site)}</button>` : nameOf(site)) },
        { title: t('field.school'), cell: ({ organisation_name }) => organisation_name },
        { title: t('field.room'), cell: ({ room }) => room },
        { title: t('field.kind'), cell: ({ kind }) => t(`site-kind.${kind}`) },
        { title: t('field.line'), cell: ({ line }) => html`<${Line} line=${line} />` },
        { title: t('field.devices'), is_number: true, cell: ({ id, n_devices }) => html`<a href=${formatRoute('devices', { site: id })} aria-label=${t('site.devices', { n: n_devices ?? 0 })}>${n_devices ?? 0}</a>` },
        { title: t('field.seen'), cell: ({ seen_at }) => (seen_at ? html`<span class="nowrap">${formatInstant(seen_at, currentLanguage(), zone)}</span>` : t('device.never')) },
        { title: t('field.state'), cell: ({ state }) => html`<span class="tag site-${state}">${word('site-state', state)}</span>` },
    ]}>
            <label class="choice"><span>${t('field.organisation')}</span>
                <${Picker} id="filter-organisation" of=${organisations} value=${query.organisation ? named : null} onPick=${(item) => choose({ organisation: item?.id ?? '' })} /></label>
            <${Choice} label=${t('field.kind')} value=${query.kind} onChange=${(kind) => choose({ kind })} options=${[['', t('filter.all')], ...KINDS.map((kind) => [kind, t(`site-kind.${kind}`)])]} />
            <${Choice} label=${t('field.state')} value=${query.state} onChange=${(state) => choose({ state })} options=${[['', t('filter.all')], ...STATES.map((state) => [state, word('site-state', state)])]} />
        <//>
        ${dialog?.name === 'edit' && html`<${SiteDialog} key=${dialog.site?.version} site=${dialog.site} school=${named?.kind === 'school' ? named : null} onClose=${close}
            onDone=${() => { changed(); close(); }} onReload=${() => open('edit', dialog.site)} onDelete=${() => setDialog({ ...dialog, name: 'delete' })} />`}
        ${dialog?.name === 'delete' && html`<${Confirm} title=${t('action.delete-name', { name: dialog.site.name })} submit=${t('action.delete')} onClose=${close}
            onReload=${() => open('delete', dialog.site)} act=${async () => {
        await remove(`/sites/${dialog.site.id}`, dialog.site);
        changed();
        close();
        say(() => t('say.deleted'));
    }}><p>${t('site.delete-hint')}</p><//>`}`;
}

const mbps = (kbps) => (kbps / 1000).toFixed(1);

/* A lesson takes about 2 Mbit/s down; what was not measured is not held against a line. */
function levelOf({ down_kbps, rtt_ms, loss_permille }) {
    const is_below = (value, limit) => value !== null && value < limit;
    if (loss_permille > 50 || is_below(down_kbps, 1000))
        return 'bad';
    return loss_permille > 20 || is_below(down_kbps, 2500) || rtt_ms > 200 ? 'weak' : 'good';
}

/* "↓ 8.0 ↑ 2.1 Mbit/s · 35 ms · 0.4 %", as last measured. */
export function Line({ line }) {
    const { zone } = useSession();
    if (!line)
        return html`<span class="small">${t('line.unknown')}</span>`;
    const level = levelOf(line);
    const figures = [
        line.down_kbps !== null && `↓${mbps(line.down_kbps)}`, line.up_kbps !== null && `↑${mbps(line.up_kbps)} Mbit/s`,
        line.rtt_ms !== null && `${line.rtt_ms} ms`, line.loss_permille !== null && `${line.loss_permille / 10} %`,
    ].filter(Boolean);
    return html`<span class="line nowrap quality-${level}" title=${line.measured_at ? t('line.measured', { time: formatInstant(line.measured_at, currentLanguage(), zone) }) : ''}>
        ${t(`line.${level}`)} <small>${figures.join(' · ')}</small></span>`;
}

function SiteDialog({ site, school, onClose, onDone, onReload, onDelete }) {
    const { roots } = useSession();
    const form = useForm(site ? { ...site, organisation: { id: site.organisation, name: site.organisation_name } }
        : { organisation: school ?? (roots.length === 1 ? roots[0] : null), name: '', name_en: '', room: '', kind: 'receiving', state: 'active' }, async (values) => {
        const missing = ['organisation', 'name'].find((name) => !values[name]);
        if (missing)
            throw complain('needed', missing);
        const body = { name: values.name, name_en: values.name_en ?? '', room: values.room ?? '', kind: values.kind };
        if (site)
            await patch(`/sites/${site.id}`, site, { ...body, state: values.state });
        else
            await post('/sites', { ...body, organisation: values.organisation.id });
        onDone();
        say(() => t('say.saved'));
    });
    return html`
        <${FormDialog} title=${t(site ? 'site.edit' : 'site.new')} form=${form} onClose=${onClose} onReload=${onReload}
                more=${site && html`<button type="button" class="button button-end" onClick=${onDelete}>${t('action.delete')}</button>`}>
            ${site ? html`<p class="note">${site.organisation_name}</p>` : html`<${FieldFrame} form=${form} name="organisation" label=${t('field.school')}>${(attributes) => html`
                <${Picker} ...${attributes} of=${schools} value=${form.values.organisation} onPick=${(item) => form.set('organisation', item)} />`}<//>`}
            <div class="fields">
                <${Field} form=${form} name="name" label=${t('field.name')} hint=${t('site.name-hint')} maxlength="100" required />
                <${Field} form=${form} name="name_en" label=${t('field.name-en')} maxlength="100" />
                <${Field} form=${form} name="room" label=${t('field.room')} maxlength="100" />
                <${Field} form=${form} name="kind" label=${t('field.kind')} options=${KINDS.map((kind) => [kind, t(`site-kind.${kind}`)])} />
                ${site && html`<${Field} form=${form} name="state" label=${t('field.state')} options=${STATES.map((state) => [state, word('site-state', state)])} />`}
            </div>
            ${site && html`<p>${t('field.line')}: <${Line} line=${site.line} /></p>`}
        <//>`;
}

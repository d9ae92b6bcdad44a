/* SPDX-License-Identifier: Apache-2.0 */
/* organisations.js: province, cities, counties, schools: as a tree that opens step by step,
 * or as the list of what a search finds. */

import { html, useState } from '/assets/vendor/preact.js';

import { get, getAll, patch, post, remove } from '../api.js';
import { Confirm, FormDialog } from '../components/dialog.js';
import { Field } from '../components/field.js';
import { Empty, Loaded } from '../components/state.js';
import { Table } from '../components/table.js';
import { say } from '../components/toast.js';
import { formatRoute } from '../router.js';
import { complain, useForm, useLoad, useSession, useSettled } from '../use.js';
import { nameOf, t } from '../words.js';

export const KINDS = ['province', 'city', 'county', 'school'];
const FOUND_MAX = 200;

/* What may stand below a node: what is smaller. */
export const kindsBelow = (kind) => KINDS.slice(KINDS.indexOf(kind) + 1);

export function Organisations() {
    const { roots } = useSession();
    const [typed, setTyped] = useState('');
    const search = useSettled(typed.trim());
    const [dialog, setDialog] = useState(null);
    const [round, setRound] = useState(0);
    const shared = {
        round, onEdit: async (row) => setDialog({ name: 'edit', node: await get(`/organisations/${row.id}`) }),
        onAdd: (parent) => setDialog({ name: 'edit', parent }), onDelete: async (row) => setDialog({ name: 'delete', node: await get(`/organisations/${row.id}`) }),
    };
    const close = () => setDialog(null);
    const changed = () => {
        setRound((n) => n + 1);
        close();
    };
    const again = async () => setDialog({ ...dialog, node: await get(`/organisations/${dialog.node.id}`) });
    return html`
        <div class="filters" role="search"><label class="choice"><span>${t('action.search')}</span>
            <input type="search" value=${typed} maxlength="100" onInput=${(event) => setTyped(event.target.value)} /></label></div>
        ${search ? html`<${Found} search=${search} ...${shared} />`
        : html`<ul class="tree">${roots.map(({ id }) => html`<${Root} key=${id} id=${id} ...${shared} />`)}</ul>`}
        ${dialog?.name === 'edit' && html`<${EditDialog} key=${dialog.node?.version} ...${dialog} onDone=${changed} onClose=${close} onReload=${again} />`}
        ${dialog?.name === 'delete' && html`<${Confirm} title=${t('action.delete-name', { name: dialog.node.name })} submit=${t('action.delete')} onClose=${close} onReload=${again}
            act=${async () => {
        await remove(`/organisations/${dialog.node.id}`, dialog.node);
        changed();
        say(() => t('say.deleted'));
    }}><p>${t('organisation.delete-hint')}</p><//>`}`;
}

function Root({ id, round, ...acts }) {
    const root = useLoad((signal) => get(`/organisations/${id}`, {}, signal), id, { round });
    return html`<${Loaded} of=${root}>${(node) => html`<${Node} node=${node} round=${round} ...${acts} is_open />`}<//>`;
}

function Node({ node, is_open: at_first = false, round, ...acts }) {
    const [is_open, setOpen] = useState(at_first);
    const id = `below-${node.id}`;
    return html`<li>
        <div class="node">
            ${node.n_children > 0 ? html`<button type="button" class="plain twist" aria-expanded=${String(is_open)} aria-controls=${id}
                aria-label=${t(is_open ? 'organisation.fold' : 'organisation.unfold', { name: node.name })} onClick=${() => setOpen(!is_open)}>${is_open ? '▾' : '▸'}</button>`
        : html`<span class="twist"></span>`}
            <span class="tag kind-${node.kind}">${t(`kind.${node.kind}`)}</span> <span class="node-name">${nameOf(node)}</span>
            ${node.n_children > 0 && html`<span class="small">${t('organisation.n-children', { n: node.n_children })}</span>`}
            <span class="spring"></span><${Acts} node=${node} ...${acts} />
        </div>
        ${is_open && node.n_children > 0 && html`<${Below} id=${id} parent=${node.id} round=${round} ...${acts} />`}</li>`;
}

function Acts({ node, onEdit, onAdd, onDelete }) {
    const { can_change } = useSession();
    const named = (key) => ({ 'aria-label': `${t(key)}: ${node.name}` });
    return html`<span class="node-acts"><a class="button small-button" href=${formatRoute('sites', { organisation: node.id })}>${t('page.sites')}</a>
        ${can_change && html`
            ${node.kind !== 'school' && html`<button type="button" class="button small-button" ...${named('organisation.add')} onClick=${() => onAdd(node)}>${t('organisation.add')}</button>`}
            <button type="button" class="button small-button" ...${named('action.edit')} onClick=${() => onEdit(node)}>${t('action.edit')}</button>
            ${node.n_children === 0 && html`<button type="button" class="button small-button" ...${named('action.delete')} onClick=${() => onDelete(node)}>${t('action.delete')}</button>`}`}</span>`;
}

function Below({ id, parent, round, ...acts }) {
    const below = useLoad((signal) => getAll('/organisations', { parent }, { signal }), parent, { round });
    return html`<ul id=${id}><${Loaded} of=${below}>${({ items }) => items.map((node) => html`<${Node} key=${node.id} node=${node} round=${round} ...${acts} />`)}<//></ul>`;
}

function Found({ search, round, ...acts }) {
    const found = useLoad((signal) => getAll('/organisations', { search }, { most: FOUND_MAX, signal }), search, { round });
    return html`<${Loaded} of=${found}>${({ items }) => (items.length === 0 ? html`<${Empty}>${t('state.nothing-found')}<//>` : html`
        <${Table} caption=${t('page.organisations')} rows=${items} columns=${[
    { title: t('field.name'), is_head: true, cell: nameOf }, { title: t('field.kind'), cell: ({ kind }) => t(`kind.${kind}`) },
    { title: t('action.edit'), is_action: true, cell: (node) => html`<${Acts} node=${node} ...${acts} />` },
]} />`)}<//>`;
}

function EditDialog({ node, parent, onDone, onClose, onReload }) {
    const kinds = parent ? kindsBelow(parent.kind) : [node.kind];
    const form = useForm(node ? { ...node } : { kind: kinds[0], name: '', name_en: '' }, async ({ kind, name, name_en }) => {
        if (!name)
            throw complain('needed', 'name');
        await (node ? patch(`/organisations/${node.id}`, node, { name, name_en }) : post('/organisations', { parent: parent.id, kind, name, name_en }));
        onDone();
        say(() => t('say.saved'));
    });
    return html`<${FormDialog} title=${node ? t('organisation.edit') : t('organisation.new', { name: nameOf(parent) })} form=${form} onClose=${onClose} onReload=${onReload}>
        ${!node && html`<${Field} form=${form} name="kind" label=${t('field.kind')} options=${kinds.map((kind) => [kind, t(`kind.${kind}`)])} />`}
        <${Field} form=${form} name="name" label=${t('field.name')} maxlength="100" required />
        <${Field} form=${form} name="name_en" label=${t('field.name-en')} maxlength="100" /><//>`;
}

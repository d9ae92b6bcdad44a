/* SPDX-License-Identifier: Apache-2.0 */
/* frame.js: what stands around every page: the menu, the person, the language. */

import { html, useEffect, useRef, useState } from '/assets/vendor/preact.js';

import { pages } from './pages.js';
import { OwnPassword } from './pages/sign-in.js';
import { t, word } from './words.js';

export function Frame({ page, session, onSignOut, onLanguage, onAsk, children }) {
    const [is_menu_open, setMenuOpen] = useState(false);
    const [is_changing, setChanging] = useState(false);
    useEffect(() => setMenuOpen(false), [page]);
    return html`
        <a class="skip" href="#content" onClick=${(event) => { event.preventDefault(); document.getElementById('content').focus(); }}>${t('frame.skip')}</a>
        <header class="top">
            <button type="button" class="plain menu-button" aria-expanded=${String(is_menu_open)} aria-controls="menu"
                onClick=${() => setMenuOpen(!is_menu_open)}><span aria-hidden="true">☰</span> ${t('frame.menu')}</button>
            <a class="brand" href="#/today">${t('app.title')}</a>
            <span class="spring"></span>
            <button type="button" class="switch" onClick=${onLanguage} lang=${t('app.other-tag')}>${t('app.other-language')}</button>
            <${PersonMenu} session=${session} onSignOut=${onSignOut} onPassword=${() => setChanging(true)} />
        </header>
        <div class="frame">
            <nav id="menu" class="menu ${is_menu_open ? 'open' : ''}" aria-label=${t('frame.pages')}>
                <ul>${pages.filter(({ is_for, is_quiet }) => is_for(session) && !is_quiet).map(({ name, title, group }) => html`
                    ${group && html`<li class="group" key=${group}>${t(group)}</li>`}
                    <li key=${name}><a href="#/${name}" aria-current=${page === name ? 'page' : undefined}>${t(title)}</a></li>`)}
                </ul>
                <a class="about" href="#/about" aria-current=${page === 'about' ? 'page' : undefined}>${t('page.about')}</a>
            </nav>
            <main id="content" tabindex="-1" class="page page-${page}">${children}</main>
        </div>
        ${is_changing && html`<${OwnPassword} session=${session} onClose=${() => setChanging(false)} onDone=${() => { setChanging(false); onAsk(); }} />`}`;
}

function PersonMenu({ session, onSignOut, onPassword }) {
    const [is_open, setOpen] = useState(false);
    const box = useRef(null);
    const close = (act) => () => {
        setOpen(false);
        act();
    };
    return html`
        <div class="person" ref=${box} onFocusOut=${(event) => { if (!box.current.contains(event.relatedTarget)) setOpen(false); }}
            onKeyDown=${(event) => { if (event.key === 'Escape') { setOpen(false); box.current.querySelector('button').focus(); } }}>
            <button type="button" class="plain" aria-expanded=${String(is_open)} aria-controls="person-menu" onClick=${() => setOpen(!is_open)}>
                ${session.person.name} <span aria-hidden="true">▾</span></button>
            <div id="person-menu" class="card" hidden=${!is_open} tabindex="-1">
                <ul class="roles-held">${session.roles.map(({ role, organisation, organisation_name }) => html`
                    <li key="${role} ${organisation}">${word('role', role)} · ${organisation_name}</li>`)}</ul>
                <button type="button" class="plain" onClick=${close(onPassword)}>${t('session.change-password')}</button>
                <button type="button" class="plain" onClick=${close(() => onSignOut(false))}>${t('session.sign-out')}</button>
                <button type="button" class="plain" onClick=${close(() => onSignOut(true))}>${t('session.sign-out-everywhere')}</button>
            </div>
        </div>`;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* main.js: the console: who is signed in, the frame around the pages, which page is shown. */

import { html, render, useEffect, useRef, useState } from '/assets/vendor/preact.js';

import { Problem } from '../assets/problem.js';
import { call, get, setCsrfToken, setRefusalListener } from './api.js';
import { Denied, Loading, Trouble } from './components/state.js';
import { say, Toasts } from './components/toast.js';
import { Frame } from './frame.js';
import { find } from './pages.js';
import { NewPassword, SignIn } from './pages/sign-in.js';
import { makeSession, SessionContext, useRoute } from './use.js';
import { startLanguage, switchLanguage, t } from './words.js';

const OUT = { state: 'out' };

/* Asks who is signed in: {state: "in" | "out" | "trouble", …}. */
async function lookUp() {
    try {
        const answer = await get('/session');
        setCsrfToken(answer.csrf_token);
        return { state: 'in', session: makeSession(answer) };
    } catch (problem) {
        if (!(problem instanceof Problem))
            throw problem;
        return problem.name === 'not-signed-in' ? OUT : { state: 'trouble', problem };
    }
}

function App() {
    const [who, setWho] = useState({ state: 'asking' });
    const [, setRound] = useState(0);
    const ask = async () => setWho(await lookUp());
    useEffect(() => {
        setRefusalListener((problem, path) => {
            if (problem.name === 'not-signed-in' && path !== '/session')
                setWho({ state: 'out', is_expired: true });
            else if (problem.name === 'password-change-needed' || problem.name === 'no-csrf-token')
                ask();
        });
        ask();
    }, []);
    const onLanguage = () => {
        switchLanguage();
        setRound((n) => n + 1);
    };
    const onSignOut = async (everywhere) => {
        try {
            await call('DELETE', '/session', { query: { everywhere: everywhere ? 'true' : '' } });
        } catch (problem) {
            if (problem.name !== 'not-signed-in')
                return say(() => t('session.still-in'));
        }
        setCsrfToken('');
        return setWho({ state: 'out', is_signed_out: true });
    };
    const take = (answer) => {
        setCsrfToken(answer.csrf_token);
        setWho({ state: 'in', session: makeSession(answer) });
    };
    return html`<${Shown} who=${who} onAsk=${ask} onSignedIn=${take} onSignOut=${onSignOut} onLanguage=${onLanguage} /><${Toasts} />`;
}

function Shown({ who, onAsk, onSignedIn, onSignOut, onLanguage }) {
    switch (who.state) {
    case 'asking':
        return html`<main class="alone"><${Loading} /></main>`;
    case 'trouble':
        return html`<main class="alone"><${Trouble} problem=${who.problem} onRetry=${onAsk} /></main>`;
    case 'out':
        return html`<${SignIn} is_expired=${who.is_expired} is_signed_out=${who.is_signed_out}
            onSignedIn=${onSignedIn} onLanguage=${onLanguage} />`;
    default:
        if (who.session.person.must_change)
            return html`<${NewPassword} session=${who.session} onDone=${onAsk} onSignOut=${onSignOut} onLanguage=${onLanguage} />`;
        return html`<${SessionContext.Provider} value=${who.session}>
            <${Pages} session=${who.session} onSignOut=${onSignOut} onLanguage=${onLanguage} onAsk=${onAsk} /><//>`;
    }
}

function Pages({ session, onSignOut, onLanguage, onAsk }) {
    const route = useRoute();
    const page = find(route.page);
    const title = page ? t(page.title) : t('state.no-page');
    const heading = useRef(null);
    const is_first = useRef(true);
    useEffect(() => {
        document.title = `${title} · ${t('app.title')}`;
    });
    useEffect(() => {
        if (!is_first.current) /* the heading tells a screen reader where it came to */
            heading.current?.focus();
        is_first.current = false;
        scrollTo(0, 0);
    }, [route.page]);
    const content = !page ? html`<p class="state">${t('state.no-page-hint')}</p>`
        : page.is_for(session) ? html`<${page.view} key=${route.page} query=${route.query} />` : html`<${Denied} />`;
    return html`<${Frame} page=${route.page} session=${session} onSignOut=${onSignOut} onLanguage=${onLanguage} onAsk=${onAsk}>
        <h1 ref=${heading} tabindex="-1">${title}</h1>${content}<//>`;
}

startLanguage();
render(html`<${App} />`, document.getElementById('console'));

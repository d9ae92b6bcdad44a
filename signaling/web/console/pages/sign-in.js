/* SPDX-License-Identifier: Apache-2.0 */
/* sign-in.js: signing in, and choosing a password: the first time because one must, later
 * because one wants. */

import { html, useEffect } from '/assets/vendor/preact.js';

import { post } from '../api.js';
import { FormDialog } from '../components/dialog.js';
import { Field, FormTrouble } from '../components/field.js';
import { say } from '../components/toast.js';
import { complain, useForm } from '../use.js';
import { t } from '../words.js';

const PASSWORD_MIN = 8;

function Alone({ title, onLanguage, children }) {
    useEffect(() => {
        document.title = `${title} · ${t('app.title')}`;
    });
    return html`
        <header class="top"><span class="brand">${t('app.title')}</span><span class="spring"></span>
            <button type="button" class="switch" onClick=${onLanguage} lang=${t('app.other-tag')}>${t('app.other-language')}</button></header>
        <main class="alone"><div class="card sign-in"><h1>${title}</h1>${children}</div></main>`;
}

export function SignIn({ is_expired, is_signed_out, onSignedIn, onLanguage }) {
    const form = useForm({ sign_in: '', password: '' }, async (values) => {
        if (!values.sign_in.trim())
            throw complain('needed', 'sign_in');
        if (!values.password)
            throw complain('needed', 'password');
        onSignedIn(await post('/session', { sign_in: values.sign_in.trim(), password: values.password }));
    });
    useEffect(() => form.ref.current.querySelector('input').focus(), []);
    return html`
        <${Alone} title=${t('session.sign-in')} onLanguage=${onLanguage}>
            <p class="note" role="status">${is_expired ? t('session.expired') : is_signed_out ? t('session.signed-out') : t('session.hint')}</p>
            <form ref=${form.ref} onSubmit=${form.submit} novalidate>
                <${FormTrouble} form=${form} />
                <${Field} form=${form} name="sign_in" label=${t('field.sign-in')} autocomplete="username" autocapitalize="none" spellcheck=${false} maxlength="64" required />
                <${Field} form=${form} name="password" label=${t('field.password')} type="password" autocomplete="current-password" maxlength="256" required />
                <button type="submit" class="button button-main full" disabled=${form.is_busy} aria-busy=${form.is_busy}>${t('session.sign-in')}</button>
            </form>
        <//>`;
}

/* Both forms ask for the same three. */
function usePasswordForm(onDone) {
    return useForm({ password: '', new_password: '', again: '' }, async ({ password, new_password, again }) => {
        if (!password)
            throw complain('needed', 'password');
        if ([...new_password].length < PASSWORD_MIN)
            throw complain('password-short', 'new_password');
        if (new_password !== again)
            throw complain('not-same', 'again');
        await post('/session/password', { password, new_password });
        say(() => t('session.password-changed'));
        onDone();
    });
}

const PasswordFields = ({ form, session }) => html`
    <input type="text" class="unseen" tabindex="-1" aria-hidden="true" autocomplete="username" value=${session.person.sign_in} readonly />
    <${Field} form=${form} name="password" label=${t('session.present-password')} type="password" autocomplete="current-password" maxlength="256" required />
    <${Field} form=${form} name="new_password" label=${t('session.new-password')} hint=${t('session.password-hint', { n: PASSWORD_MIN })}
        type="password" autocomplete="new-password" maxlength="256" required />
    <${Field} form=${form} name="again" label=${t('session.password-again')} type="password" autocomplete="new-password" maxlength="256" required />`;

export function NewPassword({ session, onDone, onSignOut, onLanguage }) {
    const form = usePasswordForm(onDone);
    useEffect(() => form.ref.current.querySelector('input:not([readonly])').focus(), []);
    return html`
        <${Alone} title=${t('session.choose-password')} onLanguage=${onLanguage}>
            <p class="note">${t('session.must-change', { name: session.person.name })}</p>
            <form ref=${form.ref} onSubmit=${form.submit} novalidate>
                <${FormTrouble} form=${form} />
                <${PasswordFields} form=${form} session=${session} />
                <button type="submit" class="button button-main full" disabled=${form.is_busy} aria-busy=${form.is_busy}>${t('session.set-password')}</button>
                <button type="button" class="button full" onClick=${() => onSignOut(false)}>${t('session.sign-out')}</button>
            </form>
        <//>`;
}

export function OwnPassword({ session, onClose, onDone }) {
    const form = usePasswordForm(onDone);
    return html`<${FormDialog} title=${t('session.change-password')} form=${form} onClose=${onClose} submit=${t('session.set-password')}>
        <${PasswordFields} form=${form} session=${session} /><//>`;
}

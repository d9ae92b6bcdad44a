/* SPDX-License-Identifier: Apache-2.0 */
/* index.js: takes a pasted lesson link to its page. */

import { onLanguageChange, startLanguage, t } from './i18n.js';
import { localTarget } from './link.js';

const link = document.getElementById('link');
const bad_link = document.getElementById('bad-link');

onLanguageChange(() => { document.title = t('index.title'); });
startLanguage(document.getElementById('language'));

document.getElementById('paste').addEventListener('submit', (event) => {
    event.preventDefault();
    const target = localTarget(link.value, location.origin);
    bad_link.hidden = target !== null;
    if (target)
        location.assign(target);
    else
        link.focus();
});
link.addEventListener('input', () => { bad_link.hidden = true; });

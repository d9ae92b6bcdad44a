/* SPDX-License-Identifier: Apache-2.0 */
/* toast.js: short messages at the foot, said aloud by screen readers. */

import { html, useEffect, useState } from '/assets/vendor/preact.js';

const SHOWN_MS = 6000;

let show = () => {};
let n_said = 0;

/* @words: () => "Saved.", asked again when another language is chosen. */
export function say(words) {
    show({ words, n: ++n_said });
}

export function Toasts() {
    const [toast, setToast] = useState(null);
    show = setToast;
    useEffect(() => {
        const timer = setTimeout(() => setToast(null), SHOWN_MS);
        return () => clearTimeout(timer);
    }, [toast]);
    return html`<div class="toasts" role="status" aria-live="polite">${toast && html`<p class="toast" key=${toast.n}>${toast.words()}</p>`}</div>`;
}

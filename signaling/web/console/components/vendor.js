/* SPDX-License-Identifier: Apache-2.0 */
/* vendor.js: libraries that are no modules, fetched when a page first needs them. */

const LIBRARIES = {
    calendar: { script: 'calendar.js', style: 'calendar.css', global: 'EventCalendar' },
    chart: { script: 'chart.js', global: 'Chart' },
};
const loading = new Map();

/* The library's own object. */
export function loadLibrary(name) {
    if (!loading.has(name))
        loading.set(name, load(LIBRARIES[name]));
    return loading.get(name);
}

function load({ script, style, global }) {
    if (style) {
        const link = document.createElement('link');
        link.rel = 'stylesheet';
        link.href = `/assets/vendor/${style}`;
        document.head.prepend(link); /* before ours, which say it more exactly */
    }
    return new Promise((resolve, reject) => {
        const element = document.createElement('script');
        element.src = `/assets/vendor/${script}`;
        element.onload = () => resolve(globalThis[global]);
        element.onerror = () => reject(new Error(`${script} did not load`));
        document.head.append(element);
    });
}

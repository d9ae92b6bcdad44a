/* SPDX-License-Identifier: Apache-2.0 */
/* chart.js: bars of a report, drawn by Chart.js. The table beside it says the same. */

import { html, useEffect, useRef, useState } from '/assets/vendor/preact.js';

import { currentLanguage } from '../words.js';
import { loadLibrary } from './vendor.js';

const INKS = ['#7d8f89', '#0b6b55', '#c8741a', '#4f6f9f'];
const BAR_PX = 34, FRAME_PX = 90;

/* @labels: a bar group each; @series: [{label, data}]. */
export function Bars({ labels, series, label }) {
    const canvas = useRef(null);
    const [library, setLibrary] = useState(null);
    const key = JSON.stringify([labels, series]);
    useEffect(() => {
        loadLibrary('chart').then((it) => setLibrary(() => it)); /* a class: not to be called */
    }, []);
    useEffect(() => {
        if (!library)
            return undefined;
        const style = getComputedStyle(document.body);
        library.defaults.font.family = style.fontFamily;
        library.defaults.color = style.color;
        const chart = new library(canvas.current, {
            type: 'bar',
            data: {
                labels, datasets: series.map((one, i) => ({
                    ...one, backgroundColor: INKS[i % INKS.length], borderRadius: 3, maxBarThickness: 16,
                })),
            },
            options: {
                indexAxis: 'y', animation: false, maintainAspectRatio: false, responsive: true,
                locale: currentLanguage(), scales: { x: { beginAtZero: true, ticks: { precision: 0 } } },
                plugins: { legend: { position: 'top', align: 'start' } },
            },
        });
        return () => chart.destroy();
    }, [library, key, currentLanguage()]);
    const rows = Math.max(2, Math.ceil(labels.length * series.length / 2));
    return html`<figure class="plot" ref=${(box) => { if (box) box.style.height = `${FRAME_PX + BAR_PX * rows}px`; }}>
        <canvas ref=${canvas} role="img" aria-label=${label}></canvas></figure>`;
}

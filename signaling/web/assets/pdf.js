/* SPDX-License-Identifier: Apache-2.0 */
/* pdf.js: opens PDFs and draws their pages. The only door to the library of that name, which
 * is fetched when it is first needed. Its compiled parts (wasm) stay off: the pages' policy
 * forbids them, and it has a plain twin for each. */

const VENDOR = '/assets/vendor/';

let library = null; /* Promise of { pdf, worker } */
let n_tries = 0;

/* Fetches the library, once. Who knows that a PDF will come asks early. */
export function prepare() {
    library ??= load().catch((error) => {
        library = null; /* a bad line: the next one who asks tries again */
        throw error;
    });
    return library;
}

/* A browser may remember that an address failed: each try has one of its own. */
async function load() {
    const query = n_tries++ === 0 ? '' : `?try=${n_tries}`;
    const pdf = await import(`${VENDOR}pdf.js${query}`);
    pdf.GlobalWorkerOptions.workerSrc = `${VENDOR}pdf.worker.js${query}`;
    return { pdf, worker: new pdf.PDFWorker() };
}

/* Opens @data, an ArrayBuffer, which is the worker's from then on. Answers a PDFDocumentProxy;
 * whoever has it calls its destroy(). Letters that a PDF does not carry (CID fonts of Chinese
 * PDFs) are found by the library's cMaps and drawn in a font of this computer. */
export async function openPdf(data) {
    const { pdf, worker } = await prepare();
    const url = new URL(VENDOR, location.href).href;
    return pdf.getDocument({
        data, worker,
        cMapUrl: url, cMapPacked: true, standardFontDataUrl: url, wasmUrl: url,
        useWasm: false, useWorkerFetch: true, useSystemFonts: true,
        isEvalSupported: false, enableXfa: false,
    }).promise;
}

/* Draws @page (a PDFPageProxy) @width pixels wide. Answers { canvas, promise, cancel }; the
 * promise is kept when all is drawn, and broken by cancel(). */
export function drawPage(page, width) {
    const viewport = page.getViewport({ scale: width / page.getViewport({ scale: 1 }).width });
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(viewport.width));
    canvas.height = Math.max(1, Math.round(viewport.height));
    const task = page.render({ canvasContext: canvas.getContext('2d', { alpha: false }), viewport });
    return { canvas, promise: task.promise, cancel: () => task.cancel() };
}

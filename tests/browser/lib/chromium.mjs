/* SPDX-License-Identifier: Apache-2.0 */
/* chromium.mjs: starts Debian's Chromium with files as its camera and microphone. */

import { chromium } from 'playwright-core';

/* For a start, a page, a click: a busy machine takes its time, and a broken page is found
 * out all the same. */
const PATIENCE_MS = 90_000;

const ARGS = [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--disable-background-timer-throttling', '--disable-renderer-backgrounding',
    '--disable-backgrounding-occluded-windows',
    '--use-fake-ui-for-media-stream',
];

/* A browser of its own, with an empty profile. @media: cameraFiles(), or null for the
 * browser's own test picture; @sound: the environment of a real sound server, and then there
 * is no camera; @more: further switches. */
export function startChromium({ media = null, sound = null, more = [] } = {}) {
    const devices = sound ? [] : ['--use-fake-device-for-media-stream'];
    const files = media ? [
        `--use-file-for-fake-video-capture=${media.camera}`,
        `--use-file-for-fake-audio-capture=${media.microphone}`,
    ] : [];
    return chromium.launch({
        executablePath: process.env.SC_CHROMIUM ?? '/usr/bin/chromium',
        headless: true,
        args: [...ARGS, ...devices, ...files, ...more],
        ignoreDefaultArgs: sound ? ['--mute-audio'] : [],
        env: { ...process.env, ...sound },
        timeout: PATIENCE_MS,
    });
}

/* Run in each page before its own scripts, and outside our modules: window.offers counts the
 * offers that were answered, but for those that mend a broken line (where ours stood still for
 * seconds, because the machine did, an ICE restart is no fault, nor a session in the place of
 * the lost one). window.offers_made tells of each, also of one that was refused: while the
 * server still hears the page of before, the next one of the same site has to ask again. */
function countOffers() {
    const { createOffer, setRemoteDescription, close } = RTCPeerConnection.prototype;
    const restarting = new WeakSet();
    const isLost = (pc) => ['disconnected', 'failed'].includes(pc.connectionState)
        || restarting.has(pc);
    const note = (what, pc) => window.offers_made.push(
        `${performance.now().toFixed()} ms: ${what}, ${pc.connectionState}`);
    window.offers = 0;
    window.offers_made = [];
    RTCPeerConnection.prototype.createOffer = function (...args) {
        note('offer', this);
        if (isLost(this))
            restarting.add(this);
        return createOffer.apply(this, args);
    };
    RTCPeerConnection.prototype.setRemoteDescription = function (...args) {
        note('answer', this);
        if (!restarting.delete(this))
            window.offers += 1;
        return setRemoteDescription.apply(this, args);
    };
    RTCPeerConnection.prototype.close = function () {
        note('close', this);
        if (isLost(this))
            window.offers -= 1;
        close.call(this);
    };
}

/* A page in a context of its own. What goes wrong in it is kept in page.faults. */
export async function openPage(browser, { locale = 'zh-CN', width = 1366, height = 768 } = {}) {
    const context = await browser.newContext({
        locale, viewport: { width, height }, permissions: ['camera', 'microphone'],
        reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    /* Not 'load', which waits for each video that has no picture yet: a guest's has none. */
    for (const name of ['goto', 'reload']) {
        const open = page[name].bind(page);
        page[name] = (...args) => open(...args.filter((one) => typeof one === 'string'),
            { waitUntil: 'domcontentloaded', ...args.find((one) => typeof one === 'object') });
    }
    page.faults = [];
    page.on('pageerror', (error) => page.faults.push(String(error.stack ?? error)));
    page.on('console', (message) => {
        if (/Content Security Policy|Refused to/.test(message.text()))
            page.faults.push(message.text());
    });
    await page.addInitScript(countOffers);
    return page;
}

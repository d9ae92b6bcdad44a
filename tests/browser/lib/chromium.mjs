/* SPDX-License-Identifier: Apache-2.0 */
/* chromium.mjs: starts Debian's Chromium with files as its camera and microphone. */

import { chromium } from 'playwright-core';

const ARGS = [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--disable-background-timer-throttling', '--disable-renderer-backgrounding',
    '--disable-backgrounding-occluded-windows',
    '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
];

/* A browser of its own, with an empty profile. @media: cameraFiles(), or null for the
 * browser's own test picture; @more: further switches. */
export function startChromium({ media = null, more = [] } = {}) {
    const files = media ? [
        `--use-file-for-fake-video-capture=${media.camera}`,
        `--use-file-for-fake-audio-capture=${media.microphone}`,
    ] : [];
    return chromium.launch({
        executablePath: process.env.SC_CHROMIUM ?? '/usr/bin/chromium',
        headless: true,
        args: [...ARGS, ...files, ...more],
        timeout: 30_000,
    });
}

/* A page in a context of its own. What goes wrong in it is kept in page.faults, and how
 * often it made an offer in window.offers, counted outside our modules. */
export async function openPage(browser, { locale = 'zh-CN', width = 1366, height = 768 } = {}) {
    const context = await browser.newContext({
        locale, viewport: { width, height }, permissions: ['camera', 'microphone'],
        reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.faults = [];
    page.on('pageerror', (error) => page.faults.push(String(error.stack ?? error)));
    page.on('console', (message) => {
        if (/Content Security Policy|Refused to/.test(message.text()))
            page.faults.push(message.text());
    });
    await page.addInitScript(() => {
        window.offers = 0;
        const createOffer = RTCPeerConnection.prototype.createOffer;
        RTCPeerConnection.prototype.createOffer = function (...args) {
            window.offers += 1;
            return createOffer.apply(this, args);
        };
    });
    return page;
}

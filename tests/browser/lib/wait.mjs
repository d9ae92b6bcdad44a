/* SPDX-License-Identifier: Apache-2.0 */
/* wait.mjs: waits on a condition, never on luck. */

import { setTimeout as sleep } from 'node:timers/promises';

const PERIOD_MS = 50;
const PATIENCE_MS = 90_000; /* a busy machine is late; this is never */

/* Answers the first truthy value of @check, which may be async. Throws after @ms with @what
 * and the last value seen. */
export async function until(what, check, ms = PATIENCE_MS) {
    const end_ms = performance.now() + ms;
    for (;;) {
        const value = await check();
        if (value)
            return value;
        if (performance.now() > end_ms)
            throw new Error(`waited ${ms} ms in vain: ${what} (last: ${JSON.stringify(value)})`);
        await sleep(PERIOD_MS);
    }
}

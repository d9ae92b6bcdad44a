/* SPDX-License-Identifier: Apache-2.0 */
/* line-check.js: what the line to the server carries, against what the lesson needs. Spec:
 * docs/protocol.md#http, /line. */

import { readProblem } from './problem.js';

const PROBES = 5;
const FIRST_BYTES = 128 * 1024;      /* for a thin line this is all */
const MORE_BYTES = 1024 * 1024;      /* a quick line has hardly begun with the first */
const QUICK_MS = 400;                /* of the first: then more of it is asked for */
const MOST_MS = 5000;                /* either way; what is not done by then is too little */

const LESSON_UP_BPS = 2_500_000;     /* camera and slides */
const TILE_BPS = 1_000_000;          /* one class's camera */
const ENOUGH = 1.2;                  /* of what is needed: TCP alone, nothing beside it */
const SOON_MS = 150;                 /* there and back: talk as in one room */
const LATE_MS = 400;                 /* above this people speak into each other */

/* What a lesson of @n_classes needs, in bit/s. */
export function needOf(n_classes) {
    return { up_bps: LESSON_UP_BPS, down_bps: TILE_BPS * Math.max(n_classes, 1) };
}

/* 'good', 'weak' or 'bad': the worst of the three figures. Half of what is needed still
 * carries the voice and a smaller picture. */
export function judgeLine({ up_bps, down_bps, round_ms }, need) {
    const share = Math.min(up_bps / need.up_bps, down_bps / need.down_bps);
    if (share < 0.5 || round_ms > LATE_MS)
        return 'bad';
    return share < ENOUGH || round_ms > SOON_MS ? 'weak' : 'good';
}

/* { round_ms, down_bps, up_bps }; throws a Problem. */
export async function measureLine(token) {
    const round_ms = await measureRound(token);
    const down_bps = await measure((n_bytes) => request(token, {}, n_bytes), round_ms);
    const up_bps = await measure((n_bytes) => request(token, {
        method: 'POST',
        headers: { 'Content-Type': 'application/octet-stream' },
        body: noise(n_bytes),
    }), round_ms);
    return { round_ms, down_bps, up_bps };
}

/* The shortest of some, on a connection that stands: what the line alone takes. */
async function measureRound(token) {
    const rounds_ms = [];
    for (let i = 0; i < PROBES; i++)
        rounds_ms.push(await timeOf(() => request(token, {}, 1)));
    return Math.min(...rounds_ms);
}

async function measure(carry, round_ms) {
    let n_bytes = FIRST_BYTES;
    let took_ms = await timeOf(() => carry(n_bytes));
    if (took_ms < QUICK_MS) {
        n_bytes = MORE_BYTES;
        took_ms = await timeOf(() => carry(n_bytes));
    }
    return n_bytes * 8000 / Math.max(took_ms - round_ms, 1);
}

/* One that is not done in time counts as if it were just done: far too slow as it is. */
async function timeOf(action) {
    const from_ms = performance.now();
    try {
        await action();
    } catch (error) {
        if (error.name !== 'TimeoutError')
            throw error;
    }
    return performance.now() - from_ms;
}

async function request(token, options, n_bytes) {
    const response = await fetch(options.method ? '/line' : `/line?bytes=${n_bytes}`, {
        ...options,
        headers: { ...options.headers, Authorization: `Bearer ${token}` },
        cache: 'no-store',
        signal: AbortSignal.timeout(MOST_MS),
    });
    if (!response.ok)
        throw await readProblem(response);
    await response.arrayBuffer();
}

/* Nothing on the way can make it smaller. getRandomValues gives 64 KiB at most. */
function noise(n_bytes) {
    const bytes = new Uint8Array(n_bytes);
    for (let at = 0; at < n_bytes; at += 65536)
        crypto.getRandomValues(bytes.subarray(at, at + 65536));
    return bytes;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* problem.js: a refusal of the server as an Error. Spec: RFC 9457; docs/protocol.md#http. */

const TYPE_PREFIX = 'urn:synclass:problem:';

/* What a person must mend: trying again by itself would be refused again. */
const FINAL = new Set([
    'no-token', 'unknown-token', 'expired-token', 'wrong-role', 'wrong-lesson',
    'unknown-lesson', 'no-bundle', 'no-common-codec', 'too-many-sections', 'bad-sdp',
    'bad-fingerprint', 'bad-setup', 'body-too-large', 'wrong-content-type',
    'method-not-allowed', 'not-found',
]);

export class Problem extends Error {
    /* @name as in docs/protocol.md, or 'unreachable' when there was no answer at all. */
    constructor(name, { detail = '', retry_ms = 0, status = 0, members = {} } = {}) {
        super(detail ? `${name}: ${detail}` : name);
        this.name = name;
        this.detail = detail;
        this.retry_ms = retry_ms;
        this.status = status;
        this.field = typeof members.field === 'string' ? members.field : '';
        this.members = members; /* all that the refusal said */
        this.final = FINAL.has(name);
    }
}

/* Seconds only: our server sends no dates. */
function parseRetryAfter(header) {
    const seconds = Number(header);
    return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 60) * 1000 : 0;
}

/* The Problem of a response that is not ok, whatever its body turns out to be. */
export async function readProblem(response) {
    const retry_ms = parseRetryAfter(response.headers.get('Retry-After'));
    let body = {};
    try {
        body = await response.json();
    } catch {
        /* a proxy's error page: the status has to do */
    }
    const type = String(body?.type ?? '');
    const name = type.startsWith(TYPE_PREFIX) ? type.slice(TYPE_PREFIX.length)
                                              : `http-${response.status}`;
    return new Problem(name, {
        detail: String(body?.detail ?? ''), retry_ms, status: response.status,
        members: body !== null && typeof body === 'object' ? body : {},
    });
}

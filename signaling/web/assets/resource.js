/* SPDX-License-Identifier: Apache-2.0 */
/* resource.js: the HTTP side of a WHIP or WHEP session: POST, PATCH, DELETE.
 * Spec: RFC 9725, draft-ietf-wish-whep; docs/protocol.md#http. */

import { Problem, readProblem } from './problem.js';

const ANSWER_MS = 8000;

async function request(url, token, options) {
    let response;
    try {
        response = await fetch(url, {
            ...options,
            headers: { ...options.headers, Authorization: `Bearer ${token}` },
            cache: 'no-store',
            signal: AbortSignal.timeout(ANSWER_MS),
        });
    } catch (error) {
        throw new Problem('unreachable', { detail: error.message });
    }
    if (!response.ok)
        throw await readProblem(response);
    return response;
}

/* Opens a session at @endpoint. Answers { location, answer }; the location is absolute. */
export async function openSession(endpoint, token, offer) {
    const response = await request(endpoint, token, {
        method: 'POST',
        headers: { 'Content-Type': 'application/sdp' },
        body: offer,
    });
    const location = response.headers.get('Location');
    if (!location)
        throw new Problem('unreachable', { detail: 'no Location in the answer' });
    return { location: new URL(location, response.url).href, answer: await response.text() };
}

/* Tells the server our new ICE credentials; answers its own as a fragment. The restart is
 * for whatever state the session has, hence If-Match: * (RFC 9725 section 4.3.3). */
export async function restartSession(location, token, fragment) {
    const response = await request(location, token, {
        method: 'PATCH',
        headers: {
            'Content-Type': 'application/trickle-ice-sdpfrag',
            'If-Match': '*',
        },
        body: fragment,
    });
    return response.text();
}

/* Ends a session and does not care for the answer: the server forgets a silent session by
 * itself. keepalive, so that it still leaves when the page is going away. */
export function closeSession(location, token) {
    fetch(location, {
        method: 'DELETE',
        headers: { Authorization: `Bearer ${token}` },
        keepalive: true,
    }).catch(() => {});
}

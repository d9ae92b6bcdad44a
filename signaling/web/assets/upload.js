/* SPDX-License-Identifier: Apache-2.0 */
/* upload.js: hands a PDF in for the lesson. By XMLHttpRequest: fetch does not tell how much
 * has been sent. Spec: docs/protocol.md#the-room. */

import { Problem, readProblem } from './problem.js';

const MAGIC = '%PDF-';
const MAGIC_WITHIN = 1024; /* bytes: some programs write something before it */
const BYTES_MAX = 64 * 1024 * 1024;
const NAME_MAX = 120;
const STALL_MS = 60_000;   /* the server looks through a PDF for 20 s at most */
const CREATED = 201;

/* As the server takes it: the last part of a path, without what cannot be seen. */
export function nameOf(file_name) {
    const last = file_name.split(/[/\\]/).at(-1).replace(/\p{Cc}/gu, '').trim();
    return [...last].slice(0, NAME_MAX).join('') || 'PDF';
}

/* What of @file (a Blob) can be refused before anything is sent: NAME of docs/protocol.md, or
 * null. */
export async function refusalOf(file) {
    if (file.size > BYTES_MAX)
        return 'document-too-large';
    const head = new Uint8Array(await file.slice(0, MAGIC_WITHIN).arrayBuffer());
    return new TextDecoder('latin1').decode(head).includes(MAGIC) ? null : 'bad-document';
}

/* Answers the document as the server tells it. Throws a Problem, or the reason of @signal.
 * @on_part(0 to 1): how much has been sent. */
export function upload({ lesson, token }, file, { signal, on_part }) {
    const request = new XMLHttpRequest();
    const path = `/documents/${encodeURIComponent(lesson)}`;
    request.open('POST', `${path}?name=${encodeURIComponent(nameOf(file.name))}`);
    request.setRequestHeader('Authorization', `Bearer ${token}`);
    request.setRequestHeader('Content-Type', 'application/pdf');
    return new Promise((resolve, reject) => {
        let stall = 0;
        const fail = (error) => { clearTimeout(stall); reject(error); };
        const expectLife = () => {
            clearTimeout(stall);
            stall = setTimeout(() => request.abort(), STALL_MS);
        };
        request.upload.addEventListener('progress', ({ loaded, total }) => {
            expectLife();
            on_part(total > 0 ? loaded / total : 0);
        });
        request.addEventListener('load', () => {
            clearTimeout(stall);
            answerOf(request).then(resolve, reject);
        });
        request.addEventListener('error', () => fail(new Problem('unreachable')));
        request.addEventListener('abort', () => fail(signal.aborted ? signal.reason
                                                                    : new Problem('unreachable')));
        signal.addEventListener('abort', () => request.abort());
        expectLife();
        request.send(file);
    });
}

async function answerOf({ status, responseText }) {
    if (status !== CREATED)
        throw await readProblem(new Response(responseText, { status }));
    return JSON.parse(responseText);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* sdpfrag.js: the little SDP that an ICE restart needs. Pure.
 * Spec: RFC 8840 section 9 (application/trickle-ice-sdpfrag), RFC 9725 section 4.3.3. */

function linesOf(sdp) {
    return sdp.split(/\r?\n/).filter((line) => line !== '');
}

function textOf(lines) {
    return lines.join('\r\n') + '\r\n';
}

/* The fragment that tells the server the new credentials of @offer. Its candidates are left
 * out: the relay is ICE-lite and learns our addresses from our checks. */
export function fragmentOfOffer(offer) {
    const lines = linesOf(offer);
    const first = (prefix) => lines.find((line) => line.startsWith(prefix));
    const wanted = [
        first('a=group:BUNDLE'), first('m='), first('a=mid:'), first('a=ice-ufrag:'),
        first('a=ice-pwd:'),
    ];
    return textOf(wanted.filter((line) => line !== undefined));
}

/* @answer with the credentials and candidates of the server's @fragment, every other line
 * as it was. Throws when the fragment has no credentials. */
export function answerWithFragment(answer, fragment) {
    const fresh = linesOf(fragment);
    const ufrag = fresh.find((line) => line.startsWith('a=ice-ufrag:'));
    const pwd = fresh.find((line) => line.startsWith('a=ice-pwd:'));
    if (!ufrag || !pwd)
        throw new Error('fragment without ICE credentials');
    const candidates = fresh.filter(isCandidate);

    const out = [];
    for (const line of linesOf(answer)) {
        if (line.startsWith('a=ice-ufrag:'))
            out.push(ufrag);
        else if (line.startsWith('a=ice-pwd:'))
            out.push(pwd, ...candidates.splice(0));
        else if (!isCandidate(line))
            out.push(line);
    }
    return textOf(out);
}

function isCandidate(line) {
    return line.startsWith('a=candidate:') || line === 'a=end-of-candidates';
}

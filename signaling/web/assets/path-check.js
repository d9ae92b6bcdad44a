/* SPDX-License-Identifier: Apache-2.0 */
/* path-check.js: does UDP reach the relay? Watches for a moment, as the lesson will, and
 * looks whether ICE and DTLS come through. */

import { teacherSees } from './slots.js';
import { Watcher } from './whep.js';

const MOST_MS = 6000;

/* { verdict, address, port }. 'good'; 'bad': nothing came back; 'closed': the lesson is not
 * open, so the relay cannot be asked; 'none': the server did not let us ask. */
export async function checkPath({ lesson, token }) {
    const watcher = new Watcher({ lesson, token, sections: teacherSees(1) });
    watcher.start();
    const verdict = await outcome(watcher);
    const relay = relayOf(watcher.pc?.remoteDescription?.sdp ?? '');
    watcher.stop();
    return { ...relay, verdict: verdict === 'bad' && !relay.port ? 'none' : verdict };
}

/* Where the first candidate of @sdp is: { address, port }, empty where it has none. */
export function relayOf(sdp) {
    const [, address = '', port = ''] =
        /^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) /im.exec(sdp) ?? [];
    return { address, port };
}

function outcome(watcher) {
    return new Promise((resolve) => {
        const timer = setTimeout(() => resolve('bad'), MOST_MS);
        const look = () => {
            if (watcher.state === 'connected')
                resolve('good');
            else if (watcher.problem)
                resolve(watcher.problem.name === 'lesson-not-live' ? 'closed' : 'none');
            else
                return;
            clearTimeout(timer);
        };
        watcher.addEventListener('state', look);
    });
}

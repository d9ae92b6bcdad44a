/* SPDX-License-Identifier: Apache-2.0 */
/* paths.mjs: where things are, for a test that is run from anywhere. */

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
export const web = path.join(root, 'signaling/web');
/* Where npm put the pages' libraries, and which of their files is served under which name. */
export const modules = path.join(root, 'build-web/node_modules');
export const vendor = Object.fromEntries([...readFileSync(path.join(web, 'web.gresource.xml'), 'utf8')
    .matchAll(/<file alias="assets\/vendor\/(.+?)">(.+?)<\/file>/g)].map(([, name, file]) => [name, file]));
export const build = path.resolve(root, process.env.SC_BUILD ?? 'build');

/* Pictures and logs that are kept after the run. */
export const artefacts = path.join(build, 'artefacts/browser');
mkdirSync(artefacts, { recursive: true });

/* A file of the test footage, or null where it is absent. */
export function footage(name) {
    const folder = process.env.SC_MEDIA ?? path.join(root, '../shared/media');
    const file = path.join(folder, name);
    return existsSync(file) ? file : null;
}

/* A built program, e.g. 'relay/synclass-relay'. */
export function program(name) {
    return path.join(build, name);
}

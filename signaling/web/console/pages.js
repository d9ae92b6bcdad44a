/* SPDX-License-Identifier: Apache-2.0 */
/* pages.js: the table of pages: for whom each is, and what it is called. */

import { About } from './pages/about.js';
import { Audit } from './pages/audit.js';
import { Bells } from './pages/bells.js';
import { Devices } from './pages/devices.js';
import { Organisations } from './pages/organisations.js';
import { Pairings } from './pages/pairings.js';
import { People } from './pages/people.js';
import { Reports } from './pages/reports.js';
import { Sites } from './pages/sites.js';
import { Terms } from './pages/terms.js';
import { Timetable } from './pages/timetable.js';
import { Today } from './pages/today.js';

const anybody = () => true;
const lookers = (session) => session.can_look;

/* In the order of the menu; a group begins where @group stands. */
export const pages = [
    { name: 'today', title: 'page.today', is_for: anybody, view: Today },
    { name: 'timetable', title: 'page.timetable', is_for: anybody, view: Timetable },
    { name: 'pairings', title: 'page.pairings', is_for: anybody, view: Pairings },
    { name: 'reports', title: 'page.reports', is_for: anybody, view: Reports },
    { name: 'sites', title: 'page.sites', is_for: lookers, view: Sites, group: 'group.school' },
    { name: 'devices', title: 'page.devices', is_for: lookers, view: Devices },
    { name: 'people', title: 'page.people', is_for: lookers, view: People },
    { name: 'organisations', title: 'page.organisations', is_for: lookers, view: Organisations },
    { name: 'terms', title: 'page.terms', is_for: lookers, view: Terms },
    { name: 'bells', title: 'page.bells', is_for: lookers, view: Bells },
    { name: 'audit', title: 'page.audit', is_for: lookers, view: Audit, group: 'group.records' },
    { name: 'about', title: 'page.about', is_for: anybody, view: About, is_quiet: true },
];

export const find = (name) => pages.find((page) => page.name === name);

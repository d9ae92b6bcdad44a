/* SPDX-License-Identifier: Apache-2.0 */
/* slots.js: which media section is which slot. The k-th section of a kind is the k-th slot
 * of that kind: docs/protocol.md#sdp. Sections that belong together stand together. */

export const teacherSends = [
    { slot: 'main-audio', kind: 'audio' },
    { slot: 'main-video', kind: 'video' },
    { slot: 'slides-video', kind: 'video' },
];

export const classroomSends = [
    { slot: 'microphone', kind: 'audio' },
    { slot: 'camera', kind: 'video' },
];

export const classroomSees = [
    { slot: 'main-audio', kind: 'audio' },
    { slot: 'main-video', kind: 'video' },
    { slot: 'guest-audio', kind: 'audio' },
    { slot: 'guest-video', kind: 'video' },
    { slot: 'slides-video', kind: 'video' },
];

/* One voice and one tile for each of the lesson's @n_sites receiving sites. */
export function teacherSees(n_sites) {
    const sections = [];
    for (let i = 0; i < n_sites; i++) {
        sections.push({ slot: `voice-${i}`, kind: 'audio' });
        sections.push({ slot: `tile-${i}`, kind: 'video' });
    }
    return sections;
}

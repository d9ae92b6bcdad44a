/* SPDX-License-Identifier: Apache-2.0 */
/* says.js: the classroom's one sentence, with what goes on in the room. Pure. What keeps the
 * class from learning comes before it, and is lesson.js's to say. */

import { hasFloor } from './lesson.js';
import { handOf } from './room.js';

/* @media: the sentence of classroomSentence(). @own: { muted: the teacher asked for it and we
 * obeyed; pending: an answer on its way; mode: of keypad.js }. */
export function roomSentence(lesson, media, own) {
    if (media.tone === 'alert' || media.tone === 'busy')
        return media;
    return taskSentence(lesson, own) ?? (media.tone === 'floor' ? media : stateSentence(lesson, own))
        ?? media;
}

/* Somebody has to do something now. */
function taskSentence({ room: { quiz } }, { mode, pending }) {
    if (mode === 'roll')
        return say('says.roll', 'floor');
    if (quiz?.state !== 'open')
        return null;
    if (pending)
        return say('says.quiz-sending', 'busy');
    if (quiz.mine)
        return say('says.quiz-kept', 'calm');
    return say(quiz.kind === 'number' ? 'says.quiz-number' : 'says.quiz-open', 'floor');
}

function stateSentence(lesson, { muted, mode }) {
    const { room, you } = lesson;
    const place = handOf(room, you?.site);
    if (muted && !hasFloor(lesson))
        return say('says.muted', 'busy');
    if (mode === 'result')
        return say(room.quiz.state === 'revealed' ? 'says.quiz-revealed' : 'says.quiz-closed',
            'calm');
    if (place > 0)
        return say('says.hand', 'calm', { n: place });
    return room.help.includes(you?.site) ? say('says.help', 'calm') : null;
}

function say(key, tone, values = {}) {
    return { key, tone, values };
}

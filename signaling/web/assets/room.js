/* SPDX-License-Identifier: Apache-2.0 */
/* room.js: what we know of the room: hands, quiz, chat, roll call, marks on the slide. Pure:
 * events go in, a new state comes out. Spec: docs/protocol.md#the-room. */

const MESSAGES_KEPT = 200; /* of the chat; the server tells a newcomer the last 50 */

/* rooms: the receiving sites in the order of their tiles. hands: in the order of raising.
 * roll: { roll, present: { site: heads } } or null. quiz: as in `quiz`, with sum: what is
 * known of the answers or null, and mine: our own { choice } or { number } or null. chat:
 * { open, messages }. strokes: as `pen`, one for each. pointer: { x, y } or null. times:
 * { site: seconds with the floor }. code: for the pupils' phones, or null. documents: as
 * `document`, by number. page: { document, page } that is shown, or null; the strokes are those
 * of what is shown. */
export function emptyRoom() {
    return {
        rooms: [], hands: [], muted: [], help: [], roll: null, quiz: null,
        chat: { open: false, messages: [] }, strokes: [], pointer: null, times: {}, code: null,
        documents: [], page: null,
    };
}

const handlers = {
    welcome: (_state, { room, sites }) => ({ ...fromWelcome(room ?? {}), rooms: roomsOf(sites) }),
    hand: (state, { hands }) => ({ ...state, hands }),
    mute: (state, { site, muted }) => ({
        ...state,
        muted: site === null ? (muted ? state.rooms : []) : changed(state.muted, site, muted),
    }),
    help: (state, { site, wanted }) => ({ ...state, help: changed(state.help, site, wanted) }),
    'roll-call': (state, { roll }) => ({ ...state, roll: { roll, present: {} } }),
    present: (state, { site, count }) => (state.roll ? {
        ...state,
        roll: { ...state.roll, present: { ...state.roll.present, [site]: count } },
    } : state),
    quiz: (state, message) => ({ ...state, quiz: quizAfter(state.quiz, message) }),
    answered: (state, { quiz, choice, number }) => (state.quiz?.quiz === quiz ? {
        ...state, quiz: { ...state.quiz, mine: answerOf({ choice, number }) },
    } : state),
    tally: (state, { quiz, sum }) => (state.quiz?.quiz === quiz ? {
        ...state, quiz: { ...state.quiz, sum },
    } : state),
    chat: (state, { message, site, name, text, at }) => withMessages(state,
        [...state.chat.messages, { message, site, name, text, at }].slice(-MESSAGES_KEPT)),
    'chat-open': (state, { open }) => ({ ...state, chat: { ...state.chat, open } }),
    'chat-removed': (state, { message }) => withMessages(state, message === null ? []
        : state.chat.messages.filter((one) => one.message !== message)),
    pen: (state, stroke) => ({ ...state, strokes: strokesAfter(state.strokes, stroke) }),
    'pen-clear': (state) => ({ ...state, strokes: [] }),
    pointer: (state, { x, y }) => ({ ...state, pointer: x === null ? null : { x, y } }),
    document: (state, { document, name, pages, bytes }) => ({
        ...state,
        documents: [...state.documents.filter((one) => one.document !== document),
            { document, name, pages, bytes }],
    }),
    'document-removed': (state, { document }) => ({
        ...state, documents: state.documents.filter((one) => one.document !== document),
    }),
    page: (state, { document, page, strokes }) => ({
        ...state, page: pageOf({ document, page }), pointer: null,
        strokes: (strokes ?? []).reduce(strokesAfter, []),
    }),
    'floor-time': (state, { times }) => ({ ...state, times }),
};

/* The state after @message; the same object when the message changes nothing. */
export function reduceRoom(state, message) {
    const handler = Object.hasOwn(handlers, message.type) ? handlers[message.type] : null;
    return handler ? handler(state, message) : state;
}

function fromWelcome(room) {
    const { hands, muted, help, roll, quiz, chat, strokes, floor_times, code } = room;
    const none = emptyRoom();
    return {
        ...none,
        hands: hands ?? none.hands,
        muted: muted ?? none.muted,
        help: help ?? none.help,
        roll: roll ?? null,
        quiz: quiz ? { ...quizAfter(null, quiz), mine: answerOf(quiz.mine) } : null,
        chat: chat ?? none.chat,
        strokes: (strokes ?? []).reduce(strokesAfter, []),
        times: floor_times ?? none.times,
        code: code ?? null,
        documents: room.documents ?? none.documents,
        page: pageOf(room.page),
    };
}

function pageOf(told) {
    return told?.document ? { document: told.document, page: told.page } : null;
}

function roomsOf(sites) {
    return (sites ?? []).filter(({ role }) => role === 'classroom')
        .sort((a, b) => a.tile - b.tile).map(({ site }) => site);
}

function changed(list, site, there) {
    const others = list.filter((one) => one !== site);
    return there ? [...others, site] : others;
}

function withMessages(state, messages) {
    return { ...state, chat: { ...state.chat, messages } };
}

/* Of one quiz told again we keep our own answer, and the sum if the news has none. */
function quizAfter(before, { quiz, kind, question, options, state, right, sum }) {
    const same = before?.quiz === quiz ? before : null;
    return {
        quiz, kind, question, options: options ?? [], state, right: right ?? null,
        sum: sum ?? same?.sum ?? null, mine: same?.mine ?? null,
    };
}

/* An answer as { choice } or { number }, from either of those, bare or boxed; or null. */
function answerOf(told) {
    if (Array.isArray(told))
        return { choice: told };
    if (typeof told === 'number')
        return { number: told };
    if (Array.isArray(told?.choice))
        return { choice: told.choice };
    return typeof told?.number === 'number' ? { number: told.number } : null;
}

/* A message of the same stroke goes on with it. */
function strokesAfter(strokes, { stroke, colour, width, points }) {
    if (strokes.every((one) => one.stroke !== stroke))
        return [...strokes, { stroke, colour, width, points }];
    return strokes.map((one) => (one.stroke === stroke
        ? { ...one, points: [...one.points, ...points] } : one));
}

/* The place of @site's hand, counted from 1; 0 when it is down. */
export function handOf(room, site) {
    return room.hands.indexOf(site) + 1;
}

/* { heads, missing: [site…] }: all heads told, and who has told none; null before a roll call. */
export function rollOf(room) {
    if (!room.roll)
        return null;
    const { present } = room.roll;
    return {
        heads: Object.values(present).reduce((sum, n) => sum + n, 0),
        missing: room.rooms.filter((site) => !Object.hasOwn(present, site)),
    };
}

/* The sites of @quiz that nobody has answered from. */
export function silentOf(room) {
    const answered = new Map((room.quiz?.sum?.sites ?? []).map((one) => [one.site, one.answers]));
    return room.rooms.filter((site) => !answered.get(site));
}

/* What was answered to @quiz, one bar for each option, or for each of a number's values:
 * { key (the option or the number), n, part (of all who answered), right }. */
export function barsOf({ kind, options, right, sum }) {
    const part = (n) => (sum?.answers ? n / sum.answers : 0);
    if (kind === 'number')
        return (sum?.numbers ?? []).map(([key, n]) =>
            ({ key, n, part: part(n), right: key === right }));
    const n_options = kind === 'truth' ? 2 : options.length;
    return Array.from({ length: n_options }, (_, key) => {
        const n = sum?.choices?.[key] ?? 0;
        return { key, n, part: part(n), right: Boolean(right?.includes(key)) };
    });
}

/* 'A', 'B' … */
export function letterOf(option) {
    return String.fromCharCode('A'.charCodeAt(0) + option);
}

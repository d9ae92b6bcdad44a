/* SPDX-License-Identifier: Apache-2.0 */
/* pen.js: the teacher's hand over the shared picture or the page: drawn at once here, and told
 * to the others in small portions. Limits: docs/protocol.md#the-room. */

const SEND_MS = 50;          /* 20 portions a second */
const NUMBERS_MAX = 128;     /* of one portion: x, y, x, y … */
const NEAR = 15;             /* ten-thousandths: a nearer point says nothing new */
const STROKE_WIDTH = 4;      /* thousandths of the slide */
const ARROW_STEP = 200;      /* ten-thousandths: one press of an arrow key */
const MIDDLE = [5000, 5000];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/* What of the points [x, y, x, y …] has to be told, after one at @last ([x, y], or null). */
export function thin(points, last) {
    const kept = [];
    for (let i = 0; i + 1 < points.length; i += 2) {
        const [x, y] = [points[i], points[i + 1]];
        if (last && Math.abs(x - last[0]) < NEAR && Math.abs(y - last[1]) < NEAR)
            continue;
        last = [x, y];
        kept.push(x, y);
    }
    return kept;
}

export class Pen {
    tool = null; /* a colour of ink.js, 'pointer', or null: none in hand */

    #box;
    #ink;
    #ask;
    #next = 1;        /* number of the next stroke */
    #drawing = null;  /* number of the stroke under the hand */
    #last = null;     /* [x, y]: its last point */
    #waiting = [];    /* portions to be sent */
    #pointed = null;  /* [x, y], or null: the pointer is away */
    #told = null;     /* the pointer as it was told */
    #timer = 0;
    #held = false;    /* what is shown is about to be something else */

    /* @box: the picture's; @ink: over it; @ask as in hands.js. */
    constructor(box, ink, ask) {
        this.#box = box;
        this.#ink = ink;
        this.#ask = ask;
        box.addEventListener('pointerdown', (event) => this.#onDown(event));
        box.addEventListener('pointermove', (event) => this.#onMove(event));
        for (const end of ['pointerup', 'pointercancel'])
            box.addEventListener(end, () => { this.#drawing = null; });
        box.addEventListener('pointerleave', () => this.#point(null));
        box.addEventListener('blur', () => this.#point(null));
        box.addEventListener('keydown', (event) => this.#onKey(event));
    }

    /* @tool: as above. */
    take(tool) {
        this.tool = tool;
        this.#drawing = null;
        this.#point(null);
    }

    /* Before a page is turned: tells all that was drawn on this one, and draws nothing more
     * until reset(). */
    hold() {
        this.#held = true;
        this.#drawing = null;
        for (const portion of this.#waiting.splice(0))
            this.#ask('draw', portion);
    }

    /* @strokes are all that the server has: after a welcome, a refusal, or a turned page. */
    reset(strokes) {
        this.#held = false;
        this.#waiting = [];
        this.#drawing = null;
        this.#next = 1 + strokes.reduce((most, { stroke }) => Math.max(most, stroke), 0);
        this.#ink.reset(strokes);
    }

    /* Another hand of the same teacher has begun this one. */
    heed({ stroke }) {
        this.#next = Math.max(this.#next, stroke + 1);
    }

    wipe() {
        this.#waiting = [];
        this.#drawing = null;
        this.#ink.clear();
        this.#ask('clearPen');
    }

    #onDown(event) {
        if (!this.tool || this.#held || event.button !== 0)
            return;
        this.#box.setPointerCapture(event.pointerId);
        const at = this.#ink.pointAt(event.clientX, event.clientY);
        if (this.tool === 'pointer')
            this.#point(at);
        else
            this.#begin(at);
    }

    #onMove(event) {
        if (!this.tool)
            return;
        const at = this.#ink.pointAt(event.clientX, event.clientY);
        if (this.tool === 'pointer')
            this.#point(at);
        else if (this.#drawing)
            this.#goOn(at);
    }

    #onKey(event) {
        const arrow = ARROWS[event.key];
        if (this.tool !== 'pointer' || !arrow)
            return;
        event.preventDefault();
        const from = this.#pointed ?? MIDDLE;
        this.#point(from.map((value, i) =>
            Math.min(Math.max(value + arrow[i] * ARROW_STEP, 0), 10_000)));
    }

    #begin(at) {
        this.#drawing = this.#next++;
        this.#last = at;
        const mark = {
            stroke: this.#drawing, colour: this.tool, width: STROKE_WIDTH, points: at,
        };
        this.#ink.begin(mark);
        this.#waiting.push({ ...mark, points: [...at] });
        this.#sendSoon();
    }

    #goOn(at) {
        const points = thin(at, this.#last);
        if (points.length === 0)
            return;
        this.#last = at;
        this.#ink.extend({ stroke: this.#drawing, points });
        const portion = this.#waiting.at(-1);
        if (portion?.stroke === this.#drawing && portion.points.length < NUMBERS_MAX)
            portion.points.push(...points);
        else
            this.#waiting.push({
                stroke: this.#drawing, colour: this.tool, width: STROKE_WIDTH, points,
            });
        this.#sendSoon();
    }

    #point(at) {
        this.#pointed = at;
        this.#ink.point(...(at ?? [null, null]));
        this.#sendSoon();
    }

    #sendSoon() {
        this.#timer ||= setTimeout(() => this.#send(), SEND_MS);
    }

    /* One portion at a time; a stroke comes before the pointer. */
    #send() {
        this.#timer = 0;
        const portion = this.#waiting.shift();
        if (portion) {
            this.#ask('draw', portion);
        } else if (String(this.#pointed) !== String(this.#told)) {
            this.#told = this.#pointed;
            this.#ask('point', ...(this.#told ?? [null, null]));
        } else {
            return;
        }
        this.#sendSoon();
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* ink.js: what the teacher draws over the shared picture or the page, on a canvas above it. A
 * stroke's points are ten-thousandths of the slide, its width thousandths of the slide's width:
 * where the slide is in the box is found out here. Spec: docs/protocol.md#the-room. */

const WHOLE = 10_000;
const WIDTH_WHOLE = 1000;

export const COLOURS = { red: '#d92d20', blue: '#1d5fd1', green: '#0f8a5f', black: '#14211e' };

/* Where a picture of @width × @height lies in a box of @box_width × @box_height that shows
 * all of it, in the middle: { x, y, width, height } in the box's units. */
export function placeOf(box_width, box_height, width, height) {
    if (!width || !height)
        return { x: 0, y: 0, width: box_width, height: box_height };
    const scale = Math.min(box_width / width, box_height / height);
    return {
        x: (box_width - width * scale) / 2, y: (box_height - height * scale) / 2,
        width: width * scale, height: height * scale,
    };
}

export class Ink {
    #box;
    #canvas = document.createElement('canvas');
    #pointer = document.createElement('span');
    #strokes = new Map(); /* number → { colour, width, points } in the order of beginning */
    #pointed = null;      /* [x, y], or null */
    #place = placeOf(0, 0);

    /* @element: the box of a Screen; its picture is what is drawn over. */
    constructor(element) {
        this.#box = element;
        this.#canvas.className = 'ink';
        this.#pointer.className = 'ink-pointer';
        this.#pointer.hidden = true;
        element.append(this.#canvas, this.#pointer);
        new ResizeObserver(() => this.#fit()).observe(element);
        for (const change of ['loadeddata', 'resize']) /* of what is in it: these do not bubble */
            element.addEventListener(change, () => requestAnimationFrame(() => this.#fit()), true);
    }

    /* A message of the room; what is none of ours is left alone. */
    take(message) {
        if (message.type === 'pen' && this.#strokes.has(message.stroke))
            this.extend(message);
        else if (message.type === 'pen')
            this.begin(message);
        else if (message.type === 'pen-clear')
            this.clear();
        else if (message.type === 'pointer')
            this.point(message.x, message.y);
    }

    begin({ stroke, colour, width, points }) {
        this.#strokes.set(stroke, { colour, width, points: [...points] });
        this.#paint(this.#strokes.get(stroke), 0);
    }

    extend({ stroke, points }) {
        const begun = this.#strokes.get(stroke);
        const from = begun.points.length - 4; /* from where the last curve was a straight end */
        begun.points.push(...points);
        this.#paint(begun, Math.max(0, from));
    }

    clear() {
        this.#strokes.clear();
        this.#repaint();
    }

    /* Shows the pointer at @x, @y, or with null takes it away. */
    point(x, y) {
        this.#pointed = x === null ? null : [x, y];
        this.#showPointer();
    }

    /* @strokes are all there are, as in a welcome. */
    reset(strokes) {
        this.#strokes.clear();
        for (const stroke of strokes)
            this.take({ ...stroke, type: 'pen' });
        this.#repaint();
    }

    /* The point of the slide under a place of the window, or the nearest one. */
    pointAt(client_x, client_y) {
        const box = this.#box.getBoundingClientRect();
        const { x, y, width, height } = this.#place;
        return [within((client_x - box.left - x) / width),
            within((client_y - box.top - y) / height)];
    }

    #fit() {
        const { clientWidth, clientHeight } = this.#box;
        const shown = this.#box.querySelector('canvas.page')
            ?? this.#box.querySelector('video:not(.coming), canvas:not(.ink)');
        this.#place = placeOf(clientWidth, clientHeight,
            shown?.videoWidth ?? shown?.width, shown?.videoHeight ?? shown?.height);
        this.#canvas.width = clientWidth * devicePixelRatio;
        this.#canvas.height = clientHeight * devicePixelRatio;
        this.#repaint();
        this.#showPointer();
    }

    #repaint() {
        const { width, height } = this.#canvas;
        this.#canvas.getContext('2d').clearRect(0, 0, width, height);
        for (const stroke of this.#strokes.values())
            this.#paint(stroke, 0);
    }

    /* The part of a stroke from its number @from on: curves from middle to middle of its
     * points, and straight to the last one. */
    #paint({ colour, width, points }, from) {
        const pen = this.#canvas.getContext('2d');
        const at = (i) => this.#onCanvas(points[i], points[i + 1]);
        pen.strokeStyle = COLOURS[colour] ?? COLOURS.red;
        pen.lineWidth = Math.max(1, width / WIDTH_WHOLE * this.#place.width * devicePixelRatio);
        pen.lineCap = pen.lineJoin = 'round';
        pen.beginPath();
        let before = at(from);
        pen.moveTo(...before);
        for (let i = from + 2; i + 1 < points.length; i += 2) {
            const here = at(i);
            pen.quadraticCurveTo(...before, (before[0] + here[0]) / 2, (before[1] + here[1]) / 2);
            before = here;
        }
        pen.lineTo(...before);
        pen.stroke();
    }

    #onCanvas(x, y) {
        const place = this.#place;
        return [(place.x + x / WHOLE * place.width) * devicePixelRatio,
            (place.y + y / WHOLE * place.height) * devicePixelRatio];
    }

    #showPointer() {
        this.#pointer.hidden = !this.#pointed;
        if (!this.#pointed)
            return;
        const { x, y, width, height } = this.#place;
        this.#pointer.style.left = `${x + this.#pointed[0] / WHOLE * width}px`;
        this.#pointer.style.top = `${y + this.#pointed[1] / WHOLE * height}px`;
    }
}

function within(part) {
    return Math.round(Math.min(Math.max(part, 0), 1) * WHOLE);
}

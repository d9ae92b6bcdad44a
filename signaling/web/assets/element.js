/* SPDX-License-Identifier: Apache-2.0 */
/* element.js: elements made by hand, and lists whose rows stay who they are. */

/* @children: elements and texts. */
export function element(tag, class_name, ...children) {
    const made = document.createElement(tag);
    made.className = class_name;
    made.append(...children);
    return made;
}

/* The symbol @name of icons.svg. */
export function icon(name) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('class', 'icon');
    svg.setAttribute('aria-hidden', 'true');
    svg.append(document.createElementNS('http://www.w3.org/2000/svg', 'use'));
    setIcon(svg, name);
    return svg;
}

export function setIcon(svg, name) {
    const href = `/assets/icons.svg#${name}`;
    const use = svg.querySelector('use');
    if (use.getAttribute('href') !== href)
        use.setAttribute('href', href);
}

/* A round button that shows an icon and says its words to who asks. */
export function iconButton(name, on_click) {
    const button = element('button', 'button button-icon', icon(name));
    button.type = 'button';
    button.addEventListener('click', on_click);
    return button;
}

export function label(button, text) {
    button.title = text;
    button.setAttribute('aria-label', text);
}

/* A list with one row for each key. A row is made once and moved only when its place has
 * changed, so that who stands on one of its buttons keeps standing there. */
export class Rows {
    #list;
    #make;
    #rows = new Map(); /* key → row */

    /* @make(key) answers a row: anything with an element. */
    constructor(list, make) {
        this.#list = list;
        this.#make = make;
    }

    /* Shows @keys in this order; @draw(row, key, i) fills each. */
    update(keys, draw) {
        for (const [key, row] of this.#rows) {
            if (!keys.includes(key)) {
                row.element.remove();
                this.#rows.delete(key);
            }
        }
        let next = this.#list.firstElementChild;
        keys.forEach((key, i) => {
            const row = this.#rows.get(key) ?? this.#make(key);
            this.#rows.set(key, row);
            if (row.element === next)
                next = next.nextElementSibling;
            else
                this.#list.insertBefore(row.element, next);
            draw(row, key, i);
        });
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* tiles.js: the classes before the teacher: picture, name, line, and the floor's button. */

import { t } from './i18n.js';
import { classroomsOf, lineOf } from './lesson.js';
import { Screen } from './screen.js';

/* 'floor': the teacher pressed a tile's button; detail is the site, or null to take back. */
export class Tiles extends EventTarget {
    #box;
    #template;
    #tiles = new Map();  /* site → Tile */
    #tracks = new Map(); /* slot → track, as told by the watcher */

    constructor(box, template) {
        super();
        this.#box = box;
        this.#template = template;
    }

    /* @slot: 'tile-0', 'tile-1' … */
    show(slot, track) {
        this.#tracks.set(slot, track);
        for (const tile of this.#tiles.values())
            if (tile.slot === slot)
                tile.screen.show(track);
    }

    /* @flows(slot): does its picture move; @canAsk: may the floor be given now. */
    update(lesson, { flows, canAsk }) {
        const rooms = classroomsOf(lesson);
        for (const [site, tile] of this.#tiles) {
            if (rooms.every((room) => room.site !== site)) {
                tile.element.remove();
                this.#tiles.delete(site);
            }
        }
        rooms.forEach((room, i) => {
            const tile = this.#tiles.get(room.site) ?? this.#add(room.site, `tile-${i}`);
            tile.update(room, lesson, flows(tile.slot), canAsk);
        });
        this.#box.dataset.count = Math.min(rooms.length, 9);
    }

    hold() {
        for (const tile of this.#tiles.values())
            tile.screen.hold();
    }

    clear() {
        this.#tracks.clear();
        for (const tile of this.#tiles.values())
            tile.screen.clear();
    }

    #add(site, slot) {
        const element = this.#template.content.firstElementChild.cloneNode(true);
        const tile = new Tile(element, slot);
        tile.button.addEventListener('click', () => this.dispatchEvent(
            new CustomEvent('floor', { detail: tile.hasFloor ? null : site })));
        this.#box.append(element);
        this.#tiles.set(site, tile);
        if (this.#tracks.has(slot))
            tile.screen.show(this.#tracks.get(slot));
        return tile;
    }
}

class Tile {
    hasFloor = false;

    constructor(element, slot) {
        const part = (name) => element.querySelector(`[data-part="${name}"]`);
        this.element = element;
        this.slot = slot;
        this.screen = new Screen(part('picture'));
        this.button = part('button');
        this.label = part('button-label');
        this.name = part('name');
        this.school = part('school');
        this.state = part('state');
        this.line = part('line');
        this.absence = part('absence');
    }

    update(room, lesson, flows, canAsk) {
        this.hasFloor = lesson.floor === room.site;
        this.name.textContent = room.name;
        this.school.textContent = room.school === room.name ? '' : room.school ?? '';
        this.element.classList.toggle('floor', this.hasFloor);
        this.element.classList.toggle('still', !flows);
        this.absence.textContent = t(absenceKey(room));
        this.state.textContent = t(this.#stateKey(room, flows));
        this.state.dataset.present = String(Boolean(room.present));
        showLine(this.line, room.present ? lineOf(lesson, room.site) : null);

        const action = this.hasFloor ? 'site.take' : 'site.give';
        this.label.textContent = t(action);
        this.button.setAttribute('aria-label',
            t(this.hasFloor ? 'site.take-label' : 'site.give-label', { name: room.name }));
        this.button.dataset.on = String(this.hasFloor);
        this.button.disabled = !canAsk || !(room.present || this.hasFloor);
    }

    #stateKey(room, flows) {
        if (this.hasFloor)
            return 'site.floor';
        if (!room.present)
            return 'site.absent';
        return flows ? 'site.present' : 'site.no-picture';
    }
}

function absenceKey(room) {
    if (!room.present)
        return 'site.absent-picture';
    return room.publishing === false ? 'site.no-picture' : 'site.waiting-picture';
}

/* A line in plain words; the figures for who asks. */
export function showLine(element, line) {
    element.className = line ? `line quality-${line.level}` : 'line';
    element.textContent = line ? t(`quality.${line.level}`) : '';
    element.title = line ? t('quality.figures', {
        loss: Math.round(line.loss_pct), rtt: Math.round(line.rtt_ms), kbps: Math.round(line.kbps),
    }) : '';
}

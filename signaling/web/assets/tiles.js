/* SPDX-License-Identifier: Apache-2.0 */
/* tiles.js: the classes before the teacher: picture, name, line, and the floor's button. */

import { element, icon, label, setIcon } from './element.js';
import { t } from './i18n.js';
import { classroomsOf, lineOf } from './lesson.js';
import { handOf } from './room.js';
import { Screen } from './screen.js';

const REACTION_MS = 3000;
const REACTION_KEYS = {
    clap: 'room.clap', thumb: 'room.thumb', heart: 'room.heart', laugh: 'room.laugh',
    question: 'room.question',
};

/* 'floor': the teacher pressed a tile's button; detail is the site, or null to take back.
 * 'mute': likewise; detail is { site, muted }. */
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

    /* What the class @site shows it feels. */
    react(site, what) {
        this.#tiles.get(site)?.react(what);
    }

    /* @flows(slot): does its picture move; @open: can anything be asked; @canAsk: may the
     * floor be given now; @spoken(site): in seconds. */
    update(lesson, { flows, open, canAsk, spoken }) {
        const rooms = classroomsOf(lesson);
        for (const [site, tile] of this.#tiles) {
            if (rooms.every((room) => room.site !== site)) {
                tile.element.remove();
                this.#tiles.delete(site);
            }
        }
        rooms.forEach((room, i) => {
            const tile = this.#tiles.get(room.site) ?? this.#add(room.site, `tile-${i}`);
            tile.update(room, lesson, {
                flows: flows(tile.slot), open, canAsk, spoken_s: spoken(room.site),
            });
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
        tile.mute.addEventListener('click', () => this.dispatchEvent(
            new CustomEvent('mute', { detail: { site, muted: !tile.muted } })));
        this.#box.append(element);
        this.#tiles.set(site, tile);
        if (this.#tracks.has(slot))
            tile.screen.show(this.#tracks.get(slot));
        return tile;
    }
}

class Tile {
    hasFloor = false;
    muted = false;

    #reaction_timer = 0;

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
        this.spoken = part('spoken');
        this.line = part('line');
        this.absence = part('absence');
        this.hand = part('hand');
        this.help = part('help');
        this.mute = part('mute');
        this.reaction = part('reaction');
    }

    react(what) {
        if (!Object.hasOwn(REACTION_KEYS, what))
            return;
        this.reaction.replaceChildren(element('span', `bubble ${what}`, icon(what)));
        this.reaction.setAttribute('aria-label', t(REACTION_KEYS[what]));
        this.reaction.hidden = false;
        clearTimeout(this.#reaction_timer);
        this.#reaction_timer = setTimeout(() => { this.reaction.hidden = true; }, REACTION_MS);
    }

    update(room, lesson, { flows, open, canAsk, spoken_s }) {
        this.hasFloor = lesson.floor === room.site;
        this.name.textContent = room.name;
        this.school.textContent = room.school === room.name ? '' : room.school ?? '';
        this.element.classList.toggle('floor', this.hasFloor);
        this.element.classList.toggle('still', !flows);
        this.absence.textContent = t(absenceKey(room));
        this.state.textContent = t(this.#stateKey(room, flows));
        this.state.dataset.present = String(Boolean(room.present));
        /* of a picture that has stopped, what was last known of its line is no news */
        const heard = room.present && (flows || room.publishing === false);
        showLine(this.line, heard ? lineOf(lesson, room.site) : null);

        const action = this.hasFloor ? 'site.take' : 'site.give';
        this.label.textContent = t(action);
        this.button.setAttribute('aria-label',
            t(this.hasFloor ? 'site.take-label' : 'site.give-label', { name: room.name }));
        this.button.dataset.on = String(this.hasFloor);
        this.button.disabled = !canAsk || !(room.present || this.hasFloor);
        this.#updateRoom(room, lesson.room, spoken_s);
        this.mute.disabled = !open;
    }

    #updateRoom({ site, name }, { hands, muted, help }, spoken_s) {
        const hand = handOf({ hands }, site);
        if (this.hand.dataset.hand !== String(hand)) {
            this.hand.dataset.hand = hand;
            this.hand.replaceChildren(...(hand ? [icon('hand'), String(hand)] : []));
        }
        if (hand)
            this.hand.title = t('room.hand-place', { n: hand });
        this.help.textContent = help.includes(site) ? t('room.help') : '';
        this.spoken.textContent = spoken_s > 0
            ? t('room.spoken', { time: minutesOf(spoken_s) }) : '';
        this.muted = muted.includes(site);
        drawMute(this.mute, this.muted, name);
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

/* '1:20' */
export function minutesOf(seconds) {
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/* The button that asks the class @name for silence, or lets it speak again. */
export function drawMute(button, muted, name) {
    label(button, t(muted ? 'room.unmute-label' : 'room.mute-label', { name }));
    setIcon(button.querySelector('svg'), muted ? 'mic-off' : 'mic');
    button.dataset.on = String(muted);
}

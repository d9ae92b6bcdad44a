/* SPDX-License-Identifier: Apache-2.0 */
/* hands.js: the teacher's list of classes: who is here, whose hand is up and since when, how
 * long each has spoken, and the buttons that give the floor and ask for silence. */

import { element, icon, iconButton, label, Rows } from './element.js';
import { t } from './i18n.js';
import { classroomsOf, lineOf } from './lesson.js';
import { handOf } from './room.js';
import { drawMute, minutesOf, showLine } from './tiles.js';

/* 'floor': a row's button was pressed; detail is the site, or null to take back. */
export class Hands extends EventTarget {
    #ask;
    #rows;
    #lower;
    #mute;
    #all_muted = false;

    /* @ask(what, ...) is a method of events.js. */
    constructor({ list, lower, mute }, ask) {
        super();
        this.#ask = ask;
        this.#lower = lower;
        this.#mute = mute;
        this.#rows = new Rows(list, (site) => this.#add(site));
        lower.addEventListener('click', () => ask('lowerHand', null));
        mute.addEventListener('click', () => ask('mute', null, !this.#all_muted));
    }

    /* @open: can anything be asked; @canAsk: may the floor be given now; @spoken(site): in
     * seconds. */
    update(lesson, { open, canAsk, spoken }) {
        const { room } = lesson;
        const classes = classroomsOf(lesson);
        const place = (site) => handOf(room, site) || Infinity;
        const sites = classes.map(({ site }) => site)
            .sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
        this.#rows.update(sites, (row, site) => row.update(
            classes.find((one) => one.site === site), lesson,
            { open, canAsk, spoken_s: spoken(site) }));
        this.#all_muted = sites.length > 0 && sites.every((site) => room.muted.includes(site));
        this.#lower.disabled = !open || room.hands.length === 0;
        this.#mute.disabled = !open || sites.length === 0;
        this.#mute.dataset.on = String(this.#all_muted);
        this.#mute.textContent = t(this.#all_muted ? 'room.unmute-all' : 'room.mute-all');
    }

    #add(site) {
        return new Row({
            floor: (row) => this.dispatchEvent(
                new CustomEvent('floor', { detail: row.hasFloor ? null : site })),
            mute: (row) => this.#ask('mute', site, !row.muted),
        });
    }
}

class Row {
    hasFloor = false;
    muted = false;

    constructor({ floor, mute }) {
        this.hand = element('span', 'hand-number');
        this.name = element('span', 'name');
        this.help = element('span', 'wants-help');
        this.state = element('span', 'state');
        this.spoken = element('span', 'spoken');
        this.line = element('span', 'line');
        this.mute = iconButton('mic', () => mute(this));
        this.floor = iconButton('speak', () => floor(this));
        this.element = element('li', 'class-row', this.hand,
            element('div', 'who', this.name,
                element('p', 'facts', this.help, this.state, this.spoken, this.line)),
            this.mute, this.floor);
    }

    update(site, { floor, room, ...lesson }, { open, canAsk, spoken_s }) {
        const hand = handOf(room, site.site);
        this.hasFloor = floor === site.site;
        this.muted = room.muted.includes(site.site);
        this.element.classList.toggle('floor', this.hasFloor);
        this.element.classList.toggle('raised', hand > 0);
        this.#drawHand(hand);
        this.name.textContent = site.name;
        this.help.textContent = room.help.includes(site.site) ? t('room.help') : '';
        this.state.textContent = site.present ? '' : t('site.absent');
        this.spoken.textContent = spoken_s > 0
            ? t('room.spoken', { time: minutesOf(spoken_s) }) : '';
        showLine(this.line, site.present ? lineOf(lesson, site.site) : null);
        drawFloorButton(this.floor, this.hasFloor, site.name);
        this.floor.disabled = !canAsk || !(site.present || this.hasFloor);
        drawMute(this.mute, this.muted, site.name);
        this.mute.disabled = !open;
    }

    #drawHand(hand) {
        if (this.hand.dataset.hand === String(hand))
            return;
        this.hand.dataset.hand = hand;
        this.hand.replaceChildren(...(hand ? [icon('hand'), String(hand)] : []));
        if (hand)
            this.hand.title = t('room.hand-place', { n: hand });
    }
}

function drawFloorButton(button, on, name) {
    label(button, t(on ? 'site.take-label' : 'site.give-label', { name }));
    button.dataset.on = String(on);
}

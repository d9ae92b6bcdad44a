/* SPDX-License-Identifier: Apache-2.0 */
/* setup.js: the look before the lesson: devices, level, preview, and what is amiss. */

import { Checkup } from './checkup.js';
import { onLanguageChange, t } from './i18n.js';
import { parseFragment } from './link.js';
import { Meter } from './meter.js';
import { Screen } from './screen.js';

const find = (id) => document.getElementById(id);

/* 'start': the person wants to begin. */
export class Setup extends EventTarget {
    #capture;
    #screen = new Screen(find('setup-preview'));
    #meter = new Meter(find('setup-level'));
    #asking = true;

    constructor(capture) {
        super();
        this.#capture = capture;
        capture.addEventListener('change', () => this.#show());
        capture.addEventListener('devices', () => this.#listDevices());
        onLanguageChange(() => { this.#show(); this.#listDevices(); });
        for (const which of ['camera', 'microphone'])
            find(`setup-${which}`).addEventListener('change',
                ({ target }) => capture.choose(which, target.value));
        const checkup = new Checkup(capture, parseFragment(location.hash));
        find('setup-music').addEventListener('change',
            ({ target }) => capture.setMusic(target.checked));
        find('setup-again').addEventListener('click', () => this.open());
        find('setup-start').addEventListener('click', () => {
            checkup.stop();
            this.dispatchEvent(new Event('start'));
        });
    }

    async open() {
        this.#asking = true;
        this.#show();
        await this.#capture.open();
        this.#asking = false;
        this.#show();
        if (!find('setup-start').disabled)
            find('setup-start').focus();
    }

    #show() {
        const { camera, microphone } = this.#capture;
        if (camera)
            this.#screen.show(camera);
        else
            this.#screen.clear();
        this.#meter.follow(microphone);
        find('setup-music').checked = this.#capture.music;
        find('setup-start').disabled = !microphone && !camera;
        find('setup-again').hidden = this.#asking || Boolean(camera && microphone);
        find('setup-sentence').textContent = t(this.#sentence());
        find('setup-sentence').classList.toggle('good', Boolean(camera && microphone));
        find('setup-sentence').classList.toggle('bad', !this.#asking && !(camera && microphone));
    }

    #sentence() {
        const { camera, microphone, fault } = this.#capture;
        if (camera && microphone)
            return 'setup.ready';
        if (this.#asking)
            return 'setup.asking';
        if (microphone)
            return 'setup.voice-only';
        if (camera)
            return 'setup.picture-only';
        switch (fault) {
        case 'insecure':
            return 'setup.insecure';
        case 'denied':
            return 'setup.denied';
        case 'busy':
            return 'setup.busy';
        default:
            return 'setup.nothing';
        }
    }

    async #listDevices() {
        for (const which of ['camera', 'microphone']) {
            const devices = await this.#capture.list(which);
            const used = this.#capture[which]?.getSettings().deviceId;
            const options = devices.map(({ id, label }, i) =>
                new Option(label || t('setup.unnamed', { n: i + 1 }), id, false, id === used));
            if (options.length === 0)
                options.push(new Option(t('setup.none'), ''));
            find(`setup-${which}`).replaceChildren(...options);
            find(`setup-${which}`).disabled = devices.length === 0;
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* checkup.js: one press looks at all that a lesson needs: picture, voice, loudspeaker, line
 * and path, each a row that turns into a verdict. It holds up nothing: a lesson may begin
 * meanwhile, and ends it. */

import { setIcon } from './element.js';
import { onLanguageChange, t } from './i18n.js';
import { judgeLine, measureLine, needOf } from './line-check.js';
import { checkPath } from './path-check.js';
import { checkPicture } from './picture-check.js';
import { SoundCheck } from './sound-check.js';

const ICONS = {
    idle: 'dot', busy: 'wait', good: 'check', weak: 'help', bad: 'close', none: 'help',
};

/* Row → verdict → its sentence. 'none': could not be told. */
const SENTENCES = {
    picture: {
        idle: 'check.idle', busy: 'check.picture-busy', good: 'check.picture-good',
        bad: 'check.picture-bad', none: 'check.picture-none',
    },
    voice: {
        idle: 'check.idle', busy: 'check.voice-busy', good: 'check.voice-good',
        weak: 'check.voice-weak', bad: 'check.voice-bad', none: 'check.voice-none',
    },
    echo: {
        idle: 'check.idle', busy: 'check.echo-busy', good: 'check.echo-good',
        weak: 'check.echo-weak', bad: 'check.echo-bad', none: 'check.voice-none',
    },
    line: {
        idle: 'check.idle', busy: 'check.line-busy', good: 'check.line-good',
        weak: 'check.line-weak', bad: 'check.line-bad', none: 'check.line-none',
    },
    path: {
        idle: 'check.idle', busy: 'check.path-busy', good: 'check.path-good',
        bad: 'check.path-bad', none: 'check.path-none', closed: 'check.path-closed',
    },
};

const find = (id) => document.getElementById(id);

export class Checkup {
    #capture;
    #link;
    #rows = new Map(Object.keys(SENTENCES).map((name) => [name, { verdict: 'idle', values: {} }]));
    #running = false;

    /* @link: { lesson, token }. */
    constructor(capture, link) {
        this.#capture = capture;
        this.#link = link;
        find('check').addEventListener('click', () => this.run());
        onLanguageChange(() => this.#draw());
        this.#draw();
    }

    /* The sound's two follow each other: a chime must not be taken for a voice. The line's
     * two as well: they would share what they measure. */
    async run() {
        if (this.#running)
            return;
        this.#running = true;
        for (const name of this.#rows.keys())
            this.#set(name, 'busy');
        await Promise.all([this.#runPicture(), this.#runSound(), this.#runLine()]);
        this.#running = false;
        this.#draw();
    }

    async #runPicture() {
        const { camera } = this.#capture;
        this.#set('picture', camera ? await checkPicture(camera) : 'none');
    }

    async #runSound() {
        const { microphone } = this.#capture;
        if (!microphone) {
            this.#set('voice', 'none');
            this.#set('echo', 'none');
            return;
        }
        const sound = new SoundCheck(microphone);
        this.#set('voice', await sound.checkVoice());
        this.#set('echo', await sound.checkEcho());
        await sound.close();
    }

    async #runLine() {
        try {
            const figures = await measureLine(this.#link.token);
            this.#set('line', judgeLine(figures, needOf(1)), {
                up: megabits(figures.up_bps), down: megabits(figures.down_bps),
                ms: Math.round(figures.round_ms),
            });
        } catch {
            this.#set('line', 'none');
        }
        const { verdict, address, port } = await checkPath(this.#link);
        this.#set('path', verdict, { address, port });
    }

    #set(name, verdict, values = {}) {
        this.#rows.set(name, { verdict, values });
        this.#draw();
    }

    #draw() {
        find('check').disabled = this.#running;
        find('check-word').textContent = t(this.#running ? 'check.running' : 'check.run');
        for (const [name, { verdict, values }] of this.#rows) {
            const row = find(`check-${name}`);
            const text = t(SENTENCES[name][verdict], values);
            row.dataset.verdict = verdict;
            setIcon(row.querySelector('svg'), ICONS[verdict] ?? ICONS.none);
            if (row.lastElementChild.textContent !== text)
                row.lastElementChild.textContent = text;
        }
    }
}

/* To one place, and never more than a school's line could be. */
function megabits(bps) {
    return Math.min(bps / 1_000_000, 100).toFixed(1);
}

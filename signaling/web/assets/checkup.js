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
    #stopped = false;
    #sound = null; /* SoundCheck */

    /* @link: { lesson, token }. */
    constructor(capture, link) {
        this.#capture = capture;
        this.#link = link;
        find('check').addEventListener('click', () => this.run());
        onLanguageChange(() => this.#draw());
        this.#draw();
    }

    /* The sound's two follow each other: a chime must not be taken for a voice. The line's
     * two as well: they would share what they measure. And a chime that goes by the line waits
     * for both. */
    async run() {
        if (this.#running)
            return;
        this.#running = true;
        for (const name of this.#rows.keys())
            this.#set(name, 'busy');
        const { microphone } = this.#capture;
        this.#sound = microphone ? new SoundCheck(microphone) : null;
        await Promise.all([this.#runPicture(), this.#runVoice(), this.#runLine()]);
        await this.#runEcho();
        await this.#sound?.close();
        this.#sound = null;
        this.#running = false;
        this.#draw();
    }

    /* The lesson begins: no chime may ring in it. */
    stop() {
        this.#stopped = true;
        this.#sound?.silence();
    }

    async #runPicture() {
        const { camera } = this.#capture;
        this.#set('picture', camera ? await checkPicture(camera) : 'none');
    }

    async #runVoice() {
        this.#set('voice', await this.#sound?.checkVoice() ?? 'none');
    }

    async #runEcho() {
        if (!this.#sound || this.#stopped) {
            this.#set('echo', 'none');
            return;
        }
        const { verdict, far } = await this.#sound.checkEcho(this.#link.token);
        find('check-echo').dataset.way = far ? 'relay' : 'room';
        this.#set('echo', verdict);
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

/* SPDX-License-Identifier: Apache-2.0 */
/* sound-check.js: does the microphone hear a person, and does the far end hear itself after
 * the browser has taken the echo out? A far end of our own says a chime, through the relay;
 * where there is none to be had, the chime is played here and listened for here. */

import { FarEnd } from './far-end.js';

const PERIOD_MS = 50;
const LISTEN_MS = 4000;      /* at most, until somebody speaks */
const SPEECH_DB = -45;       /* as loud as one who speaks at an arm's length, at least */
const SPEECH_ABOVE_DB = 8;   /* over the quietest moment: a fan hums and does not speak */
const SPEECH_PERIODS = 5;    /* a knock on the table is shorter */

const CHIME_HZ = [659, 880, 1319];
const NOTE_S = 0.45;
const NOTE_PERIODS = 14;     /* a note, and what the way to the microphone takes */
const FAR_PERIODS = 30;      /* and by way of the relay and back */
const NOTE_HEARD = 4;        /* of them: a voice does not hold a note so long */
const CHIME_GAIN = 0.3;
const BESIDE_BINS = [6, 14]; /* so far off is not the note any more */
const ECHO_WEAK_DB = 12;     /* a note over what is beside it: heard by the class as a shadow */
const ECHO_BAD_DB = 24;      /* and as a second voice */

/* @levels_db: of each period in turn. 'good': somebody spoke; 'weak': something was heard;
 * 'bad': silence. */
export function judgeVoice(levels_db) {
    const floor_db = Math.min(...levels_db);
    const loud = levels_db.filter((level_db) => level_db > SPEECH_DB);
    const spoken = loud.filter((level_db) => level_db > floor_db + SPEECH_ABOVE_DB);
    if (spoken.length >= SPEECH_PERIODS)
        return 'good';
    return loud.length > 0 ? 'weak' : 'bad';
}

/* @notes_db: for each note in turn, how far it stood over the sound beside it, period by
 * period. All of them must be held: somebody who talks meanwhile is no echo. */
export function judgeEcho(notes_db) {
    const above_db = Math.min(...notes_db.map((levels_db) =>
        levels_db.toSorted((a, b) => b - a)[NOTE_HEARD - 1]));
    if (above_db >= ECHO_BAD_DB)
        return 'bad';
    return above_db >= ECHO_WEAK_DB ? 'weak' : 'good';
}

/* One microphone under examination. */
export class SoundCheck {
    #context = new AudioContext();
    #analyser = this.#context.createAnalyser();
    #microphone;
    #source;
    #outlet = this.#context.destination; /* where a chime is played */
    #periods = NOTE_PERIODS;
    #far = new FarEnd();

    constructor(track) {
        this.#microphone = track;
        this.#analyser.fftSize = 4096;
        this.#analyser.smoothingTimeConstant = 0;
        this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
        this.#source.connect(this.#analyser);
    }

    /* Ends with the first words, else after a while. */
    async checkVoice() {
        await this.#context.resume();
        const levels_db = [];
        while (levels_db.length * PERIOD_MS < LISTEN_MS) {
            await pause(PERIOD_MS);
            levels_db.push(this.#level());
            if (judgeVoice(levels_db) === 'good')
                break;
        }
        return judgeVoice(levels_db);
    }

    /* { verdict, far }: whether it was heard at the far end. */
    async checkEcho(token) {
        await this.#context.resume();
        const far = await this.#goFar(token);
        return { verdict: judgeEcho(await this.#hearChime()), far };
    }

    /* Nothing is played any more; what is under way ends as if nothing had been heard. */
    silence() {
        this.#far.close();
        this.#outlet = this.#context.createGain(); /* leads nowhere */
    }

    close() {
        this.#far.close();
        this.#source.disconnect();
        return this.#context.close();
    }

    /* From here on chimes are said by the far end, and it is the one who listens. */
    async #goFar(token) {
        const said = this.#context.createMediaStreamDestination();
        const silence = this.#context.createConstantSource();
        silence.offset.value = 0;
        silence.connect(said); /* without a source it would send nothing at all */
        silence.start();
        const returned = await this.#far.open(token, said.stream.getAudioTracks()[0],
            this.#microphone);
        if (!returned)
            return false;
        this.#source.disconnect();
        this.#source = this.#context.createMediaStreamSource(new MediaStream([returned]));
        this.#source.connect(this.#analyser);
        this.#outlet = said;
        this.#periods = FAR_PERIODS;
        return true;
    }

    async #hearChime() {
        const notes_db = [];
        for (const hz of CHIME_HZ) {
            this.#play(hz);
            notes_db.push(await this.#listenFor(hz));
        }
        return notes_db;
    }

    #level() {
        const samples = new Float32Array(this.#analyser.fftSize);
        this.#analyser.getFloatTimeDomainData(samples);
        const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
        return 10 * Math.log10(power + 1e-10);
    }

    async #listenFor(hz) {
        const bins = new Float32Array(this.#analyser.frequencyBinCount);
        const at = Math.round(hz * this.#analyser.fftSize / this.#context.sampleRate);
        const levels_db = [];
        for (let i = 0; i < this.#periods; i++) {
            await pause(PERIOD_MS);
            this.#analyser.getFloatFrequencyData(bins);
            const level = (bin) => Math.max(bins[bin], -120); /* silence is -Infinity */
            const beside = BESIDE_BINS.flatMap((off) => [level(at - off), level(at + off)]);
            levels_db.push(level(at) - Math.max(...beside));
        }
        return levels_db;
    }

    #play(hz) {
        const from_s = this.#context.currentTime;
        const note = this.#context.createOscillator();
        const gain = this.#context.createGain();
        note.frequency.value = hz;
        gain.gain.setValueAtTime(CHIME_GAIN, from_s);
        gain.gain.exponentialRampToValueAtTime(0.02, from_s + NOTE_S);
        note.connect(gain).connect(this.#outlet);
        note.start(from_s);
        note.stop(from_s + NOTE_S);
    }
}

function pause(ms) {
    return new Promise((resolve) => { setTimeout(resolve, ms); });
}

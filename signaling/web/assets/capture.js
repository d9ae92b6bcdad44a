/* SPDX-License-Identifier: Apache-2.0 */
/* capture.js: the camera and the microphone of this computer. One missing does not take the
 * other with it; a device that is pulled out and put back is opened again. */

import { parseFragment } from './link.js';

const CHOICE_KEY = 'synclass.devices';
const MUSIC_KEY = 'synclass.music'; /* of this page, until it is closed */

const WANTED = {
    camera: (picture) => ({ ...picture, frameRate: { ideal: 25 } }),
    microphone: (_picture, music) => ({
        echoCancellation: !music, noiseSuppression: !music, autoGainControl: !music,
        channelCount: { ideal: music ? 2 : 1 },
    }),
};

const MEDIA = { camera: 'video', microphone: 'audio' };
const INPUT = { camera: 'videoinput', microphone: 'audioinput' };

/* 'change': a track came or went. 'devices': the list changed. */
export class Capture extends EventTarget {
    camera = null;     /* MediaStreamTrack */
    microphone = null; /* MediaStreamTrack */
    fault = null;      /* 'insecure', 'denied', 'busy', 'nothing', or null: what stood in the way */

    #picture;
    #choice = recallChoice();
    #music = recallMusic();
    #closed = false;
    #turn = Promise.resolve();

    /* @picture: width and height that are asked of the camera, as constraints. */
    constructor(picture) {
        super();
        this.#picture = picture;
        navigator.mediaDevices?.addEventListener('devicechange', () => this.#onDevices());
    }

    /* Opens what there is. Never throws: see fault, camera and microphone. */
    async open() {
        this.#closed = false;
        this.fault = null;
        if (!navigator.mediaDevices) {
            this.fault = 'insecure';
        } else if (!await this.#openTogether()) {
            await this.#openOne('camera');
            await this.#openOne('microphone');
        }
        this.dispatchEvent(new Event('change'));
        this.dispatchEvent(new Event('devices'));
    }

    /* Uses the device @id for @which ('camera', 'microphone') from now on. */
    choose(which, id) {
        this.#choice[which] = id;
        rememberChoice(this.#choice);
        return this.#inTurn(() => this.#openAnew(which));
    }

    /* Does the microphone give an instrument as it sounds, echoes and all? */
    get music() {
        return this.#music;
    }

    /* A browser changes this for a microphone that is opened anew, not for an open one. */
    setMusic(music) {
        this.#music = music;
        rememberMusic(music);
        return this.#inTurn(() => this.microphone && this.#openAnew('microphone'));
    }

    /* The devices to choose from: [{ id, label }]. */
    async list(which) {
        const devices = await navigator.mediaDevices?.enumerateDevices() ?? [];
        return devices
            .filter(({ kind, deviceId }) => kind === INPUT[which] && deviceId !== '')
            .map(({ deviceId, label }) => ({ id: deviceId, label }));
    }

    close() {
        this.#closed = true;
        this.#drop('camera');
        this.#drop('microphone');
        this.dispatchEvent(new Event('change'));
    }

    /* One question for both, so that the person is asked once. */
    async #openTogether() {
        try {
            const stream = await this.#ask(['camera', 'microphone']);
            this.#take('camera', stream.getVideoTracks()[0]);
            this.#take('microphone', stream.getAudioTracks()[0]);
            return true;
        } catch (error) {
            this.fault = faultOf(error);
            return this.fault === 'denied'; /* asking again one by one would only pester */
        }
    }

    /* One after the other, so that what was wished last is what stands. */
    #inTurn(action) {
        this.#turn = this.#turn.then(action);
        return this.#turn;
    }

    async #openAnew(which) {
        this.#drop(which);
        await this.#openOne(which);
        this.dispatchEvent(new Event('change'));
    }

    async #openOne(which) {
        try {
            const stream = await this.#ask([which]);
            this.#take(which, stream.getTracks()[0]);
            this.fault = null;
        } catch (error) {
            this.fault = faultOf(error);
        }
    }

    /* A device that was chosen and is gone is no reason to have none; but while it is there
     * it is the one: what is only an ideal, Chromium gives up for another number of channels. */
    async #ask(names) {
        try {
            return await this.#open(names, this.#choice);
        } catch (error) {
            if (error.name !== 'OverconstrainedError')
                throw error;
            return this.#open(names, {});
        }
    }

    #open(names, choice) {
        const wanted = names.map((which) => [MEDIA[which], {
            ...WANTED[which](this.#picture, this.#music),
            ...(choice[which] && { deviceId: { exact: choice[which] } }),
        }]);
        return navigator.mediaDevices.getUserMedia(Object.fromEntries(wanted));
    }

    #take(which, track) {
        if (this.#closed) {
            track.stop();
            return;
        }
        this.#drop(which);
        this[which] = track;
        if (which === 'microphone')
            track.contentHint = this.#music ? 'music' : 'speech';
        track.addEventListener('ended', () => {
            if (this[which] !== track)
                return;
            this[which] = null;
            this.dispatchEvent(new Event('change'));
        });
    }

    #drop(which) {
        this[which]?.stop();
        this[which] = null;
    }

    async #onDevices() {
        for (const which of ['camera', 'microphone']) {
            if (!this.#closed && !this[which] && (await this.list(which)).length > 0)
                await this.#openOne(which);
        }
        this.dispatchEvent(new Event('change'));
        this.dispatchEvent(new Event('devices'));
    }
}

function faultOf(error) {
    switch (error.name) {
    case 'NotAllowedError':
    case 'SecurityError':
        return 'denied';
    case 'NotReadableError':
    case 'AbortError':
        return 'busy';
    default:
        return 'nothing';
    }
}

function recallChoice() {
    try {
        return JSON.parse(localStorage.getItem(CHOICE_KEY)) ?? {};
    } catch {
        return {};
    }
}

function rememberChoice(choice) {
    try {
        localStorage.setItem(CHOICE_KEY, JSON.stringify(choice));
    } catch {
        /* forbidden storage: the choice lasts for this page */
    }
}

function recallMusic() {
    try {
        return sessionStorage.getItem(MUSIC_KEY) === lessonOfPage();
    } catch {
        return false;
    }
}

function lessonOfPage() {
    return parseFragment(location.hash)?.lesson ?? '';
}

/* With its lesson: the next lesson in this tab begins with a voice again. */
function rememberMusic(music) {
    try {
        if (music)
            sessionStorage.setItem(MUSIC_KEY, lessonOfPage());
        else
            sessionStorage.removeItem(MUSIC_KEY);
    } catch {
        /* forbidden storage: see rememberChoice() */
    }
}

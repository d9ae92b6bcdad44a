/* SPDX-License-Identifier: Apache-2.0 */
/* teacher.js: the teacher's page: a look at camera and microphone, then the lesson. */

import { Capture } from './capture.js';
import { describeProblem, onLanguageChange, t } from './i18n.js';
import { classroomsOf, teacherSentence } from './lesson.js';
import { parseFragment } from './link.js';
import { Meter } from './meter.js';
import { Roster } from './roster.js';
import { Screen } from './screen.js';
import { Session } from './session.js';
import { Setup } from './setup.js';
import { teacherSees, teacherSends } from './slots.js';
import { Tiles } from './tiles.js';
import { drawToggle, showLessonTitle, showSentence, showTrouble, showView, startTop } from './top.js';
import { Voices } from './voices.js';
import { Watcher } from './whep.js';
import { Publisher } from './whip.js';

const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 } };
const SLIDES = { frameRate: { ideal: 15, max: 15 } };
const SAID_MS = 6000; /* how long a passing remark stays */

const find = (id) => document.getElementById(id);

class TeacherPage {
    #link;
    #session;
    #capture = new Capture(PICTURE);
    #setup = new Setup(this.#capture);
    #voices = new Voices();
    #tiles = new Tiles(find('tiles'), find('tile-template'));
    #roster = new Roster(find('here'));
    #own = new Screen(find('own-picture'));
    #slides_screen = new Screen(find('slides-picture'));
    #meter = new Meter(find('own-level'));
    #slides = null;     /* MediaStreamTrack of the shared screen */
    #muted = false;
    #camera_off = false;
    #n_watched = 0;     /* classes that the watcher has tiles for */
    #started_ms = 0;    /* 0 while no lesson runs */
    #floor_request = 0; /* id of the one the server has not answered, or 0 */
    #said_timer = 0;

    constructor(link) {
        this.#link = link;
        this.#session = new Session({ ...link, roles: ['teacher'], sends: teacherSends });
        this.#session.addEventListener('change', () => this.#draw());
        this.#session.addEventListener('message', ({ detail }) => this.#onMessage(detail));
        this.#session.addEventListener('refused', () => this.#onRefused());
        this.#setup.addEventListener('start', () => this.#startLesson());
        this.#capture.addEventListener('change', () => this.#onCapture());
        this.#tiles.addEventListener('floor', ({ detail }) => this.#askFloor(detail));
        onLanguageChange(() => this.#draw());
        this.#bindBar();
        window.addEventListener('pagehide', () => this.#leave());
        document.addEventListener('pointerdown', () => this.#voices.unlock());
    }

    start() {
        showView('setup');
        this.#session.start();
        this.#draw();
        this.#setup.open();
    }

    #bindBar() {
        find('mute').addEventListener('click', () => this.#setMuted(!this.#muted));
        find('camera').addEventListener('click', () => this.#setCameraOff(!this.#camera_off));
        find('share').addEventListener('click', () =>
            (this.#slides ? this.#stopSharing() : this.#share()));
        find('end').addEventListener('click', () => find('end-dialog').showModal());
        find('end-cancel').addEventListener('click', () => find('end-dialog').close());
        find('end-confirm').addEventListener('click', () => {
            find('end-dialog').close();
            this.#endLesson();
        });
        find('over-again').addEventListener('click', () => this.#resume());
    }

    /* --- the lesson --- */

    #startLesson() {
        const publisher = new Publisher({ ...this.#link, sections: teacherSends });
        this.#started_ms = Date.now();
        this.#session.publish(publisher);
        this.#sendTracks();
        this.#watchClasses();
        showView('lesson');
        this.#draw();
    }

    /* The number of tiles is known once the events have welcomed us; a class that was put
     * down for the lesson since makes it another one. */
    #watchClasses() {
        const n_rooms = classroomsOf(this.#session.lesson).length;
        if (!this.#started_ms || n_rooms === 0)
            return;
        if (this.#session.watcher && n_rooms === this.#n_watched)
            return;
        this.#session.watcher?.stop();
        this.#n_watched = n_rooms;
        const watcher = new Watcher({ ...this.#link, sections: teacherSees(n_rooms) });
        watcher.addEventListener('slot', ({ detail: { slot, kind, track } }) =>
            (kind === 'audio' ? this.#voices.play(slot, track) : this.#tiles.show(slot, track)));
        watcher.addEventListener('closing', () => this.#tiles.hold());
        this.#session.watch(watcher);
    }

    #endLesson() {
        this.#started_ms = 0;
        this.#stopSharing();
        this.#session.stopMedia();
        this.#capture.close();
        this.#voices.stop();
        this.#tiles.clear();
        showView('over');
        this.#draw();
    }

    #resume() {
        showView('setup');
        this.#setup.open();
    }

    #leave() {
        this.#session.stop();
        this.#capture.close();
        this.#slides?.stop();
    }

    #onRefused() {
        this.#leave();
        showTrouble(this.#session.problem);
    }

    #onMessage(message) {
        if (this.#session.problem)
            return;
        if (message.type === 'welcome') {
            showLessonTitle(this.#session.lesson);
            this.#watchClasses();
        }
        if (message.id !== undefined && message.id === this.#floor_request) {
            this.#floor_request = 0;
            if (message.type === 'error')
                this.#say(t('teacher.floor-refused',
                    { reason: describeProblem(message.problem) }));
        }
    }

    #askFloor(site) {
        this.#floor_request = this.#session.events.giveFloor(site);
        this.#draw();
    }

    /* --- own devices --- */

    #onCapture() {
        const { camera, microphone } = this.#capture;
        if (microphone)
            microphone.enabled = !this.#muted;
        if (camera)
            this.#own.show(camera);
        else
            this.#own.clear();
        this.#meter.follow(microphone);
        this.#sendTracks();
        this.#draw();
    }

    #sendTracks() {
        const { publisher } = this.#session;
        publisher?.setTrack('main-audio', this.#capture.microphone);
        publisher?.setTrack('main-video', this.#camera_off ? null : this.#capture.camera);
        publisher?.setTrack('slides-video', this.#slides);
    }

    #setMuted(muted) {
        this.#muted = muted;
        if (this.#capture.microphone)
            this.#capture.microphone.enabled = !muted;
        this.#draw();
    }

    #setCameraOff(off) {
        this.#camera_off = off;
        this.#sendTracks();
        this.#draw();
    }

    async #share() {
        try {
            const stream = await navigator.mediaDevices.getDisplayMedia(
                { video: SLIDES, audio: false });
            this.#takeSlides(stream.getVideoTracks()[0]);
        } catch {
            this.#say(t('teacher.share-denied'));
        }
    }

    #takeSlides(track) {
        track.contentHint = 'detail'; /* sharp letters before smooth motion */
        track.addEventListener('ended', () => this.#stopSharing());
        this.#slides = track;
        this.#slides_screen.show(track);
        this.#sendTracks();
        this.#draw();
    }

    #stopSharing() {
        this.#slides?.stop();
        this.#slides = null;
        this.#slides_screen.clear();
        this.#sendTracks();
        this.#draw();
    }

    /* --- what is seen --- */

    #say(text) {
        find('said').textContent = text;
        clearTimeout(this.#said_timer);
        this.#said_timer = setTimeout(() => { find('said').textContent = ''; }, SAID_MS);
    }

    #draw() {
        const { lesson, events, problem } = this.#session;
        if (problem)
            return;
        if (events.state !== 'open')
            this.#floor_request = 0; /* its answer is lost with the line */
        showSentence(this.#sentence());
        this.#drawElapsed();
        this.#drawBar();
        find('own-off').hidden = Boolean(this.#capture.camera) && !this.#camera_off;
        find('own-slides').hidden = !this.#slides;
        find('no-classes').hidden =
            events.state !== 'open' || classroomsOf(lesson).length > 0;
        this.#tiles.update(lesson, {
            flows: (slot) => this.#session.flows(slot),
            canAsk: events.state === 'open' && this.#floor_request === 0,
        });
        this.#roster.update(lesson);
    }

    #sentence() {
        const { lesson, publisher, watcher, events } = this.#session;
        if (!this.#started_ms)
            return { key: 'status.teacher.setup', tone: 'calm', values: {} };
        return teacherSentence(lesson, {
            publish: publisher?.state,
            watch: watcher?.state,
            events: events.state,
            problem: publisher?.problem?.name ?? null,
            noPath: publisher?.noPath ?? false,
            muted: this.#muted,
            microphone: Boolean(this.#capture.microphone),
        });
    }

    #drawElapsed() {
        const passed_s = Math.floor((Date.now() - this.#started_ms) / 1000);
        const two = (n) => String(n).padStart(2, '0');
        const time = `${two(Math.floor(passed_s / 60))}:${two(passed_s % 60)}`;
        find('elapsed').textContent = this.#started_ms ? t('teacher.elapsed', { time }) : '';
    }

    #drawBar() {
        drawToggle('mute', this.#muted, 'bar.unmute', 'bar.mute', 'mic-off', 'mic');
        drawToggle('camera', this.#camera_off, 'bar.camera-on', 'bar.camera-off',
            'camera-off', 'camera');
        drawToggle('share', Boolean(this.#slides), 'bar.share-stop', 'bar.share',
            'screen', 'screen');
    }
}

startTop('teacher.title');
const link = parseFragment(location.hash);
if (link)
    new TeacherPage(link).start();
else
    showTrouble(null);
window.addEventListener('hashchange', () => location.reload());
window.addEventListener('pageshow', ({ persisted }) => { if (persisted) location.reload(); });

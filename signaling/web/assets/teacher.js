/* SPDX-License-Identifier: Apache-2.0 */
/* teacher.js: the teacher's page: a look at camera and microphone, then the lesson. */

import { Capture } from './capture.js';
import { Desk } from './desk.js';
import { clockTime, isOn, isOver, minutesLeft, minutesToBell } from './hours.js';
import { currentLanguage, describeProblem, onLanguageChange, t } from './i18n.js';
import { classroomsOf, lineOf, teacherSentence } from './lesson.js';
import { parseFragment } from './link.js';
import { Meter } from './meter.js';
import { Screen } from './screen.js';
import { Session } from './session.js';
import { Setup } from './setup.js';
import { teacherSees, teacherSends } from './slots.js';
import { showLine, Tiles } from './tiles.js';
import { drawClock, drawToggle, keepTime, showLessonTitle, showSentence, showTrouble, showView, startTop } from './top.js';
import { Voices } from './voices.js';
import { Watcher } from './whep.js';
import { Publisher } from './whip.js';

const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 } };
const SLIDES = { frameRate: { ideal: 15, max: 15 } };
const SAID_MS = 6000; /* how long a passing remark stays */
const EXTEND_MIN = 5;

const find = (id) => document.getElementById(id);

class TeacherPage {
    #link;
    #session;
    #capture = new Capture(PICTURE);
    #setup = new Setup(this.#capture);
    #voices = new Voices();
    #tiles = new Tiles(find('tiles'), find('tile-template'));
    #desk;
    #own = new Screen(find('own-picture'));
    #slides_screen = new Screen(find('slides-picture'));
    #meter = new Meter(find('own-level'));
    #slides = null;     /* MediaStreamTrack of the shared screen */
    #muted = false;
    #camera_off = false;
    #n_watched = 0;     /* classes that the watcher has tiles for */
    #teaching = false;
    #floor_request = 0; /* id of the one the server has not answered, or 0 */
    #bell_request = 0;  /* likewise: to run over, or to end */
    #said = null;       /* () => what is said just now */
    #said_timer = 0;

    constructor(link) {
        this.#link = link;
        this.#session = new Session({ ...link, roles: ['teacher'], sends: teacherSends });
        this.#session.addEventListener('change', () => this.#draw());
        this.#session.addEventListener('message', ({ detail }) => this.#onMessage(detail));
        this.#session.addEventListener('refused', () => this.#onRefused());
        this.#session.addEventListener('over', () => this.#onOver());
        this.#desk = new Desk(this.#session, link);
        this.#desk.addEventListener('floor', ({ detail }) => this.#askFloor(detail));
        this.#desk.addEventListener('say', ({ detail: { words, tone } }) =>
            this.#say(words, tone));
        keepTime(() => this.#session.now());
        this.#setup.addEventListener('start', () => this.#startLesson());
        this.#capture.addEventListener('change', () => this.#onCapture());
        this.#tiles.addEventListener('floor', ({ detail }) => this.#askFloor(detail));
        this.#tiles.addEventListener('mute', ({ detail: { site, muted } }) =>
            this.#desk.ask('mute', site, muted));
        onLanguageChange(() => {
            find('said').textContent = this.#said?.() ?? '';
            this.#draw();
        });
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
        find('end').addEventListener('click', () => this.#askEnd());
        find('ending-end').addEventListener('click', () => this.#askEnd());
        find('extend').addEventListener('click', () => this.#extend());
        find('end-cancel').addEventListener('click', () => find('end-dialog').close());
        find('end-confirm').addEventListener('click', () => {
            find('end-dialog').close();
            this.#endLesson();
        });
    }

    /* --- the lesson --- */

    #startLesson() {
        const publisher = new Publisher({ ...this.#link, sections: teacherSends });
        this.#teaching = true;
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
        if (!this.#teaching || n_rooms === 0)
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

    /* Before the bell there is nothing to end: only we go. */
    #askEnd() {
        if (isOn(this.#session.lesson.phase)) {
            find('end-dialog').showModal();
            return;
        }
        this.#stopTeaching();
        showView('setup');
        this.#setup.open();
        this.#draw();
    }

    /* For all: the server says when it is done. */
    #endLesson() {
        if (this.#session.events.state === 'open')
            this.#bell_request = this.#session.events.endLesson();
        else
            this.#say(() => t('hours.offline'));
        this.#draw();
    }

    #extend() {
        this.#bell_request = this.#session.events.extend(EXTEND_MIN);
        this.#draw();
    }

    #stopTeaching() {
        this.#teaching = false;
        this.#stopSharing();
        this.#session.stopMedia();
        this.#capture.close();
        this.#voices.stop();
        this.#tiles.clear();
    }

    #onOver() {
        find('end-dialog').close();
        this.#stopTeaching();
        this.#session.stop();
        this.#desk.stop();
        showView('over');
        this.#draw();
    }

    #leave() {
        this.#session.stop();
        this.#desk.stop();
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
        this.#desk.take(message);
        if (message.type === 'react')
            this.#tiles.react(message.site, message.what);
        if (message.type === 'welcome') {
            showLessonTitle(this.#session.lesson);
            this.#watchClasses();
        }
        if (message.type === 'bell' && message.phase === 'extended')
            this.#say(() => t('hours.extended',
                { time: clockTime(message.ends_at, currentLanguage()) }), 'calm');
        if (message.id === undefined)
            return;
        const asked = message.id === this.#floor_request || message.id === this.#bell_request;
        if (message.id === this.#floor_request)
            this.#floor_request = 0;
        if (message.id === this.#bell_request)
            this.#bell_request = 0;
        if (asked && message.type === 'error')
            this.#say(() => t('teacher.refused',
                { reason: describeProblem(message.problem) }));
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
            this.#say(() => t('teacher.share-denied'));
        }
    }

    #takeSlides(track) {
        track.contentHint = 'detail'; /* sharp letters before smooth motion */
        track.addEventListener('ended', () => this.#stopSharing());
        this.#slides = track;
        this.#slides_screen.show(track);
        this.#desk.beginSharing();
        this.#sendTracks();
        this.#draw();
    }

    #stopSharing() {
        this.#slides?.stop();
        this.#slides = null;
        this.#slides_screen.clear();
        this.#desk.endSharing();
        this.#sendTracks();
        this.#draw();
    }

    /* --- what is seen --- */

    /* @words: () => what is said, asked again when another language is chosen. */
    #say(words, tone = 'alert') {
        this.#said = words;
        find('said').textContent = words();
        find('said').dataset.tone = tone;
        clearTimeout(this.#said_timer);
        this.#said_timer = setTimeout(() => {
            this.#said = null;
            find('said').textContent = '';
        }, SAID_MS);
    }

    #draw() {
        const { lesson, events, problem } = this.#session;
        if (problem)
            return;
        drawClock();
        if (isOver(lesson.phase)) {
            this.#drawOver();
            return;
        }
        if (events.state !== 'open')
            this.#floor_request = this.#bell_request = 0; /* answers are lost with the line */
        showSentence(this.#sentence());
        this.#drawHours();
        this.#drawBar();
        this.#drawOwn();
        this.#drawSlides(lesson.room.page);
        find('no-classes').hidden =
            events.state !== 'open' || classroomsOf(lesson).length > 0;
        const canAsk = events.state === 'open' && this.#floor_request === 0;
        this.#desk.update({ canAsk, sharing: Boolean(this.#slides) });
        this.#tiles.update(lesson, {
            flows: (slot) => this.#session.flows(slot),
            open: events.state === 'open',
            canAsk,
            spoken: (site) => this.#desk.spokenBy(site),
        });
        showLine(find('own-line'), lineOf(lesson, lesson.you?.site));
    }

    #sentence() {
        const { lesson, publisher, watcher, events } = this.#session;
        if (!this.#teaching)
            return { key: 'status.teacher.setup', tone: 'calm', values: {} };
        return teacherSentence(lesson, {
            publish: publisher?.state,
            watch: watcher?.state,
            events: events.state,
            problem: publisher?.problem?.name ?? null,
            noPath: publisher?.noPath ?? false,
            muted: this.#muted,
            microphone: Boolean(this.#capture.microphone),
            minutes: minutesToBell(lesson, this.#session.now()),
        });
    }

    #drawOwn() {
        const has_camera = Boolean(this.#capture.camera);
        find('own-off').hidden = has_camera && !this.#camera_off;
        setText('own-off', t(has_camera ? 'teacher.self-off' : 'teacher.no-camera'));
        find('camera').disabled = !has_camera;
    }

    #drawSlides(page) {
        const { classList } = find('lesson');
        const is_shown = Boolean(this.#slides || page);
        find('own-slides').hidden = !is_shown;
        classList.toggle('sharing', is_shown);
        classList.toggle('paged', Boolean(page));
    }

    #drawHours() {
        const { lesson, events } = this.#session;
        const left = minutesLeft(lesson, this.#session.now());
        const early = minutesToBell(lesson, this.#session.now());
        find('hours').textContent = left !== null ? t('hours.left', { n: left })
            : early > 0 ? t('hours.early', { n: early }) : '';
        find('ending').hidden = lesson.phase !== 'ending' || !this.#teaching;
        setText('ending-text', t('hours.ending', { n: left ?? 0 }));
        find('extend').disabled = events.state !== 'open' || this.#bell_request !== 0;
    }

    #drawOver() {
        const { phase } = this.#session.lesson;
        showSentence({ key: 'status.teacher.over', tone: 'calm', values: {} });
        find('hours').textContent = '';
        find('ending').hidden = true;
        find('over-heading').textContent =
            t(phase === 'cancelled' ? 'over.cancelled' : 'over.heading');
    }

    #drawBar() {
        drawToggle('mute', this.#muted, 'bar.unmute', 'bar.mute', 'mic-off', 'mic');
        drawToggle('camera', this.#camera_off && Boolean(this.#capture.camera), 'bar.camera-on', 'bar.camera-off',
            'camera-off', 'camera');
        drawToggle('share', Boolean(this.#slides), 'bar.share-stop', 'bar.share',
            'screen', 'screen');
        find('end').querySelector('span').textContent =
            t(isOn(this.#session.lesson.phase) ? 'bar.end' : 'bar.leave');
    }
}

/* Writes only what changed: a screen reader then says it once. */
function setText(id, text) {
    if (find(id).textContent !== text)
        find(id).textContent = text;
}

startTop('teacher.title');
const link = parseFragment(location.hash);
if (link)
    new TeacherPage(link).start();
else
    showTrouble(null);
window.addEventListener('hashchange', () => location.reload());
window.addEventListener('pageshow', ({ persisted }) => { if (persisted) location.reload(); });

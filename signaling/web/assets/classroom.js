/* SPDX-License-Identifier: Apache-2.0 */
/* classroom.js: the classroom's page. Joins by itself, shows the teacher, sends our class. */

import { Capture } from './capture.js';
import { ClassroomRoom } from './classroom-room.js';
import { clockTime, isOver, minutesToBell } from './hours.js';
import { currentLanguage, onLanguageChange, t } from './i18n.js';
import { classroomSentence, hasFloor, lineOf, siteName, teacherOf } from './lesson.js';
import { Kiosk } from './kiosk.js';
import { parseFragment } from './link.js';
import { Screen } from './screen.js';
import { Session } from './session.js';
import { classroomSees, classroomSends } from './slots.js';
import { showLine } from './tiles.js';
import { drawClock, drawToggle, keepTime, showLessonTitle, showSentence, showTrouble, showView, startTop } from './top.js';
import { Voices } from './voices.js';
import { Watcher } from './whep.js';
import { Publisher } from './whip.js';

const PICTURE = { width: { ideal: 640 }, height: { ideal: 360 } }; /* a village's upstream */
const TOOLS_AWAKE_MS = 4000;

const find = (id) => document.getElementById(id);

class ClassroomPage {
    #link;
    #session;
    #capture = new Capture(PICTURE);
    #voices = new Voices();
    #screens = {
        'main-video': new Screen(find('teacher')),
        'slides-video': new Screen(find('slides')),
        'guest-video': new Screen(find('guest-picture')),
    };
    #own = new Screen(find('self-picture'));
    #room;
    #muted = false;
    #camera_off = false;
    #opened = false;  /* has the browser answered about camera and microphone */
    #tools_timer = 0;

    #on_end; /* called when there is nothing to stay for, or null */

    constructor(link, on_end = null) {
        this.#link = link;
        this.#on_end = on_end;
        this.#session = new Session(
            { ...link, roles: ['classroom', 'observer'], sends: classroomSends });
        this.#room = new ClassroomRoom(this.#session, link, this.#voices, () => this.#draw());
        this.#session.addEventListener('change', () => this.#draw());
        this.#session.addEventListener('message', ({ detail }) => this.#onMessage(detail));
        this.#session.addEventListener('refused', () => this.#onRefused());
        this.#session.addEventListener('over', () => this.#onOver());
        keepTime(() => this.#session.now());
        this.#capture.addEventListener('change', () => this.#onCapture());
        this.#voices.addEventListener('blocked', () => this.#draw());
        onLanguageChange(() => this.#draw());
        window.addEventListener('pagehide', () => this.#leave());
        this.#bindTools();
    }

    async start() {
        showView('lesson');
        this.#session.start();
        this.#watch();
        this.#draw();
        await this.#capture.open();
        this.#opened = true;
        this.#draw();
    }

    #bindTools() {
        find('mute').addEventListener('click', () => this.#setMuted(!this.#muted));
        find('camera').addEventListener('click', () => this.#setCameraOff(!this.#camera_off));
        find('fullscreen').addEventListener('click', toggleFullscreen);
        find('sound').addEventListener('click', () => this.#voices.unlock());
        for (const type of ['pointermove', 'pointerdown'])
            document.addEventListener(type, () => this.#wakeTools());
        document.addEventListener('keydown', (event) => this.#onKey(event));
        document.addEventListener('pointerup', () => setTimeout(() =>
            document.activeElement?.blur()));
    }

    /* A remote control's middle button is Enter, wherever the focus stands; but a button
     * that was reached by Tab keeps it. What a mouse has pressed gives the keys back. */
    #onKey(event) {
        const { key } = event;
        if (event.ctrlKey || event.altKey || event.metaKey || find('room').hidden)
            return;
        const on_button = document.activeElement instanceof HTMLButtonElement;
        if (this.#voices.blocked) {
            this.#voices.unlock(); /* any key will do; OK is then for nothing else */
            if (key === 'Enter' || key === ' ')
                return;
        }
        if (key === 'f' || key === 'F')
            toggleFullscreen();
        if (key === 'Enter' && (on_button || event.repeat))
            return;
        this.#room.press(key);
    }

    #wakeTools() {
        find('tools').classList.add('awake');
        clearTimeout(this.#tools_timer);
        this.#tools_timer = setTimeout(() => find('tools').classList.remove('awake'),
            TOOLS_AWAKE_MS);
    }

    #watch() {
        const watcher = new Watcher({ ...this.#link, sections: classroomSees });
        watcher.addEventListener('slot', ({ detail: { slot, kind, track } }) =>
            (kind === 'audio' ? this.#voices.play(slot, track) : this.#screens[slot].show(track)));
        watcher.addEventListener('closing', () => {
            for (const screen of Object.values(this.#screens))
                screen.hold();
        });
        this.#session.watch(watcher);
    }

    /* Once there is something to send, and we know in whose name. A device that comes later
     * is sent as the same slot. */
    #publish() {
        const { camera, microphone } = this.#capture;
        const { lesson, publisher, problem } = this.#session;
        if (publisher || problem || lesson.you?.role !== 'classroom' || !(camera || microphone))
            return;
        this.#session.publish(new Publisher({ ...this.#link, sections: classroomSends }));
        this.#sendTracks();
    }

    #onCapture() {
        const { camera } = this.#capture;
        if (camera)
            this.#own.show(camera);
        else
            this.#own.clear();
        this.#sendTracks();
        this.#publish();
        /* A page that captures may play without a press, and nobody is there to press: a voice
         * that came before the camera was opened is allowed now. */
        if (this.#voices.blocked)
            this.#voices.unlock();
        this.#draw();
    }

    #sendTracks() {
        const { publisher } = this.#session;
        publisher?.setTrack('microphone', this.#capture.microphone);
        publisher?.setTrack('camera', this.#camera_off ? null : this.#capture.camera);
    }

    #setMuted(muted) {
        this.#muted = muted;
        this.#draw();
    }

    #setCameraOff(off) {
        this.#camera_off = off;
        this.#sendTracks();
        this.#draw();
    }

    #onMessage(message) {
        this.#room.take(message);
        if (message.type !== 'welcome' || this.#session.problem)
            return;
        showLessonTitle(this.#session.lesson);
        this.#publish();
    }

    #leave() {
        this.#session.stop();
        this.#room.stop();
        this.#capture.close();
    }

    #onRefused() {
        this.#leave();
        showTrouble(this.#session.problem);
        this.#on_end?.();
    }

    #onOver() {
        this.#leave();
        this.#voices.stop();
        showView('over');
        this.#draw();
        this.#on_end?.();
    }

    /* Silent by our own wish, or by the teacher's. */
    #hush() {
        const silent = this.#muted || this.#room.muted;
        if (this.#capture.microphone)
            this.#capture.microphone.enabled = !silent;
        drawToggle('mute', silent, 'bar.unmute', 'bar.mute', 'mic-off', 'mic');
    }

    /* --- what is seen --- */

    #draw() {
        const { lesson, problem } = this.#session;
        if (problem)
            return;
        drawClock();
        if (isOver(lesson.phase)) {
            this.#drawOver();
            return;
        }
        const floor = hasFloor(lesson);
        const slides = Boolean(lesson.room.page) || this.#session.flows('slides-video');
        find('room').classList.toggle('floor', floor);
        const aside = slides && this.#room.wantsPlace;
        find('room').dataset.layout = slides && !aside ? 'slides' : 'teacher';
        find('room').classList.toggle('aside', aside);
        find('voice').hidden = !slides || !this.#session.flows('main-audio')
            || this.#session.hasFlowed('main-video');
        find('slides').hidden = !slides;
        find('sound').hidden = !this.#voices.blocked;
        this.#voices.setMuted('guest-audio', floor); /* our own voice must not come back */
        showSentence(this.#room.sentence(this.#sentence()));
        showLine(find('own-line'), lineOf(lesson, lesson.you?.site));
        this.#drawWaiting(slides);
        this.#room.draw(!find('waiting').hidden);
        this.#drawGuest(floor);
        this.#drawSelf(floor);
        this.#hush();
        drawToggle('camera', this.#camera_off, 'bar.camera-on', 'bar.camera-off',
            'camera-off', 'camera');
    }

    #drawOver() {
        const { lesson, phase } = this.#session.lesson;
        find('over-heading').textContent =
            t(phase === 'cancelled' ? 'over.cancelled' : 'over.heading');
        find('over-title').textContent = lesson?.title ?? '';
    }

    #sentence() {
        const { lesson, watcher, events } = this.#session;
        return classroomSentence(lesson, {
            watch: watcher.state,
            events: events.state,
            problem: watcher.problem?.name ?? null,
            noPath: watcher.noPath,
            flowing: this.#session.flows('main-video') || this.#session.flows('slides-video'),
            seen: this.#session.hasFlowed('main-video'),
            heard: this.#session.flows('main-audio'),
            minutes: minutesToBell(lesson, this.#session.now()),
        });
    }

    #drawWaiting(slides) {
        const { lesson, you } = this.#session.lesson;
        const gone = teacherOf(this.#session.lesson)?.present === false;
        const picture = gone ? this.#session.flows('main-video')
                             : this.#session.hasFlowed('main-video');
        find('waiting').hidden = slides || picture; /* a picture that only froze stays */
        find('waiting-title').textContent = lesson?.title ?? '';
        find('waiting-place').textContent = you?.name ?? '';
        find('waiting-time').textContent = lesson ? periodOf(lesson) : '';
    }

    #drawGuest(floor) {
        const { lesson } = this.#session;
        find('guest').hidden = lesson.floor === null || floor;
        find('guest-name').textContent = siteName(lesson, lesson.floor);
    }

    #drawSelf(floor) {
        const { camera } = this.#capture;
        find('self').hidden = !this.#opened;
        find('self').classList.toggle('no-camera', !camera || this.#camera_off);
        find('self-says').textContent = t(this.#selfKey(floor));
    }

    #selfKey(floor) {
        const { camera, microphone } = this.#capture;
        if (floor)
            return 'classroom.self-seen';
        if (!camera || this.#camera_off)
            return 'classroom.no-camera';
        if (!microphone)
            return 'classroom.no-microphone';
        return 'classroom.self-teacher';
    }
}

function periodOf({ starts_at, ends_at }) {
    const clock = (instant) => clockTime(instant, currentLanguage());
    return `${clock(starts_at)} – ${clock(ends_at)}`;
}

function toggleFullscreen() {
    const change = document.fullscreenElement ? document.exitFullscreen()
                                              : document.documentElement.requestFullscreen();
    change.catch(() => {}); /* a kiosk may forbid it: it is full screen already */
}

startTop('classroom.title');
const link = parseFragment(location.hash);
if (link)
    new ClassroomPage(link).start();
else if (location.hash.length > 1)
    showTrouble(null);
else
    new Kiosk((lesson, on_end) => new ClassroomPage(lesson, on_end).start()).start();
window.addEventListener('hashchange', () => location.reload());
window.addEventListener('pageshow', ({ persisted }) => { if (persisted) location.reload(); });

/* SPDX-License-Identifier: Apache-2.0 */
/* classroom.js: the classroom's page. Joins by itself, shows the teacher, sends our class. */

import { Capture } from './capture.js';
import { currentLanguage, onLanguageChange, t } from './i18n.js';
import { classroomSentence, hasFloor, lineOf, siteName, teacherOf } from './lesson.js';
import { parseFragment } from './link.js';
import { Screen } from './screen.js';
import { Session } from './session.js';
import { classroomSees, classroomSends } from './slots.js';
import { showLine } from './tiles.js';
import { drawToggle, showLessonTitle, showSentence, showTrouble, showView, startTop } from './top.js';
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
    #muted = false;
    #camera_off = false;
    #opened = false;  /* has the browser answered about camera and microphone */
    #tools_timer = 0;

    constructor(link) {
        this.#link = link;
        this.#session = new Session(
            { ...link, roles: ['classroom', 'observer'], sends: classroomSends });
        this.#session.addEventListener('change', () => this.#draw());
        this.#session.addEventListener('message', ({ detail }) => this.#onMessage(detail));
        this.#session.addEventListener('refused', () => this.#onRefused());
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
        for (const type of ['pointermove', 'pointerdown', 'keydown'])
            document.addEventListener(type, () => this.#wakeTools());
        document.addEventListener('keydown', (event) => this.#onKey(event));
    }

    /* A remote control's middle button is Enter, wherever the focus stands. */
    #onKey({ key }) {
        if (this.#voices.blocked && (key === 'Enter' || key === ' '))
            this.#voices.unlock();
        if (key === 'f' || key === 'F')
            toggleFullscreen();
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
        const { camera, microphone } = this.#capture;
        if (microphone)
            microphone.enabled = !this.#muted;
        if (camera)
            this.#own.show(camera);
        else
            this.#own.clear();
        this.#sendTracks();
        this.#publish();
        this.#draw();
    }

    #sendTracks() {
        const { publisher } = this.#session;
        publisher?.setTrack('microphone', this.#capture.microphone);
        publisher?.setTrack('camera', this.#camera_off ? null : this.#capture.camera);
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

    #onMessage({ type }) {
        if (type !== 'welcome' || this.#session.problem)
            return;
        showLessonTitle(this.#session.lesson);
        this.#publish();
    }

    #leave() {
        this.#session.stop();
        this.#capture.close();
    }

    #onRefused() {
        this.#leave();
        showTrouble(this.#session.problem);
    }

    /* --- what is seen --- */

    #draw() {
        const { lesson, problem } = this.#session;
        if (problem)
            return;
        const floor = hasFloor(lesson);
        const slides = this.#session.flows('slides-video');
        find('room').classList.toggle('floor', floor);
        find('room').dataset.layout = slides ? 'slides' : 'teacher';
        find('slides').hidden = !slides;
        find('sound').hidden = !this.#voices.blocked;
        this.#voices.setMuted('guest-audio', floor); /* our own voice must not come back */
        showSentence(this.#sentence());
        showLine(find('own-line'), lineOf(lesson, lesson.you?.site));
        this.#drawWaiting(slides);
        this.#drawGuest(floor);
        this.#drawSelf(floor);
        drawToggle('mute', this.#muted, 'bar.unmute', 'bar.mute', 'mic-off', 'mic');
        drawToggle('camera', this.#camera_off, 'bar.camera-on', 'bar.camera-off',
            'camera-off', 'camera');
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
    const clock = (instant) => new Date(instant).toLocaleTimeString(currentLanguage(),
        { hour: '2-digit', minute: '2-digit', hour12: false });
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
else
    showTrouble(null);
window.addEventListener('hashchange', () => location.reload());
window.addEventListener('pageshow', ({ persisted }) => { if (persisted) location.reload(); });

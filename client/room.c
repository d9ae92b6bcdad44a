/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-room"
#include "client/room.h"

#include <string.h>

#include <libsoup/soup.h>

#include "client/delegate.h"
#include "client/encoder.h"
#include "client/events.h"
#include "client/herald.h"
#include "client/hours.h"
#include "client/lectern.h"
#include "client/publish.h"
#include "client/reception.h"
#include "client/roster.h"
#include "client/slides.h"
#include "client/status.h"
#include "client/studio.h"

#define LOOK_MS 200
#define FLOWING_US (2 * G_USEC_PER_SEC)
#define GOODBYE_US (500 * 1000) /* for the server to hear that we leave */
#define VOLUME_STEP_PCT 10
#define OVER_MS 3000 /* for people to read that the lesson is over */

struct ScRoom {
    const ScConfig *config; /* borrowed: see sc_room_new() */
    GMainLoop *loop;        /* borrowed: see sc_room_new() */
    ScRole role;
    ScPlace place;
    GTlsDatabase *authorities; /* ref; NULL: the system's */
    int64_t join_asked_us;

    ScStatus *status; /* owned, like all below */
    ScEvents *events;
    ScDelegate *delegate;
    ScStudio *studio;
    ScPublish *publish;
    ScReception *reception;
    ScSlides *slides;   /* NULL: a teacher */
    ScLectern *lectern; /* NULL: a classroom */

    ScRoster roster;
    ScHours hours;
    ScRoomState state;
    int64_t lost_us; /* when media was last seen before the line went down; 0: it is up */
    int64_t down_us; /* when that was noticed */
    bool is_silenced; /* by the teacher: our microphone is off */
    bool was_refused;
    bool has_ended; /* the lesson: we are about to go */
    char *fault;    /* owned; why it cannot go on, NULL: it can */
    guint look;
    guint report;
    guint end;
};

static const char *
site_name(const ScRoom *self)
{
    return sc_roster_get_site(&self->roster);
}

/* What is captured: goes out, and to the teacher's own window. Streaming threads. */
static void
on_captured(ScSourceMedium medium, GstSample *sample, void *user_data)
{
    ScRoom *self = user_data;
    sc_publish_push(self->publish, medium, sample);
    if (medium == SC_SOURCE_VIDEO)
        sc_reception_push_own(self->reception, sample);
}

static const ScRecovery *
publish_recovery(const ScRoom *self)
{
    return sc_link_get_recovery(sc_publish_get_link(self->publish));
}

static bool
is_playing(const ScRecovery *recovery)
{
    return recovery && sc_recovery_get_state(recovery) == SC_RECOVERY_PLAYING;
}

static ScRoomState
judge(const ScRoom *self, int64_t now_us)
{
    const ScRecovery *publish = publish_recovery(self);
    const ScRecovery *watch = sc_reception_get_recovery(self->reception);
    bool flows = now_us - sc_reception_get_last_us(self->reception) < FLOWING_US
                 && sc_reception_get_last_us(self->reception) > self->down_us;
    bool is_teacher = self->role == SC_ROLE_TEACHER;

    if (self->hours.is_over)
        return SC_ROOM_OVER;
    if (!sc_recovery_has_connected(is_teacher || !watch ? publish : watch))
        return SC_ROOM_CONNECTING;
    if (is_teacher && !is_playing(publish))
        return SC_ROOM_RECONNECTING;
    if (watch && !is_playing(watch))
        return sc_recovery_has_connected(watch) ? SC_ROOM_RECONNECTING
                                                : SC_ROOM_CONNECTING;
    if (flows)
        return SC_ROOM_PLAYING;
    if (!watch || !sc_recovery_expects_media(watch))
        return SC_ROOM_WAITING;
    return sc_reception_get_last_us(self->reception) ? SC_ROOM_RECONNECTING
                                                     : SC_ROOM_CONNECTING;
}

static const char *
lost_reason(const ScRoom *self)
{
    const ScRecovery *watch = sc_reception_get_recovery(self->reception);
    if (watch && !is_playing(watch))
        return sc_recovery_get_reason(watch);
    return is_playing(publish_recovery(self))
               ? "no media"
               : sc_recovery_get_reason(publish_recovery(self));
}

static char *
dup_sentence(const ScRoom *self)
{
    return sc_hours_dup_sentence(&self->hours, self->state, self->role,
                                 self->config->language, g_get_monotonic_time());
}

/* Of a teacher's tiles; of a classroom's pictures none is read. */
static GPtrArray *
create_titles(const ScRoom *self)
{
    GPtrArray *titles = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < SC_RECEPTION_TILES_MAX; i++)
        g_ptr_array_add(titles, sc_delegate_dup_title(self->delegate, i));
    return titles;
}

static void
show(ScRoom *self)
{
    const char *floor = sc_roster_get_floor(&self->roster);
    g_autofree char *sentence = dup_sentence(self);
    g_autoptr(GPtrArray) titles = create_titles(self);
    g_auto(ScPrompt) prompt = { .text = NULL };
    bool is_asked =
        self->role != SC_ROLE_TEACHER && self->roster.known && !self->hours.is_over;
    if (is_asked)
        sc_delegate_write(self->delegate, &prompt);
    const ScStageNow now = {
        .state = self->state,
        .sentence = sentence,
        .has_floor = *floor && !strcmp(floor, site_name(self)),
        .is_silenced = self->is_silenced,
        .prompt = is_asked ? &prompt : NULL,
        .titles = (const char *const *)titles->pdata,
        .slides = self->slides ? sc_slides_get(self->slides) : NULL,
    };
    sc_reception_show(self->reception, *floor != '\0', &now);
}

/* Nobody may be there to be seen by a teacher; that the line is up is then all there is.
 */
static bool
is_back(const ScRoom *self, ScRoomState state)
{
    return state == SC_ROOM_PLAYING
           || (state == SC_ROOM_WAITING && self->role == SC_ROLE_TEACHER
               && !sc_roster_is_published(&self->roster, self->role));
}

static void
enter(ScRoom *self, ScRoomState state, int64_t now_us)
{
    bool was_lost = self->lost_us != 0;
    self->state = state;
    if (state == SC_ROOM_RECONNECTING && !was_lost) {
        self->lost_us = sc_reception_get_last_us(self->reception)
                            ? sc_reception_get_last_us(self->reception)
                            : now_us;
        self->down_us = now_us;
        g_message("the line is down: %s", lost_reason(self));
        sc_status_tell(self->status, "reconnecting", now_us, "reason", lost_reason(self));
        sc_events_doubt(self->events);
    } else if (was_lost && is_back(self, state)) {
        sc_status_tell_rejoined(self->status, now_us, now_us - self->lost_us);
        g_message("back after %" G_GINT64_FORMAT " ms", (now_us - self->lost_us) / 1000);
        self->lost_us = 0;
    }
    show(self);
}

static void
look(ScRoom *self)
{
    int64_t now_us = g_get_monotonic_time();
    ScRoomState state = judge(self, now_us);
    if (state != self->state)
        enter(self, state, now_us);
}

static gboolean
on_look(gpointer data)
{
    ScRoom *self = data;
    look(self);
    show(self);
    return G_SOURCE_CONTINUE;
}

/* What will not become right by itself, before anything ever worked. */
static bool
is_final(unsigned status)
{
    return status == SOUP_STATUS_UNAUTHORIZED || status == SOUP_STATUS_FORBIDDEN
           || status == SOUP_STATUS_NOT_FOUND;
}

static void
check_refusal(ScRoom *self, ScLink *link)
{
    if (self->was_refused || !is_final(sc_link_get_refusal_status(link))
        || sc_recovery_has_connected(publish_recovery(self)))
        return;
    self->was_refused = true;
    g_warning("the server refuses lesson %s: %s", self->config->lesson,
              sc_link_get_refusal(link));
    g_main_loop_quit(self->loop);
}

static void
on_link_changed(void *user_data)
{
    ScRoom *self = user_data;
    check_refusal(self, sc_publish_get_link(self->publish));
    look(self);
}

static void
on_floor(ScRoom *self, const char *site)
{
    uint16_t number = sc_roster_get_source_number(&self->roster, site);
    sc_reception_change_guest(self->reception, number);
    sc_status_tell(self->status, "floor", g_get_monotonic_time(), "site",
                   *site ? site : NULL);
    show(self);
}

static void
on_presence(ScRoom *self)
{
    int64_t published = sc_roster_is_published(&self->roster, self->role);
    sc_reception_expect_media(self->reception, published);
}

static gboolean
on_end(gpointer data)
{
    ScRoom *self = data;
    self->end = 0;
    g_main_loop_quit(self->loop);
    return G_SOURCE_REMOVE;
}

/* At the end we stay a moment, and go. */
static void
on_hours(ScRoom *self)
{
    look(self);
    show(self);
    if (!self->hours.is_over || self->has_ended)
        return;
    self->has_ended = true;
    g_clear_handle_id(&self->end, g_source_remove);
    self->end = g_timeout_add(OVER_MS, on_end, self);
}

/* A request of the teacher's, which only we can obey. */
static void
obey_mute(ScRoom *self)
{
    bool is_silenced =
        self->role != SC_ROLE_TEACHER && sc_delegate_is_silenced(self->delegate);
    if (is_silenced == self->is_silenced)
        return;
    self->is_silenced = is_silenced;
    sc_publish_mute(self->publish, is_silenced);
    sc_herald_tell_microphone(self->status, !is_silenced, g_get_monotonic_time());
}

static void
on_slides_changed(void *user_data)
{
    show(user_data);
}

static void
on_page_drawn(unsigned serial, int64_t t_us, void *user_data)
{
    ScRoom *self = user_data;
    sc_slides_note_drawn(self->slides, serial, t_us);
}

static void
on_event(const ScEvent *event, void *user_data)
{
    ScRoom *self = user_data;
    sc_roster_apply(&self->roster, event);
    sc_delegate_hear(self->delegate, event);
    sc_herald_tell(self->status, event, g_get_monotonic_time());
    obey_mute(self);
    if (sc_hours_apply(&self->hours, event, g_get_monotonic_time()))
        on_hours(self);
    switch (event->type) {
    case SC_EVENT_WELCOME:
        if (self->config->source_number == 0)
            sc_studio_set_number(self->studio, sc_roster_get_source_number(
                                                   &self->roster, site_name(self)));
        if (self->role == SC_ROLE_TEACHER)
            sc_reception_open_tiles(self->reception,
                                    sc_roster_count_tiles(&self->roster));
        on_presence(self);
        break;
    case SC_EVENT_JOINED:
    case SC_EVENT_LEFT:
        on_presence(self);
        break;
    case SC_EVENT_FLOOR:
        on_floor(self, event->floor.site);
        break;
    case SC_EVENT_REJOIN:
        sc_link_rejoin(sc_publish_get_link(self->publish),
                       (const char *const *)event->rejoin.sessions, event->rejoin.reason);
        sc_reception_rejoin(self->reception, (const char *const *)event->rejoin.sessions,
                            event->rejoin.reason);
        break;
    case SC_EVENT_ERROR:
        g_warning("signaling: %s: %s", event->error.problem, event->error.detail);
        break;
    case SC_EVENT_BELL:
        sc_status_tell(self->status, "bell", g_get_monotonic_time(), "phase",
                       sc_word_bell_phases[event->bell.phase]);
        break;
    case SC_EVENT_QUALITY:
    case SC_EVENT_PONG:
    case SC_EVENT_HAND:
    case SC_EVENT_MUTE:
    case SC_EVENT_ROLL_CALL:
    case SC_EVENT_PRESENT:
    case SC_EVENT_QUIZ:
    case SC_EVENT_ANSWERED:
    case SC_EVENT_TALLY:
    case SC_EVENT_CHAT:
    case SC_EVENT_CHAT_OPEN:
    case SC_EVENT_CHAT_REMOVED:
    case SC_EVENT_REACT:
    case SC_EVENT_PEN:
    case SC_EVENT_PEN_CLEAR:
    case SC_EVENT_POINTER:
    case SC_EVENT_HELP:
    case SC_EVENT_FLOOR_TIME:
    case SC_EVENT_DOCUMENT:
    case SC_EVENT_DOCUMENT_REMOVED:
    case SC_EVENT_PAGE:
    case SC_N_EVENTS:
        break;
    }
    if (self->lectern)
        sc_lectern_hear(self->lectern, event);
    else
        sc_slides_hear(self->slides, event);
}

static void
on_key(const char *key, void *user_data)
{
    ScRoom *self = user_data;
    if (self->role == SC_ROLE_TEACHER || !self->roster.known)
        return;
    ScKeypadMeaning meaning = sc_delegate_press(self->delegate, key);
    if (meaning == SC_KEYPAD_LOUDER)
        sc_reception_change_volume(self->reception, VOLUME_STEP_PCT);
    else if (meaning == SC_KEYPAD_SOFTER)
        sc_reception_change_volume(self->reception, -VOLUME_STEP_PCT);
    show(self);
}

static void
on_order(const ScOrder *order, void *user_data)
{
    ScRoom *self = user_data;
    const char *site = order->request.floor.site;
    switch (order->type) {
    case SC_ORDER_QUIT:
        g_main_loop_quit(self->loop);
        break;
    case SC_ORDER_PRESS:
        on_key(order->key, self);
        break;
    case SC_ORDER_ASK:
        if (order->request.type == SC_REQUEST_FLOOR)
            sc_status_tell(self->status, "floor_asked", g_get_monotonic_time(), "site",
                           *site ? site : NULL);
        sc_delegate_ask(self->delegate, &order->request);
        break;
    case SC_ORDER_SLIDES:
    case SC_ORDER_PAGE:
        if (self->lectern)
            sc_lectern_obey(self->lectern, order);
        break;
    case SC_ORDER_MUSIC:
        sc_studio_set_music(self->studio, order->is_on);
        break;
    }
}

static void
on_studio_failed(const GError *error, void *user_data)
{
    ScRoom *self = user_data;
    self->fault = g_strdup(error->message);
    g_main_loop_quit(self->loop);
}

static void
on_window_closed(void *user_data)
{
    ScRoom *self = user_data;
    g_main_loop_quit(self->loop);
}

static const ScReceptionHandlers reception_handlers = {
    .changed = on_link_changed,
    .window = { .closed = on_window_closed, .key = on_key, .drawn = on_page_drawn },
};

static gboolean
on_report(gpointer data)
{
    ScRoom *self = data;
    g_autofree char *sentence = dup_sentence(self);
    double level_db;
    bool has_level = sc_studio_get_level_db(self->studio, &level_db);
    const ScStatusNow now = {
        .role = sc_role_get_name(self->role),
        .site = site_name(self),
        .state = sc_sentence_get_state(self->state),
        .sentence = sentence,
        .level_db = has_level ? &level_db : NULL,
        .slots = sc_reception_get_slots(self->reception),
    };
    sc_status_report(self->status, &now);
    return G_SOURCE_CONTINUE;
}

static bool
create_publish(ScRoom *self, GError **error)
{
    const ScConfig *config = self->config;
    const char *encoder = sc_encoder_choose(config->encoder, error);
    if (!encoder)
        return false;
    self->studio = sc_studio_new(config, on_captured, self);
    if (!sc_studio_check(self->studio, error))
        return false;

    const ScPublishSettings settings = {
        .encoder = encoder,
        .video_kbps = (unsigned)config->video_kbps,
        .slides_kbps = *config->slides ? (unsigned)config->slides_kbps : 0,
        .audio_kbps = (unsigned)config->audio_kbps,
    };
    self->publish = sc_publish_new(&self->place, &settings, on_link_changed, self);
    return true;
}

static bool
create_place(ScRoom *self, GError **error)
{
    const ScConfig *config = self->config;
    if (*config->ca) {
        self->authorities = g_tls_file_database_new(config->ca, error);
        if (!self->authorities) {
            g_prefix_error(error, "--ca %s: ", config->ca);
            return false;
        }
    }
    self->place = (ScPlace){ .url = config->url,
                             .lesson = config->lesson,
                             .token = config->token,
                             .authorities = self->authorities };
    return true;
}

ScRoom *
sc_room_new(const ScConfig *config, int64_t join_asked_us, GMainLoop *loop,
            GError **error)
{
    g_autoptr(ScRoom) self = g_new0(ScRoom, 1);
    self->config = config;
    self->loop = loop;
    self->join_asked_us = join_asked_us;
    self->role =
        config->command == SC_COMMAND_TEACH ? SC_ROLE_TEACHER : SC_ROLE_CLASSROOM;
    self->status = sc_status_new(config->status_json, on_order, self);
    if (!create_place(self, error) || !create_publish(self, error))
        return NULL;
    self->reception =
        sc_reception_new(config, &self->place, self->status, &reception_handlers, self);
    if (self->role != SC_ROLE_TEACHER
        && !sc_reception_open_classroom(self->reception, error))
        return NULL;
    self->events = sc_events_new(&self->place, config->language, on_event, self);
    self->delegate = sc_delegate_new(config, self->events, &self->roster);
    if (self->role == SC_ROLE_TEACHER)
        self->lectern = sc_lectern_new(&self->place, self->events, self->status);
    else
        self->slides =
            sc_slides_new(config, &self->place, self->status, on_slides_changed, self);
    return g_steal_pointer(&self);
}

/* In this order: 1. nobody calls us: timers, events, commands; 2. nothing is captured;
 * 3. sessions end, and with them decoding; 4. what they fed. */
void
sc_room_free(ScRoom *self)
{
    if (!self)
        return;
    g_clear_handle_id(&self->look, g_source_remove);
    g_clear_handle_id(&self->report, g_source_remove);
    g_clear_handle_id(&self->end, g_source_remove);
    sc_delegate_free(self->delegate);
    sc_lectern_free(self->lectern);
    sc_slides_stop(self->slides);
    sc_events_free(self->events);
    sc_studio_free(self->studio);
    sc_publish_free(self->publish);
    if (self->reception)
        sc_reception_stop(self->reception);
    sc_resource_wait_deleted(GOODBYE_US);
    sc_reception_free(self->reception);
    sc_slides_free(self->slides);
    sc_status_free(self->status);
    sc_roster_clear(&self->roster);
    g_free(self->fault);
    g_clear_object(&self->authorities);
    g_free(self);
}

void
sc_room_start(ScRoom *self)
{
    g_debug("everything is open");
    sc_status_tell(self->status, "join_asked", self->join_asked_us, NULL, NULL);
    sc_events_start(self->events);
    sc_reception_start(self->reception);
    sc_link_expect_media(sc_publish_get_link(self->publish), true);
    sc_link_start(sc_publish_get_link(self->publish));
    sc_studio_start(self->studio, on_studio_failed);
    self->look = g_timeout_add(LOOK_MS, on_look, self);
    self->report = g_timeout_add_seconds(1, on_report, self);
    if (self->config->seconds)
        self->end = g_timeout_add_seconds((guint)self->config->seconds, on_end, self);
}

void
sc_room_finish(ScRoom *self)
{
    const ScStatusEnd end = {
        .role = sc_role_get_name(self->role),
        .site = site_name(self),
        .slots = sc_reception_get_slots(self->reception),
        .join_asked_us = self->join_asked_us,
        .renegotiations = sc_link_get_renegotiations(sc_publish_get_link(self->publish))
                          + sc_reception_get_renegotiations(self->reception),
    };
    sc_status_summarize(self->status, &end, self->config->summary);
}

bool
sc_room_was_refused(const ScRoom *self)
{
    return self->was_refused;
}

const char *
sc_room_get_fault(const ScRoom *self)
{
    return self->fault;
}

bool
sc_room_is_over(const ScRoom *self)
{
    return self->hours.is_over;
}

/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-room"
#include "client/room.h"

#include <string.h>

#include <libsoup/soup.h>

#include "client/encoder.h"
#include "client/events.h"
#include "client/publish.h"
#include "client/roster.h"
#include "client/stage.h"
#include "client/status.h"
#include "client/studio.h"
#include "client/watch.h"

#define LOOK_MS 200
#define FLOWING_US (2 * G_USEC_PER_SEC)
#define GOODBYE_US (500 * 1000) /* for the server to hear that we leave */
#define TILES_MAX 15 /* 32 sections of an offer, an audio and a video for each */

enum { MAIN, GUEST }; /* of a classroom's sounds and pictures */

struct ScRoom {
    const ScConfig *config; /* borrowed: see sc_room_new() */
    GMainLoop *loop;        /* borrowed: see sc_room_new() */
    ScRole role;
    ScPlace place;
    GTlsDatabase *authorities; /* ref; NULL: the system's */
    int64_t join_asked_us;

    ScStatus *status; /* owned, like all below */
    ScEvents *events;
    ScStudio *studio;
    ScPublish *publish;
    ScWatch *watch; /* NULL before a teacher's welcome */
    /* NULL: headless, or a teacher's before the welcome. Streaming threads read it. */
    ScStage *_Atomic stage;
    GPtrArray *sounds;   /* of ScSlot, in the order of the protocol */
    GPtrArray *pictures; /* likewise */
    GPtrArray *slots;    /* both, borrowed, in the order of the sections */

    ScRoster roster;
    ScRoomState state;
    int64_t lost_us; /* when media was last seen before the line went down; 0: it is up */
    int64_t down_us; /* when that was noticed */
    bool was_refused;
    char *fault; /* owned; why it cannot go on, NULL: it can */
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
    if (self->stage && medium == SC_SOURCE_VIDEO)
        sc_stage_push_own(self->stage, sample);
}

/* Streaming thread. */
static void
on_decoded(ScSlot *slot, GstSample *sample, void *user_data)
{
    ScRoom *self = user_data;
    unsigned index;
    if (!self->stage)
        return;
    if (g_ptr_array_find(self->pictures, slot, &index))
        sc_stage_push_picture(self->stage, index, sample);
    else if (g_ptr_array_find(self->sounds, slot, &index))
        sc_stage_push_sound(self->stage, index, sample);
}

static void
on_source_changed(ScSlot *slot, uint16_t source, int64_t t_us, void *user_data)
{
    ScRoom *self = user_data;
    sc_status_tell_source(self->status, t_us, sc_slot_get_name(slot), source);
}

static void
on_first(ScSlot *slot, int64_t t_us, void *user_data)
{
    ScRoom *self = user_data;
    if (sc_slot_get_kind(slot) == SC_SLOT_VIDEO)
        sc_status_tell(self->status, "first_frame", t_us, "slot", sc_slot_get_name(slot));
}

static const ScSlotHandlers slot_handlers = {
    .decoded = on_decoded,
    .source_changed = on_source_changed,
    .first = on_first,
};

static void
add_slot(ScRoom *self, GPtrArray *kind, const char *name)
{
    ScSlot *slot =
        sc_slot_new(name, kind == self->pictures ? SC_SLOT_VIDEO : SC_SLOT_AUDIO,
                    &slot_handlers, self);
    g_ptr_array_add(kind, slot);
}

static const ScRecovery *
publish_recovery(const ScRoom *self)
{
    return sc_link_get_recovery(sc_publish_get_link(self->publish));
}

static const ScRecovery *
watch_recovery(const ScRoom *self)
{
    return self->watch ? sc_link_get_recovery(sc_watch_get_link(self->watch)) : NULL;
}

static bool
is_playing(const ScRecovery *recovery)
{
    return recovery && sc_recovery_get_state(recovery) == SC_RECOVERY_PLAYING;
}

/* When something last came in the slots that the state depends on. */
static int64_t
last_media_us(const ScRoom *self)
{
    int64_t last_us = 0;
    unsigned n = self->role == SC_ROLE_TEACHER ? self->pictures->len : MAIN + 1;
    for (unsigned i = 0; i < n; i++) {
        last_us = MAX(last_us, sc_slot_get_last_us(g_ptr_array_index(self->pictures, i)));
        last_us = MAX(last_us, sc_slot_get_last_us(g_ptr_array_index(self->sounds, i)));
    }
    return last_us;
}

static ScRoomState
judge(const ScRoom *self, int64_t now_us)
{
    const ScRecovery *publish = publish_recovery(self);
    const ScRecovery *watch = watch_recovery(self);
    bool flows =
        now_us - last_media_us(self) < FLOWING_US && last_media_us(self) > self->down_us;
    bool is_teacher = self->role == SC_ROLE_TEACHER;

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
    return last_media_us(self) ? SC_ROOM_RECONNECTING : SC_ROOM_CONNECTING;
}

static const char *
lost_reason(const ScRoom *self)
{
    const ScRecovery *watch = watch_recovery(self);
    if (watch && !is_playing(watch))
        return sc_recovery_get_reason(watch);
    return is_playing(publish_recovery(self))
               ? "no media"
               : sc_recovery_get_reason(publish_recovery(self));
}

static void
show(ScRoom *self)
{
    int64_t now_us = g_get_monotonic_time();
    bool flowing[TILES_MAX] = { false };
    const char *titles[TILES_MAX];
    if (!self->stage)
        return;
    for (unsigned i = 0; i < self->pictures->len; i++) {
        const ScEventSite *site = sc_roster_lookup_tile(&self->roster, (int)i);
        int64_t last_us = sc_slot_get_last_us(g_ptr_array_index(self->pictures, i));
        flowing[i] = last_us && now_us - last_us < FLOWING_US;
        titles[i] = site ? site->name : "";
    }
    const char *floor = sc_roster_get_floor(&self->roster);
    if (self->role != SC_ROLE_TEACHER && !*floor)
        flowing[GUEST] = false;
    const ScStageNow now = {
        .state = self->state,
        .has_floor = *floor && !strcmp(floor, site_name(self)),
        .flowing = flowing,
        .titles = titles,
    };
    sc_stage_show(self->stage, &now);
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
        self->lost_us = last_media_us(self) ? last_media_us(self) : now_us;
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
create_watch(ScRoom *self)
{
    for (unsigned i = 0; i < self->sounds->len; i++)
        g_ptr_array_add(self->slots, g_ptr_array_index(self->sounds, i));
    for (unsigned i = 0; i < self->pictures->len; i++)
        g_ptr_array_add(self->slots, g_ptr_array_index(self->pictures, i));
    self->watch = sc_watch_new(&self->place, self->slots,
                               (unsigned)self->config->latency_ms, on_link_changed, self);
}

static void
create_classroom_slots(ScRoom *self)
{
    add_slot(self, self->sounds, "main-audio");
    add_slot(self, self->sounds, "guest-audio");
    add_slot(self, self->pictures, "main-video");
    add_slot(self, self->pictures, "guest-video");
    add_slot(self, self->pictures, "slides-video");
}

static bool create_stage(ScRoom *self, GError **error);

/* A teacher's slots are the lesson's sites, and these are known by the welcome alone. */
static void
watch_tiles(ScRoom *self)
{
    unsigned n = MIN(sc_roster_count_tiles(&self->roster), TILES_MAX);
    if (self->watch || n == 0)
        return;
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *voice = g_strdup_printf("voice-%u", i);
        g_autofree char *tile = g_strdup_printf("tile-%u", i);
        add_slot(self, self->sounds, voice);
        add_slot(self, self->pictures, tile);
    }
    g_autoptr(GError) error = NULL;
    if (!create_stage(self, &error))
        g_warning("no window: %s; going on without", error->message);
    create_watch(self);
    sc_link_start(sc_watch_get_link(self->watch));
}

static void
on_floor(ScRoom *self, const char *site)
{
    uint16_t number = sc_roster_get_source_number(&self->roster, site);
    if (self->role != SC_ROLE_TEACHER) {
        ScSlot *guest = g_ptr_array_index(self->pictures, GUEST);
        if (sc_slot_get_source(guest) != number)
            sc_slot_pause(guest);
        sc_slot_pause(g_ptr_array_index(self->sounds, GUEST));
    }
    sc_status_tell(self->status, "floor", g_get_monotonic_time(), "site",
                   *site ? site : NULL);
    show(self);
}

static void
on_presence(ScRoom *self)
{
    int64_t published = sc_roster_is_published(&self->roster, self->role);
    if (self->watch)
        sc_link_expect_media(sc_watch_get_link(self->watch), published);
}

static void
on_event(const ScEvent *event, void *user_data)
{
    ScRoom *self = user_data;
    sc_roster_apply(&self->roster, event);
    switch (event->type) {
    case SC_EVENT_WELCOME:
        if (self->config->source_number == 0)
            sc_studio_set_number(self->studio, sc_roster_get_source_number(
                                                   &self->roster, site_name(self)));
        if (self->role == SC_ROLE_TEACHER)
            watch_tiles(self);
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
        if (self->watch)
            sc_link_rejoin(sc_watch_get_link(self->watch),
                           (const char *const *)event->rejoin.sessions,
                           event->rejoin.reason);
        break;
    case SC_EVENT_ERROR:
        g_warning("signaling: %s: %s", event->error.problem, event->error.detail);
        break;
    case SC_EVENT_QUALITY:
    case SC_EVENT_PONG:
        break;
    }
}

static void
on_command(ScStatusCommand command, const char *site, void *user_data)
{
    ScRoom *self = user_data;
    switch (command) {
    case SC_STATUS_COMMAND_QUIT:
        g_main_loop_quit(self->loop);
        break;
    case SC_STATUS_COMMAND_FLOOR:
        sc_status_tell(self->status, "floor_asked", g_get_monotonic_time(), "site",
                       *site ? site : NULL);
        if (!sc_events_ask_floor(self->events, site))
            g_warning("floor %s: there is no connection to ask on", site);
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

static gboolean
on_report(gpointer data)
{
    ScRoom *self = data;
    const ScStatusNow now = {
        .role = sc_role_get_name(self->role),
        .site = site_name(self),
        .state = sc_sentence_get_state(self->state),
        .sentence = sc_sentence_get(self->state, self->role, self->config->language),
        .slots = self->slots,
    };
    sc_status_report(self->status, &now);
    return G_SOURCE_CONTINUE;
}

static gboolean
on_end(gpointer data)
{
    ScRoom *self = data;
    self->end = 0;
    g_main_loop_quit(self->loop);
    return G_SOURCE_REMOVE;
}

static bool
create_stage(ScRoom *self, GError **error)
{
    if (self->config->headless)
        return true;
    const ScStageSettings settings = {
        .role = self->role,
        .language = self->config->language,
        .n_pictures = self->pictures->len,
        .n_sounds = self->sounds->len,
        .latency_ms = (unsigned)self->config->latency_ms,
        .on_closed = on_window_closed,
        .user_data = self,
    };
    self->stage = sc_stage_new(&settings, error);
    return self->stage != NULL;
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
    self->sounds = g_ptr_array_new_with_free_func((GDestroyNotify)sc_slot_free);
    self->pictures = g_ptr_array_new_with_free_func((GDestroyNotify)sc_slot_free);
    self->slots = g_ptr_array_new();
    if (!create_place(self, error) || !create_publish(self, error))
        return NULL;
    if (self->role != SC_ROLE_TEACHER) {
        create_classroom_slots(self);
        if (!create_stage(self, error))
            return NULL;
        create_watch(self);
    }
    self->events = sc_events_new(&self->place, config->language, on_event, self);
    self->status = sc_status_new(config->status_json, on_command, self);
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
    sc_events_free(self->events);
    sc_studio_free(self->studio);
    sc_publish_free(self->publish);
    sc_watch_free(self->watch);
    sc_resource_wait_deleted(GOODBYE_US);
    g_ptr_array_unref(self->slots);
    g_ptr_array_unref(self->sounds);
    g_ptr_array_unref(self->pictures);
    sc_stage_free(self->stage);
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
    if (self->watch)
        sc_link_start(sc_watch_get_link(self->watch));
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
        .slots = self->slots,
        .join_asked_us = self->join_asked_us,
        .renegotiations =
            sc_link_get_renegotiations(sc_publish_get_link(self->publish))
            + (self->watch ? sc_link_get_renegotiations(sc_watch_get_link(self->watch))
                           : 0),
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

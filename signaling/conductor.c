/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-conductor"
#include "signaling/conductor.h"

#include <string.h>

#include "signaling/offer.h"
#include "signaling/problem.h"
#include "signaling/quality.h"

#define MS_PER_MIN (60 * 1000)
#define REFRESH_MS \
    200 /* after a refused patch, before the relay is asked how things stand */
#define RESTARTED_REASON "the relay no longer has these sessions"

/* A lesson that somebody is in. */
typedef struct {
    ScConductor *conductor; /* borrowed: owns us */
    ScLesson *lesson;       /* owned */
    ScLessonRow *row;       /* owned: as the store had it when it was read last */
    GHashTable *told;       /* owned: site → ScLessonPresence as people know it */
    guint patching;         /* source; 0: no look at all slots is due */
} Running;

struct ScConductor {
    const ScConfig *config; /* borrowed: main keeps it to the end */
    ScStore *store;         /* borrowed likewise */
    ScMedia *media;         /* owned */
    GHashTable *lessons;    /* owned: id → Running */
    GHashTable *sessions; /* owned: session's id → Running, both borrowed from @lessons */
    bool knows_sessions; /* a relay's list was taken: what it lists more is rubbish */
    guint refreshing;    /* source; 0: none */
    const ScConductorObserver *observer; /* static; NULL: nobody */
    gpointer user_data;
};

/* A WHIP or WHEP request under way at the relay. */
typedef struct {
    ScConductor *conductor; /* borrowed: ends its calls before itself */
    char *session;          /* owned: id */
    ScOffer *offer;         /* owned; NULL with a restart */
    ScAnswer *answer;       /* owned; NULL with a restart */
    ScConductorOpened opened;
    gpointer user_data;
} Opening;

static void
opening_free(Opening *opening)
{
    g_free(opening->session);
    sc_answer_free(opening->answer);
    sc_offer_free(opening->offer);
    g_free(opening);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Opening, opening_free)

static void
running_free(gpointer data)
{
    Running *running = data;
    g_clear_handle_id(&running->patching, g_source_remove);
    g_hash_table_unref(running->told);
    sc_lesson_free(running->lesson);
    sc_lesson_row_free(running->row);
    g_free(running);
}

/* Lessons: read from the store when somebody comes, forgotten when the last one went. */

static ScLessonRow *
read_row(ScConductor *self, const char *id, GError **error)
{
    g_autoptr(GError) reason = NULL;
    ScLessonRow *row = sc_store_get_lesson(self->store, id, &reason);
    if (row != NULL)
        return row;
    if (g_error_matches(reason, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND))
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_LESSON,
                    "there is no lesson %s", id);
    else
        g_propagate_error(error, g_steal_pointer(&reason));
    return NULL;
}

static Running *
start_lesson(ScConductor *self, const char *id, GError **error)
{
    if (g_hash_table_size(self->lessons) >= self->config->max_lessons) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_TOO_MANY_SESSIONS,
                    "%u lessons are running, at most %u",
                    g_hash_table_size(self->lessons), self->config->max_lessons);
        return NULL;
    }
    g_autoptr(ScLessonRow) row = read_row(self, id, error);
    if (row == NULL)
        return NULL;
    ScLessonLimits limits = {
        .max_sites = self->config->max_sites,
        .max_sessions = self->config->max_sessions_per_lesson,
        .max_sessions_per_site = self->config->max_sessions_per_site,
    };
    g_autoptr(ScLesson) lesson = sc_lesson_new(row, &limits, error);
    if (lesson == NULL)
        return NULL;
    Running *running = g_new0(Running, 1);
    running->conductor = self;
    running->lesson = g_steal_pointer(&lesson);
    running->row = g_steal_pointer(&row);
    running->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_insert(self->lessons, (char *)sc_lesson_get_id(running->lesson),
                        running);
    g_debug("lesson %s: started, %u sites", id, running->row->n_sites);
    return running;
}

static bool
reread_lesson(Running *running, GError **error)
{
    const char *id = sc_lesson_get_id(running->lesson);
    g_autoptr(ScLessonRow) row = read_row(running->conductor, id, error);
    if (row == NULL || !sc_lesson_update(running->lesson, row, error))
        return false;
    sc_lesson_row_free(running->row);
    running->row = g_steal_pointer(&row);
    return true;
}

/* The lesson with @site in it. A site that came after the lesson was read is looked for.
 */
static Running *
open_lesson(ScConductor *self, const char *id, const char *site, GError **error)
{
    Running *running = g_hash_table_lookup(self->lessons, id);
    if (running == NULL)
        running = start_lesson(self, id, error);
    if (running == NULL || sc_lesson_has_site(running->lesson, site))
        return running;
    if (reread_lesson(running, error)) {
        if (sc_lesson_has_site(running->lesson, site))
            return running;
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_WRONG_LESSON,
                    "site %s is not in lesson %s", site, id);
    }
    sc_conductor_release(self, id);
    return NULL;
}

static bool
is_due(const Running *running, int64_t now_ms)
{
    int64_t early_ms = (int64_t)running->conductor->config->early_min * MS_PER_MIN;
    return now_ms >= running->row->starts_ms - early_ms && now_ms < running->row->ends_ms;
}

/* A scheduled lesson goes live by the first who comes in its time. */
static bool
check_live(Running *running, int64_t now_ms, GError **error)
{
    if (running->row->state == SC_LESSON_LIVE)
        return true;
    if (!reread_lesson(running, error))
        return false;
    ScLessonRow *row = running->row;
    if (row->state == SC_LESSON_SCHEDULED && is_due(running, now_ms)) {
        if (!sc_store_set_lesson_state(running->conductor->store, row->id, SC_LESSON_LIVE,
                                       error))
            return false;
        row->state = SC_LESSON_LIVE;
    }
    if (row->state == SC_LESSON_LIVE)
        return true;
    g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_LESSON_NOT_LIVE, "lesson %s is %s",
                row->id, sc_word_lesson_states[row->state]);
    return false;
}

void
sc_conductor_release(ScConductor *self, const char *lesson)
{
    Running *running = g_hash_table_lookup(self->lessons, lesson);
    if (running == NULL || !sc_lesson_is_idle(running->lesson)
        || (self->observer != NULL
            && self->observer->has_people(lesson, self->user_data)))
        return;
    g_debug("lesson %s: nobody is left", lesson);
    g_hash_table_remove(self->lessons, lesson);
}

/* Slots: told to the relay in as few messages as the limit allows. */

static gboolean
on_refresh(gpointer user_data)
{
    ScConductor *self = user_data;
    self->refreshing = 0;
    sc_media_refresh(self->media);
    return G_SOURCE_REMOVE;
}

static void
on_patched(JsonObject *result G_GNUC_UNUSED, const GError *error, gpointer user_data)
{
    ScConductor *self = user_data;
    if (error == NULL || error->domain == SC_PROBLEM_ERROR || self->refreshing != 0)
        return; /* done, or the next relay's list tells all */
    /* Something went away while we named it. All or nothing: look again, then patch. */
    g_message("slot.patch was refused (%s), asking the relay for its list",
              error->message);
    self->refreshing = g_timeout_add(REFRESH_MS, on_refresh, self);
}

static void
send_patches(ScConductor *self, GArray *patches)
{
    g_autoptr(GArray) taken = patches;
    for (guint begin = 0; begin < taken->len; begin += SC_CONTROL_PATCHES_MAX) {
        guint end = MIN(begin + SC_CONTROL_PATCHES_MAX, taken->len);
        JsonArray *array = json_array_sized_new(end - begin);
        for (guint i = begin; i < end; i++) {
            const ScLessonPatch *patch = &g_array_index(taken, ScLessonPatch, i);
            JsonObject *object = json_object_new();
            json_object_set_string_member(object, "slot", patch->slot);
            if (patch->track != NULL)
                json_object_set_string_member(object, "track", patch->track);
            else
                json_object_set_null_member(object, "track");
            json_array_add_object_element(array, object);
        }
        JsonObject *parameters = json_object_new();
        json_object_set_array_member(parameters, "patches", array);
        sc_media_call(self->media, "slot.patch", parameters, on_patched, self);
    }
}

static gboolean
on_patching(gpointer user_data)
{
    Running *running = user_data;
    running->patching = 0;
    send_patches(running->conductor, sc_lesson_take_patches(running->lesson));
    return G_SOURCE_REMOVE;
}

/* Once for all that changes in this turn of the main loop. */
static void
schedule_patches(Running *running)
{
    if (running->patching == 0)
        running->patching =
            g_idle_add_full(G_PRIORITY_DEFAULT, on_patching, running, NULL);
}

/* Sessions. */

static void
tell_presence(Running *running, const char *site)
{
    ScConductor *self = running->conductor;
    ScLessonPresence now = sc_lesson_get_presence(running->lesson, site);
    ScLessonPresence *told = g_hash_table_lookup(running->told, site);
    ScLessonPresence before = told != NULL ? *told : (ScLessonPresence){ false, false };
    if (now.publishing == before.publishing && now.subscribed == before.subscribed)
        return;
    if (told == NULL) {
        told = g_new(ScLessonPresence, 1);
        g_hash_table_insert(running->told, g_strdup(site), told);
    }
    *told = now;
    bool came =
        (now.publishing && !before.publishing) || (now.subscribed && !before.subscribed);
    ScEvent event = { .type = came ? SC_EVENT_JOINED : SC_EVENT_LEFT, .id = SC_NO_ID };
    g_strlcpy(event.presence.site, site, sizeof event.presence.site);
    event.presence.publishing = now.publishing;
    event.presence.subscribed = now.subscribed;
    if (self->observer != NULL)
        self->observer->tell_lesson(sc_lesson_get_id(running->lesson), &event, NULL,
                                    self->user_data);
}

static void
take_session(Running *running, ScSession *session)
{
    sc_lesson_take_session(running->lesson, session);
    g_hash_table_insert(running->conductor->sessions, session->id, running);
}

/* Our side of a session ends; the relay's is the caller's business. May end the lesson.
 */
static void
remove_session(Running *running, const char *id)
{
    ScConductor *self = running->conductor;
    g_hash_table_remove(self->sessions, id);
    g_autoptr(ScSession) session = sc_lesson_remove_session(running->lesson, id);
    tell_presence(running, session->site);
    if (session->kind == SC_SESSION_PUBLISH)
        schedule_patches(running);
    sc_conductor_release(self, session->lesson);
}

static void
close_transport(ScConductor *self, const char *id)
{
    JsonObject *parameters = json_object_new();
    json_object_set_string_member(parameters, "transport", id);
    sc_media_call(self->media, "transport.close", parameters, NULL, NULL);
}

void
sc_conductor_close(ScConductor *self, ScSession *session)
{
    Running *running = g_hash_table_lookup(self->sessions, session->id);
    g_autofree char *id = g_strdup(session->id);
    g_message("site %s: session %s closed", session->site, id);
    close_transport(self, id);
    remove_session(running, id);
}

/* @error of the relay as the client is to be told. */
static GError *
make_refusal(const GError *error)
{
    if (error->domain == SC_PROBLEM_ERROR)
        return g_error_copy(error);
    ScProblem problem = error->domain == SC_MEDIA_ERROR && error->code == SC_CONTROL_LIMIT
                            ? SC_PROBLEM_TOO_MANY_SESSIONS
                            : SC_PROBLEM_INTERNAL_ERROR;
    return g_error_new(SC_PROBLEM_ERROR, (int)problem, "the relay: %s", error->message);
}

static void
finish_opening(Opening *opening, Running *running, ScSession *session,
               const ScSdpTransport *transport)
{
    ScConductor *self = opening->conductor;
    if (session->state == SC_SESSION_OPENING)
        session->state = SC_SESSION_WAITING;
    if (session->kind == SC_SESSION_SUBSCRIBE)
        send_patches(self, sc_lesson_take_session_patches(running->lesson, session));
    else
        schedule_patches(running);
    g_autofree char *text =
        sc_answer_write(opening->answer, transport, session->id, g_str_hash(session->id));
    g_message("site %s: session %s opened", session->site, session->id);
    opening->opened(session, text, NULL, opening->user_data);
}

static void
on_created(JsonObject *result, const GError *error, gpointer user_data)
{
    g_autoptr(Opening) opening = user_data;
    ScConductor *self = opening->conductor;
    Running *running = g_hash_table_lookup(self->sessions, opening->session);
    g_assert(running != NULL); /* nothing but us ends a session that is OPENING */
    ScControlAnswer answer;
    g_autoptr(GError) reason = error != NULL ? g_error_copy(error) : NULL;
    if (reason == NULL && sc_control_parse_answer(result, true, &answer, &reason)) {
        finish_opening(opening, running,
                       sc_lesson_lookup_session(running->lesson, opening->session),
                       &answer.transport);
        return;
    }
    if (error == NULL)
        close_transport(self, opening->session);
    remove_session(running, opening->session);
    g_autoptr(GError) refusal = make_refusal(reason);
    opening->opened(NULL, NULL, refusal, opening->user_data);
}

static uint32_t
make_ssrc(void *user_data G_GNUC_UNUSED)
{
    /* 32 random bits: two of a session's few would be equal once in 10^7 sessions, and 0
     * once in 10^9. */
    uint32_t ssrc;
    do
        ssrc = g_random_int();
    while (ssrc == 0);
    return ssrc;
}

/* sdp's errors have a problem's name each. */
static void
propagate_sdp_error(GError **error, GError *reason)
{
    ScProblem problem = SC_PROBLEM_BAD_SDP;
    if (reason->domain == SC_SDP_ERROR)
        (void)sc_problem_lookup(sc_sdp_error_get_problem((ScSdpError)reason->code),
                                &problem);
    g_set_error_literal(error, SC_PROBLEM_ERROR, (int)problem, reason->message);
    g_error_free(reason);
}

/* Parses @text and decides what is answered. */
static bool
negotiate(Opening *opening, Running *running, const ScTokenGrant *grant,
          ScSessionKind kind, const char *text, size_t length, GError **error)
{
    unsigned n_streams = 0;
    const ScAnswerStream *streams =
        sc_lesson_get_streams(running->lesson, grant->role, kind, &n_streams);
    if (n_streams == 0) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_WRONG_ROLE,
                    kind == SC_SESSION_PUBLISH
                        ? "role %s does not publish"
                        : "role %s has nothing to watch: the lesson has no classroom",
                    sc_role_get_name(grant->role));
        return false;
    }
    GError *reason = NULL;
    opening->offer = sc_offer_parse(text, length, &reason);
    if (opening->offer != NULL)
        opening->answer =
            kind == SC_SESSION_PUBLISH
                ? sc_answer_new_receive(opening->offer, streams, n_streams, &reason)
                : sc_answer_new_send(opening->offer, streams, n_streams, make_ssrc, NULL,
                                     &reason);
    if (reason != NULL)
        propagate_sdp_error(error, reason);
    return opening->answer != NULL;
}

static ScSession *
add_session(Opening *opening, Running *running, const ScTokenGrant *grant,
            ScSessionKind kind, int64_t now_us, GError **error)
{
    ScSession *replaced = NULL;
    if (!sc_lesson_admit(running->lesson, grant->site, kind, now_us, &replaced, error))
        return NULL;
    ScSession *session =
        sc_session_new(grant->lesson, grant->site, grant->role, kind, now_us);
    for (unsigned i = 0; i < opening->offer->n_sections; i++)
        if (opening->answer->sections[i].stream != NULL)
            sc_session_add_stream(session, opening->answer->sections[i].stream);
    session->mid = g_strdup(sc_answer_get_mid(opening->answer));
    opening->session = g_strdup(session->id);
    take_session(running, session);
    if (replaced != NULL)
        sc_conductor_close(running->conductor, replaced);
    return session;
}

void
sc_conductor_open(ScConductor *self, const ScTokenGrant *grant, ScSessionKind kind,
                  const char *offer, size_t length, ScConductorOpened opened,
                  gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Opening) opening = g_new0(Opening, 1);
    opening->conductor = self;
    opening->opened = opened;
    opening->user_data = user_data;
    Running *running = open_lesson(self, grant->lesson, grant->site, &error);
    ScSession *session = NULL;
    if (running != NULL && check_live(running, g_get_real_time() / 1000, &error)
        && negotiate(opening, running, grant, kind, offer, length, &error)) {
        if (sc_media_is_ready(self->media))
            session = add_session(opening, running, grant, kind, g_get_monotonic_time(),
                                  &error);
        else
            g_set_error(&error, SC_PROBLEM_ERROR, SC_PROBLEM_NO_RELAY,
                        "no relay is connected");
    }
    if (session == NULL) {
        opened(NULL, NULL, error, user_data);
        sc_conductor_release(self, grant->lesson);
        return;
    }
    JsonObject *parameters = sc_answer_build_transport(opening->answer, session->id);
    g_autofree char *tag = sc_session_print_tag(session);
    json_object_set_string_member(parameters, "transport", session->id);
    json_object_set_string_member(parameters, "tag", tag);
    sc_media_call(self->media, "transport.create", parameters, on_created,
                  g_steal_pointer(&opening));
}

ScSession *
sc_conductor_lookup_session(ScConductor *self, const ScTokenGrant *grant,
                            ScSessionKind kind, const char *id, GError **error)
{
    Running *running = g_hash_table_lookup(self->sessions, id);
    ScSession *session =
        running != NULL ? sc_lesson_lookup_session(running->lesson, id) : NULL;
    if (session == NULL || session->kind != kind || session->state == SC_SESSION_OPENING
        || !g_str_equal(session->lesson, grant->lesson)) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_SESSION,
                    "there is no session %s", id);
        return NULL;
    }
    if (!g_str_equal(session->site, grant->site)) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_WRONG_ROLE,
                    "session %s is of another site than %s", id, grant->site);
        return NULL;
    }
    return session;
}

static void
on_restarted(JsonObject *result, const GError *error, gpointer user_data)
{
    g_autoptr(Opening) opening = user_data;
    ScConductor *self = opening->conductor;
    Running *running = g_hash_table_lookup(self->sessions, opening->session);
    ScControlAnswer answer;
    g_autoptr(GError) reason = error != NULL ? g_error_copy(error) : NULL;
    if (running == NULL && reason == NULL)
        g_set_error(&reason, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_SESSION,
                    "session %s has ended", opening->session);
    if (reason == NULL && sc_control_parse_answer(result, false, &answer, &reason)) {
        ScSession *session = sc_lesson_lookup_session(running->lesson, opening->session);
        sc_session_renew_etag(session);
        g_autofree char *text = sc_fragment_write(&answer.transport, session->mid);
        opening->opened(session, text, NULL, opening->user_data);
        return;
    }
    g_autoptr(GError) refusal = make_refusal(reason);
    opening->opened(NULL, NULL, refusal, opening->user_data);
}

void
sc_conductor_restart(ScConductor *self, ScSession *session, const ScFragment *fragment,
                     ScConductorOpened restarted, gpointer user_data)
{
    Opening *opening = g_new0(Opening, 1);
    opening->conductor = self;
    opening->session = g_strdup(session->id);
    opening->opened = restarted;
    opening->user_data = user_data;
    JsonObject *ice = json_object_new();
    json_object_set_string_member(ice, "ufrag", fragment->ice_ufrag);
    json_object_set_string_member(ice, "pwd", fragment->ice_pwd);
    JsonObject *parameters = json_object_new();
    json_object_set_string_member(parameters, "transport", session->id);
    json_object_set_object_member(parameters, "ice", ice);
    sc_media_call(self->media, "transport.restart_ice", parameters, on_restarted,
                  opening);
}

/* The relay: what it tells, and what it has. */

static ScSession *
find_session(ScConductor *self, const char *id, Running **out_running)
{
    *out_running = g_hash_table_lookup(self->sessions, id);
    return *out_running != NULL ? sc_lesson_lookup_session((*out_running)->lesson, id)
                                : NULL;
}

static void
set_state(Running *running, ScSession *session, ScControlState state)
{
    switch (state) {
    case SC_CONTROL_NEW:
        session->state = SC_SESSION_WAITING;
        break;
    case SC_CONTROL_CONNECTED:
        session->state = SC_SESSION_CONNECTED;
        break;
    case SC_CONTROL_LOST:
        session->state = SC_SESSION_LOST;
        break;
    case SC_CONTROL_CLOSED:
        g_message("site %s: session %s ended at the relay", session->site, session->id);
        remove_session(running, session->id);
        return;
    }
    tell_presence(running, session->site);
}

static void
on_transport_state(const ScControlTransportState *state, gpointer user_data)
{
    Running *running;
    ScSession *session = find_session(user_data, state->transport, &running);
    if (session != NULL && session->state != SC_SESSION_OPENING)
        set_state(running, session, state->state);
}

/* "ID.STREAM" → the session and its stream; NULL where it is not ours. */
static ScSessionStream *
find_stream(ScConductor *self, const char *name, ScSession **out_session)
{
    const char *dot = strchr(name, '.');
    if (dot == NULL)
        return NULL;
    g_autofree char *id = g_strndup(name, (gsize)(dot - name));
    Running *running;
    *out_session = find_session(self, id, &running);
    return *out_session != NULL ? sc_session_lookup_stream(*out_session, dot + 1) : NULL;
}

static void
on_track_state(const ScControlStream *track, gpointer user_data)
{
    ScSession *session;
    ScSessionStream *stream = find_stream(user_data, track->name, &session);
    /* The relay calls a track silent when nothing came for SC_LESSON_QUIET_US. */
    if (stream != NULL)
        sc_session_set_flowing(session, stream, track->flowing,
                               g_get_monotonic_time() - SC_LESSON_QUIET_US);
}

static void
on_quality(GArray *list, gpointer user_data)
{
    ScConductor *self = user_data;
    for (guint i = 0; i < list->len; i++) {
        const ScControlQuality *figures = &g_array_index(list, ScControlQuality, i);
        Running *running;
        ScSession *session = find_session(self, figures->transport, &running);
        ScEvent event = { .type = SC_EVENT_QUALITY, .id = SC_NO_ID };
        if (session != NULL && sc_quality_update(session, figures, &event.quality)
            && self->observer != NULL)
            self->observer->tell_site(session->lesson, session->site, true, &event,
                                      self->user_data);
    }
}

/* A transport of the relay that we have no session for, after a restart of ours. NULL
 * where it is none of ours, or its lesson or site is no more. */
static ScSession *
rebuild_session(ScConductor *self, const ScControlTransport *transport,
                Running **out_running)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ScSession) session = sc_session_parse_tag(
        transport->is.transport, transport->tag, g_get_monotonic_time());
    if (session == NULL)
        return NULL;
    *out_running = open_lesson(self, session->lesson, session->site, &error);
    if (*out_running == NULL) {
        g_message("session %s: not taken up again: %s", session->id, error->message);
        return NULL;
    }
    for (guint i = 0; i < transport->streams->len; i++) {
        const ScControlStream *stream =
            &g_array_index(transport->streams, ScControlStream, i);
        const char *dot = strchr(stream->name, '.');
        if (dot != NULL)
            sc_session_add_stream(session, dot + 1);
    }
    ScSession *taken = g_steal_pointer(&session);
    take_session(*out_running, taken);
    return taken;
}

/* Makes our picture of one session the relay's. */
static void
adopt_streams(ScConductor *self, const ScControlTransport *transport)
{
    for (guint i = 0; i < transport->streams->len; i++) {
        const ScControlStream *listed =
            &g_array_index(transport->streams, ScControlStream, i);
        ScSession *session;
        ScSessionStream *stream = find_stream(self, listed->name, &session);
        if (stream == NULL)
            continue;
        if (session->kind == SC_SESSION_PUBLISH) {
            sc_session_set_flowing(session, stream, listed->flowing,
                                   session->quiet_since_us);
        } else {
            g_free(stream->feed);
            stream->feed = listed->track[0] != '\0' ? g_strdup(listed->track) : NULL;
        }
    }
}

static void
adopt_transport(ScConductor *self, const ScControlTransport *transport)
{
    Running *running;
    ScSession *session = find_session(self, transport->is.transport, &running);
    if (session == NULL && !self->knows_sessions)
        session = rebuild_session(self, transport, &running);
    if (session == NULL) {
        g_message("transport %s is nobody's, closing it", transport->is.transport);
        close_transport(self, transport->is.transport);
        return;
    }
    if (session->state == SC_SESSION_OPENING)
        return;
    adopt_streams(self, transport);
    set_state(running, session, transport->is.state);
}

static void
tell_rejoin(ScConductor *self, const char *lesson, const char *site, GStrv locations)
{
    ScEvent event = { .type = SC_EVENT_REJOIN, .id = SC_NO_ID };
    event.rejoin.sessions = locations;
    g_strlcpy(event.rejoin.reason, RESTARTED_REASON, sizeof event.rejoin.reason);
    if (self->observer != NULL)
        self->observer->tell_site(lesson, site, false, &event, self->user_data);
}

/* Ends the sessions of @lesson that are not in @listed, and says so, a message for each
 * site. */
static void
end_missing_sessions(ScConductor *self, Running *running, GHashTable *listed)
{
    g_autoptr(GHashTable) missing = g_hash_table_new_full(
        g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strv_builder_unref);
    g_autoptr(GList) sessions = sc_lesson_list_sessions(running->lesson);
    g_autofree char *lesson = g_strdup(sc_lesson_get_id(running->lesson));
    for (GList *link = sessions; link != NULL; link = link->next) {
        ScSession *session = link->data;
        if (session->state == SC_SESSION_OPENING
            || g_hash_table_contains(listed, session->id))
            continue;
        GStrvBuilder *builder = g_hash_table_lookup(missing, session->site);
        if (builder == NULL) {
            builder = g_strv_builder_new();
            g_hash_table_insert(missing, g_strdup(session->site), builder);
        }
        g_autofree char *location = sc_session_dup_location(session);
        g_strv_builder_add(builder, location);
        remove_session(running, session->id); /* may free @running by the last one */
    }
    GHashTableIter iter;
    gpointer site, builder;
    g_hash_table_iter_init(&iter, missing);
    while (g_hash_table_iter_next(&iter, &site, &builder)) {
        g_auto(GStrv) locations = g_strv_builder_end(builder);
        g_message("site %s: the relay lost its sessions, telling it to rejoin",
                  (const char *)site);
        tell_rejoin(self, lesson, site, locations);
    }
}

static void
on_ready(const ScControlHello *hello G_GNUC_UNUSED, GArray *list, gpointer user_data)
{
    ScConductor *self = user_data;
    g_autoptr(GHashTable) listed = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < list->len; i++) {
        ScControlTransport *transport = &g_array_index(list, ScControlTransport, i);
        g_hash_table_add(listed, transport->is.transport);
        if (transport->is.state != SC_CONTROL_CLOSED)
            adopt_transport(self, transport);
    }
    self->knows_sessions = true;
    g_autoptr(GList) lessons = g_hash_table_get_values(self->lessons);
    for (GList *link = lessons; link != NULL; link = link->next) {
        Running *running = link->data;
        schedule_patches(running);
        end_missing_sessions(self, running, listed);
    }
}

static void
on_gone(gpointer user_data G_GNUC_UNUSED)
{
    /* Media may go on without our connection. What was lost the next list tells. */
}

static const ScMediaObserver media_observer = {
    .ready = on_ready,
    .gone = on_gone,
    .transport_state = on_transport_state,
    .track_state = on_track_state,
    .quality = on_quality,
};

/* People. */

ScTokenGrant *
sc_conductor_verify(ScConductor *self, const char *token, const char *lesson,
                    GError **error)
{
    g_autoptr(GError) reason = NULL;
    ScTokenGrant *grant =
        sc_token_verify(self->store, token, lesson, g_get_real_time() / 1000, &reason);
    if (grant != NULL)
        return grant;
    if (reason->domain != SC_TOKEN_ERROR) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return NULL;
    }
    ScProblem problem = SC_PROBLEM_UNKNOWN_TOKEN;
    switch ((ScTokenError)reason->code) {
    case SC_TOKEN_ERROR_UNKNOWN:
        break;
    case SC_TOKEN_ERROR_EXPIRED:
        problem = SC_PROBLEM_EXPIRED_TOKEN;
        break;
    case SC_TOKEN_ERROR_WRONG_LESSON: {
        g_autoptr(ScLessonRow) row = read_row(self, lesson, error);
        if (row == NULL)
            return NULL;
        problem = SC_PROBLEM_WRONG_LESSON;
        break;
    }
    }
    g_set_error_literal(error, SC_PROBLEM_ERROR, (int)problem, reason->message);
    return NULL;
}

static void
write_instant(int64_t time_ms, char out_text[SC_INSTANT_MAX + 1])
{
    g_autoptr(GDateTime) instant = g_date_time_new_from_unix_utc(time_ms / 1000);
    g_autofree char *text =
        instant != NULL ? g_date_time_format_iso8601(instant) : g_strdup("");
    g_strlcpy(out_text, text, SC_INSTANT_MAX + 1);
}

static const char *
choose_name(ScLanguage language, const char *name, const char *name_en)
{
    return language == SC_LANGUAGE_EN && name_en != NULL && name_en[0] != '\0' ? name_en
                                                                               : name;
}

static void
fill_site(Running *running, const ScLessonSite *from, ScLanguage language,
          ScEventSite *out_site)
{
    ScLessonPresence presence = sc_lesson_get_presence(running->lesson, from->site);
    g_strlcpy(out_site->site, from->site, sizeof out_site->site);
    g_strlcpy(out_site->name, choose_name(language, from->name, from->name_en),
              sizeof out_site->name);
    g_strlcpy(out_site->school, choose_name(language, from->school, from->school_en),
              sizeof out_site->school);
    out_site->role = from->role;
    out_site->tile = from->tile >= 0 ? from->tile : SC_NO_TILE;
    out_site->present = presence.publishing || presence.subscribed;
}

bool
sc_conductor_welcome(ScConductor *self, const ScTokenGrant *grant, ScLanguage language,
                     ScEvent *out_event, GError **error)
{
    Running *running = open_lesson(self, grant->lesson, grant->site, error);
    if (running == NULL)
        return false;
    const ScLessonRow *row = running->row;
    *out_event = (ScEvent){ .type = SC_EVENT_WELCOME, .id = SC_NO_ID };
    ScWelcomeEvent *welcome = &out_event->welcome;
    g_strlcpy(welcome->lesson, row->id, sizeof welcome->lesson);
    g_strlcpy(welcome->title, row->title, sizeof welcome->title);
    g_strlcpy(welcome->subject, row->subject, sizeof welcome->subject);
    write_instant(row->starts_ms, welcome->starts_at);
    write_instant(row->ends_ms, welcome->ends_at);
    welcome->state = row->state;
    welcome->role = grant->role;
    g_strlcpy(welcome->site, grant->site, sizeof welcome->site);
    g_strlcpy(welcome->floor, sc_lesson_get_floor(running->lesson),
              sizeof welcome->floor);
    welcome->n_sites = row->n_sites;
    welcome->sites = g_new0(ScEventSite, row->n_sites);
    for (unsigned i = 0; i < row->n_sites; i++) {
        fill_site(running, &row->sites[i], language, &welcome->sites[i]);
        if (g_str_equal(row->sites[i].site, grant->site))
            g_strlcpy(welcome->name, welcome->sites[i].name, sizeof welcome->name);
    }
    return true;
}

static bool
store_floor(Running *running, const char *site, GError **error)
{
    g_autofree char *before = g_strdup(sc_lesson_get_floor(running->lesson));
    if (!sc_lesson_set_floor(running->lesson, site)) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_SITE,
                    "%s is no classroom of lesson %s", site,
                    sc_lesson_get_id(running->lesson));
        return false;
    }
    if (sc_store_set_floor(running->conductor->store, sc_lesson_get_id(running->lesson),
                           site[0] != '\0' ? site : NULL, g_get_real_time() / 1000,
                           error))
        return true;
    (void)sc_lesson_set_floor(running->lesson, before);
    return false;
}

bool
sc_conductor_set_floor(ScConductor *self, const ScTokenGrant *grant, const char *site,
                       int64_t id, gpointer asker, GError **error)
{
    if (grant->role != SC_ROLE_TEACHER) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_WRONG_ROLE,
                    "role %s does not give the floor", sc_role_get_name(grant->role));
        return false;
    }
    Running *running = open_lesson(self, grant->lesson, grant->site, error);
    if (running == NULL || !store_floor(running, site, error))
        return false;
    send_patches(self, sc_lesson_take_patches(running->lesson));
    ScEvent event = { .type = SC_EVENT_FLOOR, .id = id };
    g_strlcpy(event.floor.site, site, sizeof event.floor.site);
    if (self->observer != NULL)
        self->observer->tell_lesson(grant->lesson, &event, asker, self->user_data);
    return true;
}

/* Life. */

ScConductor *
sc_conductor_new(const ScConfig *config, ScStore *store, GError **error)
{
    g_autoptr(ScConductor) self = g_new0(ScConductor, 1);
    self->config = config;
    self->store = store;
    self->lessons = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, running_free);
    self->sessions = g_hash_table_new(g_str_hash, g_str_equal);
    self->media = sc_media_new(config, &media_observer, self, error);
    if (self->media == NULL)
        return NULL;
    return g_steal_pointer(&self);
}

void
sc_conductor_free(ScConductor *self)
{
    if (self == NULL)
        return;
    g_clear_handle_id(&self->refreshing, g_source_remove);
    sc_media_free(self->media); /* ends our calls, whose callbacks use the tables */
    g_hash_table_unref(self->sessions);
    g_hash_table_unref(self->lessons);
    g_free(self);
}

void
sc_conductor_set_observer(ScConductor *self, const ScConductorObserver *observer,
                          gpointer user_data)
{
    self->observer = observer;
    self->user_data = user_data;
}

ScMedia *
sc_conductor_get_media(ScConductor *self)
{
    return self->media;
}

unsigned
sc_conductor_count_lessons(ScConductor *self)
{
    return g_hash_table_size(self->lessons);
}

unsigned
sc_conductor_count_sessions(ScConductor *self, ScSessionKind kind)
{
    unsigned n = 0;
    GHashTableIter iter;
    gpointer running;
    g_hash_table_iter_init(&iter, self->lessons);
    while (g_hash_table_iter_next(&iter, NULL, &running))
        n += sc_lesson_count_sessions(((Running *)running)->lesson, kind);
    return n;
}

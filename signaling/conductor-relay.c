/* SPDX-License-Identifier: Apache-2.0 */
/* conductor-relay.c: follows what the relay tells, and makes our picture its own when it
 * lists what it runs: after a restart of ours, or of the relay's. */
#define G_LOG_DOMAIN "sc-conductor"
#include <string.h>

#include "signaling/conductor-private.h"
#include "signaling/quality.h"

#define RESTARTED_REASON "the relay no longer has these sessions"

static void
set_state(ScRunning *running, ScSession *session, ScControlState state)
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
        sc_running_remove_session(running, session->id);
        return;
    }
    sc_running_tell_presence(running, session->site);
}

static void
on_transport_state(const ScControlTransportState *state, gpointer user_data)
{
    ScRunning *running;
    ScSession *session = sc_conductor_find_session(user_data, state->transport, &running);
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
    ScRunning *running;
    *out_session = sc_conductor_find_session(self, id, &running);
    return *out_session != NULL ? sc_session_lookup_stream(*out_session, dot + 1) : NULL;
}

static void
on_track_state(const ScControlStream *track, gpointer user_data)
{
    ScConductor *self = user_data;
    ScSession *session;
    ScSessionStream *stream = find_stream(self, track->name, &session);
    /* The relay calls a track silent when nothing came for SC_LESSON_QUIET_US. */
    if (stream != NULL)
        sc_session_set_flowing(session, stream, track->flowing,
                               sc_clock_get_monotonic_us(self->clock)
                                   - SC_LESSON_QUIET_US);
}

static void
on_quality(GArray *list, gpointer user_data)
{
    ScConductor *self = user_data;
    for (guint i = 0; i < list->len; i++) {
        const ScControlQuality *figures = &g_array_index(list, ScControlQuality, i);
        ScRunning *running;
        ScSession *session =
            sc_conductor_find_session(self, figures->transport, &running);
        ScEvent event = { .type = SC_EVENT_QUALITY, .id = SC_NO_ID };
        if (session != NULL && self->witness != NULL && !running->is_echo_test)
            self->witness->figures(session, figures, self->witness_data);
        if (session != NULL && sc_quality_update(session, figures, &event.quality)
            && self->observer != NULL)
            self->observer->tell_site(session->lesson, session->site, true, &event, NULL,
                                      self->user_data);
    }
}

/* A transport of the relay that we have no session for, after a restart of ours. NULL
 * where it is none of ours, or its lesson or site is no more. */
static ScSession *
rebuild_session(ScConductor *self, const ScControlTransport *transport,
                ScRunning **out_running)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ScSession) session = sc_session_parse_tag(
        transport->is.transport, transport->tag, sc_clock_get_monotonic_us(self->clock));
    if (session == NULL)
        return NULL;
    *out_running = sc_conductor_open_lesson(self, session->lesson, session->site, &error);
    if (*out_running == NULL) {
        g_message("session %s: not taken up again: %s", session->id, error->message);
        return NULL;
    }
    if (sc_running_get_phase(*out_running) == SC_PHASE_OVER) {
        sc_conductor_release(self, session->lesson);
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
    sc_running_take_session(*out_running, taken);
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
    ScRunning *running;
    ScSession *session =
        sc_conductor_find_session(self, transport->is.transport, &running);
    if (session == NULL && !self->knows_sessions)
        session = rebuild_session(self, transport, &running);
    if (session == NULL) {
        g_message("transport %s is nobody's, closing it", transport->is.transport);
        sc_conductor_close_transport(self, transport->is.transport);
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
    sc_event_copy_text(event.rejoin.reason, sizeof event.rejoin.reason, RESTARTED_REASON);
    if (self->observer != NULL)
        self->observer->tell_site(lesson, site, false, &event, NULL, self->user_data);
}

/* Ends the sessions of @lesson that are not in @listed, and says so, a message for each
 * site. */
static void
end_missing_sessions(ScConductor *self, ScRunning *running, GHashTable *listed)
{
    g_autoptr(GHashTable) missing = g_hash_table_new_full(
        g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strv_builder_unref);
    g_autoptr(GList) sessions = sc_lesson_list_sessions(running->lesson);
    g_autofree char *lesson = g_strdup(sc_lesson_get_id(running->lesson));
    bool is_over = sc_running_is_over(running); /* then nobody has to come back */
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
        sc_running_remove_session(running,
                                  session->id); /* may free @running by the last one */
    }
    GHashTableIter iter;
    gpointer site, builder;
    g_hash_table_iter_init(&iter, missing);
    while (!is_over && g_hash_table_iter_next(&iter, &site, &builder)) {
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
        ScRunning *running = link->data;
        sc_running_schedule_patches(running);
        end_missing_sessions(self, running, listed);
    }
}

static void
on_gone(gpointer user_data G_GNUC_UNUSED)
{
    /* Media may go on without our connection. What was lost the next list tells. */
}

const ScMediaObserver sc_conductor_media_observer = {
    .ready = on_ready,
    .gone = on_gone,
    .transport_state = on_transport_state,
    .track_state = on_track_state,
    .quality = on_quality,
};

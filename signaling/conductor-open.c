/* SPDX-License-Identifier: Apache-2.0 */
/* conductor-open.c: a session from offer to answer, and the restart of its ICE. */
#define G_LOG_DOMAIN "sc-conductor"
#include "signaling/conductor-private.h"
#include "signaling/offer.h"
#include "signaling/problem.h"

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
finish_opening(Opening *opening, ScRunning *running, ScSession *session,
               const ScSdpTransport *transport)
{
    ScConductor *self = opening->conductor;
    if (session->state == SC_SESSION_OPENING)
        session->state = SC_SESSION_WAITING;
    if (session->kind == SC_SESSION_SUBSCRIBE)
        sc_conductor_send_patches(
            self, sc_lesson_take_session_patches(running->lesson, session));
    else
        sc_running_schedule_patches(running);
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
    ScRunning *running = g_hash_table_lookup(self->sessions, opening->session);
    g_assert(running != NULL); /* nothing but us ends a session that is OPENING */
    ScControlAnswer answer;
    g_autoptr(GError) reason = error != NULL ? g_error_copy(error) : NULL;
    if (reason == NULL && sc_running_is_over(running))
        g_set_error(&reason, SC_PROBLEM_ERROR, SC_PROBLEM_LESSON_NOT_LIVE,
                    "the lesson ended meanwhile");
    if (reason == NULL && sc_control_parse_answer(result, true, &answer, &reason)) {
        finish_opening(opening, running,
                       sc_lesson_lookup_session(running->lesson, opening->session),
                       &answer.transport);
        return;
    }
    if (error == NULL)
        sc_conductor_close_transport(self, opening->session);
    sc_running_remove_session(running, opening->session);
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
negotiate(Opening *opening, ScRunning *running, const ScTokenGrant *grant,
          ScSessionKind kind, const char *text, size_t length, GError **error)
{
    unsigned n_streams = 0;
    const ScAnswerStream *streams =
        sc_lesson_get_streams(running->lesson, grant->role, kind, &n_streams);
    if (n_streams == 0) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_WRONG_ROLE,
                    grant->role == SC_ROLE_PUPIL ? "role %s has no media"
                    : kind == SC_SESSION_PUBLISH
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
add_session(Opening *opening, ScRunning *running, const ScTokenGrant *grant,
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
    sc_running_take_session(running, session);
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
    ScRunning *running =
        sc_conductor_open_lesson(self, grant->lesson, grant->site, &error);
    ScSession *session = NULL;
    if (running != NULL && sc_running_check_open(running, &error)
        && negotiate(opening, running, grant, kind, offer, length, &error)) {
        if (sc_media_is_ready(self->media))
            session = add_session(opening, running, grant, kind,
                                  sc_clock_get_monotonic_us(self->clock), &error);
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
    ScRunning *running = g_hash_table_lookup(self->sessions, id);
    ScSession *session =
        running != NULL ? sc_lesson_lookup_session(running->lesson, id) : NULL;
    if (session == NULL || session->kind != kind || session->state == SC_SESSION_OPENING
        || !g_str_equal(session->lesson, grant->lesson)) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_SESSION,
                    "there is no session %s", id);
        return NULL;
    }
    if (!g_str_equal(session->site, grant->site) || grant->role == SC_ROLE_PUPIL) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_WRONG_ROLE,
                    "session %s is not of %s %s", id, sc_role_get_name(grant->role),
                    grant->site);
        return NULL;
    }
    return session;
}

static void
on_restarted(JsonObject *result, const GError *error, gpointer user_data)
{
    g_autoptr(Opening) opening = user_data;
    ScConductor *self = opening->conductor;
    ScRunning *running;
    ScSession *session = sc_conductor_find_session(self, opening->session, &running);
    ScControlAnswer answer;
    g_autoptr(GError) reason = error != NULL ? g_error_copy(error) : NULL;
    if (session == NULL && reason == NULL)
        g_set_error(&reason, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_SESSION,
                    "session %s has ended", opening->session);
    if (session != NULL && reason == NULL
        && sc_control_parse_answer(result, false, &answer, &reason)) {
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

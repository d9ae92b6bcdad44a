/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/whip.h"

#include <string.h>

#include "signaling/fragment.h"
#include "signaling/offer.h"

#define SDP_TYPE "application/sdp"
#define FRAGMENT_TYPE "application/trickle-ice-sdpfrag"

/* A request that waits for the relay. */
typedef struct {
    ScConductor *conductor; /* borrowed: answers us before it ends */
    ScExchange *exchange;   /* ours to answer */
} Pending;

static Pending *
pending_new(ScConductor *conductor, ScExchange *exchange)
{
    Pending *pending = g_new(Pending, 1);
    *pending = (Pending){ conductor, exchange };
    return pending;
}

static ScTokenGrant *
authorize(ScConductor *conductor, ScExchange *exchange, GError **error)
{
    const char *token = sc_exchange_get_bearer(exchange, error);
    return token == NULL
               ? NULL
               : sc_conductor_verify_media(conductor, token,
                                           sc_exchange_get_parameter(exchange, 0), error);
}

static void
on_opened(ScSession *session, const char *answer, const GError *error, gpointer user_data)
{
    g_autofree Pending *pending = user_data;
    ScExchange *exchange = pending->exchange;
    if (session == NULL) {
        sc_exchange_refuse(exchange, error);
        return;
    }
    if (sc_exchange_is_gone(exchange)) {
        sc_conductor_close(pending->conductor, session);
        sc_exchange_reply(exchange, 201, NULL, NULL);
        return;
    }
    g_autofree char *location = sc_session_dup_location(session);
    sc_exchange_set_header(exchange, "Location", location);
    sc_exchange_set_header(exchange, "ETag", session->etag);
    sc_exchange_set_header(exchange, "Accept-Patch", FRAGMENT_TYPE);
    sc_exchange_reply(exchange, 201, SDP_TYPE, answer);
}

static void
post(ScExchange *exchange, ScConductor *conductor, ScSessionKind kind)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ScTokenGrant) grant = authorize(conductor, exchange, &error);
    if (grant == NULL) {
        sc_exchange_refuse(exchange, error);
        return;
    }
    size_t length;
    const char *offer = sc_exchange_get_body(exchange, &length);
    sc_conductor_open(conductor, grant, kind, offer, length, on_opened,
                      pending_new(conductor, exchange));
}

static void
on_restarted(ScSession *session, const char *answer, const GError *error,
             gpointer user_data)
{
    g_autofree Pending *pending = user_data;
    if (session == NULL) {
        sc_exchange_refuse(pending->exchange, error);
        return;
    }
    sc_exchange_set_header(pending->exchange, "ETag", session->etag);
    sc_exchange_reply(pending->exchange, 200, FRAGMENT_TYPE, answer);
}

/* An RFC 9110 list of ETags, "*" apart. */
static bool
etag_matches(const char *if_match, const char *etag)
{
    g_auto(GStrv) tags = g_strsplit(if_match, ",", -1);
    for (char **tag = tags; *tag != NULL; tag++)
        if (g_str_equal(g_strstrip(*tag), etag))
            return true;
    return false;
}

static ScFragment *
parse_fragment(ScExchange *exchange, GError **error)
{
    size_t length;
    const char *body = sc_exchange_get_body(exchange, &length);
    g_autoptr(GError) reason = NULL;
    ScFragment *fragment = sc_fragment_parse(body, length, &reason);
    if (fragment == NULL)
        g_set_error_literal(error, SC_PROBLEM_ERROR, SC_PROBLEM_BAD_FRAGMENT,
                            reason->message);
    return fragment;
}

/* Candidates for the ICE session that If-Match names. The fragment may repeat its
 * credentials; as an ICE-lite end we have no use for candidates. */
static bool
accept_candidates(const ScSession *session, const char *if_match, GError **error)
{
    if (etag_matches(if_match, session->etag))
        return true;
    g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_STALE_ETAG,
                "If-Match is %s, the ICE session is %s", if_match, session->etag);
    return false;
}

static bool
has_credentials(const ScFragment *fragment, GError **error)
{
    if (fragment->ice_ufrag != NULL)
        return true;
    g_set_error(
        error, SC_PROBLEM_ERROR, SC_PROBLEM_BAD_FRAGMENT,
        "If-Match: * asks for an ICE restart, a=ice-ufrag and a=ice-pwd are missing");
    return false;
}

static ScSession *
find_session(ScConductor *conductor, ScExchange *exchange, ScSessionKind kind,
             GError **error)
{
    g_autoptr(ScTokenGrant) grant = authorize(conductor, exchange, error);
    return grant == NULL
               ? NULL
               : sc_conductor_lookup_session(
                   conductor, grant, kind, sc_exchange_get_parameter(exchange, 1), error);
}

static const char *
get_if_match(ScExchange *exchange, GError **error)
{
    const char *if_match = sc_exchange_get_header(exchange, "If-Match");
    if (if_match == NULL)
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_NO_ETAG,
                    "If-Match is missing: the session's ETag for candidates, * for an "
                    "ICE restart");
    return if_match;
}

/* True where the request is answered, or will be. */
static bool
try_patch(ScExchange *exchange, ScConductor *conductor, ScSessionKind kind,
          GError **error)
{
    ScSession *session = find_session(conductor, exchange, kind, error);
    if (session == NULL)
        return false;
    const char *if_match = get_if_match(exchange, error);
    if (if_match == NULL)
        return false;
    g_autoptr(ScFragment) fragment = parse_fragment(exchange, error);
    if (fragment == NULL)
        return false;
    if (!g_str_equal(if_match, "*")) {
        if (!accept_candidates(session, if_match, error))
            return false;
        sc_exchange_reply(exchange, 204, NULL, NULL);
        return true;
    }
    if (!has_credentials(fragment, error))
        return false;
    sc_conductor_restart(conductor, session, fragment, on_restarted,
                         pending_new(conductor, exchange));
    return true;
}

static void
patch(ScExchange *exchange, ScConductor *conductor, ScSessionKind kind)
{
    g_autoptr(GError) error = NULL;
    if (!try_patch(exchange, conductor, kind, &error))
        sc_exchange_refuse(exchange, error);
}

static void
close_session(ScExchange *exchange, ScConductor *conductor, ScSessionKind kind)
{
    g_autoptr(GError) error = NULL;
    ScSession *session = find_session(conductor, exchange, kind, &error);
    if (session == NULL) {
        sc_exchange_refuse(exchange, error);
        return;
    }
    sc_conductor_close(conductor, session);
    sc_exchange_reply(exchange, 200, NULL, NULL);
}

static void
on_whip_post(ScExchange *exchange, gpointer conductor)
{
    post(exchange, conductor, SC_SESSION_PUBLISH);
}

static void
on_whep_post(ScExchange *exchange, gpointer conductor)
{
    post(exchange, conductor, SC_SESSION_SUBSCRIBE);
}

static void
on_whip_patch(ScExchange *exchange, gpointer conductor)
{
    patch(exchange, conductor, SC_SESSION_PUBLISH);
}

static void
on_whep_patch(ScExchange *exchange, gpointer conductor)
{
    patch(exchange, conductor, SC_SESSION_SUBSCRIBE);
}

static void
on_whip_delete(ScExchange *exchange, gpointer conductor)
{
    close_session(exchange, conductor, SC_SESSION_PUBLISH);
}

static void
on_whep_delete(ScExchange *exchange, gpointer conductor)
{
    close_session(exchange, conductor, SC_SESSION_SUBSCRIBE);
}

static const ScRoute routes[] = {
    { "POST", "/whip/{}", SDP_TYPE, SC_OFFER_LENGTH_MAX, on_whip_post },
    { "PATCH", "/whip/{}/{}", FRAGMENT_TYPE, SC_FRAGMENT_LENGTH_MAX, on_whip_patch },
    { "DELETE", "/whip/{}/{}", NULL, 0, on_whip_delete },
    { "POST", "/whep/{}", SDP_TYPE, SC_OFFER_LENGTH_MAX, on_whep_post },
    { "PATCH", "/whep/{}/{}", FRAGMENT_TYPE, SC_FRAGMENT_LENGTH_MAX, on_whep_patch },
    { "DELETE", "/whep/{}/{}", NULL, 0, on_whep_delete },
};

void
sc_whip_add_routes(ScServer *server, ScConductor *conductor)
{
    sc_server_add_routes(server, routes, G_N_ELEMENTS(routes), conductor);
}

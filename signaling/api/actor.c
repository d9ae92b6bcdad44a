/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/api/actor.h"

#include <string.h>

#include "signaling/api/secret.h"
#include "signaling/store/device.h"
#include "signaling/store/web-session.h"

#define TOUCH_MS (60 * 1000LL) /* a session's last use is noted so often at most */

ScActor *
sc_actor_new_nobody(void)
{
    ScActor *self = g_new0(ScActor, 1);
    self->id = g_strdup("");
    self->name = g_strdup("");
    self->audit_name = g_strdup("");
    self->roles = 1U << SC_API_NOBODY;
    return self;
}

void
sc_actor_free(ScActor *self)
{
    if (self == NULL)
        return;
    g_free(self->id);
    g_free(self->name);
    g_free(self->audit_name);
    g_free(self->site);
    g_free(self->session);
    g_free(self);
}

const char *
sc_actor_get_audit_name(const ScActor *self)
{
    return self->audit_name;
}

/* RFC 6265, section 4.2.1: pairs parted by "; ". */
char *
sc_actor_dup_cookie(ScExchange *exchange)
{
    const char *header = sc_exchange_get_header(exchange, "Cookie");
    g_auto(GStrv) pairs = g_strsplit(header != NULL ? header : "", ";", -1);
    for (char **pair = pairs; *pair != NULL; pair++) {
        g_strstrip(*pair);
        if (g_str_has_prefix(*pair, SC_ACTOR_COOKIE "="))
            return g_strdup(*pair + strlen(SC_ACTOR_COOKIE "="));
    }
    return NULL;
}

static ScActor *
refuse_unknown(const char *what, GError **error)
{
    sc_problem_set_error(error, SC_PROBLEM_NOT_SIGNED_IN, NULL,
                         "%s is not known, or over", what);
    return NULL;
}

static bool
is_absent(const GError *error)
{
    return g_error_matches(error, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND);
}

/* A page of somebody else's can send the cookie along, but does not know the token. */
static bool
check_csrf(ScExchange *exchange, const char *token, GError **error)
{
    const char *method =
        soup_server_message_get_method(sc_exchange_get_message(exchange));
    const char *header = sc_exchange_get_header(exchange, SC_ACTOR_CSRF_HEADER);
    g_autofree char *want = sc_web_session_dup_csrf(token);
    if (g_str_equal(method, "GET") || g_str_equal(method, "HEAD")
        || g_strcmp0(header, want) == 0)
        return true;
    sc_problem_set_error(error, SC_PROBLEM_NO_CSRF_TOKEN, NULL, "%s is %s",
                         SC_ACTOR_CSRF_HEADER, header != NULL ? "wrong" : "missing");
    sc_problem_say(error, "登录信息已过时，请再试一次。",
                   "Your sign-in has been renewed. Please try again.");
    return false;
}

static bool
is_over(const ScApiParts *parts, const ScWebSessionRow *row, int64_t now_ms)
{
    int64_t idle_ms = parts->config->idle_min * 60 * 1000LL;
    int64_t whole_ms = parts->config->session_hours * 3600 * 1000LL;
    return now_ms >= row->seen_ms + idle_ms || now_ms >= row->created_ms + whole_ms;
}

/* A full disk keeps nobody from reading: then the session is merely over sooner. */
static bool
note_use(const ScApiParts *parts, const char *hash, int64_t now_ms, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (sc_store_touch_web_session(parts->store, hash, now_ms, &reason)
        || g_error_matches(reason, SC_STORE_ERROR, SC_STORE_ERROR_FULL))
        return true;
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

static ScActor *
find_person(const ScApiParts *parts, ScExchange *exchange, const char *token,
            GError **error)
{
    int64_t now_ms = sc_clock_get_real_ms(parts->clock);
    g_autofree char *hash = sc_secret_hash(token);
    g_autoptr(GError) reason = NULL;
    g_auto(ScWebSessionRow) row = { 0 };
    if (!sc_store_find_web_session(parts->store, hash, &row, &reason)) {
        if (is_absent(reason))
            return refuse_unknown("the session", error);
        g_propagate_error(error, g_steal_pointer(&reason));
        return NULL;
    }
    if (!row.is_active || is_over(parts, &row, now_ms))
        return refuse_unknown("the session", error);
    if (!check_csrf(exchange, token, error)
        || (now_ms >= row.seen_ms + TOUCH_MS && !note_use(parts, hash, now_ms, error)))
        return NULL;
    ScActor *self = g_new0(ScActor, 1);
    self->kind = SC_ACTOR_PERSON;
    self->id = g_strdup(row.person);
    self->name = g_strdup(row.name);
    self->audit_name = g_strdup(row.person);
    self->session = g_steal_pointer(&hash);
    self->roles = (row.is_administrator ? 1U << SC_API_ADMINISTRATOR : 0)
                  | (row.is_inspector ? 1U << SC_API_INSPECTOR : 0)
                  | (row.is_teacher ? 1U << SC_API_TEACHER : 0);
    self->must_change = row.must_change;
    return self;
}

static ScActor *
find_device(const ScApiParts *parts, const char *token, GError **error)
{
    g_autofree char *hash = sc_secret_hash(token);
    g_autoptr(GError) reason = NULL;
    g_auto(ScDeviceRow) row = { 0 };
    if (!sc_store_find_device_by_token(parts->store, hash, &row, &reason)) {
        if (is_absent(reason))
            return refuse_unknown("the device", error);
        g_propagate_error(error, g_steal_pointer(&reason));
        return NULL;
    }
    ScActor *self = g_new0(ScActor, 1);
    self->kind = SC_ACTOR_DEVICE;
    self->id = g_strdup(row.id);
    self->name = g_strdup(row.name);
    self->audit_name = g_strconcat("device:", row.id, NULL);
    self->site = g_strdup(row.site);
    self->roles = 1U << SC_API_DEVICE;
    return self;
}

ScActor *
sc_actor_find(const ScApiParts *parts, ScExchange *exchange, GError **error)
{
    g_autofree char *cookie = sc_actor_dup_cookie(exchange);
    if (cookie != NULL)
        return find_person(parts, exchange, cookie, error);
    const char *bearer = sc_exchange_get_bearer(exchange, NULL);
    return bearer != NULL ? find_device(parts, bearer, error) : sc_actor_new_nobody();
}

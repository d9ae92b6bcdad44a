/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-line"
#include "signaling/line-door.h"

#include <sodium.h>

#include "signaling/api/limiter.h"

#define PATH "/line"
#define TYPE "application/octet-stream"
#define BYTES_MAX (2 * 1024 * 1024) /* of one request, either way */
#define UNIT (64 * 1024)            /* bytes that count as one; a smaller request too */
#define UNITS_PER_S 1.0             /* of one token: 0.5 Mbit/s for ever */
#define UNITS_BURST 128             /* 8 MiB: a check, and once more */

struct ScLineDoor {
    ScClock *clock;         /* borrowed */
    ScConductor *conductor; /* borrowed */
    ScLimiter *units;       /* owned: by site of a lesson */
    GBytes *noise;          /* owned: BYTES_MAX that no proxy can make smaller */
};

/* A token is worth no more than its site, so that new links bring no new bytes. */
static bool
take_units(ScLineDoor *self, const ScTokenGrant *grant, size_t n_bytes, GError **error)
{
    g_autofree char *key = g_strdup_printf("%s %s", grant->lesson, grant->site);
    int64_t now_us = sc_clock_get_monotonic_us(self->clock);
    size_t n_units = MAX((n_bytes + UNIT - 1) / UNIT, 1);
    for (size_t i = 0; i < n_units; i++) {
        if (!sc_limiter_take(self->units, key, now_us)) {
            g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_TOO_MANY_REQUESTS,
                        "at most %d KiB at once, and %d KiB a second",
                        UNITS_BURST * UNIT / 1024, (int)(UNITS_PER_S * UNIT / 1024));
            return false;
        }
    }
    return true;
}

static bool
admit(ScLineDoor *self, ScExchange *exchange, size_t n_bytes, GError **error)
{
    const char *token = sc_exchange_get_bearer(exchange, error);
    if (token == NULL)
        return false;
    g_autoptr(ScTokenGrant) grant =
        sc_conductor_verify(self->conductor, token, NULL, error);
    if (grant == NULL)
        return false;
    if (grant->role == SC_ROLE_PUPIL) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_WRONG_ROLE,
                    "a pupil sends no media, and measures no line");
        return false;
    }
    return take_units(self, grant, n_bytes, error);
}

static bool
read_n_bytes(ScExchange *exchange, size_t *out_n_bytes, GError **error)
{
    GUri *uri = soup_server_message_get_uri(sc_exchange_get_message(exchange));
    const char *query = g_uri_get_query(uri);
    g_autoptr(GHashTable) fields = soup_form_decode(query != NULL ? query : "");
    const char *text = g_hash_table_lookup(fields, "bytes");
    guint64 n_bytes;
    if (text == NULL
        || !g_ascii_string_to_unsigned(text, 10, 1, BYTES_MAX, &n_bytes, NULL)) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "bytes",
                             "bytes = %s: must be a number from 1 to %d",
                             text != NULL ? text : "", BYTES_MAX);
        return false;
    }
    *out_n_bytes = (size_t)n_bytes;
    return true;
}

static void
on_get(ScExchange *exchange, gpointer user_data)
{
    ScLineDoor *self = user_data;
    g_autoptr(GError) error = NULL;
    size_t n_bytes;
    if (!read_n_bytes(exchange, &n_bytes, &error)
        || !admit(self, exchange, n_bytes, &error)) {
        sc_exchange_refuse(exchange, error);
        return;
    }
    g_autoptr(GBytes) body = g_bytes_new_from_bytes(self->noise, 0, n_bytes);
    sc_exchange_set_header(exchange, "Cache-Control", "no-store, no-transform");
    sc_exchange_reply_bytes(exchange, 200, TYPE, body);
}

static void
on_post(ScExchange *exchange, gpointer user_data)
{
    ScLineDoor *self = user_data;
    g_autoptr(GError) error = NULL;
    size_t n_bytes;
    sc_exchange_get_body(exchange, &n_bytes);
    if (!admit(self, exchange, n_bytes, &error)) {
        sc_exchange_refuse(exchange, error);
        return;
    }
    sc_exchange_set_header(exchange, "Cache-Control", "no-store");
    sc_exchange_reply(exchange, 204, NULL, NULL);
}

static const ScRoute routes[] = {
    { "GET", PATH, NULL, 0, on_get },
    { "POST", PATH, TYPE, BYTES_MAX, on_post },
};

ScLineDoor *
sc_line_door_new(ScServer *server, ScClock *clock, ScConductor *conductor)
{
    ScLineDoor *self = g_new0(ScLineDoor, 1);
    self->clock = clock;
    self->conductor = conductor;
    self->units = sc_limiter_new(UNITS_PER_S, UNITS_BURST);
    void *noise = g_malloc(BYTES_MAX);
    randombytes_buf(noise, BYTES_MAX);
    self->noise = g_bytes_new_take(noise, BYTES_MAX);
    sc_server_add_routes(server, routes, G_N_ELEMENTS(routes), self);
    return self;
}

void
sc_line_door_free(ScLineDoor *self)
{
    if (self == NULL)
        return;
    sc_limiter_free(self->units);
    g_bytes_unref(self->noise);
    g_free(self);
}

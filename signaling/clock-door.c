/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-clock"
#include "signaling/clock-door.h"

#include <gio/gio.h>

#include "signaling/protocol/fields.h"

#define PATH "/test/clock"
#define TYPE "application/json"
#define BODY_MAX 1024 /* bytes */
#define INSTANT_LENGTH 64
#define YEAR_MIN 1970
#define YEAR_MAX 9998 /* so that what is planned after it is a date as well */

struct ScClockDoor {
    ScClock *clock;  /* borrowed: outlives us */
    GQueue *waiting; /* owned, of ScExchange, ours to answer */
    guint settling;  /* source; 0: none waits */
};

static char *
print_now(const ScClock *clock)
{
    int64_t now_ms = sc_clock_get_real_ms(clock);
    g_autoptr(GDateTime) second = g_date_time_new_from_unix_utc(now_ms / 1000);
    g_autofree char *text = g_date_time_format(second, "%Y-%m-%dT%H:%M:%S");
    return g_strdup_printf("{\"now\":\"%s.%03dZ\"}", text, (int)(now_ms % 1000));
}

static void
answer(ScClockDoor *self, ScExchange *exchange)
{
    g_autofree char *body = print_now(self->clock);
    sc_exchange_set_header(exchange, "Cache-Control", "no-store");
    sc_exchange_reply(exchange, 200, TYPE, body);
}

static void
on_get(ScExchange *exchange, gpointer user_data)
{
    answer(user_data, exchange);
}

static gboolean
on_settled(gpointer user_data)
{
    ScClockDoor *self = user_data;
    ScExchange *exchange;
    self->settling = 0;
    while ((exchange = g_queue_pop_head(self->waiting)) != NULL)
        answer(self, exchange);
    return G_SOURCE_REMOVE;
}

static bool
parse_now(const char *body, size_t length, int64_t *out_now_ms, GError **error)
{
    g_autoptr(JsonObject) object = sc_fields_parse_object(body, length, BODY_MAX, error);
    if (object == NULL)
        return false;
    ScFields fields;
    char text[INSTANT_LENGTH + 1];
    sc_fields_init(&fields, object);
    sc_fields_read_text(&fields, "now", text, sizeof text);
    if (!sc_fields_finish(&fields, error))
        return false;
    g_autoptr(GDateTime) now = g_date_time_new_from_iso8601(text, NULL);
    g_autoptr(GDateTime) utc = now != NULL ? g_date_time_to_utc(now) : NULL;
    if (utc == NULL || g_date_time_get_year(utc) < YEAR_MIN
        || g_date_time_get_year(utc) > YEAR_MAX) {
        g_set_error(error, SC_PROTOCOL_ERROR, SC_PROTOCOL_ERROR_BAD_MESSAGE,
                    "now: “%s” is no instant with a time zone from %d to %d", text,
                    YEAR_MIN, YEAR_MAX);
        return false;
    }
    *out_now_ms =
        g_date_time_to_unix(utc) * 1000 + g_date_time_get_microsecond(utc) / 1000;
    return true;
}

/* Answered from a source of low priority: whatever became due runs before it. */
static void
on_put(ScExchange *exchange, gpointer user_data)
{
    ScClockDoor *self = user_data;
    g_autoptr(GError) reason = NULL;
    size_t length;
    int64_t now_ms;
    const char *body = sc_exchange_get_body(exchange, &length);
    if (!parse_now(body, length, &now_ms, &reason)) {
        g_autoptr(GError) error = g_error_new_literal(
            SC_PROBLEM_ERROR, SC_PROBLEM_BAD_MESSAGE, reason->message);
        sc_exchange_refuse(exchange, error);
        return;
    }
    g_message("a test moves the clock by %" G_GINT64_FORMAT " s",
              (now_ms - sc_clock_get_real_ms(self->clock)) / 1000);
    g_queue_push_tail(self->waiting, exchange);
    if (self->settling == 0)
        self->settling = g_idle_add_full(G_PRIORITY_LOW, on_settled, self, NULL);
    sc_clock_set_real_ms(self->clock, now_ms);
}

static const ScRoute routes[] = {
    { "GET", PATH, NULL, 0, on_get },
    { "PUT", PATH, TYPE, BODY_MAX, on_put },
};

static bool
is_loopback(const char *literal)
{
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(literal);
    return address != NULL && g_inet_address_get_is_loopback(address);
}

ScClockDoor *
sc_clock_door_new(const ScConfig *config, ScServer *server, ScClock *clock,
                  GError **error)
{
    if (!is_loopback(config->listen)) {
        g_set_error(error, SC_CONFIG_ERROR, SC_CONFIG_ERROR_VALUE,
                    "--test-clock is for tests on loopback only, but listen = %s",
                    config->listen);
        return NULL;
    }
    ScClockDoor *self = g_new0(ScClockDoor, 1);
    self->clock = clock;
    self->waiting = g_queue_new();
    sc_server_add_routes(server, routes, G_N_ELEMENTS(routes), self);
    return self;
}

void
sc_clock_door_free(ScClockDoor *self)
{
    if (self == NULL)
        return;
    g_clear_handle_id(&self->settling, g_source_remove);
    on_settled(self); /* held requests are answered, come what may */
    g_queue_free(self->waiting);
    g_free(self);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/metrics.h"

#include <inttypes.h>
#include <string.h>

#define CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

struct ScMetrics {
    ScConductor *conductor; /* borrowed */
    ScEvents *events;       /* borrowed */
    ScBell *bell;           /* borrowed */
    GHashTable *requests;   /* owned: labels → uint64_t: answers given */
};

typedef struct {
    ScMetrics *metrics;   /* borrowed */
    ScExchange *exchange; /* ours to answer */
} Pending;

/* The lines that come before the samples of one metric. */
static void
append_head(GString *text, const char *name, const char *type, const char *help)
{
    g_string_append_printf(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
append_value(GString *text, const char *name, const char *labels, double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(number, sizeof number, "%.15g", value);
    if (labels[0] != '\0')
        g_string_append_printf(text, "%s{%s} %s\n", name, labels, number);
    else
        g_string_append_printf(text, "%s %s\n", name, number);
}

static void
append_gauge(GString *text, const char *name, const char *help, double value)
{
    append_head(text, name, "gauge", help);
    append_value(text, name, "", value);
}

static void
append_counter(GString *text, const char *name, const char *help, double value)
{
    append_head(text, name, "counter", help);
    append_value(text, name, "", value);
}

/* The relay's own names and labels, made fit: they are words of [a-z0-9_]. */
static char *
dup_word(const char *text)
{
    return g_strcanon(g_strdup(text),
                      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_",
                      '_');
}

static JsonObject *
get_object(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node)
                                                        : NULL;
}

/* Each member of @values as a metric of its own: synclass_relay_NAME@suffix. */
static void
append_members(GString *text, const char *labels, JsonObject *values, const char *type,
               const char *suffix)
{
    if (values == NULL)
        return;
    JsonObjectIter iter;
    const char *member;
    json_object_iter_init(&iter, values);
    while (json_object_iter_next(&iter, &member, NULL)) {
        g_autofree char *word = dup_word(member);
        g_autofree char *name = g_strconcat("synclass_relay_", word, suffix, NULL);
        append_head(text, name, type, "Of the relay, see docs/operating.md#counters.");
        append_value(text, name, labels,
                     json_object_get_double_member_with_default(values, member, 0));
    }
}

static void
append_verdicts(GString *text, const char *labels, JsonObject *verdicts)
{
    static const char *name = "synclass_relay_packets_ended_total";
    if (verdicts == NULL)
        return;
    append_head(text, name, "counter", "Packets by the way they ended.");
    JsonObjectIter iter;
    const char *member;
    json_object_iter_init(&iter, verdicts);
    while (json_object_iter_next(&iter, &member, NULL)) {
        g_autofree char *word = dup_word(member);
        g_autofree char *all = g_strdup_printf("%s,verdict=\"%s\"", labels, word);
        append_value(text, name, all,
                     json_object_get_double_member_with_default(verdicts, member, 0));
    }
}

static void
append_forward_time(GString *text, const char *labels, JsonObject *forward)
{
    static const char *name = "synclass_relay_forward_us";
    static const struct {
        const char *member;
        const char *quantile;
    } quantiles[] = { { "p50", "0.5" }, { "p99", "0.99" } };
    if (forward == NULL)
        return;
    append_head(text, name, "summary", "Microseconds a forwarded packet spends inside.");
    for (size_t i = 0; i < G_N_ELEMENTS(quantiles); i++) {
        g_autofree char *all =
            g_strdup_printf("%s,quantile=\"%s\"", labels, quantiles[i].quantile);
        append_value(
            text, name, all,
            json_object_get_double_member_with_default(forward, quantiles[i].member, 0));
    }
    append_value(text, "synclass_relay_forward_us_count", labels,
                 json_object_get_double_member_with_default(forward, "count", 0));
}

void
sc_metrics_append_relay(GString *text, const char *instance, JsonObject *stats)
{
    g_autofree char *word = dup_word(instance);
    g_autofree char *labels = g_strdup_printf("relay=\"%s\"", word);
    append_members(text, labels, get_object(stats, "counters"), "counter", "_total");
    append_members(text, labels, get_object(stats, "gauges"), "gauge", "");
    append_verdicts(text, labels, get_object(stats, "verdicts"));
    append_forward_time(text, labels, get_object(stats, "forward_us"));
    append_head(text, "synclass_relay_cpu_us_total", "counter",
                "Processor time of the relay, user and system, in microseconds.");
    append_value(text, "synclass_relay_cpu_us_total", labels,
                 json_object_get_double_member_with_default(stats, "cpu_us", 0));
}

static void
append_requests(ScMetrics *self, GString *text)
{
    static const char *name = "synclass_requests_total";
    append_head(text, name, "counter", "HTTP requests by route and status.");
    GHashTableIter iter;
    gpointer labels, count;
    g_hash_table_iter_init(&iter, self->requests);
    while (g_hash_table_iter_next(&iter, &labels, &count))
        append_value(text, name, labels, (double)*(uint64_t *)count);
}

static void
append_bell(GString *text, const ScBell *bell)
{
    static const char *rings = "synclass_bell_rings_total";
    ScBellCounters counters = sc_bell_get_counters(bell);
    append_head(text, rings, "counter", "Lessons that were rung.");
    append_value(text, rings, "phase=\"opened\"", (double)counters.n_opened);
    append_value(text, rings, "phase=\"begun\"", (double)counters.n_begun);
    append_value(text, rings, "phase=\"ended\"", (double)counters.n_ended);
    append_counter(text, "synclass_bell_failed_total",
                   "Rounds of the bell that the store refused.",
                   (double)counters.n_failed);
    append_gauge(text, "synclass_bell_longest_us",
                 "Longest that the bell held the main loop.",
                 (double)counters.longest_us);
}

static void
append_own(ScMetrics *self, GString *text)
{
    static const char *sessions = "synclass_sessions";
    ScEventsCounters events = sc_events_get_counters(self->events);
    append_requests(self, text);
    append_gauge(text, "synclass_lessons", "Lessons running.",
                 sc_conductor_count_lessons(self->conductor));
    append_head(text, sessions, "gauge", "WHIP and WHEP sessions.");
    append_value(text, sessions, "kind=\"publish\"",
                 sc_conductor_count_sessions(self->conductor, SC_SESSION_PUBLISH));
    append_value(text, sessions, "kind=\"subscribe\"",
                 sc_conductor_count_sessions(self->conductor, SC_SESSION_SUBSCRIBE));
    append_gauge(text, "synclass_events_connections", "WebSocket connections.",
                 events.n_connections);
    append_counter(text, "synclass_events_accepted_total",
                   "WebSocket connections since the start.", (double)events.n_accepted);
    append_counter(text, "synclass_events_received_total", "Messages from clients.",
                   (double)events.n_received);
    append_counter(text, "synclass_events_sent_total", "Messages to clients.",
                   (double)events.n_sent);
    append_counter(text, "synclass_events_refused_total",
                   "Messages from clients that were answered by an error.",
                   (double)events.n_refused);
    append_counter(text, "synclass_events_cut_off_total",
                   "WebSocket connections that were closed for what they did.",
                   (double)events.n_cut_off);
    append_bell(text, self->bell);
    append_gauge(text, "synclass_relay_up", "1 while a relay is connected.",
                 sc_media_is_ready(sc_conductor_get_media(self->conductor)));
}

static void
on_stats(JsonObject *stats, const GError *error G_GNUC_UNUSED, gpointer user_data)
{
    g_autofree Pending *pending = user_data;
    ScMetrics *self = pending->metrics;
    const char *instance = sc_media_get_instance(sc_conductor_get_media(self->conductor));
    g_autoptr(GString) text = g_string_new(NULL);
    append_own(self, text);
    if (stats != NULL && instance != NULL)
        sc_metrics_append_relay(text, instance, stats);
    sc_exchange_set_header(pending->exchange, "Cache-Control", "no-store");
    sc_exchange_reply(pending->exchange, 200, CONTENT_TYPE, text->str);
}

static void
on_get(ScExchange *exchange, gpointer user_data)
{
    ScMetrics *self = user_data;
    Pending *pending = g_new(Pending, 1);
    *pending = (Pending){ self, exchange };
    sc_media_call(sc_conductor_get_media(self->conductor), "relay.stats",
                  json_object_new(), on_stats, pending);
}

static void
on_replied(const char *method, const char *pattern, unsigned status, gpointer user_data)
{
    ScMetrics *self = user_data;
    /* Known methods only: a client must not be able to make labels. */
    static const char *const methods[] = { "GET",    "HEAD",    "POST", "PATCH",
                                           "DELETE", "OPTIONS", NULL };
    g_autofree char *labels = g_strdup_printf(
        "method=\"%s\",route=\"%s\",status=\"%u\"",
        g_strv_contains(methods, method) ? method : "other", pattern, status);
    uint64_t *count = g_hash_table_lookup(self->requests, labels);
    if (count == NULL) {
        count = g_new0(uint64_t, 1);
        g_hash_table_insert(self->requests, g_steal_pointer(&labels), count);
    }
    (*count)++;
}

static const ScRoute routes[] = {
    { "GET", "/metrics", NULL, 0, on_get },
};

ScMetrics *
sc_metrics_new(ScServer *server, ScConductor *conductor, ScEvents *events, ScBell *bell)
{
    ScMetrics *self = g_new0(ScMetrics, 1);
    self->conductor = conductor;
    self->events = events;
    self->bell = bell;
    self->requests = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    sc_server_set_observer(server, on_replied, self);
    sc_server_add_routes(server, routes, G_N_ELEMENTS(routes), self);
    return self;
}

void
sc_metrics_free(ScMetrics *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->requests);
    g_free(self);
}

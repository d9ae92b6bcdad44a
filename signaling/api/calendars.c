/* SPDX-License-Identifier: Apache-2.0 */
/* calendars.c: a private calendar address for each teacher and site: who has it may read
 * those lessons, and nothing else. */
#include <string.h>

#include "signaling/api/access.h"
#include "signaling/api/handlers.h"
#include "signaling/api/secret.h"
#include "signaling/school/icalendar.h"
#include "signaling/store/query.h"

#define DAY_MS (24 * 3600 * 1000LL)
#define BACK_MS (60 * DAY_MS)
#define AHEAD_MS (200 * DAY_MS)
#define EVENTS_MAX 5000

static char *
make_url(ScCall *call, const char *token)
{
    ScExchange *exchange = sc_call_get_exchange(call);
    const char *host = sc_exchange_get_header(exchange, "Host");
    const char *proto = sc_exchange_get_header(exchange, "X-Forwarded-Proto");
    bool is_tls = sc_call_get_parts(call)->config->certificate[0] != '\0'
                  || g_strcmp0(proto, "https") == 0;
    return g_strdup_printf("%s://%s/api/v1/calendars/%s", is_tls ? "https" : "http",
                           host != NULL ? host : "localhost", token);
}

static bool
read_owner(ScCall *call, const char *sql, const char *id, char **out_organisation,
           GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call), sql, error))
        return false;
    sc_query_bind_text(&query, id);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    *out_organisation = has_row ? sc_query_dup_text(&query, 0) : NULL;
    return true;
}

/* A new address; whoever had the old one reads nothing any more. */
static bool
renew(ScCall *call, const char *noun, const char *sql, GError **error)
{
    const char *id = sc_call_get_parameter(call, "id");
    g_autofree char *token = sc_secret_make();
    g_autofree char *hash = sc_secret_hash(token);
    {
        g_auto(ScQuery) query = { 0 };
        if (!sc_query_init(&query, sc_call_get_store(call), sql, error))
            return false;
        sc_query_bind_text(&query, hash);
        sc_query_bind_text(&query, id);
        if (!sc_query_run_on_one(&query, noun, id, error))
            return false;
    }
    g_autofree char *url = make_url(call, token);
    JsonObject *answer = json_object_new();
    json_object_set_string_member(answer, "url", url);
    sc_call_answer_object(call, 200, answer);
    return true;
}

/* One's own, or of a person one administers. */
static bool
renew_person(ScCall *call, GError **error)
{
    const char *id = sc_call_get_parameter(call, "id");
    g_autofree char *what = g_strdup_printf("person %s", id);
    g_autofree char *organisation = NULL;
    bool is_own = g_str_equal(id, sc_call_get_actor(call)->id);
    if (!read_owner(call, "SELECT organisation FROM person WHERE id = $1", id,
                    &organisation, error)
        || (!is_own && !sc_access_check_change(call, organisation, what, error)))
        return false;
    return renew(call, "person", "UPDATE person SET calendar_hash = $1 WHERE id = $2",
                 error)
           && sc_call_audit(call, "person", id, organisation, NULL, NULL, error);
}

static bool
renew_site(ScCall *call, GError **error)
{
    const char *id = sc_call_get_parameter(call, "id");
    g_autofree char *what = g_strdup_printf("site %s", id);
    g_autofree char *organisation = NULL;
    return read_owner(call, "SELECT organisation FROM site WHERE id = $1", id,
                      &organisation, error)
           && sc_access_check_change(call, organisation, what, error)
           && renew(call, "site", "UPDATE site SET calendar_hash = $1 WHERE id = $2",
                    error)
           && sc_call_audit(call, "site", id, organisation, NULL, NULL, error);
}

#define SELECT                                                                \
    "SELECT id, title, (SELECT site.name FROM lesson_site AS given JOIN site" \
    " ON site.id = given.site WHERE given.lesson = lesson.id"                 \
    " AND given.role = 'teacher'), reason, starts_ms, ends_ms, version,"      \
    " state = 'cancelled' FROM lesson WHERE starts_ms >= $2 AND starts_ms < $3 AND "

/* Whose calendar a token opens, and how its lessons are found. */
static const struct {
    const char *owner; /* SQL: id and name */
    const char *lessons;
} kinds[] = {
    { "SELECT id, name FROM person WHERE calendar_hash = $1 AND state = 'active'",
      SELECT "teacher = $1 ORDER BY starts_ms LIMIT $4" },
    { "SELECT id, name FROM site WHERE calendar_hash = $1 AND state = 'active'",
      SELECT "id IN (SELECT lesson FROM lesson_site WHERE site = $1)"
             " ORDER BY starts_ms LIMIT $4" },
};

static bool
find_owner(ScCall *call, unsigned *out_kind, char **out_id, char **out_name,
           GError **error)
{
    const char *token = sc_call_get_parameter(call, "token");
    g_autofree char *hash = sc_secret_hash(token);
    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_auto(ScQuery) query = { 0 };
        bool has_row;
        if (!sc_query_init(&query, sc_call_get_store(call), kinds[i].owner, error))
            return false;
        sc_query_bind_text(&query, hash);
        if (!sc_query_step(&query, &has_row, error))
            return false;
        if (!has_row)
            continue;
        *out_kind = i;
        *out_id = sc_query_dup_text(&query, 0);
        *out_name = sc_query_dup_text(&query, 1);
        return true;
    }
    sc_problem_set_error(error, SC_PROBLEM_NOT_FOUND, NULL, "there is no such calendar");
    return false;
}

static void
event_clear(gpointer data)
{
    const ScIcalendarEvent *event = data;
    g_free((char *)event->uid);
    g_free((char *)event->summary);
    g_free((char *)event->location);
    g_free((char *)event->description);
}

static ScIcalendarEvent
read_event(const ScQuery *query)
{
    return (ScIcalendarEvent){
        .uid = g_strconcat(sc_query_get_text(query, 0), "@synclass", NULL),
        .summary = sc_query_dup_text(query, 1),
        .location =
            sc_query_is_null(query, 2) ? g_strdup("") : sc_query_dup_text(query, 2),
        .description = sc_query_dup_text(query, 3),
        .starts_ms = sc_query_get_integer(query, 4),
        .ends_ms = sc_query_get_integer(query, 5),
        .sequence = (int)sc_query_get_integer(query, 6) - 1,
        .is_cancelled = sc_query_get_integer(query, 7) != 0,
    };
}

/* Of ScIcalendarEvent. */
static GArray *
read_events(ScCall *call, unsigned kind, const char *owner, GError **error)
{
    int64_t now_ms = sc_call_get_now_ms(call);
    g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(ScIcalendarEvent));
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    g_array_set_clear_func(events, event_clear);
    if (!sc_query_init(&query, sc_call_get_store(call), kinds[kind].lessons, error))
        return NULL;
    sc_query_bind_named_text(&query, "$1", owner);
    sc_query_bind_named_integer(&query, "$2", now_ms - BACK_MS);
    sc_query_bind_named_integer(&query, "$3", now_ms + AHEAD_MS);
    sc_query_bind_named_integer(&query, "$4", EVENTS_MAX);
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return g_steal_pointer(&events);
        ScIcalendarEvent event = read_event(&query);
        g_array_append_val(events, event);
    }
    return NULL;
}

static bool
get(ScCall *call, GError **error)
{
    unsigned kind = 0;
    g_autofree char *owner = NULL;
    g_autofree char *name = NULL;
    if (!find_owner(call, &kind, &owner, &name, error))
        return false;
    g_autoptr(GArray) events = read_events(call, kind, owner, error);
    if (events == NULL)
        return false;
    g_autofree char *shown = g_strdup_printf("同步课堂 %s", name);
    sc_call_answer_text(call, "text/calendar; charset=utf-8", NULL,
                        sc_icalendar_print(shown, sc_call_get_parts(call)->config->zone,
                                           sc_call_get_now_ms(call),
                                           (const ScIcalendarEvent *)events->data,
                                           events->len));
    return true;
}

const ScApiHandler sc_calendar_handlers[] = {
    { "renew-person-calendar", renew_person, NULL, NULL },
    { "renew-site-calendar", renew_site, NULL, NULL },
    { "get-calendar", get, NULL, NULL },
};
const unsigned sc_n_calendar_handlers = G_N_ELEMENTS(sc_calendar_handlers);

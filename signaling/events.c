/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-events"
#include "signaling/events.h"

#include <string.h>

#include "signaling/person.h"
#include "signaling/problem.h"
#include "signaling/protocol/fields.h"

#define PATH "/events"

/* The people in one lesson, and its numbering, which starts anew when the last one went.
 */
typedef struct {
    GPtrArray *people; /* owned, of ScPerson, borrowed */
    uint64_t seq;
} Room;

struct ScEvents {
    const ScConfig *config; /* borrowed: main keeps it to the end */
    ScConductor *conductor; /* borrowed: outlives us */
    GHashTable *people;     /* owned: set of ScPerson, owned */
    GHashTable *rooms;      /* owned: lesson's id → Room */
    ScEventsCounters counters;
};

static void
room_free(gpointer data)
{
    Room *room = data;
    g_ptr_array_unref(room->people);
    g_free(room);
}

static void
person_free(gpointer person)
{
    sc_person_free(person);
}

static void
send_text(ScEvents *self, ScPerson *person, const char *text)
{
    self->counters.n_sent++;
    sc_person_send(person, text);
}

static void
send_event(ScEvents *self, ScPerson *person, const ScEvent *event)
{
    g_autofree char *text = sc_event_print(event);
    send_text(self, person, text);
}

static void
cut_off(ScEvents *self, ScPerson *person, gushort code, const char *reason)
{
    self->counters.n_cut_off++;
    sc_person_close(person, code, reason);
}

/* The refusal goes out before the close. */
static void
send_error(ScEvents *self, ScPerson *person, ScProblem problem, const char *detail,
           int64_t id)
{
    ScEvent event = { .type = SC_EVENT_ERROR, .id = id };
    sc_event_copy_text(event.error.problem, sizeof event.error.problem,
                       sc_problem_get_name(problem));
    sc_event_copy_text(event.error.detail, sizeof event.error.detail, detail);
    self->counters.n_refused++;
    send_event(self, person, &event);
}

/* What the conductor wants told. */

static void
tell_lesson(const char *lesson, const ScEvent *event, gpointer asker, gpointer user_data)
{
    ScEvents *self = user_data;
    Room *room = g_hash_table_lookup(self->rooms, lesson);
    if (room == NULL)
        return;
    ScEvent numbered = *event;
    numbered.seq = ++room->seq;
    g_autofree char *for_asker = sc_event_print(&numbered);
    numbered.id = SC_NO_ID;
    g_autofree char *for_others = sc_event_print(&numbered);
    for (guint i = 0; i < room->people->len; i++) {
        ScPerson *person = g_ptr_array_index(room->people, i);
        send_text(self, person, person == asker ? for_asker : for_others);
    }
}

static void
tell_site(const char *lesson, const char *site, bool and_teacher, const ScEvent *event,
          gpointer user_data)
{
    ScEvents *self = user_data;
    Room *room = g_hash_table_lookup(self->rooms, lesson);
    if (room == NULL)
        return;
    g_autofree char *text = sc_event_print(event);
    for (guint i = 0; i < room->people->len; i++) {
        ScPerson *person = g_ptr_array_index(room->people, i);
        const ScTokenGrant *grant = sc_person_get_grant(person);
        if (g_str_equal(grant->site, site)
            || (and_teacher && grant->role == SC_ROLE_TEACHER))
            send_text(self, person, text);
    }
}

static bool
has_people(const char *lesson, gpointer user_data)
{
    ScEvents *self = user_data;
    return g_hash_table_contains(self->rooms, lesson);
}

static const ScConductorObserver conductor_observer = {
    .tell_lesson = tell_lesson,
    .tell_site = tell_site,
    .has_people = has_people,
};

/* What people say. */

static void
enter_room(ScEvents *self, ScPerson *person, const ScTokenGrant *grant, ScEvent *welcome)
{
    Room *room = g_hash_table_lookup(self->rooms, grant->lesson);
    if (room == NULL) {
        room = g_new0(Room, 1);
        room->people = g_ptr_array_new();
        room->seq = 1;
        g_hash_table_insert(self->rooms, g_strdup(grant->lesson), room);
    }
    g_ptr_array_add(room->people, person);
    welcome->seq = room->seq;
    send_event(self, person, welcome);
}

static void
on_hello(ScEvents *self, ScPerson *person, const ScRequest *request)
{
    g_autoptr(GError) error = NULL;
    g_auto(ScEvent) welcome = { .type = SC_EVENT_WELCOME };
    if (sc_person_get_grant(person) != NULL) {
        send_error(self, person, SC_PROBLEM_BAD_MESSAGE, "hello was said already",
                   request->id);
        return;
    }
    g_autoptr(ScTokenGrant) grant =
        sc_conductor_verify(self->conductor, request->hello.token, NULL, &error);
    if (grant == NULL
        || !sc_conductor_welcome(self->conductor, grant, request->hello.language,
                                 &welcome, &error)) {
        ScProblem problem = sc_problem_from_error(error);
        send_error(self, person, problem, error->message, request->id);
        cut_off(self, person, SC_EVENTS_CLOSE_TOKEN, sc_problem_get_name(problem));
        return;
    }
    g_message("site %s: on the events of lesson %s", grant->site, grant->lesson);
    const ScTokenGrant *lent = grant;
    sc_person_admit(person, g_steal_pointer(&grant));
    enter_room(self, person, lent, &welcome);
}

static void
on_floor(ScEvents *self, ScPerson *person, const ScRequest *request)
{
    g_autoptr(GError) error = NULL;
    if (!sc_conductor_set_floor(self->conductor, sc_person_get_grant(person),
                                request->floor.site, request->id, person, &error))
        send_error(self, person, sc_problem_from_error(error), error->message,
                   request->id);
}

static void
on_ping(ScEvents *self, ScPerson *person, const ScRequest *request)
{
    ScEvent event = { .type = SC_EVENT_PONG, .id = request->id };
    send_event(self, person, &event);
}

static void (*const handlers[])(ScEvents *self, ScPerson *person,
                                const ScRequest *request) = {
    [SC_REQUEST_HELLO] = on_hello,
    [SC_REQUEST_FLOOR] = on_floor,
    [SC_REQUEST_PING] = on_ping,
};

/* A wrong message ends a connection that is not admitted; others are told, and go on. */
static void
refuse_message(ScEvents *self, ScPerson *person, int64_t id, const GError *error)
{
    bool is_unknown =
        g_error_matches(error, SC_PROTOCOL_ERROR, SC_PROTOCOL_ERROR_UNKNOWN_TYPE);
    send_error(self, person,
               is_unknown ? SC_PROBLEM_UNKNOWN_TYPE : SC_PROBLEM_BAD_MESSAGE,
               error->message, id);
    if (sc_person_get_grant(person) == NULL)
        cut_off(self, person, SC_EVENTS_CLOSE_BAD_MESSAGE, "bad-message");
}

static void
on_said(ScPerson *person, const char *text, size_t length, gpointer user_data)
{
    ScEvents *self = user_data;
    g_autoptr(GError) error = NULL;
    ScRequest request;
    self->counters.n_received++;
    if (!sc_person_may_speak(person, g_get_monotonic_time())) {
        send_error(self, person, SC_PROBLEM_TOO_FAST, "too many messages a second",
                   SC_NO_ID);
        cut_off(self, person, SC_EVENTS_CLOSE_TOO_FAST, "too-fast");
        return;
    }
    if (!sc_request_parse(text, length, &request, &error)) {
        refuse_message(self, person, request.id, error);
    } else if (request.type != SC_REQUEST_HELLO && sc_person_get_grant(person) == NULL) {
        send_error(self, person, SC_PROBLEM_BAD_MESSAGE, "the first message is hello",
                   request.id);
        cut_off(self, person, SC_EVENTS_CLOSE_BAD_MESSAGE, "bad-message");
    } else {
        handlers[request.type](self, person, &request);
    }
}

static void
on_babbled(ScPerson *person, gpointer user_data)
{
    cut_off(user_data, person, SC_EVENTS_CLOSE_BAD_MESSAGE, "not a text message");
}

static void
on_kept_silent(ScPerson *person, gpointer user_data)
{
    cut_off(user_data, person, SC_EVENTS_CLOSE_NO_HELLO, "no hello");
}

static void
on_fell_behind(ScPerson *person, gpointer user_data)
{
    const ScTokenGrant *grant = sc_person_get_grant(person);
    g_message("site %s: too many events unread, cutting it off",
              grant != NULL ? grant->site : "(unknown)");
    cut_off(user_data, person, SC_EVENTS_CLOSE_TOO_FAST, "too far behind");
}

static void
on_left(ScPerson *person, gpointer user_data)
{
    ScEvents *self = user_data;
    const ScTokenGrant *grant = sc_person_get_grant(person);
    if (grant != NULL) {
        g_autofree char *lesson = g_strdup(grant->lesson);
        Room *room = g_hash_table_lookup(self->rooms, lesson);
        g_message("site %s: off the events of lesson %s", grant->site, lesson);
        g_ptr_array_remove_fast(room->people, person);
        if (room->people->len == 0)
            g_hash_table_remove(self->rooms, lesson);
        sc_conductor_release(self->conductor, lesson);
    }
    g_hash_table_remove(self->people, person);
}

static const ScPersonObserver person_observer = {
    .said = on_said,
    .babbled = on_babbled,
    .kept_silent = on_kept_silent,
    .fell_behind = on_fell_behind,
    .left = on_left,
};

static void
on_upgraded(SoupWebsocketConnection *connection, GSocket *socket, gpointer user_data)
{
    ScEvents *self = user_data;
    bool has_room = g_hash_table_size(self->people) < self->config->max_connections;
    ScPerson *person =
        sc_person_new(connection, socket, self->config, &person_observer, self);
    g_hash_table_add(self->people, person);
    self->counters.n_accepted++;
    if (!has_room)
        cut_off(self, person, SC_EVENTS_CLOSE_TOO_FAST, "too many connections");
}

ScEvents *
sc_events_new(const ScConfig *config, ScServer *server, ScConductor *conductor)
{
    ScEvents *self = g_new0(ScEvents, 1);
    self->config = config;
    self->conductor = conductor;
    self->people = g_hash_table_new_full(NULL, NULL, person_free, NULL);
    self->rooms = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, room_free);
    sc_conductor_set_observer(conductor, &conductor_observer, self);
    sc_server_add_websocket(server, PATH, SC_EVENTS_PROTOCOL, on_upgraded, self);
    return self;
}

void
sc_events_free(ScEvents *self)
{
    if (self == NULL)
        return;
    sc_conductor_set_observer(self->conductor, NULL, NULL);
    g_hash_table_unref(self->rooms);
    g_hash_table_unref(self->people);
    g_free(self);
}

ScEventsCounters
sc_events_get_counters(const ScEvents *self)
{
    ScEventsCounters counters = self->counters;
    counters.n_connections = g_hash_table_size(self->people);
    return counters;
}

/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-events"
#include "signaling/events.h"

#include <string.h>

#include "signaling/person.h"
#include "signaling/problem.h"
#include "signaling/protocol/fields.h"

#define PATH "/events"
#define CLOSE_BATCH 64 /* people shown out in one turn of the main loop */

/* The people in one lesson, and its numbering, which starts anew when the last one went.
 */
typedef struct {
    GPtrArray *people; /* owned, of ScPerson, borrowed */
    uint64_t seq;
    guint closing; /* source; 0: the lesson is not over */
} Room;

struct ScEvents {
    const ScConfig *config; /* borrowed: main keeps it to the end */
    ScClock *clock;         /* borrowed: outlives us */
    ScConductor *conductor; /* borrowed: outlives us */
    ScBell *bell;           /* borrowed: outlives us */
    GHashTable *people;     /* owned: set of ScPerson, owned */
    GHashTable *rooms;      /* owned: lesson's id → Room */
    ScEventsCounters counters;
};

static void
room_free(gpointer data)
{
    Room *room = data;
    g_clear_handle_id(&room->closing, g_source_remove);
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

/* Some at a time: they leave from the main loop. */
static gboolean
on_closing(gpointer user_data)
{
    Room *room = user_data;
    unsigned n = 0;
    for (guint i = 0; i < room->people->len && n < CLOSE_BATCH; i++) {
        ScPerson *person = g_ptr_array_index(room->people, i);
        if (sc_person_is_closing(person))
            continue;
        sc_person_close(person, SC_EVENTS_CLOSE_OVER, "the lesson is over");
        n++;
    }
    room->closing = n > 0 ? g_idle_add(on_closing, room) : 0;
    return G_SOURCE_REMOVE;
}

/* Printed once for all of them. NULL: it is nothing for pupils, who hear nothing of other
 * sites. */
static char *
print_for_pupils(const ScEvent *event)
{
    if (event->type == SC_EVENT_BELL)
        return sc_event_print(event);
    if (event->type != SC_EVENT_QUIZ)
        return NULL;
    ScEvent bare = *event; /* borrows what it owns */
    ScQuizSum sum;
    if (event->quiz.sum != NULL) {
        sum = *event->quiz.sum;
        sum.sites = NULL;
        sum.n_sites = 0;
        bare.quiz.sum = &sum;
    }
    return sc_event_print(&bare);
}

static void
tell_lesson(const char *lesson, const ScEvent *event, gpointer asker, gpointer user_data)
{
    ScEvents *self = user_data;
    Room *room = g_hash_table_lookup(self->rooms, lesson);
    if (room == NULL)
        return;
    ScEvent numbered = *event;
    if (sc_event_is_numbered(event->type))
        numbered.seq = ++room->seq;
    g_autofree char *for_asker = asker != NULL ? sc_event_print(&numbered) : NULL;
    numbered.id = SC_NO_ID;
    g_autofree char *for_others = sc_event_print(&numbered);
    g_autofree char *for_pupils = print_for_pupils(&numbered);
    for (guint i = 0; i < room->people->len; i++) {
        ScPerson *person = g_ptr_array_index(room->people, i);
        const char *text = sc_person_get_grant(person)->role == SC_ROLE_PUPIL ? for_pupils
                           : person == asker                                  ? for_asker
                                             : for_others;
        if (text != NULL)
            send_text(self, person, text);
    }
    if (event->type == SC_EVENT_BELL && room->closing == 0
        && (event->bell.phase == SC_BELL_ENDED || event->bell.phase == SC_BELL_CANCELLED))
        room->closing = g_timeout_add(SC_EVENTS_LINGER_MS, on_closing, room);
}

static void
tell_site(const char *lesson, const char *site, bool and_teacher, const ScEvent *event,
          gpointer asker, gpointer user_data)
{
    ScEvents *self = user_data;
    Room *room = g_hash_table_lookup(self->rooms, lesson);
    if (room == NULL)
        return;
    ScEvent plain = *event; /* borrows what it owns */
    g_autofree char *for_asker = asker != NULL ? sc_event_print(event) : NULL;
    plain.id = SC_NO_ID;
    g_autofree char *for_others = sc_event_print(&plain);
    for (guint i = 0; i < room->people->len; i++) {
        ScPerson *person = g_ptr_array_index(room->people, i);
        const ScTokenGrant *grant = sc_person_get_grant(person);
        if (grant->role != SC_ROLE_PUPIL
            && (g_str_equal(grant->site, site)
                || (and_teacher && grant->role == SC_ROLE_TEACHER)))
            send_text(self, person, person == asker ? for_asker : for_others);
    }
}

static void
tell_one(gpointer asker, const ScEvent *event, gpointer user_data)
{
    ScEvents *self = user_data;
    if (event->type == SC_EVENT_ERROR)
        self->counters.n_refused++;
    send_event(self, asker, event);
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
    .tell_one = tell_one,
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
        if (problem == SC_PROBLEM_LESSON_NOT_LIVE)
            sc_person_close(person, SC_EVENTS_CLOSE_OVER, sc_problem_get_name(problem));
        else
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
on_extend(ScEvents *self, ScPerson *person, const ScRequest *request)
{
    g_autoptr(GError) error = NULL;
    if (!sc_bell_extend(self->bell, sc_person_get_grant(person), request->extend.minutes,
                        request->id, person, &error))
        send_error(self, person, sc_problem_from_error(error), error->message,
                   request->id);
}

static void
on_end(ScEvents *self, ScPerson *person, const ScRequest *request)
{
    g_autoptr(GError) error = NULL;
    if (!sc_bell_end(self->bell, sc_person_get_grant(person), request->id, person,
                     &error))
        send_error(self, person, sc_problem_from_error(error), error->message,
                   request->id);
}

static void
on_ping(ScEvents *self, ScPerson *person, const ScRequest *request)
{
    ScEvent event = { .type = SC_EVENT_PONG, .id = request->id };
    send_event(self, person, &event);
}

static void
on_room(ScEvents *self, ScPerson *person, const ScRequest *request)
{
    g_autoptr(GError) error = NULL;
    if (!sc_conductor_ask_room(self->conductor, sc_person_get_grant(person), request,
                               person, &error))
        send_error(self, person, sc_problem_from_error(error), error->message,
                   request->id);
}

static void (*const handlers[SC_REQUEST_FIRST_OF_ROOM])(ScEvents *self, ScPerson *person,
                                                        const ScRequest *request) = {
    [SC_REQUEST_HELLO] = on_hello,   [SC_REQUEST_FLOOR] = on_floor,
    [SC_REQUEST_EXTEND] = on_extend, [SC_REQUEST_END] = on_end,
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
    if (!sc_person_may_speak(person, sc_clock_get_monotonic_us(self->clock))) {
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
        (request.type < SC_REQUEST_FIRST_OF_ROOM ? handlers[request.type]
                                                 : on_room)(self, person, &request);
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
    sc_conductor_forget_asker(self->conductor, person);
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
        sc_person_new(connection, socket, self->config,
                      sc_clock_get_monotonic_us(self->clock), &person_observer, self);
    g_hash_table_add(self->people, person);
    self->counters.n_accepted++;
    if (!has_room)
        cut_off(self, person, SC_EVENTS_CLOSE_TOO_FAST, "too many connections");
}

ScEvents *
sc_events_new(const ScConfig *config, ScClock *clock, ScServer *server,
              ScConductor *conductor, ScBell *bell)
{
    ScEvents *self = g_new0(ScEvents, 1);
    self->config = config;
    self->clock = clock;
    self->conductor = conductor;
    self->bell = bell;
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

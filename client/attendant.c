/* SPDX-License-Identifier: Apache-2.0 */
#include "client/attendant.h"

#include <string.h>

#include "signaling/protocol/timestamp.h"

#define S G_USEC_PER_SEC
#define ASK_US (3 * S) /* whether somebody has confirmed the code */
#define RETRY_FIRST_US (1 * S)
#define RETRY_LONGEST_US (30 * S)
#define REPORT_US (60 * S)
#define REFUSED_US (5 * S) /* to enter again */

enum { UNAUTHORIZED = 401, NOT_FOUND = 404, TOO_MANY = 429 };

static void
lesson_clear(gpointer data)
{
    ScAttendantLesson *lesson = data;
    g_free(lesson->id);
    g_free(lesson->title);
    g_free(lesson->subject);
}

void
sc_attendant_init(ScAttendant *self, const char *token, int64_t poll_us)
{
    *self = (ScAttendant){ .token = g_strdup(token), .poll_us = poll_us };
    self->site = g_strdup("");
    self->school = g_strdup("");
    self->lessons = g_array_new(FALSE, FALSE, sizeof(ScAttendantLesson));
    g_array_set_clear_func(self->lessons, lesson_clear);
}

static void
forget_enrolment(ScAttendant *self)
{
    g_clear_pointer(&self->enrolment, g_free);
    g_clear_pointer(&self->secret, g_free);
    g_clear_pointer(&self->code, g_free);
    g_clear_pointer(&self->url, g_free);
}

void
sc_attendant_clear(ScAttendant *self)
{
    forget_enrolment(self);
    g_clear_pointer(&self->token, g_free);
    g_clear_pointer(&self->site, g_free);
    g_clear_pointer(&self->school, g_free);
    g_clear_pointer(&self->entering, g_free);
    g_clear_pointer(&self->lessons, g_array_unref);
}

ScAttendantState
sc_attendant_get_state(const ScAttendant *self)
{
    if (self->n_failed > 0)
        return SC_ATTENDANT_UNREACHED;
    if (!self->token)
        return self->code ? SC_ATTENDANT_ENROLLING : SC_ATTENDANT_UNREACHED;
    return self->entering ? SC_ATTENDANT_ENTERING : SC_ATTENDANT_IDLE;
}

int64_t
sc_attendant_get_wall_ms(const ScAttendant *self, int64_t now_us)
{
    return self->said_ms ? self->said_ms + (now_us - self->said_us) / 1000 : 0;
}

const ScAttendantLesson *
sc_attendant_get_next(const ScAttendant *self, int64_t now_us)
{
    int64_t wall_ms = sc_attendant_get_wall_ms(self, now_us);
    for (guint i = 0; i < self->lessons->len; i++) {
        const ScAttendantLesson *lesson =
            &g_array_index(self->lessons, ScAttendantLesson, i);
        if (wall_ms < lesson->ends_ms)
            return lesson;
    }
    return NULL;
}

ScAttendantStep
sc_attendant_decide(ScAttendant *self, int64_t now_us)
{
    const ScAttendantLesson *next = sc_attendant_get_next(self, now_us);
    if (self->token && next && now_us >= self->not_before_us && self->said_ms
        && sc_attendant_get_wall_ms(self, now_us) >= next->opens_ms) {
        g_free(self->entering);
        self->entering = g_strdup(next->id);
        return SC_ATTENDANT_ENTER;
    }
    if (self->token && self->said_ms && now_us >= self->report_due_us)
        return SC_ATTENDANT_REPORT;
    if (now_us < self->due_us)
        return SC_ATTENDANT_REST;
    if (self->token)
        return SC_ATTENDANT_FETCH;
    return self->enrolment ? SC_ATTENDANT_ASK : SC_ATTENDANT_ENROL;
}

static const char *
get_text(JsonObject *object, const char *name)
{
    const char *text =
        object ? json_object_get_string_member_with_default(object, name, "") : "";
    return text ? text : "";
}

static JsonObject *
get_object(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static void
take_site(ScAttendant *self, JsonObject *answer)
{
    JsonObject *site = get_object(answer, "site");
    if (!site)
        return;
    g_free(self->site);
    g_free(self->school);
    self->site = g_strdup(get_text(site, "name"));
    self->school = g_strdup(get_text(site, "school"));
}

static void
add_lesson(ScAttendant *self, JsonObject *object)
{
    ScAttendantLesson lesson = { 0 };
    if (!sc_timestamp_parse(get_text(object, "starts_at"), &lesson.starts_ms)
        || !sc_timestamp_parse(get_text(object, "opens_at"), &lesson.opens_ms)
        || !sc_timestamp_parse(get_text(object, "ends_at"), &lesson.ends_ms))
        return;
    lesson.id = g_strdup(get_text(object, "id"));
    lesson.title = g_strdup(get_text(object, "title"));
    lesson.subject = g_strdup(get_text(object, "subject"));
    g_array_append_val(self->lessons, lesson);
}

static void
take_timetable(ScAttendant *self, JsonObject *answer, double chance, int64_t now_us)
{
    JsonNode *node = json_object_get_member(answer, "lessons");
    JsonArray *lessons =
        node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    take_site(self, answer);
    g_array_set_size(self->lessons, 0);
    for (guint i = 0; lessons && i < json_array_get_length(lessons); i++)
        add_lesson(self, json_array_get_object_element(lessons, i));
    if (sc_timestamp_parse(get_text(answer, "now"), &self->said_ms))
        self->said_us = now_us;
    self->due_us = now_us + (int64_t)((double)self->poll_us * (0.85 + 0.3 * chance));
}

static void
take_enrolment(ScAttendant *self, JsonObject *answer, int64_t now_us)
{
    forget_enrolment(self);
    self->enrolment = g_strdup(get_text(answer, "id"));
    self->secret = g_strdup(get_text(answer, "secret"));
    self->code = g_strdup(get_text(answer, "code"));
    self->url = g_strdup(get_text(answer, "url"));
    self->due_us = now_us + ASK_US;
}

/* True where it is confirmed. */
static bool
take_confirmation(ScAttendant *self, JsonObject *answer, int64_t now_us)
{
    const char *token = get_text(answer, "token");
    if (!*token) {
        self->due_us = now_us + ASK_US;
        return false;
    }
    self->token = g_strdup(token);
    take_site(self, answer);
    forget_enrolment(self);
    self->was_revoked = false;
    self->due_us = now_us;
    return true;
}

/* The server is there and does not know us: from the beginning. */
static bool
lose_identity(ScAttendant *self, int64_t now_us)
{
    bool had_one = self->token != NULL;
    g_clear_pointer(&self->token, g_free);
    g_clear_pointer(&self->entering, g_free);
    g_array_set_size(self->lessons, 0);
    forget_enrolment(self);
    self->was_revoked = had_one;
    self->due_us = now_us;
    return had_one;
}

static void
wait_longer(ScAttendant *self, double chance, int64_t now_us)
{
    int64_t pause_us = RETRY_FIRST_US << MIN(self->n_failed, 5U);
    self->n_failed++;
    pause_us = MIN(pause_us, RETRY_LONGEST_US);
    self->due_us = now_us + pause_us / 2 + (int64_t)((double)pause_us / 2 * chance);
    self->report_due_us = MAX(self->report_due_us, self->due_us);
    self->not_before_us = MAX(self->not_before_us, self->due_us);
}

static bool
take_success(ScAttendant *self, ScAttendantStep step, JsonObject *answer, double chance,
             int64_t now_us)
{
    self->n_failed = 0;
    switch (step) {
    case SC_ATTENDANT_ENROL:
        take_enrolment(self, answer, now_us);
        return false;
    case SC_ATTENDANT_ASK:
        return take_confirmation(self, answer, now_us);
    case SC_ATTENDANT_FETCH:
        take_timetable(self, answer, chance, now_us);
        return false;
    case SC_ATTENDANT_REPORT:
        self->report_due_us = now_us + REPORT_US;
        return false;
    case SC_ATTENDANT_ENTER:
    case SC_ATTENDANT_REST:
        return false;
    }
    return false;
}

bool
sc_attendant_take(ScAttendant *self, ScAttendantStep step, unsigned status,
                  JsonObject *answer, double chance, int64_t now_us)
{
    bool is_success = status >= 200 && status < 300;
    if (is_success && (answer || step == SC_ATTENDANT_REPORT))
        return take_success(self, step, answer, chance, now_us);
    if (step == SC_ATTENDANT_ENTER)
        g_clear_pointer(&self->entering, g_free);
    if (status == UNAUTHORIZED)
        return lose_identity(self, now_us);
    if (status == NOT_FOUND && step == SC_ATTENDANT_ASK) { /* the code has expired */
        forget_enrolment(self);
        self->due_us = now_us;
    } else if (status >= 400 && status < 500 && status != TOO_MANY
               && (step == SC_ATTENDANT_ENTER || step == SC_ATTENDANT_REPORT)) {
        self->n_failed = 0; /* not open, or not any more: look at the timetable */
        self->not_before_us = now_us + REFUSED_US;
        self->report_due_us = MAX(self->report_due_us, now_us + REPORT_US);
        self->due_us = now_us;
    } else {
        wait_longer(self, chance, now_us);
    }
    return false;
}

void
sc_attendant_return(ScAttendant *self, int64_t now_us)
{
    g_clear_pointer(&self->entering, g_free);
    g_array_set_size(self->lessons, 0);
    self->due_us = now_us;
    self->not_before_us = now_us + REFUSED_US;
}

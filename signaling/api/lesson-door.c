/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/api/lesson-door.h"

#include "signaling/api/access.h"
#include "signaling/protocol/timestamp.h"
#include "signaling/school/term-calendar.h"
#include "signaling/store/lesson.h"
#include "signaling/store/query.h"
#include "signaling/token.h"

#define MS_PER_MIN (60 * 1000LL)
/* Past the end: the lesson may run over, and the last words are said. */
#define VALID_AFTER_MS (45 * MS_PER_MIN)

typedef struct {
    ScRole role;
    ScLessonState state;
    int64_t starts_ms;
    int64_t ends_ms; /* with what it runs over */
} Part;

static bool
parse_state(const char *name, ScLessonState *out_state)
{
    unsigned index;
    bool is_state = sc_word_find(sc_word_lesson_states, SC_N_LESSON_STATES, name, &index);
    *out_state = (ScLessonState)index;
    return is_state;
}

static bool
read_part(ScCall *call, const char *lesson, const char *site, Part *out_part,
          GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT role, state, starts_ms, ends_ms + overtime_min * 60000"
                       " FROM lesson JOIN lesson_site ON lesson_site.lesson = lesson.id"
                       " WHERE lesson.id = $1 AND lesson_site.site = $2",
                       error))
        return false;
    sc_query_bind_text(&query, lesson);
    sc_query_bind_text(&query, site);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    if (!has_row)
        return sc_access_refuse_absent("lesson", lesson, error);
    *out_part = (Part){ .starts_ms = sc_query_get_integer(&query, 2),
                        .ends_ms = sc_query_get_integer(&query, 3) };
    return sc_role_parse(sc_query_get_text(&query, 0), &out_part->role)
           && parse_state(sc_query_get_text(&query, 1), &out_part->state);
}

static void
say_closed(GError **error, ScCall *call, ScLessonState state, int64_t opens_ms)
{
    char day[SC_DAY_LENGTH + 1], time[SC_MINUTE_LENGTH + 1];
    unsigned minute;
    if (state == SC_LESSON_CANCELLED) {
        sc_problem_say(error, "这节课已经取消。", "This lesson was cancelled.");
        return;
    }
    if (state == SC_LESSON_ENDED) {
        sc_problem_say(error, "这节课已经结束。", "This lesson is over.");
        return;
    }
    sc_instant_split(opens_ms, sc_call_get_parts(call)->zone, day, &minute);
    sc_minute_print(minute, time);
    sc_problem_say(error, "还没有到时间：%s %s 起可以进入。",
                   "It is too early: the lesson opens on %s at %s.", day, time);
}

/* The table of phases is the bell's; here it is only whether a token would be of use. */
static bool
check_open(ScCall *call, const Part *part, GError **error)
{
    int64_t now_ms = sc_call_get_now_ms(call);
    int64_t opens_ms =
        part->starts_ms - sc_call_get_parts(call)->config->early_min * MS_PER_MIN;
    bool is_open = (part->state == SC_LESSON_LIVE || part->state == SC_LESSON_SCHEDULED)
                   && now_ms >= opens_ms;
    if (is_open)
        return true;
    g_autofree char *opens = sc_timestamp_print(opens_ms);
    sc_problem_set_error(error, SC_PROBLEM_WRONG_STATE, NULL,
                         "the lesson is %s; it opens, or opened, at %s",
                         sc_lesson_state_get_name(part->state), opens);
    say_closed(error, call, part->state, opens_ms);
    return false;
}

bool
sc_lesson_door_open(ScCall *call, const char *lesson, const char *site, GError **error)
{
    Part part;
    if (!read_part(call, lesson, site, &part, error) || !check_open(call, &part, error))
        return false;
    g_autofree char *token =
        sc_token_issue(sc_call_get_store(call), lesson, site, part.role,
                       part.ends_ms + VALID_AFTER_MS, error);
    if (token == NULL)
        return false;
    const char *page = part.role == SC_ROLE_TEACHER ? "teacher" : "classroom";
    g_autofree char *whip = g_strdup_printf("/whip/%s", lesson);
    g_autofree char *whep = g_strdup_printf("/whep/%s", lesson);
    g_autofree char *url = g_strdup_printf("/%s#lesson=%s&token=%s", page, lesson, token);
    JsonObject *answer = json_object_new();
    json_object_set_string_member(answer, "lesson", lesson);
    json_object_set_string_member(answer, "token", token);
    json_object_set_string_member(answer, "role", sc_role_get_name(part.role));
    json_object_set_string_member(answer, "events", "/events");
    json_object_set_string_member(answer, "whip", whip);
    json_object_set_string_member(answer, "whep", whep);
    json_object_set_string_member(answer, "url", url);
    sc_call_answer_object(call, 200, answer);
    return true;
}

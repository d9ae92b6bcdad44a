/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/room.h"

#include "signaling/problem.h"
#include "signaling/rate.h"
#include "signaling/room-private.h"

/* What has a pace of its own; a second, and at once after a pause. */
typedef enum { PACE_NONE, PACE_CHAT, PACE_REACT, PACE_PEN, PACE_POINTER, N_PACES } Pace;
static const struct {
    unsigned per_s;
    unsigned burst;
} paces[N_PACES] = {
    [PACE_CHAT] = { 1, 5 },
    [PACE_REACT] = { 2, 5 },
    [PACE_PEN] = { 30, 30 },
    [PACE_POINTER] = { 30, 30 },
};

typedef struct {
    ScRole role;
    char *name;            /* owned */
    ScRate rates[N_PACES]; /* of all its connections together */
    bool has_rates[N_PACES];
} Site;

static void
site_free(gpointer data)
{
    Site *site = data;
    g_free(site->name);
    g_free(site);
}

ScRoom *
sc_room_new(const ScLessonRow *row)
{
    ScRoom *self = g_new0(ScRoom, 1);
    self->sites = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, site_free);
    sc_site_list_init(&self->hands);
    sc_site_list_init(&self->muted);
    sc_site_list_init(&self->help);
    self->roll = sc_roll_new();
    self->chat = sc_chat_new();
    self->slides = sc_slides_new();
    self->floor = sc_floor_time_new();
    sc_room_update(self, row);
    return self;
}

void
sc_room_free(ScRoom *self)
{
    if (self == NULL)
        return;
    sc_floor_time_free(self->floor);
    sc_slides_free(self->slides);
    sc_quiz_free(self->quiz);
    sc_chat_free(self->chat);
    sc_roll_free(self->roll);
    sc_site_list_clear(&self->help);
    sc_site_list_clear(&self->muted);
    sc_site_list_clear(&self->hands);
    g_hash_table_unref(self->sites);
    g_free(self);
}

void
sc_room_update(ScRoom *self, const ScLessonRow *row)
{
    for (unsigned i = 0; i < row->n_sites; i++) {
        const ScLessonSite *from = &row->sites[i];
        if (sc_room_has_site(self, from->site))
            continue;
        Site *site = g_new0(Site, 1);
        site->role = from->role;
        site->name = g_strdup(from->name != NULL ? from->name : "");
        g_hash_table_insert(self->sites, g_strdup(from->site), site);
    }
}

bool
sc_room_has_site(const ScRoom *self, const char *site)
{
    return g_hash_table_contains(self->sites, site);
}

static bool
check_classroom(const ScRoom *self, const char *id, GError **error)
{
    const Site *site = g_hash_table_lookup(self->sites, id);
    if (site != NULL && site->role == SC_ROLE_CLASSROOM)
        return true;
    g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_SITE,
                "%s is no classroom of the lesson", id);
    return false;
}

/* What one classroom does. */
static ScRoomTell
choose_audience(const ScRoom *self)
{
    return g_hash_table_size(self->sites) > SC_ROOM_LARGE ? SC_ROOM_TELL_SITE
                                                          : SC_ROOM_TELL_ALL;
}

/* Hands, mute, help. */

static void
tell_hand(ScRoom *self, ScEvent *event, const char *site, bool up)
{
    event->type = SC_EVENT_HAND;
    g_strlcpy(event->hand.site, site, sizeof event->hand.site);
    event->hand.up = up;
    event->hand.hands = sc_site_list_dup(&self->hands);
}

static bool
hand(ScRoom *self, const ScRoomAsking *asking, GError **error G_GNUC_UNUSED)
{
    const char *site = asking->actor->site;
    if (asking->request->hand.up)
        sc_site_list_add(&self->hands, site);
    else
        sc_site_list_remove(&self->hands, site);
    asking->outcome->tell = choose_audience(self);
    tell_hand(self, &asking->outcome->event, site, asking->request->hand.up);
    return true;
}

static bool
hands_down(ScRoom *self, const ScRoomAsking *asking, GError **error)
{
    const char *site = asking->request->hands_down.site;
    if (site[0] == '\0')
        sc_site_list_remove_all(&self->hands);
    else if (check_classroom(self, site, error))
        sc_site_list_remove(&self->hands, site);
    else
        return false;
    tell_hand(self, &asking->outcome->event, site, false);
    return true;
}

static void
mute_all(ScRoom *self, bool muted)
{
    GHashTableIter iter;
    gpointer id, value;
    sc_site_list_remove_all(&self->muted);
    if (!muted)
        return;
    g_hash_table_iter_init(&iter, self->sites);
    while (g_hash_table_iter_next(&iter, &id, &value))
        if (((const Site *)value)->role == SC_ROLE_CLASSROOM)
            sc_site_list_add(&self->muted, id);
}

static bool
mute(ScRoom *self, const ScRoomAsking *asking, GError **error)
{
    const ScMuteRequest *asked = &asking->request->mute;
    if (asked->site[0] == '\0')
        mute_all(self, asked->muted);
    else if (!check_classroom(self, asked->site, error))
        return false;
    else if (asked->muted)
        sc_site_list_add(&self->muted, asked->site);
    else
        sc_site_list_remove(&self->muted, asked->site);
    asking->outcome->event.type = SC_EVENT_MUTE;
    asking->outcome->event.mute = *asked;
    return true;
}

static bool
help(ScRoom *self, const ScRoomAsking *asking, GError **error G_GNUC_UNUSED)
{
    bool wanted = asking->request->help.wanted;
    ScEvent *event = &asking->outcome->event;
    if (wanted)
        sc_site_list_add(&self->help, asking->actor->site);
    else
        sc_site_list_remove(&self->help, asking->actor->site);
    asking->outcome->tell = choose_audience(self);
    event->type = SC_EVENT_HELP;
    g_strlcpy(event->help.site, asking->actor->site, sizeof event->help.site);
    event->help.wanted = wanted;
    return true;
}

/* Roll call. */

static bool
roll_call(ScRoom *self, const ScRoomAsking *asking, GError **error G_GNUC_UNUSED)
{
    asking->outcome->event.type = SC_EVENT_ROLL_CALL;
    asking->outcome->event.roll_call.roll = sc_roll_begin(self->roll);
    return true;
}

static bool
present(ScRoom *self, const ScRoomAsking *asking, GError **error)
{
    ScEvent *event = &asking->outcome->event;
    unsigned heads = asking->request->present.count;
    if (!sc_roll_count(self->roll, asking->actor->site, heads, error))
        return false;
    asking->outcome->tell = choose_audience(self);
    event->type = SC_EVENT_PRESENT;
    g_strlcpy(event->present.site, asking->actor->site, sizeof event->present.site);
    event->present.count = heads;
    return true;
}

/* Quiz. */

static void
tell_quiz(ScRoom *self, ScEvent *event)
{
    event->type = SC_EVENT_QUIZ;
    sc_quiz_fill(self->quiz, sc_quiz_get_state(self->quiz) != SC_QUIZ_OPEN, &event->quiz);
}

static bool
quiz_open(ScRoom *self, const ScRoomAsking *asking, GError **error)
{
    if (self->quiz != NULL && sc_quiz_get_state(self->quiz) == SC_QUIZ_OPEN) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_QUIZ_OPEN,
                    "quiz %u is still open: close it first", self->n_quizzes);
        return false;
    }
    if (self->n_quizzes >= SC_QUIZ_MAX) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_QUIZ_LIMIT,
                    "the lesson has had %u quizzes, at most %d", self->n_quizzes,
                    SC_QUIZ_MAX);
        return false;
    }
    sc_quiz_free(self->quiz);
    self->quiz = sc_quiz_new(++self->n_quizzes, &asking->request->quiz_open);
    tell_quiz(self, &asking->outcome->event);
    return true;
}

/* Only the last one is still at hand; those before it are closed. */
static bool
check_quiz(const ScRoom *self, unsigned quiz, GError **error)
{
    if (self->quiz != NULL && quiz == self->n_quizzes)
        return true;
    if (quiz > 0 && quiz < self->n_quizzes)
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_QUIZ_CLOSED,
                    "quiz %u is over, the last one is %u", quiz, self->n_quizzes);
    else
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_QUIZ,
                    "there is no quiz %u, the last one is %u", quiz, self->n_quizzes);
    return false;
}

static bool
quiz_close(ScRoom *self, const ScRoomAsking *asking, GError **error)
{
    if (!check_quiz(self, asking->request->quiz_close.quiz, error)
        || !sc_quiz_close(self->quiz, error))
        return false;
    tell_quiz(self, &asking->outcome->event);
    return true;
}

static bool
quiz_reveal(ScRoom *self, const ScRoomAsking *asking, GError **error)
{
    const ScQuizRevealRequest *asked = &asking->request->quiz_reveal;
    if (!check_quiz(self, asked->quiz, error)
        || !sc_quiz_reveal(self->quiz, &asked->right, error))
        return false;
    tell_quiz(self, &asking->outcome->event);
    return true;
}

static bool
answer(ScRoom *self, const ScRoomAsking *asking, GError **error)
{
    const ScAnswerRequest *asked = &asking->request->answer;
    if (!check_quiz(self, asked->quiz, error)
        || !sc_quiz_answer(self->quiz, asking->actor->site, asking->actor->pupil,
                           &asked->answer, error))
        return false;
    asking->outcome->tell = SC_ROOM_TELL_ASKER;
    asking->outcome->event.type = SC_EVENT_ANSWERED;
    asking->outcome->event.answered = *asked;
    return true;
}

/* Chat. */

static bool
chat(ScRoom *self, const ScRoomAsking *asking, GError **error)
{
    const ScRoomActor *actor = asking->actor;
    const Site *site = g_hash_table_lookup(self->sites, actor->site);
    ScChatLine line = { 0 };
    sc_event_write_instant(asking->at_ms, line.at);
    g_strlcpy(line.chat.site, actor->site, sizeof line.chat.site);
    sc_event_copy_text(line.chat.name, sizeof line.chat.name,
                       site != NULL ? site->name : "");
    g_strlcpy(line.chat.text, asking->request->chat.text, sizeof line.chat.text);
    if (!sc_chat_say(self->chat, actor->role, &line, error))
        return false;
    asking->outcome->event.type = SC_EVENT_CHAT;
    asking->outcome->event.chat = line.chat;
    return true;
}

static bool
chat_open(ScRoom *self, const ScRoomAsking *asking, GError **error G_GNUC_UNUSED)
{
    sc_chat_set_open(self->chat, asking->request->chat_open.open);
    asking->outcome->event.type = SC_EVENT_CHAT_OPEN;
    asking->outcome->event.chat_open = asking->request->chat_open;
    return true;
}

static bool
chat_remove(ScRoom *self, const ScRoomAsking *asking, GError **error)
{
    if (!sc_chat_remove(self->chat, asking->request->chat_remove.message, error))
        return false;
    asking->outcome->event.type = SC_EVENT_CHAT_REMOVED;
    asking->outcome->event.chat_removed = asking->request->chat_remove;
    return true;
}

static bool
react(ScRoom *self, const ScRoomAsking *asking, GError **error G_GNUC_UNUSED)
{
    ScReactEvent *event = &asking->outcome->event.react;
    asking->outcome->tell = choose_audience(self);
    asking->outcome->event.type = SC_EVENT_REACT;
    g_strlcpy(event->site, asking->actor->site, sizeof event->site);
    event->what = asking->request->react.what;
    return true;
}

/* The floor was given already; here its time is counted. */
static bool
floor_given(ScRoom *self, const ScRoomAsking *asking, GError **error G_GNUC_UNUSED)
{
    sc_floor_time_give(self->floor, asking->request->floor.site, asking->at_ms);
    asking->outcome->tell = SC_ROOM_TELL_TEACHER;
    asking->outcome->event.type = SC_EVENT_FLOOR_TIME;
    asking->outcome->event.floor_time = sc_floor_time_dup(self->floor, asking->at_ms);
    return true;
}

/* Who may, what is kept, and how it is done. */

#define TEACHER (1U << SC_ROLE_TEACHER)
#define CLASSROOM (1U << SC_ROLE_CLASSROOM)
#define OBSERVER (1U << SC_ROLE_OBSERVER)
#define PUPIL (1U << SC_ROLE_PUPIL)

static const struct {
    unsigned roles; /* bits; 0: not ours */
    bool kept;
    Pace pace;
    bool (*run)(ScRoom *self, const ScRoomAsking *asking, GError **error);
} rules[SC_N_REQUESTS] = {
    [SC_REQUEST_FLOOR] = { TEACHER, true, PACE_NONE, floor_given },
    [SC_REQUEST_HAND] = { CLASSROOM, true, PACE_NONE, hand },
    [SC_REQUEST_HANDS_DOWN] = { TEACHER, true, PACE_NONE, hands_down },
    [SC_REQUEST_MUTE] = { TEACHER, false, PACE_NONE, mute },
    [SC_REQUEST_ROLL_CALL] = { TEACHER, true, PACE_NONE, roll_call },
    [SC_REQUEST_PRESENT] = { CLASSROOM, true, PACE_NONE, present },
    [SC_REQUEST_QUIZ_OPEN] = { TEACHER, true, PACE_NONE, quiz_open },
    [SC_REQUEST_QUIZ_CLOSE] = { TEACHER, true, PACE_NONE, quiz_close },
    [SC_REQUEST_QUIZ_REVEAL] = { TEACHER, true, PACE_NONE, quiz_reveal },
    [SC_REQUEST_ANSWER] = { CLASSROOM | PUPIL, true, PACE_NONE, answer },
    [SC_REQUEST_CHAT] = { TEACHER | CLASSROOM | OBSERVER, true, PACE_CHAT, chat },
    [SC_REQUEST_CHAT_OPEN] = { TEACHER, true, PACE_NONE, chat_open },
    [SC_REQUEST_CHAT_REMOVE] = { TEACHER, true, PACE_NONE, chat_remove },
    [SC_REQUEST_REACT] = { CLASSROOM, false, PACE_REACT, react },
    [SC_REQUEST_PEN] = { TEACHER, false, PACE_PEN, sc_room_pen },
    [SC_REQUEST_PEN_CLEAR] = { TEACHER, false, PACE_NONE, sc_room_pen_clear },
    [SC_REQUEST_POINTER] = { TEACHER, false, PACE_POINTER, sc_room_pointer },
    [SC_REQUEST_HELP] = { CLASSROOM, true, PACE_NONE, help },
    [SC_REQUEST_PAGE] = { TEACHER, true, PACE_NONE, sc_room_page },
    [SC_REQUEST_DOCUMENT] = { TEACHER, true, PACE_NONE, sc_room_document },
    [SC_REQUEST_DOCUMENT_REMOVE] = { TEACHER, true, PACE_NONE, sc_room_document_remove },
};

bool
sc_room_takes(ScRequestType type)
{
    return rules[type].roles != 0;
}

static bool
check_pace(ScRoom *self, const char *id, Pace pace, int64_t now_us, GError **error)
{
    Site *site = g_hash_table_lookup(self->sites, id);
    if (pace == PACE_NONE || site == NULL)
        return true;
    if (!site->has_rates[pace])
        sc_rate_init(&site->rates[pace], paces[pace].per_s, paces[pace].burst, now_us);
    site->has_rates[pace] = true;
    if (sc_rate_take(&site->rates[pace], now_us))
        return true;
    g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_TOO_FAST,
                "at most %u a second, %u at once", paces[pace].per_s, paces[pace].burst);
    return false;
}

static bool
run(ScRoom *self, const ScRoomAsking *asking, GError **error)
{
    ScRequestType type = asking->request->type;
    ScRoomOutcome *outcome = asking->outcome;
    *outcome = (ScRoomOutcome){ .event.id = asking->request->id };
    if (!rules[type].run(self, asking, error))
        return false;
    outcome->number = rules[type].kept ? ++self->n_records : 0;
    sc_event_write_instant(asking->at_ms, outcome->event.at);
    return true;
}

bool
sc_room_ask(ScRoom *self, const ScRoomActor *actor, const ScRequest *request,
            int64_t at_ms, int64_t now_us, ScRoomOutcome *out_outcome, GError **error)
{
    g_assert(sc_room_takes(request->type));
    if ((rules[request->type].roles >> actor->role & 1) == 0) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_WRONG_ROLE,
                    "%s is not for role %s", sc_request_get_name(request->type),
                    sc_role_get_name(actor->role));
        return false;
    }
    ScRoomAsking asking = { actor, request, at_ms, out_outcome };
    return check_pace(self, actor->site, rules[request->type].pace, now_us, error)
           && run(self, &asking, error);
}

bool
sc_room_replay(ScRoom *self, const ScRoomActor *actor, const ScRequest *request,
               int64_t at_ms, GError **error)
{
    g_assert(sc_room_takes(request->type));
    ScRoomOutcome outcome;
    ScRoomAsking asking = { actor, request, at_ms, &outcome };
    if (!run(self, &asking, error))
        return false;
    sc_event_clear(&outcome.event);
    return true;
}

/* How it stands. */

bool
sc_room_has_hand(const ScRoom *self, const char *site)
{
    return sc_site_list_has(&self->hands, site);
}

bool
sc_room_is_muted(const ScRoom *self, const char *site)
{
    return sc_site_list_has(&self->muted, site);
}

unsigned
sc_room_get_shown(const ScRoom *self)
{
    return sc_slides_get_page(self->slides).document;
}

bool
sc_room_check_document_space(const ScRoom *self, GError **error)
{
    return sc_slides_check_space(self->slides, error);
}

const ScDocumentRequest *
sc_room_lookup_document(const ScRoom *self, unsigned document)
{
    return sc_slides_lookup(self->slides, document);
}

bool
sc_room_get_tally(const ScRoom *self, ScEvent *out_event)
{
    if (self->quiz == NULL || sc_quiz_get_state(self->quiz) != SC_QUIZ_OPEN)
        return false;
    *out_event = (ScEvent){ .type = SC_EVENT_TALLY, .id = SC_NO_ID };
    out_event->tally.quiz = sc_quiz_get_number(self->quiz);
    out_event->tally.sum = sc_quiz_dup_sum(self->quiz);
    return true;
}

ScWelcomeRoom *
sc_room_dup_state(const ScRoom *self, const ScRoomActor *actor, int64_t now_ms)
{
    ScWelcomeRoom *state = g_new0(ScWelcomeRoom, 1);
    if (self->quiz != NULL) {
        bool with_sum = actor->role == SC_ROLE_TEACHER
                        || sc_quiz_get_state(self->quiz) != SC_QUIZ_OPEN;
        state->quiz = g_new0(ScQuizEvent, 1);
        sc_quiz_fill(self->quiz, with_sum, state->quiz);
        if (actor->role == SC_ROLE_CLASSROOM || actor->role == SC_ROLE_PUPIL)
            state->mine = sc_quiz_get_answer(self->quiz, actor->site, actor->pupil);
    }
    if (actor->role == SC_ROLE_PUPIL)
        return state;
    state->hands = sc_site_list_dup(&self->hands);
    state->muted = sc_site_list_dup(&self->muted);
    state->help = sc_site_list_dup(&self->help);
    state->roll = sc_roll_get_number(self->roll);
    state->present = sc_roll_dup(self->roll);
    state->chat_open = sc_chat_is_open(self->chat);
    state->messages = sc_chat_dup_lines(self->chat, &state->n_messages);
    state->strokes = sc_slides_dup_strokes(self->slides, &state->n_strokes);
    state->documents = sc_slides_dup_documents(self->slides, &state->n_documents);
    state->page = sc_slides_get_page(self->slides);
    if (actor->role == SC_ROLE_TEACHER)
        state->floor_times = sc_floor_time_dup(self->floor, now_ms);
    return state;
}

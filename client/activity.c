/* SPDX-License-Identifier: Apache-2.0 */
#include "client/activity.h"

#include <string.h>

#define ROLL_US (120 * G_USEC_PER_SEC)

static const ScQuestion questions[SC_N_QUIZ_KINDS] = {
    [SC_QUIZ_SINGLE] = SC_QUESTION_SINGLE,
    [SC_QUIZ_MULTIPLE] = SC_QUESTION_MULTIPLE,
    [SC_QUIZ_TRUTH] = SC_QUESTION_TRUTH,
    [SC_QUIZ_NUMBER] = SC_QUESTION_NUMBER,
};

static bool
holds(char *const *sites, const char *site)
{
    return sites && g_strv_contains((const char *const *)sites, site);
}

static bool
find_help(const ScActivity *self, const char *site, unsigned *out_index)
{
    return g_ptr_array_find_with_equal_func(self->help, site, g_str_equal, out_index);
}

static void
take_hands(ScActivity *self, char *const *hands)
{
    g_strfreev(self->hands);
    self->hands = g_strdupv((GStrv)hands);
}

static void
take_help(ScActivity *self, const char *site, bool wanted)
{
    unsigned index;
    bool is_known = find_help(self, site, &index);
    if (wanted && !is_known)
        g_ptr_array_add(self->help, g_strdup(site));
    else if (!wanted && is_known)
        g_ptr_array_remove_index(self->help, index);
}

/* By site it is of no use here. */
static void
take_sum(ScActivity *self, const ScQuizSum *sum)
{
    g_clear_pointer(&self->quiz.sum, sc_quiz_sum_free);
    if (!sum)
        return;
    self->quiz.sum = g_memdup2(sum, sizeof *sum);
    self->quiz.sum->sites = NULL;
    self->quiz.sum->n_sites = 0;
}

static void
take_quiz(ScActivity *self, const ScQuizEvent *quiz, int64_t now_us)
{
    bool is_new = quiz->quiz != self->quiz.quiz;
    sc_quiz_event_clear(&self->quiz);
    self->quiz = *quiz;
    self->quiz.sum = NULL;
    take_sum(self, quiz->sum);
    self->quiz_us = now_us;
    if (is_new) {
        self->answer = SC_REPLY_NONE;
        self->mine = (ScQuizAnswer){ .shape = SC_ANSWER_NONE };
        self->is_roll_newest = false;
    }
}

static void
take_roll(ScActivity *self, unsigned roll, int64_t now_us)
{
    if (roll == self->roll)
        return;
    self->roll = roll;
    self->roll_us = now_us;
    self->is_roll_newest = true;
    self->counting = SC_REPLY_NONE;
}

static void
take_count(ScActivity *self, const char *site, unsigned count, int64_t now_us)
{
    if (strcmp(site, self->site) != 0)
        return;
    self->counting = SC_REPLY_KEPT;
    self->count = count;
    self->count_us = now_us;
}

static void
take_chat(ScActivity *self, const ScChatEvent *chat, const char *teacher, int64_t now_us)
{
    if (strcmp(chat->site, teacher) != 0)
        return;
    g_free(self->said);
    self->said = g_strdup(chat->text);
    self->said_message = chat->message;
    self->said_us = now_us;
}

static void
take_answered(ScActivity *self, const ScAnswerRequest *answered)
{
    if (answered->quiz != self->quiz.quiz)
        return;
    self->answer = SC_REPLY_KEPT;
    self->mine = answered->answer;
}

/* The list of the muted does not know that the floor lifts it, so that what we did
 * before holds. What was said before we came is not said again. A reply that was on its
 * way when the line broke is kept or it is not: the welcome tells. */
static void
take_welcome(ScActivity *self, const ScWelcomeEvent *welcome, int64_t now_us)
{
    const ScWelcomeRoom *room = welcome->room;
    g_strlcpy(self->site, welcome->site, sizeof self->site);
    if (!room)
        return;
    g_strlcpy(self->code, room->code, sizeof self->code);
    take_hands(self, room->hands);
    g_ptr_array_set_size(self->help, 0);
    for (GStrv site = room->help; site && *site; site++)
        take_help(self, *site, true);
    self->is_muted = holds(room->muted, self->site)
                     && (self->is_muted || strcmp(welcome->floor, self->site) != 0);
    if (room->quiz) {
        bool is_same =
            room->quiz->quiz == self->quiz.quiz && room->quiz->state == self->quiz.state;
        take_quiz(self, room->quiz, is_same ? self->quiz_us : now_us);
        self->mine = room->mine;
        self->answer = room->mine.shape == SC_ANSWER_NONE ? SC_REPLY_NONE : SC_REPLY_KEPT;
    }
    take_roll(self, room->roll, now_us);
    self->counting = SC_REPLY_NONE;
    for (unsigned i = 0; i < room->present.n_sites; i++)
        take_count(self, room->present.sites[i].site, room->present.sites[i].n, now_us);
}

void
sc_activity_init(ScActivity *self)
{
    *self = (ScActivity){ .roll = 0 };
    self->help = g_ptr_array_new_with_free_func(g_free);
}

void
sc_activity_clear(ScActivity *self)
{
    g_clear_pointer(&self->hands, g_strfreev);
    g_clear_pointer(&self->help, g_ptr_array_unref);
    g_clear_pointer(&self->said, g_free);
    sc_quiz_event_clear(&self->quiz);
}

void
sc_activity_apply(ScActivity *self, const ScEvent *event, const char *teacher,
                  int64_t now_us)
{
    switch (event->type) {
    case SC_EVENT_WELCOME:
        take_welcome(self, &event->welcome, now_us);
        break;
    case SC_EVENT_FLOOR:
        if (strcmp(event->floor.site, self->site) == 0)
            self->is_muted = false;
        break;
    case SC_EVENT_HAND:
        take_hands(self, event->hand.hands);
        break;
    case SC_EVENT_MUTE:
        if (!*event->mute.site || strcmp(event->mute.site, self->site) == 0)
            self->is_muted = event->mute.muted;
        break;
    case SC_EVENT_ROLL_CALL:
        take_roll(self, event->roll_call.roll, now_us);
        break;
    case SC_EVENT_PRESENT:
        take_count(self, event->present.site, event->present.count, now_us);
        break;
    case SC_EVENT_QUIZ:
        take_quiz(self, &event->quiz, now_us);
        break;
    case SC_EVENT_ANSWERED:
        take_answered(self, &event->answered);
        break;
    case SC_EVENT_TALLY:
        if (event->tally.quiz == self->quiz.quiz)
            take_sum(self, event->tally.sum);
        break;
    case SC_EVENT_CHAT:
        take_chat(self, &event->chat, teacher, now_us);
        break;
    case SC_EVENT_CHAT_REMOVED:
        if (!event->chat_removed.message
            || event->chat_removed.message == self->said_message)
            g_clear_pointer(&self->said, g_free);
        break;
    case SC_EVENT_HELP:
        take_help(self, event->help.site, event->help.wanted);
        break;
    case SC_EVENT_JOINED:
    case SC_EVENT_LEFT:
    case SC_EVENT_BELL:
    case SC_EVENT_QUALITY:
    case SC_EVENT_REJOIN:
    case SC_EVENT_PONG:
    case SC_EVENT_ERROR:
    case SC_EVENT_CHAT_OPEN:
    case SC_EVENT_REACT:
    case SC_EVENT_PEN:
    case SC_EVENT_PEN_CLEAR:
    case SC_EVENT_POINTER:
    case SC_EVENT_FLOOR_TIME:
    case SC_EVENT_DOCUMENT:
    case SC_EVENT_DOCUMENT_REMOVED:
    case SC_EVENT_PAGE:
    case SC_N_EVENTS:
        break;
    }
}

ScQuestion
sc_activity_get_question(const ScActivity *self, int64_t now_us)
{
    bool is_open = self->quiz.quiz && self->quiz.state == SC_QUIZ_OPEN;
    bool is_called =
        self->roll && self->counting != SC_REPLY_KEPT && now_us - self->roll_us < ROLL_US;
    if (is_called && (self->is_roll_newest || !is_open))
        return SC_QUESTION_COUNT;
    return is_open ? questions[self->quiz.asked.kind] : SC_QUESTION_NONE;
}

void
sc_activity_note_sent(ScActivity *self, ScQuestion question, bool is_sent)
{
    ScReply reply = is_sent ? SC_REPLY_SENT : SC_REPLY_FAILED;
    if (question == SC_QUESTION_COUNT)
        self->counting = reply;
    else if (question != SC_QUESTION_NONE)
        self->answer = reply;
}

unsigned
sc_activity_get_place(const ScActivity *self, const char *site)
{
    for (unsigned i = 0; self->hands && self->hands[i]; i++)
        if (strcmp(self->hands[i], site) == 0)
            return i + 1;
    return 0;
}

bool
sc_activity_wants_help(const ScActivity *self, const char *site)
{
    unsigned index;
    return find_help(self, site, &index);
}

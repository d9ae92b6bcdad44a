/* SPDX-License-Identifier: Apache-2.0 */
#include "client/hours.h"

#include <string.h>

#define MS_PER_MIN 60000

static bool
read_instant(const char *text, int64_t *out_ms)
{
    g_autoptr(GDateTime) instant = g_date_time_new_from_iso8601(text, NULL);
    if (!instant)
        return false;
    *out_ms =
        g_date_time_to_unix(instant) * 1000 + g_date_time_get_microsecond(instant) / 1000;
    return true;
}

static void
take_times(ScHours *self, const char *starts_at, const char *now, int64_t now_us)
{
    if (!read_instant(now, &self->said_ms) || !read_instant(starts_at, &self->starts_ms))
        self->starts_ms = 0;
    self->said_us = now_us;
}

static void
take_bell(ScHours *self, ScBellPhase phase)
{
    switch (phase) {
    case SC_BELL_BEGUN:
    case SC_BELL_ENDING:
    case SC_BELL_EXTENDED:
        self->has_begun = true;
        break;
    case SC_BELL_CANCELLED:
    case SC_BELL_ENDED:
        self->is_cancelled = phase == SC_BELL_CANCELLED;
        self->is_over = true;
        break;
    case SC_BELL_OPENED:
    case SC_BELL_MOVED:
    case SC_N_BELL_PHASES:
        break;
    }
}

bool
sc_hours_apply(ScHours *self, const ScEvent *event, int64_t now_us)
{
    switch (event->type) {
    case SC_EVENT_WELCOME:
        take_times(self, event->welcome.starts_at, event->welcome.now, now_us);
        self->has_begun = event->welcome.state == SC_LESSON_LIVE;
        return true;
    case SC_EVENT_BELL:
        take_times(self, event->bell.starts_at, event->bell.now, now_us);
        take_bell(self, event->bell.phase);
        return true;
    case SC_EVENT_ERROR: /* of our hello, which has no id: we came too late */
        if (event->id != SC_NO_ID || strcmp(event->error.problem, "lesson-not-live") != 0)
            return false;
        self->is_over = true;
        return true;
    case SC_EVENT_JOINED:
    case SC_EVENT_LEFT:
    case SC_EVENT_FLOOR:
    case SC_EVENT_QUALITY:
    case SC_EVENT_REJOIN:
    case SC_EVENT_PONG:
    case SC_EVENT_HAND:
    case SC_EVENT_MUTE:
    case SC_EVENT_ROLL_CALL:
    case SC_EVENT_PRESENT:
    case SC_EVENT_QUIZ:
    case SC_EVENT_ANSWERED:
    case SC_EVENT_TALLY:
    case SC_EVENT_CHAT:
    case SC_EVENT_CHAT_OPEN:
    case SC_EVENT_CHAT_REMOVED:
    case SC_EVENT_REACT:
    case SC_EVENT_PEN:
    case SC_EVENT_PEN_CLEAR:
    case SC_EVENT_POINTER:
    case SC_EVENT_HELP:
    case SC_EVENT_FLOOR_TIME:
    case SC_EVENT_DOCUMENT:
    case SC_EVENT_DOCUMENT_REMOVED:
    case SC_EVENT_PAGE:
    case SC_N_EVENTS:
        break;
    }
    return false;
}

unsigned
sc_hours_get_minutes_to_bell(const ScHours *self, int64_t now_us)
{
    int64_t server_ms = self->said_ms + (now_us - self->said_us) / 1000;
    if (self->starts_ms == 0 || self->has_begun || self->is_over
        || server_ms >= self->starts_ms)
        return 0;
    return (unsigned)((self->starts_ms - server_ms + MS_PER_MIN - 1) / MS_PER_MIN);
}

char *
sc_hours_dup_sentence(const ScHours *self, ScRoomState state, ScRole role,
                      ScLanguage language, int64_t now_us)
{
    unsigned minutes = sc_hours_get_minutes_to_bell(self, now_us);
    if (self->is_cancelled)
        return g_strdup(sc_sentence_get_cancelled(language));
    if (self->is_over)
        return g_strdup(sc_sentence_get(SC_ROOM_OVER, role, language));
    if (minutes > 0 && state != SC_ROOM_RECONNECTING)
        return sc_sentence_dup_countdown(minutes, language);
    return g_strdup(sc_sentence_get(state, role, language));
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "client/recovery.h"

struct ScRecovery {
    ScRecoveryState state;
    ScRecoveryAction pending;
    int64_t due_us;        /* when the state is left by itself; INT64_MAX: never */
    int64_t last_heard_us; /* 0: never */
    int64_t backoff_us;    /* the next wait, before chance */
    int64_t round_trip_us; /* of signaling, as the last POST measured it */
    int64_t silence_us;    /* see sc_recovery_new() */
    bool media_expected;
    bool has_heard; /* in this session */
    bool has_connected;
    char *reason; /* owned */

    ScRecoveryChance chance;
    void *user_data; /* borrowed: the owner of this object passes itself */
};

static void
enter(ScRecovery *self, ScRecoveryState state, int64_t due_us)
{
    self->state = state;
    self->due_us = due_us;
}

static void
note_reason(ScRecovery *self, const char *reason)
{
    g_free(self->reason);
    self->reason = g_strdup(reason);
}

static void
ask(ScRecovery *self, int64_t now_us)
{
    int64_t limit_us = self->round_trip_us ? SC_RECOVERY_ASK_US + 4 * self->round_trip_us
                                           : SC_RECOVERY_FIRST_ASK_US;
    self->pending = SC_RECOVERY_ASK;
    enter(self, SC_RECOVERY_ASKING, now_us + limit_us);
}

/* Half of the wait is certain, half is chance (RFC 9110 leaves Retry-After to us). */
static void
wait_then_ask(ScRecovery *self, int64_t now_us, int64_t at_least_us)
{
    double share = 0.5 + 0.5 * self->chance(self->user_data);
    int64_t wait_us = MAX((int64_t)((double)self->backoff_us * share), at_least_us);

    self->backoff_us = MIN(self->backoff_us * 2, SC_RECOVERY_BACKOFF_LAST_US);
    enter(self, SC_RECOVERY_WAITING, now_us + wait_us);
}

static void
restart(ScRecovery *self, int64_t now_us, const char *reason)
{
    note_reason(self, reason);
    self->pending = SC_RECOVERY_RESTART_ICE;
    enter(self, SC_RECOVERY_RESTARTING,
          now_us + SC_RECOVERY_RESTART_US + 4 * self->round_trip_us);
}

static int64_t
silence_due_us(const ScRecovery *self, int64_t from_us)
{
    return self->media_expected && self->has_heard ? from_us + self->silence_us
                                                   : INT64_MAX;
}

static void
on_due(ScRecovery *self, int64_t now_us)
{
    switch (self->state) {
    case SC_RECOVERY_PLAYING:
        restart(self, now_us, "nothing heard from the relay");
        break;
    case SC_RECOVERY_CONNECTING:
        note_reason(self, "no connection to the relay");
        wait_then_ask(self, now_us, 0);
        break;
    case SC_RECOVERY_ASKING:
    case SC_RECOVERY_RESTARTING:
    case SC_RECOVERY_WAITING:
        ask(self, now_us);
        break;
    case SC_RECOVERY_IDLE:
        break;
    }
}

ScRecovery *
sc_recovery_new(int64_t silence_us, ScRecoveryChance chance, void *user_data)
{
    ScRecovery *self = g_new0(ScRecovery, 1);
    self->silence_us = silence_us;
    self->chance = chance;
    self->user_data = user_data;
    self->due_us = INT64_MAX;
    self->backoff_us = SC_RECOVERY_BACKOFF_FIRST_US;
    self->reason = g_strdup("");
    return self;
}

void
sc_recovery_free(ScRecovery *self)
{
    if (!self)
        return;
    g_free(self->reason);
    g_free(self);
}

void
sc_recovery_start(ScRecovery *self, int64_t now_us)
{
    if (self->state == SC_RECOVERY_IDLE)
        ask(self, now_us);
}

void
sc_recovery_stop(ScRecovery *self)
{
    self->pending = SC_RECOVERY_NOTHING;
    enter(self, SC_RECOVERY_IDLE, INT64_MAX);
}

void
sc_recovery_on_answered(ScRecovery *self, int64_t now_us, int64_t round_trip_us)
{
    if (self->state != SC_RECOVERY_ASKING)
        return;
    self->round_trip_us = round_trip_us;
    enter(self, SC_RECOVERY_CONNECTING,
          now_us + SC_RECOVERY_CONNECT_US + 4 * round_trip_us);
}

void
sc_recovery_on_refused(ScRecovery *self, int64_t now_us, int64_t retry_after_us)
{
    if (self->state == SC_RECOVERY_ASKING)
        wait_then_ask(self, now_us, MIN(retry_after_us, SC_RECOVERY_RETRY_AFTER_MAX_US));
}

void
sc_recovery_on_opened(ScRecovery *self, int64_t now_us)
{
    (void)now_us;
    if (self->state != SC_RECOVERY_CONNECTING)
        return;
    self->has_connected = true;
    self->has_heard = false;
    self->backoff_us = SC_RECOVERY_BACKOFF_FIRST_US;
    enter(self, SC_RECOVERY_PLAYING, INT64_MAX);
}

void
sc_recovery_on_heard(ScRecovery *self, int64_t now_us)
{
    switch (self->state) {
    case SC_RECOVERY_CONNECTING: /* the news of the opening is still on its way */
        sc_recovery_on_opened(self, now_us);
        G_GNUC_FALLTHROUGH;
    case SC_RECOVERY_PLAYING:
    case SC_RECOVERY_RESTARTING:
        self->has_heard = true;
        self->last_heard_us = now_us;
        self->pending = SC_RECOVERY_NOTHING;
        enter(self, SC_RECOVERY_PLAYING, silence_due_us(self, now_us));
        break;
    case SC_RECOVERY_IDLE:
    case SC_RECOVERY_ASKING:
    case SC_RECOVERY_WAITING: /* the last words of a session already given up */
        break;
    }
}

void
sc_recovery_on_failed(ScRecovery *self, int64_t now_us, const char *reason)
{
    if (self->state == SC_RECOVERY_PLAYING) {
        restart(self, now_us, reason);
    } else if (self->state == SC_RECOVERY_CONNECTING) {
        sc_recovery_on_broken(self, now_us, reason);
    }
}

void
sc_recovery_on_broken(ScRecovery *self, int64_t now_us, const char *reason)
{
    if (self->state == SC_RECOVERY_IDLE || self->state == SC_RECOVERY_WAITING)
        return;
    note_reason(self, reason);
    self->pending = SC_RECOVERY_NOTHING;
    wait_then_ask(self, now_us, 0);
}

void
sc_recovery_on_restart_refused(ScRecovery *self, int64_t now_us)
{
    if (self->state == SC_RECOVERY_RESTARTING)
        ask(self, now_us);
}

void
sc_recovery_on_rejoin(ScRecovery *self, int64_t now_us, const char *reason)
{
    if (self->state == SC_RECOVERY_IDLE || self->state == SC_RECOVERY_ASKING)
        return;
    if (self->state != SC_RECOVERY_WAITING)
        note_reason(self, reason);
    self->backoff_us = SC_RECOVERY_BACKOFF_FIRST_US;
    ask(self, now_us);
}

void
sc_recovery_expect_media(ScRecovery *self, int64_t now_us, bool expected)
{
    if (self->media_expected == expected)
        return;
    self->media_expected = expected;
    /* A publisher who just came gets the whole limit to be heard. */
    if (self->state == SC_RECOVERY_PLAYING)
        self->due_us = silence_due_us(self, now_us);
}

ScRecoveryAction
sc_recovery_next(ScRecovery *self, int64_t now_us)
{
    if (now_us >= self->due_us)
        on_due(self, now_us);

    ScRecoveryAction action = self->pending;
    self->pending = SC_RECOVERY_NOTHING;
    return action;
}

int64_t
sc_recovery_get_deadline_us(const ScRecovery *self)
{
    return self->due_us;
}

ScRecoveryState
sc_recovery_get_state(const ScRecovery *self)
{
    return self->state;
}

bool
sc_recovery_has_connected(const ScRecovery *self)
{
    return self->has_connected;
}

bool
sc_recovery_expects_media(const ScRecovery *self)
{
    return self->media_expected && self->has_heard;
}

const char *
sc_recovery_get_reason(const ScRecovery *self)
{
    return self->reason;
}

int64_t
sc_recovery_get_last_heard_us(const ScRecovery *self)
{
    return self->last_heard_us;
}

const char *
sc_recovery_state_to_text(ScRecoveryState state)
{
    switch (state) {
    case SC_RECOVERY_IDLE:
        return "idle";
    case SC_RECOVERY_ASKING:
        return "asking";
    case SC_RECOVERY_CONNECTING:
        return "connecting";
    case SC_RECOVERY_PLAYING:
        return "playing";
    case SC_RECOVERY_RESTARTING:
        return "restarting";
    case SC_RECOVERY_WAITING:
        return "waiting";
    }
    return "?";
}

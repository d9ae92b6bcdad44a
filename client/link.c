/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-link"
#include "client/link.h"

#include "client/session.h"

#define TICK_MS 100

struct ScLink {
    ScPlace place;
    ScDoor door;
    const ScLinkOwner *owner; /* borrowed: see sc_link_new() */
    void *user_data;          /* borrowed: see sc_link_new() */

    ScRecovery *recovery; /* owned */
    ScSession *session;   /* owned; NULL between two */
    int64_t heard_us;     /* what recovery was last told */
    int64_t round_trip_us;
    unsigned renegotiations; /* of the sessions that are gone */
    unsigned refusal_status;
    char *refusal; /* owned */
    guint tick;
    guint kick;
};

static double
chance(void *user_data)
{
    (void)user_data;
    return g_random_double();
}

static int64_t
now_us(void)
{
    return g_get_monotonic_time();
}

static const char *
name(const ScLink *self)
{
    return self->door == SC_DOOR_WHIP ? "publish" : "watch";
}

static gboolean on_kick(gpointer data);

/* Acts after the handler of a session returned: what follows may free that session. */
static void
kick(ScLink *self)
{
    if (!self->kick)
        self->kick = g_idle_add_full(G_PRIORITY_DEFAULT, on_kick, self, NULL);
}

static void
on_session_answered(int64_t round_trip_us, void *user_data)
{
    ScLink *self = user_data;
    self->round_trip_us = round_trip_us;
    self->refusal_status = 0;
    g_clear_pointer(&self->refusal, g_free);
    sc_recovery_on_answered(self->recovery, now_us(), round_trip_us);
    kick(self);
}

static void
on_session_refused(const ScRefusal *refusal, void *user_data)
{
    ScLink *self = user_data;
    bool is_new = self->refusal_status != refusal->status || !self->refusal;
    self->refusal_status = refusal->status;
    g_free(self->refusal);
    self->refusal = *refusal->problem
                        ? g_strdup_printf("%s: %s", refusal->problem, refusal->detail)
                        : g_strdup(refusal->detail);
    sc_recovery_on_refused(self->recovery, now_us(), refusal->retry_after_us);
    if (is_new)
        g_message("%s: refused (%u %s), trying again", name(self), refusal->status,
                  self->refusal);
    kick(self);
}

static void
on_session_opened(void *user_data)
{
    ScLink *self = user_data;
    g_message("%s: connected", name(self));
    sc_recovery_on_opened(self->recovery, now_us());
    if (self->owner->opened)
        self->owner->opened(self->user_data);
    kick(self);
}

static void
on_session_failed(const char *reason, void *user_data)
{
    ScLink *self = user_data;
    g_debug("%s: %s", name(self), reason);
    sc_recovery_on_failed(self->recovery, now_us(), reason);
    kick(self);
}

static void
on_session_broken(const char *reason, void *user_data)
{
    ScLink *self = user_data;
    g_warning("%s: %s; building it anew", name(self), reason);
    sc_recovery_on_broken(self->recovery, now_us(), reason);
    kick(self);
}

static void
on_session_restart_refused(void *user_data)
{
    ScLink *self = user_data;
    sc_recovery_on_restart_refused(self->recovery, now_us());
    kick(self);
}

static const ScSessionHandlers handlers = {
    .answered = on_session_answered,
    .refused = on_session_refused,
    .opened = on_session_opened,
    .failed = on_session_failed,
    .broken = on_session_broken,
    .restart_refused = on_session_restart_refused,
};

static void
drop_session(ScLink *self)
{
    if (!self->session)
        return;
    if (self->owner->drop)
        self->owner->drop(self->user_data);
    self->renegotiations += sc_session_get_renegotiations(self->session);
    g_clear_pointer(&self->session, sc_session_free);
}

static void
ask(ScLink *self)
{
    drop_session(self);
    GstElement *webrtc = NULL;
    GstElement *pipeline =
        self->owner->build(&webrtc, self->round_trip_us, self->user_data);
    ScResource *resource = sc_resource_new(&self->place, self->door);
    self->heard_us = 0;
    self->session = sc_session_new(pipeline, webrtc, resource, &handlers, self);
    sc_session_start(self->session);
}

static void
run(ScLink *self)
{
    ScRecoveryState before = sc_recovery_get_state(self->recovery);
    int64_t heard_us = self->session ? sc_session_get_last_heard_us(self->session) : 0;
    if (heard_us > self->heard_us) {
        self->heard_us = heard_us;
        sc_recovery_on_heard(self->recovery, heard_us);
    }
    switch (sc_recovery_next(self->recovery, now_us())) {
    case SC_RECOVERY_NOTHING:
        break;
    case SC_RECOVERY_ASK:
        ask(self);
        break;
    case SC_RECOVERY_RESTART_ICE:
        g_message("%s: %s, restarting ICE", name(self),
                  sc_recovery_get_reason(self->recovery));
        sc_session_restart_ice(self->session);
        break;
    }
    if (before != sc_recovery_get_state(self->recovery))
        self->owner->changed(self->user_data);
}

static gboolean
on_kick(gpointer data)
{
    ScLink *self = data;
    self->kick = 0;
    run(self);
    self->owner->changed(self->user_data);
    return G_SOURCE_REMOVE;
}

static gboolean
on_tick(gpointer data)
{
    run(data);
    return G_SOURCE_CONTINUE;
}

ScLink *
sc_link_new(const ScPlace *place, ScDoor door, const ScLinkOwner *owner, void *user_data)
{
    ScLink *self = g_new0(ScLink, 1);
    self->place = *place;
    self->door = door;
    self->owner = owner;
    self->user_data = user_data;
    self->recovery = sc_recovery_new(
        door == SC_DOOR_WHIP ? SC_RECOVERY_PUBLISHER_SILENCE_US : SC_RECOVERY_SILENCE_US,
        chance, NULL);
    self->tick = g_timeout_add(TICK_MS, on_tick, self);
    return self;
}

void
sc_link_free(ScLink *self)
{
    if (!self)
        return;
    g_clear_handle_id(&self->tick, g_source_remove);
    g_clear_handle_id(&self->kick, g_source_remove);
    drop_session(self);
    sc_recovery_free(self->recovery);
    g_free(self->refusal);
    g_free(self);
}

void
sc_link_start(ScLink *self)
{
    sc_recovery_start(self->recovery, now_us());
    run(self);
}

void
sc_link_stop(ScLink *self)
{
    sc_recovery_stop(self->recovery);
    drop_session(self);
}

void
sc_link_rejoin(ScLink *self, const char *const *locations, const char *reason)
{
    const char *location = self->session ? sc_session_get_location(self->session) : NULL;
    bool waits = sc_recovery_get_state(self->recovery) == SC_RECOVERY_WAITING;
    if (!waits && (!location || !g_strv_contains(locations, location)))
        return;
    g_message("%s: told to rejoin (%s)", name(self), reason);
    sc_recovery_on_rejoin(self->recovery, now_us(), reason);
    run(self);
}

void
sc_link_expect_media(ScLink *self, bool expected)
{
    sc_recovery_expect_media(self->recovery, now_us(), expected);
}

const ScRecovery *
sc_link_get_recovery(const ScLink *self)
{
    return self->recovery;
}

unsigned
sc_link_get_refusal_status(const ScLink *self)
{
    return self->refusal_status;
}

const char *
sc_link_get_refusal(const ScLink *self)
{
    return self->refusal ? self->refusal : "";
}

unsigned
sc_link_get_renegotiations(const ScLink *self)
{
    return self->renegotiations
           + (self->session ? sc_session_get_renegotiations(self->session) : 0);
}

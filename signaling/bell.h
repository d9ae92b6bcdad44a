/* SPDX-License-Identifier: Apache-2.0 */
/* bell.h: rings lessons: opens them, begins them, warns of their end, ends them; and lets
 * a teacher run over, or end at once. What is rung is durable before anybody hears of it.
 * One timer, for the next thing due; what is due at once is done in batches, with the
 * main loop in between. Thread: main. Spec: docs/protocol.md#the-bell. */
#pragma once

#include "signaling/clock.h"
#include "signaling/conductor.h"
#include "signaling/config.h"

typedef struct ScBell ScBell;

/* Who keeps the books. Each may be NULL; told after it is durable, and of the end before
 * the lesson's sessions are closed. @now_ms is when it was rung, which may be late: a
 * lesson whose end passed while nobody rang is `ended` without more. */
typedef struct {
    void (*opened)(const char *lesson, int64_t now_ms, gpointer user_data);
    void (*begun)(const char *lesson, int64_t now_ms, gpointer user_data);
    void (*ending)(const char *lesson, int64_t now_ms, gpointer user_data);
    void (*extended)(const char *lesson, int64_t now_ms, gpointer user_data);
    void (*ended)(const char *lesson, int64_t now_ms, gpointer user_data);
} ScBellObserver;

typedef struct {
    uint64_t n_opened;
    uint64_t n_begun;
    uint64_t n_ended;
    uint64_t n_failed;  /* rounds that the store refused */
    int64_t longest_us; /* that the main loop was held */
} ScBellCounters;

/* Borrows all; they outlive it. Catches up from the main loop. */
ScBell *sc_bell_new(const ScConfig *config, ScClock *clock, ScStore *store,
                    ScConductor *conductor) G_GNUC_WARN_UNUSED_RESULT;
void sc_bell_free(ScBell *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScBell, sc_bell_free)

/* @observer is static. Not from one of its calls. */
void sc_bell_add_observer(ScBell *self, const ScBellObserver *observer,
                          gpointer user_data);
void sc_bell_remove_observer(ScBell *self, const ScBellObserver *observer,
                             gpointer user_data);

/* Lessons were made, moved or cancelled: look at them again, from the main loop. People
 * who are in one that was moved or cancelled are told. */
void sc_bell_reconsider(ScBell *self);

/* @grant's lesson runs over by @minutes more, or ends now; all are told, @asker with
 * @id. False and @error: SC_PROBLEM_ERROR WRONG_ROLE, LESSON_NOT_LIVE, OVERTIME_LIMIT;
 * SC_STORE_ERROR. */
bool sc_bell_extend(ScBell *self, const ScTokenGrant *grant, unsigned minutes, int64_t id,
                    gpointer asker, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sc_bell_end(ScBell *self, const ScTokenGrant *grant, int64_t id, gpointer asker,
                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

ScBellCounters sc_bell_get_counters(const ScBell *self);

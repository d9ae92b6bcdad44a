/* SPDX-License-Identifier: Apache-2.0 */
/* clock.h: what time it is. The only door to the system's clocks, so that a test can move
 * the wall and a lesson rings by it. The wall is for what people agreed on (timetable,
 * tokens, records), the monotonic clock for how long something took. Thread: main. */
#pragma once

#include <stdint.h>

#include <glib.h>

typedef struct ScClock ScClock;

/* The wall was moved by us. Whoever sleeps until an instant of it sets the alarm anew: a
 * source of G_PRIORITY_DEFAULT, ready at once for what is due. It must neither move the
 * clock nor add or remove observers. */
typedef void (*ScClockMoved)(ScClock *clock, gpointer user_data);

/* Shows the system's time. */
ScClock *sc_clock_new(void) G_GNUC_WARN_UNUSED_RESULT;
void sc_clock_free(ScClock *self); /* nobody observes it any more */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScClock, sc_clock_free)

/* Unix time in milliseconds, as the wall shows it. */
int64_t sc_clock_get_real_ms(const ScClock *self);
/* Microseconds since some instant; never moved. */
int64_t sc_clock_get_monotonic_us(const ScClock *self);

/* From now on the wall shows the system's time plus @offset_ms; tells the observers. */
void sc_clock_set_offset_ms(ScClock *self, int64_t offset_ms);
/* The same, so that it shows @now_ms and runs on from there. */
void sc_clock_set_real_ms(ScClock *self, int64_t now_ms);

void sc_clock_add_observer(ScClock *self, ScClockMoved moved, gpointer user_data);
/* The same pair must have been added. */
void sc_clock_remove_observer(ScClock *self, ScClockMoved moved, gpointer user_data);

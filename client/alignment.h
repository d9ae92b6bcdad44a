/* SPDX-License-Identifier: Apache-2.0 */
/* alignment.h: which of what a loudspeaker was given a microphone hears just now. What
 * the devices tell of their delays is not believed: it is measured, again and again, from
 * what was played and what was recorded. Pure; samples are mono at SC_ECHO_RATE_HZ, and
 * times are counted in them, from one instant for both sides. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

/* So much before it is heard is what was played handed out. */
#define SC_ALIGNMENT_LEAD_MS 20
/* A delay is found from 0 to here. */
#define SC_ALIGNMENT_REACH_MS 1000
/* A time that strays from the count by less is not followed: devices' clocks shake. */
#define SC_ALIGNMENT_SLACK_MS 10

typedef struct ScAlignment ScAlignment;

ScAlignment *sc_alignment_new(void) G_GNUC_WARN_UNUSED_RESULT;
void sc_alignment_free(ScAlignment *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScAlignment, sc_alignment_free)

/* Thread: any one. */
void sc_alignment_add_played(ScAlignment *self, int64_t at, const int16_t *samples,
                             size_t n_samples);

/* Takes the next of what was recorded, and gives what is heard in it
 * SC_ALIGNMENT_LEAD_MS later: silence until a delay was found. Twice a second it
 * searches. Thread: another one. */
void sc_alignment_match(ScAlignment *self, int64_t at, const int16_t *recorded,
                        size_t n_samples, int16_t *out_played);

/* From what was played, by its time, to what was recorded. False: none was found yet.
 * Thread: as sc_alignment_match(). */
bool sc_alignment_get_delay_ms(const ScAlignment *self, double *out_delay_ms);

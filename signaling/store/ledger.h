/* SPDX-License-Identifier: Apache-2.0 */
/* ledger.h: what a lesson came to, for each of its sites: counted while it runs
 * (attendance), and written down for good when it is over, as a chain of rows with their
 * sums. Thread: the store's. All errors are SC_STORE_ERROR. */
#pragma once

#include "signaling/store/store.h"

#define SC_LEDGER_RECEIVED_MIN_PCT \
    60 /* of the planned time, where nobody says otherwise */

/* Of one site in one lesson. Counts in all; −1: never measured. */
typedef struct {
    int64_t delivered_ms; /* the teacher's media came in */
    int64_t received_ms;  /* and this site confirmed that it got them */
    int64_t sent_ms;      /* this site's own came in */
    unsigned n_interruptions;
    int64_t loss_permille; /* means */
    int64_t rtt_ms;
    int64_t width; /* pixels of the largest picture; −1: not known */
    int64_t height;
    unsigned n_samples; /* behind the means */
    unsigned n_floor;
    int64_t floor_ms;
    int64_t first_ms; /* of the wall; −1: it never had media */
    int64_t last_ms;
} ScAttendanceRow;

/* All zero or −1 where there is none. */
bool sc_store_get_attendance(ScStore *store, const char *lesson, const char *site,
                             ScAttendanceRow *out_row, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
bool sc_store_put_attendance(ScStore *store, const char *lesson, const char *site,
                             const ScAttendanceRow *row, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* How much of a session's totals is counted; zero where it is new. */
bool sc_store_get_counted(ScStore *store, const char *session, int64_t *out_total_ms,
                          unsigned *out_n_interruptions, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
bool sc_store_put_counted(ScStore *store, const char *session, const char *lesson,
                          int64_t total_ms, unsigned n_interruptions, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Ids of lessons that are over, by @now_ms, and not in the ledger; at most @max. */
char **sc_store_list_unrecorded(ScStore *store, int64_t now_ms, unsigned max,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes a row for each site of @lesson, and that it is done; one durable step. @month:
 * "2026-09", of its beginning. */
bool sc_store_record_lesson(ScStore *store, const char *lesson, const char *month,
                            int64_t now_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* When it began, for the month. NOT_FOUND. */
bool sc_store_get_lesson_start(ScStore *store, const char *lesson, int64_t *out_starts_ms,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: Apache-2.0 */
/* enrolment.h: devices that show a code and wait until somebody confirms it. Thread: the
 * store's. All errors are SC_STORE_ERROR. */
#pragma once

#include "signaling/store/store.h"

typedef struct {
    char *id;          /* owned */
    char *code;        /* owned */
    char *secret_hash; /* owned: SHA-256 in hexadecimal digits */
    char *address;     /* owned */
    char *program;     /* owned */
    char *device;      /* owned: NULL: not confirmed yet */
    int64_t created_ms;
    int64_t expires_ms;
} ScEnrolmentRow;

void sc_enrolment_row_clear(ScEnrolmentRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScEnrolmentRow, sc_enrolment_row_clear)

/* CONSTRAINT where the code is taken. */
bool sc_store_add_enrolment(ScStore *store, const ScEnrolmentRow *row, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* By its code, or its id; NOT_FOUND where there is none. */
bool sc_store_find_enrolment(ScStore *store, const char *code, ScEnrolmentRow *out_row,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sc_store_get_enrolment(ScStore *store, const char *id, ScEnrolmentRow *out_row,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sc_store_confirm_enrolment(ScStore *store, const char *id, const char *device,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sc_store_remove_enrolments_of(ScStore *store, const char *device, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Forgets those that expired, and tells how many are left. */
bool sc_store_expire_enrolments(ScStore *store, int64_t now_ms, unsigned *out_n_left,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

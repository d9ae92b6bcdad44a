/* SPDX-License-Identifier: Apache-2.0 */
/* person.h: what signing in needs of a person; the rest of it the API lists and edits as
 * a collection. Thread: the store's. All errors are SC_STORE_ERROR. */
#pragma once

#include "signaling/store/store.h"

typedef struct {
    char *id;           /* owned */
    char *organisation; /* owned: whose administrators keep it */
    char *sign_in;      /* owned */
    char *name;         /* owned */
    char *password;     /* owned: Argon2id; NULL: cannot sign in */
    bool is_active;
    bool must_change;
    unsigned n_failed;
    int64_t locked_until_ms;
} ScPersonRow;

void sc_person_row_clear(ScPersonRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScPersonRow, sc_person_row_clear)

/* Each NOT_FOUND where there is none. @sign_in in lower case. */
bool sc_store_find_person(ScStore *store, const char *sign_in, ScPersonRow *out_row,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sc_store_get_person(ScStore *store, const char *id, ScPersonRow *out_row,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Its other fields are not looked at: an active person without a failure. CONSTRAINT
 * where the sign-in name is taken or the organisation unknown. */
bool sc_store_add_person(ScStore *store, const ScPersonRow *row, int64_t now_ms,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @role: "administrator", "teacher", "inspector". */
bool sc_store_add_appointment(ScStore *store, const char *person,
                              const char *organisation, const char *role, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

bool sc_store_remove_appointment(ScStore *store, const char *person,
                                 const char *organisation, const char *role,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Counts a change of what hangs on the person. */
bool sc_store_touch_person(ScStore *store, const char *person, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Also ends a lock. */
bool sc_store_set_password(ScStore *store, const char *person, const char *hash,
                           bool must_change, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sc_store_set_failures(ScStore *store, const char *person, unsigned n_failed,
                           int64_t locked_until_ms, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

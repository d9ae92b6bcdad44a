/* SPDX-License-Identifier: Apache-2.0 */
/* web-session.h: people who are signed in to the console. A session is known by the
 * SHA-256 of its token, in hexadecimal digits. Thread: the store's. All errors are
 * SC_STORE_ERROR. */
#pragma once

#include "signaling/store/store.h"

typedef struct {
    char *person;     /* owned */
    char *name;       /* owned: the person's */
    bool is_active;   /* the person has not been disabled */
    bool must_change; /* the password */
    int64_t created_ms;
    int64_t seen_ms;       /* its last use, to the minute */
    bool is_administrator; /* of any organisation; and so on */
    bool is_inspector;
    bool is_teacher;
} ScWebSessionRow;

void sc_web_session_row_clear(ScWebSessionRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScWebSessionRow, sc_web_session_row_clear)

/* NOT_FOUND where there is none; whether it is over, the caller decides. */
bool sc_store_find_web_session(ScStore *store, const char *hash, ScWebSessionRow *out_row,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sc_store_add_web_session(ScStore *store, const char *hash, const char *person,
                              const char *address, const char *agent, int64_t now_ms,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sc_store_touch_web_session(ScStore *store, const char *hash, int64_t now_ms,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sc_store_remove_web_session(ScStore *store, const char *hash, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* All of @person but @except_hash (NULL: all). */
bool sc_store_remove_web_sessions(ScStore *store, const char *person,
                                  const char *except_hash, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Those last used before @before_ms. */
bool sc_store_remove_idle_web_sessions(ScStore *store, int64_t before_ms, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* What requests with the session of @token must carry besides: derived from it, so that
 * nothing is stored. Base64url. */
char *sc_web_session_dup_csrf(const char *token) G_GNUC_WARN_UNUSED_RESULT;

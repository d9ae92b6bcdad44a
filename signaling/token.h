/* SPDX-License-Identifier: Apache-2.0 */
/* token.h: the right of one site to take part in one lesson in one role, for a while. The
 * text is 32 random bytes in base64url; the store keeps only its SHA-256. Thread: the
 * store's. Spec: docs/protocol.md#tokens, RFC 6750. */
#pragma once

#include "signaling/role.h"
#include "signaling/store/store.h"

#define SC_TOKEN_TEXT_LENGTH 43 /* characters: 32 bytes in base64url without padding */

/* Their problem names are unknown-token, expired-token and wrong-lesson. */
#define SC_TOKEN_ERROR (sc_token_error_quark())
typedef enum {
    SC_TOKEN_ERROR_UNKNOWN,
    SC_TOKEN_ERROR_EXPIRED,
    SC_TOKEN_ERROR_WRONG_LESSON,
} ScTokenError;
GQuark sc_token_error_quark(void);

typedef struct {
    char *lesson; /* owned */
    char *site;   /* owned */
    ScRole role;
    unsigned pupil;     /* in the site, from 1; 0: it is the site's own */
    int64_t expires_ms; /* Unix time */
} ScTokenGrant;

void sc_token_grant_free(ScTokenGrant *grant);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScTokenGrant, sc_token_grant_free)

/* A token's text: 32 random bytes. */
char *sc_token_make_text(void) G_GNUC_WARN_UNUSED_RESULT;

/* Returns the text, which cannot be had again. @site must be one of @lesson's. NULL and
 * @error (SC_STORE_ERROR) where the store refuses. Durable when it returns. */
char *sc_token_issue(ScStore *store, const char *lesson, const char *site, ScRole role,
                     int64_t expires_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for one more pupil of @site, the @pupil-th. */
char *sc_token_issue_pupil(ScStore *store, const char *lesson, const char *site,
                           unsigned pupil, int64_t expires_ms, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* @lesson: the one it is shown for; NULL where the token itself names the lesson
 * (events). NULL and @error: SC_TOKEN_ERROR, or SC_STORE_ERROR where the store fails. */
ScTokenGrant *sc_token_verify(ScStore *store, const char *text, const char *lesson,
                              int64_t now_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/token.h"

#include <sodium.h>
#include <string.h>

#include "signaling/store/join-token.h"

#define SECRET_LENGTH 32 /* bytes, docs/protocol.md#tokens */

G_DEFINE_QUARK(sc_token_error, sc_token_error)

void
sc_token_grant_free(ScTokenGrant *grant)
{
    if (grant == NULL)
        return;
    g_free(grant->lesson);
    g_free(grant->site);
    g_free(grant);
}

char *
sc_token_make_text(void)
{
    uint8_t secret[SECRET_LENGTH];
    char *text = g_malloc(SC_TOKEN_TEXT_LENGTH + 1);

    g_assert(sodium_init() >= 0);
    randombytes_buf(secret, sizeof secret);
    sodium_bin2base64(text, SC_TOKEN_TEXT_LENGTH + 1, secret, sizeof secret,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(secret, sizeof secret);
    return text;
}

static char *
hash_text(const char *text)
{
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

static char *
issue(ScStore *store, const char *lesson, const char *site, ScRole role, unsigned pupil,
      int64_t expires_ms, GError **error)
{
    g_autofree char *text = sc_token_make_text();
    g_auto(ScJoinTokenRow) row = {
        .hash = hash_text(text),
        .lesson = g_strdup(lesson),
        .site = g_strdup(site),
        .role = role,
        .pupil = pupil,
        .expires_ms = expires_ms,
    };

    if (!sc_store_add_join_token(store, &row, error))
        return NULL;
    return g_steal_pointer(&text);
}

char *
sc_token_issue(ScStore *store, const char *lesson, const char *site, ScRole role,
               int64_t expires_ms, GError **error)
{
    return issue(store, lesson, site, role, 0, expires_ms, error);
}

char *
sc_token_issue_pupil(ScStore *store, const char *lesson, const char *site, unsigned pupil,
                     int64_t expires_ms, GError **error)
{
    return issue(store, lesson, site, SC_ROLE_PUPIL, pupil, expires_ms, error);
}

/* The index finds the row by its hash, so what timing could tell is of the hash, not of
 * the secret; the compare in constant time is for the day when another store is less
 * exact. */
static bool
lookup(ScStore *store, const char *text, ScJoinTokenRow *out_row, GError **error)
{
    g_autoptr(GError) store_error = NULL;
    g_autofree char *hash = hash_text(text);
    g_auto(ScJoinTokenRow) row = { 0 };

    if (!sc_store_get_join_token(store, hash, &row, &store_error)
        && !g_error_matches(store_error, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&store_error));
        return false;
    }
    if (row.hash == NULL || strlen(row.hash) != SC_JOIN_TOKEN_HASH_LENGTH
        || sodium_memcmp(row.hash, hash, SC_JOIN_TOKEN_HASH_LENGTH) != 0) {
        g_set_error_literal(error, SC_TOKEN_ERROR, SC_TOKEN_ERROR_UNKNOWN,
                            "the token is not one of ours");
        return false;
    }
    *out_row = row;
    row = (ScJoinTokenRow){ 0 };
    return true;
}

ScTokenGrant *
sc_token_verify(ScStore *store, const char *text, const char *lesson, int64_t now_ms,
                GError **error)
{
    g_auto(ScJoinTokenRow) row = { 0 };

    if (strlen(text) != SC_TOKEN_TEXT_LENGTH) {
        g_set_error(error, SC_TOKEN_ERROR, SC_TOKEN_ERROR_UNKNOWN,
                    "the token has %zu characters, ours have %d", strlen(text),
                    SC_TOKEN_TEXT_LENGTH);
        return NULL;
    }
    if (!lookup(store, text, &row, error))
        return NULL;
    if (row.expires_ms <= now_ms) {
        g_set_error(error, SC_TOKEN_ERROR, SC_TOKEN_ERROR_EXPIRED,
                    "the token expired %" G_GINT64_FORMAT " s ago",
                    (now_ms - row.expires_ms) / 1000);
        return NULL;
    }
    if (lesson != NULL && !g_str_equal(row.lesson, lesson)) {
        g_set_error_literal(error, SC_TOKEN_ERROR, SC_TOKEN_ERROR_WRONG_LESSON,
                            "the token is for another lesson");
        return NULL;
    }
    ScTokenGrant *grant = g_new0(ScTokenGrant, 1);
    grant->lesson = g_steal_pointer(&row.lesson);
    grant->site = g_steal_pointer(&row.site);
    grant->role = row.role;
    grant->pupil = row.pupil;
    grant->expires_ms = row.expires_ms;
    return grant;
}

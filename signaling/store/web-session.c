/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/store/web-session.h"

#include <sodium.h>
#include <string.h>

#include "signaling/store/query.h"

#define CSRF_CONTEXT "csrf" /* keeps this hash apart from the one that is stored */

void
sc_web_session_row_clear(ScWebSessionRow *row)
{
    g_clear_pointer(&row->person, g_free);
    g_clear_pointer(&row->name, g_free);
}

#define HAS_ROLE(role)                                                       \
    "EXISTS (SELECT 1 FROM appointment WHERE appointment.person = person.id" \
    " AND appointment.role = '" role "')"

bool
sc_store_find_web_session(ScStore *store, const char *hash, ScWebSessionRow *out_row,
                          GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(
            &query, store,
            "SELECT person.id, person.name, person.state = 'active',"
            " person.must_change, web_session.created_ms,"
            " web_session.seen_ms, " HAS_ROLE("administrator") ", " HAS_ROLE(
                "inspector") ", " HAS_ROLE("teacher") " FROM web_session JOIN person ON "
                                                      "person.id = web_session.person"
                                                      " WHERE web_session.hash = $1",
            error))
        return false;
    sc_query_bind_text(&query, hash);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    if (!has_row) {
        g_set_error_literal(error, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND,
                            "no such web session");
        return false;
    }
    *out_row = (ScWebSessionRow){
        .person = sc_query_dup_text(&query, 0),
        .name = sc_query_dup_text(&query, 1),
        .is_active = sc_query_get_integer(&query, 2) != 0,
        .must_change = sc_query_get_integer(&query, 3) != 0,
        .created_ms = sc_query_get_integer(&query, 4),
        .seen_ms = sc_query_get_integer(&query, 5),
        .is_administrator = sc_query_get_integer(&query, 6) != 0,
        .is_inspector = sc_query_get_integer(&query, 7) != 0,
        .is_teacher = sc_query_get_integer(&query, 8) != 0,
    };
    return true;
}

bool
sc_store_add_web_session(ScStore *store, const char *hash, const char *person,
                         const char *address, const char *agent, int64_t now_ms,
                         GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "INSERT INTO web_session"
                       " (hash, person, created_ms, seen_ms, address, agent)"
                       " VALUES ($1, $2, $3, $3, $4, $5)",
                       error))
        return false;
    sc_query_bind_text(&query, hash);
    sc_query_bind_text(&query, person);
    sc_query_bind_integer(&query, now_ms);
    sc_query_bind_text(&query, address);
    sc_query_bind_text(&query, agent);
    return sc_query_run(&query, error);
}

bool
sc_store_touch_web_session(ScStore *store, const char *hash, int64_t now_ms,
                           GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "UPDATE web_session SET seen_ms = $1 WHERE hash = $2", error))
        return false;
    sc_query_bind_integer(&query, now_ms);
    sc_query_bind_text(&query, hash);
    return sc_query_run(&query, error);
}

bool
sc_store_remove_web_session(ScStore *store, const char *hash, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store, "DELETE FROM web_session WHERE hash = $1", error))
        return false;
    sc_query_bind_text(&query, hash);
    return sc_query_run(&query, error);
}

bool
sc_store_remove_web_sessions(ScStore *store, const char *person, const char *except_hash,
                             GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "DELETE FROM web_session WHERE person = $1 AND hash <> $2", error))
        return false;
    sc_query_bind_text(&query, person);
    sc_query_bind_text(&query, except_hash != NULL ? except_hash : "");
    return sc_query_run(&query, error);
}

bool
sc_store_remove_idle_web_sessions(ScStore *store, int64_t before_ms, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store, "DELETE FROM web_session WHERE seen_ms < $1",
                       error))
        return false;
    sc_query_bind_integer(&query, before_ms);
    return sc_query_run(&query, error);
}

char *
sc_web_session_dup_csrf(const char *token)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    size_t size =
        sodium_base64_ENCODED_LEN(sizeof hash, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = g_malloc(size);
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *)CSRF_CONTEXT,
                              strlen(CSRF_CONTEXT));
    crypto_hash_sha256_update(&state, (const uint8_t *)token, strlen(token));
    crypto_hash_sha256_final(&state, hash);
    return sodium_bin2base64(text, size, hash, sizeof hash,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

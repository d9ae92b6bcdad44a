/* SPDX-License-Identifier: Apache-2.0 */
/* password.h: what a password must be like, and its Argon2id hash, which takes a tenth of
 * a second on purpose and is therefore made on threads of its own. Thread: main; results
 * come to the main context. Spec: RFC 9106; libsodium's "interactive" limits. */
#pragma once

#include <stdbool.h>

#include <gio/gio.h>

#define SC_PASSWORD_MIN 10          /* characters */
#define SC_PASSWORD_MAX 128         /* characters */
#define SC_PASSWORD_FIRST_LENGTH 16 /* of one that we make */

#define SC_PASSWORD_ERROR (sc_password_error_quark())
typedef enum {
    SC_PASSWORD_ERROR_LENGTH,    /* too short, or too long */
    SC_PASSWORD_ERROR_KINDS,     /* of one kind of characters */
    SC_PASSWORD_ERROR_NAME,      /* the sign-in name is in it */
    SC_PASSWORD_ERROR_COMMONEST, /* anybody would try it */
    SC_PASSWORD_ERROR_BUSY,      /* too many wait already */
    SC_PASSWORD_ERROR_FAILED,    /* no memory for it */
} ScPasswordError;
GQuark sc_password_error_quark(void);

typedef struct ScPasswordPool ScPasswordPool;

/* At most @max_waiting passwords wait for a thread. */
ScPasswordPool *sc_password_pool_new(unsigned max_waiting) G_GNUC_WARN_UNUSED_RESULT;
/* After the last answer. */
void sc_password_pool_free(ScPasswordPool *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScPasswordPool, sc_password_pool_free)

/* SC_PASSWORD_MIN to SC_PASSWORD_MAX characters, at least two of letters, digits and
 * others, without the sign-in name in it, and none of the commonest. */
bool sc_password_check(const char *password, const char *sign_in, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* SC_PASSWORD_FIRST_LENGTH random characters that cannot be taken for one another. */
char *sc_password_make_first(void) G_GNUC_WARN_UNUSED_RESULT;

/* @password is copied, and wiped. */
void sc_password_hash_async(ScPasswordPool *self, const char *password,
                            GAsyncReadyCallback done, gpointer user_data);
char *sc_password_hash_finish(ScPasswordPool *self, GAsyncResult *result, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* At once, on this thread: for programs that nobody waits for. NULL: no memory. */
char *sc_password_hash(const char *password) G_GNUC_WARN_UNUSED_RESULT;
/* For one of sc_password_make_first() alone: 92 random bits need no slow hash, so this is
 * quick (Argon2id with the least limits). NULL: no memory. */
char *sc_password_hash_first(const char *password) G_GNUC_WARN_UNUSED_RESULT;

/* Was @hash made within other limits than sc_password_hash() has, or is it none? Then a
 * new one is to be made when the password is next known. */
bool sc_password_needs_rehash(const char *hash);

/* @hash NULL (nobody by this name, or no password) takes as long, and is wrong; one of
 * sc_password_hash_first() takes as long too. */
void sc_password_verify_async(ScPasswordPool *self, const char *hash,
                              const char *password, GAsyncReadyCallback done,
                              gpointer user_data);
/* False and no error: it is wrong. */
bool sc_password_verify_finish(ScPasswordPool *self, GAsyncResult *result, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

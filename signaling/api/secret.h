/* SPDX-License-Identifier: Apache-2.0 */
/* secret.h: tokens that somebody shows to be let in: 32 random bytes in base64url, of
 * which the store keeps the SHA-256 only. Thread: any. */
#pragma once

#include <glib.h>

#define SC_SECRET_LENGTH 43 /* characters */

char *sc_secret_make(void) G_GNUC_WARN_UNUSED_RESULT;
/* 64 hexadecimal digits. */
char *sc_secret_hash(const char *secret) G_GNUC_WARN_UNUSED_RESULT;

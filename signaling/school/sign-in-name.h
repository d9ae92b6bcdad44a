/* SPDX-License-Identifier: Apache-2.0 */
/* sign-in-name.h: by which name somebody signs in. Latin letters of one script, so that
 * no name looks like another's, and Chinese characters, so that a name may be one's own.
 * Thread: any; no state. Spec: UAX #15 (NFKC), UAX #24 (script Han). */
#pragma once

#include <stdbool.h>

#include <glib.h>

#define SC_SIGN_IN_NAME_MIN 3  /* characters */
#define SC_SIGN_IN_NAME_MAX 64 /* characters */
/* For whoever is refused. */
#define SC_SIGN_IN_NAME_RULE "must be 3 to 64 of a-z, 0-9, . _ @ - and Chinese characters"
#define SC_SIGN_IN_NAME_RULE_ZH "要有 3 到 64 个字母、数字、汉字或 . _ @ -，不能有空格"

/* @given (valid UTF-8) as it is stored and looked for: half-width, in lower case. */
char *sc_sign_in_name_fold(const char *given) G_GNUC_WARN_UNUSED_RESULT;

/* May a person have @folded? */
bool sc_sign_in_name_is_good(const char *folded);

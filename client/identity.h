/* SPDX-License-Identifier: Apache-2.0 */
/* identity.h: the token by which the server knows this box, in a file that only its owner
 * reads, written whole or not at all. Thread: main. */
#pragma once

#include <glib.h>

/* Where it stands if nobody says: below STATE_DIRECTORY (systemd) or XDG_STATE_HOME. */
char *sc_identity_dup_path(void) G_GNUC_WARN_UNUSED_RESULT;

/* NULL where there is none for the server @url, or none that can be read. */
char *sc_identity_load(const char *path, const char *url) G_GNUC_WARN_UNUSED_RESULT;
/* @token NULL: there is none any more. False and @error: it could not be written. */
gboolean sc_identity_save(const char *path, const char *url, const char *token,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

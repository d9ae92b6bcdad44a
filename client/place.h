/* SPDX-License-Identifier: Apache-2.0 */
/* place.h: where the lesson is, and how signaling is reached there. Thread: main. */
#pragma once

#include <stdint.h>

#include <gio/gio.h>
#include <libsoup/soup.h>

/* Texts are borrowed: the program's config outlives all who copy a place. */
typedef struct {
    const char *url; /* of signaling, http or https, no slash at its end */
    const char *lesson;
    const char *token;
    GTlsDatabase *authorities; /* borrowed: of the room; NULL: the system's */
} ScPlace;

/* A session of its own for each who talks to signaling: when an address is gone, the
 * connections that were made from it hang, and nobody may inherit them. */
SoupSession *sc_place_create_http(const ScPlace *self) G_GNUC_WARN_UNUSED_RESULT;

/* Begins to connect before there is something to ask. */
void sc_place_preconnect(const ScPlace *self, SoupSession *http,
                         GCancellable *cancellable);

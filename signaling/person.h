/* SPDX-License-Identifier: Apache-2.0 */
/* person.h: one WebSocket connection: who it is after its hello, its rate, and what waits
 * to be sent to it. Thread: main. */
#pragma once

#include <stdbool.h>

#include <libsoup/soup.h>

#include "signaling/config.h"
#include "signaling/rate.h"
#include "signaling/token.h"

typedef struct ScPerson ScPerson;

typedef struct {
    /* A text message; @text is NUL-terminated and borrowed. */
    void (*said)(ScPerson *person, const char *text, size_t length, gpointer user_data);
    /* A message that is no text. */
    void (*babbled)(ScPerson *person, gpointer user_data);
    /* No hello in time. */
    void (*kept_silent)(ScPerson *person, gpointer user_data);
    /* More is unread than allowed. */
    void (*fell_behind)(ScPerson *person, gpointer user_data);
    /* The connection has ended; free @person now. */
    void (*left)(ScPerson *person, gpointer user_data);
} ScPersonObserver;

/* @observer is static. */
ScPerson *sc_person_new(SoupWebsocketConnection *connection, GSocket *socket,
                        const ScConfig *config, int64_t now_us,
                        const ScPersonObserver *observer, gpointer user_data)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_person_free(ScPerson *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScPerson, sc_person_free)

/* Who it is; NULL before sc_person_admit(). Borrowed. */
const ScTokenGrant *sc_person_get_grant(const ScPerson *self);
/* Takes @grant; no hello is waited for any more. */
void sc_person_admit(ScPerson *self, ScTokenGrant *grant);

/* Counts one message of its; false where it is one too many. */
bool sc_person_may_speak(ScPerson *self, int64_t now_us);
void sc_person_send(ScPerson *self, const char *text);
bool sc_person_is_closing(const ScPerson *self);
/* What waits is thrown away, and left() follows from the main loop. Later calls do
 * nothing. */
void sc_person_close(ScPerson *self, gushort code, const char *reason);

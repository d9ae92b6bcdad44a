/* SPDX-License-Identifier: Apache-2.0 */
/* person.h: a connection to /events, and what came over it. Waits while the main context
 * runs. */
#pragma once

#include <libsoup/soup.h>

#include "tests/integration/signaling/place.h"

typedef struct {
    SoupWebsocketConnection *connection; /* ref */
    GQueue *texts;                       /* owned: received, not read yet */
    bool is_closed;
    unsigned code; /* why the server closed */
} Person;

/* Connects, and says nothing. */
Person *person_open(Place *place);
void person_free(Person *person);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Person, person_free)

/* Says hello with @token and takes the welcome. */
void person_greet(Person *person, const char *token);
void person_say(Person *person, const char *text);
void person_say_bytes(Person *person, SoupWebsocketDataType type, const void *bytes,
                      gsize length);
/* The next event of @type; others are skipped. The caller owns it. */
JsonObject *person_await(Person *person, const char *type);
/* That it is still served: ping, pong. */
void person_check(Person *person);
/* Waits until it is closed; the code. */
unsigned person_await_close(Person *person);

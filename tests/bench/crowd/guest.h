/* SPDX-License-Identifier: Apache-2.0 */
/* guest.h: one connection to /events: the teacher's, a classroom's or a pupil's. Hands
 * each message to whoever measures, with the time it came. Thread: the main context's.
 * Spec: docs/protocol.md, Events and The room. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "signaling/ward.h"

typedef struct Guest Guest;

/* @message is borrowed for the call. */
typedef void (*GuestHeard)(Guest *guest, const char *type, JsonObject *message,
                           int64_t now_us, gpointer user_data);

struct Guest {
    ScWard *ward;                        /* a place there */
    GUri *uri;                           /* owned */
    GIOStream *stream;                   /* owned */
    SoupWebsocketConnection *connection; /* owned; NULL before it is open */
    char *token;                         /* owned */
    char *code;                          /* owned: the room's, of a classroom; or NULL */
    char *site;                          /* owned; NULL before the welcome */
    bool is_welcome;
    bool is_closed;     /* or could not be opened */
    unsigned index;     /* of its kind */
    unsigned choice;    /* what it will answer */
    int64_t asked_us;   /* when it said what is waited for */
    GuestHeard heard;   /* NULL: nobody listens */
    gpointer user_data; /* borrowed: of @heard */
};

/* Connects to @url ("http://127.0.0.1:PORT") and says hello; is_welcome or is_closed
 * tells how that went. Not through a SoupSession, whose connections are polled one by
 * one. */
Guest *guest_new(const char *url, const char *token, unsigned index);
void guest_free(Guest *self);

void guest_listen(Guest *self, GuestHeard heard, gpointer user_data);
/* Says @text, a JSON object, and notes when. */
void guest_say(Guest *self, const char *text);

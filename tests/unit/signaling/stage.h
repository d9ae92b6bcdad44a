/* SPDX-License-Identifier: Apache-2.0 */
/* stage.h: a whole signaling service for a test: in this process, on a free port, with a
 * store in a folder of its own and the sample lesson, and an HTTP and WebSocket client.
 */
#pragma once

#include <stdbool.h>

#include <libsoup/soup.h>

#include "signaling/protocol/event.h"
#include "signaling/sample.h"
#include "signaling/service.h"
#include "tests/unit/signaling/fake-relay.h"

#define STAGE_PATIENCE_S 10 /* for anything that is waited for */

typedef struct {
    char *folder;
    ScConfig *config;
    ScService *service;
    ScSample *sample; /* sites: the teacher's, then classrooms */
    SoupSession *http;
    FakeRelay *relay; /* NULL until stage_start_relay() */
} Stage;

typedef struct {
    unsigned status;
    SoupMessage *message; /* for its response headers */
    GBytes *body;
    char *problem; /* NAME where the body is a problem; else NULL */
} Answer;

typedef struct {
    SoupWebsocketConnection *connection; /* NULL: the handshake failed */
    GQueue *texts;                       /* received, not read yet */
    bool is_closed;
} Person;

/* With two classrooms. @adjust may change the settings; NULL. */
void stage_open(Stage *stage, void (*adjust)(ScConfig *config));
void stage_open_large(Stage *stage, unsigned n_classrooms,
                      void (*adjust)(ScConfig *config));
void stage_close(Stage *stage);
void stage_start_relay(Stage *stage, const char *instance);
void stage_stop_relay(Stage *stage);
/* As kill -9 and a start again: a new service over the same store and relay. */
void stage_restart_service(Stage *stage);

/* Runs the main context until @condition holds; fails the test after STAGE_PATIENCE_S. */
void stage_wait(bool (*condition)(gpointer user_data), gpointer user_data);
/* Runs what is ready now, and what that makes ready, over the wire and back. */
void stage_settle(Stage *stage);
void stage_wait_for_relay(Stage *stage, bool is_ready);

const char *stage_get_token(const Stage *stage, unsigned site);
char *stage_dup_sdp(const char *name); /* of tests/vectors/sdp */

/* @headers: name, value, …, NULL; or NULL. Clear by answer_clear(). */
Answer stage_send(Stage *stage, const char *method, const char *path, const char *token,
                  const char *content_type, const char *body, const char *const *headers);
void answer_clear(Answer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_clear)
const char *answer_get_header(const Answer *answer, const char *name);

/* POSTs tests/vectors/sdp/@sdp to /@door/LESSON; the session's id, asserting 201. */
char *stage_join(Stage *stage, const char *door, unsigned site, const char *sdp);

/* Connects; with a token it says hello and takes the welcome. */
Person *stage_meet(Stage *stage, const char *token, ScEvent *out_welcome);
void person_say(Person *person, const char *text);
/* Waits for the next message and parses it. */
void person_hear(Person *person, ScEvent *out_event);
/* Skips what is not of @type. */
void person_await(Person *person, ScEventType type, ScEvent *out_event);
/* Waits until the connection is closed; the code. */
unsigned person_await_close(Person *person);
void person_leave(Person *person);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Person, person_leave)

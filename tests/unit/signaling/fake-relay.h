/* SPDX-License-Identifier: Apache-2.0 */
/* fake-relay.h: a relay for tests of signaling, without media: it dials, says hello,
 * keeps a table of transports and remembers what it was asked. Runs in the test's main
 * context. */
#pragma once

#include <stdbool.h>

#include <json-glib/json-glib.h>

typedef struct FakeRelay FakeRelay;

/* Dials @path, but says nothing yet. */
FakeRelay *fake_relay_new(const char *path, const char *instance);
/* As kill -9 does it: the connection is gone, transports with it. */
void fake_relay_free(FakeRelay *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FakeRelay, fake_relay_free)

/* relay.hello; false where it was refused. */
bool fake_relay_hello(FakeRelay *self);
/* The connection breaks and comes back with the transports still there. */
void fake_relay_redial(FakeRelay *self);

/* From now on requests are remembered but not answered. */
void fake_relay_set_mute(FakeRelay *self, bool is_mute);
/* @called is told of the next @method before it is answered. */
void fake_relay_watch_next(FakeRelay *self, const char *method,
                           void (*called)(gpointer user_data), gpointer user_data);
/* The next @method is answered by this error; 0: none. */
void fake_relay_refuse_next(FakeRelay *self, const char *method, int code);
void fake_relay_notify(FakeRelay *self, const char *method, const char *json);
/* A transport that signaling knows nothing of. */
void fake_relay_add_transport(FakeRelay *self, const char *id, const char *tag,
                              const char *tracks, const char *slots);
void fake_relay_drop_transport(FakeRelay *self, const char *id);

unsigned fake_relay_count_transports(FakeRelay *self);
bool fake_relay_has_transport(FakeRelay *self, const char *id);
unsigned fake_relay_count_calls(FakeRelay *self, const char *method);
/* Parameters of the last @method; NULL: none. Borrowed. */
JsonObject *fake_relay_get_last_call(FakeRelay *self, const char *method);
/* What @slot is fed by; "" nothing, NULL no such slot. Borrowed. */
const char *fake_relay_get_feed(FakeRelay *self, const char *slot);

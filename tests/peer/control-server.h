/* SPDX-License-Identifier: Apache-2.0 */
/* control-server.h: plays signaling's end of the control channel, so that tests and tools
 * can drive a relay by docs/protocol.md#control alone. Messages are literal JSON. Thread:
 * the one of the main context it was made in, which each wait iterates. */
#pragma once

#include <stdbool.h>

#include <gio/gio.h>
#include <json-glib/json-glib.h>

typedef struct ScControlServer ScControlServer;

/* Listens on a Unix socket at @path. */
ScControlServer *sc_control_server_new(const char *path, GError **error);
void sc_control_server_free(ScControlServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScControlServer, sc_control_server_free)

/* True between a relay's relay.hello, which is answered here, and the end of its
 * connection. */
bool sc_control_server_is_connected(const ScControlServer *self);
unsigned sc_control_server_get_n_hellos(const ScControlServer *self);
bool sc_control_server_wait_for_relay(ScControlServer *self, int64_t timeout_us);

/* Calls @method with the JSON object @params and waits for the answer, at most 5 s; NULL
 * and
 * @error, with the JSON-RPC code in it, where it is refused. The caller frees the node.
 */
JsonNode *sc_control_server_call(ScControlServer *self, const char *method,
                                 const char *params, GError **error);

/* Bytes as they are, beside the framing. */
void sc_control_server_send_raw(ScControlServer *self, const char *bytes);

/* Ends the connection; the relay will dial again. */
void sc_control_server_hang_up(ScControlServer *self);

/* Notifications received so far that are called @method; each a params object, oldest
 * first. Borrowed until the next call. */
unsigned sc_control_server_count(const ScControlServer *self, const char *method);
JsonObject *sc_control_server_get_notification(const ScControlServer *self,
                                               const char *method, unsigned index);

/* SPDX-License-Identifier: Apache-2.0 */
/* The whole service: offers go to our signaling by WHIP and WHEP (RFC 9725). */
#include <string.h>

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "tests/bench/load/description.h"
#include "tests/bench/load/join.h"

/* libsoup's client looks through all of a session's requests for each one that moves on,
 * so a thousand in one session are more than a core's work. */
enum {
    SESSIONS = 64,
    CONNECTIONS_MAX = 4, /* of each; more rooms than that wait for one of them */
};

typedef struct {
    ScLoadDoor base;
    SoupSession *sessions[SESSIONS]; /* owned */
    char *url;                       /* owned */
    char *lesson;                    /* owned */
    char *teacher_token;             /* owned */
    GStrv tokens;                    /* owned; of the classrooms */
    unsigned n_tokens;
    unsigned n_rooms;
} Door;

typedef struct {
    Door *door;           /* borrowed: lives until the end */
    ScPeer *peer;         /* borrowed: the same */
    SoupMessage *message; /* owned */
} Request;

static bool
connect_peer(ScPeer *peer, SoupMessage *message, GBytes *body, GError **error)
{
    g_autofree char *text =
        g_strndup(g_bytes_get_data(body, NULL), g_bytes_get_size(body));
    ScLoadRemote remote;

    if (soup_message_get_status(message) != SOUP_STATUS_CREATED) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "status %u: %s",
                    soup_message_get_status(message), text);
        return false;
    }
    bool is_good = sc_load_remote_parse(&remote, text);
    if (is_good)
        sc_peer_connect(peer, &remote.address, remote.ufrag, remote.password,
                        remote.fingerprint);
    else
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "answer: %s", text);
    sc_load_remote_clear(&remote);
    return is_good;
}

static SoupMessage *
make_message(Door *self, const char *verb, ScPeer *peer, const char *token)
{
    g_autofree char *url = g_strdup_printf("%s/%s/%s", self->url, verb, self->lesson);
    g_autofree char *bearer = g_strconcat("Bearer ", token, NULL);
    ScLoadOffer offer = {
        .peer = peer,
        .fingerprint = self->base.fingerprint,
        .has_audio = self->base.has_audio,
        .sends = strcmp(verb, "whip") == 0,
    };
    char *sdp = sc_load_offer_write(&offer);
    g_autoptr(GBytes) body = g_bytes_new_take(sdp, strlen(sdp));
    SoupMessage *message = soup_message_new("POST", url);

    soup_message_headers_append(soup_message_get_request_headers(message),
                                "Authorization", bearer);
    soup_message_set_request_body_from_bytes(message, "application/sdp", body);
    return message;
}

static bool
whep_publish(ScLoadDoor *base, ScPeer *publisher, GError **error)
{
    Door *self = (Door *)base;
    g_autoptr(SoupMessage) message =
        make_message(self, "whip", publisher, self->teacher_token);
    g_autoptr(GBytes) body =
        soup_session_send_and_read(self->sessions[0], message, NULL, error);

    return body != NULL && connect_peer(publisher, message, body, error);
}

static void
on_answer(GObject *session, GAsyncResult *result, void *data)
{
    Request *request = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) body =
        soup_session_send_and_read_finish(SOUP_SESSION(session), result, &error);

    if (body == NULL || !connect_peer(request->peer, request->message, body, &error))
        sc_load_door_refuse(&request->door->base, error->message);
    g_object_unref(request->message);
    g_free(request);
}

static void
whep_join(ScLoadDoor *base, ScLoadRoom *room)
{
    Door *self = (Door *)base;
    Request *request = g_new0(Request, 1);
    unsigned index = self->n_rooms++;
    const char *token = self->tokens[index % self->n_tokens];

    request->door = self;
    request->peer = room->peer;
    request->message = make_message(self, "whep", room->peer, token);
    soup_session_send_and_read_async(self->sessions[index % SESSIONS], request->message,
                                     G_PRIORITY_DEFAULT, NULL, on_answer, request);
}

static void
whep_free(ScLoadDoor *base)
{
    Door *self = (Door *)base;

    for (unsigned i = 0; i < SESSIONS; i++)
        g_clear_object(&self->sessions[i]);
    g_free(self->url);
    g_free(self->lesson);
    g_free(self->teacher_token);
    g_strfreev(self->tokens);
    g_free(self);
}

static bool
load(Door *self, const char *file, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();

    if (!json_parser_load_from_file(parser, file, error))
        return false;

    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    JsonArray *tokens = json_object_get_array_member(root, "classroom_tokens");
    self->url = g_strdup(json_object_get_string_member(root, "url"));
    self->lesson = g_strdup(json_object_get_string_member(root, "lesson"));
    self->teacher_token = g_strdup(json_object_get_string_member(root, "teacher_token"));
    self->n_tokens = json_array_get_length(tokens);
    self->tokens = g_new0(char *, self->n_tokens + 1);
    for (unsigned i = 0; i < self->n_tokens; i++)
        self->tokens[i] = g_strdup(json_array_get_string_element(tokens, i));
    return true;
}

ScLoadDoor *
sc_load_door_new_whep(const char *file, GError **error)
{
    static const ScLoadDoorClass CLASS = { whep_publish, whep_join, whep_free };
    Door *self = g_new0(Door, 1);

    self->base.class = &CLASS;
    for (unsigned i = 0; i < SESSIONS; i++)
        self->sessions[i] = soup_session_new_with_options(
            "max-conns", CONNECTIONS_MAX, "max-conns-per-host", CONNECTIONS_MAX, NULL);
    if (load(self, file, error))
        return &self->base;
    whep_free(&self->base);
    return NULL;
}

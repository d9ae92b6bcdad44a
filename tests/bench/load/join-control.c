/* SPDX-License-Identifier: Apache-2.0 */
/* The relay alone: signaling's part is played here, by docs/protocol.md#control. */
#include <string.h>

#include "tests/bench/load/join.h"
#include "tests/peer/control-server.h"

#define RELAY_LIMIT_US (10 * 1000000LL)

typedef struct {
    ScLoadDoor base;
    ScControlServer *control; /* owned */
    unsigned n_rooms;
} Door;

static const char EXTENSIONS[] =
    "\"extensions\":{\"mid\":1,\"abs_send_time\":4,\"transport_cc\":5}";

/* False and @error where the relay refuses. */
static bool
create(Door *self, ScPeer *peer, const char *name, const char *media, GError **error)
{
    g_autofree char *params = g_strdup_printf(
        "{\"transport\":\"%s\",\"tag\":\"\",\"ice\":{\"ufrag\":\"%s\",\"pwd\":\"%s\"},"
        "\"fingerprint\":\"%s\",%s,%s}",
        name, sc_peer_get_ufrag(peer), sc_peer_get_password(peer), self->base.fingerprint,
        EXTENSIONS, media);
    g_autoptr(JsonNode) reply =
        sc_control_server_call(self->control, "transport.create", params, error);
    ScAddress address;

    if (reply == NULL)
        return false;

    JsonObject *object = json_node_get_object(reply);
    JsonObject *ice = json_object_get_object_member(object, "ice");
    JsonArray *candidates = json_object_get_array_member(object, "candidates");
    JsonObject *first = json_array_get_object_element(candidates, 0);
    if (!sc_address_parse(json_object_get_string_member(first, "address"),
                          (uint16_t)json_object_get_int_member(first, "port"),
                          &address)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "the relay's candidate is no address");
        return false;
    }
    sc_peer_connect(peer, &address, json_object_get_string_member(ice, "ufrag"),
                    json_object_get_string_member(ice, "pwd"),
                    json_object_get_string_member(object, "fingerprint"));
    return true;
}

static bool
control_publish(ScLoadDoor *base, ScPeer *publisher, GError **error)
{
    Door *self = (Door *)base;
    g_autofree char *media = g_strdup_printf(
        "\"receive\":[{\"track\":\"video\",\"mid\":\"1\",\"kind\":\"video\","
        "\"codec\":\"h264\",\"clock_hz\":%d,\"payload_type\":%d,\"ssrc\":%u,"
        "\"nack\":true,\"pli\":true},"
        "{\"track\":\"audio\",\"mid\":\"0\",\"kind\":\"audio\",\"codec\":\"opus\","
        "\"clock_hz\":%d,\"payload_type\":%d,\"ssrc\":%u}],\"send\":[]",
        SC_LOAD_VIDEO_HZ, SC_LOAD_VIDEO_TYPE, SC_LOAD_VIDEO_SSRC, SC_LOAD_AUDIO_HZ,
        SC_LOAD_AUDIO_TYPE, SC_LOAD_AUDIO_SSRC);

    return create(self, publisher, "teacher", media, error);
}

static bool
patch(Door *self, unsigned index, GError **error)
{
    g_autofree char *audio =
        g_strdup_printf(",{\"slot\":\"a%u\",\"track\":\"audio\"}", index);
    g_autofree char *params =
        g_strdup_printf("{\"patches\":[{\"slot\":\"v%u\",\"track\":\"video\"}%s]}", index,
                        self->base.has_audio ? audio : "");
    g_autoptr(JsonNode) reply =
        sc_control_server_call(self->control, "slot.patch", params, error);

    return reply != NULL;
}

static void
control_join(ScLoadDoor *base, ScLoadRoom *room)
{
    Door *self = (Door *)base;
    unsigned index = self->n_rooms++;
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_strdup_printf("room%u", index);
    g_autofree char *audio = g_strdup_printf(
        ",{\"slot\":\"a%u\",\"mid\":\"0\",\"kind\":\"audio\",\"ssrc\":%u,"
        "\"cname\":\"main\",\"payloads\":[{\"codec\":\"opus\",\"clock_hz\":%d,"
        "\"payload_type\":%d}]}",
        index, 2 * index + 3, SC_LOAD_AUDIO_HZ, SC_LOAD_AUDIO_TYPE);
    g_autofree char *media = g_strdup_printf(
        "\"receive\":[],\"send\":[{\"slot\":\"v%u\",\"mid\":\"1\",\"kind\":\"video\","
        "\"ssrc\":%u,\"cname\":\"main\",\"payloads\":[{\"codec\":\"h264\","
        "\"clock_hz\":%d,\"payload_type\":%d}]}%s]",
        index, 2 * index + 2, SC_LOAD_VIDEO_HZ, SC_LOAD_VIDEO_TYPE,
        self->base.has_audio ? audio : "");

    if (!create(self, room->peer, name, media, &error) || !patch(self, index, &error))
        sc_load_door_refuse(base, error->message);
}

static void
control_free(ScLoadDoor *base)
{
    Door *self = (Door *)base;

    sc_control_server_free(self->control);
    g_free(self);
}

ScLoadDoor *
sc_load_door_new_control(const char *path, GError **error)
{
    static const ScLoadDoorClass CLASS = { control_publish, control_join, control_free };
    Door *self = g_new0(Door, 1);

    self->base.class = &CLASS;
    self->control = sc_control_server_new(path, error);
    if (self->control != NULL
        && sc_control_server_wait_for_relay(self->control, RELAY_LIMIT_US))
        return &self->base;
    if (self->control != NULL)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "no relay dialled %s", path);
    control_free(&self->base);
    return NULL;
}

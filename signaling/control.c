/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/control.h"

#include <string.h>

#include "signaling/protocol/fields.h"
#include "signaling/session.h"

#define STREAMS_MAX 64 /* tracks, and slots, of a transport */
#define QUALITY_MAX 200
#define PICTURE_MAX_PX 16384

static const char *const state_words[] = { "new", "connected", "lost", "closed" };
static const char *const flow_words[] = { "silent", "flowing" };

/* The @index-th element of @array as an object; NULL and remembered where it is none. */
static JsonObject *
get_element(ScFields *fields, const char *name, JsonArray *array, unsigned index)
{
    JsonNode *node = json_array_get_element(array, index);
    if (JSON_NODE_HOLDS_OBJECT(node))
        return json_node_get_object(node);
    sc_fields_refuse(fields, "%s[%u]: not an object", name, index);
    return NULL;
}

/* Ends @inner, and hands its failure to @outer with the name of the member. */
static void
finish_inner(ScFields *inner, ScFields *outer, const char *name)
{
    g_autoptr(GError) error = NULL;
    if (!sc_fields_finish(inner, &error))
        sc_fields_refuse(outer, "%s: %s", name, error->message);
}

bool
sc_control_parse_hello(JsonObject *object, ScControlHello *out_hello, GError **error)
{
    ScFields fields;
    sc_fields_init(&fields, object);
    sc_fields_read_text(&fields, "relay", out_hello->instance,
                        sizeof out_hello->instance);
    sc_fields_read_text(&fields, "version", out_hello->version,
                        sizeof out_hello->version);
    out_hello->pid = sc_fields_read_integer(&fields, "pid", 0, INT32_MAX);
    sc_fields_read_integer(&fields, "protocol", SC_CONTROL_PROTOCOL, SC_CONTROL_PROTOCOL);
    return sc_fields_finish(&fields, error);
}

static void
read_ice(ScFields *outer, ScControlAnswer *answer)
{
    JsonObject *object = sc_fields_read_object(outer, "ice");
    if (object == NULL)
        return;
    ScFields fields;
    sc_fields_init(&fields, object);
    sc_fields_read_text(&fields, "ufrag", answer->ufrag, sizeof answer->ufrag);
    sc_fields_read_text(&fields, "pwd", answer->pwd, sizeof answer->pwd);
    finish_inner(&fields, outer, "ice");
}

static void
read_candidates(ScFields *outer, ScControlAnswer *answer)
{
    JsonArray *array =
        sc_fields_read_array(outer, "candidates", SC_CONTROL_CANDIDATES_MAX);
    for (unsigned i = 0; array != NULL && i < json_array_get_length(array); i++) {
        JsonObject *object = get_element(outer, "candidates", array, i);
        if (object == NULL)
            return;
        ScFields fields;
        sc_fields_init(&fields, object);
        sc_fields_read_text(&fields, "address", answer->addresses[i],
                            sizeof answer->addresses[i]);
        answer->candidates[i].address = answer->addresses[i];
        answer->candidates[i].port =
            (uint16_t)sc_fields_read_integer(&fields, "port", 1, 65535);
        finish_inner(&fields, outer, "candidates");
        answer->transport.n_candidates = i + 1;
    }
}

bool
sc_control_parse_answer(JsonObject *object, bool with_fingerprint,
                        ScControlAnswer *out_answer, GError **error)
{
    ScFields fields;
    sc_fields_init(&fields, object);
    memset(out_answer, 0, sizeof *out_answer);
    read_ice(&fields, out_answer);
    read_candidates(&fields, out_answer);
    if (with_fingerprint)
        sc_fields_read_text(&fields, "fingerprint", out_answer->fingerprint,
                            sizeof out_answer->fingerprint);
    out_answer->transport.ice_ufrag = out_answer->ufrag;
    out_answer->transport.ice_pwd = out_answer->pwd;
    out_answer->transport.fingerprint = out_answer->fingerprint;
    out_answer->transport.candidates = out_answer->candidates;
    return sc_fields_finish(&fields, error);
}

static void
read_transport_state(ScFields *fields, ScControlTransportState *out_state)
{
    sc_fields_read_text(fields, "transport", out_state->transport,
                        sizeof out_state->transport);
    out_state->state = (ScControlState)sc_fields_read_word(fields, "state", state_words,
                                                           G_N_ELEMENTS(state_words));
}

bool
sc_control_parse_transport_state(JsonObject *object, ScControlTransportState *out_state,
                                 GError **error)
{
    ScFields fields;
    sc_fields_init(&fields, object);
    read_transport_state(&fields, out_state);
    return sc_fields_finish(&fields, error);
}

static void
read_track(ScFields *fields, ScControlStream *out_track)
{
    out_track->track[0] = '\0';
    sc_fields_read_text(fields, "track", out_track->name, sizeof out_track->name);
    out_track->flowing = sc_fields_read_word(fields, "state", flow_words, 2) == 1;
}

bool
sc_control_parse_track_state(JsonObject *object, ScControlStream *out_track,
                             GError **error)
{
    ScFields fields;
    sc_fields_init(&fields, object);
    read_track(&fields, out_track);
    return sc_fields_finish(&fields, error);
}

static void
read_slot(ScFields *fields, ScControlStream *out_slot)
{
    sc_fields_read_text(fields, "slot", out_slot->name, sizeof out_slot->name);
    sc_fields_read_nullable_text(fields, "track", out_slot->track,
                                 sizeof out_slot->track);
    out_slot->flowing = false;
}

static void
read_streams(ScFields *outer, const char *name,
             void (*read_stream)(ScFields *fields, ScControlStream *stream),
             GArray *streams)
{
    JsonArray *array = sc_fields_read_array(outer, name, STREAMS_MAX);
    for (unsigned i = 0; array != NULL && i < json_array_get_length(array); i++) {
        JsonObject *object = get_element(outer, name, array, i);
        if (object == NULL)
            return;
        ScFields fields;
        ScControlStream stream;
        sc_fields_init(&fields, object);
        read_stream(&fields, &stream);
        finish_inner(&fields, outer, name);
        g_array_append_val(streams, stream);
    }
}

static void
clear_transport(gpointer data)
{
    ScControlTransport *transport = data;
    g_free(transport->tag);
    g_array_unref(transport->streams);
}

static void
read_transport(ScFields *outer, JsonObject *object, GArray *list)
{
    ScFields fields;
    char tag[SC_SESSION_TAG_MAX + 1];
    ScControlTransport transport = { 0 };
    sc_fields_init(&fields, object);
    read_transport_state(&fields, &transport.is);
    sc_fields_read_nullable_text(&fields, "tag", tag, sizeof tag);
    transport.tag = g_strdup(tag);
    transport.streams = g_array_new(FALSE, FALSE, sizeof(ScControlStream));
    read_streams(&fields, "tracks", read_track, transport.streams);
    read_streams(&fields, "slots", read_slot, transport.streams);
    g_array_append_val(list, transport);
    finish_inner(&fields, outer, "transports");
}

GArray *
sc_control_parse_list(JsonObject *object, GError **error)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(ScControlTransport));
    g_array_set_clear_func(list, clear_transport);
    ScFields fields;
    sc_fields_init(&fields, object);
    JsonArray *array =
        sc_fields_read_array(&fields, "transports", SC_CONTROL_TRANSPORTS_MAX);
    for (unsigned i = 0; array != NULL && i < json_array_get_length(array); i++) {
        JsonObject *element = get_element(&fields, "transports", array, i);
        if (element == NULL)
            break;
        read_transport(&fields, element, list);
    }
    return sc_fields_finish(&fields, error) ? g_steal_pointer(&list) : NULL;
}

static ScControlFlow
read_flow(ScFields *outer, const char *name)
{
    ScControlFlow flow = { 0, 0 };
    JsonObject *object = sc_fields_read_object(outer, name);
    if (object == NULL)
        return flow;
    ScFields fields;
    sc_fields_init(&fields, object);
    flow.kbps = sc_fields_read_number(&fields, "kbps", 0, 1e9);
    flow.loss_pct = sc_fields_read_number(&fields, "loss_pct", 0, 100);
    finish_inner(&fields, outer, name);
    return flow;
}

/* 0 where the relay does not count it. */
static int64_t
read_total(ScFields *fields, const char *name)
{
    return sc_fields_has(fields, name)
               ? sc_fields_read_integer(fields, name, 0, INT64_MAX)
               : 0;
}

static int64_t
read_size(ScFields *fields, const char *name)
{
    return sc_fields_has(fields, name)
               ? sc_fields_read_integer(fields, name, 0, PICTURE_MAX_PX)
               : 0;
}

GArray *
sc_control_parse_quality(JsonObject *object, GError **error)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(ScControlQuality));
    ScFields outer;
    sc_fields_init(&outer, object);
    JsonArray *array = sc_fields_read_array(&outer, "transports", QUALITY_MAX);
    for (unsigned i = 0; array != NULL && i < json_array_get_length(array); i++) {
        JsonObject *element = get_element(&outer, "transports", array, i);
        if (element == NULL)
            break;
        ScFields fields;
        ScControlQuality quality;
        sc_fields_init(&fields, element);
        sc_fields_read_text(&fields, "transport", quality.transport,
                            sizeof quality.transport);
        quality.rtt_ms = sc_fields_read_number(&fields, "rtt_ms", 0, 1e6);
        quality.up = read_flow(&fields, "up");
        quality.down = read_flow(&fields, "down");
        quality.arrived_ms = read_total(&fields, "arrived_ms");
        quality.delivered_ms = read_total(&fields, "delivered_ms");
        quality.delivering = sc_fields_has(&fields, "delivering")
                             && sc_fields_read_bool(&fields, "delivering");
        quality.limited =
            sc_fields_has(&fields, "limited") && sc_fields_read_bool(&fields, "limited");
        quality.n_interruptions = read_total(&fields, "interruptions");
        quality.width = read_size(&fields, "width");
        quality.height = read_size(&fields, "height");
        finish_inner(&fields, &outer, "transports");
        g_array_append_val(list, quality);
    }
    return sc_fields_finish(&outer, error) ? g_steal_pointer(&list) : NULL;
}

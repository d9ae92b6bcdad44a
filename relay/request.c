/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/request.h"

#include <string.h>

#define NAME_CHARACTERS \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-"

G_DEFINE_QUARK(sc_request_error_quark, sc_request_error)

/* An object being read. The first thing wrong sticks, so that a parser reads straight
 * through and asks once at its end. */
typedef struct {
    GVariant *object; /* borrowed; a{sv}, or anything where @failed */
    const char *path; /* for errors: "send[2]" */
    GError **error;
    bool failed;
} Fields;

G_GNUC_PRINTF(4, 5)
static void
refuse(Fields *self, ScRequestError code, const char *key, const char *format, ...)
{
    va_list arguments;
    g_autofree char *what = NULL;

    if (self->failed)
        return;
    self->failed = true;
    va_start(arguments, format);
    what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(self->error, SC_REQUEST_ERROR, (int)code, "%s%s%s: %s", self->path,
                self->path[0] == '\0' ? "" : ".", key, what);
}

static Fields
open_fields(GVariant *object, const char *path, GError **error)
{
    Fields self = { .object = object, .path = path, .error = error };

    if (object == NULL || !g_variant_is_of_type(object, G_VARIANT_TYPE_VARDICT))
        refuse(&self, SC_REQUEST_ERROR_BAD_PARAMETERS, "", "must be an object");
    return self;
}

/* NULL where it is absent, or null. */
static GVariant *
lookup(const Fields *self, const char *key)
{
    g_autoptr(GVariant) value = NULL;

    if (self->failed)
        return NULL;
    value = g_variant_lookup_value(self->object, key, NULL);
    if (value == NULL || g_variant_is_of_type(value, G_VARIANT_TYPE_MAYBE))
        return NULL;
    return g_steal_pointer(&value);
}

/* An absent text is an empty one. */
static void
read_text(Fields *self, const char *key, char *out, size_t min, size_t max)
{
    g_autoptr(GVariant) value = lookup(self, key);
    const char *text = "";
    gsize length = 0;

    out[0] = '\0';
    if (value != NULL && g_variant_is_of_type(value, G_VARIANT_TYPE_STRING))
        text = g_variant_get_string(value, &length);
    else if (value != NULL)
        refuse(self, SC_REQUEST_ERROR_BAD_PARAMETERS, key, "must be a text");
    if (length < min || length > max)
        refuse(self, SC_REQUEST_ERROR_BAD_PARAMETERS, key,
               "has %zu bytes, must have from %zu to %zu", length, min, max);
    if (!self->failed)
        memcpy(out, text, length + 1);
}

static void
read_name(Fields *self, const char *key, char out[SC_TRACK_NAME_MAX + 1])
{
    read_text(self, key, out, 1, SC_TRACK_NAME_MAX);
    if (!self->failed && out[strspn(out, NAME_CHARACTERS)] != '\0')
        refuse(self, SC_REQUEST_ERROR_BAD_PARAMETERS, key, "%s: only A-Z a-z 0-9 _ . : -",
               out);
}

static int64_t
read_number(Fields *self, const char *key, int64_t min, int64_t max, int64_t absent)
{
    g_autoptr(GVariant) value = lookup(self, key);
    int64_t number;

    if (value == NULL && absent >= 0)
        return absent;
    if (value == NULL || !g_variant_is_of_type(value, G_VARIANT_TYPE_INT64)) {
        refuse(self, SC_REQUEST_ERROR_BAD_PARAMETERS, key, "must be a whole number");
        return min;
    }
    number = g_variant_get_int64(value);
    if (number < min || number > max)
        refuse(self, SC_REQUEST_ERROR_BAD_PARAMETERS, key,
               "%" G_GINT64_FORMAT ": must be from %" G_GINT64_FORMAT
               " to %" G_GINT64_FORMAT,
               number, min, max);
    return number;
}

static bool
read_bool(Fields *self, const char *key)
{
    g_autoptr(GVariant) value = lookup(self, key);

    if (value == NULL)
        return false;
    if (!g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN)) {
        refuse(self, SC_REQUEST_ERROR_BAD_PARAMETERS, key, "must be true or false");
        return false;
    }
    return g_variant_get_boolean(value);
}

/* The array at @key, NULL where it is absent or wrong. */
static GVariant *
read_array(Fields *self, const char *key, size_t max)
{
    g_autoptr(GVariant) value = lookup(self, key);

    if (value == NULL)
        return NULL;
    if (!g_variant_is_of_type(value, G_VARIANT_TYPE_ARRAY)
        || g_variant_is_of_type(value, G_VARIANT_TYPE_DICTIONARY)) {
        refuse(self, SC_REQUEST_ERROR_BAD_PARAMETERS, key, "must be an array");
        return NULL;
    }
    if (g_variant_n_children(value) > max) {
        refuse(self, SC_REQUEST_ERROR_LIMIT, key, "%zu elements, at most %zu",
               g_variant_n_children(value), max);
        return NULL;
    }
    return g_steal_pointer(&value);
}

static GVariant *
get_element(GVariant *array, size_t index)
{
    g_autoptr(GVariant) element = g_variant_get_child_value(array, index);

    return g_variant_is_of_type(element, G_VARIANT_TYPE_VARIANT)
               ? g_variant_get_variant(element)
               : g_steal_pointer(&element);
}

static ScCodec
read_codec(Fields *self)
{
    char name[16];
    ScCodec codec = SC_CODEC_OPUS;

    read_text(self, "codec", name, 1, sizeof name - 1);
    if (!self->failed && !sc_codec_parse(name, &codec))
        refuse(self, SC_REQUEST_ERROR_BAD_PARAMETERS, "codec",
               "%s: not h264, vp8 or opus", name);
    return codec;
}

static bool
read_is_video(Fields *self)
{
    char kind[16];

    read_text(self, "kind", kind, 1, sizeof kind - 1);
    if (!self->failed && strcmp(kind, "audio") != 0 && strcmp(kind, "video") != 0)
        refuse(self, SC_REQUEST_ERROR_BAD_PARAMETERS, "kind", "%s: not audio or video",
               kind);
    return strcmp(kind, "video") == 0;
}

static uint32_t
read_ssrc(Fields *self, const char *key, bool required)
{
    return (uint32_t)read_number(self, key, required ? 1 : 0, UINT32_MAX,
                                 required ? -1 : 0);
}

static uint32_t
read_clock(Fields *self)
{
    return (uint32_t)read_number(self, "clock_hz", 8000, 192000, -1);
}

static void
read_ice(Fields *self, ScRequestIce *out_ice)
{
    g_autoptr(GVariant) object = lookup(self, "ice");
    Fields ice;

    if (self->failed)
        return;
    ice = open_fields(object, "ice", self->error);
    read_text(&ice, "ufrag", out_ice->ufrag, 4, SC_ICE_UFRAG_MAX);
    read_text(&ice, "pwd", out_ice->password, 22, SC_ICE_PASSWORD_MAX);
    self->failed = ice.failed;
}

static void
read_extensions(Fields *self, ScExtensionIds *out_ids)
{
    g_autoptr(GVariant) object = lookup(self, "extensions");
    Fields ids;

    *out_ids = (ScExtensionIds){ 0 };
    if (self->failed || object == NULL)
        return;
    ids = open_fields(object, "extensions", self->error);
    out_ids->mid = (uint8_t)read_number(&ids, "mid", 1, 255, 0);
    out_ids->rid = (uint8_t)read_number(&ids, "rid", 1, 255, 0);
    out_ids->repaired_rid = (uint8_t)read_number(&ids, "repaired_rid", 1, 255, 0);
    out_ids->abs_send_time = (uint8_t)read_number(&ids, "abs_send_time", 1, 255, 0);
    out_ids->transport_cc = (uint8_t)read_number(&ids, "transport_cc", 1, 255, 0);
    self->failed = ids.failed;
}

static void
read_rids(Fields *self, ScTrackSpec *out_track)
{
    g_autoptr(GVariant) rids = read_array(self, "rids", SC_TRACK_LAYERS_MAX);

    out_track->n_rids = rids == NULL ? 0 : (unsigned)g_variant_n_children(rids);
    for (unsigned i = 0; i < out_track->n_rids && !self->failed; i++) {
        g_autoptr(GVariant) rid = get_element(rids, i);
        gsize length = 0;
        const char *text = g_variant_is_of_type(rid, G_VARIANT_TYPE_STRING)
                               ? g_variant_get_string(rid, &length)
                               : "";

        if (length == 0 || length > SC_TRACK_MID_MAX)
            refuse(self, SC_REQUEST_ERROR_BAD_PARAMETERS, "rids",
                   "each must be a text of 1 to %d bytes", SC_TRACK_MID_MAX);
        else
            memcpy(out_track->rids[i], text, length + 1);
    }
}

static bool
read_track(GVariant *object, const char *path, ScTrackSpec *out_track, GError **error)
{
    Fields fields = open_fields(object, path, error);

    *out_track = (ScTrackSpec){ 0 };
    read_name(&fields, "track", out_track->name);
    read_text(&fields, "mid", out_track->mid, 0, SC_TRACK_MID_MAX);
    out_track->is_video = read_is_video(&fields);
    out_track->codec = read_codec(&fields);
    out_track->clock_hz = read_clock(&fields);
    out_track->payload_type = (uint8_t)read_number(&fields, "payload_type", 0, 127, -1);
    out_track->rtx_payload_type = (uint8_t)read_number(&fields, "rtx_payload_type", 0,
                                                       127, SC_TRACK_NO_PAYLOAD_TYPE);
    out_track->ssrc = read_ssrc(&fields, "ssrc", false);
    out_track->rtx_ssrc = read_ssrc(&fields, "rtx_ssrc", false);
    read_rids(&fields, out_track);
    out_track->nack = read_bool(&fields, "nack");
    out_track->pli = read_bool(&fields, "pli");
    out_track->transport_cc = read_bool(&fields, "transport_cc");
    return !fields.failed;
}

static void
read_payloads(Fields *self, ScSlotSpec *out_slot)
{
    g_autoptr(GVariant) payloads = read_array(self, "payloads", SC_SLOT_PAYLOADS_MAX);

    out_slot->n_payloads =
        payloads == NULL ? 0 : (unsigned)g_variant_n_children(payloads);
    if (out_slot->n_payloads == 0)
        refuse(self, SC_REQUEST_ERROR_BAD_PARAMETERS, "payloads", "must have an element");
    for (unsigned i = 0; i < out_slot->n_payloads && !self->failed; i++) {
        g_autoptr(GVariant) element = get_element(payloads, i);
        Fields fields = open_fields(element, "payloads", self->error);
        ScSlotPayload *payload = &out_slot->payloads[i];

        payload->codec = read_codec(&fields);
        payload->clock_hz = read_clock(&fields);
        payload->payload_type = (uint8_t)read_number(&fields, "payload_type", 0, 127, -1);
        payload->rtx_payload_type = (uint8_t)read_number(&fields, "rtx_payload_type", 0,
                                                         127, SC_TRACK_NO_PAYLOAD_TYPE);
        self->failed = fields.failed;
    }
}

static bool
read_slot(GVariant *object, const char *path, ScSlotSpec *out_slot, GError **error)
{
    Fields fields = open_fields(object, path, error);

    *out_slot = (ScSlotSpec){ 0 };
    read_name(&fields, "slot", out_slot->name);
    out_slot->is_video = read_is_video(&fields);
    out_slot->ssrc = read_ssrc(&fields, "ssrc", true);
    out_slot->rtx_ssrc = read_ssrc(&fields, "rtx_ssrc", false);
    out_slot->priority = (unsigned)read_number(&fields, "priority", 0, 255, 0);
    read_text(&fields, "cname", out_slot->cname, 1, SC_SLOT_CNAME_MAX);
    read_payloads(&fields, out_slot);
    return !fields.failed;
}

static void
read_tracks(Fields *self, ScRequestCreate *out_request)
{
    g_autoptr(GVariant) tracks = read_array(self, "receive", SC_TRANSPORT_TRACKS_MAX);

    out_request->n_tracks = tracks == NULL ? 0 : (unsigned)g_variant_n_children(tracks);
    for (unsigned i = 0; i < out_request->n_tracks && !self->failed; i++) {
        g_autoptr(GVariant) element = get_element(tracks, i);
        g_autofree char *path = g_strdup_printf("receive[%u]", i);

        self->failed = !read_track(element, path, &out_request->tracks[i], self->error);
    }
}

static void
read_slots(Fields *self, ScRequestCreate *out_request)
{
    g_autoptr(GVariant) slots = read_array(self, "send", SC_TRANSPORT_SLOTS_MAX);

    out_request->n_slots = slots == NULL ? 0 : (unsigned)g_variant_n_children(slots);
    for (unsigned i = 0; i < out_request->n_slots && !self->failed; i++) {
        g_autoptr(GVariant) element = get_element(slots, i);
        g_autofree char *path = g_strdup_printf("send[%u]", i);

        self->failed = !read_slot(element, path, &out_request->slots[i], self->error);
    }
}

bool
sc_request_parse_create(GVariant *params, ScRequestCreate *out_request, GError **error)
{
    Fields fields = open_fields(params, "", error);

    read_name(&fields, "transport", out_request->transport);
    read_text(&fields, "tag", out_request->tag, 0, SC_REQUEST_TAG_MAX);
    read_ice(&fields, &out_request->ice);
    read_text(&fields, "fingerprint", out_request->fingerprint, 1,
              sizeof out_request->fingerprint - 1);
    if (!fields.failed && !sc_dtls_fingerprint_is_valid(out_request->fingerprint))
        refuse(&fields, SC_REQUEST_ERROR_BAD_PARAMETERS, "fingerprint",
               "%s: not sha-256, sha-384 or sha-512 of a certificate",
               out_request->fingerprint);
    read_extensions(&fields, &out_request->extensions);
    read_tracks(&fields, out_request);
    read_slots(&fields, out_request);
    return !fields.failed;
}

bool
sc_request_parse_restart(GVariant *params, ScRequestRestart *out_request, GError **error)
{
    Fields fields = open_fields(params, "", error);

    read_name(&fields, "transport", out_request->transport);
    read_ice(&fields, &out_request->ice);
    return !fields.failed;
}

bool
sc_request_parse_close(GVariant *params, char out_transport[SC_TRACK_NAME_MAX + 1],
                       GError **error)
{
    Fields fields = open_fields(params, "", error);

    read_name(&fields, "transport", out_transport);
    return !fields.failed;
}

static bool
read_patch(GVariant *object, ScRequestPatch *out_patch, GError **error)
{
    Fields fields = open_fields(object, "patches", error);
    g_autoptr(GVariant) track = lookup(&fields, "track");

    *out_patch = (ScRequestPatch){ 0 };
    read_name(&fields, "slot", out_patch->slot);
    if (track != NULL)
        read_name(&fields, "track", out_patch->track);
    return !fields.failed;
}

GArray *
sc_request_parse_patches(GVariant *params, GError **error)
{
    Fields fields = open_fields(params, "", error);
    g_autoptr(GVariant) list = read_array(&fields, "patches", SC_REQUEST_PATCHES_MAX);
    g_autoptr(GArray) patches = g_array_new(FALSE, TRUE, sizeof(ScRequestPatch));

    if (list == NULL)
        refuse(&fields, SC_REQUEST_ERROR_BAD_PARAMETERS, "patches", "must be an array");
    for (size_t i = 0; !fields.failed && i < g_variant_n_children(list); i++) {
        g_autoptr(GVariant) element = get_element(list, i);
        ScRequestPatch patch;

        fields.failed = !read_patch(element, &patch, error);
        g_array_append_val(patches, patch);
    }
    return fields.failed ? NULL : g_steal_pointer(&patches);
}

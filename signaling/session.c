/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/session.h"

#include <string.h>
#include <sys/random.h>

#include <json-glib/json-glib.h>

#include "signaling/protocol/fields.h"
#include "signaling/protocol/request.h"

#define RANDOM_LENGTH 16 /* bytes of an id */
#define MID_MAX 16       /* bytes, as in signaling/offer.h */
#define TAG_VERSION 1

static const char *const kind_names[] = { "publish", "subscribe" };
static const char *const kind_paths[] = { "whip", "whep" };

/* 128 random bits, so that a Location cannot be guessed. */
static char *
make_random_text(void)
{
    guchar bytes[RANDOM_LENGTH];
    g_assert(getrandom(bytes, sizeof bytes, 0) == sizeof bytes);
    char *text = g_base64_encode(bytes, sizeof bytes);
    g_strdelimit(text, "+", '-');
    g_strdelimit(text, "/", '_');
    text[SC_SESSION_ID_LENGTH] = '\0'; /* the padding */
    return text;
}

static void
clear_stream(gpointer data)
{
    ScSessionStream *stream = data;
    g_free(stream->name);
    g_free(stream->feed);
}

ScSession *
sc_session_new(const char *lesson, const char *site, ScRole role, ScSessionKind kind,
               int64_t now_us)
{
    ScSession *self = g_new0(ScSession, 1);
    self->id = make_random_text();
    self->lesson = g_strdup(lesson);
    self->site = g_strdup(site);
    self->role = role;
    self->kind = kind;
    self->quiet_since_us = now_us;
    self->streams = g_array_new(FALSE, FALSE, sizeof(ScSessionStream));
    g_array_set_clear_func(self->streams, clear_stream);
    sc_session_renew_etag(self);
    return self;
}

void
sc_session_free(ScSession *self)
{
    if (self == NULL)
        return;
    g_free(self->id);
    g_free(self->lesson);
    g_free(self->site);
    g_free(self->etag);
    g_free(self->mid);
    g_array_unref(self->streams);
    g_free(self);
}

void
sc_session_add_stream(ScSession *self, const char *name)
{
    ScSessionStream stream = { .name = g_strdup(name) };
    g_array_append_val(self->streams, stream);
}

ScSessionStream *
sc_session_lookup_stream(ScSession *self, const char *name)
{
    for (guint i = 0; i < self->streams->len; i++) {
        ScSessionStream *stream = &g_array_index(self->streams, ScSessionStream, i);
        if (g_str_equal(stream->name, name))
            return stream;
    }
    return NULL;
}

char *
sc_session_dup_stream_name(const ScSession *self, const char *stream)
{
    return g_strconcat(self->id, ".", stream, NULL);
}

char *
sc_session_dup_location(const ScSession *self)
{
    return g_strdup_printf("/%s/%s/%s", kind_paths[self->kind], self->lesson, self->id);
}

void
sc_session_renew_etag(ScSession *self)
{
    g_autofree char *text = make_random_text();
    g_free(self->etag);
    self->etag = g_strdup_printf("\"%s\"", text);
}

bool
sc_session_is_up(const ScSession *self)
{
    return self->state == SC_SESSION_CONNECTED;
}

bool
sc_session_is_flowing(const ScSession *self)
{
    for (guint i = 0; i < self->streams->len; i++)
        if (g_array_index(self->streams, ScSessionStream, i).flowing)
            return true;
    return false;
}

void
sc_session_set_flowing(ScSession *self, ScSessionStream *stream, bool flowing,
                       int64_t quiet_since_us)
{
    stream->flowing = flowing;
    if (!sc_session_is_flowing(self))
        self->quiet_since_us = quiet_since_us;
}

static void
put_text(JsonObject *object, const char *name, const char *text)
{
    json_object_set_string_member(object, name, text);
}

char *
sc_session_print_tag(const ScSession *self)
{
    g_autoptr(JsonObject) object = json_object_new();
    json_object_set_int_member(object, "v", TAG_VERSION);
    put_text(object, "lesson", self->lesson);
    put_text(object, "site", self->site);
    put_text(object, "role", sc_role_get_name(self->role));
    put_text(object, "kind", kind_names[self->kind]);
    put_text(object, "etag", self->etag);
    put_text(object, "mid", self->mid != NULL ? self->mid : "");
    g_autoptr(JsonNode) root = json_node_init_object(json_node_alloc(), object);
    return json_to_string(root, FALSE);
}

ScSession *
sc_session_parse_tag(const char *id, const char *tag, int64_t now_us)
{
    g_autoptr(JsonObject) object =
        sc_fields_parse_object(tag, strlen(tag), SC_SESSION_TAG_MAX, NULL);
    if (object == NULL)
        return NULL;
    char lesson[SC_ID_MAX + 1], site[SC_ID_MAX + 1], role_name[16], etag[64];
    char mid[MID_MAX + 1];
    ScRole role = SC_ROLE_OBSERVER;
    ScFields fields;
    sc_fields_init(&fields, object);
    sc_fields_read_integer(&fields, "v", TAG_VERSION, TAG_VERSION);
    sc_fields_read_text(&fields, "lesson", lesson, sizeof lesson);
    sc_fields_read_text(&fields, "site", site, sizeof site);
    sc_fields_read_text(&fields, "role", role_name, sizeof role_name);
    unsigned kind = sc_fields_read_word(&fields, "kind", kind_names, 2);
    sc_fields_read_text(&fields, "etag", etag, sizeof etag);
    sc_fields_read_nullable_text(&fields, "mid", mid, sizeof mid);
    g_autoptr(GError) error = NULL;
    if (!sc_fields_finish(&fields, &error) || !sc_role_parse(role_name, &role))
        return NULL;

    ScSession *self = sc_session_new(lesson, site, role, (ScSessionKind)kind, now_us);
    self->state = SC_SESSION_WAITING;
    g_free(self->id);
    self->id = g_strdup(id);
    g_free(self->etag);
    self->etag = g_strdup(etag);
    self->mid = g_strdup(mid);
    return self;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "client/far-end.h"

#include <json-glib/json-glib.h>

#include "client/publish.h"
#include "client/watch.h"

#define CREATED 201

typedef enum { FAR, NEAR, N_ENDS } EndName;

/* One of the two in the lesson: it publishes, and watches one slot. */
typedef struct {
    ScPlace place;      /* its lesson and token are owned by the far end */
    ScPublish *publish; /* owned */
    ScSlot *slot;       /* owned; what comes to it */
    GPtrArray *slots;   /* owned: the one slot, borrowed */
    ScWatch *watch;     /* owned */
} End;

struct ScFarEnd {
    End ends[N_ENDS];
    char *lesson;         /* owned */
    char *tokens[N_ENDS]; /* owned */
    const ScFarEndHandlers *handlers;
    void *user_data; /* borrowed: see sc_far_end_new() */
};

static const struct {
    const char *token; /* its member in the answer */
    const char *slot;
} end_names[N_ENDS] = {
    [FAR] = { "far", "voice-0" },
    [NEAR] = { "near", "main-audio" },
};

static void
ignore(void *user_data)
{
    (void)user_data;
}

/* Streaming thread. */
static void
on_decoded(ScSlot *slot, GstSample *sample, void *user_data)
{
    ScFarEnd *self = user_data;
    if (slot == self->ends[NEAR].slot)
        self->handlers->arrived(sample, self->user_data);
    else
        self->handlers->returned(sample, self->user_data);
}

static const ScSlotHandlers slot_handlers = { .decoded = on_decoded };

static void
open_end(ScFarEnd *self, EndName name, const ScPlace *place,
         const ScFarEndSettings *settings)
{
    End *end = &self->ends[name];
    const ScPublishSettings publish = { .audio_kbps = settings->audio_kbps };
    end->place = *place;
    end->place.lesson = self->lesson;
    end->place.token = self->tokens[name];
    end->slot = sc_slot_new(end_names[name].slot, SC_SLOT_AUDIO, &slot_handlers, self);
    end->slots = g_ptr_array_new();
    g_ptr_array_add(end->slots, end->slot);
    end->publish = sc_publish_new(&end->place, &publish, ignore, NULL);
    end->watch =
        sc_watch_new(&end->place, end->slots, settings->latency_ms, ignore, NULL);
    sc_link_start(sc_publish_get_link(end->publish));
    sc_link_start(sc_watch_get_link(end->watch));
}

static void
close_end(End *end)
{
    sc_watch_free(end->watch);
    sc_publish_free(end->publish);
    g_clear_pointer(&end->slots, g_ptr_array_unref);
    sc_slot_free(end->slot);
}

static const char *
get_text(JsonObject *object, const char *name)
{
    return object ? json_object_get_string_member_with_default(object, name, NULL) : NULL;
}

/* Of the answer, or of the problem; NULL where it is no object. */
static JsonObject *
parse(GBytes *body, JsonParser *parser)
{
    gsize length;
    const char *text = g_bytes_get_data(body, &length);
    if (!json_parser_load_from_data(parser, text, (gssize)length, NULL))
        return NULL;
    JsonNode *root = json_parser_get_root(parser);
    return root && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
}

static bool
take(ScFarEnd *self, unsigned status, JsonObject *answer, GError **error)
{
    self->lesson = g_strdup(get_text(answer, "lesson"));
    for (int i = 0; i < N_ENDS; i++)
        self->tokens[i] = g_strdup(get_text(answer, end_names[i].token));
    if (status == CREATED && self->lesson && self->tokens[FAR] && self->tokens[NEAR])
        return true;
    const char *detail = get_text(answer, "detail");
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%u: %s", status,
                detail ? detail : "signaling has no echo test");
    return false;
}

static bool
ask(ScFarEnd *self, const ScPlace *place, GError **error)
{
    g_autofree char *url = g_strdup_printf("%s/echo-test", place->url);
    g_autofree char *bearer = g_strdup_printf("Bearer %s", place->token);
    g_autoptr(SoupSession) http = sc_place_create_http(place);
    g_autoptr(SoupMessage) message = soup_message_new("POST", url);
    g_autoptr(JsonParser) parser = json_parser_new();
    soup_message_headers_replace(soup_message_get_request_headers(message),
                                 "Authorization", bearer);
    g_autoptr(GBytes) body = soup_session_send_and_read(http, message, NULL, error);
    return body
           && take(self, soup_message_get_status(message), parse(body, parser), error);
}

ScFarEnd *
sc_far_end_new(const ScPlace *place, const ScFarEndSettings *settings,
               const ScFarEndHandlers *handlers, void *user_data, GError **error)
{
    g_autoptr(ScFarEnd) self = g_new0(ScFarEnd, 1);
    self->handlers = handlers;
    self->user_data = user_data;
    if (!ask(self, place, error))
        return NULL;
    for (int i = 0; i < N_ENDS; i++)
        open_end(self, (EndName)i, place, settings);
    return g_steal_pointer(&self);
}

void
sc_far_end_free(ScFarEnd *self)
{
    if (!self)
        return;
    for (int i = 0; i < N_ENDS; i++) {
        close_end(&self->ends[i]);
        g_free(self->tokens[i]);
    }
    g_free(self->lesson);
    g_free(self);
}

static bool
is_up(ScLink *link)
{
    return sc_recovery_has_connected(sc_link_get_recovery(link));
}

bool
sc_far_end_is_up(const ScFarEnd *self)
{
    for (int i = 0; i < N_ENDS; i++)
        if (!is_up(sc_publish_get_link(self->ends[i].publish))
            || !is_up(sc_watch_get_link(self->ends[i].watch)))
            return false;
    return true;
}

void
sc_far_end_say(ScFarEnd *self, GstSample *sample)
{
    sc_publish_push(self->ends[FAR].publish, SC_SOURCE_AUDIO, sample);
}

void
sc_far_end_answer(ScFarEnd *self, GstSample *sample)
{
    sc_publish_push(self->ends[NEAR].publish, SC_SOURCE_AUDIO, sample);
}

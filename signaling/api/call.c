/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/api/call.h"

#include <string.h>

#include "signaling/api/actor.h"
#include "signaling/api/call-private.h"
#include "signaling/api/schema.h"
#include "signaling/protocol/fields.h"
#include "signaling/store/audit.h"

#define NUL_IN_QUERY "%00" /* would end the value for C, and for nobody else */

struct ScCall {
    ScApi *api;                   /* borrowed: ends its calls before itself */
    const ScApiParts *parts;      /* borrowed */
    const ScDocument *document;   /* borrowed */
    const ScOperation *operation; /* borrowed from the document */
    ScExchange *exchange;         /* borrowed: held until it is answered */
    ScActor *actor;               /* owned */
    char *address;                /* owned */
    int64_t now_ms;
    GHashTable *query; /* owned: name → text */
    JsonObject *body;  /* owned; NULL: none */
    /* The answer. */
    unsigned status;
    char *content_type;  /* owned */
    char *text;          /* owned; NULL: no body */
    JsonObject *refusal; /* owned: further members; NULL: none */
};

static char *
dup_address(ScExchange *exchange)
{
    GSocketAddress *address =
        soup_server_message_get_remote_address(sc_exchange_get_message(exchange));
    if (!G_IS_INET_SOCKET_ADDRESS(address))
        return g_strdup("");
    return g_inet_address_to_string(
        g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address)));
}

ScCall *
sc_call_new(ScApi *api, const ScApiParts *parts, const ScDocument *document,
            const ScOperation *operation, ScExchange *exchange)
{
    ScCall *self = g_new0(ScCall, 1);
    self->api = api;
    self->parts = parts;
    self->document = document;
    self->operation = operation;
    self->exchange = exchange;
    self->actor = sc_actor_new_nobody();
    self->address = dup_address(exchange);
    self->now_ms = sc_clock_get_real_ms(parts->clock);
    self->status = 204;
    return self;
}

void
sc_call_free(ScCall *self)
{
    if (self == NULL)
        return;
    sc_actor_free(self->actor);
    g_free(self->address);
    g_clear_pointer(&self->query, g_hash_table_unref);
    g_clear_pointer(&self->body, json_object_unref);
    g_free(self->content_type);
    g_free(self->text);
    g_clear_pointer(&self->refusal, json_object_unref);
    g_free(self);
}

static bool
parse_query(ScCall *self, GError **error)
{
    const char *text = g_uri_get_query(
        soup_server_message_get_uri(sc_exchange_get_message(self->exchange)));
    if (text != NULL && strstr(text, NUL_IN_QUERY) != NULL) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, NULL,
                             "the query holds a NUL, %s", NUL_IN_QUERY);
        return false;
    }
    self->query =
        text != NULL ? soup_form_decode(text) : g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter iter;
    gpointer name, value;
    g_hash_table_iter_init(&iter, self->query);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        if (!json_object_has_member(self->operation->query, name)) {
            g_autofree char *shown = g_utf8_make_valid(name, -1);
            sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, shown,
                                 "%s: there is no such parameter", shown);
            return false;
        }
        if (!sc_schema_check_text(
                self->document,
                json_object_get_object_member(self->operation->query, name), name, value,
                error))
            return false;
    }
    return true;
}

static bool
parse_body(ScCall *self, GError **error)
{
    if (self->operation->body == NULL)
        return true;
    size_t length;
    const char *text = sc_exchange_get_body(self->exchange, &length);
    g_autoptr(GError) reason = NULL;
    self->body = sc_fields_parse_object(text, length, self->operation->body_max, &reason);
    if (self->body == NULL) {
        sc_problem_set_error(error, SC_PROBLEM_BAD_JSON, NULL, "the body: %s",
                             reason->message);
        return false;
    }
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), self->body);
    return sc_schema_check(self->document, self->operation->body, node, error);
}

bool
sc_call_parse(ScCall *self, GError **error)
{
    return parse_query(self, error) && parse_body(self, error);
}

void
sc_call_take_actor(ScCall *self, ScActor *actor)
{
    sc_actor_free(self->actor);
    self->actor = actor;
}

ScApi *
sc_call_get_api(const ScCall *self)
{
    return self->api;
}

const ScApiParts *
sc_call_get_parts(const ScCall *self)
{
    return self->parts;
}

ScStore *
sc_call_get_store(const ScCall *self)
{
    return self->parts->store;
}

int64_t
sc_call_get_now_ms(const ScCall *self)
{
    return self->now_ms;
}

const ScActor *
sc_call_get_actor(const ScCall *self)
{
    return self->actor;
}

const char *
sc_call_get_address(const ScCall *self)
{
    return self->address;
}

const ScOperation *
sc_call_get_operation(const ScCall *self)
{
    return self->operation;
}

ScExchange *
sc_call_get_exchange(ScCall *self)
{
    return self->exchange;
}

const char *
sc_call_get_parameter(const ScCall *self, const char *name)
{
    for (unsigned i = 0; self->operation->parameters[i] != NULL; i++)
        if (g_str_equal(self->operation->parameters[i], name))
            return sc_exchange_get_parameter(self->exchange, i);
    g_assert_not_reached();
}

const char *
sc_call_get_query(const ScCall *self, const char *name)
{
    return g_hash_table_lookup(self->query, name);
}

int64_t
sc_call_get_query_integer(const ScCall *self, const char *name, int64_t fallback)
{
    const char *text = sc_call_get_query(self, name);
    return text != NULL ? g_ascii_strtoll(text, NULL, 10) : fallback;
}

JsonObject *
sc_call_get_body(ScCall *self)
{
    g_assert(self->body != NULL);
    return self->body;
}

const char *
sc_call_get_bytes(ScCall *self, size_t *out_length)
{
    return sc_exchange_get_body(self->exchange, out_length);
}

bool
sc_call_check_version(ScCall *self, int64_t version, GError **error)
{
    const char *header = sc_exchange_get_header(self->exchange, "If-Match");
    g_autofree char *etag = g_strdup_printf("\"%" G_GINT64_FORMAT "\"", version);
    if (header == NULL) {
        sc_problem_set_error(error, SC_PROBLEM_NO_VERSION, NULL,
                             "If-Match is missing; the present version is %s", etag);
        return false;
    }
    if (g_str_equal(header, etag))
        return true;
    sc_problem_set_error(error, SC_PROBLEM_STALE_VERSION, NULL,
                         "If-Match is %s, the present version is %s", header, etag);
    return false;
}

static char *
print_object(JsonObject *object)
{
    if (object == NULL)
        return NULL;
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
    return json_to_string(node, FALSE);
}

static ScAuditRow
begin_row(ScCall *self, ScAuditOutcome outcome)
{
    return (ScAuditRow){
        .at_ms = self->now_ms,
        .actor = sc_actor_get_audit_name(self->actor),
        .actor_name = self->actor->name,
        .address = self->address,
        .action = self->operation->id,
        .outcome = outcome,
        .kind = "",
        .object = "",
    };
}

bool
sc_call_audit(ScCall *self, const char *kind, const char *object,
              const char *organisation, JsonObject *before, JsonObject *after,
              GError **error)
{
    g_autofree char *before_text = print_object(before);
    g_autofree char *after_text = print_object(after);
    ScAuditRow row = begin_row(self, SC_AUDIT_DONE);
    row.kind = kind;
    row.object = object;
    row.organisation = organisation;
    row.before = before_text;
    row.after = after_text;
    return sc_store_add_audit(self->parts->store, &row, error);
}

bool
sc_call_audit_outcome(ScCall *self, bool is_refused, GError **error)
{
    ScAuditRow row = begin_row(self, is_refused ? SC_AUDIT_REFUSED : SC_AUDIT_LOOKED);
    const char *path = g_uri_get_path(
        soup_server_message_get_uri(sc_exchange_get_message(self->exchange)));
    row.kind = "path";
    row.object = path;
    return sc_store_add_audit(self->parts->store, &row, error);
}

static void
answer(ScCall *self, unsigned status, const char *content_type, char *text)
{
    self->status = status;
    g_free(self->content_type);
    self->content_type = g_strdup(content_type);
    g_free(self->text);
    self->text = text;
}

void
sc_call_answer_object(ScCall *self, unsigned status, JsonObject *object)
{
    if (json_object_has_member(object, "version")) {
        g_autofree char *etag = g_strdup_printf(
            "\"%" G_GINT64_FORMAT "\"", json_object_get_int_member(object, "version"));
        sc_call_set_header(self, "ETag", etag);
    }
    answer(self, status, "application/json", print_object(object));
    json_object_unref(object);
}

void
sc_call_answer_nothing(ScCall *self)
{
    answer(self, 204, NULL, NULL);
}

void
sc_call_answer_text(ScCall *self, const char *content_type, const char *file, char *text)
{
    if (file != NULL) {
        g_autofree char *escaped = g_uri_escape_string(file, NULL, FALSE);
        g_autofree char *disposition =
            g_strdup_printf("attachment; filename*=UTF-8''%s", escaped); /* RFC 6266 */
        sc_call_set_header(self, "Content-Disposition", disposition);
    }
    answer(self, 200, content_type, text);
}

void
sc_call_set_header(ScCall *self, const char *name, const char *value)
{
    sc_exchange_set_header(self->exchange, name, value);
}

void
sc_call_set_refusal(ScCall *self, JsonObject *members)
{
    g_clear_pointer(&self->refusal, json_object_unref);
    self->refusal = members;
}

void
sc_call_send(ScCall *self, const GError *error)
{
    sc_call_set_header(self, "Cache-Control", "no-store");
    if (error != NULL)
        sc_exchange_refuse_with(self->exchange, error, self->refusal);
    else
        sc_exchange_reply(self->exchange, self->status, self->content_type, self->text);
}

void
sc_call_finish(ScCall *self, const GError *error)
{
    g_assert(self->operation->is_later);
    sc_api_end(self->api, self, error);
}

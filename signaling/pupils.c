/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-pupils"
#include "signaling/pupils.h"

#include "signaling/api/limiter.h"
#include "signaling/protocol/fields.h"

#define JSON_TYPE "application/json"
#define BODY_MAX 256 /* bytes */
#define TRIES_PER_S \
    1.0 /* wrong ones of one address, behind which a whole school may be */
#define TRIES_BURST 60
#define CODE_TEXT_MAX 16 /* bytes of what may be called a code */

struct ScPupils {
    ScClock *clock;         /* borrowed */
    ScConductor *conductor; /* borrowed */
    ScLimiter *tries;       /* owned: by address */
};

static char *
dup_address(ScExchange *exchange)
{
    GSocketAddress *address =
        soup_server_message_get_remote_address(sc_exchange_get_message(exchange));
    return G_IS_INET_SOCKET_ADDRESS(address) ? g_inet_address_to_string(
               g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address)))
                                             : g_strdup("");
}

static bool
take_try(ScPupils *self, const char *address, GError **error)
{
    if (sc_limiter_take(self->tries, address, sc_clock_get_monotonic_us(self->clock)))
        return true;
    g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_TOO_MANY_REQUESTS,
                "at most %d wrong codes a minute from %s", TRIES_BURST, address);
    return false;
}

static bool
read_code(ScExchange *exchange, char out_code[CODE_TEXT_MAX + 1], GError **error)
{
    size_t length;
    const char *body = sc_exchange_get_body(exchange, &length);
    g_autoptr(GError) reason = NULL;
    g_autoptr(JsonObject) object =
        sc_fields_parse_object(body, length, BODY_MAX, &reason);
    if (object == NULL) {
        g_set_error_literal(error, SC_PROBLEM_ERROR, SC_PROBLEM_BAD_JSON,
                            reason->message);
        return false;
    }
    ScFields fields;
    sc_fields_init(&fields, object);
    sc_fields_read_text(&fields, "code", out_code, CODE_TEXT_MAX + 1);
    if (sc_fields_finish(&fields, &reason))
        return true;
    sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "code", "%s", reason->message);
    return false;
}

static void
on_post(ScExchange *exchange, gpointer user_data)
{
    ScPupils *self = user_data;
    g_autoptr(GError) error = NULL;
    char code[CODE_TEXT_MAX + 1];
    g_autofree char *lesson = NULL;
    g_autofree char *token = NULL;
    g_autofree char *address = dup_address(exchange);
    if (!take_try(self, address, &error) || !read_code(exchange, code, &error)
        || !sc_conductor_admit_pupil(self->conductor, code, &lesson, &token, &error)) {
        sc_exchange_refuse(exchange, error);
        return;
    }
    sc_limiter_give_back(self->tries, address);
    g_autoptr(JsonObject) object = json_object_new();
    json_object_set_string_member(object, "lesson", lesson);
    json_object_set_string_member(object, "token", token);
    g_autoptr(JsonNode) root = json_node_init_object(json_node_alloc(), object);
    g_autofree char *answer = json_to_string(root, FALSE);
    sc_exchange_set_header(exchange, "Cache-Control", "no-store");
    sc_exchange_reply(exchange, 201, JSON_TYPE, answer);
}

static const ScRoute routes[] = {
    { "POST", "/pupils", JSON_TYPE, BODY_MAX, on_post },
};

ScPupils *
sc_pupils_new(ScServer *server, ScClock *clock, ScConductor *conductor)
{
    ScPupils *self = g_new0(ScPupils, 1);
    self->clock = clock;
    self->conductor = conductor;
    self->tries = sc_limiter_new(TRIES_PER_S, TRIES_BURST);
    sc_server_add_routes(server, routes, G_N_ELEMENTS(routes), self);
    return self;
}

void
sc_pupils_free(ScPupils *self)
{
    if (self == NULL)
        return;
    sc_limiter_free(self->tries);
    g_free(self);
}

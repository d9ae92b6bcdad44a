/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/echo-door.h"

#include "signaling/api/limiter.h"
#include "signaling/api/secret.h"
#include "signaling/store/device.h"

#define PATH "/echo-test"
/* Somebody turns a volume and tries again: five at once, then one in half a minute. */
#define TESTS_BURST 5
#define SECONDS_A_TEST 30

struct ScEchoDoor {
    ScClock *clock; /* borrowed, as the next two */
    ScStore *store;
    ScConductor *conductor;
    ScLimiter *tests; /* owned: by owner */
};

/* A site of a lesson. NULL and @error: what sc_conductor_verify() says, WRONG_ROLE. */
static char *
dup_guest(ScEchoDoor *self, const char *token, GError **error)
{
    g_autoptr(ScTokenGrant) grant =
        sc_conductor_verify(self->conductor, token, NULL, error);
    if (grant == NULL)
        return NULL;
    if (grant->role == SC_ROLE_TEACHER || grant->role == SC_ROLE_CLASSROOM)
        return g_strdup_printf("%s %s", grant->lesson, grant->site);
    g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_WRONG_ROLE, "role %s sends no sound",
                sc_role_get_name(grant->role));
    return NULL;
}

/* A box that stands in a classroom; NULL where it is none. */
static char *
dup_device(ScEchoDoor *self, const char *token)
{
    g_autofree char *hash = sc_secret_hash(token);
    g_auto(ScDeviceRow) row = { 0 };
    return sc_store_find_device_by_token(self->store, hash, &row, NULL)
               ? g_strconcat("device:", row.id, NULL)
               : NULL;
}

/* Whose test it is. */
static char *
dup_owner(ScEchoDoor *self, ScExchange *exchange, GError **error)
{
    g_autoptr(GError) reason = NULL;
    const char *token = sc_exchange_get_bearer(exchange, error);
    if (token == NULL)
        return NULL;
    g_autofree char *owner = dup_guest(self, token, &reason);
    if (g_error_matches(reason, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_TOKEN))
        owner = dup_device(self, token);
    if (owner == NULL)
        g_propagate_error(error, g_steal_pointer(&reason));
    return g_steal_pointer(&owner);
}

static bool
take_test(ScEchoDoor *self, const char *owner, GError **error)
{
    if (sc_limiter_take(self->tests, owner, sc_clock_get_monotonic_us(self->clock)))
        return true;
    g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_TOO_MANY_REQUESTS,
                "at most %d echo tests at once, and one in %d s", TESTS_BURST,
                SECONDS_A_TEST);
    return false;
}

static const ScEchoTest *
begin(ScEchoDoor *self, ScExchange *exchange, GError **error)
{
    g_autofree char *owner = dup_owner(self, exchange, error);
    if (owner == NULL || !take_test(self, owner, error))
        return NULL;
    return sc_conductor_begin_echo_test(self->conductor, owner, error);
}

static char *
print(const ScEchoTest *test)
{
    g_autoptr(JsonObject) object = json_object_new();
    json_object_set_string_member(object, "lesson", test->lesson);
    json_object_set_string_member(object, "far", test->far);
    json_object_set_string_member(object, "near", test->near);
    json_object_set_int_member(object, "expires_in_s", SC_ECHO_TEST_LIMIT_MS / 1000);
    g_autoptr(JsonNode) root = json_node_init_object(json_node_alloc(), object);
    return json_to_string(root, FALSE);
}

static void
on_post(ScExchange *exchange, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    const ScEchoTest *test = begin(user_data, exchange, &error);
    if (test == NULL) {
        sc_exchange_refuse(exchange, error);
        return;
    }
    g_autofree char *body = print(test);
    sc_exchange_set_header(exchange, "Cache-Control", "no-store");
    sc_exchange_reply(exchange, 201, "application/json", body);
}

static const ScRoute routes[] = {
    { "POST", PATH, NULL, 0, on_post },
};

ScEchoDoor *
sc_echo_door_new(ScServer *server, ScClock *clock, ScStore *store, ScConductor *conductor)
{
    ScEchoDoor *self = g_new0(ScEchoDoor, 1);
    self->clock = clock;
    self->store = store;
    self->conductor = conductor;
    self->tests = sc_limiter_new(1.0 / SECONDS_A_TEST, TESTS_BURST);
    sc_server_add_routes(server, routes, G_N_ELEMENTS(routes), self);
    return self;
}

void
sc_echo_door_free(ScEchoDoor *self)
{
    if (self == NULL)
        return;
    sc_limiter_free(self->tests);
    g_free(self);
}

/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-api"
#include "signaling/api/api.h"

#include "signaling/api/actor.h"
#include "signaling/api/aside.h"
#include "signaling/api/call-private.h"
#include "signaling/api/handlers.h"
#include "signaling/api/limiter.h"

/* A page of the console asks for a dozen things at once. */
#define REQUESTS_PER_S 100
#define REQUESTS_BURST 400
#define SIGN_INS_PER_S 0.5 /* from one address: a school may sit behind one */
#define SIGN_INS_BURST 30
#define ENROLMENTS_PER_S (5.0 / 60)
#define ENROLMENTS_BURST 5
#define PASSWORDS_WAITING_MAX 64
#define ASIDE_WAITING_MAX 8 /* imports and exports of the timetable */
#define NO_BODY_MAX 16      /* bytes, where none is asked for: some clients send "{}" */

/* An operation with its handler: what the server gives back with a request. */
typedef struct {
    ScApi *api;                   /* borrowed: owns us */
    const ScOperation *operation; /* borrowed from the document */
    const ScApiHandler *handler;  /* static */
    ScRoute route;
} Entry;

struct ScApi {
    ScApiParts parts;
    ScDocument *document; /* owned */
    Entry *entries;       /* owned: one for each operation */
    ScLimiter *limiter;   /* owned: by person, device or address */
    unsigned n_pending;   /* calls whose handlers end them later */
};

static bool
get_document(ScCall *call, GError **error G_GNUC_UNUSED)
{
    const ScApi *api = sc_call_get_api(call);
    sc_call_answer_text(call, "application/json", NULL,
                        g_strdup(sc_document_get_text(api->document)));
    return true;
}

const ScApiHandler sc_document_handlers[] = {
    { "get-document", get_document, NULL, NULL },
};
const unsigned sc_n_document_handlers = G_N_ELEMENTS(sc_document_handlers);

static const struct {
    const ScApiHandler *handlers;
    const unsigned *n_handlers;
} groups[] = {
#define SC_HANDLERS_GROUP(noun) { sc_##noun##_handlers, &sc_n_##noun##_handlers },
    SC_HANDLERS(SC_HANDLERS_GROUP)
#undef SC_HANDLERS_GROUP
};

static const ScApiHandler *
find_handler(const char *operation)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(groups); i++)
        for (unsigned j = 0; j < *groups[i].n_handlers; j++)
            if (g_str_equal(groups[i].handlers[j].operation, operation))
                return &groups[i].handlers[j];
    g_error("api: operation %s has no handler", operation);
}

/* Before anything of the request is looked at. */
static bool
is_within_rate(ScApi *self, ScCall *call, GError **error)
{
    const ScActor *actor = sc_call_get_actor(call);
    const char *key =
        actor->kind == SC_ACTOR_NOBODY ? sc_call_get_address(call) : actor->id;
    if (sc_limiter_take(self->limiter, key, sc_clock_get_monotonic_us(self->parts.clock)))
        return true;
    sc_problem_set_error(error, SC_PROBLEM_TOO_MANY_REQUESTS, NULL,
                         "more than %d requests a second", REQUESTS_PER_S);
    sc_problem_say(error, "操作太快了，请稍等再试。",
                   "Too many requests. Please wait a little.");
    return false;
}

static bool
is_for_nobody(const ScOperation *operation)
{
    return (operation->roles & (1U << SC_API_NOBODY)) != 0;
}

/* Who signs in may still show the cookie of a session that is over. */
static bool
is_unknown(const GError *error)
{
    return g_error_matches(error, SC_PROBLEM_ERROR, SC_PROBLEM_NOT_SIGNED_IN)
           || g_error_matches(error, SC_PROBLEM_ERROR, SC_PROBLEM_NO_CSRF_TOKEN);
}

static bool
check_roles(ScCall *call, GError **error)
{
    const ScActor *actor = sc_call_get_actor(call);
    const ScOperation *operation = sc_call_get_operation(call);
    if (is_for_nobody(operation))
        return true;
    if (actor->kind == SC_ACTOR_NOBODY) {
        sc_problem_set_error(error, SC_PROBLEM_NOT_SIGNED_IN, NULL,
                             "neither the cookie %s nor a bearer token", SC_ACTOR_COOKIE);
        return false;
    }
    if (actor->must_change && !operation->is_first) {
        sc_problem_set_error(error, SC_PROBLEM_PASSWORD_CHANGE_NEEDED, NULL,
                             "the password was given by somebody else");
        return false;
    }
    if ((operation->roles & actor->roles) != 0
        || (operation->is_first && actor->kind == SC_ACTOR_PERSON))
        return true;
    sc_problem_set_error(error, SC_PROBLEM_FORBIDDEN, NULL, "%s is not for this role",
                         operation->id);
    sc_problem_say(error, "您的身份不能这样做。", "Your role may not do this.");
    return false;
}

static bool
identify(ScApi *self, ScCall *call, GError **error)
{
    g_autoptr(GError) reason = NULL;
    ScActor *actor = sc_actor_find(&self->parts, sc_call_get_exchange(call), &reason);
    if (actor != NULL) {
        sc_call_take_actor(call, actor);
    } else if (!is_for_nobody(sc_call_get_operation(call)) || !is_unknown(reason)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    return is_within_rate(self, call, error) && check_roles(call, error);
}

static bool
run_handler(const Entry *entry, ScCall *call, GError **error)
{
    const ScApiHandler *handler = entry->handler;
    return handler->answer != NULL ? handler->answer(call, error)
                                   : handler->of(handler->collection, call, error);
}

/* What the handler writes is one durable step. */
static bool
run_in_transaction(const Entry *entry, ScCall *call, GError **error)
{
    ScStore *store = sc_call_get_store(call);
    if (g_str_equal(entry->operation->method, "GET"))
        return run_handler(entry, call, error);
    if (!sc_store_begin(store, error))
        return false;
    if (run_handler(entry, call, error))
        return sc_store_commit(store, error);
    sc_store_rollback(store);
    return false;
}

/* A refusal of somebody we know, and what an inspector looks at, leave a row. */
static void
note_outcome(ScCall *call, GError **error)
{
    const ScActor *actor = sc_call_get_actor(call);
    const ScOperation *operation = sc_call_get_operation(call);
    if (operation->is_quiet || actor->kind == SC_ACTOR_NOBODY)
        return;
    unsigned status =
        *error != NULL ? sc_problem_get_status(sc_problem_from_error(*error)) : 200;
    bool is_refused = status == 403 || status == 404;
    bool is_look = *error == NULL && g_str_equal(operation->method, "GET")
                   && (actor->roles & (1U << SC_API_INSPECTOR)) != 0;
    g_autoptr(GError) failure = NULL;
    if ((!is_refused && !is_look) || sc_call_audit_outcome(call, is_refused, &failure))
        return;
    g_warning("audit: %s: %s", operation->id, failure->message);
    if (*error == NULL) /* nothing is seen that is not noted */
        *error = g_steal_pointer(&failure);
}

static void
end(ScCall *call, GError *error)
{
    g_autoptr(GError) reason = error;
    note_outcome(call, &reason);
    sc_call_send(call, reason);
    sc_call_free(call);
}

void
sc_api_end(ScApi *self, ScCall *call, const GError *error)
{
    self->n_pending--;
    end(call, error != NULL ? g_error_copy(error) : NULL);
}

static void
on_request(ScExchange *exchange, gpointer user_data)
{
    const Entry *entry = user_data;
    ScApi *self = entry->api;
    ScCall *call =
        sc_call_new(self, &self->parts, self->document, entry->operation, exchange);
    GError *error = NULL;
    if (!identify(self, call, &error) || !sc_call_parse(call, &error)) {
        end(call, error);
    } else if (!entry->operation->is_later) {
        (void)run_in_transaction(entry, call, &error);
        end(call, error);
    } else {
        self->n_pending++;
        if (!run_handler(entry, call, &error)) {
            self->n_pending--;
            end(call, error);
        }
    }
}

static void
add_route(ScApi *self, ScServer *server, Entry *entry, const ScOperation *operation)
{
    entry->api = self;
    entry->operation = operation;
    entry->handler = find_handler(operation->id);
    entry->route = (ScRoute){
        .method = operation->method,
        .pattern = operation->pattern,
        .content_type = operation->content_type,
        .body_max = operation->content_type != NULL ? operation->body_max : NO_BODY_MAX,
        .handle = on_request,
    };
    sc_server_add_routes(server, &entry->route, 1, entry);
}

ScApi *
sc_api_new(ScServer *server, const ScApiParts *parts)
{
    ScApi *self = g_new0(ScApi, 1);
    self->parts = *parts;
    self->parts.passwords = sc_password_pool_new(PASSWORDS_WAITING_MAX);
    self->parts.aside = sc_aside_new(parts->config->database, ASIDE_WAITING_MAX);
    self->parts.sign_ins = sc_limiter_new(SIGN_INS_PER_S, SIGN_INS_BURST);
    self->parts.enrolments = sc_limiter_new(ENROLMENTS_PER_S, ENROLMENTS_BURST);
    self->parts.strangers = sc_strangers_new();
    self->document = sc_document_new();
    self->limiter = sc_limiter_new(REQUESTS_PER_S, REQUESTS_BURST);
    unsigned n = sc_document_count(self->document);
    self->entries = g_new0(Entry, n);
    for (unsigned i = 0; i < n; i++)
        add_route(self, server, &self->entries[i], sc_document_get(self->document, i));
    return self;
}

/* Calls that wait for a password's hash end within a fraction of a second, an import
 * within a few. */
void
sc_api_free(ScApi *self)
{
    if (self == NULL)
        return;
    while (self->n_pending > 0)
        g_main_context_iteration(NULL, TRUE);
    sc_aside_free(self->parts.aside);
    sc_password_pool_free(self->parts.passwords);
    sc_limiter_free(self->parts.sign_ins);
    sc_limiter_free(self->parts.enrolments);
    sc_strangers_free(self->parts.strangers);
    sc_limiter_free(self->limiter);
    g_free(self->entries);
    sc_document_free(self->document);
    g_free(self);
}

const ScDocument *
sc_api_get_document(const ScApi *self)
{
    return self->document;
}

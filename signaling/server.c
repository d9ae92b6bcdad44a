/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-server"
#include "signaling/server.h"

#include <stdbool.h>
#include <sys/socket.h>

#include "signaling/early-answer.h"
#include "signaling/listener.h"
#include "signaling/pattern.h"

#define BODY_SWALLOW_MAX 4194304 /* bytes of a refused body; then we answer early */
#define BODY_SWALLOW_FACTOR 16   /* or so many times what its route takes */
#define LINGER_BYTES 8388608 /* that are read after an early answer; then we hang up */
#define LINGER_MS 5000       /* and as long: a lost answer is sent again within it */
#define LEAST_RATE 4096      /* bytes a second of a body that is taken as it comes */
#define LEAST_RATE_SPAN 3    /* request timeouts that it is judged over */
#define OWN_PREFIX "/api/"   /* no other site's page has business there */
#define CORS_MAX_AGE "86400" /* seconds a preflight is remembered */
#define ANY_PATTERN "*"      /* for the observer: no route */

typedef struct {
    const ScRoute *route;   /* static */
    const ScIntake *intake; /* static; NULL: the body is kept */
    gpointer user_data;     /* the handler's */
} Entry;

struct ScServer {
    SoupServer *soup;     /* owned */
    ScListener *listener; /* owned; NULL: does not listen yet */
    GArray *entries;      /* owned, of Entry */
    unsigned request_timeout_ms;
    ScServerReplied replied; /* NULL: nobody counts */
    gpointer replied_data;
    struct {
        ScRoute route;        /* for the table; its pattern is static */
        const char *protocol; /* static */
        ScUpgraded upgraded;
        gpointer user_data;
    } websocket;
};

/* What we know of a request while it comes in; lives as long as its message. */
typedef struct {
    ScServer *server;           /* borrowed: it ends its messages before itself */
    SoupServerMessage *message; /* borrowed: owns us */
    ScExchange *exchange;       /* borrowed: lives as long as @message */
    const Entry *entry;         /* borrowed from the server; NULL before got-headers */
    guint deadline;             /* source; 0: over */
    guint judging;              /* source, of the rate; 0: none */
    goffset n_judged;           /* of the body, when the rate was last judged */
    goffset n_bytes;            /* of the body */
    goffset n_taken;            /* of them, before it was refused */
    goffset n_answered;         /* of them, before the early answer */
    bool is_refused;
    bool is_answered; /* early */
} Request;

static bool
method_matches(const char *route, const char *method)
{
    return g_str_equal(route, method)
           || (g_str_equal(method, "HEAD") && g_str_equal(route, "GET"));
}

static const char *
get_path(SoupServerMessage *message)
{
    return g_uri_get_path(soup_server_message_get_uri(message));
}

static void
add_cors(SoupServerMessage *message)
{
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(message);
    soup_message_headers_replace(headers, "X-Content-Type-Options", "nosniff");
    if (g_str_has_prefix(get_path(message), OWN_PREFIX))
        return;
    soup_message_headers_replace(headers, "Access-Control-Allow-Origin", "*");
    soup_message_headers_replace(headers, "Access-Control-Expose-Headers",
                                 "Location, ETag, Accept-Patch, Retry-After");
}

/* "GET, HEAD, OPTIONS" for @path; NULL where nothing is there. Sets @out_post and
 * @out_patch to the content types accepted by those methods. */
static char *
list_methods(ScServer *self, const char *path, const char **out_post,
             const char **out_patch)
{
    g_autoptr(GString) methods = g_string_new(NULL);
    *out_post = *out_patch = NULL;
    for (guint i = 0; i < self->entries->len; i++) {
        const ScRoute *route = g_array_index(self->entries, Entry, i).route;
        if (!sc_pattern_matches(route->pattern, path, NULL))
            continue;
        g_string_append_printf(methods, "%s, ", route->method);
        if (g_str_equal(route->method, "GET"))
            g_string_append(methods, "HEAD, ");
        else if (g_str_equal(route->method, "POST"))
            *out_post = route->content_type;
        else if (g_str_equal(route->method, "PATCH"))
            *out_patch = route->content_type;
    }
    if (methods->len == 0)
        return NULL;
    g_string_append(methods, "OPTIONS");
    return g_string_free(g_steal_pointer(&methods), FALSE);
}

static void
answer_options(Request *request, const char *methods, const char *post, const char *patch)
{
    ScExchange *exchange = request->exchange;
    sc_exchange_set_header(exchange, "Allow", methods);
    sc_exchange_set_header(exchange, "Access-Control-Allow-Methods", methods);
    sc_exchange_set_header(exchange, "Access-Control-Allow-Headers",
                           "Authorization, Content-Type, If-Match");
    sc_exchange_set_header(exchange, "Access-Control-Max-Age", CORS_MAX_AGE);
    if (post != NULL)
        sc_exchange_set_header(exchange, "Accept-Post", post);
    if (patch != NULL)
        sc_exchange_set_header(exchange, "Accept-Patch", patch);
    sc_exchange_reply(exchange, 204, NULL, NULL);
}

static gboolean on_deadline(gpointer user_data);

/* So much of a body is read although it is refused, so that its sender can read why. */
static goffset
get_swallow_max(const Request *request)
{
    const Entry *entry = request->entry;
    if (request->is_answered)
        return request->n_answered + LINGER_BYTES;
    size_t route_max = entry != NULL ? entry->route->body_max : 0;
    if (entry != NULL && entry->intake != NULL)
        return (request->is_refused ? request->n_taken : (goffset)route_max)
               + BODY_SWALLOW_MAX;
    return (goffset)MAX(BODY_SWALLOW_MAX, BODY_SWALLOW_FACTOR * route_max);
}

static void
hang_up(SoupServerMessage *message)
{
    g_socket_shutdown(sc_listener_get_socket(message), TRUE, TRUE, NULL);
}

/* Whoever sends on hears so. Closed in peace he would wait for a window of ours, until
 * the kernel has forgotten the connection. */
static void
cut_off(SoupServerMessage *message)
{
    GSocket *socket = sc_listener_get_socket(message);
    struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
    (void)setsockopt(g_socket_get_fd(socket), SOL_SOCKET, SO_LINGER, &at_once,
                     sizeof at_once);
    hang_up(message);
}

static void
set_deadline(Request *request, unsigned timeout_ms)
{
    g_clear_handle_id(&request->deadline, g_source_remove);
    request->deadline = g_timeout_add(timeout_ms, on_deadline, request);
}

/* To hang up on somebody who sends takes the answer away from him: the kernel resets the
 * connection. So he is read on for a while. */
static void
answer_early(Request *request)
{
    request->is_answered = true;
    request->n_answered = request->n_bytes;
    if (sc_early_answer_send(request->message))
        set_deadline(request, LINGER_MS);
    else
        hang_up(request->message);
}

static goffset
get_length(Request *request)
{
    SoupMessageHeaders *headers =
        soup_server_message_get_request_headers(request->message);
    return soup_message_headers_get_encoding(headers) == SOUP_ENCODING_CONTENT_LENGTH
               ? soup_message_headers_get_content_length(headers)
               : 0;
}

/* Who asked first sends nothing, and libsoup answers at once. */
static bool
is_asking(Request *request)
{
    SoupMessageHeaders *headers =
        soup_server_message_get_request_headers(request->message);
    return request->n_bytes == 0
           && (soup_message_headers_get_expectations(headers)
               & SOUP_EXPECTATION_CONTINUE);
}

/* From here the rest of the body is read and thrown away: libsoup answers after it only.
 */
static void
refuse(Request *request, const GError *error)
{
    g_clear_handle_id(&request->judging, g_source_remove);
    request->is_refused = true;
    request->n_taken = request->n_bytes;
    soup_message_body_set_accumulate(
        soup_server_message_get_request_body(request->message), FALSE);
    sc_exchange_refuse(request->exchange, error);
    if (get_length(request) > get_swallow_max(request) && !is_asking(request))
        answer_early(request);
}

static bool
content_type_matches(Request *request, GError **error)
{
    const char *want = request->entry->route->content_type;
    const char *have = soup_message_headers_get_content_type(
        soup_server_message_get_request_headers(request->message), NULL);
    if (want == NULL || (have != NULL && g_ascii_strcasecmp(have, want) == 0))
        return true;
    g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_WRONG_CONTENT_TYPE,
                "Content-Type is %s, must be %s", have != NULL ? have : "missing", want);
    return false;
}

static bool
body_fits(Request *request, goffset n_bytes, GError **error)
{
    size_t max = request->entry->route->body_max;
    if (n_bytes <= (goffset)max)
        return true;
    const ScIntake *intake = request->entry->intake;
    g_set_error(error, SC_PROBLEM_ERROR,
                intake != NULL ? intake->too_large : SC_PROBLEM_BODY_TOO_LARGE,
                "the body has %" G_GOFFSET_FORMAT " bytes or more, at most %zu", n_bytes,
                max);
    return false;
}

/* Bytes now and then would take one of few places for ever. libsoup waits for the end of
 * such a body before it answers. */
static gboolean
on_judge(gpointer user_data)
{
    Request *request = user_data;
    unsigned span_ms = LEAST_RATE_SPAN * request->server->request_timeout_ms;
    goffset n_least = (goffset)LEAST_RATE * span_ms / 1000;
    goffset n_came = request->n_bytes - request->n_judged;
    request->n_judged = request->n_bytes;
    if (n_came >= n_least)
        return G_SOURCE_CONTINUE;
    g_autoptr(GError) error =
        g_error_new(SC_PROBLEM_ERROR, SC_PROBLEM_SLOW_REQUEST,
                    "%" G_GOFFSET_FORMAT
                    " bytes of the body came in %u ms, at least %" G_GOFFSET_FORMAT,
                    n_came, span_ms, n_least);
    request->judging = 0;
    refuse(request, error);
    if (!request->is_answered)
        answer_early(request);
    return G_SOURCE_REMOVE;
}

/* Finds the route, or answers what can be answered without one. */
static bool
find_route(Request *request, GError **error)
{
    ScServer *self = request->server;
    const char *method = soup_server_message_get_method(request->message);
    const char *path = get_path(request->message);
    for (guint i = 0; i < self->entries->len; i++) {
        const Entry *entry = &g_array_index(self->entries, Entry, i);
        if (method_matches(entry->route->method, method)
            && sc_pattern_matches(entry->route->pattern, path, request->exchange)) {
            request->entry = entry;
            return true;
        }
    }
    const char *post, *patch;
    g_autofree char *methods = list_methods(self, path, &post, &patch);
    if (methods == NULL) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_NOT_FOUND, "nothing at %s", path);
        return false;
    }
    if (g_str_equal(method, "OPTIONS")) {
        answer_options(request, methods, post, patch);
        return false;
    }
    sc_exchange_set_header(request->exchange, "Allow", methods);
    g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_METHOD_NOT_ALLOWED,
                "%s is not allowed at %s: %s", method, path, methods);
    return false;
}

static bool
begin_intake(Request *request, GError **error)
{
    const ScIntake *intake = request->entry->intake;
    if (intake == NULL)
        return true;
    if (!intake->begin(request->exchange, request->entry->user_data, error))
        return false;
    request->judging = g_timeout_add(
        LEAST_RATE_SPAN * request->server->request_timeout_ms, on_judge, request);
    soup_message_body_set_accumulate(
        soup_server_message_get_request_body(request->message), FALSE);
    return true;
}

static void
on_got_headers(SoupServerMessage *message, gpointer user_data)
{
    Request *request = user_data;
    add_cors(message);
    if (soup_server_message_get_status(message) != 0)
        return;
    g_autoptr(GError) error = NULL;
    if (!find_route(request, &error) || !content_type_matches(request, &error)
        || !body_fits(request, get_length(request), &error)
        || !begin_intake(request, &error)) {
        if (error != NULL)
            refuse(request, error);
        else
            request->is_refused = true;
    }
}

/* While bytes come there is no hurry. */
static bool
take_chunk(Request *request, GBytes *chunk, GError **error)
{
    const ScIntake *intake = request->entry->intake;
    if (intake == NULL)
        return true;
    set_deadline(request, request->server->request_timeout_ms);
    return intake->take(request->exchange, chunk, request->entry->user_data, error);
}

/* Its end is not waited for any longer. */
static void
give_up(Request *request)
{
    if (request->is_answered)
        cut_off(request->message);
    else if (request->is_refused)
        answer_early(request);
    else
        hang_up(request->message);
}

static void
on_got_chunk(SoupServerMessage *message G_GNUC_UNUSED, GBytes *chunk, gpointer user_data)
{
    Request *request = user_data;
    request->n_bytes += (goffset)g_bytes_get_size(chunk);
    if (request->n_bytes > get_swallow_max(request)) {
        give_up(request);
        return;
    }
    g_autoptr(GError) error = NULL;
    if (!request->is_refused && request->entry != NULL
        && (!body_fits(request, request->n_bytes, &error)
            || !take_chunk(request, chunk, &error)))
        refuse(request, error);
}

static void
stop_waiting(SoupServerMessage *message G_GNUC_UNUSED, gpointer user_data)
{
    Request *request = user_data;
    g_clear_handle_id(&request->judging, g_source_remove);
    g_clear_handle_id(&request->deadline, g_source_remove);
}

static void
on_got_body(SoupServerMessage *message, gpointer user_data)
{
    const Request *request = user_data;
    stop_waiting(message, user_data);
    if (request->is_answered)
        hang_up(message);
}

static gboolean
on_deadline(gpointer user_data)
{
    Request *request = user_data;
    request->deadline = 0;
    give_up(request);
    return G_SOURCE_REMOVE;
}

static void
request_free(gpointer data)
{
    Request *request = data;
    g_clear_handle_id(&request->judging, g_source_remove);
    g_clear_handle_id(&request->deadline, g_source_remove);
    g_free(request);
}

static void
on_replied(ScExchange *exchange, unsigned status, gpointer user_data)
{
    Request *request = user_data;
    ScServer *self = request->server;
    SoupServerMessage *message = sc_exchange_get_message(exchange);
    if (self->replied != NULL)
        self->replied(soup_server_message_get_method(message),
                      request->entry != NULL ? request->entry->route->pattern
                                             : ANY_PATTERN,
                      status, self->replied_data);
}

static void
on_request_started(SoupServer *soup G_GNUC_UNUSED, SoupServerMessage *message,
                   gpointer user_data)
{
    ScServer *self = user_data;
    Request *request = g_new0(Request, 1);
    request->server = self;
    request->message = message;
    request->exchange = sc_exchange_new(message, on_replied, request);
    set_deadline(request, self->request_timeout_ms);
    g_object_set_data_full(G_OBJECT(message), "sc-request", request, request_free);
    g_signal_connect(message, "got-headers", G_CALLBACK(on_got_headers), request);
    g_signal_connect(message, "got-chunk", G_CALLBACK(on_got_chunk), request);
    g_signal_connect(message, "got-body", G_CALLBACK(on_got_body), request);
    g_signal_connect(message, "finished", G_CALLBACK(stop_waiting), request);
}

/* Called with the whole request and no answer so far. */
static void
on_request(SoupServer *soup G_GNUC_UNUSED, SoupServerMessage *message,
           const char *path G_GNUC_UNUSED, GHashTable *query G_GNUC_UNUSED,
           gpointer user_data G_GNUC_UNUSED)
{
    Request *request = g_object_get_data(G_OBJECT(message), "sc-request");
    sc_exchange_hold(request->exchange);
    request->entry->route->handle(request->exchange, request->entry->user_data);
}

/* The answer is out, and the connection is a WebSocket's. It waits where it waited
 * before. */
static void
on_switched(SoupServerMessage *message, gpointer user_data)
{
    ScServer *self = user_data;
    GMainContext *context = sc_listener_get_context(message);
    GSocket *socket = sc_listener_get_socket(message);
    g_object_ref(message);
    g_autoptr(GIOStream) stream = soup_server_message_steal_connection(message);
    g_main_context_push_thread_default(context);
    g_autoptr(SoupWebsocketConnection) connection = soup_websocket_connection_new(
        stream, soup_server_message_get_uri(message), SOUP_WEBSOCKET_CONNECTION_SERVER,
        NULL, self->websocket.protocol, NULL);
    self->websocket.upgraded(connection, socket, self->websocket.user_data);
    g_main_context_pop_thread_default(context);
    g_object_unref(message);
}

static bool
is_wanted(ScServer *self, ScExchange *exchange)
{
    const char *upgrade = sc_exchange_get_header(exchange, "Upgrade");
    const char *protocols = sc_exchange_get_header(exchange, "Sec-WebSocket-Protocol");
    return upgrade != NULL && g_ascii_strcasecmp(upgrade, "websocket") == 0
           && protocols != NULL
           && soup_header_contains(protocols, self->websocket.protocol);
}

/* No extension is taken: compressed messages would have to be inflated before they can be
 * measured. */
static void
on_websocket_request(SoupServer *soup G_GNUC_UNUSED, SoupServerMessage *message,
                     const char *path G_GNUC_UNUSED, GHashTable *query G_GNUC_UNUSED,
                     gpointer user_data)
{
    ScServer *self = user_data;
    Request *request = g_object_get_data(G_OBJECT(message), "sc-request");
    char *protocols[] = { (char *)self->websocket.protocol,
                          NULL }; /* libsoup reads them */
    if (is_wanted(self, request->exchange)) {
        if (soup_websocket_server_process_handshake(message, NULL, protocols, NULL, NULL))
            g_signal_connect(message, "wrote-informational", G_CALLBACK(on_switched),
                             self);
        return;
    }
    g_autoptr(GError) error = g_error_new(
        SC_PROBLEM_ERROR, SC_PROBLEM_UPGRADE_REQUIRED,
        "Upgrade: websocket with sub-protocol %s is needed", self->websocket.protocol);
    sc_exchange_set_header(request->exchange, "Upgrade", "websocket");
    sc_exchange_refuse(request->exchange, error);
}

ScServer *
sc_server_new(const ScConfig *config)
{
    ScServer *self = g_new0(ScServer, 1);
    self->soup = soup_server_new("server-header", "synclass", NULL);
    self->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    self->request_timeout_ms = config->request_timeout_ms;
    soup_server_add_handler(self->soup, NULL, on_request, self, NULL);
    g_signal_connect(self->soup, "request-started", G_CALLBACK(on_request_started), self);
    return self;
}

void
sc_server_free(ScServer *self)
{
    if (self == NULL)
        return;
    sc_listener_free(self->listener);
    soup_server_disconnect(self->soup);
    g_object_unref(self->soup);
    g_array_unref(self->entries);
    g_free(self);
}

void
sc_server_add_routes(ScServer *self, const ScRoute *routes, size_t n_routes,
                     gpointer user_data)
{
    for (size_t i = 0; i < n_routes; i++) {
        Entry entry = { &routes[i], NULL, user_data };
        g_array_append_val(self->entries, entry);
    }
}

void
sc_server_add_intake(ScServer *self, const ScRoute *route, const ScIntake *intake,
                     gpointer user_data)
{
    Entry entry = { route, intake, user_data };
    g_array_append_val(self->entries, entry);
}

static void
handle_never(ScExchange *exchange G_GNUC_UNUSED, gpointer user_data G_GNUC_UNUSED)
{
    g_assert_not_reached(); /* on_websocket_request() has it, by its path */
}

void
sc_server_add_websocket(ScServer *self, const char *path, const char *protocol,
                        ScUpgraded upgraded, gpointer user_data)
{
    g_assert(self->websocket.upgraded == NULL);
    self->websocket.route =
        (ScRoute){ .method = "GET", .pattern = path, .handle = handle_never };
    self->websocket.protocol = protocol;
    self->websocket.upgraded = upgraded;
    self->websocket.user_data = user_data;
    sc_server_add_routes(self, &self->websocket.route, 1, NULL);
    soup_server_add_handler(self->soup, path, on_websocket_request, self, NULL);
}

void
sc_server_set_observer(ScServer *self, ScServerReplied replied, gpointer user_data)
{
    self->replied = replied;
    self->replied_data = user_data;
}

gboolean
sc_server_listen(ScServer *self, const ScConfig *config, GError **error)
{
    g_assert(self->listener == NULL);
    self->listener = sc_listener_new(self->soup, config, error);
    return self->listener != NULL;
}

unsigned
sc_server_get_port(const ScServer *self)
{
    return self->listener != NULL ? sc_listener_get_port(self->listener) : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/signaling/stage.h"

#include <glib/gstdio.h>

#include "signaling/problem.h"

static void
open_service(Stage *stage)
{
    g_autoptr(GError) error = NULL;
    stage->service = sc_service_new(stage->config, &error);
    g_assert_no_error(error);
}

void
stage_open(Stage *stage, void (*adjust)(ScConfig *config))
{
    stage_open_large(stage, 2, adjust);
}

void
stage_open_large(Stage *stage, unsigned n_classrooms, void (*adjust)(ScConfig *config))
{
    g_autoptr(GError) error = NULL;
    *stage = (Stage){ 0 };
    stage->folder = g_dir_make_tmp("sc-stage-XXXXXX", &error);
    g_assert_no_error(error);
    stage->config = sc_config_new();
    stage->config->port = 0;
    g_free(stage->config->database);
    stage->config->database = g_build_filename(stage->folder, "test.db", NULL);
    g_free(stage->config->socket);
    stage->config->socket = g_build_filename(stage->folder, "control.sock", NULL);
    if (adjust != NULL)
        adjust(stage->config);
    open_service(stage);
    stage->sample = sc_sample_seed(sc_service_get_store(stage->service), n_classrooms,
                                   g_get_real_time() / 1000, &error);
    g_assert_no_error(error);
    stage->http = soup_session_new();
}

static void
remove_folder(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        g_unlink(file);
    }
    g_rmdir(path);
}

void
stage_close(Stage *stage)
{
    soup_session_abort(stage->http);
    g_object_unref(stage->http);
    fake_relay_free(stage->relay);
    sc_service_free(stage->service);
    /* What ends from the main loop only. */
    for (unsigned i = 0; i < 100; i++)
        g_main_context_iteration(NULL, FALSE);
    sc_sample_free(stage->sample);
    remove_folder(stage->folder);
    sc_config_free(stage->config);
    g_free(stage->folder);
}

void
stage_restart_service(Stage *stage)
{
    sc_service_free(stage->service);
    open_service(stage);
}

static gboolean
on_patience(gpointer user_data)
{
    *(bool *)user_data = true;
    return G_SOURCE_CONTINUE;
}

void
stage_wait(bool (*condition)(gpointer user_data), gpointer user_data)
{
    bool is_over = false;
    guint source = g_timeout_add_seconds(STAGE_PATIENCE_S, on_patience, &is_over);
    while (!condition(user_data)) {
        g_assert_false(is_over);
        g_main_context_iteration(NULL, TRUE);
    }
    g_source_remove(source);
}

static bool
relay_is_ready(gpointer stage)
{
    return sc_media_is_ready(
        sc_conductor_get_media(sc_service_get_conductor(((Stage *)stage)->service)));
}

static bool
relay_is_gone(gpointer stage)
{
    return !relay_is_ready(stage);
}

void
stage_wait_for_relay(Stage *stage, bool is_ready)
{
    stage_wait(is_ready ? relay_is_ready : relay_is_gone, stage);
}

void
stage_start_relay(Stage *stage, const char *instance)
{
    g_assert_null(stage->relay);
    stage->relay = fake_relay_new(stage->config->socket, instance);
    g_assert_true(fake_relay_hello(stage->relay));
    stage_wait_for_relay(stage, true);
}

void
stage_stop_relay(Stage *stage)
{
    g_clear_pointer(&stage->relay, fake_relay_free);
    stage_wait_for_relay(stage, false);
}

/* Requests are handled in order on each connection: an answer to a later one says that
 * all before it was handled, at the relay too. */
void
stage_settle(Stage *stage)
{
    for (unsigned i = 0; i < 2; i++) {
        g_auto(Answer) answer =
            stage_send(stage, "GET", "/metrics", NULL, NULL, NULL, NULL);
        g_assert_cmpuint(answer.status, ==, 200);
    }
}

const char *
stage_get_token(const Stage *stage, unsigned site)
{
    g_assert_cmpuint(site, <, stage->sample->n_sites);
    return stage->sample->sites[site].token;
}

char *
stage_dup_sdp(const char *name)
{
    g_autofree char *path = g_build_filename(SC_TEST_VECTORS, "sdp", name, NULL);
    g_autoptr(GError) error = NULL;
    char *text = NULL;
    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

typedef struct {
    Answer answer;
    bool is_done;
} Sending;

static void
on_sent(GObject *session, GAsyncResult *result, gpointer user_data)
{
    Sending *sending = user_data;
    g_autoptr(GError) error = NULL;
    sending->answer.body =
        soup_session_send_and_read_finish(SOUP_SESSION(session), result, &error);
    g_assert_no_error(error);
    sending->is_done = true;
}

static bool
is_sent(gpointer user_data)
{
    return ((Sending *)user_data)->is_done;
}

static char *
read_problem(SoupMessage *message, GBytes *body)
{
    const char *type = soup_message_headers_get_content_type(
        soup_message_get_response_headers(message), NULL);
    if (g_strcmp0(type, "application/problem+json") != 0)
        return NULL;
    g_autoptr(JsonParser) parser = json_parser_new();
    g_assert_true(json_parser_load_from_data(parser, g_bytes_get_data(body, NULL),
                                             (gssize)g_bytes_get_size(body), NULL));
    JsonObject *object = json_node_get_object(json_parser_get_root(parser));
    g_assert_cmpint(json_object_get_int_member(object, "status"), ==,
                    soup_message_get_status(message));
    const char *name = json_object_get_string_member(object, "type");
    g_assert_true(g_str_has_prefix(name, "urn:synclass:problem:"));
    return g_strdup(name + strlen("urn:synclass:problem:"));
}

static char *
make_uri(Stage *stage, const char *scheme, const char *path)
{
    return g_strdup_printf("%s://127.0.0.1:%u%s", scheme,
                           sc_service_get_port(stage->service), path);
}

Answer
stage_send(Stage *stage, const char *method, const char *path, const char *token,
           const char *content_type, const char *body, const char *const *headers)
{
    g_autofree char *uri = make_uri(stage, "http", path);
    Sending sending = { 0 };
    sending.answer.message = soup_message_new(method, uri);
    SoupMessageHeaders *request =
        soup_message_get_request_headers(sending.answer.message);
    if (token != NULL) {
        g_autofree char *bearer = g_strconcat("Bearer ", token, NULL);
        soup_message_headers_append(request, "Authorization", bearer);
    }
    for (; headers != NULL && headers[0] != NULL; headers += 2)
        soup_message_headers_append(request, headers[0], headers[1]);
    if (body != NULL) {
        g_autoptr(GBytes) bytes = g_bytes_new(body, strlen(body));
        soup_message_set_request_body_from_bytes(sending.answer.message, content_type,
                                                 bytes);
    }
    soup_session_send_and_read_async(stage->http, sending.answer.message,
                                     G_PRIORITY_DEFAULT, NULL, on_sent, &sending);
    stage_wait(is_sent, &sending);
    sending.answer.status = soup_message_get_status(sending.answer.message);
    sending.answer.problem = read_problem(sending.answer.message, sending.answer.body);
    return sending.answer;
}

void
answer_clear(Answer *answer)
{
    g_clear_object(&answer->message);
    g_clear_pointer(&answer->body, g_bytes_unref);
    g_clear_pointer(&answer->problem, g_free);
}

const char *
answer_get_header(const Answer *answer, const char *name)
{
    return soup_message_headers_get_one(
        soup_message_get_response_headers(answer->message), name);
}

char *
stage_join(Stage *stage, const char *door, unsigned site, const char *sdp)
{
    g_autofree char *offer = stage_dup_sdp(sdp);
    g_autofree char *path = g_strdup_printf("/%s/%s", door, stage->sample->lesson);
    g_auto(Answer) answer = stage_send(stage, "POST", path, stage_get_token(stage, site),
                                       "application/sdp", offer, NULL);
    g_assert_cmpstr(answer.problem, ==, NULL);
    g_assert_cmpuint(answer.status, ==, 201);
    const char *location = answer_get_header(&answer, "Location");
    g_assert_true(g_str_has_prefix(location, path));
    return g_strdup(strrchr(location, '/') + 1);
}

/* People. */

static void
on_text(SoupWebsocketConnection *connection G_GNUC_UNUSED, int type, GBytes *bytes,
        gpointer user_data)
{
    Person *person = user_data;
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    g_assert_cmpint(type, ==, SOUP_WEBSOCKET_DATA_TEXT);
    g_queue_push_tail(person->texts, g_strndup(text, length));
}

static void
on_closed(SoupWebsocketConnection *connection G_GNUC_UNUSED, gpointer user_data)
{
    ((Person *)user_data)->is_closed = true;
}

typedef struct {
    SoupWebsocketConnection *connection;
    bool is_done;
} Meeting;

static void
on_met(GObject *session, GAsyncResult *result, gpointer user_data)
{
    Meeting *meeting = user_data;
    meeting->connection =
        soup_session_websocket_connect_finish(SOUP_SESSION(session), result, NULL);
    meeting->is_done = true;
}

static bool
is_met(gpointer user_data)
{
    return ((Meeting *)user_data)->is_done;
}

static void
say_hello(Person *person, const char *token, ScEvent *out_welcome)
{
    ScRequest request = { .type = SC_REQUEST_HELLO, .id = SC_NO_ID };
    g_strlcpy(request.hello.token, token, sizeof request.hello.token);
    request.hello.language = SC_LANGUAGE_EN;
    g_autofree char *text = sc_request_print(&request);
    g_auto(ScEvent) event = { 0 };
    person_say(person, text);
    person_hear(person, &event);
    g_assert_cmpint(event.type, ==, SC_EVENT_WELCOME);
    if (out_welcome != NULL) {
        *out_welcome = event;
        event = (ScEvent){ .type = SC_EVENT_PONG };
    }
}

Person *
stage_meet(Stage *stage, const char *token, ScEvent *out_welcome)
{
    g_autofree char *uri = make_uri(stage, "ws", "/events");
    g_autoptr(SoupMessage) message = soup_message_new("GET", uri);
    char *protocols[] = { (char *)SC_EVENTS_PROTOCOL, NULL };
    Meeting meeting = { 0 };
    soup_session_websocket_connect_async(stage->http, message, NULL, protocols,
                                         G_PRIORITY_DEFAULT, NULL, on_met, &meeting);
    stage_wait(is_met, &meeting);
    Person *person = g_new0(Person, 1);
    person->connection = meeting.connection;
    person->texts = g_queue_new();
    g_assert_nonnull(person->connection);
    g_signal_connect(person->connection, "message", G_CALLBACK(on_text), person);
    g_signal_connect(person->connection, "closed", G_CALLBACK(on_closed), person);
    if (token != NULL)
        say_hello(person, token, out_welcome);
    return person;
}

void
person_say(Person *person, const char *text)
{
    soup_websocket_connection_send_text(person->connection, text);
}

static bool
has_text(gpointer user_data)
{
    return !g_queue_is_empty(((Person *)user_data)->texts);
}

void
person_hear(Person *person, ScEvent *out_event)
{
    stage_wait(has_text, person);
    g_autofree char *text = g_queue_pop_head(person->texts);
    g_autoptr(GError) error = NULL;
    g_test_message("heard %s", text);
    g_assert_true(sc_event_parse(text, strlen(text), out_event, &error));
    g_assert_no_error(error);
}

void
person_await(Person *person, ScEventType type, ScEvent *out_event)
{
    for (;;) {
        person_hear(person, out_event);
        if (out_event->type == type)
            return;
        sc_event_clear(out_event);
    }
}

static bool
is_closed(gpointer user_data)
{
    return ((Person *)user_data)->is_closed;
}

unsigned
person_await_close(Person *person)
{
    stage_wait(is_closed, person);
    return soup_websocket_connection_get_close_code(person->connection);
}

void
person_leave(Person *person)
{
    if (person == NULL)
        return;
    g_signal_handlers_disconnect_by_data(person->connection, person);
    if (soup_websocket_connection_get_state(person->connection)
        == SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_close(person->connection, 1000, NULL);
    g_object_unref(person->connection);
    g_queue_free_full(person->texts, g_free);
    g_free(person);
}

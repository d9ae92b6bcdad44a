/* SPDX-License-Identifier: Apache-2.0 */
/* bench-crowd: a teacher, many classrooms and thousands of pupils' phones on the events
 * of one lesson, in one process; prints what each thing took as JSON. Started by
 * `./run bench room`. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/bench/crowd/scenes.h"

#define AT_ONCE 64 /* connections under way */

typedef struct {
    const char *url;
    JsonArray *sites; /* borrowed: of the sample, the teacher's first */
    const char *lesson;
    const char *document; /* a PDF's path */
    unsigned n_pupils;
    unsigned n_rounds;
    unsigned seed;
} Options;

static bool
is_welcome_or_closed(gpointer user_data)
{
    const Guest *guest = user_data;
    if (guest->is_closed)
        g_error("guest %u: not let in", guest->index);
    return guest->is_welcome;
}

static const char *
get_token(const Options *options, unsigned site)
{
    return json_object_get_string_member(
        json_array_get_object_element(options->sites, site), "token");
}

typedef struct {
    GBytes *body; /* owned; NULL: none so far */
    GError *error;
} Answer;

static void
on_answered(GObject *session, GAsyncResult *result, gpointer user_data)
{
    Answer *answer = user_data;
    answer->body =
        soup_session_send_and_read_finish(SOUP_SESSION(session), result, &answer->error);
}

static bool
is_answered(gpointer user_data)
{
    const Answer *answer = user_data;
    return answer->body != NULL || answer->error != NULL;
}

/* A pupil's token for the room's @code; the caller owns it. Those who came before go on
 * meanwhile. */
static char *
join_room(SoupSession *session, const char *url, const char *code)
{
    g_autofree char *place = g_strconcat(url, "/pupils", NULL);
    g_autofree char *text = g_strdup_printf("{\"code\":\"%s\"}", code);
    g_autoptr(SoupMessage) message = soup_message_new("POST", place);
    g_autoptr(GBytes) body = g_bytes_new(text, strlen(text));
    g_autoptr(GError) error = NULL;
    soup_message_set_request_body_from_bytes(message, "application/json", body);
    Answer answer = { 0 };
    gsize length = 0;
    soup_session_send_and_read_async(session, message, G_PRIORITY_DEFAULT, NULL,
                                     on_answered, &answer);
    scene_wait(is_answered, &answer, "POST /pupils is answered");
    if (answer.error != NULL)
        g_error("POST /pupils: %s", answer.error->message);
    g_autoptr(GBytes) told = answer.body;
    const char *said = g_bytes_get_data(told, &length);
    if (soup_message_get_status(message) != SOUP_STATUS_CREATED)
        g_error("POST /pupils: %u %.*s", soup_message_get_status(message), (int)length,
                said);
    g_autoptr(JsonParser) parser = json_parser_new();
    if (!json_parser_load_from_data(parser, said, (gssize)length, &error))
        g_error("POST /pupils: %s", error->message);
    return g_strdup(json_object_get_string_member(
        json_node_get_object(json_parser_get_root(parser)), "token"));
}

static GPtrArray *
seat_classrooms(const Options *options)
{
    unsigned n = json_array_get_length(options->sites) - 1;
    GPtrArray *classrooms = g_ptr_array_new_full(n, (GDestroyNotify)guest_free);
    for (unsigned i = 0; i < n; i++) {
        Guest *guest = guest_new(options->url, get_token(options, i + 1), i);
        g_ptr_array_add(classrooms, guest);
        scene_wait(is_welcome_or_closed, guest, "a classroom is welcome");
    }
    return classrooms;
}

static GPtrArray *
seat_pupils(SoupSession *session, const Options *options, GPtrArray *classrooms)
{
    GPtrArray *pupils =
        g_ptr_array_new_full(options->n_pupils, (GDestroyNotify)guest_free);
    for (unsigned i = 0; i < options->n_pupils; i++) {
        const Guest *room = g_ptr_array_index(classrooms, i % classrooms->len);
        if (room->code == NULL)
            g_error("classroom %u has no code", room->index);
        g_autofree char *token = join_room(session, options->url, room->code);
        g_ptr_array_add(pupils, guest_new(options->url, token, i));
        if (i >= AT_ONCE)
            scene_wait(is_welcome_or_closed, g_ptr_array_index(pupils, i - AT_ONCE),
                       "a pupil is welcome");
    }
    for (unsigned i = 0; i < pupils->len; i++)
        scene_wait(is_welcome_or_closed, g_ptr_array_index(pupils, i),
                   "a pupil is welcome");
    return pupils;
}

/* The teacher's slides. */
static void
hand_in(SoupSession *session, const Options *options)
{
    g_autofree char *place =
        g_strdup_printf("%s/documents/%s?name=slides.pdf", options->url, options->lesson);
    g_autofree char *bearer = g_strconcat("Bearer ", get_token(options, 0), NULL);
    g_autoptr(SoupMessage) message = soup_message_new("POST", place);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(options->document, &text, &length, &error))
        g_error("%s", error->message);
    g_autoptr(GBytes) body = g_bytes_new(text, length);
    soup_message_set_request_body_from_bytes(message, "application/pdf", body);
    soup_message_headers_append(soup_message_get_request_headers(message),
                                "Authorization", bearer);
    g_autoptr(GBytes) answer = soup_session_send_and_read(session, message, NULL, &error);
    if (answer == NULL || soup_message_get_status(message) != SOUP_STATUS_CREATED)
        g_error("POST /documents: %u %s", soup_message_get_status(message),
                error != NULL ? error->message : "");
}

static void
print_result(JsonBuilder *builder)
{
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autofree char *text = json_to_string(root, FALSE);
    g_print("%s\n", text);
}

static void
run(const Options *options)
{
    g_autoptr(SoupSession) session = soup_session_new();
    g_autoptr(JsonBuilder) builder = json_builder_new();
    Guest *teacher = guest_new(options->url, get_token(options, 0), 0);
    scene_wait(is_welcome_or_closed, teacher, "the teacher is welcome");
    g_autoptr(GPtrArray) classrooms = seat_classrooms(options);
    g_autoptr(GPtrArray) pupils = seat_pupils(session, options, classrooms);
    g_autoptr(GRand) chance = g_rand_new_with_seed(options->seed);
    hand_in(session, options);
    Crowd crowd = { teacher, classrooms, pupils, chance };
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "classrooms");
    json_builder_add_int_value(builder, classrooms->len);
    json_builder_set_member_name(builder, "pupils");
    json_builder_add_int_value(builder, pupils->len);
    json_builder_set_member_name(builder, "seed");
    json_builder_add_int_value(builder, options->seed);
    scene_clicks(&crowd, options->n_rounds, builder);
    scene_quiz(&crowd, builder);
    json_builder_end_object(builder);
    print_result(builder);
    guest_free(teacher);
}

static void
allow_many_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int
main(int argc, char **argv)
{
    g_autofree char *url = NULL, *sample = NULL, *document = NULL;
    int n_pupils = 0, n_rounds = 100, seed = 1;
    const GOptionEntry entries[] = {
        { "url", 0, 0, G_OPTION_ARG_STRING, &url, "Of signaling", "URL" },
        { "sample", 0, 0, G_OPTION_ARG_FILENAME, &sample, "What seed wrote", "FILE" },
        { "document", 0, 0, G_OPTION_ARG_FILENAME, &document, "Slides", "PDF" },
        { "pupils", 0, 0, G_OPTION_ARG_INT, &n_pupils, "How many, in all", "N" },
        { "rounds", 0, 0, G_OPTION_ARG_INT, &n_rounds, "Of each click", "N" },
        { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "Of chance", "N" },
        { NULL, 0, 0, 0, NULL, NULL, NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || url == NULL
        || sample == NULL || document == NULL || n_pupils < 1 || n_rounds < 1) {
        g_printerr("bench-crowd: %s\n", error != NULL
                                            ? error->message
                                            : "--url, --sample, --document and --pupils");
        return EXIT_FAILURE;
    }
    g_autoptr(JsonParser) parser = json_parser_new();
    if (!json_parser_load_from_file(parser, sample, &error)) {
        g_printerr("bench-crowd: %s\n", error->message);
        return EXIT_FAILURE;
    }
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    Options options = { .url = url,
                        .sites = json_object_get_array_member(root, "sites"),
                        .lesson = json_object_get_string_member(root, "lesson"),
                        .document = document,
                        .n_pupils = (unsigned)n_pupils,
                        .n_rounds = (unsigned)n_rounds,
                        .seed = (unsigned)seed };
    allow_many_files();
    run(&options);
    return EXIT_SUCCESS;
}

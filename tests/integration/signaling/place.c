/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/signaling/place.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include <glib/gstdio.h>

#include "tests/integration/signaling/client.h"

#define POLL_MS 5 /* of what only a file or another process knows */

static char *
build_path(const Place *place, const char *name)
{
    return g_build_filename(place->folder, name, NULL);
}

char *
place_dup_database(const Place *place)
{
    return build_path(place, "synclass.db");
}

/* A test that aborts takes its programs with it. */
static void
die_with_parent(gpointer user_data G_GNUC_UNUSED)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static GSubprocess *
start(Place *place, const char *const *arguments)
{
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDERR_MERGE);
    g_autofree char *name = g_strdup_printf("log-%u", place->n_logs++);
    g_autofree char *log = build_path(place, name);
    g_autoptr(GError) error = NULL;

    g_subprocess_launcher_set_child_setup(launcher, die_with_parent, NULL, NULL);
    g_subprocess_launcher_set_stdout_file_path(launcher, log);
    GSubprocess *process = g_subprocess_launcher_spawnv(launcher, arguments, &error);
    g_assert_no_error(error);
    return process;
}

static char *
read_log(const Place *place, unsigned number)
{
    g_autofree char *name = g_strdup_printf("log-%u", number);
    g_autofree char *path = build_path(place, name);
    char *text = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

void
place_run_until(bool (*condition)(gpointer user_data), gpointer user_data,
                const char *what)
{
    gint64 end_us = g_get_monotonic_time() + PATIENCE_S * G_USEC_PER_SEC;

    while (!condition(user_data)) {
        if (g_get_monotonic_time() > end_us)
            g_error("waited %d s in vain for: %s", PATIENCE_S, what);
        place_run_for_ms(POLL_MS);
    }
}

static gboolean
on_time(gpointer user_data)
{
    bool *is_over = user_data;

    *is_over = true;
    return G_SOURCE_REMOVE;
}

void
place_run_for_ms(unsigned duration_ms)
{
    bool is_over = false;

    g_timeout_add(duration_ms, on_time, &is_over);
    while (!is_over)
        g_main_context_iteration(NULL, TRUE);
}

/* "listening on 127.0.0.1 port 41234, …" is the first it says. */
static bool
has_port(gpointer user_data)
{
    Place *place = user_data;
    g_autofree char *log = read_log(place, place->n_logs - 1);
    const char *found = strstr(log, " port ");

    if (found == NULL || strchr(found, ',') == NULL)
        return false;
    place->port = (unsigned)g_ascii_strtoull(found + strlen(" port "), NULL, 10);
    return true;
}

void
place_start_signaling(Place *place)
{
    g_autofree char *database = place_dup_database(place);
    g_autofree char *socket = build_path(place, "control.sock");
    g_autofree char *port = g_strdup_printf("%u", place->port);
    const char *arguments[] = {
        SC_SIGNALING, "serve",     "--port", port, "--database",
        database,     "--control", socket,   NULL, /* for options, and the end */
        NULL,         NULL,        NULL,
    };
    size_t n = 8;

    if (place->has_test_clock)
        arguments[n++] = "--test-clock";
    if (place->settings != NULL) {
        arguments[n++] = "--config";
        arguments[n++] = place->settings;
    }
    g_assert_null(place->signaling);
    place->signaling = start(place, arguments);
    if (place->port != 0)
        return;
    place_run_until(has_port, place, "signaling's port");
    place->url = g_strdup_printf("http://127.0.0.1:%u", place->port);
}

void
place_start_relay(Place *place)
{
    g_autofree char *socket = build_path(place, "control.sock");
    const char *const arguments[] = {
        SC_RELAY,    "--listen", "127.0.0.1", "--port", "0",
        "--workers", "2",        "--control", socket,   NULL
    };

    g_assert_null(place->relay);
    place->relay = start(place, arguments);
}

static void
kill_and_wait(GSubprocess **process)
{
    g_subprocess_send_signal(*process, SIGKILL);
    g_assert_true(g_subprocess_wait(*process, NULL, NULL));
    g_clear_object(process);
}

void
place_kill_signaling(Place *place)
{
    kill_and_wait(&place->signaling);
}

void
place_kill_relay(Place *place)
{
    kill_and_wait(&place->relay);
}

static bool
is_ready(gpointer user_data)
{
    Place *place = user_data;
    g_auto(Answer) answer = client_try(place, "GET", "/healthz");

    return answer.status == 200;
}

void
place_await_ready(Place *place)
{
    place_run_until(is_ready, place, "signaling and its relay");
}

void
place_seed(Place *place, unsigned n_classrooms)
{
    g_autofree char *database = place_dup_database(place);
    g_autofree char *output = build_path(place, "sample.json");
    g_autofree char *number = g_strdup_printf("%u", n_classrooms);
    const char *const arguments[] = { SC_SIGNALING,   "seed", "--database", database,
                                      "--classrooms", number, "--url",      "http://x",
                                      "--output",     output, NULL };
    g_autoptr(GSubprocess) process = start(place, arguments);
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GStrvBuilder) tokens = g_strv_builder_new();

    g_assert_true(g_subprocess_wait_check(process, NULL, NULL));
    g_assert_true(json_parser_load_from_file(parser, output, NULL));
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    JsonArray *sites = json_object_get_array_member(root, "sites");
    for (unsigned i = 0; i < json_array_get_length(sites); i++)
        g_strv_builder_add(tokens, json_object_get_string_member(
                                       json_array_get_object_element(sites, i), "token"));
    g_strfreev(place->tokens);
    place->tokens = g_strv_builder_end(tokens);
    g_free(place->lesson);
    place->lesson = g_strdup(json_object_get_string_member(root, "lesson"));
}

static Place *
place_new(void)
{
    Place *place = g_new0(Place, 1);

    place->folder = g_dir_make_tmp("sc-place-XXXXXX", NULL);
    g_assert_nonnull(place->folder);
    return place;
}

static void
start_all(Place *place, unsigned n_classrooms)
{
    place_seed(place, n_classrooms);
    place_start_signaling(place);
    place_start_relay(place);
    place_await_ready(place);
}

Place *
place_open_with(unsigned n_classrooms, const char *settings)
{
    Place *place = place_new();

    if (settings != NULL) {
        place->settings = build_path(place, "signaling.conf");
        g_assert_true(g_file_set_contents(place->settings, settings, -1, NULL));
    }
    start_all(place, n_classrooms);
    return place;
}

Place *
place_open_with_clock(unsigned n_classrooms)
{
    Place *place = place_new();

    place->has_test_clock = true;
    start_all(place, n_classrooms);
    return place;
}

Place *
place_open(unsigned n_classrooms)
{
    return place_open_with(n_classrooms, NULL);
}

static void
end(GSubprocess **process, const char *name)
{
    if (*process == NULL)
        return;
    g_subprocess_send_signal(*process, SIGTERM);
    g_assert_true(g_subprocess_wait(*process, NULL, NULL));
    if (!g_subprocess_get_successful(*process))
        g_test_message("%s did not end with 0", name);
    g_assert_true(g_subprocess_get_successful(*process));
    g_clear_object(process);
}

/* Whatever peers send is no cause for a warning. */
static void
check_logs(const Place *place)
{
    static const char *const forbidden[] = { "WARNING", "CRITICAL", "ERROR **",
                                             "Sanitizer", "runtime error" };

    for (unsigned i = 0; i < place->n_logs; i++) {
        g_autofree char *log = read_log(place, i);

        for (size_t j = 0; j < G_N_ELEMENTS(forbidden); j++)
            if (strstr(log, forbidden[j]) != NULL)
                g_error("a log has \"%s\":\n%s", forbidden[j], log);
    }
}

static void
remove_folder(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);

    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_assert_cmpint(g_remove(path), ==, 0);
    }
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

void
place_close(Place *place)
{
    end(&place->relay, "relay");
    end(&place->signaling, "signaling");
    check_logs(place);
    remove_folder(place->folder);
    g_strfreev(place->tokens);
    g_free(place->lesson);
    g_free(place->url);
    g_free(place->settings);
    g_free(place->folder);
    g_free(place);
}

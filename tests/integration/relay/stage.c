/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/relay/stage.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include <glib-unix.h>
#include <glib/gstdio.h>

#include "tests/integration/relay/actor.h"

#define START_US (20 * SC_STAGE_SECOND_US) /* a sanitizer's build starts slowly */
#define LOG_LINES_MAX 100

static gboolean
on_loop_readable(G_GNUC_UNUSED int fd, G_GNUC_UNUSED GIOCondition condition,
                 gpointer data)
{
    ScStage *self = data;

    sc_peer_loop_run_once(self->loop, 0);
    return G_SOURCE_CONTINUE;
}

static gboolean
on_tick(gpointer data)
{
    ScStage *self = data;
    int64_t now_us = g_get_monotonic_time();

    sc_peer_loop_run_once(self->loop, 0);
    for (unsigned i = 0; i < self->actors->len; i++)
        sc_actor_play(g_ptr_array_index(self->actors, i), now_us);
    return G_SOURCE_CONTINUE;
}

/* A test that crashes leaves no relay behind. */
static void
on_child(G_GNUC_UNUSED gpointer data)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void
start_relay(ScStage *self, const char *extra)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
    g_auto(GStrv) words = g_strsplit(extra != NULL ? extra : "--workers=2", " ", -1);
    const char *program = g_getenv("SC_RELAY");
    const char *encryptor = g_getenv("SC_RELAY_ENCRYPTOR"); /* NULL: the best */

    g_assert_nonnull(program); /* run by meson */
    g_ptr_array_add(argv, g_strdup(program));
    g_ptr_array_add(argv, g_strdup("--port=0"));
    g_ptr_array_add(argv, g_strdup("--announce=127.0.0.1,::1"));
    g_ptr_array_add(argv, g_strconcat("--control=", self->dir, "/control.sock", NULL));
    for (char **word = words; *word != NULL; word++)
        g_ptr_array_add(argv, g_strdup(*word));
    if (encryptor != NULL)
        g_ptr_array_add(argv, g_strconcat("--encryptor=", encryptor, NULL));
    g_ptr_array_add(argv, NULL);

    g_subprocess_launcher_set_child_setup(launcher, on_child, NULL, NULL);
    g_subprocess_launcher_set_stderr_file_path(launcher, self->log);
    g_subprocess_launcher_set_stdout_file_path(launcher, "/dev/null");
    self->relay =
        g_subprocess_launcher_spawnv(launcher, (const char *const *)argv->pdata, &error);
    g_assert_no_error(error);
}

void
sc_stage_set_up(ScStage *self, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    self->dir = g_dir_make_tmp("sc-stage-XXXXXX", &error);
    g_assert_no_error(error);
    self->log = g_build_filename(self->dir, "relay.log", NULL);
    g_autofree char *socket = g_build_filename(self->dir, "control.sock", NULL);
    self->control = sc_control_server_new(socket, &error);
    g_assert_no_error(error);
    self->loop = sc_peer_loop_new();
    self->identity = sc_peer_identity_new();
    self->actors = g_ptr_array_new_with_free_func((GDestroyNotify)sc_actor_free);
    self->fd_source =
        g_unix_fd_add(sc_peer_loop_get_fd(self->loop), G_IO_IN, on_loop_readable, self);
    self->tick_source = g_timeout_add(SC_PEER_TICK_US / 1000, on_tick, self);

    start_relay(self, data);
    g_assert_true(sc_control_server_wait_for_relay(self->control, START_US));
}

static void
print_log(const ScStage *self)
{
    g_autofree char *text = NULL;

    if (g_file_get_contents(self->log, &text, NULL, NULL))
        g_printerr("%s", text);
}

/* The time of its end is bounded by the test's own. */
static void
stop_relay(ScStage *self)
{
    unsigned n_lines = sc_stage_count_log_lines(self);

    g_subprocess_send_signal(self->relay, SIGTERM);
    g_subprocess_wait(self->relay, NULL, NULL);
    bool is_good = g_subprocess_get_if_exited(self->relay)
                   && g_subprocess_get_exit_status(self->relay) == 0;
    if (!is_good || (!self->may_log && n_lines > LOG_LINES_MAX))
        print_log(self);
    g_assert_true(is_good);
    if (!self->may_log)
        g_assert_cmpuint(n_lines, <=, LOG_LINES_MAX);
}

void
sc_stage_tear_down(ScStage *self, G_GNUC_UNUSED gconstpointer data)
{
    stop_relay(self);
    g_source_remove(self->fd_source);
    g_source_remove(self->tick_source);
    g_ptr_array_unref(self->actors);
    sc_control_server_free(self->control);
    sc_peer_loop_free(self->loop);
    sc_peer_identity_free(self->identity);
    g_object_unref(self->relay);

    g_autofree char *socket = g_build_filename(self->dir, "control.sock", NULL);
    g_unlink(self->log);
    g_unlink(socket);
    g_rmdir(self->dir);
    g_free(self->log);
    g_free(self->dir);
}

static bool
is_never(G_GNUC_UNUSED void *data)
{
    return false;
}

void
sc_stage_run_for(ScStage *self, int64_t us)
{
    sc_stage_run_until(self, is_never, NULL, us);
}

bool
sc_stage_run_until(G_GNUC_UNUSED ScStage *self, ScStagePredicate is_done, void *data,
                   int64_t timeout_us)
{
    int64_t end_us = g_get_monotonic_time() + timeout_us;

    while (!is_done(data)) {
        if (g_get_monotonic_time() >= end_us)
            return false;
        g_main_context_iteration(NULL, TRUE); /* the tick ends it */
    }
    return true;
}

JsonNode *
sc_stage_call(ScStage *self, const char *method, const char *params)
{
    g_autoptr(GError) error = NULL;
    JsonNode *result = sc_control_server_call(self->control, method, params, &error);

    if (error != NULL)
        print_log(self);
    g_assert_no_error(error);
    return result;
}

void
sc_stage_refuse(ScStage *self, const char *method, const char *params, int code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) result =
        sc_control_server_call(self->control, method, params, &error);

    if (result != NULL)
        g_error("%s %.300s: was accepted", method, params);
    if (error->code != code)
        print_log(self);
    if (error->code != code)
        g_error("%s %.300s: %d instead of %d: %s", method, params, error->code, code,
                error->message);
}

static uint64_t
get_figure(ScStage *self, const char *group, const char *name)
{
    g_autoptr(JsonNode) result = sc_stage_call(self, "relay.stats", "{}");
    JsonObject *figures =
        json_object_get_object_member(json_node_get_object(result), group);

    if (!json_object_has_member(figures, name))
        g_error("no %s in %s", name, group);
    return (uint64_t)json_object_get_int_member(figures, name);
}

uint64_t
sc_stage_get_verdict(ScStage *self, const char *label)
{
    return get_figure(self, "verdicts", label);
}

uint64_t
sc_stage_get_counter(ScStage *self, const char *name)
{
    return get_figure(self, "counters", name);
}

unsigned
sc_stage_count_log_lines(const ScStage *self)
{
    g_autofree char *text = NULL;
    unsigned n_lines = 0;

    if (!g_file_get_contents(self->log, &text, NULL, NULL))
        return 0;
    for (const char *c = text; *c != '\0'; c++)
        n_lines += *c == '\n';
    return n_lines;
}

const char *
sc_stage_get_state(const ScStage *self, const char *transport)
{
    for (unsigned i = sc_control_server_count(self->control, "transport.state");
         i-- > 0;) {
        JsonObject *state =
            sc_control_server_get_notification(self->control, "transport.state", i);

        if (strcmp(json_object_get_string_member(state, "transport"), transport) == 0)
            return json_object_get_string_member(state, "state");
    }
    return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* synclass-signaling: who is in which lesson, and what each room is shown. `serve` runs
 *  it, `seed` makes the sample, `admin` the first administrator. */
#define G_LOG_DOMAIN "sc-main"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <glib-unix.h>

#include "signaling/admin.h"
#include "signaling/config.h"
#include "signaling/sample.h"
#include "signaling/service.h"
#include "signaling/verify.h"

typedef struct {
    char *config;
    char *listen;
    int port; /* -1: not given */
    char *database;
    char *socket;
    char *certificate;
    char *key;
    gboolean test_clock;
} Options;

static void
options_clear(Options *options)
{
    g_free(options->config);
    g_free(options->listen);
    g_free(options->database);
    g_free(options->socket);
    g_free(options->certificate);
    g_free(options->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static bool
parse_options(Options *options, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        { "config", 0, 0, G_OPTION_ARG_FILENAME, &options->config,
          "Settings, see conf/signaling.conf", "FILE" },
        { "listen", 0, 0, G_OPTION_ARG_STRING, &options->listen, "[http] listen",
          "ADDR" },
        { "port", 0, 0, G_OPTION_ARG_INT, &options->port, "[http] port", "N" },
        { "database", 0, 0, G_OPTION_ARG_FILENAME, &options->database, "[store] database",
          "FILE" },
        { "control", 0, 0, G_OPTION_ARG_FILENAME, &options->socket, "[control] socket",
          "PATH" },
        { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &options->certificate,
          "[http] certificate", "FILE" },
        { "key", 0, 0, G_OPTION_ARG_FILENAME, &options->key, "[http] key", "FILE" },
        { "test-clock", 0, 0, G_OPTION_ARG_NONE, &options->test_clock,
          "For tests only, on loopback: PUT /test/clock moves the clock", NULL },
        { NULL, 0, 0, 0, NULL, NULL, NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new("serve");
    g_option_context_set_description(
        context,
        "Other uses: synclass-signaling admin --help, seed --help, verify --help\n");
    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, argc, argv, error);
}

static void
take_text(char **value, char **option)
{
    if (*option == NULL)
        return;
    g_free(*value);
    *value = g_steal_pointer(option);
}

static ScConfig *
load_config(Options *options, GError **error)
{
    g_autoptr(ScConfig) config = options->config != NULL
                                     ? sc_config_load(options->config, error)
                                     : sc_config_new();
    if (config == NULL)
        return NULL;
    if (options->port > 65535 || options->port < -1) {
        g_set_error(error, SC_CONFIG_ERROR, SC_CONFIG_ERROR_VALUE,
                    "--port %d: must be a number from 0 to 65535", options->port);
        return NULL;
    }
    if (options->port >= 0)
        config->port = (unsigned)options->port;
    take_text(&config->listen, &options->listen);
    take_text(&config->database, &options->database);
    take_text(&config->socket, &options->socket);
    take_text(&config->certificate, &options->certificate);
    take_text(&config->key, &options->key);
    config->test_clock = options->test_clock;
    if ((config->certificate[0] == '\0') != (config->key[0] == '\0')) {
        g_set_error(error, SC_CONFIG_ERROR, SC_CONFIG_ERROR_VALUE,
                    "certificate and key: give both or neither");
        return NULL;
    }
    return g_steal_pointer(&config);
}

static gboolean
on_signal(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_CONTINUE;
}

static void
run_loop(void)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    guint interrupt = g_unix_signal_add(SIGINT, on_signal, loop);
    guint terminate = g_unix_signal_add(SIGTERM, on_signal, loop);
    g_main_loop_run(loop);
    g_source_remove(interrupt);
    g_source_remove(terminate);
}

/* A descriptor for each connection; the usual soft limit of 1024 is for programs that use
 * select(). */
static void
raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        g_warning("the limit of open files stays: %s", g_strerror(errno));
}

static bool
serve(const ScConfig *config, GError **error)
{
    g_autoptr(ScService) service = sc_service_new(config, error);
    if (service == NULL)
        return false;
    g_message("listening on %s port %u, waiting for a relay at %s", config->listen,
              sc_service_get_port(service), config->socket);
    run_loop();
    g_message("stopping");
    return true;
}

static int
run_serve(int argc, char **argv)
{
    g_auto(Options) options = { .port = -1 };
    g_autoptr(ScConfig) config = NULL;
    g_autoptr(GError) error = NULL;
    if (parse_options(&options, &argc, &argv, &error))
        config = load_config(&options, &error);
    if (config != NULL && argc > 1) {
        g_set_error(&error, SC_CONFIG_ERROR, SC_CONFIG_ERROR_VALUE,
                    "%s: there is no such command", argv[1]);
        g_clear_pointer(&config, sc_config_free);
    }
    raise_file_limit();
    if (config != NULL && serve(config, &error))
        return EXIT_SUCCESS;
    fprintf(stderr, "synclass-signaling: %s\n", error->message);
    return EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } commands[] = {
        { "admin", sc_admin_run },
        { "seed", sc_sample_run },
        { "verify", sc_verify_run },
    };
    for (size_t i = 0; argc > 1 && i < G_N_ELEMENTS(commands); i++)
        if (g_str_equal(argv[1], commands[i].name))
            return commands[i].run(argc - 1, argv + 1);
    if (argc > 1 && g_str_equal(argv[1], "serve")) {
        argc--;
        argv++;
    }
    return run_serve(argc, argv);
}

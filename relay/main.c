/* SPDX-License-Identifier: Apache-2.0 */
/* synclass-relay: options → config → relay → exit status. */
#define G_LOG_DOMAIN "sc-relay"

#include <stdlib.h>

#include <glib-unix.h>
#include <glib.h>

#include "relay/config.h"
#include "relay/control.h"
#include "relay/desk.h"
#include "relay/relay.h"

/* An option that stands for a key of conf/relay.conf. */
typedef struct {
    const char *option;
    const char *group, *key;
    const char *help, *argument;
    char *value; /* owned; NULL: not given */
} Override;

static Override overrides[] = {
    { "listen", "network", "listen", "IP address to listen on", "ADDR", NULL },
    { "port", "network", "port", "UDP port, 0 for any", "N", NULL },
    { "announce", "network", "announce", "addresses peers are told", "A,B,…", NULL },
    { "control", "control", "socket", "signaling's Unix socket", "PATH", NULL },
    { "workers", "threads", "workers", "packet loops, 0: one per core", "N", NULL },
    { "encryptor", "send", "encryptor", "ipsec-mb or openssl", "NAME", NULL },
};

static bool
parse_options(int *argc, char ***argv, char **out_path, GError **error)
{
    GOptionEntry entries[G_N_ELEMENTS(overrides) + 2] = {
        { "config", 0, 0, G_OPTION_ARG_FILENAME, out_path, "settings, conf/relay.conf",
          "FILE" },
    };
    g_autoptr(GOptionContext) context =
        g_option_context_new("- forwards the media of lessons");

    for (unsigned i = 0; i < G_N_ELEMENTS(overrides); i++)
        entries[i + 1] = (GOptionEntry){
            overrides[i].option,
            0,
            0,
            G_OPTION_ARG_STRING,
            &overrides[i].value,
            overrides[i].help,
            overrides[i].argument,
        };
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, argc, argv, error))
        return false;
    if (*argc > 1) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
                    "%s: not an option", (*argv)[1]);
        return false;
    }
    return true;
}

static bool
configure(ScConfig *config, const char *path, GError **error)
{
    if (path != NULL && !sc_config_load(config, path, error))
        return false;
    for (unsigned i = 0; i < G_N_ELEMENTS(overrides); i++)
        if (overrides[i].value != NULL
            && !sc_config_set(config, overrides[i].group, overrides[i].key,
                              overrides[i].value, error))
            return false;
    return true;
}

static gboolean
on_stop(void *loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_CONTINUE;
}

static bool
serve(const ScConfig *config, GError **error)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(ScRelay) relay = sc_relay_new(config, error);
    g_autoptr(ScDesk) desk = NULL;
    g_autoptr(ScControl) control = NULL;

    if (relay == NULL)
        return false;
    desk = sc_desk_new(config, relay);
    control = sc_control_new(config->control, desk);
    g_unix_signal_add(SIGTERM, on_stop, loop);
    g_unix_signal_add(SIGINT, on_stop, loop);
    g_main_loop_run(loop);
    g_message("stopping");
    return true; /* control, desk, relay end in this order */
}

int
main(int argc, char **argv)
{
    g_autoptr(ScConfig) config = sc_config_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;

    if (parse_options(&argc, &argv, &path, &error) && configure(config, path, &error)
        && serve(config, &error))
        return EXIT_SUCCESS;
    g_printerr("synclass-relay: %s\n", error->message);
    return EXIT_FAILURE;
}

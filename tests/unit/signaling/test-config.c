/* SPDX-License-Identifier: Apache-2.0 */
/* conf/signaling.conf as shipped, and each way to get it wrong. */
#include <string.h>

#include <glib/gstdio.h>

#include "signaling/config.h"

static char *
write_file(const char *text)
{
    char *path = NULL;
    g_autoptr(GError) error = NULL;
    int fd = g_file_open_tmp("sc-config-XXXXXX", &path, &error);
    g_assert_no_error(error);
    g_close(fd, NULL);
    g_file_set_contents(path, text, -1, &error);
    g_assert_no_error(error);
    return path;
}

static void
shipped_file_holds_the_defaults(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ScConfig) shipped =
        sc_config_load(SC_SOURCE_ROOT "/conf/signaling.conf", &error);
    g_assert_no_error(error);
    g_autoptr(ScConfig) defaults = sc_config_new();
    g_assert_cmpstr(shipped->listen, ==, defaults->listen);
    g_assert_cmpuint(shipped->port, ==, defaults->port);
    g_assert_cmpstr(shipped->certificate, ==, defaults->certificate);
    g_assert_cmpstr(shipped->key, ==, defaults->key);
    g_assert_cmpuint(shipped->request_timeout_ms, ==, defaults->request_timeout_ms);
    g_assert_cmpstr(shipped->database, ==, defaults->database);
    g_assert_cmpstr(shipped->socket, ==, defaults->socket);
    g_assert_cmpuint(shipped->relay_timeout_ms, ==, defaults->relay_timeout_ms);
    g_assert_cmpuint(shipped->max_lessons, ==, defaults->max_lessons);
    g_assert_cmpuint(shipped->max_sites, ==, defaults->max_sites);
    g_assert_cmpuint(shipped->early_min, ==, defaults->early_min);
    g_assert_cmpuint(shipped->warn_min, ==, defaults->warn_min);
    g_assert_cmpuint(shipped->max_overtime_min, ==, defaults->max_overtime_min);
    g_assert_cmpuint(shipped->max_sessions_per_lesson, ==,
                     defaults->max_sessions_per_lesson);
    g_assert_cmpuint(shipped->max_sessions_per_site, ==, defaults->max_sessions_per_site);
    g_assert_cmpuint(shipped->idle_min, ==, defaults->idle_min);
    g_assert_cmpuint(shipped->session_hours, ==, defaults->session_hours);
    g_assert_cmpuint(shipped->max_failures, ==, defaults->max_failures);
    g_assert_cmpuint(shipped->lock_min, ==, defaults->lock_min);
    g_assert_cmpuint(shipped->keep_months, ==, defaults->keep_months);
    g_assert_cmpuint(shipped->give_way, ==, defaults->give_way);
    g_assert_cmpstr(shipped->zone, ==, defaults->zone);
    g_assert_cmpuint(shipped->max_connections, ==, defaults->max_connections);
    g_assert_cmpuint(shipped->max_unread, ==, defaults->max_unread);
    g_assert_cmpuint(shipped->hello_timeout_ms, ==, defaults->hello_timeout_ms);
    g_assert_cmpuint(shipped->rate_per_s, ==, defaults->rate_per_s);
    g_assert_cmpuint(shipped->burst, ==, defaults->burst);
}

static void
shipped_file_names_every_key(void)
{
    static const char *const keys[] = {
        "listen",
        "port",
        "certificate",
        "key",
        "request_timeout_ms",
        "database",
        "socket",
        "relay_timeout_ms",
        "max_lessons",
        "max_sites",
        "early_min",
        "warn_min",
        "max_overtime_min",
        "max_sessions_per_lesson",
        "max_sessions_per_site",
        "idle_min",
        "session_hours",
        "max_failures",
        "lock_min",
        "keep_months",
        "give_way",
        "zone",
        "max_connections",
        "max_unread",
        "hello_timeout_ms",
        "rate_per_s",
        "burst",
    };
    g_autofree char *text = NULL;
    g_assert_true(
        g_file_get_contents(SC_SOURCE_ROOT "/conf/signaling.conf", &text, NULL, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *line = g_strdup_printf("\n%s =", keys[i]);
        g_test_message("%s", keys[i]);
        g_assert_nonnull(strstr(text, line));
    }
}

static void
key_that_is_given_counts(void)
{
    g_autofree char *path = write_file("[http]\nlisten = ::1\nport=9000\n");
    g_autoptr(GError) error = NULL;
    g_autoptr(ScConfig) config = sc_config_load(path, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(config->listen, ==, "::1");
    g_assert_cmpuint(config->port, ==, 9000);
    g_assert_cmpuint(config->burst, ==, 40);
    g_unlink(path);
}

static void
wrong_file_is_refused_by_name(void)
{
    static const struct {
        const char *text;
        ScConfigError code;
        const char *detail;
    } cases[] = {
        { "[http]\nport = 65536\n", SC_CONFIG_ERROR_VALUE,
          "[http] port = 65536: must be a number from 0 to 65535" },
        { "[http]\nport = -1\n", SC_CONFIG_ERROR_VALUE, "port = -1" },
        { "[http]\nport = 80 # web\n", SC_CONFIG_ERROR_VALUE, "port = 80 # web" },
        { "[http]\nport =\n", SC_CONFIG_ERROR_VALUE, "must be a number" },
        { "[http]\nprot = 80\n", SC_CONFIG_ERROR_KEY, "[http] prot" },
        { "[store]\nport = 80\n", SC_CONFIG_ERROR_KEY, "[store] port" },
        { "[web]\nport = 80\n", SC_CONFIG_ERROR_KEY, "[web] port" },
        { "[events]\nburst = 0\n", SC_CONFIG_ERROR_VALUE, "from 1 to 1000" },
        { "[http]\ncertificate = a.pem\n", SC_CONFIG_ERROR_VALUE, "both or neither" },
        { "[http]\nkey = a.pem\n", SC_CONFIG_ERROR_VALUE, "both or neither" },
        { "port = 80\n", SC_CONFIG_ERROR_FILE, "" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = write_file(cases[i].text);
        g_autoptr(GError) error = NULL;
        g_test_message("%s", cases[i].text);
        g_assert_null(sc_config_load(path, &error));
        g_assert_error(error, SC_CONFIG_ERROR, (int)cases[i].code);
        g_assert_nonnull(strstr(error->message, path));
        g_assert_nonnull(strstr(error->message, cases[i].detail));
        g_unlink(path);
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(sc_config_load("/nowhere/signaling.conf", &error));
    g_assert_error(error, SC_CONFIG_ERROR, SC_CONFIG_ERROR_FILE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/config/" #name, name)
    ADD(shipped_file_holds_the_defaults);
    ADD(shipped_file_names_every_key);
    ADD(key_that_is_given_counts);
    ADD(wrong_file_is_refused_by_name);
#undef ADD
    return g_test_run();
}

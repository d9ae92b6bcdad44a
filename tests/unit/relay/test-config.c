/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <glib/gstdio.h>

#include "relay/config.h"

/* Where conf/relay.conf is; from meson. */
#ifndef SC_SHIPPED_CONFIG
#error "SC_SHIPPED_CONFIG is not set"
#endif

static void
the_shipped_file_is_the_defaults(void)
{
    g_autoptr(ScConfig) loaded = sc_config_new();
    g_autoptr(ScConfig) preset = sc_config_new();
    g_autoptr(GError) error = NULL;

    /* Other values first, so that a key missing in the file is seen. */
    loaded->port = 1;
    loaded->receive_buffer_kib = 64;
    loaded->send_buffer_kib = 64;
    loaded->workers = 7;
    loaded->handshakes = 7;
    loaded->run_packets = 7;
    loaded->gso = 0;
    loaded->repair_kbps = 77;
    loaded->video_packets = 64;
    loaded->audio_packets = 64;
    loaded->join_max_age_ms = 7;
    loaded->join_burst_max_kib = 7;
    loaded->join_pace_kbps = 777;
    loaded->max_transports = 7;
    loaded->max_mails = 77;
    g_assert_true(sc_config_load(loaded, SC_SHIPPED_CONFIG, &error));
    g_assert_no_error(error);

    g_assert_cmpstr(loaded->listen, ==, preset->listen);
    g_assert_cmpstr(loaded->announce, ==, preset->announce);
    g_assert_cmpstr(loaded->control, ==, preset->control);
    g_assert_cmpstr(loaded->encryptor, ==, preset->encryptor);
    g_assert_cmpint(loaded->port, ==, preset->port);
    g_assert_cmpint(loaded->receive_buffer_kib, ==, preset->receive_buffer_kib);
    g_assert_cmpint(loaded->send_buffer_kib, ==, preset->send_buffer_kib);
    g_assert_cmpint(loaded->workers, ==, preset->workers);
    g_assert_cmpint(loaded->handshakes, ==, preset->handshakes);
    g_assert_cmpint(loaded->run_packets, ==, preset->run_packets);
    g_assert_cmpint(loaded->gso, ==, preset->gso);
    g_assert_cmpint(loaded->repair_kbps, ==, preset->repair_kbps);
    g_assert_cmpint(loaded->video_packets, ==, preset->video_packets);
    g_assert_cmpint(loaded->audio_packets, ==, preset->audio_packets);
    g_assert_cmpint(loaded->join_max_age_ms, ==, preset->join_max_age_ms);
    g_assert_cmpint(loaded->join_burst_max_kib, ==, preset->join_burst_max_kib);
    g_assert_cmpint(loaded->join_pace_kbps, ==, preset->join_pace_kbps);
    g_assert_cmpint(loaded->max_transports, ==, preset->max_transports);
    g_assert_cmpint(loaded->max_mails, ==, preset->max_mails);
}

static void
a_bad_value_is_refused_by_key_value_and_limit(void)
{
    static const struct {
        const char *group, *key, *value, *message;
    } cases[] = {
        { "network", "port", "65536",
          "[network] port = 65536: must be a number from 0 to 65535" },
        { "network", "port", "http",
          "[network] port = http: must be a number from 0 to 65535" },
        { "network", "listen", "localhost",
          "[network] listen = localhost: must be an IPv4 or IPv6 address" },
        { "network", "announce", "192.0.2.1,here",
          "[network] announce = 192.0.2.1,here: must be at most 16 addresses with "
          "commas" },
        { "history", "video_packets", "1000",
          "[history] video_packets = 1000: must be a power of two from 64 to 65536" },
        { "threads", "workers", "65",
          "[threads] workers = 65: must be a number from 0 to 64" },
        { "control", "socket", "", "[control] socket = : must have from 1 to 107 bytes" },
        { "network", "ports", "1", "[network] ports: there is no such key" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ScConfig) config = sc_config_new();
        g_autoptr(GError) error = NULL;

        g_assert_false(
            sc_config_set(config, cases[i].group, cases[i].key, cases[i].value, &error));
        g_assert_cmpstr(error->message, ==, cases[i].message);
        g_assert_cmpint(config->port, ==, 8443);
    }
}

static void
a_file_is_named_in_its_error(void)
{
    g_autoptr(ScConfig) config = sc_config_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("relay-XXXXXX.conf", &path, &error);

    g_assert_cmpint(fd, >=, 0);
    g_close(fd, NULL);
    g_assert_true(g_file_set_contents(path, "[network]\nport = -1\n", -1, &error));
    g_assert_false(sc_config_load(config, path, &error));
    g_assert_true(g_str_has_prefix(error->message, path));
    g_assert_true(g_str_has_suffix(error->message, "must be a number from 0 to 65535"));
    g_unlink(path);
}

static void
announced_are_the_configured_addresses_else_where_it_listens(void)
{
    static const struct {
        const char *listen, *announce;
        unsigned n_expected;
        const char *first;
    } cases[] = {
        { "::", "192.0.2.1, 2001:db8::1", 2, "192.0.2.1" },
        { "127.0.0.1", "", 1, "127.0.0.1" },
        { "::1", "", 1, "::1" },
        { "::1", "198.51.100.9", 1, "198.51.100.9" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ScConfig) config = sc_config_new();
        ScAddress addresses[SC_CONFIG_ANNOUNCE_MAX];
        char text[SC_ADDRESS_STRING_MAX];

        g_assert_true(sc_config_set(config, "network", "listen", cases[i].listen, NULL));
        g_assert_true(
            sc_config_set(config, "network", "announce", cases[i].announce, NULL));
        g_assert_cmpuint(sc_config_get_announced(config, addresses), ==,
                         cases[i].n_expected);
        g_assert_cmpstr(sc_address_write_ip(&addresses[0], text), ==, cases[i].first);
    }
}

static void
own_addresses_are_announced_where_nothing_is_said(void)
{
    g_autoptr(ScConfig) config = sc_config_new();
    ScAddress addresses[SC_CONFIG_ANNOUNCE_MAX];

    g_assert_cmpuint(sc_config_get_announced(config, addresses), >, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/relay/config/" #name, name)
    ADD(the_shipped_file_is_the_defaults);
    ADD(a_bad_value_is_refused_by_key_value_and_limit);
    ADD(a_file_is_named_in_its_error);
    ADD(announced_are_the_configured_addresses_else_where_it_listens);
    ADD(own_addresses_are_announced_where_nothing_is_said);
    return g_test_run();
}

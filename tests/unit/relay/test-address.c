/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <glib.h>

#include "relay/address.h"

static ScAddress
parse(const char *text, uint16_t port)
{
    ScAddress address;

    g_assert_true(sc_address_parse(text, port, &address));
    return address;
}

static void
text_of_an_address_is_read_back(void)
{
    static const struct {
        const char *text;
        const char *expected;
        bool is_v4;
    } cases[] = {
        { "192.0.2.1", "192.0.2.1:5004", true },
        { "::ffff:192.0.2.1", "192.0.2.1:5004", true },
        { "2001:db8::1", "[2001:db8::1]:5004", false },
        { "::", "[::]:5004", false },
        { "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
          "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:5004", false },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScAddress address = parse(cases[i].text, 5004);
        char buffer[SC_ADDRESS_STRING_MAX];

        g_assert_cmpstr(sc_address_write(&address, buffer), ==, cases[i].expected);
        g_assert_true(sc_address_is_v4(&address) == cases[i].is_v4);
    }
}

static void
text_that_is_no_address_is_refused(void)
{
    static const char *const cases[] = {
        "", "192.0.2", "192.0.2.256", "[::1]", "::1%lo", "example.org", "192.0.2.1:5004"
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScAddress address = { .port = 7 };

        g_assert_false(sc_address_parse(cases[i], 1, &address));
        g_assert_cmpuint(address.port, ==, 7);
    }
}

static void
socket_address_of_either_family_survives_the_way_and_back(void)
{
    static const struct {
        const char *text;
        sa_family_t native;
    } cases[] = { { "192.0.2.1", AF_INET }, { "2001:db8::1", AF_INET6 } };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScAddress address = parse(cases[i].text, 65535);
        ScAddress back;
        struct sockaddr_in6 in6;
        struct sockaddr_storage native;
        socklen_t length;

        sc_address_write_in6(&address, &in6);
        g_assert_cmpint(in6.sin6_family, ==, AF_INET6);
        g_assert_true(sc_address_from_sockaddr((struct sockaddr *)&in6, &back));
        g_assert_true(sc_address_equal(&address, &back));

        sc_address_write_native(&address, &native, &length);
        g_assert_cmpint(native.ss_family, ==, cases[i].native);
        g_assert_cmpuint(length, <=, sizeof native);
        g_assert_true(sc_address_from_sockaddr((struct sockaddr *)&native, &back));
        g_assert_true(sc_address_equal(&address, &back));
    }
}

static void
socket_address_of_another_family_is_refused(void)
{
    struct sockaddr unix_address = { .sa_family = AF_UNIX };
    ScAddress address;

    g_assert_false(sc_address_from_sockaddr(&unix_address, &address));
}

static void
addresses_differ_by_port_and_by_ip(void)
{
    ScAddress a = parse("192.0.2.1", 5004);
    ScAddress same = parse("::ffff:192.0.2.1", 5004);
    ScAddress other_port = parse("192.0.2.1", 5005);
    ScAddress other_ip = parse("192.0.2.2", 5004);

    g_assert_true(sc_address_equal(&a, &same));
    g_assert_cmpuint(sc_address_hash(&a), ==, sc_address_hash(&same));
    g_assert_false(sc_address_equal(&a, &other_port));
    g_assert_false(sc_address_equal(&a, &other_ip));
}

/* The table of peers is keyed by it: a school behind one NAT differs by port alone. */
static void
hash_spreads_the_ports_of_one_ip(void)
{
    static bool is_used[65536];
    unsigned n_used = 0;

    for (unsigned port = 1; port <= 65535; port++) {
        ScAddress address = parse("192.0.2.1", (uint16_t)port);
        unsigned bucket = sc_address_hash(&address) & 0xffff;

        n_used += !is_used[bucket];
        is_used[bucket] = true;
    }
    g_assert_cmpuint(n_used, >, 65535 / 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/relay/address/text_of_an_address_is_read_back",
                    text_of_an_address_is_read_back);
    g_test_add_func("/relay/address/text_that_is_no_address_is_refused",
                    text_that_is_no_address_is_refused);
    g_test_add_func(
        "/relay/address/socket_address_of_either_family_survives_the_way_and_back",
        socket_address_of_either_family_survives_the_way_and_back);
    g_test_add_func("/relay/address/socket_address_of_another_family_is_refused",
                    socket_address_of_another_family_is_refused);
    g_test_add_func("/relay/address/addresses_differ_by_port_and_by_ip",
                    addresses_differ_by_port_and_by_ip);
    g_test_add_func("/relay/address/hash_spreads_the_ports_of_one_ip",
                    hash_spreads_the_ports_of_one_ip);
    return g_test_run();
}

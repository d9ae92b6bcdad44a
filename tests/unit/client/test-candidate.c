/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "client/candidate.h"

#define ANSWER                                                         \
    "v=0\r\n"                                                          \
    "a=ice-lite\r\n"                                                   \
    "a=ice-ufrag:abcd\r\n"                                             \
    "a=ice-pwd:0123456789012345678901\r\n"                             \
    "a=candidate:1 1 UDP 2130706431 192.0.2.1 8443 typ host\r\n"       \
    "a=candidate:2 1 udp 2130706175 2001:db8::1 8443 typ host\r\n"     \
    "a=candidate:3 1 UDP 2130705919 192.0.2.2 8443 typ host\r\n"       \
    "a=candidate:4 1 TCP 1 192.0.2.3 443 typ host tcptype passive\r\n" \
    "a=end-of-candidates\r\n"

/* A machine whose address is the last of each documentation network. */
static GInetAddress *
route_both(GInetAddress *remote, uint16_t port)
{
    g_assert_cmpuint(port, ==, 8443);
    return g_inet_address_new_from_string(
        g_inet_address_get_family(remote) == G_SOCKET_FAMILY_IPV4 ? "192.0.2.99"
                                                                  : "2001:db8::99");
}

static GInetAddress *
route_ipv4(GInetAddress *remote, uint16_t port)
{
    return g_inet_address_get_family(remote) == G_SOCKET_FAMILY_IPV4
               ? route_both(remote, port)
               : NULL;
}

static GInetAddress *
route_nothing(GInetAddress *remote, uint16_t port)
{
    (void)remote;
    (void)port;
    return NULL;
}

static void
assert_address(GInetAddress *address, const char *text)
{
    g_autofree char *is = g_inet_address_to_string(address);
    g_assert_cmpstr(is, ==, text);
}

static void
first_of_each_family_is_chosen(void)
{
    g_auto(ScCandidates) chosen = { .n = 0 };
    sc_candidates_choose(ANSWER, route_both, &chosen);
    g_assert_cmpuint(chosen.n, ==, 2);
    assert_address(chosen.items[0].remote, "192.0.2.1");
    assert_address(chosen.items[0].local, "192.0.2.99");
    assert_address(chosen.items[1].remote, "2001:db8::1");
    assert_address(chosen.items[1].local, "2001:db8::99");
    g_assert_cmpuint(chosen.items[0].port, ==, 8443);
}

static void
what_no_way_leads_to_is_passed_over(void)
{
    g_auto(ScCandidates) chosen = { .n = 0 };
    sc_candidates_choose(ANSWER, route_ipv4, &chosen);
    g_assert_cmpuint(chosen.n, ==, 1);
    g_auto(ScCandidates) none = { .n = 0 };
    sc_candidates_choose(ANSWER, route_nothing, &none);
    g_assert_cmpuint(none.n, ==, 0);
}

static void
lines_that_are_wrong_are_passed_over(void)
{
    static const char *const lines[] = {
        "",
        "a=candidate:",
        "a=candidate:1 1 UDP 1 192.0.2.1",
        "a=candidate:1 1 UDP 1 192.0.2.1 0 typ host",
        "a=candidate:1 1 UDP 1 192.0.2.1 99999 typ host",
        "a=candidate:1 1 UDP 1 relay.local 8443 typ host",
        "a=candidate:1 2 UDP 1 192.0.2.1 8443 typ host",
        "a=candidate:1 1 UDP 1 192.0.2.1 8443 typ relay",
        "candidate:1 1 UDP 1 192.0.2.1 8443 typ host",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_auto(ScCandidates) chosen = { .n = 0 };
        sc_candidates_choose(lines[i], route_both, &chosen);
        g_assert_cmpuint(chosen.n, ==, 0);
    }
}

static void
stripping_takes_candidates_alone(void)
{
    g_autofree char *bare = sc_candidates_strip(ANSWER);
    g_assert_cmpstr(bare, ==,
                    "v=0\r\na=ice-lite\r\na=ice-ufrag:abcd\r\n"
                    "a=ice-pwd:0123456789012345678901\r\na=end-of-candidates\r\n");
}

static void
attributes_are_found_by_their_whole_name(void)
{
    g_autofree char *ufrag = sc_candidate_dup_attribute(ANSWER, "ice-ufrag");
    g_autofree char *none = sc_candidate_dup_attribute(ANSWER, "ice");
    g_assert_cmpstr(ufrag, ==, "abcd");
    g_assert_null(none);
}

static void
this_machine_reaches_itself(void)
{
    g_autoptr(GInetAddress) remote = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
    g_autoptr(GInetAddress) local = sc_candidate_route(remote, 9);
    assert_address(local, "127.0.0.1");
}

#define ADD(name) g_test_add_func("/client/candidate/" #name, name)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(first_of_each_family_is_chosen);
    ADD(what_no_way_leads_to_is_passed_over);
    ADD(lines_that_are_wrong_are_passed_over);
    ADD(stripping_takes_candidates_alone);
    ADD(attributes_are_found_by_their_whole_name);
    ADD(this_machine_reaches_itself);
    return g_test_run();
}

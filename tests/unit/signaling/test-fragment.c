/* SPDX-License-Identifier: Apache-2.0 */
/* The bodies of PATCH: what is taken, what is refused, what we write. */
#include <string.h>

#include <glib.h>

#include "signaling/fragment.h"

#define PWD "0123456789abcdefghijkl"
#define CREDENTIALS "a=ice-ufrag:abcd\r\na=ice-pwd:" PWD "\r\n"
#define CANDIDATE "a=candidate:1 1 UDP 2130706431 192.0.2.1 5000 typ host\r\n"
#define SECTION "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n"

static void
fragments_are_understood(void)
{
    static const struct {
        const char *name;
        const char *text;
        const char *ufrag;
        unsigned n_candidates;
        bool end_of_candidates;
    } cases[] = {
        { "RFC 9725's trickle",
          "a=group:BUNDLE 0 1\r\n" SECTION CREDENTIALS CANDIDATE CANDIDATE
          "a=end-of-candidates\r\n",
          "abcd", 2, true },
        { "restart without candidates", CREDENTIALS, "abcd", 0, false },
        { "credentials again in each section",
          "a=ice-options:trickle\r\n" SECTION CREDENTIALS CANDIDATE SECTION CREDENTIALS,
          "abcd", 1, false },
        { "candidates of the present generation", SECTION CANDIDATE, NULL, 1, false },
        { "the end alone", SECTION "a=end-of-candidates\r\n", NULL, 0, true },
        { "bare line feeds", "m=audio 9 RTP/AVP 0\na=candidate:1\n", NULL, 1, false },
        { "no line end", "a=end-of-candidates", NULL, 0, true },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ScFragment) fragment =
            sc_fragment_parse(cases[i].text, strlen(cases[i].text), &error);

        g_test_message("%s", cases[i].name);
        g_assert_no_error(error);
        g_assert_cmpstr(fragment->ice_ufrag, ==, cases[i].ufrag);
        g_assert_cmpstr(fragment->ice_pwd, ==, cases[i].ufrag != NULL ? PWD : NULL);
        g_assert_cmpuint(fragment->n_candidates, ==, cases[i].n_candidates);
        g_assert_true(fragment->end_of_candidates == cases[i].end_of_candidates);
    }
}

static void
assert_refused(const char *name, const char *text, size_t length, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ScFragment) fragment = sc_fragment_parse(text, length, &error);

    g_test_message("%s: %s", name, error != NULL ? error->message : "accepted");
    g_assert_null(fragment);
    g_assert_error(error, SC_SDP_ERROR, SC_SDP_ERROR_BAD_FRAGMENT);
    g_assert_nonnull(strstr(error->message, message));
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
}

static void
wrong_fragment_is_refused_by_name(void)
{
    static const struct {
        const char *name;
        const char *text;
        const char *message;
    } cases[] = {
        { "empty", "", "0 bytes" },
        { "blank", "\r\n\r\n", "neither candidates nor credentials" },
        { "a section alone", SECTION, "neither candidates nor credentials" },
        { "JSON", "{\"candidate\":\"\"}", "has no place in a fragment" },
        { "a whole offer", "v=0\r\n" CREDENTIALS, "\"v=0\" has no place" },
        { "not UTF-8", "a=candidate:\xff\r\n", "UTF-8" },
        { "a cut character quoted",
          "\xe7\x9f\xb3\xe7\x9f\xb3\xe7\x9f\xb3\xe7\x9f\xb3\xe7\x9f\xb3\xe7\x9f\xb3\xe7"
          "\x9f\xb3\xe7\x9f\xb3\xe7\x9f\xb3\xe7\x9f\xb3\xe7\x9f\xb3\xe7\x9f\xb3\xe7\x9f"
          "\xb3\xe7\x9f\xb3",
          "has no place" },
        { "no password", "a=ice-ufrag:abcd\r\n", "ice-pwd is missing" },
        { "no ufrag", "a=ice-pwd:" PWD "\r\n", "ice-ufrag is missing" },
        { "short ufrag", "a=ice-ufrag:abc\r\na=ice-pwd:" PWD "\r\n", "3 characters" },
        { "bad password", "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789 bcdefghijkl\r\n",
          "characters other than" },
        { "two ufrags", CREDENTIALS "a=ice-ufrag:efgh\r\n", "two values of ice-ufrag" },
        { "two passwords", CREDENTIALS "a=ice-pwd:x" PWD "\r\n",
          "two values of ice-pwd" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_refused(cases[i].name, cases[i].text, strlen(cases[i].text),
                       cases[i].message);
    assert_refused("a NUL", CREDENTIALS "\0", strlen(CREDENTIALS) + 1, "NUL");
}

static void
flood_is_refused_by_its_limit(void)
{
    static const struct {
        const char *line;
        unsigned n_lines;
        const char *message;
    } cases[] = {
        { CANDIDATE, SC_FRAGMENT_CANDIDATES_MAX + 1, "over 64 candidates" },
        { "m=x\n", SC_FRAGMENT_SECTIONS_MAX + 1, "over 32 sections" },
        { CANDIDATE, 1000, "allowed are 1 to 16384" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) text = g_string_new(NULL);

        for (unsigned j = 0; j < cases[i].n_lines; j++)
            g_string_append(text, cases[i].line);
        assert_refused(cases[i].message, text->str, text->len, cases[i].message);
    }
}

static void
ours_is_written_to_the_byte(void)
{
    static const ScSdpCandidate candidates[] = { { "192.0.2.1", 5000 },
                                                 { "2001:db8::1", 5000 } };
    const ScSdpTransport transport = {
        .ice_ufrag = "wxyz",
        .ice_pwd = PWD,
        .candidates = candidates,
        .n_candidates = G_N_ELEMENTS(candidates),
    };
    g_autofree char *text = sc_fragment_write(&transport, "video0");
    g_autoptr(ScFragment) read_back = sc_fragment_parse(text, strlen(text), NULL);

    g_assert_cmpstr(text, ==,
                    "a=ice-lite\r\n"
                    "a=ice-ufrag:wxyz\r\n"
                    "a=ice-pwd:" PWD "\r\n"
                    "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n"
                    "a=mid:video0\r\n"
                    "a=candidate:1 1 UDP 2130706431 192.0.2.1 5000 typ host\r\n"
                    "a=candidate:2 1 UDP 2130706175 2001:db8::1 5000 typ host\r\n"
                    "a=end-of-candidates\r\n");
    g_assert_cmpstr(read_back->ice_ufrag, ==, "wxyz");
    g_assert_cmpuint(read_back->n_candidates, ==, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/signaling/fragment/" #name, name)
    ADD(fragments_are_understood);
    ADD(wrong_fragment_is_refused_by_name);
    ADD(flood_is_refused_by_its_limit);
    ADD(ours_is_written_to_the_byte);
#undef ADD
    return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "relay/nack.h"

#define MS 1000LL

static void
assert_due(ScNackList *list, int64_t now_us, const char *expected)
{
    uint16_t due[SC_NACK_MISSING_MAX];
    size_t n = sc_nack_list_take_due(list, now_us, due);
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; i < n; i++)
        g_string_append_printf(text, "%s%u", i == 0 ? "" : " ", due[i]);
    g_assert_cmpstr(text->str, ==, expected);
}

static void
a_gap_is_asked_for_at_once_and_again_each_round_trip(void)
{
    ScNackList list;

    sc_nack_list_init(&list);
    g_assert_true(sc_nack_list_note(&list, 70000, 0));
    assert_due(&list, 0, "");
    g_assert_true(sc_nack_list_note(&list, 70003, 1 * MS));
    assert_due(&list, 1 * MS, "4465 4466"); /* 70001 and 70002 on the wire */
    assert_due(&list, 100 * MS, "");
    g_assert_true(sc_nack_list_note(&list, 70001, 100 * MS)); /* came late by itself */
    assert_due(&list, 102 * MS, "4466");
}

static void
the_round_trip_is_learnt_from_repairs(void)
{
    ScNackList list;

    sc_nack_list_init(&list);
    for (unsigned i = 0; i < 40; i++) {
        g_assert_true(sc_nack_list_note(&list, 1000 + 2 * i, i * 1000 * MS));
        uint16_t due[SC_NACK_MISSING_MAX];
        sc_nack_list_take_due(&list, i * 1000 * MS, due);
        if (i > 0)
            g_assert_true(
                sc_nack_list_note(&list, 1000 + 2 * i - 1, i * 1000 * MS + 300 * MS));
    }
    g_assert_cmpint(list.rtt_us, >, 299 * MS);
    g_assert_cmpint(list.rtt_us, <=, 300 * MS);
}

static void
a_packet_is_asked_for_ten_times_or_one_second(void)
{
    static const struct {
        int64_t rtt_us;
        unsigned n_expected;
    } cases[] = { { 10 * MS, SC_NACK_ASK_MAX }, { 400 * MS, 3 } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScNackList list;
        unsigned n_asked = 0;

        sc_nack_list_init(&list);
        list.rtt_us = cases[i].rtt_us;
        g_assert_true(sc_nack_list_note(&list, 1000, 0));
        g_assert_true(sc_nack_list_note(&list, 1002, 0));
        for (int64_t now_us = 0; now_us < 3000 * MS; now_us += MS) {
            uint16_t due[SC_NACK_MISSING_MAX];
            n_asked += (unsigned)sc_nack_list_take_due(&list, now_us, due);
        }
        g_assert_cmpuint(n_asked, ==, cases[i].n_expected);
        g_assert_cmpuint(list.n_missing, ==, 0);
    }
}

static void
a_gap_beyond_the_list_needs_a_key_frame(void)
{
    ScNackList list;

    sc_nack_list_init(&list);
    g_assert_true(sc_nack_list_note(&list, 1000, 0));
    g_assert_true(sc_nack_list_note(&list, 1001 + SC_NACK_MISSING_MAX, 0));
    g_assert_cmpuint(list.n_missing, ==, SC_NACK_MISSING_MAX);
    g_assert_false(sc_nack_list_note(&list, 1200 + 2 * SC_NACK_MISSING_MAX, 0));
    g_assert_cmpuint(list.n_missing, ==, 0);
}

static void
the_oldest_gives_way_where_many_are_missing(void)
{
    ScNackList list;

    sc_nack_list_init(&list);
    for (uint64_t i = 0; i <= 2 * SC_NACK_MISSING_MAX; i++)
        g_assert_true(sc_nack_list_note(&list, 1000 + 2 * i, 0));
    g_assert_cmpuint(list.n_missing, ==, SC_NACK_MISSING_MAX);
    g_assert_cmpuint(list.missing[0].sequence, ==, 1001 + 2 * SC_NACK_MISSING_MAX);
}

static void
a_duplicate_request_within_a_round_trip_is_answered_once(void)
{
    static const struct {
        uint32_t ssrc;
        uint16_t sequence;
        int64_t now_us;
        ScNackDecision expected;
    } steps[] = {
        { 7, 100, 10 * MS, SC_NACK_ANSWER },    { 7, 100, 50 * MS, SC_NACK_REPEATED },
        { 7, 101, 50 * MS, SC_NACK_ANSWER },    { 8, 100, 50 * MS, SC_NACK_ANSWER },
        { 7, 100, 109 * MS, SC_NACK_REPEATED }, { 7, 100, 110 * MS, SC_NACK_ANSWER },
    };
    ScNackGuard guard = { 0 };

    sc_nack_guard_refill(&guard, 8000000, 1);
    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++)
        g_assert_cmpint(sc_nack_guard_decide(&guard, steps[i].ssrc, steps[i].sequence,
                                             100 * MS, steps[i].now_us),
                        ==, steps[i].expected);
}

static void
a_receiver_that_asks_for_too_much_is_held_back(void)
{
    ScNackGuard guard = { 0 };
    unsigned n_answered = 0;

    /* 800 kbit/s: 100 packets of 1000 bytes in the first second, and in each after it. */
    for (unsigned ms = 1; ms <= 3000; ms++) {
        sc_nack_guard_refill(&guard, 800000, ms * MS);
        if (sc_nack_guard_decide(&guard, 7, (uint16_t)ms, 100 * MS, ms * MS)
            != SC_NACK_ANSWER)
            continue;
        sc_nack_guard_charge(&guard, 1000);
        n_answered++;
    }
    g_assert_cmpuint(n_answered, >=, 395);
    g_assert_cmpuint(n_answered, <=, 405);
}

static void
what_is_old_is_left_alone(void)
{
    static const struct {
        int64_t age_ms, rtt_ms;
        bool is_too_old, is_late;
    } cases[] = {
        { 0, 1, false, false },       { 500, 10, false, false },
        { 521, 10, false, true },     { 2000, 10, false, true },
        { 2001, 10, true, true },     { 2001, 700, false, true },
        { 2900, 1200, false, false }, { 3600, 1200, false, true },
        { 3601, 1200, true, true },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        int64_t age_us = cases[i].age_ms * MS, rtt_us = cases[i].rtt_ms * MS;

        g_assert_true(sc_nack_is_too_old(age_us, rtt_us) == cases[i].is_too_old);
        g_assert_true(sc_nack_is_late(age_us, rtt_us) == cases[i].is_late);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/relay/nack/" #name, name)
    ADD(a_gap_is_asked_for_at_once_and_again_each_round_trip);
    ADD(the_round_trip_is_learnt_from_repairs);
    ADD(a_packet_is_asked_for_ten_times_or_one_second);
    ADD(a_gap_beyond_the_list_needs_a_key_frame);
    ADD(the_oldest_gives_way_where_many_are_missing);
    ADD(a_duplicate_request_within_a_round_trip_is_answered_once);
    ADD(a_receiver_that_asks_for_too_much_is_held_back);
    ADD(what_is_old_is_left_alone);
    return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "client/roster.h"

static ScEventSite sites[] = {
    { .site = "town", .role = SC_ROLE_TEACHER, .tile = SC_NO_TILE },
    { .site = "hill", .role = SC_ROLE_CLASSROOM, .tile = 0 },
    { .site = "lake", .role = SC_ROLE_CLASSROOM, .tile = 1 },
};

static const ScEvent welcome = {
    .type = SC_EVENT_WELCOME,
    .welcome = { .site = "hill",
                 .sites = sites,
                 .n_sites = G_N_ELEMENTS(sites),
                 .floor = "lake" },
};

static ScEvent
presence(ScEventType type, const char *site, bool publishing)
{
    ScEvent event = { .type = type, .presence = { .publishing = publishing } };
    g_strlcpy(event.presence.site, site, sizeof event.presence.site);
    return event;
}

static void
before_the_welcome_nothing_is_known(void)
{
    ScRoster roster = { 0 };
    g_assert_cmpstr(sc_roster_get_site(&roster), ==, "");
    g_assert_cmpstr(sc_roster_get_floor(&roster), ==, "");
    g_assert_cmpuint(sc_roster_count_tiles(&roster), ==, 0);
    g_assert_null(sc_roster_lookup_tile(&roster, 0));
    g_assert_true(sc_roster_is_published(&roster, SC_ROLE_CLASSROOM));
    ScEvent early = presence(SC_EVENT_JOINED, "town", true);
    sc_roster_apply(&roster, &early);
}

static void
numbers_follow_tiles(void)
{
    ScRoster roster = { 0 };
    sc_roster_apply(&roster, &welcome);
    g_assert_cmpuint(sc_roster_get_source_number(&roster, "town"), ==, 1);
    g_assert_cmpuint(sc_roster_get_source_number(&roster, "hill"), ==, 2);
    g_assert_cmpuint(sc_roster_get_source_number(&roster, "lake"), ==, 3);
    g_assert_cmpuint(sc_roster_get_source_number(&roster, "nowhere"), ==, 0);
    g_assert_cmpuint(sc_roster_count_tiles(&roster), ==, 2);
    g_assert_cmpstr(sc_roster_lookup_tile(&roster, 1)->site, ==, "lake");
    sc_roster_clear(&roster);
}

static void
each_role_waits_for_the_other(void)
{
    ScRoster roster = { 0 };
    sc_roster_apply(&roster, &welcome);
    g_assert_false(sc_roster_is_published(&roster, SC_ROLE_CLASSROOM));
    g_assert_false(sc_roster_is_published(&roster, SC_ROLE_TEACHER));

    ScEvent teacher_came = presence(SC_EVENT_JOINED, "town", true);
    sc_roster_apply(&roster, &teacher_came);
    g_assert_true(sc_roster_is_published(&roster, SC_ROLE_CLASSROOM));
    g_assert_false(sc_roster_is_published(&roster, SC_ROLE_TEACHER));

    ScEvent teacher_stopped = presence(SC_EVENT_LEFT, "town", false);
    sc_roster_apply(&roster, &teacher_stopped);
    g_assert_false(sc_roster_is_published(&roster, SC_ROLE_CLASSROOM));
    sc_roster_clear(&roster);
}

static void
floor_follows_the_last_word(void)
{
    ScRoster roster = { 0 };
    sc_roster_apply(&roster, &welcome);
    g_assert_cmpstr(sc_roster_get_floor(&roster), ==, "lake");
    sc_roster_apply(&roster, &(ScEvent){ .type = SC_EVENT_FLOOR });
    g_assert_cmpstr(sc_roster_get_floor(&roster), ==, "");
    sc_roster_clear(&roster);
}

static void
second_welcome_replaces_the_first(void)
{
    ScRoster roster = { 0 };
    sc_roster_apply(&roster, &welcome);
    ScEvent later = welcome;
    later.welcome.n_sites = 2;
    sc_roster_apply(&roster, &later);
    g_assert_cmpuint(sc_roster_count_tiles(&roster), ==, 1);
    g_assert_null(sc_roster_lookup(&roster, "lake"));
    sc_roster_clear(&roster);
}

#define ADD(name) g_test_add_func("/client/roster/" #name, name)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(before_the_welcome_nothing_is_known);
    ADD(numbers_follow_tiles);
    ADD(each_role_waits_for_the_other);
    ADD(floor_follows_the_last_word);
    ADD(second_welcome_replaces_the_first);
    return g_test_run();
}

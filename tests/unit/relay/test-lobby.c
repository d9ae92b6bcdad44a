/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "relay/lobby.h"

static bool
accept(void *guest G_GNUC_UNUSED, void *user_data)
{
    (*(unsigned *)user_data)++;
    return true;
}

static bool
refuse(void *guest G_GNUC_UNUSED, void *user_data)
{
    (*(unsigned *)user_data)++;
    return false;
}

static void
count(void *guest G_GNUC_UNUSED, void *user_data)
{
    (*(unsigned *)user_data)++;
}

static void
the_first_authenticated_check_decides_the_home(void)
{
    g_autoptr(ScLobby) lobby = sc_lobby_new();
    unsigned n_checks = 0;
    int guest;

    sc_lobby_add(lobby, 7, "abcd", &guest);
    ScLobbyAnswer answer = sc_lobby_claim(lobby, "abcd", 2, refuse, &n_checks);
    g_assert_cmpuint(answer.id, ==, 7);
    g_assert_cmpint(answer.home, ==, SC_LOBBY_NO_HOME);
    g_assert_null(answer.guest);

    answer = sc_lobby_claim(lobby, "abcd", 3, accept, &n_checks);
    g_assert_cmpint(answer.home, ==, 3);
    g_assert_true(answer.guest == &guest);

    answer = sc_lobby_claim(lobby, "abcd", 2, accept, &n_checks); /* comes too late */
    g_assert_cmpint(answer.home, ==, 3);
    g_assert_null(answer.guest);
    g_assert_cmpuint(n_checks, ==, 2);

    answer = sc_lobby_claim(lobby, "nobody", 2, accept, &n_checks);
    g_assert_cmpuint(answer.id, ==, 0);
}

static void
a_guest_is_visited_only_while_it_has_no_home(void)
{
    g_autoptr(ScLobby) lobby = sc_lobby_new();
    unsigned n_visits = 0;
    unsigned n_checks = 0;
    int guest;

    sc_lobby_add(lobby, 7, "abcd", &guest);
    g_assert_cmpint(sc_lobby_visit(lobby, 7, count, &n_visits).home, ==,
                    SC_LOBBY_NO_HOME);
    g_assert_cmpuint(n_visits, ==, 1);
    sc_lobby_claim(lobby, "abcd", 1, accept, &n_checks);
    g_assert_cmpint(sc_lobby_visit(lobby, 7, count, &n_visits).home, ==, 1);
    g_assert_cmpuint(sc_lobby_visit(lobby, 8, count, &n_visits).id, ==, 0);
    g_assert_cmpuint(n_visits, ==, 1);
}

static void
after_a_restart_the_old_name_and_the_new_one_lead_there(void)
{
    g_autoptr(ScLobby) lobby = sc_lobby_new();
    unsigned n_checks = 0;
    int guest;

    sc_lobby_add(lobby, 7, "first", &guest);
    sc_lobby_rename(lobby, 7, "second");
    g_assert_cmpuint(sc_lobby_claim(lobby, "first", 0, refuse, &n_checks).id, ==, 7);
    g_assert_cmpuint(sc_lobby_claim(lobby, "second", 0, refuse, &n_checks).id, ==, 7);
    sc_lobby_rename(lobby, 7, "third");
    g_assert_cmpuint(sc_lobby_claim(lobby, "first", 0, refuse, &n_checks).id, ==, 0);
    g_assert_cmpuint(sc_lobby_claim(lobby, "third", 0, refuse, &n_checks).id, ==, 7);
    sc_lobby_rename(lobby, 8, "nobody");
    g_assert_cmpuint(sc_lobby_claim(lobby, "nobody", 0, refuse, &n_checks).id, ==, 0);
}

static void
who_is_removed_belongs_to_the_remover_or_to_its_home(void)
{
    g_autoptr(ScLobby) lobby = sc_lobby_new();
    unsigned n_checks = 0;
    int homeless, settled;

    sc_lobby_add(lobby, 7, "homeless", &homeless);
    sc_lobby_add(lobby, 8, "settled", &settled);
    sc_lobby_claim(lobby, "settled", 4, accept, &n_checks);

    ScLobbyAnswer answer = sc_lobby_remove(lobby, 7);
    g_assert_true(answer.guest == &homeless);
    answer = sc_lobby_remove(lobby, 8);
    g_assert_null(answer.guest);
    g_assert_cmpint(answer.home, ==, 4);
    g_assert_cmpuint(sc_lobby_remove(lobby, 8).id, ==, 0);
    g_assert_cmpuint(sc_lobby_claim(lobby, "settled", 0, accept, &n_checks).id, ==, 0);
}

static void
only_who_is_homeless_is_evicted(void)
{
    g_autoptr(ScLobby) lobby = sc_lobby_new();
    unsigned n_checks = 0;
    int homeless, settled;

    sc_lobby_add(lobby, 7, "homeless", &homeless);
    sc_lobby_add(lobby, 8, "settled", &settled);
    sc_lobby_claim(lobby, "settled", 4, accept, &n_checks);
    g_assert_true(sc_lobby_evict(lobby, 7) == &homeless);
    g_assert_null(sc_lobby_evict(lobby, 7));
    g_assert_null(sc_lobby_evict(lobby, 8));
    g_assert_cmpint(sc_lobby_claim(lobby, "settled", 0, accept, &n_checks).home, ==, 4);
    g_assert_cmpuint(sc_lobby_claim(lobby, "homeless", 0, accept, &n_checks).id, ==, 0);
    sc_lobby_remove(lobby, 8);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/relay/lobby/" #name, name)
    ADD(the_first_authenticated_check_decides_the_home);
    ADD(a_guest_is_visited_only_while_it_has_no_home);
    ADD(after_a_restart_the_old_name_and_the_new_one_lead_there);
    ADD(who_is_removed_belongs_to_the_remover_or_to_its_home);
    ADD(only_who_is_homeless_is_evicted);
    return g_test_run();
}

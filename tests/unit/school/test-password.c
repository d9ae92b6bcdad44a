/* SPDX-License-Identifier: Apache-2.0 */
/* What a password must be like, and that hashing never holds the main loop. */
#include <string.h>

#include "signaling/school/password.h"

#define N_MEASURED 5

static void
policy_names_the_rule(void)
{
    static const struct {
        const char *password;
        const char *detail; /* NULL: it is good */
        ScPasswordError rule;
    } cases[] = {
        { "Lesson-2026", NULL, 0 },
        { "课堂密码又长又好记7", NULL, 0 },
        { "short-1", "has 7 characters", SC_PASSWORD_ERROR_LENGTH },
        { "abcdefghijkl", "two of letters, digits", SC_PASSWORD_ERROR_KINDS },
        { "123456789012", "two of letters, digits", SC_PASSWORD_ERROR_KINDS },
        { "my-ZHANG.wei-1", "sign-in name", SC_PASSWORD_ERROR_NAME },
        { "Password123", "commonest", SC_PASSWORD_ERROR_COMMONEST },
        { "\xff\xfe bad utf 8 text", "has 0 characters", SC_PASSWORD_ERROR_LENGTH },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        bool is_good = sc_password_check(cases[i].password, "zhang.wei", &error);
        g_assert_cmpint(is_good, ==, cases[i].detail == NULL);
        if (is_good)
            continue;
        g_assert_error(error, SC_PASSWORD_ERROR, (gint)cases[i].rule);
        g_assert_nonnull(strstr(error->message, cases[i].detail));
    }
    g_autofree char *long_one = g_strnfill(129, 'a');
    g_autoptr(GError) error = NULL;
    g_assert_false(sc_password_check(long_one, "zhang.wei", &error));
    g_assert_nonnull(strstr(error->message, "has 129 characters"));
}

static void
first_password_passes_the_policy(void)
{
    for (unsigned i = 0; i < 100; i++) {
        g_autofree char *password = sc_password_make_first();
        g_autoptr(GError) error = NULL;
        g_assert_cmpuint(strlen(password), ==, SC_PASSWORD_FIRST_LENGTH);
        g_assert_true(sc_password_check(password, "zhang.wei", &error));
    }
}

typedef struct {
    ScPasswordPool *pool;
    unsigned n_done, n_right, n_busy;
} Tally;

static void
on_verified(GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
    Tally *tally = data;
    g_autoptr(GError) error = NULL;
    tally->n_done++;
    tally->n_right += sc_password_verify_finish(tally->pool, result, &error);
    tally->n_busy += g_error_matches(error, SC_PASSWORD_ERROR, SC_PASSWORD_ERROR_BUSY);
}

static void
right_password_is_known_again_and_no_other(void)
{
    g_autofree char *hash = sc_password_hash_first("Lesson-2026");
    g_autoptr(ScPasswordPool) pool = sc_password_pool_new(10);
    Tally tally = { .pool = pool };
    sc_password_verify_async(pool, hash, "Lesson-2026", on_verified, &tally);
    sc_password_verify_async(pool, hash, "Lesson-2027", on_verified, &tally);
    sc_password_verify_async(pool, NULL, "Lesson-2026", on_verified, &tally);
    while (tally.n_done < 3)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(tally.n_right, ==, 1);
    g_assert_cmpuint(tally.n_busy, ==, 0);
}

static void
too_many_at_once_are_refused(void)
{
    g_autofree char *hash = sc_password_hash("Lesson-2026");
    g_autoptr(ScPasswordPool) pool = sc_password_pool_new(4);
    Tally tally = { .pool = pool };
    for (unsigned i = 0; i < 50; i++)
        sc_password_verify_async(pool, hash, "x", on_verified, &tally);
    while (tally.n_done < 50)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(tally.n_busy, >, 0);
    g_assert_cmpuint(tally.n_busy, <, 50);
}

/* The least of a few, as the machine has other work too. */
static int64_t
measure_verify_us(ScPasswordPool *pool, const char *hash)
{
    int64_t least_us = G_MAXINT64;
    for (unsigned i = 0; i < N_MEASURED; i++) {
        Tally tally = { .pool = pool };
        int64_t begun_us = g_get_monotonic_time();
        sc_password_verify_async(pool, hash, "Lesson-2027", on_verified, &tally);
        while (tally.n_done < 1)
            g_main_context_iteration(NULL, TRUE);
        least_us = MIN(least_us, g_get_monotonic_time() - begun_us);
    }
    return least_us;
}

/* Otherwise an attacker learns which names there are. */
static void
wrong_password_takes_as_long_whoever_it_is(void)
{
    g_autofree char *own = sc_password_hash("Lesson-2026");
    g_autofree char *first = sc_password_hash_first("Lesson-2026");
    g_autoptr(ScPasswordPool) pool = sc_password_pool_new(4);
    int64_t own_us = measure_verify_us(pool, own);
    g_assert_cmpint(measure_verify_us(pool, first), >, own_us / 2);
    g_assert_cmpint(measure_verify_us(pool, NULL), >, own_us / 2);
}

static void
hash_of_other_limits_is_to_be_made_anew(void)
{
    g_autofree char *own = sc_password_hash("Lesson-2026");
    g_autofree char *first = sc_password_hash_first("Lesson-2026");
    g_assert_false(sc_password_needs_rehash(own));
    g_assert_true(sc_password_needs_rehash(first));
    g_assert_true(sc_password_needs_rehash(""));
    g_assert_true(sc_password_needs_rehash("$argon2id$v=19$m=65536,t=2,p=1$"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/password/policy names the rule", policy_names_the_rule);
    g_test_add_func("/password/first password passes the policy",
                    first_password_passes_the_policy);
    g_test_add_func("/password/right password is known again and no other",
                    right_password_is_known_again_and_no_other);
    g_test_add_func("/password/too many at once are refused",
                    too_many_at_once_are_refused);
    g_test_add_func("/password/wrong password takes as long whoever it is",
                    wrong_password_takes_as_long_whoever_it_is);
    g_test_add_func("/password/hash of other limits is to be made anew",
                    hash_of_other_limits_is_to_be_made_anew);
    return g_test_run();
}

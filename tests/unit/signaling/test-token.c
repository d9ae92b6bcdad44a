/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens: whom they let in, whom not, and that the store never holds their text. */
#include <string.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "signaling/sample.h"
#include "signaling/store/join-token.h"
#include "signaling/token.h"

#define NOW_MS 1000000
#define EXPIRES_MS (NOW_MS + 60000)
#define LESSON "sample-lesson"
#define SITE "sample-village-1-5"

typedef struct {
    char *directory; /* owned */
    char *path;      /* owned */
    ScStore *store;  /* owned */
} Fixture;

static void
fixture_set_up(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    fixture->directory = g_dir_make_tmp("sc-token-XXXXXX", &error);
    fixture->path = g_build_filename(fixture->directory, "synclass.db", NULL);
    fixture->store = sc_store_open(fixture->path, &error);
    g_assert_no_error(error);
    g_autoptr(ScSample) sample = sc_sample_seed(fixture->store, 1, NOW_MS, &error);
    g_assert_no_error(error);
}

static void
fixture_tear_down(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    sc_store_free(fixture->store);
    g_assert_cmpint(g_remove(fixture->path), ==, 0);
    g_assert_cmpint(g_rmdir(fixture->directory), ==, 0);
    g_free(fixture->directory);
    g_free(fixture->path);
}

static char *
issue(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    char *text = sc_token_issue(fixture->store, LESSON, SITE, SC_ROLE_CLASSROOM,
                                EXPIRES_MS, &error);

    g_assert_no_error(error);
    return text;
}

static void
good_token_grants_what_it_was_issued_for(Fixture *fixture,
                                         gconstpointer user_data G_GNUC_UNUSED)
{
    static const char *const shown_for[] = { LESSON, NULL };
    g_autofree char *text = issue(fixture);

    g_assert_cmpuint(strlen(text), ==, SC_TOKEN_TEXT_LENGTH);
    for (size_t i = 0; i < G_N_ELEMENTS(shown_for); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ScTokenGrant) grant =
            sc_token_verify(fixture->store, text, shown_for[i], EXPIRES_MS - 1, &error);

        g_assert_no_error(error);
        g_assert_cmpstr(grant->lesson, ==, LESSON);
        g_assert_cmpstr(grant->site, ==, SITE);
        g_assert_cmpint(grant->role, ==, SC_ROLE_CLASSROOM);
        g_assert_cmpint(grant->expires_ms, ==, EXPIRES_MS);
    }
}

static void
wrong_token_is_refused_by_name(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    g_autofree char *good = issue(fixture);
    g_autofree char *changed = g_strdup(good);
    changed[10] = changed[10] == 'A' ? 'B' : 'A';
    g_autofree char *shorter = g_strndup(good, SC_TOKEN_TEXT_LENGTH - 1);
    g_autofree char *longer = g_strconcat(good, "A", NULL);
    const struct {
        const char *name;
        const char *text;
        const char *lesson;
        int64_t now_ms;
        ScTokenError code;
        const char *message;
    } cases[] = {
        { "empty", "", LESSON, NOW_MS, SC_TOKEN_ERROR_UNKNOWN, "0 characters" },
        { "one changed", changed, LESSON, NOW_MS, SC_TOKEN_ERROR_UNKNOWN, "ours" },
        { "one less", shorter, LESSON, NOW_MS, SC_TOKEN_ERROR_UNKNOWN, "42 characters" },
        { "one more", longer, LESSON, NOW_MS, SC_TOKEN_ERROR_UNKNOWN, "44 characters" },
        { "no UTF-8", "\xff\xfe", LESSON, NOW_MS, SC_TOKEN_ERROR_UNKNOWN,
          "2 characters" },
        { "SQL", "' OR 1=1 --0123456789012345678901234567890", LESSON, NOW_MS,
          SC_TOKEN_ERROR_UNKNOWN, "" },
        { "just expired", good, LESSON, EXPIRES_MS, SC_TOKEN_ERROR_EXPIRED,
          "expired 0 s ago" },
        { "long expired", good, LESSON, EXPIRES_MS + 90000, SC_TOKEN_ERROR_EXPIRED,
          "expired 90 s ago" },
        { "expired, other lesson", good, "other", EXPIRES_MS, SC_TOKEN_ERROR_EXPIRED,
          "" },
        { "other lesson", good, "other", NOW_MS, SC_TOKEN_ERROR_WRONG_LESSON,
          "another lesson" },
        { "empty lesson", good, "", NOW_MS, SC_TOKEN_ERROR_WRONG_LESSON, "" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ScTokenGrant) grant = sc_token_verify(
            fixture->store, cases[i].text, cases[i].lesson, cases[i].now_ms, &error);

        g_test_message("%s: %s", cases[i].name, error != NULL ? error->message : "in");
        g_assert_null(grant);
        g_assert_error(error, SC_TOKEN_ERROR, (gint)cases[i].code);
        g_assert_nonnull(strstr(error->message, cases[i].message));
    }
}

static void
token_needs_a_site_of_the_lesson(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    static const struct {
        const char *lesson;
        const char *site;
    } cases[] = { { LESSON, "stranger" }, { "other", SITE } };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text =
            sc_token_issue(fixture->store, cases[i].lesson, cases[i].site,
                           SC_ROLE_CLASSROOM, EXPIRES_MS, &error);

        g_assert_null(text);
        g_assert_error(error, SC_STORE_ERROR, SC_STORE_ERROR_CONSTRAINT);
    }
}

static void
two_tokens_differ_and_both_hold(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    g_autofree char *one = issue(fixture);
    g_autofree char *other = issue(fixture);
    g_autoptr(ScTokenGrant) first =
        sc_token_verify(fixture->store, one, LESSON, NOW_MS, NULL);
    g_autoptr(ScTokenGrant) second =
        sc_token_verify(fixture->store, other, LESSON, NOW_MS, NULL);

    g_assert_cmpstr(one, !=, other);
    g_assert_nonnull(first);
    g_assert_nonnull(second);
}

static void
expired_tokens_are_forgotten(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    g_autofree char *text = issue(fixture);
    g_autoptr(GError) error = NULL;

    g_assert_true(
        sc_store_remove_expired_join_tokens(fixture->store, EXPIRES_MS, &error));
    g_autoptr(ScTokenGrant) kept =
        sc_token_verify(fixture->store, text, LESSON, NOW_MS, &error);
    g_assert_no_error(error);
    g_assert_true(
        sc_store_remove_expired_join_tokens(fixture->store, EXPIRES_MS + 1, &error));
    g_autoptr(ScTokenGrant) gone =
        sc_token_verify(fixture->store, text, LESSON, NOW_MS, &error);
    g_assert_null(gone);
    g_assert_error(error, SC_TOKEN_ERROR, SC_TOKEN_ERROR_UNKNOWN);
}

static void
text_never_reaches_the_disk(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    g_autofree char *text = issue(fixture);
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    g_autofree char *bytes = NULL;
    gsize length;

    sc_store_free(g_steal_pointer(&fixture->store));
    g_assert_true(g_file_get_contents(fixture->path, &bytes, &length, NULL));
    g_assert_nonnull(memmem(bytes, length, hash, strlen(hash)));
    g_assert_null(memmem(bytes, length, text, strlen(text)));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                              \
    g_test_add("/signaling/token/" #name, Fixture, NULL, fixture_set_up, name, \
               fixture_tear_down)
    ADD(good_token_grants_what_it_was_issued_for);
    ADD(wrong_token_is_refused_by_name);
    ADD(token_needs_a_site_of_the_lesson);
    ADD(two_tokens_differ_and_both_hold);
    ADD(expired_tokens_are_forgotten);
    ADD(text_never_reaches_the_disk);
#undef ADD
    return g_test_run();
}

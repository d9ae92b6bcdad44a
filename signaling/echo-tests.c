/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/echo-tests.h"

#include <sodium.h>
#include <string.h>

#include "signaling/problem.h"

#define LESSON_RANDOM 22 /* characters of base64url: 132 bits */
#define FAR "far"
#define NEAR "near"

typedef struct {
    ScEchoTest told;
    char *owner; /* owned */
    int64_t begins_ms;
} Test;

struct ScEchoTests {
    GPtrArray *tests; /* owned, of Test; few enough to be looked through */
};

static void
test_free(gpointer data)
{
    Test *test = data;
    g_free(test->told.lesson);
    g_free(test->told.far);
    g_free(test->told.near);
    g_free(test->owner);
    g_free(test);
}

static int64_t
get_end_ms(const Test *test)
{
    return test->begins_ms + SC_ECHO_TEST_LIMIT_MS;
}

static Test *
lookup(const ScEchoTests *self, const char *lesson)
{
    for (guint i = 0; i < self->tests->len; i++) {
        Test *test = self->tests->pdata[i];
        if (g_str_equal(test->told.lesson, lesson))
            return test;
    }
    return NULL;
}

ScEchoTests *
sc_echo_tests_new(void)
{
    ScEchoTests *self = g_new(ScEchoTests, 1);
    self->tests = g_ptr_array_new_with_free_func(test_free);
    return self;
}

void
sc_echo_tests_free(ScEchoTests *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->tests);
    g_free(self);
}

const ScEchoTest *
sc_echo_tests_begin(ScEchoTests *self, const char *owner, int64_t now_ms, GError **error)
{
    if (self->tests->len >= SC_ECHO_TESTS_MAX) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_TOO_MANY_SESSIONS,
                    "%u echo tests are running, at most %d", self->tests->len,
                    SC_ECHO_TESTS_MAX);
        return NULL;
    }
    g_autofree char *chance = sc_token_make_text();
    Test *test = g_new0(Test, 1);
    test->told.lesson = g_strdup_printf("echo-%.*s", LESSON_RANDOM, chance);
    test->told.far = sc_token_make_text();
    test->told.near = sc_token_make_text();
    test->owner = g_strdup(owner);
    test->begins_ms = now_ms;
    g_ptr_array_add(self->tests, test);
    return &test->told;
}

const char *
sc_echo_tests_find(const ScEchoTests *self, const char *owner, int64_t now_ms)
{
    for (guint i = 0; i < self->tests->len; i++) {
        const Test *test = self->tests->pdata[i];
        if (owner != NULL ? g_str_equal(test->owner, owner) : now_ms >= get_end_ms(test))
            return test->told.lesson;
    }
    return NULL;
}

void
sc_echo_tests_end(ScEchoTests *self, const char *lesson)
{
    Test *test = lookup(self, lesson);
    if (test != NULL)
        g_ptr_array_remove(self->tests, test);
}

bool
sc_echo_tests_has(const ScEchoTests *self, const char *lesson)
{
    return lookup(self, lesson) != NULL;
}

unsigned
sc_echo_tests_count(const ScEchoTests *self)
{
    return self->tests->len;
}

static ScTokenGrant *
grant_new(const Test *test, const char *site, ScRole role)
{
    ScTokenGrant *grant = g_new0(ScTokenGrant, 1);
    grant->lesson = g_strdup(test->told.lesson);
    grant->site = g_strdup(site);
    grant->role = role;
    grant->expires_ms = get_end_ms(test);
    return grant;
}

static bool
is_same(const char *token, const char *ours)
{
    return strlen(token) == SC_TOKEN_TEXT_LENGTH
           && sodium_memcmp(token, ours, SC_TOKEN_TEXT_LENGTH) == 0;
}

ScTokenGrant *
sc_echo_tests_verify(const ScEchoTests *self, const char *token)
{
    for (guint i = 0; i < self->tests->len; i++) {
        const Test *test = self->tests->pdata[i];
        if (is_same(token, test->told.far))
            return grant_new(test, FAR, SC_ROLE_TEACHER);
        if (is_same(token, test->told.near))
            return grant_new(test, NEAR, SC_ROLE_CLASSROOM);
    }
    return NULL;
}

static void
fill_site(ScLessonSite *out_site, const char *site, ScRole role, int tile)
{
    *out_site = (ScLessonSite){ .site = g_strdup(site),
                                .role = role,
                                .tile = tile,
                                .name = g_strdup(site),
                                .name_en = g_strdup(site),
                                .school = g_strdup(""),
                                .school_en = g_strdup("") };
}

ScLessonRow *
sc_echo_tests_dup_row(const ScEchoTests *self, const char *lesson)
{
    const Test *test = lookup(self, lesson);
    if (test == NULL)
        return NULL;
    ScLessonRow *row = g_new0(ScLessonRow, 1);
    row->id = g_strdup(lesson);
    row->title = g_strdup("");
    row->subject = g_strdup("");
    row->starts_ms = test->begins_ms;
    row->ends_ms = get_end_ms(test);
    row->state = SC_LESSON_LIVE;
    row->opened_ms = row->begun_ms = test->begins_ms;
    row->n_sites = 2;
    row->sites = g_new(ScLessonSite, row->n_sites);
    fill_site(&row->sites[0], FAR, SC_ROLE_TEACHER, -1);
    fill_site(&row->sites[1], NEAR, SC_ROLE_CLASSROOM, 0);
    return row;
}

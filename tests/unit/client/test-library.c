/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept is whole, and there is never more of it than there may be. */
#include <string.h>
#include <unistd.h>
#include <utime.h>

#include <glib/gstdio.h>

#include "client/library.h"

#define LIMIT 3000 /* bytes */

typedef struct {
    char *folder;
    ScLibrary *library;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_autofree char *above = g_dir_make_tmp("synclass-XXXXXX", NULL);
    fixture->folder = g_build_filename(above, "documents", NULL);
    fixture->library = sc_library_new(fixture->folder, LIMIT);
}

static unsigned
count_files(const Fixture *fixture)
{
    unsigned n = 0;
    g_autoptr(GDir) folder = g_dir_open(fixture->folder, 0, NULL);
    while (folder && g_dir_read_name(folder))
        n++;
    return n;
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    const char *name;
    GDir *folder = g_dir_open(fixture->folder, 0, NULL);
    while (folder && (name = g_dir_read_name(folder))) {
        g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
        g_unlink(path);
    }
    g_clear_pointer(&folder, g_dir_close);
    g_rmdir(fixture->folder);
    g_autofree char *above = g_path_get_dirname(fixture->folder);
    g_rmdir(above);
    sc_library_unref(fixture->library);
    g_free(fixture->folder);
}

/* Writes @text behind the first @n_bytes of what was begun under @name. */
static void
write_begun(Fixture *fixture, const char *name, int64_t n_bytes, const char *text)
{
    g_autoptr(GError) error = NULL;
    int file = sc_library_open(fixture->library, name, n_bytes, &error);
    g_assert_no_error(error);
    g_assert_cmpint(write(file, text, strlen(text)), ==, strlen(text));
    close(file);
}

static char *
name_of(const char *text)
{
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

static void
whole_document_is_kept(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autofree char *name = name_of("one two");
    g_assert_false(sc_library_check(fixture->library, name));
    write_begun(fixture, name, 0, "one two");
    g_assert_false(sc_library_check(fixture->library, name));
    g_assert_true(sc_library_keep(fixture->library, name, &error));
    g_assert_no_error(error);
    g_assert_true(sc_library_check(fixture->library, name));
    g_assert_cmpint(sc_library_get_begun(fixture->library, name), ==, 0);
    g_assert_cmpuint(count_files(fixture), ==, 1);
}

static void
begun_document_goes_on(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_autofree char *name = name_of("one two");
    write_begun(fixture, name, 0, "one lost");
    g_assert_cmpint(sc_library_get_begun(fixture->library, name), ==, 8);
    write_begun(fixture, name, 4, "two"); /* what is behind it is cut off */
    g_assert_true(sc_library_keep(fixture->library, name, NULL));
    g_assert_true(sc_library_check(fixture->library, name));
}

static void
wrong_bytes_are_thrown_away(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autofree char *name = name_of("one two");
    write_begun(fixture, name, 0, "one tw");
    g_assert_false(sc_library_keep(fixture->library, name, &error));
    g_assert_error(error, SC_LIBRARY_ERROR, SC_LIBRARY_ERROR_WRONG_BYTES);
    g_assert_cmpuint(count_files(fixture), ==, 0);
}

/* As a power cut may leave it, or a card that forgets. */
static void
kept_document_that_was_damaged_is_thrown_away(Fixture *fixture, gconstpointer data)
{
    (void)data;
    static const char *const damages[] = { "one tw", "", "one twO" };
    g_autofree char *name = name_of("one two");
    g_autofree char *path = sc_library_dup_path(fixture->library, name);
    for (unsigned i = 0; i < G_N_ELEMENTS(damages); i++) {
        write_begun(fixture, name, 0, "one two");
        g_assert_true(sc_library_keep(fixture->library, name, NULL));
        g_file_set_contents(path, damages[i], -1, NULL);
        g_assert_false(sc_library_check(fixture->library, name));
        g_assert_cmpuint(count_files(fixture), ==, 0);
    }
}

static char *
keep_filled(Fixture *fixture, char letter, int64_t used_s)
{
    g_autofree char *text = g_strnfill(1000, letter);
    char *name = name_of(text);
    g_autofree char *path = sc_library_dup_path(fixture->library, name);
    write_begun(fixture, name, 0, text);
    g_assert_true(sc_library_keep(fixture->library, name, NULL));
    if (used_s)
        g_assert_cmpint(utime(path, &(struct utimbuf){ used_s, used_s }), ==, 0);
    return name;
}

static void
what_was_used_longest_ago_makes_room(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_autofree char *first = keep_filled(fixture, 'a', 1000);
    g_autofree char *second = keep_filled(fixture, 'b', 2000);
    g_autofree char *third = keep_filled(fixture, 'c', 3000);
    g_assert_true(sc_library_check(fixture->library, first)); /* is used */
    g_autofree char *fourth = keep_filled(fixture, 'd', 0);
    g_assert_true(sc_library_check(fixture->library, first));
    g_assert_false(sc_library_check(fixture->library, second));
    g_assert_true(sc_library_check(fixture->library, third));
    g_assert_true(sc_library_check(fixture->library, fourth));
}

/* Only an ETag that is a SHA-256 names a file. */
static void
other_tags_name_nothing(void)
{
    static const char *const tags[] = {
        NULL,
        "",
        "\"\"",
        "\"../../etc/passwd\"",
        "W/\"b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9\"",
        "\"b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcd/9\"",
        "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(tags); i++)
        g_assert_null(sc_library_dup_name(tags[i]));
    g_autofree char *name = sc_library_dup_name(
        "\"B94D27B9934D3E08A52E52D7DA7DABFAC484EFE37A5380EE9088F7ACE2EFCDE9\"");
    g_assert_cmpstr(name, ==,
                    "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9");
}

#define ADD(name) \
    g_test_add("/client/library/" #name, Fixture, NULL, set_up, name, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(whole_document_is_kept);
    ADD(begun_document_goes_on);
    ADD(wrong_bytes_are_thrown_away);
    ADD(kept_document_that_was_damaged_is_thrown_away);
    ADD(what_was_used_longest_ago_makes_room);
    g_test_add_func("/client/library/other_tags_name_nothing", other_tags_name_nothing);
    return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of a document that is known, and documents that are none. */
#include <string.h>

#include <glib/gstdio.h>

#include "client/projector.h"
#include "paper.h"

#define WIDTH 960
#define HEIGHT 630
#define N_PAGES 4
#define BLACK 0x000000
#define WHITE 0xffffff
#define LIMIT_S 10

typedef struct {
    char *folder;
    char *path;
    ScProjector *projector;
    cairo_surface_t *picture; /* the last one; NULL: it was an error */
    ScArea place;
    char *error;
    unsigned n_told;
    unsigned ticket;
} Fixture;

static void
on_projected(const ScProjection *projection, void *user_data)
{
    Fixture *fixture = user_data;
    g_clear_pointer(&fixture->picture, cairo_surface_destroy);
    g_clear_pointer(&fixture->error, g_free);
    fixture->n_told++;
    fixture->ticket = projection->ticket;
    fixture->place = projection->place;
    if (projection->picture)
        fixture->picture = cairo_surface_reference(projection->picture);
    else
        fixture->error = g_strdup(projection->error->message);
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->folder = g_dir_make_tmp("synclass-XXXXXX", NULL);
    fixture->path = paper_write(fixture->folder, N_PAGES);
    fixture->projector = sc_projector_new(WIDTH, HEIGHT, on_projected, fixture);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    sc_projector_free(fixture->projector);
    g_clear_pointer(&fixture->picture, cairo_surface_destroy);
    g_unlink(fixture->path);
    g_rmdir(fixture->folder);
    g_free(fixture->path);
    g_free(fixture->folder);
    g_free(fixture->error);
}

static gboolean
on_limit(gpointer data)
{
    (void)data;
    g_error("no page after %d s", LIMIT_S);
    return G_SOURCE_REMOVE;
}

static void
wait_for(Fixture *fixture, unsigned ticket)
{
    guint limit = g_timeout_add_seconds(LIMIT_S, on_limit, NULL);
    while (fixture->ticket != ticket)
        g_main_context_iteration(NULL, true);
    g_source_remove(limit);
}

static unsigned
get_pixel(const Fixture *fixture, double x, double y)
{
    const unsigned char *data = cairo_image_surface_get_data(fixture->picture);
    int stride = cairo_image_surface_get_stride(fixture->picture);
    uint32_t pixel;
    memcpy(&pixel, data + (size_t)y * (size_t)stride + (size_t)x * sizeof pixel,
           sizeof pixel);
    return pixel & WHITE;
}

/* Which square of the page's top row is black, from 0; whatever is not black is white. */
static int
find_square(const Fixture *fixture)
{
    int found = -1;
    double side = fixture->place.width / 10.0;
    for (int i = 0; i < 10; i++) {
        unsigned pixel = get_pixel(fixture, fixture->place.x + (i + 0.5) * side,
                                   fixture->place.y + 0.5 * side);
        g_assert_true(pixel == BLACK || pixel == WHITE);
        if (pixel == BLACK) {
            g_assert_cmpint(found, ==, -1);
            found = i;
        }
    }
    return found;
}

static void
black_is_where_the_page_has_it(Fixture *fixture, gconstpointer data)
{
    (void)data;
    for (unsigned page = 1; page <= N_PAGES; page++) {
        sc_projector_wish(fixture->projector, fixture->path, page, page);
        wait_for(fixture, page);
        g_assert_nonnull(fixture->picture);
        g_assert_cmpint(find_square(fixture), ==, (int)page);
    }
}

static void
page_lies_whole_in_the_middle(Fixture *fixture, gconstpointer data)
{
    (void)data;
    sc_projector_wish(fixture->projector, fixture->path, 1, 1);
    wait_for(fixture, 1);
    const ScArea *place = &fixture->place; /* 4:3 in 960 × 630 */
    g_assert_cmpint(place->x, ==, 60);
    g_assert_cmpint(place->y, ==, 0);
    g_assert_cmpint(place->width, ==, 840);
    g_assert_cmpint(place->height, ==, 630);
    g_assert_cmphex(get_pixel(fixture, 30, 300), !=, WHITE);
    g_assert_cmphex(get_pixel(fixture, 61, 300), ==, WHITE);
    g_assert_cmphex(get_pixel(fixture, 898, 629), ==, WHITE);
}

/* There are letters, and their edges are a pixel wide: each row has both colours. */
static void
words_are_sharp(Fixture *fixture, gconstpointer data)
{
    (void)data;
    unsigned n_black = 0;
    unsigned n_grey = 0;
    sc_projector_wish(fixture->projector, fixture->path, 1, 1);
    wait_for(fixture, 1);
    const ScArea *place = &fixture->place;
    for (int y = place->height * 7 / 10; y < place->height; y++)
        for (int x = place->x; x < place->x + place->width; x++) {
            unsigned pixel = get_pixel(fixture, x, place->y + y);
            n_black += pixel == BLACK;
            n_grey += pixel != BLACK && pixel != WHITE;
        }
    g_test_message("%u black pixels, %u at the edges", n_black, n_grey);
    g_assert_cmpuint(n_black, >, 2000);
    g_assert_cmpuint(n_grey, <, n_black);
}

static void
newest_wish_wins(Fixture *fixture, gconstpointer data)
{
    (void)data;
    unsigned n_wishes = 20;
    for (unsigned i = 1; i <= n_wishes; i++)
        sc_projector_wish(fixture->projector, fixture->path, i % N_PAGES + 1, i);
    wait_for(fixture, n_wishes);
    g_assert_cmpuint(fixture->n_told, ==, 1);
    g_assert_cmpint(find_square(fixture), ==, (int)(n_wishes % N_PAGES + 1));
}

static char *
write_other(const Fixture *fixture, const char *name, unsigned n_pages)
{
    g_autofree char *folder = g_build_filename(fixture->folder, name, NULL);
    g_mkdir(folder, 0700);
    return paper_write(folder, n_pages);
}

static void
remove_other(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_unlink(path);
    g_rmdir(folder);
}

/* Once another document is open and the file is away, only what was drawn before can be
 * shown. */
static void
the_next_page_is_drawn_ahead(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_autofree char *away = g_strconcat(fixture->path, ".away", NULL);
    g_autofree char *other = write_other(fixture, "other", N_PAGES);
    unsigned ticket = 0;
    gulong patience_us = 1000; /* more each time, LIMIT_S at last */
    do {
        g_assert_cmpuint(patience_us, <, LIMIT_S * G_USEC_PER_SEC);
        sc_projector_wish(fixture->projector, fixture->path, 2, ++ticket);
        wait_for(fixture, ticket);
        g_usleep(patience_us);
        patience_us *= 2;
        sc_projector_wish(fixture->projector, other, N_PAGES, ++ticket);
        wait_for(fixture, ticket);
        g_rename(fixture->path, away);
        sc_projector_wish(fixture->projector, fixture->path, 3, ++ticket);
        wait_for(fixture, ticket);
        g_rename(away, fixture->path);
    } while (!fixture->picture);
    g_assert_cmpint(find_square(fixture), ==, 3);
    remove_other(other);
}

static void
a_page_that_was_drawn_is_kept(Fixture *fixture, gconstpointer data)
{
    (void)data;
    cairo_surface_t *pictures[N_PAGES + 1];
    unsigned ticket = 0;
    for (unsigned page = 1; page <= N_PAGES; page++) {
        sc_projector_wish(fixture->projector, fixture->path, page, ++ticket);
        wait_for(fixture, ticket);
        pictures[page] = cairo_surface_reference(fixture->picture);
    }
    sc_projector_wish(fixture->projector, fixture->path, N_PAGES - 1, ++ticket);
    wait_for(fixture, ticket);
    g_assert_true(fixture->picture == pictures[N_PAGES - 1]);
    g_clear_pointer(&fixture->projector, sc_projector_free);
    g_clear_pointer(&fixture->picture, cairo_surface_destroy);
    for (unsigned page = 1; page <= N_PAGES; page++) {
        g_assert_cmpuint(cairo_surface_get_reference_count(pictures[page]), ==, 1);
        cairo_surface_destroy(pictures[page]);
    }
}

static void
no_more_than_four_are_kept(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_autofree char *other = write_other(fixture, "other", N_PAGES);
    cairo_surface_t *pictures[2 * N_PAGES];
    unsigned n_kept = 0;
    for (unsigned i = 0; i < 2 * N_PAGES; i++) {
        sc_projector_wish(fixture->projector, i < N_PAGES ? fixture->path : other,
                          i % N_PAGES + 1, i + 1);
        wait_for(fixture, i + 1);
        pictures[i] = cairo_surface_reference(fixture->picture);
    }
    g_clear_pointer(&fixture->picture, cairo_surface_destroy);
    for (unsigned i = 0; i < 2 * N_PAGES; i++) {
        n_kept += cairo_surface_get_reference_count(pictures[i]) > 1;
        cairo_surface_destroy(pictures[i]);
    }
    g_assert_cmpuint(n_kept, >, 0);
    g_assert_cmpuint(n_kept, <=, 4);
    remove_other(other);
}

/* The first page is kept, the second one drawn over, the document closed: all by cards
 * of one page, which have nothing to be drawn ahead. Then the second one is drawn ahead
 * again, and shown though the file is away. */
static void
neighbours_are_of_the_document_that_is_shown(Fixture *fixture, gconstpointer data)
{
    (void)data;
    static const char *const names[] = { "a", "b", "c", "d" };
    g_autofree char *away = g_strconcat(fixture->path, ".away", NULL);
    char *cards[G_N_ELEMENTS(names)];
    unsigned ticket = 0;
    gulong patience_us = 1000; /* more each time, LIMIT_S at last */
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        cards[i] = write_other(fixture, names[i], 1);
    do {
        g_assert_cmpuint(patience_us, <, LIMIT_S * G_USEC_PER_SEC);
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
            sc_projector_wish(fixture->projector, fixture->path, 1, ++ticket);
            wait_for(fixture, ticket);
            if (i + 1 == G_N_ELEMENTS(names)) {
                g_usleep(patience_us);
                patience_us *= 2;
            }
            sc_projector_wish(fixture->projector, cards[i], 1, ++ticket);
            wait_for(fixture, ticket);
        }
        g_rename(fixture->path, away);
        sc_projector_wish(fixture->projector, fixture->path, 2, ++ticket);
        wait_for(fixture, ticket);
        g_rename(away, fixture->path);
    } while (!fixture->picture);
    g_assert_cmpint(find_square(fixture), ==, 2);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        remove_other(cards[i]);
        g_free(cards[i]);
    }
}

static void
what_is_forgotten_is_not_told(Fixture *fixture, gconstpointer data)
{
    (void)data;
    sc_projector_wish(fixture->projector, fixture->path, 1, 1);
    sc_projector_forget(fixture->projector);
    sc_projector_wish(fixture->projector, fixture->path, 2, 2);
    wait_for(fixture, 2);
    g_assert_cmpuint(fixture->n_told, ==, 1);
}

static void
broken_documents_are_errors(Fixture *fixture, gconstpointer data)
{
    (void)data;
    static const struct {
        const char *text; /* NULL: there is no file */
        unsigned page;
    } cases[] = {
        { NULL, 1 },
        { "", 1 },
        { "not a document", 1 },
        { "%PDF-1.5\n%%EOF\n", 1 },
        { "%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
          "2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
          "trailer<</Root 1 0 R>>\n%%EOF\n",
          1 },
    };
    g_autofree char *path = g_build_filename(fixture->folder, "broken.pdf", NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (cases[i].text)
            g_file_set_contents(path, cases[i].text, -1, NULL);
        sc_projector_wish(fixture->projector, path, cases[i].page, i + 1);
        wait_for(fixture, i + 1);
        g_assert_null(fixture->picture);
        g_assert_nonnull(fixture->error);
        sc_projector_wish(fixture->projector, fixture->path, 1, 100 + i);
        wait_for(fixture, 100 + i); /* forgets the file */
    }
    sc_projector_wish(fixture->projector, fixture->path, N_PAGES + 1, 1000);
    wait_for(fixture, 1000);
    g_assert_null(fixture->picture);
    g_unlink(path);
}

static void
nothing_is_told_after_the_end(Fixture *fixture, gconstpointer data)
{
    (void)data;
    sc_projector_wish(fixture->projector, fixture->path, 1, 1);
    g_clear_pointer(&fixture->projector, sc_projector_free);
    while (g_main_context_iteration(NULL, false))
        ;
    g_assert_cmpuint(fixture->n_told, ==, 0);
}

#define ADD(name) \
    g_test_add("/client/projector/" #name, Fixture, NULL, set_up, name, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(black_is_where_the_page_has_it);
    ADD(page_lies_whole_in_the_middle);
    ADD(words_are_sharp);
    ADD(newest_wish_wins);
    ADD(the_next_page_is_drawn_ahead);
    ADD(a_page_that_was_drawn_is_kept);
    ADD(no_more_than_four_are_kept);
    ADD(neighbours_are_of_the_document_that_is_shown);
    ADD(what_is_forgotten_is_not_told);
    ADD(broken_documents_are_errors);
    ADD(nothing_is_told_after_the_end);
    return g_test_run();
}

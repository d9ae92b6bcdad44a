/* SPDX-License-Identifier: Apache-2.0 */
/* Publishing and watching against a far end in the same process, over 127.0.0.1. */
#include "client/publish.h"
#include "client/watch.h"
#include "farend.h"

#define LIMIT_US (20 * G_USEC_PER_SEC)

typedef struct {
    ScFarEnd *far_end;
    ScPlace place;
    ScPublish *publish;
    ScSource *source;
    ScWatch *watch;
    GPtrArray *slots;
} Fixture;

static void
ignore(void *user_data)
{
    (void)user_data;
}

static void
ignore_first(ScSlot *slot, int64_t t_us, void *user_data)
{
    (void)slot;
    (void)t_us;
    (void)user_data;
}

static void
ignore_source(ScSlot *slot, uint16_t source, int64_t t_us, void *user_data)
{
    (void)slot;
    (void)source;
    (void)t_us;
    (void)user_data;
}

static const ScSlotHandlers slot_handlers = { .source_changed = ignore_source,
                                              .first = ignore_first };

static void
on_captured(ScSourceMedium medium, GstSample *sample, void *user_data)
{
    Fixture *fixture = user_data;
    sc_publish_push(fixture->publish, medium, sample);
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->far_end = sc_far_end_new();
    fixture->place = (ScPlace){ .url = sc_far_end_get_url(fixture->far_end),
                                .lesson = "lesson",
                                .token = "token" };
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    sc_source_free(fixture->source);
    sc_publish_free(fixture->publish);
    sc_watch_free(fixture->watch);
    sc_resource_wait_deleted(LIMIT_US);
    g_clear_pointer(&fixture->slots, g_ptr_array_unref);
    sc_far_end_free(fixture->far_end);
}

static void
publish(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    const ScSourceSettings source = {
        .name = "test", .max_width = 320, .max_height = 240, .max_fps = 30, .stamp = true
    };
    const ScPublishSettings settings = { .encoder = "x264enc",
                                         .video_kbps = 300,
                                         .audio_kbps = 32 };
    fixture->publish = sc_publish_new(&fixture->place, &settings, ignore, NULL);
    fixture->source = sc_source_new(&source, on_captured, fixture, &error);
    g_assert_no_error(error);
    sc_source_start(fixture->source);
    sc_link_start(sc_publish_get_link(fixture->publish));
}

static void
watch(Fixture *fixture)
{
    fixture->slots = g_ptr_array_new_with_free_func((GDestroyNotify)sc_slot_free);
    g_ptr_array_add(fixture->slots,
                    sc_slot_new("main-audio", SC_SLOT_AUDIO, &slot_handlers, fixture));
    g_ptr_array_add(fixture->slots,
                    sc_slot_new("main-video", SC_SLOT_VIDEO, &slot_handlers, fixture));
    fixture->watch = sc_watch_new(&fixture->place, fixture->slots, 80, ignore, NULL);
    sc_link_expect_media(sc_watch_get_link(fixture->watch), true);
    sc_link_start(sc_watch_get_link(fixture->watch));
}

static int64_t
watched(const Fixture *fixture)
{
    return sc_slot_get_pictures(g_ptr_array_index(fixture->slots, 1)).frames_decoded;
}

static gboolean
keep_turning(gpointer data)
{
    (void)data;
    return G_SOURCE_CONTINUE;
}

/* Lets the loop run until the far end decoded @n_published, or we decoded @n_watched. */
static void
run_until(Fixture *fixture, unsigned n_published, int64_t n_watched)
{
    int64_t end_us = g_get_monotonic_time() + LIMIT_US;
    guint tick = g_timeout_add(10, keep_turning, NULL);
    while (g_get_monotonic_time() < end_us) {
        g_main_context_iteration(NULL, true);
        bool published = sc_far_end_get_decoded(fixture->far_end) >= n_published;
        if (published && (!fixture->watch || watched(fixture) >= n_watched))
            break;
    }
    g_source_remove(tick);
    g_assert_cmpuint(sc_far_end_get_decoded(fixture->far_end), >=, n_published);
    if (fixture->watch)
        g_assert_cmpint(watched(fixture), >=, n_watched);
}

static void
what_is_published_is_decoded_at_the_far_end(Fixture *fixture, gconstpointer data)
{
    (void)data;
    publish(fixture);
    run_until(fixture, 50, 0);
    g_assert_cmpuint(sc_link_get_renegotiations(sc_publish_get_link(fixture->publish)),
                     ==, 0);
}

static void
what_is_watched_is_decoded_here(Fixture *fixture, gconstpointer data)
{
    (void)data;
    watch(fixture);
    run_until(fixture, 0, 50);
    g_assert_cmpint(sc_slot_get_last_us(g_ptr_array_index(fixture->slots, 0)), >, 0);
}

static void
refusals_are_outlasted(Fixture *fixture, gconstpointer data)
{
    (void)data;
    sc_far_end_refuse(fixture->far_end, 3);
    watch(fixture);
    run_until(fixture, 0, 5);
    g_assert_cmpuint(sc_far_end_get_sessions(fixture->far_end), ==, 1);
}

static void
forgotten_session_is_made_anew(Fixture *fixture, gconstpointer data)
{
    (void)data;
    watch(fixture);
    run_until(fixture, 0, 25);
    sc_far_end_forget(fixture->far_end);
    run_until(fixture, 0, watched(fixture) + 25);
    g_assert_cmpuint(sc_far_end_get_sessions(fixture->far_end), ==, 2);
}

/* libnice would ask every interface for one by multicast; tests talk to loopback only. A
 * type is there once one of it was made. */
static void
nobody_looks_for_a_router(Fixture *fixture, gconstpointer data)
{
    (void)data;
    static const char *const types[] = { "GUPnPSimpleIgdThread", "GUPnPSimpleIgd",
                                         "GUPnPContextManager", "GUPnPContext" };
    watch(fixture);
    publish(fixture);
    run_until(fixture, 5, 5);
    for (unsigned i = 0; i < G_N_ELEMENTS(types); i++)
        g_assert_cmpuint(g_type_from_name(types[i]), ==, 0);
}

#define ADD(name) \
    g_test_add("/client/media/" #name, Fixture, NULL, set_up, name, tear_down)

int
main(int argc, char **argv)
{
    gst_init(&argc, &argv);
    g_test_init(&argc, &argv, NULL);
    ADD(what_is_published_is_decoded_at_the_far_end);
    ADD(what_is_watched_is_decoded_here);
    ADD(refusals_are_outlasted);
    ADD(forgotten_session_is_made_anew);
    ADD(nobody_looks_for_a_router);
    return g_test_run();
}

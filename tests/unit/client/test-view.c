/* SPDX-License-Identifier: Apache-2.0 */
/* A still is pushed once and has to be seen, however late the screen is. */
#include "client/view.h"

#define LATENCY_MS 200
#define LIMIT_S 20
#define N_STILLS 6
#define PAUSE_MS 150
/* Holds each frame for half a second late, and complains of it upstream. */
#define LATE_SINK "fakesink sync=true qos=true ts-offset=-500000000"

static void
on_drawn(unsigned serial, int64_t t_us, void *user_data)
{
    (void)t_us;
    unsigned *drawn = user_data;
    *drawn = serial;
}

static gboolean
on_limit(gpointer data)
{
    g_error("still %u is not on the canvas after %d s", *(unsigned *)data, LIMIT_S);
    return G_SOURCE_REMOVE;
}

static gboolean
on_pause(gpointer data)
{
    *(bool *)data = true;
    return G_SOURCE_REMOVE;
}

static void
pause_for(unsigned pause_ms)
{
    bool is_over = false;
    g_timeout_add(pause_ms, on_pause, &is_over);
    while (!is_over)
        g_main_context_iteration(NULL, true);
}

static void
assert_stills_are_drawn(const char *sink)
{
    unsigned drawn = 0;
    const ScViewHandlers handlers = { .drawn = on_drawn };
    const ScArea area = { 0, 0, SC_VIEW_WIDTH, SC_VIEW_HEIGHT };
    g_autoptr(GError) error = NULL;
    g_autoptr(ScView) view =
        sc_view_new_on(sink, 1, LATENCY_MS, &handlers, &drawn, &error);
    g_assert_no_error(error);
    sc_view_place(view, 0, true, &area);
    for (unsigned serial = 1; serial <= N_STILLS; serial++) {
        cairo_surface_t *still = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 64, 36);
        guint limit = g_timeout_add_seconds(LIMIT_S, on_limit, &serial);
        sc_view_push_still(view, 0, still, serial);
        cairo_surface_destroy(still);
        while (drawn != serial)
            g_main_context_iteration(NULL, true);
        g_source_remove(limit);
        pause_for(PAUSE_MS);
    }
}

static void
test_each_still_is_drawn(void)
{
    assert_stills_are_drawn("fakesink sync=true");
}

static void
test_also_on_a_screen_that_is_late(void)
{
    assert_stills_are_drawn(LATE_SINK);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    gst_init(&argc, &argv);
    g_test_add_func("/view/each_still_is_drawn", test_each_still_is_drawn);
    g_test_add_func("/view/also_on_a_screen_that_is_late",
                    test_also_on_a_screen_that_is_late);
    return g_test_run();
}

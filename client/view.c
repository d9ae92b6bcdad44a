/* SPDX-License-Identifier: Apache-2.0 */
#include "client/view.h"

#include <gio/gio.h>

ScView *
sc_view_new(ScViewLayout layout, unsigned n_pictures, unsigned n_sounds,
            unsigned latency_ms, void (*on_closed)(void *user_data), void *user_data,
            GError **error)
{
    (void)layout;
    (void)n_pictures;
    (void)n_sounds;
    (void)latency_ms;
    (void)on_closed;
    (void)user_data;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "no window yet");
    return NULL;
}
void
sc_view_free(ScView *self)
{
    (void)self;
}
void
sc_view_push_picture(ScView *self, unsigned index, GstSample *sample)
{
    (void)self;
    (void)index;
    (void)sample;
}
void
sc_view_push_sound(ScView *self, unsigned index, GstSample *sample)
{
    (void)self;
    (void)index;
    (void)sample;
}
void
sc_view_show(ScView *self, unsigned index, bool shown)
{
    (void)self;
    (void)index;
    (void)shown;
}
void
sc_view_set_title(ScView *self, unsigned index, const char *title)
{
    (void)self;
    (void)index;
    (void)title;
}
void
sc_view_set_sentence(ScView *self, const char *sentence, const char *caption, bool alarm)
{
    (void)self;
    (void)sentence;
    (void)caption;
    (void)alarm;
}

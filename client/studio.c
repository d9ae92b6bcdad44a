/* SPDX-License-Identifier: Apache-2.0 */
#include "client/studio.h"

enum { CAMERA, SLIDES, N_SOURCES };

struct ScStudio {
    const ScConfig *config; /* borrowed: see sc_studio_new() */
    ScSourceOutlet outlet;
    void *user_data; /* borrowed: see sc_studio_new() */
    void (*on_failed)(const GError *error, void *user_data);
    uint16_t number;
    bool music;

    GThread *opening; /* owned; until it was joined, what follows is its own */
    ScSource *sources[N_SOURCES]; /* owned; NULL: none */
    GError *error;                /* owned */
    bool is_open;                 /* and sources are main's */
    GSource *opened;              /* owned; the thread attaches it when it is done */
};

static const char *
source_name(const ScStudio *self, int index)
{
    const char *name = index == CAMERA ? self->config->source : self->config->slides;
    return *name ? name : NULL;
}

static gboolean
on_opened(gpointer data)
{
    ScStudio *self = data;
    g_clear_pointer(&self->opening, g_thread_join);
    if (self->error) {
        self->on_failed(self->error, self->user_data);
        return G_SOURCE_REMOVE;
    }
    self->is_open = true;
    for (int i = 0; i < N_SOURCES; i++)
        if (self->sources[i]) {
            sc_source_set_number(self->sources[i], self->number);
            sc_source_set_music(self->sources[i], self->music);
            sc_source_start(self->sources[i]);
        }
    return G_SOURCE_REMOVE;
}

static gpointer
open_all(gpointer data)
{
    ScStudio *self = data;
    for (int i = 0; i < N_SOURCES && !self->error; i++) {
        const ScSourceSettings settings = {
            .name = source_name(self, i),
            .max_width = self->config->max_width,
            .max_height = self->config->max_height,
            .max_fps = self->config->max_fps,
            .slides = i == SLIDES,
            .stamp = self->config->stamp && i == CAMERA,
            .sound = self->config->sound,
        };
        if (settings.name)
            self->sources[i] =
                sc_source_new(&settings, self->outlet, self->user_data, &self->error);
    }
    g_source_attach(self->opened, NULL);
    return NULL;
}

ScStudio *
sc_studio_new(const ScConfig *config, ScSourceOutlet outlet, void *user_data)
{
    ScStudio *self = g_new0(ScStudio, 1);
    self->config = config;
    self->outlet = outlet;
    self->user_data = user_data;
    self->number = (uint16_t)config->source_number;
    self->music = config->sound.music;
    return self;
}

void
sc_studio_free(ScStudio *self)
{
    if (!self)
        return;
    g_clear_pointer(&self->opening, g_thread_join);
    if (self->opened) {
        g_source_destroy(self->opened);
        g_source_unref(self->opened);
    }
    for (int i = 0; i < N_SOURCES; i++)
        sc_source_free(self->sources[i]);
    g_clear_error(&self->error);
    g_free(self);
}

bool
sc_studio_check(const ScStudio *self, GError **error)
{
    for (int i = 0; i < N_SOURCES; i++)
        if (source_name(self, i) && !sc_source_check(source_name(self, i), error))
            return false;
    return true;
}

void
sc_studio_start(ScStudio *self, void (*on_failed)(const GError *error, void *user_data))
{
    self->on_failed = on_failed;
    self->opened = g_idle_source_new();
    g_source_set_priority(self->opened, G_PRIORITY_HIGH);
    g_source_set_callback(self->opened, on_opened, self, NULL);
    self->opening = g_thread_new("sc-studio", open_all, self);
}

void
sc_studio_set_number(ScStudio *self, uint16_t number)
{
    self->number = number;
    if (self->is_open)
        sc_source_set_number(self->sources[CAMERA], number);
}

void
sc_studio_set_music(ScStudio *self, bool is_on)
{
    self->music = is_on;
    if (self->is_open)
        sc_source_set_music(self->sources[CAMERA], is_on);
}

bool
sc_studio_get_level_db(const ScStudio *self, double *out_level_db)
{
    return self->is_open && sc_source_get_level_db(self->sources[CAMERA], out_level_db);
}

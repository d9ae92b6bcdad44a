/* SPDX-License-Identifier: Apache-2.0 */
#include "client/stage.h"

#include "client/speaker.h"
#include "client/view.h"

struct ScStage {
    ScStageSettings settings;
    ScView *view;       /* owned */
    ScSpeaker *speaker; /* owned */
    ScArea *areas;      /* owned; n_pictures, and one for a teacher's own */
    bool *shown;        /* owned; likewise */
    bool has_shown;     /* a main picture: it is never taken away again */
    char *written;      /* owned; what the words were drawn from */
};

static bool
is_teacher(const ScStage *self)
{
    return self->settings.role == SC_ROLE_TEACHER;
}

static const char *
caption(const ScStage *self, const ScStageNow *now)
{
    if (is_teacher(self) || now->state != SC_ROOM_PLAYING)
        return "";
    return sc_sentence_get_caption(
        now->has_floor ? SC_CAPTION_ON_FLOOR : SC_CAPTION_MUTED, self->settings.language);
}

static void
arrange(ScStage *self, const ScStageNow *now)
{
    int width;
    int height;
    unsigned n = self->settings.n_pictures;
    sc_view_get_size(self->view, &width, &height);
    for (unsigned i = 0; i < n; i++)
        self->shown[i] = now->flowing[i];
    if (is_teacher(self)) {
        self->shown[n] = true;
        sc_layout_teacher(width, height, n, self->areas);
    } else {
        /* Its last picture stays: an empty screen frightens a class. */
        self->has_shown = self->has_shown || now->flowing[SC_LAYOUT_MAIN];
        self->shown[SC_LAYOUT_MAIN] = self->has_shown;
        sc_layout_classroom(width, height, self->shown, self->areas);
    }
    for (unsigned i = 0; i < n + is_teacher(self); i++)
        sc_view_place(self->view, i, self->shown[i], &self->areas[i]);
}

/* A tile without a picture says so. */
static char *
tile_title(const ScStage *self, const ScStageNow *now, unsigned index)
{
    if (now->flowing[index])
        return g_strdup(now->titles[index]);
    return g_strdup_printf(
        "%s · %s", now->titles[index],
        sc_sentence_get_caption(SC_CAPTION_NO_PICTURE, self->settings.language));
}

static void
write_words(ScStage *self, const ScStageNow *now)
{
    unsigned n = is_teacher(self) ? self->settings.n_pictures : 0;
    g_autofree ScBannerTitle *titles = g_new0(ScBannerTitle, n + 1);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    const ScBanner banner = {
        .sentence =
            sc_sentence_get(now->state, self->settings.role, self->settings.language),
        .caption = caption(self, now),
        .alarm = now->state == SC_ROOM_RECONNECTING,
        .titles = titles,
        .n_titles = n,
    };
    for (unsigned i = 0; i < n; i++) {
        char *text = tile_title(self, now, i);
        g_ptr_array_add(texts, text);
        titles[i] = (ScBannerTitle){ text, self->areas[i] };
    }
    g_ptr_array_add(texts, NULL);
    g_autofree char *joined = g_strjoinv("\n", (GStrv)texts->pdata);
    g_autofree char *words =
        g_strdup_printf("%s\n%s\n%s", banner.sentence, banner.caption, joined);
    if (!g_strcmp0(words, self->written))
        return;
    sc_view_write(self->view, &banner);
    g_free(self->written);
    self->written = g_steal_pointer(&words);
}

ScStage *
sc_stage_new(const ScStageSettings *settings, GError **error)
{
    g_autoptr(ScStage) self = g_new0(ScStage, 1);
    self->settings = *settings;
    unsigned n = settings->n_pictures + is_teacher(self);
    self->areas = g_new0(ScArea, n);
    self->shown = g_new0(bool, n);
    self->view = sc_view_new("SynClass 同步课堂", n, settings->latency_ms,
                             settings->on_closed, settings->user_data, error);
    if (!self->view)
        return NULL;
    self->speaker = sc_speaker_new(settings->n_sounds, settings->latency_ms);
    return g_steal_pointer(&self);
}

void
sc_stage_free(ScStage *self)
{
    if (!self)
        return;
    sc_speaker_free(self->speaker);
    sc_view_free(self->view);
    g_free(self->areas);
    g_free(self->shown);
    g_free(self->written);
    g_free(self);
}

void
sc_stage_push_picture(ScStage *self, unsigned index, GstSample *sample)
{
    sc_view_push(self->view, index, sample);
}

void
sc_stage_push_sound(ScStage *self, unsigned index, GstSample *sample)
{
    sc_speaker_push(self->speaker, index, sample);
}

void
sc_stage_push_own(ScStage *self, GstSample *sample)
{
    if (is_teacher(self))
        sc_view_push(self->view, self->settings.n_pictures, sample);
}

void
sc_stage_show(ScStage *self, const ScStageNow *now)
{
    arrange(self, now);
    write_words(self, now);
}

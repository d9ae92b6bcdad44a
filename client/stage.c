/* SPDX-License-Identifier: Apache-2.0 */
#include "client/stage.h"

#include "client/speaker.h"

#define VOLUME_MAX_PCT 100
#define PAINT_US 4000 /* of ink, before the loop goes on */
/* Of the teacher's words in the bar, in halves of a Chinese letter; longer ones would be
 * cut there. */
#define SAID_MAX 150
#define SAID_BESIDE_MAX                                             \
    80 /* beside the caption: a room on air is told so all the time \
        */
#define VOLUME_US (2 * G_USEC_PER_SEC) /* for its bar to be seen */

struct ScStage {
    ScStageSettings settings;
    ScView *view;       /* owned */
    ScSpeaker *speaker; /* owned */
    ScArea *areas;      /* owned; n_pictures, and one for a teacher's own or a page */
    bool *shown;        /* owned; likewise */
    bool has_shown;     /* a main picture: it is never taken away again */
    char *written;      /* owned; what the words were drawn from */
    unsigned still;     /* the page that was given to the view; 0: none */
    ScInk *ink;         /* borrowed: of the last sc_stage_show(); NULL: none is shown */
    guint painting;     /* there is more of it to paint */
    int volume_pct;
    int64_t volume_us; /* when it was changed; 0: never */
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
    return sc_sentence_get_caption(now->is_silenced ? SC_CAPTION_SILENCED
                                   : now->has_floor ? SC_CAPTION_ON_FLOOR
                                                    : SC_CAPTION_MUTED,
                                   self->settings.language);
}

/* A page wins over the teacher's screen. */
static void
place_page(ScStage *self, const ScStageSlides *slides)
{
    unsigned page = self->settings.n_pictures;
    const ScArea *area = &self->areas[SC_LAYOUT_SLIDES];
    if (slides->picture && slides->serial != self->still) {
        sc_view_push_still(self->view, page, slides->picture, slides->serial);
        self->still = slides->serial;
    }
    sc_view_place(self->view, page, slides->has_page && slides->picture, area);
    if (slides->has_page)
        sc_view_place(self->view, SC_LAYOUT_SLIDES, false, area);
}

static ScLayoutAsked
get_asked(const ScStage *self, const ScStageNow *now)
{
    if (is_teacher(self) || !self->shown[SC_LAYOUT_SLIDES] || !now->prompt
        || !now->prompt->text)
        return SC_LAYOUT_NOTHING_ASKED;
    return now->prompt->scan ? SC_LAYOUT_ASKED_WITH_CODE : SC_LAYOUT_ASKED;
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
        self->shown[SC_LAYOUT_SLIDES] |= now->slides->has_page;
        ScLayoutAsked asked = get_asked(self, now);
        if (asked != SC_LAYOUT_NOTHING_ASKED && self->shown[SC_LAYOUT_GUEST])
            self->shown[SC_LAYOUT_MAIN] = false;
        sc_layout_classroom(width, height, self->shown, asked, self->areas);
    }
    for (unsigned i = 0; i < n + is_teacher(self); i++)
        sc_view_place(self->view, i, self->shown[i], &self->areas[i]);
    if (!is_teacher(self))
        place_page(self, now->slides);
}

/* False: it would be cut there, or the bar has something to say that matters more. */
static bool
is_said_in_bar(const ScStage *self, const ScStageNow *now)
{
    const char *said = now->prompt ? now->prompt->said : NULL;
    unsigned length = 0;
    if (!said || is_teacher(self) || !self->shown[SC_LAYOUT_SLIDES]
        || now->state == SC_ROOM_RECONNECTING || now->state == SC_ROOM_OVER)
        return false;
    for (; *said; said = g_utf8_next_char(said))
        length += g_unichar_iswide(g_utf8_get_char(said)) ? 2 : 1;
    return length <= (now->has_floor ? SAID_BESIDE_MAX : SAID_MAX);
}

/* A tile without a picture says so; one that is nobody's says nothing. */
static char *
tile_title(const ScStage *self, const ScStageNow *now, unsigned index)
{
    if (now->flowing[index] || !*now->titles[index])
        return g_strdup(now->titles[index]);
    return g_strdup_printf(
        "%s · %s", now->titles[index],
        sc_sentence_get_caption(SC_CAPTION_NO_PICTURE, self->settings.language));
}

static int
shown_volume(const ScStage *self)
{
    bool is_new = self->volume_us && g_get_monotonic_time() - self->volume_us < VOLUME_US;
    return is_new ? self->volume_pct : SC_CARD_NO_VOLUME;
}

static void
write_words(ScStage *self, const ScStageNow *now)
{
    unsigned n = is_teacher(self) ? self->settings.n_pictures : 0;
    g_autofree ScBannerTitle *titles = g_new0(ScBannerTitle, n + 1);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    bool is_said = is_said_in_bar(self, now);
    bool has_slides = !is_teacher(self) && self->shown[SC_LAYOUT_SLIDES];
    bool has_guest = has_slides && self->shown[SC_LAYOUT_GUEST];
    ScLayoutAsked asked = get_asked(self, now);
    int width, height;
    ScCardPlaces places;
    sc_view_get_size(self->view, &width, &height);
    sc_layout_get_places(width, height, asked, &places);
    ScArea beside = sc_layout_get_beside(width, height, has_guest);
    const ScCard card = {
        .prompt = now->prompt,
        .volume_pct = shown_volume(self),
        .volume_name =
            sc_sentence_get_caption(SC_CAPTION_VOLUME, self->settings.language),
        .is_said_elsewhere = is_said,
        .slide = has_slides ? &self->areas[SC_LAYOUT_SLIDES] : NULL,
        .beside = &beside,
        .places = asked != SC_LAYOUT_NOTHING_ASKED ? &places : NULL,
    };
    const ScBanner banner = {
        .sentence = is_said ? now->prompt->said : now->sentence,
        .caption = is_said && !now->has_floor ? "" : caption(self, now),
        .notice = has_slides ? now->slides->notice : NULL,
        .notice_area = has_slides ? self->areas[SC_LAYOUT_SLIDES] : (ScArea){ 0 },
        .alarm = now->state == SC_ROOM_RECONNECTING,
        .titles = titles,
        .n_titles = n,
        .card = &card,
    };
    for (unsigned i = 0; i < n; i++) {
        char *text = tile_title(self, now, i);
        g_ptr_array_add(texts, text);
        titles[i] = (ScBannerTitle){ text, self->areas[i], !now->flowing[i] };
    }
    g_ptr_array_add(texts, NULL);
    g_autofree char *joined = g_strjoinv("\n", (GStrv)texts->pdata);
    g_autofree char *prompt = now->prompt ? sc_prompt_dup_words(now->prompt) : NULL;
    g_autofree char *words =
        g_strdup_printf("%s\n%s\n%s\n%s\n%s\n%d\n%d\n%d", banner.sentence, banner.caption,
                        banner.notice ? banner.notice : "", joined, prompt ? prompt : "",
                        card.volume_pct, has_slides, has_guest);
    if (!g_strcmp0(words, self->written))
        return;
    sc_view_write(self->view, &banner);
    g_free(self->written);
    self->written = g_steal_pointer(&words);
}

/* Paints what there is time for; the rest when the loop has nothing else to do. */
static gboolean
on_paint(gpointer data)
{
    ScStage *self = data;
    GstVideoOverlayRectangle *strokes, *pointer;
    int64_t end_us = g_get_monotonic_time() + PAINT_US;
    bool has_more;
    while ((has_more = sc_ink_paint(self->ink)) && g_get_monotonic_time() < end_us)
        ;
    if (sc_ink_take_news(self->ink)) {
        sc_ink_draw(self->ink, &strokes, &pointer);
        sc_view_lay(self->view, strokes, pointer);
    }
    if (!has_more)
        self->painting = 0;
    return has_more;
}

static void
hide_ink(ScStage *self)
{
    g_clear_handle_id(&self->painting, g_source_remove);
    if (self->ink)
        sc_view_lay(self->view, NULL, NULL);
    self->ink = NULL;
}

/* The page's picture is as large as the slides' area mostly is, and made smaller by the
 * mixer where that is smaller. */
static ScArea
get_page_place(ScArea area, const ScStageSlides *slides)
{
    int width = cairo_image_surface_get_width(slides->picture);
    int height = cairo_image_surface_get_height(slides->picture);
    ScArea picture = sc_ink_place(area, width, height);
    double scale = (double)picture.width / width;
    return (ScArea){ picture.x + (int)(slides->place.x * scale),
                     picture.y + (int)(slides->place.y * scale),
                     (int)(slides->place.width * scale),
                     (int)(slides->place.height * scale) };
}

/* Where what is drawn over lies on the canvas. */
static ScArea
get_slide_place(const ScStage *self, const ScStageSlides *slides)
{
    ScArea area = self->areas[SC_LAYOUT_SLIDES];
    int width, height;
    if (slides->has_page && slides->picture)
        return get_page_place(area, slides);
    if (slides->has_page)
        return area;
    sc_view_get_picture_size(self->view, SC_LAYOUT_SLIDES, &width, &height);
    return sc_ink_place(area, width, height);
}

static void
show_ink(ScStage *self, const ScStageSlides *slides)
{
    if (!self->shown[SC_LAYOUT_SLIDES] || !slides->ink) {
        hide_ink(self);
        return;
    }
    if (!self->ink)
        sc_ink_renew(slides->ink);
    self->ink = slides->ink;
    sc_ink_set_place(self->ink, get_slide_place(self, slides));
    if (!self->painting && on_paint(self))
        self->painting = g_idle_add(on_paint, self);
}

ScStage *
sc_stage_new(const ScStageSettings *settings, GError **error)
{
    g_autoptr(ScStage) self = g_new0(ScStage, 1);
    self->settings = *settings;
    /* One more: a teacher sees itself, a classroom a page. */
    unsigned n = settings->n_pictures + 1;
    self->areas = g_new0(ScArea, n);
    self->shown = g_new0(bool, n);
    self->view = sc_view_new("SynClass 同步课堂", n, settings->latency_ms,
                             &settings->handlers, settings->user_data, error);
    if (!self->view)
        return NULL;
    self->volume_pct = VOLUME_MAX_PCT;
    self->speaker = sc_speaker_new(settings->n_sounds, settings->latency_ms);
    return g_steal_pointer(&self);
}

void
sc_stage_free(ScStage *self)
{
    if (!self)
        return;
    g_clear_handle_id(&self->painting, g_source_remove);
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
sc_stage_change_volume(ScStage *self, int step_pct)
{
    self->volume_pct = CLAMP(self->volume_pct + step_pct, 0, VOLUME_MAX_PCT);
    self->volume_us = g_get_monotonic_time();
    sc_speaker_set_volume(self->speaker, (unsigned)self->volume_pct);
}

void
sc_stage_show(ScStage *self, const ScStageNow *now)
{
    arrange(self, now);
    if (!is_teacher(self))
        show_ink(self, now->slides);
    write_words(self, now);
}

/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-reception"
#include "client/reception.h"

#include "client/watch.h"

#define FLOWING_US (2 * G_USEC_PER_SEC)

enum { MAIN, GUEST }; /* of a classroom's sounds and pictures */

struct ScReception {
    const ScConfig *config; /* borrowed, as the next four: see sc_reception_new() */
    const ScPlace *place;
    ScStatus *status;
    const ScReceptionHandlers *handlers;
    void *user_data;
    ScRole role;
    ScWatch *watch; /* owned; NULL: not open yet */
    /* Owned; NULL: headless, or not open yet. Streaming threads read it. */
    ScStage *_Atomic stage;
    GPtrArray *sounds;   /* owned, of ScSlot, in the order of the protocol */
    GPtrArray *pictures; /* likewise */
    GPtrArray *slots;    /* owned; of both, borrowed, in the order of the sections */
};

/* Streaming thread. */
static void
on_decoded(ScSlot *slot, GstSample *sample, void *user_data)
{
    ScReception *self = user_data;
    unsigned index;
    if (!self->stage)
        return;
    if (g_ptr_array_find(self->pictures, slot, &index))
        sc_stage_push_picture(self->stage, index, sample);
    else if (g_ptr_array_find(self->sounds, slot, &index))
        sc_stage_push_sound(self->stage, index, sample);
}

static void
on_source_changed(ScSlot *slot, uint16_t source, int64_t t_us, void *user_data)
{
    ScReception *self = user_data;
    sc_status_tell_source(self->status, t_us, sc_slot_get_name(slot), source);
}

static void
on_first(ScSlot *slot, int64_t t_us, void *user_data)
{
    ScReception *self = user_data;
    if (sc_slot_get_kind(slot) == SC_SLOT_VIDEO)
        sc_status_tell(self->status, "first_frame", t_us, "slot", sc_slot_get_name(slot));
}

static const ScSlotHandlers slot_handlers = {
    .decoded = on_decoded,
    .source_changed = on_source_changed,
    .first = on_first,
};

static void
add_slot(ScReception *self, GPtrArray *kind, const char *name)
{
    ScSlot *slot =
        sc_slot_new(name, kind == self->pictures ? SC_SLOT_VIDEO : SC_SLOT_AUDIO,
                    &slot_handlers, self);
    g_ptr_array_add(kind, slot);
}

static bool
open_stage(ScReception *self, GError **error)
{
    if (self->config->headless)
        return true;
    const ScStageSettings settings = {
        .role = self->role,
        .language = self->config->language,
        .n_pictures = self->pictures->len,
        .n_sounds = self->sounds->len,
        .latency_ms = (unsigned)self->config->latency_ms,
        .handlers = self->handlers->window,
        .user_data = self->user_data,
    };
    self->stage = sc_stage_new(&settings, error);
    return self->stage != NULL;
}

static void
open_watch(ScReception *self)
{
    for (unsigned i = 0; i < self->sounds->len; i++)
        g_ptr_array_add(self->slots, g_ptr_array_index(self->sounds, i));
    for (unsigned i = 0; i < self->pictures->len; i++)
        g_ptr_array_add(self->slots, g_ptr_array_index(self->pictures, i));
    self->watch =
        sc_watch_new(self->place, self->slots, (unsigned)self->config->latency_ms,
                     self->handlers->changed, self->user_data);
}

ScReception *
sc_reception_new(const ScConfig *config, const ScPlace *place, ScStatus *status,
                 const ScReceptionHandlers *handlers, void *user_data)
{
    ScReception *self = g_new0(ScReception, 1);
    self->config = config;
    self->place = place;
    self->status = status;
    self->handlers = handlers;
    self->user_data = user_data;
    self->role =
        config->command == SC_COMMAND_TEACH ? SC_ROLE_TEACHER : SC_ROLE_CLASSROOM;
    self->sounds = g_ptr_array_new_with_free_func((GDestroyNotify)sc_slot_free);
    self->pictures = g_ptr_array_new_with_free_func((GDestroyNotify)sc_slot_free);
    self->slots = g_ptr_array_new();
    return self;
}

void
sc_reception_free(ScReception *self)
{
    if (!self)
        return;
    sc_reception_stop(self);
    g_ptr_array_unref(self->slots);
    g_ptr_array_unref(self->sounds);
    g_ptr_array_unref(self->pictures);
    sc_stage_free(self->stage);
    g_free(self);
}

bool
sc_reception_open_classroom(ScReception *self, GError **error)
{
    add_slot(self, self->sounds, "main-audio");
    add_slot(self, self->sounds, "guest-audio");
    add_slot(self, self->pictures, "main-video");
    add_slot(self, self->pictures, "guest-video");
    add_slot(self, self->pictures, "slides-video");
    if (!open_stage(self, error))
        return false;
    open_watch(self);
    return true;
}

void
sc_reception_open_tiles(ScReception *self, unsigned n_tiles)
{
    if (self->watch || n_tiles == 0)
        return;
    for (unsigned i = 0; i < MIN(n_tiles, SC_RECEPTION_TILES_MAX); i++) {
        g_autofree char *voice = g_strdup_printf("voice-%u", i);
        g_autofree char *tile = g_strdup_printf("tile-%u", i);
        add_slot(self, self->sounds, voice);
        add_slot(self, self->pictures, tile);
    }
    g_autoptr(GError) error = NULL;
    if (!open_stage(self, &error))
        g_warning("no window: %s; going on without", error->message);
    open_watch(self);
    sc_reception_start(self);
}

void
sc_reception_start(ScReception *self)
{
    if (self->watch)
        sc_link_start(sc_watch_get_link(self->watch));
}

void
sc_reception_stop(ScReception *self)
{
    g_clear_pointer(&self->watch, sc_watch_free);
}

void
sc_reception_expect_media(ScReception *self, bool expected)
{
    if (self->watch)
        sc_link_expect_media(sc_watch_get_link(self->watch), expected);
}

void
sc_reception_rejoin(ScReception *self, const char *const *locations, const char *reason)
{
    if (self->watch)
        sc_link_rejoin(sc_watch_get_link(self->watch), locations, reason);
}

void
sc_reception_change_guest(ScReception *self, uint16_t number)
{
    if (self->role == SC_ROLE_TEACHER)
        return;
    ScSlot *guest = g_ptr_array_index(self->pictures, GUEST);
    if (sc_slot_get_source(guest) != number)
        sc_slot_pause(guest);
    sc_slot_pause(g_ptr_array_index(self->sounds, GUEST));
}

void
sc_reception_push_own(ScReception *self, GstSample *sample)
{
    if (self->stage)
        sc_stage_push_own(self->stage, sample);
}

void
sc_reception_change_volume(ScReception *self, int step_pct)
{
    if (self->stage)
        sc_stage_change_volume(self->stage, step_pct);
}

void
sc_reception_show(ScReception *self, bool has_guest, const ScStageNow *now)
{
    int64_t now_us = g_get_monotonic_time();
    bool flowing[SC_RECEPTION_TILES_MAX] = { false };
    if (!self->stage)
        return;
    for (unsigned i = 0; i < self->pictures->len; i++) {
        int64_t last_us = sc_slot_get_last_us(g_ptr_array_index(self->pictures, i));
        flowing[i] = last_us && now_us - last_us < FLOWING_US;
    }
    if (self->role != SC_ROLE_TEACHER && !has_guest)
        flowing[GUEST] = false;
    ScStageNow ours = *now;
    ours.flowing = flowing;
    sc_stage_show(self->stage, &ours);
}

const ScRecovery *
sc_reception_get_recovery(const ScReception *self)
{
    return self->watch ? sc_link_get_recovery(sc_watch_get_link(self->watch)) : NULL;
}

int64_t
sc_reception_get_last_us(const ScReception *self)
{
    int64_t last_us = 0;
    unsigned n = self->role == SC_ROLE_TEACHER ? self->pictures->len : MAIN + 1;
    for (unsigned i = 0; i < n; i++) {
        last_us = MAX(last_us, sc_slot_get_last_us(g_ptr_array_index(self->pictures, i)));
        last_us = MAX(last_us, sc_slot_get_last_us(g_ptr_array_index(self->sounds, i)));
    }
    return last_us;
}

GPtrArray *
sc_reception_get_slots(const ScReception *self)
{
    return self->slots;
}

unsigned
sc_reception_get_renegotiations(const ScReception *self)
{
    return self->watch ? sc_link_get_renegotiations(sc_watch_get_link(self->watch)) : 0;
}

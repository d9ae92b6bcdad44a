/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/clock.h"

#include <stdbool.h>

#define US_PER_MS 1000

typedef struct {
    ScClockMoved moved;
    gpointer user_data;
} Observer;

struct ScClock {
    int64_t offset_ms;
    GArray *observers; /* owned, of Observer */
    bool is_telling;
};

ScClock *
sc_clock_new(void)
{
    ScClock *self = g_new0(ScClock, 1);
    self->observers = g_array_new(FALSE, FALSE, sizeof(Observer));
    return self;
}

void
sc_clock_free(ScClock *self)
{
    if (self == NULL)
        return;
    g_assert(self->observers->len == 0);
    g_array_unref(self->observers);
    g_free(self);
}

int64_t
sc_clock_get_real_ms(const ScClock *self)
{
    return g_get_real_time() / US_PER_MS + self->offset_ms;
}

int64_t
sc_clock_get_monotonic_us(const ScClock *self G_GNUC_UNUSED)
{
    return g_get_monotonic_time();
}

void
sc_clock_set_offset_ms(ScClock *self, int64_t offset_ms)
{
    g_assert(!self->is_telling);
    self->offset_ms = offset_ms;
    self->is_telling = true;
    for (guint i = 0; i < self->observers->len; i++) {
        const Observer *observer = &g_array_index(self->observers, Observer, i);
        observer->moved(self, observer->user_data);
    }
    self->is_telling = false;
}

void
sc_clock_set_real_ms(ScClock *self, int64_t now_ms)
{
    sc_clock_set_offset_ms(self, now_ms - g_get_real_time() / US_PER_MS);
}

void
sc_clock_add_observer(ScClock *self, ScClockMoved moved, gpointer user_data)
{
    g_assert(!self->is_telling);
    Observer observer = { moved, user_data };
    g_array_append_val(self->observers, observer);
}

void
sc_clock_remove_observer(ScClock *self, ScClockMoved moved, gpointer user_data)
{
    g_assert(!self->is_telling);
    for (guint i = 0; i < self->observers->len; i++) {
        const Observer *observer = &g_array_index(self->observers, Observer, i);
        if (observer->moved == moved && observer->user_data == user_data) {
            g_array_remove_index(self->observers, i);
            return;
        }
    }
    g_assert_not_reached();
}

/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-ward"
#include "signaling/ward.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define ROUNDS 4 /* of a ward, then others have their turn */

struct ScWard {
    GMainContext *context; /* owned */
    unsigned n_people;
};

/* In the default context: ready when a descriptor of the ward is, or by its earliest
 * timeout. */
typedef struct {
    GSource source;
    GMainContext *context; /* borrowed: of a ward, which stays */
    GPollFD *fds;          /* owned: what wakes the ward, and seldom a pipe or such */
    gint n_fds;
} Turn;

static GPtrArray *wards; /* of ScWard; NULL: none so far */

static bool
are_equal(const GPollFD *a, const GPollFD *b, gint n)
{
    for (gint i = 0; i < n; i++)
        if (a[i].fd != b[i].fd || a[i].events != b[i].events)
            return false;
    return true;
}

/* Takes @fds. */
static void
watch(Turn *self, GPollFD *fds, gint n_fds)
{
    if (n_fds == self->n_fds && are_equal(fds, self->fds, n_fds)) {
        g_free(fds);
        return;
    }
    for (gint i = 0; i < self->n_fds; i++)
        g_source_remove_poll(&self->source, &self->fds[i]);
    for (gint i = 0; i < n_fds; i++)
        g_source_add_poll(&self->source, &fds[i]);
    g_free(self->fds);
    self->fds = fds;
    self->n_fds = n_fds;
}

/* What the ward waits for by now. */
static void
settle(Turn *self)
{
    gint priority, timeout_ms;
    gboolean is_ours = g_main_context_acquire(self->context);
    g_assert(is_ours);
    g_main_context_prepare(self->context, &priority);
    gint n_fds = g_main_context_query(self->context, G_MAXINT, &timeout_ms, NULL, 0);
    GPollFD *fds = g_new0(GPollFD, n_fds);
    g_main_context_query(self->context, G_MAXINT, &timeout_ms, fds, n_fds);
    g_main_context_release(self->context);
    watch(self, fds, n_fds);
    g_source_set_ready_time(
        &self->source,
        timeout_ms < 0 ? -1 : g_get_monotonic_time() + timeout_ms * INT64_C(1000));
}

static gboolean
check_turn(GSource *source)
{
    const Turn *self = (const Turn *)source;
    for (gint i = 0; i < self->n_fds; i++)
        if (self->fds[i].revents != 0)
            return TRUE;
    return FALSE;
}

static gboolean
dispatch_turn(GSource *source, GSourceFunc callback G_GNUC_UNUSED,
              gpointer user_data G_GNUC_UNUSED)
{
    Turn *self = (Turn *)source;
    g_main_context_push_thread_default(self->context);
    for (unsigned i = 0; i < ROUNDS; i++)
        if (!g_main_context_iteration(self->context, FALSE))
            break;
    g_main_context_pop_thread_default(self->context);
    settle(self);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs turn_functions = { .check = check_turn, .dispatch = dispatch_turn };

static ScWard *
ward_new(void)
{
    ScWard *self = g_new0(ScWard, 1);
    GSource *turn = g_source_new(&turn_functions, sizeof(Turn));
    self->context = g_main_context_new_with_flags(G_MAIN_CONTEXT_FLAGS_OWNERLESS_POLLING);
    ((Turn *)turn)->context = self->context;
    settle((Turn *)turn);
    g_source_set_name(turn, "ScWard");
    g_source_attach(turn, NULL);
    g_source_unref(turn);
    return self;
}

/* GLib ends the program where it finds none for a context. */
static bool
is_descriptor_left(void)
{
    int spare = eventfd(0, EFD_CLOEXEC);
    if (spare < 0)
        return false;
    close(spare);
    return true;
}

/* The one with the fewest people; NULL: there is none. */
static ScWard *
find_emptiest(void)
{
    ScWard *emptiest = NULL;
    for (guint i = 0; i < wards->len; i++) {
        ScWard *ward = g_ptr_array_index(wards, i);
        if (emptiest == NULL || ward->n_people < emptiest->n_people)
            emptiest = ward;
    }
    return emptiest;
}

ScWard *
sc_ward_enter(void)
{
    if (wards == NULL)
        wards = g_ptr_array_new();
    ScWard *ward = find_emptiest();
    bool is_full = ward == NULL || ward->n_people >= SC_WARD_PLACES;
    if (is_full && (ward == NULL || is_descriptor_left())) {
        ward = ward_new();
        g_ptr_array_add(wards, ward);
    }
    ward->n_people++;
    return ward;
}

void
sc_ward_leave(ScWard *self)
{
    self->n_people--;
}

GMainContext *
sc_ward_get_context(const ScWard *self)
{
    return self->context;
}

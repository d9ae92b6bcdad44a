/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-keeper"
#include "signaling/keeper.h"

#include "signaling/store/audit.h"
#include "signaling/store/join-token.h"
#include "signaling/store/room-code.h"
#include "signaling/store/web-session.h"

#define ROUND_S 60
#define AUDIT_ROWS_MAX 2000 /* a round */
#define MS_PER_MIN (60 * 1000LL)
#define MS_PER_MONTH (31 * 24 * 60 * MS_PER_MIN) /* rather kept too long */

struct ScKeeper {
    const ScConfig *config; /* borrowed */
    ScClock *clock;         /* borrowed */
    ScStore *store;         /* borrowed */
    guint source;
};

static bool
take_away(ScKeeper *self, GError **error)
{
    int64_t now_ms = sc_clock_get_real_ms(self->clock);
    return sc_store_remove_idle_web_sessions(
               self->store, now_ms - self->config->idle_min * MS_PER_MIN, error)
           && sc_store_remove_expired_join_tokens(self->store, now_ms, error)
           && sc_store_remove_old_room_codes(self->store, error)
           && sc_store_prune_audit(self->store,
                                   now_ms - self->config->keep_months * MS_PER_MONTH,
                                   AUDIT_ROWS_MAX, error);
}

static gboolean
on_round(gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    if (!take_away(user_data, &error))
        g_warning("what is over stays: %s", error->message);
    return G_SOURCE_CONTINUE;
}

ScKeeper *
sc_keeper_new(const ScConfig *config, ScClock *clock, ScStore *store)
{
    ScKeeper *self = g_new0(ScKeeper, 1);
    self->config = config;
    self->clock = clock;
    self->store = store;
    self->source = g_timeout_add_seconds(ROUND_S, on_round, self);
    return self;
}

void
sc_keeper_free(ScKeeper *self)
{
    if (self == NULL)
        return;
    g_source_remove(self->source);
    g_free(self);
}

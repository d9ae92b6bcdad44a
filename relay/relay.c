/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-relay"

#include "relay/relay.h"

#include <malloc.h>

#include <glib-unix.h>

#include "relay/socket.h"
#include "relay/worker.h"

/* Above the ten seconds for which TLS outlives a handshake. */
#define TRIM_INTERVAL_S 15

struct ScRelay {
    const ScConfig *config;                      /* borrowed */
    ScMailbox *mailbox;                          /* owned; notices of the workers */
    guint source;                                /* of @mailbox in the main loop */
    ScLobby *lobby;                              /* owned */
    ScDtlsPool *pool;                            /* owned */
    ScWorker *workers[SC_CONFIG_WORKERS_MAX];    /* owned */
    ScMailbox *mailboxes[SC_CONFIG_WORKERS_MAX]; /* borrowed from @workers */
    unsigned n_workers;
    uint16_t port;
    uint64_t last_id;
    GQueue *newcomers; /* owned, of Newcomer, owned; the oldest first */
    guint second_source;
    guint trim_source;
    uint64_t n_trimmed; /* handshakes done at the last look */
    bool trims_again;   /* there were new ones at the last look */
    ScRelayListener listener;
    void *user_data;
};

/* One that was added and may never come. */
typedef struct {
    uint64_t id;
    int64_t added_us;
} Newcomer;

static void
on_notice(ScMail *mail, void *relay)
{
    g_autoptr(ScNotice) notice = (ScNotice *)mail;
    ScRelay *self = relay;

    if (self == NULL)
        return;
    if (notice->kind == SC_NOTICE_TRANSPORT && notice->state == SC_TRANSPORT_CLOSED)
        sc_lobby_remove(self->lobby, notice->transport);
    if (self->listener != NULL)
        self->listener(notice, self->user_data);
}

static gboolean
on_mail(gint fd G_GNUC_UNUSED, GIOCondition condition G_GNUC_UNUSED, gpointer relay)
{
    ScRelay *self = relay;

    sc_mailbox_deliver(self->mailbox, self);
    return G_SOURCE_CONTINUE;
}

/* Who was not seen by any worker within its time. One that came is that worker's to
 * watch. */
static gboolean
on_second(gpointer relay)
{
    ScRelay *self = relay;
    ScOffice office = { self->mailbox, on_notice };
    int64_t due_us = g_get_monotonic_time() - SC_TRANSPORT_PATIENCE_US;

    for (Newcomer *oldest = g_queue_peek_head(self->newcomers);
         oldest != NULL && oldest->added_us <= due_us;
         oldest = g_queue_peek_head(self->newcomers)) {
        ScTransport *guest = sc_lobby_evict(self->lobby, oldest->id);

        if (guest != NULL) {
            ScNotice *notice = sc_notice_new(SC_NOTICE_TRANSPORT, oldest->id);

            notice->state = SC_TRANSPORT_CLOSED;
            notice->reason = g_strdup("never came");
            (void)sc_notice_post(notice, &office);
            sc_transport_free(guest);
        }
        g_free(g_queue_pop_head(self->newcomers));
    }
    return G_SOURCE_CONTINUE;
}

/* A handshake takes tens of KB and gives them back in pieces, so the allocator keeps the
 * pages: twice what a receiver needs for good. Its session outlives it for less than one
 * interval (SC_DTLS_LINGER_US), so the look after a quiet one trims too. No packet loop
 * is held up: none allocates. */
static gboolean
on_trim(gpointer relay)
{
    ScRelay *self = relay;
    g_autofree ScStatsSum *sum = g_new(ScStatsSum, 1);

    sc_relay_sum_stats(self, sum);

    bool had_handshakes = sum->counters[SC_COUNTER_HANDSHAKES_DONE] != self->n_trimmed;
    if (had_handshakes || self->trims_again)
        malloc_trim(0);
    self->trims_again = had_handshakes;
    self->n_trimmed = sum->counters[SC_COUNTER_HANDSHAKES_DONE];
    return G_SOURCE_CONTINUE;
}

static bool
make_workers(ScRelay *self, GError **error)
{
    ScWorkerSetup setup = {
        .config = self->config,
        .pool = self->pool,
        .lobby = self->lobby,
        .office = { self->mailbox, on_notice },
        .port = self->port,
        .gso = self->config->gso != 0 && sc_socket_probe_gso(),
    };
    unsigned n_wanted = self->config->workers > 0 ? (unsigned)self->config->workers
                                                  : g_get_num_processors();

    n_wanted = MIN(n_wanted, SC_CONFIG_WORKERS_MAX);
    while (self->n_workers < n_wanted) {
        ScWorker *worker = sc_worker_new(self->n_workers, &setup, error);

        if (worker == NULL)
            return false;
        self->mailboxes[self->n_workers] = sc_worker_get_mailbox(worker);
        self->workers[self->n_workers++] = worker;
    }
    g_message("listening on %s port %u: %u workers, %s, GSO %s", self->config->listen,
              self->port, self->n_workers, sc_worker_get_encryptor(self->workers[0]),
              setup.gso ? "on" : "off");
    return true;
}

ScRelay *
sc_relay_new(const ScConfig *config, GError **error)
{
    g_autoptr(ScRelay) self = g_new0(ScRelay, 1);

    self->config = config;
    self->lobby = sc_lobby_new();
    self->newcomers = g_queue_new();
    self->mailbox = sc_mailbox_new((unsigned)config->max_mails, error);
    if (self->mailbox == NULL)
        return NULL;
    self->source =
        g_unix_fd_add(sc_mailbox_get_fd(self->mailbox), G_IO_IN, on_mail, self);
    self->port = sc_socket_reserve_port(config, error);
    if (self->port == 0)
        return NULL;
    self->pool = sc_dtls_pool_new((unsigned)config->handshakes, error);
    if (self->pool == NULL || !make_workers(self, error))
        return NULL;
    for (unsigned i = 0; i < self->n_workers; i++)
        sc_worker_meet(self->workers[i], self->mailboxes);
    for (unsigned i = 0; i < self->n_workers; i++)
        sc_worker_start(self->workers[i]);
    self->second_source = g_timeout_add_seconds(1, on_second, self);
    self->trim_source = g_timeout_add_seconds(TRIM_INTERVAL_S, on_trim, self);
    return g_steal_pointer(&self);
}

static void
free_homeless(ScRelay *self)
{
    for (uint64_t id = 1; id <= self->last_id; id++)
        sc_transport_free(sc_lobby_remove(self->lobby, id).guest);
}

/* 1. Workers close their transports and their threads are joined: nothing comes in any
 * more.
 * 2. Homeless transports go; nobody can claim them now.
 * 3. The handshake pool joins its threads: no transport is left, but they may post until
 * then.
 * 4. Workers are freed, and with their mailboxes what was undelivered.
 * 5. The mailbox of the main thread is the last, for workers posted to it. */
void
sc_relay_free(ScRelay *self)
{
    if (self == NULL)
        return;
    for (unsigned i = 0; i < self->n_workers; i++)
        sc_worker_stop(self->workers[i]);
    free_homeless(self);
    sc_dtls_pool_free(self->pool);
    for (unsigned i = 0; i < self->n_workers; i++)
        sc_worker_free(self->workers[i]);
    g_clear_handle_id(&self->second_source, g_source_remove);
    g_clear_handle_id(&self->trim_source, g_source_remove);
    g_clear_handle_id(&self->source, g_source_remove);
    sc_mailbox_free(self->mailbox);
    sc_lobby_free(self->lobby);
    g_queue_free_full(self->newcomers, g_free);
    g_free(self);
}

void
sc_relay_listen(ScRelay *self, ScRelayListener listener, void *user_data)
{
    self->listener = listener;
    self->user_data = user_data;
}

const ScTransport *
sc_relay_add(ScRelay *self, const ScTransportSpec *spec, GError **error)
{
    ScTransport *transport =
        sc_transport_new(spec, self->last_id + 1, self->n_workers, self->config, error);

    if (transport == NULL)
        return NULL;
    self->last_id++;

    Newcomer newcomer = { transport->id, transport->created_us };
    g_queue_push_tail(self->newcomers, g_memdup2(&newcomer, sizeof newcomer));
    sc_lobby_add(self->lobby, transport->id, sc_ice_get_local_ufrag(transport->ice),
                 transport);
    return transport;
}

typedef struct {
    const ScOrder *order;
    ScNotice *notice; /* of an ICE restart */
} Visit;

/* Under the lobby's lock. */
static void
on_visit(void *guest, void *user_data)
{
    Visit *visit = user_data;

    switch (visit->order->kind) {
    case SC_ORDER_PATCH:
        sc_order_patch(visit->order, guest, NULL);
        return;
    case SC_ORDER_RESTART_ICE:
        visit->notice = sc_order_restart_ice(visit->order, guest);
        return;
    case SC_ORDER_CLOSE: /* tell_guest() removes it instead */
        return;
    }
    g_assert_not_reached();
}

static void
finish_restart(ScRelay *self, ScNotice *notice)
{
    ScOffice office = { self->mailbox, on_notice };

    if (notice->ufrag != NULL)
        sc_lobby_rename(self->lobby, notice->transport, notice->ufrag);
    (void)sc_notice_post(notice, &office);
}

/* A guest is told under the lock or leaves for good, so that none is missed on its way
 * home. */
static ScLobbyAnswer
tell_guest(ScRelay *self, const ScOrder *order)
{
    Visit visit = { .order = order };
    ScLobbyAnswer answer;

    if (order->kind == SC_ORDER_CLOSE) {
        answer = sc_lobby_remove(self->lobby, order->transport);
        sc_transport_free(answer.guest);
        return answer;
    }
    answer = sc_lobby_visit(self->lobby, order->transport, on_visit, &visit);
    if (visit.notice != NULL)
        finish_restart(self, visit.notice);
    return answer;
}

bool
sc_relay_give(ScRelay *self, ScOrder *order)
{
    ScLobbyAnswer answer = tell_guest(self, order);

    if (answer.id != 0 && answer.home != SC_LOBBY_NO_HOME
        && sc_worker_give(self->workers[answer.home], order))
        return true;
    sc_order_free(order);
    return answer.id != 0 && answer.home == SC_LOBBY_NO_HOME;
}

uint16_t
sc_relay_get_port(const ScRelay *self)
{
    return self->port;
}

const char *
sc_relay_get_fingerprint(const ScRelay *self)
{
    return sc_dtls_pool_get_fingerprint(self->pool);
}

unsigned
sc_relay_get_n_workers(const ScRelay *self)
{
    return self->n_workers;
}

void
sc_relay_sum_stats(const ScRelay *self, ScStatsSum *out_sum)
{
    *out_sum = (ScStatsSum){ 0 };
    for (unsigned i = 0; i < self->n_workers; i++)
        sc_stats_sum(sc_worker_get_stats(self->workers[i]), out_sum);
}

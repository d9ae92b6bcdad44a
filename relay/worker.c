/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-worker"

#include "relay/worker.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <gio/gio.h>

#include "relay/audience.h"
#include "relay/door.h"
#include "relay/layers.h"
#include "relay/line.h"
#include "relay/report.h"
#include "relay/residents.h"
#include "relay/socket.h"

enum {
    PACE_TICK_US = 5000, /* while somebody catches up */
    TICK_US = 50000,     /* feedback to publishers */
    SLICES = 20, /* ticks in a second: each looks after one part of the transports */
    SILENT_US = 2000000, /* a track without a packet for so long is silent */
};

struct ScWorker {
    pthread_t thread;
    bool is_running;  /* the main thread's */
    bool is_stopping; /* the worker's */
    int fd;           /* owned; the socket */
    int epoll;        /* owned */
    ScKit kit;
    ScStats stats;
    ScResidents residents;
    ScDoor *door;                /* owned */
    ScMailbox *const *mailboxes; /* borrowed from the relay */
    ScWorkerSetup setup;
    int64_t next_tick_us;
    unsigned slice;
    GArray *quality; /* owned; of this slice */
};

typedef struct {
    ScMail mail;
    ScDtlsEvent event;
} DtlsMail;

static bool
fail(GError **error, const char *what)
{
    int code = errno;

    g_set_error(error, G_IO_ERROR, (int)g_io_error_from_errno(code), "%s: %s", what,
                g_strerror(code));
    return false;
}

static bool
watch(ScWorker *self, int fd, GError **error)
{
    struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

    return epoll_ctl(self->epoll, EPOLL_CTL_ADD, fd, &event) == 0
           || fail(error, "epoll_ctl");
}

static void close_transport(ScWorker *self, ScTransport *transport, const char *reason);

/* The batch is over: what came in goes out. */
static void finish_batch(ScWorker *self);

static void
on_touched(ScMail *mail, void *worker)
{
    ScTouch *touch = (ScTouch *)mail;
    ScWorker *self = worker;
    ScLayer *layer = touch->layer;

    /* Cleared before the head is read: see sc_layer_touch(). */
    atomic_exchange_explicit(&touch->posted, false, memory_order_acq_rel);
    if (self != NULL) {
        sc_audience_serve(&self->kit, layer);
        sc_fanout_flush(self->kit.fanout);
    }
    sc_track_unref(layer->track);
}

static void
touch_others(ScWorker *self, ScLayer *layer)
{
    uint64_t workers =
        atomic_load_explicit(&layer->audience_workers, memory_order_relaxed);

    workers &= ~(UINT64_C(1) << self->kit.index);
    for (; workers != 0; workers &= workers - 1) {
        unsigned index = (unsigned)__builtin_ctzll(workers);

        if (!sc_layer_touch(layer, index, self->mailboxes[index], on_touched))
            sc_stats_judge(&self->stats, SC_VERDICT_MAILBOX_FULL, 1);
    }
}

static void
finish_batch(ScWorker *self)
{
    GPtrArray *touched = self->kit.touched;

    for (unsigned i = 0; i < touched->len; i++) {
        ScLayer *layer = touched->pdata[i];
        ScTransport *publisher =
            sc_residents_lookup(&self->residents, layer->track->transport);

        layer->touched = false;
        touch_others(self, layer);
        sc_audience_serve(&self->kit, layer);
        sc_report_ask(publisher, &self->kit, layer);
    }
    g_ptr_array_set_size(touched, 0);
    sc_fanout_flush(self->kit.fanout);
}

/* From the handshake's thread. */
static void
on_dtls_mail(ScMail *mail, void *worker)
{
    g_autofree DtlsMail *dtls = (DtlsMail *)mail;
    ScWorker *self = worker;
    const char *reason = NULL;

    if (self == NULL)
        return;
    ScTransport *transport =
        sc_residents_lookup(&self->residents, dtls->event.association);
    if (transport != NULL
        && !sc_transport_take_dtls_event(transport, &self->kit, &dtls->event, &reason))
        close_transport(self, transport, reason);
}

/* Thread: the handshake's. */
static void
on_dtls_event(const ScDtlsEvent *event, void *worker)
{
    ScWorker *self = worker;
    DtlsMail *mail = g_new(DtlsMail, 1);

    mail->mail.deliver = on_dtls_mail;
    mail->event = *event;
    /* A mailbox that is full loses a flight; the peer sends its own again. */
    if (!sc_mailbox_post(self->kit.mailbox, &mail->mail))
        g_free(mail);
}

static void
on_settle(ScTransport *transport, void *worker)
{
    ScWorker *self = worker;

    sc_transport_settle(transport, &self->kit, on_dtls_event, self);
}

/* 1. What this batch queued and touched is finished: messages borrow the name and the
 * key, the list of touched layers borrows tracks.
 * 2. It leaves the tables: no datagram, order or handshake event finds it any more.
 * 3. Its slots leave their audiences: nothing is queued to it.
 * 4. It is freed, and its tracks are closed with it. They live on while slots of others
 *    hold them; a layer of them is never touched again, because only this transport's
 *    packets did that. */
static void
close_transport(ScWorker *self, ScTransport *transport, const char *reason)
{
    finish_batch(self);
    sc_residents_remove(&self->residents, transport);
    sc_transport_leave(transport, &self->kit, reason);
    sc_transport_free(transport);
}

static void
restart_ice(ScWorker *self, ScTransport *transport, const ScOrder *order)
{
    ScNotice *notice = sc_order_restart_ice(order, transport);

    if (notice->ufrag != NULL)
        sc_lobby_rename(self->kit.lobby, transport->id, notice->ufrag);
    if (!sc_notice_post(notice, &self->kit.office))
        sc_stats_judge(&self->stats, SC_VERDICT_MAILBOX_FULL, 1);
}

static void
on_order(ScMail *mail, void *worker)
{
    g_autoptr(ScOrder) order = (ScOrder *)mail;
    ScWorker *self = worker;

    if (self == NULL)
        return;
    /* It may have closed by itself since; the main thread is about to hear of that. */
    ScTransport *transport = sc_residents_lookup(&self->residents, order->transport);
    if (transport == NULL)
        return;
    switch (order->kind) {
    case SC_ORDER_PATCH:
        sc_order_patch(order, transport, &self->kit);
        return;
    case SC_ORDER_RESTART_ICE:
        restart_ice(self, transport, order);
        return;
    case SC_ORDER_CLOSE:
        close_transport(self, transport, "signaling closed it");
        return;
    }
    g_assert_not_reached();
}

bool
sc_worker_give(ScWorker *self, ScOrder *order)
{
    order->mail.deliver = on_order;
    return sc_mailbox_post(self->kit.mailbox, &order->mail);
}

static void
tell_track(ScWorker *self, const ScTransport *transport, unsigned index, bool flowing)
{
    ScNotice *notice = sc_notice_new(SC_NOTICE_TRACK, transport->id);

    notice->track = index;
    notice->flowing = flowing;
    if (!sc_notice_post(notice, &self->kit.office))
        sc_stats_judge(&self->stats, SC_VERDICT_MAILBOX_FULL, 1);
}

static void
review_track(ScWorker *self, ScTransport *transport, unsigned index)
{
    ScTrack *track = transport->intake->tracks[index];
    bool flowing = false;

    for (unsigned i = 0; i < track->n_layers; i++) {
        int64_t last_us = track->layers[i].last_packet_us;

        flowing |= last_us != 0 && self->kit.now_us - last_us < SILENT_US;
    }
    if (flowing != track->flowing)
        tell_track(self, transport, index, flowing);
    track->flowing = flowing;
}

static void
tick_publisher(ScWorker *self, ScTransport *transport)
{
    ScIntake *intake = transport->intake;

    for (unsigned i = 0; i < intake->n_tracks; i++) {
        for (unsigned j = 0; j < intake->tracks[i]->n_layers; j++)
            sc_report_ask(transport, &self->kit, &intake->tracks[i]->layers[j]);
        /* Flowing is told with the next tick, not with the next second. */
        review_track(self, transport, i);
    }
    sc_report_send_feedback(transport, &self->kit);
}

/* Once a second for each transport. False where it has to be closed. */
static bool
tick_second(ScWorker *self, ScTransport *transport, const char **out_reason)
{
    int64_t passed_us = self->kit.now_us - transport->measured_us;
    ScQuality quality;

    if (!sc_transport_tick(transport, &self->kit, out_reason))
        return false;
    if (transport->state != SC_TRANSPORT_CONNECTED)
        return true;
    for (unsigned i = 0; transport->intake != NULL && i < transport->intake->n_tracks;
         i++)
        sc_layers_review(transport->intake->tracks[i], passed_us);
    if (transport->intake != NULL)
        sc_report_send_receiver_report(transport, &self->kit);
    sc_report_send_sender_reports(transport, &self->kit);
    sc_report_measure(transport, passed_us, self->kit.now_us, &quality);
    transport->measured_us = self->kit.now_us;
    if (sc_report_is_news(transport, &quality, self->kit.now_us))
        g_array_append_val(self->quality, quality);
    return true;
}

static void
tell_quality(ScWorker *self)
{
    ScNotice *notice;

    if (self->quality->len == 0)
        return;
    notice = sc_notice_new(SC_NOTICE_QUALITY, 0);
    notice->n_quality = self->quality->len;
    notice->quality =
        g_memdup2(self->quality->data, self->quality->len * sizeof(ScQuality));
    g_array_set_size(self->quality, 0);
    if (!sc_notice_post(notice, &self->kit.office))
        sc_stats_judge(&self->stats, SC_VERDICT_MAILBOX_FULL, 1);
}

static void
tick(ScWorker *self)
{
    self->slice = (self->slice + 1) % SLICES;
    for (unsigned i = self->residents.all->len; i-- > 0;) {
        ScTransport *transport = self->residents.all->pdata[i];
        const char *reason = NULL;

        if (transport->intake != NULL)
            tick_publisher(self, transport);
        if (transport->line != NULL)
            sc_line_try(transport, &self->kit);
        if (transport->outlet.wants_report)
            sc_report_send_sender_reports(transport, &self->kit);
        if (i % SLICES == self->slice && !tick_second(self, transport, &reason))
            close_transport(self, transport, reason);
    }
    tell_quality(self);
    if (self->slice == 0) {
        sc_audience_sweep(&self->kit);
        sc_door_sweep(self->door);
    }
}

static void
read_clocks(ScKit *kit)
{
    kit->now_us = g_get_monotonic_time();
    kit->realtime_offset_us = g_get_real_time() - kit->now_us;
}

static int
get_timeout_ms(const ScWorker *self)
{
    int64_t left_us = self->next_tick_us - self->kit.now_us;

    if (self->kit.n_catching_up > 0)
        left_us = MIN(left_us, PACE_TICK_US);
    return (int)((MAX(left_us, 0) + 999) / 1000);
}

/* One turn: wait, take one batch, send what it made. */
static void
turn(ScWorker *self)
{
    struct epoll_event events[2];
    int n = epoll_wait(self->epoll, events, G_N_ELEMENTS(events), get_timeout_ms(self));

    read_clocks(&self->kit);
    sc_fanout_begin(self->kit.fanout, self->kit.now_us);
    for (int i = 0; i < n; i++) {
        if (events[i].data.fd == self->fd)
            sc_door_receive(self->door);
        else
            sc_mailbox_deliver(self->kit.mailbox, self);
    }
    finish_batch(self);
    if (self->kit.n_catching_up > 0)
        sc_audience_pace_all(&self->kit);
    if (self->kit.now_us >= self->next_tick_us) {
        self->next_tick_us = self->kit.now_us + TICK_US;
        tick(self);
    }
    sc_fanout_flush(self->kit.fanout);
}

static void
close_all(ScWorker *self)
{
    while (self->residents.all->len > 0)
        close_transport(self, self->residents.all->pdata[0], "the relay stops");
    sc_audience_sweep(&self->kit);
}

static void *
run(void *worker)
{
    ScWorker *self = worker;

    read_clocks(&self->kit);
    self->next_tick_us = self->kit.now_us + TICK_US;
    while (!self->is_stopping)
        turn(self);
    close_all(self);
    return NULL;
}

static ScDoor *
get_door(void *worker)
{
    ScWorker *self = worker;

    return self->door;
}

static bool
open_files(ScWorker *self, GError **error)
{
    self->fd =
        sc_socket_open(self->setup.config, self->setup.port, &self->kit.family, error);
    if (self->fd < 0)
        return false;
    self->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (self->epoll < 0)
        return fail(error, "epoll_create1");
    self->kit.mailbox = sc_mailbox_new((unsigned)self->setup.config->max_mails, error);
    return self->kit.mailbox != NULL && watch(self, self->fd, error)
           && watch(self, sc_mailbox_get_fd(self->kit.mailbox), error);
}

static bool
make_tools(ScWorker *self, GError **error)
{
    const char *name = self->setup.config->encryptor;

    self->kit.encryptor = sc_encryptor_new(name[0] == '\0' ? NULL : name, error);
    if (self->kit.encryptor == NULL)
        return false;
    self->kit.fanout = sc_fanout_new(&(ScFanoutSetup){
        .fd = self->fd,
        .family = self->kit.family,
        .encryptor = self->kit.encryptor,
        .stats = &self->stats,
        .gso = self->setup.gso,
    });
    return true;
}

ScWorker *
sc_worker_new(unsigned index, const ScWorkerSetup *setup, GError **error)
{
    g_autoptr(ScWorker) self = g_new0(ScWorker, 1);

    self->fd = -1;
    self->epoll = -1;
    self->setup = *setup;
    self->kit = (ScKit){
        .index = index,
        .config = setup->config,
        .pool = setup->pool,
        .lobby = setup->lobby,
        .office = setup->office,
        .stats = &self->stats,
        .touched = g_ptr_array_new(),
        .audiences = g_ptr_array_new_with_free_func(sc_audience_free),
    };
    self->quality = g_array_new(FALSE, FALSE, sizeof(ScQuality));
    sc_residents_init(&self->residents);
    if (!open_files(self, error) || !make_tools(self, error))
        return NULL;
    return g_steal_pointer(&self);
}

void
sc_worker_free(ScWorker *self)
{
    if (self == NULL)
        return;
    g_assert(!self->is_running);
    sc_mailbox_free(self->kit.mailbox);
    sc_door_free(self->door);
    sc_residents_clear(&self->residents);
    sc_fanout_free(self->kit.fanout);
    sc_encryptor_free(self->kit.encryptor);
    g_ptr_array_unref(self->kit.audiences);
    g_ptr_array_unref(self->kit.touched);
    g_array_unref(self->quality);
    if (self->epoll >= 0)
        close(self->epoll);
    if (self->fd >= 0)
        close(self->fd);
    g_free(self);
}

void
sc_worker_meet(ScWorker *self, ScMailbox *const *mailboxes)
{
    self->mailboxes = mailboxes;
    self->door = sc_door_new(&(ScDoorSetup){
        .fd = self->fd,
        .kit = &self->kit,
        .residents = &self->residents,
        .mailboxes = mailboxes,
        .get_door = get_door,
        .settle = on_settle,
        .worker = self,
    });
}

void
sc_worker_start(ScWorker *self)
{
    int code = pthread_create(&self->thread, NULL, run, self);

    if (code != 0)
        g_error("worker %u: pthread_create: %s", self->kit.index, g_strerror(code));
    self->is_running = true;
}

typedef struct {
    ScMail mail;
} StopMail;

static void
on_stop(ScMail *mail, void *worker)
{
    ScWorker *self = worker;

    g_free(mail);
    if (self != NULL)
        self->is_stopping = true;
}

void
sc_worker_stop(ScWorker *self)
{
    StopMail *stop = g_new0(StopMail, 1);

    if (!self->is_running) {
        g_free(stop);
        return;
    }
    stop->mail.deliver = on_stop;
    while (!sc_mailbox_post(self->kit.mailbox, &stop->mail))
        g_usleep(1000); /* full of what it is about to take */
    pthread_join(self->thread, NULL);
    self->is_running = false;
}

ScMailbox *
sc_worker_get_mailbox(ScWorker *self)
{
    return self->kit.mailbox;
}

const ScStats *
sc_worker_get_stats(const ScWorker *self)
{
    return &self->stats;
}

const char *
sc_worker_get_encryptor(const ScWorker *self)
{
    return sc_encryptor_get_name(self->kit.encryptor);
}

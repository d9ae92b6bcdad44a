/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/dtls.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <gio/gio.h>

#include "relay/dtls-handshake.h"
#include "relay/dtls-record.h"
#include "relay/mailbox.h"

#define QUEUE_MAX 16 /* datagrams of one association that wait for the pool */
#define MAILS_MAX (QUEUE_MAX * SC_DTLS_HANDSHAKES_MAX)
#define SLEEP_MAX_MS 60000
#define NICE 10 /* of the handshakes' threads */

typedef struct {
    ScDtlsPool *pool; /* borrowed: joins us */
    pthread_t thread;
    ScMailbox *mailbox;   /* owned */
    GPtrArray *running;   /* owned; of ScDtls, each a ref, with a handshake */
    int64_t next_wake_us; /* not later than any one's wake_us */
    atomic_bool is_stopping;
} Thread;

struct ScDtlsPool {
    SSL_CTX *context;  /* owned */
    char *fingerprint; /* owned */
    Thread *threads;   /* owned */
    unsigned n_threads;
    atomic_uint n_associations; /* ever made: deals them out to the threads */
    atomic_uint n_running;      /* handshakes, lingering ones included */
};

struct ScDtls {
    uint64_t association;
    ScDtlsFingerprint fingerprint;
    ScDtlsPost post;
    void *user_data; /* for @post */
    Thread *thread;  /* borrowed: the pool outlives us */

    /* The worker's. */
    bool is_started; /* the first hello was let in */

    /* The pool thread's. */
    ScDtlsHandshake *handshake; /* owned; from the first hello to the end of the linger */
    int64_t wake_us;

    /* Both threads'. */
    atomic_uint n_refs;      /* the worker, each waiting datagram, the handshake */
    atomic_uint n_waiting;   /* datagrams in the mailbox */
    atomic_bool has_place;   /* counted in the pool's n_running */
    atomic_bool is_released; /* by the worker: it wants no more events */
    atomic_bool is_over;     /* for the pool: it wants no more datagrams */
    ScMail farewell;         /* lets the pool thread see is_released at once */
};

typedef struct {
    ScMail mail;
    ScDtls *dtls;  /* ref */
    size_t length; /* bytes of @data */
    uint8_t data[];
} Datagram;

static ScDtls *
dtls_ref(ScDtls *self)
{
    atomic_fetch_add_explicit(&self->n_refs, 1, memory_order_relaxed);
    return self;
}

static void
give_up_place(ScDtls *self)
{
    if (atomic_exchange(&self->has_place, false))
        atomic_fetch_sub(&self->thread->pool->n_running, 1);
}

static void
dtls_unref(ScDtls *self)
{
    if (atomic_fetch_sub_explicit(&self->n_refs, 1, memory_order_acq_rel) != 1)
        return;
    give_up_place(self);
    g_free(self);
}

static void
on_event(const ScDtlsEvent *event, void *user_data)
{
    ScDtls *self = user_data;

    if (event->type == SC_DTLS_FAILED || event->type == SC_DTLS_CLOSED)
        atomic_store(&self->is_over, true);
    if (!atomic_load(&self->is_released))
        self->post(event, self->user_data);
}

static void
dtls_start(ScDtls *self)
{
    self->handshake =
        sc_dtls_handshake_new(self->thread->pool->context, &self->fingerprint,
                              self->association, on_event, self);
    g_ptr_array_add(self->thread->running, dtls_ref(self));
}

/* 1 the association takes no more datagrams, 2 its sessions go, 3 its place is free, 4
 * the list's reference goes; the worker's may outlive it. */
static void
dtls_end(ScDtls *self)
{
    atomic_store(&self->is_over, true);
    g_clear_pointer(&self->handshake, sc_dtls_handshake_free);
    give_up_place(self);
    dtls_unref(self);
}

/* After anything was done with @self, which may be gone afterwards. */
static void
dtls_reschedule(ScDtls *self, int64_t now_us)
{
    Thread *thread = self->thread;

    if (atomic_load(&self->is_released) || sc_dtls_handshake_is_over(self->handshake)) {
        g_ptr_array_remove_fast(thread->running, self);
        return;
    }
    self->wake_us = sc_dtls_handshake_get_wake_us(self->handshake, now_us);
    thread->next_wake_us = MIN(thread->next_wake_us, self->wake_us);
}

static void
on_datagram(ScMail *mail, void *thread)
{
    Datagram *datagram = (Datagram *)mail;
    ScDtls *dtls = datagram->dtls;

    atomic_fetch_sub(&dtls->n_waiting, 1);
    if (thread != NULL && !atomic_load(&dtls->is_over)
        && !atomic_load(&dtls->is_released)) {
        int64_t now_us = g_get_monotonic_time();

        if (dtls->handshake == NULL)
            dtls_start(dtls);
        sc_dtls_handshake_receive(dtls->handshake, datagram->data, datagram->length,
                                  now_us);
        dtls_reschedule(dtls, now_us);
    }
    dtls_unref(dtls);
    g_free(datagram);
}

static void
on_farewell(ScMail *mail, void *thread)
{
    ScDtls *dtls = (ScDtls *)((uint8_t *)mail - G_STRUCT_OFFSET(ScDtls, farewell));

    if (thread != NULL && dtls->handshake != NULL)
        dtls_reschedule(dtls, g_get_monotonic_time());
    dtls_unref(dtls);
}

static void
thread_run_timers(Thread *self, int64_t now_us)
{
    self->next_wake_us = INT64_MAX;
    for (unsigned i = self->running->len; i-- > 0;) {
        ScDtls *dtls = g_ptr_array_index(self->running, i);

        if (now_us < dtls->wake_us) {
            self->next_wake_us = MIN(self->next_wake_us, dtls->wake_us);
            continue;
        }
        sc_dtls_handshake_run_timers(dtls->handshake, now_us);
        dtls_reschedule(dtls, now_us);
    }
}

static int
poll_timeout_ms(const Thread *self, int64_t now_us)
{
    if (self->next_wake_us == INT64_MAX)
        return -1;
    return (int)(CLAMP((self->next_wake_us - now_us) / 1000 + 1, 0, SLEEP_MAX_MS));
}

static void *
thread_main(void *data)
{
    Thread *self = data;

    /* Media first: where a packet loop wants the core, a handshake can wait. */
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);

    struct pollfd fd = { .fd = sc_mailbox_get_fd(self->mailbox), .events = POLLIN };

    while (!atomic_load(&self->is_stopping)) {
        poll(&fd, 1, poll_timeout_ms(self, g_get_monotonic_time()));
        sc_mailbox_deliver(self->mailbox, self);

        int64_t now_us = g_get_monotonic_time();
        if (now_us >= self->next_wake_us)
            thread_run_timers(self, now_us);
    }
    g_ptr_array_set_size(self->running, 0);
    return NULL;
}

static bool
thread_start(Thread *self, ScDtlsPool *pool, GError **error)
{
    self->mailbox = sc_mailbox_new(MAILS_MAX, error);
    if (self->mailbox == NULL)
        return false;
    self->pool = pool;
    self->next_wake_us = INT64_MAX;
    self->running = g_ptr_array_new_with_free_func((GDestroyNotify)dtls_end);

    int status = pthread_create(&self->thread, NULL, thread_main, self);
    if (status == 0)
        return true;
    g_set_error(error, G_IO_ERROR, (int)g_io_error_from_errno(status),
                "starting a handshake thread: %s", g_strerror(status));
    g_ptr_array_unref(self->running);
    sc_mailbox_free(self->mailbox);
    return false;
}

static void
on_stop(ScMail *mail, G_GNUC_UNUSED void *self)
{
    g_free(mail);
}

/* The mail only wakes the thread; where it is refused, there are others that do. */
static void
thread_stop(Thread *self)
{
    ScMail *wake = g_new0(ScMail, 1);

    wake->deliver = on_stop;
    atomic_store(&self->is_stopping, true);
    if (!sc_mailbox_post(self->mailbox, wake))
        g_free(wake);
    pthread_join(self->thread, NULL);
    sc_mailbox_free(self->mailbox);
    g_ptr_array_unref(self->running);
}

ScDtlsPool *
sc_dtls_pool_new(unsigned n_threads, GError **error)
{
    g_autoptr(ScDtlsPool) self = g_new0(ScDtlsPool, 1);

    self->context = sc_dtls_session_create_context(error);
    if (self->context == NULL)
        return NULL;
    X509 *certificate = sc_dtls_certificate_make(self->context, error);
    if (certificate == NULL)
        return NULL;
    self->fingerprint = sc_dtls_fingerprint_write(certificate);

    self->threads = g_new0(Thread, MAX(n_threads, 1));
    while (self->n_threads < MAX(n_threads, 1)) {
        if (!thread_start(&self->threads[self->n_threads], self, error))
            return NULL;
        self->n_threads++;
    }
    return g_steal_pointer(&self);
}

void
sc_dtls_pool_free(ScDtlsPool *self)
{
    if (self == NULL)
        return;
    for (unsigned i = 0; i < self->n_threads; i++)
        thread_stop(&self->threads[i]);
    g_assert(atomic_load(&self->n_running) == 0);
    SSL_CTX_free(self->context);
    g_free(self->fingerprint);
    g_free(self->threads);
    g_free(self);
}

const char *
sc_dtls_pool_get_fingerprint(const ScDtlsPool *self)
{
    return self->fingerprint;
}

bool
sc_dtls_fingerprint_is_valid(const char *fingerprint)
{
    ScDtlsFingerprint parsed;

    return sc_dtls_fingerprint_parse(fingerprint, &parsed);
}

ScDtls *
sc_dtls_new(ScDtlsPool *pool, uint64_t association, const char *fingerprint,
            ScDtlsPost post, void *user_data)
{
    ScDtlsFingerprint parsed;

    if (!sc_dtls_fingerprint_parse(fingerprint, &parsed))
        return NULL;

    ScDtls *self = g_new0(ScDtls, 1);
    unsigned turn = atomic_fetch_add(&pool->n_associations, 1);
    self->association = association;
    self->fingerprint = parsed;
    self->post = post;
    self->user_data = user_data;
    self->thread = &pool->threads[turn % pool->n_threads];
    self->farewell.deliver = on_farewell;
    atomic_init(&self->n_refs, 1);
    return self;
}

/* The worker's reference goes with the farewell; where that is refused, the pool thread
 * finds is_released at the handshake's next timer. */
void
sc_dtls_free(ScDtls *self)
{
    if (self == NULL)
        return;
    atomic_store(&self->is_released, true);
    if (!self->is_started || !sc_mailbox_post(self->thread->mailbox, &self->farewell))
        dtls_unref(self);
}

static bool
begins_with_hello(const uint8_t *data, size_t length)
{
    ScDtlsRecord record;

    return sc_dtls_record_parse(data, length, &record)
           && sc_dtls_record_get_hello_random(data, &record) != NULL;
}

static bool
take_place(ScDtls *self)
{
    ScDtlsPool *pool = self->thread->pool;

    if (atomic_fetch_add(&pool->n_running, 1) >= SC_DTLS_HANDSHAKES_MAX) {
        atomic_fetch_sub(&pool->n_running, 1);
        return false;
    }
    atomic_store(&self->has_place, true);
    self->is_started = true;
    return true;
}

ScVerdict
sc_dtls_receive(ScDtls *self, const uint8_t *data, size_t length)
{
    if (length > SC_DTLS_DATAGRAM_MAX || !sc_dtls_datagram_is_valid(data, length))
        return SC_VERDICT_DTLS_MALFORMED;
    if (atomic_load(&self->is_over)
        || (!self->is_started && !begins_with_hello(data, length)))
        return SC_VERDICT_DTLS_UNEXPECTED;
    if (atomic_load(&self->n_waiting) >= QUEUE_MAX
        || (!self->is_started && !take_place(self)))
        return SC_VERDICT_DTLS_QUEUE_FULL;

    Datagram *datagram = g_malloc(sizeof *datagram + length);
    datagram->mail.deliver = on_datagram;
    datagram->dtls = dtls_ref(self);
    datagram->length = length;
    memcpy(datagram->data, data, length);
    atomic_fetch_add(&self->n_waiting, 1);
    if (sc_mailbox_post(self->thread->mailbox, &datagram->mail))
        return SC_VERDICT_PASS;
    atomic_fetch_sub(&self->n_waiting, 1);
    dtls_unref(self);
    g_free(datagram);
    return SC_VERDICT_DTLS_QUEUE_FULL;
}

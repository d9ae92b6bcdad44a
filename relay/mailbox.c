/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/mailbox.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <gio/gio.h>

struct ScMailbox {
    _Atomic(ScMail *) newest; /* a stack: posters push, the taker swaps it for NULL */
    atomic_uint n_waiting;    /* posted and not yet delivered */
    unsigned max_mails;
    int fd; /* owned */
};

ScMailbox *
sc_mailbox_new(unsigned max_mails, GError **error)
{
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

    if (fd < 0) {
        g_set_error(error, G_IO_ERROR, (int)g_io_error_from_errno(errno), "eventfd: %s",
                    g_strerror(errno));
        return NULL;
    }

    ScMailbox *self = g_new0(ScMailbox, 1);
    self->max_mails = max_mails;
    self->fd = fd;
    return self;
}

void
sc_mailbox_free(ScMailbox *self)
{
    if (self == NULL)
        return;
    sc_mailbox_deliver(self, NULL);
    close(self->fd);
    g_free(self);
}

int
sc_mailbox_get_fd(const ScMailbox *self)
{
    return self->fd;
}

bool
sc_mailbox_post(ScMailbox *self, ScMail *mail)
{
    if (atomic_fetch_add_explicit(&self->n_waiting, 1, memory_order_relaxed)
        >= self->max_mails) {
        atomic_fetch_sub_explicit(&self->n_waiting, 1, memory_order_relaxed);
        return false;
    }

    ScMail *newest = atomic_load_explicit(&self->newest, memory_order_relaxed);
    do
        mail->next = newest;
    while (!atomic_compare_exchange_weak_explicit(
        &self->newest, &newest, mail, memory_order_release, memory_order_relaxed));

    /* Only the first into an empty box rings; the taker swaps the whole stack after it
     * has read the eventfd, so a later push can not be overlooked. */
    if (newest == NULL) {
        uint64_t one = 1;
        while (write(self->fd, &one, sizeof one) < 0 && errno == EINTR)
            ;
    }
    return true;
}

static ScMail *
reverse(ScMail *newest)
{
    ScMail *oldest = NULL;

    while (newest != NULL) {
        ScMail *next = newest->next;

        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    return oldest;
}

unsigned
sc_mailbox_deliver(ScMailbox *self, void *receiver)
{
    uint64_t rings;
    unsigned n_delivered = 0;

    while (read(self->fd, &rings, sizeof rings) < 0 && errno == EINTR)
        ;

    ScMail *mail =
        reverse(atomic_exchange_explicit(&self->newest, NULL, memory_order_acquire));
    while (mail != NULL) {
        ScMail *next = mail->next;

        atomic_fetch_sub_explicit(&self->n_waiting, 1, memory_order_relaxed);
        mail->deliver(mail, receiver);
        mail = next;
        n_delivered++;
    }
    return n_delivered;
}

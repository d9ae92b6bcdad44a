/* SPDX-License-Identifier: Apache-2.0 */
/* mailbox.h: the only door between threads. Any thread posts, one thread takes; a mail is
 * an intrusive node that the poster allocates and the taker frees by its own rules. C11
 * atomics and an eventfd: nothing here blocks, and ThreadSanitizer understands it. */
#pragma once

#include <stdbool.h>

#include <glib.h>

typedef struct ScMail ScMail;
typedef struct ScMailbox ScMailbox;

/* The first member of whatever is posted. */
struct ScMail {
    ScMail *next; /* the mailbox's while posted */
    void (*deliver)(ScMail *mail,
                    void *self); /* runs on the taker's thread and owns @mail */
};

/* @max_mails: posts beyond that many undelivered ones are refused. */
ScMailbox *sc_mailbox_new(unsigned max_mails, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The taker's thread, when no poster is left. Undelivered mails are delivered with a NULL
 * self, so that each frees itself. */
void sc_mailbox_free(ScMailbox *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScMailbox, sc_mailbox_free)

/* Readable while mails wait. Borrowed. */
int sc_mailbox_get_fd(const ScMailbox *self);

/* Any thread. Takes @mail, or returns false and leaves it with the caller when full. */
bool sc_mailbox_post(ScMailbox *self, ScMail *mail) G_GNUC_WARN_UNUSED_RESULT;

/* The taker's thread: delivers, in the order of posting, what was there at the call. */
unsigned sc_mailbox_deliver(ScMailbox *self, void *receiver);

/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <pthread.h>

#include <glib.h>

#include "relay/mailbox.h"

#define N_THREADS 8
#define N_EACH 5000
#define WAIT_MS 10000 /* ends a hung test, never waited for */

typedef struct {
    ScMail mail;
    unsigned poster;
    unsigned number;
} Letter;

typedef struct {
    unsigned n_letters;
    unsigned next[N_THREADS]; /* the number that each poster's next letter must have */
} Reader;

static unsigned n_freed_unread;

static void
on_letter(ScMail *mail, void *self)
{
    Letter *letter = (Letter *)mail;
    Reader *reader = self;

    if (reader == NULL) {
        n_freed_unread++;
    } else {
        g_assert_cmpuint(letter->number, ==, reader->next[letter->poster]);
        reader->next[letter->poster]++;
        reader->n_letters++;
    }
    g_free(letter);
}

static Letter *
letter_new(unsigned poster, unsigned number)
{
    Letter *letter = g_new0(Letter, 1);

    letter->mail.deliver = on_letter;
    letter->poster = poster;
    letter->number = number;
    return letter;
}

static bool
is_readable(const ScMailbox *mailbox, int timeout_ms)
{
    struct pollfd fd = { .fd = sc_mailbox_get_fd(mailbox), .events = POLLIN };

    return poll(&fd, 1, timeout_ms) == 1;
}

static void
mails_are_delivered_in_the_order_of_posting(void)
{
    g_autoptr(ScMailbox) mailbox = sc_mailbox_new(100, NULL);
    Reader reader = { 0 };

    g_assert_false(is_readable(mailbox, 0));
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 100; i++)
            g_assert_true(
                sc_mailbox_post(mailbox, &letter_new(0, round * 100 + i)->mail));
        g_assert_true(is_readable(mailbox, 0));
        g_assert_cmpuint(sc_mailbox_deliver(mailbox, &reader), ==, 100);
        g_assert_false(is_readable(mailbox, 0));
    }
    g_assert_cmpuint(sc_mailbox_deliver(mailbox, &reader), ==, 0);
    g_assert_cmpuint(reader.n_letters, ==, 300);
}

static void
full_mailbox_leaves_the_mail_with_the_poster(void)
{
    g_autoptr(ScMailbox) mailbox = sc_mailbox_new(2, NULL);
    Letter *third = letter_new(0, 2);
    Reader reader = { 0 };

    g_assert_true(sc_mailbox_post(mailbox, &letter_new(0, 0)->mail));
    g_assert_true(sc_mailbox_post(mailbox, &letter_new(0, 1)->mail));
    g_assert_false(sc_mailbox_post(mailbox, &third->mail));
    sc_mailbox_deliver(mailbox, &reader);
    g_assert_true(sc_mailbox_post(mailbox, &third->mail));
    g_assert_cmpuint(sc_mailbox_deliver(mailbox, &reader), ==, 1);
}

static void
undelivered_mails_are_freed_with_the_mailbox(void)
{
    ScMailbox *mailbox = sc_mailbox_new(10, NULL);

    n_freed_unread = 0;
    for (unsigned i = 0; i < 10; i++)
        g_assert_true(sc_mailbox_post(mailbox, &letter_new(0, i)->mail));
    sc_mailbox_free(mailbox);
    g_assert_cmpuint(n_freed_unread, ==, 10);
    sc_mailbox_free(NULL);
}

/* Posts another one while being delivered: not in the same round, or it would never end.
 */
static void
on_echo(ScMail *mail, void *self)
{
    Letter *letter = (Letter *)mail;

    letter->number++;
    letter->mail.deliver = on_letter;
    g_assert_true(sc_mailbox_post(self, &letter->mail));
}

static void
mail_posted_by_a_delivery_waits_for_the_next_round(void)
{
    g_autoptr(ScMailbox) mailbox = sc_mailbox_new(2, NULL);
    Letter *letter = letter_new(0, 0);
    Reader reader = { .next[0] = 1 };

    letter->mail.deliver = on_echo;
    g_assert_true(sc_mailbox_post(mailbox, &letter->mail));
    g_assert_cmpuint(sc_mailbox_deliver(mailbox, mailbox), ==, 1);
    g_assert_true(is_readable(mailbox, 0));
    g_assert_cmpuint(sc_mailbox_deliver(mailbox, &reader), ==, 1);
    g_assert_cmpuint(reader.n_letters, ==, 1);
}

typedef struct {
    ScMailbox *mailbox;
    unsigned poster;
} Poster;

static void *
post_all(void *data)
{
    Poster *poster = data;

    for (unsigned i = 0; i < N_EACH; i++) {
        Letter *letter = letter_new(poster->poster, i);

        while (!sc_mailbox_post(poster->mailbox, &letter->mail))
            sched_yield();
    }
    return NULL;
}

/* The taker sleeps on the descriptor alone: a ring that is missed shows as a time-out. */
static void
many_threads_lose_nothing_and_keep_their_order(void)
{
    g_autoptr(ScMailbox) mailbox = sc_mailbox_new(64, NULL);
    Reader reader = { 0 };
    Poster posters[N_THREADS];
    pthread_t threads[N_THREADS];

    for (unsigned i = 0; i < N_THREADS; i++) {
        posters[i] = (Poster){ mailbox, i };
        g_assert_cmpint(pthread_create(&threads[i], NULL, post_all, &posters[i]), ==, 0);
    }
    while (reader.n_letters < N_THREADS * N_EACH) {
        g_assert_true(is_readable(mailbox, WAIT_MS));
        sc_mailbox_deliver(mailbox, &reader);
    }
    for (unsigned i = 0; i < N_THREADS; i++)
        pthread_join(threads[i], NULL);
    g_assert_cmpuint(sc_mailbox_deliver(mailbox, &reader), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/relay/mailbox/mails_are_delivered_in_the_order_of_posting",
                    mails_are_delivered_in_the_order_of_posting);
    g_test_add_func("/relay/mailbox/full_mailbox_leaves_the_mail_with_the_poster",
                    full_mailbox_leaves_the_mail_with_the_poster);
    g_test_add_func("/relay/mailbox/undelivered_mails_are_freed_with_the_mailbox",
                    undelivered_mails_are_freed_with_the_mailbox);
    g_test_add_func("/relay/mailbox/mail_posted_by_a_delivery_waits_for_the_next_round",
                    mail_posted_by_a_delivery_waits_for_the_next_round);
    g_test_add_func("/relay/mailbox/many_threads_lose_nothing_and_keep_their_order",
                    many_threads_lose_nothing_and_keep_their_order);
    return g_test_run();
}

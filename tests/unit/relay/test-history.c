/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdatomic.h>

#include <glib.h>

#include "relay/history.h"

#define N 64

static ScVerdict
put(ScHistory *history, uint64_t sequence, uint32_t timestamp, bool key)
{
    uint8_t payload[8];
    ScPacket packet = {
        .sequence = sequence,
        .timestamp = timestamp,
        .length = sizeof payload,
        .starts_key_frame = key,
    };

    memcpy(payload, &sequence, sizeof sequence);
    return sc_history_put(history, &packet, payload);
}

static void
a_packet_is_found_by_number_and_by_sequence(void)
{
    g_autoptr(ScHistory) history = sc_history_new(N);

    g_assert_cmpint(put(history, 1000, 90, false), ==, SC_VERDICT_PASS);
    g_assert_cmpint(put(history, 1002, 180, false), ==, SC_VERDICT_PASS);
    g_assert_cmpuint(sc_history_get_head(history), ==, 2);

    const ScPacket *second = sc_history_get(history, 1);
    g_assert_cmpuint(second->sequence, ==, 1002);
    g_assert_cmpuint(second->highest, ==, 1002);
    g_assert_true(sc_history_lookup(history, 2, 1002) == second);
    g_assert_null(sc_history_lookup(history, 2, 1001));
    g_assert_null(sc_history_lookup(history, 1, 1002)); /* not for one who saw less */
    g_assert_cmpmem(sc_history_get_payload(history, second), 8, &second->sequence, 8);
}

static void
any_padding_can_be_sent_from_behind_a_payload(void)
{
    g_autoptr(ScHistory) history = sc_history_new(N);

    g_assert_cmpint(put(history, 1000, 90, false), ==, SC_VERDICT_PASS);
    const uint8_t *payload = sc_history_get_payload(history, sc_history_get(history, 0));
    for (unsigned n = 1; n <= SC_HISTORY_PADDING_MAX; n++)
        g_assert_cmpuint(payload[8 + n - 1], ==,
                         n); /* the last byte counts all of them */
}

static void
what_can_not_be_kept_is_refused_by_name(void)
{
    g_autoptr(ScHistory) history = sc_history_new(N);
    static const uint8_t payload[SC_HISTORY_PAYLOAD_MAX + 1];
    ScPacket packet = { .sequence = 5000, .length = SC_HISTORY_PAYLOAD_MAX };

    g_assert_cmpint(sc_history_put(history, &packet, payload), ==, SC_VERDICT_PASS);
    g_assert_cmpint(sc_history_put(history, &packet, payload), ==,
                    SC_VERDICT_RTP_DUPLICATE);
    packet.sequence = 5000 - (N - N / 8);
    g_assert_cmpint(sc_history_put(history, &packet, payload), ==,
                    SC_VERDICT_RTP_TOO_LATE);
    packet.sequence++;
    g_assert_cmpint(sc_history_put(history, &packet, payload), ==, SC_VERDICT_PASS);
    packet.sequence = 5001;
    packet.length++;
    g_assert_cmpint(sc_history_put(history, &packet, payload), ==,
                    SC_VERDICT_RTP_TOO_LONG);
    g_assert_cmpuint(sc_history_get_head(history), ==, 2);
}

static void
a_turned_ring_gives_only_what_is_safe(void)
{
    g_autoptr(ScHistory) history = sc_history_new(N);
    const uint64_t n_put = 3 * N + 5;

    for (uint64_t i = 0; i < n_put; i++)
        g_assert_cmpint(put(history, 70000 + i, 0, false), ==, SC_VERDICT_PASS);
    g_assert_cmpuint(sc_history_get_tail(history, n_put), ==, n_put - (N - N / 8));
    for (uint64_t i = 0; i < n_put; i++) {
        const ScPacket *packet = sc_history_lookup(history, n_put, 70000 + i);

        if (i < n_put - (N - N / 8))
            g_assert_null(packet);
        else
            g_assert_cmpuint(packet->sequence, ==, 70000 + i);
    }
}

static void
the_key_frame_begins_with_the_lowest_sequence_of_its_timestamp(void)
{
    static const struct {
        uint64_t sequence;
        uint32_t timestamp;
        bool key;
        uint64_t expected;
    } steps[] = {
        { 1000, 0, false, 0 },     { 1002, 90, true, 1002 }, /* its SPS is late … */
        { 1001, 90, true, 1001 },                            /* … and here */
        { 1003, 90, true, 1001 },  { 1004, 180, false, 1001 },
        { 1010, 270, true, 1010 }, { 1005, 200, true, 1010 }, /* older: changes nothing */
    };
    g_autoptr(ScHistory) history = sc_history_new(N);

    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_assert_cmpint(put(history, steps[i].sequence, steps[i].timestamp, steps[i].key),
                        ==, SC_VERDICT_PASS);
        g_assert_cmpuint(sc_history_get(history, i)->key_sequence, ==, steps[i].expected);
    }
}

enum { N_RACED = 100000, N_AHEAD = N / 2 };

static _Atomic uint64_t n_read; /* so that the writer never laps the reader, as in life */

static void *
read_along(void *data)
{
    const ScHistory *history = data;

    for (uint64_t next = 0; next < N_RACED;) {
        uint64_t head = sc_history_get_head(history);

        for (; next < head; next++) {
            const ScPacket *packet = sc_history_lookup(history, head, 100000 + next);
            uint64_t payload;

            g_assert_true(packet == sc_history_get(history, next));
            memcpy(&payload, sc_history_get_payload(history, packet), sizeof payload);
            g_assert_cmpuint(payload, ==, 100000 + next);
        }
        atomic_store_explicit(&n_read, next, memory_order_release);
    }
    return NULL;
}

static void
a_reader_sees_whole_packets_while_the_writer_goes_on(void)
{
    g_autoptr(ScHistory) history = sc_history_new(N);
    pthread_t reader;

    g_assert_cmpint(pthread_create(&reader, NULL, read_along, history), ==, 0);
    for (uint64_t i = 0; i < N_RACED; i++) {
        while (i - atomic_load_explicit(&n_read, memory_order_acquire) > N_AHEAD)
            g_thread_yield();
        g_assert_cmpint(put(history, 100000 + i, 0, false), ==, SC_VERDICT_PASS);
    }
    pthread_join(reader, NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/relay/history/" #name, name)
    ADD(a_packet_is_found_by_number_and_by_sequence);
    ADD(any_padding_can_be_sent_from_behind_a_payload);
    ADD(what_can_not_be_kept_is_refused_by_name);
    ADD(a_turned_ring_gives_only_what_is_safe);
    ADD(the_key_frame_begins_with_the_lowest_sequence_of_its_timestamp);
    ADD(a_reader_sees_whole_packets_while_the_writer_goes_on);
    return g_test_run();
}

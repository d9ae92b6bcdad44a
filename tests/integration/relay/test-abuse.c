/* SPDX-License-Identifier: Apache-2.0 */
/* Bad packets, from strangers and from a peer of the relay's own, while a lesson runs:
 * each is dropped and counted by its name, and the lesson loses nothing by it. */
#include <string.h>

#include <glib.h>

#include "tests/integration/relay/pest.h"

#define SECOND SC_STAGE_SECOND_US
#define REPEATS 3
#define N_FALSE_TAGS 100000
#define BURST 500 /* false packets between two looks at what the relay counted */
#define OUR_SSRC 0x55555555

typedef struct {
    ScStage *stage;
    const char *verdict;
    uint64_t wanted;
} Count;

static bool
is_counted(void *data)
{
    Count *count = data;

    return sc_stage_get_verdict(count->stage, count->verdict) >= count->wanted;
}

static void
each_bad_packet_is_counted_by_its_name(ScPest *self, G_GNUC_UNUSED gconstpointer data)
{
    for (size_t i = 0; i < sc_pest_n_packets; i++) {
        const ScPestPacket *packet = &sc_pest_packets[i];
        Count count = { &self->stage, packet->verdict,
                        sc_stage_get_verdict(&self->stage, packet->verdict) + REPEATS };

        for (unsigned n = 0; n < REPEATS; n++)
            packet->send(self);
        if (!sc_stage_run_until(&self->stage, is_counted, &count, SC_STAGE_HANG_US))
            g_error("%s: not counted as %s", packet->name, packet->verdict);
    }
}

/* From lengths 0 to 300 and any first byte, from both a stranger and the pest. */
static void
random_datagrams_disturb_nobody(ScPest *self, G_GNUC_UNUSED gconstpointer data)
{
    for (unsigned i = 0; i < 20000; i++) {
        uint8_t bytes[300];
        size_t length = (size_t)g_test_rand_int_range(0, sizeof bytes);

        for (size_t at = 0; at < length; at++)
            bytes[at] = (uint8_t)g_test_rand_int();
        if (i % 2 == 0)
            sc_pest_send_from_stranger(self, bytes, length);
        else
            sc_pest_send(self, bytes, length);
        if (i % BURST == 0)
            sc_stage_run_for(&self->stage, SECOND / 20);
    }
}

/* Good packets with a few bits changed go deeper than random ones. */
static void
changed_packets_disturb_nobody(ScPest *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GByteArray) hello = sc_pest_make_hello(self);
    uint8_t check[SC_PEER_STUN_MAX];
    size_t check_length = sc_pest_write_check(self, check);
    uint8_t rtp[SC_PEER_DATAGRAM_MAX];
    size_t rtp_length =
        sc_pest_write_rtp(self, self->pest->streams[0].ssrc, 102, 100, rtp);

    g_assert_true(sc_peer_seal_rtp(self->pest->peer, rtp, &rtp_length));
    const struct {
        const uint8_t *data;
        size_t length;
    } seeds[] = { { hello->data, hello->len },
                  { check, check_length },
                  { rtp, rtp_length } };

    for (unsigned i = 0; i < 9000; i++) {
        uint8_t bytes[SC_PEER_DATAGRAM_MAX];
        size_t length = seeds[i % G_N_ELEMENTS(seeds)].length;

        memcpy(bytes, seeds[i % G_N_ELEMENTS(seeds)].data, length);
        for (unsigned n = (unsigned)g_test_rand_int_range(1, 6); n > 0; n--)
            bytes[g_test_rand_int_range(0, (gint32)length)] = (uint8_t)g_test_rand_int();
        if (i % 4 == 0)
            length = (size_t)g_test_rand_int_range(0, (gint32)length);
        sc_pest_send(self, bytes, length);
        if (i % BURST == 0)
            sc_stage_run_for(&self->stage, SECOND / 20);
    }
}

static void
false_tags_by_the_hundred_thousand_are_counted_one_by_one(
    ScPest *self, G_GNUC_UNUSED gconstpointer data)
{
    unsigned n_lines = sc_stage_count_log_lines(&self->stage);

    for (unsigned n_sent = 0; n_sent < N_FALSE_TAGS; n_sent += BURST) {
        Count count = { &self->stage, "srtp_authentication", n_sent + BURST };

        for (unsigned i = 0; i < BURST; i++) {
            uint8_t bytes[SC_PEER_DATAGRAM_MAX];
            size_t length =
                sc_pest_write_rtp(self, OUR_SSRC + n_sent + i, 102, 100, bytes);

            sc_pest_send(self, bytes, length);
        }
        g_assert_true(
            sc_stage_run_until(&self->stage, is_counted, &count, SC_STAGE_HANG_US));
    }
    g_assert_cmpuint(sc_stage_get_verdict(&self->stage, "srtp_authentication"), ==,
                     N_FALSE_TAGS);
    g_assert_cmpuint(sc_stage_get_verdict(&self->stage, "srtp_stream_limit"), ==, 0);
    g_assert_cmpuint(sc_stage_count_log_lines(&self->stage), ==, n_lines);
}

static void
peer_of_a_thousand_streams_is_held_to_the_limit(ScPest *self,
                                                G_GNUC_UNUSED gconstpointer data)
{
    Count count = { &self->stage, "srtp_stream_limit", 900 };

    for (uint32_t i = 0; i < 1000; i++) {
        uint8_t bytes[SC_PEER_DATAGRAM_MAX];
        size_t length = sc_pest_write_rtp(self, OUR_SSRC + i, 102, 50, bytes);

        sc_pest_send_sealed(self, bytes, length);
        if (i % 100 == 0)
            sc_stage_run_for(&self->stage, SECOND / 50);
    }
    g_assert_true(sc_stage_run_until(&self->stage, is_counted, &count, SC_STAGE_HANG_US));
}

static void
send_hellos(ScPest *self, ScActor *actor, unsigned n_hellos)
{
    for (unsigned i = 0; i < n_hellos; i++) {
        g_autoptr(GByteArray) hello = sc_pest_make_hello(self);

        sc_peer_send_raw(actor->peer, hello->data, hello->len);
        sc_pest_send_from_stranger(self, hello->data, hello->len);
    }
}

static bool
is_checked(void *data)
{
    const ScActor *actor = data;

    return sc_peer_get_stats(actor->peer)->n_checks_answered > 0;
}

static void
foreign_hellos_stop_no_handshake_and_end_no_stream(ScPest *self,
                                                   G_GNUC_UNUSED gconstpointer data)
{
    ScActorPlan plan = { .slots = "v", .delays_handshake = true };
    ScActor *late = sc_actor_new(&self->stage, &plan, false);

    sc_actor_connect(late);
    g_assert_true(sc_stage_run_until(&self->stage, is_checked, late, SC_STAGE_HANG_US));

    send_hellos(self, late, 2); /* before */
    sc_stage_run_for(&self->stage, SECOND / 5);
    sc_peer_start_handshake(late->peer);
    send_hellos(self, late, 10); /* during: the peer's own is on its way */
    g_assert_true(
        sc_stage_run_until(&self->stage, sc_actor_is_connected, late, SC_STAGE_HANG_US));
    send_hellos(self, late, 10); /* after */

    sc_actor_patch(late, 0, self->teacher, 1);
    sc_actor_wait_heard(late, 0, 60);
    sc_actor_assert_continuous(late, 0);
    send_hellos(self, self->classroom, 10);
    send_hellos(self, self->teacher, 10);
    sc_actor_wait_heard(late, 0, 60);
    sc_actor_assert_continuous(late, 0);
    g_assert_cmpstr(sc_stage_get_state(&self->stage, late->name), ==, "connected");
}

static void
media_before_the_keys_are_dropped(ScPest *self, G_GNUC_UNUSED gconstpointer data)
{
    ScActorPlan plan = { .tracks = "v", .delays_handshake = true };
    ScActor *early = sc_actor_new(&self->stage, &plan, false);
    Count count = { &self->stage, "srtp_no_keys", 10 };
    uint8_t bytes[100] = { 0x80, 102 };

    sc_actor_connect(early);
    g_assert_true(sc_stage_run_until(&self->stage, is_checked, early, SC_STAGE_HANG_US));
    for (unsigned i = 0; i < 10; i++)
        sc_peer_send_raw(early->peer, bytes, sizeof bytes);
    g_assert_true(sc_stage_run_until(&self->stage, is_counted, &count, SC_STAGE_HANG_US));
}

#define ADD(name)                                                               \
    g_test_add("/integration/abuse/" #name, ScPest, NULL, sc_pest_set_up, name, \
               sc_pest_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(each_bad_packet_is_counted_by_its_name);
    ADD(random_datagrams_disturb_nobody);
    ADD(changed_packets_disturb_nobody);
    ADD(false_tags_by_the_hundred_thousand_are_counted_one_by_one);
    ADD(peer_of_a_thousand_streams_is_held_to_the_limit);
    ADD(foreign_hellos_stop_no_handshake_and_end_no_stream);
    ADD(media_before_the_keys_are_dropped);
    return g_test_run();
}

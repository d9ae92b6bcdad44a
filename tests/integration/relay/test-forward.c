/* SPDX-License-Identifier: Apache-2.0 */
/* From publisher to subscriber: what is sent arrives as it was, and a slot goes on over
 * any change of its feed. */
#include <stdlib.h>

#include <glib.h>

#include "tests/integration/relay/actor.h"

#define VIDEO 0
#define SECOND SC_STAGE_SECOND_US
#define HEARD_LATE_US (8 * SC_MEDIA_FRAME_US)
#define STALL_US (10 * SC_STAGE_SECOND_US)
#define N_CHANGES 5u

static ScActor *
publish(ScStage *stage, const char *tracks)
{
    ScActor *actor = sc_actor_new(stage, &(ScActorPlan){ .tracks = tracks }, true);

    actor->is_live = true;
    return actor;
}

static ScActor *
subscribe(ScStage *stage, const char *slots)
{
    return sc_actor_new(stage, &(ScActorPlan){ .slots = slots }, true);
}

/* How far the slot's timestamp of @heard is from its publisher's. */
static uint32_t
get_offset(const ScHeard *heard, const ScStream *stream)
{
    return heard->timestamp
           - sc_stream_lookup_sent(stream, heard->label.number)->timestamp;
}

/* The slot's timestamps are the publisher's but for a constant. A frame that was there
 * before the slot was fed comes pressed together with those after it
 * (docs/architecture.md): on a busy machine these are the first ones. */
static void
assert_as_sent(const ScActor *subscriber, unsigned slot, const ScStream *stream)
{
    unsigned n_heard = sc_actor_get_n_heard(subscriber, slot);
    const ScHeard *first = sc_actor_get_heard(subscriber, slot, 0);
    uint32_t offset =
        get_offset(sc_actor_get_heard(subscriber, slot, n_heard - 1), stream);
    bool is_live = false;

    for (unsigned at = 0; at < n_heard; at++) {
        const ScHeard *heard = sc_actor_get_heard(subscriber, slot, at);

        is_live = is_live || at >= n_heard / 2 || get_offset(heard, stream) == offset;
        g_assert_cmpuint(heard->label.id, ==, stream->id);
        g_assert_cmpuint(heard->label.number, ==, first->label.number + at);
        g_assert_true(heard->marker
                      == sc_stream_lookup_sent(stream, heard->label.number)->marker);
        if (is_live)
            g_assert_cmpuint(get_offset(heard, stream), ==, offset);
    }
}

static void
media_arrive_as_they_were_sent(ScStage *stage, const ScActorPlan *publisher_plan,
                               const ScActorPlan *subscriber_plan)
{
    ScActor *publisher = sc_actor_new(stage, publisher_plan, true);
    ScActor *subscriber = sc_actor_new(stage, subscriber_plan, true);

    for (unsigned i = 0; i < publisher->n_streams; i++)
        sc_actor_patch(subscriber, i, publisher, i);
    publisher->is_live = true;
    for (unsigned i = 0; i < publisher->n_streams; i++) {
        sc_actor_wait_heard(subscriber, i, 50);
        sc_actor_assert_continuous(subscriber, i);
        assert_as_sent(subscriber, i, &publisher->streams[i]);
    }
    g_assert_cmpuint(sc_peer_get_stats(subscriber->peer)->n_unopened, ==, 0);
    g_assert_cmpuint(subscriber->n_strange, ==, 0);
}

static void
media_arrive_with_aes_gcm(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    ScActorPlan publisher = { .tracks = "av", .profiles = SC_PEER_PROFILE_GCM };
    ScActorPlan subscriber = { .slots = "av", .profiles = SC_PEER_PROFILE_GCM };

    media_arrive_as_they_were_sent(stage, &publisher, &subscriber);
}

static void
media_arrive_with_aes_cm_and_sha1(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    ScActorPlan publisher = { .tracks = "av", .profiles = SC_PEER_PROFILE_SHA1 };
    ScActorPlan subscriber = { .slots = "av", .profiles = SC_PEER_PROFILE_SHA1 };

    media_arrive_as_they_were_sent(stage, &publisher, &subscriber);
}

static void
media_cross_from_one_profile_to_the_other(ScStage *stage,
                                          G_GNUC_UNUSED gconstpointer data)
{
    ScActorPlan publisher = { .tracks = "av", .profiles = SC_PEER_PROFILE_SHA1 };
    ScActorPlan subscriber = { .slots = "av", .profiles = SC_PEER_PROFILE_GCM };

    media_arrive_as_they_were_sent(stage, &publisher, &subscriber);
}

static void
media_cross_from_ipv6_to_ipv4(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    ScActorPlan publisher = { .tracks = "av", .address = "::1" };
    ScActorPlan subscriber = { .slots = "av", .address = "127.0.0.1" };

    media_arrive_as_they_were_sent(stage, &publisher, &subscriber);
}

static void
media_cross_from_ipv4_to_ipv6(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    ScActorPlan publisher = { .tracks = "av" };
    ScActorPlan subscriber = { .slots = "av", .address = "::1" };

    media_arrive_as_they_were_sent(stage, &publisher, &subscriber);
}

static void
streams_are_found_by_mid_where_no_ssrc_was_told(ScStage *stage,
                                                G_GNUC_UNUSED gconstpointer data)
{
    ScActorPlan publisher = { .tracks = "av", .hides_ssrcs = true };
    ScActorPlan subscriber = { .slots = "av" };

    media_arrive_as_they_were_sent(stage, &publisher, &subscriber);
}

/* From the last packet of one feed to one well within the next, the timestamps tell the
 * time that passed. By how much not. */
static int64_t
get_time_error_us(const ScActor *subscriber, unsigned change)
{
    const ScHeard *before = sc_actor_get_heard(subscriber, VIDEO, change - 1);
    const ScHeard *after = sc_actor_get_heard(subscriber, VIDEO, change + 40);
    int64_t told_us = (int64_t)(after->timestamp - before->timestamp) * 1000 / 90;
    int64_t passed_us = after->arrival_us - before->arrival_us;

    return ABS(told_us - passed_us);
}

static int
compare_times(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

/* A machine that stands still for a moment spoils one of them: without a timeline each
 * would be off by hours. */
static void
assert_time_passed(int64_t *errors_us, unsigned n)
{
    qsort(errors_us, n, sizeof *errors_us, compare_times);
    g_assert_cmpint(errors_us[n / 2], <=, HEARD_LATE_US);
    g_assert_cmpint(errors_us[n - 1], <=, STALL_US);
}

static void
slot_goes_on_over_patches_there_and_back(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    ScActor *one = publish(stage, "v");
    ScActor *other = publish(stage, "v");
    ScActor *subscriber = subscribe(stage, "v");
    int64_t errors_us[N_CHANGES];
    unsigned n_changes = 0;

    for (unsigned i = 0; i <= N_CHANGES; i++) {
        sc_actor_patch(subscriber, VIDEO, i % 2 == 0 ? one : other, 0);
        sc_actor_wait_heard(subscriber, VIDEO, 60);
    }
    sc_actor_assert_continuous(subscriber, VIDEO);
    for (unsigned i = 1; i < sc_actor_get_n_heard(subscriber, VIDEO); i++) {
        const ScHeard *heard = sc_actor_get_heard(subscriber, VIDEO, i);

        if (heard->label.id == sc_actor_get_heard(subscriber, VIDEO, i - 1)->label.id)
            continue;
        g_assert_cmpint(heard->label.kind, ==, SC_MEDIA_SPS); /* a whole new start */
        g_assert_cmpuint(n_changes, <, N_CHANGES);
        errors_us[n_changes++] = get_time_error_us(subscriber, i);
    }
    g_assert_cmpuint(n_changes, ==, N_CHANGES);
    assert_time_passed(errors_us, n_changes);
}

static void
audio_slot_goes_on_over_a_patch(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    ScActor *one = publish(stage, "a");
    ScActor *other = publish(stage, "a");
    ScActor *subscriber = subscribe(stage, "a");

    for (unsigned i = 0; i < 4; i++) {
        sc_actor_patch(subscriber, 0, i % 2 == 0 ? one : other, 0);
        sc_actor_wait_heard(subscriber, 0, 25);
    }
    sc_actor_assert_continuous(subscriber, 0);
    g_assert_cmpuint(sc_actor_count(subscriber, 0, one->streams[0].id), >=, 50);
    g_assert_cmpuint(sc_actor_count(subscriber, 0, other->streams[0].id), >=, 25);
}

static void
slot_with_no_feed_is_silent(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    ScActor *publisher = publish(stage, "av");
    ScActor *subscriber = subscribe(stage, "av");

    sc_actor_patch(subscriber, 0, publisher, 0);
    sc_actor_wait_heard(subscriber, 0, 25);
    g_assert_cmpuint(sc_actor_get_n_heard(subscriber, 1), ==, 0);

    sc_actor_patch(subscriber, 0, NULL, 0);
    unsigned n_heard = sc_actor_get_n_heard(subscriber, 0);
    sc_stage_run_for(stage, SECOND / 2);
    g_assert_cmpuint(sc_actor_get_n_heard(subscriber, 0), <=, n_heard + 2);

    sc_actor_patch(subscriber, 0, publisher, 0);
    sc_actor_wait_heard(subscriber, 0, 25);
    sc_actor_assert_continuous(subscriber, 0);
}

static void
one_publisher_feeds_many(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    ScActor *publisher = publish(stage, "av");
    ScActor *subscribers[8];

    for (unsigned i = 0; i < G_N_ELEMENTS(subscribers); i++) {
        ScActorPlan plan = { .slots = "av",
                             .address = i % 2 == 0 ? NULL : "::1",
                             .profiles =
                                 i % 4 < 2 ? SC_PEER_PROFILE_GCM : SC_PEER_PROFILE_SHA1 };

        subscribers[i] = sc_actor_new(stage, &plan, true);
        sc_actor_patch(subscribers[i], 0, publisher, 0);
        sc_actor_patch(subscribers[i], 1, publisher, 1);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(subscribers); i++) {
        sc_actor_wait_heard(subscribers[i], 0, 50);
        sc_actor_wait_heard(subscribers[i], 1, 50);
        sc_actor_assert_continuous(subscribers[i], 0);
        sc_actor_assert_continuous(subscribers[i], 1);
    }
}

static void
closed_transport_is_sent_nothing_more(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    ScActor *publisher = publish(stage, "v");
    ScActor *subscriber = subscribe(stage, "v");

    sc_actor_patch(subscriber, VIDEO, publisher, 0);
    sc_actor_wait_heard(subscriber, VIDEO, 20);
    sc_actor_close(subscriber);
    sc_stage_run_for(stage, SECOND / 5);
    unsigned n_heard = sc_actor_get_n_heard(subscriber, VIDEO);
    sc_stage_run_for(stage, SECOND / 2);
    g_assert_cmpuint(sc_actor_get_n_heard(subscriber, VIDEO), ==, n_heard);
}

#define ADD(name)                                                                   \
    g_test_add("/integration/forward/" #name, ScStage, NULL, sc_stage_set_up, name, \
               sc_stage_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(media_arrive_with_aes_gcm);
    ADD(media_arrive_with_aes_cm_and_sha1);
    ADD(media_cross_from_one_profile_to_the_other);
    ADD(media_cross_from_ipv6_to_ipv4);
    ADD(media_cross_from_ipv4_to_ipv6);
    ADD(streams_are_found_by_mid_where_no_ssrc_was_told);
    ADD(slot_goes_on_over_patches_there_and_back);
    ADD(audio_slot_goes_on_over_a_patch);
    ADD(slot_with_no_feed_is_silent);
    ADD(one_publisher_feeds_many);
    ADD(closed_transport_is_sent_nothing_more);
    return g_test_run();
}

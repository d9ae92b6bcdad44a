/* SPDX-License-Identifier: Apache-2.0 */
/* What is told about the media: sender reports to receivers, receiver reports and
 * transport-wide feedback to publishers, quality and states to signaling. */
#include <string.h>

#include <glib.h>

#include "tests/integration/relay/actor.h"

#define SECOND SC_STAGE_SECOND_US
#define MAPPING_ERROR_US 15000  /* two of the tests' ticks, and what the machine adds */
#define SILENCE_US (2 * SECOND) /* docs/protocol.md: track.state */

static ScActor *
publish(ScStage *stage, const char *tracks)
{
    ScActor *publisher = sc_actor_new(stage, &(ScActorPlan){ .tracks = tracks }, true);

    publisher->is_live = true;
    return publisher;
}

static int64_t
ntp_difference_us(uint64_t a, uint64_t b)
{
    int64_t difference = (int64_t)(a - b);

    return (int64_t)((double)difference / 4294967296.0 * 1e6);
}

static bool
has_new_report(void *data)
{
    const ScHearing *slot = data;

    return slot->n_reports >= 2;
}

/* The slot's report names an instant of the publisher's wall clock and the slot's
 * timestamp for it; the publisher's own last report names another pair of its line. Both
 * lines must be the same one, but for the constant that the feed adds to timestamps. */
static void
assert_report_maps(ScActor *subscriber, unsigned slot, const ScStream *stream)
{
    ScHearing *hearing = &subscriber->slots[slot];

    hearing->n_reports = 0;
    g_assert_true(
        sc_stage_run_until(subscriber->stage, has_new_report, hearing, SC_STAGE_HANG_US));
    const ScHeard *last =
        sc_actor_get_heard(subscriber, slot, sc_actor_get_n_heard(subscriber, slot) - 1);
    g_assert_cmpuint(last->label.id, ==, stream->id);
    const ScSent *sent = sc_stream_lookup_sent(stream, last->label.number);
    uint32_t added = last->timestamp - sent->timestamp;
    int32_t ticks =
        (int32_t)(hearing->report.rtp_timestamp - added - stream->report_timestamp);
    int64_t by_timestamp_us = (int64_t)ticks * 1000000 / stream->clock_hz;
    int64_t by_clock_us = ntp_difference_us(hearing->report.ntp, stream->report_ntp);

    g_test_message("by timestamp %" G_GINT64_FORMAT " us, by clock %" G_GINT64_FORMAT
                   " us",
                   by_timestamp_us, by_clock_us);
    g_assert_cmpint(ABS(by_timestamp_us - by_clock_us), <=, MAPPING_ERROR_US);
    g_assert_cmpuint(hearing->report.n_packets, >, 0);
}

static void
slot_tells_its_publishers_clock_also_after_a_patch(ScStage *stage,
                                                   G_GNUC_UNUSED gconstpointer data)
{
    ScActor *one = publish(stage, "av");
    ScActor *other = publish(stage, "av");
    ScActor *subscriber = sc_actor_new(stage, &(ScActorPlan){ .slots = "av" }, true);

    sc_stage_run_for(stage, SECOND); /* both clocks are known */
    for (unsigned round = 0; round < 3; round++) {
        ScActor *feed = round % 2 == 0 ? one : other;

        for (unsigned slot = 0; slot < 2; slot++)
            sc_actor_patch(subscriber, slot, feed, slot);
        sc_stage_run_for(stage, SECOND / 2);
        for (unsigned slot = 0; slot < 2; slot++)
            assert_report_maps(subscriber, slot, &feed->streams[slot]);
    }
}

static bool
has_heard_of_loss(void *data)
{
    const ScActor *publisher = data;

    return publisher->asked[0].report.n_lost > 0;
}

static void
publisher_is_told_of_its_loss(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    ScActor *publisher = publish(stage, "v");
    const ScAsked *asked = &publisher->asked[0];

    sc_stage_run_for(stage, 2 * SECOND + SECOND / 2);
    g_assert_cmpuint(asked->n_reports, >=, 1);
    g_assert_cmpint(asked->report.n_lost, ==, 0);
    g_assert_cmpuint(asked->report.fraction_lost, ==, 0);
    g_assert_cmpuint(asked->report.last_sr, !=, 0);

    publisher->repairs = false;
    publisher->streams[0].keeps_back = 8;
    g_assert_true(
        sc_stage_run_until(stage, has_heard_of_loss, publisher, SC_STAGE_HANG_US));
    g_assert_cmpint(asked->report.n_lost, <=, 8);
    g_assert_cmpuint(asked->report.fraction_lost, >, 0);
    g_assert_cmpuint((uint16_t)(publisher->streams[0].sequence
                                - (uint16_t)asked->report.highest_sequence),
                     <, 40);
}

static void
publisher_is_told_of_each_arrival(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    ScActor *publisher = publish(stage, "av");

    sc_stage_run_for(stage, 2 * SECOND);
    publisher->is_live = false;
    sc_stage_run_for(stage, SECOND / 2);
    g_assert_cmpuint(publisher->n_feedbacks, >=, 10);
    g_assert_cmpuint(publisher->n_feedback_received, ==, publisher->transport_sequence);
}

/* The qualities of @transport that were told; the last one in *@out_last. */
static unsigned
count_qualities(ScStage *stage, const char *transport, JsonObject **out_last)
{
    unsigned n_told = 0;

    for (unsigned i = 0; i < sc_control_server_count(stage->control, "quality"); i++) {
        JsonArray *all = json_object_get_array_member(
            sc_control_server_get_notification(stage->control, "quality", i),
            "transports");

        for (unsigned at = 0; at < json_array_get_length(all); at++) {
            JsonObject *one = json_array_get_object_element(all, at);

            if (strcmp(json_object_get_string_member(one, "transport"), transport) != 0)
                continue;
            *out_last = one;
            n_told++;
        }
    }
    return n_told;
}

static bool
has_two_qualities(void *data)
{
    ScActor *actor = data;
    JsonObject *last = NULL;

    return count_qualities(actor->stage, actor->name, &last) >= 2;
}

static void
signaling_is_told_the_quality_that_moved(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    ScActor *publisher = publish(stage, "av");
    ScActor *subscriber = sc_actor_new(stage, &(ScActorPlan){ .slots = "v" }, true);
    int64_t begin_us = g_get_monotonic_time();
    JsonObject *published = NULL;
    JsonObject *subscribed = NULL;

    sc_actor_patch(subscriber, 0, publisher, 1);
    g_assert_true(
        sc_stage_run_until(stage, has_two_qualities, publisher, SC_STAGE_HANG_US));
    g_assert_true(
        sc_stage_run_until(stage, has_two_qualities, subscriber, SC_STAGE_HANG_US));
    g_assert_cmpint(g_get_monotonic_time() - begin_us, >, SECOND);
    count_qualities(stage, publisher->name, &published);
    count_qualities(stage, subscriber->name, &subscribed);
    JsonObject *up = json_object_get_object_member(published, "up");
    JsonObject *down = json_object_get_object_member(subscribed, "down");

    /* 100 packets of 60 to 1009 bytes and 50 of 60 to 159 a second. */
    g_assert_cmpint(json_object_get_int_member(up, "kbps"), >, 100);
    g_assert_cmpint(json_object_get_int_member(up, "kbps"), <, 1000);
    g_assert_cmpint(json_object_get_int_member(down, "kbps"), >, 100);
    g_assert_cmpint(json_object_get_int_member(down, "kbps"), <, 1000);
    g_assert_cmpfloat(json_object_get_double_member_with_default(up, "loss_pct", 99), <=,
                      0);
}

typedef struct {
    ScStage *stage;
    const char *track;
    const char *state;
} Expected;

static bool
is_in_state(void *data)
{
    const Expected *expected = data;
    ScControlServer *control = expected->stage->control;

    for (unsigned i = sc_control_server_count(control, "track.state"); i-- > 0;) {
        JsonObject *state = sc_control_server_get_notification(control, "track.state", i);

        if (strcmp(json_object_get_string_member(state, "track"), expected->track) == 0)
            return strcmp(json_object_get_string_member(state, "state"), expected->state)
                   == 0;
    }
    return false;
}

static void
signaling_is_told_when_a_track_flows_and_falls_silent(ScStage *stage,
                                                      G_GNUC_UNUSED gconstpointer data)
{
    ScActor *publisher = publish(stage, "v");
    Expected flowing = { stage, publisher->tracks[0], "flowing" };
    Expected silent = { stage, publisher->tracks[0], "silent" };

    g_assert_true(sc_stage_run_until(stage, is_in_state, &flowing, SC_STAGE_HANG_US));
    publisher->is_live = false;
    g_assert_false(sc_stage_run_until(stage, is_in_state, &silent, SILENCE_US - SECOND));
    g_assert_true(sc_stage_run_until(stage, is_in_state, &silent, SC_STAGE_HANG_US));
    publisher->is_live = true;
    g_assert_true(sc_stage_run_until(stage, is_in_state, &flowing, SC_STAGE_HANG_US));
}

/* The relay's own list, from which a restarted signaling learns what runs. */
static void
list_tells_what_runs(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    ScActor *publisher = publish(stage, "v");
    ScActor *subscriber = sc_actor_new(stage, &(ScActorPlan){ .slots = "v" }, true);

    sc_actor_patch(subscriber, 0, publisher, 0);
    sc_actor_wait_heard(subscriber, 0, 10);
    g_autoptr(JsonNode) answer = sc_stage_call(stage, "relay.list", "{}");
    JsonArray *all =
        json_object_get_array_member(json_node_get_object(answer), "transports");

    g_assert_cmpuint(json_array_get_length(all), ==, 2);
    for (unsigned i = 0; i < 2; i++) {
        JsonObject *one = json_array_get_object_element(all, i);
        const char *name = json_object_get_string_member(one, "transport");
        g_autofree char *tag = g_strconcat("tag of ", name, NULL);
        JsonArray *slots = json_object_get_array_member(one, "slots");

        g_assert_cmpstr(json_object_get_string_member(one, "tag"), ==, tag);
        g_assert_cmpstr(json_object_get_string_member(one, "state"), ==, "connected");
        if (strcmp(name, subscriber->name) != 0)
            continue;
        g_assert_cmpstr(json_object_get_string_member(
                            json_array_get_object_element(slots, 0), "track"),
                        ==, publisher->tracks[0]);
    }
}

#define ADD(name)                                                                   \
    g_test_add("/integration/reports/" #name, ScStage, NULL, sc_stage_set_up, name, \
               sc_stage_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(slot_tells_its_publishers_clock_also_after_a_patch);
    ADD(publisher_is_told_of_its_loss);
    ADD(publisher_is_told_of_each_arrival);
    ADD(signaling_is_told_the_quality_that_moved);
    ADD(signaling_is_told_when_a_track_flows_and_falls_silent);
    ADD(list_tells_what_runs);
    return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <glib.h>

#include "relay/intake.h"
#include "relay/wire/reader.h"
#include "relay/wire/rtp.h"

enum { MID = 1, RID = 2, REPAIRED_RID = 3, TRANSPORT_CC = 5 };

static const ScExtensionIds IDS = {
    .mid = MID,
    .rid = RID,
    .repaired_rid = REPAIRED_RID,
    .transport_cc = TRANSPORT_CC,
};

static const ScTrackSpec CAMERA = {
    .name = "camera",
    .mid = "0",
    .is_video = true,
    .codec = SC_CODEC_VP8,
    .clock_hz = 90000,
    .payload_type = 96,
    .rtx_payload_type = 97,
    .nack = true,
    .pli = true,
    .n_rids = 2,
    .rids = { "h", "l" },
};
static const ScTrackSpec VOICE = {
    .name = "voice",
    .mid = "1",
    .codec = SC_CODEC_OPUS,
    .clock_hz = 48000,
    .payload_type = 111,
    .rtx_payload_type = SC_TRACK_NO_PAYLOAD_TYPE,
    .ssrc = 5000,
};
static const ScTrackSpec SLIDES = {
    .name = "slides",
    .mid = "2",
    .is_video = true,
    .codec = SC_CODEC_VP8,
    .clock_hz = 90000,
    .payload_type = 98,
    .rtx_payload_type = 99,
    .nack = true,
};

typedef struct {
    ScTrack *camera, *voice, *slides;
    ScIntake *intake;
    ScStats stats;
    ScKit kit;
} Fixture;

static void
set_up(Fixture *f, const void *data G_GNUC_UNUSED)
{
    g_autoptr(ScConfig) config = sc_config_new();

    f->camera = sc_track_new(&CAMERA, 1, 1, config);
    f->voice = sc_track_new(&VOICE, 1, 1, config);
    f->slides = sc_track_new(&SLIDES, 1, 1, config);
    f->intake = sc_intake_new((ScTrack *[]){ f->camera, f->voice, f->slides }, 3, &IDS);
    f->kit =
        (ScKit){ .stats = &f->stats, .touched = g_ptr_array_new(), .now_us = 1000000 };
}

static void
tear_down(Fixture *f, const void *data G_GNUC_UNUSED)
{
    g_ptr_array_unref(f->kit.touched);
    sc_intake_free(f->intake);
    sc_track_unref(f->camera);
    sc_track_unref(f->voice);
    sc_track_unref(f->slides);
}

typedef struct {
    uint8_t payload_type;
    uint16_t sequence;
    uint32_t ssrc;
    const char *mid, *rid, *repaired_rid;
    const void *payload;
    size_t length;
} Packet;

static void
write_text(ScWriter *writer, uint8_t id, const char *text)
{
    if (text == NULL)
        return;
    sc_writer_u8(writer, (uint8_t)(id << 4 | (strlen(text) - 1)));
    sc_writer_bytes(writer, text, strlen(text));
}

static ScVerdict
take(Fixture *f, const Packet *packet)
{
    uint8_t data[1600];
    uint8_t elements[64] = { 0 };
    ScWriter extension = sc_writer_init(elements, sizeof elements);
    ScRtp rtp = {
        .ssrc = packet->ssrc,
        .timestamp = 1000,
        .sequence = packet->sequence,
        .payload_type = packet->payload_type,
        .extension = elements,
    };
    ScWriter writer = sc_writer_init(data, sizeof data);

    write_text(&extension, MID, packet->mid);
    write_text(&extension, RID, packet->rid);
    write_text(&extension, REPAIRED_RID, packet->repaired_rid);
    extension.offset = (extension.offset + 3) / 4 * 4;
    sc_rtp_write_header(&rtp, sc_writer_reserve(&writer, SC_RTP_HEADER_LENGTH));
    sc_writer_u16(&writer, 0xbede);
    sc_writer_u16(&writer, (uint16_t)(extension.offset / 4));
    sc_writer_bytes(&writer, elements, extension.offset);
    sc_writer_bytes(&writer, packet->payload, packet->length);
    return sc_intake_take(f->intake, &f->kit, data, writer.offset, f->kit.now_us);
}

#define BODY .payload = "\x10\x02\x01", .length = 3 /* VP8, start of an inter frame */

static void
a_stream_is_known_by_mid_and_rid_then_by_ssrc_alone(Fixture *f,
                                                    const void *data G_GNUC_UNUSED)
{
    Packet high = { 96, 10, 100, "0", "h", NULL, BODY };
    Packet low = { 96, 10, 200, "0", "l", NULL, BODY };
    Packet bare = { 96, 11, 100, NULL, NULL, NULL, BODY };

    g_assert_cmpint(take(f, &high), ==, SC_VERDICT_PASS);
    g_assert_cmpint(take(f, &low), ==, SC_VERDICT_PASS);
    g_assert_cmpint(take(f, &bare), ==, SC_VERDICT_PASS);
    g_assert_true(sc_intake_lookup_layer(f->intake, 100) == &f->camera->layers[0]);
    g_assert_true(sc_intake_lookup_layer(f->intake, 200) == &f->camera->layers[1]);
    g_assert_cmpuint(sc_history_get_head(f->camera->layers[0].history), ==, 2);
    g_assert_cmpuint(f->kit.touched->len, ==, 2); /* each layer once */
}

static void
without_mid_the_declared_ssrc_or_the_only_payload_type_tells(
    Fixture *f, const void *data G_GNUC_UNUSED)
{
    Packet voice = { 111, 10, 5000, NULL, NULL, NULL, BODY };
    Packet slides = { 98, 10, 300, NULL, NULL, NULL, BODY };
    Packet camera = {
        96, 10, 400, NULL, NULL, NULL, BODY
    }; /* which of its two layers? */
    Packet other = { 120, 10, 500, NULL, NULL, NULL, BODY };

    g_assert_cmpint(take(f, &voice), ==, SC_VERDICT_PASS);
    g_assert_cmpint(take(f, &slides), ==, SC_VERDICT_PASS);
    g_assert_cmpint(take(f, &camera), ==, SC_VERDICT_RTP_UNKNOWN_STREAM);
    g_assert_cmpint(take(f, &other), ==, SC_VERDICT_RTP_UNKNOWN_STREAM);
    g_assert_true(sc_intake_lookup_layer(f->intake, 5000) == &f->voice->layers[0]);
    g_assert_true(sc_intake_lookup_layer(f->intake, 300) == &f->slides->layers[0]);
}

static void
rtx_fills_the_gap_it_was_sent_for(Fixture *f, const void *data G_GNUC_UNUSED)
{
    Packet media = { 96, 65535, 100, "0", "h", NULL, BODY };
    Packet after = { 96, 1, 100, NULL, NULL, NULL, BODY };
    Packet rtx = { 97, 7, 101, "0", NULL, "h", "\0\0\x10\x02\x01", 5 };
    ScHistory *history = f->camera->layers[0].history;

    g_assert_cmpint(take(f, &media), ==, SC_VERDICT_PASS);
    g_assert_cmpint(take(f, &after), ==, SC_VERDICT_PASS);
    g_assert_cmpuint(f->camera->layers[0].nacks.n_missing, ==, 1);
    g_assert_cmpint(take(f, &rtx), ==, SC_VERDICT_PASS);
    g_assert_cmpuint(f->camera->layers[0].nacks.n_missing, ==, 0);
    g_assert_cmpuint(f->camera->layers[0].reception.rtx_ssrc, ==, 101);
    /* Extended: 65535 was the first, so its successor 0 is one beyond it. */
    const ScPacket *repaired = sc_history_get(history, 2);
    g_assert_cmpuint(repaired->sequence, ==, sc_history_get(history, 0)->sequence + 1);
    g_assert_cmpuint(repaired->length, ==, 3);
    rtx.sequence++;
    g_assert_cmpint(take(f, &rtx), ==, SC_VERDICT_RTP_DUPLICATE);
}

static void
what_is_broken_ends_by_name(Fixture *f, const void *data G_GNUC_UNUSED)
{
    static const uint8_t large[1500];
    Packet media = { 96, 10, 100, "0", "h", NULL, BODY };
    const struct {
        Packet packet;
        ScVerdict expected;
    } cases[] = {
        { { 96, 10, 100, NULL, NULL, NULL, BODY }, SC_VERDICT_RTP_DUPLICATE },
        { { 97, 11, 100, NULL, NULL, NULL, BODY }, SC_VERDICT_RTP_UNKNOWN_PAYLOAD_TYPE },
        { { 97, 1, 101, "0", NULL, "h", "", 0 }, SC_VERDICT_RTX_PADDING },
        { { 97, 2, 101, "0", NULL, "h", "x", 1 }, SC_VERDICT_RTX_MALFORMED },
        { { 97, 3, 201, "0", NULL, "l", BODY }, SC_VERDICT_RTP_UNKNOWN_STREAM },
        { { 96, 12, 300, "9", "h", NULL, BODY }, SC_VERDICT_RTP_UNKNOWN_STREAM },
        { { 96, 12, 300, "0", "x", NULL, BODY }, SC_VERDICT_RTP_UNKNOWN_STREAM },
        { { 96, 13, 100, NULL, NULL, NULL, large, 1470 }, SC_VERDICT_RTP_TOO_LONG },
        { { 96, 14, 100, NULL, NULL, NULL, "", 0 }, SC_VERDICT_PASS }, /* padding only */
    };

    g_assert_cmpint(take(f, &media), ==, SC_VERDICT_PASS);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpint(take(f, &cases[i].packet), ==, cases[i].expected);
    g_assert_cmpint(sc_intake_take(f->intake, &f->kit, large, 5, 0), ==,
                    SC_VERDICT_RTP_MALFORMED);
}

static void
streams_beyond_the_limit_are_not_admitted(Fixture *f, const void *data G_GNUC_UNUSED)
{
    for (uint32_t i = 0; i < SC_INTAKE_STREAMS_MAX + 5; i++) {
        Packet packet = { 98, (uint16_t)i, 1000 + i, "2", NULL, NULL, BODY };

        g_assert_cmpint(take(f, &packet), ==,
                        i < SC_INTAKE_STREAMS_MAX ? SC_VERDICT_PASS
                                                  : SC_VERDICT_RTP_UNKNOWN_STREAM);
    }
}

static void
the_clock_is_ours_until_the_publisher_reports(Fixture *f, const void *data G_GNUC_UNUSED)
{
    Packet voice = { 111, 10, 5000, NULL, NULL, NULL, BODY };
    ScRtcpSenderInfo info = { .ssrc = 5000, .ntp = 77, .rtp_timestamp = 88 };
    ScClockReading reading;

    f->kit.realtime_offset_us = 9000000;
    g_assert_false(sc_clock_get(&f->voice->layers[0].clock, &reading));
    g_assert_cmpint(take(f, &voice), ==, SC_VERDICT_PASS);
    g_assert_true(sc_clock_get(&f->voice->layers[0].clock, &reading));
    g_assert_cmpuint(reading.ntp, ==, sc_clock_ntp_from_unix(10000000));
    g_assert_cmpuint(reading.timestamp, ==, 1000);
    sc_intake_take_sender_report(f->intake, &f->kit, &info);
    g_assert_true(sc_clock_get(&f->voice->layers[0].clock, &reading));
    g_assert_cmpuint(reading.ntp, ==, 77);
    g_assert_cmpuint(reading.timestamp, ==, 88);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) \
    g_test_add("/relay/intake/" #name, Fixture, NULL, set_up, name, tear_down)
    ADD(a_stream_is_known_by_mid_and_rid_then_by_ssrc_alone);
    ADD(without_mid_the_declared_ssrc_or_the_only_payload_type_tells);
    ADD(rtx_fills_the_gap_it_was_sent_for);
    ADD(what_is_broken_ends_by_name);
    ADD(streams_beyond_the_limit_are_not_admitted);
    ADD(the_clock_is_ours_until_the_publisher_reports);
    return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/report.h"

#include <math.h>
#include <string.h>

#include "relay/line.h"
#include "relay/wire/feedback.h"
#include "relay/wire/rtcp.h"
#include "relay/wire/twcc.h"

#define COMPOUND_MAX 1100     /* bytes of one datagram before sealing */
#define SLOTS_OF_A_COMPOUND 8 /* sender reports with their SDES that fit */
#define TOLD_OLD_US 15000000  /* figures that stand are told again after so long */
#define CNAME "synclass"      /* of our receiving side, which has no media of its own */

typedef struct {
    uint8_t data[COMPOUND_MAX + SC_SRTP_TRAILER_MAX];
    ScWriter writer;
} Compound;

static void
init_compound(Compound *self)
{
    self->writer = sc_writer_init(self->data, COMPOUND_MAX);
}

/* A compound begins with a report (RFC 3550, section 6.1), an empty one if need be. */
static void
init_feedback(Compound *self, const ScTransport *transport)
{
    init_compound(self);
    sc_rtcp_write_rr(&self->writer, transport->ssrc, NULL, 0);
}

static void
send_compound(Compound *self, ScTransport *transport, ScKit *kit)
{
    if (!self->writer.overrun)
        sc_transport_send_rtcp(transport, kit, self->data, self->writer.offset);
}

void
sc_report_ask(ScTransport *publisher, ScKit *kit, ScLayer *layer)
{
    uint16_t missing[SC_NACK_MISSING_MAX];
    size_t n_missing = sc_nack_list_take_due(&layer->nacks, kit->now_us, missing);
    bool pli = false;

    if (layer->track->spec.pli && layer->reception.ssrc != 0) {
        if (atomic_exchange_explicit(&layer->key_frame_wanted, false,
                                     memory_order_relaxed))
            sc_keyframe_want(&layer->keyframe);
        pli = sc_keyframe_take_due(&layer->keyframe, kit->now_us);
    }
    if (n_missing == 0 && !pli)
        return;

    Compound compound;
    init_feedback(&compound, publisher);
    if (n_missing > 0)
        sc_feedback_write_nack(&compound.writer, publisher->ssrc, layer->reception.ssrc,
                               missing, n_missing);
    if (pli)
        sc_feedback_write_pli(&compound.writer, publisher->ssrc, layer->reception.ssrc);
    sc_stats_count(kit->stats, SC_COUNTER_NACKS_OUT, n_missing);
    sc_stats_count(kit->stats, SC_COUNTER_KEY_FRAME_REQUESTS_OUT, pli);
    send_compound(&compound, publisher, kit);
}

void
sc_report_send_feedback(ScTransport *publisher, ScKit *kit)
{
    ScIntake *intake = publisher->intake;

    while (sc_twcc_is_due(&intake->twcc)) {
        uint32_t media_ssrc = intake->n_streams > 0 ? intake->streams[0].ssrc : 0;
        Compound compound;

        init_feedback(&compound, publisher);
        if (!sc_twcc_write(&intake->twcc, publisher->ssrc, media_ssrc, &compound.writer))
            return;
        send_compound(&compound, publisher, kit);
    }
}

/* RFC 3550, appendix A.3. */
static ScRtcpReport
make_report(ScReception *reception, int64_t now_us)
{
    uint64_t n_expected = reception->highest - reception->first + 1;
    uint64_t n_expected_now = n_expected - reception->reported_expected;
    uint64_t n_received_now = reception->n_received - reception->reported_received;
    ScRtcpReport report = {
        .ssrc = reception->ssrc,
        .n_lost = (int32_t)CLAMP((int64_t)(n_expected - reception->n_received), -0x800000,
                                 0x7fffff),
        .highest_sequence = (uint32_t)reception->highest,
        .jitter = (uint32_t)reception->jitter,
        .last_sr = reception->last_sr,
    };

    if (n_expected_now > n_received_now)
        report.fraction_lost =
            (uint8_t)MIN((n_expected_now - n_received_now) * 256 / n_expected_now, 255);
    if (reception->last_sr != 0)
        report.delay_since_sr =
            (uint32_t)((now_us - reception->last_sr_us) * 65536 / 1000000);
    reception->reported_expected = n_expected;
    reception->reported_received = reception->n_received;
    return report;
}

void
sc_report_send_receiver_report(ScTransport *publisher, ScKit *kit)
{
    const ScIntake *intake = publisher->intake;
    ScRtcpReport reports[SC_RTCP_REPORTS_MAX];
    unsigned n_reports = 0;

    for (unsigned i = 0; i < intake->n_streams && n_reports < SC_RTCP_REPORTS_MAX; i++) {
        const ScIntakeStream *stream = &intake->streams[i];

        if (!stream->is_rtx && stream->layer->reception.ssrc == stream->ssrc)
            reports[n_reports++] = make_report(&stream->layer->reception, kit->now_us);
    }
    if (n_reports == 0)
        return;

    Compound compound;
    init_compound(&compound);
    sc_rtcp_write_rr(&compound.writer, publisher->ssrc, reports, n_reports);
    sc_rtcp_write_sdes(&compound.writer, publisher->ssrc, CNAME);
    send_compound(&compound, publisher, kit);
}

/* The slot's own timestamp of the instant that the publisher's clock shows now. False
 * while nothing is sent: there is no stream to be in step with. */
static bool
make_sender_info(ScSlot *slot, int64_t now_us, ScRtcpSenderInfo *out_info)
{
    const ScFeed *feed = &slot->feeds[0];
    ScClockReading reading;

    if (slot->live.audience == NULL || !slot->has_sent
        || !sc_clock_get(&feed->layer->clock, &reading))
        return false;

    ScClockReading now =
        sc_clock_advance(&reading, feed->layer->track->spec.clock_hz, now_us);
    *out_info = (ScRtcpSenderInfo){
        .ssrc = slot->spec.ssrc,
        .rtp_timestamp = now.timestamp + feed->timestamp_offset,
        .ntp = now.ntp,
        .n_packets = (uint32_t)slot->n_packets,
        .n_bytes = (uint32_t)slot->n_bytes,
    };
    slot->sr_middles[1] = slot->sr_middles[0];
    slot->sr_sent_us[1] = slot->sr_sent_us[0];
    slot->sr_middles[0] = sc_rtcp_ntp_get_middle(now.ntp);
    slot->sr_sent_us[0] = now_us;
    return true;
}

void
sc_report_send_sender_reports(ScTransport *receiver, ScKit *kit)
{
    Compound compound;
    unsigned n_written = 0;

    receiver->outlet.wants_report = false;
    for (unsigned i = 0; i < receiver->n_slots; i++) {
        ScSlot *slot = &receiver->slots[i];
        ScRtcpSenderInfo info;

        if (slot->catching_up)
            receiver->outlet.wants_report = true;
        if (!make_sender_info(slot, kit->now_us, &info))
            continue;
        if (n_written++ == 0)
            init_compound(&compound);
        sc_rtcp_write_sr(&compound.writer, &info, NULL, 0);
        sc_rtcp_write_sdes(&compound.writer, info.ssrc, slot->spec.cname);
        if (n_written == SLOTS_OF_A_COMPOUND) {
            send_compound(&compound, receiver, kit);
            n_written = 0;
        }
    }
    if (n_written > 0)
        send_compound(&compound, receiver, kit);
}

static float
get_loss_pct(uint64_t n_lost, uint64_t n_all)
{
    return n_all == 0 ? 0 : (float)(100.0 * (double)n_lost / (double)n_all);
}

static void
measure_up(ScTransport *transport, int64_t passed_us, ScQuality *quality)
{
    uint64_t n_expected = 0;
    uint64_t n_received = 0;

    if (transport->intake == NULL)
        return;
    for (unsigned i = 0; i < transport->intake->n_streams; i++) {
        const ScIntakeStream *stream = &transport->intake->streams[i];
        const ScReception *reception = &stream->layer->reception;

        if (stream->is_rtx || reception->n_received == 0)
            continue;
        n_expected += reception->highest - reception->first + 1;
        n_received += reception->n_received;
    }

    uint64_t expected = n_expected - transport->rated_expected;
    uint64_t received = n_received - transport->rated_received;
    quality->up_loss_pct =
        expected > received ? get_loss_pct(expected - received, expected) : 0;
    quality->up_kbps = (uint32_t)((transport->intake->n_bytes - transport->rated_in)
                                  * 8000 / (uint64_t)passed_us);
    if (transport->intake->n_bytes > transport->rated_in)
        transport->arrived_us += passed_us;
    transport->rated_expected = n_expected;
    transport->rated_received = n_received;
    transport->rated_in = transport->intake->n_bytes;
}

static void
measure_down(ScTransport *transport, int64_t passed_us, ScQuality *quality)
{
    uint32_t n_known = transport->feedback_received + transport->feedback_lost;
    uint8_t worst = 0;

    for (unsigned i = 0; i < transport->n_slots; i++)
        worst = MAX(worst, transport->slots[i].fraction_lost);
    quality->down_loss_pct = n_known > 0 ? get_loss_pct(transport->feedback_lost, n_known)
                                         : get_loss_pct(worst, 256);
    quality->down_kbps = (uint32_t)((transport->outlet.n_bytes - transport->rated_out)
                                    * 8000 / (uint64_t)passed_us);
    transport->rated_out = transport->outlet.n_bytes;
    transport->feedback_received = 0;
    transport->feedback_lost = 0;
}

/* The larger one of @quality's picture and @layer's. */
static void
note_picture(ScQuality *quality, ScLayer *layer)
{
    uint32_t packed = atomic_load_explicit(&layer->picture, memory_order_relaxed);
    uint32_t width = packed >> 16, height = packed & 0xffff;

    if (width * height > (uint32_t)quality->width * quality->height) {
        quality->width = (uint16_t)width;
        quality->height = (uint16_t)height;
    }
}

static void
measure_pictures(ScTransport *transport, ScQuality *quality)
{
    const ScIntake *intake = transport->intake;

    for (unsigned i = 0; intake != NULL && i < intake->n_streams; i++)
        note_picture(quality, intake->streams[i].layer);
    for (unsigned i = 0; i < transport->n_slots; i++) {
        ScLayer *layer = transport->slots[i].feeds[0].layer;

        if (layer != NULL && transport->slots[i].live.audience != NULL)
            note_picture(quality, layer);
    }
}

void
sc_report_measure(ScTransport *transport, int64_t passed_us, int64_t now_us,
                  ScQuality *out_quality)
{
    *out_quality = (ScQuality){
        .transport = transport->id,
        .rtt_ms = (uint32_t)((transport->rtt_us + 500) / 1000),
    };
    measure_up(transport, MAX(passed_us, 1), out_quality);
    measure_down(transport, MAX(passed_us, 1), out_quality);
    out_quality->arrived_ms = (uint32_t)(transport->arrived_us / 1000);
    out_quality->delivered_ms =
        (uint32_t)(sc_delivery_get_us(&transport->delivery, now_us) / 1000);
    out_quality->delivering = sc_delivery_flows(&transport->delivery, now_us);
    out_quality->limited = sc_line_is_limiting(transport);
    out_quality->n_interruptions = transport->delivery.n_interruptions;
    measure_pictures(transport, out_quality);
}

/* A tenth and a little: rates of one encoder wander by less from second to second. */
static bool
has_moved(uint32_t told, uint32_t now, uint32_t little)
{
    uint32_t difference = now > told ? now - told : told - now;

    return difference > told / 10 + little;
}

bool
sc_report_is_news(ScTransport *transport, const ScQuality *quality, int64_t now_us)
{
    const ScQuality *told = &transport->told;
    bool stands = now_us - transport->told_us < TOLD_OLD_US
                  && told->delivering == quality->delivering
                  && told->limited == quality->limited && told->width == quality->width
                  && told->height == quality->height
                  && fabsf(told->up_loss_pct - quality->up_loss_pct) < 0.1F
                  && fabsf(told->down_loss_pct - quality->down_loss_pct) < 0.1F
                  && !has_moved(told->rtt_ms, quality->rtt_ms, 5)
                  && !has_moved(told->up_kbps, quality->up_kbps, 10)
                  && !has_moved(told->down_kbps, quality->down_kbps, 10);

    if (stands)
        return false;
    transport->told = *quality;
    transport->told_us = now_us;
    return true;
}

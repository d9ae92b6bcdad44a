/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/answer.h"

#include "relay/line.h"
#include "relay/wire/feedback.h"
#include "relay/wire/sequence.h"
#include "relay/wire/twcc.h"

#define RTT_UNKNOWN_US \
    100000 /* a repeated NACK within this is one, before a report came */

static ScSlot *
lookup_slot(ScTransport *transport, uint32_t ssrc)
{
    for (unsigned i = 0; i < transport->n_slots; i++)
        if (transport->slots[i].spec.ssrc == ssrc)
            return &transport->slots[i];
    return NULL;
}

/* Our SRs carry publishers' NTP times, so the time we sent each is looked up (RFC 3550,
 * section 6.4.1: round trip = now - LSR - DLSR). */
static void
note_rtt(ScTransport *transport, const ScSlot *slot, const ScRtcpReport *report,
         int64_t now_us)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(slot->sr_middles); i++) {
        if (report->last_sr == 0 || slot->sr_middles[i] != report->last_sr)
            continue;

        int64_t delay_us = (int64_t)report->delay_since_sr * 1000000 / 65536;
        int64_t rtt_us = MAX(now_us - slot->sr_sent_us[i] - delay_us, 1);
        transport->rtt_us =
            transport->rtt_us == 0 ? rtt_us : (transport->rtt_us * 7 + rtt_us) / 8;
        return;
    }
}

static ScVerdict
take_reports(ScTransport *transport, ScKit *kit, const ScRtcpPacket *packet)
{
    ScRtcpReport report;
    ScDeliveryPart part = { 0 };
    unsigned n_reports = 0;

    for (; sc_rtcp_parse_report(packet, n_reports, &report); n_reports++) {
        ScSlot *slot = lookup_slot(transport, report.ssrc);

        if (slot == NULL)
            continue;
        slot->fraction_lost = report.fraction_lost;
        if (slot->has_anchor)
            sc_delivery_start(&transport->delivery, slot->anchor_us);
        sc_delivery_mark(&slot->mark,
                         &(ScDeliveryMark){ .highest = report.highest_sequence,
                                            .n_lost = report.n_lost,
                                            .n_sent = slot->n_packets,
                                            .n_late = slot->n_late },
                         &part);
        note_rtt(transport, slot, &report, kit->now_us);
    }
    if (n_reports > 0)
        sc_delivery_confirm(&transport->delivery, kit->now_us, &part);
    return n_reports == packet->count ? SC_VERDICT_PASS : SC_VERDICT_RTCP_MALFORMED;
}

static ScVerdict
take_sender_report(ScTransport *transport, ScKit *kit, const ScRtcpPacket *packet)
{
    ScRtcpSenderInfo info;

    if (!sc_rtcp_parse_sr(packet, &info))
        return SC_VERDICT_RTCP_MALFORMED;
    if (transport->intake != NULL)
        sc_intake_take_sender_report(transport->intake, kit, &info);
    return take_reports(transport, kit, packet);
}

/* How long ago @packet was sent: the history from before a slot's start is sent when it
 * starts, whatever its age. */
static int64_t
get_age_us(const ScFeed *feed, const ScPacket *packet, int64_t now_us)
{
    return packet->sequence >= feed->live ? now_us - packet->arrival_us : 0;
}

static ScVerdict
repair(ScTransport *transport, ScKit *kit, ScSlot *slot, uint16_t out_sequence)
{
    uint64_t sequence;
    const ScFeed *feed = sc_slot_find_feed(slot, out_sequence, &sequence);

    if (feed == NULL)
        return sc_sequence_distance(out_sequence, (uint16_t)slot->next_out) >= 0
                   ? SC_VERDICT_NACK_NOT_YET_SENT
                   : SC_VERDICT_NACK_TOO_OLD;

    const ScHistory *history = feed->layer->history;
    const ScPacket *packet =
        sc_history_lookup(history, sc_history_get_head(history), sequence);
    if (packet == NULL)
        return SC_VERDICT_NACK_TOO_OLD;

    int64_t rtt_us = transport->rtt_us == 0 ? RTT_UNKNOWN_US : transport->rtt_us;
    int64_t age_us = get_age_us(feed, packet, kit->now_us);
    if (sc_nack_is_too_old(age_us, rtt_us))
        return SC_VERDICT_NACK_TOO_OLD;

    switch (sc_nack_guard_decide(&transport->guard, slot->spec.ssrc, out_sequence, rtt_us,
                                 kit->now_us)) {
    case SC_NACK_REPEATED:
        return SC_VERDICT_NACK_REPEATED;
    case SC_NACK_OVER_BUDGET:
        return SC_VERDICT_NACK_OVER_BUDGET;
    case SC_NACK_ANSWER:
        break;
    }

    size_t n_bytes = sc_fanout_repair(kit->fanout, slot, feed, packet);
    if (n_bytes == 0)
        return SC_VERDICT_NACK_NO_RTX;
    sc_nack_guard_charge(&transport->guard, n_bytes);
    slot->n_late += sc_nack_is_late(age_us, rtt_us);
    sc_stats_count(kit->stats, SC_COUNTER_REPAIRS_OUT, 1);
    return SC_VERDICT_PASS;
}

static ScVerdict
take_nack(ScTransport *transport, ScKit *kit, const ScFeedback *feedback)
{
    ScSlot *slot = lookup_slot(transport, feedback->media_ssrc);
    ScFeedbackNacks nacks = sc_feedback_iterate_nacks(feedback);
    uint16_t sequence;

    if (slot == NULL || !transport->outlet.is_open)
        return SC_VERDICT_RTCP_UNKNOWN;
    sc_nack_guard_refill(&transport->guard, kit->config->repair_kbps * INT64_C(1000),
                         kit->now_us);
    while (sc_feedback_next_nack(&nacks, &sequence)) {
        ScVerdict verdict = repair(transport, kit, slot, sequence);

        sc_stats_count(kit->stats, SC_COUNTER_NACKS_IN, 1);
        if (verdict != SC_VERDICT_PASS)
            sc_stats_judge(kit->stats, verdict, 1);
    }
    return SC_VERDICT_PASS;
}

static ScVerdict
want_key_frame(ScTransport *transport, ScKit *kit, uint32_t ssrc)
{
    ScSlot *slot = lookup_slot(transport, ssrc);

    if (slot == NULL)
        return SC_VERDICT_RTCP_UNKNOWN;
    sc_stats_count(kit->stats, SC_COUNTER_KEY_FRAME_REQUESTS_IN, 1);
    /* One that still waits for its start has already asked. */
    if (slot->live.audience != NULL || slot->catching_up)
        sc_layer_want_key_frame(slot->feeds[0].layer);
    return SC_VERDICT_PASS;
}

static ScVerdict
take_fir(ScTransport *transport, ScKit *kit, const ScFeedback *feedback)
{
    ScVerdict verdict = SC_VERDICT_RTCP_MALFORMED;
    ScFeedbackFir fir;

    for (unsigned i = 0; sc_feedback_parse_fir(feedback, i, &fir); i++)
        verdict = want_key_frame(transport, kit, fir.ssrc);
    return verdict;
}

static ScVerdict
take_twcc(ScTransport *transport, ScKit *kit, const ScFeedback *feedback)
{
    ScTwccFeedback twcc;
    ScTwccStatus status;
    uint32_t n_received = 0;
    uint32_t n_lost = 0;

    if (!sc_twcc_parse(feedback, &twcc))
        return SC_VERDICT_RTCP_MALFORMED;
    while (sc_twcc_next(&twcc, &status)) {
        n_received += status.received;
        n_lost += !status.received;
        sc_line_take(transport, kit, &status);
    }
    transport->feedback_received += n_received;
    transport->feedback_lost += n_lost;
    sc_stats_count(kit->stats, SC_COUNTER_FEEDBACK_RECEIVED, n_received);
    sc_stats_count(kit->stats, SC_COUNTER_FEEDBACK_LOST, n_lost);
    if (transport->line != NULL)
        sc_line_conclude(transport, kit);
    return SC_VERDICT_PASS;
}

static ScVerdict
take_feedback(ScTransport *transport, ScKit *kit, const ScRtcpPacket *packet)
{
    ScFeedback feedback;

    if (!sc_feedback_parse(packet, &feedback))
        return SC_VERDICT_RTCP_MALFORMED;
    switch (feedback.kind) {
    case SC_FEEDBACK_NACK:
        return take_nack(transport, kit, &feedback);
    case SC_FEEDBACK_TWCC:
        return take_twcc(transport, kit, &feedback);
    case SC_FEEDBACK_PLI:
        return want_key_frame(transport, kit, feedback.media_ssrc);
    case SC_FEEDBACK_FIR:
        return take_fir(transport, kit, &feedback);
    case SC_FEEDBACK_REMB: /* estimation is by TWCC; docs/wire.md#rtcp */
        return SC_VERDICT_PASS;
    case SC_FEEDBACK_UNKNOWN:
        return SC_VERDICT_RTCP_UNKNOWN;
    }
    g_assert_not_reached();
}

/* The stream says that it ends: signaling hears "silent" with the next second. */
static ScVerdict
take_bye(ScTransport *transport, const ScRtcpPacket *packet)
{
    uint32_t ssrc;

    if (transport->intake == NULL)
        return SC_VERDICT_PASS;
    for (unsigned i = 0; sc_rtcp_parse_bye(packet, i, &ssrc); i++) {
        ScLayer *layer = sc_intake_lookup_layer(transport->intake, ssrc);

        if (layer != NULL)
            layer->last_packet_us = 0;
    }
    return SC_VERDICT_PASS;
}

static ScVerdict
take_packet(ScTransport *transport, ScKit *kit, const ScRtcpPacket *packet)
{
    switch (packet->type) {
    case SC_RTCP_SR:
        return take_sender_report(transport, kit, packet);
    case SC_RTCP_RR:
        return take_reports(transport, kit, packet);
    case SC_RTCP_RTPFB:
    case SC_RTCP_PSFB:
        return take_feedback(transport, kit, packet);
    case SC_RTCP_BYE:
        return take_bye(transport, packet);
    case SC_RTCP_SDES:
    case SC_RTCP_APP:
    case SC_RTCP_XR:
        return SC_VERDICT_PASS; /* nothing in there concerns us */
    default:                    /* a byte from the wire, not our enum */
        return SC_VERDICT_RTCP_UNKNOWN;
    }
}

ScVerdict
sc_answer_rtcp(ScTransport *transport, ScKit *kit, const uint8_t *data, size_t length)
{
    ScRtcpIterator iterator;
    ScRtcpPacket packet;

    if (!sc_rtcp_is_valid(data, length))
        return SC_VERDICT_RTCP_MALFORMED;
    iterator = sc_rtcp_iterate(data, length);
    while (sc_rtcp_next(&iterator, &packet)) {
        ScVerdict verdict = take_packet(transport, kit, &packet);

        if (verdict != SC_VERDICT_PASS)
            sc_stats_judge(kit->stats, verdict, 1);
    }
    return SC_VERDICT_PASS;
}

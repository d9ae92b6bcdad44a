/* SPDX-License-Identifier: Apache-2.0 */
/* RTCP compounds, reports, SDES, BYE, and all feedback messages. */
#include <glib.h>

#include "relay/wire/twcc.h"
#include "tests/fuzz/fuzz.h"

static void
check_reports(const ScRtcpPacket *packet)
{
    ScRtcpSenderInfo info;
    ScRtcpReport report;
    ScRtcpSource source;
    uint32_t ssrc;
    unsigned n;

    if (sc_rtcp_parse_sr(packet, &info))
        g_assert(sc_rtcp_parse_reporter(packet, &ssrc) && ssrc == info.ssrc);
    for (n = 0; sc_rtcp_parse_report(packet, n, &report); n++)
        g_assert(report.n_lost >= -0x800000 && report.n_lost <= 0x7fffff);
    g_assert(n <= SC_RTCP_REPORTS_MAX);
    for (n = 0; sc_rtcp_parse_bye(packet, n, &ssrc); n++)
        ;
    g_assert(n <= SC_RTCP_REPORTS_MAX);
    for (n = 0; sc_rtcp_parse_sdes(packet, n, &source); n++)
        g_free(g_memdup2(source.cname, source.cname_length)); /* all of it is readable */
    g_assert(n <= SC_RTCP_REPORTS_MAX);
}

static void
check_nacks(const ScFeedback *feedback)
{
    ScFeedbackNacks nacks = sc_feedback_iterate_nacks(feedback);
    uint16_t sequence;
    size_t n = 0;

    while (sc_feedback_next_nack(&nacks, &sequence))
        n++;
    g_assert(n <= feedback->fci_length / 4 * 17);
}

static void
check_twcc(const ScFeedback *feedback)
{
    ScTwccFeedback parsed;
    ScTwccStatus status;
    unsigned n = 0;

    if (!sc_twcc_parse(feedback, &parsed))
        return;
    for (; sc_twcc_next(&parsed, &status); n++)
        g_assert(status.sequence == (uint16_t)(parsed.base_sequence + n));
    g_assert(n == parsed.n_statuses && n <= SC_TWCC_STATUSES_MAX);
    g_assert(!parsed.chunks.overrun && !parsed.deltas.overrun);
}

static void
check_feedback(const ScFeedback *feedback)
{
    ScFeedbackRemb remb;
    ScFeedbackFir fir;

    switch (feedback->kind) {
    case SC_FEEDBACK_NACK:
        check_nacks(feedback);
        break;
    case SC_FEEDBACK_TWCC:
        check_twcc(feedback);
        break;
    case SC_FEEDBACK_FIR:
        for (unsigned i = 0; sc_feedback_parse_fir(feedback, i, &fir); i++)
            g_assert((i + 1) * 8 <= feedback->fci_length);
        break;
    case SC_FEEDBACK_REMB:
        if (sc_feedback_parse_remb(feedback, &remb))
            g_assert(8 + remb.n_ssrcs * 4 <= feedback->fci_length);
        break;
    case SC_FEEDBACK_PLI:
    case SC_FEEDBACK_UNKNOWN:
        break;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ScRtcpIterator iterator = sc_rtcp_iterate(data, size);
    ScFeedback feedback;
    ScRtcpPacket packet;
    size_t n_packets = 0;

    while (sc_rtcp_next(&iterator, &packet)) {
        g_assert(packet.body >= data && packet.body + packet.body_length <= data + size);
        n_packets++;
        check_reports(&packet);
        if (sc_feedback_parse(&packet, &feedback))
            check_feedback(&feedback);
    }
    g_assert(n_packets <= size / 4);
    g_assert(sc_rtcp_is_valid(data, size) == (n_packets > 0 && !iterator.reader.overrun));
    return 0;
}

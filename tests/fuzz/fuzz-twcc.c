/* SPDX-License-Identifier: Apache-2.0 */
/* The recorder of arrivals: the input is a script of four bytes a step (number forward or
 * back, time forward, now and then a report); what is written has to be read back whole.
 */
#include <glib.h>

#include "relay/wire/reader.h"
#include "relay/wire/twcc.h"
#include "tests/fuzz/fuzz.h"

#define REPORT_STEP 0x07 /* a step whose time has these bits clear reports */

static void
check_written(const uint8_t *bytes, size_t length)
{
    ScRtcpIterator iterator = sc_rtcp_iterate(bytes, length);
    ScTwccFeedback parsed;
    ScFeedback feedback;
    ScTwccStatus status;
    ScRtcpPacket packet;
    unsigned n_received = 0;

    g_assert(sc_rtcp_next(&iterator, &packet) && sc_feedback_parse(&packet, &feedback));
    g_assert(sc_twcc_parse(&feedback, &parsed));
    while (sc_twcc_next(&parsed, &status))
        n_received += status.received;
    g_assert(n_received > 0);
    g_assert(!sc_rtcp_next(&iterator, &packet) && !iterator.reader.overrun);
}

static void
report(ScTwcc *twcc, size_t room)
{
    uint8_t bytes[SC_TWCC_WRITE_MIN + 0xff];
    unsigned n_packets = 0;

    while (sc_twcc_is_due(twcc)) {
        ScWriter writer = sc_writer_init(bytes, room);

        g_assert(sc_twcc_write(twcc, 1, 2, &writer));
        check_written(bytes, writer.offset);
        g_assert(++n_packets <= SC_TWCC_WINDOW);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ScReader reader = sc_reader_init(data, size);
    int64_t now_us = 1;
    uint16_t sequence = sc_reader_u16(&reader);
    ScTwcc twcc;

    sc_twcc_init(&twcc);
    while (sc_reader_get_left(&reader) >= 4) {
        uint16_t time = sc_reader_u16(&reader);

        sequence = (uint16_t)(sequence + sc_reader_u16(&reader));
        now_us += time * 16;
        sc_twcc_note(&twcc, sequence, now_us);
        if ((time & REPORT_STEP) == 0)
            report(&twcc, SC_TWCC_WRITE_MIN + (time >> 8));
    }
    report(&twcc, SC_TWCC_WRITE_MIN);
    return 0;
}

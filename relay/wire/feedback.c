/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/wire/feedback.h"

#include <glib.h>

enum {
    FORMAT_NACK = 1,
    FORMAT_TWCC = 15,
    FORMAT_PLI = 1,
    FORMAT_FIR = 4,
    FORMAT_APPLICATION = 15,
    COMMON_LENGTH = 12, /* header and both SSRCs */
    NACK_LENGTH = 4,
    NACK_SPAN = 16, /* numbers that the blp holds */
    FIR_LENGTH = 8,
    REMB_LENGTH = 8, /* name, count, rate; then SSRCs */
    REMB_MANTISSA_BITS = 18,
    REMB_EXPONENT_MAX = 63,
};

static const uint32_t REMB_NAME = 0x52454d42; /* "REMB" */

static ScFeedbackKind
get_kind(const ScRtcpPacket *packet, const ScFeedback *feedback)
{
    ScReader fci = sc_reader_init(feedback->fci, feedback->fci_length);

    if (packet->type == SC_RTCP_RTPFB && packet->count == FORMAT_NACK)
        return SC_FEEDBACK_NACK;
    if (packet->type == SC_RTCP_RTPFB && packet->count == FORMAT_TWCC)
        return SC_FEEDBACK_TWCC;
    if (packet->type == SC_RTCP_PSFB && packet->count == FORMAT_PLI)
        return SC_FEEDBACK_PLI;
    if (packet->type == SC_RTCP_PSFB && packet->count == FORMAT_FIR)
        return SC_FEEDBACK_FIR;
    if (packet->type == SC_RTCP_PSFB && packet->count == FORMAT_APPLICATION
        && sc_reader_u32(&fci) == REMB_NAME)
        return SC_FEEDBACK_REMB;
    return SC_FEEDBACK_UNKNOWN;
}

bool
sc_feedback_parse(const ScRtcpPacket *packet, ScFeedback *out_feedback)
{
    ScReader reader = sc_reader_init(packet->body, packet->body_length);
    ScFeedback feedback;

    feedback.sender_ssrc = sc_reader_u32(&reader);
    feedback.media_ssrc = sc_reader_u32(&reader);
    feedback.fci_length = sc_reader_get_left(&reader);
    feedback.fci = sc_reader_take(&reader, feedback.fci_length);
    if ((packet->type != SC_RTCP_RTPFB && packet->type != SC_RTCP_PSFB) || reader.overrun)
        return false;

    feedback.kind = get_kind(packet, &feedback);
    *out_feedback = feedback;
    return true;
}

ScFeedbackNacks
sc_feedback_iterate_nacks(const ScFeedback *feedback)
{
    return (ScFeedbackNacks){ .reader =
                                  sc_reader_init(feedback->fci, feedback->fci_length) };
}

bool
sc_feedback_next_nack(ScFeedbackNacks *self, uint16_t *out_sequence)
{
    if (self->blp == 0) {
        uint16_t pid = sc_reader_u16(&self->reader);

        self->blp = sc_reader_u16(&self->reader);
        self->next = (uint16_t)(pid + 1);
        if (self->reader.overrun) {
            self->blp = 0;
            return false;
        }
        *out_sequence = pid;
        return true;
    }

    int n_skipped = __builtin_ctz(self->blp);
    *out_sequence = (uint16_t)(self->next + n_skipped);
    self->next = (uint16_t)(*out_sequence + 1);
    self->blp = (uint16_t)(self->blp >> n_skipped >> 1);
    return true;
}

bool
sc_feedback_parse_fir(const ScFeedback *feedback, unsigned index, ScFeedbackFir *out_fir)
{
    ScReader reader = sc_reader_init(feedback->fci, feedback->fci_length);
    ScFeedbackFir fir;

    sc_reader_take(&reader, (size_t)index * FIR_LENGTH);
    fir.ssrc = sc_reader_u32(&reader);
    fir.sequence = sc_reader_u8(&reader);
    sc_reader_u24(&reader); /* reserved */
    if (reader.overrun)
        return false;
    *out_fir = fir;
    return true;
}

bool
sc_feedback_parse_remb(const ScFeedback *feedback, ScFeedbackRemb *out_remb)
{
    ScReader reader = sc_reader_init(feedback->fci, feedback->fci_length);
    ScFeedbackRemb remb;

    uint32_t name = sc_reader_u32(&reader);
    remb.n_ssrcs = sc_reader_u8(&reader);
    uint32_t rate = sc_reader_u24(&reader);
    remb.ssrcs = sc_reader_take(&reader, remb.n_ssrcs * 4U);
    if (name != REMB_NAME || reader.overrun)
        return false;

    unsigned exponent = rate >> REMB_MANTISSA_BITS;
    uint64_t mantissa = rate & ((1U << REMB_MANTISSA_BITS) - 1);
    /* What 64 bits can not hold is no limit at all. */
    remb.rate_bps = mantissa > UINT64_MAX >> exponent ? UINT64_MAX : mantissa << exponent;
    *out_remb = remb;
    return true;
}

static void
write_common(ScWriter *writer, uint8_t format, ScRtcpType type, size_t length,
             uint32_t sender_ssrc, uint32_t media_ssrc)
{
    sc_rtcp_write_header(writer, format, type, length);
    sc_writer_u32(writer, sender_ssrc);
    sc_writer_u32(writer, media_ssrc);
}

/* How many of @sequences, from the first on, one pid and blp hold. */
static size_t
gather_nacks(const uint16_t *sequences, size_t n_sequences, uint16_t *out_blp)
{
    unsigned blp = 0;
    size_t n = 1;

    for (; n < n_sequences; n++) {
        unsigned distance = (uint16_t)(sequences[n] - sequences[0]);

        if (distance == 0 || distance > NACK_SPAN)
            break;
        blp |= 1U << (distance - 1);
    }
    *out_blp = (uint16_t)blp;
    return n;
}

void
sc_feedback_write_nack(ScWriter *writer, uint32_t sender_ssrc, uint32_t media_ssrc,
                       const uint16_t *sequences, size_t n_sequences)
{
    size_t n_entries = 0;
    uint16_t blp;

    for (size_t i = 0; i < n_sequences; n_entries++)
        i += gather_nacks(sequences + i, n_sequences - i, &blp);

    write_common(writer, FORMAT_NACK, SC_RTCP_RTPFB,
                 COMMON_LENGTH + n_entries * NACK_LENGTH, sender_ssrc, media_ssrc);
    for (size_t i = 0; i < n_sequences;) {
        uint16_t pid = sequences[i];

        i += gather_nacks(sequences + i, n_sequences - i, &blp);
        sc_writer_u16(writer, pid);
        sc_writer_u16(writer, blp);
    }
}

void
sc_feedback_write_pli(ScWriter *writer, uint32_t sender_ssrc, uint32_t media_ssrc)
{
    write_common(writer, FORMAT_PLI, SC_RTCP_PSFB, COMMON_LENGTH, sender_ssrc,
                 media_ssrc);
}

void
sc_feedback_write_fir(ScWriter *writer, uint32_t sender_ssrc, const ScFeedbackFir *fir)
{
    write_common(writer, FORMAT_FIR, SC_RTCP_PSFB, COMMON_LENGTH + FIR_LENGTH,
                 sender_ssrc, 0);
    sc_writer_u32(writer, fir->ssrc);
    sc_writer_u8(writer, fir->sequence);
    sc_writer_u24(writer, 0);
}

void
sc_feedback_write_remb(ScWriter *writer, uint32_t sender_ssrc, uint64_t rate_bps,
                       const uint32_t *ssrcs, uint8_t n_ssrcs)
{
    uint32_t exponent = 0;

    while (rate_bps >> exponent >> REMB_MANTISSA_BITS != 0)
        exponent++;
    g_assert(exponent <= REMB_EXPONENT_MAX);

    write_common(writer, FORMAT_APPLICATION, SC_RTCP_PSFB,
                 COMMON_LENGTH + REMB_LENGTH + n_ssrcs * 4U, sender_ssrc, 0);
    sc_writer_u32(writer, REMB_NAME);
    sc_writer_u8(writer, n_ssrcs);
    sc_writer_u24(writer,
                  exponent << REMB_MANTISSA_BITS | (uint32_t)(rate_bps >> exponent));
    for (unsigned i = 0; i < n_ssrcs; i++)
        sc_writer_u32(writer, ssrcs[i]);
}

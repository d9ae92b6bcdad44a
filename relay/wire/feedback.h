/* SPDX-License-Identifier: Apache-2.0 */
/* feedback.h: RTCP feedback messages: NACK, PLI, FIR, REMB. Thread: any; pure.
 * Spec: RFC 4585 section 6; RFC 5104 section 4.3.1 (FIR); draft-alvestrand-rmcat-remb-03.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/wire/rtcp.h"

typedef enum {
    SC_FEEDBACK_UNKNOWN,
    SC_FEEDBACK_NACK, /* RTPFB 1 */
    SC_FEEDBACK_TWCC, /* RTPFB 15: sc_twcc_parse() */
    SC_FEEDBACK_PLI,  /* PSFB 1 */
    SC_FEEDBACK_FIR,  /* PSFB 4 */
    SC_FEEDBACK_REMB, /* PSFB 15 with "REMB" */
} ScFeedbackKind;

typedef struct {
    ScFeedbackKind kind;
    uint32_t sender_ssrc;
    uint32_t media_ssrc; /* 0 with FIR and REMB: their entries name the streams */
    const uint8_t *fci;  /* feedback control information; borrowed from the datagram */
    size_t fci_length;   /* bytes */
} ScFeedback;

/* The numbers of a NACK, each pid followed by its blp's. */
typedef struct {
    ScReader reader;
    uint16_t blp;  /* bits not given yet, bit 0 is @next */
    uint16_t next; /* number of blp's bit 0 */
} ScFeedbackNacks;

typedef struct {
    uint32_t ssrc;
    uint8_t sequence; /* a repeated one repeats the command */
} ScFeedbackFir;

typedef struct {
    uint64_t rate_bps;
    const uint8_t *ssrcs; /* 4 bytes each, network order; borrowed from the datagram */
    unsigned n_ssrcs;
} ScFeedbackRemb;

/* False unless @packet is RTPFB or PSFB with both SSRCs. A kind we do not know is
 * UNKNOWN. */
bool sc_feedback_parse(const ScRtcpPacket *packet, ScFeedback *out_feedback);

ScFeedbackNacks sc_feedback_iterate_nacks(const ScFeedback *feedback);
bool sc_feedback_next_nack(ScFeedbackNacks *self, uint16_t *out_sequence);

/* The entry @index of a FIR; false behind the last one. */
bool sc_feedback_parse_fir(const ScFeedback *feedback, unsigned index,
                           ScFeedbackFir *out_fir);

/* False where the list of SSRCs does not fit. */
bool sc_feedback_parse_remb(const ScFeedback *feedback, ScFeedbackRemb *out_remb);

/* Each appends one whole packet; where there is no room @writer is overrun and its
 * content not to be used. @sequences: as they rise on the circle, no number twice; at
 * least one. */
void sc_feedback_write_nack(ScWriter *writer, uint32_t sender_ssrc, uint32_t media_ssrc,
                            const uint16_t *sequences, size_t n_sequences);
void sc_feedback_write_pli(ScWriter *writer, uint32_t sender_ssrc, uint32_t media_ssrc);
void sc_feedback_write_fir(ScWriter *writer, uint32_t sender_ssrc,
                           const ScFeedbackFir *fir);
void sc_feedback_write_remb(ScWriter *writer, uint32_t sender_ssrc, uint64_t rate_bps,
                            const uint32_t *ssrcs, uint8_t n_ssrcs);

/* SPDX-License-Identifier: Apache-2.0 */
/* verdict.h: every way a packet can end. One counter each; docs/operating.md#counters
 * explains them to whoever reads /metrics. Thread: any; plain values. */
#pragma once

/* name, the label in /metrics */
#define SC_VERDICTS(X)                                      \
    X(PASS, "pass")                                         \
    /* the socket */                                        \
    X(EMPTY, "empty")                                       \
    X(TRUNCATED, "truncated")                               \
    X(UNKNOWN_KIND, "unknown_kind")                         \
    X(UNKNOWN_ADDRESS, "unknown_address")                   \
    X(MAILBOX_FULL, "mailbox_full")                         \
    X(SEND_WOULD_BLOCK, "send_would_block")                 \
    X(SEND_FAILED, "send_failed")                           \
    /* ICE */                                               \
    X(STUN_MALFORMED, "stun_malformed")                     \
    X(STUN_NOT_A_REQUEST, "stun_not_a_request")             \
    X(STUN_UNKNOWN_USER, "stun_unknown_user")               \
    X(STUN_UNAUTHENTICATED, "stun_unauthenticated")         \
    X(STUN_UNKNOWN_ATTRIBUTE, "stun_unknown_attribute")     \
    X(STUN_ROLE_CONFLICT, "stun_role_conflict")             \
    X(NO_CONSENT, "no_consent")                             \
    /* DTLS */                                              \
    X(DTLS_MALFORMED, "dtls_malformed")                     \
    X(DTLS_QUEUE_FULL, "dtls_queue_full")                   \
    X(DTLS_UNEXPECTED, "dtls_unexpected")                   \
    /* SRTP */                                              \
    X(SRTP_NO_KEYS, "srtp_no_keys")                         \
    X(SRTP_MALFORMED, "srtp_malformed")                     \
    X(SRTP_AUTHENTICATION, "srtp_authentication")           \
    X(SRTP_REPLAYED, "srtp_replayed")                       \
    X(SRTP_STREAM_LIMIT, "srtp_stream_limit")               \
    /* RTP */                                               \
    X(RTP_MALFORMED, "rtp_malformed")                       \
    X(RTP_TOO_LONG, "rtp_too_long")                         \
    X(RTP_UNKNOWN_STREAM, "rtp_unknown_stream")             \
    X(RTP_UNKNOWN_PAYLOAD_TYPE, "rtp_unknown_payload_type") \
    X(RTP_DUPLICATE, "rtp_duplicate")                       \
    X(RTP_TOO_LATE, "rtp_too_late")                         \
    X(RTX_MALFORMED, "rtx_malformed")                       \
    X(RTX_PADDING, "rtx_padding")                           \
    X(LAYER_NOT_FORWARDED, "layer_not_forwarded")           \
    /* RTCP */                                              \
    X(RTCP_MALFORMED, "rtcp_malformed")                     \
    X(RTCP_UNKNOWN, "rtcp_unknown")                         \
    X(NACK_TOO_OLD, "nack_too_old")                         \
    X(NACK_NOT_YET_SENT, "nack_not_yet_sent")               \
    X(NACK_NO_RTX, "nack_no_rtx")                           \
    X(NACK_REPEATED, "nack_repeated")                       \
    X(NACK_OVER_BUDGET, "nack_over_budget")                 \
    /* fan-out */                                           \
    X(SLOT_WAITS_FOR_KEY_FRAME, "slot_waits_for_key_frame") \
    X(SLOT_NO_PAYLOAD_TYPE, "slot_no_payload_type")         \
    X(HISTORY_OVERRUN, "history_overrun")

typedef enum {
#define SC_VERDICT_ENUM(name, label) SC_VERDICT_##name,
    SC_VERDICTS(SC_VERDICT_ENUM)
#undef SC_VERDICT_ENUM
        SC_N_VERDICTS
} ScVerdict;

/* "srtp_replayed"; static. */
const char *sc_verdict_get_label(ScVerdict verdict);

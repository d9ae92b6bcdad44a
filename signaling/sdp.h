/* SPDX-License-Identifier: Apache-2.0 */
/* sdp.h: the words that offers, answers and fragments share, and the ways they are
 * refused. Thread: any; plain values. Spec: RFC 8866, RFC 9429 (JSEP);
 * docs/protocol.md#sdp. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* One code for each problem name of docs/protocol.md#http; the message names the value
 * and the limit and is fit for a refusal's `detail`. */
#define SC_SDP_ERROR (sc_sdp_error_quark())
typedef enum {
    SC_SDP_ERROR_BAD_SDP,
    SC_SDP_ERROR_NO_BUNDLE,
    SC_SDP_ERROR_NO_COMMON_CODEC,
    SC_SDP_ERROR_TOO_MANY_SECTIONS,
    SC_SDP_ERROR_BAD_ICE,
    SC_SDP_ERROR_BAD_FINGERPRINT,
    SC_SDP_ERROR_BAD_SETUP,
    SC_SDP_ERROR_BAD_FRAGMENT,
} ScSdpError;
GQuark sc_sdp_error_quark(void);

/* "bad-sdp"; static. */
const char *sc_sdp_error_get_problem(ScSdpError code);

typedef enum {
    SC_SDP_AUDIO,
    SC_SDP_VIDEO,
    SC_SDP_OTHER, /* application, text, …: answered with port 0 */
} ScSdpKind;

/* Bits, seen from whoever wrote the section. */
typedef enum {
    SC_SDP_INACTIVE = 0,
    SC_SDP_SENDONLY = 1,
    SC_SDP_RECVONLY = 2,
    SC_SDP_SENDRECV = 3,
} ScSdpDirection;

typedef enum {
    SC_SDP_OPUS,
    SC_SDP_H264, /* packetization-mode 1; constrained baseline, baseline, main or high */
    SC_SDP_VP8,
} ScSdpCodecId;
#define SC_SDP_N_CODECS 3

/* Bits of the feedback we know (RFC 4585, RFC 5104 and libwebrtc's two). */
typedef enum {
    SC_SDP_NACK = 1 << 0,
    SC_SDP_NACK_PLI = 1 << 1,
    SC_SDP_CCM_FIR = 1 << 2,
    SC_SDP_TRANSPORT_CC = 1 << 3,
    SC_SDP_GOOG_REMB = 1 << 4,
} ScSdpFeedback;

/* RTP header extensions that we know. */
typedef enum {
    SC_SDP_MID,
    SC_SDP_RID,
    SC_SDP_REPAIRED_RID,
    SC_SDP_ABS_SEND_TIME,
    SC_SDP_TRANSPORT_WIDE_CC,
} ScSdpExtension;
#define SC_SDP_N_EXTENSIONS 5

/* Their local identifiers (RFC 8285), 1–14; 0: absent. */
typedef struct {
    uint8_t ids[SC_SDP_N_EXTENSIONS]; /* by ScSdpExtension */
} ScSdpExtensions;

typedef struct {
    const char *address; /* IPv4 or IPv6 literal, no brackets */
    uint16_t port;
} ScSdpCandidate;

/* Our end of a transport, as the relay told it. Borrowed by the call it is given to. */
typedef struct {
    const char *ice_ufrag;
    const char *ice_pwd;
    const char *fingerprint; /* "sha-256 AB:CD:…"; not used by fragments */
    const ScSdpCandidate *candidates;
    unsigned n_candidates;
} ScSdpTransport;

const char *sc_sdp_kind_get_name(ScSdpKind kind); /* "audio", "video", "other" */
const char *
sc_sdp_codec_get_name(ScSdpCodecId codec); /* "h264", as in docs/protocol.md */
ScSdpKind sc_sdp_codec_get_kind(ScSdpCodecId codec);
uint32_t sc_sdp_codec_get_clock_hz(ScSdpCodecId codec);
const char *
sc_sdp_codec_get_encoding(ScSdpCodecId codec); /* "H264/90000", as in a=rtpmap */
const char *sc_sdp_extension_get_name(ScSdpExtension extension); /* "abs_send_time" */
const char *sc_sdp_extension_get_uri(ScSdpExtension extension);

/* How well known a profile-level-id's profile is to decoders: 0 where it is none of ours,
 * 4 for constrained baseline. RFC 6184, table 5. */
unsigned sc_sdp_get_h264_rank(uint32_t profile_level_id);

/* Sets @error and returns false. The message may quote what the peer sent: bytes that are
 * not printable UTF-8 are replaced. */
bool sc_sdp_refuse(GError **error, ScSdpError code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* Reads a decimal number of at most @max that ends at a blank, one of "/:;" or the end,
 * and leaves *@text there. False, and *@text untouched, where there is none. */
bool sc_sdp_read_number(const char **text, uint64_t max, uint64_t *out_number)
    G_GNUC_WARN_UNUSED_RESULT;

/* RFC 8839, section 5.4: ufrag 4–256, password 22–256 ice-chars. False with @error set to
 * @code and a message that names the value's length. NULL is refused too. */
bool sc_sdp_check_ice(const char *ufrag, const char *pwd, ScSdpError code,
                      GError **error);

/* Appends a=candidate lines for all candidates, highest priority first, and
 * a=end-of-candidates. */
void sc_sdp_append_candidates(GString *text, const ScSdpTransport *transport);

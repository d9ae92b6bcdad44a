/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/sdp.h"

#include <string.h>

#define UFRAG_MIN 4 /* ice-chars, RFC 8839, section 5.4 */
#define UFRAG_MAX 256
#define PWD_MIN 22
#define PWD_MAX 256
#define TYPE_PREFERENCE_HOST 126 /* RFC 8445, section 5.1.2.2 */
#define LOCAL_PREFERENCE_MAX 65535
#define COMPONENT_RTP 1

#define PROFILE_BASELINE 0x42 /* RFC 6184, table 5 */
#define PROFILE_MAIN 0x4d
#define PROFILE_HIGH 0x64
#define CONSTRAINT_SET1                                             \
    0x40 /* bit of profile-iop: with baseline, constrained baseline \
          */

static const struct {
    const char *name;
    const char *encoding;
    ScSdpKind kind;
    uint32_t clock_hz;
} codecs[SC_SDP_N_CODECS] = {
    [SC_SDP_OPUS] = { "opus", "opus/48000/2", SC_SDP_AUDIO, 48000 },
    [SC_SDP_H264] = { "h264", "H264/90000", SC_SDP_VIDEO, 90000 },
    [SC_SDP_VP8] = { "vp8", "VP8/90000", SC_SDP_VIDEO, 90000 },
};

static const struct {
    const char *name;
    const char *uri;
} extensions[SC_SDP_N_EXTENSIONS] = {
    [SC_SDP_MID] = { "mid", "urn:ietf:params:rtp-hdrext:sdes:mid" },
    [SC_SDP_RID] = { "rid", "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id" },
    [SC_SDP_REPAIRED_RID] = { "repaired_rid",
                              "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id" },
    [SC_SDP_ABS_SEND_TIME] = { "abs_send_time", "http://www.webrtc.org/experiments/"
                                                "rtp-hdrext/abs-send-time" },
    [SC_SDP_TRANSPORT_WIDE_CC] = { "transport_cc",
                                   "http://www.ietf.org/id/"
                                   "draft-holmer-rmcat-transport-wide-cc-extensions-01" },
};

G_DEFINE_QUARK(sc_sdp_error, sc_sdp_error)

const char *
sc_sdp_error_get_problem(ScSdpError code)
{
    static const char *const problems[] = {
        [SC_SDP_ERROR_BAD_SDP] = "bad-sdp",
        [SC_SDP_ERROR_NO_BUNDLE] = "no-bundle",
        [SC_SDP_ERROR_NO_COMMON_CODEC] = "no-common-codec",
        [SC_SDP_ERROR_TOO_MANY_SECTIONS] = "too-many-sections",
        [SC_SDP_ERROR_BAD_ICE] = "bad-ice",
        [SC_SDP_ERROR_BAD_FINGERPRINT] = "bad-fingerprint",
        [SC_SDP_ERROR_BAD_SETUP] = "bad-setup",
        [SC_SDP_ERROR_BAD_FRAGMENT] = "bad-fragment",
    };

    g_assert(code < G_N_ELEMENTS(problems));
    return problems[code];
}

const char *
sc_sdp_kind_get_name(ScSdpKind kind)
{
    static const char *const names[] = { "audio", "video", "other" };

    return names[kind];
}

const char *
sc_sdp_codec_get_name(ScSdpCodecId codec)
{
    return codecs[codec].name;
}

ScSdpKind
sc_sdp_codec_get_kind(ScSdpCodecId codec)
{
    return codecs[codec].kind;
}

uint32_t
sc_sdp_codec_get_clock_hz(ScSdpCodecId codec)
{
    return codecs[codec].clock_hz;
}

const char *
sc_sdp_codec_get_encoding(ScSdpCodecId codec)
{
    return codecs[codec].encoding;
}

const char *
sc_sdp_extension_get_name(ScSdpExtension extension)
{
    return extensions[extension].name;
}

const char *
sc_sdp_extension_get_uri(ScSdpExtension extension)
{
    return extensions[extension].uri;
}

unsigned
sc_sdp_get_h264_rank(uint32_t profile_level_id)
{
    switch (profile_level_id >> 16) {
    case PROFILE_BASELINE:
        return (profile_level_id >> 8 & CONSTRAINT_SET1) != 0 ? 4 : 3;
    case PROFILE_MAIN:
        return 2;
    case PROFILE_HIGH:
        return 1;
    default:
        return 0;
    }
}

bool
sc_sdp_refuse(GError **error, ScSdpError code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    for (char *c = text; *c != '\0'; c++)
        if (g_ascii_iscntrl(*c))
            *c = '?';
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_set_error_literal(error, SC_SDP_ERROR, code, valid);
    return false;
}

bool
sc_sdp_read_number(const char **text, uint64_t max, uint64_t *out_number)
{
    const char *digit = *text;
    uint64_t number = 0;

    for (; g_ascii_isdigit(*digit); digit++) {
        number = number * 10 + (uint64_t)(*digit - '0');
        if (number > max)
            return false;
    }
    if (digit == *text || (*digit != '\0' && strchr(" /:;", *digit) == NULL))
        return false;
    *text = digit;
    *out_number = number;
    return true;
}

static bool
is_ice_chars(const char *text)
{
    for (; *text != '\0'; text++)
        if (!g_ascii_isalnum(*text) && *text != '+' && *text != '/')
            return false;
    return true;
}

static bool
check_credential(const char *name, const char *value, size_t min, size_t max,
                 ScSdpError code, GError **error)
{
    if (value == NULL)
        return sc_sdp_refuse(error, code, "%s is missing", name);
    size_t length = strlen(value);
    if (length < min || length > max)
        return sc_sdp_refuse(error, code, "%s has %zu characters, allowed are %zu to %zu",
                             name, length, min, max);
    if (!is_ice_chars(value))
        return sc_sdp_refuse(
            error, code, "%s has characters other than letters, digits, + and /", name);
    return true;
}

bool
sc_sdp_check_ice(const char *ufrag, const char *pwd, ScSdpError code, GError **error)
{
    return check_credential("ice-ufrag", ufrag, UFRAG_MIN, UFRAG_MAX, code, error)
           && check_credential("ice-pwd", pwd, PWD_MIN, PWD_MAX, code, error);
}

void
sc_sdp_append_candidates(GString *text, const ScSdpTransport *transport)
{
    for (unsigned i = 0; i < transport->n_candidates; i++) {
        const ScSdpCandidate *candidate = &transport->candidates[i];
        uint32_t priority = (uint32_t)TYPE_PREFERENCE_HOST << 24
                            | (LOCAL_PREFERENCE_MAX - i) << 8 | (256 - COMPONENT_RTP);

        g_string_append_printf(text, "a=candidate:%u %d UDP %u %s %u typ host\r\n", i + 1,
                               COMPONENT_RTP, priority, candidate->address,
                               candidate->port);
    }
    g_string_append(text, "a=end-of-candidates\r\n");
}

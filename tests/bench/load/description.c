/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/load/description.h"

#include <string.h>

#include "tests/bench/load/source.h"

static void
take(char **field, const char *value)
{
    if (*field == NULL)
        *field = g_strdup(value);
}

/* RFC 8839 section 5.1: foundation component transport priority address port typ … */
static void
take_candidate(ScLoadRemote *self, const char *value)
{
    g_auto(GStrv) words = g_strsplit(value, " ", -1);
    ScAddress address;
    guint64 port;

    if (g_strv_length(words) < 8 || g_ascii_strcasecmp(words[2], "udp") != 0
        || strcmp(words[1], "1") != 0
        || !g_ascii_string_to_unsigned(words[5], 10, 1, 65535, &port, NULL)
        || !sc_address_parse(words[4], (uint16_t)port, &address))
        return;
    if (self->address.port == 0 || strchr(words[4], ':') == NULL)
        self->address = address;
}

bool
sc_load_remote_parse(ScLoadRemote *self, const char *sdp)
{
    g_auto(GStrv) lines = g_strsplit(sdp, "\n", -1);

    *self = (ScLoadRemote){ 0 };
    for (unsigned i = 0; lines[i] != NULL; i++) {
        const char *line = g_strchomp(lines[i]);

        if (g_str_has_prefix(line, "a=ice-ufrag:"))
            take(&self->ufrag, line + strlen("a=ice-ufrag:"));
        else if (g_str_has_prefix(line, "a=ice-pwd:"))
            take(&self->password, line + strlen("a=ice-pwd:"));
        else if (g_str_has_prefix(line, "a=fingerprint:"))
            take(&self->fingerprint, line + strlen("a=fingerprint:"));
        else if (g_str_has_prefix(line, "a=candidate:"))
            take_candidate(self, line + strlen("a=candidate:"));
    }
    return self->ufrag != NULL && self->password != NULL && self->fingerprint != NULL
           && self->address.port != 0;
}

void
sc_load_remote_clear(ScLoadRemote *self)
{
    g_free(self->ufrag);
    g_free(self->password);
    g_free(self->fingerprint);
}

static void
append_section(GString *sdp, const ScLoadOffer *offer, bool is_video, unsigned mid)
{
    unsigned payload_type = is_video ? SC_LOAD_VIDEO_TYPE : SC_LOAD_AUDIO_TYPE;

    g_string_append_printf(sdp,
                           "m=%s 9 UDP/TLS/RTP/SAVPF %u\r\n"
                           "c=IN IP4 0.0.0.0\r\n"
                           "a=mid:%u\r\na=%s\r\na=rtcp-mux\r\n"
                           "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n"
                           "a=fingerprint:%s\r\na=setup:actpass\r\n"
                           "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n",
                           is_video ? "video" : "audio", payload_type, mid,
                           offer->sends ? "sendonly" : "recvonly",
                           sc_peer_get_ufrag(offer->peer),
                           sc_peer_get_password(offer->peer), offer->fingerprint);
    if (is_video)
        g_string_append_printf(sdp,
                               "a=rtpmap:%u H264/90000\r\n"
                               "a=fmtp:%u profile-level-id=42e01f;packetization-mode=1;"
                               "level-asymmetry-allowed=1\r\n"
                               "a=rtcp-fb:%u nack\r\na=rtcp-fb:%u nack pli\r\n",
                               payload_type, payload_type, payload_type, payload_type);
    else
        g_string_append_printf(sdp, "a=rtpmap:%u opus/48000/2\r\n", payload_type);
    if (offer->sends)
        g_string_append_printf(sdp, "a=ssrc:%u cname:teacher\r\n",
                               is_video ? SC_LOAD_VIDEO_SSRC : SC_LOAD_AUDIO_SSRC);
}

char *
sc_load_offer_write(const ScLoadOffer *offer)
{
    GString *sdp = g_string_new("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n");

    g_string_append(sdp,
                    offer->has_audio ? "a=group:BUNDLE 0 1\r\n" : "a=group:BUNDLE 0\r\n");
    if (offer->has_audio)
        append_section(sdp, offer, false, 0);
    append_section(sdp, offer, true, offer->has_audio ? 1 : 0);
    return g_string_free(sdp, FALSE);
}

static bool
is_theirs(const char *line)
{
    static const char *const PREFIXES[] = {
        "a=candidate:",   "a=end-of-candidates",
        "a=fingerprint:", "a=ice-",
        "a=msid",         "a=setup:",
        "a=ssrc",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(PREFIXES); i++)
        if (g_str_has_prefix(line, PREFIXES[i]))
            return true;
    return false;
}

char *
sc_load_answer_write(const char *sdp, const ScPeer *peer, const char *fingerprint)
{
    g_auto(GStrv) lines = g_strsplit(sdp, "\n", -1);
    GString *answer = g_string_new(NULL);
    char ip[SC_ADDRESS_STRING_MAX];
    ScAddress address;

    sc_peer_get_address(peer, &address);
    sc_address_write_ip(&address, ip);

    for (unsigned i = 0; lines[i] != NULL; i++) {
        const char *line = g_strchomp(lines[i]);

        if (line[0] == '\0' || is_theirs(line))
            continue;
        g_string_append_printf(answer, "%s\r\n",
                               strcmp(line, "a=sendonly") == 0 ? "a=recvonly" : line);
        if (g_str_has_prefix(line, "a=mid:"))
            g_string_append_printf(answer,
                                   "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n"
                                   "a=fingerprint:%s\r\na=setup:active\r\n"
                                   "a=candidate:1 1 udp 2130706431 %s %u typ host\r\n"
                                   "a=end-of-candidates\r\n",
                                   sc_peer_get_ufrag(peer), sc_peer_get_password(peer),
                                   fingerprint, ip, address.port);
    }
    return g_string_free(answer, FALSE);
}

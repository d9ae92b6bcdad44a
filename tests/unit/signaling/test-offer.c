/* SPDX-License-Identifier: Apache-2.0 */
/* The offers of tests/vectors/sdp as we understand them, and every way to be refused. */
#include <string.h>

#include <glib.h>

#include "signaling/offer.h"

#define FINGERPRINT                                                                     \
    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:" \
    "BB:CC:DD:EE:FF"

/* The least that is accepted; the refusals below each change one thing of it. */
static const char good[] = "v=0\r\n"
                           "o=- 1 1 IN IP4 127.0.0.1\r\n"
                           "s=-\r\n"
                           "t=0 0\r\n"
                           "a=group:BUNDLE 0 1\r\n"
                           "a=ice-ufrag:abcd\r\n"
                           "a=ice-pwd:0123456789abcdefghijkl\r\n"
                           "a=fingerprint:sha-256 " FINGERPRINT "\r\n"
                           "a=setup:actpass\r\n"
                           "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
                           "a=mid:0\r\n"
                           "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
                           "a=rtcp-mux\r\n"
                           "a=ssrc:11 cname:x\r\n"
                           "a=rtpmap:111 opus/48000/2\r\n"
                           "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n"
                           "a=mid:1\r\n"
                           "a=rtcp-mux\r\n"
                           "a=ssrc-group:FID 12 13\r\n"
                           "a=rtpmap:96 VP8/90000\r\n"
                           "a=rtpmap:97 rtx/90000\r\n"
                           "a=fmtp:97 apt=96\r\n";

static char *
read_vector(const char *name)
{
    g_autofree char *path = g_build_filename(SC_TEST_VECTORS, "sdp", name, NULL);
    g_autoptr(GError) error = NULL;
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

static char *
replace_once(const char *text, const char *find, const char *replacement)
{
    const char *found = strstr(text, find);

    g_assert_nonnull(found);
    return g_strdup_printf("%.*s%s%s", (int)(found - text), text, replacement,
                           found + strlen(find));
}

static ScOffer *
parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    ScOffer *offer = sc_offer_parse(text, strlen(text), &error);

    g_assert_no_error(error);
    return offer;
}

static void
assert_refused(const char *name, const char *text, size_t length, ScSdpError code,
               const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ScOffer) offer = sc_offer_parse(text, length, &error);

    g_test_message("%s: %s", name, error != NULL ? error->message : "accepted");
    g_assert_null(offer);
    g_assert_error(error, SC_SDP_ERROR, (gint)code);
    g_assert_nonnull(strstr(error->message, message));
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
}

static void
real_offers_are_understood(void)
{
    static const struct {
        const char *name;
        const char *kinds;      /* a, v, o: one for each section */
        const char *directions; /* s, r, b, -: the peer's */
        const char *codecs;     /* of the last media section, ours only */
        ScSdpExtensions extensions;
    } cases[] = {
        { "chromium-teacher-simulcast.sdp",
          "avv",
          "sss",
          "vp8 h264",
          { { 4, 10, 11, 2, 3 } } },
        { "chromium-classroom-publish.sdp",
          "av",
          "ss",
          "vp8 h264",
          { { 4, 10, 11, 2, 3 } } },
        { "chromium-plain-watch.sdp", "av", "rr", "vp8 h264", { { 4, 10, 11, 2, 3 } } },
        { "chromium-classroom-watch.sdp",
          "aavvv",
          "rrrrr",
          "vp8 h264",
          { { 4, 10, 11, 2, 3 } } },
        { "chromium-teacher-watch-8.sdp",
          "avavavavavavavav",
          "rrrrrrrrrrrrrrrr",
          "vp8 h264",
          { { 4, 10, 11, 2, 3 } } },
        { "chromium-data.sdp", "avo", "rrb", "vp8 h264", { { 4, 10, 11, 2, 3 } } },
        { "chromium-recvonly-first.sdp",
          "vav",
          "rss",
          "vp8 h264",
          { { 9, 10, 11, 2, 4 } } },
        { "webrtcbin-publish.sdp", "va", "bb", "opus", { { 0, 0, 0, 0, 0 } } },
        { "webrtcbin-classroom-watch.sdp",
          "aavvv",
          "rrrrr",
          "h264",
          { { 0, 0, 0, 0, 0 } } },
        { "webrtcbin-plain-watch.sdp", "av", "rr", "h264", { { 0, 0, 0, 0, 0 } } },
        { "session-level.sdp", "av", "ss", "h264", { { 0, 0, 0, 0, 0 } } },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = read_vector(cases[i].name);
        g_autoptr(ScOffer) offer = parse(text);
        g_autoptr(GString) kinds = g_string_new(NULL);
        g_autoptr(GString) directions = g_string_new(NULL);
        g_autofree char *codecs = NULL;

        g_test_message("%s", cases[i].name);
        for (unsigned j = 0; j < offer->n_sections; j++) {
            const ScOfferSection *section = &offer->sections[j];

            g_string_append_c(kinds, "avo"[section->kind]);
            g_string_append_c(directions, "-srb"[section->direction]);
            g_assert_true(section->is_usable == (section->kind != SC_SDP_OTHER));
            if (section->kind == SC_SDP_OTHER)
                continue;
            g_autoptr(GString) names = g_string_new(NULL);
            for (unsigned k = 0; k < section->n_codecs; k++) {
                const char *name = sc_sdp_codec_get_name(section->codecs[k].id);
                if (strstr(names->str, name) == NULL)
                    g_string_append_printf(names, "%s%s", k > 0 ? " " : "", name);
            }
            g_free(codecs);
            codecs = g_strdup(names->str);
        }
        g_assert_cmpstr(kinds->str, ==, cases[i].kinds);
        g_assert_cmpstr(directions->str, ==, cases[i].directions);
        g_assert_cmpstr(codecs, ==, cases[i].codecs);
        g_assert_cmpmem(&offer->extensions, sizeof offer->extensions,
                        &cases[i].extensions, sizeof cases[i].extensions);
    }
}

static void
simulcast_layers_come_in_the_order_of_the_offer(void)
{
    g_autofree char *text = read_vector("chromium-teacher-simulcast.sdp");
    g_autoptr(ScOffer) offer = parse(text);
    const ScOfferSection *camera = &offer->sections[1];
    const ScOfferSection *slides = &offer->sections[2];

    g_assert_cmpstr(camera->rids[0], ==, "h");
    g_assert_cmpstr(camera->rids[1], ==, "m");
    g_assert_cmpstr(camera->rids[2], ==, "l");
    g_assert_null(camera->rids[3]);
    g_assert_cmpuint(camera->ssrc, ==, 0);
    g_assert_null(slides->rids[0]);
    g_assert_cmpuint(slides->ssrc, !=, 0);
    g_assert_cmpuint(slides->rtx_ssrc, !=, 0);
    g_assert_cmpuint(slides->rtx_ssrc, !=, slides->ssrc);
}

static void
every_field_of_a_section_is_read(void)
{
    g_autofree char *text = read_vector("session-level.sdp");
    g_autoptr(ScOffer) offer = parse(text);
    const ScOfferSection *audio = &offer->sections[0];
    const ScOfferSection *video = &offer->sections[1];

    g_assert_cmpstr(offer->ice_ufrag, ==, "iF0x");
    g_assert_cmpstr(offer->ice_pwd, ==, "7vKXkUu0ENXYMtqq3eJB1l");
    g_assert_cmpstr(offer->fingerprint, ==,
                    "sha-256 0B:E6:0F:5A:33:4B:04:1C:3C:13:15:32:2C:07:31:68:A7:07:65:66:"
                    "65:68:67:C8:94:5A:AB:4E:5E:CE:5B:64");
    g_assert_cmpstr(audio->mid, ==, "0");
    g_assert_cmpuint(audio->ssrc, ==, 3130146742u);
    g_assert_cmpuint(audio->rtx_ssrc, ==, 0);
    g_assert_true(audio->codecs[0].stereo);
    g_assert_cmpint(audio->codecs[0].rtx_payload_type, ==, -1);
    g_assert_cmpuint(audio->codecs[0].feedback, ==, 0);
    g_assert_cmpstr(video->media, ==, "video");
    g_assert_cmpstr(video->protocol, ==, "UDP/TLS/RTP/SAVPF");
    g_assert_cmpstr(video->formats, ==, "96 97");
    g_assert_cmpstr(video->cname, ==, "room-encoder");
    g_assert_cmpstr(video->stream_id, ==, "room-encoder");
    g_assert_cmpstr(video->track_id, ==, "room-encoder-video");
    g_assert_cmpuint(video->ssrc, ==, 3130146743u);
    g_assert_cmpuint(video->rtx_ssrc, ==, 3130146744u);
    g_assert_false(video->rtcp_rsize);
    g_assert_cmpuint(video->n_codecs, ==, 1);
    g_assert_cmpuint(video->codecs[0].payload_type, ==, 96);
    g_assert_cmpint(video->codecs[0].rtx_payload_type, ==, 97);
    g_assert_cmpint(video->codecs[0].packetization_mode, ==, 1);
    g_assert_cmphex(video->codecs[0].profile_level_id, ==, 0x42e01f);
    g_assert_cmpuint(video->codecs[0].feedback, ==, SC_SDP_NACK | SC_SDP_NACK_PLI);
}

static void
wrong_offer_is_refused_by_name(void)
{
    static const struct {
        const char *name;
        const char *find;
        const char *replacement;
        ScSdpError code;
        const char *message;
    } cases[] = {
        { "no version", "v=0\r\n", "", SC_SDP_ERROR_BAD_SDP, "start with v=0" },
        { "a line that is none", "s=-\r\n", "s=-\r\nhello\r\n", SC_SDP_ERROR_BAD_SDP,
          "line 4 does not start" },
        { "control characters", "t=0 0\r\n", "\x01\x02\r\n", SC_SDP_ERROR_BAD_SDP,
          "line 4" },
        { "not UTF-8", "cname:x", "cname:\xff\xfe", SC_SDP_ERROR_BAD_SDP, "not UTF-8" },
        { "cut UTF-8", "cname:x", "cname:\xe7\x9f", SC_SDP_ERROR_BAD_SDP, "not UTF-8" },
        { "no BUNDLE", "a=group:BUNDLE 0 1\r\n", "", SC_SDP_ERROR_NO_BUNDLE,
          "no a=group:BUNDLE" },
        { "another group", "BUNDLE", "LS", SC_SDP_ERROR_NO_BUNDLE, "no a=group:BUNDLE" },
        { "half a BUNDLE", "BUNDLE 0 1", "BUNDLE 0", SC_SDP_ERROR_NO_BUNDLE,
          "section 1 with mid \"1\"" },
        { "empty BUNDLE", "BUNDLE 0 1", "BUNDLE ", SC_SDP_ERROR_NO_BUNDLE, "section 0" },
        { "no rtcp-mux", "a=rtcp-mux\r\n", "", SC_SDP_ERROR_NO_BUNDLE, "rtcp-mux" },
        { "missing mid", "a=mid:1\r\n", "", SC_SDP_ERROR_BAD_SDP,
          "section 1 (video) has no mid" },
        { "empty mid", "a=mid:1", "a=mid:", SC_SDP_ERROR_BAD_SDP, "a mid has 0 bytes" },
        { "long mid", "a=mid:1", "a=mid:12345678901234567", SC_SDP_ERROR_BAD_SDP,
          "17 bytes, allowed are 1 to 16" },
        { "mid with a blank", "a=mid:1", "a=mid:1 2", SC_SDP_ERROR_BAD_SDP,
          "without blanks" },
        { "two mids", "a=mid:1", "a=mid:1\r\na=mid:2", SC_SDP_ERROR_BAD_SDP, "two mids" },
        { "duplicate mid", "a=mid:1", "a=mid:0", SC_SDP_ERROR_BAD_SDP,
          "sections 0 and 1 both have mid \"0\"" },
        { "no common audio", "opus/48000/2", "PCMU/8000", SC_SDP_ERROR_NO_COMMON_CODEC,
          "audio is offered with PCMU; known are opus" },
        { "mono opus", "opus/48000/2", "opus/48000", SC_SDP_ERROR_NO_COMMON_CODEC,
          "opus" },
        { "no common video", "VP8/90000", "AV1/90000", SC_SDP_ERROR_NO_COMMON_CODEC,
          "video is offered with AV1; known are H264" },
        { "audio codec for video", "VP8/90000", "opus/48000/2",
          SC_SDP_ERROR_NO_COMMON_CODEC, "video is offered with opus" },
        { "no codec at all", "a=rtpmap:96 VP8/90000\r\n", "",
          SC_SDP_ERROR_NO_COMMON_CODEC, "no codec" },
        { "H.264 in mode 0", "VP8/90000\r\n",
          "H264/90000\r\na=fmtp:96 packetization-mode=0;profile-level-id=42e01f\r\n",
          SC_SDP_ERROR_NO_COMMON_CODEC, "another profile or mode" },
        { "H.264 high 4:4:4", "VP8/90000\r\n",
          "H264/90000\r\na=fmtp:96 packetization-mode=1;profile-level-id=f4001f\r\n",
          SC_SDP_ERROR_NO_COMMON_CODEC, "another profile or mode" },
        { "data alone", "m=audio 9 UDP/TLS/RTP/SAVPF 111",
          "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", SC_SDP_ERROR_BAD_SDP, "" },
        { "no DTLS", "UDP/TLS/RTP/SAVPF 111", "RTP/AVP 111", SC_SDP_ERROR_BAD_SDP, "" },
        { "no ufrag", "a=ice-ufrag:abcd\r\n", "", SC_SDP_ERROR_BAD_ICE,
          "ice-ufrag is missing" },
        { "short ufrag", "ufrag:abcd", "ufrag:abc", SC_SDP_ERROR_BAD_ICE,
          "ice-ufrag has 3 characters, allowed are 4 to 256" },
        { "empty ufrag", "ufrag:abcd", "ufrag:", SC_SDP_ERROR_BAD_ICE, "0 characters" },
        { "ufrag of other characters", "ufrag:abcd", "ufrag:ab:d", SC_SDP_ERROR_BAD_ICE,
          "characters other than" },
        { "no password", "a=ice-pwd:0123456789abcdefghijkl\r\n", "", SC_SDP_ERROR_BAD_ICE,
          "ice-pwd is missing" },
        { "short password", "0123456789abcdefghijkl", "0123456789abcdefghijk",
          SC_SDP_ERROR_BAD_ICE, "ice-pwd has 21 characters, allowed are 22 to 256" },
        { "a section with ICE of its own", "a=mid:1\r\n",
          "a=mid:1\r\na=ice-ufrag:efgh\r\na=ice-pwd:0123456789abcdefghijkl\r\n",
          SC_SDP_ERROR_BAD_ICE, "mid \"1\" has ICE credentials of its own" },
        { "no fingerprint", "a=fingerprint:sha-256 " FINGERPRINT "\r\n", "",
          SC_SDP_ERROR_BAD_FINGERPRINT, "is missing" },
        { "empty fingerprint", "fingerprint:sha-256 " FINGERPRINT,
          "fingerprint:", SC_SDP_ERROR_BAD_FINGERPRINT, "not a hash's name" },
        { "hash without bytes", "sha-256 " FINGERPRINT, "sha-256 ",
          SC_SDP_ERROR_BAD_FINGERPRINT, "32 bytes" },
        { "short fingerprint", ":EE:FF\r\n", ":EE\r\n", SC_SDP_ERROR_BAD_FINGERPRINT,
          "32 bytes" },
        { "fingerprint not hexadecimal", "00:11:22:33:44:55:66:77",
          "0g:11:22:33:44:55:66:77", SC_SDP_ERROR_BAD_FINGERPRINT, "hexadecimal" },
        { "fingerprint with blanks", "00:11:22:33:44:55:66:77", "00 11:22:33:44:55:66:77",
          SC_SDP_ERROR_BAD_FINGERPRINT, "hexadecimal" },
        { "SHA-1 alone", "sha-256 " FINGERPRINT,
          "sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33",
          SC_SDP_ERROR_BAD_FINGERPRINT, "only with the hash sha-1" },
        { "a section with a fingerprint of its own", "a=mid:1\r\n",
          "a=mid:1\r\na=fingerprint:sha-256 01:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:"
          "FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n",
          SC_SDP_ERROR_BAD_FINGERPRINT, "mid \"1\" has a fingerprint of its own" },
        { "no setup", "a=setup:actpass\r\n", "", SC_SDP_ERROR_BAD_SETUP,
          "setup is missing" },
        { "passive", "setup:actpass", "setup:passive", SC_SDP_ERROR_BAD_SETUP,
          "setup is passive, allowed are actpass and active" },
        { "holdconn", "setup:actpass", "setup:holdconn", SC_SDP_ERROR_BAD_SETUP,
          "holdconn" },
        { "extension 0", "extmap:4", "extmap:0", SC_SDP_ERROR_BAD_SDP, "extmap \"0" },
        { "huge extension", "extmap:4", "extmap:99999999999999999999",
          SC_SDP_ERROR_BAD_SDP, "not 1 to 255" },
        { "extension without URI", "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
          "a=extmap:4", SC_SDP_ERROR_BAD_SDP, "has no URI" },
        { "extension of two meanings", "a=mid:1\r\n",
          "a=mid:1\r\na=extmap:4 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n",
          SC_SDP_ERROR_BAD_SDP, "extmap 4 means both" },
        { "payload type 128", "rtpmap:96", "rtpmap:128", SC_SDP_ERROR_BAD_SDP,
          "payload type is not 0 to 127" },
        { "negative payload type", "rtpmap:96", "rtpmap:-1", SC_SDP_ERROR_BAD_SDP,
          "payload type is not 0 to 127" },
        { "feedback for a huge payload type", "a=mid:1\r\n",
          "a=mid:1\r\na=rtcp-fb:4294967392 nack\r\n", SC_SDP_ERROR_BAD_SDP, "rtcp-fb" },
        { "parameters for nothing", "fmtp:97", "fmtp:x", SC_SDP_ERROR_BAD_SDP, "fmtp" },
        { "ssrc 0", "ssrc:11", "ssrc:0", SC_SDP_ERROR_BAD_SDP, "is not 1 to 4294967295" },
        { "huge ssrc", "ssrc:11", "ssrc:4294967296", SC_SDP_ERROR_BAD_SDP,
          "is not 1 to 4294967295" },
        { "one ssrc for two sections", "ssrc:11", "ssrc:13", SC_SDP_ERROR_BAD_SDP,
          "both have ssrc 13" },
        { "FID of one", "FID 12 13", "FID 12", SC_SDP_ERROR_BAD_SDP, "two streams" },
        { "FID of the same", "FID 12 13", "FID 12 12", SC_SDP_ERROR_BAD_SDP,
          "two streams" },
        { "rid with other characters", "a=mid:1\r\n", "a=mid:1\r\na=rid:h/1 send\r\n",
          SC_SDP_ERROR_BAD_SDP, "rid \"h/1 send\"" },
        { "long rid", "a=mid:1\r\n", "a=mid:1\r\na=rid:abcdefghijklmnopq send\r\n",
          SC_SDP_ERROR_BAD_SDP, "rid" },
    };

    g_autoptr(ScOffer) accepted = parse(good);
    g_assert_nonnull(accepted);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = replace_once(good, cases[i].find, cases[i].replacement);

        if (g_str_has_prefix(cases[i].name, "data alone")
            || g_str_has_prefix(cases[i].name, "no DTLS"))
            *strstr(text, "m=video") = '\0';
        assert_refused(cases[i].name, text, strlen(text), cases[i].code,
                       cases[i].message);
    }
}

static void
text_that_is_no_sdp_is_refused(void)
{
    static const char *const texts[] = { "",
                                         "\n",
                                         "\r\n\r\n",
                                         "v",
                                         "v=",
                                         "v=0",
                                         "v=0\r\n",
                                         "hello",
                                         "{\"sdp\":\"\"}",
                                         "GET / HTTP/1.1\r\n\r\n",
                                         "v=0\r\nm=\r\n",
                                         "v=0\r\nm=audio\r\n",
                                         "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF\r\n",
                                         "v=0\r\na=\r\nm=video x y z\r\n",
                                         "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\nv=0\r\n" };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        assert_refused(texts[i], texts[i], strlen(texts[i]), SC_SDP_ERROR_BAD_SDP, "");
    assert_refused("a NUL", "v=0\r\nm=\0\r\n", 11, SC_SDP_ERROR_BAD_SDP, "NUL");
}

static void
floods_are_refused_by_their_limit(void)
{
    g_autoptr(GString) sections = g_string_new("v=0\n");
    g_autoptr(GString) lines = g_string_new("v=0\n");
    g_autoptr(GString) line = g_string_new("v=0\na=");
    g_autoptr(GString) bytes = g_string_new("v=0\n");

    for (int i = 0; i < 1000; i++)
        g_string_append(sections, "m=video 9 UDP/TLS/RTP/SAVPF 96\n");
    for (int i = 0; i < 6000; i++)
        g_string_append(lines, "a=x\n");
    for (int i = 0; i < 3000; i++)
        g_string_append_c(line, 'x');
    while (bytes->len <= SC_OFFER_LENGTH_MAX)
        g_string_append(bytes, "a=candidate:1 1 udp 1 192.0.2.1 1 typ host\n");
    assert_refused("1000 sections", sections->str, sections->len,
                   SC_SDP_ERROR_TOO_MANY_SECTIONS, "1000 media sections, allowed are 32");
    assert_refused("6000 lines", lines->str, lines->len, SC_SDP_ERROR_BAD_SDP,
                   "over 4096 lines");
    assert_refused("a long line", line->str, line->len, SC_SDP_ERROR_BAD_SDP,
                   "line 2 has 3002 bytes, allowed are 2048");
    assert_refused("64 KiB", bytes->str, bytes->len, SC_SDP_ERROR_BAD_SDP,
                   "allowed are 65536");
}

static void
section_without_a_common_codec_is_no_use_alone(void)
{
    g_autofree char *text =
        replace_once(good, "a=group:BUNDLE 0 1", "a=group:BUNDLE 0 1 2");
    g_autofree char *with_av1 = g_strconcat(text,
                                            "m=video 9 UDP/TLS/RTP/SAVPF 98\r\n"
                                            "a=mid:2\r\na=rtcp-mux\r\n"
                                            "a=rtpmap:98 AV1/90000\r\n",
                                            NULL);
    g_autoptr(ScOffer) offer = parse(with_av1);

    g_assert_true(offer->sections[1].is_usable);
    g_assert_false(offer->sections[2].is_usable);
}

static void
section_with_port_0_needs_nothing_unless_bundle_only(void)
{
    g_autofree char *rejected = replace_once(good, "m=video 9", "m=video 0");
    g_autofree char *without_mid = replace_once(rejected, "a=mid:1\r\n", "");
    g_autofree char *bundle_only =
        replace_once(rejected, "a=mid:1\r\n", "a=mid:1\r\na=bundle-only\r\n");
    g_autoptr(ScOffer) offer = parse(without_mid);
    g_autoptr(ScOffer) bundled = parse(bundle_only);

    g_assert_false(offer->sections[1].is_usable);
    g_assert_null(offer->sections[1].mid);
    g_assert_true(bundled->sections[1].is_usable);
}

static void
h264_choice_prefers_what_most_decoders_know(void)
{
    static const struct {
        const char *name;
        const char *lines;
        int payload_type;
    } cases[] = {
        { "constrained baseline before all",
          "a=fmtp:98 packetization-mode=1;profile-level-id=64001f\r\n"
          "a=fmtp:99 packetization-mode=1;profile-level-id=42e01f\r\n"
          "a=fmtp:100 packetization-mode=1;profile-level-id=42001f\r\n",
          99 },
        { "baseline before main and high",
          "a=fmtp:98 packetization-mode=1;profile-level-id=64001f\r\n"
          "a=fmtp:99 packetization-mode=1;profile-level-id=4d001f\r\n"
          "a=fmtp:100 packetization-mode=1;profile-level-id=42001f\r\n",
          100 },
        { "the first of equals",
          "a=fmtp:98 packetization-mode=1;profile-level-id=64001f\r\n"
          "a=fmtp:99 packetization-mode=1;profile-level-id=640c1f\r\n"
          "a=fmtp:100 packetization-mode=0;profile-level-id=42e01f\r\n",
          98 },
        { "a stated mode before a silent one",
          "a=fmtp:98 profile-level-id=42e01f\r\n"
          "a=fmtp:99 packetization-mode=1\r\n"
          "a=fmtp:100 packetization-mode=0\r\n",
          99 },
        { "a silent mode before none", "a=fmtp:99 packetization-mode=0\r\n", 98 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *formats = replace_once(good, "SAVPF 96 97", "SAVPF 98 99 100");
        g_autofree char *text = g_strconcat(formats,
                                            "a=rtpmap:98 H264/90000\r\n"
                                            "a=rtpmap:99 h264/90000\r\n"
                                            "a=rtpmap:100 H264/90000\r\n",
                                            cases[i].lines, NULL);
        g_autoptr(ScOffer) offer = parse(text);
        const ScOfferCodec *codec =
            sc_offer_section_lookup_codec(&offer->sections[1], SC_SDP_H264);

        g_test_message("%s", cases[i].name);
        g_assert_nonnull(codec);
        g_assert_cmpint(codec->payload_type, ==, cases[i].payload_type);
        g_assert_null(sc_offer_section_lookup_codec(&offer->sections[1], SC_SDP_VP8));
    }
}

static void
simulcast_takes_only_declared_layers(void)
{
    static const struct {
        const char *lines;
        const char *rids;
    } cases[] = {
        { "a=rid:a send\r\na=rid:b send\r\na=simulcast:send b;a\r\n", "b a" },
        { "a=rid:a send\r\na=simulcast:send a;b\r\n", "a" },
        { "a=rid:a send\r\na=rid:b send\r\na=simulcast:send ~a;b,c\r\n", "a b" },
        { "a=rid:a recv\r\na=simulcast:recv a\r\n", "" },
        { "a=rid:a recv\r\na=rid:b send\r\na=simulcast:recv a send b\r\n", "b" },
        { "a=rid:a send\r\na=simulcast:\r\n", "" },
        { "a=simulcast:send ;;;;;;\r\n", "" },
        { "a=rid:a send\r\na=rid:b send\r\na=rid:c send\r\na=rid:d send\r\n"
          "a=simulcast:send a;b;c;d\r\n",
          "a b c" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strconcat(good, cases[i].lines, NULL);
        g_autoptr(ScOffer) offer = parse(text);
        g_autofree char *rids = g_strjoinv(" ", offer->sections[1].rids);

        g_test_message("%s", cases[i].lines);
        g_assert_cmpstr(rids, ==, cases[i].rids);
    }
}

static void
extension_keeps_one_identifier_in_the_bundle(void)
{
    g_autofree char *text =
        replace_once(good, "a=mid:1\r\n",
                     "a=mid:1\r\na=extmap:5 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
                     "a=extmap:15 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"
                     "a=extmap:6/sendonly http://www.webrtc.org/experiments/rtp-hdrext/"
                     "abs-send-time\r\n");
    g_autoptr(ScOffer) offer = parse(text);

    g_assert_cmpuint(offer->extensions.ids[SC_SDP_MID], ==, 4);
    g_assert_cmpuint(offer->sections[0].extensions.ids[SC_SDP_MID], ==, 4);
    g_assert_cmpuint(offer->sections[1].extensions.ids[SC_SDP_MID], ==, 0);
    g_assert_cmpuint(offer->extensions.ids[SC_SDP_RID], ==, 0);
    g_assert_cmpuint(offer->extensions.ids[SC_SDP_ABS_SEND_TIME], ==, 0);
}

static void
webrtcbin_without_bundle_is_refused(void)
{
    g_autofree char *text = read_vector("webrtcbin-no-bundle.sdp");

    assert_refused("webrtcbin", text, strlen(text), SC_SDP_ERROR_NO_BUNDLE, "BUNDLE");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/signaling/offer/" #name, name)
    ADD(real_offers_are_understood);
    ADD(simulcast_layers_come_in_the_order_of_the_offer);
    ADD(every_field_of_a_section_is_read);
    ADD(wrong_offer_is_refused_by_name);
    ADD(text_that_is_no_sdp_is_refused);
    ADD(floods_are_refused_by_their_limit);
    ADD(section_without_a_common_codec_is_no_use_alone);
    ADD(section_with_port_0_needs_nothing_unless_bundle_only);
    ADD(h264_choice_prefers_what_most_decoders_know);
    ADD(simulcast_takes_only_declared_layers);
    ADD(extension_keeps_one_identifier_in_the_bundle);
    ADD(webrtcbin_without_bundle_is_refused);
#undef ADD
    return g_test_run();
}

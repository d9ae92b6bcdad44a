/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "relay/wire/demux.h"

static void
first_bytes_tell_the_kind(void)
{
    static const struct {
        uint8_t bytes[2];
        ScDemuxKind kind;
    } cases[] = {
        { { 0x00, 0x01 }, SC_DEMUX_STUN }, /* binding request */
        { { 0x01, 0x01 }, SC_DEMUX_STUN }, /* binding response */
        { { 3, 0 }, SC_DEMUX_STUN },
        { { 4, 0 }, SC_DEMUX_UNKNOWN },
        { { 16, 0 }, SC_DEMUX_UNKNOWN }, /* ZRTP */
        { { 19, 0 }, SC_DEMUX_UNKNOWN },
        { { 20, 0xfe }, SC_DEMUX_DTLS }, /* change cipher spec */
        { { 22, 0xfe }, SC_DEMUX_DTLS }, /* handshake */
        { { 63, 0xfe }, SC_DEMUX_DTLS },
        { { 64, 0 }, SC_DEMUX_UNKNOWN }, /* TURN channel */
        { { 127, 0 }, SC_DEMUX_UNKNOWN },
        { { 128, 0 }, SC_DEMUX_RTP },
        { { 0x80, 96 }, SC_DEMUX_RTP },
        { { 0x80, 96 | 0x80 }, SC_DEMUX_RTP },
        { { 0x80, 127 | 0x80 }, SC_DEMUX_RTP },
        { { 0x80, 191 }, SC_DEMUX_RTP },
        { { 0x80, 192 }, SC_DEMUX_RTCP },
        { { 0x81, 200 }, SC_DEMUX_RTCP },
        { { 0xbf, 223 }, SC_DEMUX_RTCP },
        { { 0x80, 224 }, SC_DEMUX_RTP },
        { { 192, 200 }, SC_DEMUX_UNKNOWN },
        { { 255, 255 }, SC_DEMUX_UNKNOWN },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%u %u", cases[i].bytes[0], cases[i].bytes[1]);
        g_assert_cmpint(sc_demux_get_kind(cases[i].bytes, 2), ==, cases[i].kind);
    }
}

static void
less_than_two_bytes_are_nothing(void)
{
    const uint8_t stun[] = { 0x00 };

    g_assert_cmpint(sc_demux_get_kind(stun, 0), ==, SC_DEMUX_UNKNOWN);
    g_assert_cmpint(sc_demux_get_kind(stun, 1), ==, SC_DEMUX_UNKNOWN);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/demux/first_bytes_tell_the_kind", first_bytes_tell_the_kind);
    g_test_add_func("/wire/demux/less_than_two_bytes_are_nothing",
                    less_than_two_bytes_are_nothing);
    return g_test_run();
}

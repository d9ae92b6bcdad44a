/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/wire/demux.h"

ScDemuxKind
sc_demux_get_kind(const uint8_t *data, size_t length)
{
    if (length < 2)
        return SC_DEMUX_UNKNOWN;
    if (data[0] <= 3)
        return SC_DEMUX_STUN;
    if (data[0] >= 20 && data[0] <= 63)
        return SC_DEMUX_DTLS;
    if (data[0] < 128 || data[0] > 191)
        return SC_DEMUX_UNKNOWN;

    /* RTCP packet types 192–223 are RTP payload types 64–95 with the marker bit, and
     * those are not to be used for RTP. */
    return data[1] >= 192 && data[1] <= 223 ? SC_DEMUX_RTCP : SC_DEMUX_RTP;
}

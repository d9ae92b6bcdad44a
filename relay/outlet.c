/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/outlet.h"

#include <string.h>

#include "relay/wire/rtp.h"

static uint8_t
find_value(const ScRtp *rtp, uint8_t id)
{
    ScExtension extension;

    if (!sc_extension_lookup(rtp, id, &extension))
        return 0;
    /* From the block's own four bytes of header. */
    return (uint8_t)(extension.data - rtp->extension + 4);
}

void
sc_outlet_set_extensions(ScOutlet *self, const ScExtensionIds *ids)
{
    uint8_t packet[SC_RTP_HEADER_LENGTH + SC_EXTENSION_WRITE_MAX];
    ScRtp rtp = { .extension = packet };

    self->extension_length = (uint8_t)sc_extension_write(ids, 0, 0, self->extension);
    if (self->extension_length == 0)
        return;

    sc_rtp_write_header(&rtp, packet);
    memcpy(packet + SC_RTP_HEADER_LENGTH, self->extension, self->extension_length);
    if (!sc_rtp_parse(packet, SC_RTP_HEADER_LENGTH + self->extension_length, &rtp))
        g_assert_not_reached(); /* we wrote it ourselves */
    self->abs_send_time_offset = find_value(&rtp, ids->abs_send_time);
    self->transport_cc_offset = find_value(&rtp, ids->transport_cc);
}

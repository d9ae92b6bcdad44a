/* SPDX-License-Identifier: Apache-2.0 */
/* Demultiplexing, the RTP header, its extensions, RTX. */
#include <string.h>

#include <glib.h>

#include "relay/wire/demux.h"
#include "relay/wire/extension.h"
#include "tests/fuzz/fuzz.h"

static const ScExtensionIds IDS = {
    .mid = 1, .rid = 2, .repaired_rid = 3, .abs_send_time = 4, .transport_cc = 5
};

static void
assert_inside(const void *part, size_t part_length, const uint8_t *data, size_t size)
{
    const uint8_t *start = part;

    g_assert(start >= data && start <= data + size);
    g_assert(part_length <= (size_t)(data + size - start));
}

static void
check_text(const ScExtensionText *text, const uint8_t *data, size_t size)
{
    g_assert(text->length <= SC_EXTENSION_TEXT_MAX);
    if (text->length > 0)
        assert_inside(text->text, text->length, data, size);
}

static void
check_extensions(const ScRtp *rtp, const uint8_t *data, size_t size)
{
    ScExtensionIterator iterator = sc_extension_iterate(rtp);
    ScExtensionValues values;
    ScExtension extension, found;

    while (sc_extension_next(&iterator, &extension)) {
        assert_inside(extension.data, extension.length, data, size);
        if (extension.id != 0)
            g_assert(sc_extension_lookup(rtp, extension.id, &found));
    }
    sc_extension_parse(rtp, &IDS, &values);
    check_text(&values.mid, data, size);
    check_text(&values.rid, data, size);
    check_text(&values.repaired_rid, data, size);
    g_assert(values.abs_send_time <= 0xffffff);
}

/* What has neither CSRC nor extension is written again as it was. */
static void
check_written_again(const ScRtp *rtp, const uint8_t *data)
{
    uint8_t header[SC_RTP_HEADER_LENGTH];

    if (rtp->n_csrcs > 0 || rtp->extension != NULL)
        return;
    sc_rtp_write_header(rtp, header);
    g_assert(memcmp(header, data, sizeof header) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ScDemuxKind kind = sc_demux_get_kind(data, size);
    uint16_t sequence;
    ScRtp rtp;

    if (!sc_rtp_parse(data, size, &rtp))
        return 0;

    g_assert(kind == SC_DEMUX_RTP || kind == SC_DEMUX_RTCP);
    assert_inside(rtp.payload, rtp.payload_length, data, size);
    if (rtp.header_length < UINT16_MAX)
        g_assert(rtp.header_length + rtp.payload_length + rtp.padding_length == size);
    check_extensions(&rtp, data, size);
    check_written_again(&rtp, data);

    if (sc_rtp_unwrap_rtx(&rtp, &sequence))
        assert_inside(rtp.payload, rtp.payload_length, data, size);
    return 0;
}

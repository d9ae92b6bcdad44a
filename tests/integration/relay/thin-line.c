/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/relay/thin-line.h"

#include "relay/wire/extension.h"
#include "tests/integration/relay/media.h"

#define TELL_US INT64_C(100000)
#define QUEUE_MAX_US INT64_C(400000)
#define OUR_SSRC 0x77777777

typedef struct {
    uint16_t number;
    int64_t arrival_us;
} Pending;

ScThinLine *
sc_thin_line_new(uint64_t width_bps)
{
    ScThinLine *self = g_new0(ScThinLine, 1);

    self->width_bps = width_bps;
    self->queue_max_us = QUEUE_MAX_US;
    self->pending = g_array_new(FALSE, FALSE, sizeof(Pending));
    sc_twcc_init(&self->arrived);
    return self;
}

void
sc_thin_line_free(ScThinLine *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->pending);
    g_free(self);
}

void
sc_thin_line_take(ScThinLine *self, const ScRtp *rtp, size_t length, int64_t now_us)
{
    const ScExtensionIds ids = { .transport_cc = SC_MEDIA_EXTENSION_TRANSPORT_CC };
    ScExtensionValues values;

    sc_extension_parse(rtp, &ids, &values);
    g_assert_true(values.has_transport_sequence);
    if (self->free_us - now_us > self->queue_max_us)
        return;
    self->free_us = MAX(self->free_us, now_us)
                    + (int64_t)(length * 8 * G_USEC_PER_SEC / self->width_bps);
    Pending pending = { values.transport_sequence, self->free_us };
    g_array_append_val(self->pending, pending);
}

static void
let_through(ScThinLine *self, int64_t now_us)
{
    unsigned n = 0;

    for (; n < self->pending->len; n++) {
        const Pending *pending = &g_array_index(self->pending, Pending, n);

        if (pending->arrival_us > now_us)
            break;
        sc_twcc_note(&self->arrived, pending->number, pending->arrival_us);
    }
    g_array_remove_range(self->pending, 0, n);
}

void
sc_thin_line_tell(ScThinLine *self, ScPeer *peer, uint32_t media_ssrc, int64_t now_us)
{
    if (now_us - self->told_us < TELL_US)
        return;
    self->told_us = now_us;
    let_through(self, now_us);
    while (sc_twcc_is_due(&self->arrived)) {
        uint8_t packet[1024];
        ScWriter writer = sc_writer_init(packet, sizeof packet);

        g_assert_true(sc_twcc_write(&self->arrived, OUR_SSRC, media_ssrc, &writer));
        g_assert_true(sc_peer_send_rtcp(peer, packet, writer.offset));
    }
}

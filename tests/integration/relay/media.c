/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/relay/media.h"

#include <string.h>

#include "relay/wire/extension.h"
#include "relay/wire/reader.h"
#include "relay/wire/rtcp.h"
#include "relay/wire/rtp.h"

#define LABEL_LENGTH 14 /* bytes: NAL header, slice byte, id, number */
#define FIRST_SEQUENCE 64000
#define TEXT_MAX 16

/* The first two bytes: what relay/wire/codec.h looks at. */
static const uint8_t heads[][2] = {
    [SC_MEDIA_AUDIO] = { 0x78, 0x00 },       [SC_MEDIA_SPS] = { 0x67, 0x42 },
    [SC_MEDIA_KEY_FIRST] = { 0x65, 0x88 },   [SC_MEDIA_KEY_MORE] = { 0x65, 0x40 },
    [SC_MEDIA_DELTA_FIRST] = { 0x41, 0x9a }, [SC_MEDIA_DELTA_MORE] = { 0x41, 0x40 },
};

static uint32_t
mix(uint64_t seed)
{
    seed = (seed ^ (seed >> 31)) * UINT64_C(0x7fb5d329728ea185);
    seed = (seed ^ (seed >> 27)) * UINT64_C(0x81dadef4bc2dd44d);
    return (uint32_t)(seed >> 32);
}

static size_t
length_of(const ScMediaLabel *label)
{
    size_t spread = label->kind == SC_MEDIA_AUDIO ? 100 : SC_MEDIA_PAYLOAD_MAX - 200;

    if (label->kind == SC_MEDIA_SPS)
        return 40;
    return 60 + mix(label->id * UINT64_C(1000003) + label->number) % spread;
}

size_t
sc_media_write(const ScMediaLabel *label, uint8_t out[SC_MEDIA_PAYLOAD_MAX])
{
    size_t length = length_of(label);
    ScWriter writer = sc_writer_init(out, length);

    sc_writer_bytes(&writer, heads[label->kind], 2);
    sc_writer_u32(&writer, label->id);
    sc_writer_u64(&writer, label->number);
    for (size_t at = LABEL_LENGTH; at < length; at++)
        sc_writer_u8(&writer, (uint8_t)mix(label->number * 1500 + at + label->id));
    g_assert_false(writer.overrun);
    return length;
}

bool
sc_media_read(const uint8_t *payload, size_t length, ScMediaLabel *out_label)
{
    ScReader reader = sc_reader_init(payload, length);
    const uint8_t *head = sc_reader_take(&reader, 2);
    ScMediaLabel label = { .id = sc_reader_u32(&reader),
                           .number = sc_reader_u64(&reader) };
    uint8_t expected[SC_MEDIA_PAYLOAD_MAX];

    if (reader.overrun)
        return false;
    for (unsigned kind = 0; kind < G_N_ELEMENTS(heads); kind++)
        if (memcmp(head, heads[kind], 2) == 0)
            label.kind = (ScMediaKind)kind;
    *out_label = label;
    return sc_media_write(&label, expected) == length
           && memcmp(payload, expected, length) == 0;
}

void
sc_stream_init(ScStream *self, uint32_t id, bool is_video)
{
    *self = (ScStream){
        .id = id,
        .is_video = is_video,
        .ssrc = 0x10000000 + id * 16,
        .rtx_ssrc = is_video ? 0x10000001 + id * 16 : 0,
        .payload_type = is_video ? 102 : 111,
        .rtx_payload_type = is_video ? 103 : 0,
        .clock_hz = is_video ? 90000 : 48000,
        .packets_per_frame = is_video ? 4 : 1,
        .sequence = (uint16_t)(FIRST_SEQUENCE + id * 7), /* wraps soon */
        .timestamp = UINT32_MAX - id * 1000 - 100000,    /* the same */
        .wants_key = is_video,
        .sent = g_array_new(FALSE, FALSE, sizeof(ScSent)),
    };
}

void
sc_stream_clear(ScStream *self)
{
    g_clear_pointer(&self->sent, g_array_unref);
}

static void
write_element(ScWriter *writer, uint8_t id, const void *data, size_t length)
{
    sc_writer_u8(writer, (uint8_t)(id << 4 | (length - 1)));
    sc_writer_bytes(writer, data, length);
}

/* A block in the one-byte form (RFC 8285), 4-byte aligned. */
static void
write_extensions(ScWriter *writer, const ScStream *self, bool is_repair)
{
    uint8_t block[64] = { 0 };
    ScWriter elements = sc_writer_init(block, sizeof block);
    uint8_t rid_id = is_repair ? SC_MEDIA_EXTENSION_REPAIRED_RID : SC_MEDIA_EXTENSION_RID;

    if (self->mid != NULL)
        write_element(&elements, SC_MEDIA_EXTENSION_MID, self->mid, strlen(self->mid));
    if (self->rid != NULL)
        write_element(&elements, rid_id, self->rid, strlen(self->rid));
    if (self->transport_sequence != NULL) {
        uint16_t number = GUINT16_TO_BE(*self->transport_sequence);

        (*self->transport_sequence)++;
        write_element(&elements, SC_MEDIA_EXTENSION_TRANSPORT_CC, &number, sizeof number);
    }
    while (elements.offset % 4 != 0)
        sc_writer_u8(&elements, 0);
    sc_writer_u16(writer, 0xbede);
    sc_writer_u16(writer, (uint16_t)(elements.offset / 4));
    sc_writer_bytes(writer, block, elements.offset);
}

static void
send_packet(ScStream *self, ScPeer *peer, const ScSent *sent, bool is_repair)
{
    uint8_t payload[SC_MEDIA_PAYLOAD_MAX];
    uint8_t packet[SC_PEER_DATAGRAM_MAX];
    ScWriter writer = sc_writer_init(packet, sizeof packet);
    bool is_rtx = is_repair && self->rtx_payload_type != 0;
    ScRtp rtp = {
        .ssrc = is_rtx ? self->rtx_ssrc : self->ssrc,
        .timestamp = sent->timestamp,
        .sequence = is_rtx ? self->rtx_sequence++ : sent->sequence,
        .payload_type = is_rtx ? self->rtx_payload_type : self->payload_type,
        .marker = sent->marker,
        .extension = packet,
    };

    sc_rtp_write_header(&rtp, sc_writer_reserve(&writer, SC_RTP_HEADER_LENGTH));
    write_extensions(&writer, self, is_rtx);
    if (is_rtx)
        sc_writer_u16(&writer, sent->sequence);
    size_t length = sc_media_write(&sent->label, payload);
    sc_writer_bytes(&writer, payload, length);
    g_assert_false(writer.overrun);
    g_assert_true(sc_peer_send_rtp(peer, packet, writer.offset));
}

static ScMediaKind
kind_of(const ScStream *self, bool is_key, unsigned i)
{
    if (!self->is_video)
        return SC_MEDIA_AUDIO;
    if (is_key)
        return i == 0 ? SC_MEDIA_SPS : i == 1 ? SC_MEDIA_KEY_FIRST : SC_MEDIA_KEY_MORE;
    return i == 0 ? SC_MEDIA_DELTA_FIRST : SC_MEDIA_DELTA_MORE;
}

void
sc_stream_send_frame(ScStream *self, ScPeer *peer)
{
    bool is_key = self->is_video
                  && (self->wants_key
                      || (self->key_every > 0 && self->n_frames % self->key_every == 0));

    for (unsigned i = 0; i < self->packets_per_frame; i++) {
        ScSent sent = {
            .label = { kind_of(self, is_key, i), self->id, self->n_packets++ },
            .sequence = self->sequence++,
            .timestamp = self->timestamp,
            .marker = self->is_video && i + 1 == self->packets_per_frame,
        };

        g_array_append_val(self->sent, sent);
        if (self->keeps_back > 0)
            self->keeps_back--;
        else
            send_packet(self, peer, &sent, false);
    }
    self->wants_key = false;
    self->n_frames++;
    self->timestamp += (uint32_t)((self->is_video ? SC_MEDIA_FRAME_US : SC_MEDIA_AUDIO_US)
                                  * self->clock_hz / 1000000);
}

bool
sc_stream_repair(ScStream *self, ScPeer *peer, uint16_t sequence)
{
    for (unsigned i = self->sent->len; i-- > 0;) {
        const ScSent *sent = &g_array_index(self->sent, ScSent, i);

        if (sent->sequence != sequence)
            continue;
        send_packet(self, peer, sent, true);
        return true;
    }
    return false;
}

void
sc_stream_send_report(ScStream *self, ScPeer *peer, uint64_t ntp)
{
    uint8_t packet[64];
    ScWriter writer = sc_writer_init(packet, sizeof packet);
    const ScSent *last = sc_stream_lookup_sent(self, self->n_packets - 1);
    ScRtcpSenderInfo info = {
        .ssrc = self->ssrc,
        .rtp_timestamp = last->timestamp,
        .ntp = ntp,
        .n_packets = (uint32_t)self->n_packets,
    };

    self->report_timestamp = info.rtp_timestamp;
    self->report_ntp = ntp;
    sc_rtcp_write_sr(&writer, &info, NULL, 0);
    g_assert_true(sc_peer_send_rtcp(peer, packet, writer.offset));
}

const ScSent *
sc_stream_lookup_sent(const ScStream *self, uint64_t number)
{
    return number < self->sent->len ? &g_array_index(self->sent, ScSent, number) : NULL;
}

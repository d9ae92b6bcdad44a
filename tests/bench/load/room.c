/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/load/room.h"

#include <string.h>

#include "relay/wire/rtp.h"
#include "relay/wire/sequence.h"

static bool
stream_note(ScLoadStream *self, uint16_t sequence)
{
    if (!self->has_begun) {
        *self = (ScLoadStream){
            .has_begun = true,
            .base = sequence + UINT64_C(0xffff),
            .highest = sequence + UINT64_C(0x10000),
            .seen = 1,
            .n_received = 1,
        };
        return true;
    }

    uint64_t extended = sc_sequence_extend(self->highest, sequence);
    if (extended <= self->base)
        return false; /* of before the window */
    if (extended > self->highest) {
        uint64_t ahead = extended - self->highest;

        self->seen = (ahead < 64 ? self->seen << ahead : 0) | 1;
        self->highest = extended;
    } else {
        uint64_t behind = self->highest - extended;

        if (behind >= 64) {
            self->n_late++;
            return false;
        }
        if (self->seen >> behind & 1) {
            self->n_duplicates++;
            return false;
        }
        self->seen |= UINT64_C(1) << behind;
    }
    self->n_received++;
    return true;
}

static void
stream_open(ScLoadStream *self)
{
    self->base = self->highest;
    self->n_received = 0;
    self->n_duplicates = 0;
    self->n_late = 0;
}

uint64_t
sc_load_stream_get_n_expected(const ScLoadStream *self)
{
    return self->highest - self->base;
}

/* Slots have time stamps of their own, so a room finds out which frame has which: its
 * first packet in the window is of the newest frame that had been sent when it came. */
static void
note_frame(ScLoadRoom *self, uint32_t timestamp, bool marker, int64_t arrival_ns)
{
    uint32_t step = sc_load_source_get_step(self->source);

    if (!self->is_aligned) {
        self->is_aligned = true;
        self->frame = sc_load_source_get_frame_at(self->source, arrival_ns);
        self->frame_timestamp = timestamp;
    }

    int32_t passed = (int32_t)(timestamp - self->frame_timestamp);
    if (marker && passed >= 0 && step > 0)
        sc_load_meter_note_frame(self->meter, self->frame + (uint32_t)passed / step,
                                 arrival_ns);
}

/* Messages as the server sent them: the kernel hands them over uncut (UDP_GRO). */
static void
note_message(ScLoadRoom *self)
{
    uint64_t message = sc_peer_get_stats(self->peer)->n_messages;

    self->n_video++;
    self->n_messages += message != self->last_message;
    self->last_message = message;
}

static void
note_gap(ScLoadRoom *self, int64_t arrival_ns)
{
    if (self->last_ns != 0)
        self->longest_gap_ns = MAX(self->longest_gap_ns, arrival_ns - self->last_ns);
    self->last_ns = MAX(self->last_ns, arrival_ns);
}

/* @data: in the clear as far as the header goes. */
static bool
take_header(ScLoadRoom *self, const uint8_t *data, int64_t arrival_ns)
{
    uint16_t sequence = (uint16_t)(data[2] << 8 | data[3]);
    uint32_t timestamp = (uint32_t)data[4] << 24 | (uint32_t)data[5] << 16
                         | (uint32_t)data[6] << 8 | data[7];
    bool marker = (data[1] & 0x80) != 0;

    switch (data[1] & 0x7f) {
    case SC_LOAD_VIDEO_TYPE:
        if (self->first_us == 0)
            self->first_us = g_get_monotonic_time();
        note_gap(self, arrival_ns);
        note_message(self);
        if (!stream_note(&self->video, sequence))
            return false;
        if (self->meter->is_open)
            note_frame(self, timestamp, marker, arrival_ns);
        return true;
    case SC_LOAD_AUDIO_TYPE:
        return stream_note(&self->audio, sequence);
    default:
        self->n_other++;
        return false;
    }
}

static void
on_sealed(ScPeer *peer, uint8_t *data, G_GNUC_UNUSED size_t length, void *room)
{
    (void)take_header(room, data, sc_peer_get_stats(peer)->arrival_ns);
}

static void
on_opened(ScPeer *peer, uint8_t *data, size_t length, G_GNUC_UNUSED int64_t now_us,
          void *room)
{
    ScLoadRoom *self = room;
    int64_t arrival_ns = sc_peer_get_stats(peer)->arrival_ns;
    ScLoadMark mark;
    ScRtp rtp;

    if (!take_header(self, data, arrival_ns) || !self->meter->is_open)
        return;
    if (!sc_rtp_parse(data, length, &rtp)
        || !sc_load_pattern_read(rtp.payload, rtp.payload_length, &mark)) {
        self->meter->n_false++;
        return;
    }
    self->meter->n_checked++;
    if (mark.sent_ns != 0)
        sc_load_meter_note_delay(self->meter, arrival_ns - mark.sent_ns);
}

ScLoadRoom *
sc_load_room_new(const ScLoadRoomSetup *setup, GError **error)
{
    static const ScPeerHandlers SEALED = { .on_sealed = on_sealed };
    static const ScPeerHandlers OPENED = { .on_rtp = on_opened };
    ScLoadRoom *self = g_new0(ScLoadRoom, 1);

    self->meter = setup->meter;
    self->source = setup->source;
    self->is_sampled = setup->is_sampled;
    self->peer = sc_peer_new(setup->loop,
                             &(ScPeerOptions){
                                 .identity = setup->identity,
                                 .address = setup->address,
                                 .profiles = setup->profiles,
                                 .keeps_sealed = !setup->is_sampled,
                                 .handlers = setup->is_sampled ? &OPENED : &SEALED,
                                 .user_data = self,
                             },
                             error);
    if (self->peer == NULL)
        g_clear_pointer(&self, g_free);
    return self;
}

void
sc_load_room_free(ScLoadRoom *self)
{
    if (self == NULL)
        return;
    sc_peer_free(self->peer);
    g_free(self);
}

void
sc_load_room_open(ScLoadRoom *self, int64_t now_ns)
{
    stream_open(&self->video);
    stream_open(&self->audio);
    self->is_aligned = false;
    self->longest_gap_ns = 0;
    if (self->last_ns != 0)
        self->last_ns = now_ns;
}

int64_t
sc_load_room_get_longest_gap_ns(const ScLoadRoom *self, int64_t now_ns)
{
    return MAX(self->longest_gap_ns, now_ns - self->last_ns);
}

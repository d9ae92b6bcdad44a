/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/load/source.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "relay/srtp.h"
#include "relay/wire/rtp.h"

enum {
    AUDIO_PAUSE_US = 20000,
    AUDIO_LENGTH = 100,                 /* bytes: 40 kbit/s */
    AUDIO_STEP = SC_LOAD_AUDIO_HZ / 50, /* of its time stamp */
    SENT_KEPT = 64,
    PACKET_MAX = 1500,
    H264_KEY = 0x65, /* IDR slice, RFC 6184 section 1.3 */
    H264_SLICE = 0x41,
    OPUS_TOC = 0x78,
};

typedef struct {
    uint32_t ssrc;
    uint32_t timestamp;
    uint32_t number;
    uint8_t payload_type;
} Stream;

struct ScLoadSource {
    ScLoadSourceSetup setup;
    Stream video, audio;
    double pause_us; /* between frames */
    uint32_t step;
    int64_t began_us;        /* at the present rate */
    uint64_t began_at_frame; /* number of the first frame at the present rate */
    uint64_t n_frames;
    uint64_t n_packets;
    uint64_t n_late;
    int64_t next_audio_us;
    int64_t sent_ns[SENT_KEPT];
    uint8_t (*buffers)[PACKET_MAX]; /* owned */
    ScLoadPacket packets[SC_LOAD_FRAME_PACKETS_MAX];
};

int64_t
sc_load_read_realtime_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

ScLoadSource *
sc_load_source_new(const ScLoadSourceSetup *setup)
{
    ScLoadSource *self = g_new0(ScLoadSource, 1);

    self->setup = *setup;
    self->video = (Stream){
        .ssrc = SC_LOAD_VIDEO_SSRC,
        .number = 1000,
        .payload_type = SC_LOAD_VIDEO_TYPE,
    };
    self->audio = (Stream){
        .ssrc = SC_LOAD_AUDIO_SSRC,
        .number = 1000,
        .payload_type = SC_LOAD_AUDIO_TYPE,
    };
    self->buffers = g_malloc0_n(SC_LOAD_FRAME_PACKETS_MAX, sizeof *self->buffers);
    return self;
}

void
sc_load_source_free(ScLoadSource *self)
{
    if (self == NULL)
        return;
    g_free(self->buffers);
    g_free(self);
}

void
sc_load_source_set_fps(ScLoadSource *self, double fps, int64_t now_us)
{
    self->pause_us = fps > 0 ? 1e6 / fps : 0;
    self->step = fps > 0 ? (uint32_t)lround(SC_LOAD_VIDEO_HZ / fps) : 0;
    self->began_us = now_us;
    self->began_at_frame = self->n_frames;
    self->next_audio_us = now_us;
}

static void
make_packet(ScLoadSource *self, Stream *stream, unsigned index, size_t length,
            const ScLoadMark *mark, bool is_last)
{
    ScLoadPacket *packet = &self->packets[index];
    ScRtp rtp = {
        .ssrc = stream->ssrc,
        .timestamp = stream->timestamp,
        .sequence = (uint16_t)stream->number,
        .payload_type = stream->payload_type,
        .marker = is_last,
    };

    packet->data = self->buffers[index];
    packet->length = SC_RTP_HEADER_LENGTH + length;
    packet->is_video = stream == &self->video;
    sc_rtp_write_header(&rtp, packet->data);
    sc_load_pattern_write(mark, packet->data + SC_RTP_HEADER_LENGTH, length);
    stream->number++;
}

static void
send_frame(ScLoadSource *self)
{
    const ScLoadFrameSizes *frame =
        sc_load_pattern_get(self->setup.pattern, self->n_frames);
    ScLoadMark mark = { .sent_ns = sc_load_read_realtime_ns() };

    for (unsigned i = 0; i < frame->n_packets; i++) {
        mark.first = frame->is_key && i == 0 ? H264_KEY : H264_SLICE;
        mark.number = self->video.number;
        make_packet(self, &self->video, i, frame->lengths[i], &mark,
                    i == frame->n_packets - 1);
    }
    self->sent_ns[self->n_frames % SENT_KEPT] = mark.sent_ns;
    self->n_frames++;
    self->n_packets += frame->n_packets;
    self->video.timestamp += self->step;
    self->setup.send(self->packets, frame->n_packets, self->setup.user_data);
}

static void
send_sound(ScLoadSource *self)
{
    ScLoadMark mark = {
        .first = OPUS_TOC,
        .number = self->audio.number,
        .sent_ns = sc_load_read_realtime_ns(),
    };

    make_packet(self, &self->audio, 0, AUDIO_LENGTH, &mark, false);
    self->n_packets++;
    self->audio.timestamp += AUDIO_STEP;
    self->setup.send(self->packets, 1, self->setup.user_data);
}

static int64_t
get_next_frame_us(const ScLoadSource *self)
{
    uint64_t n = self->n_frames - self->began_at_frame;

    return self->began_us + (int64_t)((double)n * self->pause_us);
}

int64_t
sc_load_source_run(ScLoadSource *self, int64_t now_us)
{
    if (self->pause_us <= 0)
        return INT64_MAX;
    while (get_next_frame_us(self) <= now_us) {
        self->n_late += now_us - get_next_frame_us(self) > (int64_t)self->pause_us;
        send_frame(self);
    }
    if (!self->setup.has_audio)
        return get_next_frame_us(self);
    for (; self->next_audio_us <= now_us; self->next_audio_us += AUDIO_PAUSE_US)
        send_sound(self);
    return MIN(get_next_frame_us(self), self->next_audio_us);
}

uint64_t
sc_load_source_get_n_frames(const ScLoadSource *self)
{
    return self->n_frames;
}

uint64_t
sc_load_source_get_n_packets(const ScLoadSource *self)
{
    return self->n_packets;
}

uint64_t
sc_load_source_get_n_late(const ScLoadSource *self)
{
    return self->n_late;
}

uint32_t
sc_load_source_get_step(const ScLoadSource *self)
{
    return self->step;
}

uint64_t
sc_load_source_get_frame_at(const ScLoadSource *self, int64_t at_ns)
{
    uint64_t oldest = self->n_frames > SENT_KEPT ? self->n_frames - SENT_KEPT : 0;
    uint64_t frame = self->n_frames;

    while (frame > oldest && self->sent_ns[(frame - 1) % SENT_KEPT] > at_ns)
        frame--;
    return frame > 0 ? frame - 1 : 0;
}

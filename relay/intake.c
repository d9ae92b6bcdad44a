/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/intake.h"

#include <string.h>

#include "relay/wire/picture.h"
#include "relay/wire/rtp.h"
#include "relay/wire/sequence.h"

/* Extended sequence numbers begin here, so that what was sent before the first packet
 * that arrived still has one. */
#define SEQUENCE_BASE UINT64_C(65536)

ScIntake *
sc_intake_new(ScTrack *const *tracks, unsigned n_tracks, const ScExtensionIds *extensions)
{
    ScIntake *self = g_new0(ScIntake, 1);

    self->tracks = g_new(ScTrack *, n_tracks);
    self->n_tracks = n_tracks;
    for (unsigned i = 0; i < n_tracks; i++)
        self->tracks[i] = sc_track_ref(tracks[i]);
    self->extensions = *extensions;
    sc_twcc_init(&self->twcc);
    return self;
}

void
sc_intake_free(ScIntake *self)
{
    if (self == NULL)
        return;
    for (unsigned i = 0; i < self->n_tracks; i++) {
        atomic_store_explicit(&self->tracks[i]->closed, true, memory_order_relaxed);
        sc_track_unref(self->tracks[i]);
    }
    g_free(self->tracks);
    g_free(self);
}

static const ScIntakeStream *
lookup_stream(const ScIntake *self, uint32_t ssrc)
{
    for (unsigned i = 0; i < self->n_streams; i++)
        if (self->streams[i].ssrc == ssrc)
            return &self->streams[i];
    return NULL;
}

ScLayer *
sc_intake_lookup_layer(const ScIntake *self, uint32_t ssrc)
{
    const ScIntakeStream *stream = lookup_stream(self, ssrc);

    return stream == NULL || stream->is_rtx ? NULL : stream->layer;
}

static ScTrack *
find_by_mid(const ScIntake *self, const ScExtensionText *mid)
{
    for (unsigned i = 0; i < self->n_tracks; i++)
        if (sc_extension_text_equal(mid, self->tracks[i]->spec.mid))
            return self->tracks[i];
    return NULL;
}

/* NULL where two tracks use the same one. */
static ScTrack *
find_by_payload_type(const ScIntake *self, uint8_t payload_type)
{
    ScTrack *found = NULL;

    for (unsigned i = 0; i < self->n_tracks; i++) {
        const ScTrackSpec *spec = &self->tracks[i]->spec;

        if (spec->payload_type != payload_type && spec->rtx_payload_type != payload_type)
            continue;
        if (found != NULL)
            return NULL;
        found = self->tracks[i];
    }
    return found;
}

static ScLayer *
find_by_rid(ScTrack *track, const ScExtensionText *rid)
{
    for (unsigned i = 0; i < track->spec.n_rids; i++)
        if (sc_extension_text_equal(rid, track->spec.rids[i]))
            return &track->layers[i];
    return NULL;
}

static ScIntakeStream
find_declared(const ScIntake *self, uint32_t ssrc)
{
    for (unsigned i = 0; i < self->n_tracks; i++) {
        ScTrack *track = self->tracks[i];

        if (track->spec.ssrc == ssrc && ssrc != 0)
            return (ScIntakeStream){ ssrc, false, &track->layers[0] };
        if (track->spec.rtx_ssrc == ssrc && ssrc != 0)
            return (ScIntakeStream){ ssrc, true, &track->layers[0] };
    }
    return (ScIntakeStream){ ssrc, false, NULL };
}

/* Whose stream a new SSRC is: what the offer declared, else the packet's MID and RID,
 * else a payload type that only one track uses. */
static ScIntakeStream
identify(const ScIntake *self, const ScRtp *rtp, const ScExtensionValues *values)
{
    ScIntakeStream stream = find_declared(self, rtp->ssrc);

    if (stream.layer != NULL)
        return stream;

    ScTrack *track = values->mid.length > 0
                         ? find_by_mid(self, &values->mid)
                         : find_by_payload_type(self, rtp->payload_type);
    if (track == NULL)
        return stream;

    stream.is_rtx = rtp->payload_type == track->spec.rtx_payload_type;
    if (values->repaired_rid.length > 0)
        stream.layer = find_by_rid(track, &values->repaired_rid);
    else if (values->rid.length > 0)
        stream.layer = find_by_rid(track, &values->rid);
    else if (track->n_layers == 1)
        stream.layer = &track->layers[0];
    return stream;
}

static const ScIntakeStream *
admit(ScIntake *self, const ScRtp *rtp, const ScExtensionValues *values)
{
    ScIntakeStream stream = identify(self, rtp, values);

    if (stream.layer == NULL || self->n_streams == SC_INTAKE_STREAMS_MAX)
        return NULL;
    if (stream.is_rtx)
        stream.layer->reception.rtx_ssrc = rtp->ssrc;
    self->streams[self->n_streams] = stream;
    return &self->streams[self->n_streams++];
}

/* RFC 3550, appendix A.8; the unit is the stream's clock. */
static void
note_jitter(ScReception *reception, const ScRtp *rtp, uint32_t clock_hz,
            int64_t arrival_us)
{
    int64_t arrival = arrival_us * clock_hz / 1000000;
    int64_t transit = (int32_t)((uint32_t)arrival - rtp->timestamp);

    if (reception->n_received > 0) {
        int32_t change = (int32_t)((uint32_t)transit - (uint32_t)reception->transit);
        reception->jitter += ((double)ABS((int64_t)change) - reception->jitter) / 16.0;
    }
    reception->transit = transit;
}

static uint64_t
note_reception(ScLayer *layer, const ScRtp *rtp, int64_t arrival_us)
{
    ScReception *reception = &layer->reception;
    uint64_t near =
        reception->highest == 0 ? SEQUENCE_BASE + rtp->sequence : reception->highest;
    uint64_t sequence = sc_sequence_extend(near, rtp->sequence);

    if (reception->highest == 0 || reception->ssrc != rtp->ssrc) {
        reception->ssrc = rtp->ssrc;
        reception->first = sequence;
    }
    note_jitter(reception, rtp, layer->track->spec.clock_hz, arrival_us);
    reception->highest = MAX(reception->highest, sequence);
    reception->n_received++;
    reception->n_bytes += rtp->payload_length;
    return sequence;
}

/* Until the first sender report our own clock stands for the publisher's. */
static void
note_provisional_clock(ScKit *kit, ScLayer *layer, const ScRtp *rtp, int64_t arrival_us)
{
    ScClockReading reading = {
        .ntp = sc_clock_ntp_from_unix(arrival_us + kit->realtime_offset_us),
        .timestamp = rtp->timestamp,
        .at_us = arrival_us,
    };

    sc_clock_set(&layer->clock, &reading);
}

static void
touch(ScKit *kit, ScLayer *layer)
{
    if (layer->touched)
        return;
    layer->touched = true;
    g_ptr_array_add(kit->touched, layer);
}

static void
note_picture(ScLayer *layer, const ScCodecFacts *facts, const ScRtp *rtp)
{
    ScPicture picture;

    if (sc_picture_read(layer->track->spec.codec, facts, rtp->payload,
                        rtp->payload_length, &picture))
        atomic_store_explicit(&layer->picture,
                              (uint32_t)picture.width << 16 | picture.height,
                              memory_order_relaxed);
}

static ScVerdict
keep(ScIntake *self, ScKit *kit, ScLayer *layer, const ScRtp *rtp, uint64_t sequence,
     int64_t arrival_us)
{
    const ScTrackSpec *spec = &layer->track->spec;
    ScCodecFacts facts = sc_codec_inspect(spec->codec, rtp->payload, rtp->payload_length);
    ScPacket packet = {
        .sequence = sequence,
        .arrival_us = arrival_us,
        .timestamp = rtp->timestamp,
        .length = (uint16_t)rtp->payload_length,
        .marker = rtp->marker,
        .starts_key_frame = facts.starts_key_frame,
    };

    if (rtp->payload_length > SC_HISTORY_PAYLOAD_MAX)
        return SC_VERDICT_RTP_TOO_LONG;

    ScVerdict verdict = sc_history_put(layer->history, &packet, rtp->payload);
    if (verdict != SC_VERDICT_PASS)
        return verdict;
    if (facts.starts_key_frame && spec->is_video) {
        sc_keyframe_arrived(&layer->keyframe);
        note_picture(layer, &facts, rtp);
        sc_stats_count(kit->stats, SC_COUNTER_KEY_FRAMES_IN, 1);
    }
    layer->last_packet_us = arrival_us;
    self->n_bytes += rtp->payload_length;
    touch(kit, layer);
    return SC_VERDICT_PASS;
}

static void
note_arrived(ScLayer *layer, uint64_t sequence, int64_t arrival_us)
{
    if (layer->track->spec.nack && !sc_nack_list_note(&layer->nacks, sequence, arrival_us)
        && layer->track->spec.is_video)
        sc_layer_want_key_frame(layer);
}

static ScVerdict
take_media(ScIntake *self, ScKit *kit, ScLayer *layer, const ScRtp *rtp,
           int64_t arrival_us)
{
    if (rtp->payload_type != layer->track->spec.payload_type)
        return SC_VERDICT_RTP_UNKNOWN_PAYLOAD_TYPE;
    if (layer->reception.n_received == 0)
        note_provisional_clock(kit, layer, rtp, arrival_us);

    uint64_t sequence = note_reception(layer, rtp, arrival_us);
    note_arrived(layer, sequence, arrival_us);
    return keep(self, kit, layer, rtp, sequence, arrival_us);
}

static ScVerdict
take_rtx(ScIntake *self, ScKit *kit, ScLayer *layer, ScRtp *rtp, int64_t arrival_us)
{
    uint16_t original;

    if (rtp->payload_length == 0)
        return SC_VERDICT_RTX_PADDING;
    if (!sc_rtp_unwrap_rtx(rtp, &original))
        return SC_VERDICT_RTX_MALFORMED;
    if (layer->reception.n_received == 0)
        return SC_VERDICT_RTP_UNKNOWN_STREAM;

    uint64_t sequence = sc_sequence_extend(layer->reception.highest, original);
    note_arrived(layer, sequence, arrival_us);
    sc_stats_count(kit->stats, SC_COUNTER_REPAIRS_IN, 1);
    return keep(self, kit, layer, rtp, sequence, arrival_us);
}

ScVerdict
sc_intake_take(ScIntake *self, ScKit *kit, const uint8_t *data, size_t length,
               int64_t arrival_us)
{
    ScRtp rtp;
    ScExtensionValues values;

    if (!sc_rtp_parse(data, length, &rtp))
        return SC_VERDICT_RTP_MALFORMED;
    sc_extension_parse(&rtp, &self->extensions, &values);
    if (values.has_transport_sequence)
        sc_twcc_note(&self->twcc, values.transport_sequence, arrival_us);

    const ScIntakeStream *stream = lookup_stream(self, rtp.ssrc);
    if (stream == NULL)
        stream = admit(self, &rtp, &values);
    if (stream == NULL)
        return SC_VERDICT_RTP_UNKNOWN_STREAM;
    return stream->is_rtx ? take_rtx(self, kit, stream->layer, &rtp, arrival_us)
                          : take_media(self, kit, stream->layer, &rtp, arrival_us);
}

void
sc_intake_take_sender_report(ScIntake *self, ScKit *kit, const ScRtcpSenderInfo *info)
{
    ScLayer *layer = sc_intake_lookup_layer(self, info->ssrc);

    if (layer == NULL)
        return;
    sc_clock_set(&layer->clock, &(ScClockReading){ .ntp = info->ntp,
                                                   .timestamp = info->rtp_timestamp,
                                                   .at_us = kit->now_us });
    layer->reception.last_sr = sc_rtcp_ntp_get_middle(info->ntp);
    layer->reception.last_sr_us = kit->now_us;
}

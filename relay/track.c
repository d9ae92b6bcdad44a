/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/track.h"

static void
init_layer(ScLayer *self, ScTrack *track, const ScConfig *config)
{
    int n_packets = track->spec.is_video ? config->video_packets : config->audio_packets;

    self->track = track;
    self->history = sc_history_new((unsigned)n_packets);
    self->audiences = g_new0(ScAudience *, track->n_workers);
    self->touches = g_new0(ScTouch, track->n_workers);
    for (unsigned i = 0; i < track->n_workers; i++)
        self->touches[i].layer = self;
    sc_nack_list_init(&self->nacks);
}

static void
clear_layer(ScLayer *self)
{
    /* Each audience holds its track, so none is left here. */
    g_free(self->audiences);
    g_free(self->touches);
    sc_history_free(self->history);
}

ScTrack *
sc_track_new(const ScTrackSpec *spec, uint64_t transport, unsigned n_workers,
             const ScConfig *config)
{
    ScTrack *self = g_new0(ScTrack, 1);

    atomic_init(&self->n_refs, 1);
    self->spec = *spec;
    self->transport = transport;
    self->n_workers = n_workers;
    self->n_layers = MAX(spec->n_rids, 1);
    for (unsigned i = 0; i < self->n_layers; i++)
        init_layer(&self->layers[i], self, config);
    return self;
}

ScTrack *
sc_track_ref(ScTrack *self)
{
    atomic_fetch_add_explicit(&self->n_refs, 1, memory_order_relaxed);
    return self;
}

void
sc_track_unref(ScTrack *self)
{
    if (self == NULL
        || atomic_fetch_sub_explicit(&self->n_refs, 1, memory_order_acq_rel) > 1)
        return;
    for (unsigned i = 0; i < self->n_layers; i++)
        clear_layer(&self->layers[i]);
    g_free(self);
}

void
sc_layer_want_key_frame(ScLayer *self)
{
    atomic_store_explicit(&self->key_frame_wanted, true, memory_order_relaxed);
}

bool
sc_layer_touch(ScLayer *self, unsigned index, ScMailbox *mailbox,
               void (*deliver)(ScMail *, void *))
{
    ScTouch *touch = &self->touches[index];

    /* Acquire and release on both sides: who finds it still posted knows that the taker
     * has yet to clear it, and will then see the head that was stored before this. */
    if (atomic_exchange_explicit(&touch->posted, true, memory_order_acq_rel))
        return true;
    sc_track_ref(self->track);
    touch->mail.deliver = deliver;
    if (sc_mailbox_post(mailbox, &touch->mail))
        return true;
    atomic_store_explicit(&touch->posted, false, memory_order_release);
    sc_track_unref(self->track);
    return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-transport"

#include "relay/transport.h"

#include <inttypes.h>
#include <string.h>

#include "relay/answer.h"
#include "relay/audience.h"
#include "relay/line.h"

static void
add_tracks(ScTransport *self, const ScTransportSpec *spec, unsigned n_workers,
           const ScConfig *config)
{
    g_autofree ScTrack **tracks = g_new(ScTrack *, spec->n_tracks);

    if (spec->n_tracks == 0)
        return;
    for (unsigned i = 0; i < spec->n_tracks; i++)
        tracks[i] = sc_track_new(&spec->tracks[i], self->id, n_workers, config);
    self->intake = sc_intake_new(tracks, spec->n_tracks, &spec->extensions);
    for (unsigned i = 0; i < spec->n_tracks; i++)
        sc_track_unref(tracks[i]);
}

static void
add_slots(ScTransport *self, const ScTransportSpec *spec)
{
    self->slots = g_new0(ScSlot, spec->n_slots);
    self->n_slots = spec->n_slots;
    for (unsigned i = 0; i < spec->n_slots; i++)
        sc_slot_init(&self->slots[i], &spec->slots[i], &self->outlet,
                     (uint16_t)g_random_int_range(1, 0x8000), g_random_int());
}

ScTransport *
sc_transport_new(const ScTransportSpec *spec, uint64_t id, unsigned n_workers,
                 const ScConfig *config, GError **error)
{
    g_autoptr(ScTransport) self = g_new0(ScTransport, 1);

    self->id = id;
    self->created_us = g_get_monotonic_time();
    self->ssrc = g_random_int();
    self->fingerprint = g_strdup(spec->fingerprint);
    self->ice = sc_ice_new(spec->ufrag, spec->password, error);
    if (self->ice == NULL)
        return NULL;
    sc_outlet_set_extensions(&self->outlet, &spec->extensions);
    add_tracks(self, spec, n_workers, config);
    add_slots(self, spec);
    return g_steal_pointer(&self);
}

void
sc_transport_free(ScTransport *self)
{
    if (self == NULL)
        return;
    for (unsigned i = 0; i < self->n_slots; i++)
        sc_slot_clear(&self->slots[i]);
    g_free(self->slots);
    sc_line_free(self->line);
    sc_intake_free(self->intake);
    sc_dtls_free(self->dtls);
    sc_encrypt_key_free(self->key);
    sc_srtp_free(self->srtp);
    sc_ice_free(self->ice);
    for (unsigned i = 0; i < SC_LOBBY_UFRAGS_MAX; i++)
        g_free(self->ufrags[i]);
    g_free(self->fingerprint);
    g_free(self);
}

/* The address in use; before the nomination the one that checked last. A full agent may
 * finish the handshake before it nominates. NULL: nobody has checked yet. */
static const ScAddress *
get_peer(const ScTransport *self)
{
    const ScAddress *selected = sc_ice_get_selected(self->ice);

    if (selected == NULL && self->n_addresses > 0)
        return &self->addresses[0];
    return selected;
}

static void
enter_state(ScTransport *self, ScKit *kit, ScTransportState state, const char *reason)
{
    ScNotice *notice = sc_notice_new(SC_NOTICE_TRANSPORT, self->id);
    const ScAddress *peer = get_peer(self);

    self->state = state;
    self->outlet.is_open =
        state == SC_TRANSPORT_CONNECTED && sc_ice_get_selected(self->ice) != NULL;
    notice->state = state;
    notice->reason = g_strdup(reason);
    if (peer != NULL)
        notice->address = *peer;
    notice->profile = self->key == NULL ? 0 : self->outlet.profile;
    if (!sc_notice_post(notice, &kit->office))
        sc_stats_judge(kit->stats, SC_VERDICT_MAILBOX_FULL, 1);
}

void
sc_transport_settle(ScTransport *self, ScKit *kit, ScDtlsPost post, void *user_data)
{
    self->measured_us = kit->now_us;
    self->dtls = sc_dtls_new(kit->pool, self->id, self->fingerprint, post, user_data);
    g_assert(self->dtls != NULL); /* the fingerprint was checked with the request */
    g_clear_pointer(&self->fingerprint, g_free);
}

void
sc_transport_leave(ScTransport *self, ScKit *kit, const char *reason)
{
    for (unsigned i = 0; i < self->n_slots; i++)
        sc_audience_leave(kit, &self->slots[i]);
    enter_state(self, kit, SC_TRANSPORT_CLOSED, reason);
}

/* Where the peer is now: what is queued goes to where it was. */
static void
select_address(ScTransport *self, ScKit *kit, const struct in6_addr *local)
{
    const ScAddress *selected = sc_ice_get_selected(self->ice);

    sc_fanout_flush(kit->fanout);
    self->outlet.name_length =
        (uint8_t)sc_socket_write_name(kit->family, selected, &self->outlet.name);
    self->outlet.has_source = local != NULL;
    if (local != NULL)
        self->outlet.source = *local;
}

/* Each from a key frame: at first, and when consent is back, since a receiver that was
 * lost can do nothing with what builds on frames it never saw. */
static void
start_slots(ScTransport *self, ScKit *kit)
{
    for (unsigned i = 0; i < self->n_slots; i++) {
        ScSlot *slot = &self->slots[i];

        sc_audience_leave(kit, slot);
        if (slot->track != NULL)
            sc_line_seat(kit, slot);
    }
}

void
sc_transport_take_check(ScTransport *self, ScKit *kit, const ScIceCheck *check,
                        const uint8_t *reply, const ScAddress *from,
                        const struct in6_addr *local)
{
    if (check->reply_length > 0)
        sc_fanout_post(kit->fanout, from, local, reply, check->reply_length);
    if (check->verdict != SC_VERDICT_PASS)
        return;
    if (check->moved)
        select_address(self, kit, local);
    if (self->state == SC_TRANSPORT_LOST && sc_ice_has_consent(self->ice, kit->now_us)) {
        enter_state(self, kit, SC_TRANSPORT_CONNECTED, NULL);
        start_slots(self, kit);
    } else {
        self->outlet.is_open =
            self->state == SC_TRANSPORT_CONNECTED && self->outlet.name_length > 0;
    }
}

ScVerdict
sc_transport_take_dtls(ScTransport *self, const uint8_t *data, size_t length)
{
    return self->dtls == NULL ? SC_VERDICT_DTLS_UNEXPECTED
                              : sc_dtls_receive(self->dtls, data, length);
}

static void
mark_alive(ScTransport *self, const ScAddress *from, int64_t now_us)
{
    const ScAddress *selected = sc_ice_get_selected(self->ice);

    if (selected != NULL && sc_address_equal(selected, from))
        sc_ice_mark_alive(self->ice, now_us);
}

ScVerdict
sc_transport_take_rtp(ScTransport *self, ScKit *kit, uint8_t *data, size_t length,
                      const ScAddress *from, int64_t arrival_us)
{
    if (self->srtp == NULL)
        return SC_VERDICT_SRTP_NO_KEYS;

    ScVerdict verdict = sc_srtp_open_rtp(self->srtp, data, &length);
    if (verdict != SC_VERDICT_PASS)
        return verdict;
    mark_alive(self, from, kit->now_us);
    return self->intake == NULL
               ? SC_VERDICT_RTP_UNKNOWN_STREAM
               : sc_intake_take(self->intake, kit, data, length, arrival_us);
}

ScVerdict
sc_transport_take_rtcp(ScTransport *self, ScKit *kit, uint8_t *data, size_t length,
                       const ScAddress *from)
{
    if (self->srtp == NULL)
        return SC_VERDICT_SRTP_NO_KEYS;

    ScVerdict verdict = sc_srtp_open_rtcp(self->srtp, data, &length);
    if (verdict != SC_VERDICT_PASS)
        return verdict;
    mark_alive(self, from, kit->now_us);
    return sc_answer_rtcp(self, kit, data, length);
}

static bool
take_keys(ScTransport *self, ScKit *kit, const ScDtlsEvent *event)
{
    g_autoptr(GError) error = NULL;

    self->srtp = sc_srtp_new(event->profile, &event->remote, &event->local, &error);
    if (self->srtp == NULL) {
        g_warning("transport %" PRIu64 ": %s; closing", self->id, error->message);
        return false;
    }
    self->key = sc_encrypt_key_new(kit->encryptor, event->profile, &event->local);
    self->outlet.key = self->key;
    self->outlet.profile = event->profile;
    self->outlet.tag_length = (uint8_t)sc_encrypt_key_get_tag_length(self->key);
    sc_stats_count(kit->stats, SC_COUNTER_HANDSHAKES_DONE, 1);
    enter_state(self, kit, SC_TRANSPORT_CONNECTED, NULL);
    start_slots(self, kit);
    return true;
}

static void
send_flight(ScTransport *self, ScKit *kit, const ScDtlsEvent *event)
{
    const ScAddress *peer = get_peer(self);

    if (peer != NULL)
        sc_fanout_post(kit->fanout, peer,
                       self->outlet.has_source ? &self->outlet.source : NULL, event->data,
                       event->length);
}

bool
sc_transport_take_dtls_event(ScTransport *self, ScKit *kit, const ScDtlsEvent *event,
                             const char **out_reason)
{
    switch (event->type) {
    case SC_DTLS_SEND:
        send_flight(self, kit, event);
        return true;
    case SC_DTLS_CONNECTED:
        *out_reason = "no keys";
        return self->srtp != NULL || take_keys(self, kit, event);
    case SC_DTLS_FAILED:
        sc_stats_count(kit->stats, SC_COUNTER_HANDSHAKES_FAILED, 1);
        *out_reason = event->reason;
        return self->srtp != NULL; /* what is established does not end by a message */
    case SC_DTLS_CLOSED:
        *out_reason = "the peer said goodbye";
        return false;
    }
    g_assert_not_reached();
}

void
sc_transport_patch(ScTransport *self, ScKit *kit, unsigned index, ScTrack *track)
{
    ScSlot *slot = &self->slots[index];

    if (slot->track == track)
        return;
    if (kit != NULL && track == NULL)
        sc_audience_leave(kit, slot);
    g_clear_pointer(&slot->track, sc_track_unref);
    if (track == NULL)
        return;
    slot->track = sc_track_ref(track);
    slot->is_limited = false; /* until it is known what its layers take */
    if (kit != NULL && self->key != NULL)
        sc_line_seat(kit, slot);
}

/* Layers come and go; publishers too. */
static void
review_slot(ScKit *kit, ScSlot *slot)
{
    sc_slot_drop_closed(slot);
    if (slot->track == NULL)
        return;
    if (atomic_load_explicit(&slot->track->closed, memory_order_relaxed)) {
        sc_audience_leave(kit, slot);
        g_clear_pointer(&slot->track, sc_track_unref);
    } else if (!slot->catching_up && !slot->is_mute) {
        sc_line_seat(kit, slot);
    }
}

bool
sc_transport_tick(ScTransport *self, ScKit *kit, const char **out_reason)
{
    if (self->key == NULL) {
        *out_reason = "never came";
        return kit->now_us - self->created_us < SC_TRANSPORT_PATIENCE_US;
    }
    if (self->state == SC_TRANSPORT_CONNECTED
        && !sc_ice_has_consent(self->ice, kit->now_us)) {
        self->lost_us = kit->now_us;
        enter_state(self, kit, SC_TRANSPORT_LOST, "no consent");
    }
    if (self->state == SC_TRANSPORT_LOST
        && kit->now_us - self->lost_us > SC_TRANSPORT_LOST_MAX_US) {
        *out_reason = "lost for too long";
        return false;
    }
    for (unsigned i = 0; i < self->n_slots; i++)
        review_slot(kit, &self->slots[i]);
    sc_line_review(self, kit);
    sc_nack_guard_refill(&self->guard, kit->config->repair_kbps * INT64_C(1000),
                         kit->now_us);
    return true;
}

void
sc_transport_send_rtcp(ScTransport *self, ScKit *kit, uint8_t *data, size_t length)
{
    const ScAddress *selected = sc_ice_get_selected(self->ice);

    if (!self->outlet.is_open || length == 0
        || sc_srtp_seal_rtcp(self->srtp, data, &length) != SC_VERDICT_PASS)
        return;
    sc_fanout_post(kit->fanout, selected,
                   self->outlet.has_source ? &self->outlet.source : NULL, data, length);
}

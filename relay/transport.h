/* SPDX-License-Identifier: Apache-2.0 */
/* transport.h: one peer: ICE, the handshake, its keys, what it publishes (intake.h) and
 * what it is sent (slot.h). Thread: made on the main thread, then the lobby's, then its
 * home worker's; functions that take an ScKit are called on that worker only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/address.h"
#include "relay/delivery.h"
#include "relay/dtls.h"
#include "relay/ice.h"
#include "relay/intake.h"
#include "relay/kit.h"
#include "relay/notice.h"
#include "relay/outlet.h"
#include "relay/slot.h"
#include "relay/srtp.h"

#define SC_TRANSPORT_TRACKS_MAX 64
#define SC_TRANSPORT_SLOTS_MAX 64
#define SC_TRANSPORT_ADDRESSES_MAX                      \
    4 /* from which it may send: all were authenticated \
       */
#define SC_TRANSPORT_PATIENCE_US 30000000 /* from creation to the first key */
#define SC_TRANSPORT_LOST_MAX_US 60000000 /* without consent, then it is closed */

/* What signaling asks for, see docs/protocol.md#control. */
typedef struct {
    const char *ufrag, *password; /* the peer's; borrowed for the call */
    const char *fingerprint;      /* the peer's; borrowed for the call */
    ScExtensionIds extensions;
    const ScTrackSpec *tracks;
    unsigned n_tracks;
    const ScSlotSpec *slots;
    unsigned n_slots;
} ScTransportSpec;

typedef struct {
    uint64_t id;
    ScTransportState state;
    int64_t created_us;
    int64_t lost_us;     /* since when; valid while LOST */
    unsigned resident;   /* index among its worker's transports */
    int64_t measured_us; /* the last quality */
    ScQuality told;      /* to signaling, at @told_us */
    int64_t told_us;     /* 0: nothing yet */

    ScIce *ice;        /* owned */
    ScDtls *dtls;      /* owned; NULL before it has a home and after the end of TLS */
    ScSrtp *srtp;      /* owned; NULL until the handshake */
    ScEncryptKey *key; /* owned; the same */
    char *fingerprint; /* owned; the peer's, until it has a home */

    ScAddress addresses[SC_TRANSPORT_ADDRESSES_MAX]; /* newest first */
    unsigned n_addresses;
    char *ufrags[SC_LOBBY_UFRAGS_MAX]; /* owned; by which its worker knows it, newest
                                          first */

    ScOutlet outlet;
    ScIntake *intake; /* owned; NULL where it publishes nothing */
    ScSlot *slots;    /* owned */
    unsigned n_slots;

    struct ScLine *line; /* owned; NULL before its first feedback */
    ScNackGuard guard;
    uint32_t ssrc;                             /* as which we send RTCP */
    int64_t rtt_us;                            /* from its reports; 0: none yet */
    uint32_t feedback_received, feedback_lost; /* by TWCC, since the last quality */
    ScDelivery delivery;                       /* of its slots */
    int64_t arrived_us;                        /* for so long something came from it */
    uint64_t rated_in, rated_out;              /* bytes at the last quality */
    uint64_t rated_expected, rated_received;
} ScTransport;

/* NULL and @error where the peer's credentials or fingerprint are not well-formed. */
ScTransport *sc_transport_new(const ScTransportSpec *spec, uint64_t id,
                              unsigned n_workers, const ScConfig *config, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Nobody sits in an audience any more: it never had a home, or sc_transport_leave() was
 * called. */
void sc_transport_free(ScTransport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScTransport, sc_transport_free)

/* It lives here from now on: the handshake can begin. */
void sc_transport_settle(ScTransport *self, ScKit *kit, ScDtlsPost post, void *user_data);

/* Stops all that goes in and out; flush before sc_transport_free(). */
void sc_transport_leave(ScTransport *self, ScKit *kit, const char *reason);

/* A check was authenticated (@check): the answer is sent, the address may have moved. */
void sc_transport_take_check(ScTransport *self, ScKit *kit, const ScIceCheck *check,
                             const uint8_t *reply, const ScAddress *from,
                             const struct in6_addr *local);

ScVerdict sc_transport_take_dtls(ScTransport *self, const uint8_t *data, size_t length)
    G_GNUC_WARN_UNUSED_RESULT;
/* Hot. @data is decrypted in place. */
ScVerdict sc_transport_take_rtp(ScTransport *self, ScKit *kit, uint8_t *data,
                                size_t length, const ScAddress *from, int64_t arrival_us)
    G_GNUC_WARN_UNUSED_RESULT;
ScVerdict sc_transport_take_rtcp(ScTransport *self, ScKit *kit, uint8_t *data,
                                 size_t length, const ScAddress *from)
    G_GNUC_WARN_UNUSED_RESULT;

/* False where the transport is over and has to be closed; *@out_reason is static then. */
bool sc_transport_take_dtls_event(ScTransport *self, ScKit *kit, const ScDtlsEvent *event,
                                  const char **out_reason);

/* @track: what feeds slot @index from now on, or NULL. @kit: NULL while homeless. */
void sc_transport_patch(ScTransport *self, ScKit *kit, unsigned index, ScTrack *track);

/* Once a second: consent and patience. False and *@out_reason as above. */
bool sc_transport_tick(ScTransport *self, ScKit *kit, const char **out_reason);

/* Seals @length bytes of RTCP, which have SC_SRTP_TRAILER_MAX of room behind, and queues
 * them. */
void sc_transport_send_rtcp(ScTransport *self, ScKit *kit, uint8_t *data, size_t length);

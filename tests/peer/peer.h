/* SPDX-License-Identifier: Apache-2.0 */
/* peer.h: a synthetic WebRTC peer: a full, controlling ICE agent with one candidate pair,
 * a DTLS client, SRTP both ways. It makes no media of its own: RTP and RTCP go in and out
 * as bytes. Small enough that thousands live in one process. Thread: the one that runs
 * its loop. Spec: RFC 8445, RFC 7675, RFC 5764. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "relay/address.h"
#include "tests/peer/peer-dtls.h"
#include "tests/peer/peer-loop.h"

#define SC_PEER_DATAGRAM_MAX 1500          /* bytes, sealed */
#define SC_PEER_CHECK_US (50 * 1000LL)     /* between checks that were not answered yet */
#define SC_PEER_CONSENT_US (2500 * 1000LL) /* between checks once connected */

typedef struct ScPeer ScPeer;

typedef enum {
    SC_PEER_IDLE,
    SC_PEER_CHECKING, /* no check was answered yet */
    SC_PEER_SHAKING,  /* or about to, where that was delayed */
    SC_PEER_CONNECTED,
    SC_PEER_FAILED, /* by DTLS */
    SC_PEER_CLOSED, /* by the other side's DTLS */
} ScPeerState;

/* Each may be NULL. @data is decrypted, lent, and may be written to. */
typedef struct {
    void (*on_state)(ScPeer *peer, ScPeerState state, void *user_data);
    void (*on_rtp)(ScPeer *peer, uint8_t *data, size_t length, int64_t now_us,
                   void *user_data);
    void (*on_rtcp)(ScPeer *peer, uint8_t *data, size_t length, int64_t now_us,
                    void *user_data);
    /* Hot. An RTP packet as it came, of a peer that keeps them sealed: only its header
     * can be read. */
    void (*on_sealed)(ScPeer *peer, uint8_t *data, size_t length, void *user_data);
} ScPeerHandlers;

typedef struct {
    ScPeerIdentity *identity; /* borrowed: outlives the peer */
    const char *address;      /* IP literal to send from; NULL: 127.0.0.1 */
    const char *profiles;     /* SC_PEER_PROFILE…; NULL: both */
    bool delays_handshake;    /* until sc_peer_start_handshake() */
    bool keeps_sealed;        /* opens no RTP, makes none, and lets go of its SSL once
                                 connected: for load */
    const ScPeerHandlers *handlers; /* borrowed: outlives the peer */
    void *user_data;
} ScPeerOptions;

typedef struct {
    uint64_t n_messages; /* received; one where the kernel has merged several datagrams */
    uint64_t n_datagrams; /* received */
    int64_t arrival_ns;   /* of the last one at the kernel, CLOCK_REALTIME; 0: not told */
    uint64_t n_bytes;     /* received, of UDP payload */
    uint64_t n_rtp;
    uint64_t n_rtcp;
    uint64_t n_unopened; /* SRTP and SRTCP that libsrtp refused */
    uint64_t n_dtls;
    uint64_t n_checks_sent;
    uint64_t n_checks_answered;
    uint64_t n_check_errors;
    int last_check_error;     /* ERROR-CODE; 0: none */
    int64_t rtt_us;           /* of the last check */
    int64_t last_received_us; /* any datagram */
} ScPeerStats;

/* Opens a socket of @options' address at a free port. */
ScPeer *sc_peer_new(ScPeerLoop *loop, const ScPeerOptions *options, GError **error);
void sc_peer_free(ScPeer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScPeer, sc_peer_free)

/* What signaling tells the other side. Borrowed until a restart. */
const char *sc_peer_get_ufrag(const ScPeer *self);
const char *sc_peer_get_password(const ScPeer *self);

/* Starts to check @to, then shakes hands. @fingerprint may be NULL: anybody. */
void sc_peer_connect(ScPeer *self, const ScAddress *to, const char *ufrag,
                     const char *password, const char *fingerprint);

/* Where it was delayed, and the first check is answered. */
void sc_peer_start_handshake(ScPeer *self);

/* New local credentials, to be told to the other side; checks go on with the old ones
 * until sc_peer_set_remote(). */
void sc_peer_restart(ScPeer *self);
void sc_peer_set_remote(ScPeer *self, const char *ufrag, const char *password);

/* A new socket at another port, as behind a NAT that forgot us; checks from there at once
 * where @checks, and nothing else tells the other side. */
bool sc_peer_move(ScPeer *self, bool checks, GError **error);

/* False: no more checks, so that consent runs out. */
void sc_peer_set_checking(ScPeer *self, bool is_checking);

/* Clear text in, sealed and sent. False before the keys are there, or where it is too
 * long. */
bool sc_peer_send_rtp(ScPeer *self, const uint8_t *data, size_t length);
bool sc_peer_send_rtcp(ScPeer *self, const uint8_t *data, size_t length);

/* Seals in place and sends nothing; needs SC_SRTP_TRAILER_MAX bytes of room behind. */
bool sc_peer_seal_rtp(ScPeer *self, uint8_t *data, size_t *length);
bool sc_peer_seal_rtcp(ScPeer *self, uint8_t *data, size_t *length);

/* As it is. */
void sc_peer_send_raw(ScPeer *self, const uint8_t *data, size_t length);

/* The same, for several sealed packets back to back, which the kernel cuts: each @segment
 * bytes long, the last may be shorter. */
void sc_peer_send_segments(ScPeer *self, const uint8_t *data, size_t length,
                           size_t segment);

/* One more check at once; @is_nominating: with USE-CANDIDATE. */
void sc_peer_send_check(ScPeer *self, bool is_nominating);
void sc_peer_close(ScPeer *self); /* sends close_notify */

ScPeerState sc_peer_get_state(const ScPeer *self);
const ScPeerStats *sc_peer_get_stats(const ScPeer *self);
void sc_peer_get_address(const ScPeer *self, ScAddress *out_address);
/* Once connected. */
ScSrtpProfile sc_peer_get_profile(const ScPeer *self);

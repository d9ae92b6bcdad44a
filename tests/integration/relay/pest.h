/* SPDX-License-Identifier: Apache-2.0 */
/* pest.h: a lesson, and beside it a peer of the relay's own that sends what it should
 * not, and a stranger. Thread: the test's. */
#pragma once

#include "tests/integration/relay/actor.h"
#include "tests/peer/peer-stun.h"

typedef struct {
    ScStage stage;
    ScActor *teacher;   /* publishes all the time */
    ScActor *classroom; /* and must lose nothing */
    ScActor *pest;      /* a good transport of a bad peer */
    int stranger;       /* owned: a socket that no check came from */
    uint16_t sequence;  /* of the pest's next packet */
} ScPest;

/* One kind of bad packet, and the verdict that counts it. */
typedef struct {
    const char *name;
    const char *verdict;
    void (*send)(ScPest *self);
} ScPestPacket;

/* Every kind that does not need a state of its own. */
extern const ScPestPacket sc_pest_packets[];
extern const size_t sc_pest_n_packets;

/* Fixture functions of g_test_add(). Taking down checks that the lesson lost nothing. */
void sc_pest_set_up(ScPest *self, gconstpointer data);
void sc_pest_tear_down(ScPest *self, gconstpointer data);

void sc_pest_send_from_stranger(ScPest *self, const void *data, size_t length);
void sc_pest_send(ScPest *self, const void *data, size_t length);
/* RTP in clear text, with room for the tag behind: sealed rightly, and sent. */
void sc_pest_send_sealed(ScPest *self, uint8_t *data, size_t length);

/* Clear text of @payload_length zeros under the next sequence number; returns its length.
 */
size_t sc_pest_write_rtp(ScPest *self, uint32_t ssrc, uint8_t payload_type,
                         size_t payload_length, uint8_t out[SC_PEER_DATAGRAM_MAX]);
/* A good check of the pest's. */
size_t sc_pest_write_check(const ScPest *self, uint8_t out[SC_PEER_STUN_MAX]);
/* A ClientHello with a random of its own; the caller frees it. */
GByteArray *sc_pest_make_hello(ScPest *self);

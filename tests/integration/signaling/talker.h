/* SPDX-License-Identifier: Apache-2.0 */
/* talker.h: both ends of a lesson's media, without a camera: a publisher sends an audio
 * packet each 20 ms, marked and numbered; a subscriber counts what comes in each of its
 * slots, whose it is, and what is missing. Runs in the default main context. */
#pragma once

#include "tests/integration/signaling/client.h"
#include "tests/peer/peer.h"

#define TALKER_SLOTS_MAX 8
#define TALKER_PACKET_MS 20

/* What came in one slot. */
typedef struct {
    uint32_t ssrc;
    uint64_t n_packets;
    uint64_t n_missing; /* numbers left out by the present publisher */
    uint8_t mark;       /* of the last packet; 0: none came */
    uint32_t number;    /* of the last packet */
    uint16_t sequence;  /* of the last packet */
    uint64_t n_jumps;   /* sequence numbers that did not follow the last */
} TalkerSlot;

/* The media of one test: a loop of peers beside the main context. */
typedef struct {
    Place *place;             /* borrowed */
    ScPeerLoop *loop;         /* owned */
    ScPeerIdentity *identity; /* owned */
    guint datagrams;          /* source */
    guint ticks;              /* source */
} Media;

Media *media_new(Place *place);
void media_free(Media *media); /* after its talkers */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Media, media_free)

typedef struct {
    Media *media;   /* borrowed */
    unsigned site;  /* whose token is used */
    uint8_t mark;   /* in what it publishes; 0: it subscribes */
    ScPeer *peer;   /* owned; NULL before it joins */
    char *location; /* owned: path of the session; NULL before it joins */
    char *etag;     /* owned */
    TalkerSlot slots[TALKER_SLOTS_MAX]; /* in the order of the answer's sections */
    unsigned n_slots;
    guint sender;    /* source; 0: silent */
    gint64 next_us;  /* when the next packet is due */
    uint32_t number; /* of the next packet */
} Talker;

/* POSTs nothing yet. @mark: 1 to 255 to publish, 0 to subscribe. */
Talker *talker_new(Media *media, unsigned site, uint8_t mark);
/* Lets go of it without a word to anybody. */
void talker_free(Talker *talker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Talker, talker_free)

/* POSTs an offer; on 201 starts to connect. Answer with whatever came. */
Answer talker_post(Talker *talker);
/* After a 201: waits until it is connected; a publisher then sends. */
void talker_begin(Talker *talker);
/* Both, asserting 201. */
void talker_join(Talker *talker);
void talker_set_silent(Talker *talker, bool is_silent);

/* PATCH with new credentials and "If-Match: *"; asserts 200 and goes on with the new
 * ones. */
void talker_restart_ice(Talker *talker);
/* PATCH with a candidate; @etag NULL: none is sent. */
Answer talker_trickle(Talker *talker, const char *etag);
Answer talker_delete(Talker *talker);

/* Waits until @slot got @n_packets more, marked @mark. */
void talker_await(Talker *talker, unsigned slot, uint8_t mark, uint64_t n_packets);

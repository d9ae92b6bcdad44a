/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/door.h"

#include <string.h>
#include <sys/socket.h>

#include "relay/ice.h"
#include "relay/socket.h"
#include "relay/wire/demux.h"

#define WAYS_MAX 65536 /* addresses known to live on another worker */
#define WAY_IDLE_US (60 * 1000000LL)

typedef struct {
    uint8_t *data;
    size_t length;
    ScAddress from;
    struct in6_addr local; /* valid where has_local */
    bool has_local;
    int64_t arrival_us;
    unsigned landed; /* worker whose socket it came to */
} Datagram;

/* An address whose transport lives on another worker. */
typedef struct {
    ScAddress address; /* the key */
    unsigned home;
    int64_t used_us;
} Way;

typedef struct {
    ScMail mail;
    ScDoor *(*get_door)(void *worker);
    Datagram datagram; /* its data is @bytes */
    uint8_t bytes[];
} HandOver;

typedef struct {
    ScMail mail;
    ScDoor *(*get_door)(void *worker);
    Way way;
} Directions;

struct ScDoor {
    ScDoorSetup setup;
    GHashTable *ways; /* owned; by address, owns its Ways */
    struct mmsghdr messages[SC_DOOR_BATCH];
    struct iovec parts[SC_DOOR_BATCH];
    ScSocketName names[SC_DOOR_BATCH];
    union {
        size_t align; /* as a cmsghdr's */
        uint8_t bytes[SC_SOCKET_CONTROL_MAX];
    } controls[SC_DOOR_BATCH];
    uint8_t (*buffers)[SC_DOOR_DATAGRAM_MAX]; /* owned */
};

static ScVerdict take(ScDoor *self, Datagram *datagram);

ScDoor *
sc_door_new(const ScDoorSetup *setup)
{
    ScDoor *self = g_new0(ScDoor, 1);

    self->setup = *setup;
    self->ways = g_hash_table_new_full(sc_address_hash, sc_address_equal, NULL, g_free);
    self->buffers = g_malloc(sizeof *self->buffers * SC_DOOR_BATCH);
    for (unsigned i = 0; i < SC_DOOR_BATCH; i++) {
        self->parts[i] = (struct iovec){ self->buffers[i], SC_DOOR_DATAGRAM_MAX };
        self->messages[i].msg_hdr = (struct msghdr){
            .msg_name = &self->names[i],
            .msg_iov = &self->parts[i],
            .msg_iovlen = 1,
            .msg_control = &self->controls[i],
        };
    }
    return self;
}

void
sc_door_free(ScDoor *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->ways);
    g_free(self->buffers);
    g_free(self);
}

static void
judge(ScDoor *self, ScVerdict verdict)
{
    sc_stats_judge(self->setup.kit->stats, verdict, 1);
}

/* At the home worker. */
static void
on_handed_over(ScMail *mail, void *worker)
{
    g_autofree HandOver *handed = (HandOver *)mail;

    if (worker == NULL)
        return;
    ScDoor *self = handed->get_door(worker);
    judge(self, take(self, &handed->datagram));
}

static ScVerdict
hand_over(ScDoor *self, const Datagram *datagram, unsigned home)
{
    HandOver *handed;

    /* It was handed to us for being the home: we are not, any more. */
    if (datagram->landed != self->setup.kit->index)
        return SC_VERDICT_UNKNOWN_ADDRESS;

    handed = g_malloc(sizeof *handed + datagram->length);
    handed->mail.deliver = on_handed_over;
    handed->get_door = self->setup.get_door;
    handed->datagram = *datagram;
    handed->datagram.data = handed->bytes;
    memcpy(handed->bytes, datagram->data, datagram->length);
    if (!sc_mailbox_post(self->setup.mailboxes[home], &handed->mail)) {
        g_free(handed);
        return SC_VERDICT_MAILBOX_FULL;
    }
    sc_stats_count(self->setup.kit->stats, SC_COUNTER_HANDED_OVER, 1);
    return SC_VERDICT_PASS;
}

/* At the worker where datagrams from an address land that lives elsewhere. */
static void
on_directions(ScMail *mail, void *worker)
{
    g_autofree Directions *directions = (Directions *)mail;

    if (worker == NULL)
        return;
    ScDoor *self = directions->get_door(worker);
    if (g_hash_table_size(self->ways) >= WAYS_MAX)
        return;
    Way *way = g_memdup2(&directions->way, sizeof directions->way);
    way->used_us = self->setup.kit->now_us;
    g_hash_table_replace(self->ways, &way->address, way);
}

static void
give_directions(ScDoor *self, const Datagram *datagram)
{
    Directions *directions;

    if (datagram->landed == self->setup.kit->index)
        return;
    directions = g_new0(Directions, 1);
    directions->mail.deliver = on_directions;
    directions->get_door = self->setup.get_door;
    directions->way.address = datagram->from;
    directions->way.home = self->setup.kit->index;
    if (!sc_mailbox_post(self->setup.mailboxes[datagram->landed], &directions->mail)) {
        judge(self, SC_VERDICT_MAILBOX_FULL);
        g_free(directions);
    }
}

/* A check, judged: under the lobby's lock or by a resident's own ICE. */
typedef struct {
    const Datagram *datagram;
    int64_t now_us;
    ScIceCheck check;
    uint8_t reply[SC_ICE_REPLY_MAX];
} Judged;

static void
judge_check(Judged *judged, ScTransport *transport)
{
    judged->check =
        sc_ice_answer(transport->ice, judged->datagram->data, judged->datagram->length,
                      &judged->datagram->from, judged->now_us, judged->reply);
}

static bool
on_claim(void *guest, void *user_data)
{
    Judged *judged = user_data;

    judge_check(judged, guest);
    return judged->check.verdict == SC_VERDICT_PASS;
}

static ScVerdict
take_judged(ScDoor *self, ScTransport *transport, const Judged *judged)
{
    const Datagram *datagram = judged->datagram;

    if (judged->check.verdict == SC_VERDICT_PASS) {
        sc_residents_note_address(self->setup.residents, transport, &datagram->from);
        g_hash_table_remove(self->ways, &datagram->from);
        give_directions(self, datagram);
    }
    sc_transport_take_check(transport, self->setup.kit, &judged->check, judged->reply,
                            &datagram->from,
                            datagram->has_local ? &datagram->local : NULL);
    return judged->check.verdict;
}

/* A user name that no resident has: somebody's in the lobby, or of another worker, or the
 * new one of a resident after an ICE restart. */
static ScVerdict
take_strange_check(ScDoor *self, const char *ufrag, Judged *judged)
{
    ScKit *kit = self->setup.kit;
    ScTransport *transport;
    ScLobbyAnswer answer =
        sc_lobby_claim(kit->lobby, ufrag, (int)kit->index, on_claim, judged);

    if (answer.id == 0)
        return SC_VERDICT_STUN_UNKNOWN_USER;
    if (answer.home == SC_LOBBY_NO_HOME) {
        if (judged->check.reply_length > 0)
            sc_fanout_post(kit->fanout, &judged->datagram->from,
                           judged->datagram->has_local ? &judged->datagram->local : NULL,
                           judged->reply, judged->check.reply_length);
        return judged->check.verdict;
    }
    if (answer.home != (int)kit->index)
        return hand_over(self, judged->datagram, (unsigned)answer.home);
    if (answer.guest != NULL) {
        transport = answer.guest;
        sc_residents_add(self->setup.residents, transport);
        self->setup.settle(transport, self->setup.worker);
    } else {
        transport = sc_residents_lookup(self->setup.residents, answer.id);
        if (transport == NULL)
            return SC_VERDICT_STUN_UNKNOWN_USER;
        judge_check(judged, transport);
    }
    if (judged->check.verdict == SC_VERDICT_PASS)
        sc_residents_note_ufrag(self->setup.residents, transport, ufrag);
    return take_judged(self, transport, judged);
}

static ScVerdict
take_stun(ScDoor *self, const Datagram *datagram)
{
    Judged judged = { .datagram = datagram, .now_us = self->setup.kit->now_us };
    char ufrag[SC_ICE_UFRAG_MAX + 1];

    if (!sc_ice_peek_local_ufrag(datagram->data, datagram->length, ufrag))
        return SC_VERDICT_STUN_MALFORMED;

    ScTransport *transport = sc_residents_lookup_ufrag(self->setup.residents, ufrag);
    if (transport == NULL)
        return take_strange_check(self, ufrag, &judged);
    judge_check(&judged, transport);
    return take_judged(self, transport, &judged);
}

static ScVerdict
take_strange(ScDoor *self, const Datagram *datagram)
{
    Way *way = g_hash_table_lookup(self->ways, &datagram->from);

    if (way == NULL)
        return SC_VERDICT_UNKNOWN_ADDRESS;
    way->used_us = self->setup.kit->now_us;
    return hand_over(self, datagram, way->home);
}

static ScVerdict
take(ScDoor *self, Datagram *datagram)
{
    ScDemuxKind kind = sc_demux_get_kind(datagram->data, datagram->length);
    ScKit *kit = self->setup.kit;

    if (kind == SC_DEMUX_UNKNOWN)
        return SC_VERDICT_UNKNOWN_KIND;
    if (kind == SC_DEMUX_STUN)
        return take_stun(self, datagram);

    /* Everything else counts only from an address that a check has authenticated. */
    ScTransport *transport =
        sc_residents_lookup_address(self->setup.residents, &datagram->from);
    if (transport == NULL)
        return take_strange(self, datagram);

    switch (kind) {
    case SC_DEMUX_DTLS:
        return sc_transport_take_dtls(transport, datagram->data, datagram->length);
    case SC_DEMUX_RTP:
        return sc_transport_take_rtp(transport, kit, datagram->data, datagram->length,
                                     &datagram->from, datagram->arrival_us);
    case SC_DEMUX_RTCP:
        return sc_transport_take_rtcp(transport, kit, datagram->data, datagram->length,
                                      &datagram->from);
    case SC_DEMUX_STUN:
    case SC_DEMUX_UNKNOWN:
        break;
    }
    g_assert_not_reached();
}

static ScVerdict
take_message(ScDoor *self, unsigned index)
{
    const ScKit *kit = self->setup.kit;
    struct msghdr *message = &self->messages[index].msg_hdr;
    ScSocketArrival arrival;
    Datagram datagram = {
        .data = self->buffers[index],
        .length = self->messages[index].msg_len,
        .landed = kit->index,
    };

    if (datagram.length == 0)
        return SC_VERDICT_EMPTY;
    if ((message->msg_flags & MSG_TRUNC) != 0)
        return SC_VERDICT_TRUNCATED;
    if (!sc_address_from_sockaddr(&self->names[index].any, &datagram.from))
        return SC_VERDICT_UNKNOWN_ADDRESS;
    sc_socket_read_arrival(message, &arrival);
    datagram.has_local = arrival.has_local;
    datagram.local = arrival.local;
    datagram.arrival_us =
        arrival.realtime_us == 0
            ? kit->now_us
            : MIN(arrival.realtime_us - kit->realtime_offset_us, kit->now_us);
    return take(self, &datagram);
}

/* Returns how many datagrams there were. */
static unsigned
receive_some(ScDoor *self)
{
    ScStats *stats = self->setup.kit->stats;
    uint64_t n_bytes = 0;

    for (unsigned i = 0; i < SC_DOOR_BATCH; i++) {
        self->messages[i].msg_hdr.msg_namelen = sizeof self->names[i];
        self->messages[i].msg_hdr.msg_controllen = sizeof self->controls[i];
    }

    int n = recvmmsg(self->setup.fd, self->messages, SC_DOOR_BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < n; i++) {
        n_bytes += self->messages[i].msg_len;
        judge(self, take_message(self, (unsigned)i));
    }
    sc_stats_count(stats, SC_COUNTER_RECEIVE_CALLS, 1);
    if (n > 0)
        sc_stats_count(stats, SC_COUNTER_PACKETS_IN, (uint64_t)n);
    sc_stats_count(stats, SC_COUNTER_BYTES_IN, n_bytes);
    return n > 0 ? (unsigned)n : 0;
}

void
sc_door_receive(ScDoor *self)
{
    unsigned n_taken = 0;
    unsigned n;

    /* A frame's packets come one behind the other, and we wake with the first: what came
     * while those before it were opened belongs to the same batch. */
    do {
        n = receive_some(self);
        n_taken += n;
    } while (n > 0 && n_taken < SC_DOOR_BATCH);
}

static gboolean
is_idle(void *key G_GNUC_UNUSED, void *value, void *user_data)
{
    const Way *way = value;
    const int64_t *now_us = user_data;

    return *now_us - way->used_us > WAY_IDLE_US;
}

void
sc_door_sweep(ScDoor *self)
{
    g_hash_table_foreach_remove(self->ways, is_idle, &self->setup.kit->now_us);
}

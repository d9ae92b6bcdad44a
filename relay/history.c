/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/history.h"

#include <stdatomic.h>
#include <string.h>

#define CELL_SIZE (SC_HISTORY_PAYLOAD_MAX + SC_HISTORY_PADDING_MAX)

struct ScHistory {
    /* shared */
    _Atomic uint64_t head;      /* released by the writer behind each finished cell */
    _Atomic(uint64_t) *numbers; /* owned; by sequence modulo capacity: its number. Readers
                                 * check what they find against the packet itself */
    ScPacket *packets;          /* owned; by number modulo capacity */
    uint8_t *cells;             /* owned; the payloads, the same */
    unsigned n_packets;         /* capacity */
    /* the writer's */
    uint64_t highest;
    uint64_t key_sequence;
    uint32_t key_timestamp;
    uint32_t n_bytes;
};

ScHistory *
sc_history_new(unsigned n_packets)
{
    g_assert(n_packets >= 8 && (n_packets & (n_packets - 1)) == 0);

    ScHistory *self = g_new0(ScHistory, 1);
    self->n_packets = n_packets;
    return self;
}

void
sc_history_free(ScHistory *self)
{
    if (self == NULL)
        return;
    g_free(self->numbers);
    g_free(self->packets);
    g_free(self->cells);
    g_free(self);
}

static void
allocate(ScHistory *self)
{
    self->numbers = g_new0(_Atomic uint64_t, self->n_packets);
    self->packets = g_new0(ScPacket, self->n_packets);
    self->cells = g_malloc0_n(self->n_packets, CELL_SIZE);
}

static unsigned
get_cell(const ScHistory *self, uint64_t number)
{
    return (unsigned)(number & (self->n_packets - 1));
}

/* Parameter sets and the picture behind them share a timestamp: the lowest sequence of it
 * is where a decoder begins. A key frame older than the newest known one changes nothing.
 */
static void
note_key_frame(ScHistory *self, const ScPacket *packet)
{
    bool same = self->key_sequence != 0 && packet->timestamp == self->key_timestamp;

    if (same ? packet->sequence < self->key_sequence
             : packet->sequence > self->key_sequence) {
        self->key_sequence = packet->sequence;
        self->key_timestamp = packet->timestamp;
    }
}

static void
fill_cell(ScHistory *self, uint64_t number, const ScPacket *packet,
          const uint8_t *payload)
{
    static const uint8_t PADDING[SC_HISTORY_PADDING_MAX] = {
        1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16,
        17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
    };
    ScPacket *own = &self->packets[get_cell(self, number)];
    uint8_t *cell = self->cells + (size_t)get_cell(self, number) * CELL_SIZE;

    *own = *packet;
    own->highest = self->highest;
    own->key_sequence = self->key_sequence;
    own->n_bytes = self->n_bytes;
    if (packet->length > 0)
        memcpy(cell, payload, packet->length);
    memcpy(cell + packet->length, PADDING, sizeof PADDING);
}

ScVerdict
sc_history_put(ScHistory *self, const ScPacket *packet, const uint8_t *payload)
{
    uint64_t head = atomic_load_explicit(&self->head, memory_order_relaxed);

    if (packet->length > SC_HISTORY_PAYLOAD_MAX)
        return SC_VERDICT_RTP_TOO_LONG;
    if (self->packets == NULL)
        allocate(self);
    if (packet->sequence + self->n_packets - self->n_packets / 8 <= self->highest)
        return SC_VERDICT_RTP_TOO_LATE;
    if (sc_history_lookup(self, head, packet->sequence) != NULL)
        return SC_VERDICT_RTP_DUPLICATE;

    self->highest = MAX(self->highest, packet->sequence);
    self->n_bytes += packet->length;
    if (packet->starts_key_frame)
        note_key_frame(self, packet);
    fill_cell(self, head, packet, payload);
    atomic_store_explicit(&self->numbers[get_cell(self, packet->sequence)], head,
                          memory_order_relaxed);
    atomic_store_explicit(&self->head, head + 1, memory_order_release);
    return SC_VERDICT_PASS;
}

uint64_t
sc_history_get_head(const ScHistory *self)
{
    return atomic_load_explicit(&self->head, memory_order_acquire);
}

uint64_t
sc_history_get_tail(const ScHistory *self, uint64_t head)
{
    uint64_t n_safe = self->n_packets - self->n_packets / 8;

    return head > n_safe ? head - n_safe : 0;
}

const ScPacket *
sc_history_get(const ScHistory *self, uint64_t number)
{
    return &self->packets[get_cell(self, number)];
}

const uint8_t *
sc_history_get_payload(const ScHistory *self, const ScPacket *packet)
{
    return self->cells + (size_t)(packet - self->packets) * CELL_SIZE;
}

const ScPacket *
sc_history_lookup(const ScHistory *self, uint64_t head, uint64_t sequence)
{
    if (head == 0)
        return NULL;

    uint64_t number = atomic_load_explicit(&self->numbers[get_cell(self, sequence)],
                                           memory_order_relaxed);
    if (number >= head || number < sc_history_get_tail(self, head))
        return NULL;

    const ScPacket *packet = sc_history_get(self, number);
    return packet->sequence == sequence ? packet : NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/wire/twcc.h"

#include <glib.h>

#include "relay/wire/sequence.h"

enum {
    FORMAT_TWCC = 15,
    FIXED_LENGTH =
        20, /* header, both SSRCs, base, count, reference time, feedback count */
    CHUNK_LENGTH = 2,
    VECTOR_BIT = 0x8000,
    TWO_BIT_BIT = 0x4000,
    RUN_SYMBOL_SHIFT = 13,
    RUN_MAX = 0x1fff,
    ONE_BIT_STATUSES = 14,
    TWO_BIT_STATUSES = 7,
    TICKS_PER_REFERENCE = SC_TWCC_REFERENCE_US / SC_TWCC_TICK_US,
    FIRST_NUMBER = 0x10000, /* so that nothing falls below zero */
};

typedef enum {
    NOT_RECEIVED = 0,
    SMALL_DELTA = 1, /* one byte, 0 to 63.75 ms */
    LARGE_DELTA = 2, /* two bytes, signed */
    RESERVED = 3,
} Symbol;

/* What one feedback packet is going to say. */
typedef struct {
    unsigned n_statuses;
    size_t deltas_length; /* bytes */
    int64_t reference;    /* in SC_TWCC_REFERENCE_US */
    uint8_t symbols[SC_TWCC_WINDOW];
    int16_t deltas[SC_TWCC_WINDOW]; /* in ticks, where received */
} Plan;

void
sc_twcc_init(ScTwcc *self)
{
    *self = (ScTwcc){ 0 };
}

static int64_t *
get_arrival(ScTwcc *self, uint64_t number)
{
    return &self->arrival_us[number % SC_TWCC_WINDOW];
}

/* Moves the window's end behind @number; what lies between has not arrived. */
static void
advance(ScTwcc *self, uint64_t number)
{
    uint64_t first = MAX(self->end, number - MIN(number, SC_TWCC_WINDOW - 1));

    for (uint64_t i = first; i <= number; i++)
        *get_arrival(self, i) = 0;
    self->end = number + 1;
    self->next = MAX(self->next, self->end - SC_TWCC_WINDOW);
}

void
sc_twcc_note(ScTwcc *self, uint16_t sequence, int64_t now_us)
{
    g_assert(now_us > 0);

    if (self->end == 0)
        self->next = self->end = FIRST_NUMBER + (uint64_t)sequence;

    uint64_t number = sc_sequence_extend(self->end, sequence);
    if (number < self->end - SC_TWCC_WINDOW)
        return;
    if (number >= self->end)
        advance(self, number);
    if (*get_arrival(self, number) != 0)
        return;

    *get_arrival(self, number) = now_us;
    self->next = MIN(self->next, number);
}

bool
sc_twcc_is_due(const ScTwcc *self)
{
    return self->next < self->end;
}

/* Deltas are between arrivals cut to ticks, so that what is cut never adds up. */
static bool
plan_arrival(Plan *plan, int64_t arrival_us, int64_t *last_tick)
{
    int64_t tick = arrival_us / SC_TWCC_TICK_US;

    if (*last_tick < 0) {
        plan->reference = tick / TICKS_PER_REFERENCE;
        *last_tick = plan->reference * TICKS_PER_REFERENCE;
    }

    int64_t delta = tick - *last_tick;
    if (delta < INT16_MIN || delta > INT16_MAX)
        return false;
    plan->deltas[plan->n_statuses] = (int16_t)delta;
    plan->symbols[plan->n_statuses] =
        delta >= 0 && delta <= UINT8_MAX ? SMALL_DELTA : LARGE_DELTA;
    plan->deltas_length += plan->symbols[plan->n_statuses];
    *last_tick = tick;
    return true;
}

/* Every chunk but the last holds seven statuses at least. */
static size_t
get_length_bound(unsigned n_statuses, size_t deltas_length)
{
    size_t n_chunks = (n_statuses + TWO_BIT_STATUSES - 1) / TWO_BIT_STATUSES;

    return (FIXED_LENGTH + n_chunks * CHUNK_LENGTH + deltas_length + 3) / 4 * 4;
}

/* Takes numbers from self->next on, until @room or a delta's range is used up. */
static void
plan_feedback(ScTwcc *self, size_t room, Plan *plan)
{
    int64_t last_tick = -1;

    plan->n_statuses = 0;
    plan->deltas_length = 0;
    for (uint64_t number = self->next; number < self->end; number++) {
        int64_t arrival_us = *get_arrival(self, number);

        if (get_length_bound(plan->n_statuses + 1, plan->deltas_length + LARGE_DELTA)
            > room)
            break;
        if (arrival_us == 0)
            plan->symbols[plan->n_statuses] = NOT_RECEIVED;
        else if (!plan_arrival(plan, arrival_us, &last_tick))
            break;
        plan->n_statuses++;
    }
}

static unsigned
count_run(const uint8_t *symbols, unsigned n_symbols)
{
    unsigned n = 1;

    while (n < n_symbols && n < RUN_MAX && symbols[n] == symbols[0])
        n++;
    return n;
}

static bool
fits_one_bit(const uint8_t *symbols, unsigned n_symbols)
{
    for (unsigned i = 0; i < MIN(n_symbols, ONE_BIT_STATUSES); i++) {
        if (symbols[i] > SMALL_DELTA)
            return false;
    }
    return true;
}

/* The chunk that covers most of the first symbols; returns how many it covers. */
static unsigned
encode_chunk(const uint8_t *symbols, unsigned n_symbols, uint16_t *out_chunk)
{
    unsigned run = count_run(symbols, n_symbols);
    bool one_bit = fits_one_bit(symbols, n_symbols);
    unsigned bits = one_bit ? 1 : 2;
    unsigned capacity = one_bit ? ONE_BIT_STATUSES : TWO_BIT_STATUSES;
    unsigned n = MIN(n_symbols, capacity);
    unsigned chunk = one_bit ? VECTOR_BIT : VECTOR_BIT | TWO_BIT_BIT;

    if (run >= n) {
        *out_chunk = (uint16_t)((unsigned)symbols[0] << RUN_SYMBOL_SHIFT | run);
        return run;
    }
    for (unsigned i = 0; i < n; i++)
        chunk |= (unsigned)symbols[i] << (bits * (capacity - 1 - i));
    *out_chunk = (uint16_t)chunk;
    return n;
}

static unsigned
write_chunks(const Plan *plan, ScWriter *writer)
{
    unsigned n_chunks = 0;

    for (unsigned i = 0; i < plan->n_statuses; n_chunks++) {
        uint16_t chunk;

        i += encode_chunk(plan->symbols + i, plan->n_statuses - i, &chunk);
        if (writer != NULL)
            sc_writer_u16(writer, chunk);
    }
    return n_chunks;
}

static void
write_deltas(const Plan *plan, ScWriter *writer)
{
    for (unsigned i = 0; i < plan->n_statuses; i++) {
        if (plan->symbols[i] == SMALL_DELTA)
            sc_writer_u8(writer, (uint8_t)plan->deltas[i]);
        else if (plan->symbols[i] == LARGE_DELTA)
            sc_writer_u16(writer, (uint16_t)plan->deltas[i]);
    }
}

bool
sc_twcc_write(ScTwcc *self, uint32_t sender_ssrc, uint32_t media_ssrc, ScWriter *writer)
{
    Plan plan;

    if (!sc_twcc_is_due(self) || writer->overrun
        || sc_writer_get_left(writer) < SC_TWCC_WRITE_MIN)
        return false;

    plan_feedback(self, sc_writer_get_left(writer), &plan);
    size_t unpadded =
        FIXED_LENGTH + write_chunks(&plan, NULL) * CHUNK_LENGTH + plan.deltas_length;
    size_t length = (unpadded + 3) / 4 * 4;

    sc_rtcp_write_header(writer, FORMAT_TWCC, SC_RTCP_RTPFB, length);
    sc_writer_u32(writer, sender_ssrc);
    sc_writer_u32(writer, media_ssrc);
    sc_writer_u16(writer, (uint16_t)self->next);
    sc_writer_u16(writer, (uint16_t)plan.n_statuses);
    sc_writer_u24(writer, (uint32_t)plan.reference);
    sc_writer_u8(writer, self->feedback_count++);
    write_chunks(&plan, writer);
    write_deltas(&plan, writer);
    for (size_t i = unpadded; i < length; i++)
        sc_writer_u8(writer, 0);
    g_assert(!writer->overrun);

    self->next += plan.n_statuses;
    return true;
}

static unsigned
count_statuses(uint16_t chunk)
{
    if (!(chunk & VECTOR_BIT))
        return chunk & RUN_MAX;
    return chunk & TWO_BIT_BIT ? TWO_BIT_STATUSES : ONE_BIT_STATUSES;
}

/* The symbol of the status that has @n_behind ones behind it in @chunk. */
static Symbol
get_symbol(uint16_t chunk, unsigned n_behind)
{
    if (!(chunk & VECTOR_BIT))
        return (Symbol)(chunk >> RUN_SYMBOL_SHIFT & 3);
    if (chunk & TWO_BIT_BIT)
        return (Symbol)(chunk >> (2 * n_behind) & 3);
    return (Symbol)(chunk >> n_behind & 1);
}

/* Bytes of the deltas of the first @n_statuses of @chunk; false at a reserved symbol. */
static bool
measure_chunk(uint16_t chunk, unsigned n_statuses, size_t *deltas_length)
{
    unsigned n_held = count_statuses(chunk);

    if (!(chunk & VECTOR_BIT)) {
        *deltas_length += (size_t)n_statuses * get_symbol(chunk, 0);
        return get_symbol(chunk, 0) != RESERVED;
    }
    for (unsigned i = 0; i < n_statuses; i++) {
        Symbol symbol = get_symbol(chunk, n_held - 1 - i);

        if (symbol == RESERVED)
            return false;
        *deltas_length += symbol;
    }
    return true;
}

/* Finds where chunks end and deltas begin. */
static bool
measure_chunks(ScReader *reader, unsigned n_statuses, size_t *out_deltas_length)
{
    size_t deltas_length = 0;

    while (n_statuses > 0) {
        uint16_t chunk = sc_reader_u16(reader);
        unsigned n = MIN(count_statuses(chunk), n_statuses);

        if (reader->overrun || n == 0 || !measure_chunk(chunk, n, &deltas_length))
            return false;
        n_statuses -= n;
    }
    *out_deltas_length = deltas_length;
    return true;
}

bool
sc_twcc_parse(const ScFeedback *feedback, ScTwccFeedback *out_feedback)
{
    ScReader reader = sc_reader_init(feedback->fci, feedback->fci_length);
    ScTwccFeedback parsed = { 0 };
    size_t deltas_length;

    parsed.base_sequence = sc_reader_u16(&reader);
    parsed.n_statuses = sc_reader_u16(&reader);
    parsed.arrival_us = (int64_t)sc_reader_u24(&reader) * SC_TWCC_REFERENCE_US;
    parsed.feedback_count = sc_reader_u8(&reader);
    parsed.chunks = reader;
    if (feedback->kind != SC_FEEDBACK_TWCC || reader.overrun || parsed.n_statuses == 0
        || parsed.n_statuses > SC_TWCC_STATUSES_MAX)
        return false;
    if (!measure_chunks(&reader, parsed.n_statuses, &deltas_length)
        || deltas_length > sc_reader_get_left(&reader))
        return false;

    parsed.deltas = reader;
    *out_feedback = parsed;
    return true;
}

static void
take_delta(ScTwccFeedback *self, int32_t ticks, ScTwccStatus *status)
{
    status->received = true;
    status->delta_us = ticks * SC_TWCC_TICK_US;
    self->arrival_us += status->delta_us;
    status->arrival_us = self->arrival_us;
}

bool
sc_twcc_next(ScTwccFeedback *self, ScTwccStatus *out_status)
{
    if (self->n_given == self->n_statuses)
        return false;
    if (self->n_in_chunk == 0) {
        self->chunk = sc_reader_u16(&self->chunks);
        self->n_in_chunk = (uint16_t)count_statuses(self->chunk);
    }

    *out_status = (ScTwccStatus){
        .sequence = (uint16_t)(self->base_sequence + self->n_given),
    };
    self->n_given++;
    self->n_in_chunk--;
    switch (get_symbol(self->chunk, self->n_in_chunk)) {
    case NOT_RECEIVED:
    case RESERVED: /* refused by sc_twcc_parse() */
        break;
    case SMALL_DELTA:
        take_delta(self, sc_reader_u8(&self->deltas), out_status);
        break;
    case LARGE_DELTA:
        take_delta(self, (int16_t)sc_reader_u16(&self->deltas), out_status);
        break;
    }
    return true;
}

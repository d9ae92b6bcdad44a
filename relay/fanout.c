/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/fanout.h"

#include <errno.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>

#include "relay/wire/rtp.h"

enum {
    MESSAGES_MAX = 64, /* of one sendmmsg */
    ARENA_SIZE = 512 * 1024,
    DATAGRAM_MAX = 1500,
    HEADER_MAX = SC_RTP_HEADER_LENGTH + SC_EXTENSION_WRITE_MAX,
};

/* The control message with our own address stands first, so that leaving it away is a
 * matter of where the kernel begins to read. */
typedef union {
    size_t align; /* as a cmsghdr's */
    uint8_t bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(uint16_t))];
} Control;

typedef struct {
    unsigned n_packets;
    unsigned segment;   /* bytes of each packet but the last */
    int64_t arrival_us; /* of the first packet; 0: not measured */
    bool is_media;
} Note;

struct ScFanout {
    ScFanoutSetup setup;
    uint32_t abs_send_time;
    int64_t now_us;
    /* queued */
    unsigned n_messages;
    unsigned n_jobs;
    size_t used; /* bytes of @arena */
    struct mmsghdr messages[MESSAGES_MAX];
    struct iovec parts[MESSAGES_MAX];
    Control controls[MESSAGES_MAX];
    ScSocketName names[MESSAGES_MAX]; /* of datagrams; media borrow their outlet's */
    Note notes[MESSAGES_MAX];
    ScEncryptJob jobs[SC_ENCRYPT_BATCH_MAX];
    uint8_t *arena;   /* owned */
    uint8_t *staging; /* owned; RTX payloads, a cell for each job */
};

/* The headers of control messages never change; only their values do. */
static void
init_control(Control *control)
{
    struct cmsghdr *source = (struct cmsghdr *)control;
    struct cmsghdr *segment =
        (struct cmsghdr *)(control->bytes + CMSG_SPACE(sizeof(struct in6_pktinfo)));

    source->cmsg_level = IPPROTO_IPV6;
    source->cmsg_type = IPV6_PKTINFO;
    source->cmsg_len = CMSG_LEN(sizeof(struct in6_pktinfo));
    segment->cmsg_level = IPPROTO_UDP;
    segment->cmsg_type = UDP_SEGMENT;
    segment->cmsg_len = CMSG_LEN(sizeof(uint16_t));
}

ScFanout *
sc_fanout_new(const ScFanoutSetup *setup)
{
    ScFanout *self = g_new0(ScFanout, 1);

    self->setup = *setup;
    self->arena = g_malloc(ARENA_SIZE);
    self->staging = g_malloc((size_t)SC_ENCRYPT_BATCH_MAX * DATAGRAM_MAX);
    for (unsigned i = 0; i < MESSAGES_MAX; i++) {
        init_control(&self->controls[i]);
        self->messages[i].msg_hdr.msg_iov = &self->parts[i];
        self->messages[i].msg_hdr.msg_iovlen = 1;
    }
    return self;
}

void
sc_fanout_free(ScFanout *self)
{
    if (self == NULL)
        return;
    g_free(self->arena);
    g_free(self->staging);
    g_free(self);
}

void
sc_fanout_begin(ScFanout *self, int64_t now_us)
{
    self->abs_send_time = sc_extension_get_abs_send_time(now_us);
    self->now_us = now_us;
}

/* A message that is not cut, or whose peer has no fixed address of ours, leaves the one
 * or the other control message out. */
static void
set_control(ScFanout *self, unsigned index, const struct in6_addr *source,
            unsigned segment)
{
    const size_t source_space = CMSG_SPACE(sizeof(struct in6_pktinfo));
    Control *control = &self->controls[index];
    struct msghdr *message = &self->messages[index].msg_hdr;
    bool has_source = source != NULL && self->setup.family == AF_INET6;

    if (has_source) {
        struct in6_pktinfo info = { .ipi6_addr = *source };
        memcpy(control->bytes + CMSG_LEN(0), &info, sizeof info);
    }
    if (segment > 0) {
        uint16_t size = (uint16_t)segment;
        memcpy(control->bytes + source_space + CMSG_LEN(0), &size, sizeof size);
    }
    message->msg_control = control->bytes + (has_source ? 0 : source_space);
    message->msg_controllen = (has_source ? source_space : 0)
                              + (segment > 0 ? CMSG_SPACE(sizeof(uint16_t)) : 0);
}

static void
queue_message(ScFanout *self, const ScSocketName *name, socklen_t name_length,
              const struct in6_addr *source, size_t length, const Note *note)
{
    unsigned index = self->n_messages++;
    struct msghdr *message = &self->messages[index].msg_hdr;

    message->msg_name = (void *)name;
    message->msg_namelen = name_length;
    self->parts[index] = (struct iovec){ self->arena + self->used, length };
    set_control(self, index, source, note->n_packets > 1 ? note->segment : 0);
    self->notes[index] = *note;
    self->used += length;
}

static void
reserve(ScFanout *self, unsigned n_messages, unsigned n_jobs, size_t n_bytes)
{
    if (self->n_messages + n_messages > MESSAGES_MAX
        || self->n_jobs + n_jobs > SC_ENCRYPT_BATCH_MAX
        || self->used + n_bytes > ARENA_SIZE)
        sc_fanout_flush(self);
}

static inline void
store_u32(uint8_t *out, uint32_t value)
{
    value = GUINT32_TO_BE(value);
    memcpy(out, &value, sizeof value);
}

typedef struct {
    uint32_t ssrc;
    uint32_t timestamp;
    uint64_t sequence; /* extended */
    uint8_t payload_type;
    bool marker;
    bool has_padding;
} Header;

/* docs/wire.md#what-a-receiver-gets. Returns its length, the same for all of a receiver.
 */
static inline unsigned
write_header(const ScFanout *self, ScOutlet *outlet, const Header *header, uint8_t *out)
{
    store_u32(out, 2U << 30 | (uint32_t)header->has_padding << 29
                       | (uint32_t)(outlet->extension_length > 0) << 28
                       | (uint32_t)header->marker << 23
                       | (uint32_t)header->payload_type << 16
                       | (uint16_t)header->sequence);
    store_u32(out + 4, header->timestamp);
    store_u32(out + 8, header->ssrc);

    /* Always all 16 bytes: sealing overwrites what is too much. */
    uint8_t *extension = out + SC_RTP_HEADER_LENGTH;
    memcpy(extension, outlet->extension, SC_EXTENSION_WRITE_MAX);
    if (outlet->abs_send_time_offset > 0) {
        uint8_t *value = extension + outlet->abs_send_time_offset;
        value[0] = (uint8_t)(self->abs_send_time >> 16);
        value[1] = (uint8_t)(self->abs_send_time >> 8);
        value[2] = (uint8_t)self->abs_send_time;
    }
    if (outlet->transport_cc_offset > 0) {
        uint8_t *value = extension + outlet->transport_cc_offset;
        uint16_t number = outlet->wide_sequence++;
        value[0] = (uint8_t)(number >> 8);
        value[1] = (uint8_t)number;
    }
    return SC_RTP_HEADER_LENGTH + outlet->extension_length;
}

/* The transport-wide number that @header was given, where the receiver takes them, is the
 * next one's. */
static void
take_number_back(ScOutlet *outlet, uint8_t *header)
{
    uint8_t *extension = header + SC_RTP_HEADER_LENGTH;

    if (outlet->transport_cc_offset == 0)
        return;
    outlet->wide_sequence--;
    /* identifier, length and number become padding: RFC 8285, 4.2 */
    memset(extension + outlet->transport_cc_offset - 1, 0, 3);
}

/* Behind the numbers of the packets. */
static inline void
note_sent(const ScFanout *self, ScOutlet *outlet, unsigned n_packets, size_t n_bytes)
{
    if (outlet->bandwidth != NULL)
        sc_bandwidth_note_sent(outlet->bandwidth,
                               (uint16_t)(outlet->wide_sequence - n_packets), n_packets,
                               n_bytes, self->now_us);
}

/* Queues the packets of one run, back to back, and the message that carries them. */
static void
send_run(ScFanout *self, ScSlot *slot, const ScRunPlan *plan, unsigned first,
         unsigned count, unsigned segment)
{
    ScOutlet *outlet = slot->outlet;
    const ScFeed *feed = &slot->feeds[0];
    uint8_t *begin = self->arena + self->used;
    uint8_t *out = begin;
    Header header = { .ssrc = slot->spec.ssrc, .payload_type = feed->payload_type };
    unsigned overhead = 0;
    uint64_t highest = 0;
    size_t n_bytes = 0;

    for (unsigned i = first; i < first + count; i++) {
        const ScRunItem *item = &plan->items[i];
        const ScPacket *packet = item->packet;
        ScEncryptJob *job = &self->jobs[self->n_jobs++];

        header.sequence = sc_feed_map_sequence(feed, packet->sequence);
        header.timestamp = sc_feed_map_timestamp(feed, packet);
        header.marker = packet->marker;
        header.has_padding = item->padding > 0;
        job->key = outlet->key;
        job->out = out;
        job->payload = item->payload;
        job->roc = (uint32_t)(header.sequence >> 16);
        job->header_length = (uint16_t)write_header(self, outlet, &header, out);
        job->payload_length = (uint16_t)(packet->length + item->padding);
        overhead = job->header_length + outlet->tag_length;
        out += job->payload_length + overhead;
        n_bytes += job->payload_length;
        highest = MAX(highest, packet->sequence);
    }

    Note note = {
        .n_packets = count,
        .segment = segment + overhead,
        .arrival_us = plan->is_live ? plan->items[first].packet->arrival_us : 0,
        .is_media = true,
    };
    queue_message(self, &outlet->name, outlet->name_length,
                  outlet->has_source ? &outlet->source : NULL, (size_t)(out - begin),
                  &note);
    outlet->n_packets += count;
    outlet->n_bytes += (size_t)(out - begin);
    note_sent(self, outlet, count, (size_t)(out - begin));
    sc_slot_note_sent(slot, highest, header.timestamp, count, n_bytes);
}

void
sc_fanout_send(ScFanout *self, ScSlot *slot, const ScRunPlan *plan)
{
    for (unsigned i = 0; i < plan->n_runs; i++) {
        const ScRun *run = &plan->runs[i];
        size_t room =
            run->n_bytes + (size_t)run->count * (HEADER_MAX + SC_ENCRYPT_TAG_MAX);

        if (self->setup.gso) {
            reserve(self, 1, run->count, room);
            send_run(self, slot, plan, run->first, run->count, run->segment);
            continue;
        }
        for (unsigned j = 0; j < run->count; j++) {
            reserve(self, 1, 1, DATAGRAM_MAX);
            send_run(self, slot, plan, run->first + j, 1, run->segment);
        }
    }
}

static bool
has_rtx(const ScSlot *slot, const ScFeed *feed)
{
    return feed->rtx_payload_type != SC_TRACK_NO_PAYLOAD_TYPE && slot->spec.rtx_ssrc != 0;
}

/* Under its own number. */
static void
fill_again(const ScSlot *slot, const ScFeed *feed, const ScPacket *packet, Header *header,
           ScEncryptJob *job)
{
    *header = (Header){
        .ssrc = slot->spec.ssrc,
        .timestamp = sc_feed_map_timestamp(feed, packet),
        .sequence = sc_feed_map_sequence(feed, packet->sequence),
        .payload_type = feed->payload_type,
        .marker = packet->marker,
    };
    job->payload = sc_history_get_payload(feed->layer->history, packet);
    job->payload_length = packet->length;
}

/* In the RTX stream: what fill_again() made, behind its number (RFC 4588, section 4). */
static void
turn_into_rtx(ScFanout *self, ScSlot *slot, const ScFeed *feed, Header *header,
              ScEncryptJob *job)
{
    uint8_t *staged = self->staging + (size_t)(job - self->jobs) * DATAGRAM_MAX;

    staged[0] = (uint8_t)(header->sequence >> 8);
    staged[1] = (uint8_t)header->sequence;
    memcpy(staged + SC_RTP_RTX_LENGTH, job->payload, job->payload_length);
    job->payload = staged;
    job->payload_length += SC_RTP_RTX_LENGTH;
    header->ssrc = slot->spec.rtx_ssrc;
    header->sequence = slot->next_rtx++;
    header->payload_type = feed->rtx_payload_type;
}

size_t
sc_fanout_repair(ScFanout *self, ScSlot *slot, const ScFeed *feed, const ScPacket *packet)
{
    ScOutlet *outlet = slot->outlet;
    bool is_rtx = has_rtx(slot, feed);
    Header header;

    if (!is_rtx && outlet->profile == SC_SRTP_AEAD_AES_128_GCM)
        return 0;
    reserve(self, 1, 1, DATAGRAM_MAX + HEADER_MAX + SC_ENCRYPT_TAG_MAX);

    ScEncryptJob *job = &self->jobs[self->n_jobs++];
    fill_again(slot, feed, packet, &header, job);
    if (is_rtx)
        turn_into_rtx(self, slot, feed, &header, job);
    job->key = outlet->key;
    job->out = self->arena + self->used;
    job->roc = (uint32_t)(header.sequence >> 16);
    job->header_length = (uint16_t)write_header(self, outlet, &header, job->out);

    size_t length = (size_t)job->header_length + job->payload_length + outlet->tag_length;
    Note note = { .n_packets = 1, .is_media = true };
    queue_message(self, &outlet->name, outlet->name_length,
                  outlet->has_source ? &outlet->source : NULL, length, &note);
    outlet->n_packets++;
    outlet->n_bytes += length;
    if (is_rtx)
        note_sent(self, outlet, 1, length);
    else
        take_number_back(outlet, job->out);
    return length;
}

void
sc_fanout_post(ScFanout *self, const ScAddress *to, const struct in6_addr *source,
               const uint8_t *data, size_t length)
{
    Note note = { .n_packets = 1 };

    g_assert(length <= DATAGRAM_MAX);
    reserve(self, 1, 0, length);

    ScSocketName *name = &self->names[self->n_messages];
    socklen_t name_length = sc_socket_write_name(self->setup.family, to, name);
    memcpy(self->arena + self->used, data, length);
    queue_message(self, name, name_length, source, length, &note);
}

static void
count_sent(ScFanout *self, unsigned first, unsigned n_sent, int64_t now_us)
{
    ScStats *stats = self->setup.stats;
    uint64_t n_packets = 0;
    uint64_t n_bytes = 0;
    unsigned n_media = 0;

    for (unsigned i = first; i < first + n_sent; i++) {
        const Note *note = &self->notes[i];

        if (!note->is_media)
            continue;
        n_media++;
        n_packets += note->n_packets;
        n_bytes += self->parts[i].iov_len;
        if (note->arrival_us != 0)
            sc_histogram_add(&stats->forward_us, now_us - note->arrival_us,
                             note->n_packets);
    }
    sc_stats_count(stats, SC_COUNTER_PACKETS_OUT, n_packets);
    sc_stats_count(stats, SC_COUNTER_BYTES_OUT, n_bytes);
    sc_stats_count(stats, SC_COUNTER_MESSAGES_OUT, n_media);
    sc_stats_count(stats, SC_COUNTER_DATAGRAMS_OUT, n_sent - n_media);
}

static void
drop_rest(ScFanout *self, unsigned first, unsigned end, ScVerdict verdict)
{
    uint64_t n_packets = 0;

    for (unsigned i = first; i < end; i++)
        n_packets += self->notes[i].n_packets;
    sc_stats_judge(self->setup.stats, verdict, n_packets);
}

/* A device without checksum offload refuses segments (EIO) although the kernel knows
 * them. So what was refused as one message goes out packet by packet; where that works,
 * it was the segments, and later messages have none. */
static void
send_uncut(ScFanout *self, unsigned index)
{
    const Note *note = &self->notes[index];
    struct msghdr message = self->messages[index].msg_hdr;
    struct iovec rest = self->parts[index];
    unsigned n_sent = 0;

    message.msg_controllen -= CMSG_SPACE(sizeof(uint16_t));
    for (unsigned i = 0; i < note->n_packets; i++) {
        struct iovec part = { rest.iov_base, MIN(note->segment, rest.iov_len) };

        message.msg_iov = &part;
        n_sent += sendmsg(self->setup.fd, &message, 0) >= 0;
        rest.iov_base = (uint8_t *)rest.iov_base + part.iov_len;
        rest.iov_len -= part.iov_len;
    }
    sc_stats_judge(self->setup.stats, SC_VERDICT_SEND_FAILED, note->n_packets - n_sent);
    sc_stats_count(self->setup.stats, SC_COUNTER_PACKETS_OUT, n_sent);
    sc_stats_count(self->setup.stats, SC_COUNTER_MESSAGES_OUT, n_sent);
    if (n_sent == 0)
        return;
    sc_stats_count(self->setup.stats, SC_COUNTER_GSO_REFUSED, 1);
    self->setup.gso = false;
}

static void
send_messages(ScFanout *self)
{
    unsigned next = 0;

    while (next < self->n_messages) {
        int n_sent =
            sendmmsg(self->setup.fd, &self->messages[next], self->n_messages - next, 0);

        sc_stats_count(self->setup.stats, SC_COUNTER_SEND_CALLS, 1);
        if (n_sent > 0) {
            count_sent(self, next, (unsigned)n_sent, g_get_monotonic_time());
            next += (unsigned)n_sent;
        } else if (errno == EAGAIN || errno == ENOBUFS) {
            drop_rest(self, next, self->n_messages, SC_VERDICT_SEND_WOULD_BLOCK);
            return;
        } else if (errno != EINTR) {
            if ((errno == EIO || errno == EINVAL) && self->notes[next].n_packets > 1)
                send_uncut(self, next);
            else
                drop_rest(self, next, next + 1, SC_VERDICT_SEND_FAILED);
            next++;
        }
    }
}

void
sc_fanout_flush(ScFanout *self)
{
    if (self->n_jobs > 0)
        sc_encryptor_seal(self->setup.encryptor, self->jobs, self->n_jobs);
    if (self->n_messages > 0)
        send_messages(self);
    self->n_jobs = 0;
    self->n_messages = 0;
    self->used = 0;
}

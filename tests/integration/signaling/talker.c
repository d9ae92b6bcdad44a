/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/signaling/talker.h"

#include <string.h>

#include <glib-unix.h>

#define PAYLOAD_TYPE 111
#define PAYLOAD_LENGTH 60     /* bytes: mark, number, padding */
#define RTP_HEADER_LENGTH 12  /* bytes, RFC 3550, section 5.1 */
#define CLOCK_PER_PACKET 960  /* 48 kHz, 20 ms */
#define SSRC_BASE 0x5c000000u /* of publishers, by their mark */
#define N_WATCHED_AUDIO 2     /* main-audio and guest-audio, or two voices */
#define N_WATCHED_VIDEO 3

static gboolean
on_datagrams(gint fd G_GNUC_UNUSED, GIOCondition condition G_GNUC_UNUSED,
             gpointer user_data)
{
    Media *media = user_data;

    sc_peer_loop_run_once(media->loop, 0);
    return G_SOURCE_CONTINUE;
}

static gboolean
on_tick(gpointer user_data)
{
    Media *media = user_data;

    sc_peer_loop_run_once(media->loop, 0);
    return G_SOURCE_CONTINUE;
}

Media *
media_new(Place *place)
{
    Media *media = g_new0(Media, 1);

    media->place = place;
    media->loop = sc_peer_loop_new();
    media->identity = sc_peer_identity_new();
    media->datagrams =
        g_unix_fd_add(sc_peer_loop_get_fd(media->loop), G_IO_IN, on_datagrams, media);
    media->ticks = g_timeout_add(SC_PEER_TICK_US / 1000, on_tick, media);
    return media;
}

void
media_free(Media *media)
{
    g_source_remove(media->datagrams);
    g_source_remove(media->ticks);
    sc_peer_loop_free(media->loop);
    sc_peer_identity_free(media->identity);
    g_free(media);
}

static uint32_t
read_be32(const uint8_t *data)
{
    uint32_t value;

    memcpy(&value, data, sizeof value);
    return GUINT32_FROM_BE(value);
}

static void
write_be32(uint8_t *data, uint32_t value)
{
    value = GUINT32_TO_BE(value);
    memcpy(data, &value, sizeof value);
}

static void
count_packet(TalkerSlot *slot, uint16_t sequence, uint8_t mark, uint32_t number)
{
    if (slot->n_packets > 0 && sequence != (uint16_t)(slot->sequence + 1))
        slot->n_jumps++;
    if (slot->mark == mark && number != slot->number + 1)
        slot->n_missing += number - slot->number - 1;
    slot->n_packets++;
    slot->sequence = sequence;
    slot->mark = mark;
    slot->number = number;
}

static void
on_rtp(ScPeer *peer G_GNUC_UNUSED, uint8_t *data, size_t length,
       int64_t now_us G_GNUC_UNUSED, void *user_data)
{
    Talker *talker = user_data;
    size_t offset = RTP_HEADER_LENGTH;

    g_assert_cmpuint(length, >=, RTP_HEADER_LENGTH);
    if ((data[0] & 0x10) != 0) /* X: a header extension */
        offset += 4 + 4 * ((size_t)data[offset + 2] << 8 | data[offset + 3]);
    g_assert_cmpuint(length, ==, offset + PAYLOAD_LENGTH);
    for (unsigned i = 0; i < talker->n_slots; i++)
        if (talker->slots[i].ssrc == read_be32(data + 8)) {
            count_packet(&talker->slots[i], (uint16_t)(data[2] << 8 | data[3]),
                         data[offset], read_be32(data + offset + 1));
            return;
        }
    g_error("RTP of SSRC %08x, which no section of the answer names",
            read_be32(data + 8));
}

Talker *
talker_new(Media *media, unsigned site, uint8_t mark)
{
    Talker *talker = g_new0(Talker, 1);

    talker->media = media;
    talker->site = site;
    talker->mark = mark;
    return talker;
}

void
talker_free(Talker *talker)
{
    talker_set_silent(talker, true);
    sc_peer_free(talker->peer);
    g_free(talker->location);
    g_free(talker->etag);
    g_free(talker);
}

static void
open_peer(Talker *talker)
{
    static const ScPeerHandlers handlers = { .on_rtp = on_rtp };
    const ScPeerOptions options = {
        .identity = talker->media->identity,
        .handlers = &handlers,
        .user_data = talker,
    };

    sc_peer_free(talker->peer);
    talker->peer = sc_peer_new(talker->media->loop, &options, NULL);
    g_assert_nonnull(talker->peer);
}

static void
append_section(GString *offer, const char *kind, unsigned mid, const Talker *talker)
{
    bool is_audio = g_str_equal(kind, "audio");
    unsigned payload_type = is_audio ? PAYLOAD_TYPE : PAYLOAD_TYPE + 1;

    g_string_append_printf(offer,
                           "m=%s 9 UDP/TLS/RTP/SAVPF %u\r\nc=IN IP4 0.0.0.0\r\n"
                           "a=mid:%u\r\na=rtcp-mux\r\na=%s\r\na=rtpmap:%u %s\r\n",
                           kind, payload_type, mid,
                           talker->mark != 0 ? "sendonly" : "recvonly", payload_type,
                           is_audio ? "opus/48000/2" : "VP8/90000");
    if (talker->mark != 0)
        g_string_append_printf(offer, "a=ssrc:%u cname:talker\r\n",
                               SSRC_BASE + talker->mark);
}

static char *
write_offer(const Talker *talker)
{
    g_autoptr(GString) offer = g_string_new(NULL);
    unsigned n_audio = talker->mark != 0 ? 1 : N_WATCHED_AUDIO;
    unsigned n_video = talker->mark != 0 ? 0 : N_WATCHED_VIDEO;

    g_string_append(offer, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
                           "a=group:BUNDLE");
    for (unsigned i = 0; i < n_audio + n_video; i++)
        g_string_append_printf(offer, " %u", i);
    g_string_append_printf(offer,
                           "\r\na=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=fingerprint:%s\r\n"
                           "a=setup:actpass\r\n",
                           sc_peer_get_ufrag(talker->peer),
                           sc_peer_get_password(talker->peer),
                           sc_peer_identity_get_fingerprint(talker->media->identity));
    for (unsigned i = 0; i < n_audio + n_video; i++)
        append_section(offer, i < n_audio ? "audio" : "video", i, talker);
    return g_string_free(g_steal_pointer(&offer), FALSE);
}

/* The value of the first line of @text that begins with @name. */
static char *
dup_value(const char *text, const char *name)
{
    const char *found = strstr(text, name);

    g_assert_nonnull(found);
    found += strlen(name);
    return g_strndup(found, strcspn(found, "\r\n"));
}

static void
read_slots(Talker *talker, const char *answer)
{
    g_auto(GStrv) sections = g_strsplit(answer, "\r\nm=", -1);

    talker->n_slots = 0;
    for (char **section = sections + 1; *section != NULL; section++) {
        g_assert_cmpuint(talker->n_slots, <, TALKER_SLOTS_MAX);
        TalkerSlot *slot = &talker->slots[talker->n_slots++];
        const char *ssrc = strstr(*section, "a=ssrc:");
        *slot = (TalkerSlot){ 0 };
        if (ssrc != NULL)
            slot->ssrc = (uint32_t)g_ascii_strtoull(ssrc + strlen("a=ssrc:"), NULL, 10);
    }
}

static void
connect_to(Talker *talker, const char *answer)
{
    g_autofree char *ufrag = dup_value(answer, "a=ice-ufrag:");
    g_autofree char *password = dup_value(answer, "a=ice-pwd:");
    g_autofree char *fingerprint = dup_value(answer, "a=fingerprint:");
    g_autofree char *candidate = dup_value(answer, "a=candidate:");
    g_auto(GStrv) words = g_strsplit(candidate, " ", -1);
    ScAddress address;

    g_assert_cmpuint(g_strv_length(words), >=, 8);
    g_assert_true(sc_address_parse(
        words[4], (uint16_t)g_ascii_strtoull(words[5], NULL, 10), &address));
    sc_peer_connect(talker->peer, &address, ufrag, password, fingerprint);
}

Answer
talker_post(Talker *talker)
{
    open_peer(talker);
    g_autofree char *offer = write_offer(talker);
    Answer answer =
        client_send(talker->media->place,
                    &(Request){ .method = "POST",
                                .path = talker->mark != 0 ? "/whip/{}" : "/whep/{}",
                                .token = talker->media->place->tokens[talker->site],
                                .content_type = "application/sdp",
                                .body = offer,
                                .body_length = -1 });

    if (answer.status != 201)
        return answer;
    g_free(talker->location);
    g_free(talker->etag);
    talker->location = g_strdup(answer_get_header(&answer, "Location"));
    talker->etag = g_strdup(answer_get_header(&answer, "ETag"));
    g_assert_nonnull(talker->location);
    g_assert_nonnull(talker->etag);
    if (talker->mark == 0)
        read_slots(talker, answer.body);
    connect_to(talker, answer.body);
    return answer;
}

static bool
is_connected(gpointer user_data)
{
    Talker *talker = user_data;

    return sc_peer_get_state(talker->peer) == SC_PEER_CONNECTED;
}

static void
send_packet(Talker *talker)
{
    uint8_t packet[RTP_HEADER_LENGTH + PAYLOAD_LENGTH] = { 0x80, PAYLOAD_TYPE };

    packet[2] = (uint8_t)(talker->number >> 8);
    packet[3] = (uint8_t)talker->number;
    write_be32(packet + 4, talker->number * CLOCK_PER_PACKET);
    write_be32(packet + 8, SSRC_BASE + talker->mark);
    packet[RTP_HEADER_LENGTH] = talker->mark;
    write_be32(packet + RTP_HEADER_LENGTH + 1, talker->number);
    g_assert_true(sc_peer_send_rtp(talker->peer, packet, sizeof packet));
    talker->number++;
}

static gboolean
on_send(gpointer user_data)
{
    Talker *talker = user_data;
    gint64 now_us = g_get_monotonic_time();

    for (; talker->next_us <= now_us; talker->next_us += TALKER_PACKET_MS * 1000)
        send_packet(talker);
    return G_SOURCE_CONTINUE;
}

void
talker_set_silent(Talker *talker, bool is_silent)
{
    if (is_silent && talker->sender != 0)
        g_source_remove(talker->sender);
    else if (!is_silent && talker->sender == 0) {
        talker->next_us = g_get_monotonic_time();
        talker->sender = g_timeout_add(TALKER_PACKET_MS / 4, on_send, talker);
        return;
    }
    if (is_silent)
        talker->sender = 0;
}

void
talker_begin(Talker *talker)
{
    place_run_until(is_connected, talker, "DTLS with the relay");
    if (talker->mark != 0)
        talker_set_silent(talker, false);
}

void
talker_join(Talker *talker)
{
    g_auto(Answer) answer = talker_post(talker);

    if (answer.status != 201)
        g_error("%u %s", answer.status, answer.body);
    talker_begin(talker);
}

static Answer
patch(Talker *talker, const char *fragment, const char *if_match)
{
    return client_send(talker->media->place,
                       &(Request){ .method = "PATCH",
                                   .path = talker->location,
                                   .token = talker->media->place->tokens[talker->site],
                                   .content_type = "application/trickle-ice-sdpfrag",
                                   .body = fragment,
                                   .body_length = -1,
                                   .if_match = if_match });
}

void
talker_restart_ice(Talker *talker)
{
    sc_peer_restart(talker->peer);
    g_autofree char *fragment = g_strdup_printf(
        "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n",
        sc_peer_get_ufrag(talker->peer), sc_peer_get_password(talker->peer));
    g_auto(Answer) answer = patch(talker, fragment, "*");

    if (answer.status != 200)
        g_error("%u %s", answer.status, answer.body);
    g_autofree char *ufrag = dup_value(answer.body, "a=ice-ufrag:");
    g_autofree char *password = dup_value(answer.body, "a=ice-pwd:");
    sc_peer_set_remote(talker->peer, ufrag, password);
    g_assert_cmpstr(answer_get_header(&answer, "ETag"), !=, talker->etag);
    g_free(talker->etag);
    talker->etag = g_strdup(answer_get_header(&answer, "ETag"));
}

Answer
talker_trickle(Talker *talker, const char *etag)
{
    g_autofree char *fragment = g_strdup_printf(
        "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n"
        "a=candidate:1 1 UDP 2130706431 127.0.0.1 9 typ host\r\na=end-of-candidates\r\n",
        sc_peer_get_ufrag(talker->peer), sc_peer_get_password(talker->peer));

    return patch(talker, fragment, etag);
}

Answer
talker_delete(Talker *talker)
{
    return client_send(talker->media->place,
                       &(Request){ .method = "DELETE",
                                   .path = talker->location,
                                   .token = talker->media->place->tokens[talker->site] });
}

typedef struct {
    const TalkerSlot *slot;
    uint8_t mark;
    uint64_t n_packets; /* in all, by then */
} Expectation;

static bool
is_met(gpointer user_data)
{
    const Expectation *expectation = user_data;

    return expectation->slot->mark == expectation->mark
           && expectation->slot->n_packets >= expectation->n_packets;
}

void
talker_await(Talker *talker, unsigned slot, uint8_t mark, uint64_t n_packets)
{
    Expectation expectation = { &talker->slots[slot], mark,
                                talker->slots[slot].n_packets + n_packets };

    place_run_until(is_met, &expectation, "media in a slot");
}

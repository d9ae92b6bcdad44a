/* SPDX-License-Identifier: Apache-2.0 */
/* Both back ends against the RFCs' vectors and, packet by packet, against libsrtp. */
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#include <glib.h>
#include <srtp2/srtp.h>

#include "relay/encrypt-backend.h"
#include "relay/encrypt.h"
#include "tests/unit/wire/hex.h"

#define PAYLOAD_MAX 1400
#define HEADER_MAX (12 + 15 * 4 + 4 + 32)
#define PACKET_MAX (HEADER_MAX + PAYLOAD_MAX + SC_ENCRYPT_TAG_MAX)
#define N_RECEIVERS 24

static const char *const BACKENDS[] = { "openssl", "ipsec-mb" };
static const ScSrtpProfile PROFILES[] = { SC_SRTP_AES128_CM_SHA1_80,
                                          SC_SRTP_AEAD_AES_128_GCM };

typedef struct {
    ScSrtpProfile profile;
    ScSrtpMaster master;
    uint32_t ssrc;
    ScEncryptKey *key; /* owned */
} Receiver;

typedef struct {
    uint8_t payload[PAYLOAD_MAX];
    uint8_t plain[PACKET_MAX]; /* header and payload */
    uint8_t expected[PACKET_MAX];
    size_t expected_length;
    size_t at; /* in the arena */
    ScEncryptJob job;
} Packet;

static void
fill_random(uint8_t *out, size_t length)
{
    for (size_t i = 0; i < length; i++)
        out[i] = (uint8_t)g_test_rand_int();
}

/* NULL, and the test skipped, where this build or processor does not have it. */
static ScEncryptor *
make_encryptor(gconstpointer name)
{
    g_autoptr(GError) error = NULL;
    ScEncryptor *encryptor = sc_encryptor_new(name, &error);

    if (encryptor == NULL)
        g_test_skip(error->message);
    else
        g_assert_cmpstr(sc_encryptor_get_name(encryptor), ==, name);
    return encryptor;
}

static srtp_t
make_reference(ScSrtpProfile profile, const ScSrtpMaster *master, uint32_t ssrc)
{
    uint8_t key[SC_SRTP_KEY_LENGTH + SC_SRTP_SALT_LENGTH_MAX];
    srtp_policy_t policy = { .ssrc = { .type = ssrc_specific, .value = ssrc },
                             .key = key };
    srtp_t session;

    memcpy(key, master->key, SC_SRTP_KEY_LENGTH);
    memcpy(key + SC_SRTP_KEY_LENGTH, master->salt, SC_SRTP_SALT_LENGTH_MAX);
    if (profile == SC_SRTP_AEAD_AES_128_GCM)
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
    else
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
    policy.rtcp = policy.rtp;
    g_assert_cmpint(srtp_create(&session, &policy), ==, srtp_err_status_ok);
    return session;
}

static void
make_receiver(ScEncryptor *encryptor, Receiver *out_receiver)
{
    out_receiver->profile = PROFILES[g_test_rand_int_range(0, 2)];
    out_receiver->ssrc = g_test_rand_int();
    fill_random(out_receiver->master.key, sizeof out_receiver->master.key);
    fill_random(out_receiver->master.salt, sizeof out_receiver->master.salt);
    out_receiver->key =
        sc_encrypt_key_new(encryptor, out_receiver->profile, &out_receiver->master);
}

/* 12 bytes, with CSRCs and an extension where @plain is false. */
static uint16_t
write_header(uint8_t *out, uint32_t ssrc, uint16_t sequence, bool plain)
{
    unsigned n_csrcs = plain ? 0 : (unsigned)g_test_rand_int_range(0, 16);
    unsigned n_words = plain ? 0 : (unsigned)g_test_rand_int_range(0, 9);
    unsigned extension = plain ? 0 : 4 + n_words * 4;
    uint8_t *behind = out + 12 + n_csrcs * 4;

    fill_random(out, HEADER_MAX);
    out[0] = (uint8_t)(0x80 | (plain ? 0 : 0x10) | n_csrcs);
    out[2] = (uint8_t)(sequence >> 8);
    out[3] = (uint8_t)sequence;
    ssrc = GUINT32_TO_BE(ssrc);
    memcpy(out + 8, &ssrc, 4);
    if (extension > 0) {
        behind[2] = 0;
        behind[3] = (uint8_t)n_words;
    }
    return (uint16_t)(12 + n_csrcs * 4 + extension);
}

static void
make_packet(const Receiver *receiver, uint64_t index, Packet *packet)
{
    uint16_t header_length =
        write_header(packet->plain, receiver->ssrc, (uint16_t)index, g_test_rand_bit());
    uint16_t payload_length = (uint16_t)g_test_rand_int_range(0, PAYLOAD_MAX + 1);

    if (g_test_rand_int_range(0, 8) == 0)
        payload_length %= 18; /* around a block of AES */
    fill_random(packet->payload, payload_length);
    memcpy(packet->plain + header_length, packet->payload, payload_length);
    packet->job = (ScEncryptJob){ .key = receiver->key,
                                  .payload = packet->payload,
                                  .roc = (uint32_t)(index >> 16),
                                  .header_length = header_length,
                                  .payload_length = payload_length };
}

static void
seal_reference(srtp_t session, Packet *packet)
{
    int length = packet->job.header_length + packet->job.payload_length;

    memcpy(packet->expected, packet->plain, (size_t)length);
    g_assert_cmpint(srtp_protect(session, packet->expected, &length), ==,
                    srtp_err_status_ok);
    packet->expected_length = (size_t)length;
    g_assert_cmpuint(packet->expected_length, ==,
                     packet->job.header_length + packet->job.payload_length
                         + sc_encrypt_key_get_tag_length(packet->job.key));
}

static void
seal_reference_once(const Receiver *receiver, Packet *packet)
{
    srtp_t session = make_reference(receiver->profile, &receiver->master, receiver->ssrc);

    if (packet->job.roc > 0)
        g_assert_cmpint(srtp_set_stream_roc(session, receiver->ssrc, packet->job.roc), ==,
                        srtp_err_status_ok);
    seal_reference(session, packet);
    srtp_dealloc(session);
}

/* Headers are all there before the first packet is sealed, in an arena without gaps, and
 * jobs come in another order than they lie: who writes a byte too far is found out. */
static void
assert_batch_is_sealed(ScEncryptor *encryptor, Packet *packets, size_t n_packets)
{
    g_autofree ScEncryptJob *jobs = g_new(ScEncryptJob, n_packets);
    size_t total = 0;

    for (size_t i = 0; i < n_packets; i++) {
        packets[i].at = total;
        total += packets[i].expected_length;
    }

    g_autofree uint8_t *arena = g_malloc(total);
    for (size_t i = 0; i < n_packets; i++) {
        packets[i].job.out = arena + packets[i].at;
        memcpy(packets[i].job.out, packets[i].plain, packets[i].job.header_length);
        jobs[i] = packets[i].job;
    }
    for (size_t i = n_packets - 1; i > 0; i--) {
        size_t j = (size_t)g_test_rand_int_range(0, (gint32)i + 1);
        ScEncryptJob swapped = jobs[i];

        jobs[i] = jobs[j];
        jobs[j] = swapped;
    }

    sc_encryptor_seal(encryptor, jobs, n_packets);
    for (size_t i = 0; i < n_packets; i++)
        g_assert_cmpmem(packets[i].job.out, (int)packets[i].expected_length,
                        packets[i].expected, (int)packets[i].expected_length);
}

static uint64_t
pick_index(void)
{
    switch (g_test_rand_int_range(0, 4)) {
    case 0:
        return g_test_rand_int() & 0xffff; /* roc 0 */
    case 1:                                /* both sides of a wrap */
        return ((uint64_t)g_test_rand_int_range(1, 4) << 16)
               + (uint64_t)g_test_rand_int_range(0, 20) - 10;
    case 2: /* the last ones of a key */
        return (UINT64_C(1) << 48) - 1 - (uint64_t)g_test_rand_int_range(0, 20);
    default:
        return (uint64_t)g_test_rand_int() << 16 | (g_test_rand_int() & 0xffff);
    }
}

static void
mixed_batches_equal_libsrtp(gconstpointer name)
{
    static const size_t sizes[] = { 1, 2, 3, 7, 16, 127, 128, 129, 255, 256 };
    g_autoptr(ScEncryptor) encryptor = make_encryptor(name);
    if (encryptor == NULL)
        return;

    g_autofree Packet *packets = g_new(Packet, SC_ENCRYPT_BATCH_MAX);
    Receiver receivers[N_RECEIVERS];
    for (size_t i = 0; i < N_RECEIVERS; i++)
        make_receiver(encryptor, &receivers[i]);

    for (size_t round = 0; round < 3 * G_N_ELEMENTS(sizes); round++) {
        size_t n_packets =
            round < G_N_ELEMENTS(sizes)
                ? sizes[round]
                : (size_t)g_test_rand_int_range(1, SC_ENCRYPT_BATCH_MAX + 1);

        for (size_t i = 0; i < n_packets; i++) {
            const Receiver *receiver = &receivers[g_test_rand_int_range(0, N_RECEIVERS)];

            make_packet(receiver, pick_index(), &packets[i]);
            seal_reference_once(receiver, &packets[i]);
        }
        assert_batch_is_sealed(encryptor, packets, n_packets);
    }
    for (size_t i = 0; i < N_RECEIVERS; i++)
        sc_encrypt_key_free(receivers[i].key);
}

/* libsrtp counts its own roll-overs here. */
static void
stream_over_two_wraps_equals_libsrtp(gconstpointer name)
{
    g_autoptr(ScEncryptor) encryptor = make_encryptor(name);
    if (encryptor == NULL)
        return;

    for (size_t i = 0; i < 4; i++) {
        g_autofree Packet *packets = g_new(Packet, 64);
        Receiver receiver;
        make_receiver(encryptor, &receiver);
        srtp_t reference =
            make_reference(receiver.profile, &receiver.master, receiver.ssrc);
        uint64_t index = 65536 - 200;

        while (index < 2 * 65536 + 200) {
            size_t n_packets = (size_t)g_test_rand_int_range(1, 65);

            for (size_t j = 0; j < n_packets; j++) {
                bool near_wrap = (index + 100) % 65536 < 200;

                index += near_wrap ? 1 : (uint64_t)g_test_rand_int_range(1, 90);
                make_packet(&receiver, index, &packets[j]);
                seal_reference(reference, &packets[j]);
            }
            assert_batch_is_sealed(encryptor, packets, n_packets);
        }
        srtp_dealloc(reference);
        sc_encrypt_key_free(receiver.key);
    }
}

/* @length bytes whose end is the end of readable memory. */
static uint8_t *
map_before_a_wall(size_t length, uint8_t **out_map)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *map =
        mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    g_assert_true(map != MAP_FAILED);
    g_assert_cmpint(mprotect(map + 2 * page, page, PROT_NONE), ==, 0);
    *out_map = map;
    return map + 2 * page - length;
}

static void
no_byte_beyond_payload_and_tag_is_touched(gconstpointer name)
{
    g_autoptr(ScEncryptor) encryptor = make_encryptor(name);
    if (encryptor == NULL)
        return;

    /* Every length around the first blocks, then one of each remainder. */
    for (size_t length = 0; length <= PAYLOAD_MAX; length += length < 130 ? 1 : 13) {
        Receiver receiver;
        uint8_t *maps[2];
        Packet packet;

        make_receiver(encryptor, &receiver);
        size_t tag_length = sc_encrypt_key_get_tag_length(receiver.key);
        make_packet(&receiver, 7, &packet);
        packet.job.header_length = write_header(packet.plain, receiver.ssrc, 7, true);
        packet.job.payload_length = (uint16_t)length;
        fill_random(packet.plain + 12, length);
        seal_reference_once(&receiver, &packet);

        uint8_t *payload = map_before_a_wall(length, &maps[0]);
        memcpy(payload, packet.plain + 12, length);
        packet.job.payload = payload;
        packet.job.out = map_before_a_wall(12 + length + tag_length, &maps[1]);
        memcpy(packet.job.out, packet.plain, 12);
        sc_encryptor_seal(encryptor, &packet.job, 1);
        g_assert_cmpmem(packet.job.out, (int)packet.expected_length, packet.expected,
                        (int)packet.expected_length);
        for (size_t i = 0; i < G_N_ELEMENTS(maps); i++)
            munmap(maps[i], 3 * (size_t)sysconf(_SC_PAGESIZE));
        sc_encrypt_key_free(receiver.key);
    }
}

static void
rfc3711_b3_session_keys_are_derived(void)
{
    g_autoptr(GBytes) key = hex_parse("E1F97A0D3E018BE0D64FA32C06DE4139");
    g_autoptr(GBytes) salt = hex_parse("0EC675AD498AFEEBB6960B3AABE6");
    ScEncryptSession session;
    ScSrtpMaster master;

    memcpy(master.key, g_bytes_get_data(key, NULL), sizeof master.key);
    memcpy(master.salt, g_bytes_get_data(salt, NULL), sizeof master.salt);
    sc_encrypt_session_derive(SC_SRTP_AES128_CM_SHA1_80, SC_ENCRYPT_FOR_RTP, &master,
                              &session);
    hex_assert_equal(session.key, sizeof session.key, "C61E7A93744F39EE10734AFE3FF7A087");
    hex_assert_equal(session.salt, sizeof session.salt, "30CBBC08863D8C85D49DB34A9AE1");
    hex_assert_equal(session.auth, sizeof session.auth,
                     "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4");
}

/* RFC 7714 section 16.1.1: session keys, not derived ones. */
static void
rfc7714_packet_is_sealed(gconstpointer name)
{
    g_autoptr(ScEncryptor) encryptor = make_encryptor(name);
    if (encryptor == NULL)
        return;

    g_autoptr(GBytes) key_bytes = hex_parse("000102030405060708090a0b0c0d0e0f");
    g_autoptr(GBytes) salt = hex_parse("517569642070726f2071756f");
    g_autoptr(GBytes) header = hex_parse("8040f17b 8041f8d3 5501a0b2");
    static const char payload[] = "Gallia est omnis divisa in partes tres";
    ScEncryptSession session = { 0 };
    uint8_t out[12 + sizeof payload - 1 + 16];

    memcpy(session.key, g_bytes_get_data(key_bytes, NULL), sizeof session.key);
    memcpy(session.salt, g_bytes_get_data(salt, NULL), g_bytes_get_size(salt));
    ScEncryptKey *key =
        sc_encrypt_key_new_for_session(encryptor, SC_SRTP_AEAD_AES_128_GCM, &session);
    ScEncryptJob job = { .key = key,
                         .out = out,
                         .payload = (const uint8_t *)payload,
                         .header_length = 12,
                         .payload_length = sizeof payload - 1 };
    memcpy(out, g_bytes_get_data(header, NULL), 12);
    sc_encryptor_seal(encryptor, &job, 1);
    hex_assert_equal(
        out, sizeof out,
        "8040f17b 8041f8d3 5501a0b2"
        "f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b"
        "36de3adf 8833 899d7f27 beb16a91 52cf765e e4390cce");
    sc_encrypt_key_free(key);
}

/* The two bytes that AES-GCM does not use may hold anything. */
static void
spare_salt_bytes_do_not_matter_to_gcm(void)
{
    ScEncryptSession a, b;
    ScSrtpMaster master;

    fill_random((uint8_t *)&master, sizeof master);
    sc_encrypt_session_derive(SC_SRTP_AEAD_AES_128_GCM, SC_ENCRYPT_FOR_RTP, &master, &a);
    master.salt[12] ^= 0xff;
    master.salt[13] ^= 0xff;
    sc_encrypt_session_derive(SC_SRTP_AEAD_AES_128_GCM, SC_ENCRYPT_FOR_RTP, &master, &b);
    g_assert_cmpmem(&a, (int)sizeof a, &b, (int)sizeof b);
    hex_assert_equal(a.salt + 12, 2, "0000");
}

static void
unknown_back_end_is_refused(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(sc_encryptor_new("rot13", &error));
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, "rot13"));
}

static void
some_back_end_is_always_there(void)
{
    g_autoptr(ScEncryptor) encryptor = sc_encryptor_new(NULL, NULL);

    g_assert_nonnull(encryptor);
    sc_encryptor_seal(encryptor, NULL, 0);
}

static void
add_for_each_back_end(const char *test_name, GTestDataFunc test)
{
    for (size_t i = 0; i < G_N_ELEMENTS(BACKENDS); i++) {
        g_autofree char *path =
            g_strdup_printf("/relay/encrypt/%s/%s", BACKENDS[i], test_name);
        g_test_add_data_func(path, BACKENDS[i], test);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(srtp_init(), ==, srtp_err_status_ok);
    g_test_add_func("/relay/encrypt/rfc3711_b3_session_keys_are_derived",
                    rfc3711_b3_session_keys_are_derived);
    g_test_add_func("/relay/encrypt/spare_salt_bytes_do_not_matter_to_gcm",
                    spare_salt_bytes_do_not_matter_to_gcm);
    g_test_add_func("/relay/encrypt/unknown_back_end_is_refused",
                    unknown_back_end_is_refused);
    g_test_add_func("/relay/encrypt/some_back_end_is_always_there",
                    some_back_end_is_always_there);
    add_for_each_back_end("rfc7714_packet_is_sealed", rfc7714_packet_is_sealed);
    add_for_each_back_end("mixed_batches_equal_libsrtp", mixed_batches_equal_libsrtp);
    add_for_each_back_end("stream_over_two_wraps_equals_libsrtp",
                          stream_over_two_wraps_equals_libsrtp);
    add_for_each_back_end("no_byte_beyond_payload_and_tag_is_touched",
                          no_byte_beyond_payload_and_tag_is_touched);
    /* With its last session libsrtp lets its ciphers' library go (NSS, on Debian), and
     * with the next it loads it anew: one is held through the thousands made here. */
    static const ScSrtpMaster zeroes;
    srtp_t held = make_reference(SC_SRTP_AEAD_AES_128_GCM, &zeroes, 0);
    int status = g_test_run();
    srtp_dealloc(held);
    srtp_shutdown();
    return status;
}

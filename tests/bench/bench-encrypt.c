/* SPDX-License-Identifier: Apache-2.0 */
/* bench-encrypt: what sealing one packet costs, for each back end and profile, beside
 * libsrtp. Prints nanoseconds of this thread's CPU time a packet: the best and the median
 * of several repetitions. With --rounds the work is fixed, for callgrind: valgrind
 * --tool=callgrind bench-encrypt --engine openssl --profile gcm --rounds 100 */
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <glib.h>
#include <srtp2/srtp.h>

#include "relay/encrypt.h"
#include "relay/wire/extension.h"
#include "relay/wire/rtp.h"

#define HEADER_LENGTH 24 /* bytes: abs-send-time and transport-cc in it */
#define N_PAYLOADS 16    /* packets of the ring that receivers share */
#define N_REPETITIONS 9
#define REPETITION_NS 30000000
#define LENGTH_MAX 1400

static struct {
    char *engine;  /* owned; NULL: all */
    char *profile; /* owned; NULL: both */
    int length;
    int n_receivers;
    int batch;
    int n_rounds; /* 0: as many as the time allows */
} options = { .length = 1200, .n_receivers = 100, .batch = 64 };

static const GOptionEntry ENTRIES[] = {
    { "engine", 'e', 0, G_OPTION_ARG_STRING, &options.engine, "Only this one",
      "ipsec-mb|openssl|libsrtp" },
    { "profile", 'p', 0, G_OPTION_ARG_STRING, &options.profile, "Only this one",
      "gcm|cm" },
    { "length", 'l', 0, G_OPTION_ARG_INT, &options.length, "Bytes of a payload", "N" },
    { "receivers", 'r', 0, G_OPTION_ARG_INT, &options.n_receivers, "Keys in use", "N" },
    { "batch", 'b', 0, G_OPTION_ARG_INT, &options.batch, "Packets of one call", "N" },
    { "rounds", 'n', 0, G_OPTION_ARG_INT, &options.n_rounds, "Calls, instead of a time",
      "N" },
    { 0 },
};

typedef struct {
    ScSrtpProfile profile;
    ScEncryptor *encryptor; /* owned; NULL: libsrtp */
    ScEncryptKey **keys;    /* owned, n_receivers */
    srtp_t *sessions;       /* owned, n_receivers */
    uint8_t *ring;          /* owned: N_PAYLOADS payloads */
    uint8_t *arena;         /* owned: batch packets back to back */
    size_t stride;          /* bytes of a sealed packet */
    uint64_t n_sealed;
    ScEncryptJob jobs[SC_ENCRYPT_BATCH_MAX];
} Bench;

static srtp_t
make_session(ScSrtpProfile profile, const ScSrtpMaster *master)
{
    srtp_policy_t policy = { .ssrc.type = ssrc_any_outbound, .key = (uint8_t *)master };
    srtp_t session;

    if (profile == SC_SRTP_AEAD_AES_128_GCM)
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
    else
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
    policy.rtcp = policy.rtp;
    g_assert(srtp_create(&session, &policy) == srtp_err_status_ok);
    return session;
}

/* NULL where this build or processor lacks @engine. */
static Bench *
bench_new(const char *engine, ScSrtpProfile profile)
{
    g_autoptr(GError) error = NULL;
    Bench *self = g_new0(Bench, 1);
    size_t tag_length = profile == SC_SRTP_AEAD_AES_128_GCM ? 16 : 10;

    self->profile = profile;
    if (strcmp(engine, "libsrtp") != 0) {
        self->encryptor = sc_encryptor_new(engine, &error);
        if (self->encryptor == NULL) {
            g_printerr("%s\n", error->message);
            g_free(self);
            return NULL;
        }
    }

    self->keys = g_new0(ScEncryptKey *, options.n_receivers);
    self->sessions = g_new0(srtp_t, options.n_receivers);
    for (int i = 0; i < options.n_receivers; i++) {
        ScSrtpMaster master = { .key = { (uint8_t)i, (uint8_t)(i >> 8), 3 } };

        if (self->encryptor != NULL)
            self->keys[i] = sc_encrypt_key_new(self->encryptor, profile, &master);
        else
            self->sessions[i] = make_session(profile, &master);
    }
    self->ring = g_malloc0((size_t)N_PAYLOADS * LENGTH_MAX);
    self->stride = HEADER_LENGTH + (size_t)options.length + tag_length;
    self->arena = g_malloc0(self->stride * (size_t)options.batch + SRTP_MAX_TRAILER_LEN);
    return self;
}

static void
bench_free(Bench *self)
{
    for (int i = 0; i < options.n_receivers; i++) {
        sc_encrypt_key_free(self->keys[i]);
        if (self->sessions[i] != NULL)
            srtp_dealloc(self->sessions[i]);
    }
    sc_encryptor_free(self->encryptor);
    g_free(self->keys);
    g_free(self->sessions);
    g_free(self->ring);
    g_free(self->arena);
    g_free(self);
}

/* As fan-out does it: one receiver after the other gets a run of the ring's packets. */
static void
prepare(Bench *self)
{
    static const ScExtensionIds ids = { .abs_send_time = 4, .transport_cc = 5 };

    for (int i = 0; i < options.batch; i++, self->n_sealed++) {
        uint64_t receiver = self->n_sealed / N_PAYLOADS % (uint64_t)options.n_receivers;
        uint64_t index = self->n_sealed
                             / ((uint64_t)N_PAYLOADS * (uint64_t)options.n_receivers)
                             * N_PAYLOADS
                         + self->n_sealed % N_PAYLOADS;
        ScEncryptJob *job = &self->jobs[i];
        ScRtp rtp = { .ssrc = (uint32_t)receiver,
                      .sequence = (uint16_t)index,
                      .payload_type = 102,
                      .extension = self->ring };

        *job = (ScEncryptJob){
            .key = self->keys[receiver],
            .out = self->arena + (size_t)i * self->stride,
            .payload = self->ring + self->n_sealed % N_PAYLOADS * LENGTH_MAX,
            .roc = (uint32_t)(index >> 16),
            .header_length = HEADER_LENGTH,
            .payload_length = (uint16_t)options.length,
        };
        sc_rtp_write_header(&rtp, job->out);
        sc_extension_write(&ids, 0, (uint16_t)index, job->out + SC_RTP_HEADER_LENGTH);
    }
}

/* libsrtp works in place, so the payload has to be copied first. */
static void
seal_by_libsrtp(Bench *self)
{
    for (int i = 0; i < options.batch; i++) {
        ScEncryptJob *job = &self->jobs[i];
        uint64_t number = self->n_sealed - (uint64_t)options.batch + (uint64_t)i;
        int length = HEADER_LENGTH + options.length;
        srtp_t session =
            self->sessions[number / N_PAYLOADS % (uint64_t)options.n_receivers];

        memcpy(job->out + HEADER_LENGTH, job->payload, job->payload_length);
        g_assert(srtp_protect(session, job->out, &length) == srtp_err_status_ok);
    }
}

static int64_t
read_cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Headers are written outside the measured time. */
static double
measure(Bench *self)
{
    int64_t spent_ns = 0;
    int64_t n_calls = 0;

    do {
        prepare(self);
        int64_t start_ns = read_cpu_ns();
        if (self->encryptor != NULL)
            sc_encryptor_seal(self->encryptor, self->jobs, (size_t)options.batch);
        else
            seal_by_libsrtp(self);
        spent_ns += read_cpu_ns() - start_ns;
        n_calls++;
    } while (options.n_rounds > 0 ? n_calls < options.n_rounds
                                  : spent_ns < REPETITION_NS);
    return (double)spent_ns / (double)(n_calls * options.batch);
}

static int
compare(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;

    return (difference > 0) - (difference < 0);
}

static void
run(const char *engine, ScSrtpProfile profile, const char *profile_name)
{
    double figures[N_REPETITIONS];
    int n_figures = options.n_rounds > 0 ? 1 : N_REPETITIONS;
    Bench *bench = bench_new(engine, profile);

    if (bench == NULL)
        return;
    for (int i = 0; i < n_figures; i++)
        figures[i] = measure(bench);
    qsort(figures, (size_t)n_figures, sizeof figures[0], compare);
    g_print("%-9s %-4s %6.0f ns/packet best, %6.0f median\n", engine, profile_name,
            figures[0], figures[n_figures / 2]);
    bench_free(bench);
}

int
main(int argc, char **argv)
{
    static const char *const engines[] = { "ipsec-mb", "openssl", "libsrtp" };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;

    setlocale(LC_ALL, "");
    g_option_context_add_main_entries(context, ENTRIES, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        g_printerr("%s\n", error->message);
        return 2;
    }
    if (options.length < 0 || options.length > LENGTH_MAX || options.n_receivers < 1
        || options.batch < 1 || options.batch > SC_ENCRYPT_BATCH_MAX) {
        g_printerr("length 0 to %d, receivers from 1, batch 1 to %d\n", LENGTH_MAX,
                   SC_ENCRYPT_BATCH_MAX);
        return 2;
    }
    g_assert(srtp_init() == srtp_err_status_ok);

    g_print("%d bytes, %d receivers, %d packets a call\n", options.length,
            options.n_receivers, options.batch);
    for (size_t i = 0; i < G_N_ELEMENTS(engines); i++) {
        if (options.engine != NULL && strcmp(options.engine, engines[i]) != 0)
            continue;
        if (options.profile == NULL || strcmp(options.profile, "gcm") == 0)
            run(engines[i], SC_SRTP_AEAD_AES_128_GCM, "gcm");
        if (options.profile == NULL || strcmp(options.profile, "cm") == 0)
            run(engines[i], SC_SRTP_AES128_CM_SHA1_80, "cm");
    }
    srtp_shutdown();
    return 0;
}

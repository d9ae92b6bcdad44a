/* SPDX-License-Identifier: Apache-2.0 */
/* bench-path: what forwarding one packet costs from the history to sendmmsg, in one
 * process and without peers: the relay's own audience, fan-out and encryptor, N
 * receivers, a socket that nobody reads at the other end (the kernel drops there, at the
 * sender's cost). Prints JSON. The work is fixed, so that instructions can be counted:
 *
 *   valgrind --tool=callgrind --toggle-collect='serve_frame*' bench-path -e openssl
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>

#include "relay/audience.h"
#include "relay/outlet.h"

#define HZ 90000
#define FRAME_US 40000

static struct {
    char *encryptor; /* owned; NULL: the best */
    char *profile;   /* owned */
    int n_receivers;
    int n_packets; /* of a frame */
    int length;    /* of a payload */
    int n_frames;
    gboolean no_gso;
} options = { .n_receivers = 500, .n_packets = 10, .length = 1200, .n_frames = 100 };

static const GOptionEntry ENTRIES[] = {
    { "encryptor", 'e', 0, G_OPTION_ARG_STRING, &options.encryptor, "Only this one",
      "ipsec-mb|openssl" },
    { "profile", 'p', 0, G_OPTION_ARG_STRING, &options.profile, "gcm", "gcm|cm" },
    { "receivers", 'r', 0, G_OPTION_ARG_INT, &options.n_receivers, "", "N" },
    { "packets", 'k', 0, G_OPTION_ARG_INT, &options.n_packets, "Of a frame", "N" },
    { "length", 'l', 0, G_OPTION_ARG_INT, &options.length, "Bytes of a payload", "N" },
    { "frames", 'n', 0, G_OPTION_ARG_INT, &options.n_frames, "", "N" },
    { "no-gso", 0, 0, G_OPTION_ARG_NONE, &options.no_gso, "A message a packet", NULL },
    { 0 },
};

typedef struct {
    ScOutlet outlet;
    ScEncryptKey *key; /* owned */
    ScSlot slot;
} Receiver;

typedef struct {
    ScConfig *config; /* owned */
    ScStats stats;
    ScKit kit;
    int fd, sink; /* owned */
    struct sockaddr_in sink_name;
    ScTrack *track; /* ref */
    Receiver *receivers;
    uint64_t sequence;
} Bench;

static int
open_socket(struct sockaddr_in *out_name)
{
    socklen_t length = sizeof *out_name;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    *out_name = (struct sockaddr_in){ .sin_family = AF_INET,
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (fd < 0 || bind(fd, (struct sockaddr *)out_name, length) < 0
        || getsockname(fd, (struct sockaddr *)out_name, &length) < 0)
        g_error("socket: %s", g_strerror(errno));
    return fd;
}

static void
init_receiver(Bench *self, Receiver *receiver, ScSrtpProfile profile, uint32_t ssrc)
{
    static const ScExtensionIds IDS = { .abs_send_time = 3, .transport_cc = 4 };
    ScSrtpMaster master = { 0 };
    ScSlotSpec spec = {
        .is_video = true,
        .ssrc = ssrc,
        .n_payloads = 1,
        .payloads = { { SC_CODEC_VP8, HZ, 96, SC_TRACK_NO_PAYLOAD_TYPE } },
    };

    memcpy(master.key, &ssrc, sizeof ssrc);
    receiver->key = sc_encrypt_key_new(self->kit.encryptor, profile, &master);
    receiver->outlet.key = receiver->key;
    receiver->outlet.tag_length = (uint8_t)sc_encrypt_key_get_tag_length(receiver->key);
    receiver->outlet.name.in = self->sink_name;
    receiver->outlet.name_length = sizeof self->sink_name;
    receiver->outlet.is_open = true;
    sc_outlet_set_extensions(&receiver->outlet, &IDS);
    sc_slot_init(&receiver->slot, &spec, &receiver->outlet, 1, 1);
}

static void
set_up(Bench *self, ScSrtpProfile profile)
{
    static const ScTrackSpec SPEC = { .is_video = true,
                                      .codec = SC_CODEC_VP8,
                                      .clock_hz = HZ };
    g_autoptr(GError) error = NULL;
    struct sockaddr_in name;

    self->config = sc_config_new();
    self->fd = open_socket(&name);
    self->sink = open_socket(&self->sink_name);
    self->sequence = 100000;
    self->kit = (ScKit){
        .config = self->config,
        .family = AF_INET,
        .stats = &self->stats,
        .encryptor = sc_encryptor_new(options.encryptor, &error),
        .audiences = g_ptr_array_new_with_free_func(sc_audience_free),
        .now_us = 1000000,
    };
    if (self->kit.encryptor == NULL)
        g_error("%s", error->message);
    self->kit.fanout = sc_fanout_new(&(ScFanoutSetup){
        .fd = self->fd,
        .family = AF_INET,
        .encryptor = self->kit.encryptor,
        .stats = &self->stats,
        .gso = !options.no_gso,
    });
    self->track = sc_track_new(&SPEC, 1, 1, self->config);
    self->receivers = g_new0(Receiver, options.n_receivers);
    for (int i = 0; i < options.n_receivers; i++)
        init_receiver(self, &self->receivers[i], profile, (uint32_t)i + 1);
}

static void
tear_down(Bench *self)
{
    for (int i = 0; i < options.n_receivers; i++) {
        sc_audience_leave(&self->kit, &self->receivers[i].slot);
        sc_slot_clear(&self->receivers[i].slot);
        sc_encrypt_key_free(self->receivers[i].key);
    }
    sc_audience_sweep(&self->kit);
    g_free(self->receivers);
    sc_track_unref(self->track);
    sc_fanout_free(self->kit.fanout);
    sc_encryptor_free(self->kit.encryptor);
    g_ptr_array_unref(self->kit.audiences);
    sc_config_free(self->config);
    close(self->fd);
    close(self->sink);
}

static void
put_frame(Bench *self, bool key)
{
    static const uint8_t payload[SC_HISTORY_PAYLOAD_MAX];

    self->kit.now_us += FRAME_US;
    for (int i = 0; i < options.n_packets; i++) {
        ScPacket packet = {
            .sequence = self->sequence++,
            .arrival_us = self->kit.now_us,
            .timestamp = (uint32_t)(self->kit.now_us / FRAME_US) * (HZ / 25),
            .length = (uint16_t)options.length,
            .marker = i == options.n_packets - 1,
            .starts_key_frame = key && i == 0,
        };

        if (sc_history_put(self->track->layers[0].history, &packet, payload)
            != SC_VERDICT_PASS)
            g_assert_not_reached();
    }
}

static G_NO_INLINE void
serve_frame(Bench *self)
{
    sc_fanout_begin(self->kit.fanout, self->kit.now_us);
    sc_audience_serve(&self->kit, &self->track->layers[0]);
    sc_fanout_flush(self->kit.fanout);
}

static int64_t
get_cpu_us(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000000)
           + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

int
main(int argc, char **argv)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;
    static Bench bench;

    g_option_context_add_main_entries(context, ENTRIES, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error))
        g_error("%s", error->message);

    set_up(&bench, g_strcmp0(options.profile, "cm") == 0 ? SC_SRTP_AES128_CM_SHA1_80
                                                         : SC_SRTP_AEAD_AES_128_GCM);
    put_frame(&bench, true);
    for (int i = 0; i < options.n_receivers; i++)
        sc_audience_join(&bench.kit, &bench.track->layers[0], &bench.receivers[i].slot);
    serve_frame(&bench);

    int64_t before_us = get_cpu_us();
    for (int i = 0; i < options.n_frames; i++) {
        put_frame(&bench, false);
        serve_frame(&bench);
    }
    double n_packets = (double)options.n_frames * (double)options.n_packets
                       * (double)options.n_receivers;
    g_print("{\"encryptor\":\"%s\",\"packets\":%.0f,\"us_per_packet\":%.3f}\n",
            sc_encryptor_get_name(bench.kit.encryptor), n_packets,
            (double)(get_cpu_us() - before_us) / n_packets);
    tear_down(&bench);
    return EXIT_SUCCESS;
}

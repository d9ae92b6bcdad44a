/* SPDX-License-Identifier: Apache-2.0 */
/* instructions.c: the relay's packet path without a network, for callgrind to count: the
 * history takes a frame of ten packets, the plan is cut, and every receiver's run is
 * written, sealed and handed to the socket, which is one end of a pair whose other end
 * reads nothing: the kernel refuses at once and its work is not counted anyway.
 *
 *   bench-instructions ENGINE PROFILE FRAMES
 *
 * Prints how many packets were forwarded. check-instructions.py runs it twice, with few
 * and with many frames, so that what a start costs falls out. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "relay/config.h"
#include "relay/fanout.h"
#include "relay/track.h"

enum {
    N_RECEIVERS = 100,
    FRAME_PACKETS = 10,
    PAYLOAD_LENGTH = 1200,
    RUN_PACKETS = 16,
};

typedef struct {
    ScOutlet outlet;
    ScSlot slot;
    ScEncryptKey *key; /* owned */
} Receiver;

typedef struct {
    int sockets[2]; /* owned */
    ScConfig *config;
    ScStats stats;
    ScEncryptor *encryptor;
    ScFanout *fanout;
    ScTrack *track;
    Receiver receivers[N_RECEIVERS];
    ScRunPlan plan;
} Bench;

static void
init_receiver(Bench *self, unsigned index, ScSrtpProfile profile)
{
    Receiver *receiver = &self->receivers[index];
    const ScExtensionIds ids = { .abs_send_time = 4, .transport_cc = 5 };
    const ScSlotPayload payload = { SC_CODEC_H264, 90000, 102, SC_TRACK_NO_PAYLOAD_TYPE };
    const ScSlotSpec spec = {
        .name = "video",
        .is_video = true,
        .ssrc = index + 1,
        .payloads = { payload },
        .n_payloads = 1,
    };
    const ScSrtpMaster master = { .key = { (uint8_t)index }, .salt = { 7 } };
    const ScKeyframeStart start = { .key_sequence = 1, .live_sequence = 1 };

    receiver->key = sc_encrypt_key_new(self->encryptor, profile, &master);
    receiver->outlet = (ScOutlet){
        .key = receiver->key,
        .name.in = { .sin_family = AF_INET },
        .name_length = 0, /* the pair is connected */
        .tag_length = (uint8_t)sc_encrypt_key_get_tag_length(receiver->key),
        .is_open = true,
    };
    sc_outlet_set_extensions(&receiver->outlet, &ids);
    sc_slot_init(&receiver->slot, &spec, &receiver->outlet, 100, 0);
    sc_slot_start_feed(&receiver->slot, &self->track->layers[0], &payload, &start);
}

static void
init(Bench *self, const char *engine, ScSrtpProfile profile)
{
    static const ScTrackSpec SPEC = {
        .name = "video",
        .codec = SC_CODEC_H264,
        .is_video = true,
        .clock_hz = 90000,
    };
    GError *error = NULL;

    g_assert(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, self->sockets) == 0);
    self->config = sc_config_new();
    self->encryptor = sc_encryptor_new(engine, &error);
    g_assert_no_error(error);
    self->fanout = sc_fanout_new(&(ScFanoutSetup){
        .fd = self->sockets[0],
        .family = AF_INET,
        .encryptor = self->encryptor,
        .stats = &self->stats,
        .gso = true,
    });
    self->track = sc_track_new(&SPEC, 1, 1, self->config);
    for (unsigned i = 0; i < N_RECEIVERS; i++)
        init_receiver(self, i, profile);
}

static void
clear(Bench *self)
{
    for (unsigned i = 0; i < N_RECEIVERS; i++) {
        sc_slot_clear(&self->receivers[i].slot);
        sc_encrypt_key_free(self->receivers[i].key);
    }
    sc_track_unref(self->track);
    sc_fanout_free(self->fanout);
    sc_encryptor_free(self->encryptor);
    sc_config_free(self->config);
    close(self->sockets[0]);
    close(self->sockets[1]);
}

static void
put_frame(Bench *self, unsigned frame)
{
    static uint8_t payload[PAYLOAD_LENGTH];
    ScHistory *history = self->track->layers[0].history;

    sc_run_plan_clear(&self->plan);
    for (unsigned i = 0; i < FRAME_PACKETS; i++) {
        ScPacket packet = {
            .sequence = 1 + (uint64_t)frame * FRAME_PACKETS + i,
            .timestamp = frame * 3600,
            .length = PAYLOAD_LENGTH,
            .marker = i == FRAME_PACKETS - 1,
        };
        uint64_t head = sc_history_get_head(history);

        g_assert(sc_history_put(history, &packet, payload) == SC_VERDICT_PASS);
        const ScPacket *kept = sc_history_get(history, head);
        sc_run_plan_add(&self->plan, kept, sc_history_get_payload(history, kept));
    }
    sc_run_plan_cut(&self->plan, RUN_PACKETS);
}

int
main(int argc, char **argv)
{
    static Bench self;

    if (argc != 4)
        return 2;
    bool is_cm = strcmp(argv[2], "cm") == 0;
    unsigned n_frames = (unsigned)g_ascii_strtoull(argv[3], NULL, 10);

    init(&self, argv[1], is_cm ? SC_SRTP_AES128_CM_SHA1_80 : SC_SRTP_AEAD_AES_128_GCM);
    for (unsigned frame = 0; frame < n_frames; frame++) {
        put_frame(&self, frame);
        sc_fanout_begin(self.fanout, 1000);
        for (unsigned i = 0; i < N_RECEIVERS; i++)
            sc_fanout_send(self.fanout, &self.receivers[i].slot, &self.plan);
        sc_fanout_flush(self.fanout);
    }
    g_print("%u\n", n_frames * FRAME_PACKETS * N_RECEIVERS);
    clear(&self);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/load/sender.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gio/gio.h>

enum {
    RUN_MAX = 40, /* packets; 40 of 1472 bytes fit into a datagram */
    RUN_SIZE = 65536,
};

void
sc_load_sender_init(ScLoadSender *self, ScPeer *peer, bool is_burst)
{
    *self = (ScLoadSender){
        .peer = peer,
        .video_fd = -1,
        .audio_fd = -1,
        .is_burst = is_burst,
        .run = g_malloc(RUN_SIZE),
    };
}

static int
open_plain(const char *text, uint16_t port, GError **error)
{
    struct sockaddr_storage native;
    socklen_t length;
    ScAddress address;

    if (!sc_address_parse(text, port, &address)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s: no address",
                    text);
        return -1;
    }
    sc_address_write_native(&address, &native, &length);
    int fd = socket(native.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&native, length) < 0)
        g_set_error(error, G_IO_ERROR, (int)g_io_error_from_errno(errno),
                    "%s port %u: %s", text, port, g_strerror(errno));
    return fd;
}

bool
sc_load_sender_init_plain(ScLoadSender *self, const char *address, uint16_t video_port,
                          uint16_t audio_port, bool is_burst, GError **error)
{
    g_autoptr(GError) problem = NULL;

    sc_load_sender_init(self, NULL, is_burst);
    self->video_fd = open_plain(address, video_port, &problem);
    if (problem == NULL && audio_port != 0)
        self->audio_fd = open_plain(address, audio_port, &problem);
    if (problem == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
}

void
sc_load_sender_clear(ScLoadSender *self)
{
    if (self->video_fd >= 0)
        close(self->video_fd);
    if (self->audio_fd >= 0)
        close(self->audio_fd);
    g_free(self->run);
}

static void
send_plain(int fd, const uint8_t *data, size_t length, size_t segment)
{
    int size = segment < length ? (int)segment : 0;

    setsockopt(fd, SOL_UDP, UDP_SEGMENT, &size, sizeof size);
    (void)!send(fd, data, length, 0); /* lost, as on a line */
}

static void
send_run(ScLoadSender *self, bool is_video, size_t length, size_t segment)
{
    if (self->peer == NULL)
        send_plain(is_video ? self->video_fd : self->audio_fd, self->run, length,
                   segment);
    else if (segment < length)
        sc_peer_send_segments(self->peer, self->run, length, segment);
    else
        sc_peer_send_raw(self->peer, self->run, length);
}

/* How many packets from the first on the kernel can cut out of one run. */
static unsigned
measure_run(const ScLoadSender *self, const ScLoadPacket *packets, unsigned n_packets)
{
    unsigned count = 1;

    if (!self->is_burst)
        return 1;
    while (count < MIN(n_packets, RUN_MAX)
           && packets[count - 1].length == packets[0].length
           && packets[count].length <= packets[0].length)
        count++;
    return count;
}

void
sc_load_sender_send(ScLoadPacket *packets, unsigned n_packets, void *sender)
{
    ScLoadSender *self = sender;

    if (self->peer != NULL)
        for (unsigned i = 0; i < n_packets; i++)
            if (!sc_peer_seal_rtp(self->peer, packets[i].data, &packets[i].length))
                return; /* not connected yet */
    for (unsigned first = 0; first < n_packets;) {
        unsigned count = measure_run(self, packets + first, n_packets - first);
        size_t length = 0;

        for (unsigned i = first; i < first + count; i++) {
            memcpy(self->run + length, packets[i].data, packets[i].length);
            length += packets[i].length;
        }
        send_run(self, packets[first].is_video, length, packets[first].length);
        first += count;
    }
}

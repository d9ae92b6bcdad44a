/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/peer/peer-loop.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/peer/peer-private.h"

#define BATCH 4 /* messages of one call */
#define EVENTS_MAX 256
#define BUFFER_SIZE 65536 /* bytes: as much as the kernel merges into one message */
#define CONTROL_SIZE (CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct timespec)))

struct ScPeerLoop {
    int epoll_fd;     /* owned */
    GPtrArray *peers; /* of ScPeer, borrowed: each leaves when it is freed */
    int64_t next_tick_us;
    struct mmsghdr messages[BATCH];
    struct iovec vectors[BATCH];
    _Alignas(struct cmsghdr) uint8_t controls[BATCH][CONTROL_SIZE];
    uint8_t buffers[BATCH][BUFFER_SIZE];
};

ScPeerLoop *
sc_peer_loop_new(void)
{
    ScPeerLoop *self = g_new0(ScPeerLoop, 1);

    self->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    g_assert_cmpint(self->epoll_fd, >=, 0);
    self->peers = g_ptr_array_new();
    for (unsigned i = 0; i < BATCH; i++) {
        self->vectors[i] = (struct iovec){ self->buffers[i], BUFFER_SIZE };
        self->messages[i].msg_hdr.msg_iov = &self->vectors[i];
        self->messages[i].msg_hdr.msg_iovlen = 1;
        self->messages[i].msg_hdr.msg_control = self->controls[i];
    }
    return self;
}

void
sc_peer_loop_free(ScPeerLoop *self)
{
    if (self == NULL)
        return;
    g_assert_cmpuint(self->peers->len, ==, 0);
    g_ptr_array_unref(self->peers);
    close(self->epoll_fd);
    g_free(self);
}

int
sc_peer_loop_get_fd(const ScPeerLoop *self)
{
    return self->epoll_fd;
}

void
sc_peer_loop_add(ScPeerLoop *self, ScPeer *peer)
{
    g_ptr_array_add(self->peers, peer);
}

void
sc_peer_loop_remove(ScPeerLoop *self, ScPeer *peer)
{
    g_ptr_array_remove_fast(self->peers, peer);
}

/* A descriptor leaves the epoll set when it is closed. */
void
sc_peer_loop_watch(ScPeerLoop *self, ScPeer *peer, int fd)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = peer };

    g_assert_cmpint(epoll_ctl(self->epoll_fd, EPOLL_CTL_ADD, fd, &event), ==, 0);
}

static ScPeerMessage
read_message(struct mmsghdr *from)
{
    struct msghdr *header = &from->msg_hdr;
    ScPeerMessage message = {
        .data = header->msg_iov->iov_base,
        .length = from->msg_len,
        .segment = from->msg_len,
    };

    for (struct cmsghdr *one = CMSG_FIRSTHDR(header); one != NULL;
         one = CMSG_NXTHDR(header, one)) {
        if (one->cmsg_level == SOL_UDP && one->cmsg_type == UDP_GRO) {
            int segment;

            memcpy(&segment, CMSG_DATA(one), sizeof segment);
            message.segment = (size_t)segment;
        } else if (one->cmsg_level == SOL_SOCKET && one->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec at;

            memcpy(&at, CMSG_DATA(one), sizeof at);
            message.arrival_ns = at.tv_sec * INT64_C(1000000000) + at.tv_nsec;
        }
    }
    return message;
}

static void
receive(ScPeerLoop *self, ScPeer *peer)
{
    int n_messages;

    do {
        for (unsigned i = 0; i < BATCH; i++)
            self->messages[i].msg_hdr.msg_controllen = CONTROL_SIZE;
        n_messages =
            recvmmsg(sc_peer_get_fd(peer), self->messages, BATCH, MSG_DONTWAIT, NULL);
        int64_t now_us = g_get_monotonic_time();

        for (int i = 0; i < n_messages; i++) {
            ScPeerMessage message = read_message(&self->messages[i]);

            sc_peer_receive(peer, &message, now_us);
        }
    } while (n_messages == BATCH);
}

static void
run_tick(ScPeerLoop *self, int64_t now_us)
{
    self->next_tick_us = now_us + SC_PEER_TICK_US;
    for (unsigned i = 0; i < self->peers->len; i++) {
        ScPeer *peer = g_ptr_array_index(self->peers, i);

        if (now_us >= sc_peer_get_wake_us(peer))
            sc_peer_run_timers(peer, now_us);
    }
}

void
sc_peer_loop_run_once(ScPeerLoop *self, int64_t timeout_us)
{
    struct epoll_event events[EVENTS_MAX];
    int64_t wait_us = CLAMP(self->next_tick_us - g_get_monotonic_time(), 0, timeout_us);
    int n_events =
        epoll_wait(self->epoll_fd, events, EVENTS_MAX, (int)((wait_us + 999) / 1000));

    for (int i = 0; i < n_events; i++)
        receive(self, events[i].data.ptr);

    int64_t now_us = g_get_monotonic_time();
    if (now_us >= self->next_tick_us)
        run_tick(self, now_us);
}

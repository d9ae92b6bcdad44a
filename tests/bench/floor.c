/* SPDX-License-Identifier: Apache-2.0 */
/* floor.c: the least that a fan-out can cost on this machine, measured in the same run as
 * the relay: one process that only hands ready-made bytes to the kernel, one GSO message
 * per receiver and frame, 64 messages per sendmmsg. No keys, no rings, no clock but the
 * frame's.
 *
 *   bench-floor sink FIRST_PORT N SECONDS              receives and counts (with UDP GRO)
 *   bench-floor send ADDRESS FIRST_PORT N SECONDS BYTES PACKETS FPS [hot]
 *
 * `send` prints one JSON object: packets, CPU of the process (user + system), µs per
 * packet. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <glib.h>

#define MESSAGES_PER_CALL 64
#define ARENA_SIZE (512 << 10) /* bytes, as relay/fanout.c has: not more in one call */
#define RECEIVERS_MAX 20000
#define SOCKET_BUFFER (4 << 20) /* bytes */
#define DATAGRAM_MAX 65536      /* bytes */
#define EVENTS_PER_WAIT 256

typedef struct {
    struct in_addr address;
    uint16_t first_port;
    unsigned n_receivers;
    unsigned seconds;
    unsigned n_bytes;   /* of one packet */
    unsigned n_packets; /* of one frame, one GSO message */
    unsigned fps;
    bool is_hot; /* the same bytes to all */
} Plan;

static int64_t
now_us(void)
{
    return g_get_monotonic_time();
}

static int64_t
cpu_us(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC
           + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static unsigned
parse_number(const char *text, const char *name, unsigned least, unsigned most)
{
    guint64 value;
    g_autoptr(GError) error = NULL;

    if (!g_ascii_string_to_unsigned(text, 10, least, most, &value, &error)) {
        fprintf(stderr, "bench-floor: %s: %s\n", name, error->message);
        exit(2);
    }
    return (unsigned)value;
}

static int
open_socket(void)
{
    int size = SOCKET_BUFFER;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0) {
        perror("bench-floor: socket");
        exit(1);
    }
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    return fd;
}

/* One message per receiver and frame. Those of one sendmmsg lie side by side, as in the
 * relay's arena, or are all the same bytes. */
typedef struct {
    struct mmsghdr *messages;
    struct sockaddr_in *addresses;
    uint8_t *arena;
    unsigned n_per_call;
    struct iovec payloads[MESSAGES_PER_CALL];
    _Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(uint16_t))];
} Frame;

static void
build_frame(Frame *frame, const Plan *plan)
{
    size_t length = (size_t)plan->n_bytes * plan->n_packets;
    uint16_t segment = (uint16_t)plan->n_bytes;
    struct cmsghdr *header = (struct cmsghdr *)frame->control;

    frame->messages = g_new0(struct mmsghdr, plan->n_receivers);
    frame->addresses = g_new0(struct sockaddr_in, plan->n_receivers);
    frame->n_per_call = plan->is_hot
                            ? MESSAGES_PER_CALL
                            : (unsigned)CLAMP(ARENA_SIZE / length, 1, MESSAGES_PER_CALL);
    frame->arena = g_malloc(length * MESSAGES_PER_CALL);
    memset(frame->arena, 1, length * MESSAGES_PER_CALL); /* pages of its own */
    for (size_t i = 0; i < MESSAGES_PER_CALL; i++)
        frame->payloads[i] =
            (struct iovec){ frame->arena + (plan->is_hot ? 0 : i * length), length };
    memset(frame->control, 0, sizeof frame->control);
    header->cmsg_level = SOL_UDP;
    header->cmsg_type = UDP_SEGMENT;
    header->cmsg_len = CMSG_LEN(sizeof segment);
    memcpy(CMSG_DATA(header), &segment, sizeof segment);

    for (unsigned i = 0; i < plan->n_receivers; i++) {
        frame->addresses[i] = (struct sockaddr_in){
            .sin_family = AF_INET,
            .sin_addr = plan->address,
            .sin_port = htons((uint16_t)(plan->first_port + i)),
        };
        frame->messages[i].msg_hdr = (struct msghdr){
            .msg_name = &frame->addresses[i],
            .msg_namelen = sizeof frame->addresses[i],
            .msg_iov = &frame->payloads[i % frame->n_per_call],
            .msg_iovlen = 1,
            .msg_control = plan->n_packets > 1 ? frame->control : NULL,
            .msg_controllen = plan->n_packets > 1 ? sizeof frame->control : 0,
        };
    }
}

/* Returns the messages the kernel took; the rest is dropped, as a relay would. */
static uint64_t
send_frame(int fd, Frame *frame, unsigned n_receivers)
{
    uint64_t n_sent = 0;

    for (unsigned i = 0; i < n_receivers; i += frame->n_per_call) {
        unsigned n = MIN(frame->n_per_call, n_receivers - i);
        int taken = sendmmsg(fd, frame->messages + i, n, 0);

        if (taken > 0)
            n_sent += (uint64_t)taken;
        else if (taken < 0 && errno != EAGAIN) {
            perror("bench-floor: sendmmsg");
            exit(1);
        }
    }
    return n_sent;
}

static void
sleep_until(int64_t instant_us)
{
    int64_t left = instant_us - now_us();

    if (left > 0)
        g_usleep((gulong)left);
}

static int
run_send(const Plan *plan)
{
    Frame frame;
    int fd = open_socket();
    uint64_t n_messages = 0;
    uint64_t n_frames = (uint64_t)plan->seconds * plan->fps;

    build_frame(&frame, plan);
    int64_t began_us = now_us();
    int64_t cpu_began_us = cpu_us();
    for (uint64_t i = 0; i < n_frames; i++) {
        sleep_until(began_us + (int64_t)(i * G_USEC_PER_SEC / plan->fps));
        n_messages += send_frame(fd, &frame, plan->n_receivers);
    }
    int64_t spent_us = cpu_us() - cpu_began_us;
    uint64_t n_packets = n_messages * plan->n_packets;

    printf("{\"server\":\"floor\",\"n\":%u,\"packets\":%" G_GUINT64_FORMAT
           ",\"cpu_us\":%" G_GINT64_FORMAT
           ",\"us_per_packet\":%.4f,\"wanted\":%" G_GUINT64_FORMAT "}\n",
           plan->n_receivers, n_packets, spent_us, (double)spent_us / (double)n_packets,
           n_frames * plan->n_receivers * plan->n_packets);
    g_free(frame.messages);
    g_free(frame.addresses);
    g_free(frame.arena);
    close(fd);
    return 0;
}

static int
open_sink(int epoll_fd, uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
    struct epoll_event event = { .events = EPOLLIN };
    int one = 1;
    int fd = open_socket();

    setsockopt(fd, SOL_UDP, UDP_GRO, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        fprintf(stderr, "bench-floor: port %u: %s\n", port, g_strerror(errno));
        exit(1);
    }
    event.data.fd = fd;
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
    return fd;
}

static int
run_sink(uint16_t first_port, unsigned n_receivers, unsigned seconds)
{
    static uint8_t buffer[DATAGRAM_MAX];
    struct epoll_event events[EVENTS_PER_WAIT];
    int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    g_autofree int *fds = g_new(int, n_receivers);
    int64_t end_us = now_us() + (int64_t)seconds * G_USEC_PER_SEC;
    uint64_t n_bytes = 0;

    for (unsigned i = 0; i < n_receivers; i++)
        fds[i] = open_sink(epoll_fd, (uint16_t)(first_port + i));
    printf("ready\n");
    fflush(stdout);
    while (now_us() < end_us) {
        int n = epoll_wait(epoll_fd, events, EVENTS_PER_WAIT, 100);

        for (int i = 0; i < n; i++) {
            ssize_t length;

            while ((length = recv(events[i].data.fd, buffer, sizeof buffer, 0)) > 0)
                n_bytes += (uint64_t)length;
        }
    }
    printf("{\"bytes\":%" G_GUINT64_FORMAT "}\n", n_bytes);
    for (unsigned i = 0; i < n_receivers; i++)
        close(fds[i]);
    close(epoll_fd);
    return 0;
}

int
main(int argc, char **argv)
{
    if (argc == 5 && g_str_equal(argv[1], "sink"))
        return run_sink((uint16_t)parse_number(argv[2], "FIRST_PORT", 1, 65535),
                        parse_number(argv[3], "N", 1, RECEIVERS_MAX),
                        parse_number(argv[4], "SECONDS", 1, 600));
    if ((argc == 9 || argc == 10) && g_str_equal(argv[1], "send")) {
        Plan plan = {
            .first_port = (uint16_t)parse_number(argv[3], "FIRST_PORT", 1, 65535),
            .n_receivers = parse_number(argv[4], "N", 1, RECEIVERS_MAX),
            .seconds = parse_number(argv[5], "SECONDS", 1, 600),
            .n_bytes = parse_number(argv[6], "BYTES", 1, 1472),
            .n_packets = parse_number(argv[7], "PACKETS", 1, 45),
            .fps = parse_number(argv[8], "FPS", 1, 1000),
            .is_hot = argc == 10 && g_str_equal(argv[9], "hot"),
        };

        if (inet_pton(AF_INET, argv[2], &plan.address) == 1)
            return run_send(&plan);
    }
    fprintf(
        stderr,
        "usage: bench-floor sink FIRST_PORT N SECONDS\n"
        "       bench-floor send ADDRESS FIRST_PORT N SECONDS BYTES PACKETS FPS [hot]\n");
    return 2;
}

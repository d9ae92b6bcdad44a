/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/socket.h"

#include <errno.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <gio/gio.h>

static bool
fail(GError **error, const char *what, int fd)
{
    int code = errno;

    g_set_error(error, G_IO_ERROR, (int)g_io_error_from_errno(code), "%s: %s", what,
                g_strerror(code));
    if (fd >= 0)
        close(fd);
    return false;
}

static void
set_option(int fd, int level, int name, int value)
{
    /* What is missing in a kernel costs comfort (a time stamp, a larger buffer), not
     * function: the relay runs without. */
    (void)setsockopt(fd, level, name, &value, sizeof value);
}

static void
set_buffer(int fd, int forced_name, int name, int kib)
{
    int bytes = kib * 1024;

    if (setsockopt(fd, SOL_SOCKET, forced_name, &bytes, sizeof bytes) < 0)
        set_option(fd, SOL_SOCKET, name, bytes);
}

/* IPv4 is reached by mapped addresses; a machine without IPv6 gets an IPv4 socket. */
static int
create(int *out_family)
{
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    *out_family = AF_INET6;
    if (fd >= 0) {
        set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
        return fd;
    }
    *out_family = AF_INET;
    return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static bool
bind_to(int fd, int family, const ScConfig *config, uint16_t port, GError **error)
{
    ScAddress listen;
    ScSocketName name;
    g_autofree char *what =
        g_strdup_printf("bind to UDP port %u of %s", port, config->listen);

    if (!sc_address_parse(config->listen, port, &listen))
        g_assert_not_reached(); /* config.c has checked it */

    socklen_t length = sc_socket_write_name(family, &listen, &name);
    return bind(fd, &name.any, length) == 0 || fail(error, what, -1);
}

static bool
is_any(const char *text)
{
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(text);

    return g_inet_address_get_is_any(address); /* config.c has checked it */
}

uint16_t
sc_socket_reserve_port(const ScConfig *config, GError **error)
{
    int family;
    int fd = create(&family);
    ScSocketName name;
    socklen_t length = sizeof name;

    if (fd < 0) {
        fail(error, "socket", -1);
        return 0;
    }
    if (!bind_to(fd, family, config, (uint16_t)config->port, error)) {
        close(fd);
        return 0;
    }
    if (getsockname(fd, &name.any, &length) < 0) {
        fail(error, "getsockname", fd);
        return 0;
    }
    close(fd);
    return ntohs(family == AF_INET6 ? name.in6.sin6_port : name.in.sin_port);
}

int
sc_socket_open(const ScConfig *config, uint16_t port, int *out_family, GError **error)
{
    int family;
    int fd = create(&family);

    if (fd < 0) {
        fail(error, "socket", -1);
        return -1;
    }
    set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
    if (!bind_to(fd, family, config, port, error)) {
        close(fd);
        return -1;
    }
    set_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, config->receive_buffer_kib);
    set_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, config->send_buffer_kib);
    set_option(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
    /* A socket of one address sends from that: none has to be told (2 % of a message). */
    if (family == AF_INET6 && is_any(config->listen))
        set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
    *out_family = family;
    return fd;
}

bool
sc_socket_probe_gso(void)
{
    struct sockaddr_in name = { .sin_family = AF_INET };
    socklen_t length = sizeof name;
    int segment = 1;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return false;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool works =
        bind(fd, (struct sockaddr *)&name, sizeof name) == 0
        && getsockname(fd, (struct sockaddr *)&name, &length) == 0
        && setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof segment) == 0
        && sendto(fd, "ab", 2, 0, (struct sockaddr *)&name, length) == 2;
    close(fd);
    return works;
}

socklen_t
sc_socket_write_name(int family, const ScAddress *address, ScSocketName *out_name)
{
    memset(out_name, 0, sizeof *out_name);
    if (family == AF_INET6) {
        sc_address_write_in6(address, &out_name->in6);
        return sizeof out_name->in6;
    }
    out_name->in.sin_family = AF_INET;
    out_name->in.sin_port = htons(address->port);
    memcpy(&out_name->in.sin_addr, address->ip + 12, sizeof out_name->in.sin_addr);
    return sizeof out_name->in;
}

void
sc_socket_read_arrival(struct msghdr *message, ScSocketArrival *out_arrival)
{
    *out_arrival = (ScSocketArrival){ 0 };

    for (struct cmsghdr *one = CMSG_FIRSTHDR(message); one != NULL;
         one = CMSG_NXTHDR(message, one)) {
        if (one->cmsg_level == SOL_SOCKET && one->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec at;

            memcpy(&at, CMSG_DATA(one), sizeof at);
            out_arrival->realtime_us = at.tv_sec * INT64_C(1000000) + at.tv_nsec / 1000;
        } else if (one->cmsg_level == IPPROTO_IPV6 && one->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;

            memcpy(&info, CMSG_DATA(one), sizeof info);
            out_arrival->local = info.ipi6_addr;
            out_arrival->has_local = true;
        }
    }
}

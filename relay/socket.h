/* SPDX-License-Identifier: Apache-2.0 */
/* socket.h: the one UDP port: a socket per worker (SO_REUSEPORT), IPv6 and IPv4 on the
 * same. Thread: opened on the main thread, then each its worker's. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "relay/address.h"
#include "relay/config.h"

/* What recvmsg's and sendmsg's msg_name points to. */
typedef union {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
} ScSocketName;

/* Room for what one received datagram is told with: IPV6_PKTINFO and SO_TIMESTAMPNS. */
#define SC_SOCKET_CONTROL_MAX 128

/* What a received datagram's control messages say. */
typedef struct {
    bool has_local;
    struct in6_addr local; /* our address that it was sent to, IPv4 mapped */
    int64_t realtime_us;   /* the kernel's receipt, CLOCK_REALTIME; 0: not told */
} ScSocketArrival;

/* Fails where another program has the port, which SO_REUSEPORT alone would share with it.
 * Returns the port (chosen where the configured one is 0), or 0 and @error. */
uint16_t sc_socket_reserve_port(const ScConfig *config, GError **error);

/* A bound, non-blocking socket, or -1 and @error. @out_family: AF_INET6, or AF_INET where
 * the machine has no IPv6. */
int sc_socket_open(const ScConfig *config, uint16_t port, int *out_family,
                   GError **error);

/* Whether the kernel takes UDP_SEGMENT messages: tried with two bytes sent to ourselves.
 */
bool sc_socket_probe_gso(void);

/* Returns the length of what was written for a socket of @family. */
socklen_t sc_socket_write_name(int family, const ScAddress *address,
                               ScSocketName *out_name);

void sc_socket_read_arrival(struct msghdr *message, ScSocketArrival *out_arrival);

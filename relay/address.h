/* SPDX-License-Identifier: Apache-2.0 */
/* address.h: where a datagram comes from or goes to. IPv4 is kept mapped into IPv6
 * (RFC 4291, section 2.5.5.2), so that one socket and one key serve both.
 * Thread: any; plain values. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include <glib.h>

#define SC_ADDRESS_STRING_MAX 64 /* bytes, "[v6]:port" and the final NUL included */

typedef struct {
    uint8_t ip[16]; /* network order; IPv4 as ::ffff:a.b.c.d */
    uint16_t port;  /* host order */
} ScAddress;

/* @text is an IPv4 or IPv6 literal without brackets. */
bool sc_address_parse(const char *text, uint16_t port, ScAddress *out_address)
    G_GNUC_WARN_UNUSED_RESULT;

/* False where @from is of neither family. */
bool sc_address_from_sockaddr(const struct sockaddr *from, ScAddress *out_address)
    G_GNUC_WARN_UNUSED_RESULT;

/* For a dual-stack socket: always AF_INET6. */
void sc_address_write_in6(const ScAddress *address, struct sockaddr_in6 *out_in6);

/* The peer's own family, as STUN's XOR-MAPPED-ADDRESS has to name it. */
void sc_address_write_native(const ScAddress *address,
                             struct sockaddr_storage *out_native, socklen_t *out_length);

bool sc_address_is_v4(const ScAddress *address);
gboolean sc_address_equal(gconstpointer a, gconstpointer b);
guint sc_address_hash(gconstpointer address);

/* "192.0.2.1" or "2001:db8::1"; returns @buffer. */
const char *sc_address_write_ip(const ScAddress *address,
                                char buffer[SC_ADDRESS_STRING_MAX]);

/* "192.0.2.1:5004" or "[2001:db8::1]:5004"; returns @buffer. */
const char *sc_address_write(const ScAddress *address,
                             char buffer[SC_ADDRESS_STRING_MAX]);

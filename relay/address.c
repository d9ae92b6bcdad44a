/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const uint8_t V4_MAPPED[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

bool
sc_address_parse(const char *text, uint16_t port, ScAddress *out_address)
{
    ScAddress address = { .port = port };

    memcpy(address.ip, V4_MAPPED, sizeof V4_MAPPED);
    if (inet_pton(AF_INET, text, address.ip + sizeof V4_MAPPED) != 1
        && inet_pton(AF_INET6, text, address.ip) != 1)
        return false;
    *out_address = address;
    return true;
}

bool
sc_address_from_sockaddr(const struct sockaddr *from, ScAddress *out_address)
{
    if (from->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;

        memcpy(&in6, from, sizeof in6);
        memcpy(out_address->ip, &in6.sin6_addr, sizeof out_address->ip);
        out_address->port = ntohs(in6.sin6_port);
        return true;
    }
    if (from->sa_family == AF_INET) {
        struct sockaddr_in in;

        memcpy(&in, from, sizeof in);
        memcpy(out_address->ip, V4_MAPPED, sizeof V4_MAPPED);
        memcpy(out_address->ip + sizeof V4_MAPPED, &in.sin_addr, sizeof in.sin_addr);
        out_address->port = ntohs(in.sin_port);
        return true;
    }
    return false;
}

void
sc_address_write_in6(const ScAddress *address, struct sockaddr_in6 *out_in6)
{
    *out_in6 = (struct sockaddr_in6){
        .sin6_family = AF_INET6,
        .sin6_port = htons(address->port),
    };
    memcpy(&out_in6->sin6_addr, address->ip, sizeof address->ip);
}

void
sc_address_write_native(const ScAddress *address, struct sockaddr_storage *out_native,
                        socklen_t *out_length)
{
    memset(out_native, 0, sizeof *out_native);
    if (sc_address_is_v4(address)) {
        struct sockaddr_in in = { .sin_family = AF_INET,
                                  .sin_port = htons(address->port) };

        memcpy(&in.sin_addr, address->ip + sizeof V4_MAPPED, sizeof in.sin_addr);
        memcpy(out_native, &in, sizeof in);
        *out_length = sizeof in;
    } else {
        struct sockaddr_in6 in6;

        sc_address_write_in6(address, &in6);
        memcpy(out_native, &in6, sizeof in6);
        *out_length = sizeof in6;
    }
}

bool
sc_address_is_v4(const ScAddress *address)
{
    return memcmp(address->ip, V4_MAPPED, sizeof V4_MAPPED) == 0;
}

gboolean
sc_address_equal(gconstpointer a, gconstpointer b)
{
    const ScAddress *left = a;
    const ScAddress *right = b;

    return left->port == right->port && memcmp(left->ip, right->ip, sizeof left->ip) == 0;
}

guint
sc_address_hash(gconstpointer address)
{
    const ScAddress *self = address;
    uint64_t words[2];
    uint64_t mixed;

    memcpy(words, self->ip, sizeof words);
    /* Two rounds of splitmix64's finalizer: neighbouring ports must not share buckets. */
    mixed = (words[0] ^ (words[1] * UINT64_C(0x9e3779b97f4a7c15)) ^ self->port)
            * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (guint)(mixed >> 32);
}

const char *
sc_address_write_ip(const ScAddress *address, char buffer[SC_ADDRESS_STRING_MAX])
{
    if (sc_address_is_v4(address))
        inet_ntop(AF_INET, address->ip + sizeof V4_MAPPED, buffer, SC_ADDRESS_STRING_MAX);
    else
        inet_ntop(AF_INET6, address->ip, buffer, SC_ADDRESS_STRING_MAX);
    return buffer;
}

const char *
sc_address_write(const ScAddress *address, char buffer[SC_ADDRESS_STRING_MAX])
{
    char ip[SC_ADDRESS_STRING_MAX];

    snprintf(buffer, SC_ADDRESS_STRING_MAX,
             sc_address_is_v4(address) ? "%s:%u" : "[%s]:%u",
             sc_address_write_ip(address, ip), address->port);
    return buffer;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* peer-stun.h: the checks of a controlling ICE agent, and their answers, by libnice's
 * STUN. Thread: any; no state. Spec: RFC 8445 section 7, RFC 8489. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/address.h"

#define SC_PEER_STUN_ID_LENGTH 16 /* bytes, the magic cookie included */
#define SC_PEER_STUN_MAX 1024     /* bytes of a check */

typedef struct {
    const char *username; /* "remote:local" */
    const char *password; /* the remote's */
    uint64_t tie_breaker;
    bool is_nominating; /* USE-CANDIDATE */
    bool is_controlled; /* a false role, to be refused */
} ScPeerCheck;

/* Returns the bytes written. */
size_t sc_peer_stun_write_check(const ScPeerCheck *check, uint8_t out[SC_PEER_STUN_MAX],
                                uint8_t out_id[SC_PEER_STUN_ID_LENGTH]);

/* 0: an authenticated success of the check @id; above: its error's code; -1: neither. */
int sc_peer_stun_read_answer(const uint8_t *data, size_t length,
                             const uint8_t id[SC_PEER_STUN_ID_LENGTH],
                             const char *password);

/* The success answer to a check of the other side's: some agents nominate no pair before
 * their own check was answered, ICE-lite or not. Returns the bytes written; 0: it was no
 * check, or none that knows @password, which is ours. @to: where it came from. */
size_t sc_peer_stun_answer_check(const uint8_t *data, size_t length, const char *password,
                                 const ScAddress *to, uint8_t out[SC_PEER_STUN_MAX]);

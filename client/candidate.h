/* SPDX-License-Identifier: Apache-2.0 */
/* candidate.h: the relay's ICE candidates, as an answer or a fragment lists them, and the
 * few of them worth a check from here. Few pairs matter: on a long line libnice sends one
 * check every 1.2 s. Spec: RFC 8839, 5.1. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <gio/gio.h>

#define SC_CANDIDATES_MAX 2 /* one a family */

typedef struct {
    GInetAddress *remote; /* owned */
    GInetAddress *local;  /* owned: where packets to @remote leave from */
    uint16_t port;        /* of @remote */
} ScCandidate;

typedef struct {
    ScCandidate items[SC_CANDIDATES_MAX];
    unsigned n;
} ScCandidates;

void sc_candidates_clear(ScCandidates *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScCandidates, sc_candidates_clear)

/* The local address the system would send from to @remote; NULL: there is no way. */
typedef GInetAddress *(*ScCandidateRoute)(GInetAddress *remote, uint16_t port);

/* Asks the routing table; sends nothing. */
GInetAddress *sc_candidate_route(GInetAddress *remote, uint16_t port);

/* The first UDP host candidate of each family in @sdp to which @route knows a way. */
void sc_candidates_choose(const char *sdp, ScCandidateRoute route,
                          ScCandidates *out_candidates);

/* @sdp without its candidate lines; all other lines stay. */
char *sc_candidates_strip(const char *sdp) G_GNUC_WARN_UNUSED_RESULT;

/* The value of the first line "a=@name:value" in @sdp; NULL: there is none. */
char *sc_candidate_dup_attribute(const char *sdp, const char *name)
    G_GNUC_WARN_UNUSED_RESULT;

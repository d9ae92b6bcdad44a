/* SPDX-License-Identifier: Apache-2.0 */
/* fragment.h: the bodies of PATCH: trickled candidates, ICE restarts, our answer to
 * those. Thread: any; no state. Spec: RFC 8840 section 4.4, RFC 9725 section 4.3. */
#pragma once

#include <stddef.h>

#include "signaling/sdp.h"

#define SC_FRAGMENT_LENGTH_MAX (16 * 1024) /* bytes */
#define SC_FRAGMENT_SECTIONS_MAX 32
#define SC_FRAGMENT_CANDIDATES_MAX 64

typedef struct {
    char *ice_ufrag;       /* owned; of the session, else of the first section */
    char *ice_pwd;         /* owned */
    unsigned n_candidates; /* counted, not kept: as ICE-lite we only answer checks */
    bool end_of_candidates;
} ScFragment;

/* NULL and @error (BAD_FRAGMENT) where it breaks the grammar or a limit. Both credentials
 * or neither are there; without them it is about the present ones. */
ScFragment *sc_fragment_parse(const char *text, size_t length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_fragment_free(ScFragment *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScFragment, sc_fragment_free)

/* Our new credentials and candidates after a restart; @mid is that of
 * sc_answer_get_mid(). */
char *sc_fragment_write(const ScSdpTransport *transport, const char *mid)
    G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: Apache-2.0 */
/* role.h: what a site is in a lesson. Thread: any; plain values. Spec:
 * docs/protocol.md#tokens. */
#pragma once

#include <stdbool.h>

#include <glib.h>

typedef enum {
    SC_ROLE_TEACHER,
    SC_ROLE_CLASSROOM,
    SC_ROLE_OBSERVER,
    SC_ROLE_PUPIL, /* somebody of a site; answers, and is no part of the lesson's media */
} ScRole;

/* "teacher"; static. */
const char *sc_role_get_name(ScRole role);
bool sc_role_parse(const char *name, ScRole *out_role) G_GNUC_WARN_UNUSED_RESULT;

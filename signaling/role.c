/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/role.h"

static const char *const names[] = {
    [SC_ROLE_TEACHER] = "teacher",
    [SC_ROLE_CLASSROOM] = "classroom",
    [SC_ROLE_OBSERVER] = "observer",
    [SC_ROLE_PUPIL] = "pupil",
};

const char *
sc_role_get_name(ScRole role)
{
    return names[role];
}

bool
sc_role_parse(const char *name, ScRole *out_role)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(name, names[i])) {
            *out_role = (ScRole)i;
            return true;
        }
    return false;
}

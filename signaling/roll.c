/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/roll.h"

#include <string.h>

#include "signaling/problem.h"

struct ScRoll {
    unsigned number;
    GArray *heads; /* owned, of ScSiteNumber: as they first answered */
};

ScRoll *
sc_roll_new(void)
{
    ScRoll *self = g_new0(ScRoll, 1);
    self->heads = g_array_new(FALSE, FALSE, sizeof(ScSiteNumber));
    return self;
}

void
sc_roll_free(ScRoll *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->heads);
    g_free(self);
}

unsigned
sc_roll_begin(ScRoll *self)
{
    g_array_set_size(self->heads, 0);
    return ++self->number;
}

bool
sc_roll_count(ScRoll *self, const char *site, unsigned heads, GError **error)
{
    if (self->number == 0) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_NO_ROLL_CALL,
                    "the teacher has not called the roll yet");
        return false;
    }
    for (guint i = 0; i < self->heads->len; i++) {
        ScSiteNumber *known = &g_array_index(self->heads, ScSiteNumber, i);
        if (strcmp(known->site, site) == 0) {
            known->n = heads;
            return true;
        }
    }
    ScSiteNumber fresh = { .n = heads };
    g_strlcpy(fresh.site, site, sizeof fresh.site);
    g_array_append_val(self->heads, fresh);
    return true;
}

unsigned
sc_roll_get_number(const ScRoll *self)
{
    return self->number;
}

ScSiteNumbers
sc_roll_dup(const ScRoll *self)
{
    return (ScSiteNumbers){ g_memdup2(self->heads->data,
                                      self->heads->len * sizeof(ScSiteNumber)),
                            self->heads->len };
}

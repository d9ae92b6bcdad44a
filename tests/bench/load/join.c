/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/load/join.h"

void
sc_load_door_free(ScLoadDoor *self)
{
    if (self == NULL)
        return;
    g_free(self->last_refusal);
    self->class->free(self);
}

void
sc_load_door_refuse(ScLoadDoor *self, const char *reason)
{
    self->n_refused++;
    g_free(self->last_refusal);
    self->last_refusal = g_strdup(reason);
}

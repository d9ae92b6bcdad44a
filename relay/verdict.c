/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/verdict.h"

#include <glib.h>

static const char *const LABELS[SC_N_VERDICTS] = {
#define SC_VERDICT_LABEL(name, label) [SC_VERDICT_##name] = label,
    SC_VERDICTS(SC_VERDICT_LABEL)
#undef SC_VERDICT_LABEL
};

const char *
sc_verdict_get_label(ScVerdict verdict)
{
    g_assert(verdict < SC_N_VERDICTS);
    return LABELS[verdict];
}

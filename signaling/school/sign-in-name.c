/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/school/sign-in-name.h"

#include <string.h>

/* A Chinese keyboard gives full-width letters, and some characters twice: NFKC makes them
 * one. */
char *
sc_sign_in_name_fold(const char *given)
{
    g_autofree char *composed = g_utf8_normalize(given, -1, G_NORMALIZE_ALL_COMPOSE);
    return g_utf8_strdown(composed, -1);
}

static bool
is_allowed(gunichar c)
{
    if (c < 128)
        return g_ascii_islower((char)c) || g_ascii_isdigit((char)c)
               || strchr("._@-", (int)c) != NULL;
    return g_unichar_isalpha(c) && g_unichar_get_script(c) == G_UNICODE_SCRIPT_HAN;
}

bool
sc_sign_in_name_is_good(const char *folded)
{
    glong length = g_utf8_strlen(folded, -1);
    for (const char *at = folded; *at != '\0'; at = g_utf8_next_char(at))
        if (!is_allowed(g_utf8_get_char(at)))
            return false;
    return length >= SC_SIGN_IN_NAME_MIN && length <= SC_SIGN_IN_NAME_MAX;
}

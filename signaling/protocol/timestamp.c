/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/protocol/timestamp.h"

char *
sc_timestamp_print(int64_t time_ms)
{
    int64_t part_ms = ((time_ms % 1000) + 1000) % 1000;
    g_autoptr(GDateTime) instant =
        g_date_time_new_from_unix_utc((time_ms - part_ms) / 1000);
    if (instant == NULL)
        return g_strdup("");
    g_autofree char *seconds = g_date_time_format(instant, "%Y-%m-%dT%H:%M:%S");
    return part_ms == 0 ? g_strconcat(seconds, "Z", NULL)
                        : g_strdup_printf("%s.%03dZ", seconds, (int)part_ms);
}

bool
sc_timestamp_parse(const char *text, int64_t *out_time_ms)
{
    g_autoptr(GDateTime) instant = g_date_time_new_from_iso8601(text, NULL);
    if (instant == NULL)
        return false;
    *out_time_ms =
        g_date_time_to_unix(instant) * 1000 + g_date_time_get_microsecond(instant) / 1000;
    return true;
}

void
sc_timestamp_set_member(JsonObject *object, const char *name, int64_t time_ms)
{
    g_autofree char *text = sc_timestamp_print(time_ms);

    if (time_ms != 0)
        json_object_set_string_member(object, name, text);
    else
        json_object_set_null_member(object, name);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/school/icalendar.h"

#include <libical/ical.h>
#include <string.h>

#define PRODUCT "-//SynClass//SynClass//ZH"
#define REFRESH_MIN 30
#define LINE_END "\r\n"
#define LINE_LENGTH_MAX 75 /* bytes without the end, RFC 5545 section 3.1 */

/* What RFC 5545 section 3.3.11 allows in a TEXT: no control characters but tab and, of
 * any kind, line ends. libical escapes, but does not look. */
static char *
clean_text(const char *text)
{
    GString *clean = g_string_sized_new(strlen(text));
    for (; *text != '\0'; text++) {
        if (*text == '\r' && text[1] == '\n')
            continue;
        if (*text == '\r')
            g_string_append_c(clean, '\n');
        else if (!g_ascii_iscntrl(*text) || *text == '\n' || *text == '\t')
            g_string_append_c(clean, *text);
    }
    return g_string_free(clean, FALSE);
}

static void
add_text(icalcomponent *component, icalproperty_kind kind, const char *text)
{
    if (text == NULL)
        return;
    g_autofree char *clean = clean_text(text);
    icalproperty *property = icalproperty_new(kind);
    icalproperty_set_value(property, icalvalue_new_text(clean));
    icalcomponent_add_property(component, property);
}

static void
add_extension(icalcomponent *component, const char *name, const char *text)
{
    g_autofree char *clean = clean_text(text);
    icalproperty *property = icalproperty_new_x(clean);
    icalproperty_set_x_name(property, name);
    icalcomponent_add_property(component, property);
}

/* As clocks in @zone show it; NULL: UTC. */
static struct icaltimetype
to_time(int64_t time_ms, icaltimezone *zone)
{
    icaltimezone *utc = icaltimezone_get_utc_timezone();
    struct icaltimetype time =
        icaltime_from_timet_with_zone((time_t)(time_ms / 1000), 0, utc);
    return zone != NULL ? icaltime_convert_to_zone(time, zone) : time;
}

/* With the zone as parameter, which libical leaves to its caller; UTC has none. */
static void
add_time(icalcomponent *event, icalproperty *property, icaltimezone *zone)
{
    if (zone != NULL)
        icalproperty_add_parameter(
            property, icalparameter_new_tzid(icaltimezone_get_location(zone)));
    icalcomponent_add_property(event, property);
}

/* Called by its plain IANA name, without "/freeassociation.sourceforge.net/" before it,
 * which not every calendar program sees through. */
static icalcomponent *
make_zone(icaltimezone *zone)
{
    icalcomponent *component = icalcomponent_new_clone(icaltimezone_get_component(zone));
    icalproperty_set_tzid(icalcomponent_get_first_property(component, ICAL_TZID_PROPERTY),
                          icaltimezone_get_location(zone));
    return component;
}

static icalcomponent *
make_event(const ScIcalendarEvent *from, icaltimezone *zone, int64_t now_ms)
{
    icalcomponent *event = icalcomponent_new_vevent();
    add_text(event, ICAL_UID_PROPERTY, from->uid);
    icalcomponent_add_property(event, icalproperty_new_dtstamp(to_time(now_ms, NULL)));
    add_time(event, icalproperty_new_dtstart(to_time(from->starts_ms, zone)), zone);
    add_time(event, icalproperty_new_dtend(to_time(from->ends_ms, zone)), zone);
    add_text(event, ICAL_SUMMARY_PROPERTY, from->summary);
    add_text(event, ICAL_LOCATION_PROPERTY, from->location);
    add_text(event, ICAL_DESCRIPTION_PROPERTY, from->description);
    icalcomponent_add_property(event, icalproperty_new_sequence(from->sequence));
    icalcomponent_add_property(
        event, icalproperty_new_status(from->is_cancelled ? ICAL_STATUS_CANCELLED
                                                          : ICAL_STATUS_CONFIRMED));
    return event;
}

/* The name and the interval twice: as RFC 7986 has them, and as Outlook and others had
 * them before. */
static icalcomponent *
make_calendar(const char *name)
{
    icalcomponent *calendar = icalcomponent_new_vcalendar();
    struct icaldurationtype refresh = { .minutes = REFRESH_MIN };
    icalproperty *interval = icalproperty_new_refreshinterval(refresh);
    g_autofree char *refresh_text = g_strdup_printf("PT%dM", REFRESH_MIN);
    icalcomponent_add_property(calendar, icalproperty_new_version("2.0"));
    icalcomponent_add_property(calendar, icalproperty_new_prodid(PRODUCT));
    icalcomponent_add_property(calendar, icalproperty_new_method(ICAL_METHOD_PUBLISH));
    add_text(calendar, ICAL_NAME_PROPERTY, name);
    add_extension(calendar, "X-WR-CALNAME", name);
    icalproperty_add_parameter(interval, icalparameter_new_value(ICAL_VALUE_DURATION));
    icalcomponent_add_property(calendar, interval);
    add_extension(calendar, "X-PUBLISHED-TTL", refresh_text);
    return calendar;
}

/* The bytes of @line that still fit into @room, whole characters only. */
static size_t
measure_piece(const char *line, size_t length, size_t room)
{
    size_t end = MIN(length, room);
    while (end < length && ((unsigned char)line[end] & 0xc0) == 0x80)
        end--;
    return end;
}

static void
fold_line(GString *folded, const char *line, size_t length)
{
    size_t n = measure_piece(line, length, LINE_LENGTH_MAX);
    g_string_append_len(folded, line, (gssize)n);
    for (size_t at = n; at < length; at += n) {
        n = measure_piece(line + at, length - at, LINE_LENGTH_MAX - 1);
        g_string_append(folded, LINE_END " ");
        g_string_append_len(folded, line + at, (gssize)n);
    }
    g_string_append(folded, LINE_END);
}

/* Folds anew what libical folded: where a line's end falls on the limit, libical 3.0 cuts
 * between its CR and its LF. */
static char *
fold(const char *text)
{
    g_auto(GStrv) pieces = g_strsplit(text, LINE_END " ", -1);
    g_autofree char *whole = g_strjoinv("", pieces);
    GString *folded = g_string_sized_new(strlen(text));
    const char *line = whole;
    for (const char *end; (end = strstr(line, LINE_END)) != NULL;
         line = end + strlen(LINE_END))
        fold_line(folded, line, (size_t)(end - line));
    return g_string_free(folded, FALSE);
}

char *
sc_icalendar_print(const char *name, const char *zone_name, int64_t now_ms,
                   const ScIcalendarEvent *events, unsigned n_events)
{
    icaltimezone *zone = icaltimezone_get_builtin_timezone(zone_name);
    icalcomponent *calendar = make_calendar(name);
    if (zone != NULL)
        icalcomponent_add_component(calendar, make_zone(zone));
    for (unsigned i = 0; i < n_events; i++)
        icalcomponent_add_component(calendar, make_event(&events[i], zone, now_ms));
    char *text = icalcomponent_as_ical_string_r(calendar);
    char *folded = fold(text);
    icalmemory_free_buffer(text);
    icalcomponent_free(calendar);
    return folded;
}

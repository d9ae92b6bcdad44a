/* SPDX-License-Identifier: Apache-2.0 */
/* Calendars: what others read in them, by libical's parser and by our own eyes. */
#include <libical/ical.h>
#include <string.h>

#include "signaling/school/icalendar.h"

#define HOUR_MS 3600000LL
#define NOW_MS 1788220800000LL /* 2026-09-01T08:00:00+08:00 */
#define LINE_LENGTH_MAX 75     /* bytes, RFC 5545 section 3.1 */

static const ScIcalendarEvent plain = {
    .uid = "lesson-1@synclass",
    .summary = "数学",
    .location = "镇中心小学 303",
    .description = "",
    .starts_ms = NOW_MS,
    .ends_ms = NOW_MS + 45 * 60000LL,
    .sequence = 2,
};

static char *
print(const ScIcalendarEvent *event, const char *zone)
{
    return sc_icalendar_print("张老师", zone, NOW_MS, event, 1);
}

static void
calendar_reads_as_the_rfc_has_it(void)
{
    static const char *const expected[] = {
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//SynClass//SynClass//ZH\r\n"
        "METHOD:PUBLISH\r\nNAME:张老师\r\nX-WR-CALNAME:张老师\r\n"
        "REFRESH-INTERVAL;VALUE=DURATION:PT30M\r\nX-PUBLISHED-TTL:PT30M\r\n",
        "BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai\r\n",
        "BEGIN:VEVENT\r\nUID:lesson-1@synclass\r\nDTSTAMP:20260901T000000Z\r\n"
        "DTSTART;TZID=Asia/Shanghai:20260901T080000\r\n"
        "DTEND;TZID=Asia/Shanghai:20260901T084500\r\nSUMMARY:数学\r\n"
        "LOCATION:镇中心小学 303\r\nDESCRIPTION:\r\nSEQUENCE:2\r\nSTATUS:CONFIRMED\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n",
    };
    g_autofree char *text = print(&plain, "Asia/Shanghai");
    for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++)
        if (strstr(text, expected[i]) == NULL)
            g_error("not there:\n%s\nin:\n%s", expected[i], text);
}

static void
cancelled_lesson_says_so(void)
{
    ScIcalendarEvent event = plain;
    event.is_cancelled = true;
    g_autofree char *text = print(&event, "Asia/Shanghai");
    g_assert_nonnull(strstr(text, "\r\nSTATUS:CANCELLED\r\n"));
    g_assert_null(strstr(text, "CONFIRMED"));
}

static void
nobody_is_a_calendar_without_events(void)
{
    g_autofree char *text = sc_icalendar_print("x", "Asia/Shanghai", NOW_MS, NULL, 0);
    g_assert_null(strstr(text, "VEVENT"));
    g_assert_true(g_str_has_suffix(text, "END:VTIMEZONE\r\nEND:VCALENDAR\r\n"));
}

static void
what_is_null_is_left_out(void)
{
    ScIcalendarEvent event = plain;
    event.location = event.description = NULL;
    g_autofree char *text = print(&event, "Asia/Shanghai");
    g_assert_null(strstr(text, "\nLOCATION"));
    g_assert_null(strstr(text, "\nDESCRIPTION"));
}

static void
unknown_zone_becomes_utc(void)
{
    g_autofree char *text = print(&plain, "Mars/Olympus");
    g_assert_null(strstr(text, "VTIMEZONE"));
    g_assert_null(strstr(text, "TZID"));
    g_assert_nonnull(strstr(text, "\r\nDTSTART:20260901T000000Z\r\n"));
}

/* The text of a parsed event's first property of @kind. */
static const char *
get_text(icalcomponent *event, icalproperty_kind kind)
{
    return icalvalue_get_text(
        icalproperty_get_value(icalcomponent_get_first_property(event, kind)));
}

static void
any_text_survives(void)
{
    static const struct {
        const char *text;
        const char *read; /* NULL: the same */
    } cases[] = {
        { "a,b;c\\d:\"e\"", NULL },
        { "第一行\n第二行", NULL },
        { "第一行\r\n第二行\r第三行", "第一行\n第二行\n第三行" },
        { "\\n\\,\\\\", NULL },
        { "😀👩‍🏫", NULL },
        { "tab\there", NULL },
        { "bell\x07 and escape\x1b and delete\x7f", "bell and escape and delete" },
        { "END:VEVENT\nBEGIN:VEVENT", NULL },
        { "<b>'; DROP TABLE lesson; --", NULL },
        { "العربية עברית ไทย", NULL },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *expected = cases[i].read != NULL ? cases[i].read : cases[i].text;
        ScIcalendarEvent event = plain;
        event.summary = event.location = event.description = cases[i].text;
        g_autofree char *text =
            sc_icalendar_print(cases[i].text, "Asia/Shanghai", NOW_MS, &event, 1);
        icalcomponent *calendar = icalparser_parse_string(text);
        g_assert_cmpint(icalcomponent_count_errors(calendar), ==, 0);
        g_assert_cmpint(icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT),
                        ==, 1);
        icalcomponent *read =
            icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
        g_assert_cmpstr(get_text(read, ICAL_SUMMARY_PROPERTY), ==, expected);
        g_assert_cmpstr(get_text(read, ICAL_LOCATION_PROPERTY), ==, expected);
        g_assert_cmpstr(get_text(read, ICAL_DESCRIPTION_PROPERTY), ==, expected);
        g_assert_cmpstr(get_text(calendar, ICAL_NAME_PROPERTY), ==, expected);
        icalcomponent_free(calendar);
    }
}

static void
check_lines(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_assert_null(strpbrk(*line, "\r\n"));
        g_assert_cmpuint(strlen(*line), <=, LINE_LENGTH_MAX);
        g_assert_true(g_utf8_validate(*line, -1, NULL));
        g_assert_true(**line != '\0' || line[1] == NULL);
    }
}

/* Each length around the fold, so that it would fall within each of these characters. */
static void
long_lines_are_folded_between_characters(void)
{
    static const char *const characters[] = { "a", "é", "课", "😀", "," };
    for (unsigned i = 0; i < G_N_ELEMENTS(characters); i++) {
        g_autoptr(GString) summary = g_string_new(NULL);
        for (unsigned n = 0; n < 160; n++) {
            ScIcalendarEvent event = plain;
            g_string_append(summary, n % 7 == 6 ? "x" : characters[i]);
            event.summary = summary->str;
            g_autofree char *text = print(&event, "Asia/Shanghai");
            check_lines(text);
            icalcomponent *calendar = icalparser_parse_string(text);
            icalcomponent *read =
                icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
            g_assert_cmpstr(get_text(read, ICAL_SUMMARY_PROPERTY), ==, summary->str);
            icalcomponent_free(calendar);
        }
    }
}

/* Reads the event's beginning by the VTIMEZONE of the calendar itself. */
static int64_t
read_start_ms(icalcomponent *calendar)
{
    icaltimezone *zone = icaltimezone_new();
    icalcomponent *component = icalcomponent_new_clone(
        icalcomponent_get_first_component(calendar, ICAL_VTIMEZONE_COMPONENT));
    icalcomponent *event =
        icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
    icalproperty *start = icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY);
    icalparameter *tzid = icalproperty_get_first_parameter(start, ICAL_TZID_PARAMETER);
    g_assert_true(icaltimezone_set_component(zone, component) == 1);
    g_assert_cmpstr(icalparameter_get_tzid(tzid), ==, icaltimezone_get_tzid(zone));
    struct icaltimetype time = icalproperty_get_dtstart(start);
    g_assert_false(icaltime_is_utc(time));
    int64_t start_ms = 1000LL * icaltime_as_timet_with_zone(time, zone);
    icaltimezone_free(zone, 1);
    return start_ms;
}

static void
instants_survive_in_any_zone(void)
{
    static const char *const zones[] = { "Asia/Shanghai", "Asia/Urumqi",
                                         "America/New_York", "Asia/Kathmandu",
                                         "Europe/Lisbon" };
    for (unsigned i = 0; i < G_N_ELEMENTS(zones); i++) {
        for (int64_t day = 0; day < 400; day += 5) {
            ScIcalendarEvent event = plain;
            event.starts_ms = NOW_MS + day * 25 * HOUR_MS;
            event.ends_ms = event.starts_ms + HOUR_MS;
            g_autofree char *text = print(&event, zones[i]);
            icalcomponent *calendar = icalparser_parse_string(text);
            g_assert_cmpint(read_start_ms(calendar), ==, event.starts_ms);
            icalcomponent_free(calendar);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/school/icalendar/" #name, name)
    ADD(calendar_reads_as_the_rfc_has_it);
    ADD(cancelled_lesson_says_so);
    ADD(nobody_is_a_calendar_without_events);
    ADD(what_is_null_is_left_out);
    ADD(unknown_zone_becomes_utc);
    ADD(any_text_survives);
    ADD(long_lines_are_folded_between_characters);
    ADD(instants_survive_in_any_zone);
#undef ADD
    return g_test_run();
}

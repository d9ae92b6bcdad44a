/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/api/party.h"

#define DAY_MS (24 * 3600 * 1000LL)

GArray *
sc_party_list_members(const ScParty *party)
{
    GArray *members = g_array_new(FALSE, FALSE, sizeof(ScPartyMember));
    ScPartyMember giving = { SC_CLASH_GIVING_SITE, party->giving_site };
    if (party->teacher != NULL) {
        ScPartyMember teacher = { SC_CLASH_TEACHER, party->teacher };
        g_array_append_val(members, teacher);
    }
    g_array_append_val(members, giving);
    for (unsigned i = 0; party->receiving_sites[i] != NULL; i++) {
        ScPartyMember receiving = { SC_CLASH_RECEIVING_SITE, party->receiving_sites[i] };
        g_array_append_val(members, receiving);
    }
    return members;
}

/* Entries of the term in which a site, or a teacher, takes part. */
#define SELECT_ENTRIES                                                             \
    "SELECT entry.id, weekday, starts_min, ends_min, weeks, first_week, last_week" \
    " FROM entry JOIN pairing ON pairing.id = entry.pairing"                       \
    " JOIN period ON period.schedule = entry.schedule"                             \
    " AND period.number = entry.period"                                            \
    " WHERE pairing.term = $1 AND pairing.state <> 'ended' AND "

static const char *
choose_entries_sql(ScClashKind kind)
{
    return kind == SC_CLASH_TEACHER
               ? SELECT_ENTRIES "entry.id IN (SELECT id FROM entry WHERE teacher = $2"
                                " UNION SELECT its.id FROM entry AS its"
                                " JOIN pairing AS own ON own.id = its.pairing"
                                " WHERE own.teacher = $2 AND its.teacher IS NULL)"
               : SELECT_ENTRIES "pairing.id IN (SELECT id FROM pairing"
                                " WHERE giving_site = $2 UNION"
                                " SELECT pairing FROM pairing_site WHERE site = $2)";
}

static bool
load_entries(ScCall *call, const char *term, const ScPartyMember *member,
             ScOccupancy *occupancy, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call), choose_entries_sql(member->kind),
                       error))
        return false;
    sc_query_bind_text(&query, term);
    sc_query_bind_text(&query, member->id);
    while (sc_query_step(&query, &has_row, error)) {
        ScWeekRule rule = SC_WEEKS_ALL;
        if (!has_row)
            return true;
        (void)sc_week_rule_parse(sc_query_get_text(&query, 4), &rule);
        const ScWeekly weekly = {
            .weekday = (unsigned)sc_query_get_integer(&query, 1),
            .starts_min = (unsigned)sc_query_get_integer(&query, 2),
            .ends_min = (unsigned)sc_query_get_integer(&query, 3),
            .weeks = sc_weeks_make((int)rule, (unsigned)sc_query_get_integer(&query, 5),
                                   (unsigned)sc_query_get_integer(&query, 6)),
        };
        sc_occupancy_add(occupancy, member->id, &weekly, sc_query_get_text(&query, 0));
    }
    return false;
}

ScOccupancy *
sc_party_load_weekly(ScCall *call, const ScParty *party, GArray *members, GError **error)
{
    g_autoptr(ScOccupancy) occupancy = sc_occupancy_new();
    for (guint i = 0; i < members->len; i++)
        if (!load_entries(call, party->term, &g_array_index(members, ScPartyMember, i),
                          occupancy, error))
            return NULL;
    return g_steal_pointer(&occupancy);
}

/* Found by whom they are of, which are hundreds, and not by when, which are hundreds of
 * thousands: CROSS JOIN keeps SQLite from turning that round, "+" from another index. */
#define OF_TEACHER \
    "SELECT lesson.id, title, starts_ms, ends_ms FROM lesson WHERE teacher = $1"
#define OF_SITE                                                    \
    "SELECT lesson.id, title, starts_ms, ends_ms FROM lesson_site" \
    " CROSS JOIN lesson ON lesson.id = lesson_site.lesson"         \
    " WHERE lesson_site.site = $1"
#define STANDS                             \
    " AND +state IN ('scheduled', 'live')" \
    " AND starts_ms > $2 AND starts_ms < $3"
/* Lessons that are where no entry says: made singly, or moved. */
#define BY_HAND " AND (touched = 1 OR entry IS NULL)"

static bool
query_of(ScCall *call, const ScPartyMember *member, const char *sql, int64_t from_ms,
         int64_t until_ms, ScQuery *out_query, GError **error)
{
    if (!sc_query_init(out_query, sc_call_get_store(call), sql, error))
        return false;
    sc_query_bind_text(out_query, member->id);
    sc_query_bind_integer(out_query, from_ms - SC_PARTY_LESSON_LONGEST_MS);
    sc_query_bind_integer(out_query, until_ms);
    return true;
}

bool
sc_party_query_lessons(ScCall *call, const ScPartyMember *member, int64_t from_ms,
                       int64_t until_ms, ScQuery *out_query, GError **error)
{
    return query_of(call, member,
                    member->kind == SC_CLASH_TEACHER ? OF_TEACHER STANDS : OF_SITE STANDS,
                    from_ms, until_ms, out_query, error);
}

bool
sc_party_query_by_hand(ScCall *call, const ScPartyMember *member,
                       const ScTermCalendar *calendar, ScQuery *out_query, GError **error)
{
    GTimeZone *zone = sc_call_get_parts(call)->zone;
    char first[SC_DAY_LENGTH + 1], last[SC_DAY_LENGTH + 1];
    sc_term_calendar_get_day(calendar, 0, first);
    sc_term_calendar_get_day(calendar, sc_term_calendar_count_days(calendar) - 1, last);
    return query_of(call, member,
                    member->kind == SC_CLASH_TEACHER ? OF_TEACHER STANDS BY_HAND
                                                     : OF_SITE STANDS BY_HAND,
                    MAX(sc_instant_at(first, 0, zone), sc_call_get_now_ms(call)),
                    sc_instant_at(last, 0, zone) + DAY_MS, out_query, error);
}

bool
sc_party_is_weekly_at(ScCall *call, const ScTermCalendar *calendar,
                      const ScWeekly *weekly, int64_t starts_ms, int64_t ends_ms)
{
    char day[SC_DAY_LENGTH + 1];
    unsigned starts_min, week, weekday;
    sc_instant_split(starts_ms, sc_call_get_parts(call)->zone, day, &starts_min);
    int index = sc_term_calendar_find_day(calendar, day);
    unsigned ends_min = starts_min + (unsigned)((ends_ms - starts_ms) / 60000);
    return index >= 0
           && sc_term_calendar_resolve(calendar, (unsigned)index, &week, &weekday)
           && weekday == weekly->weekday && week <= SC_WEEKS_MAX
           && (weekly->weeks >> (week - 1) & 1) != 0 && starts_min < weekly->ends_min
           && ends_min > weekly->starts_min;
}

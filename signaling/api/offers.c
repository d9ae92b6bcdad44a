/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/api/offers.h"

#include "signaling/protocol/timestamp.h"
#include "signaling/school/term-calendar.h"
#include "signaling/store/timetable.h"

#define DAY_MS (24 * 3600 * 1000LL)
#define OFFERS_MAX 5
#define OFFER_DAYS_BEFORE 7
#define OFFER_DAYS_AFTER 14
#define MINUTES_PER_DAY 1440

/* A period; candidates are taken in the order of their distance from what was wanted. */
typedef struct {
    char day[SC_DAY_LENGTH + 1]; /* "": weekly */
    unsigned weekday;
    unsigned number;
    char *name; /* owned */
    unsigned starts_min, ends_min;
    int64_t starts_ms, ends_ms; /* single */
    int64_t distance;
} Candidate;

static void
candidate_clear(gpointer candidate)
{
    g_free(((Candidate *)candidate)->name);
}

static int
compare_candidates(gconstpointer a, gconstpointer b)
{
    int64_t left = ((const Candidate *)a)->distance;
    int64_t right = ((const Candidate *)b)->distance;
    return (left > right) - (left < right);
}

/* The periods of @schedule, of Candidate. */
static GArray *
list_periods(ScCall *call, const char *schedule, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    g_autoptr(GArray) periods = g_array_new(FALSE, TRUE, sizeof(Candidate));
    bool has_row;
    g_array_set_clear_func(periods, candidate_clear);
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT number, name, starts_min, ends_min FROM period"
                       " WHERE schedule = $1 ORDER BY number",
                       error))
        return NULL;
    sc_query_bind_text(&query, schedule);
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return g_steal_pointer(&periods);
        Candidate period = { .number = (unsigned)sc_query_get_integer(&query, 0),
                             .name = sc_query_dup_text(&query, 1),
                             .starts_min = (unsigned)sc_query_get_integer(&query, 2),
                             .ends_min = (unsigned)sc_query_get_integer(&query, 3) };
        g_array_append_val(periods, period);
    }
    return NULL;
}

static void
add_offer(const Candidate *candidate, JsonArray *free_periods)
{
    char starts[SC_MINUTE_LENGTH + 1], ends[SC_MINUTE_LENGTH + 1];
    JsonObject *offer = json_object_new();
    sc_minute_print(candidate->starts_min, starts);
    sc_minute_print(candidate->ends_min, ends);
    if (candidate->day[0] != '\0')
        json_object_set_string_member(offer, "day", candidate->day);
    else
        json_object_set_null_member(offer, "day");
    json_object_set_int_member(offer, "weekday", candidate->weekday);
    json_object_set_int_member(offer, "period", candidate->number);
    json_object_set_string_member(offer, "name", candidate->name);
    json_object_set_string_member(offer, "starts", starts);
    json_object_set_string_member(offer, "ends", ends);
    sc_timestamp_set_member(offer, "starts_at", candidate->starts_ms);
    sc_timestamp_set_member(offer, "ends_at", candidate->ends_ms);
    json_array_add_object_element(free_periods, offer);
}

typedef struct {
    int64_t starts_ms, ends_ms;
} Span;

/* What the party has already, of a term. */
typedef struct {
    GArray *members;          /* owned */
    ScOccupancy *occupancy;   /* owned */
    ScTermCalendar *calendar; /* owned */
    GArray *by_hand;          /* owned; of Span */
} Taken;

static void
taken_clear(Taken *taken)
{
    g_clear_pointer(&taken->members, g_array_unref);
    g_clear_pointer(&taken->occupancy, sc_occupancy_free);
    g_clear_pointer(&taken->calendar, sc_term_calendar_free);
    g_clear_pointer(&taken->by_hand, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Taken, taken_clear)

static bool
load_by_hand(ScCall *call, const ScPartyMember *member, Taken *taken, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_party_query_by_hand(call, member, taken->calendar, &query, error))
        return false;
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return true;
        Span span = { sc_query_get_integer(&query, 2), sc_query_get_integer(&query, 3) };
        g_array_append_val(taken->by_hand, span);
    }
    return false;
}

static bool
load_taken(ScCall *call, const ScParty *party, Taken *taken, GError **error)
{
    taken->members = sc_party_list_members(party);
    taken->by_hand = g_array_new(FALSE, FALSE, sizeof(Span));
    taken->occupancy = sc_party_load_weekly(call, party, taken->members, error);
    taken->calendar =
        taken->occupancy != NULL
            ? sc_store_get_term_calendar(sc_call_get_store(call), party->term, error)
            : NULL;
    if (taken->calendar == NULL)
        return false;
    for (guint i = 0; i < taken->members->len; i++)
        if (!load_by_hand(call, &g_array_index(taken->members, ScPartyMember, i), taken,
                          error))
            return false;
    return true;
}

static bool
is_free_weekly(ScCall *call, const Taken *taken, const ScWeekly *weekly,
               const char *except)
{
    for (guint i = 0; i < taken->members->len; i++) {
        const ScPartyMember *member = &g_array_index(taken->members, ScPartyMember, i);
        uint64_t weeks;
        if (sc_occupancy_find(taken->occupancy, member->id, weekly, except, &weeks)
            != NULL)
            return false;
    }
    for (guint i = 0; i < taken->by_hand->len; i++) {
        const Span *span = &g_array_index(taken->by_hand, Span, i);
        if (sc_party_is_weekly_at(call, taken->calendar, weekly, span->starts_ms,
                                  span->ends_ms))
            return false;
    }
    return true;
}

bool
sc_offers_find_weekly(ScCall *call, const ScParty *party, const char *schedule,
                      const ScWeekly *weekly, JsonArray *free_periods, GError **error)
{
    g_auto(Taken) taken = { 0 };
    g_autoptr(GArray) periods = load_taken(call, party, &taken, error)
                                    ? list_periods(call, schedule, error)
                                    : NULL;
    if (periods == NULL)
        return false;
    g_autoptr(GArray) candidates = g_array_new(FALSE, TRUE, sizeof(Candidate));
    unsigned last_weekday = weekly->weekday > 5 ? 7 : 5;
    for (unsigned weekday = 1; weekday <= last_weekday; weekday++) {
        for (guint i = 0; i < periods->len; i++) {
            Candidate candidate = g_array_index(periods, Candidate, i); /* name is lent */
            const ScWeekly at = { weekday, candidate.starts_min, candidate.ends_min,
                                  weekly->weeks };
            candidate.weekday = weekday;
            candidate.distance =
                ABS(((int64_t)weekday - weekly->weekday) * MINUTES_PER_DAY
                    + (int64_t)candidate.starts_min - weekly->starts_min);
            if (is_free_weekly(call, &taken, &at, party->except_entry))
                g_array_append_val(candidates, candidate);
        }
    }
    g_array_sort(candidates, compare_candidates);
    for (guint i = 0; i < MIN(candidates->len, OFFERS_MAX); i++)
        add_offer(&g_array_index(candidates, Candidate, i), free_periods);
    return true;
}

static bool
load_spans(ScCall *call, const ScParty *party, int64_t from_ms, int64_t to_ms,
           GArray *spans, GError **error)
{
    g_autoptr(GArray) members = sc_party_list_members(party);
    for (guint i = 0; i < members->len; i++) {
        g_auto(ScQuery) query = { 0 };
        bool has_row = true;
        if (!sc_party_query_lessons(call, &g_array_index(members, ScPartyMember, i),
                                    from_ms, to_ms, &query, error))
            return false;
        while (has_row) {
            if (!sc_query_step(&query, &has_row, error))
                return false;
            if (!has_row
                || g_strcmp0(sc_query_get_text(&query, 0), party->except_lesson) == 0)
                continue;
            Span span = { sc_query_get_integer(&query, 2),
                          sc_query_get_integer(&query, 3) };
            g_array_append_val(spans, span);
        }
    }
    return true;
}

static bool
is_free_single(GArray *spans, const Candidate *candidate)
{
    for (guint i = 0; i < spans->len; i++) {
        const Span *span = &g_array_index(spans, Span, i);
        if (span->starts_ms < candidate->ends_ms && span->ends_ms > candidate->starts_ms)
            return false;
    }
    return true;
}

static void
add_candidates_of_day(ScCall *call, const char *day, GArray *periods, GArray *spans,
                      int64_t wanted_ms, GArray *candidates)
{
    GTimeZone *zone = sc_call_get_parts(call)->zone;
    unsigned weekday = sc_day_get_weekday(day);
    for (guint i = 0; weekday <= 5 && i < periods->len; i++) {
        Candidate candidate = g_array_index(periods, Candidate, i); /* name is lent */
        g_strlcpy(candidate.day, day, sizeof candidate.day);
        candidate.weekday = weekday;
        candidate.starts_ms = sc_instant_at(day, candidate.starts_min, zone);
        candidate.ends_ms =
            candidate.starts_ms + (candidate.ends_min - candidate.starts_min) * 60000LL;
        candidate.distance = ABS(candidate.starts_ms - wanted_ms);
        if (candidate.starts_ms > sc_call_get_now_ms(call)
            && is_free_single(spans, &candidate))
            g_array_append_val(candidates, candidate);
    }
}

bool
sc_offers_find_single(ScCall *call, const ScParty *party, const char *schedule,
                      int64_t starts_ms, JsonArray *free_periods, GError **error)
{
    g_autoptr(GArray) periods = list_periods(call, schedule, error);
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(Span));
    g_autoptr(GArray) candidates = g_array_new(FALSE, TRUE, sizeof(Candidate));
    char wanted_day[SC_DAY_LENGTH + 1], day[SC_DAY_LENGTH + 1];
    unsigned minute;
    if (periods == NULL
        || !load_spans(call, party, starts_ms - (OFFER_DAYS_BEFORE + 1) * DAY_MS,
                       starts_ms + (OFFER_DAYS_AFTER + 1) * DAY_MS, spans, error))
        return false;
    sc_instant_split(starts_ms, sc_call_get_parts(call)->zone, wanted_day, &minute);
    for (int i = -OFFER_DAYS_BEFORE; i <= OFFER_DAYS_AFTER; i++) {
        sc_day_add(wanted_day, i, day);
        add_candidates_of_day(call, day, periods, spans, starts_ms, candidates);
    }
    g_array_sort(candidates, compare_candidates);
    for (guint i = 0; i < MIN(candidates->len, OFFERS_MAX); i++)
        add_offer(&g_array_index(candidates, Candidate, i), free_periods);
    return true;
}

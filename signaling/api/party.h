/* SPDX-License-Identifier: Apache-2.0 */
/* party.h: who takes part in a period, and what they have already. Looked up by whom it
 * is of, never by looking at all lessons. Thread: the store's. */
#pragma once

#include "signaling/api/call.h"
#include "signaling/school/occupancy.h"
#include "signaling/school/term-calendar.h"
#include "signaling/store/query.h"

/* None that began earlier still runs. */
#define SC_PARTY_LESSON_LONGEST_MS (12 * 3600 * 1000LL)

/* All borrowed. */
typedef struct {
    const char *term;
    const char *teacher; /* NULL: nobody yet */
    const char *giving_site;
    char *const *receiving_sites;
    const char *except_entry;  /* NULL: none */
    const char *except_lesson; /* NULL: none */
} ScParty;

/* Somebody or something that can only be in one lesson at a time. */
typedef struct {
    ScClashKind kind;
    const char *id; /* borrowed from the party */
} ScPartyMember;

/* Of ScPartyMember. */
GArray *sc_party_list_members(const ScParty *party) G_GNUC_WARN_UNUSED_RESULT;

/* Entries of the term in which @members take part, by their ids. NULL and @error. */
ScOccupancy *sc_party_load_weekly(ScCall *call, const ScParty *party, GArray *members,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Lessons of @member that stand and may run between the two: id, title, starts_ms,
 * ends_ms. Some end before @from_ms. */
bool sc_party_query_lessons(ScCall *call, const ScPartyMember *member, int64_t from_ms,
                            int64_t until_ms, ScQuery *out_query, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The same of those alone that are still to come in the term and are where no entry says:
 * made singly, or moved. */
bool sc_party_query_by_hand(ScCall *call, const ScPartyMember *member,
                            const ScTermCalendar *calendar, ScQuery *out_query,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Is @weekly held at some time between the two, which are of one day? */
bool sc_party_is_weekly_at(ScCall *call, const ScTermCalendar *calendar,
                           const ScWeekly *weekly, int64_t starts_ms, int64_t ends_ms);

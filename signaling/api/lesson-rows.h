/* SPDX-License-Identifier: Apache-2.0 */
/* lesson-rows.h: lessons as the API shows them. Thread: the store's. */
#pragma once

#include "signaling/api/call.h"
#include "signaling/store/query.h"

/* The columns that sc_lesson_rows_read() expects, of "lesson" alone. */
#define SC_LESSON_ROWS_SELECT                                                           \
    "SELECT lesson.id, lesson.organisation, lesson.pairing, lesson.term, lesson.entry," \
    " lesson.origin, lesson.makes_up, lesson.teacher,"                                  \
    " (SELECT name FROM person WHERE person.id = lesson.teacher), lesson.title,"        \
    " lesson.subject, lesson.day, lesson.state, lesson.reason, lesson.period,"          \
    " lesson.overtime_min, lesson.touched, lesson.version, lesson.starts_ms,"           \
    " lesson.ends_ms, lesson.opened_ms, lesson.begun_ms, lesson.ended_ms FROM lesson "

/* Of the present row of @query, without its sites. */
JsonObject *sc_lesson_rows_read(const ScQuery *query) G_GNUC_WARN_UNUSED_RESULT;
/* "giving_site", "giving_site_name", "receiving_sites", "site_names". */
bool sc_lesson_rows_add_sites(ScCall *call, JsonObject *lesson, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* NULL and NOT_FOUND where there is none, or none that the actor may see. */
JsonObject *sc_lesson_rows_get(ScCall *call, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* SQL: may the person $1 see the lesson? */
#define SC_LESSON_ROWS_SEES                                                     \
    "(lesson.teacher = $1 OR EXISTS (SELECT 1 FROM organisation_ancestor AS up" \
    " JOIN appointment AS mine ON mine.organisation = up.ancestor"              \
    " WHERE up.organisation = lesson.organisation AND mine.person = $1"         \
    " AND mine.role <> 'teacher') OR EXISTS (SELECT 1 FROM lesson_site AS part" \
    " JOIN site AS place ON place.id = part.site"                               \
    " JOIN organisation_ancestor AS up ON up.organisation = place.organisation" \
    " JOIN appointment AS mine ON mine.organisation = up.ancestor"              \
    " WHERE part.lesson = lesson.id AND mine.person = $1 AND mine.role <> 'teacher'))"

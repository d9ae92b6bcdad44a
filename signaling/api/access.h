/* SPDX-License-Identifier: Apache-2.0 */
/* access.h: on which objects an actor may act. A person's appointment at an organisation
 * holds for all that lies below it. Thread: the store's. */
#pragma once

#include "signaling/api/call.h"

/* SQL, with the person's id as $1: is @organisation (an expression) within what the
 * person administers or inspects? */
#define SC_ACCESS_SEES(organisation)                                             \
    "EXISTS (SELECT 1 FROM organisation_ancestor AS sees_above"                  \
    " JOIN appointment AS sees_by ON sees_by.organisation = sees_above.ancestor" \
    " WHERE sees_above.organisation = " organisation                             \
    " AND sees_by.person = $1 AND sees_by.role <> 'teacher')"

/* The same of the table `pairing`: its schools see it, be it kept above them. */
#define SC_ACCESS_SEES_A_SITE                                                                 \
    "(" SC_ACCESS_SEES(                                                                       \
        "(SELECT organisation FROM site WHERE id = pairing.giving_site)") " OR EXISTS "       \
                                                                          "(SELECT 1 "        \
                                                                          "FROM "             \
                                                                          "pairing_"          \
                                                                          "site AS part"      \
                                                                          " JOIN site "       \
                                                                          "AS place ON "      \
                                                                          "place.id = "       \
                                                                          "part.site "        \
                                                                          "WHERE "            \
                                                                          "part."             \
                                                                          "pairing = "        \
                                                                          "pairing.id"        \
                                                                          " AND"              \
                                                                          " " SC_ACCESS_SEES( \
                                                                              "place."        \
                                                                              "organisa"      \
                                                                              "tion") "))"

/* Does the actor have @role (not NOBODY, not DEVICE) at @organisation or above it? */
bool sc_access_has(ScCall *call, ScApiRole role, const char *organisation, bool *out_has,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* May the actor change what belongs to @organisation? False: FORBIDDEN where it may see
 * it, else NOT_FOUND naming @what ("site 7f3a…"), as if it were not there. */
bool sc_access_check_change(ScCall *call, const char *organisation, const char *what,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for what the actor is known to see: FORBIDDEN. */
bool sc_access_check_administers(ScCall *call, const char *organisation, const char *what,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* May it name the row @id of @table (one whose ids stand in bodies) in the member @field?
 * What it may not see is refused as what is not there: NOT_FOUND. */
bool sc_access_check_reference(ScCall *call, const char *table, const char *id,
                               const char *field, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* NOT_FOUND: there is no "site" 7f3a…; false. */
bool sc_access_refuse_absent(const char *noun, const char *id, GError **error);
/* May it see it? False: NOT_FOUND, as above. */
bool sc_access_check_look(ScCall *call, const char *organisation, const char *what,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

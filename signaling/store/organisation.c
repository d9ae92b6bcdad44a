/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/store/organisation.h"

#include "signaling/store/query.h"

#define BELOW                                                         \
    "WITH RECURSIVE below (id) AS (SELECT CAST($1 AS TEXT) UNION ALL" \
    " SELECT organisation.id FROM organisation"                       \
    " JOIN below ON organisation.parent = below.id)"

bool
sc_store_renew_ancestors(ScStore *store, const char *organisation, GError **error)
{
    static const char *const statements[] = {
        BELOW " DELETE FROM organisation_ancestor"
              " WHERE organisation IN (SELECT id FROM below)",
        BELOW ", line (organisation, ancestor, distance) AS ("
              " SELECT id, id, 0 FROM below UNION ALL"
              " SELECT line.organisation, organisation.parent, line.distance + 1"
              " FROM line JOIN organisation ON organisation.id = line.ancestor"
              " WHERE organisation.parent IS NOT NULL)"
              " INSERT INTO organisation_ancestor (organisation, ancestor, distance)"
              " SELECT organisation, ancestor, distance FROM line",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(statements); i++) {
        g_auto(ScQuery) query = { 0 };

        if (!sc_query_init(&query, store, statements[i], error))
            return false;
        sc_query_bind_text(&query, organisation);
        if (!sc_query_run(&query, error))
            return false;
    }
    return true;
}

static bool
put_row(ScStore *store, const ScOrganisation *organisation, GError **error)
{
    static const char *const kinds[] = {
        [SC_ORGANISATION_PROVINCE] = "province",
        [SC_ORGANISATION_CITY] = "city",
        [SC_ORGANISATION_COUNTY] = "county",
        [SC_ORGANISATION_SCHOOL] = "school",
    };
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store,
                       "INSERT INTO organisation (id, parent, kind, name, name_en)"
                       " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET"
                       " parent = excluded.parent, kind = excluded.kind,"
                       " name = excluded.name, name_en = excluded.name_en,"
                       " version = organisation.version + 1",
                       error))
        return false;
    sc_query_bind_text(&query, organisation->id);
    sc_query_bind_text(&query, organisation->parent);
    sc_query_bind_text(&query, kinds[organisation->kind]);
    sc_query_bind_text(&query, organisation->name);
    sc_query_bind_text(&query, organisation->name_en);
    if (!sc_query_run(&query, error)) {
        g_prefix_error(error, "organisation \"%s\": ", organisation->id);
        return false;
    }
    return true;
}

bool
sc_store_put_organisation(ScStore *store, const ScOrganisation *organisation,
                          GError **error)
{
    if (!sc_store_begin(store, error))
        return false;
    if (!put_row(store, organisation, error)
        || !sc_store_renew_ancestors(store, organisation->id, error)) {
        sc_store_rollback(store);
        return false;
    }
    return sc_store_commit(store, error);
}

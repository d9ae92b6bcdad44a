/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/store/organisation.h"

#include "signaling/store/query.h"

bool
sc_store_put_organisation(ScStore *store, const ScOrganisation *organisation,
                          GError **error)
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
                       " name = excluded.name, name_en = excluded.name_en",
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

/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/store/site.h"

#include "signaling/store/query.h"

bool
sc_store_put_site(ScStore *store, const ScSite *site, GError **error)
{
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store,
                       "INSERT INTO site (id, organisation, name, name_en)"
                       " VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET"
                       " organisation = excluded.organisation, name = excluded.name,"
                       " name_en = excluded.name_en",
                       error))
        return false;
    sc_query_bind_text(&query, site->id);
    sc_query_bind_text(&query, site->organisation);
    sc_query_bind_text(&query, site->name);
    sc_query_bind_text(&query, site->name_en);
    if (!sc_query_run(&query, error)) {
        g_prefix_error(error, "site \"%s\": ", site->id);
        return false;
    }
    return true;
}

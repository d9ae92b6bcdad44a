/* SPDX-License-Identifier: Apache-2.0 */
/* jobs.c: asks for the lessons of a term, and tells how far that is. */
#include "signaling/school/jobs.h"

#include "signaling/api/access.h"
#include "signaling/api/handlers.h"
#include "signaling/store/query.h"

static bool
read_organisation(ScCall *call, const char *term, char **out_organisation, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT organisation FROM term WHERE id = $1", error))
        return false;
    sc_query_bind_text(&query, term);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    if (!has_row)
        return sc_access_refuse_absent("term", term, error);
    *out_organisation = sc_query_dup_text(&query, 0);
    return true;
}

static bool
generate(ScCall *call, GError **error)
{
    const char *term = sc_call_get_parameter(call, "id");
    g_autofree char *what = g_strdup_printf("term %s", term);
    g_autofree char *organisation = NULL;
    if (!sc_access_check_reference(call, "term", term, "id", error)
        || !read_organisation(call, term, &organisation, error)
        || !sc_access_check_administers(call, organisation, what, error))
        return false;
    g_autofree char *job = sc_jobs_generate(sc_call_get_parts(call)->jobs, organisation,
                                            term, sc_call_get_actor(call)->id, error);
    if (job == NULL)
        return false;
    JsonObject *answer = json_object_new();
    json_object_set_string_member(answer, "job", job);
    sc_call_answer_object(call, 202, answer);
    return sc_call_audit(call, "term", term, organisation, NULL, NULL, error);
}

static bool
get(ScCall *call, GError **error)
{
    const char *id = sc_call_get_parameter(call, "id");
    g_autofree char *what = g_strdup_printf("job %s", id);
    g_autofree char *organisation = NULL;
    g_autoptr(JsonObject) answer = json_object_new();
    {
        g_auto(ScQuery) query = { 0 };
        bool has_row;
        if (!sc_query_init(&query, sc_call_get_store(call),
                           "SELECT organisation, kind, state, object, detail, n_done,"
                           " n_total FROM job WHERE id = $1",
                           error))
            return false;
        sc_query_bind_text(&query, id);
        if (!sc_query_step(&query, &has_row, error))
            return false;
        static const char *const texts[] = { "kind", "state", "object", "detail" };
        for (unsigned i = 0; has_row && i < G_N_ELEMENTS(texts); i++)
            json_object_set_string_member(answer, texts[i],
                                          sc_query_get_text(&query, (int)i + 1));
        json_object_set_int_member(answer, "done",
                                   has_row ? sc_query_get_integer(&query, 5) : 0);
        json_object_set_int_member(answer, "total",
                                   has_row ? sc_query_get_integer(&query, 6) : 0);
        organisation = has_row ? sc_query_dup_text(&query, 0) : NULL;
    }
    if (!sc_access_check_look(call, organisation, what, error))
        return false;
    json_object_set_string_member(answer, "id", id);
    sc_call_answer_object(call, 200, g_steal_pointer(&answer));
    return true;
}

const ScApiHandler sc_job_handlers[] = {
    { "generate-term", generate, NULL, NULL },
    { "get-job", get, NULL, NULL },
};
const unsigned sc_n_job_handlers = G_N_ELEMENTS(sc_job_handlers);

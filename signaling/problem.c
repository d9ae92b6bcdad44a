/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/problem.h"

#include <json-glib/json-glib.h>

G_DEFINE_QUARK(sc_problem_error, sc_problem_error)

static const struct {
    const char *name;
    unsigned status;
    const char *title;
    unsigned retry_s;
} problems[] = {
#define SC_PROBLEM_ROW(name, text, status, title, retry) { text, status, title, retry },
    SC_PROBLEMS(SC_PROBLEM_ROW)
#undef SC_PROBLEM_ROW
};

const char *
sc_problem_get_name(ScProblem problem)
{
    return problems[problem].name;
}

unsigned
sc_problem_get_status(ScProblem problem)
{
    return problems[problem].status;
}

unsigned
sc_problem_get_retry_s(ScProblem problem)
{
    return problems[problem].retry_s;
}

bool
sc_problem_lookup(const char *name, ScProblem *out_problem)
{
    for (unsigned i = 0; i < SC_N_PROBLEMS; i++) {
        if (g_str_equal(problems[i].name, name)) {
            *out_problem = (ScProblem)i;
            return true;
        }
    }
    return false;
}

ScProblem
sc_problem_from_error(const GError *error)
{
    return error->domain == SC_PROBLEM_ERROR ? (ScProblem)error->code
                                             : SC_PROBLEM_INTERNAL_ERROR;
}

char *
sc_problem_print(ScProblem problem, const char *detail, const char *field)
{
    g_autofree char *type =
        g_strconcat("urn:synclass:problem:", problems[problem].name, NULL);
    g_autoptr(JsonObject) object = json_object_new();
    json_object_set_string_member(object, "type", type);
    json_object_set_string_member(object, "title", problems[problem].title);
    json_object_set_int_member(object, "status", problems[problem].status);
    if (detail != NULL)
        json_object_set_string_member(object, "detail", detail);
    if (field != NULL)
        json_object_set_string_member(object, "field", field);
    g_autoptr(JsonNode) root = json_node_init_object(json_node_alloc(), object);
    return json_to_string(root, FALSE);
}

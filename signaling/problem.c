/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/problem.h"

#include "signaling/store/store.h"

/* What a GError of ours carries besides its message. */
typedef struct {
    char *field; /* owned; NULL: none */
} ScProblemErrorPrivate;

static void
sc_problem_error_private_init(ScProblemErrorPrivate *self)
{
    self->field = NULL;
}

static void
sc_problem_error_private_copy(const ScProblemErrorPrivate *from,
                              ScProblemErrorPrivate *to)
{
    to->field = g_strdup(from->field);
}

static void
sc_problem_error_private_clear(ScProblemErrorPrivate *self)
{
    g_free(self->field);
}

G_DEFINE_EXTENDED_ERROR(ScProblemError, sc_problem_error)

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

void
sc_problem_set_error(GError **error, ScProblem problem, const char *field,
                     const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    GError *made = g_error_new_valist(SC_PROBLEM_ERROR, (gint)problem, format, arguments);
    va_end(arguments);
    sc_problem_error_get_private(made)->field = g_strdup(field);
    g_propagate_error(error, made);
}

const char *
sc_problem_get_field(const GError *error)
{
    return error->domain == SC_PROBLEM_ERROR ? sc_problem_error_get_private(error)->field
                                             : NULL;
}

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
    if (error->domain == SC_PROBLEM_ERROR)
        return (ScProblem)error->code;
    return g_error_matches(error, SC_STORE_ERROR, SC_STORE_ERROR_FULL)
                   || g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC)
               ? SC_PROBLEM_STORAGE_FULL
               : SC_PROBLEM_INTERNAL_ERROR;
}

char *
sc_problem_print(ScProblem problem, const char *detail, const char *field)
{
    return sc_problem_print_with(problem, detail, field, NULL);
}

static void
add_members(JsonObject *object, JsonObject *more)
{
    JsonObjectIter iter;
    const char *name;
    JsonNode *node;
    json_object_iter_init(&iter, more);
    while (json_object_iter_next(&iter, &name, &node))
        json_object_set_member(object, name, json_node_copy(node));
}

char *
sc_problem_print_with(ScProblem problem, const char *detail, const char *field,
                      JsonObject *more)
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
    if (more != NULL)
        add_members(object, more);
    g_autoptr(JsonNode) root = json_node_init_object(json_node_alloc(), object);
    return json_to_string(root, FALSE);
}

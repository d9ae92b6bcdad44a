/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/problem.h"

#include "signaling/store/store.h"
#include "signaling/wording.h"

/* What a GError of ours carries besides its message. */
typedef struct {
    char *field; /* owned; NULL: none */
    char *zh;    /* owned; NULL: nothing is said to people */
    char *en;    /* owned; NULL where zh is */
} ScProblemErrorPrivate;

static void
sc_problem_error_private_init(ScProblemErrorPrivate *self)
{
    *self = (ScProblemErrorPrivate){ 0 };
}

static void
sc_problem_error_private_copy(const ScProblemErrorPrivate *from,
                              ScProblemErrorPrivate *to)
{
    to->field = g_strdup(from->field);
    to->zh = g_strdup(from->zh);
    to->en = g_strdup(from->en);
}

static void
sc_problem_error_private_clear(ScProblemErrorPrivate *self)
{
    g_free(self->field);
    g_free(self->zh);
    g_free(self->en);
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

static const ScProblemErrorPrivate *
get_private(const GError *error)
{
    static const ScProblemErrorPrivate none = { 0 };
    return error->domain == SC_PROBLEM_ERROR ? sc_problem_error_get_private(error)
                                             : &none;
}

const char *
sc_problem_get_field(const GError *error)
{
    return get_private(error)->field;
}

void
sc_problem_say(GError **error, const char *zh, const char *en, ...)
{
    va_list arguments, again;
    va_start(arguments, en);
    va_copy(again, arguments);
    g_autofree char *chinese = g_strdup_vprintf(zh, arguments);
    g_autofree char *english = g_strdup_vprintf(en, again);
    va_end(again);
    va_end(arguments);
    sc_problem_say_literal(error, chinese, english);
}

void
sc_problem_say_literal(GError **error, const char *zh, const char *en)
{
    if (error == NULL)
        return;
    ScProblemErrorPrivate *self = sc_problem_error_get_private(*error);
    g_free(self->zh);
    g_free(self->en);
    self->zh = g_strdup(zh);
    self->en = g_strdup(en);
}

const char *
sc_problem_get_zh(const GError *error)
{
    return get_private(error)->zh;
}

const char *
sc_problem_get_en(const GError *error)
{
    return get_private(error)->en;
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
sc_problem_print(const GError *error, JsonObject *more)
{
    const ScProblemErrorPrivate *own = get_private(error);
    ScProblem problem = sc_problem_from_error(error);
    g_autofree char *type =
        g_strconcat("urn:synclass:problem:", problems[problem].name, NULL);
    g_autoptr(JsonObject) object = json_object_new();
    json_object_set_string_member(object, "type", type);
    json_object_set_string_member(object, "title", problems[problem].title);
    json_object_set_int_member(object, "status", problems[problem].status);
    json_object_set_string_member(object, "detail", error->message);
    if (own->field != NULL)
        json_object_set_string_member(object, "field", own->field);
    if (own->zh != NULL)
        json_object_set_object_member(object, "sentence",
                                      sc_wording_print(own->zh, own->en));
    if (more != NULL)
        add_members(object, more);
    g_autoptr(JsonNode) root = json_node_init_object(json_node_alloc(), object);
    return json_to_string(root, FALSE);
}

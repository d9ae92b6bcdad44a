/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/api/collection.h"

#include <string.h>

#include "signaling/api/access.h"
#include "signaling/protocol/timestamp.h"
#include "signaling/store/query.h"

#define LIMIT_DEFAULT 50
#define CURSOR_MARK "\x1f" /* between the order and the id; in no id, and in no name */

/* Behind the fields of a row that was asked for by select_text(). */
typedef struct {
    int id, version, order, organisation;
} Columns;

static Columns
get_columns(const ScCollection *self)
{
    int n = (int)self->n_fields;
    return (Columns){ .id = n, .version = n + 1, .order = n + 2, .organisation = n + 3 };
}

static void
append_column(GString *sql, const ScCollection *self, const ScField *field)
{
    if (field->sql != NULL)
        g_string_append(sql, field->sql);
    else
        g_string_append_printf(sql, "%s.%s", self->table, field->name);
}

static void
append_from(GString *sql, const ScCollection *self)
{
    g_string_append_printf(sql, " FROM %s %s WHERE ", self->table, self->joins);
}

static GString *
begin_select(const ScCollection *self)
{
    GString *sql = g_string_new("SELECT ");
    for (unsigned i = 0; i < self->n_fields; i++) {
        append_column(sql, self, &self->fields[i]);
        g_string_append(sql, ", ");
    }
    g_string_append_printf(sql, "%s.id, %s.version, %s, %s", self->table, self->table,
                           self->order, self->organisation);
    append_from(sql, self);
    return sql;
}

/* What the actor, $1, may see. */
static void
append_scope(GString *sql, const ScCollection *self)
{
    g_string_append_printf(
        sql,
        "(EXISTS (SELECT 1 FROM organisation_ancestor AS sees_above"
        " JOIN appointment AS sees_by ON sees_by.organisation = sees_above.ancestor"
        " WHERE sees_above.organisation = %s"
        " AND sees_by.person = $1 AND sees_by.role <> 'teacher')",
        self->organisation);
    if (self->sees != NULL)
        g_string_append_printf(sql, " OR (%s)", self->sees);
    g_string_append(sql, ")");
}

static bool
is_shown(const ScField *field)
{
    return (field->flags & SC_FIELD_HIDDEN) == 0;
}

static JsonNode *
read_json(const char *text)
{
    g_autoptr(JsonNode) node = json_from_string(text, NULL);
    return node != NULL ? g_steal_pointer(&node) : json_node_new(JSON_NODE_NULL);
}

static JsonNode *
read_column(const ScQuery *query, int column, ScFieldKind kind)
{
    JsonNode *node = json_node_alloc();
    if (sc_query_is_null(query, column))
        return json_node_init_null(node);
    switch (kind) {
    case SC_FIELD_TEXT:
        return json_node_init_string(node, sc_query_get_text(query, column));
    case SC_FIELD_INTEGER:
        return json_node_init_int(node, sc_query_get_integer(query, column));
    case SC_FIELD_BOOLEAN:
        return json_node_init_boolean(node, sc_query_get_integer(query, column) != 0);
    case SC_FIELD_INSTANT: {
        g_autofree char *text = sc_timestamp_print(sc_query_get_integer(query, column));
        return json_node_init_string(node, text);
    }
    case SC_FIELD_JSON:
        json_node_unref(node);
        return read_json(sc_query_get_text(query, column));
    }
    g_assert_not_reached();
}

static JsonObject *
read_row(const ScCollection *self, const ScQuery *query, bool with_hidden)
{
    Columns columns = get_columns(self);
    JsonObject *row = json_object_new();
    json_object_set_string_member(row, "id", sc_query_get_text(query, columns.id));
    for (unsigned i = 0; i < self->n_fields; i++)
        if (with_hidden || is_shown(&self->fields[i]))
            json_object_set_member(row, self->fields[i].name,
                                   read_column(query, (int)i, self->fields[i].kind));
    json_object_set_int_member(row, "version",
                               sc_query_get_integer(query, columns.version));
    return row;
}

/* Rows of children are read when the statement is no longer under way. */
static bool
complete(const ScCollection *self, ScCall *call, JsonObject *row, GError **error)
{
    return self->complete == NULL || self->complete(call, row, error);
}

/* As it stands, whoever asks; @out_organisation may be NULL. */
static JsonObject *
read_by_id(const ScCollection *self, ScCall *call, const char *id,
           char **out_organisation, GError **error)
{
    g_autoptr(GString) sql = begin_select(self);
    g_string_append_printf(sql, "%s.id = $1", self->table);
    g_autoptr(JsonObject) row = NULL;
    {
        g_auto(ScQuery) query = { 0 };
        bool has_row;
        if (!sc_query_init(&query, sc_call_get_store(call), g_intern_string(sql->str),
                           error))
            return NULL;
        sc_query_bind_text(&query, id);
        if (!sc_query_step(&query, &has_row, error))
            return NULL;
        if (!has_row) {
            sc_access_refuse_absent(self->noun, id, error);
            return NULL;
        }
        row = read_row(self, &query, false);
        if (out_organisation != NULL)
            *out_organisation = sc_query_dup_text(&query, get_columns(self).organisation);
    }
    return complete(self, call, row, error) ? g_steal_pointer(&row) : NULL;
}

JsonObject *
sc_collection_read(const ScCollection *self, ScCall *call, const char *id, GError **error)
{
    return read_by_id(self, call, id, NULL, error);
}

/* Listing. */

static const char *
get_filter(const ScField *field, ScCall *call)
{
    return (field->flags & SC_FIELD_FILTER) != 0 ? sc_call_get_query(call, field->name)
                                                 : NULL;
}

/* "%text%" with what LIKE would understand taken literally. */
static char *
make_pattern(const char *text)
{
    g_autoptr(GString) pattern = g_string_new("%");
    for (; *text != '\0'; text++) {
        if (strchr("%_\\", *text) != NULL)
            g_string_append_c(pattern, '\\');
        g_string_append_c(pattern, *text);
    }
    g_string_append_c(pattern, '%');
    return g_string_free(g_steal_pointer(&pattern), FALSE);
}

static void
append_search(GString *sql, const ScCollection *self, unsigned number)
{
    const char *glue = " AND (";
    for (unsigned i = 0; i < self->n_fields; i++) {
        if ((self->fields[i].flags & SC_FIELD_SEARCH) == 0)
            continue;
        g_string_append(sql, glue);
        append_column(sql, self, &self->fields[i]);
        g_string_append_printf(sql, " LIKE $%u ESCAPE '\\'", number);
        glue = " OR ";
    }
    g_string_append(sql, ")");
}

static void
append_filter(GString *sql, const ScFilter *filter, unsigned number)
{
    g_auto(GStrv) parts = g_strsplit(filter->sql, "?", -1);
    g_autofree char *parameter = g_strdup_printf("$%u", number);
    g_autofree char *condition = g_strjoinv(parameter, parts);
    g_string_append_printf(sql, " AND (%s)", condition);
}

/* Filters and search; their values are bound in the same order by bind_filters(). */
static unsigned
append_filters(GString *sql, const ScCollection *self, ScCall *call)
{
    unsigned number = 1;
    for (unsigned i = 0; i < self->n_fields; i++) {
        if (get_filter(&self->fields[i], call) == NULL)
            continue;
        g_string_append(sql, " AND ");
        append_column(sql, self, &self->fields[i]);
        g_string_append_printf(sql, " = $%u", ++number);
    }
    for (unsigned i = 0; i < self->n_filters; i++)
        if (sc_call_get_query(call, self->filters[i].name) != NULL)
            append_filter(sql, &self->filters[i], ++number);
    if (sc_call_get_query(call, "search") != NULL)
        append_search(sql, self, ++number);
    return number;
}

static void
bind_filters(ScQuery *query, const ScCollection *self, ScCall *call, const char *pattern)
{
    sc_query_bind_text(query, sc_call_get_actor(call)->id);
    for (unsigned i = 0; i < self->n_fields; i++) {
        const char *value = get_filter(&self->fields[i], call);
        if (value == NULL)
            continue;
        if (self->fields[i].kind == SC_FIELD_INTEGER)
            sc_query_bind_integer(query, g_ascii_strtoll(value, NULL, 10));
        else if (self->fields[i].kind == SC_FIELD_BOOLEAN)
            sc_query_bind_integer(query, value[0] == 't');
        else
            sc_query_bind_text(query, value);
    }
    for (unsigned i = 0; i < self->n_filters; i++)
        if (sc_call_get_query(call, self->filters[i].name) != NULL)
            sc_query_bind_text(query, sc_call_get_query(call, self->filters[i].name));
    if (pattern != NULL)
        sc_query_bind_text(query, pattern);
}

typedef struct {
    char *order; /* owned; NULL: from the beginning */
    char *id;    /* owned */
} Cursor;

static void
cursor_clear(Cursor *cursor)
{
    g_free(cursor->order);
    g_free(cursor->id);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Cursor, cursor_clear)

static char *
print_cursor(const char *order, const char *id)
{
    g_autofree char *text = g_strconcat(order, CURSOR_MARK, id, NULL);
    char *cursor = g_base64_encode((const guchar *)text, strlen(text));
    g_strdelimit(cursor, "+", '-');
    return g_strdelimit(cursor, "/", '_');
}

static bool
parse_cursor(const char *text, Cursor *out_cursor, GError **error)
{
    if (text == NULL)
        return true;
    g_autofree char *base64 = g_strdup(text);
    g_strdelimit(base64, "-", '+');
    g_strdelimit(base64, "_", '/');
    gsize length = 0;
    g_autofree char *bytes = (char *)g_base64_decode(base64, &length);
    g_autofree char *decoded = g_strndup(bytes != NULL ? bytes : "", length);
    const char *mark = strstr(decoded, CURSOR_MARK);
    if (mark == NULL || !g_utf8_validate(decoded, -1, NULL)) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "cursor",
                             "cursor is %s: must be the \"next\" of a list", text);
        return false;
    }
    out_cursor->order = g_strndup(decoded, (gsize)(mark - decoded));
    out_cursor->id = g_strdup(mark + strlen(CURSOR_MARK));
    return true;
}

static bool
count(const ScCollection *self, ScCall *call, const char *pattern, gint64 *out_total,
      GError **error)
{
    g_autoptr(GString) sql = g_string_new("SELECT count(*)");
    append_from(sql, self);
    append_scope(sql, self);
    (void)append_filters(sql, self, call);
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call), g_intern_string(sql->str), error))
        return false;
    bind_filters(&query, self, call, pattern);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    *out_total = sc_query_get_integer(&query, 0);
    return true;
}

static bool
read_page(const ScCollection *self, ScCall *call, const char *pattern,
          const Cursor *cursor, JsonArray *items, char **out_next, GError **error)
{
    gint64 limit = sc_call_get_query_integer(call, "limit", LIMIT_DEFAULT);
    g_autoptr(GString) sql = begin_select(self);
    append_scope(sql, self);
    unsigned number = append_filters(sql, self, call);
    if (cursor->order != NULL) {
        g_string_append_printf(sql, " AND (%s, %s.id) > ($%u, $%u)", self->order,
                               self->table, number + 1, number + 2);
        number += 2;
    }
    g_string_append_printf(sql, " ORDER BY %s, %s.id LIMIT $%u", self->order, self->table,
                           number + 1);
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, sc_call_get_store(call), g_intern_string(sql->str), error))
        return false;
    bind_filters(&query, self, call, pattern);
    if (cursor->order != NULL) {
        if (self->is_integer_order)
            sc_query_bind_integer(&query, g_ascii_strtoll(cursor->order, NULL, 10));
        else
            sc_query_bind_text(&query, cursor->order);
        sc_query_bind_text(&query, cursor->id);
    }
    sc_query_bind_integer(&query, limit + 1);

    Columns columns = get_columns(self);
    g_autofree char *order = NULL;
    bool has_row;
    while (sc_query_step(&query, &has_row, error)) {
        gint64 n = json_array_get_length(items);
        if (!has_row)
            return true;
        if (n == limit) {
            JsonObject *last = json_array_get_object_element(items, (guint)n - 1);
            *out_next = print_cursor(order, json_object_get_string_member(last, "id"));
            return true;
        }
        json_array_add_object_element(items, read_row(self, &query, false));
        g_free(order);
        order = sc_query_dup_text(&query, columns.order);
    }
    return false;
}

static bool
complete_all(const ScCollection *self, ScCall *call, JsonArray *items, GError **error)
{
    for (guint i = 0; i < json_array_get_length(items); i++)
        if (!complete(self, call, json_array_get_object_element(items, i), error))
            return false;
    return true;
}

bool
sc_collection_list(const ScCollection *self, ScCall *call, GError **error)
{
    const char *search = sc_call_get_query(call, "search");
    g_autofree char *pattern = search != NULL ? make_pattern(search) : NULL;
    g_auto(Cursor) cursor = { 0 };
    g_autoptr(JsonArray) items = json_array_new();
    g_autofree char *next = NULL;
    gint64 total = -1;
    if (!parse_cursor(sc_call_get_query(call, "cursor"), &cursor, error)
        || !read_page(self, call, pattern, &cursor, items, &next, error)
        || !complete_all(self, call, items, error))
        return false;
    if (g_strcmp0(sc_call_get_query(call, "count"), "true") == 0
        && !count(self, call, pattern, &total, error))
        return false;
    JsonObject *answer = json_object_new();
    json_object_set_array_member(answer, "items", g_steal_pointer(&items));
    if (next != NULL)
        json_object_set_string_member(answer, "next", next);
    else
        json_object_set_null_member(answer, "next");
    if (total >= 0)
        json_object_set_int_member(answer, "total", total);
    sc_call_answer_object(call, 200, answer);
    return true;
}

bool
sc_collection_check_look(const ScCollection *self, ScCall *call, const char *id,
                         GError **error)
{
    g_autoptr(GString) sql = g_string_new("SELECT 1");
    append_from(sql, self);
    append_scope(sql, self);
    g_string_append_printf(sql, " AND %s.id = $2", self->table);
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call), g_intern_string(sql->str), error))
        return false;
    sc_query_bind_text(&query, sc_call_get_actor(call)->id);
    sc_query_bind_text(&query, id);
    return sc_query_step(&query, &has_row, error)
           && (has_row || sc_access_refuse_absent(self->noun, id, error));
}

bool
sc_collection_get(const ScCollection *self, ScCall *call, GError **error)
{
    const char *id = sc_call_get_parameter(call, "id");
    if (!sc_collection_check_look(self, call, id, error))
        return false;
    JsonObject *row = read_by_id(self, call, id, NULL, error);
    if (row == NULL)
        return false;
    sc_call_answer_object(call, 200, row);
    return true;
}

/* Writing. */

static bool
is_written(const ScField *field)
{
    return (field->flags & SC_FIELD_READ_ONLY) == 0 && field->sql == NULL;
}

/* What the store calls a violated constraint, as what it means to the client. */
static bool
explain_constraint(const ScCollection *self, GError *reason, GError **error)
{
    if (!g_error_matches(reason, SC_STORE_ERROR, SC_STORE_ERROR_CONSTRAINT)) {
        g_propagate_error(error, reason);
        return false;
    }
    const char *dot = strrchr(reason->message, '.');
    bool is_unique = strstr(reason->message, "UNIQUE") != NULL && dot != NULL;
    if (is_unique) {
        sc_problem_set_error(error, SC_PROBLEM_EXISTS, dot + 1,
                             "another %s has this %s already", self->noun, dot + 1);
        sc_problem_say(error, "已经有人用了，请换一个。",
                       "This is taken already; please choose another.");
    } else {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, NULL, "%s: %s", self->noun,
                             reason->message);
    }
    g_error_free(reason);
    return false;
}

/* What a row refers to already, it may go on to. */
static bool
is_kept(JsonObject *before, JsonObject *after, const char *name)
{
    return before != NULL && json_object_has_member(before, name)
           && json_node_equal(json_object_get_member(before, name),
                              json_object_get_member(after, name));
}

static bool
check_references(const ScCollection *self, ScCall *call, JsonObject *before,
                 JsonObject *after, GError **error)
{
    for (unsigned i = 0; i < self->n_fields; i++) {
        const ScField *field = &self->fields[i];
        const char *id =
            field->references != NULL && is_written(field)
                ? json_object_get_string_member_with_default(after, field->name, NULL)
                : NULL;
        if (id != NULL && !is_kept(before, after, field->name)
            && !sc_access_check_reference(call, field->references, id, field->name,
                                          error))
            return false;
    }
    return true;
}

/* @texts keeps what the query borrows. */
static void
bind_node(ScQuery *query, JsonNode *node, ScFieldKind kind, GPtrArray *texts)
{
    if (json_node_is_null(node)) {
        sc_query_bind_null(query);
        return;
    }
    int64_t instant_ms = 0;
    switch (kind) {
    case SC_FIELD_TEXT:
        sc_query_bind_text(query, json_node_get_string(node));
        return;
    case SC_FIELD_INTEGER:
        sc_query_bind_integer(query, json_node_get_int(node));
        return;
    case SC_FIELD_BOOLEAN:
        sc_query_bind_integer(query, json_node_get_boolean(node));
        return;
    case SC_FIELD_INSTANT:
        (void)sc_timestamp_parse(json_node_get_string(node), &instant_ms);
        sc_query_bind_integer(query, instant_ms);
        return;
    case SC_FIELD_JSON:
        g_ptr_array_add(texts, json_to_string(node, FALSE));
        sc_query_bind_text(query, g_ptr_array_index(texts, texts->len - 1));
        return;
    }
}

/* The fields of @after that are to be written: all that it has, or what differs. */
static GPtrArray *
list_written(const ScCollection *self, JsonObject *before, JsonObject *after)
{
    GPtrArray *fields = g_ptr_array_new();
    for (unsigned i = 0; i < self->n_fields; i++) {
        const ScField *field = &self->fields[i];
        if (!is_written(field) || !json_object_has_member(after, field->name))
            continue;
        JsonNode *node = json_object_get_member(after, field->name);
        if (before == NULL || !json_object_has_member(before, field->name)
            || !json_node_equal(json_object_get_member(before, field->name), node))
            g_ptr_array_add(fields, (gpointer)field);
    }
    return fields;
}

/* The fields' values are $1, $2, …, the id is the one behind them. */
static bool
run_write(const ScCollection *self, ScCall *call, const char *sql, const char *id,
          GPtrArray *fields, JsonObject *after, GError **error)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) reason = NULL;
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, sc_call_get_store(call), g_intern_string(sql), error))
        return false;
    for (guint i = 0; i < fields->len; i++) {
        const ScField *field = g_ptr_array_index(fields, i);
        bind_node(&query, json_object_get_member(after, field->name), field->kind, texts);
    }
    sc_query_bind_text(&query, id);
    return sc_query_run(&query, &reason)
           || explain_constraint(self, g_steal_pointer(&reason), error);
}

static bool
insert(const ScCollection *self, ScCall *call, const char *id, JsonObject *after,
       GError **error)
{
    g_autoptr(GPtrArray) fields = list_written(self, NULL, after);
    g_autoptr(GString) sql = g_string_new(NULL);
    g_autoptr(GString) values = g_string_new(NULL);
    g_string_printf(sql, "INSERT INTO %s (", self->table);
    for (guint i = 0; i < fields->len; i++) {
        const ScField *field = g_ptr_array_index(fields, i);
        g_string_append_printf(sql, "%s, ", field->name);
        g_string_append_printf(values, "$%u, ", i + 1);
    }
    g_string_append_printf(sql, "id) VALUES (%s$%u)", values->str, fields->len + 1);
    return run_write(self, call, sql->str, id, fields, after, error);
}

static bool
update(const ScCollection *self, ScCall *call, const char *id, JsonObject *before,
       JsonObject *after, GError **error)
{
    g_autoptr(GPtrArray) fields = list_written(self, before, after);
    g_autoptr(GString) sql = g_string_new(NULL);
    g_string_printf(sql, "UPDATE %s SET ", self->table);
    for (guint i = 0; i < fields->len; i++) {
        const ScField *field = g_ptr_array_index(fields, i);
        g_string_append_printf(sql, "%s = $%u, ", field->name, i + 1);
    }
    g_string_append_printf(sql, "version = version + 1 WHERE id = $%u", fields->len + 1);
    return run_write(self, call, sql->str, id, fields, after, error);
}

static JsonObject *
copy_object(JsonObject *object)
{
    JsonObject *copy = json_object_new();
    JsonObjectIter iter;
    const char *name;
    JsonNode *node;
    json_object_iter_init(&iter, object);
    while (json_object_iter_next(&iter, &name, &node))
        json_object_set_member(copy, name, json_node_copy(node));
    return copy;
}

/* Checks @after, writes it by @write, and lets its hook write what hangs on it. */
static bool
write_row(const ScCollection *self, ScCall *call, const char *id, JsonObject *before,
          JsonObject *after, GError **error)
{
    if (!check_references(self, call, before, after, error)
        || (self->check != NULL && !self->check(call, before, after, error)))
        return false;
    if (before == NULL ? !insert(self, call, id, after, error)
                       : !update(self, call, id, before, after, error))
        return false;
    return self->saved == NULL || self->saved(call, before, after, error);
}

/* Reads the row that was written, looks whether it lies where the actor may write, notes
 * and answers it. What may not be is undone with the transaction. */
static bool
conclude(const ScCollection *self, ScCall *call, unsigned status, const char *id,
         JsonObject *before, JsonObject *after, GError **error)
{
    g_autofree char *organisation = NULL;
    g_autofree char *what = g_strdup_printf("%s %s", self->noun, id);
    g_autoptr(JsonObject) row = read_by_id(self, call, id, &organisation, error);
    if (row == NULL || !sc_access_check_administers(call, organisation, what, error)
        || !sc_call_audit(call, self->noun, id, organisation, before, row, error))
        return false;
    if (json_object_has_member(after, SC_COLLECTION_ONCE)) {
        JsonObject *once = json_object_get_object_member(after, SC_COLLECTION_ONCE);
        JsonObjectIter iter;
        const char *name;
        JsonNode *node;
        json_object_iter_init(&iter, once);
        while (json_object_iter_next(&iter, &name, &node))
            json_object_set_member(row, name, json_node_copy(node));
    }
    sc_call_answer_object(call, status, g_steal_pointer(&row));
    return true;
}

bool
sc_collection_create(const ScCollection *self, ScCall *call, GError **error)
{
    g_autoptr(JsonObject) after = copy_object(sc_call_get_body(call));
    g_autofree char *id = sc_store_make_id();
    json_object_set_string_member(after, "id", id);
    return write_row(self, call, id, NULL, after, error)
           && conclude(self, call, 201, id, NULL, after, error);
}

static bool
check_changeable(const ScCollection *self, JsonObject *before, JsonObject *body,
                 GError **error)
{
    for (unsigned i = 0; i < self->n_fields; i++) {
        const ScField *field = &self->fields[i];
        if ((field->flags & SC_FIELD_CREATE_ONLY) == 0
            || !json_object_has_member(body, field->name)
            || json_node_equal(json_object_get_member(body, field->name),
                               json_object_get_member(before, field->name)))
            continue;
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, field->name,
                             "%s of a %s cannot be changed", field->name, self->noun);
        sc_problem_say(error, "建立以后不能再改。",
                       "This cannot be changed once it was made.");
        return false;
    }
    return true;
}

/* The row that is to be changed, if the actor may and knows its version. */
static JsonObject *
read_for_change(const ScCollection *self, ScCall *call, const char *id,
                char **out_organisation, GError **error)
{
    g_autofree char *what = g_strdup_printf("%s %s", self->noun, id);
    g_autoptr(JsonObject) row = read_by_id(self, call, id, out_organisation, error);
    if (row == NULL || !sc_collection_check_look(self, call, id, error)
        || !sc_access_check_administers(call, *out_organisation, what, error)
        || !sc_call_check_version(call, json_object_get_int_member(row, "version"),
                                  error))
        return NULL;
    return g_steal_pointer(&row);
}

bool
sc_collection_patch(const ScCollection *self, ScCall *call, GError **error)
{
    const char *id = sc_call_get_parameter(call, "id");
    JsonObject *body = sc_call_get_body(call);
    g_autofree char *organisation = NULL;
    g_autoptr(JsonObject) before = read_for_change(self, call, id, &organisation, error);
    if (before == NULL || !check_changeable(self, before, body, error))
        return false;
    g_autoptr(JsonObject) after = copy_object(before);
    JsonObjectIter iter;
    const char *name;
    JsonNode *node;
    json_object_iter_init(&iter, body);
    while (json_object_iter_next(&iter, &name, &node))
        json_object_set_member(after, name, json_node_copy(node));
    return write_row(self, call, id, before, after, error)
           && conclude(self, call, 200, id, before, after, error);
}

static bool
delete_row(const ScCollection *self, ScCall *call, const char *id, GError **error)
{
    g_autofree char *sql = g_strdup_printf("DELETE FROM %s WHERE id = $1", self->table);
    g_auto(ScQuery) query = { 0 };
    g_autoptr(GError) reason = NULL;
    if (!sc_query_init(&query, sc_call_get_store(call), g_intern_string(sql), error))
        return false;
    sc_query_bind_text(&query, id);
    if (sc_query_run(&query, &reason))
        return true;
    if (!g_error_matches(reason, SC_STORE_ERROR, SC_STORE_ERROR_CONSTRAINT)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    sc_problem_set_error(error, SC_PROBLEM_IN_USE, NULL,
                         "%s %s: something still depends on it", self->noun, id);
    sc_problem_say(error, "还有别的内容用到它，不能删除。",
                   "Something still depends on it, so it cannot be deleted.");
    return false;
}

bool
sc_collection_remove(const ScCollection *self, ScCall *call, GError **error)
{
    const char *id = sc_call_get_parameter(call, "id");
    g_autofree char *organisation = NULL;
    g_autoptr(JsonObject) before = read_for_change(self, call, id, &organisation, error);
    if (before == NULL || (self->saved != NULL && !self->saved(call, before, NULL, error))
        || !delete_row(self, call, id, error)
        || !sc_call_audit(call, self->noun, id, organisation, before, NULL, error))
        return false;
    sc_call_answer_nothing(call);
    return true;
}

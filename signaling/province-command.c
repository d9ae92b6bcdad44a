/* SPDX-License-Identifier: Apache-2.0 */
/* province-command.c: `seed --province`: its options, and what it tells of who can sign
 * in. */
#include <stdlib.h>

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "signaling/api/secret.h"
#include "signaling/protocol/timestamp.h"
#include "signaling/province.h"
#include "signaling/school/password.h"
#include "signaling/store/device.h"
#include "signaling/store/person.h"
#include "signaling/store/query.h"

#define TOKENS_MAX 1000

typedef struct {
    char *database;
    char *output;
    char *now;
    gboolean is_province; /* so we came here */
    gboolean in_earlier_term;
    gboolean leaves_lessons;
    int n_schools, n_sites, n_weekly, n_weeks, n_tokens, seed;
} Options;

static void
options_clear(Options *options)
{
    g_free(options->database);
    g_free(options->output);
    g_free(options->now);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static bool
check_range(const char *option, int value, int min, int max, GError **error)
{
    if (value >= min && value <= max)
        return true;
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                "%s is %d, allowed are %d to %d", option, value, min, max);
    return false;
}

static bool
check(const Options *options, GError **error)
{
    if (options->database == NULL || options->output == NULL) {
        g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                            "--database and --output must be given");
        return false;
    }
    return check_range("--schools", options->n_schools, 1, SC_PROVINCE_SCHOOLS_MAX, error)
           && check_range("--sites", options->n_sites, options->n_schools,
                          SC_PROVINCE_SITES_MAX, error)
           && check_range("--weekly", options->n_weekly, 1, SC_PROVINCE_WEEKLY_MAX, error)
           && check_range("--weeks", options->n_weeks, 0, SC_PROVINCE_WEEKS_MAX, error)
           && check_range("--device-tokens", options->n_tokens, 0,
                          MIN(TOKENS_MAX, options->n_sites), error);
}

static bool
parse(Options *options, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        { "province", 0, 0, G_OPTION_ARG_NONE, &options->is_province, "a whole province",
          NULL },
        { "database", 0, 0, G_OPTION_ARG_FILENAME, &options->database,
          "made where missing", "FILE" },
        { "output", 0, 0, G_OPTION_ARG_FILENAME, &options->output,
          "who can sign in, and with which password", "FILE" },
        { "schools", 0, 0, G_OPTION_ARG_INT, &options->n_schools, "(60)", "N" },
        { "sites", 0, 0, G_OPTION_ARG_INT, &options->n_sites, "classrooms (150)", "N" },
        { "weekly", 0, 0, G_OPTION_ARG_INT, &options->n_weekly,
          "lessons of a paired class in a week (20)", "N" },
        { "weeks", 0, 0, G_OPTION_ARG_INT, &options->n_weeks,
          "of lessons that were, with their ledger (4)", "N" },
        { "earlier-term", 0, 0, G_OPTION_ARG_NONE, &options->in_earlier_term,
          "those weeks are of the term before; this one begins now", NULL },
        { "leave-lessons", 0, 0, G_OPTION_ARG_NONE, &options->leaves_lessons,
          "of the weeks to come: none are made", NULL },
        { "device-tokens", 0, 0, G_OPTION_ARG_INT, &options->n_tokens,
          "of so many devices, told in the output (0)", "N" },
        { "seed", 0, 0, G_OPTION_ARG_INT, &options->seed, "of what is left to chance (1)",
          "N" },
        { "now", 0, 0, G_OPTION_ARG_STRING, &options->now, "instead of the system's time",
          "INSTANT" },
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- make a province");
    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, argc, argv, error) && check(options, error);
}

static bool
make_plan(const Options *options, ScProvincePlan *out_plan, GError **error)
{
    int64_t now_ms = g_get_real_time() / 1000;
    if (options->now != NULL && !sc_timestamp_parse(options->now, &now_ms)) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "--now %s: must be an instant as 2026-09-07T07:00:00+08:00",
                    options->now);
        return false;
    }
    *out_plan = (ScProvincePlan){
        .n_schools = (unsigned)options->n_schools,
        .n_sites = (unsigned)options->n_sites,
        .n_weekly = (unsigned)options->n_weekly,
        .n_weeks = (unsigned)options->n_weeks,
        .in_earlier_term = options->in_earlier_term,
        .makes_lessons = !options->leaves_lessons,
        .seed = (uint32_t)options->seed,
        .now_ms = now_ms,
    };
    return true;
}

static JsonArray *
issue_tokens(ScStore *store, unsigned n, GError **error)
{
    g_autoptr(JsonArray) tokens = json_array_new();
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *id = g_strdup_printf("device-%u", i + 1);
        g_autofree char *token = sc_secret_make();
        g_autofree char *hash = sc_secret_hash(token);
        if (!sc_store_set_device_token(store, id, hash, error))
            return NULL;
        json_array_add_string_element(tokens, token);
    }
    return g_steal_pointer(&tokens);
}

/* Those of the province who have a password, and where they are appointed. */
#define PEOPLE                                                                    \
    "SELECT person.id, sign_in, person.name, organisation.id, organisation.name," \
    " organisation.name_en, role FROM appointment"                                \
    " JOIN person ON person.id = appointment.person"                              \
    " JOIN organisation ON organisation.id = appointment.organisation"            \
    " WHERE person.id IN ('admin', 'admin.county', 'admin.school', 'inspector',"  \
    " 'teacher-1') ORDER BY person.id"

static JsonArray *
list_people(ScStore *store, const char *password, GError **error)
{
    static const char *const names[] = {
        "id",           "sign_in",           "name",
        "organisation", "organisation_name", "organisation_name_en",
        "role"
    };
    g_autoptr(JsonArray) people = json_array_new();
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, store, PEOPLE, error))
        return NULL;
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return g_steal_pointer(&people);
        JsonObject *person = json_object_new();
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
            json_object_set_string_member(person, names[i],
                                          sc_query_get_text(&query, (int)i));
        json_object_set_string_member(person, "password", password);
        json_array_add_object_element(people, person);
    }
    return NULL;
}

/* One that stands: everybody gets the new password. */
static bool
renew_passwords(ScStore *store, const char *hash, GError **error)
{
    static const char *const people[] = { "admin", "admin.county", "admin.school",
                                          "inspector", "teacher-1" };
    for (unsigned i = 0; i < G_N_ELEMENTS(people); i++)
        if (!sc_store_set_password(store, people[i], hash, false, error))
            return false;
    return true;
}

static bool
stands(ScStore *store, bool *out_stands, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    return sc_query_init(&query, store,
                         "SELECT 1 FROM organisation WHERE id = 'province'", error)
           && sc_query_step(&query, out_stands, error);
}

static bool
write_output(ScStore *store, const Options *options, const char *password, GError **error)
{
    JsonArray *tokens = issue_tokens(store, (unsigned)options->n_tokens, error);
    JsonArray *people = tokens != NULL ? list_people(store, password, error) : NULL;
    g_autoptr(JsonObject) object = json_object_new();
    if (tokens != NULL)
        json_object_set_array_member(object, "device_tokens", tokens);
    if (people == NULL)
        return false;
    json_object_set_array_member(object, "sign_ins", people);
    json_object_set_string_member(object, "term", "term-now");
    g_autoptr(JsonNode) root = json_node_init_object(json_node_alloc(), object);
    g_autofree char *text = json_to_string(root, TRUE);
    g_autofree char *line = g_strconcat(text, "\n", NULL);
    return g_file_set_contents_full(options->output, line, -1,
                                    G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

static bool
run(const Options *options, GError **error)
{
    g_autofree char *password = sc_password_make_first();
    g_autofree char *hash = sc_password_hash(password);
    ScProvincePlan plan;
    bool is_there = false;
    if (hash == NULL) {
        g_set_error_literal(error, SC_PASSWORD_ERROR, SC_PASSWORD_ERROR_FAILED,
                            "no memory to hash the password");
        return false;
    }
    if (!make_plan(options, &plan, error))
        return false;
    g_autoptr(ScStore) store = sc_store_open(options->database, error);
    return store != NULL && stands(store, &is_there, error)
           && (is_there ? renew_passwords(store, hash, error)
                        : sc_province_seed(store, &plan, hash, error))
           && write_output(store, options, password, error);
}

int
sc_province_run(int argc, char **argv)
{
    g_auto(Options) options = {
        .n_schools = 60, .n_sites = 150, .n_weekly = 20, .n_weeks = 4, .seed = 1
    };
    g_autoptr(GError) error = NULL;
    if (parse(&options, &argc, &argv, &error) && run(&options, &error))
        return EXIT_SUCCESS;
    g_printerr("seed: %s\n", error->message);
    return EXIT_FAILURE;
}

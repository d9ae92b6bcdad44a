/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/admin.h"

#include <stdlib.h>
#include <string.h>

#include <gio/gio.h>

#include "signaling/school/password.h"
#include "signaling/school/sign-in-name.h"
#include "signaling/store/audit.h"
#include "signaling/store/organisation.h"
#include "signaling/store/person.h"
#include "signaling/store/query.h"

#define ROLE "administrator"
#define NAME_MAX_LENGTH 100 /* characters; as in the API */

typedef struct {
    char *database;
    char *sign_in;
    char *name;
    char *organisation;
    char *root_name;
    char *root_kind;
    char *password_file;
} Options;

static void
options_clear(Options *options)
{
    g_free(options->database);
    g_free(options->sign_in);
    g_free(options->name);
    g_free(options->organisation);
    g_free(options->root_name);
    g_free(options->root_kind);
    g_free(options->password_file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static bool refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool
refuse(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_propagate_error(error, g_error_new_valist(G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                                                format, arguments));
    va_end(arguments);
    return false;
}

static bool
check_text(const char *option, const char *text, GError **error)
{
    if (text == NULL)
        return true;
    if (!g_utf8_validate(text, -1, NULL))
        return refuse(error, "%s: is not UTF-8", option);
    glong length = g_utf8_strlen(text, -1);
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
        if (g_unichar_iscntrl(g_utf8_get_char(at)))
            return refuse(error, "%s: must have no control characters", option);
    return (length > 0 && length <= NAME_MAX_LENGTH)
           || refuse(error, "%s: has %ld characters, must have 1 to %d", option, length,
                     NAME_MAX_LENGTH);
}

static bool
check(Options *options, GError **error)
{
    if (options->database == NULL || options->sign_in == NULL)
        return refuse(error, "--database and --sign-in are needed");
    if (!check_text("--sign-in", options->sign_in, error)
        || !check_text("--name", options->name, error)
        || !check_text("--root-name", options->root_name, error))
        return false;
    g_autofree char *given = g_steal_pointer(&options->sign_in);
    options->sign_in = sc_sign_in_name_fold(given);
    if (!sc_sign_in_name_is_good(options->sign_in))
        return refuse(error, "--sign-in %s: " SC_SIGN_IN_NAME_RULE, given);
    if (options->organisation != NULL && options->root_name != NULL)
        return refuse(error, "give either --organisation or --root-name, not both");
    if (options->root_kind != NULL && options->root_name == NULL)
        return refuse(error, "--root-kind %s: only with --root-name", options->root_kind);
    return true;
}

static bool
parse(Options *options, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        { "database", 0, 0, G_OPTION_ARG_FILENAME, &options->database,
          "made where missing", "FILE" },
        /* As bytes, since we are UTF-8 in any locale. */
        { "sign-in", 0, 0, G_OPTION_ARG_FILENAME, &options->sign_in,
          "the name to sign in with", "NAME" },
        { "name", 0, 0, G_OPTION_ARG_FILENAME, &options->name, "as shown", "NAME" },
        { "organisation", 0, 0, G_OPTION_ARG_STRING, &options->organisation,
          "what is administered, with all below it (the one root)", "ID" },
        { "root-name", 0, 0, G_OPTION_ARG_FILENAME, &options->root_name,
          "instead: a new root of this name, apart from any other", "NAME" },
        { "root-kind", 0, 0, G_OPTION_ARG_STRING, &options->root_kind,
          "province, city, county or school (county)", "KIND" },
        { "password-file", 0, 0, G_OPTION_ARG_FILENAME, &options->password_file,
          "its first line; else one is made and printed", "FILE" },
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- make an administrator");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, argc, argv, error))
        return false;
    if (*argc > 1)
        return refuse(error, "%s: there is no such option", (*argv)[1]);
    return check(options, error);
}

/* The id of what --organisation names, else of the one root there is. */
static char *
find_present(ScStore *store, const char *id, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, store,
                       "SELECT min(id), count(*) FROM organisation"
                       " WHERE CASE WHEN $1 IS NULL THEN parent IS NULL ELSE id = $1 END",
                       error))
        return NULL;
    sc_query_bind_text(&query, id);
    if (!sc_query_step(&query, &has_row, error))
        return NULL;
    gint64 n = sc_query_get_integer(&query, 1);
    if (n == 1)
        return sc_query_dup_text(&query, 0);
    if (id != NULL)
        refuse(error, "--organisation %s: there is none", id);
    else if (n == 0)
        refuse(error, "there is no organisation yet: give --root-name");
    else
        refuse(error, "there are %" G_GINT64_FORMAT " roots: give --organisation", n);
    return NULL;
}

/* The id of what is administered; made where it is a new root. */
static char *
find_organisation(ScStore *store, const Options *options, GError **error)
{
    static const char *const kinds[] = { "province", "city", "county", "school", NULL };
    const char *kind = options->root_kind != NULL ? options->root_kind : "county";
    unsigned rank = 0;
    if (options->root_name == NULL)
        return find_present(store, options->organisation, error);
    while (kinds[rank] != NULL && !g_str_equal(kinds[rank], kind))
        rank++;
    if (kinds[rank] == NULL) {
        refuse(error, "--root-kind %s: must be province, city, county or school", kind);
        return NULL;
    }
    g_autofree char *id = sc_store_make_id();
    const ScOrganisation root = { id, NULL, (ScOrganisationKind)rank, options->root_name,
                                  "" };
    return sc_store_put_organisation(store, &root, error) ? g_steal_pointer(&id) : NULL;
}

static char *
read_password(const Options *options, GError **error)
{
    g_autofree char *text = NULL;
    if (options->password_file == NULL)
        return sc_password_make_first();
    if (!g_file_get_contents(options->password_file, &text, NULL, error))
        return NULL;
    text[strcspn(text, "\r\n")] = '\0';
    if (sc_password_check(text, options->sign_in, error))
        return g_steal_pointer(&text);
    g_prefix_error(error, "--password-file %s: ", options->password_file);
    return NULL;
}

static bool
add_person(ScStore *store, const Options *options, const char *organisation,
           const char *hash, GError **error)
{
    g_autofree char *id = sc_store_make_id();
    int64_t now_ms = g_get_real_time() / 1000;
    const ScPersonRow row = {
        .id = id,
        .organisation = (char *)organisation,
        .sign_in = options->sign_in,
        .name = options->name != NULL ? options->name : options->sign_in,
        .password = (char *)hash,
        .must_change = options->password_file == NULL,
    };
    const ScAuditRow audit = {
        .at_ms = now_ms,
        .actor = "",
        .actor_name = "synclass-signaling admin",
        .address = "",
        .action = "create-person",
        .outcome = SC_AUDIT_DONE,
        .kind = "person",
        .object = id,
        .organisation = organisation,
    };
    g_autoptr(GError) reason = NULL;
    if (!sc_store_add_person(store, &row, now_ms, &reason)) {
        if (g_error_matches(reason, SC_STORE_ERROR, SC_STORE_ERROR_CONSTRAINT))
            return refuse(error, "--sign-in %s: somebody has this name already",
                          options->sign_in);
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    return sc_store_add_appointment(store, id, organisation, ROLE, error)
           && sc_store_add_audit(store, &audit, error);
}

static bool
add_all(ScStore *store, const Options *options, const char *password, GError **error)
{
    g_autofree char *organisation = find_organisation(store, options, error);
    if (organisation == NULL)
        return false;
    g_autofree char *hash = sc_password_hash(password);
    if (hash == NULL)
        return refuse(error, "no memory to hash the password");
    return add_person(store, options, organisation, hash, error);
}

static bool
run(const Options *options, GError **error)
{
    g_autofree char *password = read_password(options, error);
    g_autoptr(ScStore) store =
        password != NULL ? sc_store_open(options->database, error) : NULL;
    if (store == NULL || !sc_store_begin(store, error))
        return false;
    if (!add_all(store, options, password, error)) {
        sc_store_rollback(store);
        return false;
    }
    if (!sc_store_commit(store, error))
        return false;
    if (options->password_file == NULL)
        g_print("%s\n", password);
    return true;
}

int
sc_admin_run(int argc, char **argv)
{
    g_auto(Options) options = { 0 };
    g_autoptr(GError) error = NULL;
    if (parse(&options, &argc, &argv, &error) && run(&options, &error))
        return EXIT_SUCCESS;
    g_printerr("admin: %s\n", error->message);
    return EXIT_FAILURE;
}

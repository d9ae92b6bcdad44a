/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/verify.h"

#include <gio/gio.h>

#include "signaling/store/verify.h"

enum { SOUND, BROKEN, UNREADABLE };

static bool
look(ScStore *store, const char *chain, int *status, GError **error)
{
    g_auto(ScVerified) verified = { 0 };
    if (!sc_store_verify(store, chain, &verified, error))
        return false;
    if (verified.is_sound)
        g_print("%s: %" G_GINT64_FORMAT " rows, sound, head %s\n", chain,
                (gint64)verified.n_rows, verified.head);
    else
        g_print("%s: BROKEN after %" G_GINT64_FORMAT " rows: %s\n", chain,
                (gint64)verified.n_rows, verified.detail);
    if (!verified.is_sound)
        *status = BROKEN;
    return true;
}

/* Both in one reading, so that a service that writes meanwhile does not come between. */
static bool
look_at_both(const char *database, int *status, GError **error)
{
    g_autoptr(ScStore) store = sc_store_open(database, error);
    if (store == NULL || !sc_store_begin_reading(store, error))
        return false;
    bool done =
        look(store, "ledger", status, error) && look(store, "audit", status, error);
    sc_store_rollback(store);
    return done;
}

int
sc_verify_run(int argc, char **argv)
{
    g_autofree char *database = NULL;
    const GOptionEntry entries[] = {
        { "database", 0, 0, G_OPTION_ARG_FILENAME, &database, "the store", "FILE" },
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context =
        g_option_context_new("- look whether ledger and audit log are whole");
    g_autoptr(GError) error = NULL;
    int status = SOUND;
    g_option_context_add_main_entries(context, entries, NULL);
    if (g_option_context_parse(context, &argc, &argv, &error) && database == NULL)
        g_set_error(&error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "--database is needed");
    if (error == NULL && look_at_both(database, &status, &error))
        return status;
    g_printerr("verify: %s\n", error->message);
    return UNREADABLE;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "client/identity.h"

#include <errno.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#define FOLDER "synclass"
#define FILE_NAME "device.conf"
#define GROUP "device"
#define FOLDER_MODE 0700
#define FILE_MODE 0600

char *
sc_identity_dup_path(void)
{
    const char *systemd = g_getenv("STATE_DIRECTORY");
    return systemd ? g_build_filename(systemd, FILE_NAME, NULL)
                   : g_build_filename(g_get_user_state_dir(), FOLDER, FILE_NAME, NULL);
}

char *
sc_identity_load(const char *path, const char *url)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) error = NULL;
    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &error)) {
        if (!g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            g_warning("%s: %s; enrolling anew", path, error->message);
        return NULL;
    }
    g_autofree char *server = g_key_file_get_string(file, GROUP, "url", NULL);
    return g_strcmp0(server, url) == 0 ? g_key_file_get_string(file, GROUP, "token", NULL)
                                       : NULL;
}

static gboolean
remove_file(const char *path, GError **error)
{
    if (g_unlink(path) == 0 || errno == ENOENT)
        return TRUE;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno), "%s: %s", path,
                g_strerror(errno));
    return FALSE;
}

gboolean
sc_identity_save(const char *path, const char *url, const char *token, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autoptr(GKeyFile) file = g_key_file_new();
    if (!token)
        return remove_file(path, error);
    if (g_mkdir_with_parents(folder, FOLDER_MODE) != 0) {
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno), "%s: %s",
                    folder, g_strerror(errno));
        return FALSE;
    }
    g_key_file_set_string(file, GROUP, "url", url);
    g_key_file_set_string(file, GROUP, "token", token);
    gsize length;
    g_autofree char *text = g_key_file_to_data(file, &length, NULL);
    return g_file_set_contents_full(
        path, text, (gssize)length,
        G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, FILE_MODE, error);
}

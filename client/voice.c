/* SPDX-License-Identifier: Apache-2.0 */
#include "client/voice.h"

#include <errno.h>
#include <stdbool.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

static const char text[] =
    "<speak><voice xml:lang='cmn'>同学们好，现在开始上课。请大家看黑板。</voice>"
    "<break time='700ms'/>"
    "<voice xml:lang='en'>Good morning, everyone. This is a made lesson: the ball moves, "
    "the clock tells the time, and this voice goes on.</voice>"
    "<break time='900ms'/></speak>";

/* Under another name first: several rooms may start at once. */
static bool
speak(const char *path, GError **error)
{
    g_autofree char *draft = g_strdup_printf("%s.%08x", path, g_random_int());
    g_autoptr(GSubprocess) speaker =
        g_subprocess_new(G_SUBPROCESS_FLAGS_STDERR_SILENCE, error, "espeak-ng", "-m",
                         "-s", "150", "-w", draft, text, NULL);
    if (!speaker || !g_subprocess_wait_check(speaker, NULL, error)) {
        g_unlink(draft);
        return false;
    }
    if (g_rename(draft, path) == 0)
        return true;
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "%s: %s", path,
                g_strerror(errno));
    return false;
}

char *
sc_voice_dup_path(GError **error)
{
    g_autofree char *folder = g_build_filename(g_get_user_cache_dir(), "synclass", NULL);
    g_autofree char *path = g_build_filename(folder, "voice.wav", NULL);
    if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer(&path);
    if (g_mkdir_with_parents(folder, 0700) != 0) {
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "%s: %s", folder,
                    g_strerror(errno));
        return NULL;
    }
    return speak(path, error) ? g_steal_pointer(&path) : NULL;
}

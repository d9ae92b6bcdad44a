/* SPDX-License-Identifier: Apache-2.0 */
/* library.h: documents kept on this machine, so that neither a power cut nor a second
 * lesson costs the line twice: each under its SHA-256, begun ones beside them, all within
 * a limit of bytes. Thread: any; what reads or writes a whole file says so. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#define SC_LIBRARY_MAX ((int64_t)512 * 1024 * 1024) /* bytes, for a box with 8 GB */
#define SC_LIBRARY_NAME_LENGTH 64                   /* a SHA-256 in hexadecimal digits */

#define SC_LIBRARY_ERROR (sc_library_error_quark())
GQuark sc_library_error_quark(void);
typedef enum {
    SC_LIBRARY_ERROR_WRONG_BYTES, /* they are not what their name says */
    SC_LIBRARY_ERROR_STORAGE,     /* the file system refuses */
} ScLibraryError;

typedef struct ScLibrary ScLibrary;

/* @folder: NULL for the user's cache; made when something is kept. */
ScLibrary *sc_library_new(const char *folder, int64_t max_bytes)
    G_GNUC_WARN_UNUSED_RESULT;
ScLibrary *sc_library_ref(ScLibrary *self);
void sc_library_unref(ScLibrary *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScLibrary, sc_library_unref)

/* The name that an ETag gives: 64 digits in quotes. NULL: it is none. */
char *sc_library_dup_name(const char *etag) G_GNUC_WARN_UNUSED_RESULT;
char *sc_library_dup_path(const ScLibrary *self, const char *name)
    G_GNUC_WARN_UNUSED_RESULT;

/* Reads the whole file. Is it here, and whole? One that is not is thrown away; one that
 * is counts as used now. */
bool sc_library_check(ScLibrary *self, const char *name);

/* Bytes of @name that a download has left here; 0: none. */
int64_t sc_library_get_begun(const ScLibrary *self, const char *name);
/* A file to write the next bytes of @name to, after the first @n_bytes. -1 and @error. */
int sc_library_open(ScLibrary *self, const char *name, int64_t n_bytes, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Reads the whole file. What was begun is whole: from now on it is kept, also through a
 * power cut; what was used longest ago makes room. False and @error: it is wrong, and
 * thrown away. */
bool sc_library_keep(ScLibrary *self, const char *name, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

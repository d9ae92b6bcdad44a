/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-library"
#include "client/library.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include <glib/gstdio.h>

#define FOLDER_MODE 0700
#define FILE_MODE 0600
#define CHUNK (256 * 1024) /* bytes that are read at once */
#define BEGUN ".part"

G_DEFINE_QUARK(sc_library_error_quark, sc_library_error)

struct ScLibrary {
    char *folder; /* owned */
    int64_t max_bytes;
};

typedef struct {
    char *path; /* owned */
    int64_t n_bytes;
    int64_t used_s; /* its time of modification */
} Book;

static void
library_clear(gpointer data)
{
    ScLibrary *self = data;
    g_free(self->folder);
}

ScLibrary *
sc_library_new(const char *folder, int64_t max_bytes)
{
    ScLibrary *self = g_atomic_rc_box_new0(ScLibrary);
    self->folder =
        folder ? g_strdup(folder)
               : g_build_filename(g_get_user_cache_dir(), "synclass", "documents", NULL);
    self->max_bytes = max_bytes;
    return self;
}

ScLibrary *
sc_library_ref(ScLibrary *self)
{
    return g_atomic_rc_box_acquire(self);
}

void
sc_library_unref(ScLibrary *self)
{
    g_atomic_rc_box_release_full(self, library_clear);
}

char *
sc_library_dup_name(const char *etag)
{
    if (!etag || strlen(etag) != SC_LIBRARY_NAME_LENGTH + 2 || etag[0] != '"'
        || etag[SC_LIBRARY_NAME_LENGTH + 1] != '"')
        return NULL;
    for (unsigned i = 1; i <= SC_LIBRARY_NAME_LENGTH; i++)
        if (!g_ascii_isxdigit(etag[i]))
            return NULL;
    return g_ascii_strdown(etag + 1, SC_LIBRARY_NAME_LENGTH);
}

char *
sc_library_dup_path(const ScLibrary *self, const char *name)
{
    return g_build_filename(self->folder, name, NULL);
}

static char *
dup_begun_path(const ScLibrary *self, const char *name)
{
    g_autofree char *file = g_strconcat(name, BEGUN, NULL);
    return g_build_filename(self->folder, file, NULL);
}

static bool
fail(GError **error, const char *path)
{
    g_set_error(error, SC_LIBRARY_ERROR, SC_LIBRARY_ERROR_STORAGE, "%s: %s", path,
                g_strerror(errno));
    return false;
}

/* NULL where it cannot be read. */
static char *
dup_digest(int file)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree guchar *chunk = g_malloc(CHUNK);
    ssize_t n_read;
    while ((n_read = read(file, chunk, CHUNK)) != 0) {
        if (n_read < 0 && errno != EINTR)
            return NULL;
        g_checksum_update(checksum, chunk, MAX(n_read, 0));
    }
    return g_strdup(g_checksum_get_string(checksum));
}

bool
sc_library_check(ScLibrary *self, const char *name)
{
    g_autofree char *path = sc_library_dup_path(self, name);
    int file = g_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (file < 0)
        return false;
    g_autofree char *digest = dup_digest(file);
    close(file);
    bool is_whole = g_strcmp0(digest, name) == 0;
    if (is_whole)
        g_utime(path, NULL);
    else
        g_unlink(path);
    return is_whole;
}

int64_t
sc_library_get_begun(const ScLibrary *self, const char *name)
{
    g_autofree char *path = dup_begun_path(self, name);
    GStatBuf found;
    return g_stat(path, &found) == 0 ? (int64_t)found.st_size : 0;
}

int
sc_library_open(ScLibrary *self, const char *name, int64_t n_bytes, GError **error)
{
    g_autofree char *path = dup_begun_path(self, name);
    if (g_mkdir_with_parents(self->folder, FOLDER_MODE) != 0) {
        fail(error, self->folder);
        return -1;
    }
    int file = g_open(path, O_WRONLY | O_CREAT | O_CLOEXEC, FILE_MODE);
    if (file < 0 || ftruncate(file, n_bytes) != 0 || lseek(file, n_bytes, SEEK_SET) < 0) {
        fail(error, path);
        if (file >= 0)
            close(file);
        return -1;
    }
    return file;
}

static void
book_free(gpointer data)
{
    Book *book = data;
    g_free(book->path);
    g_free(book);
}

static gint
compare_use(gconstpointer a, gconstpointer b)
{
    const Book *const *first = a;
    const Book *const *second = b;
    return (*first)->used_s < (*second)->used_s ? -1 : 1;
}

static GPtrArray *
list_books(const ScLibrary *self, int64_t *out_total)
{
    GPtrArray *books = g_ptr_array_new_with_free_func(book_free);
    g_autoptr(GDir) folder = g_dir_open(self->folder, 0, NULL);
    const char *file;
    *out_total = 0;
    while (folder && (file = g_dir_read_name(folder))) {
        g_autofree char *path = g_build_filename(self->folder, file, NULL);
        GStatBuf found;
        if (g_stat(path, &found) != 0 || !S_ISREG(found.st_mode))
            continue;
        Book *book = g_new0(Book, 1);
        book->path = g_steal_pointer(&path);
        book->n_bytes = found.st_size;
        book->used_s = found.st_mtime;
        *out_total += book->n_bytes;
        g_ptr_array_add(books, book);
    }
    g_ptr_array_sort(books, compare_use);
    return books;
}

/* @newest stays in any case. */
static void
make_room(const ScLibrary *self, const char *newest)
{
    int64_t total;
    g_autoptr(GPtrArray) books = list_books(self, &total);
    for (unsigned i = 0; i < books->len && total > self->max_bytes; i++) {
        const Book *book = g_ptr_array_index(books, i);
        if (strcmp(book->path, newest) == 0 || g_unlink(book->path) != 0)
            continue;
        g_debug("%s makes room", book->path);
        total -= book->n_bytes;
    }
}

/* The name is as durable as the bytes. */
static void
sync_folder(const ScLibrary *self)
{
    int folder = g_open(self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (folder < 0)
        return;
    fsync(folder);
    close(folder);
}

bool
sc_library_keep(ScLibrary *self, const char *name, GError **error)
{
    g_autofree char *begun = dup_begun_path(self, name);
    g_autofree char *path = sc_library_dup_path(self, name);
    int file = g_open(begun, O_RDONLY | O_CLOEXEC, 0);
    if (file < 0)
        return fail(error, begun);
    g_autofree char *digest = dup_digest(file);
    bool is_durable = fsync(file) == 0;
    close(file);
    if (g_strcmp0(digest, name) != 0) {
        g_unlink(begun);
        g_set_error(error, SC_LIBRARY_ERROR, SC_LIBRARY_ERROR_WRONG_BYTES,
                    "its SHA-256 is %s, not %s", digest ? digest : "unreadable", name);
        return false;
    }
    if (!is_durable || g_rename(begun, path) != 0)
        return fail(error, path);
    sync_folder(self);
    make_room(self, path);
    return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/shelf.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define PART_SUFFIX ".part"
#define PDF_SUFFIX ".pdf"
#define FOLDER_MODE 0700

struct ScShelf {
    char *folder; /* owned */
    unsigned n_parts;
};

struct ScShelfPart {
    char *path;          /* owned; NULL: it was put */
    int fd;              /* −1: finished */
    GChecksum *checksum; /* owned */
    int64_t length;
};

static bool
fail(GError **error, const char *what, const char *path)
{
    int number = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(number), "%s %s: %s",
                what, path, g_strerror(number));
    return false;
}

static bool
sync_folder(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_synced = fd >= 0 && fsync(fd) == 0;
    if (!is_synced)
        (void)fail(error, "sync", path);
    if (fd >= 0)
        (void)close(fd);
    return is_synced;
}

static void
throw_parts_away(const ScShelf *self)
{
    g_autoptr(GDir) dir = g_dir_open(self->folder, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(self->folder, name, NULL);
        if (g_str_has_suffix(name, PART_SUFFIX))
            (void)g_unlink(path);
    }
}

ScShelf *
sc_shelf_new(const char *folder)
{
    ScShelf *self = g_new0(ScShelf, 1);
    self->folder = g_strdup(folder);
    throw_parts_away(self);
    return self;
}

void
sc_shelf_free(ScShelf *self)
{
    if (self == NULL)
        return;
    g_free(self->folder);
    g_free(self);
}

/* Parts. */

static bool
make_folder(const ScShelf *self, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(self->folder);
    if (g_file_test(self->folder, G_FILE_TEST_IS_DIR))
        return true;
    if (g_mkdir_with_parents(self->folder, FOLDER_MODE) != 0)
        return fail(error, "make", self->folder);
    return sync_folder(parent, error);
}

ScShelfPart *
sc_shelf_begin(ScShelf *self, GError **error)
{
    g_autofree char *name = g_strdup_printf("%u" PART_SUFFIX, ++self->n_parts);
    g_autofree char *path = g_build_filename(self->folder, name, NULL);
    if (!make_folder(self, error))
        return NULL;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        (void)fail(error, "make", path);
        return NULL;
    }
    ScShelfPart *part = g_new0(ScShelfPart, 1);
    part->path = g_steal_pointer(&path);
    part->fd = fd;
    part->checksum = g_checksum_new(G_CHECKSUM_SHA256);
    return part;
}

void
sc_shelf_part_free(ScShelfPart *part)
{
    if (part == NULL)
        return;
    if (part->fd >= 0)
        (void)close(part->fd);
    if (part->path != NULL)
        (void)g_unlink(part->path);
    g_checksum_free(part->checksum);
    g_free(part->path);
    g_free(part);
}

bool
sc_shelf_part_write(ScShelfPart *part, const void *bytes, size_t length, GError **error)
{
    g_checksum_update(part->checksum, bytes, (gssize)length);
    part->length += (int64_t)length;
    for (size_t n = 0; n < length;) {
        ssize_t n_written = write(part->fd, (const char *)bytes + n, length - n);
        if (n_written < 0 && errno != EINTR)
            return fail(error, "write", part->path);
        n += n_written > 0 ? (size_t)n_written : 0;
    }
    return true;
}

bool
sc_shelf_part_finish(ScShelfPart *part, GError **error)
{
    bool is_synced = fsync(part->fd) == 0;
    if (!is_synced)
        (void)fail(error, "sync", part->path);
    (void)close(part->fd);
    part->fd = -1;
    return is_synced;
}

const char *
sc_shelf_part_get_path(const ScShelfPart *part)
{
    return part->path;
}

const char *
sc_shelf_part_get_sha256(const ScShelfPart *part)
{
    return g_checksum_get_string(part->checksum);
}

int64_t
sc_shelf_part_get_length(const ScShelfPart *part)
{
    return part->length;
}

/* The shelf. */

static char *
make_path(const ScShelf *self, const char *lesson, const char *sha256)
{
    g_autofree char *name = g_strconcat(sha256, PDF_SUFFIX, NULL);
    return g_build_filename(self->folder, lesson, name, NULL);
}

bool
sc_shelf_put(ScShelf *self, ScShelfPart *part, const char *lesson, GError **error)
{
    g_autofree char *folder = g_build_filename(self->folder, lesson, NULL);
    g_autofree char *path = make_path(self, lesson, sc_shelf_part_get_sha256(part));
    if (g_mkdir_with_parents(folder, FOLDER_MODE) != 0)
        return fail(error, "make", folder);
    if (g_rename(part->path, path) != 0)
        return fail(error, "put", path);
    g_clear_pointer(&part->path, g_free);
    return sync_folder(folder, error) && sync_folder(self->folder, error);
}

GBytes *
sc_shelf_open(const ScShelf *self, const char *lesson, const char *sha256, GError **error)
{
    g_autofree char *path = make_path(self, lesson, sha256);
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, error);
    return file != NULL ? g_mapped_file_get_bytes(file) : NULL;
}

GStrv
sc_shelf_list_lessons(const ScShelf *self)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_autoptr(GDir) dir = g_dir_open(self->folder, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
        if (!g_str_has_suffix(name, PART_SUFFIX))
            g_strv_builder_add(builder, name);
    return g_strv_builder_end(builder);
}

static bool
is_in(GHashTable *contents, const char *name)
{
    g_autofree char *sha256 = g_strdup(name);
    if (!g_str_has_suffix(name, PDF_SUFFIX))
        return false;
    sha256[strlen(name) - strlen(PDF_SUFFIX)] = '\0';
    return g_hash_table_contains(contents, sha256);
}

void
sc_shelf_keep_only(ScShelf *self, const char *lesson, GHashTable *contents)
{
    g_autofree char *folder = g_build_filename(self->folder, lesson, NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (!is_in(contents, name))
            (void)g_unlink(path);
    }
}

void
sc_shelf_remove_lesson(ScShelf *self, const char *lesson)
{
    g_autofree char *folder = g_build_filename(self->folder, lesson, NULL);
    g_autoptr(GHashTable) none = g_hash_table_new(NULL, NULL);
    sc_shelf_keep_only(self, lesson, none);
    (void)g_rmdir(folder);
}

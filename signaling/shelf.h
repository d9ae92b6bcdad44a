/* SPDX-License-Identifier: Apache-2.0 */
/* shelf.h: where the documents of lessons lie: a folder for each lesson, in it a file for
 * each content, called by its SHA-256. What is being handed in lies beside them until it
 * is put. Thread: any; one at a time for each part. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "signaling/protocol/room-request.h"

typedef struct ScShelf ScShelf;
typedef struct ScShelfPart ScShelfPart;

/* @folder is made when something is to lie there; what was half handed in is thrown away.
 */
ScShelf *sc_shelf_new(const char *folder) G_GNUC_WARN_UNUSED_RESULT;
void sc_shelf_free(ScShelf *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScShelf, sc_shelf_free)

/* A document that comes in; thrown away unless it is put. @self outlives it. Errors:
 * G_FILE_ERROR. */
ScShelfPart *sc_shelf_begin(ScShelf *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sc_shelf_part_free(ScShelfPart *part);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScShelfPart, sc_shelf_part_free)
bool sc_shelf_part_write(ScShelfPart *part, const void *bytes, size_t length,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* It is all there: on disk when this returns. */
bool sc_shelf_part_finish(ScShelfPart *part, GError **error) G_GNUC_WARN_UNUSED_RESULT;
const char *sc_shelf_part_get_path(const ScShelfPart *part);   /* borrowed */
const char *sc_shelf_part_get_sha256(const ScShelfPart *part); /* of what was finished */
int64_t sc_shelf_part_get_length(const ScShelfPart *part);     /* bytes */
/* A finished part becomes @lesson's; durable. */
bool sc_shelf_put(ScShelf *self, ScShelfPart *part, const char *lesson, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Mapped, not read. NULL and @error: G_FILE_ERROR. */
GBytes *sc_shelf_open(const ScShelf *self, const char *lesson, const char *sha256,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Lessons that have a folder; the caller's. */
GStrv sc_shelf_list_lessons(const ScShelf *self) G_GNUC_WARN_UNUSED_RESULT;
void sc_shelf_remove_lesson(ScShelf *self, const char *lesson);
/* Removes of @lesson's contents all but those in @contents, a set of SHA-256. */
void sc_shelf_keep_only(ScShelf *self, const char *lesson, GHashTable *contents);

/* SPDX-License-Identifier: Apache-2.0 */
/* names.h: what people call a thing that stands in a tree: "教室", "学校/教室" or
 * "县/学校/教室", and its id. Who writes leaves out what is clear. Thread: any; no state
 * but its own. */
#pragma once

#include <stdbool.h>

#include <glib.h>

typedef struct ScNames ScNames;

ScNames *sc_names_new(void) G_GNUC_WARN_UNUSED_RESULT;
void sc_names_free(ScNames *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScNames, sc_names_free)

/* @value is called @path ("县/学校/教室": from the root, NULL-terminated) or any end of
 * it, or @id. All are copied. */
void sc_names_add(ScNames *self, const char *const *path, const char *id, unsigned value);

/* Whoever is called @text, spaces around it left out: as it is written, else whatever
 * the case and the width (５ for 5). NULL: nobody. Borrowed; of unsigned. */
const GArray *sc_names_find(const ScNames *self, const char *text);

/* SPDX-License-Identifier: Apache-2.0 */
/* studio.h: all that a room captures: its source and, of a teacher, its slides. They are
 * opened on a thread beside the join, which would else wait for them. Thread: main. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "client/config.h"
#include "client/source.h"

typedef struct ScStudio ScStudio;

/* @config outlives it. */
ScStudio *sc_studio_new(const ScConfig *config, ScSourceOutlet outlet, void *user_data)
    G_GNUC_WARN_UNUSED_RESULT;
/* Waits for what is still being opened, 5 s at most. No outlet is called after this. */
void sc_studio_free(ScStudio *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScStudio, sc_studio_free)

/* What can be seen at a glance: names, files, devices. False and @error: SC_SOURCE_ERROR.
 */
bool sc_studio_check(const ScStudio *self, GError **error);
/* Opens and starts to capture. @on_failed: borrows why it could not. */
void sc_studio_start(ScStudio *self,
                     void (*on_failed)(const GError *error, void *user_data));
/* The number in the stamps. */
void sc_studio_set_number(ScStudio *self, uint16_t number);

/* As sc_source_set_music(); also before it is open. At first as the configuration has it.
 */
void sc_studio_set_music(ScStudio *self, bool is_on);
/* As sc_source_get_level_db(). */
bool sc_studio_get_level_db(const ScStudio *self, double *out_level_db);

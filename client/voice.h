/* SPDX-License-Identifier: Apache-2.0 */
/* voice.h: the voice of the made lesson, spoken by espeak-ng. */
#pragma once

#include <glib.h>

/* A WAV file with a few sentences in Chinese and English, made by the first who asks and
 * kept in the user's cache; the caller frees the path. NULL and @error set where
 * espeak-ng is missing. The first call blocks for 0.1 s or so. */
char *sc_voice_dup_path(GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: Apache-2.0 */
/* upload.h: a teacher's document on its way to the lesson, read from its file as the line
 * takes it. Thread: main. Spec: docs/protocol.md, HTTP. */
#pragma once

#include "client/place.h"

/* @document: its number in the lesson; 0: refused, and @problem is its NAME, "" where
 * nobody answered. */
typedef void (*ScUploadDone)(unsigned document, const char *problem, void *user_data);

typedef struct ScUpload ScUpload;

/* NULL and @error: @path cannot be read. @place's texts outlive it. */
ScUpload *sc_upload_new(const ScPlace *place, const char *path, ScUploadDone done,
                        void *user_data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One that is under way is broken off, and @done not called. */
void sc_upload_free(ScUpload *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScUpload, sc_upload_free)

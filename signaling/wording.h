/* SPDX-License-Identifier: Apache-2.0 */
/* wording.h: a text for people, in both languages, as the API answers it: a member of
 * each language's name. Thread: any; no state. Spec: docs/api.md. */
#pragma once

#include <json-glib/json-glib.h>

/* {"zh-CN": @zh, "en": @en}; both copied. */
JsonObject *sc_wording_print(const char *zh, const char *en) G_GNUC_WARN_UNUSED_RESULT;

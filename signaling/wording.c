/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/wording.h"

#include "signaling/protocol/word.h"

JsonObject *
sc_wording_print(const char *zh, const char *en)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, sc_word_languages[SC_LANGUAGE_ZH_CN], zh);
    json_object_set_string_member(object, sc_word_languages[SC_LANGUAGE_EN], en);
    return object;
}

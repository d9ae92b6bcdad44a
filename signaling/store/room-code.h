/* SPDX-License-Identifier: Apache-2.0 */
/* room-code.h: the digits by which pupils find the lesson of their classroom. Thread: the
 * store's. All errors are SC_STORE_ERROR. */
#pragma once

#include "signaling/store/store.h"

/* The code of @site in @lesson, made where there is none yet; durable on return. */
char *sc_store_ensure_room_code(ScStore *store, const char *lesson, const char *site,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whose code it is; each to be freed. NOT_FOUND where it is nobody's. */
bool sc_store_find_room_code(ScStore *store, const char *code, char **out_lesson,
                             char **out_site, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Forgets the codes of lessons that are over. */
bool sc_store_remove_old_room_codes(ScStore *store, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

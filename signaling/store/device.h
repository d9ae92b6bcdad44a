/* SPDX-License-Identifier: Apache-2.0 */
/* device.h: what stands in a classroom and knows itself by a token, of which the store
 * has the SHA-256 in hexadecimal digits. Thread: the store's. All errors are
 * SC_STORE_ERROR. */
#pragma once

#include "signaling/store/store.h"

typedef struct {
    char *id;   /* owned */
    char *name; /* owned */
    char *site; /* owned */
} ScDeviceRow;

void sc_device_row_clear(ScDeviceRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScDeviceRow, sc_device_row_clear)

/* An active one; NOT_FOUND where there is none. */
bool sc_store_find_device_by_token(ScStore *store, const char *hash, ScDeviceRow *out_row,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Everything borrowed by the call. */
typedef struct {
    const char *id;
    const char *site;
    const char *name;
    const char *enrolled_by; /* a person */
    const char *address;
    const char *program;
    int64_t enrolled_ms;
} ScDeviceEnrolled;

/* Active, and without a token so far. */
bool sc_store_add_device(ScStore *store, const ScDeviceEnrolled *device, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* NOT_FOUND where it was revoked meanwhile. */
bool sc_store_set_device_token(ScStore *store, const char *id, const char *hash,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* When it was last heard of, and with what; @health is JSON. Written where something
 * changed, else once in a while. */
bool sc_store_note_device(ScStore *store, const char *id, const char *address,
                          const char *program, const char *health, int64_t now_ms,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What was measured of a site's line. */
typedef struct {
    int64_t down_kbps; /* each −1: not known */
    int64_t up_kbps;
    int64_t rtt_ms;
    int64_t loss_permille;
} ScLine;

bool sc_store_set_site_line(ScStore *store, const char *site, const ScLine *line,
                            int64_t now_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: Apache-2.0 */
/* migration.h: brings a database's schema up to date. For store.c alone. The steps are
 * the numbered files of migrations/, built in; one that was released never changes. */
#pragma once

#include "signaling/store/store.h"

/* Applies what is missing, each step in a transaction of its own together with its
 * number; another process may do the same at the same time. NEWER_SCHEMA where the
 * database is of a later program. */
bool sc_migration_run(ScStore *store, unsigned *out_version, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The number of the last one that was applied. */
bool sc_migration_read_version(ScStore *store, unsigned *out_version, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: Apache-2.0 */
/* import-private.h: what import-row.c (a row's cells) and import.c (what they mean beside
 * everything else) share. */
#pragma once

#include "signaling/school/import-cell.h"
#include "signaling/school/import.h"

/* The reading of one file, and of one row of it. */
typedef struct {
    const ScCsv *csv;
    ScImportTables *tables;
    ScImport *result;
    unsigned term; /* the organisation of the term */
    unsigned max_lessons;
    int indexes[SC_N_IMPORT_COLUMNS];
    unsigned row;
    unsigned line;
    bool is_bad; /* the row */
    /* What the row says. */
    unsigned giving;  /* site */
    unsigned school;  /* organisation; SC_IMPORT_NONE: the site is not known */
    unsigned teacher; /* person; SC_IMPORT_NONE: none */
    unsigned schedule;
    ScImportPairing pairing; /* subject and grade are the row's, to be freed */
    ScImportEntry entry;
    char *subject; /* owned */
    char *grade;   /* owned */
} ScImportCheck;

/* Counts a fault of the row, and keeps it while there is room. Takes both texts. */
void sc_import_add_fault(ScImportCheck *self, ScImportColumn column, char *zh, char *en);
/* The column's cell is empty. */
void sc_import_add_missing(ScImportCheck *self, ScImportColumn column);
void sc_import_fault_clear(gpointer data);

/* The same arguments, in the same order, for both tongues. */
#define FAULT(self, column, zh, en, ...)                                    \
    sc_import_add_fault((self), (column), g_strdup_printf(zh, __VA_ARGS__), \
                        g_strdup_printf(en, __VA_ARGS__))

/* What each cell says, into @self, as far as it can be understood. */
void sc_import_read_row(ScImportCheck *self);

/* SPDX-License-Identifier: Apache-2.0 */
/* import.h: a timetable as a table: each row is held against what the school has and
 * against the rows before it, and what is wrong is told by line and column, in words.
 * Nothing is written. Thread: any; no clock, no store. Spec: docs/api.md#timetablejson.
 */
#pragma once

#include "signaling/school/csv-reader.h"
#include "signaling/school/import-tables.h"

#define SC_IMPORT_BYTES_MAX ((size_t)8 << 20)
#define SC_IMPORT_ROWS_MAX 20000 /* beside the header */
#define SC_IMPORT_FAULTS_MAX 200 /* that are kept; all are counted */
#define SC_IMPORT_PREVIEW_MAX 20
#define SC_IMPORT_RECEIVING_MAX 64
#define SC_IMPORT_SUBJECT_MAX 60 /* characters; of a grade too */
#define SC_IMPORT_WEEK_MAX 53

typedef struct {
    unsigned line;
    const char *column; /* "giving_site"; static */
    char *zh;           /* owned */
    char *en;           /* owned */
} ScImportFault;

typedef struct {
    unsigned n_rows;
    unsigned n_good;      /* those unchanged among them */
    unsigned n_unchanged; /* that stand in the timetable already */
    unsigned n_faults;
    GArray *faults;      /* owned: of ScImportFault, the first ones */
    GPtrArray *pairings; /* owned: of ScImportPairing, lent by the tables: to be made */
    GPtrArray *entries;  /* owned: of ScImportEntry, lent by the tables: to be made */
    GPtrArray *preview;  /* owned: of ScImportEntry: the first good rows */
} ScImport;

/* Reads the table: UTF-8 or GBK, at most SC_IMPORT_ROWS_MAX rows. NULL: SC_CSV_ERROR. */
ScCsv *sc_import_parse(const void *bytes, size_t length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The same error in Chinese. */
char *sc_import_print_error_zh(const GError *error) G_GNUC_WARN_UNUSED_RESULT;

/* @tables take up what the rows ask for. @term: the organisation (an index) for which the
 * term holds. @max_lessons: that the relay carries at one instant. NULL: SC_CSV_ERROR,
 * the columns are wrong. */
ScImport *sc_import_check(const ScCsv *csv, ScImportTables *tables, unsigned term,
                          unsigned max_lessons, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sc_import_free(ScImport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScImport, sc_import_free)

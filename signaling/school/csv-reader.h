/* SPDX-License-Identifier: Apache-2.0 */
/* csv-reader.h: tables as spreadsheets save them, read by libcsv in its strict mode:
 * comma or tab, UTF-8 with or without a byte order mark, GB18030 (and with it GBK), or
 * UTF-16 with its mark. What csv-writer.h wrote is read back as it was. Thread: any; no
 * state. Spec: RFC 4180. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

/* What is too much, each inclusive. */
typedef struct {
    size_t n_bytes;      /* of the whole, as it came */
    unsigned n_rows;     /* the header row is one; empty lines are none */
    unsigned n_columns;  /* of any row */
    size_t n_cell_bytes; /* of a cell, in UTF-8 */
} ScCsvLimits;

/* Their messages name the line, the column and the limit. */
#define SC_CSV_ERROR (sc_csv_error_quark())
typedef enum {
    SC_CSV_ERROR_N_BYTES, /* these four: beyond the limit of that name */
    SC_CSV_ERROR_N_ROWS,
    SC_CSV_ERROR_N_COLUMNS,
    SC_CSV_ERROR_N_CELL_BYTES,
    SC_CSV_ERROR_CHARSET, /* none of those above */
    SC_CSV_ERROR_NUL,     /* a NUL: not a text */
    SC_CSV_ERROR_QUOTE,   /* within a cell, or without its other end */
    SC_CSV_ERROR_HEADER,  /* a name that is unknown, or stands there twice */
} ScCsvError;
GQuark sc_csv_error_quark(void);

/* Where an SC_CSV_ERROR is, both from 1; 0: of no one line, of no one column. */
void sc_csv_error_get_place(const GError *error, unsigned *out_line,
                            unsigned *out_column);

/* What people are told in Chinese where the code does not say enough; copied. */
void sc_csv_error_set_zh(GError *error, const char *zh);
const char *sc_csv_error_get_zh(const GError *error); /* NULL: the code does; borrowed */

typedef struct ScCsv ScCsv;

/* NULL and @error (SC_CSV_ERROR) unless the whole is good. Nothing (@bytes may be NULL)
 * is a table without rows. */
ScCsv *sc_csv_parse(const void *bytes, size_t length, const ScCsvLimits *limits,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sc_csv_free(ScCsv *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScCsv, sc_csv_free)

/* "UTF-8", "GB18030", "UTF-16LE" or "UTF-16BE"; static. */
const char *sc_csv_get_charset(const ScCsv *self);

/* Rows count from 0, the header row if there is one; empty lines are left out, rows of
 * empty cells (",,,") are not. */
unsigned sc_csv_count_rows(const ScCsv *self);
unsigned sc_csv_count_columns(const ScCsv *self, unsigned row);
/* The line, from 1, in which @row begins: a quoted cell may reach over several. */
unsigned sc_csv_get_line(const ScCsv *self, unsigned row);
/* UTF-8, without the apostrophe that keeps spreadsheets from running it; "" beyond the
 * row's last cell. Lent until @self is freed. */
const char *sc_csv_get_cell(const ScCsv *self, unsigned row, unsigned column);
bool sc_csv_is_row_empty(const ScCsv *self, unsigned row);

/* The names that a column may have in the header row; NULL: none in that tongue. */
typedef struct {
    const char *key;
    const char *zh;
    const char *en;
} ScCsvColumn;

/* Where each of @columns is in row 0, by any of its names, whatever the case, the width
 * (ＩＤ) and the spaces around; −1: nowhere. False and @error (SC_CSV_ERROR_HEADER) where
 * a cell of row 0 names none of them, or one a second time; empty cells may. */
bool sc_csv_find_columns(const ScCsv *self, const ScCsvColumn *columns, unsigned n,
                         int *out_indexes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

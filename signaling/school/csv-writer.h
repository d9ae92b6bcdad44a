/* SPDX-License-Identifier: Apache-2.0 */
/* csv-writer.h: a table as CSV that spreadsheets open right: UTF-8 with a byte order
 * mark, CRLF, quoted by libcsv; and that they do not run: a cell that would be a formula
 * gets an apostrophe before it. Thread: any. Spec: RFC 4180. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

typedef struct ScCsvWriter ScCsvWriter;

ScCsvWriter *sc_csv_writer_new(void) G_GNUC_WARN_UNUSED_RESULT;
void sc_csv_writer_free(ScCsvWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScCsvWriter, sc_csv_writer_free)

void sc_csv_writer_add(ScCsvWriter *self, const char *text); /* NULL: an empty cell */
void sc_csv_writer_add_integer(ScCsvWriter *self, int64_t number);
void sc_csv_writer_add_number(ScCsvWriter *self, double number); /* two decimals */
void sc_csv_writer_end_row(ScCsvWriter *self);
/* The whole; @self is empty then. */
char *sc_csv_writer_finish(ScCsvWriter *self) G_GNUC_WARN_UNUSED_RESULT;

/* Would a spreadsheet run it? Begins with = + - @ (of either width), a tab or a line end,
 * spaces before them left out, and is no plain number. */
bool sc_csv_is_formula(const char *text);
/* Has it an apostrophe before a formula? The writer puts one more before such a text, the
 * reader takes one off, so that every text comes back as it was. */
bool sc_csv_is_guarded(const char *text);

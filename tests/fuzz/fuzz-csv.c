/* SPDX-License-Identifier: Apache-2.0 */
/* Tables: whatever is accepted keeps the limits and survives being written and read
 * again; whatever is refused is refused in words fit for a person, with its place. */
#include <string.h>

#include <glib.h>

#include "signaling/school/csv-reader.h"
#include "signaling/school/csv-writer.h"
#include "tests/fuzz/fuzz.h"

static const ScCsvLimits limits = {
    .n_bytes = 1024, .n_rows = 16, .n_columns = 8, .n_cell_bytes = 64
};
/* A text gets longer by an apostrophe, quotes and a mark. */
static const ScCsvLimits wide = {
    .n_bytes = 1 << 20, .n_rows = 16, .n_columns = 8, .n_cell_bytes = 64
};
static const ScCsvColumn columns[] = {
    { "pairing", "结对", "Pairing" },
    { "weekday", "星期", "Weekday" },
    { "period", "节次", NULL },
};

static void
check_refusal(GError *error)
{
    unsigned line, column;
    g_assert(error != NULL && error->domain == SC_CSV_ERROR);
    g_assert(g_utf8_validate(error->message, -1, NULL));
    g_assert(strlen(error->message) > 0 && strlen(error->message) < 512);
    sc_csv_error_get_place(error, &line, &column);
    g_assert(line <= limits.n_bytes && column <= limits.n_columns + 1);
    g_error_free(error);
}

static char *
write_table(const ScCsv *csv)
{
    g_autoptr(ScCsvWriter) writer = sc_csv_writer_new();
    for (unsigned row = 0; row < sc_csv_count_rows(csv); row++) {
        for (unsigned i = 0; i < sc_csv_count_columns(csv, row); i++)
            sc_csv_writer_add(writer, sc_csv_get_cell(csv, row, i));
        sc_csv_writer_end_row(writer);
    }
    return sc_csv_writer_finish(writer);
}

static void
check_same(const ScCsv *one, const ScCsv *other)
{
    g_assert(sc_csv_count_rows(one) == sc_csv_count_rows(other));
    for (unsigned row = 0; row < sc_csv_count_rows(one); row++) {
        unsigned n = sc_csv_count_columns(one, row);
        g_assert(n == sc_csv_count_columns(other, row));
        for (unsigned i = 0; i < n; i++)
            g_assert(g_str_equal(sc_csv_get_cell(one, row, i),
                                 sc_csv_get_cell(other, row, i)));
    }
}

static void
check_table(const ScCsv *csv)
{
    unsigned last_line = 0;
    g_assert(sc_csv_count_rows(csv) <= limits.n_rows);
    for (unsigned row = 0; row < sc_csv_count_rows(csv); row++) {
        unsigned n = sc_csv_count_columns(csv, row);
        g_assert(n > 0 && n <= limits.n_columns);
        g_assert(sc_csv_get_line(csv, row) > last_line);
        last_line = sc_csv_get_line(csv, row);
        for (unsigned i = 0; i < n; i++) {
            const char *cell = sc_csv_get_cell(csv, row, i);
            g_assert(strlen(cell) <= limits.n_cell_bytes);
            g_assert(g_utf8_validate(cell, -1, NULL));
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    GError *error = NULL;
    int indexes[G_N_ELEMENTS(columns)];
    g_autoptr(ScCsv) csv = sc_csv_parse(data, size, &limits, &error);
    if (csv == NULL) {
        check_refusal(error);
        return 0;
    }
    check_table(csv);
    if (!sc_csv_find_columns(csv, columns, G_N_ELEMENTS(columns), indexes, &error))
        check_refusal(error);
    g_autofree char *text = write_table(csv);
    g_autoptr(ScCsv) again = sc_csv_parse(text, strlen(text), &wide, NULL);
    g_assert(again != NULL);
    check_same(csv, again);
    return 0;
}

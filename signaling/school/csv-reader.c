/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/school/csv-reader.h"

#include <csv.h>
#include <stdint.h>
#include <string.h>

#include "signaling/school/csv-writer.h"

#define BLOCK_SIZE 4096 /* bytes by which libcsv lets a cell grow */
#define SHOWN_MAX 40    /* characters of a name in a message */

typedef struct {
    unsigned line;
    unsigned first_cell; /* in cells */
    unsigned n_cells;
} Row;

struct ScCsv {
    const char *charset; /* static */
    GString *text;       /* owned: the cells, each with its NUL */
    GArray *cells;       /* owned: of size_t, where each begins in text */
    GArray *rows;        /* owned: of Row */
};

/* The reading of one file. */
typedef struct {
    ScCsv *csv; /* borrowed */
    const ScCsvLimits *limits;
    unsigned line; /* that is being fed */
    Row row;       /* that is being read */
    bool is_row_open;
    GError *error; /* owned: of a callback; the first one */
} Reading;

/* Errors carry their place. */

typedef struct {
    unsigned line;
    unsigned column;
    char *zh; /* owned; NULL: the code says enough */
} ScCsvErrorPrivate;

static void
sc_csv_error_private_init(ScCsvErrorPrivate *self)
{
    *self = (ScCsvErrorPrivate){ 0 };
}

static void
sc_csv_error_private_copy(const ScCsvErrorPrivate *from, ScCsvErrorPrivate *to)
{
    *to = *from;
    to->zh = g_strdup(from->zh);
}

static void
sc_csv_error_private_clear(ScCsvErrorPrivate *self)
{
    g_free(self->zh);
}

/* NOLINTNEXTLINE(performance-no-int-to-ptr): GLib's macro */
G_DEFINE_EXTENDED_ERROR(ScCsvError, sc_csv_error)

void
sc_csv_error_get_place(const GError *error, unsigned *out_line, unsigned *out_column)
{
    const ScCsvErrorPrivate *place = sc_csv_error_get_private(error);
    *out_line = place->line;
    *out_column = place->column;
}

void
sc_csv_error_set_zh(GError *error, const char *zh)
{
    ScCsvErrorPrivate *own = sc_csv_error_get_private(error);
    g_free(own->zh);
    own->zh = g_strdup(zh);
}

const char *
sc_csv_error_get_zh(const GError *error)
{
    return sc_csv_error_get_private(error)->zh;
}

static bool fail(GError **error, ScCsvError code, unsigned line, unsigned column,
                 const char *format, ...) G_GNUC_PRINTF(5, 6);

/* Always false. */
static bool
fail(GError **error, ScCsvError code, unsigned line, unsigned column, const char *format,
     ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *detail = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autoptr(GString) text = g_string_new(NULL);
    if (line > 0)
        g_string_append_printf(text, "line %u", line);
    if (column > 0)
        g_string_append_printf(text, ", column %u", column);
    GError *made = g_error_new(SC_CSV_ERROR, (gint)code, "%s%s%s", text->str,
                               line > 0 ? ": " : "", detail);
    ScCsvErrorPrivate *place = sc_csv_error_get_private(made);
    place->line = line;
    place->column = column;
    g_propagate_error(error, made);
    return false;
}

/* Charsets. */

/* The length of the line at @text with its end: "\n", "\r\n" or "\r". */
static size_t
measure_line(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n')
            return i + 1;
        if (text[i] == '\r')
            return i + 1 < length && text[i + 1] == '\n' ? i + 2 : i + 1;
    }
    return length;
}

/* The number, from 1, of the line that the byte at @offset is in. */
static unsigned
count_lines(const char *text, size_t length, size_t offset)
{
    unsigned line = 0;
    size_t at = 0;
    do {
        at += measure_line(text + at, length - at);
        line++;
    } while (at <= offset && at < length);
    return line;
}

static bool
refuse_nul(const char *text, size_t length, GError **error)
{
    const char *nul = length > 0 ? memchr(text, '\0', length) : NULL;
    if (nul == NULL)
        return true;
    size_t offset = (size_t)(nul - text);
    return fail(error, SC_CSV_ERROR_NUL, count_lines(text, length, offset), 0,
                "byte %zu is NUL: this is not a text", offset);
}

/* The text, NULL where it is not of @charset; then *@out_offset is the first bad byte. */
static char *
convert(const char *bytes, size_t length, const char *charset, size_t *out_offset)
{
    gsize n_read = 0;
    g_autofree char *text =
        g_convert(bytes, (gssize)length, "UTF-8", charset, &n_read, NULL, NULL);
    *out_offset = n_read;
    return text != NULL && n_read == length ? g_steal_pointer(&text) : NULL;
}

static char *
decode_utf16(const char *bytes, size_t length, const char *charset, size_t *out_length,
             GError **error)
{
    gsize n_read = 0;
    gsize n_written = 0;
    g_autofree char *text = g_convert(bytes + 2, (gssize)length - 2, "UTF-8", charset,
                                      &n_read, &n_written, NULL);
    if (text == NULL || n_read != length - 2) {
        fail(error, SC_CSV_ERROR_CHARSET, 0, 0,
             "byte %zu: begins like %s, but is not, or is cut off", n_read + 2, charset);
        return NULL;
    }
    *out_length = n_written;
    return g_steal_pointer(&text);
}

/* Of what has no mark of UTF-16. */
static char *
decode_bytes(const char *bytes, size_t length, const char **out_charset, GError **error)
{
    bool has_mark = length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0;
    const char *bad;
    size_t gb_offset;
    if (!refuse_nul(bytes, length, error))
        return NULL;
    if (g_utf8_validate_len(bytes, length, &bad)) {
        *out_charset = "UTF-8";
        return has_mark ? g_strndup(bytes + 3, length - 3) : g_strndup(bytes, length);
    }
    size_t utf8_offset = (size_t)(bad - bytes);
    if (has_mark) {
        fail(error, SC_CSV_ERROR_CHARSET, count_lines(bytes, length, utf8_offset), 0,
             "byte %zu is not UTF-8, whose mark the file bears", utf8_offset);
        return NULL;
    }
    *out_charset = "GB18030";
    char *text = convert(bytes, length, "GB18030", &gb_offset);
    if (text == NULL)
        fail(error, SC_CSV_ERROR_CHARSET,
             count_lines(bytes, length, MAX(gb_offset, utf8_offset)), 0,
             "byte %zu is not UTF-8, and byte %zu not GB18030 (GBK)", utf8_offset,
             gb_offset);
    return text;
}

/* As UTF-8 without a byte order mark and without NUL. */
static char *
decode(const char *bytes, size_t length, const char **out_charset, size_t *out_length,
       GError **error)
{
    g_autofree char *text = NULL;
    *out_charset = NULL;
    if (length >= 2 && memcmp(bytes, "\xff\xfe", 2) == 0)
        *out_charset = "UTF-16LE";
    else if (length >= 2 && memcmp(bytes, "\xfe\xff", 2) == 0)
        *out_charset = "UTF-16BE";
    if (*out_charset != NULL) {
        text = decode_utf16(bytes, length, *out_charset, out_length, error);
        return text != NULL && refuse_nul(text, *out_length, error)
                   ? g_steal_pointer(&text)
                   : NULL;
    }
    text = decode_bytes(bytes, length, out_charset, error);
    if (text != NULL)
        *out_length = strlen(text);
    return g_steal_pointer(&text);
}

/* Rows. */

/* Excel's "Unicode text" has tabs: they part the cells where the first row has no comma
 * outside quotes. */
static unsigned char
choose_delimiter(const char *text)
{
    bool is_quoted = false;
    bool has_tab = false;
    for (; *text != '\0' && (is_quoted || strchr("\r\n", *text) == NULL); text++) {
        if (*text == '"')
            is_quoted = !is_quoted;
        else if (*text == ',' && !is_quoted)
            return CSV_COMMA;
        has_tab |= *text == '\t' && !is_quoted;
    }
    return has_tab ? CSV_TAB : CSV_COMMA;
}

static void
on_cell(void *bytes, size_t length, void *data)
{
    Reading *self = data;
    const char *cell = length > 0 ? bytes : ""; /* with a NUL: CSV_APPEND_NULL */
    unsigned column = self->row.n_cells + 1;
    size_t offset = self->csv->text->len;
    if (self->error != NULL)
        return;
    if (sc_csv_is_guarded(cell)) {
        cell++;
        length--;
    }
    if (column == 1 && self->csv->rows->len == self->limits->n_rows)
        fail(&self->error, SC_CSV_ERROR_N_ROWS, self->row.line, 0,
             "more than %u rows, which is the limit", self->limits->n_rows);
    else if (column > self->limits->n_columns)
        fail(&self->error, SC_CSV_ERROR_N_COLUMNS, self->row.line, column,
             "more than %u columns, which is the limit", self->limits->n_columns);
    else if (length > self->limits->n_cell_bytes)
        fail(&self->error, SC_CSV_ERROR_N_CELL_BYTES, self->row.line, column,
             "a cell of %zu bytes, the limit is %zu", length, self->limits->n_cell_bytes);
    else {
        g_string_append_len(self->csv->text, cell, (gssize)length + 1);
        g_array_append_val(self->csv->cells, offset);
        self->row.n_cells++;
    }
}

/* At each line end outside quotes. */
static void
on_row_end(int terminator G_GNUC_UNUSED, void *data)
{
    Reading *self = data;
    self->is_row_open = false;
    if (self->row.n_cells == 0 || self->error != NULL)
        return;
    g_array_append_val(self->csv->rows, self->row);
    self->row.n_cells = 0;
}

/* One line, with its end. */
static bool
feed(Reading *self, struct csv_parser *parser, const char *line, size_t length,
     GError **error)
{
    if (!self->is_row_open) {
        self->row = (Row){ .line = self->line, .first_cell = self->csv->cells->len };
        self->is_row_open = true;
    }
    if (csv_parse(parser, line, length, on_cell, on_row_end, self) != length) {
        g_clear_error(&self->error);
        return fail(error, SC_CSV_ERROR_QUOTE, self->line, self->row.n_cells + 1,
                    "a quote that neither begins nor ends the cell; within one it is "
                    "written twice");
    }
    if (self->error != NULL)
        g_propagate_error(error, g_steal_pointer(&self->error));
    return *error == NULL;
}

static bool
finish(Reading *self, struct csv_parser *parser, GError **error)
{
    if (csv_fini(parser, on_cell, on_row_end, self) != 0)
        return fail(error, SC_CSV_ERROR_QUOTE, self->row.line, self->row.n_cells + 1,
                    "the quote that begins the cell has no other end");
    if (self->error != NULL)
        g_propagate_error(error, g_steal_pointer(&self->error));
    return *error == NULL;
}

/* Line by line, as libcsv does not count them. */
static bool
read_rows(ScCsv *csv, const char *text, size_t length, const ScCsvLimits *limits,
          GError **error)
{
    struct csv_parser parser;
    Reading reading = { .csv = csv, .limits = limits };
    bool is_good = true;
    int result =
        csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL | CSV_REPALL_NL);
    g_assert(result == 0);
    csv_set_delim(&parser, choose_delimiter(text));
    csv_set_blk_size(&parser, BLOCK_SIZE);
    for (size_t at = 0; is_good && at < length;) {
        size_t line_length = measure_line(text + at, length - at);
        reading.line++;
        is_good = feed(&reading, &parser, text + at, line_length, error);
        at += line_length;
    }
    is_good = is_good && finish(&reading, &parser, error);
    csv_free(&parser);
    return is_good;
}

ScCsv *
sc_csv_parse(const void *bytes, size_t length, const ScCsvLimits *limits, GError **error)
{
    g_autoptr(ScCsv) self = g_new0(ScCsv, 1);
    g_autoptr(GError) fault = NULL;
    size_t text_length = 0;
    g_autofree char *text = NULL;
    self->text = g_string_new(NULL);
    self->cells = g_array_new(FALSE, FALSE, sizeof(size_t));
    self->rows = g_array_new(FALSE, FALSE, sizeof(Row));
    if (length > limits->n_bytes)
        fail(&fault, SC_CSV_ERROR_N_BYTES, 0, 0, "%zu bytes, the limit is %zu", length,
             limits->n_bytes);
    else
        text =
            decode(length > 0 ? bytes : "", length, &self->charset, &text_length, &fault);
    if (text != NULL && read_rows(self, text, text_length, limits, &fault))
        return g_steal_pointer(&self);
    g_propagate_error(error, g_steal_pointer(&fault));
    return NULL;
}

void
sc_csv_free(ScCsv *self)
{
    if (self == NULL)
        return;
    g_string_free(self->text, TRUE);
    g_array_unref(self->cells);
    g_array_unref(self->rows);
    g_free(self);
}

const char *
sc_csv_get_charset(const ScCsv *self)
{
    return self->charset;
}

unsigned
sc_csv_count_rows(const ScCsv *self)
{
    return self->rows->len;
}

static const Row *
get_row(const ScCsv *self, unsigned row)
{
    g_assert(row < self->rows->len);
    return &g_array_index(self->rows, Row, row);
}

unsigned
sc_csv_count_columns(const ScCsv *self, unsigned row)
{
    return get_row(self, row)->n_cells;
}

unsigned
sc_csv_get_line(const ScCsv *self, unsigned row)
{
    return get_row(self, row)->line;
}

const char *
sc_csv_get_cell(const ScCsv *self, unsigned row, unsigned column)
{
    const Row *its = get_row(self, row);
    if (column >= its->n_cells)
        return "";
    return self->text->str + g_array_index(self->cells, size_t, its->first_cell + column);
}

bool
sc_csv_is_row_empty(const ScCsv *self, unsigned row)
{
    for (unsigned i = 0; i < sc_csv_count_columns(self, row); i++)
        if (*sc_csv_get_cell(self, row, i) != '\0')
            return false;
    return true;
}

/* The header row. */

/* What names that mean the same have in common. */
static char *
fold_name(const char *name)
{
    g_autofree char *normal = g_utf8_normalize(name, -1, G_NORMALIZE_ALL_COMPOSE);
    return g_strstrip(g_utf8_casefold(normal, -1));
}

static bool
is_named(const ScCsvColumn *column, const char *folded)
{
    const char *names[] = { column->key, column->zh, column->en };
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *name = names[i] != NULL ? fold_name(names[i]) : NULL;
        if (g_strcmp0(name, folded) == 0)
            return true;
    }
    return false;
}

/* −1: of none. */
static int
find_name(const ScCsvColumn *columns, unsigned n, const char *folded)
{
    for (unsigned i = 0; i < n; i++)
        if (is_named(&columns[i], folded))
            return (int)i;
    return -1;
}

bool
sc_csv_find_columns(const ScCsv *self, const ScCsvColumn *columns, unsigned n,
                    int *out_indexes, GError **error)
{
    unsigned n_cells = sc_csv_count_rows(self) > 0 ? sc_csv_count_columns(self, 0) : 0;
    g_autofree int *indexes = g_new(int, n + 1);
    for (unsigned i = 0; i < n; i++)
        indexes[i] = -1;
    for (unsigned i = 0; i < n_cells; i++) {
        const char *cell = sc_csv_get_cell(self, 0, i);
        g_autofree char *folded = fold_name(cell);
        int found = find_name(columns, n, folded);
        if (*folded == '\0')
            continue;
        if (found < 0 || indexes[found] >= 0) {
            g_autofree char *shown =
                g_utf8_substring(cell, 0, MIN(g_utf8_strlen(cell, -1), SHOWN_MAX));
            return fail(error, SC_CSV_ERROR_HEADER, sc_csv_get_line(self, 0), i + 1,
                        found < 0 ? "“%s” is no column's name"
                                  : "“%s” names a column that is there already",
                        shown);
        }
        indexes[found] = (int)i;
    }
    memcpy(out_indexes, indexes, n * sizeof *indexes);
    return true;
}

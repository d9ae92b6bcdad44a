/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/school/csv-writer.h"

#include <csv.h>
#include <string.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct ScCsvWriter {
    GString *text; /* owned */
    bool is_row_begun;
};

static void
begin_text(ScCsvWriter *self)
{
    self->text = g_string_new(BYTE_ORDER_MARK);
    self->is_row_begun = false;
}

ScCsvWriter *
sc_csv_writer_new(void)
{
    ScCsvWriter *self = g_new0(ScCsvWriter, 1);
    begin_text(self);
    return self;
}

void
sc_csv_writer_free(ScCsvWriter *self)
{
    if (self == NULL)
        return;
    g_string_free(self->text, TRUE);
    g_free(self);
}

static bool
is_plain_number(const char *text)
{
    char *end;
    (void)g_ascii_strtod(text, &end);
    return end != text && *end == '\0' && strspn(text, "+-.0123456789") == strlen(text);
}

/* In the East Asian editions ＝ ＋ － ＠ begin a formula as well. */
bool
sc_csv_is_formula(const char *text)
{
    static const char beginnings[] = "=+-@\t\r\n＝＋－＠";
    gunichar first = g_utf8_get_char(text + strspn(text, " "));
    return first != '\0' && g_utf8_strchr(beginnings, -1, first) != NULL
           && !is_plain_number(text);
}

bool
sc_csv_is_guarded(const char *text)
{
    size_t n_apostrophes = strspn(text, "'");
    return n_apostrophes > 0 && sc_csv_is_formula(text + n_apostrophes);
}

static void
append_cell(ScCsvWriter *self, const char *text)
{
    size_t length = strlen(text);
    size_t room = 2 * length + 2; /* each a quote, and one at each end */
    gsize offset;
    if (self->is_row_begun)
        g_string_append_c(self->text, ',');
    self->is_row_begun = true;
    offset = self->text->len;
    g_string_set_size(self->text, offset + room);
    size_t written = csv_write(self->text->str + offset, room, text, length);
    g_assert(written <= room);
    g_string_set_size(self->text, offset + written);
}

void
sc_csv_writer_add(ScCsvWriter *self, const char *text)
{
    if (text == NULL)
        text = "";
    g_autofree char *defused = sc_csv_is_formula(text) || sc_csv_is_guarded(text)
                                   ? g_strconcat("'", text, NULL)
                                   : NULL;
    append_cell(self, defused != NULL ? defused : text);
}

void
sc_csv_writer_add_integer(ScCsvWriter *self, int64_t number)
{
    char text[32];
    g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, (gint64)number);
    append_cell(self, text);
}

void
sc_csv_writer_add_number(ScCsvWriter *self, double number)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    append_cell(self, g_ascii_formatd(text, sizeof text, "%.2f", number));
}

void
sc_csv_writer_end_row(ScCsvWriter *self)
{
    g_string_append(self->text, "\r\n");
    self->is_row_begun = false;
}

char *
sc_csv_writer_finish(ScCsvWriter *self)
{
    char *text = g_string_free(self->text, FALSE);
    begin_text(self);
    return text;
}

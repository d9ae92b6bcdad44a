/* SPDX-License-Identifier: Apache-2.0 */
/* Tables in and out: what spreadsheets save is read, what is faulty is told by its place,
 * and what was written comes back as it was, with nothing in it that a spreadsheet runs.
 */
#include <string.h>

#include "signaling/school/csv-reader.h"
#include "signaling/school/csv-writer.h"

#define N_TABLES 2000
#define N_ROWS_MAX 6
#define N_COLUMNS_MAX 5
#define N_PIECES_MAX 6

static const ScCsvLimits limits = {
    .n_bytes = 4096, .n_rows = 4, .n_columns = 3, .n_cell_bytes = 20
};
static const ScCsvLimits wide = {
    .n_bytes = 1 << 20, .n_rows = 1000, .n_columns = 100, .n_cell_bytes = 4096
};

typedef struct {
    const char *name;
    const char *bytes;
    size_t length;
    const char *charset;
    const char *rows; /* "line:cell|cell" of each, parted by '/' */
} Good;

#define BYTES(text) (text), sizeof(text) - 1

static char *
describe(const ScCsv *csv)
{
    GString *text = g_string_new(NULL);
    for (unsigned row = 0; row < sc_csv_count_rows(csv); row++) {
        g_string_append_printf(text, "%s%u:", row > 0 ? "/" : "",
                               sc_csv_get_line(csv, row));
        for (unsigned i = 0; i < sc_csv_count_columns(csv, row); i++)
            g_string_append_printf(text, "%s%s", i > 0 ? "|" : "",
                                   sc_csv_get_cell(csv, row, i));
    }
    return g_string_free(text, FALSE);
}

static void
good_file_gives_its_rows_and_lines(void)
{
    static const Good cases[] = {
        { "nothing", NULL, 0, "UTF-8", "" },
        { "an empty text", BYTES(""), "UTF-8", "" },
        { "a mark alone", BYTES("\xef\xbb\xbf"), "UTF-8", "" },
        { "plain", BYTES("a,b\n1,2\n"), "UTF-8", "1:a|b/2:1|2" },
        { "no last line end", BYTES("a,b\r\n1,2"), "UTF-8", "1:a|b/2:1|2" },
        { "lines of old Macs", BYTES("a,b\r1,2\r"), "UTF-8", "1:a|b/2:1|2" },
        { "mark", BYTES("\xef\xbb\xbf课,b\n"), "UTF-8", "1:课|b" },
        { "empty lines", BYTES("\n\r\na\n  \n\n b ,c\n\n"), "UTF-8", "3:a/6:b|c" },
        { "empty cells", BYTES("a,,\n,,\n"), "UTF-8", "1:a||/2:||" },
        { "quoted", BYTES("\"a,\"\"b\"\"\",\" c \"\n"), "UTF-8", "1:a,\"b\"| c " },
        { "cell of three lines", BYTES("\"a\r\nb\n\",c\nd\n"), "UTF-8",
          "1:a\r\nb\n|c/4:d" },
        { "empty quoted cell", BYTES("\"\"\nx\n"), "UTF-8", "1:/2:x" },
        { "GBK", BYTES("\xbf\xce,\xb1\xed\n\xc0\xcf\xca\xa6,1\n"), "GB18030",
          "1:课|表/2:老师|1" },
        { "four bytes of GB18030", BYTES("\x95\x32\x82\x36,a\n"), "GB18030", "1:𠀀|a" },
        { "UTF-16LE with tabs", BYTES("\xff\xfe\xfe\x8b\t\0b\0\r\0\n\0c\0\t\0d\0"),
          "UTF-16LE", "1:课|b/2:c|d" },
        { "UTF-16BE", BYTES("\xfe\xff\x8b\xfe\0,\0b\0\n"), "UTF-16BE", "1:课|b" },
        { "surrogates", BYTES("\xff\xfe\x3d\xd8\x00\xde,\0"), "UTF-16LE", "1:😀|" },
        { "tabs", BYTES("a\tb,c\nd\t\n"), "UTF-8", "1:a\tb|c/2:d" },
        { "tab after a quoted comma", BYTES("\"a,b\"\tc\n"), "UTF-8", "1:a,b|c" },
        { "guarded", BYTES("'=1,'a,''=1\n'-1,'-x,'\n"), "UTF-8",
          "1:=1|'a|'=1/2:'-1|-x|'" },
        { "all limits reached", BYTES("1,2,3\n\n'=2345678901234567890\n3\n4\n"), "UTF-8",
          "1:1|2|3/3:=2345678901234567890/4:3/5:4" },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ScCsv) csv =
            sc_csv_parse(cases[i].bytes, cases[i].length, &limits, &error);
        g_test_message("%s", cases[i].name);
        g_assert_no_error(error);
        g_autofree char *rows = describe(csv);
        g_assert_cmpstr(rows, ==, cases[i].rows);
        g_assert_cmpstr(sc_csv_get_charset(csv), ==, cases[i].charset);
    }
}

static void
bad_file_is_refused_by_place_and_limit(void)
{
    static const struct {
        const char *bytes;
        size_t length;
        ScCsvError code;
        unsigned line, column;
        const char *message;
    } cases[] = {
        { BYTES("a\nb\nc\nd\n\ne\n"), SC_CSV_ERROR_N_ROWS, 6, 0,
          "line 6: more than 4 rows" },
        { BYTES("a\n1,2,3,4\n"), SC_CSV_ERROR_N_COLUMNS, 2, 4,
          "line 2, column 4: more than 3 columns" },
        { BYTES("a\n1,123456789012345678901\n"), SC_CSV_ERROR_N_CELL_BYTES, 2, 2,
          "line 2, column 2: a cell of 21 bytes, the limit is 20" },
        { BYTES("a\n\nb\0c\n"), SC_CSV_ERROR_NUL, 3, 0, "line 3: byte 4 is NUL" },
        { BYTES("\xff\xfe"
                "a\0\n\0\0\0"),
          SC_CSV_ERROR_NUL, 2, 0, "byte 2 is NUL" },
        { BYTES("a\nb\xff\xff\n"), SC_CSV_ERROR_CHARSET, 2, 0,
          "line 2: byte 3 is not UTF-8, and byte 3 not GB18030" },
        { BYTES("a\n\xbf\xce\xbf"), SC_CSV_ERROR_CHARSET, 2, 0, "byte 4 not GB18030" },
        { BYTES("\xef\xbb\xbf"
                "a\r\n\xbf\xce\n"),
          SC_CSV_ERROR_CHARSET, 2, 0, "line 2: byte 6 is not UTF-8, whose mark" },
        { BYTES("\xff\xfe"
                "a\0b"),
          SC_CSV_ERROR_CHARSET, 0, 0, "byte 4" },
        { BYTES("\xff\xfe"
                "a\0\x3d\xd8"),
          SC_CSV_ERROR_CHARSET, 0, 0, "byte 4" },
        { BYTES("\xfe\xff\xdc\x00\0a"), SC_CSV_ERROR_CHARSET, 0, 0, "byte 2" },
        { BYTES("a\nb,c\"d\n"), SC_CSV_ERROR_QUOTE, 2, 2, "line 2, column 2: a quote" },
        { BYTES("\"a\nb\" c\n"), SC_CSV_ERROR_QUOTE, 2, 1, "line 2, column 1: a quote" },
        { BYTES("a\nb,\"c\nd\n"), SC_CSV_ERROR_QUOTE, 2, 2, "has no other end" },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ScCsv) csv =
            sc_csv_parse(cases[i].bytes, cases[i].length, &limits, &error);
        unsigned line, column;
        g_assert_null(csv);
        g_test_message("%s", error->message);
        g_assert_error(error, SC_CSV_ERROR, (gint)cases[i].code);
        g_assert_nonnull(strstr(error->message, cases[i].message));
        sc_csv_error_get_place(error, &line, &column);
        g_assert_cmpuint(line, ==, cases[i].line);
        g_assert_cmpuint(column, ==, cases[i].column);
    }
}

static void
file_beyond_the_limit_is_not_even_looked_at(void)
{
    g_autofree char *bytes = g_malloc0(limits.n_bytes + 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(ScCsv) csv = sc_csv_parse(bytes, limits.n_bytes + 1, &limits, &error);
    g_assert_null(csv);
    g_assert_error(error, SC_CSV_ERROR, SC_CSV_ERROR_N_BYTES);
    g_assert_cmpstr(error->message, ==, "4097 bytes, the limit is 4096");
}

static void
cells_beyond_a_row_are_empty(void)
{
    g_autoptr(ScCsv) csv = sc_csv_parse(BYTES("a\n,,\n"), &limits, NULL);
    g_assert_cmpstr(sc_csv_get_cell(csv, 0, 0), ==, "a");
    g_assert_cmpstr(sc_csv_get_cell(csv, 0, 1), ==, "");
    g_assert_false(sc_csv_is_row_empty(csv, 0));
    g_assert_true(sc_csv_is_row_empty(csv, 1));
}

static const ScCsvColumn columns[] = {
    { "pairing", "结对", "Pairing" },
    { "weekday", "星期", "Weekday" },
    { "note", "备注", NULL },
};

static void
header_is_found_by_any_of_its_names(void)
{
    static const struct {
        const char *text;
        int indexes[3];
        const char *message; /* NULL: it is good */
    } cases[] = {
        { "pairing,weekday,note\n", { 0, 1, 2 }, NULL },
        { "备注, 结对 ,\n", { 1, -1, 0 }, NULL },
        { "\xe3\x80\x80ＷＥＥＫＤＡＹ,PAIRING\n", { 1, 0, -1 }, NULL },
        { "", { -1, -1, -1 }, NULL },
        { "pairing,weekdays\n",
          { 7, 7, 7 },
          "line 1, column 2: “weekdays” is no column's name" },
        { "\n结对,note,pairing\n",
          { 7, 7, 7 },
          "line 2, column 3: “pairing” names a column that is there already" },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ScCsv) csv =
            sc_csv_parse(cases[i].text, strlen(cases[i].text), &wide, &error);
        int indexes[3] = { 7, 7, 7 };
        g_assert_no_error(error);
        bool is_good = sc_csv_find_columns(csv, columns, 3, indexes, &error);
        g_assert_cmpint(is_good, ==, cases[i].message == NULL);
        if (!is_good)
            g_assert_cmpstr(error->message, ==, cases[i].message);
        for (unsigned k = 0; k < 3; k++)
            g_assert_cmpint(indexes[k], ==, cases[i].indexes[k]);
    }
}

static void
formulas_are_known(void)
{
    static const struct {
        const char *text;
        bool is_formula;
    } cases[] = {
        { "=1", true },       { " =1", true },  { "+a", true },    { "-cmd|' /C'", true },
        { "@SUM(A1)", true }, { "\t1", true },  { "\r=1", true },  { "\n=1", true },
        { "＝1+1", true },    { "--1", true },  { "-", true },     { "＠x", true },
        { "", false },        { "-1", false },  { "+8.5", false }, { "-0.25", false },
        { "1=1", false },     { "'=1", false }, { "课", false },   { "a@b", false },
        { "1e5", false },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].text);
        g_assert_cmpint(sc_csv_is_formula(cases[i].text), ==, cases[i].is_formula);
    }
}

static void
writer_quotes_and_guards(void)
{
    g_autoptr(ScCsvWriter) writer = sc_csv_writer_new();
    sc_csv_writer_add(writer, "课,\"表\"");
    sc_csv_writer_add(writer, "=1");
    sc_csv_writer_add(writer, NULL);
    sc_csv_writer_add_integer(writer, -3);
    sc_csv_writer_add_number(writer, 2.005);
    sc_csv_writer_end_row(writer);
    g_autofree char *text = sc_csv_writer_finish(writer);
    g_assert_cmpstr(text, ==,
                    "\xef\xbb\xbf\"课,\"\"表\"\"\",\"'=1\",\"\",\"-3\",\"2.00\"\r\n");
}

/* Of what is told apart by a rule somewhere. */
static char *
make_text(GRand *rand)
{
    static const char *const pieces[] = {
        "'", "=", "+", "-", "@",  "\t", "\r", "\n",           " ",           "\"",
        ",", "1", ".", "a", "课", "😀",  "＝", "\xe3\x80\x80", "\xef\xbb\xbf"
    };
    GString *text = g_string_new(NULL);
    for (int n = g_rand_int_range(rand, 0, N_PIECES_MAX); n > 0; n--)
        g_string_append(text,
                        pieces[g_rand_int_range(rand, 0, (gint32)G_N_ELEMENTS(pieces))]);
    return g_string_free(text, FALSE);
}

static void
check_table(GRand *rand)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(ScCsvWriter) writer = sc_csv_writer_new();
    unsigned n_rows = (unsigned)g_rand_int_range(rand, 1, N_ROWS_MAX);
    unsigned n_columns = (unsigned)g_rand_int_range(rand, 1, N_COLUMNS_MAX);
    unsigned n_read = 0;
    for (unsigned i = 0; i < n_rows; i++) {
        for (unsigned k = 0; k < n_columns; k++) {
            char *text = make_text(rand);
            g_ptr_array_add(texts, text);
            sc_csv_writer_add(writer, text);
        }
        sc_csv_writer_end_row(writer);
    }
    g_autofree char *bytes = sc_csv_writer_finish(writer);
    g_autoptr(GError) error = NULL;
    g_autoptr(ScCsv) csv = sc_csv_parse(bytes, strlen(bytes), &wide, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(sc_csv_count_rows(csv), ==, n_rows);
    for (unsigned i = 0; i < n_rows; i++) {
        g_assert_cmpuint(sc_csv_count_columns(csv, i), ==, n_columns);
        for (unsigned k = 0; k < n_columns; k++)
            g_assert_cmpstr(sc_csv_get_cell(csv, i, k), ==,
                            g_ptr_array_index(texts, n_read++));
    }
}

static void
what_is_written_is_read_as_it_was(void)
{
    guint32 seed = g_test_rand_int();
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_test_message("seed %u", seed);
    for (unsigned i = 0; i < N_TABLES; i++)
        check_table(rand);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/school/csv/" #name, name)
    ADD(good_file_gives_its_rows_and_lines);
    ADD(bad_file_is_refused_by_place_and_limit);
    ADD(file_beyond_the_limit_is_not_even_looked_at);
    ADD(cells_beyond_a_row_are_empty);
    ADD(header_is_found_by_any_of_its_names);
    ADD(formulas_are_known);
    ADD(writer_quotes_and_guards);
    ADD(what_is_written_is_read_as_it_was);
#undef ADD
    return g_test_run();
}

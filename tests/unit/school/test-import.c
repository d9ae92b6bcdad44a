/* SPDX-License-Identifier: Apache-2.0 */
/* A timetable's rows: how cells are understood, whom names mean, and what is told of a
 * row that is faulty or collides. */
#include <string.h>

#include "signaling/school/import-cell.h"
#include "signaling/school/import.h"
#include "signaling/school/names.h"

#define HEAD "主讲学校,主讲教室,教师,科目,年级,听课教室,星期,节次,单双周,起始周,结束周\n"
#define ROW "镇小学,主讲室,张伟,数学,三年级,村小学/教室；山小学/教室,周一,2,,,\n"
#define N_WEEKS 4
#define N_LESSONS 1000 /* that the relay carries */

static void
weekday_is_understood_as_people_write_it(void)
{
    static const struct {
        const char *text;
        unsigned weekday; /* 0: not understood */
    } cases[] = {
        { "1", 1 },        { "７", 7 },     { "一", 1 },      { "周三", 3 },
        { "星期日", 7 },   { "礼拜天", 7 }, { " 周 五 ", 5 }, { "Monday", 1 },
        { "SUN", 7 },      { "周4", 4 },    { "0", 0 },       { "8", 0 },
        { "周八", 0 },     { "", 0 },       { "周", 0 },      { "Mondays", 0 },
        { "周一周二", 0 }, { "1.0", 0 },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        unsigned weekday = 0;
        bool is_good = sc_import_parse_weekday(cases[i].text, &weekday);
        g_assert_cmpuint(is_good ? weekday : 0, ==, cases[i].weekday);
    }
}

static void
number_is_understood_in_either_digits(void)
{
    static const struct {
        const char *text;
        unsigned number; /* 0: not understood */
    } cases[] = {
        { "3", 3 },      { "０３", 3 },      { "第三节", 3 },
        { "第3节", 3 },  { "三", 3 },        { "十", 10 },
        { "十二", 12 },  { "第二十周", 20 }, { "五十三周", 53 },
        { "week 4", 4 }, { "Period 2", 2 },  { "99", 99 },
        { "100", 0 },    { "0", 0 },         { "零", 0 },
        { "-1", 0 },     { "三节四", 0 },    { "", 0 },
        { "第节", 0 },   { "1.5", 0 },       { "99999999999999999999999", 0 },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        unsigned number = 0;
        bool is_good = sc_import_parse_number(cases[i].text, &number);
        g_assert_cmpuint(is_good ? number : 0, ==, cases[i].number);
    }
}

static void
weeks_are_all_where_nothing_is_said(void)
{
    static const struct {
        const char *text;
        int rule; /* −1: not understood */
    } cases[] = {
        { "", SC_WEEKS_ALL },      { " ", SC_WEEKS_ALL },
        { "全", SC_WEEKS_ALL },    { "All", SC_WEEKS_ALL },
        { "单", SC_WEEKS_ODD },    { "单周", SC_WEEKS_ODD },
        { "odd", SC_WEEKS_ODD },   { "双周", SC_WEEKS_EVEN },
        { "EVEN", SC_WEEKS_EVEN }, { "三", -1 },
        { "odd even", -1 },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScWeekRule rule;
        bool is_good = sc_import_parse_rule(cases[i].text, &rule);
        g_assert_cmpint(is_good ? (int)rule : -1, ==, cases[i].rule);
    }
}

static void
name_is_any_end_of_the_path(void)
{
    static const char *const one[] = { "青山县", "镇小学", "五（1）班", NULL };
    static const char *const other[] = { "青山县", "村小学", "五（1）班", NULL };
    static const struct {
        const char *text;
        unsigned n;
    } cases[] = {
        { "镇小学/五（1）班", 1 },
        { " 镇小学/五(1)班 ", 1 },
        { "青山县/镇小学/五（1）班", 1 },
        { "五（1）班", 2 },
        { "id-one", 1 },
        { "小学/五（1）班", 0 },
        { "镇小学", 0 },
        { "", 0 },
    };
    g_autoptr(ScNames) names = sc_names_new();
    sc_names_add(names, one, "id-one", 1);
    sc_names_add(names, other, "id-other", 2);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const GArray *found = sc_names_find(names, cases[i].text);
        g_assert_cmpuint(found != NULL ? found->len : 0, ==, cases[i].n);
        if (cases[i].n == 1)
            g_assert_cmpuint(g_array_index(found, unsigned, 0), ==, 1);
    }
}

/* A county with three schools, of which the actor administers all; another's school is
 * there too. */
static ScImportTables *
make_tables(void)
{
    static const char *const sites[][3] = {
        { "main", "town", "主讲室" },    { "second", "town", "第二室" },
        { "near", "village", "教室" },   { "far", "hill", "教室" },
        { "odd", "hill", "一、二年级" }, { "theirs", "elsewhere", "外县教室" },
    };
    ScImportTables *tables = sc_import_tables_new(N_WEEKS);
    sc_import_tables_add_organisation(tables, "town", "county", "镇小学");
    sc_import_tables_add_organisation(tables, "county", NULL, "青山县");
    sc_import_tables_add_organisation(tables, "village", "county", "村小学");
    sc_import_tables_add_organisation(tables, "hill", "county", "山小学");
    sc_import_tables_add_organisation(tables, "elsewhere", NULL, "外县小学");
    sc_import_tables_appoint(tables, "county", true);
    sc_import_tables_link(tables);
    for (unsigned i = 0; i < G_N_ELEMENTS(sites); i++)
        sc_import_tables_add_site(tables, sites[i][0], sites[i][1], sites[i][2], true,
                                  true);
    sc_import_tables_add_person(tables, "zhang", "张伟", "zhang.wei", true);
    sc_import_tables_add_person(tables, "li", "李娜", "li.na", true);
    sc_import_tables_add_person(tables, "li2", "李娜", "li.na2", true);
    sc_import_tables_add_person(tables, "gone", "前任", "gone", false);
    sc_import_tables_add_teacher(tables, "zhang", "county");
    sc_import_tables_add_teacher(tables, "li", "town");
    sc_import_tables_add_teacher(tables, "li2", "town");
    sc_import_tables_add_teacher(tables, "gone", "town");
    sc_import_tables_add_schedule(tables, "bells", "county", "作息");
    for (unsigned i = 1; i <= 4; i++)
        sc_import_tables_add_period(tables, "bells", i, i == 1 ? "早读" : "",
                                    400 + i * 60, 440 + i * 60);
    return tables;
}

/* What is told of @rows where @max_lessons may go on at once: "3 weekday; 4 teacher". */
static char *
tell_with(ScImportTables *tables, const char *rows, unsigned max_lessons,
          ScImport **out_import)
{
    g_autofree char *text = g_strconcat(HEAD, rows, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(ScCsv) csv = sc_import_parse(text, strlen(text), &error);
    g_assert_no_error(error);
    unsigned county = sc_import_tables_find_organisation(tables, "county");
    ScImport *import = sc_import_check(csv, tables, county, max_lessons, &error);
    g_assert_no_error(error);
    GString *told = g_string_new(NULL);
    for (guint i = 0; i < import->faults->len; i++) {
        const ScImportFault *fault = &g_array_index(import->faults, ScImportFault, i);
        g_string_append_printf(told, "%s%u %s", told->len > 0 ? "; " : "", fault->line,
                               fault->column);
        g_assert_true(g_utf8_validate(fault->zh, -1, NULL));
        g_assert_cmpstr(fault->en, !=, "");
    }
    *out_import = import;
    return g_string_free(told, FALSE);
}

static char *
tell(ScImportTables *tables, const char *rows, ScImport **out_import)
{
    return tell_with(tables, rows, N_LESSONS, out_import);
}

/* Rows of the file, and lessons that others have, count alike. */
static void
no_more_at_once_than_the_relay_carries(void)
{
#define FIRST ",主讲室,张伟,数学,,村小学/教室,周一,2,,,\n"
#define SECOND(weeks) ",第二室,li.na,语文,,山小学/教室,周一,2," weeks ",,\n"
    static const struct {
        const char *rows;
        unsigned max_lessons;
        bool has_other; /* of another term, in week 2 */
        const char *told;
    } cases[] = {
        { FIRST SECOND(""), 2, false, "" },
        { FIRST SECOND(""), 1, false, "3 period" },
        { FIRST FIRST, 1, false, "3 teacher; 3 giving_site; 3 receiving_sites" },
        { FIRST, 1, false, "" },
        { FIRST, 1, true, "2 period" },
        { SECOND("单"), 1, true, "" },
        { SECOND("双"), 1, true, "2 period" },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ScImportTables) tables = make_tables();
        g_autoptr(ScImport) import = NULL;
        const ScWeekly other = { 1, 559, 600, 1 << 1 }; /* the last minute of period 2 */
        if (cases[i].has_other)
            sc_import_tables_add_other(tables, &other);
        g_autofree char *told =
            tell_with(tables, cases[i].rows, cases[i].max_lessons, &import);
        g_assert_cmpstr(told, ==, cases[i].told);
    }
}

static void
fault_has_its_line_and_column(void)
{
    static const struct {
        const char *rows;
        const char *told;
    } cases[] = {
        { ROW, "" },
        { "\n\n,,,,\n" ROW "x\n",
          "6 giving_site; 6 subject; 6 receiving_sites; 6 weekday" },
        { ",主讲室,张伟,数学,,村小学/教室,周一,早读,,,\n", "" },
        { ",外县教室,张伟,数学,,村小学/教室,周一,2,,,\n", "2 giving_site" },
        { ",主讲室,李娜,数学,,村小学/教室,周一,2,,,\n", "2 teacher" },
        { ",主讲室,li.na2,数学,,村小学/教室,周一,2,,,\n", "" },
        { ",主讲室,前任,数学,,村小学/教室,周一,2,,,\n", "2 teacher" },
        { ",主讲室,张伟,数学,,外县教室,周一,2,,,\n", "2 receiving_sites" },
        { ",主讲室,张伟,数学,,教室,周一,2,,,\n", "2 receiving_sites" },
        { ",主讲室,张伟,数学,,一、二年级、村小学/教室,周一,2,,,\n", "" },
        { ",主讲室,张伟,数学,,村小学/教室；;、,周一,2,,,\n", "" },
        { ",主讲室,张伟,数学,,村小学/教室,周一,5,,,\n", "2 period" },
        { ",主讲室,张伟,数学,,村小学/教室,周一,2,,3,2\n", "2 last_week" },
        { ",主讲室,张伟,数学,,村小学/教室,周一,2,单,2,2\n", "2 last_week" },
        { ",主讲室,张伟,数学,,村小学/教室,周一,2,,5,9\n", "2 last_week" },
        { ",主讲室,张伟,\"数\a学\",,村小学/教室,周一,2,,,\n", "2 subject" },
        { ",主讲室,张伟,=1+1,@x,村小学/教室,周一,2,,,\n", "" },
        { "x,x,x,,,x,x,x,x,x,x\n", "2 giving_site; 2 subject; 2 receiving_sites; 2 "
                                   "weekday; 2 weeks; 2 first_week; "
                                   "2 last_week" },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ScImportTables) tables = make_tables();
        g_autoptr(ScImport) import = NULL;
        g_autofree char *told = tell(tables, cases[i].rows, &import);
        g_assert_cmpstr(told, ==, cases[i].told);
    }
}

static void
later_line_collides_with_the_earlier(void)
{
    static const struct {
        const char *row;
        const char *told;
        const char *word; /* of the first sentence */
    } cases[] = {
        { ROW, "3 teacher; 3 giving_site; 3 receiving_sites; 3 receiving_sites",
          "line 2" },
        { "镇小学,第二室,zhang.wei,音乐,,山小学/一、二年级,1,2,,,\n", "3 teacher",
          "line 2" },
        { "镇小学,主讲室,li.na,音乐,,山小学/一、二年级,1,2,,,\n", "3 giving_site",
          "line 2" },
        { "镇小学,第二室,li.na,音乐,,山小学/教室,1,2,双,,\n", "3 receiving_sites",
          "line 2" },
        { "镇小学,第二室,li.na,音乐,,山小学/教室,1,3,,,\n", "", NULL },
        { "镇小学,第二室,li.na,数学,,山小学/教室,2,2,,,\n", "3 receiving_sites",
          "line 2" },
        { "镇小学,主讲室,张伟,数学,四年级,山小学/教室；村小学/教室,2,2,,,\n", "3 grade",
          "line 2" },
        { "镇小学,主讲室,张伟,数学,,山小学/教室；村小学/教室,2,2,,,\n", "", NULL },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ScImportTables) tables = make_tables();
        g_autoptr(ScImport) import = NULL;
        g_autofree char *rows = g_strconcat(ROW, cases[i].row, NULL);
        g_autofree char *told = tell(tables, rows, &import);
        g_assert_cmpstr(told, ==, cases[i].told);
        if (cases[i].word != NULL)
            g_assert_nonnull(strstr(g_array_index(import->faults, ScImportFault, 0).en,
                                    cases[i].word));
        g_assert_cmpuint(import->n_good, ==, cases[i].word != NULL ? 1 : 2);
        g_assert_cmpuint(import->entries->len, ==, import->n_good);
    }
}

/* The pairing and the entry of ROW, and its teacher's stand-in on Fridays. */
static void
add_timetable(ScImportTables *tables, const char *state)
{
    g_autoptr(GPtrArray) receiving = g_ptr_array_new();
    g_ptr_array_add(receiving, (gpointer) "far");
    g_ptr_array_add(receiving, (gpointer) "near");
    const ScImportPairing pairing = { .id = "pairing",
                                      .name = "三年级数学",
                                      .organisation = "county",
                                      .state = state,
                                      .teacher = "zhang",
                                      .giving_site = "main",
                                      .subject = "数学",
                                      .grade = "三年级",
                                      .receiving = receiving };
    ScImportEntry entry = { .id = "monday",
                            .teacher = "zhang",
                            .weekday = 1,
                            .schedule = "bells",
                            .period = 2,
                            .first_week = 1,
                            .last_week = SC_IMPORT_WEEK_MAX };
    sc_import_tables_add_pairing(tables, &pairing);
    sc_import_tables_add_entry(tables, "pairing", &entry);
    entry.id = "friday";
    entry.weekday = 5;
    entry.teacher = "li";
    sc_import_tables_add_entry(tables, "pairing", &entry);
    entry.id = "of nobody";
    sc_import_tables_add_entry(tables, "nothing", &entry);
}

static void
what_stands_already_is_unchanged(void)
{
    static const struct {
        const char *row;
        unsigned n_unchanged;
        unsigned n_entries;
        unsigned n_faults;
    } cases[] = {
        { ROW, 1, 0, 0 },
        { "镇小学,主讲室,张伟,数学,,村小学/教室；山小学/教室,1,2,全,1,53\n", 1, 0, 0 },
        { "镇小学,主讲室,li.na,数学,,山小学/教室；村小学/教室,5,2,,,\n", 1, 0, 0 },
        /* who stands in teaches in this pairing */
        { "镇小学,主讲室,li.na,数学,,山小学/教室；村小学/教室,4,2,,,\n", 0, 1, 0 },
        { "镇小学,主讲室,li.na2,数学,,山小学/教室；村小学/教室,4,2,,,\n", 0, 0, 2 },
        { "镇小学,主讲室,张伟,数学,,村小学/教室；山小学/教室,1,2,单,,\n", 0, 0, 4 },
        { "镇小学,主讲室,张伟,数学,,村小学/教室；山小学/教室,3,2,单,,\n", 0, 1, 0 },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ScImportTables) tables = make_tables();
        g_autoptr(ScImport) import = NULL;
        add_timetable(tables, "active");
        g_autofree char *told = tell(tables, cases[i].row, &import);
        g_assert_true((*told == '\0') == (cases[i].n_faults == 0));
        g_assert_cmpuint(import->n_unchanged, ==, cases[i].n_unchanged);
        g_assert_cmpuint(import->entries->len, ==, cases[i].n_entries);
        g_assert_cmpuint(import->pairings->len, ==, 0);
        g_assert_cmpuint(import->n_faults, ==, cases[i].n_faults);
    }
}

static void
pairing_that_is_not_active_takes_no_more(void)
{
    static const char *const states[] = { "draft", "suspended" };
    for (unsigned i = 0; i < G_N_ELEMENTS(states); i++) {
        g_autoptr(ScImportTables) tables = make_tables();
        g_autoptr(ScImport) import = NULL;
        add_timetable(tables, states[i]);
        g_autofree char *told =
            tell(tables, ROW "镇小学,主讲室,张伟,数学,,村小学/教室；山小学/教室,3,2,,,\n",
                 &import);
        g_assert_cmpstr(told, ==, "3 receiving_sites");
        g_assert_cmpuint(import->n_unchanged, ==, 1);
    }
}

static void
names_that_are_printed_are_understood(void)
{
    g_autoptr(ScImportTables) tables = make_tables();
    unsigned town = sc_import_tables_find_organisation(tables, "town");
    unsigned index = SC_IMPORT_NONE;
    g_autofree char *school = NULL;
    g_autofree char *site = sc_import_tables_print_site(
        tables, sc_import_tables_find_site(tables, "near"), &school);
    g_assert_cmpstr(site, ==, "村小学/教室");
    g_assert_cmpstr(school, ==, "村小学");
    g_autofree char *zhang = sc_import_tables_print_teacher(
        tables, town, sc_import_tables_find_person(tables, "zhang"));
    g_assert_cmpstr(zhang, ==, "张伟");
    g_autofree char *li = sc_import_tables_print_teacher(
        tables, town, sc_import_tables_find_person(tables, "li2"));
    g_assert_cmpstr(li, ==, "li.na2");
    /* the school has bells of the same name */
    sc_import_tables_add_schedule(tables, "own", "town", "作息");
    g_assert_cmpuint(sc_import_tables_name_schedule(tables, town, "作息", &index), ==, 2);
    g_autofree char *bells = sc_import_tables_print_schedule(
        tables, town, sc_import_tables_find_schedule(tables, "bells"));
    g_autofree char *own = sc_import_tables_print_schedule(
        tables, town, sc_import_tables_find_schedule(tables, "own"));
    g_assert_cmpstr(bells, ==, "青山县/作息");
    g_assert_cmpstr(own, ==, "镇小学/作息");
    /* two rooms of one name in one school: nothing but the id tells them apart */
    sc_import_tables_add_site(tables, "near2", "village", "教室", true, true);
    g_autofree char *second = sc_import_tables_print_site(
        tables, sc_import_tables_find_site(tables, "near2"), NULL);
    g_assert_cmpstr(second, ==, "near2");
    g_assert_cmpuint(sc_import_tables_name_site(tables, second, &index), ==, 1);
}

static void
columns_are_found_or_named(void)
{
    static const struct {
        const char *head;
        const char *word; /* of the error; NULL: it is good */
        const char *zh;   /* what people are told */
    } cases[] = {
        { "主讲教室,教师,科目,听课教室,星期,节次", NULL, NULL },
        { "Period,weekday,RECEIVING SITES,course,teacher,giving_site", NULL, NULL },
        { "主讲教室,教师,听课教室,星期", "节次", "第 1 行：缺少列名“科目”“节次”" },
        { "主讲教室,教师,老师,科目,听课教室,星期,节次", "教师",
          "第 1 行第 3 列：列名“教师”在第 2 列已经有了" },
        { "主讲教室,教师,科目,听课教室,星期,节次,备注", "备注",
          "第 1 行第 7 列：第一行的列名缺少、重复或不认识" },
        { "", "missing",
          "第 1 行：缺少列名“主讲教室”“教师”“科目”“听课教室”“星期”“节次”" },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        int indexes[SC_N_IMPORT_COLUMNS];
        g_autoptr(GError) error = NULL;
        g_autoptr(ScCsv) csv =
            sc_import_parse(cases[i].head, strlen(cases[i].head), &error);
        g_assert_no_error(error);
        bool is_good = sc_import_find_columns(csv, indexes, &error);
        g_assert_true(is_good == (cases[i].word == NULL));
        if (is_good)
            continue;
        g_assert_true(error->domain == SC_CSV_ERROR);
        g_assert_nonnull(strstr(error->message, cases[i].word));
        g_autofree char *zh = sc_import_print_error_zh(error);
        g_assert_cmpstr(zh, ==, cases[i].zh);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/import/" #name, name)
    ADD(weekday_is_understood_as_people_write_it);
    ADD(number_is_understood_in_either_digits);
    ADD(weeks_are_all_where_nothing_is_said);
    ADD(name_is_any_end_of_the_path);
    ADD(columns_are_found_or_named);
    ADD(fault_has_its_line_and_column);
    ADD(later_line_collides_with_the_earlier);
    ADD(no_more_at_once_than_the_relay_carries);
    ADD(what_stands_already_is_unchanged);
    ADD(pairing_that_is_not_active_takes_no_more);
    ADD(names_that_are_printed_are_understood);
    return g_test_run();
}

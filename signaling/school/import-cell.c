/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/school/import-cell.h"

#include <string.h>

static const ScCsvColumn columns[] = {
#define SC_IMPORT_COLUMN_ROW(name, key, zh, en, optional) { key, zh, en },
    SC_IMPORT_COLUMNS(SC_IMPORT_COLUMN_ROW)
#undef SC_IMPORT_COLUMN_ROW
};

static const bool is_optional[] = {
#define SC_IMPORT_COLUMN_OPTIONAL(name, key, zh, en, optional) optional,
    SC_IMPORT_COLUMNS(SC_IMPORT_COLUMN_OPTIONAL)
#undef SC_IMPORT_COLUMN_OPTIONAL
};

/* What else the columns are called. */
static const struct {
    ScImportColumn column;
    ScCsvColumn names;
} synonyms[] = {
    { SC_IMPORT_GIVING_SCHOOL, { "giving-school", "授课学校", "school" } },
    { SC_IMPORT_GIVING_SCHOOL, { "学校", "授课校", "主讲校" } },
    { SC_IMPORT_GIVING_SITE, { "giving-site", "授课教室", "giving classroom" } },
    { SC_IMPORT_TEACHER, { "授课教师", "老师", "任课教师" } },
    { SC_IMPORT_TEACHER, { "主讲教师", "授课老师", "任课老师" } },
    { SC_IMPORT_SUBJECT, { "学科", "课程", "course" } },
    { SC_IMPORT_RECEIVING, { "receiving-sites", "接收教室", "receiving classrooms" } },
    { SC_IMPORT_RECEIVING, { "receiving site", "受援教室", "receiving classroom" } },
    { SC_IMPORT_WEEKDAY, { "day", "星期几", "day of week" } },
    { SC_IMPORT_WEEKDAY, { "周几", "礼拜", "week day" } },
    { SC_IMPORT_PERIOD, { "第几节", "节", "lesson" } },
    { SC_IMPORT_WEEKS, { "周型", "周次", "odd/even weeks" } },
    { SC_IMPORT_FIRST_WEEK, { "first-week", "开始周", "from week" } },
    { SC_IMPORT_LAST_WEEK, { "last-week", "截止周", "to week" } },
    { SC_IMPORT_SCHEDULE, { "bell-schedule", "作息时间", "bells" } },
    { SC_IMPORT_SCHEDULE, { "bell_schedule", "作息时间表", "作息表" } },
};

#define N_NAMES (SC_N_IMPORT_COLUMNS + G_N_ELEMENTS(synonyms))

static const char *const digits[] = {
    "零", "一", "二", "三", "四", "五", "六", "七", "八", "九",
};

/* Days as they are written behind 星期, 周 and 礼拜, or alone. */
static const struct {
    const char *text;
    unsigned weekday;
} weekdays[] = {
    { "1", 1 },        { "2", 2 },         { "3", 3 },        { "4", 4 },
    { "5", 5 },        { "6", 6 },         { "7", 7 },        { "一", 1 },
    { "二", 2 },       { "三", 3 },        { "四", 4 },       { "五", 5 },
    { "六", 6 },       { "七", 7 },        { "日", 7 },       { "天", 7 },
    { "mon", 1 },      { "tue", 2 },       { "wed", 3 },      { "thu", 4 },
    { "fri", 5 },      { "sat", 6 },       { "sun", 7 },      { "monday", 1 },
    { "tuesday", 2 },  { "wednesday", 3 }, { "thursday", 4 }, { "friday", 5 },
    { "saturday", 6 }, { "sunday", 7 },
};

static const struct {
    const char *text;
    ScWeekRule rule;
} rules[] = {
    { "", SC_WEEKS_ALL },           { "all", SC_WEEKS_ALL },
    { "全", SC_WEEKS_ALL },         { "全周", SC_WEEKS_ALL },
    { "每周", SC_WEEKS_ALL },       { "全部", SC_WEEKS_ALL },
    { "单双周", SC_WEEKS_ALL },     { "every", SC_WEEKS_ALL },
    { "everyweek", SC_WEEKS_ALL },  { "odd", SC_WEEKS_ODD },
    { "oddweeks", SC_WEEKS_ODD },   { "单", SC_WEEKS_ODD },
    { "单周", SC_WEEKS_ODD },       { "even", SC_WEEKS_EVEN },
    { "evenweeks", SC_WEEKS_EVEN }, { "双", SC_WEEKS_EVEN },
    { "双周", SC_WEEKS_EVEN },
};

const ScCsvColumn *
sc_import_column_get(ScImportColumn column)
{
    return &columns[column];
}

/* Always false. @made is taken. */
static bool
refuse_header(GError *made, const char *zh, GError **error)
{
    sc_csv_error_set_zh(made, zh);
    g_propagate_error(error, made);
    return false;
}

static bool
check_missing(const int indexes[SC_N_IMPORT_COLUMNS], GError **error)
{
    g_autoptr(GString) missing = g_string_new(NULL);
    g_autoptr(GString) zh = g_string_new("第 1 行：缺少列名");
    for (unsigned i = 0; i < SC_N_IMPORT_COLUMNS; i++) {
        if (indexes[i] >= 0 || is_optional[i])
            continue;
        g_string_append_printf(missing, "%s%s (%s)", missing->len > 0 ? ", " : "",
                               columns[i].zh, columns[i].en);
        g_string_append_printf(zh, "“%s”", columns[i].zh);
    }
    return missing->len == 0
           || refuse_header(g_error_new(SC_CSV_ERROR, SC_CSV_ERROR_HEADER,
                                        "line 1: these columns are missing: %s",
                                        missing->str),
                            zh->str, error);
}

static bool
merge(const int found[N_NAMES], int out_indexes[SC_N_IMPORT_COLUMNS], GError **error)
{
    memcpy(out_indexes, found, SC_N_IMPORT_COLUMNS * sizeof *out_indexes);
    for (unsigned i = 0; i < G_N_ELEMENTS(synonyms); i++) {
        ScImportColumn column = synonyms[i].column;
        int index = found[SC_N_IMPORT_COLUMNS + i];
        if (index < 0)
            continue;
        if (out_indexes[column] >= 0) {
            g_autofree char *zh =
                g_strdup_printf("第 1 行第 %d 列：列名“%s”在第 %d 列已经有了", index + 1,
                                columns[column].zh, out_indexes[column] + 1);
            return refuse_header(
                g_error_new(SC_CSV_ERROR, SC_CSV_ERROR_HEADER,
                            "line 1, column %d: %s (%s) is there already, in column %d",
                            index + 1, columns[column].zh, columns[column].en,
                            out_indexes[column] + 1),
                zh, error);
        }
        out_indexes[column] = index;
    }
    return true;
}

bool
sc_import_find_columns(const ScCsv *csv, int out_indexes[SC_N_IMPORT_COLUMNS],
                       GError **error)
{
    ScCsvColumn names[N_NAMES];
    int found[N_NAMES];
    memcpy(names, columns, sizeof columns);
    for (unsigned i = 0; i < G_N_ELEMENTS(synonyms); i++)
        names[SC_N_IMPORT_COLUMNS + i] = synonyms[i].names;
    return sc_csv_find_columns(csv, names, N_NAMES, found, error)
           && merge(found, out_indexes, error) && check_missing(out_indexes, error);
}

/* Half width, small letters, no spaces. */
static char *
fold(const char *text)
{
    g_autofree char *normal = g_utf8_normalize(text, -1, G_NORMALIZE_ALL_COMPOSE);
    g_autofree char *small = g_utf8_casefold(normal, -1);
    GString *folded = g_string_new(NULL);
    for (const char *at = small; *at != '\0'; at = g_utf8_next_char(at))
        if (!g_unichar_isspace(g_utf8_get_char(at)))
            g_string_append_unichar(folded, g_utf8_get_char(at));
    return g_string_free(folded, FALSE);
}

/* Behind the first of @prefixes that it begins with, if any. */
static const char *
skip_prefix(const char *text, const char *const *prefixes)
{
    for (; *prefixes != NULL; prefixes++)
        if (g_str_has_prefix(text, *prefixes))
            return text + strlen(*prefixes);
    return text;
}

bool
sc_import_parse_weekday(const char *text, unsigned *out_weekday)
{
    static const char *const prefixes[] = { "星期", "周", "礼拜", NULL };
    g_autofree char *folded = fold(text);
    const char *rest = skip_prefix(folded, prefixes);
    for (unsigned i = 0; i < G_N_ELEMENTS(weekdays); i++) {
        if (!g_str_equal(weekdays[i].text, rest))
            continue;
        *out_weekday = weekdays[i].weekday;
        return true;
    }
    return false;
}

/* "三" → 3; false: no digit stands at *@at. */
static bool
take_digit(const char **at, unsigned *out_digit)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(digits); i++) {
        if (!g_str_has_prefix(*at, digits[i]))
            continue;
        *at += strlen(digits[i]);
        *out_digit = i;
        return true;
    }
    return false;
}

/* 1 to 99, in either kind of digits; what is left stands at *@at. */
static bool
take_number(const char **at, unsigned *out_number)
{
    unsigned tens = 1, ones = 0;
    if (g_ascii_isdigit(**at)) {
        char *end;
        guint64 number = g_ascii_strtoull(*at, &end, 10);
        *at = end;
        *out_number = (unsigned)MIN(number, 100);
        return number >= 1 && number <= 99;
    }
    bool has_digit = take_digit(at, &tens);
    if (!g_str_has_prefix(*at, "十")) {
        *out_number = tens;
        return has_digit && tens > 0;
    }
    *at += strlen("十");
    (void)take_digit(at, &ones);
    *out_number = tens * 10 + ones;
    return tens > 0;
}

bool
sc_import_parse_number(const char *text, unsigned *out_number)
{
    static const char *const prefixes[] = { "第", "period", "lesson", "week", NULL };
    static const char *const ends[] = { "", "节", "周", "节课", "课时" };
    g_autofree char *folded = fold(text);
    const char *rest = skip_prefix(folded, prefixes);
    unsigned number;
    if (!take_number(&rest, &number))
        return false;
    for (unsigned i = 0; i < G_N_ELEMENTS(ends); i++) {
        if (!g_str_equal(rest, ends[i]))
            continue;
        *out_number = number;
        return true;
    }
    return false;
}

bool
sc_import_parse_rule(const char *text, ScWeekRule *out_rule)
{
    g_autofree char *folded = fold(text);
    for (unsigned i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (!g_str_equal(rules[i].text, folded))
            continue;
        *out_rule = rules[i].rule;
        return true;
    }
    return false;
}

bool
sc_import_is_plain_number(const char *text)
{
    g_autofree char *folded = fold(text);
    return *folded != '\0' && strspn(folded, "0123456789") == strlen(folded);
}

bool
sc_import_is_name(const char *text, unsigned max)
{
    glong length = g_utf8_strlen(text, -1);
    if (length < 1 || length > (glong)max)
        return false;
    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);
        if (g_unichar_iscntrl(c) && c != '\n' && c != '\t')
            return false;
    }
    return true;
}

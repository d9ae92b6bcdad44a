/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/school/import.h"

#include "signaling/school/import-private.h"

#define COLUMNS_MAX 40
#define CELL_BYTES_MAX 65536
#define NAME_MAX_LENGTH 100

static const char *const weekday_names[][2] = {
    { "周一", "Monday" },   { "周二", "Tuesday" }, { "周三", "Wednesday" },
    { "周四", "Thursday" }, { "周五", "Friday" },  { "周六", "Saturday" },
    { "周日", "Sunday" },
};

static void
check_weeks(ScImportCheck *self)
{
    unsigned n_weeks = sc_import_tables_get_n_weeks(self->tables);
    const ScImportEntry *entry = &self->entry;
    uint64_t weeks = sc_weeks_make((int)entry->rule, entry->first_week,
                                   MIN(entry->last_week, n_weeks));
    if (weeks == 0)
        FAULT(self, SC_IMPORT_LAST_WEEK,
              "第 %u 到 %u 周里没有要上课的周（本学期共 %u 周）",
              "of weeks %u to %u none is held; the term has %u", entry->first_week,
              entry->last_week, n_weeks);
}

/* The pairing. */

static void
check_sites(ScImportCheck *self)
{
    const ScImportSite *giving = sc_import_tables_get_site(self->tables, self->giving);
    unsigned common = giving->organisation;
    if (!giving->gives)
        FAULT(self, SC_IMPORT_GIVING_SITE, "教室“%s”已停用，或不能主讲",
              "site “%s” is closed, or does not give", giving->name);
    for (guint i = 0; i < self->pairing.receiving->len; i++) {
        const ScImportSite *site = sc_import_tables_get_site(
            self->tables,
            sc_import_tables_find_site(self->tables, self->pairing.receiving->pdata[i]));
        if (!site->receives)
            FAULT(self, SC_IMPORT_RECEIVING, "教室“%s”已停用，或不能听课",
                  "site “%s” is closed, or does not receive", site->name);
        common = sc_import_tables_join(self->tables, common, site->organisation);
    }
    if (common == SC_IMPORT_NONE
        || !sc_import_tables_get_organisation(self->tables, common)->is_administered) {
        sc_import_add_fault(
            self, SC_IMPORT_RECEIVING, g_strdup("这些教室不同属您管理的一个单位"),
            g_strdup("you administer no organisation that all of these sites are "
                     "in"));
        return;
    }
    if (!sc_import_tables_is_below(self->tables, common, self->term))
        sc_import_add_fault(self, SC_IMPORT_RECEIVING, g_strdup("本学期不适用于这些教室"),
                            g_strdup("the term does not hold for all of these sites"));
    self->pairing.organisation =
        sc_import_tables_get_organisation(self->tables, common)->id;
}

/* Where it comes from, in both tongues. */
static void
print_pairing(const ScImportPairing *pairing, char **out_zh, char **out_en)
{
    if (pairing->line > 0) {
        *out_zh = g_strdup_printf("第 %u 行", pairing->line);
        *out_en = g_strdup_printf("line %u", pairing->line);
    } else {
        *out_zh = g_strdup_printf("结对“%s”", pairing->name);
        *out_en = g_strdup_printf("the pairing “%s”", pairing->name);
    }
}

/* One live pairing for each receiving site, subject and term. */
static void
check_alone(ScImportCheck *self)
{
    for (guint i = 0; i < self->pairing.receiving->len; i++) {
        const char *id = self->pairing.receiving->pdata[i];
        const ScImportPairing *other =
            sc_import_tables_find_live(self->tables, id, self->subject);
        if (other == NULL)
            continue;
        const ScImportSite *site = sc_import_tables_get_site(
            self->tables, sc_import_tables_find_site(self->tables, id));
        g_autofree char *zh = NULL, *en = NULL;
        print_pairing(other, &zh, &en);
        sc_import_add_fault(
            self, SC_IMPORT_RECEIVING,
            g_strdup_printf("“%s”本学期的%s已由%s安排", site->name, self->subject, zh),
            g_strdup_printf("“%s” has %s by %s this term", site->name, self->subject,
                            en));
    }
}

static void
check_new_pairing(ScImportCheck *self)
{
    if (self->teacher != SC_IMPORT_NONE
        && !sc_import_tables_teaches_at(self->tables, self->teacher, self->school))
        FAULT(self, SC_IMPORT_TEACHER, "“%s”不是主讲学校的教师",
              "“%s” is no teacher at the giving site's school",
              sc_import_tables_get_person(self->tables, self->teacher)->name);
    check_sites(self);
    check_alone(self);
}

static void
check_found_pairing(ScImportCheck *self, const ScImportPairing *pairing)
{
    if (*self->grade != '\0' && !g_str_equal(self->grade, pairing->grade)) {
        g_autofree char *zh = NULL, *en = NULL;
        print_pairing(pairing, &zh, &en);
        sc_import_add_fault(self, SC_IMPORT_GRADE,
                            g_strdup_printf("%s的年级是“%s”", zh, pairing->grade),
                            g_strdup_printf("%s is of grade “%s”", en, pairing->grade));
    }
    if (!g_str_equal(pairing->state, "active"))
        FAULT(self, SC_IMPORT_RECEIVING, "结对“%s”未启用，请先启用",
              "the pairing “%s” is not active; please activate it first", pairing->name);
}

/* Collisions. */

static void
add_clash(ScImportCheck *self, ScImportColumn column, const char *name,
          const ScImportTaken *taken)
{
    static const char *const whats[SC_N_IMPORT_COLUMNS][2] = {
        [SC_IMPORT_TEACHER] = { "教师", "teacher" },
        [SC_IMPORT_GIVING_SITE] = { "主讲教室", "giving site" },
        [SC_IMPORT_RECEIVING] = { "听课教室", "receiving site" },
    };
    const char *const *day = weekday_names[self->entry.weekday - 1];
    g_autofree char *weeks = sc_weeks_print(taken->weeks);
    g_autofree char *other_zh =
        taken->entry != NULL && taken->entry->line > 0
            ? g_strdup_printf("与第 %u 行冲突", taken->entry->line)
            : g_strdup_printf("已有课“%s”", taken->title);
    g_autofree char *other_en =
        taken->entry != NULL && taken->entry->line > 0
            ? g_strdup_printf("collides with line %u", taken->entry->line)
            : g_strdup_printf("already has “%s”", taken->title);
    sc_import_add_fault(
        self, column,
        g_strdup_printf("第 %s 周%s第 %u 节：%s“%s”%s", weeks, day[0], self->entry.period,
                        whats[column][0], name, other_zh),
        g_strdup_printf("week %s, %s, period %u: %s “%s” %s", weeks, day[1],
                        self->entry.period, whats[column][1], name, other_en));
}

static void
check_taken(ScImportCheck *self)
{
    const ScWeekly when = sc_import_tables_get_when(self->tables, &self->entry);
    ScImportTaken taken;
    if (self->teacher != SC_IMPORT_NONE
        && sc_import_tables_find_taken(self->tables, self->entry.teacher, &when, &taken))
        add_clash(self, SC_IMPORT_TEACHER,
                  sc_import_tables_get_person(self->tables, self->teacher)->name, &taken);
    if (sc_import_tables_find_taken(self->tables, self->pairing.giving_site, &when,
                                    &taken))
        add_clash(self, SC_IMPORT_GIVING_SITE,
                  sc_import_tables_get_site(self->tables, self->giving)->name, &taken);
    for (guint i = 0; i < self->pairing.receiving->len; i++) {
        const char *id = self->pairing.receiving->pdata[i];
        unsigned site = sc_import_tables_find_site(self->tables, id);
        if (sc_import_tables_find_taken(self->tables, id, &when, &taken))
            add_clash(self, SC_IMPORT_RECEIVING,
                      sc_import_tables_get_site(self->tables, site)->name, &taken);
    }
}

/* No more may go on at once, whosever they are. */
static void
check_capacity(ScImportCheck *self)
{
    const ScWeekly when = sc_import_tables_get_when(self->tables, &self->entry);
    unsigned week = 0;
    unsigned n = sc_import_tables_get_peak(self->tables, &when, &week);
    if (n >= self->max_lessons)
        FAULT(self, SC_IMPORT_PERIOD,
              "第 %u 周这一节已有 %u 节课同时进行，服务器最多承载 %u 节",
              "in week %u, %u lessons go on in this period already; the relay carries %u",
              week, n, self->max_lessons);
}

/* Rows. */

static void
accept(ScImportCheck *self, const ScImportEntry *entry)
{
    self->result->n_good++;
    if (self->result->preview->len < SC_IMPORT_PREVIEW_MAX)
        g_ptr_array_add(self->result->preview, (gpointer)entry);
}

/* Is the row in the timetable as it is? */
static bool
find_unchanged(ScImportCheck *self)
{
    const ScImportEntry *same = sc_import_tables_find_same(self->tables, &self->entry);
    if (same == NULL || same->line > 0
        || (*self->grade != '\0' && !g_str_equal(self->grade, same->pairing->grade)))
        return false;
    self->result->n_unchanged++;
    accept(self, same);
    return true;
}

static void
take(ScImportCheck *self, ScImportPairing *found)
{
    g_autofree char *name = g_strconcat(self->grade, self->subject, NULL);
    bool is_short = g_utf8_strlen(name, -1) <= NAME_MAX_LENGTH;
    self->pairing.name = is_short ? name : self->subject;
    self->pairing.state = "active";
    self->pairing.line = self->line;
    self->entry.line = self->line;
    self->entry.pairing = found;
    ScImportEntry *entry = sc_import_tables_take(
        self->tables, found == NULL ? &self->pairing : NULL, &self->entry);
    if (found == NULL)
        g_ptr_array_add(self->result->pairings, entry->pairing);
    g_ptr_array_add(self->result->entries, entry);
    accept(self, entry);
}

/* What can be understood of a row is held against everything else. */
static void
check_understood(ScImportCheck *self)
{
    self->entry.teacher = self->pairing.teacher;
    self->entry.pairing = &self->pairing;
    if (find_unchanged(self))
        return;
    if (self->teacher == SC_IMPORT_NONE)
        sc_import_add_missing(self, SC_IMPORT_TEACHER);
    check_weeks(self);
    ScImportPairing *found = sc_import_tables_find_pairing(self->tables, &self->pairing);
    if (found != NULL)
        check_found_pairing(self, found);
    else
        check_new_pairing(self);
    if (!self->is_bad)
        check_taken(self);
    if (!self->is_bad)
        check_capacity(self);
    if (!self->is_bad)
        take(self, found);
}

static void
check_row(ScImportCheck *self)
{
    self->line = sc_csv_get_line(self->csv, self->row);
    self->is_bad = false;
    self->pairing = (ScImportPairing){ .receiving = g_ptr_array_new() };
    self->entry = (ScImportEntry){ 0 };
    self->result->n_rows++;
    sc_import_read_row(self);
    if (!self->is_bad)
        check_understood(self);
    g_ptr_array_unref(self->pairing.receiving);
    g_clear_pointer(&self->subject, g_free);
    g_clear_pointer(&self->grade, g_free);
}

ScCsv *
sc_import_parse(const void *bytes, size_t length, GError **error)
{
    static const ScCsvLimits limits = { .n_bytes = SC_IMPORT_BYTES_MAX,
                                        .n_rows = SC_IMPORT_ROWS_MAX + 1,
                                        .n_columns = COLUMNS_MAX,
                                        .n_cell_bytes = CELL_BYTES_MAX };
    return sc_csv_parse(bytes, length, &limits, error);
}

static const char *
explain_zh(ScCsvError code)
{
    switch (code) {
    case SC_CSV_ERROR_N_BYTES:
        return "文件太大，上限是 8 MB";
    case SC_CSV_ERROR_N_ROWS:
        return "行数太多，上限是 20000 行";
    case SC_CSV_ERROR_N_COLUMNS:
        return "列数太多";
    case SC_CSV_ERROR_N_CELL_BYTES:
        return "单元格里的文字太长";
    case SC_CSV_ERROR_CHARSET:
        return "文件编码既不是 UTF-8 也不是 GBK";
    case SC_CSV_ERROR_NUL:
        return "不是文本文件";
    case SC_CSV_ERROR_QUOTE:
        return "引号没有配对";
    case SC_CSV_ERROR_HEADER:
        return "第一行的列名缺少、重复或不认识";
    }
    g_assert_not_reached();
}

char *
sc_import_print_error_zh(const GError *error)
{
    unsigned line, column;
    if (sc_csv_error_get_zh(error) != NULL)
        return g_strdup(sc_csv_error_get_zh(error));
    sc_csv_error_get_place(error, &line, &column);
    const char *what = explain_zh((ScCsvError)error->code);
    if (line == 0)
        return g_strdup(what);
    return column == 0 ? g_strdup_printf("第 %u 行：%s", line, what)
                       : g_strdup_printf("第 %u 行第 %u 列：%s", line, column, what);
}

ScImport *
sc_import_check(const ScCsv *csv, ScImportTables *tables, unsigned term,
                unsigned max_lessons, GError **error)
{
    g_autoptr(ScImport) self = g_new0(ScImport, 1);
    ScImportCheck check = { .csv = csv,
                            .tables = tables,
                            .result = self,
                            .term = term,
                            .max_lessons = max_lessons };
    self->faults = g_array_new(FALSE, FALSE, sizeof(ScImportFault));
    g_array_set_clear_func(self->faults, sc_import_fault_clear);
    self->pairings = g_ptr_array_new();
    self->entries = g_ptr_array_new();
    self->preview = g_ptr_array_new();
    if (!sc_import_find_columns(csv, check.indexes, error))
        return NULL;
    for (check.row = 1; check.row < sc_csv_count_rows(csv); check.row++)
        if (!sc_csv_is_row_empty(csv, check.row))
            check_row(&check);
    return g_steal_pointer(&self);
}

void
sc_import_free(ScImport *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->faults);
    g_ptr_array_unref(self->pairings);
    g_ptr_array_unref(self->entries);
    g_ptr_array_unref(self->preview);
    g_free(self);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "signaling/school/import-private.h"

#define SHOWN_MAX 40     /* characters of a cell in a sentence */
#define SEPARATORS_MAX 8 /* within one name, between receiving sites */

void
sc_import_fault_clear(gpointer data)
{
    ScImportFault *fault = data;
    g_free(fault->zh);
    g_free(fault->en);
}

void
sc_import_add_fault(ScImportCheck *self, ScImportColumn column, char *zh, char *en)
{
    ScImport *result = self->result;
    ScImportFault fault = { self->line, sc_import_column_get(column)->key,
                            g_steal_pointer(&zh), g_steal_pointer(&en) };
    self->is_bad = true;
    result->n_faults++;
    if (result->faults->len < SC_IMPORT_FAULTS_MAX)
        g_array_append_val(result->faults, fault);
    else
        sc_import_fault_clear(&fault);
}

void
sc_import_add_missing(ScImportCheck *self, ScImportColumn column)
{
    const ScCsvColumn *its = sc_import_column_get(column);
    sc_import_add_fault(self, column, g_strdup_printf("没有填写“%s”", its->zh),
                        g_strdup_printf("“%s” is empty", its->en));
}

static const char *
get_cell(const ScImportCheck *self, ScImportColumn column)
{
    int index = self->indexes[column];
    return index >= 0 ? sc_csv_get_cell(self->csv, self->row, (unsigned)index) : "";
}

static char *
dup_cell(const ScImportCheck *self, ScImportColumn column)
{
    return g_strstrip(g_strdup(get_cell(self, column)));
}

static char *
cut(const char *text)
{
    glong length = g_utf8_strlen(text, -1);
    g_autofree char *start = g_utf8_substring(text, 0, MIN(length, SHOWN_MAX));
    return g_strconcat(start, length > SHOWN_MAX ? "…" : "", NULL);
}

/* Who and where. */

/* @n: how many are called @name. */
static void
add_site_fault(ScImportCheck *self, ScImportColumn column, const char *name, unsigned n)
{
    g_autofree char *shown = cut(name);
    if (n == 0)
        FAULT(self, column, "没有教室“%s”", "there is no such site: “%s”", shown);
    else
        FAULT(self, column, "有多个教室叫“%s”，请写成“学校/教室”",
              "several sites are called “%s”; please write school/site", shown);
}

static void
read_giving(ScImportCheck *self)
{
    g_autofree char *school = dup_cell(self, SC_IMPORT_GIVING_SCHOOL);
    g_autofree char *site = dup_cell(self, SC_IMPORT_GIVING_SITE);
    g_autofree char *name =
        *school != '\0' ? g_strconcat(school, "/", site, NULL) : g_strdup(site);
    self->giving = self->school = SC_IMPORT_NONE;
    if (*site == '\0') {
        sc_import_add_missing(self, SC_IMPORT_GIVING_SITE);
        return;
    }
    unsigned index = SC_IMPORT_NONE;
    unsigned n = sc_import_tables_name_site(self->tables, name, &index);
    if (n != 1) {
        add_site_fault(self, SC_IMPORT_GIVING_SITE, name, n);
        return;
    }
    self->giving = index;
    self->school = sc_import_tables_get_site(self->tables, index)->organisation;
    self->pairing.giving_site = sc_import_tables_get_site(self->tables, index)->id;
}

/* An entry may stand there without a teacher, so that its absence is told later. */
static void
read_teacher(ScImportCheck *self)
{
    g_autofree char *name = dup_cell(self, SC_IMPORT_TEACHER);
    unsigned index = SC_IMPORT_NONE;
    self->teacher = SC_IMPORT_NONE;
    if (*name == '\0' || self->school == SC_IMPORT_NONE)
        return;
    unsigned n = sc_import_tables_name_teacher(self->tables, self->school, name, &index);
    g_autofree char *shown = cut(name);
    if (n == 0)
        FAULT(self, SC_IMPORT_TEACHER, "主讲学校没有教师“%s”",
              "the giving school has no teacher “%s”", shown);
    else if (n > 1)
        FAULT(self, SC_IMPORT_TEACHER, "有多位教师叫“%s”，请写登录名",
              "several teachers are called “%s”; please write the sign-in name", shown);
    if (n != 1)
        return;
    self->teacher = index;
    self->pairing.teacher = sc_import_tables_get_person(self->tables, index)->id;
}

static void
read_subject(ScImportCheck *self)
{
    self->subject = dup_cell(self, SC_IMPORT_SUBJECT);
    self->grade = dup_cell(self, SC_IMPORT_GRADE);
    self->pairing.subject = self->subject;
    self->pairing.grade = self->grade;
    if (*self->subject == '\0')
        sc_import_add_missing(self, SC_IMPORT_SUBJECT);
    else if (!sc_import_is_name(self->subject, SC_IMPORT_SUBJECT_MAX))
        FAULT(self, SC_IMPORT_SUBJECT, "科目不能超过 %d 个字，也不能有控制字符",
              "a subject has at most %d characters, and none that control",
              SC_IMPORT_SUBJECT_MAX);
    if (*self->grade != '\0' && !sc_import_is_name(self->grade, SC_IMPORT_SUBJECT_MAX))
        FAULT(self, SC_IMPORT_GRADE, "年级不能超过 %d 个字，也不能有控制字符",
              "a grade has at most %d characters, and none that control",
              SC_IMPORT_SUBJECT_MAX);
}

/* The end of a part: at ；;、 or at the end of all. */
static const char *
find_end(const char *at)
{
    for (; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (c == ';' || c == 0xff1b || c == 0x3001)
            break;
    }
    return at;
}

/* The site whose name begins at @at, and where the name ends: the longest one, as a name
 * may hold what parts names. */
static unsigned
take_site(ScImportCheck *self, const char *at, const char **out_end, unsigned *out_index)
{
    const char *end = find_end(at);
    unsigned n_best = 0;
    *out_end = end;
    for (unsigned i = 0; i < SEPARATORS_MAX; i++) {
        g_autofree char *name = g_strndup(at, (gsize)(end - at));
        unsigned index = SC_IMPORT_NONE;
        unsigned n = sc_import_tables_name_site(self->tables, name, &index);
        if (n > 0) {
            n_best = n;
            *out_index = index;
            *out_end = end;
        }
        if (*end == '\0')
            break;
        end = find_end(g_utf8_next_char(end));
    }
    return n_best;
}

static void
add_receiving(ScImportCheck *self, unsigned index)
{
    const ScImportSite *site = sc_import_tables_get_site(self->tables, index);
    GPtrArray *receiving = self->pairing.receiving;
    for (guint i = 0; i < receiving->len; i++) {
        if (!g_str_equal(receiving->pdata[i], site->id))
            continue;
        FAULT(self, SC_IMPORT_RECEIVING, "听课教室“%s”写了两次",
              "receiving site “%s” is there twice", site->name);
        return;
    }
    if (index == self->giving)
        FAULT(self, SC_IMPORT_RECEIVING, "“%s”是主讲教室，不能同时听课",
              "“%s” is the giving site", site->name);
    else
        g_ptr_array_add(receiving, (gpointer)site->id);
}

static void
read_receiving(ScImportCheck *self)
{
    g_autofree char *cell = dup_cell(self, SC_IMPORT_RECEIVING);
    const char *at = cell;
    unsigned n_faults = self->result->n_faults;
    while (*at != '\0') {
        const char *end;
        unsigned index = SC_IMPORT_NONE;
        unsigned n = take_site(self, at, &end, &index);
        g_autofree char *name = g_strstrip(g_strndup(at, (gsize)(end - at)));
        at = *end != '\0' ? g_utf8_next_char(end) : end;
        if (*name == '\0')
            continue;
        if (n == 1)
            add_receiving(self, index);
        else
            add_site_fault(self, SC_IMPORT_RECEIVING, name, n);
    }
    if (self->pairing.receiving->len > SC_IMPORT_RECEIVING_MAX)
        FAULT(self, SC_IMPORT_RECEIVING, "听课教室最多 %d 个",
              "there may be at most %d receiving sites", SC_IMPORT_RECEIVING_MAX);
    if (self->pairing.receiving->len == 0 && self->result->n_faults == n_faults)
        sc_import_add_missing(self, SC_IMPORT_RECEIVING);
}

/* When. */

static void
read_weekday(ScImportCheck *self)
{
    const char *cell = get_cell(self, SC_IMPORT_WEEKDAY);
    if (sc_import_parse_weekday(cell, &self->entry.weekday))
        return;
    g_autofree char *shown = cut(cell);
    FAULT(self, SC_IMPORT_WEEKDAY, "“%s”不是星期几，请写 1 到 7 或周一到周日",
          "“%s” is no weekday; please write 1 to 7, or Monday to Sunday", shown);
}

static void
read_schedule(ScImportCheck *self)
{
    g_autofree char *name = dup_cell(self, SC_IMPORT_SCHEDULE);
    unsigned index = SC_IMPORT_NONE;
    self->schedule = SC_IMPORT_NONE;
    if (self->school == SC_IMPORT_NONE)
        return;
    unsigned n = sc_import_tables_name_schedule(self->tables, self->school, name, &index);
    g_autofree char *shown = cut(name);
    if (n == 0)
        FAULT(self, SC_IMPORT_SCHEDULE, "主讲学校没有作息“%s”",
              "no bell schedule “%s” holds for the giving school", shown);
    else if (n > 1 && *name == '\0')
        sc_import_add_fault(
            self, SC_IMPORT_SCHEDULE, g_strdup("主讲学校有多个作息，请写明是哪一个"),
            g_strdup("several bell schedules hold for the giving school; please "
                     "write which"));
    else if (n > 1)
        FAULT(self, SC_IMPORT_SCHEDULE, "有多个作息叫“%s”，请写成“单位/作息”",
              "several bell schedules are called “%s”; please write organisation/name",
              shown);
    if (n != 1)
        return;
    self->schedule = index;
    self->entry.schedule = sc_import_tables_get_schedule(self->tables, index)->id;
}

/* By its number; else by its name, which may say another number than it has ("早读" is
 * the first, "第一节" the second); else by the number in what is written. */
static bool
parse_period(const ScImportSchedule *schedule, const char *cell, unsigned *out_number)
{
    g_autofree char *name = g_strstrip(g_strdup(cell));
    for (unsigned i = 0; !sc_import_is_plain_number(name) && i < SC_IMPORT_PERIODS_MAX;
         i++) {
        if (g_strcmp0(schedule->period_names[i], name) != 0)
            continue;
        *out_number = i + 1;
        return true;
    }
    return sc_import_parse_number(cell, out_number);
}

static void
read_period(ScImportCheck *self)
{
    const char *cell = get_cell(self, SC_IMPORT_PERIOD);
    unsigned number = 0;
    if (self->schedule == SC_IMPORT_NONE)
        return;
    const ScImportSchedule *schedule =
        sc_import_tables_get_schedule(self->tables, self->schedule);
    self->entry.period = 0;
    if (parse_period(schedule, cell, &number) && number <= SC_IMPORT_PERIODS_MAX
        && schedule->ends_min[number - 1] > 0) {
        self->entry.period = number;
        return;
    }
    g_autofree char *shown = cut(cell);
    FAULT(self, SC_IMPORT_PERIOD, "“%s”不是作息“%s”的节次",
          "“%s” is no period of the bell schedule “%s”", shown, schedule->name);
}

static void
read_week(ScImportCheck *self, ScImportColumn column, unsigned fallback,
          unsigned *out_week)
{
    g_autofree char *cell = dup_cell(self, column);
    unsigned week = fallback;
    bool is_good = *cell == '\0'
                   || (sc_import_parse_number(cell, &week) && week <= SC_IMPORT_WEEK_MAX);
    *out_week = is_good ? week : fallback;
    if (is_good)
        return;
    g_autofree char *shown = cut(cell);
    FAULT(self, column, "“%s”不是周数，请写 1 到 %d",
          "“%s” is no week; please write 1 to %d", shown, SC_IMPORT_WEEK_MAX);
}

static void
read_weeks(ScImportCheck *self)
{
    const char *cell = get_cell(self, SC_IMPORT_WEEKS);
    ScImportEntry *entry = &self->entry;
    if (!sc_import_parse_rule(cell, &entry->rule)) {
        g_autofree char *shown = cut(cell);
        FAULT(self, SC_IMPORT_WEEKS, "“%s”不是单双周，请写全、单或双",
              "“%s” says nothing of weeks; please write all, odd or even", shown);
    }
    read_week(self, SC_IMPORT_FIRST_WEEK, 1, &entry->first_week);
    read_week(self, SC_IMPORT_LAST_WEEK, SC_IMPORT_WEEK_MAX, &entry->last_week);
    if (entry->last_week < entry->first_week)
        FAULT(self, SC_IMPORT_LAST_WEEK, "起始周 %u 晚于结束周 %u",
              "the first week %u is after the last %u", entry->first_week,
              entry->last_week);
}

void
sc_import_read_row(ScImportCheck *self)
{
    read_giving(self);
    read_teacher(self);
    read_subject(self);
    read_receiving(self);
    read_weekday(self);
    read_schedule(self);
    read_period(self);
    read_weeks(self);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* import-cell.h: the columns of a timetable as a table, and what stands in their cells as
 * people write it: "3", "三", "周三", "第三节", "单周", "Wednesday". Thread: any; no
 * state. */
#pragma once

#include <stdbool.h>

#include "signaling/school/csv-reader.h"
#include "signaling/school/term-calendar.h"

/* key, Chinese, English, may it be missing */
#define SC_IMPORT_COLUMNS(X)                                              \
    X(GIVING_SCHOOL, "giving_school", "主讲学校", "Giving school", true)  \
    X(GIVING_SITE, "giving_site", "主讲教室", "Giving site", false)       \
    X(TEACHER, "teacher", "教师", "Teacher", false)                       \
    X(SUBJECT, "subject", "科目", "Subject", false)                       \
    X(GRADE, "grade", "年级", "Grade", true)                              \
    X(RECEIVING, "receiving_sites", "听课教室", "Receiving sites", false) \
    X(WEEKDAY, "weekday", "星期", "Weekday", false)                       \
    X(PERIOD, "period", "节次", "Period", false)                          \
    X(WEEKS, "weeks", "单双周", "Weeks", true)                            \
    X(FIRST_WEEK, "first_week", "起始周", "First week", true)             \
    X(LAST_WEEK, "last_week", "结束周", "Last week", true)                \
    X(SCHEDULE, "schedule", "作息", "Bell schedule", true)

typedef enum {
#define SC_IMPORT_COLUMN_ENUM(name, key, zh, en, optional) SC_IMPORT_##name,
    SC_IMPORT_COLUMNS(SC_IMPORT_COLUMN_ENUM)
#undef SC_IMPORT_COLUMN_ENUM
        SC_N_IMPORT_COLUMNS
} ScImportColumn;

/* As in the API, in Chinese, in English; static. */
const ScCsvColumn *sc_import_column_get(ScImportColumn column);

/* Where each column is in row 0 of @csv, by its names and what else people call it; −1:
 * nowhere. False and an SC_CSV_ERROR where one is unknown, is there twice, or is missing
 * that must not be. */
bool sc_import_find_columns(const ScCsv *csv, int out_indexes[SC_N_IMPORT_COLUMNS],
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Each false where @text says nothing of the kind. */
bool sc_import_parse_weekday(const char *text, unsigned *out_weekday); /* 1: Monday */
/* "3", "第三节", "第3周", "period 3": 1 to 99. */
bool sc_import_parse_number(const char *text, unsigned *out_number);
bool sc_import_parse_rule(const char *text, ScWeekRule *out_rule); /* "": all */

/* Is it nothing but digits, so that no name is meant? */
bool sc_import_is_plain_number(const char *text);
/* Does it have 1 to @max characters, none of them a control character but for line ends
 * and tabs, as in the API? */
bool sc_import_is_name(const char *text, unsigned max);

/* SPDX-License-Identifier: Apache-2.0 */
/* province-names.h: names of places, schools and people that nobody has, and everybody
 * could have; the same number gives the same name. Thread: any; no state. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#define SC_PROVINCE_PLACES 240    /* before a place comes again */
#define SC_PROVINCE_SUBJECTS 6    /* of a class */
#define SC_PROVINCE_GRADE_FIRST 3 /* of classes that are paired */
#define SC_PROVINCE_GRADES 4

typedef struct {
    char *zh; /* owned */
    char *en; /* owned */
} ScProvinceName;

void sc_province_name_clear(ScProvinceName *name);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScProvinceName, sc_province_name_clear)

ScProvinceName sc_province_name_city(unsigned index);
ScProvinceName sc_province_name_county(unsigned index);
/* Of the @index-th school of @county. */
ScProvinceName sc_province_name_school(unsigned county, unsigned index, bool is_town);
/* Of the @index-th classroom of @school. */
ScProvinceName sc_province_name_site(const ScProvinceName *school, unsigned index);
/* `en` is made for signing in: "wang.xiuying". */
ScProvinceName sc_province_name_person(unsigned index);
/* Static. */
const char *sc_province_name_subject(unsigned index);
const char *sc_province_name_grade(unsigned index);

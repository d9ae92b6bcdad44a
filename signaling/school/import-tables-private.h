/* SPDX-License-Identifier: Apache-2.0 */
/* import-tables-private.h: what import-tables.c (places and people) and
 * import-timetable.c (pairings, entries, lessons) share. */
#pragma once

#include "signaling/school/import-tables.h"
#include "signaling/school/names.h"
#include "signaling/school/term-load.h"

struct ScImportTables {
    unsigned n_weeks;
    GStringChunk *texts;   /* owned: all texts below */
    GArray *organisations; /* owned: of ScImportOrganisation */
    GArray *sites;         /* owned: of ScImportSite */
    GArray *people;        /* owned: of ScImportPerson */
    GArray *schedules;     /* owned: of ScImportSchedule */
    GPtrArray *pairings;   /* owned: of ScImportPairing */
    GPtrArray *entries;    /* owned: of ScImportEntry */
    GPtrArray *lessons;    /* owned: of titles, borrowed from texts */
    /* id → index + 1; a key is its kind's letter and the id. Owned. */
    GHashTable *indexes;
    GHashTable *by_key;      /* owned: what a pairing is of, owned → pairing */
    GHashTable *by_site;     /* owned: site and subject of live ones, owned → pairing */
    GHashTable *by_row;      /* owned: what an entry is, owned → entry */
    GHashTable *taught;      /* owned: school and teacher of this term, owned */
    ScNames *site_names;     /* owned */
    ScNames *people_names;   /* owned */
    ScNames *schedule_names; /* owned */
    ScOccupancy *occupancy;  /* owned: "e12" is an entry's index, "l3" a lesson's */
    ScTermLoad *load;        /* owned: of all lessons, whosever they are */
};

/* One copy of each text; NULL stays NULL. */
const char *sc_import_tables_keep(ScImportTables *self, const char *text);
/* @kind: 'o'rganisation, 's'ite, 'p'erson, 'b'ells, p'a'iring. */
void sc_import_tables_set_index(ScImportTables *self, char kind, const char *id,
                                unsigned index);
unsigned sc_import_tables_find_index(const ScImportTables *self, char kind,
                                     const char *id);
/* Of self->taught. */
char *sc_import_tables_make_taught_key(unsigned school, unsigned person)
    G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: Apache-2.0 */
#include "client/roster.h"

#include <string.h>

#define TEACHER_NUMBER 1
#define FIRST_TILE_NUMBER 2

static ScEventSite *
find(const ScRoster *self, const char *site)
{
    for (unsigned i = 0; i < self->welcome.n_sites; i++)
        if (!strcmp(self->welcome.sites[i].site, site))
            return &self->welcome.sites[i];
    return NULL;
}

static void
take_welcome(ScRoster *self, const ScWelcomeEvent *welcome)
{
    sc_roster_clear(self);
    self->known = true;
    self->welcome = *welcome;
    self->welcome.room = NULL;
    self->welcome.sites =
        g_memdup2(welcome->sites, welcome->n_sites * sizeof *welcome->sites);
}

void
sc_roster_clear(ScRoster *self)
{
    g_free(self->welcome.sites);
    *self = (ScRoster){ .known = false };
}

void
sc_roster_apply(ScRoster *self, const ScEvent *event)
{
    ScEventSite *site;
    switch (event->type) {
    case SC_EVENT_WELCOME:
        take_welcome(self, &event->welcome);
        break;
    case SC_EVENT_JOINED:
    case SC_EVENT_LEFT:
        site = find(self, event->presence.site);
        if (site)
            site->present = event->presence.publishing;
        break;
    case SC_EVENT_FLOOR:
        g_strlcpy(self->welcome.floor, event->floor.site, sizeof self->welcome.floor);
        break;
    case SC_EVENT_BELL:
    case SC_EVENT_QUALITY:
    case SC_EVENT_REJOIN:
    case SC_EVENT_PONG:
    case SC_EVENT_HAND:
    case SC_EVENT_MUTE:
    case SC_EVENT_ROLL_CALL:
    case SC_EVENT_PRESENT:
    case SC_EVENT_QUIZ:
    case SC_EVENT_ANSWERED:
    case SC_EVENT_TALLY:
    case SC_EVENT_CHAT:
    case SC_EVENT_CHAT_OPEN:
    case SC_EVENT_CHAT_REMOVED:
    case SC_EVENT_REACT:
    case SC_EVENT_PEN:
    case SC_EVENT_PEN_CLEAR:
    case SC_EVENT_POINTER:
    case SC_EVENT_HELP:
    case SC_EVENT_FLOOR_TIME:
    case SC_EVENT_DOCUMENT:
    case SC_EVENT_DOCUMENT_REMOVED:
    case SC_EVENT_PAGE:
    case SC_N_EVENTS:
    case SC_EVENT_ERROR:
        break;
    }
}

const char *
sc_roster_get_site(const ScRoster *self)
{
    return self->welcome.site;
}

const char *
sc_roster_get_floor(const ScRoster *self)
{
    return self->welcome.floor;
}

const char *
sc_roster_get_teacher(const ScRoster *self)
{
    for (unsigned i = 0; i < self->welcome.n_sites; i++)
        if (self->welcome.sites[i].role == SC_ROLE_TEACHER)
            return self->welcome.sites[i].site;
    return "";
}

const ScEventSite *
sc_roster_lookup(const ScRoster *self, const char *site)
{
    return find(self, site);
}

const ScEventSite *
sc_roster_lookup_tile(const ScRoster *self, int tile)
{
    for (unsigned i = 0; i < self->welcome.n_sites; i++)
        if (self->welcome.sites[i].tile == tile)
            return &self->welcome.sites[i];
    return NULL;
}

uint16_t
sc_roster_get_source_number(const ScRoster *self, const char *site)
{
    const ScEventSite *found = find(self, site);
    if (!found)
        return 0;
    if (found->role == SC_ROLE_TEACHER)
        return TEACHER_NUMBER;
    return found->tile == SC_NO_TILE ? 0 : (uint16_t)(FIRST_TILE_NUMBER + found->tile);
}

unsigned
sc_roster_count_tiles(const ScRoster *self)
{
    unsigned n = 0;
    for (unsigned i = 0; i < self->welcome.n_sites; i++)
        if (self->welcome.sites[i].tile != SC_NO_TILE)
            n = MAX(n, (unsigned)self->welcome.sites[i].tile + 1);
    return n;
}

bool
sc_roster_is_published(const ScRoster *self, ScRole watcher)
{
    if (!self->known)
        return true;
    for (unsigned i = 0; i < self->welcome.n_sites; i++) {
        const ScEventSite *site = &self->welcome.sites[i];
        bool is_watched = watcher == SC_ROLE_TEACHER ? site->tile != SC_NO_TILE
                                                     : site->role == SC_ROLE_TEACHER;
        if (is_watched && site->present)
            return true;
    }
    return false;
}

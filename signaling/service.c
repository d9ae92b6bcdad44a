/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/service.h"

#include "signaling/api/api.h"
#include "signaling/attendance.h"
#include "signaling/clock-door.h"
#include "signaling/documents.h"
#include "signaling/echo-door.h"
#include "signaling/events.h"
#include "signaling/health.h"
#include "signaling/keeper.h"
#include "signaling/line-door.h"
#include "signaling/metrics.h"
#include "signaling/pages.h"
#include "signaling/pupils.h"
#include "signaling/school/jobs.h"
#include "signaling/server.h"
#include "signaling/whip.h"

/* All owned. */
struct ScService {
    ScClock *clock;
    ScStore *store;
    ScServer *server;
    ScClockDoor *clock_door; /* NULL: not --test-clock */
    GTimeZone *zone;
    ScConductor *conductor;
    ScBell *bell;
    ScKeeper *keeper;
    ScAttendance *attendance;
    ScJobs *jobs;
    ScApi *api;
    ScEvents *events;
    ScPupils *pupils;
    ScDocuments *documents;
    ScLineDoor *line_door;
    ScEchoDoor *echo_door;
    ScMetrics *metrics;
};

static bool
find_zone(ScService *self, const ScConfig *config, GError **error)
{
    self->zone = g_time_zone_new_identifier(config->zone);
    if (self->zone == NULL)
        g_set_error(error, SC_CONFIG_ERROR, SC_CONFIG_ERROR_VALUE,
                    "[school] zone = %s: there is no such time zone", config->zone);
    return self->zone != NULL;
}

static void
add_api(ScService *self, const ScConfig *config)
{
    self->keeper = sc_keeper_new(config, self->clock, self->store);
    self->attendance = sc_attendance_new(self->clock, self->zone, self->store,
                                         self->conductor, self->bell);
    self->jobs = sc_jobs_new(self->store, self->clock, self->zone, self->bell);
    const ScApiParts parts = {
        .config = config,
        .store = self->store,
        .clock = self->clock,
        .zone = self->zone,
        .conductor = self->conductor,
        .bell = self->bell,
        .attendance = self->attendance,
        .jobs = self->jobs,
    };
    self->api = sc_api_new(self->server, &parts);
}

static bool
build(ScService *self, const ScConfig *config, GError **error)
{
    self->clock = sc_clock_new();
    self->store = sc_store_open(config->database, error);
    if (self->store == NULL || !find_zone(self, config, error))
        return false;
    self->server = sc_server_new(config);
    if (config->test_clock) {
        self->clock_door = sc_clock_door_new(config, self->server, self->clock, error);
        if (self->clock_door == NULL)
            return false;
    }
    self->conductor = sc_conductor_new(config, self->clock, self->store, error);
    if (self->conductor == NULL)
        return false;
    self->bell = sc_bell_new(config, self->clock, self->store, self->conductor);
    self->events =
        sc_events_new(config, self->clock, self->server, self->conductor, self->bell);
    self->metrics =
        sc_metrics_new(self->server, self->conductor, self->events, self->bell);
    sc_health_add_routes(self->server, sc_conductor_get_media(self->conductor));
    sc_whip_add_routes(self->server, self->conductor);
    self->pupils = sc_pupils_new(self->server, self->clock, self->conductor);
    self->documents =
        sc_documents_new(config, self->clock, self->server, self->store, self->conductor);
    self->line_door = sc_line_door_new(self->server, self->clock, self->conductor);
    self->echo_door =
        sc_echo_door_new(self->server, self->clock, self->store, self->conductor);
    add_api(self, config);
    sc_pages_add_routes(self->server);
    return sc_server_listen(self->server, config, error);
}

ScService *
sc_service_new(const ScConfig *config, GError **error)
{
    g_autoptr(ScService) self = g_new0(ScService, 1);
    return build(self, config, error) ? g_steal_pointer(&self) : NULL;
}

/* 1. people: the conductor has nobody to tell any more; 2. the bell, then the conductor:
 * ends the calls to the relay, and with them the requests that wait, as the clock's door
 * does; 3. the server: closes their connections; 4. the API, and who counted;
 * 5. the store and the clock, that all of them used. */
void
sc_service_free(ScService *self)
{
    if (self == NULL)
        return;
    sc_events_free(self->events);
    sc_jobs_free(self->jobs);
    sc_attendance_free(self->attendance);
    sc_keeper_free(self->keeper);
    sc_bell_free(self->bell);
    sc_conductor_free(self->conductor);
    sc_clock_door_free(self->clock_door);
    sc_server_free(self->server);
    sc_api_free(self->api);
    sc_documents_free(self->documents);
    sc_pupils_free(self->pupils);
    sc_line_door_free(self->line_door);
    sc_echo_door_free(self->echo_door);
    sc_metrics_free(self->metrics);
    sc_store_free(self->store);
    sc_clock_free(self->clock);
    g_clear_pointer(&self->zone, g_time_zone_unref);
    g_free(self);
}

unsigned
sc_service_get_port(const ScService *self)
{
    return sc_server_get_port(self->server);
}

ScClock *
sc_service_get_clock(ScService *self)
{
    return self->clock;
}

ScStore *
sc_service_get_store(ScService *self)
{
    return self->store;
}

ScConductor *
sc_service_get_conductor(ScService *self)
{
    return self->conductor;
}

ScBell *
sc_service_get_bell(ScService *self)
{
    return self->bell;
}

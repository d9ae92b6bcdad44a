/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/service.h"

#include "signaling/events.h"
#include "signaling/health.h"
#include "signaling/metrics.h"
#include "signaling/pages.h"
#include "signaling/server.h"
#include "signaling/whip.h"

/* All owned. */
struct ScService {
    ScStore *store;
    ScServer *server;
    ScConductor *conductor;
    ScEvents *events;
    ScMetrics *metrics;
};

static bool
build(ScService *self, const ScConfig *config, GError **error)
{
    self->store = sc_store_open(config->database, error);
    if (self->store == NULL)
        return false;
    self->server = sc_server_new(config, error);
    if (self->server == NULL)
        return false;
    self->conductor = sc_conductor_new(config, self->store, error);
    if (self->conductor == NULL)
        return false;
    self->events = sc_events_new(config, self->server, self->conductor);
    self->metrics = sc_metrics_new(self->server, self->conductor, self->events);
    sc_health_add_routes(self->server, sc_conductor_get_media(self->conductor));
    sc_whip_add_routes(self->server, self->conductor);
    sc_pages_add_routes(self->server);
    return sc_server_listen(self->server, config, error);
}

ScService *
sc_service_new(const ScConfig *config, GError **error)
{
    g_autoptr(ScService) self = g_new0(ScService, 1);
    return build(self, config, error) ? g_steal_pointer(&self) : NULL;
}

/* 1. people: the conductor has nobody to tell any more; 2. the conductor: ends the calls
 * to the relay, and with them the requests that wait; 3. the server: closes their
 * connections;
 * 4. who counted them; 5. the store, that all of them used. */
void
sc_service_free(ScService *self)
{
    if (self == NULL)
        return;
    sc_events_free(self->events);
    sc_conductor_free(self->conductor);
    sc_server_free(self->server);
    sc_metrics_free(self->metrics);
    sc_store_free(self->store);
    g_free(self);
}

unsigned
sc_service_get_port(const ScService *self)
{
    return sc_server_get_port(self->server);
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

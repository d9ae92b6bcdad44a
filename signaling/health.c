/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/health.h"

static void
on_health(ScExchange *exchange, gpointer media)
{
    bool has_relay = sc_media_is_ready(media);
    g_autofree char *body = g_strdup_printf(
        "{\"status\":\"%s\",\"relay\":%s,\"version\":\"%s\"}",
        has_relay ? "ok" : "degraded", has_relay ? "true" : "false", SC_VERSION);
    sc_exchange_set_header(exchange, "Cache-Control", "no-store");
    sc_exchange_reply(exchange, has_relay ? 200 : 503, "application/json", body);
}

static const ScRoute routes[] = {
    { "GET", "/healthz", NULL, 0, on_health },
};

void
sc_health_add_routes(ScServer *server, ScMedia *media)
{
    sc_server_add_routes(server, routes, G_N_ELEMENTS(routes), media);
}

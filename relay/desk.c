/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-desk"

#include "relay/desk.h"

#include <string.h>

#include "relay/bulletin.h"
#include "relay/figures.h"
#include "relay/registry.h"
#include "relay/request.h"

#define QUALITIES_MAX 200 /* transports in one notification */

struct ScDesk {
    const ScConfig *config; /* borrowed */
    ScRelay *relay;         /* borrowed */
    ScRegistry *registry;   /* owned */
    ScDeskListener listener;
};

typedef GVariant *(*Handler)(ScDesk *self, GVariant *params, unsigned ticket,
                             GError **error);

static GVariant *
make_empty(void)
{
    return g_variant_new("a{sv}", NULL);
}

/* @fingerprint: NULL where it was told before. */
static GVariant *
make_reach(const ScDesk *self, const char *ufrag, const char *password,
           const char *fingerprint)
{
    ScAddress addresses[SC_CONFIG_ANNOUNCE_MAX];
    ScBulletinReach reach = {
        .ufrag = ufrag,
        .password = password,
        .fingerprint = fingerprint,
        .addresses = addresses,
        .n_addresses = sc_config_get_announced(self->config, addresses),
        .port = sc_relay_get_port(self->relay),
    };

    return sc_bulletin_make_reach(&reach);
}

/* Notices of workers, told to signaling. */

static void
reply_restarted(ScDesk *self, const ScNotice *notice)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) result = NULL;

    if (notice->ufrag != NULL)
        result =
            g_variant_ref_sink(make_reach(self, notice->ufrag, notice->password, NULL));
    else
        g_set_error(&error, SC_REQUEST_ERROR, SC_REQUEST_ERROR_BAD_PARAMETERS, "ice: %s",
                    notice->reason);
    if (self->listener.reply != NULL)
        self->listener.reply(GPOINTER_TO_UINT(notice->request), result, error,
                             self->listener.user_data);
}

static void
tell(const ScDesk *self, const char *method, GVariant *params)
{
    g_autoptr(GVariant) owned = g_variant_ref_sink(params);

    if (self->listener.notify != NULL)
        self->listener.notify(method, owned, self->listener.user_data);
}

static void
log_transport(const ScRegistryTransport *transport, const ScNotice *notice)
{
    char address[SC_ADDRESS_STRING_MAX];

    sc_address_write(&notice->address, address);
    if (notice->state == SC_TRANSPORT_CONNECTED)
        g_message("transport %s: connected from %s with %s", transport->name, address,
                  sc_bulletin_get_profile_name(notice->profile));
    else
        g_message("transport %s: %s: %s", transport->name,
                  sc_transport_state_get_name(notice->state), notice->reason);
}

static void
on_transport_notice(ScDesk *self, ScRegistryTransport *transport, const ScNotice *notice)
{
    log_transport(transport, notice);
    transport->state = notice->state;
    tell(self, "transport.state", sc_bulletin_make_transport_state(transport, notice));
    if (notice->state == SC_TRANSPORT_CLOSED)
        sc_registry_remove(self->registry, transport);
}

static void
on_track_notice(ScDesk *self, ScRegistryTransport *transport, const ScNotice *notice)
{
    ScRegistryTrack *track = transport->tracks->pdata[notice->track];

    track->flowing = notice->flowing;
    tell(self, "track.state", sc_bulletin_make_track_state(track));
}

static void
on_quality_notice(const ScDesk *self, const ScNotice *notice)
{
    for (unsigned i = 0; i < notice->n_quality; i += QUALITIES_MAX)
        tell(self, "quality",
             sc_bulletin_make_qualities(self->registry, &notice->quality[i],
                                        MIN(notice->n_quality - i, QUALITIES_MAX)));
}

static void
on_notice(const ScNotice *notice, void *desk)
{
    ScDesk *self = desk;
    ScRegistryTransport *transport =
        sc_registry_lookup_id(self->registry, notice->transport);

    /* One that signaling has closed meanwhile is of no interest any more. */
    switch (notice->kind) {
    case SC_NOTICE_TRANSPORT:
        if (transport != NULL)
            on_transport_notice(self, transport, notice);
        return;
    case SC_NOTICE_TRACK:
        if (transport != NULL)
            on_track_notice(self, transport, notice);
        return;
    case SC_NOTICE_RESTARTED:
        reply_restarted(self, notice);
        return;
    case SC_NOTICE_QUALITY:
        on_quality_notice(self, notice);
        return;
    }
    g_assert_not_reached();
}

ScDesk *
sc_desk_new(const ScConfig *config, ScRelay *relay)
{
    ScDesk *self = g_new0(ScDesk, 1);

    self->config = config;
    self->relay = relay;
    self->registry = sc_registry_new();
    sc_relay_listen(relay, on_notice, self);
    return self;
}

void
sc_desk_free(ScDesk *self)
{
    if (self == NULL)
        return;
    sc_relay_listen(self->relay, NULL, NULL);
    sc_registry_free(self->registry);
    g_free(self);
}

void
sc_desk_listen(ScDesk *self, const ScDeskListener *listener)
{
    self->listener = *listener;
}

/* One request may name a track or a slot twice, too. */
static bool
is_track_taken(const ScDesk *self, const ScRequestCreate *request, unsigned index)
{
    const char *name = request->tracks[index].name;

    for (unsigned i = 0; i < index; i++)
        if (strcmp(request->tracks[i].name, name) == 0)
            return true;
    return sc_registry_lookup_track(self->registry, name) != NULL;
}

static bool
is_slot_taken(const ScDesk *self, const ScRequestCreate *request, unsigned index)
{
    const char *name = request->slots[index].name;

    for (unsigned i = 0; i < index; i++)
        if (strcmp(request->slots[i].name, name) == 0)
            return true;
    return sc_registry_lookup_slot(self->registry, name) != NULL;
}

static bool
is_new(const ScDesk *self, const ScRequestCreate *request, GError **error)
{
    const char *taken = NULL;

    if (sc_registry_lookup(self->registry, request->transport) != NULL)
        taken = request->transport;
    for (unsigned i = 0; i < request->n_tracks; i++)
        if (is_track_taken(self, request, i))
            taken = request->tracks[i].name;
    for (unsigned i = 0; i < request->n_slots; i++)
        if (is_slot_taken(self, request, i))
            taken = request->slots[i].name;
    if (taken != NULL)
        g_set_error(error, SC_REQUEST_ERROR, SC_REQUEST_ERROR_EXISTS, "%s: exists",
                    taken);
    return taken == NULL;
}

static bool
has_room(const ScDesk *self, GError **error)
{
    if (sc_registry_count(self->registry) < (unsigned)self->config->max_transports)
        return true;
    g_set_error(error, SC_REQUEST_ERROR, SC_REQUEST_ERROR_LIMIT,
                "%d transports are the limit", self->config->max_transports);
    return false;
}

static void
enter(ScDesk *self, const ScRequestCreate *request, const ScTransport *transport)
{
    ScRegistryTransport *entry =
        sc_registry_add(self->registry, request->transport, request->tag, transport->id);

    for (unsigned i = 0; transport->intake != NULL && i < transport->intake->n_tracks;
         i++)
        sc_registry_add_track(self->registry, entry, transport->intake->tracks[i]);
    for (unsigned i = 0; i < request->n_slots; i++)
        sc_registry_add_slot(self->registry, entry, request->slots[i].name);
}

static GVariant *
create(ScDesk *self, const ScRequestCreate *request, GError **error)
{
    ScTransportSpec spec = {
        .ufrag = request->ice.ufrag,
        .password = request->ice.password,
        .fingerprint = request->fingerprint,
        .extensions = request->extensions,
        .tracks = request->tracks,
        .n_tracks = request->n_tracks,
        .slots = request->slots,
        .n_slots = request->n_slots,
    };
    g_autoptr(GError) refusal = NULL;
    const ScTransport *transport = sc_relay_add(self->relay, &spec, &refusal);

    if (transport == NULL) {
        g_set_error(error, SC_REQUEST_ERROR, SC_REQUEST_ERROR_BAD_PARAMETERS, "ice: %s",
                    refusal->message);
        return NULL;
    }
    enter(self, request, transport);
    return make_reach(self, sc_ice_get_local_ufrag(transport->ice),
                      sc_ice_get_local_password(transport->ice),
                      sc_relay_get_fingerprint(self->relay));
}

static GVariant *
on_create(ScDesk *self, GVariant *params, unsigned ticket G_GNUC_UNUSED, GError **error)
{
    g_autofree ScRequestCreate *request = g_new0(ScRequestCreate, 1);

    if (!sc_request_parse_create(params, request, error) || !is_new(self, request, error)
        || !has_room(self, error))
        return NULL;
    return create(self, request, error);
}

static ScRegistryTransport *
find_transport(const ScDesk *self, const char *name, GError **error)
{
    ScRegistryTransport *transport = sc_registry_lookup(self->registry, name);

    if (transport == NULL)
        g_set_error(error, SC_REQUEST_ERROR, SC_REQUEST_ERROR_UNKNOWN_TRANSPORT,
                    "%s: unknown transport", name);
    return transport;
}

static GVariant *
on_restart_ice(ScDesk *self, GVariant *params, unsigned ticket, GError **error)
{
    ScRequestRestart request = { 0 };
    ScRegistryTransport *transport;
    ScOrder *order;

    if (!sc_request_parse_restart(params, &request, error))
        return NULL;
    transport = find_transport(self, request.transport, error);
    if (transport == NULL)
        return NULL;
    order = sc_order_new(SC_ORDER_RESTART_ICE, transport->id);
    order->ufrag = g_strdup(request.ice.ufrag);
    order->password = g_strdup(request.ice.password);
    order->request = GUINT_TO_POINTER(ticket);
    if (!sc_relay_give(self->relay, order))
        g_set_error(error, SC_REQUEST_ERROR, SC_REQUEST_ERROR_LIMIT,
                    "%s: its worker has no room for more", request.transport);
    return NULL;
}

static GVariant *
on_close(ScDesk *self, GVariant *params, unsigned ticket G_GNUC_UNUSED, GError **error)
{
    char name[SC_TRACK_NAME_MAX + 1] = "";
    ScRegistryTransport *transport;

    if (!sc_request_parse_close(params, name, error))
        return NULL;
    transport = find_transport(self, name, error);
    if (transport == NULL)
        return NULL;
    if (!sc_relay_give(self->relay, sc_order_new(SC_ORDER_CLOSE, transport->id)))
        g_debug("transport %s: closed by itself a moment ago", name);
    sc_registry_remove(self->registry, transport);
    return make_empty();
}

/* All names are known, or nothing is done. */
static bool
are_patches_known(const ScDesk *self, const GArray *patches, GError **error)
{
    for (unsigned i = 0; i < patches->len; i++) {
        const ScRequestPatch *patch = &g_array_index(patches, ScRequestPatch, i);

        if (sc_registry_lookup_slot(self->registry, patch->slot) == NULL) {
            g_set_error(error, SC_REQUEST_ERROR, SC_REQUEST_ERROR_UNKNOWN_SLOT,
                        "%s: unknown slot", patch->slot);
            return false;
        }
        if (patch->track[0] != '\0'
            && sc_registry_lookup_track(self->registry, patch->track) == NULL) {
            g_set_error(error, SC_REQUEST_ERROR, SC_REQUEST_ERROR_UNKNOWN_TRACK,
                        "%s: unknown track", patch->track);
            return false;
        }
    }
    return true;
}

/* One order for each run of patches to one transport. */
static void
give_patches(ScDesk *self, const GArray *patches)
{
    ScOrder *order = NULL;

    for (unsigned i = 0; i < patches->len; i++) {
        const ScRequestPatch *patch = &g_array_index(patches, ScRequestPatch, i);
        ScRegistrySlot *slot = sc_registry_lookup_slot(self->registry, patch->slot);
        ScRegistryTrack *track =
            patch->track[0] == '\0'
                ? NULL
                : sc_registry_lookup_track(self->registry, patch->track);

        if (order != NULL && order->transport != slot->transport->id)
            sc_relay_give(self->relay, g_steal_pointer(&order));
        if (order == NULL)
            order = sc_order_new(SC_ORDER_PATCH, slot->transport->id);
        sc_order_add_patch(order, slot->index, track == NULL ? NULL : track->track);
        sc_registry_feed(slot, track == NULL ? NULL : track->name);
    }
    if (order != NULL)
        sc_relay_give(self->relay, order);
}

static GVariant *
on_patch(ScDesk *self, GVariant *params, unsigned ticket G_GNUC_UNUSED, GError **error)
{
    g_autoptr(GArray) patches = sc_request_parse_patches(params, error);

    if (patches == NULL || !are_patches_known(self, patches, error))
        return NULL;
    give_patches(self, patches);
    return make_empty();
}

static GVariant *
on_list(ScDesk *self, GVariant *params G_GNUC_UNUSED, unsigned ticket G_GNUC_UNUSED,
        GError **error G_GNUC_UNUSED)
{
    return sc_bulletin_make_list(self->registry);
}

static GVariant *
on_stats(ScDesk *self, GVariant *params G_GNUC_UNUSED, unsigned ticket G_GNUC_UNUSED,
         GError **error G_GNUC_UNUSED)
{
    g_autofree ScStatsSum *sum = g_new0(ScStatsSum, 1);

    sc_relay_sum_stats(self->relay, sum);
    return sc_figures_make(sum, self->registry, sc_relay_get_n_workers(self->relay));
}

static const struct {
    const char *method;
    Handler handler;
} HANDLERS[] = {
    { "transport.create", on_create }, { "transport.restart_ice", on_restart_ice },
    { "transport.close", on_close },   { "slot.patch", on_patch },
    { "relay.list", on_list },         { "relay.stats", on_stats },
};

GVariant *
sc_desk_handle(ScDesk *self, const char *method, GVariant *params, unsigned ticket,
               GError **error)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(HANDLERS); i++)
        if (strcmp(HANDLERS[i].method, method) == 0)
            return HANDLERS[i].handler(self, params, ticket, error);
    g_set_error(error, SC_REQUEST_ERROR, SC_REQUEST_ERROR_UNKNOWN_METHOD,
                "%.64s: there is no such method", method);
    return NULL;
}

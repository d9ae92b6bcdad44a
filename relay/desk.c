/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-desk"

#include "relay/desk.h"

#include <string.h>

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

static GVariant *
make_text(const char *text)
{
    return g_variant_new_string(text);
}

/* A JSON null where @text is NULL. */
static GVariant *
make_text_or_null(const char *text)
{
    return text == NULL ? g_variant_new_maybe(G_VARIANT_TYPE_VARIANT, NULL)
                        : make_text(text);
}

static GVariant *
make_ice(const char *ufrag, const char *password)
{
    GVariantBuilder ice;

    g_variant_builder_init(&ice, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&ice, "{sv}", "ufrag", make_text(ufrag));
    g_variant_builder_add(&ice, "{sv}", "pwd", make_text(password));
    return g_variant_builder_end(&ice);
}

static GVariant *
make_candidates(const ScDesk *self)
{
    ScAddress addresses[SC_CONFIG_ANNOUNCE_MAX];
    unsigned n = sc_config_get_announced(self->config, addresses);
    GVariantBuilder candidates;

    g_variant_builder_init(&candidates, G_VARIANT_TYPE("av"));
    for (unsigned i = 0; i < n; i++) {
        char text[SC_ADDRESS_STRING_MAX];
        GVariantBuilder one;

        g_variant_builder_init(&one, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add(&one, "{sv}", "address",
                              make_text(sc_address_write_ip(&addresses[i], text)));
        g_variant_builder_add(&one, "{sv}", "port",
                              g_variant_new_int64(sc_relay_get_port(self->relay)));
        g_variant_builder_add(&candidates, "v", g_variant_builder_end(&one));
    }
    return g_variant_builder_end(&candidates);
}

/* Notices of workers, told to signaling. */

static void
reply_restarted(ScDesk *self, const ScNotice *notice)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) result = NULL;
    GVariantBuilder builder;

    if (notice->ufrag != NULL) {
        g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add(&builder, "{sv}", "ice",
                              make_ice(notice->ufrag, notice->password));
        g_variant_builder_add(&builder, "{sv}", "candidates", make_candidates(self));
        result = g_variant_ref_sink(g_variant_builder_end(&builder));
    } else {
        g_set_error(&error, SC_REQUEST_ERROR, SC_REQUEST_ERROR_BAD_PARAMETERS, "ice: %s",
                    notice->reason);
    }
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

static const char *
get_profile_name(ScSrtpProfile profile)
{
    return profile == SC_SRTP_AEAD_AES_128_GCM ? "AEAD_AES_128_GCM" : "AES128_CM_SHA1_80";
}

static void
log_transport(const ScRegistryTransport *transport, const ScNotice *notice)
{
    char address[SC_ADDRESS_STRING_MAX];

    sc_address_write(&notice->address, address);
    if (notice->state == SC_TRANSPORT_CONNECTED)
        g_message("transport %s: connected from %s with %s", transport->name, address,
                  get_profile_name(notice->profile));
    else
        g_message("transport %s: %s: %s", transport->name,
                  sc_transport_state_get_name(notice->state), notice->reason);
}

static void
on_transport_notice(ScDesk *self, ScRegistryTransport *transport, const ScNotice *notice)
{
    char address[SC_ADDRESS_STRING_MAX];
    GVariantBuilder params;

    log_transport(transport, notice);
    transport->state = notice->state;
    g_variant_builder_init(&params, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&params, "{sv}", "transport", make_text(transport->name));
    g_variant_builder_add(&params, "{sv}", "state",
                          make_text(sc_transport_state_get_name(notice->state)));
    if (notice->reason != NULL)
        g_variant_builder_add(&params, "{sv}", "reason", make_text(notice->reason));
    if (notice->state == SC_TRANSPORT_CONNECTED) {
        g_variant_builder_add(&params, "{sv}", "address",
                              make_text(sc_address_write(&notice->address, address)));
        g_variant_builder_add(&params, "{sv}", "profile",
                              make_text(get_profile_name(notice->profile)));
    }
    tell(self, "transport.state", g_variant_builder_end(&params));
    if (notice->state == SC_TRANSPORT_CLOSED)
        sc_registry_remove(self->registry, transport);
}

static void
on_track_notice(ScDesk *self, ScRegistryTransport *transport, const ScNotice *notice)
{
    ScRegistryTrack *track = transport->tracks->pdata[notice->track];
    GVariantBuilder params;

    track->flowing = notice->flowing;
    g_variant_builder_init(&params, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&params, "{sv}", "track", make_text(track->name));
    g_variant_builder_add(&params, "{sv}", "state",
                          make_text(track->flowing ? "flowing" : "silent"));
    tell(self, "track.state", g_variant_builder_end(&params));
}

static GVariant *
make_direction(uint32_t kbps, float loss_pct)
{
    GVariantBuilder direction;

    g_variant_builder_init(&direction, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&direction, "{sv}", "kbps", g_variant_new_int64(kbps));
    g_variant_builder_add(&direction, "{sv}", "loss_pct", g_variant_new_double(loss_pct));
    return g_variant_builder_end(&direction);
}

static void
add_total(GVariantBuilder *one, const char *name, uint32_t total)
{
    g_variant_builder_add(one, "{sv}", name, g_variant_new_int64(total));
}

static GVariant *
make_quality(const ScRegistryTransport *transport, const ScQuality *quality)
{
    GVariantBuilder one;

    g_variant_builder_init(&one, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&one, "{sv}", "transport", make_text(transport->name));
    g_variant_builder_add(&one, "{sv}", "rtt_ms", g_variant_new_int64(quality->rtt_ms));
    g_variant_builder_add(&one, "{sv}", "up",
                          make_direction(quality->up_kbps, quality->up_loss_pct));
    g_variant_builder_add(&one, "{sv}", "down",
                          make_direction(quality->down_kbps, quality->down_loss_pct));
    add_total(&one, "arrived_ms", quality->arrived_ms);
    add_total(&one, "delivered_ms", quality->delivered_ms);
    g_variant_builder_add(&one, "{sv}", "delivering",
                          g_variant_new_boolean(quality->delivering));
    g_variant_builder_add(&one, "{sv}", "limited",
                          g_variant_new_boolean(quality->limited));
    add_total(&one, "interruptions", quality->n_interruptions);
    if (quality->width > 0) {
        add_total(&one, "width", quality->width);
        add_total(&one, "height", quality->height);
    }
    return g_variant_builder_end(&one);
}

static void
tell_qualities(const ScDesk *self, const ScQuality *qualities, unsigned n)
{
    GVariantBuilder transports;
    GVariantBuilder params;

    g_variant_builder_init(&transports, G_VARIANT_TYPE("av"));
    for (unsigned i = 0; i < n; i++) {
        const ScRegistryTransport *transport =
            sc_registry_lookup_id(self->registry, qualities[i].transport);

        if (transport != NULL)
            g_variant_builder_add(&transports, "v",
                                  make_quality(transport, &qualities[i]));
    }
    g_variant_builder_init(&params, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&params, "{sv}", "transports",
                          g_variant_builder_end(&transports));
    tell(self, "quality", g_variant_builder_end(&params));
}

static void
on_quality_notice(const ScDesk *self, const ScNotice *notice)
{
    for (unsigned i = 0; i < notice->n_quality; i += QUALITIES_MAX)
        tell_qualities(self, &notice->quality[i],
                       MIN(notice->n_quality - i, QUALITIES_MAX));
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
    GVariantBuilder result;

    if (transport == NULL) {
        g_set_error(error, SC_REQUEST_ERROR, SC_REQUEST_ERROR_BAD_PARAMETERS, "ice: %s",
                    refusal->message);
        return NULL;
    }
    enter(self, request, transport);
    g_variant_builder_init(&result, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&result, "{sv}", "ice",
                          make_ice(sc_ice_get_local_ufrag(transport->ice),
                                   sc_ice_get_local_password(transport->ice)));
    g_variant_builder_add(&result, "{sv}", "fingerprint",
                          make_text(sc_relay_get_fingerprint(self->relay)));
    g_variant_builder_add(&result, "{sv}", "candidates", make_candidates(self));
    return g_variant_builder_end(&result);
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
make_listed_tracks(const ScRegistryTransport *transport)
{
    GVariantBuilder tracks;

    g_variant_builder_init(&tracks, G_VARIANT_TYPE("av"));
    for (unsigned i = 0; i < transport->tracks->len; i++) {
        const ScRegistryTrack *track = transport->tracks->pdata[i];
        GVariantBuilder one;

        g_variant_builder_init(&one, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add(&one, "{sv}", "track", make_text(track->name));
        g_variant_builder_add(&one, "{sv}", "state",
                              make_text(track->flowing ? "flowing" : "silent"));
        g_variant_builder_add(&tracks, "v", g_variant_builder_end(&one));
    }
    return g_variant_builder_end(&tracks);
}

static GVariant *
make_listed_slots(const ScRegistry *registry, const ScRegistryTransport *transport)
{
    GVariantBuilder slots;

    g_variant_builder_init(&slots, G_VARIANT_TYPE("av"));
    for (unsigned i = 0; i < transport->slots->len; i++) {
        const ScRegistrySlot *slot = transport->slots->pdata[i];
        GVariantBuilder one;

        g_variant_builder_init(&one, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add(&one, "{sv}", "slot", make_text(slot->name));
        g_variant_builder_add(&one, "{sv}", "track",
                              make_text_or_null(sc_registry_get_feed(registry, slot)));
        g_variant_builder_add(&slots, "v", g_variant_builder_end(&one));
    }
    return g_variant_builder_end(&slots);
}

typedef struct {
    const ScRegistry *registry;
    GVariantBuilder transports;
} List;

static void
list_transport(ScRegistryTransport *transport, void *user_data)
{
    List *list = user_data;
    GVariantBuilder one;

    g_variant_builder_init(&one, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&one, "{sv}", "transport", make_text(transport->name));
    g_variant_builder_add(&one, "{sv}", "tag", make_text(transport->tag));
    g_variant_builder_add(&one, "{sv}", "state",
                          make_text(sc_transport_state_get_name(transport->state)));
    g_variant_builder_add(&one, "{sv}", "tracks", make_listed_tracks(transport));
    g_variant_builder_add(&one, "{sv}", "slots",
                          make_listed_slots(list->registry, transport));
    g_variant_builder_add(&list->transports, "v", g_variant_builder_end(&one));
}

static GVariant *
on_list(ScDesk *self, GVariant *params G_GNUC_UNUSED, unsigned ticket G_GNUC_UNUSED,
        GError **error G_GNUC_UNUSED)
{
    List list = { .registry = self->registry };
    GVariantBuilder result;

    g_variant_builder_init(&list.transports, G_VARIANT_TYPE("av"));
    sc_registry_foreach(self->registry, list_transport, &list);
    g_variant_builder_init(&result, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&result, "{sv}", "transports",
                          g_variant_builder_end(&list.transports));
    return g_variant_builder_end(&result);
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

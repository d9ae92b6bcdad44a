/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/bulletin.h"

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
make_candidates(const ScBulletinReach *reach)
{
    GVariantBuilder candidates;

    g_variant_builder_init(&candidates, G_VARIANT_TYPE("av"));
    for (unsigned i = 0; i < reach->n_addresses; i++) {
        char text[SC_ADDRESS_STRING_MAX];
        GVariantBuilder one;

        g_variant_builder_init(&one, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add(&one, "{sv}", "address",
                              make_text(sc_address_write_ip(&reach->addresses[i], text)));
        g_variant_builder_add(&one, "{sv}", "port", g_variant_new_int64(reach->port));
        g_variant_builder_add(&candidates, "v", g_variant_builder_end(&one));
    }
    return g_variant_builder_end(&candidates);
}

GVariant *
sc_bulletin_make_reach(const ScBulletinReach *reach)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&builder, "{sv}", "ice",
                          make_ice(reach->ufrag, reach->password));
    if (reach->fingerprint != NULL)
        g_variant_builder_add(&builder, "{sv}", "fingerprint",
                              make_text(reach->fingerprint));
    g_variant_builder_add(&builder, "{sv}", "candidates", make_candidates(reach));
    return g_variant_builder_end(&builder);
}

const char *
sc_bulletin_get_profile_name(ScSrtpProfile profile)
{
    return profile == SC_SRTP_AEAD_AES_128_GCM ? "AEAD_AES_128_GCM" : "AES128_CM_SHA1_80";
}

GVariant *
sc_bulletin_make_transport_state(const ScRegistryTransport *transport,
                                 const ScNotice *notice)
{
    char address[SC_ADDRESS_STRING_MAX];
    GVariantBuilder params;

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
                              make_text(sc_bulletin_get_profile_name(notice->profile)));
    }
    return g_variant_builder_end(&params);
}

GVariant *
sc_bulletin_make_track_state(const ScRegistryTrack *track)
{
    GVariantBuilder params;

    g_variant_builder_init(&params, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&params, "{sv}", "track", make_text(track->name));
    g_variant_builder_add(&params, "{sv}", "state",
                          make_text(track->flowing ? "flowing" : "silent"));
    return g_variant_builder_end(&params);
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

GVariant *
sc_bulletin_make_qualities(const ScRegistry *registry, const ScQuality *qualities,
                           unsigned n)
{
    GVariantBuilder transports;
    GVariantBuilder params;

    g_variant_builder_init(&transports, G_VARIANT_TYPE("av"));
    for (unsigned i = 0; i < n; i++) {
        const ScRegistryTransport *transport =
            sc_registry_lookup_id(registry, qualities[i].transport);

        if (transport != NULL)
            g_variant_builder_add(&transports, "v",
                                  make_quality(transport, &qualities[i]));
    }
    g_variant_builder_init(&params, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&params, "{sv}", "transports",
                          g_variant_builder_end(&transports));
    return g_variant_builder_end(&params);
}

static GVariant *
make_listed_tracks(const ScRegistryTransport *transport)
{
    GVariantBuilder tracks;

    g_variant_builder_init(&tracks, G_VARIANT_TYPE("av"));
    for (unsigned i = 0; i < transport->tracks->len; i++) {
        const ScRegistryTrack *track = transport->tracks->pdata[i];

        g_variant_builder_add(&tracks, "v", sc_bulletin_make_track_state(track));
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

GVariant *
sc_bulletin_make_list(const ScRegistry *registry)
{
    List list = { .registry = registry };
    GVariantBuilder result;

    g_variant_builder_init(&list.transports, G_VARIANT_TYPE("av"));
    sc_registry_foreach(registry, list_transport, &list);
    g_variant_builder_init(&result, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&result, "{sv}", "transports",
                          g_variant_builder_end(&list.transports));
    return g_variant_builder_end(&result);
}

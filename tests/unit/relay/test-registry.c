/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "relay/registry.h"

static ScTrack *
make_track(const char *name)
{
    g_autoptr(ScConfig) config = sc_config_new();
    ScTrackSpec spec = { .codec = SC_CODEC_OPUS };

    g_strlcpy(spec.name, name, sizeof spec.name);
    return sc_track_new(&spec, 1, 1, config);
}

static void
a_transport_is_found_by_all_its_names(void)
{
    g_autoptr(ScRegistry) registry = sc_registry_new();
    g_autoptr(ScTrack) track = make_track("k1");
    ScRegistryTransport *transport = sc_registry_add(registry, "t1", "tag", 77);

    sc_registry_add_track(registry, transport, track);
    sc_registry_add_slot(registry, transport, "s0");
    sc_registry_add_slot(registry, transport, "s1");
    g_assert_true(sc_registry_lookup(registry, "t1") == transport);
    g_assert_true(sc_registry_lookup_id(registry, 77) == transport);
    g_assert_true(sc_registry_lookup_track(registry, "k1")->track == track);
    g_assert_cmpuint(sc_registry_lookup_slot(registry, "s1")->index, ==, 1);
    g_assert_true(sc_registry_lookup_slot(registry, "s1")->transport == transport);
    g_assert_null(sc_registry_lookup(registry, "t2"));

    sc_registry_remove(registry, transport);
    g_assert_null(sc_registry_lookup(registry, "t1"));
    g_assert_null(sc_registry_lookup_id(registry, 77));
    g_assert_null(sc_registry_lookup_track(registry, "k1"));
    g_assert_null(sc_registry_lookup_slot(registry, "s1"));
    g_assert_cmpuint(atomic_load(&track->n_refs), ==, 1);
}

static void
a_slot_whose_publisher_left_is_fed_by_none(void)
{
    g_autoptr(ScRegistry) registry = sc_registry_new();
    g_autoptr(ScTrack) track = make_track("k1");
    ScRegistryTransport *publisher = sc_registry_add(registry, "p", "", 1);
    ScRegistryTransport *receiver = sc_registry_add(registry, "r", "", 2);

    sc_registry_add_track(registry, publisher, track);
    sc_registry_add_slot(registry, receiver, "s");
    ScRegistrySlot *slot = sc_registry_lookup_slot(registry, "s");
    g_assert_null(sc_registry_get_feed(registry, slot));
    sc_registry_feed(slot, "k1");
    g_assert_cmpstr(sc_registry_get_feed(registry, slot), ==, "k1");
    sc_registry_remove(registry, publisher);
    g_assert_null(sc_registry_get_feed(registry, slot));
    g_assert_cmpuint(sc_registry_count(registry), ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/relay/registry/" #name, name)
    ADD(a_transport_is_found_by_all_its_names);
    ADD(a_slot_whose_publisher_left_is_fed_by_none);
    return g_test_run();
}

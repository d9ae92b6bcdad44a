/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/order.h"

static void
clear_patch(void *data)
{
    ScOrderPatch *patch = data;

    sc_track_unref(patch->track);
}

ScOrder *
sc_order_new(ScOrderKind kind, uint64_t transport)
{
    ScOrder *self = g_new0(ScOrder, 1);

    self->kind = kind;
    self->transport = transport;
    self->patches = g_array_new(FALSE, FALSE, sizeof(ScOrderPatch));
    g_array_set_clear_func(self->patches, clear_patch);
    return self;
}

void
sc_order_free(ScOrder *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->patches);
    g_free(self->ufrag);
    g_free(self->password);
    g_free(self);
}

void
sc_order_add_patch(ScOrder *self, unsigned slot, ScTrack *track)
{
    ScOrderPatch patch = { slot, track == NULL ? NULL : sc_track_ref(track) };

    g_array_append_val(self->patches, patch);
}

void
sc_order_patch(const ScOrder *self, ScTransport *transport, ScKit *kit)
{
    for (unsigned i = 0; i < self->patches->len; i++) {
        const ScOrderPatch *patch = &g_array_index(self->patches, ScOrderPatch, i);

        sc_transport_patch(transport, kit, patch->slot, patch->track);
    }
}

ScNotice *
sc_order_restart_ice(const ScOrder *self, ScTransport *transport)
{
    g_autoptr(GError) error = NULL;
    ScNotice *notice = sc_notice_new(SC_NOTICE_RESTARTED, self->transport);

    notice->request = self->request;
    if (!sc_ice_restart(transport->ice, self->ufrag, self->password, &error)) {
        notice->reason = g_strdup(error->message);
        return notice;
    }
    notice->ufrag = g_strdup(sc_ice_get_local_ufrag(transport->ice));
    notice->password = g_strdup(sc_ice_get_local_password(transport->ice));
    return notice;
}

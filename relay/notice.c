/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/notice.h"

#include <glib.h>

const char *
sc_transport_state_get_name(ScTransportState state)
{
    switch (state) {
    case SC_TRANSPORT_NEW:
        return "new";
    case SC_TRANSPORT_CONNECTED:
        return "connected";
    case SC_TRANSPORT_LOST:
        return "lost";
    case SC_TRANSPORT_CLOSED:
        return "closed";
    }
    g_assert_not_reached();
}

ScNotice *
sc_notice_new(ScNoticeKind kind, uint64_t transport)
{
    ScNotice *self = g_new0(ScNotice, 1);

    self->kind = kind;
    self->transport = transport;
    return self;
}

void
sc_notice_free(ScNotice *self)
{
    if (self == NULL)
        return;
    g_free(self->reason);
    g_free(self->ufrag);
    g_free(self->password);
    g_free(self->quality);
    g_free(self);
}

bool
sc_notice_post(ScNotice *self, const ScOffice *office)
{
    self->mail.deliver = office->deliver;
    if (sc_mailbox_post(office->mailbox, &self->mail))
        return true;
    sc_notice_free(self);
    return false;
}

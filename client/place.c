/* SPDX-License-Identifier: Apache-2.0 */
#include "client/place.h"

#define SILENCE_LIMIT_S 10 /* of a socket */

SoupSession *
sc_place_create_http(const ScPlace *self)
{
    SoupSession *http =
        soup_session_new_with_options("user-agent", "synclass", "timeout",
                                      SILENCE_LIMIT_S, "proxy-resolver", NULL, NULL);
    if (self->authorities)
        soup_session_set_tls_database(http, self->authorities);
    return http;
}

static void
on_preconnected(GObject *source, GAsyncResult *result, gpointer user_data)
{
    (void)user_data;
    /* A failure is met again, and told, by the request that follows. */
    soup_session_preconnect_finish(SOUP_SESSION(source), result, NULL);
}

void
sc_place_preconnect(const ScPlace *self, SoupSession *http, GCancellable *cancellable)
{
    g_autoptr(SoupMessage) message = soup_message_new("GET", self->url);
    soup_session_preconnect_async(http, message, G_PRIORITY_DEFAULT, cancellable,
                                  on_preconnected, NULL);
}

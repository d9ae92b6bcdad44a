/* SPDX-License-Identifier: Apache-2.0 */
#include "client/candidate.h"

#include <string.h>

#define PREFIX "a=candidate:"

/* candidate:FOUNDATION COMPONENT UDP PRIORITY ADDRESS PORT typ host … */
enum { COMPONENT = 1, TRANSPORT = 2, ADDRESS = 4, PORT = 5, TYPE = 7, N_FIELDS };

static bool
parse_line(const char *line, GInetAddress **out_address, uint16_t *out_port)
{
    if (!g_str_has_prefix(line, PREFIX))
        return false;
    g_auto(GStrv) fields = g_strsplit(line + strlen(PREFIX), " ", N_FIELDS + 1);
    if (g_strv_length(fields) < N_FIELDS || g_ascii_strcasecmp(fields[TRANSPORT], "udp")
        || strcmp(fields[COMPONENT], "1") || strcmp(fields[TYPE], "host"))
        return false;

    guint64 port;
    if (!g_ascii_string_to_unsigned(fields[PORT], 10, 1, UINT16_MAX, &port, NULL))
        return false;
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(fields[ADDRESS]);
    if (!address)
        return false;
    *out_address = g_steal_pointer(&address);
    *out_port = (uint16_t)port;
    return true;
}

static bool
has_family(const ScCandidates *candidates, GSocketFamily family)
{
    for (unsigned i = 0; i < candidates->n; i++)
        if (g_inet_address_get_family(candidates->items[i].remote) == family)
            return true;
    return false;
}

static GStrv
split_lines(const char *sdp)
{
    GStrv lines = g_strsplit(sdp, "\n", -1);
    for (GStrv line = lines; *line; line++)
        g_strchomp(*line);
    return lines;
}

void
sc_candidates_clear(ScCandidates *self)
{
    for (unsigned i = 0; i < self->n; i++) {
        g_object_unref(self->items[i].remote);
        g_object_unref(self->items[i].local);
    }
    self->n = 0;
}

GInetAddress *
sc_candidate_route(GInetAddress *remote, uint16_t port)
{
    g_autoptr(GSocket) socket =
        g_socket_new(g_inet_address_get_family(remote), G_SOCKET_TYPE_DATAGRAM,
                     G_SOCKET_PROTOCOL_UDP, NULL);
    if (!socket)
        return NULL;
    g_autoptr(GSocketAddress) to = g_inet_socket_address_new(remote, port);
    if (!g_socket_connect(socket, to, NULL, NULL))
        return NULL;
    g_autoptr(GSocketAddress) from = g_socket_get_local_address(socket, NULL);
    if (!from)
        return NULL;
    return g_object_ref(g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(from)));
}

void
sc_candidates_choose(const char *sdp, ScCandidateRoute route,
                     ScCandidates *out_candidates)
{
    g_auto(GStrv) lines = split_lines(sdp);
    ScCandidates chosen = { .n = 0 };

    for (GStrv line = lines; *line && chosen.n < SC_CANDIDATES_MAX; line++) {
        g_autoptr(GInetAddress) remote = NULL;
        uint16_t port;
        if (!parse_line(*line, &remote, &port)
            || has_family(&chosen, g_inet_address_get_family(remote)))
            continue;
        GInetAddress *local = route(remote, port);
        if (!local)
            continue;
        chosen.items[chosen.n++] = (ScCandidate){ g_steal_pointer(&remote), local, port };
    }
    *out_candidates = chosen;
}

char *
sc_candidates_strip(const char *sdp)
{
    g_auto(GStrv) lines = split_lines(sdp);
    GString *text = g_string_new(NULL);
    for (GStrv line = lines; *line; line++)
        if (**line && !g_str_has_prefix(*line, PREFIX))
            g_string_append_printf(text, "%s\r\n", *line);
    return g_string_free(text, false);
}

char *
sc_candidate_dup_attribute(const char *sdp, const char *name)
{
    g_autofree char *prefix = g_strdup_printf("a=%s:", name);
    g_auto(GStrv) lines = split_lines(sdp);
    for (GStrv line = lines; *line; line++)
        if (g_str_has_prefix(*line, prefix))
            return g_strdup(*line + strlen(prefix));
    return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/fragment.h"

#include <string.h>

/* What is known only while a fragment is read. */
typedef struct {
    ScFragment *fragment;
    unsigned n_sections;
} Reading;

/* The first told counts; told anew in a section it must be the same (one bundle). */
static bool
take_credential(char **field, const char *name, const char *value, GError **error)
{
    if (*field == NULL)
        *field = g_strdup(value);
    else if (!g_str_equal(*field, value))
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_FRAGMENT,
                             "the fragment has two values of %s", name);
    return true;
}

static bool
take_candidate(Reading *reading, GError **error)
{
    if (++reading->fragment->n_candidates > SC_FRAGMENT_CANDIDATES_MAX)
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_FRAGMENT,
                             "the fragment has over %d candidates",
                             SC_FRAGMENT_CANDIDATES_MAX);
    return true;
}

static bool
take_line(Reading *reading, const char *line, GError **error)
{
    ScFragment *fragment = reading->fragment;

    if (g_str_has_prefix(line, "a=ice-ufrag:"))
        return take_credential(&fragment->ice_ufrag, "ice-ufrag",
                               line + strlen("a=ice-ufrag:"), error);
    if (g_str_has_prefix(line, "a=ice-pwd:"))
        return take_credential(&fragment->ice_pwd, "ice-pwd", line + strlen("a=ice-pwd:"),
                               error);
    if (g_str_has_prefix(line, "a=candidate:"))
        return take_candidate(reading, error);
    if (g_str_equal(line, "a=end-of-candidates"))
        fragment->end_of_candidates = true;
    else if (g_str_has_prefix(line, "m=")
             && ++reading->n_sections > SC_FRAGMENT_SECTIONS_MAX)
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_FRAGMENT,
                             "the fragment has over %d sections",
                             SC_FRAGMENT_SECTIONS_MAX);
    else if (!g_str_has_prefix(line, "m=") && !g_str_has_prefix(line, "a="))
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_FRAGMENT,
                             "\"%.40s\" has no place in a fragment", line);
    return true;
}

static bool
take_lines(Reading *reading, const char *text, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        size_t length = strlen(*line);

        if (length > 0 && (*line)[length - 1] == '\r')
            (*line)[length - 1] = '\0';
        if (**line != '\0' && !take_line(reading, *line, error))
            return false;
    }
    return true;
}

ScFragment *
sc_fragment_parse(const char *text, size_t length, GError **error)
{
    g_autoptr(ScFragment) self = g_new0(ScFragment, 1);
    Reading reading = { .fragment = self };

    if (length == 0 || length > SC_FRAGMENT_LENGTH_MAX) {
        sc_sdp_refuse(error, SC_SDP_ERROR_BAD_FRAGMENT,
                      "the fragment has %zu bytes, allowed are 1 to %d", length,
                      SC_FRAGMENT_LENGTH_MAX);
        return NULL;
    }
    if (memchr(text, '\0', length) != NULL
        || !g_utf8_validate(text, (gssize)length, NULL)) {
        sc_sdp_refuse(error, SC_SDP_ERROR_BAD_FRAGMENT,
                      "the fragment is not UTF-8 text without NUL");
        return NULL;
    }
    g_autofree char *copy = g_strndup(text, length);
    if (!take_lines(&reading, copy, error))
        return NULL;
    if ((self->ice_ufrag != NULL || self->ice_pwd != NULL)
        && !sc_sdp_check_ice(self->ice_ufrag, self->ice_pwd, SC_SDP_ERROR_BAD_FRAGMENT,
                             error))
        return NULL;
    if (self->ice_ufrag == NULL && self->n_candidates == 0 && !self->end_of_candidates) {
        sc_sdp_refuse(error, SC_SDP_ERROR_BAD_FRAGMENT,
                      "the fragment has neither candidates nor credentials");
        return NULL;
    }
    return g_steal_pointer(&self);
}

void
sc_fragment_free(ScFragment *self)
{
    if (self == NULL)
        return;
    g_free(self->ice_ufrag);
    g_free(self->ice_pwd);
    g_free(self);
}

char *
sc_fragment_write(const ScSdpTransport *transport, const char *mid)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text,
                           "a=ice-lite\r\na=ice-ufrag:%s\r\na=ice-pwd:%s\r\n"
                           "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:%s\r\n",
                           transport->ice_ufrag, transport->ice_pwd, mid);
    sc_sdp_append_candidates(text, transport);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

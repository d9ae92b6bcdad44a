/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/offer-transport.h"

#include <string.h>

void
sc_offer_transport_clear(ScOfferTransport *self)
{
    g_clear_pointer(&self->ice_ufrag, g_free);
    g_clear_pointer(&self->ice_pwd, g_free);
    g_clear_pointer(&self->fingerprint, g_free);
    g_clear_pointer(&self->setup, g_free);
    g_clear_pointer(&self->foreign_hash, g_free);
}

/* "AB:CD:…" of exactly @n_bytes. */
static bool
is_hash_text(const char *text, size_t n_bytes)
{
    if (strlen(text) != n_bytes * 3 - 1)
        return false;
    for (size_t i = 0; text[i] != '\0'; i++)
        if (i % 3 == 2 ? text[i] != ':' : !g_ascii_isxdigit(text[i]))
            return false;
    return true;
}

static bool
read_fingerprint(ScOfferTransport *self, const char *value, GError **error)
{
    static const struct {
        const char *hash;
        size_t n_bytes;
    } known[] = { { "sha-256", 32 }, { "sha-384", 48 }, { "sha-512", 64 } };
    size_t hash_length = strcspn(value, " ");
    g_autofree char *hash = g_ascii_strdown(value, (gssize)hash_length);

    if (value[hash_length] == '\0')
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_FINGERPRINT,
                             "fingerprint \"%.40s\" is not a hash's name and its bytes",
                             value);
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        if (!g_str_equal(hash, known[i].hash))
            continue;
        if (!is_hash_text(value + hash_length + 1, known[i].n_bytes))
            return sc_sdp_refuse(
                error, SC_SDP_ERROR_BAD_FINGERPRINT,
                "fingerprint \"%.40s\" is not %zu bytes as hexadecimal pairs", value,
                known[i].n_bytes);
        if (self->fingerprint == NULL || i == 0) {
            g_autofree char *bytes = g_ascii_strup(value + hash_length + 1, -1);
            g_free(self->fingerprint);
            self->fingerprint = g_strdup_printf("%s %s", hash, bytes);
        }
        return true;
    }
    if (self->foreign_hash == NULL)
        self->foreign_hash = g_strndup(hash, 40);
    return true;
}

static void
replace(char **field, const char *value)
{
    g_free(*field);
    *field = g_strdup(value);
}

bool
sc_offer_transport_read(ScOfferTransport *self, const char *key, const char *value,
                        GError **error)
{
    if (g_str_equal(key, "fingerprint"))
        return read_fingerprint(self, value, error);
    if (g_str_equal(key, "ice-ufrag"))
        replace(&self->ice_ufrag, value);
    else if (g_str_equal(key, "ice-pwd"))
        replace(&self->ice_pwd, value);
    else if (g_str_equal(key, "setup"))
        replace(&self->setup, value);
    return true;
}

void
sc_offer_transport_inherit(ScOfferTransport *self, const ScOfferTransport *session)
{
    if (self->ice_ufrag == NULL && self->ice_pwd == NULL) {
        self->ice_ufrag = g_strdup(session->ice_ufrag);
        self->ice_pwd = g_strdup(session->ice_pwd);
    }
    if (self->fingerprint == NULL)
        self->fingerprint = g_strdup(session->fingerprint);
    if (self->foreign_hash == NULL)
        self->foreign_hash = g_strdup(session->foreign_hash);
    if (self->setup == NULL)
        self->setup = g_strdup(session->setup);
}

bool
sc_offer_transport_check(const ScOfferTransport *self, GError **error)
{
    if (!sc_sdp_check_ice(self->ice_ufrag, self->ice_pwd, SC_SDP_ERROR_BAD_ICE, error))
        return false;
    if (self->fingerprint == NULL)
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_FINGERPRINT,
                             "fingerprint %s%s; known are sha-256, sha-384 and sha-512",
                             self->foreign_hash != NULL ? "only with the hash "
                                                        : "is missing",
                             self->foreign_hash != NULL ? self->foreign_hash : "");
    if (self->setup == NULL
        || (!g_str_equal(self->setup, "actpass") && !g_str_equal(self->setup, "active")))
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SETUP,
                             "setup is %.40s, allowed are actpass and active",
                             self->setup != NULL ? self->setup : "missing");
    return true;
}

bool
sc_offer_transport_check_same(const ScOfferTransport *self, const ScOfferTransport *first,
                              const char *mid, GError **error)
{
    if (g_strcmp0(self->ice_ufrag, first->ice_ufrag) != 0
        || g_strcmp0(self->ice_pwd, first->ice_pwd) != 0) {
        g_set_error(
            error, SC_SDP_ERROR, SC_SDP_ERROR_BAD_ICE,
            "the section with mid \"%s\" has ICE credentials of its own; all must "
            "share one transport",
            mid);
        return false;
    }
    if (g_strcmp0(self->fingerprint, first->fingerprint) != 0)
        return sc_sdp_refuse(
            error, SC_SDP_ERROR_BAD_FINGERPRINT,
            "the section with mid \"%s\" has a fingerprint of its own; all must "
            "share one transport",
            mid);
    return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/srtp.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include <gio/gio.h>
#include <srtp2/srtp.h>

#define REPLAY_WINDOW 1024 /* packets: over a second of video at 8 Mbit/s */
#define RTP_HEADER 12      /* bytes, RFC 3550 section 5.1 */
#define RTP_SSRC_AT 8
#define RTCP_HEADER 8 /* bytes, with the sender's SSRC: RFC 3550 section 6.4 */
#define RTCP_SSRC_AT 4
#define SRTCP_INDEX 4 /* bytes, RFC 3711 section 3.4 */

struct ScSrtp {
    srtp_t inbound;    /* owned */
    srtp_t outbound;   /* owned: RTCP only */
    size_t tag_length; /* bytes; the same for SRTP and SRTCP in both profiles */
    unsigned n_streams;
    uint32_t
        streams[SC_SRTP_STREAMS_MAX]; /* network order: SSRCs that right tags opened */
};

static srtp_err_status_t init_status;

static void
init_library(void)
{
    init_status = srtp_init();
}

static bool
ensure_library(GError **error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, init_library);
    if (init_status == srtp_err_status_ok)
        return true;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "srtp_init: status %d",
                (int)init_status);
    return false;
}

static srtp_t
create_session(ScSrtpProfile profile, const ScSrtpMaster *master,
               srtp_ssrc_type_t direction, GError **error)
{
    uint8_t key[SC_SRTP_KEY_LENGTH + SC_SRTP_SALT_LENGTH_MAX];
    srtp_policy_t policy = {
        .ssrc.type = direction,
        .key = key,
        .window_size = REPLAY_WINDOW,
    };
    srtp_t session = NULL;

    memcpy(key, master->key, SC_SRTP_KEY_LENGTH);
    memcpy(key + SC_SRTP_KEY_LENGTH, master->salt, sc_srtp_get_salt_length(profile));
    switch (profile) {
    case SC_SRTP_AES128_CM_SHA1_80:
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
        break;
    case SC_SRTP_AEAD_AES_128_GCM:
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
        break;
    }

    srtp_err_status_t status = srtp_create(&session, &policy);
    explicit_bzero(key, sizeof key);
    if (status != srtp_err_status_ok) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "srtp_create with profile 0x%04x: status %d", (unsigned)profile,
                    (int)status);
        return NULL;
    }
    return session;
}

static ScVerdict
verdict_of(srtp_err_status_t status)
{
    if (status == srtp_err_status_ok)
        return SC_VERDICT_PASS;
    if (status == srtp_err_status_auth_fail || status == srtp_err_status_cipher_fail)
        return SC_VERDICT_SRTP_AUTHENTICATION;
    if (status == srtp_err_status_replay_fail || status == srtp_err_status_replay_old
        || status == srtp_err_status_pkt_idx_old)
        return SC_VERDICT_SRTP_REPLAYED;
    return SC_VERDICT_SRTP_MALFORMED;
}

static bool
has_stream(const ScSrtp *self, uint32_t ssrc)
{
    for (unsigned i = 0; i < self->n_streams; i++)
        if (self->streams[i] == ssrc)
            return true;
    return false;
}

/* libsrtp decrypts an unknown SSRC with its template and makes a stream of it only after
 * the tag was found right; what it does not do is to stop. So the SSRCs are counted here.
 */
static ScVerdict
open_packet(ScSrtp *self, uint8_t *data, size_t *length, size_t ssrc_at,
            srtp_err_status_t (*unprotect)(srtp_t, void *, int *))
{
    uint32_t ssrc;
    int opened_length = (int)*length;

    memcpy(&ssrc, data + ssrc_at, sizeof ssrc);
    bool is_new = !has_stream(self, ssrc);
    if (is_new && self->n_streams == SC_SRTP_STREAMS_MAX)
        return SC_VERDICT_SRTP_STREAM_LIMIT;

    ScVerdict verdict = verdict_of(unprotect(self->inbound, data, &opened_length));
    if (verdict != SC_VERDICT_PASS)
        return verdict;
    if (is_new)
        self->streams[self->n_streams++] = ssrc;
    *length = (size_t)opened_length;
    return SC_VERDICT_PASS;
}

size_t
sc_srtp_get_salt_length(ScSrtpProfile profile)
{
    return profile == SC_SRTP_AEAD_AES_128_GCM ? 12 : SC_SRTP_SALT_LENGTH_MAX;
}

ScSrtp *
sc_srtp_new(ScSrtpProfile profile, const ScSrtpMaster *remote, const ScSrtpMaster *local,
            GError **error)
{
    if (!ensure_library(error))
        return NULL;

    g_autoptr(ScSrtp) self = g_new0(ScSrtp, 1);
    self->tag_length = profile == SC_SRTP_AEAD_AES_128_GCM ? 16 : 10;
    self->inbound = create_session(profile, remote, ssrc_any_inbound, error);
    if (self->inbound == NULL)
        return NULL;
    self->outbound = create_session(profile, local, ssrc_any_outbound, error);
    if (self->outbound == NULL)
        return NULL;
    return g_steal_pointer(&self);
}

void
sc_srtp_free(ScSrtp *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->inbound, srtp_dealloc);
    g_clear_pointer(&self->outbound, srtp_dealloc);
    g_free(self);
}

ScVerdict
sc_srtp_open_rtp(ScSrtp *self, uint8_t *data, size_t *length)
{
    if (*length < RTP_HEADER + self->tag_length || *length > UINT16_MAX)
        return SC_VERDICT_SRTP_MALFORMED;
    return open_packet(self, data, length, RTP_SSRC_AT, srtp_unprotect);
}

ScVerdict
sc_srtp_open_rtcp(ScSrtp *self, uint8_t *data, size_t *length)
{
    if (*length < RTCP_HEADER + self->tag_length + SRTCP_INDEX || *length > UINT16_MAX)
        return SC_VERDICT_SRTP_MALFORMED;
    return open_packet(self, data, length, RTCP_SSRC_AT, srtp_unprotect_rtcp);
}

ScVerdict
sc_srtp_seal_rtcp(ScSrtp *self, uint8_t *data, size_t *length)
{
    int sealed_length = (int)*length;

    if (*length < RTCP_HEADER || *length > UINT16_MAX)
        return SC_VERDICT_SRTP_MALFORMED;

    ScVerdict verdict =
        verdict_of(srtp_protect_rtcp(self->outbound, data, &sealed_length));
    if (verdict == SC_VERDICT_PASS)
        *length = (size_t)sealed_length;
    return verdict;
}

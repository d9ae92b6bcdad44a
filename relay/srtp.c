/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/srtp.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include <gio/gio.h>
#include <srtp2/srtp.h>

#include "relay/srtcp.h"

#define REPLAY_WINDOW 1024 /* packets: over a second of video at 8 Mbit/s */
#define RTP_HEADER 12      /* bytes, RFC 3550 section 5.1 */
#define RTP_SSRC_AT 8
#define RTCP_HEADER 8 /* bytes, with the sender's SSRC: RFC 3550 section 6.4 */
#define RTCP_SSRC_AT 4

struct ScSrtp {
    ScSrtpProfile profile;
    ScSrtpMaster remote; /* zeros once @inbound is made */
    srtp_t inbound;      /* owned; RTP only; NULL until the first packet of media, which a
                            mere receiver never sends */
    ScSrtcp *rtcp_in;    /* owned */
    ScSrtcp *rtcp_out;   /* owned */
    size_t tag_length;   /* bytes */
    unsigned n_streams;
    uint32_t *streams; /* owned; network order: SSRCs that right tags opened */
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
create_session(ScSrtpProfile profile, const ScSrtpMaster *master)
{
    uint8_t key[SC_SRTP_KEY_LENGTH + SC_SRTP_SALT_LENGTH_MAX];
    srtp_policy_t policy = {
        .ssrc.type = ssrc_any_inbound,
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
    return status == srtp_err_status_ok ? session : NULL;
}

static bool
ensure_inbound(ScSrtp *self)
{
    if (self->inbound != NULL)
        return true;
    self->inbound = create_session(self->profile, &self->remote);
    if (self->inbound == NULL)
        return false; /* out of memory: the next packet tries again */
    explicit_bzero(&self->remote, sizeof self->remote);
    return true;
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

static void
add_stream(ScSrtp *self, uint32_t ssrc)
{
    self->streams = g_renew(uint32_t, self->streams, self->n_streams + 1);
    self->streams[self->n_streams++] = ssrc;
}

static ScVerdict
unprotect(ScSrtp *self, uint8_t *data, size_t *length)
{
    int opened_length = (int)*length;

    if (!ensure_inbound(self))
        return SC_VERDICT_SRTP_AUTHENTICATION;

    ScVerdict verdict = verdict_of(srtp_unprotect(self->inbound, data, &opened_length));
    if (verdict == SC_VERDICT_PASS)
        *length = (size_t)opened_length;
    return verdict;
}

/* libsrtp decrypts an unknown SSRC with its template and makes a stream of it only after
 * the tag was found right; what it does not do is to stop. So the SSRCs are counted here,
 * those of RTP and RTCP together. */
static ScVerdict
open_packet(ScSrtp *self, uint8_t *data, size_t *length, size_t ssrc_at)
{
    uint32_t ssrc;

    memcpy(&ssrc, data + ssrc_at, sizeof ssrc);
    bool is_new = !has_stream(self, ssrc);
    if (is_new && self->n_streams == SC_SRTP_STREAMS_MAX)
        return SC_VERDICT_SRTP_STREAM_LIMIT;

    ScVerdict verdict = ssrc_at == RTCP_SSRC_AT
                            ? sc_srtcp_open(self->rtcp_in, data, length)
                            : unprotect(self, data, length);
    if (verdict == SC_VERDICT_PASS && is_new)
        add_stream(self, ssrc);
    return verdict;
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

    ScSrtp *self = g_new0(ScSrtp, 1);
    self->profile = profile;
    self->remote = *remote;
    self->tag_length = profile == SC_SRTP_AEAD_AES_128_GCM ? 16 : 10;
    self->rtcp_in = sc_srtcp_new(profile, remote);
    self->rtcp_out = sc_srtcp_new(profile, local);
    return self;
}

void
sc_srtp_free(ScSrtp *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->inbound, srtp_dealloc);
    explicit_bzero(&self->remote, sizeof self->remote);
    sc_srtcp_free(self->rtcp_in);
    sc_srtcp_free(self->rtcp_out);
    g_free(self->streams);
    g_free(self);
}

ScVerdict
sc_srtp_open_rtp(ScSrtp *self, uint8_t *data, size_t *length)
{
    if (*length < RTP_HEADER + self->tag_length || *length > UINT16_MAX)
        return SC_VERDICT_SRTP_MALFORMED;
    return open_packet(self, data, length, RTP_SSRC_AT);
}

ScVerdict
sc_srtp_open_rtcp(ScSrtp *self, uint8_t *data, size_t *length)
{
    if (*length < RTCP_HEADER || *length > UINT16_MAX)
        return SC_VERDICT_SRTP_MALFORMED;
    return open_packet(self, data, length, RTCP_SSRC_AT);
}

ScVerdict
sc_srtp_seal_rtcp(ScSrtp *self, uint8_t *data, size_t *length)
{
    if (*length < RTCP_HEADER || *length > UINT16_MAX)
        return SC_VERDICT_SRTP_MALFORMED;
    sc_srtcp_seal(self->rtcp_out, data, length);
    return SC_VERDICT_PASS;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/dtls-handshake.h"

#include <string.h>

#include <openssl/crypto.h>

#include "relay/dtls-record.h"

#define CANDIDATES_MAX 4
#define CANDIDATE_KEEP_US (2 * 1000000LL) /* longer than a satellite's round trip */

/* A ClientHello and the session that it started. */
typedef struct {
    ScDtlsSession *session; /* owned */
    uint8_t random[SC_DTLS_RANDOM_LENGTH];
    int64_t born_us;
} Candidate;

struct ScDtlsHandshake {
    SSL_CTX *context;                     /* borrowed: outlives us */
    const ScDtlsFingerprint *fingerprint; /* borrowed: outlives us */
    uint64_t association;
    ScDtlsPost post;
    void *user_data;                      /* for @post */
    Candidate candidates[CANDIDATES_MAX]; /* oldest first */
    unsigned n_candidates;                /* one, once established */
    bool is_established;
    bool is_over;
    int64_t end_us;  /* to give up; once established, to let go */
    bool is_holding; /* SEND events wait in @held until we know whose they are */
    GQueue held;     /* owned; of ScDtlsEvent */
};

static void
post_end(ScDtlsHandshake *self, ScDtlsEventType type, const char *reason)
{
    ScDtlsEvent event = {
        .type = type,
        .association = self->association,
        .reason = reason,
    };

    self->is_over = true;
    self->post(&event, self->user_data);
}

static void
on_send(const uint8_t *data, size_t length, void *user_data)
{
    ScDtlsHandshake *self = user_data;
    ScDtlsEvent event = {
        .type = SC_DTLS_SEND,
        .association = self->association,
        .length = length,
    };

    memcpy(event.data, data, length);
    if (self->is_holding)
        g_queue_push_tail(&self->held, g_memdup2(&event, sizeof event));
    else
        self->post(&event, self->user_data);
}

static void
release_held(ScDtlsHandshake *self, bool is_wanted)
{
    ScDtlsEvent *event;

    self->is_holding = false;
    while ((event = g_queue_pop_head(&self->held)) != NULL) {
        if (is_wanted)
            self->post(event, self->user_data);
        g_free(event);
    }
}

static void
remove_candidate(ScDtlsHandshake *self, unsigned i)
{
    sc_dtls_session_free(self->candidates[i].session);
    self->n_candidates--;
    memmove(&self->candidates[i], &self->candidates[i + 1],
            (self->n_candidates - i) * sizeof self->candidates[0]);
}

static void
settle(ScDtlsHandshake *self, unsigned winner, int64_t now_us)
{
    ScDtlsEvent event = {
        .type = SC_DTLS_CONNECTED,
        .association = self->association,
    };

    self->is_established = true;
    self->end_us = now_us + SC_DTLS_LINGER_US;
    for (unsigned i = self->n_candidates; i-- > 0;)
        if (i != winner)
            remove_candidate(self, i);
    event.profile = sc_dtls_session_get_keys(self->candidates[0].session, &event.remote,
                                             &event.local);
    self->post(&event, self->user_data);
    OPENSSL_cleanse(&event, sizeof event);
}

/* What follows from the new state of candidate @i, which may be gone afterwards. */
static void
follow(ScDtlsHandshake *self, unsigned i, ScDtlsSessionState state, int64_t now_us)
{
    switch (state) {
    case SC_DTLS_SESSION_SHAKING:
        break;
    case SC_DTLS_SESSION_ESTABLISHED:
        if (!self->is_established)
            settle(self, i, now_us);
        break;
    case SC_DTLS_SESSION_CLOSED:
        post_end(self, SC_DTLS_CLOSED, NULL);
        break;
    case SC_DTLS_SESSION_FAILED:
        if (self->n_candidates == 1)
            post_end(self, SC_DTLS_FAILED,
                     sc_dtls_session_get_reason(self->candidates[i].session));
        remove_candidate(self, i);
        break;
    }
}

/* Where there are already as many as we follow, a new hello takes the oldest one's place,
 * but not before a peer behind a satellite could have answered us: so neither hellos sent
 * before the peer's own nor ones sent during its handshake keep it out. */
static bool
find_or_add_candidate(ScDtlsHandshake *self, const uint8_t *random, int64_t now_us,
                      unsigned *out_i)
{
    for (unsigned i = 0; i < self->n_candidates; i++)
        if (memcmp(self->candidates[i].random, random, SC_DTLS_RANDOM_LENGTH) == 0) {
            *out_i = i;
            return true;
        }
    if (self->n_candidates == CANDIDATES_MAX) {
        if (now_us - self->candidates[0].born_us < CANDIDATE_KEEP_US)
            return false;
        remove_candidate(self, 0);
    }

    *out_i = self->n_candidates++;
    Candidate *candidate = &self->candidates[*out_i];
    candidate->session =
        sc_dtls_session_new(self->context, self->fingerprint, on_send, self);
    candidate->born_us = now_us;
    self->end_us = now_us + SC_DTLS_GIVE_UP_US;
    memcpy(candidate->random, random, SC_DTLS_RANDOM_LENGTH);
    return true;
}

/* OpenSSL does not answer a repeated hello; the timer that it asks for does. A hello that
 * we can not answer ends nothing: the peer's own may be still to come. */
static void
receive_hello(ScDtlsHandshake *self, unsigned i, const uint8_t *data,
              const ScDtlsRecord *record)
{
    ScDtlsSession *session = self->candidates[i].session;

    self->is_holding = self->n_candidates > 1;
    ScDtlsSessionState state = sc_dtls_session_receive(session, data, record->length);
    if (state == SC_DTLS_SESSION_SHAKING)
        state = sc_dtls_session_retransmit(session);
    release_held(self, state != SC_DTLS_SESSION_FAILED);
    if (state == SC_DTLS_SESSION_FAILED)
        remove_candidate(self, i);
}

/* All that is no hello may be any candidate's, and is handed to each. What one of several
 * answers goes out only if it has reached the end by that: the alerts of the others, and
 * the flights that they repeat, would end the peer's own handshake. */
static void
receive_other(ScDtlsHandshake *self, const uint8_t *data, const ScDtlsRecord *record,
              int64_t now_us)
{
    for (unsigned i = self->n_candidates; i-- > 0;) {
        bool was_alone = self->n_candidates == 1;

        self->is_holding = !was_alone;
        ScDtlsSessionState state =
            sc_dtls_session_receive(self->candidates[i].session, data, record->length);
        release_held(self, state == SC_DTLS_SESSION_ESTABLISHED);
        follow(self, i, state, now_us);
        if (self->is_established || was_alone)
            return;
    }
}

/* Alerts that are not encrypted are not believed, and once established nothing that is
 * not encrypted is. */
static void
receive_record(ScDtlsHandshake *self, const uint8_t *data, const ScDtlsRecord *record,
               int64_t now_us)
{
    const uint8_t *random = sc_dtls_record_get_hello_random(data, record);
    unsigned i;

    if (record->epoch == 0 && (self->is_established || record->type == SC_DTLS_ALERT))
        return;
    if (random == NULL)
        receive_other(self, data, record, now_us);
    else if (find_or_add_candidate(self, random, now_us, &i))
        receive_hello(self, i, data, record);
}

ScDtlsHandshake *
sc_dtls_handshake_new(SSL_CTX *context, const ScDtlsFingerprint *fingerprint,
                      uint64_t association, ScDtlsPost post, void *user_data)
{
    ScDtlsHandshake *self = g_new0(ScDtlsHandshake, 1);

    self->context = context;
    self->fingerprint = fingerprint;
    self->association = association;
    self->post = post;
    self->user_data = user_data;
    self->end_us = INT64_MAX;
    g_queue_init(&self->held);
    return self;
}

void
sc_dtls_handshake_free(ScDtlsHandshake *self)
{
    if (self == NULL)
        return;
    while (self->n_candidates > 0)
        remove_candidate(self, self->n_candidates - 1);
    g_assert(g_queue_is_empty(&self->held));
    g_free(self);
}

void
sc_dtls_handshake_receive(ScDtlsHandshake *self, const uint8_t *data, size_t length,
                          int64_t now_us)
{
    ScDtlsRecord record;

    for (size_t at = 0; at < length && !self->is_over; at += record.length) {
        if (!sc_dtls_record_parse(data + at, length - at, &record))
            return;
        receive_record(self, data + at, &record, now_us);
    }
}

int64_t
sc_dtls_handshake_get_wake_us(const ScDtlsHandshake *self, int64_t now_us)
{
    int64_t timeout_us = self->n_candidates == 1
                             ? sc_dtls_session_get_timeout_us(self->candidates[0].session)
                             : -1;

    return timeout_us < 0 ? self->end_us : MIN(self->end_us, now_us + timeout_us);
}

/* While several candidates run, flights are repeated for repeated hellos alone: a peer
 * that is sent the answer to a hello that was not its own might take it and fail. */
void
sc_dtls_handshake_run_timers(ScDtlsHandshake *self, int64_t now_us)
{
    if (now_us >= self->end_us && self->is_established)
        self->is_over = true;
    else if (now_us >= self->end_us)
        post_end(self, SC_DTLS_FAILED, "handshake not finished within 30 s");
    else if (self->n_candidates == 1)
        follow(self, 0, sc_dtls_session_retransmit(self->candidates[0].session), now_us);
}

bool
sc_dtls_handshake_is_over(const ScDtlsHandshake *self)
{
    return self->is_over;
}

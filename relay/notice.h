/* SPDX-License-Identifier: Apache-2.0 */
/* notice.h: what a worker tells the main thread. Each kind is a mail that its receiver
 * frees. Thread: made by a worker, read by the main thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "relay/address.h"
#include "relay/mailbox.h"
#include "relay/srtp.h"

typedef enum {
    SC_TRANSPORT_NEW,
    SC_TRANSPORT_CONNECTED,
    SC_TRANSPORT_LOST,   /* no consent: nothing is sent until a check arrives again */
    SC_TRANSPORT_CLOSED, /* gone; its tracks and slots too */
} ScTransportState;

/* "connected"; static. */
const char *sc_transport_state_get_name(ScTransportState state);

typedef enum {
    SC_NOTICE_TRANSPORT, /* @state, @reason, @address, @profile */
    SC_NOTICE_TRACK,     /* @track, @flowing */
    SC_NOTICE_RESTARTED, /* @request, @ufrag and @password, or @reason of a refusal */
    SC_NOTICE_QUALITY,   /* @quality */
} ScNoticeKind;

/* One second of a transport, and what is counted in all. Rates are of UDP payload. */
typedef struct {
    uint64_t transport;
    uint32_t rtt_ms; /* 0: not known */
    uint32_t up_kbps, down_kbps;
    float up_loss_pct, down_loss_pct;
    uint32_t arrived_ms, delivered_ms; /* in all: something came; it confirmed media */
    bool delivering;                   /* media arrives there now */
    bool limited;             /* its line does not carry all there is for it, now */
    uint32_t n_interruptions; /* in all: the line failed, and came back */
    uint16_t width, height;   /* of the largest picture it sends or is sent; 0: none */
} ScQuality;

typedef struct {
    ScMail mail;
    ScNoticeKind kind;
    uint64_t transport;
    ScTransportState state;
    char *reason; /* owned, may be NULL */
    ScAddress address;
    ScSrtpProfile profile; /* valid where connected */
    unsigned track;        /* index */
    bool flowing;
    void *request; /* handed back as it came with the order */
    char *ufrag, *password;
    ScQuality *quality; /* owned */
    unsigned n_quality;
} ScNotice;

/* Where notices go. */
typedef struct {
    ScMailbox *mailbox; /* borrowed: the main thread's */
    void (*deliver)(ScMail *mail, void *self);
} ScOffice;

ScNotice *sc_notice_new(ScNoticeKind kind, uint64_t transport) G_GNUC_WARN_UNUSED_RESULT;
void sc_notice_free(ScNotice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScNotice, sc_notice_free)

/* Takes @self. False, and it is freed, where the office has no room. */
bool sc_notice_post(ScNotice *self, const ScOffice *office);

/* SPDX-License-Identifier: Apache-2.0 */
/* recovery.h: the life of one media session, as a state machine.
 *
 * Told what happened and what time it is, it says what to do next: ask for a session,
 * restart ICE, nothing. It knows no socket, no clock and no chance of its own, so a test
 * can play a year of bad lines in a millisecond. A session is never given up: what fails
 * is asked for again, after 0.1 s rising to 2 s. docs/architecture.md#client.
 *
 *   asking ──answered──► connecting ──opened─► playing ──silence, failure──► restarting
 *     ▲ └─refused─┐          │ too long           ▲ └─────── rejoin ───┐        │    │
 *    due          ▼          ▼                    └──────── heard ─────│────────┘    │
 *     └──────── waiting ◄────┘      asking ◄───────────────────────────┴─ too long ──┘
 *
 * Thread: main. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

typedef enum {
    SC_RECOVERY_IDLE,       /* not started, or stopped */
    SC_RECOVERY_ASKING,     /* POST is under way */
    SC_RECOVERY_CONNECTING, /* answered; ICE and DTLS are under way */
    SC_RECOVERY_PLAYING,    /* media flows when somebody sends it */
    SC_RECOVERY_RESTARTING, /* ICE restart is under way, the session is kept */
    SC_RECOVERY_WAITING,    /* before the next POST */
} ScRecoveryState;

typedef enum {
    SC_RECOVERY_NOTHING,
    SC_RECOVERY_ASK,         /* drop what there is and POST a fresh offer */
    SC_RECOVERY_RESTART_ICE, /* PATCH with new credentials */
} ScRecoveryAction;

/* Limits [µs]. */
/* A receiver hears 30 packets a second; a publisher one report, and reports get lost. */
#define SC_RECOVERY_SILENCE_US (2 * G_USEC_PER_SEC)
#define SC_RECOVERY_PUBLISHER_SILENCE_US (5 * G_USEC_PER_SEC)
#define SC_RECOVERY_RESTART_US (1 * G_USEC_PER_SEC) /* plus four round trips */
/* A POST that hangs, before the first answer and, plus four round trips, after it: the
 * connection it went on may be from an address that is gone. */
#define SC_RECOVERY_FIRST_ASK_US (8 * G_USEC_PER_SEC)
#define SC_RECOVERY_ASK_US (2 * G_USEC_PER_SEC)
#define SC_RECOVERY_CONNECT_US (10 * G_USEC_PER_SEC)
#define SC_RECOVERY_BACKOFF_FIRST_US (100 * 1000)
#define SC_RECOVERY_BACKOFF_LAST_US (2 * G_USEC_PER_SEC)
#define SC_RECOVERY_RETRY_AFTER_MAX_US (5 * G_USEC_PER_SEC)

/* A number in [0, 1). */
typedef double (*ScRecoveryChance)(void *user_data);

typedef struct ScRecovery ScRecovery;

/* @silence_us: how long nothing may come while media is expected. @chance spreads the
 * waits of many rooms that lost the same relay. */
ScRecovery *sc_recovery_new(int64_t silence_us, ScRecoveryChance chance, void *user_data)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_recovery_free(ScRecovery *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScRecovery, sc_recovery_free)

/* What happened. */
void sc_recovery_start(ScRecovery *self, int64_t now_us);
void sc_recovery_stop(ScRecovery *self);
void sc_recovery_on_answered(ScRecovery *self, int64_t now_us, int64_t round_trip_us);
/* @retry_after_us: 0 if the refusal named none. */
void sc_recovery_on_refused(ScRecovery *self, int64_t now_us, int64_t retry_after_us);
/* DTLS is done. Silence counts as a fault only from the first sc_recovery_on_heard() on:
 * a session may be opened while nobody publishes. */
void sc_recovery_on_opened(ScRecovery *self, int64_t now_us);
/* RTP or RTCP came from the relay. */
void sc_recovery_on_heard(ScRecovery *self, int64_t now_us);
/* ICE or DTLS says it failed. Only a hint: libnice gives up early on lossy lines. */
void sc_recovery_on_failed(ScRecovery *self, int64_t now_us, const char *reason);
/* Our own end of the session cannot go on. */
void sc_recovery_on_broken(ScRecovery *self, int64_t now_us, const char *reason);
/* The relay refused the restart, or no longer knows the session. */
void sc_recovery_on_restart_refused(ScRecovery *self, int64_t now_us);
/* Signaling says the session is gone. */
void sc_recovery_on_rejoin(ScRecovery *self, int64_t now_us, const char *reason);
/* Whether silence means a fault: false while nobody publishes. */
void sc_recovery_expect_media(ScRecovery *self, int64_t now_us, bool expected);

/* What to do now; asks for each action once. */
ScRecoveryAction sc_recovery_next(ScRecovery *self, int64_t now_us)
    G_GNUC_WARN_UNUSED_RESULT;

/* When sc_recovery_next() may have an answer without anything happening; INT64_MAX:
 * never. */
int64_t sc_recovery_get_deadline_us(const ScRecovery *self);
ScRecoveryState sc_recovery_get_state(const ScRecovery *self);
/* True from the first session that was opened, whatever happened since. */
bool sc_recovery_has_connected(const ScRecovery *self);
/* True while silence would be a fault. */
bool sc_recovery_expects_media(const ScRecovery *self);
/* Why it last left SC_RECOVERY_PLAYING; "" before that. */
const char *sc_recovery_get_reason(const ScRecovery *self);
/* When the relay was last heard; 0: never. */
int64_t sc_recovery_get_last_heard_us(const ScRecovery *self);
const char *sc_recovery_state_to_text(ScRecoveryState state);

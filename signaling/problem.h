/* SPDX-License-Identifier: Apache-2.0 */
/* problem.h: every way a request is refused, as a table. A refusal travels through the
 * program as a GError of SC_PROBLEM_ERROR whose code is the problem and whose message is
 * its `detail`. Thread: any; plain values. Spec: RFC 9457; docs/protocol.md#http. */
#pragma once

#include <stdbool.h>

#include <glib.h>

/* name, status, title, Retry-After in seconds (0: none) */
#define SC_PROBLEMS(X)                                                                 \
    X(BAD_SDP, "bad-sdp", 400, "The body is not an SDP offer", 0)                      \
    X(NO_BUNDLE, "no-bundle", 400, "The offer does not bundle all its media", 0)       \
    X(NO_COMMON_CODEC, "no-common-codec", 400, "No codec in common", 0)                \
    X(TOO_MANY_SECTIONS, "too-many-sections", 400, "Too many media sections", 0)       \
    X(BAD_ICE, "bad-ice", 400, "ICE credentials missing or wrong", 0)                  \
    X(BAD_FINGERPRINT, "bad-fingerprint", 400, "DTLS fingerprint missing or wrong", 0) \
    X(BAD_SETUP, "bad-setup", 400, "The offer must be actpass or active", 0)           \
    X(NO_TOKEN, "no-token", 401, "A bearer token is needed", 0)                        \
    X(UNKNOWN_TOKEN, "unknown-token", 401, "The token is not known", 0)                \
    X(EXPIRED_TOKEN, "expired-token", 401, "The token has expired", 0)                 \
    X(WRONG_ROLE, "wrong-role", 403, "The token's role may not do this", 0)            \
    X(WRONG_LESSON, "wrong-lesson", 403, "The token is for another lesson", 0)         \
    X(UNKNOWN_LESSON, "unknown-lesson", 404, "There is no such lesson", 0)             \
    X(UNKNOWN_SESSION, "unknown-session", 404, "There is no such session", 0)          \
    X(UNKNOWN_SITE, "unknown-site", 404, "There is no such site in the lesson", 0)     \
    X(NOT_FOUND, "not-found", 404, "There is nothing here", 0)                         \
    X(METHOD_NOT_ALLOWED, "method-not-allowed", 405, "The method is not allowed", 0)   \
    X(LESSON_NOT_LIVE, "lesson-not-live", 409, "The lesson is not on now", 0)          \
    X(ALREADY_PUBLISHING, "already-publishing", 409, "The site publishes already", 2)  \
    X(STALE_ETAG, "stale-etag", 412, "The ICE session has changed", 0)                 \
    X(BODY_TOO_LARGE, "body-too-large", 413, "The body is too large", 0)               \
    X(WRONG_CONTENT_TYPE, "wrong-content-type", 415, "The content type is wrong", 0)   \
    X(BAD_FRAGMENT, "bad-fragment", 422, "The body is not an SDP fragment", 0)         \
    X(UPGRADE_REQUIRED, "upgrade-required", 426, "This is a WebSocket", 0)             \
    X(NO_ETAG, "no-etag", 428, "If-Match is needed", 0)                                \
    X(TOO_MANY_SESSIONS, "too-many-sessions", 429, "Too many sessions", 5)             \
    X(INTERNAL_ERROR, "internal-error", 500, "The service failed", 0)                  \
    X(NO_RELAY, "no-relay", 503, "No relay is connected", 1)                           \
    /* events only */                                                                  \
    X(UNKNOWN_TYPE, "unknown-type", 400, "The message's type is not known", 0)         \
    X(BAD_MESSAGE, "bad-message", 400, "The message is malformed", 0)                  \
    X(TOO_FAST, "too-fast", 429, "Too many messages", 0)

typedef enum {
#define SC_PROBLEM_ENUM(name, text, status, title, retry) SC_PROBLEM_##name,
    SC_PROBLEMS(SC_PROBLEM_ENUM)
#undef SC_PROBLEM_ENUM
        SC_N_PROBLEMS
} ScProblem;

#define SC_PROBLEM_ERROR (sc_problem_error_quark())
GQuark sc_problem_error_quark(void);

const char *sc_problem_get_name(ScProblem problem); /* "bad-sdp"; static */
unsigned sc_problem_get_status(ScProblem problem);  /* of HTTP */
unsigned sc_problem_get_retry_s(ScProblem problem); /* 0: no Retry-After */
bool sc_problem_lookup(const char *name, ScProblem *out_problem);

/* What @error means to whoever asked: its own code where it is an SC_PROBLEM_ERROR, else
 * INTERNAL_ERROR. */
ScProblem sc_problem_from_error(const GError *error);

/* The body, application/problem+json. @detail and @field may be NULL. */
char *sc_problem_print(ScProblem problem, const char *detail, const char *field)
    G_GNUC_WARN_UNUSED_RESULT;

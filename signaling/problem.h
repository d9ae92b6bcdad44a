/* SPDX-License-Identifier: Apache-2.0 */
/* problem.h: every way a request is refused, as a table. A refusal travels through the
 * program as a GError of SC_PROBLEM_ERROR whose code is the problem and whose message is
 * its `detail`. Thread: any; plain values. Spec: RFC 9457; docs/protocol.md#http. */
#pragma once

#include <stdbool.h>

#include <json-glib/json-glib.h>

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
    X(SLOW_REQUEST, "slow-request", 408, "The body comes too slowly", 0)               \
    X(LESSON_NOT_LIVE, "lesson-not-live", 409, "The lesson is not on now", 0)          \
    X(OVERTIME_LIMIT, "overtime-limit", 409, "The lesson may not run over so long", 0) \
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
    /* the API, docs/api.md */                                                         \
    X(BAD_JSON, "bad-json", 400, "The body is not a JSON object", 0)                   \
    X(NOT_SIGNED_IN, "not-signed-in", 401, "Please sign in", 0)                        \
    X(WRONG_PASSWORD, "wrong-password", 401, "Name or password is wrong", 0)           \
    X(FORBIDDEN, "forbidden", 403, "This is not yours to do", 0)                       \
    X(NO_CSRF_TOKEN, "no-csrf-token", 403, "X-CSRF-Token is missing or wrong", 0)      \
    X(PASSWORD_CHANGE_NEEDED, "password-change-needed", 403,                           \
      "Please choose a password of your own first", 0)                                 \
    X(EXISTS, "exists", 409, "It exists already", 0)                                   \
    X(IN_USE, "in-use", 409, "Something still depends on it", 0)                       \
    X(WRONG_STATE, "wrong-state", 409, "Not in its present state", 0)                  \
    X(CONFLICT, "conflict", 409, "It collides with the timetable", 0)                  \
    X(STALE_VERSION, "stale-version", 412, "Somebody else changed it meanwhile", 0)    \
    X(INVALID_VALUE, "invalid-value", 422, "A value is not valid", 0)                  \
    X(LOCKED, "locked", 423, "Too many wrong passwords", 0)                            \
    X(NO_VERSION, "no-version", 428, "If-Match with the version is needed", 0)         \
    X(TOO_MANY_REQUESTS, "too-many-requests", 429, "Too many requests", 10)            \
    X(BUSY, "busy", 503, "Too much to do at once", 2)                                  \
    X(STORAGE_FULL, "storage-full", 507, "The disk is full", 0)                        \
    X(UNKNOWN_CODE, "unknown-code", 404, "No lesson has this code", 0)                 \
    /* events only */                                                                  \
    X(UNKNOWN_TYPE, "unknown-type", 400, "The message's type is not known", 0)         \
    X(BAD_MESSAGE, "bad-message", 400, "The message is malformed", 0)                  \
    X(TOO_FAST, "too-fast", 429, "Too many messages", 0)                               \
    X(UNKNOWN_QUIZ, "unknown-quiz", 404, "There is no such quiz", 0)                   \
    X(QUIZ_CLOSED, "quiz-closed", 409, "The quiz takes no answers any more", 0)        \
    X(QUIZ_OPEN, "quiz-open", 409, "A quiz is open", 0)                                \
    X(UNKNOWN_OPTION, "unknown-option", 422, "The quiz has no such option", 0)         \
    X(QUIZ_LIMIT, "quiz-limit", 409, "The lesson has had enough quizzes", 0)           \
    X(PEN_LIMIT, "pen-limit", 409, "The page is full of marks", 0)                     \
    X(CHAT_CLOSED, "chat-closed", 409, "The chat is closed", 0)                        \
    X(UNKNOWN_MESSAGE, "unknown-message", 404, "There is no such message", 0)          \
    X(NO_ROLL_CALL, "no-roll-call", 409, "There was no roll call", 0)                  \
    X(UNKNOWN_PAGE, "unknown-page", 404, "The document has no such page", 0)           \
    /* documents */                                                                    \
    X(BAD_NAME, "bad-name", 400, "The document needs a name", 0)                       \
    X(UNKNOWN_DOCUMENT, "unknown-document", 404, "There is no such document", 0)       \
    X(DOCUMENT_LIMIT, "document-limit", 409, "The lesson has enough documents", 0)     \
    X(DOCUMENT_TOO_LARGE, "document-too-large", 413, "The document is too large", 0)   \
    X(BAD_DOCUMENT, "bad-document", 422, "The document cannot be read", 0)             \
    X(ENCRYPTED_DOCUMENT, "encrypted-document", 422, "The document is encrypted", 0)   \
    X(TOO_MANY_PAGES, "too-many-pages", 422, "The document has too many pages", 0)

typedef enum {
#define SC_PROBLEM_ENUM(name, text, status, title, retry) SC_PROBLEM_##name,
    SC_PROBLEMS(SC_PROBLEM_ENUM)
#undef SC_PROBLEM_ENUM
        SC_N_PROBLEMS
} ScProblem;

#define SC_PROBLEM_ERROR (sc_problem_error_quark())
GQuark sc_problem_error_quark(void);

/* Sets an SC_PROBLEM_ERROR about the member @field ("periods[2].starts"; NULL: none). */
void sc_problem_set_error(GError **error, ScProblem problem, const char *field,
                          const char *format, ...) G_GNUC_PRINTF(4, 5);
const char *sc_problem_get_field(const GError *error); /* NULL: none; borrowed */

/* Adds to @error, one of ours that was just set, what people are told instead of its
 * message: one sentence in both languages, without the field's name, which it is shown
 * beside. @zh and @en take the same arguments in the same order. Nothing where @error is
 * NULL. */
void sc_problem_say(GError **error, const char *zh, const char *en, ...)
    G_GNUC_PRINTF(2, 4) G_GNUC_PRINTF(3, 4);
void sc_problem_say_literal(GError **error, const char *zh, const char *en);
const char *sc_problem_get_zh(const GError *error); /* NULL: none; borrowed */
const char *sc_problem_get_en(const GError *error); /* NULL: none; borrowed */

const char *sc_problem_get_name(ScProblem problem); /* "bad-sdp"; static */
unsigned sc_problem_get_status(ScProblem problem);  /* of HTTP */
unsigned sc_problem_get_retry_s(ScProblem problem); /* 0: no Retry-After */
bool sc_problem_lookup(const char *name, ScProblem *out_problem);

/* What @error means to whoever asked: its own code where it is an SC_PROBLEM_ERROR,
 * STORAGE_FULL where the store has no room, else INTERNAL_ERROR. */
ScProblem sc_problem_from_error(const GError *error);

/* The body, application/problem+json, with the members of @more (borrowed; NULL: none)
 * beside those of @error. */
char *sc_problem_print(const GError *error, JsonObject *more) G_GNUC_WARN_UNUSED_RESULT;

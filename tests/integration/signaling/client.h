/* SPDX-License-Identifier: Apache-2.0 */
/* client.h: an HTTP client that waits for its answers while the main context runs, so
 * that media goes on meanwhile. */
#pragma once

#include <libsoup/soup.h>

#include "tests/integration/signaling/place.h"

typedef struct {
    unsigned status;             /* 0: no answer at all */
    SoupMessageHeaders *headers; /* ref */
    char *body;                  /* owned, NUL-terminated */
    char *problem;               /* owned: NAME, where the body is a problem; else NULL */
    char *detail;                /* owned: of the problem */
} Answer;

void answer_clear(Answer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_clear)
const char *answer_get_header(const Answer *answer, const char *name); /* may be NULL */

typedef struct {
    const char *method;
    const char *path;         /* "/whip/{}": {} is the sample lesson; or as it is */
    const char *token;        /* NULL: none */
    const char *content_type; /* NULL: no body */
    const char *body;
    gssize body_length;         /* -1: up to the NUL */
    const char *if_match;       /* NULL: none */
    const char *const *headers; /* name, value, …, NULL; or NULL */
} Request;

Answer client_send(Place *place, const Request *request);
/* Without a token or body; a refused connection is a status of 0. */
Answer client_try(Place *place, const char *method, const char *path);

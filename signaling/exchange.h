/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.h: one HTTP request and its reply. A handler is given an exchange and answers
 * it exactly once, by sc_exchange_reply() or sc_exchange_refuse(), at once or later; the
 * client may be gone by then, which is no error. Thread: main. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "signaling/problem.h"

#define SC_EXCHANGE_PARAMETERS 2

typedef struct ScExchange ScExchange;

/* For server.c: lives as long as @message and is found by it. @on_reply is told the
 * status. */
typedef void (*ScExchangeReplied)(ScExchange *self, unsigned status, gpointer user_data);
ScExchange *sc_exchange_new(SoupServerMessage *message, ScExchangeReplied on_reply,
                            gpointer user_data);
void sc_exchange_set_parameter(ScExchange *self, unsigned index, const char *value);
/* From here to the answer the request waits and @message is kept alive. */
void sc_exchange_hold(ScExchange *self);

SoupServerMessage *sc_exchange_get_message(ScExchange *self); /* borrowed */
/* What stood for the @index-th {} of the route's pattern. */
const char *sc_exchange_get_parameter(const ScExchange *self, unsigned index);
const char *sc_exchange_get_header(ScExchange *self, const char *name); /* may be NULL */
const char *sc_exchange_get_body(ScExchange *self, size_t *out_length);
/* The token of "Authorization: Bearer TOKEN"; NULL and @error NO_TOKEN. Borrowed. */
const char *sc_exchange_get_bearer(ScExchange *self, GError **error);
/* True when the other end has closed the connection: nobody will read the answer. */
bool sc_exchange_is_gone(ScExchange *self);

void sc_exchange_set_header(ScExchange *self, const char *name, const char *value);

/* The end of the exchange. @body (copied) and @content_type may be NULL. */
void sc_exchange_reply(ScExchange *self, unsigned status, const char *content_type,
                       const char *body);
/* The same without a copy. */
void sc_exchange_reply_bytes(ScExchange *self, unsigned status, const char *content_type,
                             GBytes *body);
/* As problem details; @error as sc_problem_from_error() reads it. */
void sc_exchange_refuse(ScExchange *self, const GError *error);
/* With the members of @more (borrowed; NULL: none) beside them. */
void sc_exchange_refuse_with(ScExchange *self, const GError *error, JsonObject *more);

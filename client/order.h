/* SPDX-License-Identifier: Apache-2.0 */
/* order.h: one line of standard input, as what it asks of the program. Pure. Thread: any.
 * Spec: docs/protocol.md, Status. */
#pragma once

#include <stdbool.h>

#include "signaling/protocol/request.h"

#define SC_ORDER_KEY_MAX 32    /* bytes of a key's name */
#define SC_ORDER_PATH_MAX 1023 /* bytes of a file's name */

typedef enum {
    SC_ORDER_QUIT,
    SC_ORDER_PRESS,  /* a key, as if somebody had */
    SC_ORDER_ASK,    /* a request to signaling */
    SC_ORDER_SLIDES, /* a document is handed in */
    SC_ORDER_PAGE,   /* one of its pages is shown */
    SC_ORDER_MUSIC,  /* the microphone is left as it is, or cleaned */
} ScOrderType;

typedef enum {
    SC_ORDER_TURN_NONE, /* no page */
    SC_ORDER_TURN_NEXT,
    SC_ORDER_TURN_PREVIOUS,
    SC_ORDER_TURN_NUMBER,
} ScOrderTurn;

typedef struct {
    ScOrderType type;
    char key[SC_ORDER_KEY_MAX + 1];
    char path[SC_ORDER_PATH_MAX + 1]; /* slides: of a PDF */
    bool is_on;                       /* music */
    ScOrderTurn turn;                 /* page */
    unsigned page;                    /* from 1, with SC_ORDER_TURN_NUMBER */
    /* Without its id, and without the quiz it is about: the one that stands. An answer is
     * given both ways, as options and as a number; the quiz knows which it wants. A
     * quiz's question is "" where none was given. */
    ScRequest request;
} ScOrder;

/* False, and @out_order untouched, if @line is none. */
bool sc_order_parse(const char *line, ScOrder *out_order) G_GNUC_WARN_UNUSED_RESULT;

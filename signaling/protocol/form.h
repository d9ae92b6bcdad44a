/* SPDX-License-Identifier: Apache-2.0 */
/* form.h: how each message is read and written, for the files of protocol/ alone: tables
 * of forms, and members of a JSON object. Thread: any; no state. */
#pragma once

#include <json-glib/json-glib.h>

#include "signaling/protocol/event.h"
#include "signaling/protocol/fields.h"
#include "signaling/protocol/request.h"

typedef struct {
    const char *name;
    void (*parse)(ScFields *fields, ScRequest *request);
    void (*print)(JsonBuilder *builder, const ScRequest *request);
} ScRequestForm;

typedef struct {
    const char *name;
    void (*parse)(ScFields *fields, ScEvent *event);
    void (*print)(JsonBuilder *builder, const ScEvent *event);
    void (*clear)(ScEvent *event); /* NULL: owns nothing */
} ScEventForm;

/* By type, counted from the first of the room. */
extern const ScRequestForm
    sc_room_request_forms[SC_N_REQUESTS - SC_REQUEST_FIRST_OF_ROOM];
extern const ScEventForm sc_room_event_forms[SC_N_EVENTS - SC_EVENT_FIRST_OF_ROOM];

/* The `room` of a welcome. */
ScWelcomeRoom *sc_form_read_room(ScFields *fields);
void sc_form_put_room(JsonBuilder *builder, const ScWelcomeRoom *room, ScRole role);

void sc_form_put_text(JsonBuilder *builder, const char *name, const char *text);
void sc_form_put_nullable_text(JsonBuilder *builder, const char *name, const char *text);
void sc_form_put_integer(JsonBuilder *builder, const char *name, int64_t value);
void sc_form_put_bool(JsonBuilder *builder, const char *name, bool value);

/* The member @name: an answer, as the right one or one's own: indexes, an integer, or
 * null. */
ScQuizAnswer sc_form_read_solution(ScFields *fields, const char *name);
void sc_form_put_solution(JsonBuilder *builder, const char *name,
                          const ScQuizAnswer *answer);
/* "": all, which has to be said by null. */
void sc_form_read_site_or_all(ScFields *fields, char out_site[SC_ID_MAX + 1]);
/* 0 or more; whether there is such a one is the room's to say. */
unsigned sc_form_read_count(ScFields *fields, const char *name);
/* An even number of at most @max. */
unsigned sc_form_read_points(ScFields *fields, uint16_t *out_points, unsigned max);
void sc_form_put_points(JsonBuilder *builder, const uint16_t *points, unsigned n_points);

/* What travels both ways. */
void sc_form_read_answer(ScFields *fields, ScAnswerRequest *answer);
void sc_form_put_answer(JsonBuilder *builder, const ScAnswerRequest *answer);
void sc_form_read_question(ScFields *fields, ScQuizOpenRequest *quiz);
void sc_form_put_question(JsonBuilder *builder, const ScQuizOpenRequest *quiz);
void sc_form_read_pen(ScFields *fields, ScPenRequest *pen);
void sc_form_put_pen(JsonBuilder *builder, const ScPenRequest *pen);
void sc_form_read_pointer(ScFields *fields, ScPointerRequest *pointer);
void sc_form_put_pointer(JsonBuilder *builder, const ScPointerRequest *pointer);
void sc_form_read_mute(ScFields *fields, ScMuteRequest *mute);
void sc_form_put_mute(JsonBuilder *builder, const ScMuteRequest *mute);
void sc_form_read_removed(ScFields *fields, ScChatRemoveRequest *removed);
void sc_form_put_removed(JsonBuilder *builder, const ScChatRemoveRequest *removed);

/* Of several events. */
ScSiteNumbers sc_form_read_site_numbers(ScFields *fields, const char *name);
void sc_form_put_site_numbers(JsonBuilder *builder, const char *name,
                              const ScSiteNumbers *numbers);
GStrv sc_form_read_sites(ScFields *fields, const char *name);
void sc_form_put_sites(JsonBuilder *builder, const char *name, GStrv sites);
ScQuizSum *sc_form_read_sum(ScFields *fields); /* the member `sum`; NULL: refused */
void sc_form_put_sum(JsonBuilder *builder, const ScQuizSum *sum, bool with_sites);
void sc_form_read_quiz(ScFields *fields, ScQuizEvent *quiz);
/* Without the sites of its sum where not @with_sites. */
void sc_form_put_quiz(JsonBuilder *builder, const ScQuizEvent *quiz, bool with_sites);
/* Members `document` and `page`, both null where no page is shown. */
void sc_form_read_page(ScFields *fields, ScPageRequest *page);
void sc_form_put_page(JsonBuilder *builder, unsigned document, unsigned page);
void sc_form_read_document(ScFields *fields, ScDocumentEvent *document);
void sc_form_put_document(JsonBuilder *builder, const ScDocumentEvent *document);
/* The member `strokes`; where there is none, or it is refused, none are read. */
ScStroke *sc_form_read_strokes(ScFields *fields, unsigned *out_n);
void sc_form_put_strokes(JsonBuilder *builder, const ScStroke *strokes,
                         unsigned n_strokes);
/* Calls @read for each object of the array @name with its index, and stops at the first
 * failure. */
void sc_form_read_each(ScFields *fields, const char *name, JsonArray *array,
                       void (*read)(ScFields *fields, gpointer list, unsigned i),
                       gpointer list);
void sc_form_read_chat(ScFields *fields, ScChatEvent *chat);
void sc_form_put_chat(JsonBuilder *builder, const ScChatEvent *chat);

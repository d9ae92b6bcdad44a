/* SPDX-License-Identifier: Apache-2.0 */
/* room-private.h: what the parts of the room share: room.c says who may ask what and does
 * most of it, room-slides.c has documents, pages and marks. */
#pragma once

#include "signaling/chat.h"
#include "signaling/floor-time.h"
#include "signaling/quiz.h"
#include "signaling/roll.h"
#include "signaling/room.h"
#include "signaling/site-list.h"
#include "signaling/slides.h"

struct ScRoom {
    GHashTable *sites; /* owned: id → Site, owned */
    int64_t n_records; /* that were given a number */
    ScSiteList hands;
    ScSiteList muted;
    ScSiteList help;
    ScRoll *roll; /* owned */
    ScChat *chat; /* owned */
    unsigned n_quizzes;
    ScQuiz *quiz;       /* owned: the last one; NULL: none */
    ScSlides *slides;   /* owned */
    ScFloorTime *floor; /* owned */
};

/* One request under way. */
typedef struct {
    const ScRoomActor *actor;
    const ScRequest *request;
    int64_t at_ms;
    ScRoomOutcome *outcome;
} ScRoomAsking;

bool sc_room_document(ScRoom *self, const ScRoomAsking *asking, GError **error);
bool sc_room_document_remove(ScRoom *self, const ScRoomAsking *asking, GError **error);
bool sc_room_page(ScRoom *self, const ScRoomAsking *asking, GError **error);
bool sc_room_pen(ScRoom *self, const ScRoomAsking *asking, GError **error);
bool sc_room_pen_clear(ScRoom *self, const ScRoomAsking *asking, GError **error);
bool sc_room_pointer(ScRoom *self, const ScRoomAsking *asking, GError **error);

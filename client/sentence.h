/* SPDX-License-Identifier: Apache-2.0 */
/* sentence.h: what a room is, and how that is said to people in it. Pure. */
#pragma once

#include "signaling/protocol/word.h"
#include "signaling/role.h"

typedef enum {
    SC_ROOM_CONNECTING,
    SC_ROOM_PLAYING,
    SC_ROOM_WAITING, /* connected, but there is no teacher */
    SC_ROOM_RECONNECTING,
    SC_ROOM_OVER, /* the lesson has ended, or was cancelled */
    SC_N_ROOM_STATES
} ScRoomState;

/* "connecting", …: as in docs/protocol.md, Status. */
const char *sc_sentence_get_state(ScRoomState state);
const char *sc_sentence_get(ScRoomState state, ScRole role, ScLanguage language);

const char *sc_sentence_get_cancelled(ScLanguage language);
/* Before the bell. */
char *sc_sentence_dup_countdown(unsigned minutes, ScLanguage language);

/* Where slides stand, instead of a page that is not there yet. */
char *sc_sentence_dup_slides_coming(unsigned percent, ScLanguage language);
const char *sc_sentence_get_slides_broken(ScLanguage language);

typedef enum {
    SC_CAPTION_ON_FLOOR,   /* this room is seen and heard by all */
    SC_CAPTION_MUTED,      /* nobody but the teacher hears this room */
    SC_CAPTION_SILENCED,   /* the teacher had the microphone turned off */
    SC_CAPTION_VOLUME,     /* of the loudspeaker: its name */
    SC_CAPTION_NO_PICTURE, /* of a tile: nothing comes from there */
    SC_N_CAPTIONS
} ScCaption;

const char *sc_sentence_get_caption(ScCaption caption, ScLanguage language);

/* SPDX-License-Identifier: Apache-2.0 */
/* lesson-door.h: a token for one site's part in a lesson that is open. Thread: main. */
#pragma once

#include "signaling/api/call.h"

/* Answers @call with a token of @site for @lesson: {"lesson","token","role","events",
 * "whip","whep","url"}, valid until the lesson's end and a while more. False: NOT_FOUND
 * where @site is not of @lesson, WRONG_STATE where it is not open now. */
bool sc_lesson_door_open(ScCall *call, const char *lesson, const char *site,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: Apache-2.0 */
/* chat.h: what was said in writing, as far as it is still shown, and whether classrooms
 * may. Decides, and does nothing else. Thread: any; one at a time. Spec:
 * docs/protocol.md#the-room. */
#pragma once

#include <stdbool.h>

#include "signaling/protocol/room-event.h"
#include "signaling/role.h"

typedef struct ScChat ScChat;

/* Closed. */
ScChat *sc_chat_new(void) G_GNUC_WARN_UNUSED_RESULT;
void sc_chat_free(ScChat *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScChat, sc_chat_free)

void sc_chat_set_open(ScChat *self, bool open);
bool sc_chat_is_open(const ScChat *self);

/* Gives @line its number and keeps it. False and @error CHAT_CLOSED where @role may not
 * now. */
bool sc_chat_say(ScChat *self, ScRole role, ScChatLine *line, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* @message 0: all. False and @error UNKNOWN_MESSAGE where there never was one. */
bool sc_chat_remove(ScChat *self, unsigned message, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Up to SC_CHAT_KEPT, the oldest first. */
ScChatLine *sc_chat_dup_lines(const ScChat *self, unsigned *out_n)
    G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/chat.h"

#include "signaling/problem.h"

struct ScChat {
    bool open;
    unsigned n_said; /* the last message's number */
    GArray *lines;   /* owned, of ScChatLine: the last ones that were not removed */
};

ScChat *
sc_chat_new(void)
{
    ScChat *self = g_new0(ScChat, 1);
    self->lines = g_array_new(FALSE, FALSE, sizeof(ScChatLine));
    return self;
}

void
sc_chat_free(ScChat *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->lines);
    g_free(self);
}

void
sc_chat_set_open(ScChat *self, bool open)
{
    self->open = open;
}

bool
sc_chat_is_open(const ScChat *self)
{
    return self->open;
}

bool
sc_chat_say(ScChat *self, ScRole role, ScChatLine *line, GError **error)
{
    if (role == SC_ROLE_CLASSROOM && !self->open) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_CHAT_CLOSED,
                    "the teacher has not opened the chat for classrooms");
        return false;
    }
    line->chat.message = ++self->n_said;
    if (self->lines->len == SC_CHAT_KEPT)
        g_array_remove_index(self->lines, 0);
    g_array_append_vals(self->lines, line, 1);
    return true;
}

bool
sc_chat_remove(ScChat *self, unsigned message, GError **error)
{
    if (message > self->n_said) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_MESSAGE,
                    "there is no message %u, the last one is %u", message, self->n_said);
        return false;
    }
    for (guint i = self->lines->len; i-- > 0;)
        if (message == 0
            || g_array_index(self->lines, ScChatLine, i).chat.message == message)
            g_array_remove_index(self->lines, i);
    return true;
}

ScChatLine *
sc_chat_dup_lines(const ScChat *self, unsigned *out_n)
{
    *out_n = self->lines->len;
    return g_memdup2(self->lines->data, self->lines->len * sizeof(ScChatLine));
}

/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-journal"
#include "signaling/journal.h"

typedef struct {
    ScRoomRecordRow *row; /* owned; NULL: not to be kept */
    gpointer entry;       /* the observer's */
} Line;

struct ScJournal {
    ScStore *store; /* borrowed */
    ScJournalKept kept;
    gpointer user_data;
    GArray *lines; /* owned, of Line: what waits */
    guint idle;    /* source; 0: nothing waits */
    guint timeout; /* likewise */
};

ScJournal *
sc_journal_new(ScStore *store, ScJournalKept kept, gpointer user_data)
{
    ScJournal *self = g_new0(ScJournal, 1);
    self->store = store;
    self->kept = kept;
    self->user_data = user_data;
    self->lines = g_array_new(FALSE, FALSE, sizeof(Line));
    return self;
}

void
sc_journal_free(ScJournal *self)
{
    if (self == NULL)
        return;
    sc_journal_flush(self);
    g_array_unref(self->lines);
    g_free(self);
}

static bool
commit(ScJournal *self, const GArray *lines, GError **error)
{
    if (!sc_store_begin(self->store, error))
        return false;
    for (guint i = 0; i < lines->len; i++) {
        const Line *line = &g_array_index(lines, Line, i);
        if (line->row == NULL || sc_store_add_room_record(self->store, line->row, error))
            continue;
        sc_store_rollback(self->store);
        return false;
    }
    return sc_store_commit(self->store, error);
}

void
sc_journal_flush(ScJournal *self)
{
    g_clear_handle_id(&self->idle, g_source_remove);
    g_clear_handle_id(&self->timeout, g_source_remove);
    if (self->lines->len == 0)
        return;
    /* Those who are told may ask again. */
    g_autoptr(GArray) lines = self->lines;
    g_autoptr(GError) error = NULL;
    self->lines = g_array_new(FALSE, FALSE, sizeof(Line));
    if (!commit(self, lines, &error))
        g_warning("%u lines are lost: %s", lines->len, error->message);
    for (guint i = 0; i < lines->len; i++) {
        Line *line = &g_array_index(lines, Line, i);
        self->kept(line->entry, line->row != NULL ? error : NULL, self->user_data);
        sc_room_record_row_free(line->row);
    }
}

static gboolean
on_idle(gpointer user_data)
{
    ScJournal *self = user_data;
    self->idle = 0;
    sc_journal_flush(self);
    return G_SOURCE_REMOVE;
}

static gboolean
on_timeout(gpointer user_data)
{
    ScJournal *self = user_data;
    self->timeout = 0;
    sc_journal_flush(self);
    return G_SOURCE_REMOVE;
}

void
sc_journal_add(ScJournal *self, ScRoomRecordRow *row, gpointer entry)
{
    if (row == NULL && self->lines->len == 0) {
        self->kept(entry, NULL, self->user_data);
        return;
    }
    Line line = { row, entry };
    g_array_append_val(self->lines, line);
    if (self->idle == 0)
        self->idle = g_idle_add(on_idle, self);
    if (self->timeout == 0)
        self->timeout = g_timeout_add(SC_JOURNAL_WAIT_MS, on_timeout, self);
}

void
sc_journal_foreach(ScJournal *self, GFunc visit, gpointer user_data)
{
    for (guint i = 0; i < self->lines->len; i++)
        visit(g_array_index(self->lines, Line, i).entry, user_data);
}

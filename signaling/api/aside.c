/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/api/aside.h"

#include <gio/gio.h>

#include "signaling/problem.h"

struct ScAside {
    char *database;       /* owned */
    unsigned max_waiting; /* pieces of work */
    GThreadPool *threads; /* owned: one */
};

/* A piece of work, of its task. */
typedef struct {
    const char *database; /* borrowed from the ScAside, which outlives it */
    ScAsideWork work;
    ScAsideDone done;
    gpointer data; /* owned until it is done */
} Piece;

/* Takes @reason. What waits for a lock too long may be asked for again. */
static GError *
translate(GError *reason)
{
    if (!g_error_matches(reason, SC_STORE_ERROR, SC_STORE_ERROR_BUSY))
        return reason;
    GError *busy = NULL;
    sc_problem_set_error(&busy, SC_PROBLEM_BUSY, NULL, "the database is busy: %s",
                         reason->message);
    sc_problem_say(&busy, "服务器正忙，请稍等再试。",
                   "The server is busy. Please try again shortly.");
    g_error_free(reason);
    return busy;
}

static void
do_work(gpointer data, gpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(GTask) task = data;
    Piece *piece = g_task_get_task_data(task);
    GError *error = NULL;
    g_autoptr(ScStore) store = sc_store_open_again(piece->database, &error);
    if (store != NULL && piece->work(store, piece->data, &error))
        g_task_return_boolean(task, TRUE);
    else
        g_task_return_error(task, translate(error));
}

static void
on_done(GObject *source G_GNUC_UNUSED, GAsyncResult *result,
        gpointer user_data G_GNUC_UNUSED)
{
    Piece *piece = g_task_get_task_data(G_TASK(result));
    g_autoptr(GError) error = NULL;
    (void)g_task_propagate_boolean(G_TASK(result), &error);
    piece->done(piece->data, error);
}

ScAside *
sc_aside_new(const char *database, unsigned max_waiting)
{
    ScAside *self = g_new0(ScAside, 1);
    self->database = g_strdup(database);
    self->max_waiting = max_waiting;
    self->threads = g_thread_pool_new(do_work, NULL, 1, FALSE, NULL);
    return self;
}

void
sc_aside_free(ScAside *self)
{
    if (self == NULL)
        return;
    g_thread_pool_free(self->threads, FALSE, TRUE);
    g_free(self->database);
    g_free(self);
}

bool
sc_aside_push(ScAside *self, ScAsideWork work, ScAsideDone done, gpointer data,
              GError **error)
{
    if (g_thread_pool_unprocessed(self->threads) >= self->max_waiting) {
        sc_problem_set_error(error, SC_PROBLEM_BUSY, NULL,
                             "%u imports and exports are waiting already",
                             self->max_waiting);
        sc_problem_say(error, "正在处理的导入和导出太多，请稍等再试。",
                       "Too many imports and exports at once. Please try again shortly.");
        return false;
    }
    Piece *piece = g_new(Piece, 1);
    *piece = (Piece){ self->database, work, done, data };
    GTask *task = g_task_new(NULL, NULL, on_done, NULL);
    g_task_set_task_data(task, piece, g_free);
    g_thread_pool_push(self->threads, task, NULL);
    return true;
}

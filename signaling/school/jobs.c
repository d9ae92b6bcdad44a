/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-jobs"
#include "signaling/school/jobs.h"

#include "signaling/school/generation.h"
#include "signaling/store/query.h"
#include "signaling/store/timetable.h"

#define SLICE_US 8000 /* of work; the commit comes on top */
#define RETRY_MS 1000 /* after the store refused */

/* The job in hand. */
typedef struct {
    char *id;       /* owned */
    char *term;     /* owned */
    char **entries; /* owned */
    unsigned n_entries;
    unsigned n_done;        /* entries */
    ScGenerator *generator; /* owned */
    ScGenerated counts;
} Work;

struct ScJobs {
    ScStore *store;  /* borrowed */
    ScClock *clock;  /* borrowed */
    GTimeZone *zone; /* borrowed */
    ScBell *bell;    /* borrowed; NULL: nobody rings */
    Work *work;      /* owned; NULL: nothing in hand */
    guint source;    /* 0: at rest */
    int64_t longest_us;
};

static void
work_free(Work *work)
{
    if (work == NULL)
        return;
    g_free(work->id);
    g_free(work->term);
    g_strfreev(work->entries);
    sc_generator_free(work->generator);
    g_free(work);
}

/* The oldest unfinished one; *@out_work NULL where there is none. */
static bool
find_work(ScJobs *self, Work **out_work, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    *out_work = NULL;
    if (!sc_query_init(&query, self->store,
                       "SELECT id, object FROM job WHERE state = 'running'"
                       " ORDER BY created_ms, id LIMIT 1",
                       error)
        || !sc_query_step(&query, &has_row, error))
        return false;
    if (!has_row)
        return true;
    Work *work = g_new0(Work, 1);
    work->id = sc_query_dup_text(&query, 0);
    work->term = sc_query_dup_text(&query, 1);
    *out_work = work;
    return true;
}

static bool
take_up(ScJobs *self, GError **error)
{
    Work *work = NULL;
    if (!find_work(self, &work, error))
        return false;
    if (work == NULL)
        return true;
    work->entries = sc_store_list_term_entries(self->store, work->term, error);
    if (work->entries == NULL) {
        work_free(work);
        return false;
    }
    work->n_entries = g_strv_length(work->entries);
    work->generator =
        sc_generator_new(self->store, self->zone, sc_clock_get_real_ms(self->clock));
    self->work = work;
    return true;
}

static bool
write_progress(ScJobs *self, const char *state, const char *detail, GError **error)
{
    const Work *work = self->work;
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(
            &query, self->store,
            "UPDATE job SET state = $1, n_done = $2, n_total = $3, detail = $4,"
            " updated_ms = $5 WHERE id = $6",
            error))
        return false;
    sc_query_bind_text(&query, state);
    sc_query_bind_integer(&query, work->n_done);
    sc_query_bind_integer(&query, work->n_entries);
    sc_query_bind_text(&query, detail);
    sc_query_bind_integer(&query, sc_clock_get_real_ms(self->clock));
    sc_query_bind_text(&query, work->id);
    return sc_query_run(&query, error);
}

static char *
print_counts(const ScGenerated *counts)
{
    return g_strdup_printf("{\"made\":%u,\"moved\":%u,\"removed\":%u}", counts->n_made,
                           counts->n_moved, counts->n_removed);
}

static bool
run_entries(ScJobs *self, GError **error)
{
    Work *work = self->work;
    int64_t end_us = sc_clock_get_monotonic_us(self->clock) + SLICE_US;
    while (work->n_done < work->n_entries
           && sc_clock_get_monotonic_us(self->clock) < end_us) {
        if (!sc_generator_run_entry(work->generator, work->entries[work->n_done],
                                    &work->counts, error))
            return false;
        work->n_done++;
    }
    bool is_over = work->n_done == work->n_entries;
    g_autofree char *detail = print_counts(&work->counts);
    return write_progress(self, is_over ? "done" : "running", detail, error);
}

/* One slice as one durable step; false: nothing of it was done. */
static bool
run_slice(ScJobs *self, GError **error)
{
    const Work before = *self->work;
    if (!sc_store_begin(self->store, error))
        return false;
    if (run_entries(self, error)) {
        if (sc_store_commit(self->store, error))
            return true;
    } else {
        sc_store_rollback(self->store);
    }
    self->work->n_done = before.n_done;
    self->work->counts = before.counts;
    return false;
}

static void
finish(ScJobs *self)
{
    const ScGenerated *counts = &self->work->counts;
    g_message("term %s: %u lessons made, %u moved, %u removed", self->work->term,
              counts->n_made, counts->n_moved, counts->n_removed);
    g_clear_pointer(&self->work, work_free);
    if (self->bell != NULL)
        sc_bell_reconsider(self->bell);
}

/* What the data refuses will be refused again; a full disk may be mended. */
static void
fail(ScJobs *self, const GError *reason)
{
    g_autoptr(GError) error = NULL;
    g_warning("job %s: %s", self->work->id, reason->message);
    if (!write_progress(self, "failed", reason->message, &error))
        g_debug("job %s: %s", self->work->id, error->message);
    g_clear_pointer(&self->work, work_free);
}

static gboolean on_slice(gpointer user_data);

static gboolean
on_retry(gpointer user_data)
{
    ScJobs *self = user_data;
    self->source = g_idle_add_full(G_PRIORITY_LOW, on_slice, self, NULL);
    return G_SOURCE_REMOVE;
}

static gboolean
retry_later(ScJobs *self)
{
    self->source = g_timeout_add(RETRY_MS, on_retry, self);
    return G_SOURCE_REMOVE;
}

static gboolean
on_slice(gpointer user_data)
{
    ScJobs *self = user_data;
    g_autoptr(GError) error = NULL;
    int64_t begin_us = sc_clock_get_monotonic_us(self->clock);
    if (self->work == NULL && !take_up(self, &error)) {
        g_warning("jobs: %s", error->message);
        return retry_later(self);
    }
    if (self->work == NULL) {
        self->source = 0;
        return G_SOURCE_REMOVE;
    }
    if (!run_slice(self, &error)) {
        if (g_error_matches(error, SC_STORE_ERROR, SC_STORE_ERROR_FULL)
            || g_error_matches(error, SC_STORE_ERROR, SC_STORE_ERROR_BUSY))
            return retry_later(self);
        fail(self, error);
    } else if (self->work->n_done == self->work->n_entries) {
        finish(self);
    }
    int64_t held_us = sc_clock_get_monotonic_us(self->clock) - begin_us;
    self->longest_us = MAX(self->longest_us, held_us);
    return G_SOURCE_CONTINUE;
}

void
sc_jobs_wake(ScJobs *self)
{
    if (self->source == 0)
        self->source = g_idle_add_full(G_PRIORITY_LOW, on_slice, self, NULL);
}

ScJobs *
sc_jobs_new(ScStore *store, ScClock *clock, GTimeZone *zone, ScBell *bell)
{
    ScJobs *self = g_new0(ScJobs, 1);
    self->store = store;
    self->clock = clock;
    self->zone = zone;
    self->bell = bell;
    sc_jobs_wake(self);
    return self;
}

void
sc_jobs_free(ScJobs *self)
{
    if (self == NULL)
        return;
    g_clear_handle_id(&self->source, g_source_remove);
    work_free(self->work);
    g_free(self);
}

static bool
find_running(ScJobs *self, const char *term, char **out_id, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, self->store,
                       "SELECT id FROM job WHERE state = 'running' AND object = $1",
                       error))
        return false;
    sc_query_bind_text(&query, term);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    *out_id = has_row ? sc_query_dup_text(&query, 0) : NULL;
    return true;
}

char *
sc_jobs_ask(ScStore *store, const char *organisation, const char *term,
            const char *person, int64_t now_ms, GError **error)
{
    g_autofree char *id = sc_store_make_id();
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "INSERT INTO job (id, organisation, kind, object, person, state,"
                       " created_ms, updated_ms)"
                       " VALUES ($1, $2, 'generate', $3, $4, 'running', $5, $5)",
                       error))
        return NULL;
    sc_query_bind_text(&query, id);
    sc_query_bind_text(&query, organisation);
    sc_query_bind_text(&query, term);
    sc_query_bind_text(&query, person);
    sc_query_bind_integer(&query, now_ms);
    return sc_query_run(&query, error) ? g_steal_pointer(&id) : NULL;
}

char *
sc_jobs_generate(ScJobs *self, const char *organisation, const char *term,
                 const char *person, GError **error)
{
    g_autofree char *running = NULL;
    if (!find_running(self, term, &running, error))
        return NULL;
    if (running != NULL)
        return g_steal_pointer(&running);
    char *id = sc_jobs_ask(self->store, organisation, term, person,
                           sc_clock_get_real_ms(self->clock), error);
    if (id != NULL)
        sc_jobs_wake(self);
    return id;
}

int64_t
sc_jobs_get_longest_us(const ScJobs *self)
{
    return self->longest_us;
}

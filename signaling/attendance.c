/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-attendance"
#include "signaling/attendance.h"

#include <math.h>

#include "signaling/school/term-calendar.h"
#include "signaling/store/query.h"

#define FLUSH_S 5
#define SWEEP_MAX 8              /* lessons a turn of the main loop */
#define GRACE_US (3 * 1000000LL) /* after the end: sessions close, last figures come */
#define GUESS_MAX_US (16 * 1000000LL) /* the relay tells what stands so seldom */
#define AWAY_US (5 * 1000000LL)       /* without media for so long: it was interrupted */
#define LIVE_MAX 100000

/* One session's totals as the relay told them last. */
typedef struct {
    char *lesson; /* owned */
    char *site;   /* owned */
    ScSessionKind kind;
    int64_t told_us;
    int64_t total_ms;
    unsigned n_interruptions;
    bool flows; /* as it was told last */
    bool is_dirty;
} Meter;

typedef struct {
    ScAttendanceRow row;
    ScRole role;
    int64_t seen_us;  /* monotonic: media was last received; 0: never */
    const Meter *by;  /* whose they were; borrowed, only compared */
    int64_t loss_sum; /* behind the means of @row */
    int64_t rtt_sum;
    bool is_dirty;
} Entry;

/* A lesson between its bell and the ledger. */
typedef struct {
    int64_t begun_us;
    int64_t ended_us;  /* 0: it runs */
    GHashTable *sites; /* owned: site → Entry, owned */
    char *floor;       /* owned: who has it; NULL: nobody */
    int64_t floor_us;  /* since when */
} Book;

struct ScAttendance {
    ScClock *clock;         /* borrowed */
    GTimeZone *zone;        /* borrowed */
    ScStore *store;         /* borrowed */
    ScConductor *conductor; /* borrowed */
    ScBell *bell;           /* borrowed */
    GHashTable *books;      /* owned: lesson → Book, owned */
    GHashTable *meters;     /* owned: session → Meter, owned */
    guint flushing;         /* source */
    guint sweeping;         /* source; 0: none */
};

static void
book_free(gpointer data)
{
    Book *book = data;
    g_hash_table_unref(book->sites);
    g_free(book->floor);
    g_free(book);
}

static void
meter_free(gpointer data)
{
    Meter *meter = data;
    g_free(meter->lesson);
    g_free(meter->site);
    g_free(meter);
}

static int64_t
now_us(const ScAttendance *self)
{
    return sc_clock_get_monotonic_us(self->clock);
}

/* Opening a book: its sites, and what was counted before a restart. */

static void
take_sums(Entry *entry)
{
    const ScAttendanceRow *row = &entry->row;
    entry->loss_sum = MAX(row->loss_permille, 0) * row->n_samples;
    entry->rtt_sum = MAX(row->rtt_ms, 0) * row->n_samples;
}

static bool
read_sites(ScAttendance *self, const char *lesson, Book *book, GError **error)
{
    g_autoptr(ScLessonRow) row = sc_store_get_lesson(self->store, lesson, error);
    if (row == NULL)
        return false;
    for (unsigned i = 0; i < row->n_sites; i++) {
        Entry *entry = g_new0(Entry, 1);
        entry->role = row->sites[i].role;
        g_hash_table_insert(book->sites, g_strdup(row->sites[i].site), entry);
        if (!sc_store_get_attendance(self->store, lesson, row->sites[i].site, &entry->row,
                                     error))
            return false;
        take_sums(entry);
    }
    if (row->floor != NULL) {
        book->floor = g_strdup(row->floor);
        book->floor_us = now_us(self);
    }
    return true;
}

static Book *
open_book(ScAttendance *self, const char *lesson)
{
    g_autoptr(GError) error = NULL;
    Book *book = g_new0(Book, 1);
    book->begun_us = now_us(self);
    book->sites = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (!read_sites(self, lesson, book, &error)) {
        g_warning("lesson %s: nothing can be counted: %s", lesson, error->message);
        book_free(book);
        return NULL;
    }
    g_hash_table_insert(self->books, g_strdup(lesson), book);
    return book;
}

/* Counting. */

/* The part of [@from_us, @to_us) in which the lesson ran, 0 to 1. */
static double
get_share(const Book *book, int64_t from_us, int64_t to_us)
{
    int64_t begin_us = MAX(from_us, book->begun_us);
    int64_t end_us = book->ended_us != 0 ? MIN(to_us, book->ended_us) : to_us;
    if (to_us <= from_us || end_us <= begin_us)
        return 0;
    return (double)(end_us - begin_us) / (double)(to_us - from_us);
}

static void
note_presence(const ScAttendance *self, Entry *entry)
{
    int64_t wall_ms = sc_clock_get_real_ms(self->clock);
    if (entry->row.first_ms < 0)
        entry->row.first_ms = wall_ms;
    entry->row.last_ms = wall_ms;
}

/* A site that was away and came back by another session was interrupted too. */
static void
note_received(ScAttendance *self, Entry *entry, const Meter *meter, int64_t at_us)
{
    if (entry->seen_us != 0 && entry->by != meter && at_us - entry->seen_us > AWAY_US)
        entry->row.n_interruptions++;
    entry->seen_us = at_us;
    entry->by = meter;
    note_presence(self, entry);
}

static void
add_to_all_sites(Book *book, int64_t delivered_ms)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, book->sites);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Entry *entry = value;
        entry->row.delivered_ms += delivered_ms;
        entry->is_dirty = true;
    }
}

/* @ms more of @meter's, within the lesson. */
static void
count_time(ScAttendance *self, Book *book, Entry *entry, const Meter *meter, int64_t ms,
           int64_t at_us)
{
    if (ms <= 0)
        return;
    entry->is_dirty = true;
    if (meter->kind == SC_SESSION_SUBSCRIBE) {
        entry->row.received_ms += ms;
        note_received(self, entry, meter, at_us);
        return;
    }
    entry->row.sent_ms += ms;
    note_presence(self, entry);
    if (entry->role == SC_ROLE_TEACHER)
        add_to_all_sites(book, ms);
}

static void
take_sample(Entry *entry, const ScSession *session, const ScControlQuality *figures)
{
    bool is_up = session->kind == SC_SESSION_PUBLISH;
    if (is_up != (entry->role == SC_ROLE_TEACHER))
        return; /* what matters is the programme: up from the teacher, down to others */
    ScAttendanceRow *row = &entry->row;
    const ScControlFlow *flow = is_up ? &figures->up : &figures->down;
    if (figures->width * figures->height > MAX(row->width * row->height, 0)) {
        row->width = figures->width;
        row->height = figures->height;
    }
    row->n_samples++;
    entry->loss_sum += (int64_t)(flow->loss_pct * 10 + 0.5);
    entry->rtt_sum += (int64_t)(figures->rtt_ms + 0.5);
    row->loss_permille = entry->loss_sum / row->n_samples;
    row->rtt_ms = entry->rtt_sum / row->n_samples;
    entry->is_dirty = true;
}

/* A session of before our restart goes on from what was counted of it. */
static Meter *
find_meter(ScAttendance *self, const ScSession *session)
{
    g_autoptr(GError) error = NULL;
    Meter *meter = g_hash_table_lookup(self->meters, session->id);
    if (meter != NULL)
        return meter;
    meter = g_new0(Meter, 1);
    meter->lesson = g_strdup(session->lesson);
    meter->site = g_strdup(session->site);
    meter->kind = session->kind;
    meter->told_us = session->quiet_since_us;
    if (!sc_store_get_counted(self->store, session->id, &meter->total_ms,
                              &meter->n_interruptions, &error))
        g_warning("session %s: %s", session->id, error->message);
    g_hash_table_insert(self->meters, g_strdup(session->id), meter);
    return meter;
}

static Entry *
find_entry(ScAttendance *self, const Meter *meter, Book **out_book)
{
    *out_book = g_hash_table_lookup(self->books, meter->lesson);
    return *out_book != NULL ? g_hash_table_lookup((*out_book)->sites, meter->site)
                             : NULL;
}

typedef struct {
    int64_t from_us, to_us;
} Span;

/* When the last @delta_ms of @meter were that are told of at @at_us. Media that flows now
 * and did not before has come just now; media that stopped came first; less than nothing
 * was believed too early to be still flowing at the last message. */
static Span
find_span(const Meter *meter, int64_t delta_ms, bool flows, int64_t at_us)
{
    int64_t delta_us = delta_ms * 1000;
    if (delta_us < 0)
        return (Span){ meter->told_us + delta_us, meter->told_us };
    if (flows && !meter->flows)
        return (Span){ at_us - delta_us, at_us };
    if (meter->flows && !flows && meter->told_us + delta_us <= at_us)
        return (Span){ meter->told_us, meter->told_us + delta_us };
    /* It may have begun before the last message: it never took less than it lasts. */
    return (Span){ MIN(meter->told_us, at_us - delta_us), at_us };
}

/* @ms that were counted of a receiver and had not come. */
static void
take_back(Entry *entry, int64_t ms)
{
    entry->row.received_ms = MAX(entry->row.received_ms - ms, 0);
    entry->is_dirty = true;
}

static void
on_figures(const ScSession *session, const ScControlQuality *figures, gpointer user_data)
{
    ScAttendance *self = user_data;
    int64_t at_us = now_us(self);
    Meter *meter = find_meter(self, session);
    Book *book;
    Entry *entry = find_entry(self, meter, &book);
    int64_t total_ms =
        session->kind == SC_SESSION_PUBLISH ? figures->arrived_ms : figures->delivered_ms;
    int64_t delta_ms = total_ms - meter->total_ms;
    bool flows = session->kind == SC_SESSION_PUBLISH ? delta_ms > 0 : figures->delivering;
    if (entry != NULL) {
        Span span = find_span(meter, delta_ms, flows, at_us);
        int64_t ms =
            llround((double)delta_ms * get_share(book, span.from_us, span.to_us));
        if (ms < 0 && session->kind == SC_SESSION_SUBSCRIBE)
            take_back(entry, -ms);
        else
            count_time(self, book, entry, meter, ms, at_us);
        if (get_share(book, meter->told_us, at_us) > 0) {
            entry->row.n_interruptions +=
                (unsigned)MAX(figures->n_interruptions - meter->n_interruptions, 0);
            take_sample(entry, session, figures);
        }
    }
    meter->flows = flows;
    meter->told_us = at_us;
    meter->total_ms = total_ms;
    meter->n_interruptions = (unsigned)figures->n_interruptions;
    meter->is_dirty = true;
}

/* Its last seconds were not told: they were as those before. */
static void
on_session_ended(const ScSession *session, gpointer user_data)
{
    ScAttendance *self = user_data;
    Meter *meter = g_hash_table_lookup(self->meters, session->id);
    Book *book;
    Entry *entry = meter != NULL ? find_entry(self, meter, &book) : NULL;
    int64_t at_us = now_us(self);
    if (entry != NULL && meter->flows && at_us - meter->told_us <= GUESS_MAX_US) {
        double ms = (double)(at_us - meter->told_us) / 1000;
        double share = get_share(book, meter->told_us, at_us);
        count_time(self, book, entry, meter, (int64_t)(ms * share + 0.5), at_us);
    }
    g_hash_table_remove(self->meters, session->id);
}

static void
close_floor(ScAttendance *self, Book *book)
{
    Entry *entry =
        book->floor != NULL ? g_hash_table_lookup(book->sites, book->floor) : NULL;
    if (entry != NULL) {
        entry->row.floor_ms += (now_us(self) - book->floor_us) / 1000;
        entry->is_dirty = true;
    }
    g_clear_pointer(&book->floor, g_free);
}

static void
on_floor_given(const char *lesson, const char *site, gpointer user_data)
{
    ScAttendance *self = user_data;
    Book *book = g_hash_table_lookup(self->books, lesson);
    if (book == NULL || book->ended_us != 0 || g_strcmp0(book->floor, site) == 0)
        return;
    close_floor(self, book);
    Entry *entry = g_hash_table_lookup(book->sites, site);
    if (entry == NULL)
        return;
    entry->row.n_floor++;
    entry->is_dirty = true;
    book->floor = g_strdup(site);
    book->floor_us = now_us(self);
}

static const ScConductorWitness witness = {
    .figures = on_figures,
    .session_ended = on_session_ended,
    .floor_given = on_floor_given,
};

/* Writing. */

static bool
write_entries(ScAttendance *self, const char *lesson, const Book *book, GError **error)
{
    GHashTableIter iter;
    gpointer site, value;
    g_hash_table_iter_init(&iter, book->sites);
    while (g_hash_table_iter_next(&iter, &site, &value)) {
        const Entry *entry = value;
        if (entry->is_dirty
            && !sc_store_put_attendance(self->store, lesson, site, &entry->row, error))
            return false;
    }
    return true;
}

static bool
write_all(ScAttendance *self, GError **error)
{
    GHashTableIter iter;
    gpointer key, value;
    g_hash_table_iter_init(&iter, self->books);
    while (g_hash_table_iter_next(&iter, &key, &value))
        if (!write_entries(self, key, value, error))
            return false;
    g_hash_table_iter_init(&iter, self->meters);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const Meter *meter = value;
        if (meter->is_dirty
            && !sc_store_put_counted(self->store, key, meter->lesson, meter->total_ms,
                                     meter->n_interruptions, error))
            return false;
    }
    return true;
}

static void
clean_all(ScAttendance *self)
{
    GHashTableIter books, sites;
    gpointer book, value;
    g_hash_table_iter_init(&books, self->books);
    while (g_hash_table_iter_next(&books, NULL, &book)) {
        g_hash_table_iter_init(&sites, ((Book *)book)->sites);
        while (g_hash_table_iter_next(&sites, NULL, &value))
            ((Entry *)value)->is_dirty = false;
    }
    g_hash_table_iter_init(&books, self->meters);
    while (g_hash_table_iter_next(&books, NULL, &value))
        ((Meter *)value)->is_dirty = false;
}

bool
sc_attendance_flush(ScAttendance *self, GError **error)
{
    if (!sc_store_begin(self->store, error))
        return false;
    if (!write_all(self, error)) {
        sc_store_rollback(self->store);
        return false;
    }
    if (!sc_store_commit(self->store, error))
        return false;
    clean_all(self);
    return true;
}

/* Into the ledger. */

static bool
is_ripe(ScAttendance *self, const char *lesson)
{
    const Book *book = g_hash_table_lookup(self->books, lesson);
    return book == NULL
           || (book->ended_us != 0 && now_us(self) >= book->ended_us + GRACE_US);
}

static bool
record(ScAttendance *self, const char *lesson, GError **error)
{
    int64_t starts_ms;
    char day[SC_DAY_LENGTH + 1];
    unsigned minute;
    if (!sc_store_get_lesson_start(self->store, lesson, &starts_ms, error))
        return false;
    sc_instant_split(starts_ms, self->zone, day, &minute);
    g_autofree char *month = g_strndup(day, strlen("2026-09"));
    if (!sc_store_record_lesson(self->store, lesson, month,
                                sc_clock_get_real_ms(self->clock), error))
        return false;
    g_hash_table_remove(self->books, lesson);
    return true;
}

static bool
sweep(ScAttendance *self, bool *out_has_more, GError **error)
{
    g_auto(GStrv) lessons = sc_store_list_unrecorded(
        self->store, sc_clock_get_real_ms(self->clock), SWEEP_MAX, error);
    unsigned n_ripe = 0;
    *out_has_more = false;
    if (lessons == NULL || !sc_attendance_flush(self, error))
        return false;
    for (char **lesson = lessons; *lesson != NULL; lesson++) {
        if (!is_ripe(self, *lesson))
            continue;
        n_ripe++;
        if (!record(self, *lesson, error))
            return false;
    }
    *out_has_more = n_ripe > 0;
    return true;
}

bool
sc_attendance_sweep(ScAttendance *self)
{
    g_autoptr(GError) error = NULL;
    bool has_more;
    if (sweep(self, &has_more, &error))
        return has_more;
    g_warning("the ledger waits: %s", error->message);
    return false;
}

static gboolean
on_sweep(gpointer user_data)
{
    ScAttendance *self = user_data;
    if (sc_attendance_sweep(self))
        return G_SOURCE_CONTINUE;
    self->sweeping = 0;
    return G_SOURCE_REMOVE;
}

static gboolean
on_flush(gpointer user_data)
{
    ScAttendance *self = user_data;
    if (self->sweeping == 0)
        self->sweeping = g_idle_add_full(G_PRIORITY_LOW, on_sweep, self, NULL);
    return G_SOURCE_CONTINUE;
}

/* The bell. */

static void
on_begun(const char *lesson, int64_t now_ms G_GNUC_UNUSED, gpointer user_data)
{
    ScAttendance *self = user_data;
    if (!g_hash_table_contains(self->books, lesson))
        (void)open_book(self, lesson);
}

static void
on_ended(const char *lesson, int64_t now_ms G_GNUC_UNUSED, gpointer user_data)
{
    ScAttendance *self = user_data;
    Book *book = g_hash_table_lookup(self->books, lesson);
    if (book == NULL)
        return;
    close_floor(self, book);
    book->ended_us = now_us(self);
}

static const ScBellObserver bell_observer = {
    .begun = on_begun,
    .ended = on_ended,
};

/* Lessons that ran when the process ended. */
static bool
list_live(ScAttendance *self, GPtrArray *lessons, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, self->store,
                       "SELECT id FROM lesson WHERE state = 'live' LIMIT $1", error))
        return false;
    sc_query_bind_integer(&query, LIVE_MAX);
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return true;
        g_ptr_array_add(lessons, sc_query_dup_text(&query, 0));
    }
    return false;
}

ScAttendance *
sc_attendance_new(ScClock *clock, GTimeZone *zone, ScStore *store, ScConductor *conductor,
                  ScBell *bell)
{
    ScAttendance *self = g_new0(ScAttendance, 1);
    g_autoptr(GPtrArray) lessons = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    self->clock = clock;
    self->zone = zone;
    self->store = store;
    self->conductor = conductor;
    self->bell = bell;
    self->books = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, book_free);
    self->meters = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, meter_free);
    if (!list_live(self, lessons, &error))
        g_warning("lessons that run: %s", error->message);
    for (guint i = 0; i < lessons->len; i++)
        (void)open_book(self, g_ptr_array_index(lessons, i));
    sc_conductor_set_witness(conductor, &witness, self);
    sc_bell_add_observer(bell, &bell_observer, self);
    self->flushing = g_timeout_add_seconds(FLUSH_S, on_flush, self);
    return self;
}

void
sc_attendance_free(ScAttendance *self)
{
    if (self == NULL)
        return;
    g_autoptr(GError) error = NULL;
    if (!sc_attendance_flush(self, &error))
        g_warning("the last seconds are not counted: %s", error->message);
    sc_bell_remove_observer(self->bell, &bell_observer, self);
    sc_conductor_set_witness(self->conductor, NULL, NULL);
    g_source_remove(self->flushing);
    g_clear_handle_id(&self->sweeping, g_source_remove);
    g_hash_table_unref(self->meters);
    g_hash_table_unref(self->books);
    g_free(self);
}

bool
sc_attendance_lookup(const ScAttendance *self, const char *lesson, const char *site,
                     ScAttendanceRow *out_row)
{
    Book *book = g_hash_table_lookup(self->books, lesson);
    const Entry *entry = book != NULL ? g_hash_table_lookup(book->sites, site) : NULL;
    if (entry != NULL)
        *out_row = entry->row;
    return entry != NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/lesson.h"

#include <stdlib.h>
#include <string.h>

#include "signaling/problem.h"

typedef struct {
    char *id; /* owned */
    ScRole role;
} Site;

struct ScLesson {
    char *id; /* owned */
    ScLessonLimits limits;
    GHashTable *sites;    /* owned: id → Site */
    GPtrArray *tiles;     /* owned: classrooms in tile order, borrowed from @sites */
    Site *teacher;        /* borrowed from @sites; NULL: none */
    const Site *floor;    /* borrowed from @sites; NULL: nobody */
    GHashTable *sessions; /* owned: id → ScSession */
    GArray *watched;      /* owned, of ScAnswerStream: the teacher's voices and tiles */
};

static const ScAnswerStream teacher_streams[] = {
    { SC_SDP_AUDIO, "main-audio", "main", 0 },
    { SC_SDP_VIDEO, "main-video", "main", 0 },
    { SC_SDP_VIDEO, "slides-video", "main", 0 },
};
static const ScAnswerStream classroom_streams[] = {
    { SC_SDP_AUDIO, "microphone", "site", 0 },
    { SC_SDP_VIDEO, "camera", "site", 0 },
};
/* On a thin line a class goes without its neighbours first, then without the teacher's
 * face, and without what is taught from last. */
static const ScAnswerStream audience_slots[] = {
    { SC_SDP_AUDIO, "main-audio", "main", 0 },
    { SC_SDP_AUDIO, "guest-audio", "guest", 0 },
    { SC_SDP_VIDEO, "main-video", "main", 1 },
    { SC_SDP_VIDEO, "guest-video", "guest", 2 },
    { SC_SDP_VIDEO, "slides-video", "main", 0 },
};

static void
site_free(gpointer data)
{
    Site *site = data;
    g_free(site->id);
    g_free(site);
}

static void
session_free(gpointer data)
{
    sc_session_free(data);
}

static void
clear_watched(gpointer data)
{
    ScAnswerStream *stream = data;
    g_free((char *)stream->name);
    g_free((char *)stream->group);
}

static void
clear_patch(gpointer data)
{
    ScLessonPatch *patch = data;
    g_free(patch->slot);
    g_free(patch->track);
}

static void
add_site(ScLesson *self, const ScLessonSite *from)
{
    Site *site = g_new0(Site, 1);
    site->id = g_strdup(from->site);
    site->role = from->role;
    g_hash_table_insert(self->sites, site->id, site);
    if (from->role == SC_ROLE_TEACHER)
        self->teacher = site;
    if (from->role != SC_ROLE_CLASSROOM)
        return;
    unsigned tile = self->tiles->len;
    g_ptr_array_add(self->tiles, site);
    ScAnswerStream voice = { SC_SDP_AUDIO, g_strdup_printf("voice-%u", tile),
                             g_strdup_printf("site-%u", tile), 0 };
    ScAnswerStream picture = { SC_SDP_VIDEO, g_strdup_printf("tile-%u", tile),
                               g_strdup_printf("site-%u", tile), 0 };
    g_array_append_val(self->watched, voice);
    g_array_append_val(self->watched, picture);
}

ScLesson *
sc_lesson_new(const ScLessonRow *row, const ScLessonLimits *limits, GError **error)
{
    g_autoptr(ScLesson) self = g_new0(ScLesson, 1);
    self->id = g_strdup(row->id);
    self->limits = *limits;
    self->sites = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, site_free);
    self->tiles = g_ptr_array_new();
    self->sessions = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, session_free);
    self->watched = g_array_new(FALSE, FALSE, sizeof(ScAnswerStream));
    g_array_set_clear_func(self->watched, clear_watched);
    if (!sc_lesson_update(self, row, error))
        return NULL;
    if (row->floor != NULL)
        (void)sc_lesson_set_floor(self, row->floor);
    return g_steal_pointer(&self);
}

void
sc_lesson_free(ScLesson *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->sessions);
    g_array_unref(self->watched);
    g_ptr_array_unref(self->tiles);
    g_hash_table_unref(self->sites);
    g_free(self->id);
    g_free(self);
}

bool
sc_lesson_update(ScLesson *self, const ScLessonRow *row, GError **error)
{
    if (row->n_sites > self->limits.max_sites) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_TOO_MANY_SESSIONS,
                    "lesson %s has %u sites, at most %u", row->id, row->n_sites,
                    self->limits.max_sites);
        return false;
    }
    for (unsigned i = 0; i < row->n_sites; i++)
        if (!sc_lesson_has_site(self, row->sites[i].site))
            add_site(self, &row->sites[i]);
    return true;
}

const char *
sc_lesson_get_id(const ScLesson *self)
{
    return self->id;
}

bool
sc_lesson_has_site(const ScLesson *self, const char *site)
{
    return g_hash_table_contains(self->sites, site);
}

ScRole
sc_lesson_get_role(const ScLesson *self, const char *site)
{
    const Site *known = g_hash_table_lookup(self->sites, site);
    g_assert(known != NULL);
    return known->role;
}

unsigned
sc_lesson_count_sites(const ScLesson *self)
{
    return g_hash_table_size(self->sites);
}

bool
sc_lesson_is_idle(const ScLesson *self)
{
    return g_hash_table_size(self->sessions) == 0;
}

unsigned
sc_lesson_count_sessions(const ScLesson *self, ScSessionKind kind)
{
    unsigned n = 0;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, self->sessions);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        n += ((ScSession *)value)->kind == kind;
    return n;
}

const ScAnswerStream *
sc_lesson_get_streams(const ScLesson *self, ScRole role, ScSessionKind kind,
                      unsigned *out_n)
{
    const struct {
        const ScAnswerStream *streams;
        unsigned n;
    } table[][2] = {
        [SC_ROLE_TEACHER] = { { teacher_streams, G_N_ELEMENTS(teacher_streams) },
                              { (const ScAnswerStream *)self->watched->data,
                                self->watched->len } },
        [SC_ROLE_CLASSROOM] = { { classroom_streams, G_N_ELEMENTS(classroom_streams) },
                                { audience_slots, G_N_ELEMENTS(audience_slots) } },
        [SC_ROLE_OBSERVER] = { { NULL, 0 },
                               { audience_slots, G_N_ELEMENTS(audience_slots) } },
        [SC_ROLE_PUPIL] = { { NULL, 0 }, { NULL, 0 } },
    };
    *out_n = table[role][kind].n;
    return table[role][kind].streams;
}

static ScSession *
lookup_publisher(ScLesson *self, const Site *site)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, self->sessions);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        ScSession *session = value;
        if (session->kind == SC_SESSION_PUBLISH && g_str_equal(session->site, site->id))
            return session;
    }
    return NULL;
}

static bool
admit_publisher(ScLesson *self, const Site *site, int64_t now_us,
                ScSession **out_replaced, GError **error)
{
    ScSession *present = lookup_publisher(self, site);
    if (present != NULL
        && (present->state == SC_SESSION_OPENING || sc_session_is_flowing(present)
            || now_us - present->quiet_since_us < SC_LESSON_QUIET_US)) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_ALREADY_PUBLISHING,
                    "site %s publishes already, and was not silent for %g s", site->id,
                    (double)SC_LESSON_QUIET_US / G_USEC_PER_SEC);
        return false;
    }
    *out_replaced = present;
    return true;
}

/* Counts the subscriptions of @site; @out_lost is one whose peer is out of reach. */
static unsigned
count_subscriptions(ScLesson *self, const char *site, ScSession **out_lost)
{
    unsigned n = 0;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, self->sessions);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        ScSession *session = value;
        if (session->kind != SC_SESSION_SUBSCRIBE || !g_str_equal(session->site, site))
            continue;
        n++;
        if (session->state == SC_SESSION_LOST)
            *out_lost = session;
    }
    return n;
}

bool
sc_lesson_admit(ScLesson *self, const char *site, ScSessionKind kind, int64_t now_us,
                ScSession **out_replaced, GError **error)
{
    ScSession *replaced = NULL;
    const Site *known = g_hash_table_lookup(self->sites, site);
    g_assert(known != NULL);
    if (kind == SC_SESSION_PUBLISH) {
        if (!admit_publisher(self, known, now_us, &replaced, error))
            return false;
    } else {
        ScSession *lost = NULL;
        unsigned n = count_subscriptions(self, site, &lost);
        if (n >= self->limits.max_sessions_per_site) {
            if (lost == NULL) {
                g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_TOO_MANY_SESSIONS,
                            "site %s has %u subscriptions, at most %u", site, n,
                            self->limits.max_sessions_per_site);
                return false;
            }
            replaced = lost;
        }
    }
    unsigned n_sessions = g_hash_table_size(self->sessions);
    if (replaced == NULL && n_sessions >= self->limits.max_sessions) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_TOO_MANY_SESSIONS,
                    "lesson %s has %u sessions, at most %u", self->id, n_sessions,
                    self->limits.max_sessions);
        return false;
    }
    *out_replaced = replaced;
    return true;
}

void
sc_lesson_take_session(ScLesson *self, ScSession *session)
{
    g_hash_table_insert(self->sessions, session->id, session);
}

ScSession *
sc_lesson_lookup_session(ScLesson *self, const char *id)
{
    return g_hash_table_lookup(self->sessions, id);
}

ScSession *
sc_lesson_remove_session(ScLesson *self, const char *id)
{
    gpointer session = NULL;
    g_hash_table_steal_extended(self->sessions, id, NULL, &session);
    return session;
}

GList *
sc_lesson_list_sessions(ScLesson *self)
{
    return g_hash_table_get_values(self->sessions);
}

ScLessonPresence
sc_lesson_get_presence(ScLesson *self, const char *site)
{
    ScLessonPresence presence = { false, false };
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, self->sessions);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const ScSession *session = value;
        if (!sc_session_is_up(session) || !g_str_equal(session->site, site))
            continue;
        if (session->kind == SC_SESSION_PUBLISH)
            presence.publishing = true;
        else
            presence.subscribed = true;
    }
    return presence;
}

bool
sc_lesson_set_floor(ScLesson *self, const char *site)
{
    const Site *known = g_hash_table_lookup(self->sites, site);
    if (site[0] != '\0' && (known == NULL || known->role != SC_ROLE_CLASSROOM))
        return false;
    self->floor = known;
    return true;
}

const char *
sc_lesson_get_floor(const ScLesson *self)
{
    return self->floor != NULL ? self->floor->id : "";
}

/* "tile-12" → 12 where @prefix is "tile-". */
static bool
parse_index(const char *name, const char *prefix, unsigned *out_index)
{
    if (!g_str_has_prefix(name, prefix))
        return false;
    *out_index = (unsigned)strtoul(name + strlen(prefix), NULL, 10);
    return true;
}

/* Where the slot @name of a session of @subscriber takes its feed: a site, and which of
 * its streams. NULL: nowhere at present. */
static const Site *
find_source(const ScLesson *self, const char *name, const char *subscriber,
            const char **out_stream)
{
    unsigned tile = 0;
    bool is_tile = parse_index(name, "tile-", &tile);
    if (is_tile || parse_index(name, "voice-", &tile)) {
        *out_stream = is_tile ? "camera" : "microphone";
        return tile < self->tiles->len ? g_ptr_array_index(self->tiles, tile) : NULL;
    }
    if (g_str_has_prefix(name, "guest-")) {
        *out_stream = g_str_equal(name, "guest-video") ? "camera" : "microphone";
        /* Nobody is shown themselves, nor hears the own echo. */
        return self->floor != NULL && !g_str_equal(self->floor->id, subscriber)
                   ? self->floor
                   : NULL;
    }
    *out_stream = name;
    return self->teacher;
}

/* The publishers that can feed slots by now: site's id → session. */
static GHashTable *
index_publishers(ScLesson *self)
{
    GHashTable *publishers = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, self->sessions);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        ScSession *session = value;
        if (session->kind == SC_SESSION_PUBLISH && session->state != SC_SESSION_OPENING)
            g_hash_table_insert(publishers, session->site, session);
    }
    return publishers;
}

static char *
dup_wanted_feed(ScLesson *self, GHashTable *publishers, const ScSession *session,
                const char *slot)
{
    const char *stream = NULL;
    const Site *source = find_source(self, slot, session->site, &stream);
    ScSession *publisher =
        source != NULL ? g_hash_table_lookup(publishers, source->id) : NULL;
    if (publisher == NULL || sc_session_lookup_stream(publisher, stream) == NULL)
        return NULL;
    return sc_session_dup_stream_name(publisher, stream);
}

static void
collect_patches(ScLesson *self, GHashTable *publishers, ScSession *session,
                GArray *patches)
{
    for (guint i = 0; i < session->streams->len; i++) {
        ScSessionStream *slot = &g_array_index(session->streams, ScSessionStream, i);
        g_autofree char *wanted = dup_wanted_feed(self, publishers, session, slot->name);
        if (g_strcmp0(wanted, slot->feed) == 0)
            continue;
        ScLessonPatch patch = { sc_session_dup_stream_name(session, slot->name),
                                g_strdup(wanted) };
        g_array_append_val(patches, patch);
        g_free(slot->feed);
        slot->feed = g_steal_pointer(&wanted);
    }
}

static GArray *
new_patches(void)
{
    GArray *patches = g_array_new(FALSE, FALSE, sizeof(ScLessonPatch));
    g_array_set_clear_func(patches, clear_patch);
    return patches;
}

static bool
has_slots(const ScSession *session)
{
    return session->kind == SC_SESSION_SUBSCRIBE && session->state != SC_SESSION_OPENING;
}

GArray *
sc_lesson_take_patches(ScLesson *self)
{
    GArray *patches = new_patches();
    g_autoptr(GHashTable) publishers = index_publishers(self);
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, self->sessions);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (has_slots(value))
            collect_patches(self, publishers, value, patches);
    return patches;
}

GArray *
sc_lesson_take_session_patches(ScLesson *self, ScSession *session)
{
    GArray *patches = new_patches();
    g_autoptr(GHashTable) publishers = index_publishers(self);
    if (has_slots(session))
        collect_patches(self, publishers, session, patches);
    return patches;
}

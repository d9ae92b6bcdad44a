/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-conductor"
#include "signaling/conductor-private.h"
#include "signaling/problem.h"

/* Sites. Above, a room that comes is not told to all other rooms: at the bell that would
 * be the square of their number, and a minute of our time for a thousand. */
#define LARGE_LESSON 64
#define REFRESH_MS 200 /* from a refused patch to asking for the list */

static void
running_free(gpointer data)
{
    ScRunning *running = data;
    g_clear_handle_id(&running->patching, g_source_remove);
    g_clear_handle_id(&running->closing, g_source_remove);
    g_hash_table_unref(running->told);
    sc_lesson_free(running->lesson);
    sc_lesson_row_free(running->row);
    g_free(running);
}

/* Lessons: read from the store when somebody comes, forgotten when the last one went. */

ScLessonRow *
sc_conductor_read_row(ScConductor *self, const char *id, GError **error)
{
    g_autoptr(GError) reason = NULL;
    ScLessonRow *row = sc_echo_tests_dup_row(self->echo_tests, id);
    if (row == NULL)
        row = sc_store_get_lesson(self->store, id, &reason);
    if (row != NULL)
        return row;
    if (g_error_matches(reason, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND))
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_LESSON,
                    "there is no lesson %s", id);
    else
        g_propagate_error(error, g_steal_pointer(&reason));
    return NULL;
}

/* Echo tests have a limit of their own, and take no lesson's place. */
static bool
has_room_for(ScConductor *self, const char *id, GError **error)
{
    unsigned n = g_hash_table_size(self->lessons);
    unsigned most = self->config->max_lessons + sc_echo_tests_count(self->echo_tests);
    if (n < most)
        return true;
    g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_TOO_MANY_SESSIONS,
                "%u lessons are running, at most %u, and no place is left for %s", n,
                most, id);
    return false;
}

static ScRunning *
start_lesson(ScConductor *self, const char *id, GError **error)
{
    if (!has_room_for(self, id, error))
        return NULL;
    g_autoptr(ScLessonRow) row = sc_conductor_read_row(self, id, error);
    if (row == NULL)
        return NULL;
    ScLessonLimits limits = {
        .max_sites = self->config->max_sites,
        .max_sessions = self->config->max_sessions_per_lesson,
        .max_sessions_per_site = self->config->max_sessions_per_site,
    };
    g_autoptr(ScLesson) lesson = sc_lesson_new(row, &limits, error);
    if (lesson == NULL)
        return NULL;
    ScRunning *running = g_new0(ScRunning, 1);
    running->conductor = self;
    running->lesson = g_steal_pointer(&lesson);
    running->row = g_steal_pointer(&row);
    running->is_echo_test = sc_echo_tests_has(self->echo_tests, id);
    running->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_insert(self->lessons, (char *)sc_lesson_get_id(running->lesson),
                        running);
    g_debug("lesson %s: started, %u sites", id, running->row->n_sites);
    return running;
}

bool
sc_running_reread(ScRunning *running, GError **error)
{
    const char *id = sc_lesson_get_id(running->lesson);
    g_autoptr(ScLessonRow) row = sc_conductor_read_row(running->conductor, id, error);
    if (row == NULL || !sc_lesson_update(running->lesson, row, error))
        return false;
    sc_lesson_row_free(running->row);
    running->row = g_steal_pointer(&row);
    return true;
}

/* The lesson with @site in it. A site that came after the lesson was read is looked for.
 */
ScRunning *
sc_conductor_open_lesson(ScConductor *self, const char *id, const char *site,
                         GError **error)
{
    ScRunning *running = g_hash_table_lookup(self->lessons, id);
    if (running == NULL)
        running = start_lesson(self, id, error);
    if (running == NULL || sc_lesson_has_site(running->lesson, site))
        return running;
    if (sc_running_reread(running, error)) {
        if (sc_lesson_has_site(running->lesson, site))
            return running;
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_WRONG_LESSON,
                    "site %s is not in lesson %s", site, id);
    }
    sc_conductor_release(self, id);
    return NULL;
}

void
sc_conductor_release(ScConductor *self, const char *lesson)
{
    ScRunning *running = g_hash_table_lookup(self->lessons, lesson);
    if (running == NULL || !sc_lesson_is_idle(running->lesson)
        || (self->observer != NULL
            && self->observer->has_people(lesson, self->user_data)))
        return;
    g_debug("lesson %s: nobody is left", lesson);
    g_hash_table_remove(self->lessons, lesson);
}

/* Slots: told to the relay in as few messages as the limit allows. */

static gboolean
on_refresh(gpointer user_data)
{
    ScConductor *self = user_data;
    self->refreshing = 0;
    sc_media_refresh(self->media);
    return G_SOURCE_REMOVE;
}

static void
on_patched(JsonObject *result G_GNUC_UNUSED, const GError *error, gpointer user_data)
{
    ScConductor *self = user_data;
    if (error == NULL || error->domain == SC_PROBLEM_ERROR || self->refreshing != 0)
        return; /* done, or the next relay's list tells all */
    /* Something went away while we named it. All or nothing: look again, then patch. */
    g_message("slot.patch was refused (%s), asking the relay for its list",
              error->message);
    self->refreshing = g_timeout_add(REFRESH_MS, on_refresh, self);
}

void
sc_conductor_send_patches(ScConductor *self, GArray *patches)
{
    g_autoptr(GArray) taken = patches;
    for (guint begin = 0; begin < taken->len; begin += SC_CONTROL_PATCHES_MAX) {
        guint end = MIN(begin + SC_CONTROL_PATCHES_MAX, taken->len);
        JsonArray *array = json_array_sized_new(end - begin);
        for (guint i = begin; i < end; i++) {
            const ScLessonPatch *patch = &g_array_index(taken, ScLessonPatch, i);
            JsonObject *object = json_object_new();
            json_object_set_string_member(object, "slot", patch->slot);
            if (patch->track != NULL)
                json_object_set_string_member(object, "track", patch->track);
            else
                json_object_set_null_member(object, "track");
            json_array_add_object_element(array, object);
        }
        JsonObject *parameters = json_object_new();
        json_object_set_array_member(parameters, "patches", array);
        sc_media_call(self->media, "slot.patch", parameters, on_patched, self);
    }
}

static gboolean
on_patching(gpointer user_data)
{
    ScRunning *running = user_data;
    running->patching = 0;
    sc_conductor_send_patches(running->conductor,
                              sc_lesson_take_patches(running->lesson));
    return G_SOURCE_REMOVE;
}

/* Once for all that changes in this turn of the main loop. */
void
sc_running_schedule_patches(ScRunning *running)
{
    if (running->patching == 0 && !sc_running_is_over(running))
        running->patching =
            g_idle_add_full(G_PRIORITY_DEFAULT, on_patching, running, NULL);
}

/* Sessions. */

ScSession *
sc_conductor_find_session(ScConductor *self, const char *id, ScRunning **out_running)
{
    *out_running = g_hash_table_lookup(self->sessions, id);
    return *out_running != NULL ? sc_lesson_lookup_session((*out_running)->lesson, id)
                                : NULL;
}

void
sc_running_tell_presence(ScRunning *running, const char *site)
{
    ScConductor *self = running->conductor;
    ScLessonPresence now = sc_lesson_get_presence(running->lesson, site);
    ScLessonPresence *told = g_hash_table_lookup(running->told, site);
    ScLessonPresence before = told != NULL ? *told : (ScLessonPresence){ false, false };
    if (now.publishing == before.publishing && now.subscribed == before.subscribed)
        return;
    if (sc_running_is_over(running))
        return; /* all go, and know it */
    if (told == NULL) {
        told = g_new(ScLessonPresence, 1);
        g_hash_table_insert(running->told, g_strdup(site), told);
    }
    *told = now;
    bool came =
        (now.publishing && !before.publishing) || (now.subscribed && !before.subscribed);
    ScEvent event = { .type = came ? SC_EVENT_JOINED : SC_EVENT_LEFT, .id = SC_NO_ID };
    sc_event_copy_text(event.presence.site, sizeof event.presence.site, site);
    event.presence.publishing = now.publishing;
    event.presence.subscribed = now.subscribed;
    if (self->observer == NULL)
        return;
    const char *lesson = sc_lesson_get_id(running->lesson);
    if (sc_lesson_count_sites(running->lesson) > LARGE_LESSON
        && sc_lesson_get_role(running->lesson, site) != SC_ROLE_TEACHER)
        self->observer->tell_site(lesson, site, true, &event, NULL, self->user_data);
    else
        self->observer->tell_lesson(lesson, &event, NULL, self->user_data);
}

void
sc_running_take_session(ScRunning *running, ScSession *session)
{
    sc_lesson_take_session(running->lesson, session);
    g_hash_table_insert(running->conductor->sessions, session->id, running);
}

/* Our side of a session ends; the relay's is the caller's business. May end the lesson.
 */
void
sc_running_remove_session(ScRunning *running, const char *id)
{
    ScConductor *self = running->conductor;
    g_hash_table_remove(self->sessions, id);
    g_autoptr(ScSession) session = sc_lesson_remove_session(running->lesson, id);
    if (self->witness != NULL && !running->is_echo_test)
        self->witness->session_ended(session, self->witness_data);
    sc_running_tell_presence(running, session->site);
    if (session->kind == SC_SESSION_PUBLISH)
        sc_running_schedule_patches(running);
    sc_conductor_release(self, session->lesson);
}

void
sc_conductor_close_transport(ScConductor *self, const char *id)
{
    JsonObject *parameters = json_object_new();
    json_object_set_string_member(parameters, "transport", id);
    sc_media_call(self->media, "transport.close", parameters, NULL, NULL);
}

void
sc_conductor_close(ScConductor *self, ScSession *session)
{
    ScRunning *running = g_hash_table_lookup(self->sessions, session->id);
    g_autofree char *id = g_strdup(session->id);
    g_message("site %s: session %s closed", session->site, id);
    sc_conductor_close_transport(self, id);
    sc_running_remove_session(running, id);
}

/* Life. */

ScConductor *
sc_conductor_new(const ScConfig *config, ScClock *clock, ScStore *store, GError **error)
{
    g_autoptr(ScConductor) self = g_new0(ScConductor, 1);
    self->config = config;
    self->clock = clock;
    self->store = store;
    self->lessons = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, running_free);
    self->sessions = g_hash_table_new(g_str_hash, g_str_equal);
    self->echo_tests = sc_echo_tests_new();
    sc_conductor_start_rooms(self);
    self->media = sc_media_new(config, &sc_conductor_media_observer, self, error);
    if (self->media == NULL)
        return NULL;
    return g_steal_pointer(&self);
}

void
sc_conductor_free(ScConductor *self)
{
    if (self == NULL)
        return;
    g_clear_handle_id(&self->refreshing, g_source_remove);
    g_clear_handle_id(&self->looking_at_tests, g_source_remove);
    sc_media_free(self->media); /* ends our calls, whose callbacks use the tables */
    sc_conductor_stop_rooms(self);
    g_hash_table_unref(self->sessions);
    g_hash_table_unref(self->lessons);
    sc_echo_tests_free(self->echo_tests);
    g_free(self);
}

void
sc_conductor_set_observer(ScConductor *self, const ScConductorObserver *observer,
                          gpointer user_data)
{
    self->observer = observer;
    self->user_data = user_data;
}

void
sc_conductor_set_witness(ScConductor *self, const ScConductorWitness *witness,
                         gpointer user_data)
{
    self->witness = witness;
    self->witness_data = user_data;
}

ScMedia *
sc_conductor_get_media(ScConductor *self)
{
    return self->media;
}

unsigned
sc_conductor_count_lessons(ScConductor *self)
{
    return g_hash_table_size(self->lessons);
}

unsigned
sc_conductor_count_sessions(ScConductor *self, ScSessionKind kind)
{
    unsigned n = 0;
    GHashTableIter iter;
    gpointer running;
    g_hash_table_iter_init(&iter, self->lessons);
    while (g_hash_table_iter_next(&iter, NULL, &running))
        n += sc_lesson_count_sessions(((ScRunning *)running)->lesson, kind);
    return n;
}

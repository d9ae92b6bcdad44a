/* SPDX-License-Identifier: Apache-2.0 */
/* conductor-people.c: who somebody is, what they are told first, and the floor. */
#define G_LOG_DOMAIN "sc-conductor"
#include "signaling/conductor-private.h"
#include "signaling/problem.h"

#define MS_PER_MIN 60000LL

ScTokenGrant *
sc_conductor_verify(ScConductor *self, const char *token, const char *lesson,
                    GError **error)
{
    g_autoptr(GError) reason = NULL;
    ScTokenGrant *grant = sc_token_verify(self->store, token, lesson,
                                          sc_clock_get_real_ms(self->clock), &reason);
    if (grant != NULL)
        return grant;
    if (reason->domain != SC_TOKEN_ERROR) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return NULL;
    }
    ScProblem problem = SC_PROBLEM_UNKNOWN_TOKEN;
    switch ((ScTokenError)reason->code) {
    case SC_TOKEN_ERROR_UNKNOWN:
        break;
    case SC_TOKEN_ERROR_EXPIRED:
        problem = SC_PROBLEM_EXPIRED_TOKEN;
        break;
    case SC_TOKEN_ERROR_WRONG_LESSON: {
        g_autoptr(ScLessonRow) row = sc_conductor_read_row(self, lesson, error);
        if (row == NULL)
            return NULL;
        problem = SC_PROBLEM_WRONG_LESSON;
        break;
    }
    }
    g_set_error_literal(error, SC_PROBLEM_ERROR, (int)problem, reason->message);
    return NULL;
}

static const char *
choose_name(ScLanguage language, const char *name, const char *name_en)
{
    return language == SC_LANGUAGE_EN && name_en != NULL && name_en[0] != '\0' ? name_en
                                                                               : name;
}

static void
fill_site(ScRunning *running, const ScLessonSite *from, ScLanguage language,
          ScEventSite *out_site)
{
    const ScLessonPresence *told = g_hash_table_lookup(running->told, from->site);
    sc_event_copy_text(out_site->site, sizeof out_site->site, from->site);
    sc_event_copy_text(out_site->name, sizeof out_site->name,
                       choose_name(language, from->name, from->name_en));
    sc_event_copy_text(out_site->school, sizeof out_site->school,
                       choose_name(language, from->school, from->school_en));
    out_site->role = from->role;
    out_site->tile = from->tile >= 0 ? from->tile : SC_NO_TILE;
    out_site->present = told != NULL && (told->publishing || told->subscribed);
}

/* A pupil is told its own site's name alone. */
static void
fill_sites(ScRunning *running, const ScTokenGrant *grant, ScLanguage language,
           ScWelcomeEvent *welcome)
{
    const ScLessonRow *row = running->row;
    for (unsigned i = 0; i < row->n_sites; i++)
        if (g_str_equal(row->sites[i].site, grant->site))
            sc_event_copy_text(
                welcome->name, sizeof welcome->name,
                choose_name(language, row->sites[i].name, row->sites[i].name_en));
    if (grant->role == SC_ROLE_PUPIL)
        return;
    sc_event_copy_text(welcome->floor, sizeof welcome->floor,
                       sc_lesson_get_floor(running->lesson));
    welcome->n_sites = row->n_sites;
    welcome->sites = g_new0(ScEventSite, row->n_sites);
    for (unsigned i = 0; i < row->n_sites; i++)
        fill_site(running, &row->sites[i], language, &welcome->sites[i]);
}

static void
fill_times(ScRunning *running, ScWelcomeEvent *welcome)
{
    const ScLessonRow *row = running->row;
    static const int phases[] = {
        [SC_PHASE_SHUT] = SC_NO_PHASE,   [SC_PHASE_OPEN] = SC_BELL_OPENED,
        [SC_PHASE_ON] = SC_BELL_BEGUN,   [SC_PHASE_ENDING] = SC_BELL_ENDING,
        [SC_PHASE_OVER] = SC_BELL_ENDED,
    };
    sc_event_write_instant(row->starts_ms, welcome->starts_at);
    sc_event_write_instant(row->ends_ms + row->overtime_min * MS_PER_MIN,
                           welcome->ends_at);
    sc_event_write_instant(sc_clock_get_real_ms(running->conductor->clock), welcome->now);
    welcome->state = row->state;
    welcome->phase = phases[sc_running_get_phase(running)];
}

bool
sc_conductor_welcome(ScConductor *self, const ScTokenGrant *grant, ScLanguage language,
                     ScEvent *out_event, GError **error)
{
    ScRunning *running =
        sc_conductor_open_lesson(self, grant->lesson, grant->site, error);
    if (running == NULL)
        return false;
    if (!sc_running_check_not_over(running, error)) {
        sc_conductor_release(self, grant->lesson);
        return false;
    }
    const ScLessonRow *row = running->row;
    *out_event = (ScEvent){ .type = SC_EVENT_WELCOME, .id = SC_NO_ID };
    ScWelcomeEvent *welcome = &out_event->welcome;
    sc_event_copy_text(welcome->lesson, sizeof welcome->lesson, row->id);
    sc_event_copy_text(welcome->title, sizeof welcome->title, row->title);
    sc_event_copy_text(welcome->subject, sizeof welcome->subject, row->subject);
    fill_times(running, welcome);
    welcome->role = grant->role;
    sc_event_copy_text(welcome->site, sizeof welcome->site, grant->site);
    fill_sites(running, grant, language, welcome);
    return sc_running_fill_room(running, grant, welcome, error);
}

static bool
store_floor(ScRunning *running, const char *site, GError **error)
{
    ScConductor *self = running->conductor;
    g_autofree char *before = g_strdup(sc_lesson_get_floor(running->lesson));
    if (!sc_lesson_set_floor(running->lesson, site)) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_SITE,
                    "%s is no classroom of lesson %s", site,
                    sc_lesson_get_id(running->lesson));
        return false;
    }
    if (sc_store_set_floor(self->store, sc_lesson_get_id(running->lesson),
                           site[0] != '\0' ? site : NULL,
                           sc_clock_get_real_ms(self->clock), error))
        return true;
    (void)sc_lesson_set_floor(running->lesson, before);
    return false;
}

bool
sc_conductor_set_floor(ScConductor *self, const ScTokenGrant *grant, const char *site,
                       int64_t id, gpointer asker, GError **error)
{
    if (grant->role != SC_ROLE_TEACHER) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_WRONG_ROLE,
                    "role %s does not give the floor", sc_role_get_name(grant->role));
        return false;
    }
    ScRunning *running =
        sc_conductor_open_lesson(self, grant->lesson, grant->site, error);
    if (running == NULL || !sc_running_check_open(running, error)
        || !store_floor(running, site, error))
        return false;
    sc_conductor_send_patches(self, sc_lesson_take_patches(running->lesson));
    sc_journal_flush(self->journal); /* what was asked before is told before */
    if (self->witness != NULL)
        self->witness->floor_given(grant->lesson, site, self->witness_data);
    ScEvent event = { .type = SC_EVENT_FLOOR, .id = id };
    sc_event_copy_text(event.floor.site, sizeof event.floor.site, site);
    if (self->observer != NULL)
        self->observer->tell_lesson(grant->lesson, &event, asker, self->user_data);
    sc_running_follow_floor(running, grant, site);
    return true;
}

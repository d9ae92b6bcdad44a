/* SPDX-License-Identifier: Apache-2.0 */
/* conductor-people.c: who somebody is, what they are told first, and the floor. */
#define G_LOG_DOMAIN "sc-conductor"
#include "signaling/conductor-private.h"
#include "signaling/problem.h"

ScTokenGrant *
sc_conductor_verify(ScConductor *self, const char *token, const char *lesson,
                    GError **error)
{
    g_autoptr(GError) reason = NULL;
    ScTokenGrant *grant =
        sc_token_verify(self->store, token, lesson, g_get_real_time() / 1000, &reason);
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

static void
write_instant(int64_t time_ms, char out_text[SC_INSTANT_MAX + 1])
{
    g_autoptr(GDateTime) instant = g_date_time_new_from_unix_utc(time_ms / 1000);
    g_autofree char *text =
        instant != NULL ? g_date_time_format_iso8601(instant) : g_strdup("");
    sc_event_copy_text(out_text, SC_INSTANT_MAX + 1, text);
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

bool
sc_conductor_welcome(ScConductor *self, const ScTokenGrant *grant, ScLanguage language,
                     ScEvent *out_event, GError **error)
{
    ScRunning *running =
        sc_conductor_open_lesson(self, grant->lesson, grant->site, error);
    if (running == NULL)
        return false;
    const ScLessonRow *row = running->row;
    *out_event = (ScEvent){ .type = SC_EVENT_WELCOME, .id = SC_NO_ID };
    ScWelcomeEvent *welcome = &out_event->welcome;
    sc_event_copy_text(welcome->lesson, sizeof welcome->lesson, row->id);
    sc_event_copy_text(welcome->title, sizeof welcome->title, row->title);
    sc_event_copy_text(welcome->subject, sizeof welcome->subject, row->subject);
    write_instant(row->starts_ms, welcome->starts_at);
    write_instant(row->ends_ms, welcome->ends_at);
    welcome->state = row->state;
    welcome->role = grant->role;
    sc_event_copy_text(welcome->site, sizeof welcome->site, grant->site);
    sc_event_copy_text(welcome->floor, sizeof welcome->floor,
                       sc_lesson_get_floor(running->lesson));
    welcome->n_sites = row->n_sites;
    welcome->sites = g_new0(ScEventSite, row->n_sites);
    for (unsigned i = 0; i < row->n_sites; i++) {
        fill_site(running, &row->sites[i], language, &welcome->sites[i]);
        if (g_str_equal(row->sites[i].site, grant->site))
            sc_event_copy_text(welcome->name, sizeof welcome->name,
                               welcome->sites[i].name);
    }
    return true;
}

static bool
store_floor(ScRunning *running, const char *site, GError **error)
{
    g_autofree char *before = g_strdup(sc_lesson_get_floor(running->lesson));
    if (!sc_lesson_set_floor(running->lesson, site)) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_SITE,
                    "%s is no classroom of lesson %s", site,
                    sc_lesson_get_id(running->lesson));
        return false;
    }
    if (sc_store_set_floor(running->conductor->store, sc_lesson_get_id(running->lesson),
                           site[0] != '\0' ? site : NULL, g_get_real_time() / 1000,
                           error))
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
    if (running == NULL || !store_floor(running, site, error))
        return false;
    sc_conductor_send_patches(self, sc_lesson_take_patches(running->lesson));
    ScEvent event = { .type = SC_EVENT_FLOOR, .id = id };
    sc_event_copy_text(event.floor.site, sizeof event.floor.site, site);
    if (self->observer != NULL)
        self->observer->tell_lesson(grant->lesson, &event, asker, self->user_data);
    return true;
}

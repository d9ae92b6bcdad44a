/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-kiosk"
#include "client/kiosk.h"

#include <string.h>

#include "client/attendant.h"
#include "client/devices.h"
#include "client/errand.h"
#include "client/identity.h"
#include "client/notice.h"
#include "client/place.h"
#include "client/status.h"
#include "client/view.h"

#define TICK_MS 250
#define PROGRAM "synclass " SC_VERSION

struct ScKiosk {
    const ScConfig *config; /* borrowed */
    char *path;             /* owned: of the identity */
    ScPlace place;
    GTlsDatabase *authorities; /* ref; NULL: the system's */
    SoupSession *http;         /* owned */
    GCancellable *cancellable; /* owned */
    ScAttendant attendant;
    ScAttendantStep underway; /* REST: nothing is asked now */
    GMainLoop *loop;          /* owned */
    guint tick;
    ScView *view;     /* owned; NULL: headless, or somebody else has the screen */
    ScStatus *status; /* owned; NULL while a room speaks */
    char *shown;      /* owned: what is on the screen, to draw changes only */
    char *lesson;     /* owned: to be entered */
    char *token;      /* owned: for it */
    bool is_over;     /* told to end */
};

/* What is on the screen changes with the minute, or with the state. */
static void
show(ScKiosk *self)
{
    g_auto(ScNotice) notice = { .poster = { 0 } };
    const ScNoticeSettings settings = { self->config->language, self->config->zone };
    sc_notice_write(&notice, &self->attendant, &settings, g_get_monotonic_time());
    g_autofree char *words = sc_notice_dup_words(&notice);
    if (g_strcmp0(words, self->shown) == 0)
        return;
    if (self->view)
        sc_view_cover(self->view, &notice.poster);
    g_free(self->shown);
    self->shown = g_steal_pointer(&words);
}

/* Steps. */

/* A source that is no device of ours, as a room recorder's, is told of by its pictures.
 */
static JsonObject *
make_report(const ScKiosk *self)
{
    bool has_devices = g_str_has_prefix(self->config->source, "camera");
    bool sees = !has_devices || sc_devices_has("Video/Source");
    bool hears = !has_devices || sc_devices_has("Audio/Source");
    JsonObject *report = json_object_new();
    json_object_set_string_member(report, "program", PROGRAM);
    json_object_set_string_member(report, "camera", sees ? "ok" : "missing");
    json_object_set_string_member(report, "microphone", hears ? "ok" : "missing");
    json_object_set_string_member(report, "screen", "ok");
    return report;
}

static void
keep_identity(ScKiosk *self)
{
    g_autoptr(GError) error = NULL;
    if (!sc_identity_save(self->path, self->config->url, self->attendant.token, &error))
        g_warning("the identity is not kept: %s", error->message);
    sc_status_tell(self->status, self->attendant.token ? "enrolled" : "revoked",
                   g_get_monotonic_time(), "site", self->attendant.site);
}

static void
tell(ScKiosk *self, ScAttendantStep step)
{
    int64_t now_us = g_get_monotonic_time();
    const ScAttendantLesson *next = sc_attendant_get_next(&self->attendant, now_us);
    if (step == SC_ATTENDANT_ENROL && self->attendant.code)
        sc_status_tell(self->status, "enrolling", now_us, "code", self->attendant.code);
    if (step == SC_ATTENDANT_FETCH)
        sc_status_tell(self->status, "idle", now_us, "next", next ? next->id : NULL);
}

static void
take_entrance(ScKiosk *self, JsonObject *answer)
{
    const char *lesson = json_object_get_string_member_with_default(answer, "lesson", "");
    const char *token = json_object_get_string_member_with_default(answer, "token", "");
    if (!*lesson || !*token)
        return;
    self->lesson = g_strdup(lesson);
    self->token = g_strdup(token);
    g_main_loop_quit(self->loop);
}

static void
on_done(unsigned status, JsonObject *answer, gpointer user_data)
{
    ScKiosk *self = user_data;
    ScAttendantStep step = self->underway;
    self->underway = SC_ATTENDANT_REST;
    if (sc_attendant_take(&self->attendant, step, status, answer, g_random_double(),
                          g_get_monotonic_time()))
        keep_identity(self);
    if (status >= 200 && status < 300) {
        tell(self, step);
        if (step == SC_ATTENDANT_ENTER && answer)
            take_entrance(self, answer);
    }
    show(self);
}

static void
take_step(ScKiosk *self, ScAttendantStep step)
{
    const ScAttendant *attendant = &self->attendant;
    g_autofree char *path = NULL;
    const char *bearer = attendant->token;
    const char *method = "GET";
    JsonObject *body = NULL;
    switch (step) {
    case SC_ATTENDANT_REST:
        return;
    case SC_ATTENDANT_ENROL:
        method = "POST";
        path = g_strdup("/api/v1/enrolments");
        body = json_object_new();
        json_object_set_string_member(body, "program", PROGRAM);
        break;
    case SC_ATTENDANT_ASK:
        path = g_strdup_printf("/api/v1/enrolments/%s", attendant->enrolment);
        bearer = attendant->secret;
        break;
    case SC_ATTENDANT_FETCH:
        path = g_strdup("/api/v1/device");
        break;
    case SC_ATTENDANT_REPORT:
        method = "POST";
        path = g_strdup("/api/v1/device/report");
        body = make_report(self);
        break;
    case SC_ATTENDANT_ENTER:
        method = "POST";
        path = g_strdup_printf("/api/v1/device/lessons/%s/join", attendant->entering);
        break;
    }
    self->underway = step;
    sc_errand_run(&self->place, self->http, method, path, bearer, body, self->cancellable,
                  on_done, self);
}

static gboolean
on_tick(gpointer user_data)
{
    ScKiosk *self = user_data;
    if (self->underway == SC_ATTENDANT_REST)
        take_step(self, sc_attendant_decide(&self->attendant, g_get_monotonic_time()));
    show(self);
    return G_SOURCE_CONTINUE;
}

void
sc_kiosk_quit(ScKiosk *self)
{
    self->is_over = true;
    g_main_loop_quit(self->loop);
}

static void
on_closed(void *user_data)
{
    sc_kiosk_quit(user_data);
}

static void
on_order(const ScOrder *order, void *user_data)
{
    if (order->type == SC_ORDER_QUIT)
        sc_kiosk_quit(user_data);
}

static bool
open_screen(ScKiosk *self, GError **error)
{
    if (self->config->headless)
        return true;
    const ScViewHandlers handlers = { .closed = on_closed };
    self->view = sc_view_new("SynClass 同步课堂", 0, 0, &handlers, self, error);
    return self->view != NULL;
}

ScKiosk *
sc_kiosk_new(const ScConfig *config, GError **error)
{
    g_autoptr(ScKiosk) self = g_new0(ScKiosk, 1);
    self->config = config;
    self->loop = g_main_loop_new(NULL, FALSE);
    self->cancellable = g_cancellable_new();
    self->path = *config->identity ? g_strdup(config->identity) : sc_identity_dup_path();
    g_autofree char *token = sc_identity_load(self->path, config->url);
    sc_attendant_init(&self->attendant, token, config->poll_seconds * G_USEC_PER_SEC);
    if (*config->ca) {
        self->authorities = g_tls_file_database_new(config->ca, error);
        if (!self->authorities) {
            g_prefix_error(error, "--ca %s: ", config->ca);
            return NULL;
        }
    }
    self->place = (ScPlace){ .url = config->url, .authorities = self->authorities };
    self->http = sc_place_create_http(&self->place);
    return g_steal_pointer(&self);
}

void
sc_kiosk_free(ScKiosk *self)
{
    if (!self)
        return;
    g_cancellable_cancel(self->cancellable);
    g_object_unref(self->cancellable);
    g_clear_object(&self->http);
    sc_status_free(self->status);
    sc_view_free(self->view);
    sc_attendant_clear(&self->attendant);
    g_clear_object(&self->authorities);
    g_main_loop_unref(self->loop);
    g_free(self->path);
    g_free(self->shown);
    g_free(self->lesson);
    g_free(self->token);
    g_free(self);
}

bool
sc_kiosk_wait(ScKiosk *self, char **out_lesson, char **out_token)
{
    g_autoptr(GError) error = NULL;
    if (self->attendant.entering)
        sc_attendant_return(&self->attendant, g_get_monotonic_time());
    if (!open_screen(self, &error))
        g_warning("no window: %s; going on without", error->message);
    self->status = sc_status_new(self->config->status_json, on_order, self);
    self->tick = g_timeout_add(TICK_MS, on_tick, self);
    on_tick(self);
    if (!self->is_over && !self->lesson)
        g_main_loop_run(self->loop);
    g_source_remove(self->tick);
    g_clear_pointer(&self->status, sc_status_free);
    g_clear_pointer(&self->view, sc_view_free);
    g_clear_pointer(&self->shown, g_free);
    *out_lesson = g_steal_pointer(&self->lesson);
    *out_token = g_steal_pointer(&self->token);
    return !self->is_over;
}

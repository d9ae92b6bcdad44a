/* SPDX-License-Identifier: Apache-2.0 */
/* conductor-room.c: the rooms of the lessons: what people ask is done by the room, kept
 * by the journal, and told after that. */
#define G_LOG_DOMAIN "sc-conductor"
#include "signaling/conductor-private.h"
#include "signaling/problem.h"
#include "signaling/room.h"
#include "signaling/store/join-token.h"
#include "signaling/store/room-code.h"

#define TALLY_MS 200 /* from one tally of a quiz to the next */
#define MS_PER_MIN 60000LL
#define PUPIL_VALID_MS (45 * MS_PER_MIN) /* after the planned end: overtime */

/* The room of a lesson; it stays when nobody is in it, until the lesson is over. */
typedef struct {
    ScConductor *conductor; /* borrowed: owns us */
    char *lesson;           /* owned */
    ScRoom *room;   /* owned; NULL: the store would not keep what it did, it is redone */
    guint tallying; /* source; 0: no tally is due */
    int64_t tallied_ms;
} Place;

/* What is told when it is kept. */
typedef struct {
    char *lesson;     /* owned */
    char *site;       /* owned: who asked */
    gpointer asker;   /* the observer's; NULL: it has gone, or nobody asked */
    GError **refusal; /* borrowed: who waits for it to be kept; NULL: nobody does */
    ScRoomTell tell;
    ScEvent event;
} News;

static void
place_free(gpointer data)
{
    Place *place = data;
    g_clear_handle_id(&place->tallying, g_source_remove);
    sc_room_free(place->room);
    g_free(place->lesson);
    g_free(place);
}

static void
news_free(News *news)
{
    sc_event_clear(&news->event);
    g_free(news->lesson);
    g_free(news->site);
    g_free(news);
}

/* Telling. */

static gboolean
on_tally(gpointer user_data)
{
    Place *place = user_data;
    ScConductor *self = place->conductor;
    g_auto(ScEvent) event = { .type = SC_EVENT_PONG };
    place->tallying = 0;
    place->tallied_ms = sc_clock_get_monotonic_us(self->clock) / 1000;
    if (self->observer != NULL && place->room != NULL
        && sc_room_get_tally(place->room, &event))
        self->observer->tell_site(place->lesson, "", true, &event, NULL, self->user_data);
    return G_SOURCE_REMOVE;
}

/* The first answer after a pause is told at once. */
static void
schedule_tally(Place *place)
{
    if (place->tallying != 0)
        return;
    int64_t now_ms = sc_clock_get_monotonic_us(place->conductor->clock) / 1000;
    int64_t wait_ms = CLAMP(place->tallied_ms + TALLY_MS - now_ms, 0, TALLY_MS);
    place->tallying = g_timeout_add((guint)wait_ms, on_tally, place);
}

static void
tell_news(ScConductor *self, const News *news)
{
    const ScConductorObserver *observer = self->observer;
    switch (news->tell) {
    case SC_ROOM_TELL_ALL:
        observer->tell_lesson(news->lesson, &news->event, news->asker, self->user_data);
        break;
    case SC_ROOM_TELL_SITE:
        observer->tell_site(news->lesson, news->site, true, &news->event, news->asker,
                            self->user_data);
        break;
    case SC_ROOM_TELL_TEACHER:
        observer->tell_site(news->lesson, "", true, &news->event, NULL, self->user_data);
        break;
    case SC_ROOM_TELL_ASKER:
        if (news->asker != NULL)
            observer->tell_one(news->asker, &news->event, self->user_data);
        break;
    }
}

static void
refuse_asker(ScConductor *self, const News *news, const GError *error)
{
    ScEvent event = { .type = SC_EVENT_ERROR, .id = news->event.id };
    sc_event_copy_text(event.error.problem, sizeof event.error.problem,
                       sc_problem_get_name(sc_problem_from_error(error)));
    sc_event_copy_text(event.error.detail, sizeof event.error.detail, error->message);
    if (self->observer != NULL && news->asker != NULL)
        self->observer->tell_one(news->asker, &event, self->user_data);
}

static void
on_kept(gpointer entry, const GError *error, gpointer user_data)
{
    ScConductor *self = user_data;
    News *news = entry;
    Place *place = g_hash_table_lookup(self->places, news->lesson);
    if (error != NULL) {
        refuse_asker(self, news, error);
        if (news->refusal != NULL)
            *news->refusal = g_error_copy(error);
        if (place != NULL)
            g_clear_pointer(&place->room, sc_room_free);
    } else if (self->observer != NULL) {
        tell_news(self, news);
        if (news->event.type == SC_EVENT_ANSWERED && place != NULL)
            schedule_tally(place);
    }
    news_free(news);
}

/* The room as the store has it. */

static bool
replay(ScConductor *self, ScRoom *room, const char *lesson, GError **error)
{
    g_autoptr(GPtrArray) rows = sc_store_list_room_records(self->store, lesson, error);
    if (rows == NULL)
        return false;
    for (guint i = 0; i < rows->len; i++) {
        const ScRoomRecordRow *row = g_ptr_array_index(rows, i);
        const ScRoomActor actor = { row->site, row->role, row->pupil };
        g_autoptr(GError) reason = NULL;
        ScRequest request;
        if (!sc_request_parse(row->body, strlen(row->body), &request, &reason)
            || !sc_room_takes(request.type)
            || !sc_room_replay(room, &actor, &request, row->at_ms, &reason)) {
            g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_INTERNAL_ERROR,
                        "record %" G_GINT64_FORMAT " of lesson %s: %s", row->number,
                        lesson, reason != NULL ? reason->message : "not the room's");
            return false;
        }
    }
    return true;
}

static Place *
get_place(ScRunning *running, const char *site, GError **error)
{
    ScConductor *self = running->conductor;
    const char *lesson = sc_lesson_get_id(running->lesson);
    Place *place = g_hash_table_lookup(self->places, lesson);
    if (place == NULL) {
        place = g_new0(Place, 1);
        place->conductor = self;
        place->lesson = g_strdup(lesson);
        place->tallied_ms = INT64_MIN / 2;
        g_hash_table_insert(self->places, place->lesson, place);
    }
    if (place->room == NULL) {
        sc_journal_flush(self->journal); /* what waits is of the state before */
        g_autoptr(ScRoom) room = sc_room_new(running->row);
        if (!replay(self, room, lesson, error))
            return NULL;
        place->room = g_steal_pointer(&room);
    }
    if (!sc_room_has_site(place->room, site))
        sc_room_update(place->room, running->row);
    return place;
}

/* What people ask. */

static ScRoomRecordRow *
make_record(const ScTokenGrant *grant, const ScRequest *request, int64_t number,
            int64_t at_ms)
{
    ScRequest plain = *request;
    plain.id = SC_NO_ID; /* is between the client and us */
    ScRoomRecordRow *row = g_new0(ScRoomRecordRow, 1);
    row->lesson = g_strdup(grant->lesson);
    row->number = number;
    row->at_ms = at_ms;
    row->site = g_strdup(grant->site);
    row->role = grant->role;
    row->pupil = grant->pupil;
    row->type = g_strdup(sc_request_get_name(request->type));
    row->body = sc_request_print(&plain);
    return row;
}

/* Does it. NULL and @error, and nothing has changed. */
static News *
make_news(ScRunning *running, const ScTokenGrant *grant, const ScRequest *request,
          gpointer asker, int64_t *out_number, int64_t *out_at_ms, GError **error)
{
    ScConductor *self = running->conductor;
    Place *place = get_place(running, grant->site, error);
    if (place == NULL)
        return NULL;
    const ScRoomActor actor = { grant->site, grant->role, grant->pupil };
    int64_t at_ms = sc_clock_get_real_ms(self->clock);
    ScRoomOutcome outcome;
    if (!sc_room_ask(place->room, &actor, request, at_ms,
                     sc_clock_get_monotonic_us(self->clock), &outcome, error))
        return NULL;
    News *news = g_new(News, 1);
    *news = (News){ .lesson = g_strdup(grant->lesson),
                    .site = g_strdup(grant->site),
                    .asker = asker,
                    .tell = outcome.tell,
                    .event = outcome.event };
    *out_number = outcome.number;
    *out_at_ms = at_ms;
    return news;
}

static bool
ask(ScRunning *running, const ScTokenGrant *grant, const ScRequest *request,
    gpointer asker, GError **error)
{
    int64_t number, at_ms;
    News *news = make_news(running, grant, request, asker, &number, &at_ms, error);
    if (news == NULL)
        return false;
    sc_journal_add(running->conductor->journal,
                   number != 0 ? make_record(grant, request, number, at_ms) : NULL, news);
    return true;
}

/* A page of a document that goes is shown no more. */
static bool
put_away(ScRunning *running, const ScTokenGrant *grant, const ScRequest *request,
         GError **error)
{
    const Place *place = get_place(running, grant->site, error);
    const ScRequest away = { .type = SC_REQUEST_PAGE, .id = SC_NO_ID };
    if (place == NULL)
        return false;
    unsigned shown = sc_room_get_shown(place->room);
    return shown == 0 || shown != request->document_remove.document
           || ask(running, grant, &away, NULL, error);
}

bool
sc_conductor_ask_room(ScConductor *self, const ScTokenGrant *grant,
                      const ScRequest *request, gpointer asker, GError **error)
{
    if (request->type == SC_REQUEST_DOCUMENT) {
        g_set_error_literal(error, SC_PROBLEM_ERROR, SC_PROBLEM_WRONG_ROLE,
                            "a document is handed in by POST /documents");
        return false;
    }
    ScRunning *running =
        sc_conductor_open_lesson(self, grant->lesson, grant->site, error);
    return running != NULL && sc_running_check_open(running, error)
           && (request->type != SC_REQUEST_DOCUMENT_REMOVE
               || put_away(running, grant, request, error))
           && ask(running, grant, request, asker, error);
}

/* Documents. */

static bool
hand_in(ScRunning *running, const ScTokenGrant *grant, const ScDocumentRequest *document,
        unsigned *out_number, GError **error)
{
    ScJournal *journal = running->conductor->journal;
    const ScRequest request = { .type = SC_REQUEST_DOCUMENT,
                                .id = SC_NO_ID,
                                .document = *document };
    int64_t number, at_ms;
    GError *refusal = NULL;
    if (!sc_running_check_not_over(running, error))
        return false;
    News *news = make_news(running, grant, &request, NULL, &number, &at_ms, error);
    if (news == NULL)
        return false;
    unsigned document_number = news->event.document.document;
    news->refusal = &refusal;
    sc_journal_add(journal, make_record(grant, &request, number, at_ms), news);
    sc_journal_flush(journal);
    if (refusal != NULL) {
        g_propagate_error(error, refusal);
        return false;
    }
    *out_number = document_number;
    return true;
}

bool
sc_conductor_hand_in(ScConductor *self, const ScTokenGrant *grant,
                     const ScDocumentRequest *document, unsigned *out_number,
                     GError **error)
{
    ScRunning *running =
        sc_conductor_open_lesson(self, grant->lesson, grant->site, error);
    bool is_kept =
        running != NULL && hand_in(running, grant, document, out_number, error);
    sc_conductor_release(self, grant->lesson);
    return is_kept;
}

static bool
check_hand_in(ScRunning *running, const ScTokenGrant *grant, GError **error)
{
    const Place *place = sc_running_check_not_over(running, error)
                             ? get_place(running, grant->site, error)
                             : NULL;
    return place != NULL && sc_room_check_document_space(place->room, error);
}

bool
sc_conductor_check_hand_in(ScConductor *self, const ScTokenGrant *grant, GError **error)
{
    ScRunning *running =
        sc_conductor_open_lesson(self, grant->lesson, grant->site, error);
    bool may_come = running != NULL && check_hand_in(running, grant, error);
    sc_conductor_release(self, grant->lesson);
    return may_come;
}

static GHashTable *
dup_contents(const ScRoom *room)
{
    GHashTable *contents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (unsigned number = 1; number <= SC_DOCUMENTS_MAX; number++) {
        const ScDocumentRequest *document = sc_room_lookup_document(room, number);
        if (document != NULL)
            g_hash_table_add(contents, g_strdup(document->sha256));
    }
    return contents;
}

/* What is about to be kept is kept first: it may be refused, and is undone then. */
GHashTable *
sc_conductor_dup_contents(ScConductor *self, const char *lesson, const char *site,
                          GError **error)
{
    sc_journal_flush(self->journal);
    ScRunning *running = sc_conductor_open_lesson(self, lesson, site, error);
    const Place *place = running != NULL ? get_place(running, site, error) : NULL;
    GHashTable *contents = place != NULL ? dup_contents(place->room) : NULL;
    sc_conductor_release(self, lesson);
    return contents;
}

static bool
lookup_document(ScRunning *running, const ScTokenGrant *grant, unsigned number,
                ScDocumentRequest *out_document, GError **error)
{
    const Place *place = sc_running_check_not_over(running, error)
                             ? get_place(running, grant->site, error)
                             : NULL;
    if (place == NULL)
        return false;
    const ScDocumentRequest *document = sc_room_lookup_document(place->room, number);
    if (document == NULL) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_DOCUMENT,
                    "the lesson has no document %u", number);
        return false;
    }
    *out_document = *document;
    return true;
}

bool
sc_conductor_lookup_document(ScConductor *self, const ScTokenGrant *grant,
                             unsigned number, ScDocumentRequest *out_document,
                             GError **error)
{
    ScRunning *running =
        sc_conductor_open_lesson(self, grant->lesson, grant->site, error);
    bool is_there =
        running != NULL && lookup_document(running, grant, number, out_document, error);
    sc_conductor_release(self, grant->lesson);
    return is_there;
}

bool
sc_conductor_has_media(ScConductor *self, const char *lesson, const char *site)
{
    ScRunning *running = g_hash_table_lookup(self->lessons, lesson);
    if (running == NULL)
        return false;
    ScLessonPresence presence = sc_lesson_get_presence(running->lesson, site);
    return presence.publishing || presence.subscribed;
}

static void
forget_asker(gpointer entry, gpointer asker)
{
    News *news = entry;
    if (news->asker == asker)
        news->asker = NULL;
}

void
sc_conductor_forget_asker(ScConductor *self, gpointer asker)
{
    sc_journal_foreach(self->journal, forget_asker, asker);
}

/* What follows from a floor that is given already: its time is counted, the hand of who
 * has it goes down, and it may be heard. */
static bool
follow_floor(ScRunning *running, const ScTokenGrant *grant, const char *site,
             GError **error)
{
    ScRequest floor = { .type = SC_REQUEST_FLOOR, .id = SC_NO_ID };
    ScRequest hand = { .type = SC_REQUEST_HANDS_DOWN, .id = SC_NO_ID };
    ScRequest mute = { .type = SC_REQUEST_MUTE, .id = SC_NO_ID };
    sc_event_copy_text(floor.floor.site, sizeof floor.floor.site, site);
    sc_event_copy_text(hand.hands_down.site, sizeof hand.hands_down.site, site);
    sc_event_copy_text(mute.mute.site, sizeof mute.mute.site, site);
    const Place *place = get_place(running, grant->site, error);
    if (place == NULL || !ask(running, grant, &floor, NULL, error))
        return false;
    if (sc_room_has_hand(place->room, site) && !ask(running, grant, &hand, NULL, error))
        return false;
    return !sc_room_is_muted(place->room, site)
           || ask(running, grant, &mute, NULL, error);
}

void
sc_running_follow_floor(ScRunning *running, const ScTokenGrant *grant, const char *site)
{
    g_autoptr(GError) error = NULL;
    if (!follow_floor(running, grant, site, &error))
        g_warning("lesson %s: what follows from the floor is not kept: %s", grant->lesson,
                  error->message);
}

/* A lesson goes on without a code. */
static void
fill_code(ScConductor *self, const ScTokenGrant *grant, ScWelcomeRoom *room)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *code =
        sc_store_ensure_room_code(self->store, grant->lesson, grant->site, &error);
    if (code != NULL)
        g_strlcpy(room->code, code, sizeof room->code);
    else
        g_warning("site %s has no code for its pupils: %s", grant->site, error->message);
}

bool
sc_running_fill_room(ScRunning *running, const ScTokenGrant *grant,
                     ScWelcomeEvent *welcome, GError **error)
{
    ScConductor *self = running->conductor;
    const ScRoomActor actor = { grant->site, grant->role, grant->pupil };
    sc_journal_flush(self->journal); /* nobody is told what is not kept */
    Place *place = get_place(running, grant->site, error);
    if (place == NULL)
        return false;
    welcome->room =
        sc_room_dup_state(place->room, &actor, sc_clock_get_real_ms(self->clock));
    if (grant->role == SC_ROLE_CLASSROOM)
        fill_code(self, grant, welcome->room);
    return true;
}

/* Pupils. */

static char *
admit_pupil(ScRunning *running, const char *site, GError **error)
{
    ScConductor *self = running->conductor;
    const ScLessonRow *row = running->row;
    unsigned n_pupils;
    if (!sc_running_check_open(running, error)
        || !sc_store_count_pupils(self->store, row->id, site, &n_pupils, error))
        return NULL;
    if (n_pupils >= SC_PUPILS_MAX) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_TOO_MANY_SESSIONS,
                    "the classroom has %u pupils in this lesson, at most %d", n_pupils,
                    SC_PUPILS_MAX);
        return NULL;
    }
    return sc_token_issue_pupil(self->store, row->id, site, n_pupils + 1,
                                row->ends_ms + PUPIL_VALID_MS, error);
}

bool
sc_conductor_admit_pupil(ScConductor *self, const char *code, char **out_lesson,
                         char **out_token, GError **error)
{
    g_autofree char *lesson = NULL;
    g_autofree char *site = NULL;
    g_autoptr(GError) reason = NULL;
    if (!sc_store_find_room_code(self->store, code, &lesson, &site, &reason)) {
        if (g_error_matches(reason, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND))
            g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_CODE,
                        "no lesson has the code %s", code);
        else
            g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    ScRunning *running = sc_conductor_open_lesson(self, lesson, site, error);
    char *token = running != NULL ? admit_pupil(running, site, error) : NULL;
    sc_conductor_release(self, lesson);
    if (token == NULL)
        return false;
    *out_lesson = g_steal_pointer(&lesson);
    *out_token = token;
    return true;
}

/* Life. */

void
sc_conductor_start_rooms(ScConductor *self)
{
    self->places = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, place_free);
    self->journal = sc_journal_new(self->store, on_kept, self);
}

void
sc_conductor_stop_rooms(ScConductor *self)
{
    sc_journal_free(self->journal); /* what it still tells needs the places */
    if (self->places != NULL)
        g_hash_table_unref(self->places);
}

void
sc_conductor_end_room(ScConductor *self, const char *lesson)
{
    g_hash_table_remove(self->places, lesson);
}

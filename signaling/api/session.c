/* SPDX-License-Identifier: Apache-2.0 */
/* session.c: signing in, the session it makes, and the password. Hashes are made on other
 * threads, so these operations end later. */
#include <string.h>

#include "signaling/api/actor.h"
#include "signaling/api/handlers.h"
#include "signaling/api/secret.h"
#include "signaling/protocol/timestamp.h"
#include "signaling/school/sign-in-name.h"
#include "signaling/store/audit.h"
#include "signaling/store/person.h"
#include "signaling/store/query.h"
#include "signaling/store/web-session.h"

#define MS_PER_MIN (60 * 1000LL)
#define MS_PER_HOUR (60 * MS_PER_MIN)
#define AGENT_MAX 200 /* characters that are kept of User-Agent */
#define LOCKED "{\"locked\":true}"

/* A proxy in front that speaks TLS says so. */
static bool
is_over_tls(ScCall *call)
{
    const char *proto =
        sc_exchange_get_header(sc_call_get_exchange(call), "X-Forwarded-Proto");
    return sc_call_get_parts(call)->config->certificate[0] != '\0'
           || g_strcmp0(proto, "https") == 0;
}

/* @token "": the browser forgets it. RFC 6265, section 4.1; by hand, as libsoup's cookies
 * always name a domain, and this one is for our host alone. */
static void
set_cookie(ScCall *call, const char *token)
{
    const ScConfig *config = sc_call_get_parts(call)->config;
    g_autofree char *header = g_strdup_printf(
        SC_ACTOR_COOKIE "=%s; Path=/; Max-Age=%u; HttpOnly; SameSite=Strict%s", token,
        token[0] != '\0' ? config->session_hours * 3600 : 0,
        is_over_tls(call) ? "; Secure" : "");
    sc_call_set_header(call, "Set-Cookie", header);
}

static bool
add_roles(ScCall *call, const char *person, JsonObject *answer, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    g_autoptr(JsonArray) roles = json_array_new();
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT role, organisation.id, organisation.name,"
                       " organisation.name_en, organisation.kind FROM appointment"
                       " JOIN organisation ON organisation.id = appointment.organisation"
                       " WHERE person = $1 ORDER BY role, organisation.name",
                       error))
        return false;
    sc_query_bind_text(&query, person);
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row) {
            json_object_set_array_member(answer, "roles", g_steal_pointer(&roles));
            return true;
        }
        static const char *const names[] = { "role", "organisation", "organisation_name",
                                             "organisation_name_en", "kind" };
        JsonObject *role = json_object_new();
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
            json_object_set_string_member(role, names[i],
                                          sc_query_get_text(&query, (int)i));
        json_array_add_object_element(roles, role);
    }
    return false;
}

static bool
answer_session(ScCall *call, unsigned status, const ScPersonRow *person,
               const char *token, int64_t created_ms, GError **error)
{
    const ScConfig *config = sc_call_get_parts(call)->config;
    g_autoptr(JsonObject) answer = json_object_new();
    g_autofree char *csrf = sc_web_session_dup_csrf(token);
    g_autofree char *expires =
        sc_timestamp_print(created_ms + config->session_hours * MS_PER_HOUR);
    JsonObject *who = json_object_new();
    json_object_set_string_member(who, "id", person->id);
    json_object_set_string_member(who, "name", person->name);
    json_object_set_string_member(who, "sign_in", person->sign_in);
    json_object_set_boolean_member(who, "must_change", person->must_change);
    json_object_set_object_member(answer, "person", who);
    json_object_set_string_member(answer, "csrf_token", csrf);
    json_object_set_string_member(answer, "expires_at", expires);
    json_object_set_string_member(answer, "zone", config->zone);
    if (!add_roles(call, person->id, answer, error))
        return false;
    sc_call_answer_object(call, status, g_steal_pointer(&answer));
    return true;
}

/* Who signs in is nobody yet, so the row is made by hand. */
static bool
note(ScCall *call, const ScPersonRow *person, const char *sign_in, ScAuditOutcome outcome,
     const char *after, GError **error)
{
    const ScAuditRow row = {
        .at_ms = sc_call_get_now_ms(call),
        .actor = person->id != NULL ? person->id : "",
        .actor_name = person->name != NULL ? person->name : "",
        .address = sc_call_get_address(call),
        .action = sc_call_get_operation(call)->id,
        .outcome = outcome,
        .kind = "person",
        .object = sign_in,
        .organisation = person->organisation,
        .after = after,
    };
    return sc_store_add_audit(sc_call_get_store(call), &row, error);
}

/* Runs @step as one durable step, and ends @call. */
static void
end_by(ScCall *call, bool (*step)(ScCall *call, gpointer data, GError **error),
       gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) refusal = NULL;
    ScStore *store = sc_call_get_store(call);
    if (sc_store_begin(store, &error)) {
        bool done = step(call, data, &error);
        /* A wrong password is counted although it is refused. */
        if (!done && error->domain == SC_PROBLEM_ERROR)
            refusal = g_steal_pointer(&error);
        if (error != NULL)
            sc_store_rollback(store);
        else if (!sc_store_commit(store, &error))
            g_clear_error(&refusal); /* what was to be counted was not */
    }
    sc_call_finish(call, error != NULL ? error : refusal);
}

/* Signing in. */

typedef struct {
    ScCall *call;  /* borrowed: kept until it is finished */
    char *sign_in; /* owned: in lower case */
    bool is_right; /* the password */
} SignIn;

static void
sign_in_free(SignIn *self)
{
    g_free(self->sign_in);
    g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SignIn, sign_in_free)

/* A name that nobody has gives a row without an id. */
static bool
find_person(ScCall *call, const char *sign_in, ScPersonRow *out_person, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (sc_store_find_person(sc_call_get_store(call), sign_in, out_person, &reason))
        return true;
    if (!g_error_matches(reason, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    out_person->locked_until_ms =
        sc_strangers_get_lock(sc_call_get_parts(call)->strangers, sign_in);
    return true;
}

static bool
check_lock(ScCall *call, const ScPersonRow *person, const char *sign_in, GError **error)
{
    int64_t left_ms = person->locked_until_ms - sc_call_get_now_ms(call);
    if (left_ms <= 0)
        return true;
    if (!note(call, person, sign_in, SC_AUDIT_REFUSED, LOCKED, error))
        return false;
    char text[24];
    g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, (gint64)(left_ms / 1000 + 1));
    sc_call_set_header(call, "Retry-After", text);
    sc_problem_set_error(error, SC_PROBLEM_LOCKED, NULL,
                         "too many wrong passwords for this name; again in %s s", text);
    sc_problem_say(error, "密码错了太多次，请过 %d 分钟再试。",
                   "Too many wrong passwords. Please try again in %d min.",
                   (int)((left_ms + MS_PER_MIN - 1) / MS_PER_MIN));
    return false;
}

/* Counts a wrong password; the last of a row locks. */
static bool
count_failure(ScCall *call, const ScPersonRow *person, const char *sign_in,
              bool *out_locks, GError **error)
{
    const ScApiParts *parts = sc_call_get_parts(call);
    unsigned max = parts->config->max_failures;
    int64_t until_ms = sc_call_get_now_ms(call) + parts->config->lock_min * MS_PER_MIN;
    bool locks = person->id != NULL
                     ? person->n_failed + 1 >= max
                     : sc_strangers_fail(parts->strangers, sign_in, max, until_ms);
    if (person->id != NULL
        && !sc_store_set_failures(sc_call_get_store(call), person->id,
                                  locks ? 0 : person->n_failed + 1, locks ? until_ms : 0,
                                  error))
        return false;
    *out_locks = locks;
    return note(call, person, sign_in, SC_AUDIT_REFUSED, locks ? LOCKED : NULL, error);
}

static bool
open_session(ScCall *call, const ScPersonRow *person, GError **error)
{
    ScStore *store = sc_call_get_store(call);
    const ScConfig *config = sc_call_get_parts(call)->config;
    int64_t now_ms = sc_call_get_now_ms(call);
    const char *agent = sc_exchange_get_header(sc_call_get_exchange(call), "User-Agent");
    g_autofree char *valid = g_utf8_make_valid(agent != NULL ? agent : "", -1);
    g_autofree char *shown =
        g_utf8_substring(valid, 0, MIN(AGENT_MAX, g_utf8_strlen(valid, -1)));
    g_autofree char *token = sc_secret_make();
    g_autofree char *hash = sc_secret_hash(token);
    if (!sc_store_remove_idle_web_sessions(store, now_ms - config->idle_min * MS_PER_MIN,
                                           error)
        || !sc_store_set_failures(store, person->id, 0, 0, error)
        || !sc_store_add_web_session(store, hash, person->id, sc_call_get_address(call),
                                     shown, now_ms, error)
        || !note(call, person, person->sign_in, SC_AUDIT_DONE, NULL, error)
        || !answer_session(call, 201, person, token, now_ms, error))
        return false;
    set_cookie(call, token);
    return true;
}

/* The person is read again: it may have been locked or disabled meanwhile. */
static bool
conclude_sign_in(ScCall *call, gpointer data, GError **error)
{
    const SignIn *self = data;
    g_auto(ScPersonRow) person = { 0 };
    bool locks;
    if (!find_person(call, self->sign_in, &person, error)
        || !check_lock(call, &person, self->sign_in, error))
        return false;
    if (self->is_right && person.id != NULL && person.is_active)
        return open_session(call, &person, error);
    if (!count_failure(call, &person, self->sign_in, &locks, error))
        return false;
    sc_problem_set_error(error, SC_PROBLEM_WRONG_PASSWORD, NULL,
                         "no active person has this name and password");
    sc_problem_say(error, "账号或密码不对。", "Wrong name or password.");
    return false;
}

/* What the thread pool says, as the client is told. */
static void
finish_by_pool(ScCall *call, const GError *reason)
{
    g_autoptr(GError) error = NULL;
    bool is_busy = g_error_matches(reason, SC_PASSWORD_ERROR, SC_PASSWORD_ERROR_BUSY);
    sc_problem_set_error(&error, is_busy ? SC_PROBLEM_BUSY : SC_PROBLEM_INTERNAL_ERROR,
                         NULL, "%s", reason->message);
    if (is_busy)
        sc_problem_say(&error, "服务器正忙，请稍等再试。",
                       "The server is busy. Please try again shortly.");
    sc_call_finish(call, error);
}

static void
on_sign_in_verified(GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
    g_autoptr(SignIn) self = data;
    g_autoptr(GError) error = NULL;
    self->is_right = sc_password_verify_finish(sc_call_get_parts(self->call)->passwords,
                                               result, &error);
    if (error != NULL)
        finish_by_pool(self->call, error);
    else
        end_by(self->call, conclude_sign_in, self);
}

static bool
sign_in(ScCall *call, GError **error)
{
    const ScApiParts *parts = sc_call_get_parts(call);
    JsonObject *body = sc_call_get_body(call);
    g_autofree char *name =
        sc_sign_in_name_fold(json_object_get_string_member(body, "sign_in"));
    g_auto(ScPersonRow) person = { 0 };
    if (!sc_limiter_take(parts->sign_ins, sc_call_get_address(call),
                         sc_clock_get_monotonic_us(parts->clock))) {
        sc_problem_set_error(error, SC_PROBLEM_TOO_MANY_REQUESTS, NULL,
                             "too many sign-ins from this address");
        sc_problem_say(error, "从您这里登录的次数太多，请稍等再试。",
                       "Too many sign-ins from where you are. Please wait a little.");
        return false;
    }
    if (!find_person(call, name, &person, error)
        || !check_lock(call, &person, name, error))
        return false;
    SignIn *self = g_new0(SignIn, 1);
    self->call = call;
    self->sign_in = g_steal_pointer(&name);
    sc_password_verify_async(parts->passwords, person.password,
                             json_object_get_string_member(body, "password"),
                             on_sign_in_verified, self);
    return true;
}

static bool
get_session(ScCall *call, GError **error)
{
    const ScActor *actor = sc_call_get_actor(call);
    g_autofree char *token = sc_actor_dup_cookie(sc_call_get_exchange(call));
    g_auto(ScPersonRow) person = { 0 };
    g_auto(ScWebSessionRow) session = { 0 };
    ScStore *store = sc_call_get_store(call);
    if (actor->kind != SC_ACTOR_PERSON || token == NULL) {
        sc_problem_set_error(error, SC_PROBLEM_NOT_SIGNED_IN, NULL,
                             "nobody is signed in");
        return false;
    }
    return sc_store_get_person(store, actor->id, &person, error)
           && sc_store_find_web_session(store, actor->session, &session, error)
           && answer_session(call, 200, &person, token, session.created_ms, error);
}

static bool
sign_out(ScCall *call, GError **error)
{
    const ScActor *actor = sc_call_get_actor(call);
    ScStore *store = sc_call_get_store(call);
    bool everywhere = g_strcmp0(sc_call_get_query(call, "everywhere"), "true") == 0;
    if (!(everywhere ? sc_store_remove_web_sessions(store, actor->id, NULL, error)
                     : sc_store_remove_web_session(store, actor->session, error))
        || !sc_call_audit(call, "person", actor->id, NULL, NULL, NULL, error))
        return false;
    set_cookie(call, "");
    sc_call_answer_nothing(call);
    return true;
}

/* A new password: the old one is looked at, the new one hashed, then both are stored. */

typedef struct {
    ScCall *call; /* borrowed: kept until it is finished */
    char *hash;   /* owned: of the new one */
} Change;

static void
change_free(Change *self)
{
    g_free(self->hash);
    g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Change, change_free)

static bool
conclude_change(ScCall *call, gpointer data, GError **error)
{
    const Change *self = data;
    const ScActor *actor = sc_call_get_actor(call);
    ScStore *store = sc_call_get_store(call);
    if (!sc_store_set_password(store, actor->id, self->hash, false, error)
        || !sc_store_remove_web_sessions(store, actor->id, actor->session, error)
        || !sc_call_audit(call, "person", actor->id, NULL, NULL, NULL, error))
        return false;
    sc_call_answer_nothing(call);
    return true;
}

static void
on_new_hashed(GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
    g_autoptr(Change) self = data;
    g_autoptr(GError) error = NULL;
    self->hash =
        sc_password_hash_finish(sc_call_get_parts(self->call)->passwords, result, &error);
    if (self->hash == NULL)
        finish_by_pool(self->call, error);
    else
        end_by(self->call, conclude_change, self);
}

/* Whoever guesses at a session left open has no more guesses than at its door. */
static bool
refuse_change(ScCall *call, gpointer data G_GNUC_UNUSED, GError **error)
{
    const ScActor *actor = sc_call_get_actor(call);
    ScStore *store = sc_call_get_store(call);
    g_auto(ScPersonRow) person = { 0 };
    bool locks;
    if (!sc_store_get_person(store, actor->id, &person, error)
        || !count_failure(call, &person, person.sign_in, &locks, error)
        || (locks && !sc_store_remove_web_session(store, actor->session, error)))
        return false;
    sc_problem_set_error(error, SC_PROBLEM_FORBIDDEN, "password",
                         "the present password is wrong");
    sc_problem_say(error, "现在的密码不对。", "The present password is wrong.");
    return false;
}

static void
on_old_verified(GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
    g_autoptr(Change) self = data;
    g_autoptr(GError) error = NULL;
    ScPasswordPool *pool = sc_call_get_parts(self->call)->passwords;
    ScCall *call = self->call;
    if (sc_password_verify_finish(pool, result, &error)) {
        sc_password_hash_async(
            pool, json_object_get_string_member(sc_call_get_body(call), "new_password"),
            on_new_hashed, g_steal_pointer(&self));
        return;
    }
    if (error != NULL)
        finish_by_pool(call, error);
    else
        end_by(call, refuse_change, NULL);
}

static void
say_password(GError **error, ScPasswordError rule)
{
    switch (rule) {
    case SC_PASSWORD_ERROR_LENGTH:
        sc_problem_say(error, "密码要有 %d 到 %d 个字符。",
                       "A password has %d to %d characters.", SC_PASSWORD_MIN,
                       SC_PASSWORD_MAX);
        return;
    case SC_PASSWORD_ERROR_KINDS:
        sc_problem_say(
            error, "字母、数字和其他字符，至少要用两类。",
            "Please use at least two of letters, digits and other characters.");
        return;
    case SC_PASSWORD_ERROR_NAME:
        sc_problem_say(error, "密码里不能含有账号。",
                       "The sign-in name must not be part of the password.");
        return;
    case SC_PASSWORD_ERROR_COMMONEST:
        sc_problem_say(error, "这个密码太常见，容易被猜到，请换一个。",
                       "This password is too common and easily guessed; please choose "
                       "another.");
        return;
    case SC_PASSWORD_ERROR_BUSY:
    case SC_PASSWORD_ERROR_FAILED:
        return;
    }
}

static bool
change_password(ScCall *call, GError **error)
{
    const ScApiParts *parts = sc_call_get_parts(call);
    JsonObject *body = sc_call_get_body(call);
    const char *old = json_object_get_string_member(body, "password");
    const char *new = json_object_get_string_member(body, "new_password");
    g_auto(ScPersonRow) person = { 0 };
    g_autoptr(GError) reason = NULL;
    if (!sc_limiter_take(parts->sign_ins, sc_call_get_address(call),
                         sc_clock_get_monotonic_us(parts->clock))) {
        sc_problem_set_error(error, SC_PROBLEM_TOO_MANY_REQUESTS, NULL,
                             "too many passwords from this address");
        sc_problem_say(error, "操作太快了，请稍等再试。",
                       "Too many requests. Please wait a little.");
        return false;
    }
    if (!sc_store_get_person(parts->store, sc_call_get_actor(call)->id, &person, error)
        || !check_lock(call, &person, person.sign_in, error))
        return false;
    if (!sc_password_check(new, person.sign_in, &reason)) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "new_password", "%s",
                             reason->message);
        say_password(error, (ScPasswordError)reason->code);
        return false;
    }
    if (g_str_equal(old, new)) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "new_password",
                             "the new password is the old one");
        sc_problem_say(error, "新密码不能与现在的相同。",
                       "The new password must not be the present one.");
        return false;
    }
    Change *self = g_new0(Change, 1);
    self->call = call;
    sc_password_verify_async(parts->passwords, person.password, old, on_old_verified,
                             self);
    return true;
}

const ScApiHandler sc_session_handlers[] = {
    { "sign-in", sign_in, NULL, NULL },
    { "get-session", get_session, NULL, NULL },
    { "sign-out", sign_out, NULL, NULL },
    { "change-password", change_password, NULL, NULL },
};
const unsigned sc_n_session_handlers = G_N_ELEMENTS(sc_session_handlers);

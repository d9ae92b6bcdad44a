/* SPDX-License-Identifier: Apache-2.0 */
/* enrolments.c: a device without an identity shows a code, and asks until somebody has
 * confirmed it. */
#include <sodium.h>
#include <string.h>

#include "signaling/api/handlers.h"
#include "signaling/api/secret.h"
#include "signaling/protocol/timestamp.h"
#include "signaling/school/qr.h"
#include "signaling/store/device.h"
#include "signaling/store/enrolment.h"
#include "signaling/store/query.h"

#define CODE_ALPHABET "23456789ABCDEFGHJKLMNPQRSTUVWXYZ" /* none looks like another */
#define CODE_LENGTH 6
#define VALID_MS (15 * 60 * 1000LL)
#define WAITING_MAX 1000

static char *
make_code(void)
{
    char *code = g_malloc0(CODE_LENGTH + 1);
    for (unsigned i = 0; i < CODE_LENGTH; i++)
        code[i] = CODE_ALPHABET[randombytes_uniform(sizeof CODE_ALPHABET - 1)];
    return code;
}

/* "7F3K92" → "7F3-K92", which is easier to read across a room. */
static char *
group_code(const char *code)
{
    return g_strdup_printf("%.3s-%s", code, code + CODE_LENGTH / 2);
}

/* Where the console is, as the device reached us. */
static char *
make_url(ScCall *call, const char *code)
{
    ScExchange *exchange = sc_call_get_exchange(call);
    const char *host = sc_exchange_get_header(exchange, "Host");
    const char *proto = sc_exchange_get_header(exchange, "X-Forwarded-Proto");
    bool is_tls = sc_call_get_parts(call)->config->certificate[0] != '\0'
                  || g_strcmp0(proto, "https") == 0;
    return g_strdup_printf("%s://%s/console#/devices?code=%s", is_tls ? "https" : "http",
                           host != NULL ? host : "localhost", code);
}

static bool
check_room(ScCall *call, GError **error)
{
    const ScApiParts *parts = sc_call_get_parts(call);
    unsigned n_waiting = 0;
    if (!sc_limiter_take(parts->enrolments, sc_call_get_address(call),
                         sc_clock_get_monotonic_us(parts->clock))) {
        sc_problem_set_error(error, SC_PROBLEM_TOO_MANY_REQUESTS, NULL,
                             "too many enrolments from this address");
        return false;
    }
    if (!sc_store_expire_enrolments(parts->store, sc_call_get_now_ms(call), &n_waiting,
                                    error))
        return false;
    if (n_waiting >= WAITING_MAX)
        sc_problem_set_error(error, SC_PROBLEM_BUSY, NULL,
                             "%u devices wait to be enrolled, at most %d", n_waiting,
                             WAITING_MAX);
    return n_waiting < WAITING_MAX;
}

static bool
create(ScCall *call, GError **error)
{
    if (!check_room(call, error))
        return false;
    g_autofree char *secret = sc_secret_make();
    g_autofree char *svg_path = NULL;
    g_auto(ScEnrolmentRow) row = {
        .id = sc_store_make_id(),
        .code = make_code(),
        .secret_hash = sc_secret_hash(secret),
        .address = g_strdup(sc_call_get_address(call)),
        .program =
            g_strdup(json_object_get_string_member(sc_call_get_body(call), "program")),
        .created_ms = sc_call_get_now_ms(call),
        .expires_ms = sc_call_get_now_ms(call) + VALID_MS,
    };
    if (!sc_store_add_enrolment(sc_call_get_store(call), &row, error))
        return false;
    g_autofree char *shown = group_code(row.code);
    g_autofree char *expires = sc_timestamp_print(row.expires_ms);
    g_autofree char *url = make_url(call, row.code);
    svg_path = g_strdup_printf("/api/v1/enrolments/%s/qr.svg", row.id);
    JsonObject *answer = json_object_new();
    json_object_set_string_member(answer, "id", row.id);
    json_object_set_string_member(answer, "secret", secret);
    json_object_set_string_member(answer, "code", shown);
    json_object_set_string_member(answer, "expires_at", expires);
    json_object_set_string_member(answer, "url", url);
    json_object_set_string_member(answer, "qr", svg_path);
    sc_call_answer_object(call, 201, answer);
    return true;
}

static bool
refuse_absent(ScCall *call, GError **error)
{
    sc_problem_set_error(error, SC_PROBLEM_NOT_FOUND, NULL,
                         "there is no enrolment %s, or it has expired",
                         sc_call_get_parameter(call, "id"));
    return false;
}

static bool
find(ScCall *call, ScEnrolmentRow *out_row, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (sc_store_get_enrolment(sc_call_get_store(call), sc_call_get_parameter(call, "id"),
                               out_row, &reason))
        return out_row->expires_ms > sc_call_get_now_ms(call)
               || refuse_absent(call, error);
    if (g_error_matches(reason, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND))
        return refuse_absent(call, error);
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

static bool
add_identity(ScCall *call, const char *device, JsonObject *answer, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT device.name, site.id, site.name, organisation.name"
                       " FROM device JOIN site ON site.id = device.site"
                       " JOIN organisation ON organisation.id = site.organisation"
                       " WHERE device.id = $1",
                       error))
        return false;
    sc_query_bind_text(&query, device);
    if (!sc_query_step(&query, &has_row, error) || !has_row)
        return false;
    JsonObject *who = json_object_new();
    json_object_set_string_member(who, "id", device);
    json_object_set_string_member(who, "name", sc_query_get_text(&query, 0));
    json_object_set_object_member(answer, "device", who);
    JsonObject *where = json_object_new();
    json_object_set_string_member(where, "id", sc_query_get_text(&query, 1));
    json_object_set_string_member(where, "name", sc_query_get_text(&query, 2));
    json_object_set_string_member(where, "school", sc_query_get_text(&query, 3));
    json_object_set_object_member(answer, "site", where);
    return true;
}

/* A token is made for each asking, and the last one counts: an answer that was lost on
 * the line is asked for again. The device's first report ends that (device-side.c). */
static bool
hand_over(ScCall *call, const char *device, GError **error)
{
    g_autofree char *token = sc_secret_make();
    g_autofree char *hash = sc_secret_hash(token);
    g_autoptr(JsonObject) answer = json_object_new();
    if (!sc_store_set_device_token(sc_call_get_store(call), device, hash, error)
        || !add_identity(call, device, answer, error))
        return false;
    json_object_set_string_member(answer, "state", "confirmed");
    json_object_set_string_member(answer, "token", token);
    sc_call_answer_object(call, 200, g_steal_pointer(&answer));
    return true;
}

static bool
get(ScCall *call, GError **error)
{
    g_auto(ScEnrolmentRow) row = { 0 };
    const char *secret = sc_exchange_get_bearer(sc_call_get_exchange(call), NULL);
    if (!find(call, &row, error))
        return false;
    g_autofree char *hash = sc_secret_hash(secret != NULL ? secret : "");
    if (sodium_memcmp(hash, row.secret_hash, strlen(hash)) != 0)
        return refuse_absent(call, error);
    if (row.device != NULL)
        return hand_over(call, row.device, error);
    JsonObject *answer = json_object_new();
    json_object_set_string_member(answer, "state", "waiting");
    sc_call_answer_object(call, 200, answer);
    return true;
}

static bool
get_qr(ScCall *call, GError **error)
{
    g_auto(ScEnrolmentRow) row = { 0 };
    if (!find(call, &row, error))
        return false;
    g_autofree char *url = make_url(call, row.code);
    char *svg = sc_qr_print_svg(url, error);
    if (svg == NULL)
        return false;
    sc_call_answer_text(call, "image/svg+xml", NULL, svg);
    return true;
}

const ScApiHandler sc_enrolment_handlers[] = {
    { "create-enrolment", create, NULL, NULL },
    { "get-enrolment", get, NULL, NULL },
    { "get-enrolment-qr", get_qr, NULL, NULL },
};
const unsigned sc_n_enrolment_handlers = G_N_ELEMENTS(sc_enrolment_handlers);

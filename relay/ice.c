/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/ice.h"

#include <string.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>
#include <sys/random.h>

#include <gio/gio.h>

#define UFRAG_MIN 4              /* RFC 8839, section 5.4 */
#define PASSWORD_MIN 22          /* RFC 8839, section 5.4 */
#define LOCAL_PASSWORD_LENGTH 24 /* characters: 144 bits, RFC 8445 asks for 128 */
#define REQUEST_MAX 1500         /* bytes; libnice keeps a message's length in 16 bits */
#define MESSAGE_INTEGRITY_LENGTH 20 /* bytes, HMAC-SHA1 */

/* One generation: what a check has to present, and the key it has to be signed with. */
typedef struct {
    char ufrag[SC_ICE_LOCAL_UFRAG_LENGTH + 1];
    char password[LOCAL_PASSWORD_LENGTH + 1];
    char *username; /* owned: "local:remote"; NULL: no such generation */
} Credentials;

struct ScIce {
    Credentials current;
    Credentials
        previous; /* after a restart, until the first check with the current ones */
    ScAddress selected;
    bool has_selected;
    int64_t alive_us; /* of the selected address */
};

/* What validation found out about the sender. */
typedef struct {
    const ScIce *ice;        /* borrowed: on the caller's stack */
    const Credentials *used; /* borrowed from @ice; NULL: unknown user */
} Login;

/* The comprehension-required attributes of a connectivity check; all others get a 420. */
static const uint16_t known_attributes[] = {
    STUN_ATTRIBUTE_USERNAME,
    STUN_ATTRIBUTE_MESSAGE_INTEGRITY,
    STUN_ATTRIBUTE_PRIORITY,
    STUN_ATTRIBUTE_USE_CANDIDATE,
    0,
};

static void
make_ice_chars(char *out_text, size_t length)
{
    static const char ice_chars[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t bytes[SC_ICE_PASSWORD_MAX];
    ssize_t n_bytes = getrandom(bytes, length, 0);

    g_assert(n_bytes == (ssize_t)length); /* never short up to 256 bytes: getrandom(2) */
    for (size_t i = 0; i < length; i++)
        out_text[i] = ice_chars[bytes[i] % 64];
    out_text[length] = '\0';
}

static bool
is_ice_chars(const char *text, size_t min, size_t max)
{
    size_t length = strnlen(text, max + 1);

    if (length < min || length > max)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!g_ascii_isalnum(text[i]) && text[i] != '+' && text[i] != '/')
            return false;
    return true;
}

static bool
check_remote(const char *ufrag, const char *password, GError **error)
{
    if (!is_ice_chars(ufrag, UFRAG_MIN, SC_ICE_UFRAG_MAX)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "ICE ufrag '%.64s' is not %d to %d ice-chars", ufrag, UFRAG_MIN,
                    SC_ICE_UFRAG_MAX);
        return false;
    }
    if (!is_ice_chars(password, PASSWORD_MIN, SC_ICE_PASSWORD_MAX)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "ICE password of %zu bytes is not %d to %d ice-chars",
                    strnlen(password, SC_ICE_PASSWORD_MAX + 1), PASSWORD_MIN,
                    SC_ICE_PASSWORD_MAX);
        return false;
    }
    return true;
}

static void
credentials_init(Credentials *self, const char *remote_ufrag)
{
    make_ice_chars(self->ufrag, SC_ICE_LOCAL_UFRAG_LENGTH);
    make_ice_chars(self->password, LOCAL_PASSWORD_LENGTH);
    self->username = g_strconcat(self->ufrag, ":", remote_ufrag, NULL);
}

static void
credentials_clear(Credentials *self)
{
    g_free(self->username);
    *self = (Credentials){ 0 };
}

static bool
credentials_match(const Credentials *self, const uint8_t *username, size_t length)
{
    return self->username != NULL && strlen(self->username) == length
           && memcmp(self->username, username, length) == 0;
}

/* Libnice asks for the password of @username. It trusts MESSAGE-INTEGRITY to be as long
 * as an HMAC-SHA1, so a shorter one, which would make it read past the datagram, ends
 * here. */
static bool
on_validate(G_GNUC_UNUSED StunAgent *agent, StunMessage *message, uint8_t *username,
            uint16_t username_length, uint8_t **out_password, size_t *out_length,
            void *user_data)
{
    Login *login = user_data;
    uint16_t hash_length = 0;

    if (credentials_match(&login->ice->current, username, username_length))
        login->used = &login->ice->current;
    else if (credentials_match(&login->ice->previous, username, username_length))
        login->used = &login->ice->previous;
    else
        return false;

    if (stun_message_find(message, STUN_ATTRIBUTE_MESSAGE_INTEGRITY, &hash_length) == NULL
        || hash_length != MESSAGE_INTEGRITY_LENGTH)
        return false;
    *out_password = (uint8_t *)login->used->password;
    *out_length = LOCAL_PASSWORD_LENGTH;
    return true;
}

static size_t
write_error(StunAgent *agent, const StunMessage *request, StunError code,
            uint8_t out_reply[SC_ICE_REPLY_MAX])
{
    StunMessage reply;

    if (!stun_agent_init_error(agent, &reply, out_reply, SC_ICE_REPLY_MAX, request, code))
        return 0;
    return stun_agent_finish_message(agent, &reply, NULL, 0);
}

/* RFC 8489, section 9.1.3 asks for an answer to a request that could not be
 * authenticated. It is given to nobody for less bytes than it has: we amplify nothing for
 * a forged source. */
static size_t
write_refusal(StunAgent *agent, const StunMessage *request, StunError code,
              uint8_t out_reply[SC_ICE_REPLY_MAX])
{
    if (stun_message_get_class(request) != STUN_REQUEST)
        return 0;

    size_t length = write_error(agent, request, code, out_reply);
    return length <= stun_message_length(request) ? length : 0;
}

/* Not stun_usage_ice_conncheck_create_reply(): that repeats the USERNAME (an old draft's
 * way), which may be longer than our reply, and would change roles, which a lite end can
 * not. */
static size_t
write_success(StunAgent *agent, const StunMessage *request, const ScAddress *from,
              uint8_t out_reply[SC_ICE_REPLY_MAX])
{
    StunMessage reply;
    struct sockaddr_storage mapped;
    socklen_t mapped_length;

    sc_address_write_native(from, &mapped, &mapped_length);
    if (!stun_agent_init_response(agent, &reply, out_reply, SC_ICE_REPLY_MAX, request)
        || stun_message_append_xor_addr(&reply, STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS,
                                        &mapped, mapped_length)
               != STUN_MESSAGE_RETURN_SUCCESS)
        return 0;
    return stun_agent_finish_message(agent, &reply, NULL, 0);
}

/* A check that did not validate: counted by its fault, answered where that is due. */
static ScIceCheck
refuse(StunAgent *agent, const StunMessage *request, StunValidationStatus status,
       const Login *login, uint8_t out_reply[SC_ICE_REPLY_MAX])
{
    ScIceCheck check = { .verdict = SC_VERDICT_STUN_MALFORMED };

    if (status == STUN_VALIDATION_UNAUTHORIZED) {
        check.verdict = login->used != NULL ? SC_VERDICT_STUN_UNAUTHENTICATED
                                            : SC_VERDICT_STUN_UNKNOWN_USER;
        check.reply_length =
            write_refusal(agent, request, STUN_ERROR_UNAUTHORIZED, out_reply);
    } else if (status == STUN_VALIDATION_UNAUTHORIZED_BAD_REQUEST) {
        check.verdict = SC_VERDICT_STUN_UNAUTHENTICATED;
        check.reply_length =
            write_refusal(agent, request, STUN_ERROR_BAD_REQUEST, out_reply);
    } else if (status == STUN_VALIDATION_UNKNOWN_REQUEST_ATTRIBUTE) {
        StunMessage reply;

        check.verdict = SC_VERDICT_STUN_UNKNOWN_ATTRIBUTE;
        check.reply_length = stun_agent_build_unknown_attributes_error(
            agent, &reply, out_reply, SC_ICE_REPLY_MAX, request);
    } else if (status == STUN_VALIDATION_UNMATCHED_RESPONSE) {
        check.verdict = SC_VERDICT_STUN_NOT_A_REQUEST;
    }
    return check;
}

/* An authenticated check came from @from: life, and perhaps a new place to send to. */
static bool
settle(ScIce *self, const ScAddress *from, bool is_nominated, int64_t now_us)
{
    bool is_selected = self->has_selected && sc_address_equal(&self->selected, from);
    bool is_silent = self->has_selected && now_us - self->alive_us >= SC_ICE_SILENCE_US;

    if (!is_selected && !is_nominated && !is_silent)
        return false;
    self->selected = *from;
    self->has_selected = true;
    self->alive_us = now_us;
    return !is_selected;
}

ScIce *
sc_ice_new(const char *remote_ufrag, const char *remote_password, GError **error)
{
    if (!check_remote(remote_ufrag, remote_password, error))
        return NULL;

    ScIce *self = g_new0(ScIce, 1);
    credentials_init(&self->current, remote_ufrag);
    return self;
}

void
sc_ice_free(ScIce *self)
{
    if (self == NULL)
        return;
    credentials_clear(&self->current);
    credentials_clear(&self->previous);
    g_free(self);
}

bool
sc_ice_restart(ScIce *self, const char *remote_ufrag, const char *remote_password,
               GError **error)
{
    if (!check_remote(remote_ufrag, remote_password, error))
        return false;

    /* Two restarts in a row: no check came with the ones in between, nobody needs them.
     */
    if (self->previous.username == NULL) {
        self->previous = self->current;
        self->current = (Credentials){ 0 };
    }
    credentials_clear(&self->current);
    credentials_init(&self->current, remote_ufrag);
    return true;
}

const char *
sc_ice_get_local_ufrag(const ScIce *self)
{
    return self->current.ufrag;
}

const char *
sc_ice_get_local_password(const ScIce *self)
{
    return self->current.password;
}

bool
sc_ice_peek_local_ufrag(const uint8_t *data, size_t length,
                        char out_ufrag[SC_ICE_UFRAG_MAX + 1])
{
    StunMessage message = { .buffer = (uint8_t *)data, .buffer_len = length };
    uint16_t username_length = 0;

    if (length > REQUEST_MAX
        || stun_message_validate_buffer_length(data, length, true) != (int)length)
        return false;

    const uint8_t *username =
        stun_message_find(&message, STUN_ATTRIBUTE_USERNAME, &username_length);
    if (username == NULL)
        return false;

    const uint8_t *colon = memchr(username, ':', username_length);
    if (colon == NULL || colon == username || colon - username > SC_ICE_UFRAG_MAX)
        return false;

    size_t ufrag_length = (size_t)(colon - username);
    if (memchr(username, '\0', ufrag_length) != NULL)
        return false;
    memcpy(out_ufrag, username, ufrag_length);
    out_ufrag[ufrag_length] = '\0';
    return true;
}

ScIceCheck
sc_ice_answer(ScIce *self, const uint8_t *data, size_t length, const ScAddress *from,
              int64_t now_us, uint8_t out_reply[SC_ICE_REPLY_MAX])
{
    StunAgent agent; /* here for this call only: it has 13 kB of room for requests sent */
    StunMessage request;
    Login login = { .ice = self };
    uint64_t tie_breaker;

    if (length > REQUEST_MAX)
        return (ScIceCheck){ .verdict = SC_VERDICT_STUN_MALFORMED };

    stun_agent_init(&agent, known_attributes, STUN_COMPATIBILITY_RFC5389,
                    STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS
                        | STUN_AGENT_USAGE_USE_FINGERPRINT
                        | STUN_AGENT_USAGE_NO_INDICATION_AUTH);
    StunValidationStatus status =
        stun_agent_validate(&agent, &request, data, length, on_validate, &login);
    if (status == STUN_VALIDATION_UNKNOWN_ATTRIBUTE)
        return (ScIceCheck){ .verdict = SC_VERDICT_STUN_NOT_A_REQUEST };
    if (status != STUN_VALIDATION_SUCCESS)
        return refuse(&agent, &request, status, &login, out_reply);
    if (stun_message_get_class(&request) != STUN_REQUEST
        || stun_message_get_method(&request) != STUN_BINDING)
        return (ScIceCheck){ .verdict = SC_VERDICT_STUN_NOT_A_REQUEST };

    if (stun_message_find64(&request, STUN_ATTRIBUTE_ICE_CONTROLLED, &tie_breaker)
        != STUN_MESSAGE_RETURN_NOT_FOUND)
        return (ScIceCheck){
            .verdict = SC_VERDICT_STUN_ROLE_CONFLICT,
            .reply_length =
                write_error(&agent, &request, STUN_ERROR_ROLE_CONFLICT, out_reply),
        };

    if (login.used == &self->current)
        credentials_clear(&self->previous);
    bool is_nominated = stun_usage_ice_conncheck_use_candidate(&request);
    return (ScIceCheck){
        .verdict = SC_VERDICT_PASS,
        .reply_length = write_success(&agent, &request, from, out_reply),
        .moved = settle(self, from, is_nominated, now_us),
    };
}

void
sc_ice_mark_alive(ScIce *self, int64_t now_us)
{
    self->alive_us = now_us;
}

const ScAddress *
sc_ice_get_selected(const ScIce *self)
{
    return self->has_selected ? &self->selected : NULL;
}

bool
sc_ice_has_consent(const ScIce *self, int64_t now_us)
{
    return self->has_selected && now_us - self->alive_us < SC_ICE_CONSENT_US;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/peer/peer-stun.h"

#include <string.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>

#define PRIORITY 1845501695 /* of a peer-reflexive candidate: RFC 8445, section 5.1.2 */

static const uint16_t known_attributes[] = {
    STUN_ATTRIBUTE_USERNAME,           STUN_ATTRIBUTE_MESSAGE_INTEGRITY,
    STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, STUN_ATTRIBUTE_ERROR_CODE,
    STUN_ATTRIBUTE_UNKNOWN_ATTRIBUTES, STUN_ATTRIBUTE_PRIORITY,
    STUN_ATTRIBUTE_USE_CANDIDATE,      0,
};

static void
init_agent(StunAgent *agent)
{
    stun_agent_init(agent, known_attributes, STUN_COMPATIBILITY_RFC5389,
                    STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS
                        | STUN_AGENT_USAGE_USE_FINGERPRINT);
}

size_t
sc_peer_stun_write_check(const ScPeerCheck *check, uint8_t out[SC_PEER_STUN_MAX],
                         uint8_t out_id[SC_PEER_STUN_ID_LENGTH])
{
    StunAgent agent;
    StunMessage message;

    init_agent(&agent);
    size_t length = stun_usage_ice_conncheck_create(
        &agent, &message, out, SC_PEER_STUN_MAX, (const uint8_t *)check->username,
        strlen(check->username), (const uint8_t *)check->password,
        strlen(check->password), check->is_nominating, !check->is_controlled, PRIORITY,
        check->tie_breaker, NULL, STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
    stun_message_id(&message, out_id);
    return length;
}

/* An agent keeps 13 kB of requests: too much for each of thousands of peers. It is made
 * for the call and told of the one request in question. */
int
sc_peer_stun_read_answer(const uint8_t *data, size_t length,
                         const uint8_t id[SC_PEER_STUN_ID_LENGTH], const char *password)
{
    StunAgent agent;
    StunMessage message;
    int code = 0;

    init_agent(&agent);
    StunAgentSavedIds *sent = &agent.sent_ids[0];
    *sent = (StunAgentSavedIds){
        .method = STUN_BINDING,
        .key = (uint8_t *)password,
        .key_len = strlen(password),
        .valid = true,
    };
    memcpy(sent->id, id, SC_PEER_STUN_ID_LENGTH);
    if (stun_agent_validate(&agent, &message, data, length, NULL, NULL)
        != STUN_VALIDATION_SUCCESS)
        return -1;
    if (stun_message_get_class(&message) == STUN_RESPONSE)
        return 0;
    if (stun_message_find_error(&message, &code) != STUN_MESSAGE_RETURN_SUCCESS)
        return -1;
    return code;
}

static bool
give_password(G_GNUC_UNUSED StunAgent *agent, G_GNUC_UNUSED StunMessage *message,
              G_GNUC_UNUSED uint8_t *username, G_GNUC_UNUSED uint16_t username_length,
              uint8_t **out_password, size_t *out_length, void *password)
{
    *out_password = password;
    *out_length = strlen(password);
    return true;
}

size_t
sc_peer_stun_answer_check(const uint8_t *data, size_t length, const char *password,
                          const ScAddress *to, uint8_t out[SC_PEER_STUN_MAX])
{
    StunAgent agent;
    StunMessage request;
    StunMessage answer;
    struct sockaddr_storage native;
    socklen_t native_length;
    size_t out_length = SC_PEER_STUN_MAX;
    bool is_controlling = true;

    init_agent(&agent);
    if (stun_agent_validate(&agent, &request, data, length, give_password,
                            (void *)password)
            != STUN_VALIDATION_SUCCESS
        || stun_message_get_class(&request) != STUN_REQUEST)
        return 0;
    sc_address_write_native(to, &native, &native_length);
    if (stun_usage_ice_conncheck_create_reply(&agent, &request, &answer, out, &out_length,
                                              &native, native_length, &is_controlling, 0,
                                              STUN_USAGE_ICE_COMPATIBILITY_RFC5245)
        != STUN_USAGE_ICE_RETURN_SUCCESS)
        return 0;
    return out_length;
}

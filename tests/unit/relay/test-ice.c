/* SPDX-License-Identifier: Apache-2.0 */
/* The peer is libnice's own STUN agent, in the controlling role of a full ICE agent. */
#include <string.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>
#include <sys/mman.h>
#include <unistd.h>

#include <gio/gio.h>

#include "relay/ice.h"

#define REMOTE_UFRAG "peer"
#define REMOTE_PASSWORD "remotepasswordof24chars+"
#define SECOND_US 1000000LL
#define TIE_BREAKER 0x0123456789abcdefULL

static const uint16_t known_attributes[] = {
    STUN_ATTRIBUTE_USERNAME,           STUN_ATTRIBUTE_MESSAGE_INTEGRITY,
    STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, STUN_ATTRIBUTE_ERROR_CODE,
    STUN_ATTRIBUTE_UNKNOWN_ATTRIBUTES, STUN_ATTRIBUTE_PRIORITY,
    STUN_ATTRIBUTE_USE_CANDIDATE,      0,
};

typedef struct {
    StunAgent agent;
    ScIce *ice; /* owned */
    ScAddress home;
    uint8_t check[SC_ICE_REPLY_MAX * 2];
    size_t check_length;
    uint8_t reply[SC_ICE_REPLY_MAX];
    int64_t now_us;
    uint8_t *guard; /* owned: one page before it may be used, none behind */
} Fixture;

/* How one check differs from a good one. */
typedef struct {
    const char *username; /* NULL: the right one */
    const char *password; /* NULL: the right one */
    bool is_controlled;
    bool is_nominating;
} CheckOptions;

static void
set_up(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    stun_agent_init(&f->agent, known_attributes, STUN_COMPATIBILITY_RFC5389,
                    STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS
                        | STUN_AGENT_USAGE_USE_FINGERPRINT);
    f->ice = sc_ice_new(REMOTE_UFRAG, REMOTE_PASSWORD, NULL);
    g_assert_nonnull(f->ice);
    g_assert_true(sc_address_parse("192.0.2.7", 40000, &f->home));
    f->now_us = 1000 * SECOND_US;

    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *pages =
        mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    g_assert_true(pages != MAP_FAILED);
    f->guard = pages + page;
    g_assert_cmpint(mprotect(f->guard, page, PROT_NONE), ==, 0);
}

static void
tear_down(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    munmap(f->guard - page, 2 * page);
    sc_ice_free(f->ice);
}

static void
make_check(Fixture *f, CheckOptions options)
{
    StunMessage message;
    g_autofree char *right =
        g_strconcat(sc_ice_get_local_ufrag(f->ice), ":", REMOTE_UFRAG, NULL);
    const char *username = options.username != NULL ? options.username : right;
    const char *password =
        options.password != NULL ? options.password : sc_ice_get_local_password(f->ice);

    f->check_length = stun_usage_ice_conncheck_create(
        &f->agent, &message, f->check, sizeof f->check, (const uint8_t *)username,
        strlen(username), (const uint8_t *)password, strlen(password),
        options.is_nominating, !options.is_controlled, 1845501695, TIE_BREAKER, NULL,
        STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
    g_assert_cmpuint(f->check_length, >, 0);
}

static ScIceCheck
answer_from(Fixture *f, const ScAddress *from)
{
    return sc_ice_answer(f->ice, f->check, f->check_length, from, f->now_us, f->reply);
}

static ScIceCheck
answer(Fixture *f)
{
    return answer_from(f, &f->home);
}

static int
reply_error_code(const Fixture *f, size_t length)
{
    StunMessage message = { .buffer = (uint8_t *)f->reply, .buffer_len = length };
    int code = 0;

    if (stun_message_find_error(&message, &code) != STUN_MESSAGE_RETURN_SUCCESS)
        return 0;
    return code;
}

static void
nominate_home(Fixture *f)
{
    make_check(f, (CheckOptions){ .is_nominating = true });
    g_assert_true(answer(f).moved);
}

static void
local_credentials_obey_the_grammar_and_differ(Fixture *f,
                                              G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(ScIce) other = sc_ice_new(REMOTE_UFRAG, REMOTE_PASSWORD, NULL);
    const char *const texts[] = { sc_ice_get_local_ufrag(f->ice),
                                  sc_ice_get_local_password(f->ice) };

    g_assert_cmpuint(strlen(texts[0]), ==, SC_ICE_LOCAL_UFRAG_LENGTH);
    g_assert_cmpuint(strlen(texts[1]), >=, 22);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        for (const char *c = texts[i]; *c != '\0'; c++)
            g_assert_true(g_ascii_isalnum(*c) || *c == '+' || *c == '/');
    g_assert_cmpstr(texts[0], !=, sc_ice_get_local_ufrag(other));
    g_assert_cmpstr(texts[1], !=, sc_ice_get_local_password(other));
}

static void
remote_credentials_outside_the_grammar_are_refused(void)
{
    g_autofree char *longest = g_strnfill(SC_ICE_UFRAG_MAX, 'x');
    g_autofree char *too_long = g_strnfill(SC_ICE_UFRAG_MAX + 1, 'x');
    const struct {
        const char *ufrag;
        const char *password;
        bool is_good;
    } cases[] = {
        { "abcd", REMOTE_PASSWORD, true },
        { "abc", REMOTE_PASSWORD, false },
        { "", REMOTE_PASSWORD, false },
        { "ab:d", REMOTE_PASSWORD, false },
        { "ab d", REMOTE_PASSWORD, false },
        { "ab\xc3\xa9", REMOTE_PASSWORD, false },
        { longest, longest, true },
        { too_long, REMOTE_PASSWORD, false },
        { "abcd", too_long, false },
        { "abcd", "21-characters-are-few", false },
        { "abcd", "", false },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ScIce) ice = sc_ice_new(cases[i].ufrag, cases[i].password, &error);

        g_assert_true((ice != NULL) == cases[i].is_good);
        g_assert_true((error == NULL) == cases[i].is_good);
    }
}

static void
good_check_is_answered_with_the_address_it_came_from(Fixture *f,
                                                     G_GNUC_UNUSED gconstpointer data)
{
    static const struct {
        const char *ip;
        sa_family_t family;
    } cases[] = { { "192.0.2.7", AF_INET }, { "2001:db8::7", AF_INET6 } };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        StunMessage message;
        struct sockaddr_storage mapped;
        socklen_t mapped_length = sizeof mapped;
        ScAddress from;
        ScAddress heard;

        g_assert_true(sc_address_parse(cases[i].ip, 40001, &from));
        make_check(f, (CheckOptions){ 0 });
        ScIceCheck check = answer_from(f, &from);
        g_assert_cmpint(check.verdict, ==, SC_VERDICT_PASS);

        /* Validates the transaction, our MESSAGE-INTEGRITY and our FINGERPRINT. */
        g_assert_cmpint(stun_agent_validate(&f->agent, &message, f->reply,
                                            check.reply_length, NULL, NULL),
                        ==, STUN_VALIDATION_SUCCESS);
        g_assert_cmpint(
            stun_usage_ice_conncheck_process(&message, &mapped, &mapped_length,
                                             STUN_USAGE_ICE_COMPATIBILITY_RFC5245),
            ==, STUN_USAGE_ICE_RETURN_SUCCESS);
        g_assert_cmpint(mapped.ss_family, ==, cases[i].family);
        g_assert_true(sc_address_from_sockaddr((struct sockaddr *)&mapped, &heard));
        g_assert_true(sc_address_equal(&heard, &from));
    }
}

static void
false_credentials_are_counted_by_their_fault(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *right =
        g_strconcat(sc_ice_get_local_ufrag(f->ice), ":", REMOTE_UFRAG, NULL);
    g_autofree char *longer = g_strconcat(right, "x", NULL);
    g_autofree char *shorter = g_strndup(right, strlen(right) - 1);
    const struct {
        CheckOptions options;
        ScVerdict verdict;
    } cases[] = {
        { { .password = "not the password" }, SC_VERDICT_STUN_UNAUTHENTICATED },
        { { .password = REMOTE_PASSWORD }, SC_VERDICT_STUN_UNAUTHENTICATED },
        { { .username = longer }, SC_VERDICT_STUN_UNKNOWN_USER },
        { { .username = shorter }, SC_VERDICT_STUN_UNKNOWN_USER },
        { { .username = sc_ice_get_local_ufrag(f->ice) }, SC_VERDICT_STUN_UNKNOWN_USER },
        { { .username = ":" }, SC_VERDICT_STUN_UNKNOWN_USER },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        CheckOptions options = cases[i].options;

        options.is_nominating = true;
        make_check(f, options);
        ScIceCheck check = answer(f);
        g_assert_cmpint(check.verdict, ==, cases[i].verdict);
        g_assert_cmpint(reply_error_code(f, check.reply_length), ==, 401);
        g_assert_cmpuint(check.reply_length, <=, f->check_length);
        g_assert_null(sc_ice_get_selected(f->ice));
    }
}

static void
check_without_credentials_gets_no_longer_an_answer_than_it_is(
    Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    StunAgent stranger;
    StunMessage message;

    stun_agent_init(&stranger, known_attributes, STUN_COMPATIBILITY_RFC5389,
                    STUN_AGENT_USAGE_USE_FINGERPRINT
                        | STUN_AGENT_USAGE_IGNORE_CREDENTIALS);
    for (size_t padding = 0; padding <= 64; padding += 4) {
        g_autofree uint8_t *filler = g_malloc0(padding);

        g_assert_true(stun_agent_init_request(&stranger, &message, f->check,
                                              sizeof f->check, STUN_BINDING));
        if (padding > 0)
            stun_message_append_bytes(&message, STUN_ATTRIBUTE_SOFTWARE, filler, padding);
        f->check_length = stun_agent_finish_message(&stranger, &message, NULL, 0);

        ScIceCheck check = answer(f);
        g_assert_cmpint(check.verdict, ==, SC_VERDICT_STUN_UNAUTHENTICATED);
        g_assert_cmpuint(check.reply_length, <=, f->check_length);
        if (check.reply_length > 0)
            g_assert_cmpint(reply_error_code(f, check.reply_length), ==, 400);
        else
            g_assert_cmpuint(f->check_length, <, 48);
    }
}

static void
controlled_peer_is_told_of_the_conflict(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    make_check(f, (CheckOptions){ .is_controlled = true, .is_nominating = true });
    ScIceCheck check = answer(f);

    g_assert_cmpint(check.verdict, ==, SC_VERDICT_STUN_ROLE_CONFLICT);
    g_assert_cmpint(reply_error_code(f, check.reply_length), ==, 487);
    g_assert_null(sc_ice_get_selected(f->ice));
}

/* An authenticated request with attributes of our choice. */
static void
make_odd_check(Fixture *f, StunMethod method, uint16_t first_attribute,
               unsigned n_attributes)
{
    StunMessage message;
    g_autofree char *username =
        g_strconcat(sc_ice_get_local_ufrag(f->ice), ":", REMOTE_UFRAG, NULL);
    const char *password = sc_ice_get_local_password(f->ice);

    g_assert_true(
        stun_agent_init_request(&f->agent, &message, f->check, sizeof f->check, method));
    stun_message_append_string(&message, STUN_ATTRIBUTE_USERNAME, username);
    for (unsigned i = 0; i < n_attributes; i++)
        stun_message_append_flag(&message, (StunAttribute)(first_attribute + i));
    f->check_length = stun_agent_finish_message(
        &f->agent, &message, (const uint8_t *)password, strlen(password));
    g_assert_cmpuint(f->check_length, >, 0);
}

static void
unknown_attribute_that_must_be_understood_is_named(Fixture *f,
                                                   G_GNUC_UNUSED gconstpointer data)
{
    StunMessage message = { .buffer = f->reply };
    uint16_t length = 0;

    make_odd_check(f, STUN_BINDING, 0x7f01, 1);
    ScIceCheck check = answer(f);
    g_assert_cmpint(check.verdict, ==, SC_VERDICT_STUN_UNKNOWN_ATTRIBUTE);
    g_assert_cmpint(reply_error_code(f, check.reply_length), ==, 420);
    const uint8_t *names =
        stun_message_find(&message, STUN_ATTRIBUTE_UNKNOWN_ATTRIBUTES, &length);
    g_assert_cmpmem(names, length, "\x7f\x01", 2);

    /* More than our reply can name: dropped. */
    make_odd_check(f, STUN_BINDING, 0x7000, 100);
    check = answer(f);
    g_assert_cmpint(check.verdict, ==, SC_VERDICT_STUN_UNKNOWN_ATTRIBUTE);
    g_assert_cmpuint(check.reply_length, ==, 0);

    /* One that may be ignored is. */
    make_odd_check(f, STUN_BINDING, 0xc057, 1);
    g_assert_cmpint(answer(f).verdict, ==, SC_VERDICT_PASS);
}

static void
what_is_no_binding_request_gets_no_answer(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    StunMessage message;

    make_odd_check(f, STUN_ALLOCATE, 0, 0);
    ScIceCheck check = answer(f);
    g_assert_cmpint(check.verdict, ==, SC_VERDICT_STUN_NOT_A_REQUEST);
    g_assert_cmpuint(check.reply_length, ==, 0);

    g_assert_true(stun_agent_init_indication(&f->agent, &message, f->check,
                                             sizeof f->check, STUN_BINDING));
    f->check_length = stun_agent_finish_message(&f->agent, &message, NULL, 0);
    check = answer(f);
    g_assert_cmpint(check.verdict, ==, SC_VERDICT_STUN_NOT_A_REQUEST);
    g_assert_cmpuint(check.reply_length, ==, 0);

    /* Our own success response, thrown back. */
    make_check(f, (CheckOptions){ 0 });
    check = answer(f);
    memcpy(f->check, f->reply, check.reply_length);
    f->check_length = check.reply_length;
    check = answer(f);
    g_assert_cmpint(check.verdict, ==, SC_VERDICT_STUN_NOT_A_REQUEST);
    g_assert_cmpuint(check.reply_length, ==, 0);
}

/* The datagram ends where an inaccessible page begins: a read behind it is a crash, also
 * inside of libnice, which AddressSanitizer does not see into. */
static ScIceCheck
answer_exactly(Fixture *f, const uint8_t *data, size_t length)
{
    char ufrag[SC_ICE_UFRAG_MAX + 1];
    uint8_t *copy = f->guard - length;

    memcpy(copy, data, length);
    if (sc_ice_peek_local_ufrag(copy, length, ufrag))
        g_assert_cmpuint(strlen(ufrag), >, 0);
    return sc_ice_answer(f->ice, copy, length, &f->home, f->now_us, f->reply);
}

static void
check_cut_at_any_length_is_malformed(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    make_check(f, (CheckOptions){ .is_nominating = true });
    for (size_t length = 0; length < f->check_length; length++) {
        ScIceCheck check = answer_exactly(f, f->check, length);

        g_assert_cmpint(check.verdict, ==, SC_VERDICT_STUN_MALFORMED);
        g_assert_cmpuint(check.reply_length, ==, 0);
    }
    g_assert_null(sc_ice_get_selected(f->ice));
}

static void
check_with_any_byte_changed_selects_nothing(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    static const uint8_t changes[] = { 0x01, 0x04, 0x80, 0xff };

    make_check(f, (CheckOptions){ .is_nominating = true });
    for (size_t at = 0; at < f->check_length; at++)
        for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
            f->check[at] ^= changes[i];
            ScIceCheck check = answer_exactly(f, f->check, f->check_length);
            f->check[at] ^= changes[i];
            g_assert_cmpint(check.verdict, !=, SC_VERDICT_PASS);
            g_assert_null(sc_ice_get_selected(f->ice));
        }
}

/* Writes a right FINGERPRINT behind any @length bytes, so that what lies gets that far.
 */
static size_t
append_fingerprint(uint8_t *data, size_t length)
{
    uint32_t crc = 0xffffffff;

    data[2] = (uint8_t)((length + 8 - 20) >> 8);
    data[3] = (uint8_t)(length + 8 - 20);
    for (size_t i = 0; i < length; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (0xedb88320 & -(crc & 1));
    }
    crc = GUINT32_TO_BE(~crc ^ 0x5354554e);
    memcpy(data + length, (const uint8_t[]){ 0x80, 0x28, 0x00, 0x04 }, 4);
    memcpy(data + length + 4, &crc, 4);
    return length + 8;
}

static void
short_message_integrity_is_not_read_beyond(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *username =
        g_strconcat(sc_ice_get_local_ufrag(f->ice), ":", REMOTE_UFRAG, NULL);

    for (size_t hash_length = 0; hash_length <= 40; hash_length++) {
        StunMessage message;
        uint8_t hash[40] = { 0 };

        g_assert_true(stun_agent_init_request(&f->agent, &message, f->check,
                                              sizeof f->check, STUN_BINDING));
        stun_message_append_string(&message, STUN_ATTRIBUTE_USERNAME, username);
        stun_message_append_bytes(&message, STUN_ATTRIBUTE_MESSAGE_INTEGRITY, hash,
                                  hash_length);
        size_t length = append_fingerprint(f->check, stun_message_length(&message));
        g_assert_cmpint(answer_exactly(f, f->check, length).verdict, ==,
                        SC_VERDICT_STUN_UNAUTHENTICATED);
    }
}

static void
attribute_lengths_that_lie_are_survived(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    static const uint16_t lies[] = {
        0, 1, 3, 4, 5, 0x00ff, 0x7fff, 0x8000, 0xfffc, 0xffff
    };

    make_check(f, (CheckOptions){ .is_nominating = true });
    size_t body = f->check_length - 8; /* the FINGERPRINT is made anew */
    g_autofree uint8_t *good = g_memdup2(f->check, f->check_length);

    for (size_t at = 20; at + 4 <= body; at += 4)
        for (size_t i = 0; i < G_N_ELEMENTS(lies); i++) {
            memcpy(f->check, good, f->check_length);
            f->check[at + 2] = (uint8_t)(lies[i] >> 8);
            f->check[at + 3] = (uint8_t)lies[i];
            if (memcmp(f->check, good, body) == 0)
                continue;
            size_t length = append_fingerprint(f->check, body);
            g_assert_cmpint(answer_exactly(f, f->check, length).verdict, !=,
                            SC_VERDICT_PASS);
        }
    g_assert_null(sc_ice_get_selected(f->ice));
}

static void
random_bytes_are_survived(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    for (unsigned i = 0; i < 20000; i++) {
        uint8_t bytes[256];
        size_t length = (size_t)g_test_rand_int_range(0, sizeof bytes);

        for (size_t at = 0; at < length; at++)
            bytes[at] = (uint8_t)g_test_rand_int();
        if (length >= 20 && i % 2 == 0) {
            length &= ~(size_t)3;
            memcpy(bytes, (const uint8_t[]){ 0x00, 0x01 }, 2);
            memcpy(bytes + 4, (const uint8_t[]){ 0x21, 0x12, 0xa4, 0x42 }, 4);
            length = length > 28 ? append_fingerprint(bytes, length - 8) : length;
        }
        g_assert_cmpint(answer_exactly(f, bytes, length).verdict, !=, SC_VERDICT_PASS);
    }
}

static void
peek_finds_our_ufrag_and_nothing_else(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    char ufrag[SC_ICE_UFRAG_MAX + 1];
    static const char *const bad[] = { "", ":", "nocolon", ":peer" };

    make_check(f, (CheckOptions){ 0 });
    g_assert_true(sc_ice_peek_local_ufrag(f->check, f->check_length, ufrag));
    g_assert_cmpstr(ufrag, ==, sc_ice_get_local_ufrag(f->ice));
    g_assert_false(sc_ice_peek_local_ufrag(f->check, f->check_length - 1, ufrag));

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        make_check(f, (CheckOptions){ .username = bad[i] });
        g_assert_false(sc_ice_peek_local_ufrag(f->check, f->check_length, ufrag));
    }

    g_autofree char *longest = g_strnfill(SC_ICE_UFRAG_MAX, 'x');
    g_autofree char *fits = g_strconcat(longest, ":p", NULL);
    g_autofree char *too_long = g_strconcat("x", fits, NULL);
    make_check(f, (CheckOptions){ .username = fits });
    g_assert_true(sc_ice_peek_local_ufrag(f->check, f->check_length, ufrag));
    g_assert_cmpstr(ufrag, ==, longest);
    make_check(f, (CheckOptions){ .username = too_long });
    g_assert_false(sc_ice_peek_local_ufrag(f->check, f->check_length, ufrag));
}

static void
address_moves_by_nomination_or_after_silence_alone(Fixture *f,
                                                   G_GNUC_UNUSED gconstpointer data)
{
    ScAddress away;

    g_assert_true(sc_address_parse("198.51.100.9", 9, &away));
    make_check(f, (CheckOptions){ 0 });
    g_assert_false(answer(f).moved);
    g_assert_null(sc_ice_get_selected(f->ice)); /* not nominated yet */

    nominate_home(f);
    make_check(f, (CheckOptions){ .is_nominating = true });
    g_assert_false(answer(f).moved); /* where we are already */

    f->now_us += SC_ICE_SILENCE_US - 1;
    make_check(f, (CheckOptions){ 0 });
    g_assert_false(answer_from(f, &away).moved);
    g_assert_true(sc_address_equal(sc_ice_get_selected(f->ice), &f->home));

    f->now_us += 1;
    make_check(f, (CheckOptions){ 0 });
    g_assert_true(answer_from(f, &away).moved);
    g_assert_true(sc_address_equal(sc_ice_get_selected(f->ice), &away));

    nominate_home(f);
    g_assert_true(sc_address_equal(sc_ice_get_selected(f->ice), &f->home));
}

static void
consent_ends_after_thirty_seconds_of_silence(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    ScAddress away;

    g_assert_true(sc_address_parse("198.51.100.9", 9, &away));
    g_assert_false(sc_ice_has_consent(f->ice, f->now_us));
    nominate_home(f);
    f->now_us += SC_ICE_CONSENT_US - 1;
    g_assert_true(sc_ice_has_consent(f->ice, f->now_us));
    g_assert_false(sc_ice_has_consent(f->ice, f->now_us + 1));

    sc_ice_mark_alive(f->ice, f->now_us); /* a media packet */
    f->now_us += SC_ICE_CONSENT_US;
    g_assert_false(sc_ice_has_consent(f->ice, f->now_us));

    make_check(f, (CheckOptions){ 0 });
    g_assert_false(answer(f).moved);
    g_assert_true(sc_ice_has_consent(f->ice, f->now_us));

    /* Neither a refused check nor one from elsewhere is a sign of life of the selected
     * one. */
    f->now_us += SC_ICE_SILENCE_US - 1;
    make_check(f, (CheckOptions){ 0 });
    answer_from(f, &away);
    make_check(f, (CheckOptions){ .password = "not the password" });
    answer(f);
    f->now_us += SC_ICE_CONSENT_US - SC_ICE_SILENCE_US + 1;
    g_assert_false(sc_ice_has_consent(f->ice, f->now_us));
}

static void
old_credentials_answer_until_the_new_ones_are_used(Fixture *f,
                                                   G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *old_username =
        g_strconcat(sc_ice_get_local_ufrag(f->ice), ":", REMOTE_UFRAG, NULL);
    g_autofree char *old_password = g_strdup(sc_ice_get_local_password(f->ice));
    const CheckOptions old = { .username = old_username, .password = old_password };

    nominate_home(f);
    for (unsigned i = 0; i < 3; i++) {
        g_assert_true(sc_ice_restart(f->ice, REMOTE_UFRAG, REMOTE_PASSWORD, NULL));
        g_assert_false(g_str_has_prefix(old_username, sc_ice_get_local_ufrag(f->ice)));
        make_check(f, old);
        g_assert_cmpint(answer(f).verdict, ==, SC_VERDICT_PASS);
    }
    g_assert_nonnull(sc_ice_get_selected(f->ice));

    make_check(f, (CheckOptions){ .password = "not the password" });
    g_assert_cmpint(answer(f).verdict, ==, SC_VERDICT_STUN_UNAUTHENTICATED);
    make_check(f, old);
    g_assert_cmpint(answer(f).verdict, ==, SC_VERDICT_PASS);

    make_check(f, (CheckOptions){ 0 });
    g_assert_cmpint(answer(f).verdict, ==, SC_VERDICT_PASS);
    make_check(f, old);
    g_assert_cmpint(answer(f).verdict, ==, SC_VERDICT_STUN_UNKNOWN_USER);
}

static void
bad_restart_changes_nothing(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *ufrag = g_strdup(sc_ice_get_local_ufrag(f->ice));

    g_assert_false(sc_ice_restart(f->ice, "abc", REMOTE_PASSWORD, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    g_assert_cmpstr(ufrag, ==, sc_ice_get_local_ufrag(f->ice));
}

#define ADD(name) g_test_add("/relay/ice/" #name, Fixture, NULL, set_up, name, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(local_credentials_obey_the_grammar_and_differ);
    g_test_add_func("/relay/ice/remote_credentials_outside_the_grammar_are_refused",
                    remote_credentials_outside_the_grammar_are_refused);
    ADD(good_check_is_answered_with_the_address_it_came_from);
    ADD(false_credentials_are_counted_by_their_fault);
    ADD(check_without_credentials_gets_no_longer_an_answer_than_it_is);
    ADD(controlled_peer_is_told_of_the_conflict);
    ADD(unknown_attribute_that_must_be_understood_is_named);
    ADD(what_is_no_binding_request_gets_no_answer);
    ADD(check_cut_at_any_length_is_malformed);
    ADD(check_with_any_byte_changed_selects_nothing);
    ADD(short_message_integrity_is_not_read_beyond);
    ADD(attribute_lengths_that_lie_are_survived);
    ADD(random_bytes_are_survived);
    ADD(peek_finds_our_ufrag_and_nothing_else);
    ADD(address_moves_by_nomination_or_after_silence_alone);
    ADD(consent_ends_after_thirty_seconds_of_silence);
    ADD(old_credentials_answer_until_the_new_ones_are_used);
    ADD(bad_restart_changes_nothing);
    return g_test_run();
}

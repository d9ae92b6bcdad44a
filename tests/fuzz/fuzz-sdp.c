/* SPDX-License-Identifier: Apache-2.0 */
/* Offers and trickle fragments: whatever is accepted can be answered, whatever is refused
 * is refused in words fit for a person. */
#include <string.h>

#include <glib.h>

#include "signaling/answer.h"
#include "signaling/fragment.h"
#include "tests/fuzz/fuzz.h"

static const ScAnswerStream streams[] = {
    { SC_SDP_AUDIO, "main-audio", "main", 0 },
    { SC_SDP_VIDEO, "main-video", "main", 0 },
    { SC_SDP_VIDEO, "slides-video", "main", 0 },
};

static const ScSdpCandidate candidate = { "192.0.2.1", 5000 };

static const ScSdpTransport transport = {
    .ice_ufrag = "abcdefghijkl",
    .ice_pwd = "0123456789abcdefghijkl",
    .fingerprint = "sha-256 00",
    .candidates = &candidate,
    .n_candidates = 1,
};

static uint32_t
count_ssrc(void *user_data)
{
    uint32_t *last = user_data;

    return ++*last;
}

static void
check_refusal(GError *error)
{
    g_assert(error != NULL && error->domain == SC_SDP_ERROR);
    g_assert(sc_sdp_error_get_problem((ScSdpError)error->code) != NULL);
    g_assert(g_utf8_validate(error->message, -1, NULL));
    g_assert(strlen(error->message) > 0 && strlen(error->message) < 512);
    g_error_free(error);
}

/* One section for each of the offer, every line whole. */
static void
check_text(const char *text, unsigned n_sections)
{
    g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
    unsigned n_found = 0;

    g_assert(g_utf8_validate(text, -1, NULL));
    for (char **line = lines; *line != NULL; line++) {
        g_assert(strpbrk(*line, "\r\n") == NULL);
        g_assert(**line == '\0' ? line[1] == NULL : (*line)[1] == '=');
        n_found += g_str_has_prefix(*line, "m=");
    }
    g_assert(n_found == n_sections);
}

/* Eats @answer, or @error where there is none. */
static void
check_answer(ScAnswer *answer, GError *error)
{
    if (answer == NULL) {
        check_refusal(error);
        return;
    }
    g_autofree char *text = sc_answer_write(answer, &transport, "t", 1);
    g_autoptr(JsonObject) told = sc_answer_build_transport(answer, "t");

    check_text(text, answer->offer->n_sections);
    g_assert(sc_answer_get_mid(answer) != NULL);
    g_assert(json_array_get_length(json_object_get_array_member(told, "receive"))
                 + json_array_get_length(json_object_get_array_member(told, "send"))
             == answer->n_accepted);
    sc_answer_free(answer);
}

static void
check_offer(const char *text, size_t size)
{
    GError *error = NULL;
    uint32_t last_ssrc = 0;
    g_autoptr(ScOffer) offer = sc_offer_parse(text, size, &error);

    if (offer == NULL) {
        check_refusal(error);
        return;
    }
    g_assert(offer->n_sections > 0 && offer->n_sections <= SC_OFFER_SECTIONS_MAX);
    ScAnswer *whip = sc_answer_new_receive(offer, streams, G_N_ELEMENTS(streams), &error);
    check_answer(whip, error);
    error = NULL;
    ScAnswer *whep = sc_answer_new_send(offer, streams, G_N_ELEMENTS(streams), count_ssrc,
                                        &last_ssrc, &error);
    check_answer(whep, error);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    GError *error = NULL;

    check_offer(text, size);
    g_autoptr(ScFragment) fragment = sc_fragment_parse(text, size, &error);
    if (fragment == NULL)
        check_refusal(error);
    else
        g_assert((fragment->ice_ufrag == NULL) == (fragment->ice_pwd == NULL)
                 && fragment->n_candidates <= SC_FRAGMENT_CANDIDATES_MAX);
    return 0;
}

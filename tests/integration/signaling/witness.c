/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/signaling/witness.h"

#define TEACHER 0
#define CLASSROOM 1
#define MAIN_AUDIO 0 /* the classroom's first section */
#define MARK 1
#define N_CHECKED 10 /* packets that must still come: 200 ms */

Witness *
witness_open_with(const char *settings)
{
    Witness *witness = g_new0(Witness, 1);

    witness->place = place_open_with(2, settings);
    witness->media = media_new(witness->place);
    witness->teacher = talker_new(witness->media, TEACHER, MARK);
    witness->classroom = talker_new(witness->media, CLASSROOM, 0);
    talker_join(witness->teacher);
    talker_join(witness->classroom);
    talker_await(witness->classroom, MAIN_AUDIO, MARK, N_CHECKED);
    return witness;
}

Witness *
witness_open(void)
{
    return witness_open_with(NULL);
}

void
witness_check(Witness *witness)
{
    const TalkerSlot *slot = &witness->classroom->slots[MAIN_AUDIO];

    talker_await(witness->classroom, MAIN_AUDIO, MARK, N_CHECKED);
    g_assert_cmpuint(slot->n_missing, ==, 0);
    g_assert_cmpuint(slot->n_jumps, ==, 0);
}

void
witness_close(Witness *witness)
{
    witness_check(witness);
    g_auto(Answer) health = client_try(witness->place, "GET", "/healthz");
    g_assert_cmpuint(health.status, ==, 200);
    talker_free(witness->classroom);
    talker_free(witness->teacher);
    media_free(witness->media);
    place_close(witness->place);
    g_free(witness);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/wire/sequence.h"

uint64_t
sc_sequence_extend(uint64_t near, uint16_t sequence)
{
    int16_t distance = sc_sequence_distance(sequence, (uint16_t)near);

    if (distance < 0 && near < (uint64_t)(-distance))
        return sequence;
    return near + (uint64_t)(int64_t)distance;
}

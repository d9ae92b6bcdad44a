/* SPDX-License-Identifier: Apache-2.0 */
/* sequence.h: arithmetic of numbers that wrap. Thread: any; pure.
 * Spec: RFC 1982; RFC 3550 section A.1. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* True where @a follows @b by less than half of the circle. */
static inline bool
sc_sequence_is_newer(uint16_t a, uint16_t b)
{
    return a != b && (uint16_t)(a - b) < 0x8000;
}

/* Signed distance from @b to @a. */
static inline int16_t
sc_sequence_distance(uint16_t a, uint16_t b)
{
    return (int16_t)(uint16_t)(a - b);
}

/* The 64-bit number with the low 16 bits @sequence that is nearest to @near. */
uint64_t sc_sequence_extend(uint64_t near, uint16_t sequence);

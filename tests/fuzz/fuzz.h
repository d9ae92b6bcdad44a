/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz.h: what each fuzz-*.c defines: libFuzzer's entry, called by it or by replay.c.
 * Fails by g_assert() and by the sanitizers. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SC_FUZZ_LENGTH_MAX 4096 /* bytes of an input that replay.c makes */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

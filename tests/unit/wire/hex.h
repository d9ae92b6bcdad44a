/* SPDX-License-Identifier: Apache-2.0 */
/* hex.h: bytes written as text, in heap blocks of their exact length, so that
 * AddressSanitizer sees the first byte read too far. */
#pragma once

#include <stdint.h>

#include <glib.h>

/* "80 60 00 01"; blanks anywhere between bytes. */
static inline GBytes *
hex_parse(const char *text)
{
    GByteArray *bytes = g_byte_array_new();

    for (const char *c = text; *c != '\0'; c++) {
        if (g_ascii_isspace(*c))
            continue;
        g_assert_true(g_ascii_isxdigit(c[0]) && g_ascii_isxdigit(c[1]));
        uint8_t byte =
            (uint8_t)(g_ascii_xdigit_value(c[0]) << 4 | g_ascii_xdigit_value(c[1]));
        g_byte_array_append(bytes, &byte, 1);
        c++;
    }

    gsize length = bytes->len;
    g_autofree uint8_t *data = g_byte_array_free(bytes, FALSE);
    return g_bytes_new(data, length);
}

/* The first @length bytes, alone in their block. */
static inline uint8_t *
hex_dup_prefix(GBytes *bytes, size_t length)
{
    return g_memdup2(g_bytes_get_data(bytes, NULL), length);
}

static inline void
hex_assert_equal(const uint8_t *data, size_t length, const char *expected)
{
    g_autoptr(GBytes) bytes = hex_parse(expected);

    g_assert_cmpmem(data, (int)length, g_bytes_get_data(bytes, NULL),
                    (int)g_bytes_get_size(bytes));
}

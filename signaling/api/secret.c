/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/api/secret.h"

#include <sodium.h>

#define SECRET_BYTES 32

char *
sc_secret_make(void)
{
    uint8_t bytes[SECRET_BYTES];
    size_t size =
        sodium_base64_ENCODED_LEN(sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = g_malloc(size);
    g_assert(sodium_init() >= 0);
    randombytes_buf(bytes, sizeof bytes);
    return sodium_bin2base64(text, size, bytes, sizeof bytes,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

char *
sc_secret_hash(const char *secret)
{
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, secret, -1);
}

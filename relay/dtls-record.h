/* SPDX-License-Identifier: Apache-2.0 */
/* dtls-record.h: the plain outside of DTLS records, so that datagrams can be judged and
 * sorted before OpenSSL sees them. Thread: any; pure. Spec: RFC 6347, section 4.1. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SC_DTLS_RECORD_HEADER 13 /* bytes: type, version, epoch, number, length */
#define SC_DTLS_RANDOM_LENGTH 32 /* bytes of a ClientHello's random */

typedef enum {
    SC_DTLS_CHANGE_CIPHER_SPEC = 20,
    SC_DTLS_ALERT = 21,
    SC_DTLS_HANDSHAKE = 22,
    SC_DTLS_APPLICATION_DATA = 23,
} ScDtlsContentType;

typedef struct {
    ScDtlsContentType type;
    uint16_t epoch; /* 0: not encrypted, not authenticated */
    size_t length;  /* bytes, header included */
} ScDtlsRecord;

/* Reads the first record of @data; false where none of a known type and version is there
 * whole. */
bool sc_dtls_record_parse(const uint8_t *data, size_t length, ScDtlsRecord *out_record);

/* True where @data is one or more whole records and nothing else. */
bool sc_dtls_datagram_is_valid(const uint8_t *data, size_t length);

/* The random of the ClientHello that @record, at @data, begins; NULL where it is
 * something else. Lent from @data: SC_DTLS_RANDOM_LENGTH bytes. */
const uint8_t *sc_dtls_record_get_hello_random(const uint8_t *data,
                                               const ScDtlsRecord *record);

/* Writes the 48-bit record number @number into the header at @data. */
void sc_dtls_record_set_number(uint8_t *data, uint64_t number);

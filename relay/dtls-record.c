/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/dtls-record.h"

#include "relay/wire/reader.h"

#define VERSION_MAJOR 0xfe /* DTLS 1.0 is 0xfeff, DTLS 1.2 is 0xfefd */
#define RECORD_NUMBER_AT 5 /* bytes; behind the epoch */
#define CLIENT_HELLO 1     /* RFC 5246, section 7.4 */
#define VERSION_LENGTH 2   /* bytes, before the random */

bool
sc_dtls_record_parse(const uint8_t *data, size_t length, ScDtlsRecord *out_record)
{
    ScReader reader = sc_reader_init(data, length);
    uint8_t type = sc_reader_u8(&reader);
    uint8_t version_major = sc_reader_u8(&reader);
    sc_reader_u8(&reader);
    uint16_t epoch = sc_reader_u16(&reader);
    sc_reader_take(&reader, 6); /* the record's number */
    uint16_t body_length = sc_reader_u16(&reader);

    sc_reader_take(&reader, body_length);
    if (reader.overrun || body_length == 0 || version_major != VERSION_MAJOR
        || type < SC_DTLS_CHANGE_CIPHER_SPEC || type > SC_DTLS_APPLICATION_DATA)
        return false;
    *out_record = (ScDtlsRecord){
        .type = (ScDtlsContentType)type,
        .epoch = epoch,
        .length = SC_DTLS_RECORD_HEADER + (size_t)body_length,
    };
    return true;
}

bool
sc_dtls_datagram_is_valid(const uint8_t *data, size_t length)
{
    ScDtlsRecord record;

    if (length == 0)
        return false;
    for (size_t at = 0; at < length; at += record.length)
        if (!sc_dtls_record_parse(data + at, length - at, &record))
            return false;
    return true;
}

const uint8_t *
sc_dtls_record_get_hello_random(const uint8_t *data, const ScDtlsRecord *record)
{
    ScReader reader = sc_reader_init(data + SC_DTLS_RECORD_HEADER,
                                     record->length - SC_DTLS_RECORD_HEADER);
    uint8_t message = sc_reader_u8(&reader);
    sc_reader_take(&reader, 5); /* length of the message, its number */
    uint32_t fragment_offset = sc_reader_u24(&reader);
    sc_reader_take(&reader, 3); /* length of the fragment */
    sc_reader_take(&reader, VERSION_LENGTH);
    const uint8_t *random = sc_reader_take(&reader, SC_DTLS_RANDOM_LENGTH);

    if (record->type != SC_DTLS_HANDSHAKE || record->epoch != 0 || message != CLIENT_HELLO
        || fragment_offset != 0)
        return NULL;
    return random;
}

void
sc_dtls_record_set_number(uint8_t *data, uint64_t number)
{
    ScWriter writer = sc_writer_init(data + RECORD_NUMBER_AT, 6);

    sc_writer_u16(&writer, (uint16_t)(number >> 32));
    sc_writer_u32(&writer, (uint32_t)number);
}

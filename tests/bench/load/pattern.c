/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/load/pattern.h"

#include <string.h>

#include <gio/gio.h>

enum {
    SYNTHETIC_FRAMES = 50,
    SYNTHETIC_PACKETS = 10,
    SYNTHETIC_LENGTH = 1200,
    KEY_FRAME_RATIO = 3,
    MARK_LENGTH = 1 + 1 + 4 + 8,  /* first, the first macroblock's bit, number, sent */
    FIRST_MACROBLOCK_ZERO = 0x80, /* so that an H.264 slice begins a picture */
};

static void
make_synthetic(ScLoadPattern *self)
{
    for (unsigned i = 0; i < SYNTHETIC_FRAMES; i++) {
        ScLoadFrameSizes frame = { .n_packets = SYNTHETIC_PACKETS, .is_key = i == 0 };

        for (unsigned j = 0; j < SYNTHETIC_PACKETS; j++)
            frame.lengths[j] = SYNTHETIC_LENGTH;
        g_array_append_val(self->frames, frame);
    }
}

static bool
parse_frame(const char *line, ScLoadFrameSizes *out_frame, GError **error)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    ScLoadFrameSizes frame = { 0 };

    for (unsigned i = 0; words[i] != NULL; i++) {
        guint64 length;

        if (words[i][0] == '\0')
            continue;
        if (frame.n_packets == SC_LOAD_FRAME_PACKETS_MAX) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                        "a frame of more than %d packets", SC_LOAD_FRAME_PACKETS_MAX);
            return false;
        }
        if (!g_ascii_string_to_unsigned(words[i], 10, 2, SC_LOAD_PAYLOAD_MAX, &length,
                                        error))
            return false;
        frame.lengths[frame.n_packets++] = (uint16_t)length;
    }
    *out_frame = frame;
    return true;
}

static unsigned
get_bytes(const ScLoadFrameSizes *frame)
{
    unsigned n_bytes = 0;

    for (unsigned i = 0; i < frame->n_packets; i++)
        n_bytes += frame->lengths[i];
    return n_bytes;
}

static void
mark_key_frames(ScLoadPattern *self)
{
    uint64_t n_bytes = 0;

    for (unsigned i = 0; i < self->frames->len; i++)
        n_bytes += get_bytes(&g_array_index(self->frames, ScLoadFrameSizes, i));
    for (unsigned i = 0; i < self->frames->len; i++) {
        ScLoadFrameSizes *frame = &g_array_index(self->frames, ScLoadFrameSizes, i);

        frame->is_key =
            i == 0
            || (uint64_t)get_bytes(frame) * self->frames->len > KEY_FRAME_RATIO * n_bytes;
    }
}

static bool
load(ScLoadPattern *self, const char *path, GError **error)
{
    g_autofree char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, error))
        return false;

    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (unsigned i = 0; lines[i] != NULL; i++) {
        ScLoadFrameSizes frame;

        if (lines[i][0] == '#' || lines[i][0] == '\0')
            continue;
        if (!parse_frame(lines[i], &frame, error)) {
            g_prefix_error(error, "%s line %u: ", path, i + 1);
            return false;
        }
        g_array_append_val(self->frames, frame);
    }
    if (self->frames->len == 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: no frames", path);
        return false;
    }
    mark_key_frames(self);
    return true;
}

bool
sc_load_pattern_init(ScLoadPattern *self, const char *name, GError **error)
{
    self->frames = g_array_new(FALSE, FALSE, sizeof(ScLoadFrameSizes));
    if (strcmp(name, "synthetic") != 0)
        return load(self, name, error);
    make_synthetic(self);
    return true;
}

void
sc_load_pattern_clear(ScLoadPattern *self)
{
    g_array_unref(self->frames);
}

const ScLoadFrameSizes *
sc_load_pattern_get(const ScLoadPattern *self, uint64_t frame)
{
    return &g_array_index(self->frames, ScLoadFrameSizes, frame % self->frames->len);
}

double
sc_load_pattern_get_mean_packets(const ScLoadPattern *self)
{
    uint64_t n_packets = 0;

    for (unsigned i = 0; i < self->frames->len; i++)
        n_packets += g_array_index(self->frames, ScLoadFrameSizes, i).n_packets;
    return (double)n_packets / self->frames->len;
}

static inline uint8_t
get_filler(uint32_t number, size_t index)
{
    return (uint8_t)(number * 31 + index * 7 + (index >> 8));
}

void
sc_load_pattern_write(const ScLoadMark *mark, uint8_t *payload, size_t length)
{
    for (size_t i = 0; i < length; i++)
        payload[i] = get_filler(mark->number, i);
    payload[0] = mark->first;
    if (length > 1)
        payload[1] = FIRST_MACROBLOCK_ZERO;
    if (length < MARK_LENGTH)
        return;
    memcpy(payload + 2, &mark->number, sizeof mark->number);
    memcpy(payload + 6, &mark->sent_ns, sizeof mark->sent_ns);
}

bool
sc_load_pattern_read(const uint8_t *payload, size_t length, ScLoadMark *out_mark)
{
    ScLoadMark mark = { 0 };

    if (length < 2 || payload[1] != FIRST_MACROBLOCK_ZERO)
        return false;
    mark.first = payload[0];
    if (length >= MARK_LENGTH) {
        memcpy(&mark.number, payload + 2, sizeof mark.number);
        memcpy(&mark.sent_ns, payload + 6, sizeof mark.sent_ns);
        for (size_t i = MARK_LENGTH; i < length; i++)
            if (payload[i] != get_filler(mark.number, i))
                return false;
    }
    *out_mark = mark;
    return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c: main() of a fuzzer where libFuzzer is not: replays the files of a folder,
 * then feeds mutations of them, repeatable by their seed. fuzz-NAME FOLDER [RUNS [SEED]]
 */
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "tests/fuzz/fuzz.h"

#define DEFAULT_RUNS 20000
#define MUTATIONS_MAX 6 /* of one input */

typedef struct {
    uint8_t data[SC_FUZZ_LENGTH_MAX];
    size_t length;
} Input;

/* Numbers that lengths and counts go wrong at. */
static const uint8_t EDGES[] = { 0,    1,    2,    3,    4,    0x0f, 0x10,
                                 0x1f, 0x20, 0x7f, 0x80, 0xfe, 0xff };

/* In a block of its exact length, so that AddressSanitizer sees the first byte too far.
 */
static void
feed(const uint8_t *data, size_t length)
{
    g_autofree uint8_t *exact = g_malloc(length);

    if (length > 0)
        memcpy(exact, data, length);
    LLVMFuzzerTestOneInput(exact, length);
}

static GPtrArray *
load_corpus(const char *folder)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &error);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    GPtrArray *corpus = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    const char *name;

    if (dir == NULL)
        g_error("%s", error->message);
    while ((name = g_dir_read_name(dir)) != NULL)
        g_ptr_array_add(names, g_build_filename(folder, name, NULL));
    g_ptr_array_sort(names, (GCompareFunc)(void (*)(void))g_strcmp0);

    for (guint i = 0; i < names->len; i++) {
        char *data;
        gsize length;

        if (!g_file_get_contents(g_ptr_array_index(names, i), &data, &length, &error))
            g_error("%s", error->message);
        g_ptr_array_add(corpus, g_bytes_new_take(data, length));
    }
    return corpus;
}

static size_t
pick(GRand *rand, size_t n)
{
    return (size_t)g_rand_int_range(rand, 0, (gint32)n);
}

static void
remove_bytes(Input *input, size_t at, size_t length)
{
    memmove(input->data + at, input->data + at + length, input->length - at - length);
    input->length -= length;
}

static void
repeat_bytes(Input *input, size_t at, size_t length)
{
    if (input->length + length > sizeof input->data)
        return;
    memmove(input->data + at + length, input->data + at, input->length - at);
    input->length += length;
}

/* The head of @input, then the tail of @other. */
static void
splice(Input *input, size_t at, GBytes *other, GRand *rand)
{
    gsize length;
    const uint8_t *data = g_bytes_get_data(other, &length);
    size_t from = pick(rand, length + 1);
    size_t n_taken = MIN(length - from, sizeof input->data - at);

    if (n_taken > 0)
        memcpy(input->data + at, data + from, n_taken);
    input->length = at + n_taken;
}

static void
mutate(Input *input, GPtrArray *corpus, GRand *rand)
{
    if (input->length == 0) {
        input->data[0] = (uint8_t)g_rand_int(rand);
        input->length = 1;
        return;
    }

    size_t at = pick(rand, input->length);
    size_t length = 1 + pick(rand, MIN(input->length - at, 64));
    switch (pick(rand, 7)) {
    case 0:
        input->data[at] ^= (uint8_t)(1U << pick(rand, 8));
        break;
    case 1:
        input->data[at] = EDGES[pick(rand, G_N_ELEMENTS(EDGES))];
        break;
    case 2:
        input->data[at] = (uint8_t)g_rand_int(rand);
        break;
    case 3:
        input->length = at;
        break;
    case 4:
        remove_bytes(input, at, length);
        break;
    case 5:
        repeat_bytes(input, at, length);
        break;
    default:
        splice(input, at, g_ptr_array_index(corpus, pick(rand, corpus->len)), rand);
        break;
    }
}

static void
feed_mutation(GPtrArray *corpus, GRand *rand)
{
    GBytes *seed = g_ptr_array_index(corpus, pick(rand, corpus->len));
    Input input = { .length = MIN(g_bytes_get_size(seed), SC_FUZZ_LENGTH_MAX) };

    if (input.length > 0)
        memcpy(input.data, g_bytes_get_data(seed, NULL), input.length);
    for (size_t i = 1 + pick(rand, MUTATIONS_MAX); i > 0; i--)
        mutate(&input, corpus, rand);
    feed(input.data, input.length);
}

int
main(int argc, char **argv)
{
    if (argc < 2 || argc > 4) {
        g_printerr("usage: %s FOLDER [RUNS [SEED]]\n", argv[0]);
        return 2;
    }

    unsigned long n_runs = argc > 2 ? strtoul(argv[2], NULL, 10) : DEFAULT_RUNS;
    guint32 seed = argc > 3 ? (guint32)strtoul(argv[3], NULL, 10) : g_random_int();
    g_autoptr(GPtrArray) corpus = load_corpus(argv[1]);
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);

    g_print("%u files, %lu mutations, seed %u\n", corpus->len, n_runs, seed);
    if (corpus->len == 0) {
        g_printerr("%s: no corpus\n", argv[1]);
        return 1;
    }
    for (guint i = 0; i < corpus->len; i++) {
        GBytes *bytes = g_ptr_array_index(corpus, i);

        /* Each file, and each file cut off anywhere. */
        for (size_t length = 0; length <= g_bytes_get_size(bytes); length++)
            feed(g_bytes_get_data(bytes, NULL), length);
    }
    for (unsigned long i = 0; i < n_runs; i++)
        feed_mutation(corpus, rand);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/netlab/spec.h"

#include <math.h>

#define MAX_PARTS 4
#define MAX_MS 60000.0      /* a minute one way is no link any more */
#define MAX_KBPS 10000000.0 /* 10 Gbit/s */

G_DEFINE_QUARK(sc_spec_error, sc_spec_error)

typedef struct {
    const char *key;
    unsigned n_parts; /* numbers, separated by ':' */
    double limits[MAX_PARTS];
    void (*apply)(ScSpec *spec, const double *parts);
} Key;

static int64_t
us_from_ms(double ms)
{
    return llround(ms * 1000);
}

static void
apply_delay(ScSpec *spec, const double *parts)
{
    spec->delay_us = us_from_ms(parts[0]);
}

static void
apply_jitter(ScSpec *spec, const double *parts)
{
    spec->jitter_us = us_from_ms(parts[0]);
}

static void
apply_loss(ScSpec *spec, const double *parts)
{
    spec->loss = parts[0];
}

static void
apply_reorder(ScSpec *spec, const double *parts)
{
    spec->reorder = parts[0];
    spec->reorder_us = us_from_ms(parts[1]);
}

static void
apply_gilbert(ScSpec *spec, const double *parts)
{
    spec->enter_bad = parts[0];
    spec->leave_bad = parts[1];
    spec->loss_good = parts[2];
    spec->loss_bad = parts[3];
}

static void
apply_rate(ScSpec *spec, const double *parts)
{
    spec->rate_bps = llround(parts[0] * 1000);
}

static void
apply_queue(ScSpec *spec, const double *parts)
{
    spec->queue_us = us_from_ms(parts[0]);
}

static void
apply_down(ScSpec *spec, const double *parts)
{
    spec->down = parts[0] > 0;
}

static const Key keys[] = {
    { "delay_ms", 1, { MAX_MS }, apply_delay },
    { "down", 1, { 1 }, apply_down },
    { "gilbert", 4, { 1, 1, 1, 1 }, apply_gilbert },
    { "jitter_ms", 1, { MAX_MS }, apply_jitter },
    { "loss", 1, { 1 }, apply_loss },
    { "queue_ms", 1, { MAX_MS }, apply_queue },
    { "rate_kbps", 1, { MAX_KBPS }, apply_rate },
    { "reorder", 2, { 1, MAX_MS }, apply_reorder },
};

static const Key *
lookup_key(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (g_str_equal(keys[i].key, name))
            return &keys[i];
    }
    return NULL;
}

static bool
parse_number(const char *text, double limit, double *out_number)
{
    char *end = NULL;
    double number = g_ascii_strtod(text, &end);

    if (end == text || *end != '\0' || !(number >= 0 && number <= limit))
        return false;
    *out_number = number;
    return true;
}

static bool
parse_setting(ScSpec *spec, const char *setting, GError **error)
{
    g_auto(GStrv) sides = g_strsplit(setting, "=", 2);
    const Key *key = lookup_key(sides[0]);
    double parts[MAX_PARTS] = { 0 };

    if (!key) {
        g_set_error(error, SC_SPEC_ERROR, SC_SPEC_ERROR_KEY, "no such key: \"%s\"",
                    sides[0]);
        return false;
    }
    g_auto(GStrv) texts = g_strsplit(sides[1] ? sides[1] : "", ":", -1);
    bool is_good = g_strv_length(texts) == key->n_parts;
    for (unsigned i = 0; is_good && i < key->n_parts; i++)
        is_good = parse_number(texts[i], key->limits[i], &parts[i]);
    if (!is_good) {
        g_set_error(error, SC_SPEC_ERROR, SC_SPEC_ERROR_VALUE,
                    "\"%s\": %s takes %u number(s) in its range", setting, key->key,
                    key->n_parts);
        return false;
    }
    key->apply(spec, parts);
    return true;
}

bool
sc_spec_parse(ScSpec *spec, const char *text, GError **error)
{
    g_auto(GStrv) settings = g_strsplit(text, ",", -1);
    ScSpec result = *spec;

    for (unsigned i = 0; settings[i]; i++) {
        char *setting = g_strstrip(settings[i]);
        if (*setting != '\0' && !parse_setting(&result, setting, error))
            return false;
    }
    *spec = result;
    return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/api/limiter.h"

typedef struct {
    double credit;
    int64_t last_us; /* when @credit was right */
} Bucket;

struct ScLimiter {
    double per_s;
    double burst;
    GHashTable *buckets; /* owned: key → Bucket, owned */
};

ScLimiter *
sc_limiter_new(double per_s, unsigned burst)
{
    ScLimiter *self = g_new0(ScLimiter, 1);
    self->per_s = per_s;
    self->burst = burst;
    self->buckets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return self;
}

void
sc_limiter_free(ScLimiter *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->buckets);
    g_free(self);
}

static void
refill(const ScLimiter *self, Bucket *bucket, int64_t now_us)
{
    double gained = (double)(now_us - bucket->last_us) * self->per_s / G_USEC_PER_SEC;
    bucket->credit = MIN(self->burst, bucket->credit + gained);
    bucket->last_us = now_us;
}

/* A full bucket is as good as none. */
static void
forget_idle(ScLimiter *self, int64_t now_us)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, self->buckets);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        refill(self, value, now_us);
        if (((Bucket *)value)->credit >= self->burst)
            g_hash_table_iter_remove(&iter);
    }
}

bool
sc_limiter_take(ScLimiter *self, const char *key, int64_t now_us)
{
    Bucket *bucket = g_hash_table_lookup(self->buckets, key);
    if (bucket == NULL) {
        if (g_hash_table_size(self->buckets) >= SC_LIMITER_KEYS_MAX)
            forget_idle(self, now_us);
        if (g_hash_table_size(self->buckets) >= SC_LIMITER_KEYS_MAX)
            return false;
        bucket = g_new(Bucket, 1);
        *bucket = (Bucket){ .credit = self->burst, .last_us = now_us };
        g_hash_table_insert(self->buckets, g_strdup(key), bucket);
    }
    refill(self, bucket, now_us);
    if (bucket->credit < 1)
        return false;
    bucket->credit -= 1;
    return true;
}

void
sc_limiter_give_back(ScLimiter *self, const char *key)
{
    Bucket *bucket = g_hash_table_lookup(self->buckets, key);
    if (bucket != NULL)
        bucket->credit = MIN(self->burst, bucket->credit + 1);
}

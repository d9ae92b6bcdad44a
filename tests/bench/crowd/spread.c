/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/crowd/spread.h"

void
spread_init(Spread *self)
{
    self->times_us = g_array_new(FALSE, FALSE, sizeof(int64_t));
}

void
spread_clear(Spread *self)
{
    g_clear_pointer(&self->times_us, g_array_unref);
}

void
spread_add(Spread *self, int64_t time_us)
{
    g_array_append_val(self->times_us, time_us);
}

static int
compare_times(gconstpointer a, gconstpointer b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* The nearest rank, in milliseconds; 0 of nothing. */
static double
get_ms(const Spread *self, unsigned pct)
{
    unsigned n = self->times_us->len;
    if (n == 0)
        return 0;
    unsigned rank = (n * pct + 99) / 100;
    return (double)g_array_index(self->times_us, int64_t, MAX(rank, 1) - 1) / 1000;
}

static void
add_member(JsonBuilder *builder, const char *name, double value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_double_value(builder, value);
}

void
spread_print(Spread *self, JsonBuilder *builder, const char *name)
{
    g_array_sort(self->times_us, compare_times);
    json_builder_set_member_name(builder, name);
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "n");
    json_builder_add_int_value(builder, self->times_us->len);
    add_member(builder, "p50_ms", get_ms(self, 50));
    add_member(builder, "p95_ms", get_ms(self, 95));
    add_member(builder, "p99_ms", get_ms(self, 99));
    add_member(builder, "max_ms", get_ms(self, 100));
    json_builder_end_object(builder);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>

#include <glib.h>

#include "relay/clock.h"

static void
a_clock_that_was_never_set_tells_nothing(void)
{
    ScClock clock = { 0 };
    ScClockReading reading;

    g_assert_false(sc_clock_get(&clock, &reading));
}

static void
a_reading_is_carried_on_to_any_instant(void)
{
    static const struct {
        int64_t passed_us;
        uint64_t ntp;
        uint32_t timestamp;
    } cases[] = {
        { 0, UINT64_C(100) << 32, 0xffffff00 },
        { 500000, (UINT64_C(100) << 32) + (UINT64_C(1) << 31), 0xffffff00 + 45000 },
        { 2000000, UINT64_C(102) << 32, 0xffffff00 + 180000 },
        { -250000, (UINT64_C(100) << 32) - (UINT64_C(1) << 30), 0xffffff00 - 22500 },
        { 86400 * INT64_C(1000000), UINT64_C(86500) << 32,
          0xffffff00 + (uint32_t)(UINT64_C(86400) * 90000) },
    };
    ScClockReading reading = { UINT64_C(100) << 32, 0xffffff00, 5000000 };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScClockReading now =
            sc_clock_advance(&reading, 90000, 5000000 + cases[i].passed_us);

        g_assert_cmpuint(now.ntp, ==, cases[i].ntp);
        g_assert_cmpuint(now.timestamp, ==, cases[i].timestamp);
    }
}

static void
unix_time_becomes_ntp_time(void)
{
    g_assert_cmpuint(sc_clock_ntp_from_unix(0), ==, UINT64_C(2208988800) << 32);
    g_assert_cmpuint(sc_clock_ntp_from_unix(1500000), ==,
                     (UINT64_C(2208988801) << 32) + (UINT64_C(1) << 31));
}

#define N_SETS 200000

static void *
read_along(void *data)
{
    const ScClock *clock = data;
    ScClockReading reading = { 0 };

    while (reading.timestamp < N_SETS) {
        if (!sc_clock_get(clock, &reading))
            continue;
        g_assert_cmpuint(reading.ntp, ==, reading.timestamp);
        g_assert_cmpint(reading.at_us, ==, reading.timestamp);
    }
    return NULL;
}

static void
a_reader_never_sees_half_a_setting(void)
{
    ScClock clock = { 0 };
    pthread_t reader;

    g_assert_cmpint(pthread_create(&reader, NULL, read_along, &clock), ==, 0);
    for (uint32_t i = 1; i <= N_SETS; i++)
        sc_clock_set(&clock, &(ScClockReading){ i, i, i });
    pthread_join(reader, NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/relay/clock/" #name, name)
    ADD(a_clock_that_was_never_set_tells_nothing);
    ADD(a_reading_is_carried_on_to_any_instant);
    ADD(unix_time_becomes_ntp_time);
    ADD(a_reader_never_sees_half_a_setting);
    return g_test_run();
}

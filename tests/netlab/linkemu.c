/* SPDX-License-Identifier: Apache-2.0 */
/* linkemu.c: a link between two network namespaces, in user space, for kernels without
 * netem. A TUN device in each; every IP packet is carried from one to the other with the
 * loss and delay its direction's spec asks for.
 *
 *   linkemu --seed 7 --ab "delay_ms=300,loss=0.02" --ba "delay_ms=300" NS_A NS_B
 *
 * It says "ready", then takes lines on its input: `ab SPEC`, `ba SPEC`, `both SPEC`
 * change a direction, `stats` prints one line of JSON, `quit` or the input's end ends it.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <glib.h>

#include "tests/netlab/impair.h"
#include "tests/netlab/line.h"
#include "tests/netlab/tun.h"

#define BATCH 64 /* packets read from one device before the other has its turn */
#define PACKETS_LIMIT 65536 /* under way in one direction: 2 s at 30 k packets/s */
#define COMMAND_BYTES 512
#define TIMER_SLACK_NS 1 /* the kernel's usual 50 µs would show in the delay */

typedef struct {
    const char *name;
    ScImpair impair;
    ScLine line;
    int in_fd, out_fd; /* borrowed from main() */
    uint64_t n_in, n_out, n_fates[SC_N_FATES];
    uint64_t n_full;    /* more under way than PACKETS_LIMIT */
    uint64_t n_refused; /* the far device would not take it: down, or its queue full */
} Direction;

typedef struct {
    Direction directions[2]; /* a → b, b → a */
    char command[COMMAND_BYTES];
    size_t n_command; /* bytes of a line not yet ended */
    bool is_over;
} Link;

static void
receive(Direction *d, int64_t now_us)
{
    for (unsigned i = 0; i < BATCH; i++) {
        uint8_t spill[SC_LINE_PACKET_BYTES];
        ScHeld *held = sc_line_take(&d->line);
        ssize_t size = read(d->in_fd, held ? held->bytes : spill, sizeof spill);

        if (size <= 0) {
            if (held)
                sc_line_recycle(&d->line, held);
            return;
        }
        d->n_in++;
        if (!held) {
            d->n_full++;
            continue;
        }
        held->size = (size_t)size;
        ScFate fate = sc_impair_decide(&d->impair, held->size, now_us, &held->release_us);
        d->n_fates[fate]++;
        if (fate == SC_FATE_PASS)
            sc_line_put(&d->line, held);
        else
            sc_line_recycle(&d->line, held);
    }
}

static void
release(Direction *d, int64_t now_us)
{
    ScHeld *held;

    while ((held = sc_line_pop(&d->line, now_us))) {
        if (write(d->out_fd, held->bytes, held->size) == (ssize_t)held->size)
            d->n_out++;
        else
            d->n_refused++;
        sc_line_recycle(&d->line, held);
    }
}

static void
print_direction(const Direction *d)
{
    printf("\"%s\":{\"in\":%" G_GUINT64_FORMAT ",\"out\":%" G_GUINT64_FORMAT
           ",\"lost\":%" G_GUINT64_FORMAT ",\"queue\":%" G_GUINT64_FORMAT
           ",\"down\":%" G_GUINT64_FORMAT ",\"full\":%" G_GUINT64_FORMAT
           ",\"refused\":%" G_GUINT64_FORMAT ",\"held\":%u}",
           d->name, d->n_in, d->n_out, d->n_fates[SC_FATE_LOST],
           d->n_fates[SC_FATE_QUEUE], d->n_fates[SC_FATE_DOWN], d->n_full, d->n_refused,
           d->line.held.length);
}

static void
print_stats(const Link *link)
{
    printf("{");
    print_direction(&link->directions[0]);
    printf(",");
    print_direction(&link->directions[1]);
    printf("}\n");
}

static void
change(Link *link, const char *which, const char *spec)
{
    bool found = false;

    for (unsigned i = 0; i < G_N_ELEMENTS(link->directions); i++) {
        Direction *d = &link->directions[i];
        g_autoptr(GError) error = NULL;

        if (!g_str_equal(which, d->name) && !g_str_equal(which, "both"))
            continue;
        found = true;
        if (!sc_spec_parse(&d->impair.spec, spec, &error))
            fprintf(stderr, "linkemu: %s\n", error->message);
    }
    if (!found)
        fprintf(stderr, "linkemu: unknown command \"%s\"\n", which);
}

static void
obey(Link *link, char *line)
{
    g_auto(GStrv) words = g_strsplit(g_strstrip(line), " ", 2);

    if (!words[0])
        return;
    if (g_str_equal(words[0], "quit"))
        link->is_over = true;
    else if (g_str_equal(words[0], "stats"))
        print_stats(link);
    else
        change(link, words[0], words[1] ? words[1] : "");
}

static void
read_commands(Link *link)
{
    size_t room = sizeof link->command - 1 - link->n_command;
    ssize_t n = read(STDIN_FILENO, link->command + link->n_command, room);
    char *end;

    if (n <= 0) {
        link->is_over = true; /* the end, or a line longer than any command */
        return;
    }
    link->n_command += (size_t)n;
    link->command[link->n_command] = '\0';
    while ((end = strchr(link->command, '\n'))) {
        *end = '\0';
        obey(link, link->command);
        link->n_command -= (size_t)(end + 1 - link->command);
        memmove(link->command, end + 1, link->n_command + 1);
    }
}

static void
wait_for_work(Link *link, struct pollfd *fds, int64_t now_us)
{
    int64_t next_us = MIN(sc_line_get_next_us(&link->directions[0].line),
                          sc_line_get_next_us(&link->directions[1].line));
    int64_t wait_us = CLAMP(next_us - now_us, 0, G_USEC_PER_SEC);
    struct timespec wait = { wait_us / G_USEC_PER_SEC, wait_us % G_USEC_PER_SEC * 1000 };

    if (ppoll(fds, 3, &wait, NULL) < 0 && errno != EINTR)
        link->is_over = true;
}

static void
carry(Link *link)
{
    struct pollfd fds[3] = {
        { link->directions[0].in_fd, POLLIN, 0 },
        { link->directions[1].in_fd, POLLIN, 0 },
        { STDIN_FILENO, POLLIN, 0 },
    };

    while (!link->is_over) {
        int64_t now_us = g_get_monotonic_time();
        for (unsigned i = 0; i < G_N_ELEMENTS(link->directions); i++) {
            receive(&link->directions[i], now_us);
            release(&link->directions[i], now_us);
        }
        wait_for_work(link, fds, g_get_monotonic_time());
        if (fds[2].revents)
            read_commands(link);
    }
}

static bool
open_ends(char **names, int *ends, GError **error)
{
    for (unsigned i = 0; i < 2; i++) {
        ends[i] = sc_tun_open(names[i], error);
        if (ends[i] < 0)
            return false;
    }
    return true;
}

static bool
prepare(Link *link, const int *ends, const char *const *specs, uint32_t seed,
        GError **error)
{
    static const char *const names[] = { "ab", "ba" };

    for (unsigned i = 0; i < G_N_ELEMENTS(link->directions); i++) {
        Direction *d = &link->directions[i];
        d->name = names[i];
        d->in_fd = ends[i];
        d->out_fd = ends[1 - i];
        sc_impair_init(&d->impair, seed + i);
        sc_line_init(&d->line, PACKETS_LIMIT);
        if (specs[i] && !sc_spec_parse(&d->impair.spec, specs[i], error))
            return false;
    }
    return true;
}

int
main(int argc, char **argv)
{
    g_autoptr(GOptionContext) options = g_option_context_new("NETNS_A NETNS_B");
    g_autoptr(GError) error = NULL;
    g_autofree char *ab = NULL, *ba = NULL;
    int seed = 1;
    const GOptionEntry entries[] = {
        { "ab", 0, 0, G_OPTION_ARG_STRING, &ab, "what A to B does to packets", "SPEC" },
        { "ba", 0, 0, G_OPTION_ARG_STRING, &ba, "what B to A does", "SPEC" },
        { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "the same seed, the same losses", "N" },
        G_OPTION_ENTRY_NULL,
    };
    static Link link; /* static: its two lines start empty and it outlives every callee */
    int ends[2] = { -1, -1 };

    g_option_context_add_main_entries(options, entries, NULL);
    if (!g_option_context_parse(options, &argc, &argv, &error) || argc != 3) {
        fprintf(stderr, "linkemu: %s\n",
                error ? error->message : "two namespaces, please");
        return EXIT_FAILURE;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
    if (!open_ends(argv + 1, ends, &error)
        || !prepare(&link, ends, (const char *[]){ ab, ba }, (uint32_t)seed, &error)) {
        fprintf(stderr, "linkemu: %s\n", error->message);
        return EXIT_FAILURE;
    }
    printf("ready seed=%d\n", seed);
    carry(&link);
    print_stats(&link);
    return EXIT_SUCCESS;
}

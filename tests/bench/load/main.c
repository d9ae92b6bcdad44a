/* SPDX-License-Identifier: Apache-2.0 */
/* bench-load: thousands of synthetic classrooms and their teacher in one process, on one
 * thread. Prints one JSON object a line: what joining took, then each window's figures.
 * docs/performance.md tells what they mean. */
#include <math.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <glib-unix.h>

#include "tests/bench/load/join.h"
#include "tests/bench/load/options.h"
#include "tests/bench/load/sender.h"
#include "tests/bench/load/usage.h"

/* While rooms join: a relay paces who catches up, and a stream that is faster than its
 * pace is never caught up with. */
#define JOIN_FPS 30.0

enum {
    TICK_MS = 5,
    CONNECT_LIMIT_US = 10 * 1000000,
    JOIN_LIMIT_US = 60 * 1000000,
    AFTER_JOIN_US = 2 * 1000000,
};

typedef struct {
    ScLoadOptions options;
    ScPeerLoop *loop;         /* owned */
    ScPeerIdentity *identity; /* owned */
    ScLoadPattern pattern;
    ScLoadSource *source; /* owned */
    ScLoadSender sender;
    ScPeer *publisher; /* owned; NULL: plain RTP */
    ScLoadDoor *door;  /* owned */
    ScLoadMeter meter;
    GPtrArray *rooms; /* owned; of ScLoadRoom, watchers first */
    int timer_fd;     /* owned: the source's */
    ScLoadUsage before_joins;
} Load;

static void
die(GError *error)
{
    fprintf(stderr, "bench-load: %s\n", error->message);
    exit(1);
}

static void
arm(Load *self, int64_t due_us)
{
    struct itimerspec when = { 0 };

    if (due_us != INT64_MAX) {
        when.it_value.tv_sec = due_us / 1000000;
        when.it_value.tv_nsec = due_us % 1000000 * 1000;
    }
    timerfd_settime(self->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static gboolean
on_source_due(int fd, G_GNUC_UNUSED GIOCondition condition, void *load)
{
    Load *self = load;
    uint64_t n_expired;

    (void)!read(fd, &n_expired, sizeof n_expired);
    arm(self, sc_load_source_run(self->source, g_get_monotonic_time()));
    return G_SOURCE_CONTINUE;
}

static void
set_fps(Load *self, double fps)
{
    int64_t now_us = g_get_monotonic_time();

    sc_load_source_set_fps(self->source, fps, now_us);
    arm(self, now_us);
}

static gboolean
on_datagrams(G_GNUC_UNUSED int fd, G_GNUC_UNUSED GIOCondition condition, void *load)
{
    sc_peer_loop_run_once(((Load *)load)->loop, 0);
    return G_SOURCE_CONTINUE;
}

static gboolean
on_tick(void *load)
{
    sc_peer_loop_run_once(((Load *)load)->loop, 0);
    return G_SOURCE_CONTINUE;
}

static void
run_for(int64_t time_us)
{
    int64_t end_us = g_get_monotonic_time() + time_us;

    while (g_get_monotonic_time() < end_us)
        g_main_context_iteration(NULL, TRUE); /* ticks bound the wait */
}

static void
connect_publisher(Load *self)
{
    const ScPeerOptions options = {
        .identity = self->identity,
        .address = self->options.address,
        .profiles = SC_PEER_PROFILES_ALL,
    };
    int64_t end_us = g_get_monotonic_time() + CONNECT_LIMIT_US;
    GError *error = NULL;

    self->publisher = sc_peer_new(self->loop, &options, &error);
    if (self->publisher == NULL
        || !self->door->class->publish(self->door, self->publisher, &error))
        die(error);
    while (sc_peer_get_state(self->publisher) != SC_PEER_CONNECTED) {
        if (g_get_monotonic_time() > end_us) {
            fprintf(stderr, "bench-load: the teacher's peer does not connect\n");
            exit(1);
        }
        g_main_context_iteration(NULL, TRUE);
    }
    sc_load_sender_init(&self->sender, self->publisher, self->options.is_burst);
}

static void
start_teacher(Load *self)
{
    const ScLoadOptions *options = &self->options;
    GError *error = NULL;

    self->source = sc_load_source_new(&(ScLoadSourceSetup){
        .pattern = &self->pattern,
        .has_audio = options->has_audio,
        .send = sc_load_sender_send,
        .user_data = &self->sender,
    });
    if (options->janus == NULL)
        connect_publisher(self);
    else if (!sc_load_sender_init_plain(
                 &self->sender, options->rtp, (uint16_t)options->rtp_video,
                 (uint16_t)options->rtp_audio, options->is_burst, &error))
        die(error);
    self->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    g_unix_fd_add_full(G_PRIORITY_HIGH, self->timer_fd, G_IO_IN, on_source_due, self,
                       NULL);
    set_fps(self, MIN(options->steps[0], JOIN_FPS));
}

static void
add_room(Load *self)
{
    bool is_cm = self->options.profile[0] == 'c';
    const ScLoadRoomSetup setup = {
        .loop = self->loop,
        .address = self->options.address,
        .identity = self->identity,
        .profiles = is_cm ? SC_PEER_PROFILE_SHA1 : SC_PEER_PROFILE_GCM,
        .meter = &self->meter,
        .source = self->source,
        .is_sampled = (int)self->rooms->len < self->options.n_sampled,
    };
    GError *error = NULL;
    ScLoadRoom *room = sc_load_room_new(&setup, &error);

    if (room == NULL)
        die(error);
    g_ptr_array_add(self->rooms, room);
}

static ScLoadRoom *
get_room(const Load *self, unsigned index)
{
    return self->rooms->pdata[index];
}

static unsigned
count_flowing(const Load *self)
{
    unsigned n = 0;

    for (unsigned i = 0; i < self->rooms->len; i++)
        n += get_room(self, i)->first_us != 0;
    return n;
}

/* Asks for rooms @first to @end, evenly, so many a second; returns when all have media or
 * the limit is over. */
static void
join_rooms(Load *self, unsigned first, unsigned end)
{
    int64_t began_us = g_get_monotonic_time();
    int64_t end_us = began_us + JOIN_LIMIT_US;
    double pause_us = 1e6 / self->options.joins_per_s;
    unsigned next = first;

    while (next < end || count_flowing(self) < end) {
        int64_t now_us = g_get_monotonic_time();

        if (now_us > end_us)
            return;
        while (next < end && now_us >= began_us + (int64_t)((next - first) * pause_us)) {
            ScLoadRoom *room = get_room(self, next++);

            room->asked_us = g_get_monotonic_time();
            self->door->class->join(self->door, room);
            now_us = g_get_monotonic_time();
        }
        g_main_context_iteration(NULL, TRUE);
    }
}

static void
open_window(Load *self)
{
    int64_t now_ns = sc_load_read_realtime_ns();

    for (unsigned i = 0; i < self->rooms->len; i++)
        sc_load_room_open(get_room(self, i), now_ns);
    sc_load_meter_open(&self->meter, sc_load_source_get_n_frames(self->source));
}

static double
get_ms(const GArray *values, double quantile)
{
    return sc_load_meter_get_quantile((GArray *)values, quantile) / 1000;
}

/* JSON has no NAN. */
static void
print_number(const char *name, double value)
{
    if (isnan(value))
        printf(",\"%s\":null", name);
    else
        printf(",\"%s\":%.4g", name, value);
}

typedef struct {
    uint64_t n_expected, n_received, n_duplicates, n_silent;
    uint64_t n_messages, n_datagrams;
    uint64_t n_video_messages, n_video;
    int64_t longest_gap_ns;
} Total;

static Total
sum_rooms(const Load *self, unsigned first, unsigned end)
{
    int64_t now_ns = sc_load_read_realtime_ns();
    Total total = { 0 };

    for (unsigned i = first; i < end; i++) {
        const ScLoadRoom *room = get_room(self, i);
        const ScPeerStats *stats = sc_peer_get_stats(room->peer);

        total.n_expected += sc_load_stream_get_n_expected(&room->video)
                            + sc_load_stream_get_n_expected(&room->audio);
        total.n_received += room->video.n_received + room->audio.n_received;
        total.n_duplicates += room->video.n_duplicates + room->audio.n_duplicates;
        total.n_silent += room->video.n_received == 0;
        total.n_messages += stats->n_messages;
        total.n_datagrams += stats->n_datagrams;
        total.n_video_messages += room->n_messages;
        total.n_video += room->n_video;
        total.longest_gap_ns =
            MAX(total.longest_gap_ns, sc_load_room_get_longest_gap_ns(room, now_ns));
    }
    return total;
}

static double
get_loss_pct(const Total *total)
{
    if (total->n_expected == 0)
        return NAN;
    return 100.0 * (double)(total->n_expected - total->n_received)
           / (double)total->n_expected;
}

static void
print_joins(const Load *self, unsigned first)
{
    g_autoptr(GArray) firsts_us = g_array_new(FALSE, FALSE, sizeof(double));
    Total watchers = sum_rooms(self, 0, first);
    int64_t last_us = 0;

    for (unsigned i = first; i < self->rooms->len; i++) {
        const ScLoadRoom *room = get_room(self, i);
        double passed_us = (double)(room->first_us - room->asked_us);

        if (room->first_us == 0)
            continue;
        g_array_append_val(firsts_us, passed_us);
        last_us = MAX(last_us, room->first_us);
    }
    printf("{\"row\":\"join\",\"n\":%u,\"flowing\":%u,\"refused\":%u",
           self->rooms->len - first, firsts_us->len, self->door->n_refused);
    print_number("all_flowing_ms",
                 (double)(last_us - get_room(self, first)->asked_us) / 1000);
    print_number("first_packet_ms_p50", get_ms(firsts_us, 0.5));
    print_number("first_packet_ms_p99", get_ms(firsts_us, 0.99));
    if (first > 0) {
        printf(",\"watchers\":%u,\"watchers_lost\":%" G_GUINT64_FORMAT, first,
               watchers.n_expected - watchers.n_received);
        print_number("watchers_longest_gap_ms",
                     (double)watchers.longest_gap_ns / 1000000);
    }
    printf("}\n");
    fflush(stdout);
}

/* Why some do not flow. */
static void
tell_states(const Load *self)
{
    unsigned n_states[SC_PEER_CLOSED + 1] = { 0 };

    for (unsigned i = 0; i < self->rooms->len; i++)
        n_states[sc_peer_get_state(get_room(self, i)->peer)]++;
    if (n_states[SC_PEER_CONNECTED] < self->rooms->len)
        fprintf(stderr,
                "bench-load: of %u rooms %u idle, %u checking, %u shaking, %u connected, "
                "%u failed, %u closed; refused: %s\n",
                self->rooms->len, n_states[SC_PEER_IDLE], n_states[SC_PEER_CHECKING],
                n_states[SC_PEER_SHAKING], n_states[SC_PEER_CONNECTED],
                n_states[SC_PEER_FAILED], n_states[SC_PEER_CLOSED],
                self->door->last_refusal != NULL ? self->door->last_refusal : "none");
}

static void
run_joins(Load *self)
{
    unsigned n_watchers = (unsigned)self->options.n_watchers;

    for (int i = 0; i < self->options.n_rooms; i++)
        add_room(self);
    if (self->options.pid > 0)
        self->before_joins = sc_load_usage_read(self->options.pid);
    if (n_watchers > 0) {
        join_rooms(self, 0, n_watchers);
        run_for(AFTER_JOIN_US);
        open_window(self);
    }
    join_rooms(self, n_watchers, self->rooms->len);
    run_for(AFTER_JOIN_US); /* who came late catches up */
    print_joins(self, n_watchers);
    tell_states(self);
}

static void
print_window(const Load *self, double fps, const Total *before, const ScLoadUsage *begin,
             const ScLoadUsage *end, double passed_s)
{
    Total total = sum_rooms(self, 0, self->rooms->len);
    g_autoptr(GArray) skews_us =
        sc_load_meter_get_skews_us(&self->meter, self->rooms->len);
    uint64_t n_packets = total.n_datagrams - before->n_datagrams;
    uint64_t n_messages = total.n_messages - before->n_messages;
    double cpu_us = (double)(end->cpu_ns - begin->cpu_ns) / 1000;

    printf("{\"row\":\"window\",\"n\":%u,\"profile\":\"%s\",\"fps\":%g", self->rooms->len,
           self->options.profile, fps);
    if (self->options.pid > 0) {
        print_number("us_per_packet", cpu_us / (double)n_packets);
        print_number("cpu_pct", cpu_us / passed_s / 1e4);
        print_number("rss_kib_per_receiver",
                     (double)(end->rss_kib - self->before_joins.rss_kib)
                         / self->rooms->len);
    }
    print_number("packets_per_s", (double)n_packets / passed_s);
    print_number("loss_pct", get_loss_pct(&total));
    print_number("delay_us_p50", sc_load_meter_get_quantile(self->meter.delays_us, 0.5));
    print_number("delay_us_p99", sc_load_meter_get_quantile(self->meter.delays_us, 0.99));
    print_number("skew_us_p50", sc_load_meter_get_quantile(skews_us, 0.5));
    print_number("skew_us_p99", sc_load_meter_get_quantile(skews_us, 0.99));
    print_number("segments_per_message", (double)n_packets / (double)n_messages);
    print_number("video_segments",
                 (double)(total.n_video - before->n_video)
                     / (double)(total.n_video_messages - before->n_video_messages));
    print_number("longest_gap_ms", (double)total.longest_gap_ns / 1000000);
    printf(",\"frames\":%u,\"duplicates\":%" G_GUINT64_FORMAT
           ",\"silent\":%" G_GUINT64_FORMAT ",\"checked\":%" G_GUINT64_FORMAT
           ",\"false\":%" G_GUINT64_FORMAT "}\n",
           skews_us->len, total.n_duplicates, total.n_silent, self->meter.n_checked,
           self->meter.n_false);
    fflush(stdout);
}

static void
run_window(Load *self, double fps)
{
    ScLoadUsage begin = { 0 };
    ScLoadUsage end = { 0 };

    set_fps(self, fps);
    run_for((int64_t)(self->options.settle_s * 1e6));

    Total before = sum_rooms(self, 0, self->rooms->len);
    int64_t began_us = g_get_monotonic_time();
    if (self->options.pid > 0)
        begin = sc_load_usage_read(self->options.pid);
    open_window(self);
    run_for((int64_t)(self->options.window_s * 1e6));
    if (self->options.pid > 0)
        end = sc_load_usage_read(self->options.pid);
    print_window(self, fps, &before, &begin, &end,
                 (double)(g_get_monotonic_time() - began_us) / 1e6);
    self->meter.is_open = false;
}

static void
raise_limits(void)
{
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static ScLoadDoor *
open_door(const ScLoadOptions *options, GError **error)
{
    if (options->control != NULL)
        return sc_load_door_new_control(options->control, error);
    if (options->whep != NULL)
        return sc_load_door_new_whep(options->whep, error);
    return sc_load_door_new_janus(options->janus, (unsigned)options->mountpoint, error);
}

static void
load_init(Load *self)
{
    GError *error = NULL;

    raise_limits();
    if (!sc_load_pattern_init(&self->pattern, self->options.pattern, &error))
        die(error);
    self->loop = sc_peer_loop_new();
    self->identity = sc_peer_identity_new();
    self->rooms = g_ptr_array_new_with_free_func((GDestroyNotify)sc_load_room_free);
    sc_load_meter_init(&self->meter);
    g_unix_fd_add(sc_peer_loop_get_fd(self->loop), G_IO_IN, on_datagrams, self);
    g_timeout_add(TICK_MS, on_tick, self);
    self->door = open_door(&self->options, &error);
    if (self->door == NULL)
        die(error);
    self->door->has_audio = self->options.has_audio;
    self->door->fingerprint = sc_peer_identity_get_fingerprint(self->identity);
}

static void
load_clear(Load *self)
{
    sc_load_door_free(self->door);
    g_ptr_array_unref(self->rooms);
    sc_load_sender_clear(&self->sender);
    sc_load_source_free(self->source);
    sc_peer_free(self->publisher);
    sc_load_meter_clear(&self->meter);
    sc_load_pattern_clear(&self->pattern);
    sc_peer_identity_free(self->identity);
    sc_peer_loop_free(self->loop);
    close(self->timer_fd);
    sc_load_options_clear(&self->options);
}

int
main(int argc, char **argv)
{
    Load self = { 0 };
    g_autoptr(GError) error = NULL;

    if (!sc_load_options_parse(&self.options, &argc, &argv, &error)) {
        fprintf(stderr, "bench-load: %s\n", error->message);
        return 2;
    }
    load_init(&self);
    start_teacher(&self);
    run_joins(&self);
    for (unsigned i = 0; i < self.options.n_steps; i++)
        run_window(&self, self.options.steps[i]);
    load_clear(&self);
    return 0;
}

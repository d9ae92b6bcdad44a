/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/load/options.h"

#include <string.h>

static bool
fail(GError **error, const char *text)
{
    g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
    return false;
}

static bool
check(ScLoadOptions *self, GError **error)
{
    g_auto(GStrv) steps = g_strsplit(self->fps, ",", SC_LOAD_STEPS_MAX);

    if ((self->control != NULL) + (self->whep != NULL) + (self->janus != NULL) != 1)
        return fail(error, "one of --control, --whep and --janus, please");
    if (self->janus != NULL && (self->rtp == NULL || self->rtp_video == 0))
        return fail(error, "--janus needs --rtp and --rtp-video");
    if (self->n_rooms < 1 || self->n_rooms > 20000)
        return fail(error, "--rooms: 1 to 20000");
    if (self->n_watchers < 0 || self->n_watchers >= self->n_rooms)
        return fail(error, "--watchers: fewer than --rooms");
    if (strcmp(self->profile, "gcm") != 0 && strcmp(self->profile, "cm") != 0)
        return fail(error, "--profile: gcm or cm");
    if (self->joins_per_s <= 0 || self->window_s <= 0 || self->settle_s < 0)
        return fail(error, "--joins-per-s, --window and --settle: above 0");
    for (unsigned i = 0; steps[i] != NULL; i++) {
        self->steps[self->n_steps] = g_ascii_strtod(steps[i], NULL);
        if (self->steps[self->n_steps] < 1 || self->steps[self->n_steps] > 1000)
            return fail(error, "--fps: 1 to 1000, with commas");
        self->n_steps++;
    }
    return true;
}

bool
sc_load_options_parse(ScLoadOptions *self, int *argc, char ***argv, GError **error)
{
    *self = (ScLoadOptions){
        .address = g_strdup("0.0.0.0"),
        .mountpoint = 1,
        .n_rooms = 100,
        .n_sampled = 8,
        .joins_per_s = 200,
        .pattern = g_strdup("synthetic"),
        .fps = g_strdup("25"),
        .profile = g_strdup("gcm"),
        .settle_s = 2,
        .window_s = 10,
    };
    const GOptionEntry entries[] = {
        { "control", 0, 0, G_OPTION_ARG_FILENAME, &self->control,
          "play signaling towards a relay that dials this socket", "PATH" },
        { "whep", 0, 0, G_OPTION_ARG_FILENAME, &self->whep,
          "join by WHEP; FILE as `run serve --demo` writes it", "FILE" },
        { "janus", 0, 0, G_OPTION_ARG_STRING, &self->janus, "join by Janus's WebSocket",
          "URL" },
        { "mountpoint", 0, 0, G_OPTION_ARG_INT, &self->mountpoint, "of Janus", "N" },
        { "rtp", 0, 0, G_OPTION_ARG_STRING, &self->rtp, "address of Janus's mountpoint",
          "ADDR" },
        { "rtp-video", 0, 0, G_OPTION_ARG_INT, &self->rtp_video, "its port", "PORT" },
        { "rtp-audio", 0, 0, G_OPTION_ARG_INT, &self->rtp_audio, "its port", "PORT" },
        { "address", 0, 0, G_OPTION_ARG_STRING, &self->address,
          "to send from; Janus has to be told it", "ADDR" },
        { "pid", 0, 0, G_OPTION_ARG_INT, &self->pid,
          "the server's, whose CPU and memory are measured", "PID" },
        { "rooms", 'n', 0, G_OPTION_ARG_INT, &self->n_rooms, "receivers", "N" },
        { "watchers", 0, 0, G_OPTION_ARG_INT, &self->n_watchers,
          "so many of them are there before the others join", "N" },
        { "sampled", 0, 0, G_OPTION_ARG_INT, &self->n_sampled,
          "rooms that open their packets and check them", "N" },
        { "joins-per-s", 0, 0, G_OPTION_ARG_DOUBLE, &self->joins_per_s, "", "N" },
        { "pattern", 0, 0, G_OPTION_ARG_STRING, &self->pattern,
          "synthetic, or a file of sizes", "NAME" },
        { "fps", 0, 0, G_OPTION_ARG_STRING, &self->fps,
          "frames a second; a window for each", "F,F,…" },
        { "audio", 0, 0, G_OPTION_ARG_NONE, &self->has_audio, "Opus, 50 packets a second",
          NULL },
        { "burst", 0, 0, G_OPTION_ARG_NONE, &self->is_burst,
          "the source's frames come all at once", NULL },
        { "profile", 0, 0, G_OPTION_ARG_STRING, &self->profile, "of SRTP", "gcm|cm" },
        { "settle", 0, 0, G_OPTION_ARG_DOUBLE, &self->settle_s, "seconds before a window",
          "S" },
        { "window", 0, 0, G_OPTION_ARG_DOUBLE, &self->window_s, "seconds of a window",
          "S" },
        { 0 },
    };
    g_autoptr(GOptionContext) context =
        g_option_context_new("- thousands of classrooms in one process");

    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, argc, argv, error) && check(self, error);
}

void
sc_load_options_clear(ScLoadOptions *self)
{
    g_free(self->control);
    g_free(self->whep);
    g_free(self->janus);
    g_free(self->rtp);
    g_free(self->address);
    g_free(self->pattern);
    g_free(self->fps);
    g_free(self->profile);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* synclass: options → config → command → exit status. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <glib-unix.h>
#include <gst/gst.h>

#include "client/check.h"
#include "client/config.h"
#include "client/devices.h"
#include "client/kiosk.h"
#include "client/room.h"
#include "client/warmup.h"

/* As sc_config_get_usage() tells them. */
enum { DONE, BAD_USAGE, CANNOT_OPEN, CHECK_FAILED, REFUSED };

static gboolean
on_signal(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_CONTINUE;
}

static gboolean
on_kiosk_signal(gpointer kiosk)
{
    sc_kiosk_quit(kiosk);
    return G_SOURCE_CONTINUE;
}

static void
enter_lesson(ScConfig *config, ScKiosk *kiosk)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, false);
    g_autoptr(GError) error = NULL;
    g_autoptr(ScRoom) room = sc_room_new(config, g_get_monotonic_time(), loop, &error);
    if (!room) {
        g_warning("the lesson cannot be entered: %s", error->message);
        return;
    }
    guint interrupt = g_unix_signal_add(SIGINT, on_signal, loop);
    guint terminate = g_unix_signal_add(SIGTERM, on_signal, loop);
    sc_room_start(room);
    g_main_loop_run(loop);
    g_source_remove(interrupt);
    g_source_remove(terminate);
    if (!sc_room_get_fault(room))
        sc_room_finish(room);
    /* What ended it otherwise was a wish: a signal, a key, a closed window. */
    if (!sc_room_is_over(room) && !sc_room_was_refused(room) && !sc_room_get_fault(room))
        sc_kiosk_quit(kiosk);
}

/* From lesson to lesson, for as long as nobody ends it. */
static int
run_kiosk(ScConfig *config)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ScKiosk) kiosk = sc_kiosk_new(config, &error);
    if (!kiosk) {
        fprintf(stderr, "synclass: %s\n", error->message);
        return CANNOT_OPEN;
    }
    for (;;) {
        guint interrupt = g_unix_signal_add(SIGINT, on_kiosk_signal, kiosk);
        guint terminate = g_unix_signal_add(SIGTERM, on_kiosk_signal, kiosk);
        g_free(config->lesson);
        g_free(config->token);
        bool goes_on = sc_kiosk_wait(kiosk, &config->lesson, &config->token);
        g_source_remove(interrupt);
        g_source_remove(terminate);
        if (!goes_on)
            return DONE;
        enter_lesson(config, kiosk);
    }
}

static int
run_room(const ScConfig *config, int64_t asked_us)
{
    g_autoptr(ScWarmup) warmup = sc_warmup_new();
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, false);
    g_autoptr(GError) error = NULL;
    g_autoptr(ScRoom) room = sc_room_new(config, asked_us, loop, &error);
    if (!room) {
        fprintf(stderr, "synclass: %s\n", error->message);
        return CANNOT_OPEN;
    }
    g_unix_signal_add(SIGINT, on_signal, loop);
    g_unix_signal_add(SIGTERM, on_signal, loop);
    sc_room_start(room);
    g_main_loop_run(loop);
    if (sc_room_get_fault(room)) {
        fprintf(stderr, "synclass: %s\n", sc_room_get_fault(room));
        return CANNOT_OPEN;
    }
    sc_room_finish(room);
    return sc_room_was_refused(room) ? REFUSED : DONE;
}

static int
run(ScConfig *config, int64_t asked_us)
{
    switch (config->command) {
    case SC_COMMAND_TEACH:
    case SC_COMMAND_JOIN:
        return run_room(config, asked_us);
    case SC_COMMAND_KIOSK:
        return run_kiosk(config);
    case SC_COMMAND_DEVICES:
        sc_devices_print();
        return DONE;
    case SC_COMMAND_CHECK:
        return sc_check_run(config) ? DONE : CHECK_FAILED;
    }
    return BAD_USAGE;
}

/* Messages are for people, and standard output is for the program that started us. */
static GLogWriterOutput
write_log(GLogLevelFlags level, const GLogField *fields, gsize n_fields,
          gpointer user_data)
{
    (void)user_data;
    const char *domain = NULL;
    for (gsize i = 0; i < n_fields; i++)
        if (!strcmp(fields[i].key, "GLIB_DOMAIN"))
            domain = fields[i].value;
    if (g_log_writer_default_would_drop(level, domain))
        return G_LOG_WRITER_HANDLED;
    g_autofree char *text = g_log_writer_format_fields(level, fields, n_fields, false);
    fprintf(stderr, "%s\n", text);
    return G_LOG_WRITER_HANDLED;
}

int
main(int argc, char **argv)
{
    int64_t asked_us = g_get_monotonic_time();
    g_autoptr(GError) error = NULL;

    g_log_set_writer_func(write_log, NULL, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help"))) {
        fputs(sc_config_get_usage(), stdout);
        return DONE;
    }
    g_autoptr(ScConfig) config = sc_config_new((const char *const *)argv + 1, &error);
    if (!config) {
        fprintf(stderr, "synclass: %s\n", error->message);
        return BAD_USAGE;
    }
    gst_init(NULL, NULL);
    return run(config, asked_us);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <glib/gstdio.h>

#include "client/config.h"

#define ENTER "--lesson", "l1", "--token", "t1"
#define ARGUMENTS_MAX 16

static ScConfig *
parse(const char *const *arguments)
{
    g_autoptr(GError) error = NULL;
    ScConfig *config = sc_config_new(arguments, &error);
    g_assert_no_error(error);
    return config;
}

static void
defaults_differ_by_command(void)
{
    const char *const teach[] = { "teach", ENTER, NULL };
    const char *const join[] = { "join", ENTER, NULL };
    g_autoptr(ScConfig) teacher = parse(teach);
    g_autoptr(ScConfig) classroom = parse(join);
    g_assert_cmpint(teacher->video_kbps, ==, 1200);
    g_assert_cmpint(classroom->video_kbps, ==, 500);
    g_assert_cmpstr(classroom->url, ==, "http://127.0.0.1:8080");
    g_assert_cmpint(classroom->language, ==, SC_LANGUAGE_ZH_CN);
    g_assert_false(classroom->headless);
}

static void
options_are_taken(void)
{
    const char *const arguments[] = {
        "join",       ENTER,  "--url",      "https://school.example/",
        "--source",   "test", "--headless", "--stamp",
        "--status",   "json", "--seconds",  "30",
        "--language", "en",   NULL
    };
    g_autoptr(ScConfig) config = parse(arguments);
    g_assert_cmpstr(config->url, ==, "https://school.example");
    g_assert_cmpstr(config->source, ==, "test");
    g_assert_true(config->headless);
    g_assert_true(config->stamp);
    g_assert_true(config->status_json);
    g_assert_cmpint(config->seconds, ==, 30);
    g_assert_cmpint(config->language, ==, SC_LANGUAGE_EN);
}

static void
what_is_wrong_is_named_with_its_limit(void)
{
    static const struct {
        const char *arguments[ARGUMENTS_MAX];
        const char *words[2];
    } cases[] = {
        { { NULL }, { "command", "teach, join, kiosk, devices or check" } },
        { { "watch" }, { "watch", "teach, join" } },
        { { "join", "--lesson", "l1" }, { "--token", "SYNCLASS_TOKEN" } },
        { { "join", "--token", "t1" }, { "--lesson", "has to be said" } },
        { { "join", ENTER, "--url", "ftp://x" }, { "ftp://x", "http" } },
        { { "join", ENTER, "--url", "http://" }, { "http://", "HOST" } },
        { { "join", ENTER, "--url", "nonsense" }, { "nonsense", "http" } },
        { { "join", ENTER, "--latency-ms", "5" }, { "\"5\"", "20 to 2000" } },
        { { "join", ENTER, "--video-kbps", "many" }, { "many", "20000" } },
        { { "join", ENTER, "--seconds", "-1" }, { "-1", "86400" } },
        { { "join", ENTER, "--language", "fr" }, { "fr", "zh-CN or en" } },
        { { "join", ENTER, "--status", "xml" }, { "xml", "json or text" } },
        { { "join", ENTER, "--bitrate" }, { "--bitrate", "no such" } },
        { { "join", ENTER, "--source" }, { "--source", "needs a value" } },
        { { "join", ENTER, "extra" }, { "extra", "not an option" } },
        { { "join", ENTER, "--slides", "screen" }, { "screen", "only a teacher" } },
        { { "join", ENTER, "--config", "/nowhere/client.conf" },
          { "/nowhere/client.conf", "No such file" } },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(sc_config_new(cases[i].arguments, &error));
        g_assert_nonnull(error);
        for (size_t j = 0; j < G_N_ELEMENTS(cases[i].words); j++)
            g_assert_nonnull(strstr(error->message, cases[i].words[j]));
    }
}

static char *
write_file(const char *text)
{
    char *path = NULL;
    int fd = g_file_open_tmp("client-XXXXXX.conf", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_close(fd, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static void
options_go_before_the_file_wherever_it_stands(void)
{
    g_autofree char *path =
        write_file("[server]\nlesson = l2\ntoken = t2\n[video]\nmax-fps = 15\n");
    const char *const arguments[] = { "join", "--lesson", "l1", "--config", path, NULL };
    g_autoptr(ScConfig) config = parse(arguments);
    g_assert_cmpstr(config->lesson, ==, "l1");
    g_assert_cmpstr(config->token, ==, "t2");
    g_assert_cmpint(config->max_fps, ==, 15);
    g_unlink(path);
}

static void
unknown_key_is_refused_by_name(void)
{
    g_autofree char *path = write_file("[video]\nbitrate = 5\n");
    const char *const arguments[] = { "join", ENTER, "--config", path, NULL };
    g_autoptr(GError) error = NULL;
    g_assert_null(sc_config_new(arguments, &error));
    g_assert_nonnull(strstr(error->message, "[video] bitrate"));
    g_unlink(path);
}

static void
a_key_of_an_earlier_version_does_nothing(void)
{
    g_autofree char *path = write_file("[sound]\necho-delay-ms = 60\n");
    const char *const arguments[] = { "join", ENTER, "--config", path, NULL };
    g_test_expect_message("sc-config", G_LOG_LEVEL_MESSAGE,
                          "*echo-delay-ms does nothing*");
    g_autoptr(ScConfig) config = parse(arguments);
    g_test_assert_expected_messages();
    g_unlink(path);
}

static void
token_may_come_from_the_environment(void)
{
    const char *const arguments[] = { "join", "--lesson", "l1", NULL };
    g_setenv("SYNCLASS_TOKEN", "t3", true);
    g_autoptr(ScConfig) config = parse(arguments);
    g_unsetenv("SYNCLASS_TOKEN");
    g_assert_cmpstr(config->token, ==, "t3");
}

/* The file people start from says what happens without it. */
static void
shipped_file_states_the_defaults(void)
{
    g_autofree char *path =
        g_build_filename(g_getenv("SC_SOURCE_ROOT"), "conf", "client.conf", NULL);
    const char *const with[] = { "teach", "--config", path, ENTER, NULL };
    const char *const without[] = { "teach", ENTER, NULL };
    g_autoptr(ScConfig) a = parse(with);
    g_autoptr(ScConfig) b = parse(without);
    g_assert_cmpstr(a->url, ==, b->url);
    g_assert_cmpstr(a->source, ==, b->source);
    g_assert_cmpstr(a->slides, ==, b->slides);
    g_assert_cmpstr(a->encoder, ==, b->encoder);
    g_assert_cmpstr(a->ca, ==, b->ca);
    g_assert_cmpint(a->video_kbps, ==, b->video_kbps);
    g_assert_cmpint(a->slides_kbps, ==, b->slides_kbps);
    g_assert_cmpint(a->audio_kbps, ==, b->audio_kbps);
    g_assert_cmpint(a->max_width, ==, b->max_width);
    g_assert_cmpint(a->max_height, ==, b->max_height);
    g_assert_cmpint(a->max_fps, ==, b->max_fps);
    g_assert_cmpint(a->latency_ms, ==, b->latency_ms);
    g_assert_cmpint(a->language, ==, b->language);
    g_assert_cmpint(a->headless, ==, b->headless);
}

#define ADD(name) g_test_add_func("/client/config/" #name, name)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_unsetenv("SYNCLASS_TOKEN");
    ADD(defaults_differ_by_command);
    ADD(options_are_taken);
    ADD(what_is_wrong_is_named_with_its_limit);
    ADD(options_go_before_the_file_wherever_it_stands);
    ADD(unknown_key_is_refused_by_name);
    ADD(a_key_of_an_earlier_version_does_nothing);
    ADD(token_may_come_from_the_environment);
    ADD(shipped_file_states_the_defaults);
    return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-config"
#include "client/config.h"

#include <stddef.h>
#include <string.h>

#include <gio/gio.h>

#define TOKEN_VARIABLE "SYNCLASS_TOKEN"
#define TEACHER_KBPS 1200
#define CLASSROOM_KBPS 500

typedef enum { KIND_TEXT, KIND_NUMBER, KIND_FLAG, KIND_LANGUAGE, KIND_STATUS } Kind;

/* One row a setting: its key in the file, its option, its place, its limits. */
typedef struct {
    const char *group; /* NULL: it has no key */
    const char *key;
    const char *option; /* NULL: it has none */
    Kind kind;
    size_t offset;
    int min;
    int max;
    const char *text; /* default */
    int number;       /* default */
} Row;

#define AT(member) offsetof(ScConfig, member)
static const Row rows[] = {
    { "server", "url", "url", KIND_TEXT, AT(url), 0, 0, "http://127.0.0.1:8080", 0 },
    { "server", "lesson", "lesson", KIND_TEXT, AT(lesson), 0, 0, "", 0 },
    { "server", "token", "token", KIND_TEXT, AT(token), 0, 0, "", 0 },
    { "server", "ca", "ca", KIND_TEXT, AT(ca), 0, 0, "", 0 },
    { "source", "source", "source", KIND_TEXT, AT(source), 0, 0, "camera", 0 },
    { "source", "slides", "slides", KIND_TEXT, AT(slides), 0, 0, "", 0 },
    { "video", "encoder", "encoder", KIND_TEXT, AT(encoder), 0, 0, "auto", 0 },
    { "video", "bitrate-kbps", "video-kbps", KIND_NUMBER, AT(video_kbps), 0, 20000, NULL,
      0 },
    { "video", "slides-bitrate-kbps", "slides-kbps", KIND_NUMBER, AT(slides_kbps), 100,
      20000, NULL, 1000 },
    { "video", "max-width", "max-width", KIND_NUMBER, AT(max_width), 64, 3840, NULL,
      1280 },
    { "video", "max-height", "max-height", KIND_NUMBER, AT(max_height), 64, 2160, NULL,
      720 },
    { "video", "max-fps", "max-fps", KIND_NUMBER, AT(max_fps), 1, 60, NULL, 30 },
    { "audio", "bitrate-kbps", "audio-kbps", KIND_NUMBER, AT(audio_kbps), 8, 256, NULL,
      48 },
    { "sound", "echo-suppression", NULL, KIND_NUMBER, AT(sound.echo_suppression), 0, 3,
      NULL, 1 },
    { "sound", "noise-suppression", NULL, KIND_NUMBER, AT(sound.noise_suppression), 0, 4,
      NULL, 2 },
    { "sound", "gain-db", NULL, KIND_NUMBER, AT(sound.gain_db), 0, 30, NULL, 0 },
    { "sound", "high-pass", NULL, KIND_FLAG, AT(sound.high_pass), 0, 0, NULL, 1 },
    { "sound", "music", "music", KIND_FLAG, AT(sound.music), 0, 0, NULL, 0 },
    { "network", "latency-ms", "latency-ms", KIND_NUMBER, AT(latency_ms), 20, 2000, NULL,
      80 },
    { "screen", "language", "language", KIND_LANGUAGE, AT(language), 0, 0, NULL,
      SC_LANGUAGE_ZH_CN },
    { "screen", "headless", "headless", KIND_FLAG, AT(headless), 0, 0, NULL, 0 },
    { "kiosk", "identity", "identity", KIND_TEXT, AT(identity), 0, 0, "", 0 },
    { "kiosk", "zone", "zone", KIND_TEXT, AT(zone), 0, 0, "Asia/Shanghai", 0 },
    { "kiosk", "poll-seconds", "poll-seconds", KIND_NUMBER, AT(poll_seconds), 1, 3600,
      NULL, 30 },
    { NULL, NULL, "stamp", KIND_FLAG, AT(stamp), 0, 0, NULL, 0 },
    { NULL, NULL, "source-number", KIND_NUMBER, AT(source_number), 0, 65535, NULL, 0 },
    { NULL, NULL, "status", KIND_STATUS, AT(status_json), 0, 0, NULL, 0 },
    { NULL, NULL, "seconds", KIND_NUMBER, AT(seconds), 0, 86400, NULL, 0 },
    { NULL, NULL, "summary", KIND_TEXT, AT(summary), 0, 0, "", 0 },
};

/* Of earlier versions: a box that was upgraded with its file has to start. */
static const struct {
    const char *group;
    const char *key;
    const char *why;
} retired[] = {
    { "sound", "echo-delay-ms", "the delay is measured now" },
};

static const char *const command_names[] = {
    [SC_COMMAND_TEACH] = "teach", [SC_COMMAND_JOIN] = "join",
    [SC_COMMAND_KIOSK] = "kiosk", [SC_COMMAND_DEVICES] = "devices",
    [SC_COMMAND_CHECK] = "check",
};

static const char usage[] =
    "usage: synclass teach|join|kiosk|devices|check [options]\n"
    "\n"
    "  teach    send camera, microphone and slides; see and hear the classrooms\n"
    "  join     send camera and microphone; show the lesson full screen\n"
    "  kiosk    a classroom's box: shows its code until it is enrolled, then enters\n"
    "           each lesson of its timetable by itself\n"
    "  devices  list cameras, microphones, loudspeakers, screens, encoders\n"
    "  check    say plainly what works here and what does not\n"
    "\n"
    "  --url URL              of signaling (http://127.0.0.1:8080)\n"
    "  --lesson L --token T   where to enter; the token also from SYNCLASS_TOKEN\n"
    "  --ca FILE              trust this certificate (PEM) as well\n"
    "  --config FILE          read conf/client.conf first\n"
    "  --source S             FILE, camera, camera:/dev/videoN, screen, rtsp://…, test\n"
    "  --slides S             teach: FILE or screen as a second picture\n"
    "  --encoder E --video-kbps N --slides-kbps N --audio-kbps N\n"
    "  --music                leave the microphone as it is: for an instrument, a song\n"
    "  --max-width N --max-height N --max-fps N --latency-ms N\n"
    "  --language zh-CN|en\n"
    "  --headless             no window, no loudspeaker; decode and count all the same\n"
    "  --status text|json     json: one object a line (docs/protocol.md, Status)\n"
    "  --stamp                number each picture inside itself, to count it elsewhere\n"
    "  --source-number N      in the stamps, instead of signaling's\n"
    "  --identity FILE        kiosk: where it keeps who it is\n"
    "  --zone Z --poll-seconds N   kiosk: of the clock; between looks at the timetable\n"
    "  --seconds S            end by itself\n"
    "  --summary FILE         write the summary there as well\n"
    "\n"
    "exit status: 0 done · 1 bad option or configuration · 2 source or device cannot be\n"
    "opened · 3 the check found a fault · 4 refused by the server before the lesson "
    "began\n";

GQuark
sc_config_error_quark(void)
{
    return g_quark_from_static_string("sc-config-error");
}

static bool
refuse(GError **error, const char *name, const char *value, const char *limit)
{
    g_set_error(error, SC_CONFIG_ERROR, SC_CONFIG_ERROR_BAD_VALUE, "%s \"%s\": %s", name,
                value, limit);
    return false;
}

static bool
set_flag(bool *place, const char *name, const char *value, GError **error)
{
    bool is_true = !strcmp(value, "true");
    if (!is_true && strcmp(value, "false") != 0)
        return refuse(error, name, value, "true or false");
    *place = is_true;
    return true;
}

static bool
set_number(const Row *row, int *place, const char *name, const char *value,
           GError **error)
{
    gint64 number;
    if (!g_ascii_string_to_signed(value, 10, row->min, row->max, &number, NULL)) {
        g_autofree char *limit =
            g_strdup_printf("a number from %d to %d", row->min, row->max);
        return refuse(error, name, value, limit);
    }
    *place = (int)number;
    return true;
}

static bool
set(ScConfig *self, const Row *row, const char *name, const char *value, GError **error)
{
    void *place = (char *)self + row->offset;
    unsigned index;

    switch (row->kind) {
    case KIND_TEXT:
        g_free(*(char **)place);
        *(char **)place = g_strdup(value);
        return true;
    case KIND_NUMBER:
        return set_number(row, place, name, value, error);
    case KIND_FLAG:
        return set_flag(place, name, value, error);
    case KIND_LANGUAGE:
        if (!sc_word_find(sc_word_languages, SC_N_LANGUAGES, value, &index))
            return refuse(error, name, value, "zh-CN or en");
        *(ScLanguage *)place = (ScLanguage)index;
        return true;
    case KIND_STATUS:
        if (strcmp(value, "json") != 0 && strcmp(value, "text") != 0)
            return refuse(error, name, value, "json or text");
        *(bool *)place = !strcmp(value, "json");
        return true;
    }
    return false;
}

static void
set_default(ScConfig *self, const Row *row)
{
    void *place = (char *)self + row->offset;
    switch (row->kind) {
    case KIND_TEXT:
        *(char **)place = g_strdup(row->text);
        break;
    case KIND_NUMBER:
        *(int *)place = row->number;
        break;
    case KIND_LANGUAGE:
        *(ScLanguage *)place = (ScLanguage)row->number;
        break;
    case KIND_FLAG:
    case KIND_STATUS:
        *(bool *)place = row->number;
        break;
    }
}

static const Row *
lookup_key(const char *group, const char *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].group && !strcmp(rows[i].group, group) && !strcmp(rows[i].key, key))
            return &rows[i];
    return NULL;
}

static const Row *
lookup_option(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].option && !strcmp(rows[i].option, name))
            return &rows[i];
    return NULL;
}

static bool
is_retired(const char *name, const char *group, const char *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(retired); i++) {
        if (!strcmp(retired[i].group, group) && !strcmp(retired[i].key, key)) {
            g_message("%s does nothing any more: %s", name, retired[i].why);
            return true;
        }
    }
    return false;
}

static bool
read_group(ScConfig *self, GKeyFile *file, const char *path, const char *group,
           GError **error)
{
    g_auto(GStrv) keys = g_key_file_get_keys(file, group, NULL, NULL);
    for (GStrv key = keys; *key; key++) {
        g_autofree char *value = g_key_file_get_string(file, group, *key, NULL);
        g_autofree char *name = g_strdup_printf("%s: [%s] %s", path, group, *key);
        const Row *row = lookup_key(group, *key);
        if (!row && is_retired(name, group, *key))
            continue;
        if (!row)
            return refuse(error, name, value, "there is no such key");
        if (!set(self, row, name, value, error))
            return false;
    }
    return true;
}

static bool
read_file(ScConfig *self, const char *path, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, error)) {
        g_prefix_error(error, "--config %s: ", path);
        return false;
    }
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    for (GStrv group = groups; *group; group++)
        if (!read_group(self, file, path, *group, error))
            return false;
    return true;
}

/* @only_config: the first of two passes, because a file stands below all options. */
static bool
read_options(ScConfig *self, const char *const *argv, bool only_config, GError **error)
{
    for (const char *const *arg = argv + 1; *arg; arg++) {
        if (!g_str_has_prefix(*arg, "--"))
            return refuse(error, "argument", *arg, "not an option; see synclass --help");
        const char *name = *arg + 2;
        bool is_config = !strcmp(name, "config");
        const Row *row = is_config ? NULL : lookup_option(name);
        if (!is_config && !row)
            return refuse(error, "option", *arg, "there is no such; see synclass --help");

        const char *value = "true";
        if (is_config || row->kind != KIND_FLAG)
            value = *++arg;
        if (!value)
            return refuse(error, "option", arg[-1], "needs a value");
        if (is_config && only_config && !read_file(self, value, error))
            return false;
        if (row && !only_config
            && !set(self, row, arg[row->kind == KIND_FLAG ? 0 : -1], value, error))
            return false;
    }
    return true;
}

static bool
check_url(ScConfig *self, GError **error)
{
    g_autoptr(GUri) uri = g_uri_parse(self->url, G_URI_FLAGS_NONE, NULL);
    const char *scheme = uri ? g_uri_get_scheme(uri) : "";
    bool is_http = !strcmp(scheme, "http") || !strcmp(scheme, "https");
    if (!is_http || !g_uri_get_host(uri) || !*g_uri_get_host(uri))
        return refuse(error, "--url", self->url,
                      "has to be http://HOST[:PORT] or https://…");
    while (g_str_has_suffix(self->url, "/"))
        self->url[strlen(self->url) - 1] = '\0';
    return true;
}

static bool
check(ScConfig *self, GError **error)
{
    bool enters = self->command == SC_COMMAND_TEACH || self->command == SC_COMMAND_JOIN;
    if (!check_url(self, error))
        return false;
    if (enters && !*self->lesson)
        return refuse(error, "--lesson", "", "which lesson to enter has to be said");
    if (enters && !*self->token)
        return refuse(error, "--token", "",
                      "a token is needed to enter (or " TOKEN_VARIABLE ")");
    if (*self->slides && self->command != SC_COMMAND_TEACH)
        return refuse(error, "--slides", self->slides, "only a teacher has slides");
    if (self->video_kbps == 0)
        self->video_kbps =
            self->command == SC_COMMAND_TEACH ? TEACHER_KBPS : CLASSROOM_KBPS;
    return true;
}

static bool
read_command(ScConfig *self, const char *name, GError **error)
{
    for (size_t i = 0; name && i < G_N_ELEMENTS(command_names); i++)
        if (!strcmp(command_names[i], name)) {
            self->command = (ScCommand)i;
            return true;
        }
    return refuse(error, "command", name ? name : "",
                  "teach, join, kiosk, devices or check");
}

ScConfig *
sc_config_new(const char *const *argv, GError **error)
{
    g_autoptr(ScConfig) self = g_new0(ScConfig, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        set_default(self, &rows[i]);

    if (!read_command(self, argv[0], error) || !read_options(self, argv, true, error))
        return NULL;
    const char *token = g_getenv(TOKEN_VARIABLE);
    if (token && !set(self, lookup_option("token"), TOKEN_VARIABLE, token, error))
        return NULL;
    if (!read_options(self, argv, false, error) || !check(self, error))
        return NULL;
    return g_steal_pointer(&self);
}

void
sc_config_free(ScConfig *self)
{
    if (!self)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].kind == KIND_TEXT)
            g_free(*(char **)((char *)self + rows[i].offset));
    g_free(self);
}

const char *
sc_config_get_usage(void)
{
    return usage;
}

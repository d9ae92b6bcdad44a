/* SPDX-License-Identifier: Apache-2.0 */
#include "client/check.h"

#include <stdio.h>
#include <string.h>

#include <gst/gst.h>
#include <json-glib/json-glib.h>

#include "client/acoustics.h"
#include "client/await.h"
#include "client/devices.h"
#include "client/encoder.h"
#include "client/finding.h"
#include "client/identity.h"
#include "client/source.h"
#include "client/watch.h"

#define PICTURE_LIMIT_US (5 * G_USEC_PER_SEC)
#define CONNECT_LIMIT_US (10 * G_USEC_PER_SEC)

typedef enum {
    ITEM_PICTURE,
    ITEM_MICROPHONE,
    ITEM_LOUDSPEAKER,
    ITEM_SOUND,
    ITEM_ENCODER,
    ITEM_SERVER,
    ITEM_MEDIA,
    N_ITEMS
} Item;

/* In JSON; the other names are for people. */
static const char *const item_words[N_ITEMS] = {
    [ITEM_PICTURE] = "picture",
    [ITEM_MICROPHONE] = "microphone",
    [ITEM_LOUDSPEAKER] = "loudspeaker",
    [ITEM_SOUND] = "sound",
    [ITEM_ENCODER] = "encoder",
    [ITEM_SERVER] = "server",
    [ITEM_MEDIA] = "media",
};

static const char *const item_names[N_ITEMS][SC_N_LANGUAGES] = {
    [ITEM_PICTURE] = { "画面来源", "picture" },
    [ITEM_MICROPHONE] = { "麦克风", "microphone" },
    [ITEM_LOUDSPEAKER] = { "扬声器", "loudspeaker" },
    [ITEM_SOUND] = { "教室声音", "sound of the room" },
    [ITEM_ENCODER] = { "编码器", "encoder" },
    [ITEM_SERVER] = { "服务器", "server" },
    [ITEM_MEDIA] = { "媒体通路", "media line" },
};

typedef enum { VERDICT_WORKS, VERDICT_MISSING, VERDICT_FAULT, N_VERDICTS } Verdict;

static const char *const verdict_words[N_VERDICTS] = {
    [VERDICT_WORKS] = "works", [VERDICT_MISSING] = "none", [VERDICT_FAULT] = "fault"
};

static const char *const verdict_names[N_VERDICTS][SC_N_LANGUAGES] = {
    [VERDICT_WORKS] = { "正常", "works" },
    [VERDICT_MISSING] = { "没有", "none" },
    [VERDICT_FAULT] = { "故障", "FAULT" },
};

typedef struct {
    const ScConfig *config;
    bool has_fault;
} Check;

static void
print_for_person(const Check *check, Item item, Verdict verdict, const char *detail)
{
    ScLanguage language = check->config->language;
    printf("%s: %s%s%s\n", item_names[item][language], verdict_names[verdict][language],
           *detail ? " · " : "", detail);
    fflush(stdout);
}

static JsonBuilder *
begin_json(Item item, Verdict verdict, const char *detail)
{
    JsonBuilder *builder = json_builder_begin_object(json_builder_new());
    json_builder_set_member_name(builder, "type");
    json_builder_add_string_value(builder, "check");
    json_builder_set_member_name(builder, "item");
    json_builder_add_string_value(builder, item_words[item]);
    json_builder_set_member_name(builder, "verdict");
    json_builder_add_string_value(builder, verdict_words[verdict]);
    json_builder_set_member_name(builder, "detail");
    json_builder_add_string_value(builder, detail);
    return builder;
}

static void
print_json(JsonBuilder *builder)
{
    json_builder_end_object(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autofree char *text = json_to_string(root, false);
    g_object_unref(builder);
    puts(text);
    fflush(stdout);
}

static void
say(Check *check, Item item, Verdict verdict, const char *detail)
{
    check->has_fault = check->has_fault || verdict == VERDICT_FAULT;
    if (check->config->status_json)
        print_json(begin_json(item, verdict, detail));
    else
        print_for_person(check, item, verdict, detail);
}

/* Streaming thread. */
static void
on_captured(ScSourceMedium medium, GstSample *sample, void *user_data)
{
    (void)sample;
    if (medium == SC_SOURCE_VIDEO)
        g_atomic_int_set((int *)user_data, 1);
}

static bool
has_come(const void *data)
{
    return g_atomic_int_get((const int *)data) != 0;
}

static void
check_picture(Check *check)
{
    const ScConfig *config = check->config;
    const ScSourceSettings settings = { .name = config->source,
                                        .max_width = config->max_width,
                                        .max_height = config->max_height,
                                        .max_fps = config->max_fps };
    int came = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(ScSource) source = sc_source_new(&settings, on_captured, &came, &error);
    if (!source) {
        say(check, ITEM_PICTURE, VERDICT_FAULT, error->message);
        return;
    }
    sc_source_start(source);
    bool found = sc_await(has_come, &came, PICTURE_LIMIT_US) >= 0;
    say(check, ITEM_PICTURE, found ? VERDICT_WORKS : VERDICT_FAULT, config->source);
}

/* A lesson goes on without either, so a missing one is no fault. */
static void
check_devices(Check *check, Item item, const char *device_class)
{
    g_autoptr(GstDeviceMonitor) monitor = gst_device_monitor_new();
    gst_device_monitor_add_filter(monitor, device_class, NULL);
    GList *devices = gst_device_monitor_get_devices(monitor);
    g_autofree char *name =
        devices ? gst_device_get_display_name(devices->data) : g_strdup("");
    say(check, item, devices ? VERDICT_WORKS : VERDICT_MISSING, name);
    g_list_free_full(devices, gst_object_unref);
}

/* In tenths: nobody's ear tells more. */
static void
add_tenths(JsonBuilder *builder, const char *name, double value)
{
    g_autofree char *digits = g_strdup_printf("%.1f", value);
    json_builder_set_member_name(builder, name);
    json_builder_add_double_value(builder, g_ascii_strtod(digits, NULL));
}

static void
print_sound_json(const ScAcousticsFigures *figures, ScFinding finding, Verdict verdict,
                 const char *sentence)
{
    JsonBuilder *builder = begin_json(ITEM_SOUND, verdict, sentence);
    json_builder_set_member_name(builder, "grade");
    json_builder_add_string_value(
        builder, sc_finding_get_grade_name(sc_finding_get_grade(finding)));
    json_builder_set_member_name(builder, "heard");
    json_builder_add_boolean_value(builder, figures->is_heard);
    add_tenths(builder, "noise_db", figures->noise_db);
    add_tenths(builder, "echo_before_db", figures->before_db);
    add_tenths(builder, "echo_after_db", figures->after_db);
    json_builder_set_member_name(builder, "far_end");
    json_builder_add_boolean_value(builder, figures->has_far_end);
    if (figures->has_far_end && figures->has_line)
        add_tenths(builder, "echo_returned_db", figures->far_db);
    add_tenths(builder, "erle_db", sc_finding_get_erle_db(figures));
    if (figures->is_heard) {
        add_tenths(builder, "level_db", figures->path.gain_db);
        add_tenths(builder, "delay_ms", figures->path.delay_ms);
        add_tenths(builder, "late_ms", figures->late_ms);
    }
    print_json(builder);
}

static void
print_sound(const Check *check, const ScAcousticsFigures *figures, Verdict verdict,
            const char *sentence)
{
    bool is_english = check->config->language == SC_LANGUAGE_EN;
    print_for_person(check, ITEM_SOUND, verdict, sentence);
    if (!figures->is_heard)
        return;
    printf(is_english
               ? "  delay %.0f ms · echo %.0f dB, %s %.0f dB (ERLE %.0f dB)\n"
               : "  延迟 %.0f 毫秒 · 回声 %.0f 分贝，%s %.0f 分贝（ERLE %.0f 分贝）\n",
           figures->path.delay_ms, figures->before_db,
           figures->has_far_end ? (is_english ? "at the far end" : "对方听到")
                                : (is_english ? "cancelled" : "消除后"),
           sc_finding_get_left_db(figures), sc_finding_get_erle_db(figures));
    fflush(stdout);
}

static void
say_sound(Check *check, const ScAcousticsFigures *figures)
{
    ScFinding finding = sc_finding_judge(figures);
    bool is_bad = sc_finding_get_grade(finding) == SC_GRADE_BAD;
    Verdict verdict = is_bad ? VERDICT_FAULT : VERDICT_WORKS;
    const char *sentence = sc_finding_get_sentence(finding, check->config->language);
    check->has_fault = check->has_fault || is_bad;
    if (check->config->status_json)
        print_sound_json(figures, finding, verdict, sentence);
    else
        print_sound(check, figures, verdict, sentence);
}

/* Who asks for an echo test: who has a lesson's token, else a box that is enrolled. NULL:
 * nobody knows us. */
static char *
dup_asker(const ScConfig *config)
{
    if (*config->token)
        return g_strdup(config->token);
    g_autofree char *path =
        *config->identity ? g_strdup(config->identity) : sc_identity_dup_path();
    return sc_identity_load(path, config->url);
}

/* Through the relay where the server has an echo test for us; else what stands behind the
 * canceller has to do. Where one of the two devices is missing there is no echo, and
 * nothing to hear. */
static void
check_sound(Check *check, const ScPlace *place)
{
    const ScConfig *config = check->config;
    g_autofree char *asker = dup_asker(config);
    ScPlace tested = *place;
    tested.token = asker;
    ScAcousticsSettings settings = { .microphone = "autoaudiosrc",
                                     .loudspeaker = "autoaudiosink",
                                     .sound = config->sound,
                                     .place = asker ? &tested : NULL,
                                     .latency_ms = (unsigned)config->latency_ms,
                                     .audio_kbps = (unsigned)config->audio_kbps };
    ScAcousticsFigures figures;
    g_autoptr(GError) error = NULL;
    if (config->headless || !sc_devices_has("Audio/Source")
        || !sc_devices_has("Audio/Sink"))
        return;
    bool is_measured = sc_acoustics_measure(&settings, &figures, &error);
    if (!is_measured && settings.place) {
        g_message("no echo test through the relay: %s", error->message);
        g_clear_error(&error);
        settings.place = NULL;
        is_measured = sc_acoustics_measure(&settings, &figures, &error);
    }
    if (is_measured)
        say_sound(check, &figures);
    else
        say(check, ITEM_SOUND, VERDICT_FAULT, error->message);
}

static void
check_encoder(Check *check)
{
    g_autoptr(GError) error = NULL;
    const char *name = sc_encoder_choose(check->config->encoder, &error);
    say(check, ITEM_ENCODER, name ? VERDICT_WORKS : VERDICT_FAULT,
        name ? name : error->message);
}

static bool
has_relay(GBytes *body)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    gsize length;
    const char *text = g_bytes_get_data(body, &length);
    if (!json_parser_load_from_data(parser, text, (gssize)length, NULL))
        return false;
    JsonNode *root = json_parser_get_root(parser);
    return root && JSON_NODE_HOLDS_OBJECT(root)
           && json_object_get_boolean_member_with_default(json_node_get_object(root),
                                                          "relay", false);
}

static void
check_server(Check *check, const ScPlace *place)
{
    g_autofree char *url = g_strdup_printf("%s/healthz", place->url);
    g_autoptr(SoupSession) http = sc_place_create_http(place);
    g_autoptr(SoupMessage) message = soup_message_new("GET", url);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) body = soup_session_send_and_read(http, message, NULL, &error);
    if (!body)
        say(check, ITEM_SERVER, VERDICT_FAULT, error->message);
    else if (!has_relay(body))
        say(check, ITEM_SERVER, VERDICT_FAULT, "signaling answers, but has no relay");
    else
        say(check, ITEM_SERVER, VERDICT_WORKS, place->url);
}

static void
ignore(void *user_data)
{
    (void)user_data;
}

static bool
has_ended(const void *data)
{
    const ScLink *link = data;
    return sc_recovery_has_connected(sc_link_get_recovery(link))
           || sc_link_get_refusal_status(link) != 0;
}

/* A session of its own, short and without media: UDP both ways, DTLS, the token. */
static void
check_media(Check *check, const ScPlace *place)
{
    static const ScSlotHandlers handlers = { 0 };
    g_autoptr(GPtrArray) slots =
        g_ptr_array_new_with_free_func((GDestroyNotify)sc_slot_free);
    g_ptr_array_add(slots, sc_slot_new("main-audio", SC_SLOT_AUDIO, &handlers, NULL));
    ScWatch *watch =
        sc_watch_new(place, slots, (unsigned)check->config->latency_ms, ignore, NULL);
    ScLink *link = sc_watch_get_link(watch);
    sc_link_start(link);
    int64_t waited_us = sc_await(has_ended, link, CONNECT_LIMIT_US);

    if (sc_recovery_has_connected(sc_link_get_recovery(link))) {
        g_autofree char *detail =
            g_strdup_printf("UDP, %" G_GINT64_FORMAT " ms", waited_us / 1000);
        say(check, ITEM_MEDIA, VERDICT_WORKS, detail);
    } else if (sc_link_get_refusal_status(link)) {
        say(check, ITEM_MEDIA, VERDICT_FAULT, sc_link_get_refusal(link));
    } else {
        say(check, ITEM_MEDIA, VERDICT_FAULT,
            "no answer on UDP: a firewall on the way, or the relay's `announce` is "
            "wrong");
    }
    sc_watch_free(watch);
    sc_resource_wait_deleted(G_USEC_PER_SEC);
}

bool
sc_check_run(const ScConfig *config)
{
    Check check = { .config = config };
    g_autoptr(GTlsDatabase) authorities = NULL;
    g_autoptr(GError) error = NULL;
    if (*config->ca && !(authorities = g_tls_file_database_new(config->ca, &error))) {
        say(&check, ITEM_SERVER, VERDICT_FAULT, error->message);
        return false;
    }
    const ScPlace place = { config->url, config->lesson, config->token, authorities };

    check_picture(&check);
    check_devices(&check, ITEM_MICROPHONE, "Audio/Source");
    check_devices(&check, ITEM_LOUDSPEAKER, "Audio/Sink");
    check_encoder(&check);
    check_server(&check, &place);
    if (*config->lesson && *config->token)
        check_media(&check, &place);
    check_sound(&check, &place);
    return !check.has_fault;
}

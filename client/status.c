/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-status"
#include "client/status.h"

#include <stdio.h>
#include <unistd.h>

#include <gio/gio.h>
#include <gio/gunixinputstream.h>

struct ScStatus {
    bool json;
    void (*on_order)(const ScOrder *order, void *user_data);
    void *user_data;           /* borrowed: see sc_status_new() */
    GDataInputStream *input;   /* owned */
    GCancellable *cancellable; /* owned */
};

static JsonBuilder *
begin(const char *type)
{
    JsonBuilder *builder = json_builder_new();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "type");
    json_builder_add_string_value(builder, type);
    return builder;
}

static void
add_text(JsonBuilder *builder, const char *name, const char *value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_string_value(builder, value);
}

static void
add_integer(JsonBuilder *builder, const char *name, int64_t value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_int_value(builder, value);
}

/* In eighths, which a double holds exactly: 0.1 would print as 0.10000000000000001. */
static void
add_rounded(JsonBuilder *builder, const char *name, double value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_double_value(builder, (double)(int64_t)(value * 8 + 0.5) / 8);
}

/* Absent where it is not known. */
static void
add_ms(JsonBuilder *builder, const char *name, int64_t value_us)
{
    if (value_us != SC_TALLY_UNKNOWN)
        add_integer(builder, name, (value_us + 500) / 1000);
}

static char *
finish(JsonBuilder *builder)
{
    json_builder_end_object(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    char *text = json_to_string(root, false);
    g_object_unref(builder);
    return text;
}

static void
print_line(const char *line)
{
    puts(line);
    fflush(stdout);
}

void
sc_status_end(ScStatus *self, JsonBuilder *builder)
{
    g_autofree char *line = finish(builder);
    if (self->json)
        print_line(line);
}

static void read_line(ScStatus *self);

static void
on_line(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *line = g_data_input_stream_read_line_finish_utf8(
        G_DATA_INPUT_STREAM(source), result, NULL, &error);
    if (error || !line)
        return; /* cancelled, or nobody is there to command us: that is no reason to end
                 */

    ScStatus *self = user_data;
    ScOrder order;
    if (sc_order_parse(line, &order))
        self->on_order(&order, self->user_data);
    else
        g_message("\"%.64s\" is no command: docs/protocol.md, Status", line);
    read_line(self);
}

static void
read_line(ScStatus *self)
{
    g_data_input_stream_read_line_async(self->input, G_PRIORITY_DEFAULT,
                                        self->cancellable, on_line, self);
}

ScStatus *
sc_status_new(bool json, void (*on_order)(const ScOrder *order, void *user_data),
              void *user_data)
{
    ScStatus *self = g_new0(ScStatus, 1);
    self->json = json;
    self->on_order = on_order;
    self->user_data = user_data;
    self->cancellable = g_cancellable_new();
    g_autoptr(GInputStream) input = g_unix_input_stream_new(STDIN_FILENO, false);
    self->input = g_data_input_stream_new(input);
    read_line(self);
    return self;
}

void
sc_status_free(ScStatus *self)
{
    if (!self)
        return;
    g_cancellable_cancel(self->cancellable);
    g_object_unref(self->cancellable);
    g_object_unref(self->input);
    g_free(self);
}

JsonBuilder *
sc_status_begin(const char *name, int64_t t_us)
{
    JsonBuilder *builder = begin("event");
    add_text(builder, "name", name);
    add_integer(builder, "t_us", t_us);
    return builder;
}

void
sc_status_tell(ScStatus *self, const char *name, int64_t t_us, const char *key,
               const char *value)
{
    JsonBuilder *builder = sc_status_begin(name, t_us);
    if (key && value) {
        add_text(builder, key, value);
    } else if (key) {
        json_builder_set_member_name(builder, key);
        json_builder_add_null_value(builder);
    }
    sc_status_end(self, builder);
}

void
sc_status_tell_source(ScStatus *self, int64_t t_us, const char *slot, uint16_t source)
{
    JsonBuilder *builder = sc_status_begin("source_changed", t_us);
    add_text(builder, "slot", slot);
    add_integer(builder, "source", source);
    sc_status_end(self, builder);
}

void
sc_status_tell_rejoined(ScStatus *self, int64_t t_us, int64_t gap_us)
{
    JsonBuilder *builder = sc_status_begin("rejoined", t_us);
    add_ms(builder, "gap_ms", gap_us);
    sc_status_end(self, builder);
}

static void
add_stream(JsonBuilder *builder, const ScSlot *slot, const ScSlotRates *rates)
{
    json_builder_begin_object(builder);
    add_text(builder, "slot", sc_slot_get_name(slot));
    add_integer(builder, "kbps", (int64_t)(rates->kbps + 0.5));
    add_rounded(builder, "loss_pct", rates->loss_pct);
    if (sc_slot_get_kind(slot) == SC_SLOT_VIDEO) {
        add_rounded(builder, "fps", rates->fps);
        add_ms(builder, "delay_ms", rates->delay_us);
        ScPictureFigures figures = sc_slot_get_pictures(slot);
        if (figures.frames_expected != SC_TALLY_UNKNOWN)
            add_integer(builder, "frames_expected", figures.frames_expected);
        add_integer(builder, "frames_decoded", figures.frames_decoded);
        add_integer(builder, "width", rates->width);
        add_integer(builder, "height", rates->height);
    }
    json_builder_end_object(builder);
}

static void
print_for_person(const ScStatusNow *now, double fps, double kbps)
{
    g_autofree char *line = g_strdup_printf("%s: %s (%.0f fps, %.0f kbit/s)", now->site,
                                            now->sentence, fps, kbps);
    print_line(line);
}

void
sc_status_report(ScStatus *self, const ScStatusNow *now)
{
    int64_t now_us = g_get_monotonic_time();
    double fps = 0;
    double kbps = 0;
    JsonBuilder *builder = begin("status");
    add_text(builder, "role", now->role);
    add_text(builder, "site", now->site);
    add_text(builder, "state", now->state);
    add_text(builder, "sentence", now->sentence);
    if (now->level_db)
        add_integer(builder, "level_db", (int64_t)*now->level_db);
    json_builder_set_member_name(builder, "streams");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < now->slots->len; i++) {
        ScSlot *slot = g_ptr_array_index(now->slots, i);
        ScSlotRates rates = sc_slot_take_rates(slot, now_us);
        fps = MAX(fps, rates.fps);
        kbps += rates.kbps;
        add_stream(builder, slot, &rates);
    }
    json_builder_end_array(builder);
    sc_status_end(self, builder);
    if (!self->json)
        print_for_person(now, fps, kbps);
}

static void
add_slot_summary(JsonBuilder *builder, const ScSlot *slot, int64_t join_asked_us)
{
    json_builder_begin_object(builder);
    add_text(builder, "slot", sc_slot_get_name(slot));
    if (sc_slot_get_kind(slot) == SC_SLOT_AUDIO) {
        add_ms(builder, "audio_gap_ms", sc_slot_get_longest_gap_us(slot));
    } else {
        ScPictureFigures figures = sc_slot_get_pictures(slot);
        if (figures.frames_expected != SC_TALLY_UNKNOWN)
            add_integer(builder, "frames_expected", figures.frames_expected);
        add_integer(builder, "frames_decoded", figures.frames_decoded);
        add_integer(builder, "frames_damaged", figures.frames_damaged);
        add_ms(builder, "longest_freeze_ms", figures.longest_freeze_us);
        if (figures.first_frame_us != SC_TALLY_UNKNOWN)
            add_ms(builder, "first_frame_ms", figures.first_frame_us - join_asked_us);
        add_ms(builder, "delay_ms_p50", figures.delay_us_p50);
        add_ms(builder, "delay_ms_p95", figures.delay_us_p95);
    }
    json_builder_end_object(builder);
}

void
sc_status_summarize(ScStatus *self, const ScStatusEnd *end, const char *path)
{
    JsonBuilder *builder = begin("summary");
    add_text(builder, "role", end->role);
    add_text(builder, "site", end->site);
    add_integer(builder, "renegotiations", end->renegotiations);
    json_builder_set_member_name(builder, "slots");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < end->slots->len; i++)
        add_slot_summary(builder, g_ptr_array_index(end->slots, i), end->join_asked_us);
    json_builder_end_array(builder);

    g_autofree char *line = finish(builder);
    g_autoptr(GError) error = NULL;
    if (self->json)
        print_line(line);
    if (*path && !g_file_set_contents(path, line, -1, &error))
        g_warning("--summary: %s", error->message);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* /metrics, read by the grammar of Prometheus' text format 0.0.4. */
#include <math.h>

#include "signaling/metrics.h"
#include "tests/unit/signaling/stage.h"

#define NAME "[a-zA-Z_:][a-zA-Z0-9_:]*"
#define LABEL "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\"\\\\n])*\""

typedef struct {
    GHashTable *types;   /* name → type */
    GHashTable *samples; /* name and labels → value's text */
} Metrics;

static void
metrics_clear(Metrics *metrics)
{
    g_hash_table_unref(metrics->types);
    g_hash_table_unref(metrics->samples);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Metrics, metrics_clear)

/* A summary's samples are called NAME and NAME_count. */
static bool
has_type(const Metrics *metrics, const char *name)
{
    if (g_hash_table_contains(metrics->types, name))
        return true;
    g_autofree char *base = g_strndup(name, strlen(name) - strlen("_count"));
    return g_str_has_suffix(name, "_count")
           && g_strcmp0(g_hash_table_lookup(metrics->types, base), "summary") == 0;
}

static void
parse_line(Metrics *metrics, const char *line)
{
    g_autoptr(GRegex) type = g_regex_new(
        "^# TYPE (" NAME ") (counter|gauge|summary|histogram|untyped)$", 0, 0, NULL);
    g_autoptr(GRegex) help = g_regex_new("^# HELP (" NAME ") .+$", 0, 0, NULL);
    g_autoptr(GRegex) sample =
        g_regex_new("^(" NAME ")(\\{" LABEL "(?:," LABEL ")*\\})? ([^ ]+)$", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_test_message("%s", line);
    if (g_regex_match(help, line, 0, NULL))
        return;
    if (g_regex_match(type, line, 0, &match)) {
        g_autofree char *name = g_match_info_fetch(match, 1);
        g_assert_false(g_hash_table_contains(metrics->types, name)); /* once only */
        g_hash_table_insert(metrics->types, g_steal_pointer(&name),
                            g_match_info_fetch(match, 2));
        return;
    }
    g_clear_pointer(&match, g_match_info_free);
    g_assert_true(g_regex_match(sample, line, 0, &match));
    g_autofree char *name = g_match_info_fetch(match, 1);
    g_autofree char *labels = g_match_info_fetch(match, 2);
    g_autofree char *value = g_match_info_fetch(match, 3);
    char *end;
    g_assert_true(isfinite(g_ascii_strtod(value, &end)) && *end == '\0');
    g_assert_true(has_type(metrics, name));
    g_autofree char *key = g_strconcat(name, labels, NULL);
    g_assert_false(g_hash_table_contains(metrics->samples, key)); /* once only */
    g_hash_table_insert(metrics->samples, g_steal_pointer(&key), g_steal_pointer(&value));
}

static Metrics
parse(const char *text)
{
    Metrics metrics = {
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
    };
    g_assert_true(g_str_has_suffix(text, "\n"));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; line[0] != NULL && line[1] != NULL; line++)
        parse_line(&metrics, *line);
    return metrics;
}

static Metrics
fetch(Stage *stage)
{
    g_auto(Answer) answer = stage_send(stage, "GET", "/metrics", NULL, NULL, NULL, NULL);
    g_assert_cmpuint(answer.status, ==, 200);
    g_assert_cmpstr(answer_get_header(&answer, "Content-Type"), ==,
                    "text/plain; version=0.0.4; charset=utf-8");
    g_autofree char *text =
        g_strndup(g_bytes_get_data(answer.body, NULL), g_bytes_get_size(answer.body));
    return parse(text);
}

static void
own_figures_are_there_without_a_relay(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    g_auto(Answer) nothing G_GNUC_UNUSED =
        stage_send(&stage, "GET", "/nothing", NULL, NULL, NULL, NULL);
    g_auto(Metrics) metrics = fetch(&stage);
    static const char *const expected[][2] = {
        { "synclass_relay_up", "0" },
        { "synclass_lessons", "0" },
        { "synclass_sessions{kind=\"publish\"}", "0" },
        { "synclass_events_connections", "0" },
        { "synclass_requests_total{method=\"GET\",route=\"*\",status=\"404\"}", "1" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
        g_assert_cmpstr(g_hash_table_lookup(metrics.samples, expected[i][0]), ==,
                        expected[i][1]);
    stage_close(&stage);
}

static void
relays_figures_carry_its_name(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    stage_start_relay(&stage, "r1");
    g_autofree char *watch G_GNUC_UNUSED =
        stage_join(&stage, "whep", 1, "chromium-plain-watch.sdp");
    g_auto(Metrics) metrics = fetch(&stage);
    static const char *const expected[][2] = {
        { "synclass_relay_up", "1" },
        { "synclass_lessons", "1" },
        { "synclass_sessions{kind=\"subscribe\"}", "1" },
        { "synclass_relay_packets_out_total{relay=\"r1\"}", "12345678901" },
        { "synclass_relay_packets_ended_total{relay=\"r1\",verdict=\"srtp_replayed\"}",
          "2" },
        { "synclass_relay_transports{relay=\"r1\"}", "3" },
        { "synclass_relay_forward_us{relay=\"r1\",quantile=\"0.5\"}", "11.5" },
        { "synclass_relay_forward_us_count{relay=\"r1\"}", "99" },
        { "synclass_relay_cpu_us_total{relay=\"r1\"}", "1000" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_test_message("%s", expected[i][0]);
        g_assert_cmpstr(g_hash_table_lookup(metrics.samples, expected[i][0]), ==,
                        expected[i][1]);
    }
    stage_close(&stage);
}

/* A client cannot make new labels: each would cost memory for ever. */
static void
strange_methods_and_paths_are_counted_together(void)
{
    static const char *const methods[] = { "BREW", "WHEN", "A-VERY-LONG-METHOD" };
    Stage stage;
    stage_open(&stage, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        g_autofree char *path = g_strdup_printf("/path-%zu", i);
        g_auto(Answer) answer =
            stage_send(&stage, methods[i], path, NULL, NULL, NULL, NULL);
        g_assert_cmpuint(answer.status, ==, 404);
    }
    g_auto(Metrics) metrics = fetch(&stage);
    g_assert_cmpstr(
        g_hash_table_lookup(
            metrics.samples,
            "synclass_requests_total{method=\"other\",route=\"*\",status=\"404\"}"),
        ==, "3");
    stage_close(&stage);
}

static void
strange_names_of_a_relay_are_made_fit(void)
{
    g_autoptr(JsonNode) node = json_from_string(
        "{\"counters\":{\"a b\\\"\\n\":1},\"verdicts\":{\"x\\\\\":2},\"gauges\":7}",
        NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    sc_metrics_append_relay(text, "r\"\n{}", json_node_get_object(node));
    g_auto(Metrics) metrics = parse(text->str);
    g_assert_cmpstr(g_hash_table_lookup(metrics.samples,
                                        "synclass_relay_a_b___total{relay=\"r____\"}"),
                    ==, "1");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/metrics/" #name, name)
    ADD(own_figures_are_there_without_a_relay);
    ADD(relays_figures_carry_its_name);
    ADD(strange_methods_and_paths_are_counted_together);
    ADD(strange_names_of_a_relay_are_made_fit);
#undef ADD
    return g_test_run();
}

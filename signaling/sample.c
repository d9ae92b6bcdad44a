/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/sample.h"

#include <stdlib.h>

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "signaling/clock.h"
#include "signaling/province.h"
#include "signaling/store/join-token.h"
#include "signaling/store/lesson.h"
#include "signaling/store/organisation.h"
#include "signaling/store/pairing.h"
#include "signaling/store/ringing.h"
#include "signaling/store/site.h"
#include "signaling/token.h"

#define COUNTY "sample-county"
#define TOWN_SCHOOL "sample-town"
#define TOWN_SITE "sample-town-5-1"
#define PAIRING "sample-pairing"
#define LESSON "sample-lesson"
#define SUBJECT "数学"
#define STARTED_MS (5 * 60 * 1000LL) /* the lesson began so long before it was seeded */

/* A village school with one classroom; those beyond the list are numbered. */
static const struct {
    const char *name;
    const char *name_en;
} villages[] = {
    { "石门村小学", "Shimen Village School" },
    { "柳坪村小学", "Liuping Village School" },
    { "白云寨教学点", "Baiyunzhai Teaching Point" },
    { "青龙湾小学", "Qinglongwan School" },
    { "大塘村小学", "Datang Village School" },
    { "松树坡教学点", "Songshupo Teaching Point" },
    { "清水河小学", "Qingshuihe School" },
    { "马鞍山村小学", "Ma'anshan Village School" },
};

/* The texts of one village, made once and borrowed by the rows below. */
typedef struct {
    char *school;  /* owned: id */
    char *site;    /* owned: id */
    char *name;    /* owned */
    char *name_en; /* owned */
} Village;

static void
village_clear(Village *village)
{
    g_free(village->school);
    g_free(village->site);
    g_free(village->name);
    g_free(village->name_en);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Village, village_clear)

static Village
make_village(unsigned index)
{
    Village village = {
        .school = g_strdup_printf("sample-village-%u", index + 1),
        .site = g_strdup_printf("sample-village-%u-5", index + 1),
    };

    if (index < G_N_ELEMENTS(villages)) {
        village.name = g_strdup(villages[index].name);
        village.name_en = g_strdup(villages[index].name_en);
    } else {
        village.name = g_strdup_printf("第%u教学点", index + 1);
        village.name_en = g_strdup_printf("Teaching Point %u", index + 1);
    }
    return village;
}

static bool
put_town(ScStore *store, GError **error)
{
    const ScOrganisation county = { COUNTY, NULL, SC_ORGANISATION_COUNTY, "青山县",
                                    "Qingshan County" };
    const ScOrganisation school = { TOWN_SCHOOL, COUNTY, SC_ORGANISATION_SCHOOL,
                                    "城关镇中心小学", "Chengguan Central School" };
    const ScSite site = { TOWN_SITE, TOWN_SCHOOL, "城关镇中心小学 五年级（1）班",
                          "Chengguan Central School, class 5 (1)" };

    return sc_store_put_organisation(store, &county, error)
           && sc_store_put_organisation(store, &school, error)
           && sc_store_put_site(store, &site, error);
}

static bool
put_village(ScStore *store, unsigned index, GError **error)
{
    g_auto(Village) village = make_village(index);
    const ScOrganisation school = { village.school, COUNTY, SC_ORGANISATION_SCHOOL,
                                    village.name, village.name_en };
    const ScSite site = { village.site, village.school, village.name, village.name_en };

    return sc_store_put_organisation(store, &school, error)
           && sc_store_put_site(store, &site, error);
}

static bool
put_pairing(ScStore *store, unsigned n_classrooms, GError **error)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    for (unsigned i = 0; i < n_classrooms; i++) {
        g_auto(Village) village = make_village(i);
        g_strv_builder_add(builder, village.site);
    }
    g_auto(GStrv) sites = g_strv_builder_end(builder);
    const ScPairing pairing = { PAIRING, TOWN_SITE, SUBJECT, (const char *const *)sites,
                                n_classrooms };
    return sc_store_put_pairing(store, &pairing, error);
}

static bool
add_lesson(ScStore *store, int64_t now_ms, GError **error)
{
    g_autoptr(ScLessonRow) lesson = g_new0(ScLessonRow, 1);

    lesson->id = g_strdup(LESSON);
    lesson->pairing = g_strdup(PAIRING);
    lesson->title = g_strdup("认识分数");
    lesson->subject = g_strdup(SUBJECT);
    lesson->starts_ms = now_ms - STARTED_MS;
    lesson->ends_ms = now_ms + SC_SAMPLE_LESSON_MS;
    lesson->state = SC_LESSON_SCHEDULED;
    lesson->sites = g_new0(ScLessonSite, 1);
    lesson->sites[lesson->n_sites++] = (ScLessonSite){
        .site = g_strdup(TOWN_SITE),
        .role = SC_ROLE_TEACHER,
        .tile = -1,
    };
    return sc_store_add_lesson(store, lesson, error);
}

/* As the bell would have done when it began. */
static bool
ring_lesson(ScStore *store, int64_t now_ms, GError **error)
{
    return sc_store_open_lesson(store, LESSON, now_ms - STARTED_MS, error)
           && sc_store_begin_lesson(store, LESSON, now_ms - STARTED_MS, error);
}

/* One that stands is moved on, so that it is on again. */
static bool
put_lesson(ScStore *store, int64_t now_ms, GError **error)
{
    g_autoptr(GError) get_error = NULL;
    g_autoptr(ScLessonRow) lesson = sc_store_get_lesson(store, LESSON, &get_error);

    if (lesson != NULL)
        return sc_store_set_lesson_times(store, LESSON,
                                         MIN(lesson->starts_ms, now_ms - STARTED_MS),
                                         now_ms + SC_SAMPLE_LESSON_MS, error)
               && sc_store_set_lesson_state(store, LESSON, SC_LESSON_SCHEDULED, error)
               && ring_lesson(store, now_ms, error);
    if (!g_error_matches(get_error, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&get_error));
        return false;
    }
    return add_lesson(store, now_ms, error) && ring_lesson(store, now_ms, error);
}

/* Adds the classrooms that an earlier seed left out, takes away those it had too many. */
static bool
fit_classrooms(ScStore *store, unsigned n_classrooms, GError **error)
{
    g_autoptr(ScLessonRow) lesson = sc_store_get_lesson(store, LESSON, error);

    if (lesson == NULL)
        return false;
    for (unsigned i = lesson->n_sites; i <= n_classrooms; i++) {
        g_auto(Village) village = make_village(i - 1);
        const ScLessonSite site = { .site = village.site,
                                    .role = SC_ROLE_CLASSROOM,
                                    .tile = (int)i - 1 };

        if (!sc_store_add_lesson_site(store, LESSON, &site, error))
            return false;
    }
    for (unsigned i = n_classrooms + 1; i < lesson->n_sites; i++)
        if (!sc_store_remove_lesson_site(store, LESSON, lesson->sites[i].site, error))
            return false;
    return true;
}

/* The teacher's first. */
static ScSample *
issue_tokens(ScStore *store, int64_t now_ms, GError **error)
{
    g_autoptr(ScSample) sample = g_new0(ScSample, 1);
    g_autoptr(ScLessonRow) lesson = sc_store_get_lesson(store, LESSON, error);

    if (lesson == NULL)
        return NULL;
    sample->lesson = g_strdup(LESSON);
    sample->sites = g_new0(ScSampleSite, lesson->n_sites);
    for (unsigned i = 0; i < lesson->n_sites; i++) {
        const ScLessonSite *site = &lesson->sites[i];
        char *token = sc_token_issue(store, LESSON, site->site, site->role,
                                     now_ms + SC_SAMPLE_LESSON_MS, error);
        if (token == NULL)
            return NULL;
        sample->sites[sample->n_sites++] =
            (ScSampleSite){ g_strdup(site->site), g_strdup(site->name), token };
    }
    return g_steal_pointer(&sample);
}

static ScSample *
seed_all(ScStore *store, unsigned n_classrooms, int64_t now_ms, GError **error)
{
    if (!put_town(store, error))
        return NULL;
    for (unsigned i = 0; i < n_classrooms; i++)
        if (!put_village(store, i, error))
            return NULL;
    if (!put_pairing(store, n_classrooms, error) || !put_lesson(store, now_ms, error)
        || !fit_classrooms(store, n_classrooms, error)
        || !sc_store_remove_expired_join_tokens(store, now_ms, error))
        return NULL;
    return issue_tokens(store, now_ms, error);
}

ScSample *
sc_sample_seed(ScStore *store, unsigned n_classrooms, int64_t now_ms, GError **error)
{
    g_assert(n_classrooms <= SC_SAMPLE_CLASSROOMS_MAX);
    if (!sc_store_begin(store, error))
        return NULL;
    g_autoptr(ScSample) sample = seed_all(store, n_classrooms, now_ms, error);
    if (sample == NULL) {
        sc_store_rollback(store);
        return NULL;
    }
    if (!sc_store_commit(store, error))
        return NULL;
    return g_steal_pointer(&sample);
}

void
sc_sample_free(ScSample *self)
{
    if (self == NULL)
        return;
    for (unsigned i = 0; i < self->n_sites; i++) {
        g_free(self->sites[i].site);
        g_free(self->sites[i].name);
        g_free(self->sites[i].token);
    }
    g_free(self->sites);
    g_free(self->lesson);
    g_free(self);
}

static JsonObject *
build_json(const ScSample *sample, const char *url)
{
    JsonObject *root = json_object_new();
    JsonArray *tokens = json_array_new();
    JsonArray *sites = json_array_new();

    for (unsigned i = 0; i < sample->n_sites; i++) {
        JsonObject *site = json_object_new();
        json_object_set_string_member(site, "site", sample->sites[i].site);
        json_object_set_string_member(site, "name", sample->sites[i].name);
        json_object_set_string_member(site, "token", sample->sites[i].token);
        json_array_add_object_element(sites, site);
        if (i > 0)
            json_array_add_string_element(tokens, sample->sites[i].token);
    }
    json_object_set_string_member(root, "url", url);
    json_object_set_string_member(root, "lesson", sample->lesson);
    json_object_set_string_member(root, "teacher_token", sample->sites[0].token);
    json_object_set_array_member(root, "classroom_tokens", tokens);
    json_object_set_array_member(root, "sites", sites);
    return root;
}

static bool
write_json(const ScSample *sample, const char *url, const char *path, GError **error)
{
    g_autoptr(JsonObject) object = build_json(sample, url);
    g_autoptr(JsonNode) root = json_node_init_object(json_node_alloc(), object);
    g_autofree char *text = json_to_string(root, TRUE);
    g_autofree char *line = g_strconcat(text, "\n", NULL);

    return g_file_set_contents_full(path, line, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                    error);
}

static bool
seed_and_write(const char *database, int n_classrooms, const char *url,
               const char *output, GError **error)
{
    g_autoptr(ScClock) clock = sc_clock_new();
    g_autoptr(ScStore) store = sc_store_open(database, error);

    if (store == NULL)
        return false;
    g_autoptr(ScSample) sample =
        sc_sample_seed(store, (unsigned)n_classrooms, sc_clock_get_real_ms(clock), error);
    return sample != NULL && write_json(sample, url, output, error);
}

static bool
check_options(const char *database, int n_classrooms, const char *url, const char *output,
              GError **error)
{
    if (database == NULL || url == NULL || output == NULL) {
        g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                            "--database, --url and --output must be given");
        return false;
    }
    if (n_classrooms < 0 || n_classrooms > SC_SAMPLE_CLASSROOMS_MAX) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "--classrooms is %d, allowed are 0 to %d", n_classrooms,
                    SC_SAMPLE_CLASSROOMS_MAX);
        return false;
    }
    return true;
}

int
sc_sample_run(int argc, char **argv)
{
    if (g_strv_contains((const char *const *)argv, "--province"))
        return sc_province_run(argc, argv);
    g_autofree char *database = NULL;
    g_autofree char *url = NULL;
    g_autofree char *output = NULL;
    int n_classrooms = SC_SAMPLE_CLASSROOMS_DEFAULT;
    const GOptionEntry entries[] = {
        { "database", 0, 0, G_OPTION_ARG_FILENAME, &database, "made where missing",
          "FILE" },
        { "classrooms", 0, 0, G_OPTION_ARG_INT, &n_classrooms, "village schools (2)",
          "N" },
        { "url", 0, 0, G_OPTION_ARG_STRING, &url, "where signaling is reached", "URL" },
        { "output", 0, 0, G_OPTION_ARG_FILENAME, &output, "lesson and tokens", "FILE" },
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) options = g_option_context_new("- make the sample lesson");
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(options, entries, NULL);
    if (g_option_context_parse(options, &argc, &argv, &error)
        && check_options(database, n_classrooms, url, output, &error)
        && seed_and_write(database, n_classrooms, url, output, &error))
        return EXIT_SUCCESS;
    g_printerr("seed: %s\n", error->message);
    return EXIT_FAILURE;
}

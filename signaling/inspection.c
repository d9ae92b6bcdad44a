/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/inspection.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <gio/gio.h>

#include "signaling/problem.h"
#include "signaling/protocol/room-request.h"

#define PROGRAM "qpdf"
#define MAGIC "%PDF-"
#define MAGIC_WITHIN 1024 /* bytes from the start; ISO 32000-1, annex H, note 13 */
#define LIMIT_MS 20000
#define MEMORY_MAX ((rlim_t)512 << 20)
#define CPU_MAX_S 20
#define QPDF_CLEAN 0     /* exit status */
#define QPDF_WARNINGS 3  /* likewise: it could be read all the same */
#define QPDF_ENCRYPTED 0 /* of --is-encrypted; 2: it is not */

struct ScInspection {
    char *path; /* owned */
    ScInspected inspected;
    gpointer user_data;
    const struct Step *step;
    GSubprocess *process; /* owned; NULL: not begun */
    guint deadline;
    bool is_late;
    unsigned n_pages;
};

/* What is asked of qpdf, one after the other. */
struct Step {
    const char *option;
    bool (*judge)(ScInspection *self, int status, const char *said, GError **error);
};

static bool
refuse(GError **error, ScProblem problem, const char *detail)
{
    g_set_error_literal(error, SC_PROBLEM_ERROR, (gint)problem, detail);
    return false;
}

static bool
judge_encryption(ScInspection *self G_GNUC_UNUSED, int status,
                 const char *said G_GNUC_UNUSED, GError **error)
{
    return status != QPDF_ENCRYPTED
           || refuse(error, SC_PROBLEM_ENCRYPTED_DOCUMENT,
                     "the PDF is protected by a password: save it without one");
}

static bool
judge_pages(ScInspection *self, int status, const char *said, GError **error)
{
    guint64 n = 0;
    g_autofree char *text = g_strstrip(g_strdup(said));
    if ((status != QPDF_CLEAN && status != QPDF_WARNINGS)
        || !g_ascii_string_to_unsigned(text, 10, 0, UINT_MAX, &n, NULL))
        return refuse(error, SC_PROBLEM_BAD_DOCUMENT, "the PDF is broken");
    if (n == 0)
        return refuse(error, SC_PROBLEM_BAD_DOCUMENT, "the PDF has no page");
    if (n > SC_DOCUMENT_PAGES_MAX) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_TOO_MANY_PAGES,
                    "the PDF has %u pages, at most %d", (unsigned)n,
                    SC_DOCUMENT_PAGES_MAX);
        return false;
    }
    self->n_pages = (unsigned)n;
    return true;
}

static bool
judge_content(ScInspection *self G_GNUC_UNUSED, int status,
              const char *said G_GNUC_UNUSED, GError **error)
{
    return status == QPDF_CLEAN || status == QPDF_WARNINGS
           || refuse(error, SC_PROBLEM_BAD_DOCUMENT, "the PDF is broken");
}

static const struct Step steps[] = {
    { "--is-encrypted", judge_encryption },
    { "--show-npages", judge_pages },
    { "--check", judge_content },
};

static void
end(ScInspection *self, const GError *error)
{
    if (self->inspected != NULL)
        self->inspected(error == NULL ? self->n_pages : 0, error, self->user_data);
    g_clear_handle_id(&self->deadline, g_source_remove);
    g_clear_object(&self->process);
    g_free(self->path);
    g_free(self);
}

static void
limit_child(gpointer user_data G_GNUC_UNUSED)
{
    const struct rlimit memory = { MEMORY_MAX, MEMORY_MAX };
    const struct rlimit cpu = { CPU_MAX_S, CPU_MAX_S };
    (void)setrlimit(RLIMIT_AS, &memory);
    (void)setrlimit(RLIMIT_CPU, &cpu);
}

static void begin_step(ScInspection *self);

static void
on_communicated(GObject *object, GAsyncResult *result, gpointer user_data)
{
    ScInspection *self = user_data;
    g_autofree char *said = NULL;
    g_autoptr(GError) reason = NULL;
    g_autoptr(GError) error = NULL;
    GSubprocess *process = G_SUBPROCESS(object);
    if (!g_subprocess_communicate_utf8_finish(process, result, &said, NULL, &reason))
        said = g_strdup("");
    int status =
        g_subprocess_get_if_exited(process) ? g_subprocess_get_exit_status(process) : -1;
    if (self->is_late || self->inspected == NULL)
        (void)refuse(&error, SC_PROBLEM_BAD_DOCUMENT,
                     "looking through the PDF takes more than 20 s");
    else
        (void)self->step->judge(self, status, said, &error);
    if (error == NULL && ++self->step < steps + G_N_ELEMENTS(steps))
        begin_step(self);
    else
        end(self, error);
}

static void
begin_step(ScInspection *self)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
    g_subprocess_launcher_set_child_setup(launcher, limit_child, NULL, NULL);
    g_clear_object(&self->process);
    self->process = g_subprocess_launcher_spawn(launcher, &reason, PROGRAM,
                                                self->step->option, self->path, NULL);
    if (self->process == NULL) {
        g_autoptr(GError) error = g_error_new(SC_PROBLEM_ERROR, SC_PROBLEM_INTERNAL_ERROR,
                                              "%s", reason->message);
        end(self, error);
        return;
    }
    g_subprocess_communicate_utf8_async(self->process, NULL, NULL, on_communicated, self);
}

static gboolean
on_deadline(gpointer user_data)
{
    ScInspection *self = user_data;
    self->deadline = 0;
    self->is_late = true;
    if (self->process != NULL)
        g_subprocess_force_exit(self->process);
    return G_SOURCE_REMOVE;
}

static bool
has_magic(const char *path)
{
    char head[MAGIC_WITHIN];
    FILE *file = fopen(path, "rbe");
    size_t length = file != NULL ? fread(head, 1, sizeof head, file) : 0;
    if (file != NULL)
        (void)fclose(file);
    return memmem(head, length, MAGIC, strlen(MAGIC)) != NULL;
}

static gboolean
on_begun(gpointer user_data)
{
    ScInspection *self = user_data;
    g_autoptr(GError) error = NULL;
    if (self->inspected == NULL)
        end(self, NULL);
    else if (has_magic(self->path))
        begin_step(self);
    else if (!refuse(&error, SC_PROBLEM_BAD_DOCUMENT, "the file is no PDF"))
        end(self, error);
    return G_SOURCE_REMOVE;
}

ScInspection *
sc_inspection_begin(const char *path, ScInspected inspected, gpointer user_data)
{
    ScInspection *self = g_new0(ScInspection, 1);
    self->path = g_strdup(path);
    self->inspected = inspected;
    self->user_data = user_data;
    self->step = steps;
    self->deadline = g_timeout_add(LIMIT_MS, on_deadline, self);
    (void)g_idle_add(on_begun, self);
    return self;
}

void
sc_inspection_abandon(ScInspection *self)
{
    self->inspected = NULL;
    if (self->process != NULL)
        g_subprocess_force_exit(self->process);
}

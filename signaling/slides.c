/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/slides.h"

#include "signaling/marks.h"
#include "signaling/problem.h"

#define PAGES_OF_A_DOCUMENT (SC_DOCUMENT_PAGES_MAX + 1) /* from 0, to make a key */

struct ScSlides {
    GPtrArray *documents; /* owned: by number − 1; NULL: it was removed */
    ScPageRequest page;   /* that is shown */
    GHashTable *marks;    /* owned: key of a page → ScMarks, owned */
    unsigned n_points;    /* of all marks */
};

static void
free_marks(gpointer data)
{
    sc_marks_free(data);
}

ScSlides *
sc_slides_new(void)
{
    ScSlides *self = g_new0(ScSlides, 1);
    self->documents = g_ptr_array_new_with_free_func(g_free);
    self->marks = g_hash_table_new_full(NULL, NULL, NULL, free_marks);
    return self;
}

void
sc_slides_free(ScSlides *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->marks);
    g_ptr_array_unref(self->documents);
    g_free(self);
}

/* Documents. */

bool
sc_slides_check_space(const ScSlides *self, GError **error)
{
    if (self->documents->len < SC_DOCUMENTS_MAX)
        return true;
    g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_DOCUMENT_LIMIT,
                "the lesson has had %u documents, at most %d", self->documents->len,
                SC_DOCUMENTS_MAX);
    return false;
}

unsigned
sc_slides_add(ScSlides *self, const ScDocumentRequest *document, GError **error)
{
    if (!sc_slides_check_space(self, error))
        return 0;
    g_ptr_array_add(self->documents, g_memdup2(document, sizeof *document));
    return self->documents->len;
}

const ScDocumentRequest *
sc_slides_lookup(const ScSlides *self, unsigned document)
{
    return document >= 1 && document <= self->documents->len
               ? g_ptr_array_index(self->documents, document - 1)
               : NULL;
}

static const ScDocumentRequest *
find(const ScSlides *self, unsigned document, GError **error)
{
    const ScDocumentRequest *found = sc_slides_lookup(self, document);
    if (found == NULL)
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_DOCUMENT,
                    "the lesson has no document %u", document);
    return found;
}

/* The shared screen is page 0 of document 0. */
static gpointer
get_key(const ScPageRequest *page)
{
    return GUINT_TO_POINTER(page->document * PAGES_OF_A_DOCUMENT + page->page);
}

static void
forget_marks(ScSlides *self, const ScPageRequest *page)
{
    const ScMarks *marks = g_hash_table_lookup(self->marks, get_key(page));
    if (marks == NULL)
        return;
    self->n_points -= sc_marks_count_points(marks);
    g_hash_table_remove(self->marks, get_key(page));
}

bool
sc_slides_remove(ScSlides *self, unsigned document, GError **error)
{
    const ScDocumentRequest *found = find(self, document, error);
    if (found == NULL)
        return false;
    for (unsigned i = 1; i <= found->pages; i++)
        forget_marks(self, &(ScPageRequest){ document, i });
    if (self->page.document == document)
        self->page = (ScPageRequest){ 0 };
    g_free(self->documents->pdata[document - 1]);
    self->documents->pdata[document - 1] = NULL;
    return true;
}

ScDocumentEvent *
sc_slides_dup_documents(const ScSlides *self, unsigned *out_n)
{
    ScDocumentEvent *events = g_new0(ScDocumentEvent, self->documents->len + 1);
    unsigned n = 0;
    for (unsigned i = 1; i <= self->documents->len; i++) {
        const ScDocumentRequest *document = sc_slides_lookup(self, i);
        if (document == NULL)
            continue;
        events[n] = (ScDocumentEvent){ .document = i,
                                       .pages = document->pages,
                                       .bytes = document->bytes };
        g_strlcpy(events[n++].name, document->name, sizeof events->name);
    }
    *out_n = n;
    return events;
}

/* Pages. */

bool
sc_slides_turn(ScSlides *self, const ScPageRequest *page, GError **error)
{
    const ScDocumentRequest *document =
        page->document != 0 ? find(self, page->document, error) : NULL;
    if (page->document != 0 && document == NULL)
        return false;
    if (document != NULL && (page->page < 1 || page->page > document->pages)) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_PAGE,
                    "document %u has pages 1 to %u, there is no %u", page->document,
                    document->pages, page->page);
        return false;
    }
    self->page = *page;
    return true;
}

ScPageRequest
sc_slides_get_page(const ScSlides *self)
{
    return self->page;
}

/* Marks. */

bool
sc_slides_draw(ScSlides *self, const ScPenRequest *pen, GError **error)
{
    ScMarks *marks = g_hash_table_lookup(self->marks, get_key(&self->page));
    if (self->n_points + pen->n_points / 2 > SC_SLIDES_POINTS_MAX) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_PEN_LIMIT,
                    "the lesson's pages have %u points, at most %d: wipe some",
                    self->n_points, SC_SLIDES_POINTS_MAX);
        return false;
    }
    if (marks == NULL) {
        marks = sc_marks_new();
        g_hash_table_insert(self->marks, get_key(&self->page), marks);
    }
    if (!sc_marks_draw(marks, pen, error))
        return false;
    self->n_points += pen->n_points / 2;
    return true;
}

void
sc_slides_wipe(ScSlides *self)
{
    forget_marks(self, &self->page);
}

ScStroke *
sc_slides_dup_strokes(const ScSlides *self, unsigned *out_n)
{
    const ScMarks *marks = g_hash_table_lookup(self->marks, get_key(&self->page));
    *out_n = 0;
    return marks != NULL ? sc_marks_dup_strokes(marks, out_n) : NULL;
}

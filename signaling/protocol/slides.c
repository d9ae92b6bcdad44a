/* SPDX-License-Identifier: Apache-2.0 */
/* slides.c: documents, their pages, and the marks on them. */
#include "signaling/protocol/form.h"

/* Documents and pages. */

void
sc_form_read_page(ScFields *fields, ScPageRequest *page)
{
    if (!json_object_has_member(fields->object, "document")) {
        sc_fields_refuse(fields, "document: missing; null shows no page");
        return;
    }
    if (!sc_fields_has(fields, "document"))
        return;
    page->document = (unsigned)sc_fields_read_integer(fields, "document", 1, INT32_MAX);
    page->page = (unsigned)sc_fields_read_integer(fields, "page", 1, INT32_MAX);
}

void
sc_form_put_page(JsonBuilder *builder, unsigned document, unsigned page)
{
    if (document != 0) {
        sc_form_put_integer(builder, "document", document);
        sc_form_put_integer(builder, "page", page);
        return;
    }
    json_builder_set_member_name(builder, "document");
    json_builder_add_null_value(builder);
    json_builder_set_member_name(builder, "page");
    json_builder_add_null_value(builder);
}

void
sc_form_read_document(ScFields *fields, ScDocumentEvent *document)
{
    document->document =
        (unsigned)sc_fields_read_integer(fields, "document", 1, INT32_MAX);
    sc_fields_read_characters(fields, "name", document->name, SC_DOCUMENT_NAME_MAX);
    document->pages =
        (unsigned)sc_fields_read_integer(fields, "pages", 1, SC_DOCUMENT_PAGES_MAX);
    document->bytes = sc_fields_read_integer(fields, "bytes", 1, SC_DOCUMENT_BYTES_MAX);
}

void
sc_form_put_document(JsonBuilder *builder, const ScDocumentEvent *document)
{
    sc_form_put_integer(builder, "document", document->document);
    sc_form_put_text(builder, "name", document->name);
    sc_form_put_integer(builder, "pages", document->pages);
    sc_form_put_integer(builder, "bytes", document->bytes);
}

/* Marks. */

void
sc_strokes_free(ScStroke *strokes, unsigned n_strokes)
{
    for (unsigned i = 0; i < n_strokes; i++)
        g_free(strokes[i].points);
    g_free(strokes);
}

static void
read_stroke(ScFields *fields, gpointer list, unsigned i)
{
    ScStroke *stroke = &((ScStroke *)list)[i];
    stroke->stroke = (int32_t)sc_fields_read_integer(fields, "stroke", 0, SC_STROKE_MAX);
    stroke->colour =
        (ScColour)sc_fields_read_word(fields, "colour", sc_word_colours, SC_N_COLOURS);
    stroke->width =
        (unsigned)sc_fields_read_integer(fields, "width", 1, SC_PEN_WIDTH_MAX);
    unsigned max = 2 * SC_STROKE_POINTS_MAX;
    JsonArray *array = sc_fields_read_array(fields, "points", max);
    if (array == NULL)
        return;
    stroke->points = g_new0(uint16_t, json_array_get_length(array));
    stroke->n_points = sc_form_read_points(fields, stroke->points, max);
}

ScStroke *
sc_form_read_strokes(ScFields *fields, unsigned *out_n)
{
    if (fields->error != NULL || !sc_fields_has(fields, "strokes"))
        return NULL;
    JsonArray *array = sc_fields_read_array(fields, "strokes", SC_STROKES_MAX);
    if (array == NULL)
        return NULL;
    *out_n = json_array_get_length(array);
    ScStroke *strokes = g_new0(ScStroke, *out_n);
    sc_form_read_each(fields, "strokes", array, read_stroke, strokes);
    return strokes;
}

void
sc_form_put_strokes(JsonBuilder *builder, const ScStroke *strokes, unsigned n_strokes)
{
    json_builder_set_member_name(builder, "strokes");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < n_strokes; i++) {
        json_builder_begin_object(builder);
        sc_form_put_integer(builder, "stroke", strokes[i].stroke);
        sc_form_put_text(builder, "colour", sc_word_colours[strokes[i].colour]);
        sc_form_put_integer(builder, "width", strokes[i].width);
        sc_form_put_points(builder, strokes[i].points, strokes[i].n_points);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "client/warmup.h"

#include <gst/gst.h>

/* One thread each: the first costs most, and the others need not wait for it. */
static const char *const elements[] = { "dtlsdec", "avdec_h264" };

struct ScWarmup {
    GThread *threads[G_N_ELEMENTS(elements)]; /* owned */
};

static gpointer
make(gpointer name)
{
    GstElement *element = gst_element_factory_make(name, NULL);
    if (element)
        gst_object_unref(gst_object_ref_sink(element));
    return NULL;
}

ScWarmup *
sc_warmup_new(void)
{
    ScWarmup *self = g_new0(ScWarmup, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(elements); i++)
        self->threads[i] = g_thread_new("sc-warmup", make, (gpointer)elements[i]);
    return self;
}

void
sc_warmup_free(ScWarmup *self)
{
    if (!self)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(elements); i++)
        g_thread_join(self->threads[i]);
    g_free(self);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "client/devices.h"

#include <stdbool.h>
#include <stdio.h>

#include <gst/gst.h>

#include "client/encoder.h"

static void
print_row(const char *what, const char *argument)
{
    printf("  %-40s %s\n", what, argument);
}

/* As --source takes it, where it is a camera. */
static char *
dup_argument(GstDevice *device)
{
    g_autoptr(GstStructure) properties = gst_device_get_properties(device);
    const char *path =
        properties ? gst_structure_get_string(properties, "device.path") : NULL;
    return path ? g_strdup_printf("camera:%s", path) : g_strdup("");
}

static void
print_devices(GstDeviceMonitor *monitor, const char *title, const char *device_class)
{
    GList *devices = gst_device_monitor_get_devices(monitor);
    unsigned n = 0;
    printf("%s\n", title);
    for (GList *item = devices; item; item = item->next) {
        if (!gst_device_has_classes(item->data, device_class))
            continue;
        g_autofree char *name = gst_device_get_display_name(item->data);
        g_autofree char *argument = dup_argument(item->data);
        print_row(name, argument);
        n++;
    }
    if (n == 0)
        print_row("none", "");
    g_list_free_full(devices, gst_object_unref);
}

static void
print_encoder(const char *name, const char *what, void *user_data)
{
    (void)user_data;
    print_row(what, name);
}

bool
sc_devices_has(const char *device_class)
{
    g_autoptr(GstDeviceMonitor) monitor = gst_device_monitor_new();
    gst_device_monitor_add_filter(monitor, device_class, NULL);
    GList *devices = gst_device_monitor_get_devices(monitor);
    bool has_one = devices != NULL;
    g_list_free_full(devices, gst_object_unref);
    return has_one;
}

void
sc_devices_print(void)
{
    g_autoptr(GstDeviceMonitor) monitor = gst_device_monitor_new();
    gst_device_monitor_add_filter(monitor, "Video/Source", NULL);
    gst_device_monitor_add_filter(monitor, "Audio/Source", NULL);
    gst_device_monitor_add_filter(monitor, "Audio/Sink", NULL);
    gst_device_monitor_start(monitor);
    print_devices(monitor, "cameras (--source)", "Video/Source");
    print_devices(monitor, "microphones", "Audio/Source");
    print_devices(monitor, "loudspeakers", "Audio/Sink");
    gst_device_monitor_stop(monitor);

    const char *display = g_getenv("DISPLAY");
    printf("screens (--source, --slides)\n");
    print_row(display ? display : "none", display ? "screen" : "");
    printf("encoders (--encoder), best first\n");
    sc_encoder_list(print_encoder, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* devices.h: what this machine has to capture, show and encode with. Thread: main. */
#pragma once

#include <stdbool.h>

/* `synclass devices`: a table on standard output. */
void sc_devices_print(void);

/* Is there a device of this class of GStreamer's, "Video/Source"? */
bool sc_devices_has(const char *device_class);

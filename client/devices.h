/* SPDX-License-Identifier: Apache-2.0 */
/* devices.h: what this machine has to capture, show and encode with. Thread: main. */
#pragma once

/* `synclass devices`: a table on standard output. */
void sc_devices_print(void);

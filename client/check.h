/* SPDX-License-Identifier: Apache-2.0 */
/* check.h: `synclass check`: says plainly what of a room works, before the bell. */
#pragma once

#include <stdbool.h>

#include "client/config.h"

/* A line for each thing on standard output. False if one that a lesson needs is at fault.
 */
bool sc_check_run(const ScConfig *config);

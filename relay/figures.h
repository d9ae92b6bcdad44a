/* SPDX-License-Identifier: Apache-2.0 */
/* figures.h: what relay.stats tells. Thread: main. Spec: docs/protocol.md#control,
 * docs/operating.md#counters. */
#pragma once

#include <glib.h>

#include "relay/registry.h"
#include "relay/stats.h"

/* Floating. */
GVariant *sc_figures_make(const ScStatsSum *sum, const ScRegistry *registry,
                          unsigned n_workers);

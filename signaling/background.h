/* SPDX-License-Identifier: Apache-2.0 */
/* background.h: an answer that gives way to the lesson's media on its way to a site: a
 * thin line has one queue for both, and TCP fills it. What the connection's delay says
 * decides how fast the kernel sends (ledbat.h). Thread: main. */
#pragma once

#include <stdbool.h>

#include "signaling/clock.h"
#include "signaling/exchange.h"

/* Does something go before it just now? Asked ten times a second. */
typedef bool (*ScBackgroundIsPressed)(gpointer user_data);

/* From here to its end @exchange's answer is held back while @is_pressed; then its
 * connection is as it was. @clock outlives it. @user_data is freed by @destroy. Where the
 * kernel tells nothing of the connection nothing is held back. */
void sc_background_watch(ScExchange *exchange, ScClock *clock,
                         ScBackgroundIsPressed is_pressed, gpointer user_data,
                         GDestroyNotify destroy);

/* SPDX-License-Identifier: Apache-2.0 */
/* notice.h: what a classroom's box says on its screen between lessons, in either
 * language. Pure: draws nothing. Thread: main. */
#pragma once

#include <stdint.h>

#include "client/attendant.h"
#include "client/poster.h"
#include "signaling/protocol/word.h"

typedef struct {
    ScLanguage language;
    const char *zone; /* IANA, of the clock that is shown */
} ScNoticeSettings;

typedef struct {
    ScPoster poster;  /* its texts are static, the attendant's or ours */
    GPtrArray *texts; /* owned: those that had to be made */
} ScNotice;

/* @self is all zero, or cleared. @attendant outlives what was written. */
void sc_notice_write(ScNotice *self, const ScAttendant *attendant,
                     const ScNoticeSettings *settings, int64_t now_us);
void sc_notice_clear(ScNotice *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScNotice, sc_notice_clear)

/* All of it as one text, a line each: equal where nothing is new. */
char *sc_notice_dup_words(const ScNotice *self) G_GNUC_WARN_UNUSED_RESULT;

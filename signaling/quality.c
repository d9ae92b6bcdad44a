/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/quality.h"

#include <math.h>
#include <string.h>

#define RATE_STEP_KBPS 10
#define RTT_STEP_MS 5
#define LOSS_STEPS 10.0 /* of a per cent */

static unsigned
round_to(double value, unsigned step)
{
    return (unsigned)lround(value / step) * step;
}

ScLevel
sc_quality_get_level(double loss_pct, unsigned rtt_ms)
{
    if (loss_pct <= SC_QUALITY_GOOD_LOSS_PCT && rtt_ms <= SC_QUALITY_GOOD_RTT_MS)
        return SC_LEVEL_GOOD;
    if (loss_pct <= SC_QUALITY_WEAK_LOSS_PCT && rtt_ms <= SC_QUALITY_WEAK_RTT_MS)
        return SC_LEVEL_WEAK;
    return SC_LEVEL_BAD;
}

bool
sc_quality_update(ScSession *session, const ScControlQuality *figures,
                  ScQualityEvent *out_event)
{
    bool is_up = session->kind == SC_SESSION_PUBLISH;
    const ScControlFlow *flow = is_up ? &figures->up : &figures->down;
    ScQualityEvent event = {
        .direction = is_up ? SC_DIRECTION_UP : SC_DIRECTION_DOWN,
        .loss_pct = round(flow->loss_pct * LOSS_STEPS) / LOSS_STEPS,
        .rtt_ms = round_to(figures->rtt_ms, RTT_STEP_MS),
        .kbps = round_to(flow->kbps, RATE_STEP_KBPS),
    };
    sc_event_copy_text(event.site, sizeof event.site, session->site);
    event.level = sc_quality_get_level(event.loss_pct, event.rtt_ms);
    /* It is well with what little it is sent. */
    if (figures->limited && !is_up && event.level == SC_LEVEL_GOOD)
        event.level = SC_LEVEL_WEAK;
    const ScQualityEvent *told = &session->quality;
    if (told->site[0] != '\0' && told->loss_pct == event.loss_pct
        && told->rtt_ms == event.rtt_ms && told->kbps == event.kbps
        && told->level == event.level)
        return false;
    session->quality = event;
    *out_event = event;
    return true;
}

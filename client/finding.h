/* SPDX-License-Identifier: Apache-2.0 */
/* finding.h: what acoustics.h measured, judged and said to people. Pure. */
#pragma once

#include "client/acoustics.h"
#include "signaling/protocol/word.h"

typedef enum {
    SC_FINDING_SILENT,  /* nothing comes from the microphone */
    SC_FINDING_NO_LINE, /* sound does not get through, to the room or from it */
    SC_FINDING_UNHEARD, /* the microphone does not hear the loudspeaker */
    SC_FINDING_ECHO,    /* it comes back nearly as it is */
    SC_FINDING_WEAK,    /* it is lowered, and still to be heard */
    SC_FINDING_GOOD,
    SC_N_FINDINGS
} ScFinding;

typedef enum { SC_GRADE_GOOD, SC_GRADE_WEAK, SC_GRADE_BAD } ScGrade;

ScFinding sc_finding_judge(const ScAcousticsFigures *figures);
ScGrade sc_finding_get_grade(ScFinding finding);
/* "good", "weak", "bad". */
const char *sc_finding_get_grade_name(ScGrade grade);
const char *sc_finding_get_sentence(ScFinding finding, ScLanguage language);
/* What the far end would hear of itself, or did. */
double sc_finding_get_left_db(const ScAcousticsFigures *figures);
/* The echo's loss from the microphone to there. */
double sc_finding_get_erle_db(const ScAcousticsFigures *figures);

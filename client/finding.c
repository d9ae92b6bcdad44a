/* SPDX-License-Identifier: Apache-2.0 */
#include "client/finding.h"

/* A listener does not notice an echo that is 20 dB weaker, and minds one of 10. */
#define GOOD_ERLE_DB 20.0
#define WEAK_ERLE_DB 10.0
/* Nor one below the noise of a quiet room. */
#define INAUDIBLE_DB (-55.0)
/* A told delay stands so long before the echo: room for a clock that is not quite right.
 */
#define LEAD_MS 20

static const struct {
    ScGrade grade;
    const char *sentences[SC_N_LANGUAGES];
} findings[SC_N_FINDINGS] = {
    [SC_FINDING_SILENT] = { SC_GRADE_BAD,
                            { "麦克风没有声音，请检查连接和静音开关",
                              "No sound comes from the microphone. Check its cable and "
                              "its switch" } },
    [SC_FINDING_UNHEARD] = { SC_GRADE_BAD,
                             { "麦克风听不到扬声器，请检查扬声器的连接和音量",
                               "The microphone does not hear the loudspeaker. Check its "
                               "cable and volume" } },
    [SC_FINDING_LATE] = { SC_GRADE_BAD,
                          { "扬声器的出声时间与设置不符，请按下面的数值设置 "
                            "echo-delay-ms",
                            "The loudspeaker does not sound when it is expected to. Set "
                            "echo-delay-ms to the number below" } },
    [SC_FINDING_ECHO] = { SC_GRADE_BAD,
                          { "对方会听到自己的回声，请调低音量，或让麦克风离扬声器远一些",
                            "The far end hears itself. Turn the volume down, or move the "
                            "microphone away from the loudspeaker" } },
    [SC_FINDING_WEAK] = { SC_GRADE_WEAK,
                          { "对方会听到轻微回声，可以上课，最好调低音量",
                            "The far end hears itself faintly. You can teach; less "
                            "volume "
                            "is better" } },
    [SC_FINDING_GOOD] = { SC_GRADE_GOOD,
                          { "声音良好，对方听不到回声",
                            "The sound is good. The far end does not hear itself" } },
};

/* Later than the filter reaches, or before the time that it was told. */
static bool
is_out_of_reach(const ScAcousticsFigures *figures, int echo_delay_ms)
{
    return figures->late_ms > echo_delay_ms + SC_CANCELLER_REACH_MS
           || (echo_delay_ms > 0
               && figures->late_ms < echo_delay_ms + SC_CANCELLER_MARGIN_MS);
}

ScFinding
sc_finding_judge(const ScAcousticsFigures *figures, int echo_delay_ms)
{
    double erle_db = sc_finding_get_erle_db(figures);
    if (!figures->has_sound || figures->before_db <= SC_ECHO_SILENCE_DB)
        return SC_FINDING_SILENT;
    if (!figures->is_heard)
        return SC_FINDING_UNHEARD;
    if (erle_db >= GOOD_ERLE_DB || figures->after_db <= INAUDIBLE_DB)
        return SC_FINDING_GOOD;
    if (is_out_of_reach(figures, echo_delay_ms))
        return SC_FINDING_LATE;
    return erle_db >= WEAK_ERLE_DB ? SC_FINDING_WEAK : SC_FINDING_ECHO;
}

ScGrade
sc_finding_get_grade(ScFinding finding)
{
    return findings[finding].grade;
}

const char *
sc_finding_get_grade_name(ScGrade grade)
{
    static const char *const names[] = {
        [SC_GRADE_GOOD] = "good", [SC_GRADE_WEAK] = "weak", [SC_GRADE_BAD] = "bad"
    };
    return names[grade];
}

const char *
sc_finding_get_sentence(ScFinding finding, ScLanguage language)
{
    return findings[finding].sentences[language];
}

int
sc_finding_get_echo_delay_ms(const ScAcousticsFigures *figures)
{
    bool is_reached = !figures->is_heard || figures->late_ms <= SC_CANCELLER_REACH_MS;
    return is_reached ? 0 : (int)figures->late_ms - LEAD_MS;
}

double
sc_finding_get_erle_db(const ScAcousticsFigures *figures)
{
    return figures->before_db - figures->after_db;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "client/finding.h"

/* A listener does not notice an echo that is 20 dB weaker, and minds one of 10. */
#define GOOD_ERLE_DB 20.0
#define WEAK_ERLE_DB 10.0
/* Nor one below the noise of a quiet room. */
#define INAUDIBLE_DB (-55.0)

static const struct {
    ScGrade grade;
    const char *sentences[SC_N_LANGUAGES];
} findings[SC_N_FINDINGS] = {
    [SC_FINDING_SILENT] = { SC_GRADE_BAD,
                            { "麦克风没有声音，请检查连接和静音开关",
                              "No sound comes from the microphone. Check its cable and "
                              "its switch" } },
    [SC_FINDING_NO_LINE] = { SC_GRADE_BAD,
                             { "声音经过网络没有传通，请检查网络",
                               "No sound gets through to the far end and back. Check the "
                               "line" } },
    [SC_FINDING_UNHEARD] = { SC_GRADE_BAD,
                             { "麦克风听不到扬声器，请检查扬声器的连接和音量",
                               "The microphone does not hear the loudspeaker. Check its "
                               "cable and volume" } },
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

ScFinding
sc_finding_judge(const ScAcousticsFigures *figures)
{
    double erle_db = sc_finding_get_erle_db(figures);
    if (!figures->has_sound || figures->before_db <= SC_ECHO_SILENCE_DB)
        return SC_FINDING_SILENT;
    if (figures->has_far_end && !figures->has_line)
        return SC_FINDING_NO_LINE;
    if (!figures->is_heard)
        return SC_FINDING_UNHEARD;
    if (erle_db >= GOOD_ERLE_DB || sc_finding_get_left_db(figures) <= INAUDIBLE_DB)
        return SC_FINDING_GOOD;
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

double
sc_finding_get_left_db(const ScAcousticsFigures *figures)
{
    return figures->has_far_end ? figures->far_db : figures->after_db;
}

double
sc_finding_get_erle_db(const ScAcousticsFigures *figures)
{
    return figures->before_db - sc_finding_get_left_db(figures);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The room as a classroom knows it, event by event, each as it travels. */
#include "client/activity.h"

#define S G_USEC_PER_SEC

#define ROOM                                                                      \
    "'room':{'hands':[],'muted':[],'roll':null,'quiz':null,'chat':{'open':false," \
    "'messages':[]},'strokes':[],'help':[]}"
#define HEAD                                                                      \
    "{'type':'welcome','seq':1,'lesson':{'id':'l','title':'','subject':'',"       \
    "'starts_at':'','ends_at':'','state':'live'},'you':{'site':'hill','name':''," \
    "'role':'classroom'},'sites':[],"
#define WELCOME HEAD "'floor':null,'now':''," ROOM "}"
#define SINGLE(STATE, MORE)                                                     \
    "{'type':'quiz','seq':2,'quiz':1,'kind':'single','question':'?','options':" \
    "['a','b','c'],'state':'" STATE "'" MORE "}"
#define OPEN SINGLE("open", "")

static void
hear(ScActivity *room, const char *text, int64_t now_us)
{
    g_autofree char *json = g_strdelimit(g_strdup(text), "'", '"');
    g_auto(ScEvent) event = { 0 };
    g_autoptr(GError) error = NULL;
    bool is_parsed = sc_event_parse(json, strlen(json), &event, &error);
    g_assert_no_error(error);
    g_assert_true(is_parsed);
    sc_activity_apply(room, &event, "town", now_us);
}

static void
enter(ScActivity *room)
{
    sc_activity_init(room);
    hear(room, WELCOME, S);
}

static void
hands_stand_in_the_order_they_were_raised(void)
{
    ScActivity room;
    enter(&room);
    g_assert_cmpuint(sc_activity_get_place(&room, "hill"), ==, 0);
    hear(&room, "{'type':'hand','seq':2,'site':'hill','up':true,'hands':['lake','hill']}",
         S);
    g_assert_cmpuint(sc_activity_get_place(&room, "hill"), ==, 2);
    hear(&room, "{'type':'hand','seq':3,'site':'lake','up':false,'hands':['hill']}", S);
    g_assert_cmpuint(sc_activity_get_place(&room, "hill"), ==, 1);
    hear(&room, "{'type':'hand','seq':4,'site':null,'up':false,'hands':[]}", S);
    g_assert_cmpuint(sc_activity_get_place(&room, "hill"), ==, 0);
    sc_activity_clear(&room);
}

static void
answer_is_kept_when_the_server_says_so(void)
{
    ScActivity room;
    enter(&room);
    hear(&room, OPEN, S);
    g_assert_cmpint(sc_activity_get_question(&room, S), ==, SC_QUESTION_SINGLE);
    sc_activity_note_sent(&room, SC_QUESTION_SINGLE, true);
    g_assert_cmpint(room.answer, ==, SC_REPLY_SENT);
    hear(&room, "{'type':'answered','quiz':7,'choice':[0],'id':3}", S);
    g_assert_cmpint(room.answer, ==, SC_REPLY_SENT);
    hear(&room, "{'type':'answered','quiz':1,'choice':[2],'id':3}", S);
    g_assert_cmpint(room.answer, ==, SC_REPLY_KEPT);
    g_assert_cmpint(room.mine.choices, ==, 0x4);
    hear(&room,
         SINGLE("closed",
                ",'sum':{'answers':2,'sites':[],'choices':[0,1,1],'numbers':[]}"),
         2 * S);
    g_assert_cmpint(sc_activity_get_question(&room, 2 * S), ==, SC_QUESTION_NONE);
    g_assert_cmpint(room.mine.choices, ==, 0x4);
    g_assert_cmpuint(room.quiz.sum->choices[2], ==, 1);
    g_assert_cmpint(room.quiz_us, ==, 2 * S);
    sc_activity_clear(&room);
}

static void
another_quiz_forgets_the_answer_to_the_last(void)
{
    ScActivity room;
    enter(&room);
    hear(&room, OPEN, S);
    hear(&room, "{'type':'answered','quiz':1,'choice':[2],'id':3}", S);
    hear(&room,
         "{'type':'quiz','seq':4,'quiz':2,'kind':'number','question':'?',"
         "'state':'open'}",
         S);
    g_assert_cmpint(sc_activity_get_question(&room, S), ==, SC_QUESTION_NUMBER);
    g_assert_cmpint(room.answer, ==, SC_REPLY_NONE);
    g_assert_cmpint(room.mine.shape, ==, SC_ANSWER_NONE);
    sc_activity_clear(&room);
}

static void
what_was_asked_last_is_answered_first(void)
{
    ScActivity room;
    enter(&room);
    hear(&room, OPEN, S);
    hear(&room, "{'type':'roll-call','seq':3,'roll':1}", S);
    g_assert_cmpint(sc_activity_get_question(&room, S), ==, SC_QUESTION_COUNT);
    hear(&room, "{'type':'present','seq':4,'site':'lake','count':9}", S);
    g_assert_cmpint(sc_activity_get_question(&room, S), ==, SC_QUESTION_COUNT);
    hear(&room, "{'type':'present','seq':5,'site':'hill','count':32}", S);
    g_assert_cmpint(sc_activity_get_question(&room, S), ==, SC_QUESTION_SINGLE);
    g_assert_cmpuint(room.count, ==, 32);
    hear(&room, "{'type':'roll-call','seq':6,'roll':2}", S);
    g_assert_cmpint(sc_activity_get_question(&room, S), ==, SC_QUESTION_COUNT);
    g_assert_cmpint(sc_activity_get_question(&room, 200 * S), ==, SC_QUESTION_SINGLE);
    sc_activity_clear(&room);
}

static void
mute_holds_until_the_floor_or_its_end(void)
{
    static const struct {
        const char *event;
        bool is_muted;
    } steps[] = {
        { "{'type':'mute','seq':2,'site':'lake','muted':true}", false },
        { "{'type':'mute','seq':2,'site':'hill','muted':true}", true },
        { "{'type':'mute','seq':2,'site':'lake','muted':false}", true },
        { "{'type':'mute','seq':2,'site':'hill','muted':false}", false },
        { "{'type':'mute','seq':2,'site':null,'muted':true}", true },
        { "{'type':'floor','seq':2,'site':'lake'}", true },
        { "{'type':'floor','seq':2,'site':'hill'}", false },
        { "{'type':'floor','seq':2,'site':null}", false },
    };
    ScActivity room;
    enter(&room);
    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++) {
        hear(&room, steps[i].event, S);
        g_assert_cmpint(room.is_muted, ==, steps[i].is_muted);
    }
    sc_activity_clear(&room);
}

static void
welcome_says_how_the_room_stands(void)
{
    ScActivity room;
    sc_activity_init(&room);
    hear(&room,
         HEAD "'floor':null,'now':'','room':{'hands':['lake','hill'],'muted':['hill'],"
              "'roll':{'roll':3,'present':{'lake':9}},"
              "'quiz':{'quiz':4,'kind':'truth','question':'?','state':'open',"
              "'mine':[1]},'chat':{'open':false,'messages':[]},'strokes':[],"
              "'help':['hill'],'code':'123456'}}",
         S);
    g_assert_cmpuint(sc_activity_get_place(&room, "hill"), ==, 2);
    g_assert_true(room.is_muted);
    g_assert_true(sc_activity_wants_help(&room, "hill"));
    g_assert_cmpstr(room.code, ==, "123456");
    g_assert_cmpint(room.answer, ==, SC_REPLY_KEPT);
    g_assert_cmpint(room.mine.choices, ==, 0x2);
    g_assert_cmpint(sc_activity_get_question(&room, S), ==, SC_QUESTION_COUNT);
    /* Of the reply that was on its way when the line broke, nothing came there. */
    sc_activity_note_sent(&room, SC_QUESTION_COUNT, true);
    hear(&room, WELCOME, 2 * S);
    g_assert_cmpint(room.counting, ==, SC_REPLY_NONE);
    g_assert_cmpuint(sc_activity_get_place(&room, "hill"), ==, 0);
    g_assert_false(room.is_muted);
    g_assert_false(sc_activity_wants_help(&room, "hill"));
    sc_activity_clear(&room);
}

static void
only_the_teachers_words_are_kept(void)
{
    ScActivity room;
    enter(&room);
    hear(&room, "{'type':'chat','seq':2,'message':1,'site':'lake','name':'','text':'hi'}",
         S);
    g_assert_null(room.said);
    hear(&room, "{'type':'chat','seq':3,'message':2,'site':'town','name':'','text':'ho'}",
         S);
    g_assert_cmpstr(room.said, ==, "ho");
    hear(&room, "{'type':'chat-removed','seq':4,'message':1}", S);
    g_assert_cmpstr(room.said, ==, "ho");
    hear(&room, "{'type':'chat-removed','seq':5,'message':null}", S);
    g_assert_null(room.said);
    sc_activity_clear(&room);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/activity/hands", hands_stand_in_the_order_they_were_raised);
    g_test_add_func("/activity/answer", answer_is_kept_when_the_server_says_so);
    g_test_add_func("/activity/another", another_quiz_forgets_the_answer_to_the_last);
    g_test_add_func("/activity/order", what_was_asked_last_is_answered_first);
    g_test_add_func("/activity/mute", mute_holds_until_the_floor_or_its_end);
    g_test_add_func("/activity/welcome", welcome_says_how_the_room_stands);
    g_test_add_func("/activity/words", only_the_teachers_words_are_kept);
    return g_test_run();
}

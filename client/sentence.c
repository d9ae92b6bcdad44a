/* SPDX-License-Identifier: Apache-2.0 */
#include "client/sentence.h"

#include <glib.h>

static const char *const state_names[SC_N_ROOM_STATES] = {
    [SC_ROOM_CONNECTING] = "connecting",
    [SC_ROOM_PLAYING] = "playing",
    [SC_ROOM_WAITING] = "waiting",
    [SC_ROOM_RECONNECTING] = "reconnecting",
    [SC_ROOM_OVER] = "over",
};

static const char *const classroom_sentences[SC_N_ROOM_STATES][SC_N_LANGUAGES] = {
    [SC_ROOM_CONNECTING] = { "正在进入课堂…", "Entering the lesson…" },
    [SC_ROOM_PLAYING] = { "正在上课", "The lesson is on" },
    [SC_ROOM_WAITING] = { "已进入课堂，等待老师…",
                          "You are in. Waiting for the teacher…" },
    [SC_ROOM_RECONNECTING] = { "课堂连接中断，正在重新连接…",
                               "The line is down. Connecting again…" },
    [SC_ROOM_OVER] = { "下课了", "The lesson is over" },
};

static const char *const teacher_sentences[SC_N_ROOM_STATES][SC_N_LANGUAGES] = {
    [SC_ROOM_CONNECTING] = { "正在进入课堂…", "Entering the lesson…" },
    [SC_ROOM_PLAYING] = { "正在上课，教室可以看到您",
                          "You are on. The classrooms see you" },
    [SC_ROOM_WAITING] = { "已进入课堂，等待教室…",
                          "You are on. Waiting for the classrooms…" },
    [SC_ROOM_RECONNECTING] = { "课堂连接中断，正在重新连接…",
                               "The line is down. Connecting again…" },
    [SC_ROOM_OVER] = { "下课了", "The lesson is over" },
};

static const char *const captions[SC_N_CAPTIONS][SC_N_LANGUAGES] = {
    [SC_CAPTION_ON_FLOOR] = { "正在发言：大家能看到、听到本教室",
                              "Speaking: everyone sees and hears this room" },
    [SC_CAPTION_MUTED] = { "只有老师能看到、听到本教室",
                           "Only the teacher sees and hears this room" },
    [SC_CAPTION_SILENCED] = { "老师关了本教室的话筒：没有人能听到",
                              "The teacher turned this room's microphone off" },
    [SC_CAPTION_VOLUME] = { "音量", "Volume" },
    [SC_CAPTION_NO_PICTURE] = { "没有画面", "No picture" },
};

const char *
sc_sentence_get_state(ScRoomState state)
{
    return state_names[state];
}

const char *
sc_sentence_get(ScRoomState state, ScRole role, ScLanguage language)
{
    return role == SC_ROLE_TEACHER ? teacher_sentences[state][language]
                                   : classroom_sentences[state][language];
}

const char *
sc_sentence_get_cancelled(ScLanguage language)
{
    return language == SC_LANGUAGE_EN ? "This lesson was cancelled" : "这节课取消了";
}

char *
sc_sentence_dup_countdown(unsigned minutes, ScLanguage language)
{
    if (language != SC_LANGUAGE_EN)
        return g_strdup_printf("距离上课还有 %u 分钟", minutes);
    return g_strdup_printf("The lesson begins in %u %s", minutes,
                           minutes == 1 ? "minute" : "minutes");
}

char *
sc_sentence_dup_slides_coming(unsigned percent, ScLanguage language)
{
    return g_strdup_printf(language == SC_LANGUAGE_EN ? "The slides are coming, %u %%"
                                                      : "课件正在下载 %u%%",
                           percent);
}

const char *
sc_sentence_get_slides_broken(ScLanguage language)
{
    return language == SC_LANGUAGE_EN ? "This page cannot be shown" : "这一页无法显示";
}

const char *
sc_sentence_get_caption(ScCaption caption, ScLanguage language)
{
    return captions[caption][language];
}

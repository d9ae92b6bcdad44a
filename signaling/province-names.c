/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/province-names.h"

typedef struct {
    const char *zh;
    const char *en;
} Word;

static const Word firsts[] = {
    { "清", "Qing" },  { "云", "Yun" },  { "石", "Shi" }, { "龙", "Long" },
    { "白", "Bai" },   { "松", "Song" }, { "柳", "Liu" }, { "枫", "Feng" },
    { "梅", "Mei" },   { "青", "Qing" }, { "金", "Jin" }, { "双", "Shuang" },
    { "长", "Chang" }, { "南", "Nan" },  { "沙", "Sha" }, { "桃", "Tao" },
    { "竹", "Zhu" },   { "凤", "Feng" }, { "安", "An" },  { "永", "Yong" },
};

static const Word seconds[] = {
    { "溪", "xi" },   { "岭", "ling" }, { "河", "he" },    { "山", "shan" },
    { "塘", "tang" }, { "湾", "wan" },  { "桥", "qiao" },  { "坪", "ping" },
    { "泉", "quan" }, { "原", "yuan" }, { "江", "jiang" }, { "川", "chuan" },
};

G_STATIC_ASSERT(G_N_ELEMENTS(firsts) * G_N_ELEMENTS(seconds) == SC_PROVINCE_PLACES);

static const Word surnames[] = {
    { "王", "wang" },  { "李", "li" },    { "张", "zhang" }, { "刘", "liu" },
    { "陈", "chen" },  { "杨", "yang" },  { "黄", "huang" }, { "赵", "zhao" },
    { "吴", "wu" },    { "周", "zhou" },  { "徐", "xu" },    { "孙", "sun" },
    { "马", "ma" },    { "朱", "zhu" },   { "胡", "hu" },    { "郭", "guo" },
    { "何", "he" },    { "高", "gao" },   { "林", "lin" },   { "罗", "luo" },
    { "郑", "zheng" }, { "梁", "liang" }, { "谢", "xie" },
};

static const Word givens[] = {
    { "伟", "wei" },  { "秀英", "xiuying" }, { "芳", "fang" }, { "建国", "jianguo" },
    { "敏", "min" },  { "丽华", "lihua" },   { "静", "jing" }, { "志强", "zhiqiang" },
    { "磊", "lei" },  { "桂兰", "guilan" },  { "洋", "yang" }, { "晓燕", "xiaoyan" },
    { "勇", "yong" }, { "春梅", "chunmei" }, { "艳", "yan" },  { "文博", "wenbo" },
    { "娟", "juan" }, { "海涛", "haitao" },  { "涛", "tao" },  { "玉珍", "yuzhen" },
    { "明", "ming" }, { "雪梅", "xuemei" },  { "超", "chao" }, { "思远", "siyuan" },
    { "霞", "xia" },  { "国栋", "guodong" }, { "平", "ping" }, { "欣怡", "xinyi" },
    { "刚", "gang" }, { "红霞", "hongxia" }, { "玲", "ling" },
};

static const char *const grades[] = { "三年级", "四年级", "五年级", "六年级" };
static const char *const subjects[] = { "数学", "语文", "英语", "科学", "音乐", "美术" };
G_STATIC_ASSERT(G_N_ELEMENTS(grades) == SC_PROVINCE_GRADES);
G_STATIC_ASSERT(G_N_ELEMENTS(subjects) == SC_PROVINCE_SUBJECTS);

void
sc_province_name_clear(ScProvinceName *name)
{
    g_free(name->zh);
    g_free(name->en);
}

/* A place's two words, with @zh and @en behind. */
static ScProvinceName
name_place(unsigned index, const char *zh, const char *en)
{
    const unsigned n = G_N_ELEMENTS(firsts);
    unsigned first = index % n;
    unsigned second = (index / n + first) % (unsigned)G_N_ELEMENTS(seconds);
    return (ScProvinceName){
        .zh = g_strconcat(firsts[first].zh, seconds[second].zh, zh, NULL),
        .en = g_strconcat(firsts[first].en, seconds[second].en, en, NULL),
    };
}

ScProvinceName
sc_province_name_city(unsigned index)
{
    return name_place(SC_PROVINCE_PLACES - 1 - index, "市", " City");
}

ScProvinceName
sc_province_name_county(unsigned index)
{
    return name_place(index, "县", " County");
}

ScProvinceName
sc_province_name_school(unsigned county, unsigned index, bool is_town)
{
    unsigned place = (county * 41 + 83 + index) % SC_PROVINCE_PLACES;
    if (is_town)
        return name_place(place, "镇中心小学", " Central School");
    return index % 3 == 0 ? name_place(place, "教学点", " Teaching Point")
                          : name_place(place, "村小学", " Village School");
}

ScProvinceName
sc_province_name_site(const ScProvinceName *school, unsigned index)
{
    unsigned grade = index % SC_PROVINCE_GRADES;
    unsigned number = index / SC_PROVINCE_GRADES + 1;
    return (ScProvinceName){
        .zh = g_strdup_printf("%s %s（%u）班", school->zh, grades[grade], number),
        .en = g_strdup_printf("%s, class %u (%u)", school->en,
                              grade + SC_PROVINCE_GRADE_FIRST, number),
    };
}

ScProvinceName
sc_province_name_person(unsigned index)
{
    const Word *surname = &surnames[index % G_N_ELEMENTS(surnames)];
    const Word *given = &givens[index % G_N_ELEMENTS(givens) * 7 % G_N_ELEMENTS(givens)];
    return (ScProvinceName){
        .zh = g_strconcat(surname->zh, given->zh, NULL),
        .en = g_strconcat(surname->en, ".", given->en, NULL),
    };
}

const char *
sc_province_name_subject(unsigned index)
{
    return subjects[index % SC_PROVINCE_SUBJECTS];
}

const char *
sc_province_name_grade(unsigned index)
{
    return grades[index % SC_PROVINCE_GRADES];
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/quiz.h"

#include <string.h>

#include "signaling/problem.h"

/* What a site and its pupils answered. */
typedef struct {
    ScQuizSite sums;
    ScQuizAnswer answers[SC_PUPILS_MAX + 1]; /* 0: the site's own */
} Site;

typedef struct {
    int64_t value;
    unsigned n;
} Number;

struct ScQuiz {
    unsigned number;
    ScQuizState state;
    ScQuizOpenRequest asked;
    ScQuizAnswer right;
    GHashTable *sites;   /* owned: id → Site, owned; the key is the site's own */
    GPtrArray *order;    /* owned: of Site, borrowed: as they first answered */
    GHashTable *numbers; /* owned: value → Number, owned, whose value is the key */
    unsigned n_answers;
    unsigned choices[SC_QUIZ_OPTIONS_MAX];
};

ScQuiz *
sc_quiz_new(unsigned number, const ScQuizOpenRequest *asked)
{
    ScQuiz *self = g_new0(ScQuiz, 1);
    self->number = number;
    self->state = SC_QUIZ_OPEN;
    self->asked = *asked;
    self->sites = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    self->order = g_ptr_array_new();
    self->numbers = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    return self;
}

void
sc_quiz_free(ScQuiz *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->sites);
    g_ptr_array_unref(self->order);
    g_hash_table_unref(self->numbers);
    g_free(self);
}

unsigned
sc_quiz_get_number(const ScQuiz *self)
{
    return self->number;
}

ScQuizState
sc_quiz_get_state(const ScQuiz *self)
{
    return self->state;
}

static unsigned
count_options(const ScQuiz *self)
{
    return self->asked.kind == SC_QUIZ_TRUTH ? SC_QUIZ_TRUTHS : self->asked.n_options;
}

static bool
check_choices(const ScQuiz *self, uint8_t choices, GError **error)
{
    unsigned n_options = count_options(self);
    bool is_one = (choices & (choices - 1)) == 0;
    if (choices == 0 || choices >> n_options != 0)
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_OPTION,
                    "quiz %u has options 0 to %u, not %d", self->number, n_options - 1,
                    g_bit_nth_msf(choices, -1));
    else if (self->asked.kind != SC_QUIZ_MULTIPLE && !is_one)
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_OPTION,
                    "quiz %u is of kind %s: exactly one choice", self->number,
                    sc_word_quiz_kinds[self->asked.kind]);
    else
        return true;
    return false;
}

/* Does @answer fit what was asked. */
static bool
check_answer(const ScQuiz *self, const ScQuizAnswer *answer, GError **error)
{
    bool is_number = self->asked.kind == SC_QUIZ_NUMBER;
    if (answer->shape == (is_number ? SC_ANSWER_NUMBER : SC_ANSWER_CHOICE))
        return is_number || check_choices(self, answer->choices, error);
    g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_OPTION,
                "quiz %u is of kind %s: “%s” is wanted", self->number,
                sc_word_quiz_kinds[self->asked.kind], is_number ? "number" : "choice");
    return false;
}

static bool
check_open(const ScQuiz *self, GError **error)
{
    if (self->state == SC_QUIZ_OPEN)
        return true;
    g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_QUIZ_CLOSED, "quiz %u is %s",
                self->number, sc_word_quiz_states[self->state]);
    return false;
}

bool
sc_quiz_close(ScQuiz *self, GError **error)
{
    if (!check_open(self, error))
        return false;
    self->state = SC_QUIZ_CLOSED;
    return true;
}

bool
sc_quiz_reveal(ScQuiz *self, const ScQuizAnswer *right, GError **error)
{
    if (self->state == SC_QUIZ_OPEN) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_QUIZ_OPEN,
                    "quiz %u is still open: close it first", self->number);
        return false;
    }
    if (right->shape != SC_ANSWER_NONE && !check_answer(self, right, error))
        return false;
    self->state = SC_QUIZ_REVEALED;
    self->right = *right;
    return true;
}

static Site *
get_site(ScQuiz *self, const char *id)
{
    Site *site = g_hash_table_lookup(self->sites, id);
    if (site != NULL)
        return site;
    site = g_new0(Site, 1);
    g_strlcpy(site->sums.site, id, sizeof site->sums.site);
    g_hash_table_insert(self->sites, site->sums.site, site);
    g_ptr_array_add(self->order, site);
    return site;
}

static void
count_number(ScQuiz *self, int64_t value, int step)
{
    Number *number = g_hash_table_lookup(self->numbers, &value);
    if (number == NULL) {
        number = g_new(Number, 1);
        *number = (Number){ value, 0 };
        g_hash_table_insert(self->numbers, &number->value, number);
    }
    number->n += (unsigned)step;
    if (number->n == 0)
        g_hash_table_remove(self->numbers, &value);
}

/* @step: 1 adds, −1 takes away. */
static void
count(ScQuiz *self, Site *site, const ScQuizAnswer *answer, int step)
{
    if (answer->shape == SC_ANSWER_NONE)
        return;
    self->n_answers += (unsigned)step;
    site->sums.n_answers += (unsigned)step;
    if (answer->shape == SC_ANSWER_NUMBER) {
        count_number(self, answer->number, step);
        return;
    }
    for (unsigned k = 0; k < SC_QUIZ_OPTIONS_MAX; k++) {
        if ((answer->choices >> k & 1) == 0)
            continue;
        self->choices[k] += (unsigned)step;
        site->sums.choices[k] += (unsigned)step;
    }
}

bool
sc_quiz_answer(ScQuiz *self, const char *site, unsigned pupil, const ScQuizAnswer *answer,
               GError **error)
{
    g_assert(pupil <= SC_PUPILS_MAX);
    if (!check_open(self, error) || !check_answer(self, answer, error))
        return false;
    Site *found = get_site(self, site);
    count(self, found, &found->answers[pupil], -1);
    found->answers[pupil] = *answer;
    count(self, found, answer, 1);
    return true;
}

ScQuizAnswer
sc_quiz_get_answer(const ScQuiz *self, const char *site, unsigned pupil)
{
    const Site *found = g_hash_table_lookup(self->sites, site);
    return found != NULL ? found->answers[pupil] : (ScQuizAnswer){ 0 };
}

/* The most frequent first, the smaller value where they are alike. */
static gint
compare_numbers(gconstpointer a, gconstpointer b)
{
    const Number *x = *(const Number *const *)a;
    const Number *y = *(const Number *const *)b;
    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return (x->value > y->value) - (x->value < y->value);
}

static void
fill_numbers(const ScQuiz *self, ScQuizSum *sum)
{
    guint n = g_hash_table_size(self->numbers);
    g_autoptr(GList) values = g_hash_table_get_values(self->numbers);
    g_autoptr(GPtrArray) sorted = g_ptr_array_sized_new(n);
    for (GList *link = values; link != NULL; link = link->next)
        g_ptr_array_add(sorted, link->data);
    g_ptr_array_sort(sorted, compare_numbers);
    sum->n_numbers = MIN(n, SC_QUIZ_NUMBERS_MAX);
    for (unsigned i = 0; i < sum->n_numbers; i++) {
        const Number *number = g_ptr_array_index(sorted, i);
        sum->numbers[i].value = number->value;
        sum->numbers[i].n = number->n;
    }
}

ScQuizSum *
sc_quiz_dup_sum(const ScQuiz *self)
{
    ScQuizSum *sum = g_new0(ScQuizSum, 1);
    sum->n_answers = self->n_answers;
    sum->n_choices = count_options(self);
    memcpy(sum->choices, self->choices, sizeof sum->choices);
    sum->n_sites = MIN(self->order->len, SC_EVENT_SITES_MAX);
    sum->sites = g_new0(ScQuizSite, sum->n_sites);
    for (unsigned i = 0; i < sum->n_sites; i++)
        sum->sites[i] = ((const Site *)g_ptr_array_index(self->order, i))->sums;
    fill_numbers(self, sum);
    return sum;
}

void
sc_quiz_fill(const ScQuiz *self, bool with_sum, ScQuizEvent *out_event)
{
    *out_event = (ScQuizEvent){
        .quiz = self->number,
        .state = self->state,
        .asked = self->asked,
        .right = self->right,
        .sum = with_sum ? sc_quiz_dup_sum(self) : NULL,
    };
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/school/password.h"

#include <sodium.h>
#include <string.h>

#define N_THREADS 2 /* 64 MiB each while one is at work */
#define FIRST_ALPHABET "23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"

struct ScPasswordPool {
    GThreadPool *threads; /* owned */
    unsigned max_waiting;
};

/* What a thread is given; wiped when it is done. */
typedef struct {
    char *password; /* owned */
    char *hash;     /* owned: verify against it; NULL: against nobody's */
    bool is_making; /* make a hash, verify nothing */
} Work;

G_DEFINE_QUARK(sc_password_error, sc_password_error)

/* Of lists of passwords that were stolen: those that the other rules let through. */
static const char *const commonest[] = {
    "password12",     "password123",   "qwerty12345",  "1q2w3e4r5t",
    "qwertyuiop1",    "a123456789",    "123456789a",   "abc1234567",
    "woaini1314",     "woaini5201314", "5201314abc",   "admin12345",
    "administrator1", "iloveyou123",   "1qaz2wsx3edc", "zaq12wsxcde3",
};

static void
work_free(gpointer data)
{
    Work *work = data;
    sodium_memzero(work->password, strlen(work->password));
    g_free(work->password);
    g_free(work->hash);
    g_free(work);
}

/* The hash that nobody's password has: verifying against it takes as long. */
static const char *
get_nobodys_hash(void)
{
    static char *hash; /* owned by the process */
    if (g_once_init_enter(&hash)) {
        uint8_t bytes[32];
        char text[sizeof bytes * 2 + 1];
        randombytes_buf(bytes, sizeof bytes);
        g_once_init_leave(&hash, sc_password_hash(sodium_bin2hex(text, sizeof text, bytes,
                                                                 sizeof bytes)));
    }
    return hash;
}

static bool
is_right(const char *hash, const char *password)
{
    return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

/* A hash of lesser limits is told in no time; so that the time does not tell which names
 * there are, nobody's is looked at then too. */
static bool
verify(const Work *work)
{
    bool right = work->hash != NULL && is_right(work->hash, work->password);
    if (work->hash == NULL || sc_password_needs_rehash(work->hash))
        (void)is_right(get_nobodys_hash(), work->password);
    return right;
}

static void
do_work(gpointer data, gpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(GTask) task = data;
    const Work *work = g_task_get_task_data(task);
    if (!work->is_making) {
        g_task_return_boolean(task, verify(work));
        return;
    }
    char *hash = sc_password_hash(work->password);
    if (hash != NULL)
        g_task_return_pointer(task, hash, g_free);
    else
        g_task_return_new_error(task, SC_PASSWORD_ERROR, SC_PASSWORD_ERROR_FAILED,
                                "no memory to hash a password");
}

ScPasswordPool *
sc_password_pool_new(unsigned max_waiting)
{
    g_assert(sodium_init() >= 0);
    ScPasswordPool *self = g_new0(ScPasswordPool, 1);
    self->max_waiting = max_waiting;
    self->threads = g_thread_pool_new(do_work, NULL, N_THREADS, FALSE, NULL);
    return self;
}

void
sc_password_pool_free(ScPasswordPool *self)
{
    if (self == NULL)
        return;
    g_thread_pool_free(self->threads, FALSE, TRUE);
    g_free(self);
}

static bool
refuse(GError **error, ScPasswordError rule, const char *message)
{
    g_set_error_literal(error, SC_PASSWORD_ERROR, (gint)rule, message);
    return false;
}

static unsigned
count_kinds(const char *password)
{
    bool letters = false, digits = false, others = false;
    for (; *password != '\0'; password = g_utf8_next_char(password)) {
        gunichar c = g_utf8_get_char(password);
        letters |= g_unichar_isalpha(c);
        digits |= g_unichar_isdigit(c);
        others |= !g_unichar_isalnum(c);
    }
    return (unsigned)letters + digits + others;
}

bool
sc_password_check(const char *password, const char *sign_in, GError **error)
{
    glong length = g_utf8_validate(password, -1, NULL) ? g_utf8_strlen(password, -1) : 0;
    if (length < SC_PASSWORD_MIN || length > SC_PASSWORD_MAX) {
        g_set_error(error, SC_PASSWORD_ERROR, SC_PASSWORD_ERROR_LENGTH,
                    "the password has %ld characters, must have %d to %d", length,
                    SC_PASSWORD_MIN, SC_PASSWORD_MAX);
        return false;
    }
    if (count_kinds(password) < 2)
        return refuse(
            error, SC_PASSWORD_ERROR_KINDS,
            "the password must have two of letters, digits and other characters");
    g_autofree char *folded = g_utf8_casefold(password, -1);
    g_autofree char *name = g_utf8_casefold(sign_in, -1);
    bool has_name = strstr(folded, name) != NULL;
    bool is_commonest = false;
    for (unsigned i = 0; i < G_N_ELEMENTS(commonest); i++)
        is_commonest |= g_str_equal(folded, commonest[i]);
    sodium_memzero(folded, strlen(folded));
    if (has_name)
        return refuse(error, SC_PASSWORD_ERROR_NAME,
                      "the password must not contain the sign-in name");
    if (is_commonest)
        return refuse(error, SC_PASSWORD_ERROR_COMMONEST,
                      "the password is one of the commonest");
    return true;
}

char *
sc_password_make_first(void)
{
    g_assert(sodium_init() >= 0);
    char *password = g_malloc(SC_PASSWORD_FIRST_LENGTH + 1);
    do
        for (unsigned i = 0; i < SC_PASSWORD_FIRST_LENGTH; i++)
            password[i] = FIRST_ALPHABET[randombytes_uniform(sizeof FIRST_ALPHABET - 1)];
    while (password[SC_PASSWORD_FIRST_LENGTH] = '\0', count_kinds(password) < 2);
    return password;
}

static char *
hash_within(const char *password, unsigned long long ops, size_t memory)
{
    g_assert(sodium_init() >= 0);
    char hash[crypto_pwhash_STRBYTES];
    int result = crypto_pwhash_str(hash, password, strlen(password), ops, memory);
    return result == 0 ? g_strdup(hash) : NULL;
}

char *
sc_password_hash(const char *password)
{
    return hash_within(password, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                       crypto_pwhash_MEMLIMIT_INTERACTIVE);
}

char *
sc_password_hash_first(const char *password)
{
    return hash_within(password, crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN);
}

bool
sc_password_needs_rehash(const char *hash)
{
    return crypto_pwhash_str_needs_rehash(hash, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                          crypto_pwhash_MEMLIMIT_INTERACTIVE)
           != 0;
}

static Work *
make_work(const char *password, const char *hash, bool is_making)
{
    Work *work = g_new0(Work, 1);
    work->password = g_strdup(password);
    work->hash = g_strdup(hash);
    work->is_making = is_making;
    return work;
}

/* Takes @work. */
static void
push(ScPasswordPool *self, Work *work, GAsyncReadyCallback done, gpointer user_data)
{
    GTask *task = g_task_new(NULL, NULL, done, user_data);
    g_task_set_task_data(task, work, work_free);
    if (g_thread_pool_unprocessed(self->threads) >= self->max_waiting) {
        g_task_return_new_error(task, SC_PASSWORD_ERROR, SC_PASSWORD_ERROR_BUSY,
                                "more than %u passwords wait to be looked at",
                                self->max_waiting);
        g_object_unref(task);
        return;
    }
    g_thread_pool_push(self->threads, task, NULL);
}

void
sc_password_hash_async(ScPasswordPool *self, const char *password,
                       GAsyncReadyCallback done, gpointer user_data)
{
    push(self, make_work(password, NULL, true), done, user_data);
}

char *
sc_password_hash_finish(ScPasswordPool *self G_GNUC_UNUSED, GAsyncResult *result,
                        GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

void
sc_password_verify_async(ScPasswordPool *self, const char *hash, const char *password,
                         GAsyncReadyCallback done, gpointer user_data)
{
    push(self, make_work(password, hash, false), done, user_data);
}

bool
sc_password_verify_finish(ScPasswordPool *self G_GNUC_UNUSED, GAsyncResult *result,
                          GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}

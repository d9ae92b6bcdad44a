/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/lobby.h"

#include <pthread.h>

typedef struct {
    uint64_t id;
    int home;
    void *guest;                       /* borrowed from whoever owns it now */
    char *ufrags[SC_LOBBY_UFRAGS_MAX]; /* owned; newest first */
} Entry;

struct ScLobby {
    pthread_mutex_t lock;
    GHashTable *by_id;    /* owned; owns the entries */
    GHashTable *by_ufrag; /* owned; borrows names and entries of by_id */
};

static void
free_entry(void *data)
{
    Entry *entry = data;

    for (unsigned i = 0; i < SC_LOBBY_UFRAGS_MAX; i++)
        g_free(entry->ufrags[i]);
    g_free(entry);
}

ScLobby *
sc_lobby_new(void)
{
    ScLobby *self = g_new0(ScLobby, 1);

    pthread_mutex_init(&self->lock, NULL);
    self->by_id = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, free_entry);
    self->by_ufrag = g_hash_table_new(g_str_hash, g_str_equal);
    return self;
}

void
sc_lobby_free(ScLobby *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->by_ufrag);
    g_hash_table_unref(self->by_id);
    pthread_mutex_destroy(&self->lock);
    g_free(self);
}

void
sc_lobby_add(ScLobby *self, uint64_t id, const char *ufrag, void *guest)
{
    Entry *entry = g_new0(Entry, 1);

    *entry = (Entry){ .id = id, .home = SC_LOBBY_NO_HOME, .guest = guest };
    entry->ufrags[0] = g_strdup(ufrag);
    pthread_mutex_lock(&self->lock);
    g_assert(g_hash_table_insert(self->by_id, &entry->id, entry));
    g_hash_table_insert(self->by_ufrag, entry->ufrags[0], entry);
    pthread_mutex_unlock(&self->lock);
}

static void
forget_ufrag(ScLobby *self, char *ufrag)
{
    if (ufrag != NULL)
        g_hash_table_remove(self->by_ufrag, ufrag);
    g_free(ufrag);
}

void
sc_lobby_rename(ScLobby *self, uint64_t id, const char *ufrag)
{
    pthread_mutex_lock(&self->lock);
    Entry *entry = g_hash_table_lookup(self->by_id, &id);
    if (entry != NULL) {
        forget_ufrag(self, entry->ufrags[SC_LOBBY_UFRAGS_MAX - 1]);
        for (unsigned i = SC_LOBBY_UFRAGS_MAX - 1; i > 0; i--)
            entry->ufrags[i] = entry->ufrags[i - 1];
        entry->ufrags[0] = g_strdup(ufrag);
        g_hash_table_insert(self->by_ufrag, entry->ufrags[0], entry);
    }
    pthread_mutex_unlock(&self->lock);
}

ScLobbyAnswer
sc_lobby_claim(ScLobby *self, const char *ufrag, int home,
               bool (*check)(void *guest, void *user_data), void *user_data)
{
    ScLobbyAnswer answer = { .home = SC_LOBBY_NO_HOME };

    pthread_mutex_lock(&self->lock);
    Entry *entry = g_hash_table_lookup(self->by_ufrag, ufrag);
    if (entry != NULL) {
        if (entry->home == SC_LOBBY_NO_HOME && check(entry->guest, user_data)) {
            entry->home = home;
            answer.guest = entry->guest;
        }
        answer.id = entry->id;
        answer.home = entry->home;
    }
    pthread_mutex_unlock(&self->lock);
    return answer;
}

ScLobbyAnswer
sc_lobby_visit(ScLobby *self, uint64_t id, void (*visit)(void *guest, void *user_data),
               void *user_data)
{
    ScLobbyAnswer answer = { .home = SC_LOBBY_NO_HOME };

    pthread_mutex_lock(&self->lock);
    Entry *entry = g_hash_table_lookup(self->by_id, &id);
    if (entry != NULL) {
        if (entry->home == SC_LOBBY_NO_HOME)
            visit(entry->guest, user_data);
        answer.id = entry->id;
        answer.home = entry->home;
    }
    pthread_mutex_unlock(&self->lock);
    return answer;
}

static void
forget(ScLobby *self, const Entry *entry)
{
    uint64_t id = entry->id;

    for (unsigned i = 0; i < SC_LOBBY_UFRAGS_MAX; i++)
        if (entry->ufrags[i] != NULL)
            g_hash_table_remove(self->by_ufrag, entry->ufrags[i]);
    g_hash_table_remove(self->by_id, &id);
}

void *
sc_lobby_evict(ScLobby *self, uint64_t id)
{
    void *guest = NULL;

    pthread_mutex_lock(&self->lock);
    Entry *entry = g_hash_table_lookup(self->by_id, &id);
    if (entry != NULL && entry->home == SC_LOBBY_NO_HOME) {
        guest = entry->guest;
        forget(self, entry);
    }
    pthread_mutex_unlock(&self->lock);
    return guest;
}

ScLobbyAnswer
sc_lobby_remove(ScLobby *self, uint64_t id)
{
    ScLobbyAnswer answer = { .home = SC_LOBBY_NO_HOME };

    pthread_mutex_lock(&self->lock);
    Entry *entry = g_hash_table_lookup(self->by_id, &id);
    if (entry != NULL) {
        answer.id = entry->id;
        answer.home = entry->home;
        answer.guest = entry->home == SC_LOBBY_NO_HOME ? entry->guest : NULL;
        forget(self, entry);
    }
    pthread_mutex_unlock(&self->lock);
    return answer;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/config.h"

#include <stdbool.h>
#include <stddef.h>

G_DEFINE_QUARK(sc_config_error, sc_config_error)

typedef struct {
    const char *group;
    const char *key;
    size_t offset;            /* into ScConfig */
    const char *text_default; /* not NULL: a text */
    unsigned min, max, number_default;
} Entry;

#define TEXT(group, field, value)                                \
    {                                                            \
        group, #field, offsetof(ScConfig, field), value, 0, 0, 0 \
    }
#define NUMBER(group, field, min, max, value)                           \
    {                                                                   \
        group, #field, offsetof(ScConfig, field), NULL, min, max, value \
    }

static const Entry entries[] = {
    TEXT("http", listen, "127.0.0.1"),
    NUMBER("http", port, 0, 65535, 8080),
    TEXT("http", certificate, ""),
    TEXT("http", key, ""),
    NUMBER("http", request_timeout_ms, 100, 120000, 10000),
    TEXT("store", database, "/var/lib/synclass/synclass.db"),
    TEXT("control", socket, "/run/synclass/control.sock"),
    NUMBER("control", relay_timeout_ms, 100, 60000, 5000),
    NUMBER("lessons", max_lessons, 1, 100000, 1000),
    NUMBER("lessons", max_sites, 2, 1024, 1024),
    NUMBER("lessons", early_min, 0, 1440, 10),
    NUMBER("lessons", warn_min, 0, 60, 3),
    NUMBER("lessons", max_overtime_min, 0, 240, 30),
    NUMBER("lessons", max_sessions_per_lesson, 2, 100000, 4096),
    NUMBER("lessons", max_sessions_per_site, 2, 64, 8),
    NUMBER("accounts", idle_min, 1, 1440, 30),
    NUMBER("accounts", session_hours, 1, 168, 12),
    NUMBER("accounts", max_failures, 3, 100, 5),
    NUMBER("accounts", lock_min, 1, 1440, 15),
    NUMBER("audit", keep_months, 6, 1200, 24),
    NUMBER("documents", give_way, 0, 1, 1),
    TEXT("school", zone, "Asia/Shanghai"),
    NUMBER("events", max_connections, 1, 100000, 16384),
    NUMBER("events", max_unread, 1, 65536, 256),
    NUMBER("events", hello_timeout_ms, 100, 60000, 5000),
    NUMBER("events", rate_per_s, 1, 1000, 20),
    NUMBER("events", burst, 1, 1000, 40),
};

static char **
text_of(ScConfig *self, const Entry *entry)
{
    return (char **)((char *)self + entry->offset);
}

static unsigned *
number_of(ScConfig *self, const Entry *entry)
{
    return (unsigned *)((char *)self + entry->offset);
}

static const Entry *
lookup_entry(const char *group, const char *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(entries); i++)
        if (g_str_equal(entries[i].group, group) && g_str_equal(entries[i].key, key))
            return &entries[i];
    return NULL;
}

static bool
read_entry(ScConfig *self, const Entry *entry, const char *value, GError **error)
{
    if (entry->text_default != NULL) {
        g_free(*text_of(self, entry));
        *text_of(self, entry) = g_strdup(value);
        return true;
    }
    guint64 number = 0;
    if (!g_ascii_string_to_unsigned(value, 10, entry->min, entry->max, &number, NULL)) {
        g_set_error(error, SC_CONFIG_ERROR, SC_CONFIG_ERROR_VALUE,
                    "[%s] %s = %s: must be a number from %u to %u", entry->group,
                    entry->key, value, entry->min, entry->max);
        return false;
    }
    *number_of(self, entry) = (unsigned)number;
    return true;
}

static bool
read_group(ScConfig *self, GKeyFile *file, const char *group, GError **error)
{
    g_auto(GStrv) keys = g_key_file_get_keys(file, group, NULL, NULL);
    for (char **key = keys; key != NULL && *key != NULL; key++) {
        const Entry *entry = lookup_entry(group, *key);
        if (entry == NULL) {
            g_set_error(error, SC_CONFIG_ERROR, SC_CONFIG_ERROR_KEY,
                        "[%s] %s: there is no such key", group, *key);
            return false;
        }
        g_autofree char *value = g_key_file_get_value(file, group, *key, NULL);
        if (!read_entry(self, entry, g_strstrip(value), error))
            return false;
    }
    return true;
}

static bool
read_file(ScConfig *self, GKeyFile *file, GError **error)
{
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    for (char **group = groups; *group != NULL; group++)
        if (!read_group(self, file, *group, error))
            return false;
    if ((self->certificate[0] == '\0') != (self->key[0] == '\0')) {
        g_set_error(error, SC_CONFIG_ERROR, SC_CONFIG_ERROR_VALUE,
                    "[http] certificate and key: give both or neither");
        return false;
    }
    return true;
}

ScConfig *
sc_config_new(void)
{
    ScConfig *self = g_new0(ScConfig, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(entries); i++) {
        if (entries[i].text_default != NULL)
            *text_of(self, &entries[i]) = g_strdup(entries[i].text_default);
        else
            *number_of(self, &entries[i]) = entries[i].number_default;
    }
    return self;
}

ScConfig *
sc_config_load(const char *path, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) reason = NULL;
    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &reason)) {
        g_set_error(error, SC_CONFIG_ERROR, SC_CONFIG_ERROR_FILE, "%s: %s", path,
                    reason->message);
        return NULL;
    }
    g_autoptr(ScConfig) self = sc_config_new();
    if (!read_file(self, file, error)) {
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }
    return g_steal_pointer(&self);
}

void
sc_config_free(ScConfig *self)
{
    if (self == NULL)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(entries); i++)
        if (entries[i].text_default != NULL)
            g_free(*text_of(self, &entries[i]));
    g_free(self);
}

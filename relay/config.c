/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/config.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>

#include <glib.h>

typedef enum {
    KIND_NUMBER,
    KIND_POWER_OF_TWO,
    KIND_TEXT,
    KIND_ADDRESS,
    KIND_ADDRESSES, /* commas between them; may be empty */
} Kind;

typedef struct {
    const char *group;
    const char *key;
    Kind kind;
    size_t offset;      /* of the field in ScConfig */
    int min, max;       /* numbers; texts: bytes at most */
    const char *preset; /* the default */
} Key;

static const Key KEYS[] = {
#define FIELD(name) offsetof(ScConfig, name)
    { "network", "listen", KIND_ADDRESS, FIELD(listen), 0, 64, "::" },
    { "network", "announce", KIND_ADDRESSES, FIELD(announce), 0, 1024, "" },
    { "network", "port", KIND_NUMBER, FIELD(port), 0, 65535, "8443" },
    { "network", "receive_buffer_kib", KIND_NUMBER, FIELD(receive_buffer_kib), 64,
      1 << 20, "8192" },
    { "network", "send_buffer_kib", KIND_NUMBER, FIELD(send_buffer_kib), 64, 1 << 20,
      "8192" },
    { "control", "socket", KIND_TEXT, FIELD(control), 1, 107,
      "/run/synclass/control.sock" },
    { "threads", "workers", KIND_NUMBER, FIELD(workers), 0, SC_CONFIG_WORKERS_MAX, "0" },
    { "threads", "handshakes", KIND_NUMBER, FIELD(handshakes), 1, 64, "1" },
    { "send", "encryptor", KIND_TEXT, FIELD(encryptor), 0, 32, "" },
    { "send", "run_packets", KIND_NUMBER, FIELD(run_packets), 1, 64, "16" },
    { "send", "gso", KIND_NUMBER, FIELD(gso), 0, 1, "1" },
    { "send", "repair_kbps", KIND_NUMBER, FIELD(repair_kbps), 16, 1000000, "1000" },
    { "history", "video_packets", KIND_POWER_OF_TWO, FIELD(video_packets), 64, 65536,
      "2048" },
    { "history", "audio_packets", KIND_POWER_OF_TWO, FIELD(audio_packets), 64, 65536,
      "256" },
    { "join", "max_age_ms", KIND_NUMBER, FIELD(join_max_age_ms), 0, 60000, "4000" },
    { "join", "burst_max_kib", KIND_NUMBER, FIELD(join_burst_max_kib), 0, 65536, "1024" },
    { "join", "pace_kbps", KIND_NUMBER, FIELD(join_pace_kbps), 100, 10000000, "20000" },
    { "limits", "transports", KIND_NUMBER, FIELD(max_transports), 1, 1000000, "20000" },
    { "limits", "mails", KIND_NUMBER, FIELD(max_mails), 64, 1 << 24, "65536" },
#undef FIELD
};

G_DEFINE_QUARK(sc_config_error_quark, sc_config_error)

static bool
set_number(const Key *key, int *field, const char *value, GError **error)
{
    gint64 number = 0;

    if (!g_ascii_string_to_signed(value, 10, key->min, key->max, &number, NULL)) {
        g_set_error(error, SC_CONFIG_ERROR, SC_CONFIG_ERROR_VALUE,
                    "[%s] %s = %s: must be a number from %d to %d", key->group, key->key,
                    value, key->min, key->max);
        return false;
    }
    if (key->kind == KIND_POWER_OF_TWO && (number & (number - 1)) != 0) {
        g_set_error(error, SC_CONFIG_ERROR, SC_CONFIG_ERROR_VALUE,
                    "[%s] %s = %s: must be a power of two from %d to %d", key->group,
                    key->key, value, key->min, key->max);
        return false;
    }
    *field = (int)number;
    return true;
}

/* Addresses of @text; -1 where one is none, or where there are too many. */
static int
parse_addresses(const char *text, ScAddress *out_addresses)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    int n = 0;

    for (unsigned i = 0; parts[i] != NULL; i++) {
        g_strstrip(parts[i]);
        if (parts[i][0] == '\0')
            continue;
        if (n == SC_CONFIG_ANNOUNCE_MAX
            || !sc_address_parse(parts[i], 0, &out_addresses[n]))
            return -1;
        n++;
    }
    return n;
}

static bool
is_text_valid(const Key *key, const char *value)
{
    ScAddress addresses[SC_CONFIG_ANNOUNCE_MAX];

    if (key->kind == KIND_ADDRESS)
        return sc_address_parse(value, 0, &addresses[0]);
    if (key->kind == KIND_ADDRESSES)
        return parse_addresses(value, addresses) >= 0;
    return true;
}

static bool
set_text(const Key *key, char **field, const char *value, GError **error)
{
    size_t length = strlen(value);

    if (length < (size_t)key->min || length > (size_t)key->max) {
        g_set_error(error, SC_CONFIG_ERROR, SC_CONFIG_ERROR_VALUE,
                    "[%s] %s = %s: must have from %d to %d bytes", key->group, key->key,
                    value, key->min, key->max);
        return false;
    }
    if (!is_text_valid(key, value)) {
        g_set_error(error, SC_CONFIG_ERROR, SC_CONFIG_ERROR_VALUE,
                    "[%s] %s = %s: must be %s", key->group, key->key, value,
                    key->kind == KIND_ADDRESS ? "an IPv4 or IPv6 address"
                                              : "at most 16 addresses with commas");
        return false;
    }
    g_free(*field);
    *field = g_strdup(value);
    return true;
}

static bool
set_value(ScConfig *self, const Key *key, const char *value, GError **error)
{
    void *field = (char *)self + key->offset;

    switch (key->kind) {
    case KIND_NUMBER:
    case KIND_POWER_OF_TWO:
        return set_number(key, field, value, error);
    case KIND_TEXT:
    case KIND_ADDRESS:
    case KIND_ADDRESSES:
        return set_text(key, field, value, error);
    }
    g_assert_not_reached();
}

ScConfig *
sc_config_new(void)
{
    ScConfig *self = g_new0(ScConfig, 1);

    for (size_t i = 0; i < G_N_ELEMENTS(KEYS); i++)
        g_assert(set_value(self, &KEYS[i], KEYS[i].preset, NULL));
    return self;
}

void
sc_config_free(ScConfig *self)
{
    if (self == NULL)
        return;
    g_free(self->listen);
    g_free(self->announce);
    g_free(self->control);
    g_free(self->encryptor);
    g_free(self);
}

bool
sc_config_set(ScConfig *self, const char *group, const char *key, const char *value,
              GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(KEYS); i++)
        if (strcmp(KEYS[i].group, group) == 0 && strcmp(KEYS[i].key, key) == 0)
            return set_value(self, &KEYS[i], value, error);
    g_set_error(error, SC_CONFIG_ERROR, SC_CONFIG_ERROR_KEY,
                "[%s] %s: there is no such key", group, key);
    return false;
}

static bool
load_group(ScConfig *self, GKeyFile *file, const char *group, GError **error)
{
    g_auto(GStrv) keys = g_key_file_get_keys(file, group, NULL, error);

    if (keys == NULL)
        return false;
    for (unsigned i = 0; keys[i] != NULL; i++) {
        g_autofree char *value = g_key_file_get_string(file, group, keys[i], error);

        if (value == NULL
            || !sc_config_set(self, group, keys[i], g_strstrip(value), error))
            return false;
    }
    return true;
}

bool
sc_config_load(ScConfig *self, const char *path, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();

    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, error)) {
        g_prefix_error(error, "%s: ", path);
        return false;
    }

    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    for (unsigned i = 0; groups[i] != NULL; i++)
        if (!load_group(self, file, groups[i], error)) {
            g_prefix_error(error, "%s: ", path);
            return false;
        }
    return true;
}

static bool
is_link_local(const ScAddress *address)
{
    if (sc_address_is_v4(address))
        return address->ip[12] == 169 && address->ip[13] == 254;
    return address->ip[0] == 0xfe && (address->ip[1] & 0xc0) == 0x80;
}

/* Own addresses whose interface is a loopback, or is not, by @loopback. */
static unsigned
collect_own(bool loopback, ScAddress *out_addresses)
{
    struct ifaddrs *all = NULL;
    unsigned n = 0;

    if (getifaddrs(&all) < 0)
        return 0;
    for (const struct ifaddrs *one = all; one != NULL && n < SC_CONFIG_ANNOUNCE_MAX;
         one = one->ifa_next) {
        ScAddress address;

        if (one->ifa_addr == NULL || (one->ifa_flags & IFF_UP) == 0
            || ((one->ifa_flags & IFF_LOOPBACK) != 0) != loopback
            || !sc_address_from_sockaddr(one->ifa_addr, &address)
            || is_link_local(&address))
            continue;
        address.port = 0;
        out_addresses[n++] = address;
    }
    freeifaddrs(all);
    return n;
}

unsigned
sc_config_get_announced(const ScConfig *self,
                        ScAddress out_addresses[SC_CONFIG_ANNOUNCE_MAX])
{
    static const ScAddress ANY = { 0 };
    static const ScAddress ANY_V4 = { .ip = { [10] = 0xff, [11] = 0xff } };
    int n_configured = parse_addresses(self->announce, out_addresses);

    if (n_configured > 0)
        return (unsigned)n_configured;

    ScAddress listen;
    if (sc_address_parse(self->listen, 0, &listen) && !sc_address_equal(&listen, &ANY)
        && !sc_address_equal(&listen, &ANY_V4)) {
        out_addresses[0] = listen;
        return 1;
    }

    unsigned n_own = collect_own(false, out_addresses);
    return n_own > 0 ? n_own : collect_own(true, out_addresses);
}

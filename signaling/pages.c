/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/pages.h"

#include <string.h>

#include "signaling/protocol/room-event.h"
#include "signaling/school/qr.h"
#include "signaling/web-resources.h"

#define PREFIX "/synclass/web"
#define CONTENT_POLICY                                                                \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " \
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; "                   \
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
#define PERMISSIONS \
    "camera=(self), microphone=(self), display-capture=(self), autoplay=(self)"

static const struct {
    const char *suffix;
    const char *content_type;
} types[] = {
    { ".html", "text/html; charset=utf-8" },
    { ".css", "text/css; charset=utf-8" },
    { ".js", "text/javascript; charset=utf-8" },
    { ".json", "application/json" },
    { ".svg", "image/svg+xml" },
    { ".png", "image/png" },
    { ".txt", "text/plain; charset=utf-8" },
    { ".woff2", "font/woff2" },
};

static const char *
find_content_type(const char *path)
{
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_str_has_suffix(path, types[i].suffix))
            return types[i].content_type;
    return "application/octet-stream";
}

static char *
make_etag(GBytes *bytes)
{
    g_autofree char *sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
    return g_strdup_printf("\"%.16s\"", sum);
}

static void
serve(ScExchange *exchange, const char *path)
{
    g_autofree char *resource = g_strconcat(PREFIX, path, NULL);
    g_autoptr(GBytes) bytes = g_resource_lookup_data(sc_web_get_resource(), resource,
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    if (bytes == NULL) {
        g_autoptr(GError) error = g_error_new(SC_PROBLEM_ERROR, SC_PROBLEM_NOT_FOUND,
                                              "there is no page %s", path);
        sc_exchange_refuse(exchange, error);
        return;
    }
    g_autofree char *etag = make_etag(bytes);
    sc_exchange_set_header(exchange, "ETag", etag);
    sc_exchange_set_header(exchange, "Cache-Control", "no-cache"); /* ask by the ETag */
    sc_exchange_set_header(exchange, "Content-Security-Policy", CONTENT_POLICY);
    sc_exchange_set_header(exchange, "Permissions-Policy", PERMISSIONS);
    sc_exchange_set_header(exchange, "Referrer-Policy", "no-referrer");
    const char *known = sc_exchange_get_header(exchange, "If-None-Match");
    if (known != NULL && strstr(known, etag) != NULL)
        sc_exchange_reply(exchange, 304, NULL, NULL);
    else
        sc_exchange_reply_bytes(exchange, 200, find_content_type(path), bytes);
}

static void
on_index(ScExchange *exchange, gpointer user_data G_GNUC_UNUSED)
{
    serve(exchange, "/index.html");
}

static void
on_page(ScExchange *exchange, gpointer user_data G_GNUC_UNUSED)
{
    const char *path =
        g_uri_get_path(soup_server_message_get_uri(sc_exchange_get_message(exchange)));
    g_autofree char *file = g_strconcat(path, ".html", NULL);
    serve(exchange, file);
}

/* The path asked for is the file's own; resources know no "..". */
static void
on_file(ScExchange *exchange, gpointer user_data G_GNUC_UNUSED)
{
    serve(exchange,
          g_uri_get_path(soup_server_message_get_uri(sc_exchange_get_message(exchange))));
}

/* The address of the pupils' page, as whoever asks has found us. */
static char *
dup_pupil_link(ScExchange *exchange, const char *code)
{
    GUri *uri = soup_server_message_get_uri(sc_exchange_get_message(exchange));
    const char *host = sc_exchange_get_header(exchange, "Host");
    const char *proto = sc_exchange_get_header(exchange, "X-Forwarded-Proto");
    bool is_tls = g_strcmp0(proto != NULL ? proto : g_uri_get_scheme(uri), "https") == 0;
    return g_strdup_printf("%s://%s/pupil#code=%s", is_tls ? "https" : "http",
                           host != NULL ? host : "localhost", code);
}

/* Whether the code holds is not looked at: a picture is no place to try codes. */
static void
on_qr(ScExchange *exchange, gpointer user_data G_GNUC_UNUSED)
{
    const char *code = sc_exchange_get_parameter(exchange, 0);
    g_autoptr(GError) error = NULL;
    g_autofree char *svg = NULL;
    if (strlen(code) != SC_ROOM_CODE_LENGTH
        || strspn(code, "0123456789") != SC_ROOM_CODE_LENGTH) {
        g_set_error(&error, SC_PROBLEM_ERROR, SC_PROBLEM_NOT_FOUND,
                    "a room's code has %d digits", SC_ROOM_CODE_LENGTH);
        sc_exchange_refuse(exchange, error);
        return;
    }
    g_autofree char *link = dup_pupil_link(exchange, code);
    svg = sc_qr_print_svg(link, &error);
    if (svg == NULL)
        sc_exchange_refuse(exchange, error);
    else
        sc_exchange_reply(exchange, 200, "image/svg+xml", svg);
}

static const ScRoute routes[] = {
    { "GET", "/", NULL, 0, on_index },
    { "GET", "/teacher", NULL, 0, on_page },
    { "GET", "/classroom", NULL, 0, on_page },
    { "GET", "/console", NULL, 0, on_page },
    { "GET", "/pupil", NULL, 0, on_page },
    { "GET", "/pupil/{}/qr.svg", NULL, 0, on_qr },
    { "GET", "/assets/{}", NULL, 0, on_file },
    { "GET", "/assets/vendor/{}", NULL, 0, on_file },
    { "GET", "/console/{}", NULL, 0, on_file },
    { "GET", "/console/{}/{}", NULL, 0, on_file },
};

void
sc_pages_add_routes(ScServer *server)
{
    sc_server_add_routes(server, routes, G_N_ELEMENTS(routes), NULL);
}

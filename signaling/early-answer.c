/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/early-answer.h"

#include <gio/gio.h>

#include "signaling/listener.h"

static void
print_header(const char *name, const char *value, gpointer user_data)
{
    g_string_append_printf(user_data, "%s: %s\r\n", name, value);
}

static GString *
print_answer(SoupServerMessage *message)
{
    guint status = soup_server_message_get_status(message);
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(message);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *date = soup_date_time_to_string(now, SOUP_DATE_HTTP);
    g_autoptr(GBytes) body =
        soup_message_body_flatten(soup_server_message_get_response_body(message));
    soup_message_headers_replace(headers, "Connection", "close");
    soup_message_headers_replace(headers, "Date", date);
    soup_message_headers_set_content_length(headers, (goffset)g_bytes_get_size(body));
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "HTTP/1.1 %u %s\r\n", status,
                           soup_status_get_phrase(status));
    soup_message_headers_foreach(headers, print_header, text);
    g_string_append(text, "\r\n");
    g_string_append_len(text, g_bytes_get_data(body, NULL),
                        (gssize)g_bytes_get_size(body));
    return text;
}

/* Nothing lies before it in the kernel, so that a few hundred bytes find room. */
bool
sc_early_answer_send(SoupServerMessage *message)
{
    GIOStream *stream = sc_listener_get_stream(message);
    GOutputStream *output = g_io_stream_get_output_stream(stream);
    GString *text = print_answer(message);
    gssize n = g_pollable_output_stream_write_nonblocking(
        G_POLLABLE_OUTPUT_STREAM(output), text->str, text->len, NULL, NULL);
    bool is_sent = n == (gssize)text->len;
    g_string_free(text, TRUE);
    return is_sent
           && g_socket_shutdown(sc_listener_get_socket(message), FALSE, TRUE, NULL);
}

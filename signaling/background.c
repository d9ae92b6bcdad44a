/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-background"
#include "signaling/background.h"

#include <linux/tcp.h> /* glibc's tcp_info ends before min_rtt */
#include <netinet/in.h>
#include <sys/socket.h>

#include "signaling/ledbat.h"
#include "signaling/listener.h"

#define LOOK_MS 100
#define UNLIMITED UINT64_MAX /* SO_MAX_PACING_RATE's, socket(7) */
#define KEY "sc-background"

typedef struct {
    GSocket *socket; /* ref */
    ScClock *clock;  /* borrowed: outlives us */
    ScBackgroundIsPressed is_pressed;
    gpointer user_data; /* owned, by @destroy */
    GDestroyNotify destroy;
    guint looking; /* source; 0: the answer has ended */
    bool is_held;
    ScLedbat ledbat;
} Background;

/* Bytes a second, as the kernel has it. */
static void
pace(const Background *self, uint64_t rate)
{
    if (!g_socket_is_closed(self->socket))
        (void)setsockopt(g_socket_get_fd(self->socket), SOL_SOCKET, SO_MAX_PACING_RATE,
                         &rate, sizeof rate);
}

static bool
read_figures(const Background *self, ScLedbatFigures *out_figures)
{
    struct tcp_info info = { 0 };
    socklen_t length = sizeof info;
    if (g_socket_is_closed(self->socket)
        || getsockopt(g_socket_get_fd(self->socket), IPPROTO_TCP, TCP_INFO, &info,
                      &length)
               != 0)
        return false;
    *out_figures = (ScLedbatFigures){ info.tcpi_rtt, info.tcpi_min_rtt,
                                      info.tcpi_delivery_rate * 8, info.tcpi_snd_mss };
    return true;
}

static void
hold_back(Background *self)
{
    int64_t now_us = sc_clock_get_monotonic_us(self->clock);
    ScLedbatFigures figures;
    if (!self->is_held)
        sc_ledbat_init(&self->ledbat, now_us);
    else if (read_figures(self, &figures))
        sc_ledbat_adjust(&self->ledbat, &figures, now_us);
    self->is_held = true;
    pace(self, self->ledbat.rate_bps / 8);
}

static void
let_go(Background *self)
{
    if (self->is_held)
        pace(self, UNLIMITED);
    self->is_held = false;
}

static gboolean
on_look(gpointer user_data)
{
    Background *self = user_data;
    if (self->is_pressed(self->user_data))
        hold_back(self);
    else
        let_go(self);
    return G_SOURCE_CONTINUE;
}

static void
on_finished(SoupServerMessage *message G_GNUC_UNUSED, gpointer user_data)
{
    Background *self = user_data;
    g_clear_handle_id(&self->looking, g_source_remove);
    let_go(self);
}

static void
background_free(gpointer data)
{
    Background *self = data;
    g_clear_handle_id(&self->looking, g_source_remove);
    self->destroy(self->user_data);
    g_object_unref(self->socket);
    g_free(self);
}

void
sc_background_watch(ScExchange *exchange, ScClock *clock,
                    ScBackgroundIsPressed is_pressed, gpointer user_data,
                    GDestroyNotify destroy)
{
    SoupServerMessage *message = sc_exchange_get_message(exchange);
    Background *self = g_new0(Background, 1);
    self->socket = g_object_ref(sc_listener_get_socket(message));
    self->clock = clock;
    self->is_pressed = is_pressed;
    self->user_data = user_data;
    self->destroy = destroy;
    self->looking = g_timeout_add(LOOK_MS, on_look, self);
    g_object_set_data_full(G_OBJECT(message), KEY, self, background_free);
    g_signal_connect(message, "finished", G_CALLBACK(on_finished), self);
    (void)on_look(self);
}

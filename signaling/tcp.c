/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-tcp"
#include "signaling/tcp.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define EVENTS_AT_ONCE 256 /* what is left over is told in the next turn */

/* One direction of a socket. */
typedef struct {
    bool is_ready;  /* the kernel said so, and nobody was refused since */
    GQueue waiters; /* of Waiter, borrowed: each takes itself out */
} End;

/* What a connection and its two streams share. Counted, because GIO lets streams and
 * sources outlive their connection. */
typedef struct {
    GSocket *socket; /* ref */
    End in, out;
} Line;

/* Ready by its time alone: GLib has neither a descriptor to poll nor a function to call
 * for it. */
typedef struct {
    GSource source;
    GObject *stream;           /* ref */
    GCancellable *cancellable; /* ref; NULL: none */
    Line *line;                /* counted */
    End *end;                  /* of @line */
    GList link;                /* in @end */
} Waiter;

/* The one source that has a descriptor. */
typedef struct {
    GSource source;
    GPollFD epoll;
} Gate;

static Gate *gate; /* NULL: there was no connection so far */

static void
wake(End *end)
{
    end->is_ready = true;
    for (GList *i = end->waiters.head; i != NULL; i = i->next)
        g_source_set_ready_time(i->data, 0);
}

static void
wake_both(Line *line)
{
    wake(&line->in);
    wake(&line->out);
}

static void
hear(const struct epoll_event *event)
{
    Line *line = event->data.ptr;
    bool is_over = event->events & (EPOLLHUP | EPOLLERR);
    if (is_over || event->events & (EPOLLIN | EPOLLRDHUP))
        wake(&line->in);
    if (is_over || event->events & EPOLLOUT)
        wake(&line->out);
}

/* GLib looks at sources in the order of their priorities, at a source's time after its
 * descriptors: whoever is woken here is ready in this same turn. It is never dispatched
 * itself. */
static gboolean
check_gate(GSource *source)
{
    Gate *self = (Gate *)source;
    struct epoll_event events[EVENTS_AT_ONCE];
    if (self->epoll.revents == 0)
        return FALSE;
    int n = epoll_wait(self->epoll.fd, events, EVENTS_AT_ONCE, 0);
    for (int i = 0; i < n; i++)
        hear(&events[i]);
    return FALSE;
}

static GSourceFuncs gate_functions = { .check = check_gate };

static Line *
line_new(GSocket *socket)
{
    Line *self = g_rc_box_new0(Line);
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                 .data.ptr = self };
    self->socket = g_object_ref(socket);
    if (epoll_ctl(gate->epoll.fd, EPOLL_CTL_ADD, g_socket_get_fd(socket), &event) != 0)
        g_error("epoll_ctl: %s", g_strerror(errno));
    return self;
}

static void
line_clear(gpointer data)
{
    Line *self = data;
    /* A closed one is out of the set already, and its number may be another's. */
    if (!g_socket_is_closed(self->socket))
        epoll_ctl(gate->epoll.fd, EPOLL_CTL_DEL, g_socket_get_fd(self->socket), NULL);
    g_object_unref(self->socket);
}

static void
line_unref(Line *self)
{
    g_rc_box_release_full(self, line_clear);
}

/* The other end may have been heard of before somebody else took what there was. */
static gboolean
dispatch_waiter(GSource *source, GSourceFunc callback, gpointer user_data)
{
    Waiter *self = (Waiter *)source;
    GPollableSourceFunc ready = (GPollableSourceFunc)(void (*)(void))callback;
    gboolean stays = G_SOURCE_CONTINUE;
    if (self->end->is_ready || g_cancellable_is_cancelled(self->cancellable))
        stays = ready(self->stream, user_data);
    if (!self->end->is_ready)
        g_source_set_ready_time(source, -1);
    return stays;
}

static void
finalize_waiter(GSource *source)
{
    Waiter *self = (Waiter *)source;
    g_queue_unlink(&self->end->waiters, &self->link);
    line_unref(self->line);
    g_clear_object(&self->cancellable);
    g_object_unref(self->stream);
}

static gboolean
call_closure(GObject *stream, gpointer user_data)
{
    GClosure *closure = user_data;
    g_auto(GValue) argument = G_VALUE_INIT;
    g_auto(GValue) result = G_VALUE_INIT;
    g_value_init(&result, G_TYPE_BOOLEAN);
    g_value_init(&argument, G_TYPE_OBJECT);
    g_value_set_object(&argument, stream);
    g_closure_invoke(closure, &result, 1, &argument, NULL);
    return g_value_get_boolean(&result);
}

static GSourceFuncs waiter_functions = {
    .dispatch = dispatch_waiter,
    .finalize = finalize_waiter,
    .closure_callback = (GSourceFunc)(void (*)(void))call_closure,
};

static GSource *
waiter_new(gpointer stream, Line *line, End *end, GCancellable *cancellable)
{
    GSource *source = g_source_new(&waiter_functions, sizeof(Waiter));
    Waiter *self = (Waiter *)source;
    g_source_set_name(source, "ScTcpConnection");
    self->stream = g_object_ref(stream);
    self->line = g_rc_box_acquire(line);
    self->end = end;
    self->link.data = self;
    g_queue_push_tail_link(&end->waiters, &self->link);
    if (end->is_ready)
        g_source_set_ready_time(source, 0);
    if (g_set_object(&self->cancellable, cancellable)) {
        GSource *cancelled = g_cancellable_source_new(cancellable);
        g_source_set_dummy_callback(cancelled);
        g_source_add_child_source(source, cancelled);
        g_source_unref(cancelled);
    }
    return source;
}

/* @n: what a call that must not block gave. */
static gssize
note_refusal(End *end, gssize n, const GError *error)
{
    if (n < 0 && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        end->is_ready = false;
    return n;
}

/* What comes in. */

typedef struct {
    GInputStream parent;
    Line *line; /* counted */
} ScTcpInput;
typedef struct {
    GInputStreamClass parent;
} ScTcpInputClass;

static gssize
input_read(GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable,
           GError **error)
{
    ScTcpInput *self = (ScTcpInput *)stream;
    return g_socket_receive_with_blocking(self->line->socket, buffer, count, TRUE,
                                          cancellable, error);
}

static gboolean
input_is_readable(GPollableInputStream *stream)
{
    ScTcpInput *self = (ScTcpInput *)stream;
    return g_socket_condition_check(self->line->socket, G_IO_IN) != 0;
}

static GSource *
input_create_source(GPollableInputStream *stream, GCancellable *cancellable)
{
    ScTcpInput *self = (ScTcpInput *)stream;
    return waiter_new(self, self->line, &self->line->in, cancellable);
}

static gssize
input_read_nonblocking(GPollableInputStream *stream, void *buffer, gsize count,
                       GError **error)
{
    ScTcpInput *self = (ScTcpInput *)stream;
    GError *refusal = NULL;
    gssize n = g_socket_receive_with_blocking(self->line->socket, buffer, count, FALSE,
                                              NULL, &refusal);
    note_refusal(&self->line->in, n, refusal);
    if (refusal != NULL)
        g_propagate_error(error, refusal);
    return n;
}

static void
input_pollable_init(GPollableInputStreamInterface *interface)
{
    interface->is_readable = input_is_readable;
    interface->create_source = input_create_source;
    interface->read_nonblocking = input_read_nonblocking;
}

static GType input_get_type(void);
G_DEFINE_TYPE_WITH_CODE(ScTcpInput, input, G_TYPE_INPUT_STREAM,
                        G_IMPLEMENT_INTERFACE(G_TYPE_POLLABLE_INPUT_STREAM,
                                              input_pollable_init))

static void
input_finalize(GObject *object)
{
    line_unref(((ScTcpInput *)object)->line);
    G_OBJECT_CLASS(input_parent_class)->finalize(object);
}

static void
input_class_init(ScTcpInputClass *class)
{
    G_OBJECT_CLASS(class)->finalize = input_finalize;
    G_INPUT_STREAM_CLASS(class)->read_fn = input_read;
}

static void
input_init(ScTcpInput *self G_GNUC_UNUSED)
{
}

/* What goes out. */

typedef struct {
    GOutputStream parent;
    Line *line; /* counted */
} ScTcpOutput;
typedef struct {
    GOutputStreamClass parent;
} ScTcpOutputClass;

static gssize
output_write(GOutputStream *stream, const void *buffer, gsize count,
             GCancellable *cancellable, GError **error)
{
    ScTcpOutput *self = (ScTcpOutput *)stream;
    return g_socket_send_with_blocking(self->line->socket, buffer, count, TRUE,
                                       cancellable, error);
}

static gboolean
output_is_writable(GPollableOutputStream *stream)
{
    ScTcpOutput *self = (ScTcpOutput *)stream;
    return g_socket_condition_check(self->line->socket, G_IO_OUT) != 0;
}

static GSource *
output_create_source(GPollableOutputStream *stream, GCancellable *cancellable)
{
    ScTcpOutput *self = (ScTcpOutput *)stream;
    return waiter_new(self, self->line, &self->line->out, cancellable);
}

static gssize
output_write_nonblocking(GPollableOutputStream *stream, const void *buffer, gsize count,
                         GError **error)
{
    ScTcpOutput *self = (ScTcpOutput *)stream;
    GError *refusal = NULL;
    gssize n = g_socket_send_with_blocking(self->line->socket, buffer, count, FALSE, NULL,
                                           &refusal);
    note_refusal(&self->line->out, n, refusal);
    if (refusal != NULL)
        g_propagate_error(error, refusal);
    return n;
}

static void
output_pollable_init(GPollableOutputStreamInterface *interface)
{
    interface->is_writable = output_is_writable;
    interface->create_source = output_create_source;
    interface->write_nonblocking = output_write_nonblocking;
}

static GType output_get_type(void);
G_DEFINE_TYPE_WITH_CODE(ScTcpOutput, output, G_TYPE_OUTPUT_STREAM,
                        G_IMPLEMENT_INTERFACE(G_TYPE_POLLABLE_OUTPUT_STREAM,
                                              output_pollable_init))

static void
output_finalize(GObject *object)
{
    line_unref(((ScTcpOutput *)object)->line);
    G_OBJECT_CLASS(output_parent_class)->finalize(object);
}

static void
output_class_init(ScTcpOutputClass *class)
{
    G_OBJECT_CLASS(class)->finalize = output_finalize;
    G_OUTPUT_STREAM_CLASS(class)->write_fn = output_write;
}

static void
output_init(ScTcpOutput *self G_GNUC_UNUSED)
{
}

/* The connection. */

struct _ScTcpConnection {
    GTcpConnection parent;
    Line *line;          /* counted; NULL until a stream is asked for, as the next two */
    ScTcpInput *input;   /* owned */
    ScTcpOutput *output; /* owned */
};
G_DEFINE_TYPE(ScTcpConnection, sc_tcp_connection, G_TYPE_TCP_CONNECTION)

static Line *
get_line(ScTcpConnection *self)
{
    if (self->line == NULL)
        self->line = line_new(g_socket_connection_get_socket(G_SOCKET_CONNECTION(self)));
    return self->line;
}

static GInputStream *
get_input_stream(GIOStream *stream)
{
    ScTcpConnection *self = SC_TCP_CONNECTION(stream);
    if (self->input == NULL) {
        self->input = g_object_new(input_get_type(), NULL);
        self->input->line = g_rc_box_acquire(get_line(self));
    }
    return G_INPUT_STREAM(self->input);
}

static GOutputStream *
get_output_stream(GIOStream *stream)
{
    ScTcpConnection *self = SC_TCP_CONNECTION(stream);
    if (self->output == NULL) {
        self->output = g_object_new(output_get_type(), NULL);
        self->output->line = g_rc_box_acquire(get_line(self));
    }
    return G_OUTPUT_STREAM(self->output);
}

/* The kernel says nothing of a socket that is closed: who waits is to find out. */
static gboolean
close_connection(GIOStream *stream, GCancellable *cancellable, GError **error)
{
    ScTcpConnection *self = SC_TCP_CONNECTION(stream);
    gboolean is_closed = G_IO_STREAM_CLASS(sc_tcp_connection_parent_class)
                             ->close_fn(stream, cancellable, error);
    if (self->line != NULL)
        wake_both(self->line);
    return is_closed;
}

static void
sc_tcp_connection_finalize(GObject *object)
{
    ScTcpConnection *self = SC_TCP_CONNECTION(object);
    g_clear_object(&self->input);
    g_clear_object(&self->output);
    g_clear_pointer(&self->line, line_unref);
    G_OBJECT_CLASS(sc_tcp_connection_parent_class)->finalize(object);
}

static void
sc_tcp_connection_class_init(ScTcpConnectionClass *class)
{
    GIOStreamClass *stream = G_IO_STREAM_CLASS(class);
    G_OBJECT_CLASS(class)->finalize = sc_tcp_connection_finalize;
    stream->get_input_stream = get_input_stream;
    stream->get_output_stream = get_output_stream;
    stream->close_fn = close_connection;
}

static void
sc_tcp_connection_init(ScTcpConnection *self G_GNUC_UNUSED)
{
}

static void
open_gate(void)
{
    GSource *source = g_source_new(&gate_functions, sizeof(Gate));
    gate = (Gate *)source;
    gate->epoll.fd = epoll_create1(EPOLL_CLOEXEC);
    gate->epoll.events = G_IO_IN;
    if (gate->epoll.fd < 0)
        g_error("epoll_create1: %s", g_strerror(errno));
    g_source_add_poll(source, &gate->epoll);
    g_source_set_priority(source, G_PRIORITY_HIGH);
    g_source_set_name(source, "epoll");
    g_source_attach(source, NULL);
}

ScTcpConnection *
sc_tcp_connection_new(GSocket *socket)
{
    if (gate == NULL)
        open_gate();
    return g_object_new(SC_TYPE_TCP_CONNECTION, "socket", socket, NULL);
}

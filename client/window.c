/* SPDX-License-Identifier: Apache-2.0 */
#include "client/window.h"

#include <X11/XKBlib.h>
#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <glib-unix.h>

struct ScWindow {
    Display *display; /* owned */
    Window window;    /* owned */
    void (*on_key)(const char *key, void *user_data);
    void *user_data; /* borrowed: see sc_window_new() */
    unsigned held;   /* keycode of the key that is down; 0: none */
    guint input;
};

/* Xlib's own answer is exit(), on whichever thread it was, which waits for that thread
 * for ever. Without its display a kiosk is of no use: systemd starts it anew. */
static int
on_display_lost(Display *display)
{
    (void)display;
    fputs("synclass: the X11 display is gone\n", stderr);
    _exit(EXIT_FAILURE);
}

/* For window managers; where there is none, the size alone makes it full screen. */
static void
ask_full_screen(ScWindow *self)
{
    Atom state = XInternAtom(self->display, "_NET_WM_STATE", False);
    Atom full_screen = XInternAtom(self->display, "_NET_WM_STATE_FULLSCREEN", False);
    XChangeProperty(self->display, self->window, state, XA_ATOM, 32, PropModeReplace,
                    (const unsigned char *)&full_screen, 1);
}

static void
hide_pointer(ScWindow *self)
{
    static char nothing[] = { 0 };
    XColor black = { 0 };
    Pixmap bitmap = XCreateBitmapFromData(self->display, self->window, nothing, 1, 1);
    Cursor cursor =
        XCreatePixmapCursor(self->display, bitmap, bitmap, &black, &black, 0, 0);
    XDefineCursor(self->display, self->window, cursor);
    XFreeCursor(self->display, cursor);
    XFreePixmap(self->display, bitmap);
}

/* While it is held, a key is pressed again and again, and never released. */
static void
take_key(ScWindow *self, XKeyEvent *event)
{
    KeySym symbol = NoSymbol;
    if (event->type == KeyRelease) {
        self->held = event->keycode == self->held ? 0 : self->held;
        return;
    }
    if (event->keycode == self->held)
        return;
    self->held = event->keycode;
    XLookupString(event, NULL, 0, &symbol, NULL);
    const char *name = XKeysymToString(symbol);
    if (name)
        self->on_key(name, self->user_data);
}

static gboolean
on_input(gint descriptor, GIOCondition condition, gpointer user_data)
{
    (void)descriptor;
    (void)condition;
    ScWindow *self = user_data;
    while (XPending(self->display) > 0) {
        XEvent event;
        XNextEvent(self->display, &event);
        if (event.type == KeyPress || event.type == KeyRelease)
            take_key(self, &event.xkey);
        else if (event.type == FocusOut)
            self->held = 0; /* its release goes elsewhere */
    }
    return G_SOURCE_CONTINUE;
}

/* The sink listens on a connection of its own, and knows neither shift nor number lock.
 */
static void
listen_for_keys(ScWindow *self)
{
    XkbSetDetectableAutoRepeat(self->display, True, NULL);
    XSelectInput(self->display, self->window,
                 KeyPressMask | KeyReleaseMask | FocusChangeMask);
    self->input = g_unix_fd_add(ConnectionNumber(self->display), G_IO_IN, on_input, self);
}

ScWindow *
sc_window_new(const char *title, void (*on_key)(const char *key, void *user_data),
              void *user_data)
{
    XSetIOErrorHandler(on_display_lost);
    Display *display = XOpenDisplay(NULL);
    if (!display)
        return NULL;
    ScWindow *self = g_new0(ScWindow, 1);
    int screen = DefaultScreen(display);
    self->display = display;
    self->on_key = on_key;
    self->user_data = user_data;
    self->window = XCreateSimpleWindow(display, RootWindow(display, screen), 0, 0,
                                       (unsigned)DisplayWidth(display, screen),
                                       (unsigned)DisplayHeight(display, screen), 0, 0,
                                       BlackPixel(display, screen));
    Xutf8SetWMProperties(display, self->window, title, title, NULL, 0, NULL, NULL, NULL);
    ask_full_screen(self);
    hide_pointer(self);
    listen_for_keys(self);
    XMapRaised(display, self->window);
    XSync(display, False);
    return self;
}

void
sc_window_free(ScWindow *self)
{
    if (!self)
        return;
    g_clear_handle_id(&self->input, g_source_remove);
    XDestroyWindow(self->display, self->window);
    XCloseDisplay(self->display);
    g_free(self);
}

uintptr_t
sc_window_get_handle(const ScWindow *self)
{
    return self->window;
}

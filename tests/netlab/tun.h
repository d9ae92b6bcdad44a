/* SPDX-License-Identifier: Apache-2.0 */
/* tun.h: a TUN device inside a network namespace. Needs CAP_NET_ADMIN and CAP_SYS_ADMIN.
 */
#pragma once

#include <glib.h>

#define SC_TUN_DEVICE "link0" /* its name in both namespaces */

/* Makes the device in the namespace that `ip netns` knows as @netns; it has no address
 * yet and is down. Gives a non-blocking descriptor, one IP packet a read, the caller's to
 * close, which takes the device away; -1 and @error (G_FILE_ERROR) if it is refused. */
int sc_tun_open(const char *netns, GError **error);

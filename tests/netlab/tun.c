/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/netlab/tun.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <glib/gstdio.h>

static int
fail(const char *what, GError **error)
{
    int code = errno;

    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "%s: %s", what,
                g_strerror(code));
    return -1;
}

static int
make_device(GError **error)
{
    struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return fail("/dev/net/tun", error);
    g_strlcpy(request.ifr_name, SC_TUN_DEVICE, IFNAMSIZ);
    if (ioctl(fd, TUNSETIFF, &request) < 0) {
        fail("TUNSETIFF " SC_TUN_DEVICE, error);
        close(fd);
        return -1;
    }
    return fd;
}

int
sc_tun_open(const char *netns, GError **error)
{
    g_autofree char *path = g_build_filename("/run/netns", netns, NULL);
    int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    int there = open(path, O_RDONLY | O_CLOEXEC);
    int fd = -1;

    if (home < 0 || there < 0)
        fail(path, error);
    else if (setns(there, CLONE_NEWNET) < 0)
        fail(path, error);
    else
        fd = make_device(error);
    /* A device cannot be made twice by one name, so staying there would not go unseen. */
    if (home >= 0 && setns(home, CLONE_NEWNET) < 0 && fd >= 0) {
        close(fd);
        fd = fail("way back from the namespace", error);
    }
    if (there >= 0)
        close(there);
    if (home >= 0)
        close(home);
    return fd;
}

# SPDX-License-Identifier: Apache-2.0
"""netlab: the link is as long and as bad as it was asked to be, and leaves nothing behind."""

import ctypes
import os
import socket
import time
import unittest

from tests.netlab import netlab
from tests.netlab.netlab import Link, Namespace

REASON = netlab.unavailable()
CLONE_NEWNET = 0x40000000  # linux/sched.h
PORT = 9000
ANSWER_LIMIT_S = 1.0

libc = ctypes.CDLL(None, use_errno=True)


def enter(path: str) -> None:
    with open(path) as namespace:
        if libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), path)


def bound_socket(end: Namespace) -> socket.socket:
    """A UDP socket that lives inside @end; a socket stays where it was made."""
    home = f"/proc/{os.getpid()}/ns/net"
    with open(home) as way_back:
        enter(f"/run/netns/{end.name}")
        try:
            made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        finally:
            libc.setns(way_back.fileno(), CLONE_NEWNET)
    made.bind((end.address, PORT))
    made.settimeout(ANSWER_LIMIT_S)
    return made


def exchange(link: Link, n: int) -> list[float]:
    """Sends @n datagrams to the other end and back; the round trips in ms that came home."""
    trips_ms: list[float] = []
    with bound_socket(link.a) as near, bound_socket(link.b) as far:
        for i in range(n):
            began_s = time.monotonic()
            near.sendto(b"%d" % i, (link.b.address, PORT))
            try:
                far.sendto(far.recv(100), (link.a.address, PORT))
                near.recv(100)
            except TimeoutError:
                continue
            trips_ms.append((time.monotonic() - began_s) * 1000)
    return trips_ms


@unittest.skipIf(REASON, REASON or "")
class LinkTest(unittest.TestCase):
    def test_the_round_trip_is_the_sum_of_both_delays(self) -> None:
        with Link(ab="delay_ms=100", ba="delay_ms=200") as link:
            trips_ms = exchange(link, 5)
        self.assertEqual(len(trips_ms), 5)
        print(f"100 ms there and 200 ms back: {min(trips_ms):.0f} ms")
        self.assertGreaterEqual(min(trips_ms), 300)
        self.assertLess(min(trips_ms), 400)  # no delay counts twice

    def test_an_outage_is_total_and_ends(self) -> None:
        with Link() as link:
            link.change("both", "down=1")
            during = exchange(link, 2)
            link.change("both", "down=0")
            after = exchange(link, 2)
            stats = link.stats()
        self.assertEqual((len(during), len(after)), (0, 2))
        self.assertGreaterEqual(stats["ab"]["down"], 2)

    def test_namespaces_go_away_when_the_block_fails(self) -> None:
        with self.assertRaises(ZeroDivisionError):
            with Link() as link:
                names = [end.name for end in link.ends]
                sleeper = link.a.start(["sleep", "60"])
                raise ZeroDivisionError
        self.assertNotEqual(sleeper.wait(5), 0)
        present = netlab.ip("netns", "list")
        for name in names:
            self.assertNotIn(name, present)


if __name__ == "__main__":
    unittest.main()

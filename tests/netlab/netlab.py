# SPDX-License-Identifier: Apache-2.0
"""A long or bad line for tests: two network namespaces and linkemu between them.

    with Link(ab="delay_ms=300,loss=0.02", ba="delay_ms=300,loss=0.02") as link:
        server = link.b.start(["./server", "--listen", link.b.address])
        client = link.a.start(["./client", link.b.address])
        link.change("both", "down=1")

Namespaces have names of their own and go away with the block, whatever happens in it; what a
killed run left behind is removed by the next one."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from house.build import RELEASE
from house.process import die_with

LINKEMU = RELEASE / "tests" / "netlab" / "linkemu"
DEVICE = "link0"  # as in tun.h
PREFIX = "sclab"
ADDRESSES = ("10.99.0.1", "10.99.0.2")  # seen inside the two namespaces alone
COMMAND_LIMIT_S = 10.0
QUEUE_PACKETS = 10000  # of the device; linkemu reads faster than anything here sends

names = itertools.count(1)


def unavailable() -> str | None:
    """Why there can be no lab on this machine; None if there can be."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if not os.access("/dev/net/tun", os.R_OK | os.W_OK):
        return "/dev/net/tun is missing"
    if not shutil.which("ip"):
        return "the command ip (package iproute2) is missing"
    if not LINKEMU.exists():
        return "linkemu is not built"
    return None


def ip(*words: str) -> str:
    answer = subprocess.run(
        ["ip", *words], capture_output=True, text=True, timeout=COMMAND_LIMIT_S
    )
    if answer.returncode != 0:
        raise RuntimeError(f"ip {' '.join(words)}: {answer.stderr.strip()}")
    return answer.stdout


class Namespace:
    def __init__(self, address: str) -> None:
        self.name = f"{PREFIX}-{os.getpid()}-{next(names)}"
        self.address = address
        ip("netns", "add", self.name)

    def connect(self) -> None:
        """Brings the loopback and linkemu's device up."""
        ip("-n", self.name, "link", "set", "lo", "up")
        ip("-n", self.name, "address", "add", f"{self.address}/24", "dev", DEVICE)
        queue = ["txqueuelen", str(QUEUE_PACKETS)]
        ip("-n", self.name, "link", "set", DEVICE, *queue, "up")

    def readdress(self, address: str) -> None:
        """The machine behind this end comes back with another address. The old one goes
        first: with it would go every other address of its network."""
        ip("-n", self.name, "address", "del", f"{self.address}/24", "dev", DEVICE)
        ip("-n", self.name, "address", "add", f"{address}/24", "dev", DEVICE)
        self.address = address

    def command(self, words: list[str]) -> list[str]:
        return ["ip", "netns", "exec", self.name, *words]

    def start(self, words: list[str], **options: Any) -> subprocess.Popen[str]:
        """Starts a program inside; it dies with us, by SIGTERM so that it may clean up."""
        hook = die_with(os.getpid(), signal.SIGTERM)
        return subprocess.Popen(
            self.command(words), text=True, preexec_fn=hook, **options
        )

    def remove(self) -> None:
        remove(self.name)


def remove(name: str) -> None:
    """Ends what runs in the namespace @name, which one of us made, and takes it away."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for _ in range(20):
            pids = [int(pid) for pid in ip("netns", "pids", name).split()]
            if not pids:
                break
            for pid in pids:
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    pass
            time.sleep(0.05)
    ip("netns", "del", name)


def remove_stale() -> None:
    """Takes away what runs that no longer live have left."""
    for line in ip("netns", "list").splitlines():
        match = re.match(rf"({PREFIX}-(\d+)-\d+)\b", line)
        if match and not Path(f"/proc/{match.group(2)}").exists():
            remove(match.group(1))


class Link:
    """Namespaces @a and @b and the line between them. @ab, @ba: specs as in spec.h."""

    def __init__(self, ab: str = "", ba: str = "", seed: int = 1) -> None:
        self.specs = [f"--ab={ab}", f"--ba={ba}", f"--seed={seed}"]
        self.ends: list[Namespace] = []
        self.linkemu: subprocess.Popen[str] | None = None

    @property
    def a(self) -> Namespace:
        return self.ends[0]

    @property
    def b(self) -> Namespace:
        return self.ends[1]

    def __enter__(self) -> Link:
        try:
            remove_stale()
            for address in ADDRESSES:
                self.ends.append(Namespace(address))
            self.linkemu = subprocess.Popen(
                [str(LINKEMU), *self.specs, self.a.name, self.b.name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                preexec_fn=die_with(os.getpid()),
            )
            assert self.linkemu.stdout
            if not self.linkemu.stdout.readline().startswith("ready"):
                raise RuntimeError("linkemu did not start")
            for end in self.ends:
                end.connect()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def change(self, which: str, spec: str) -> None:
        """@which: "ab", "ba" or "both"."""
        self.tell(f"{which} {spec}")

    def stats(self) -> dict[str, dict[str, int]]:
        self.tell("stats")
        assert self.linkemu and self.linkemu.stdout
        counters: dict[str, dict[str, int]] = json.loads(self.linkemu.stdout.readline())
        return counters

    def tell(self, line: str) -> None:
        assert self.linkemu and self.linkemu.stdin
        self.linkemu.stdin.write(line + "\n")
        self.linkemu.stdin.flush()

    def close(self) -> None:
        for end in self.ends:
            end.remove()
        self.ends.clear()
        if self.linkemu:
            self.linkemu.kill()
            self.linkemu.communicate(timeout=COMMAND_LIMIT_S)
            self.linkemu = None

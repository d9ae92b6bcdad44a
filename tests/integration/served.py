# SPDX-License-Identifier: Apache-2.0
"""A served lesson for process-level tests: started before each, gone after it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any

from house.build import ROOT
from house.client import Client, Seat
from house.figures import MAIN_VIDEO, TILE, Report
from house.lesson import CLASSROOM_FOOTAGE, TEACHER_FOOTAGE
from house.process import Program
from house.service import LOOPBACK, free_port
from tests.netlab.netlab import Link

START_LIMIT_S = 30.0
STOP_LIMIT_S = 15.0  # serve stops its own two in their order first
JOIN_LIMIT_S = 40.0  # never, and not late


def footage(path: Path) -> str:
    return str(path) if path.exists() else "test"


def now_us() -> int:
    """CLOCK_MONOTONIC, as in the clients' events."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000


def shows(slot: str) -> Any:
    """Whether a report tells of a first frame in @slot."""

    def is_so(report: Report) -> bool:
        return any(event.get("slot") == slot for event in report.named("first_frame"))

    return is_so


def first_frame_ms(report: Report) -> float:
    """From asking to join to the first picture of the teacher."""
    asked_us = int(report.named("join_asked")[0]["t_us"])
    frames = [e for e in report.named("first_frame") if e.get("slot") == MAIN_VIDEO]
    return (int(frames[0]["t_us"]) - asked_us) / 1000


class ServedCase(unittest.IsolatedAsyncioTestCase):
    """Relay and signaling under `run serve`, and clients on demand."""

    n_classrooms = 2
    link: Link | None = None  # set before serve(): the service at its b, rooms at its a

    async def asyncSetUp(self) -> None:
        # unittest asks for asyncio's debug mode, which only tells how busy the machine is.
        asyncio.get_running_loop().set_debug(False)

    async def serve(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="synclass-test-")
        self.addCleanup(folder.cleanup)
        self.var = Path(folder.name)
        self.service = await Program.start(
            "serve", self.command(), self.var / "serve.log"
        )
        self.addAsyncCleanup(self.service.stop, STOP_LIMIT_S)
        end_s = time.monotonic() + START_LIMIT_S
        while not (self.var / "demo.json").exists():
            if self.service.status is not None or time.monotonic() > end_s:
                self.fail(f"no service: {self.service.obituary()}")
            await asyncio.sleep(0.05)

    def command(self) -> list[str]:
        if self.link:
            far = str(ROOT / "tests" / "integration" / "far_service.py")
            words = [sys.executable, far, self.link.b.address, str(self.n_classrooms)]
            return self.link.b.command([*words, str(self.var)])
        words = [
            str(ROOT / "run"),
            "serve",
            "--demo",
            "--classrooms",
            str(self.n_classrooms),
        ]
        return [*words, "--port", str(free_port(LOOPBACK)), "--var", str(self.var)]

    @property
    def sample(self) -> dict[str, Any]:
        """demo.json as it is now."""
        sample: dict[str, Any] = json.loads((self.var / "demo.json").read_text())
        return sample

    async def teach(self) -> Client:
        prefix = tuple(self.link.b.command([])) if self.link else ()
        return await self.start("teacher", 0, footage(TEACHER_FOOTAGE), prefix)

    async def join(
        self, index: int, name: str | None = None, options: tuple[str, ...] = ()
    ) -> Client:
        """Classroom @index, from 0."""
        prefix = tuple(self.link.a.command([])) if self.link else ()
        name = name or f"room-{index}"
        source = footage(CLASSROOM_FOOTAGE)
        return await self.start(name, index + 1, source, prefix, options)

    async def start(
        self,
        name: str,
        index: int,
        source: str,
        prefix: tuple[str, ...],
        options: tuple[str, ...] = (),
    ) -> Client:
        """Client @index of the lesson: the teacher is 0."""
        sample = self.sample
        token = [sample["teacher_token"], *sample["classroom_tokens"]][index]
        verb = "join" if index else "teach"
        seat = Seat(verb, sample["url"], sample["lesson"], token, index + 1)
        client = await Client.start(
            name, seat, source, self.var, prefix=prefix, options=options
        )
        self.addAsyncCleanup(client.program.stop)
        return client

    async def see(self, client: Client, slot: str, limit_s: float = JOIN_LIMIT_S) -> None:
        """Waits for a first picture in @slot, or fails with the client's own words."""
        if not await client.until(shows(slot), limit_s):
            log = client.program.log.read_text(errors="replace")[-2000:]
            self.fail(
                f"{client.program.name}: nothing in {slot} after {limit_s} s\n{log}"
            )

    async def lesson(self) -> tuple[Client, list[Client]]:
        """A teacher and every classroom, all seeing each other."""
        teacher = await self.teach()
        rooms = [await self.join(index) for index in range(self.n_classrooms)]
        for index, room in enumerate(rooms):
            await self.see(room, MAIN_VIDEO)
            await self.see(teacher, f"{TILE}{index}")
        return teacher, rooms

    async def kill(self, what: str) -> int:
        """kill -9 of "relay" or "signaling"; returns when its successor stands in demo.json,
        with the instant of the kill."""
        pid = int(self.sample[f"{what}_pid"])
        at_us = now_us()
        os.kill(pid, signal.SIGKILL)
        end_s = time.monotonic() + START_LIMIT_S
        while self.sample[f"{what}_pid"] == pid:
            if time.monotonic() > end_s:
                self.fail(f"{what} was not started again: {self.service.obituary()}")
            await asyncio.sleep(0.02)
        return at_us

    def assert_whole(self, client: Client, slot: str) -> None:
        """Every frame that was sent in @slot was decoded."""
        row = client.report.slot(slot)
        self.assertGreater(row.get("frames_expected", 0), 0, client.report.summary)
        self.assertEqual(
            row["frames_decoded"], row["frames_expected"], client.program.name
        )

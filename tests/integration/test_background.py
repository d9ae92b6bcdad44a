# SPDX-License-Identifier: Apache-2.0
"""Slides on a thin line give way to the lesson's picture: the same document, once for the room
that has the lesson on, and once over the same line for somebody whom nothing goes before."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
import unittest
from collections.abc import Awaitable
from dataclasses import dataclass

from house.client import Client
from house.figures import MAIN_VIDEO
from tests.integration.pdf import make_pdf
from tests.integration.served import ServedCase
from tests.netlab import netlab
from tests.netlab.netlab import Link

REASON = netlab.unavailable()

TO_ROOM = "delay_ms=20,rate_kbps=3000,queue_ms=300"
FROM_ROOM = "delay_ms=20"
FAR_TO_ROOM = "delay_ms=300,loss=0.02,rate_kbps=3000,queue_ms=300"
FAR_FROM_ROOM = "delay_ms=300,loss=0.02"
BULK = b"x" * 700_000  # beside the picture, some four seconds of what is left of that line
SETTLED_S = 6.0
LOOK_S = 0.2
FETCH_LIMIT_S = 120.0  # never, and not late
FELT_MS = 40.0  # more delay of the picture than chance gives it
FETCH = """
import sys, urllib.request
request = urllib.request.Request(sys.argv[1], headers={"Authorization": "Bearer " + sys.argv[2]})
with urllib.request.urlopen(request, timeout=float(sys.argv[3])) as answer:
    print(len(answer.read()))
"""


@dataclass
class Felt:
    """What a room's picture was like for a while."""

    took_s: float
    delay_ms: float  # the mean of its statuses
    missing: int  # frames

    def __str__(self) -> str:
        return f"{self.took_s:.1f} s, delay {self.delay_ms:.0f} ms, {self.missing} missing"


def missing(room: Client) -> int:
    stream = room.report.stream(MAIN_VIDEO)
    return int(stream.get("frames_expected", 0)) - int(stream.get("frames_decoded", 0))


@unittest.skipIf(REASON, REASON or "")
class Background(ServedCase):
    n_classrooms = 2

    async def during(self, room: Client, work: Awaitable[object]) -> Felt:
        began_s, had_missed = time.monotonic(), missing(room)
        delays_ms: list[float] = []
        task = asyncio.ensure_future(work)
        while not task.done():
            await asyncio.wait([task], timeout=LOOK_S)
            delays_ms.append(float(room.report.stream(MAIN_VIDEO).get("delay_ms", 0)))
        task.result()
        took_s = time.monotonic() - began_s
        return Felt(took_s, statistics.mean(delays_ms), missing(room) - had_missed)

    async def hand_in(self, teacher: Client, room: Client) -> None:
        """Until the room, which has the lesson on, has it too."""
        path = self.var / "slides.pdf"
        path.write_bytes(make_pdf(3, BULK))
        teacher.program.write(f"slides {path}")
        came = await room.until(lambda r: bool(r.named("document_ready")), FETCH_LIMIT_S)
        self.assertTrue(came, room.report.events[-5:])

    async def fetch(self, token: str) -> None:
        assert self.link
        sample = self.sample
        url = f"{sample['url']}/documents/{sample['lesson']}/1"
        words = [sys.executable, "-c", FETCH, url, token, str(FETCH_LIMIT_S)]
        process = await asyncio.create_subprocess_exec(
            *self.link.a.command(words), stdout=asyncio.subprocess.PIPE
        )
        output, _ = await asyncio.wait_for(process.communicate(), FETCH_LIMIT_S)
        self.assertEqual(0, process.returncode)
        self.assertGreater(int(output), len(BULK))

    async def meet(self, from_room: str, to_room: str) -> tuple[Client, Client]:
        """A teacher, and a room over such a line that has the lesson on."""
        self.link = Link(ab=from_room, ba=to_room)
        self.link.__enter__()
        self.addCleanup(self.link.close)
        await self.serve()
        os.environ["XDG_CACHE_HOME"] = str(self.var / "cache")
        self.addCleanup(os.environ.pop, "XDG_CACHE_HOME")
        teacher = await self.teach()
        room = await self.join(0)
        await self.see(room, MAIN_VIDEO)
        return teacher, room

    async def test_the_picture_feels_less_of_slides_that_give_way(self) -> None:
        teacher, room = await self.meet(FROM_ROOM, TO_ROOM)
        await asyncio.sleep(2)
        quiet = await self.during(room, asyncio.sleep(SETTLED_S))
        gentle = await self.during(room, self.hand_in(teacher, room))
        await self.during(room, asyncio.sleep(SETTLED_S / 5))
        rude = await self.during(room, self.fetch(self.sample["classroom_tokens"][1]))
        print(f"alone: {quiet}; giving way: {gentle}; not giving way: {rude}")
        self.assertGreater(rude.delay_ms, quiet.delay_ms + FELT_MS)
        self.assertLess(gentle.delay_ms - quiet.delay_ms, (rude.delay_ms - quiet.delay_ms) / 2)

    async def test_slides_arrive_far_away_although_they_give_way(self) -> None:
        teacher, room = await self.meet(FAR_FROM_ROOM, FAR_TO_ROOM)
        gentle = await self.during(room, self.hand_in(teacher, room))
        print(f"300 ms, 2 % loss, giving way: {gentle}")


if __name__ == "__main__":
    unittest.main()

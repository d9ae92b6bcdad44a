# SPDX-License-Identifier: Apache-2.0
"""Slides by PDF pages with native programs at both ends: handed in and turned by commands,
fetched once though the line breaks and the program is killed, drawn in a classroom."""

from __future__ import annotations

import asyncio
import os
import tempfile
import unittest
from pathlib import Path
from typing import Any

from house.client import Client, Seat
from tests.integration.slide_server import ROOM, TEACHER, SlideServer, make_pdf

LIMIT_S = 20.0
BULK = b"\n%" + b"x" * 400_000  # makes a document long enough to break on its way


class Slides(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        # unittest asks for asyncio's debug mode, which only tells how busy the machine is.
        asyncio.get_running_loop().set_debug(False)
        folder = tempfile.TemporaryDirectory(prefix="synclass-test-")
        self.addCleanup(folder.cleanup)
        self.var = Path(folder.name)
        self.cache = self.var / "cache"
        os.environ["XDG_CACHE_HOME"] = str(self.cache)
        self.addCleanup(os.environ.pop, "XDG_CACHE_HOME")
        self.server = SlideServer()
        await self.server.start()
        self.addAsyncCleanup(self.server.stop)

    async def start(self, verb: str, token: str, options: tuple[str, ...] = ()) -> Client:
        seat = Seat(verb, self.server.url, "l1", token, 1)
        client = await Client.start(verb, seat, "test", self.var, options=options)
        self.addAsyncCleanup(client.program.stop)
        return client

    async def join(self) -> Client:
        return await self.start("join", ROOM)

    async def hear(self, client: Client, name: str, **members: Any) -> dict[str, Any]:
        def find() -> dict[str, Any] | None:
            for event in client.report.named(name):
                if all(event.get(key) == value for key, value in members.items()):
                    return event
            return None

        if not await client.until(lambda _: find() is not None, LIMIT_S):
            log = client.program.log.read_text(errors="replace")[-2000:]
            self.fail(f"no {name} {members}; {client.report.events[-10:]}\n{log}")
        event = find()
        assert event is not None
        return event

    def kept(self) -> list[Path]:
        return sorted((self.cache / "synclass" / "documents").iterdir())

    async def test_a_teacher_hands_a_document_in_and_turns_its_pages(self) -> None:
        path = self.var / "第 3 课.pdf"
        path.write_bytes(make_pdf(3, "page"))
        teacher = await self.start("teach", TEACHER)
        room = await self.join()
        await teacher.until(lambda _: len(self.server.listeners) == 2, LIMIT_S)
        teacher.program.write(f"slides {path}")
        await self.hear(teacher, "document", document=1, title=path.name, pages=3)
        await self.hear(room, "document_ready", document=1)
        for order, page in (
            (None, 1),
            ("page next", 2),
            ("page 3", 3),
            ("page previous", 2),
        ):
            if order:
                teacher.program.write(order)
            asked = await self.hear(teacher, "page_asked", document=1, page=page)
            drawn = await self.hear(room, "page", document=1, page=page)
            print(f"page {page}: {(drawn['t_us'] - asked['t_us']) / 1000:.1f} ms")
            room.report.events.clear()
            teacher.report.events.clear()
        teacher.program.write("page none")
        await self.hear(room, "page", document=None, page=None)
        teacher.program.write(f"slides {self.var / 'join.log'}")
        await self.hear(teacher, "refused", problem="bad-document")

    async def test_a_page_stands_there_when_a_room_comes_late(self) -> None:
        self.server.add("a.pdf", 3, make_pdf(3, "page"))
        self.server.show({"document": 1, "page": 2})
        room = await self.join()
        await self.hear(room, "page", document=1, page=2)

    async def test_a_broken_line_and_a_kill_cost_no_byte_twice(self) -> None:
        body = make_pdf(3, "page") + BULK
        self.server.break_at = 150_000
        self.server.chunk_s = 0.02
        self.server.add("a.pdf", 3, body)
        room = await self.join()
        await room.until(lambda _: self.server.sent > 250_000, LIMIT_S)
        room.program.process.kill()
        await room.program.wait()
        begun = self.kept()[0].stat().st_size
        self.server.chunk_s = 0.0
        again = await self.join()
        await self.hear(again, "document_ready", document=1)
        self.assertEqual(self.server.asked[-1], f"GET bytes={begun}-")
        self.assertEqual([path.suffix for path in self.kept()], [""])
        await again.quit()
        self.server.asked.clear()
        third = await self.join()
        await self.hear(third, "document_ready", document=1)
        self.assertEqual(self.server.asked, ["HEAD"])
        print(f"killed after {begun} bytes of {len(body)}")

    async def test_the_page_that_is_shown_is_fetched_first(self) -> None:
        self.server.chunk_s = 0.05
        self.server.add("long.pdf", 3, make_pdf(3, "long") + BULK)
        self.server.add("short.pdf", 3, make_pdf(3, "short"))
        room = await self.join()
        await room.until(lambda _: self.server.sent > 0, LIMIT_S)
        self.server.show({"document": 2, "page": 1})
        await self.hear(room, "page", document=2, page=1)
        self.assertEqual(room.report.named("document_ready")[0]["document"], 2)
        await self.hear(room, "document_ready", document=1)

    async def test_a_broken_document_leaves_the_room_alive(self) -> None:
        self.server.add("bad.pdf", 3, b"%PDF-1.5 and nothing else")
        self.server.add("good.pdf", 1, make_pdf(1, "good"))
        self.server.show({"document": 1, "page": 1})
        room = await self.join()
        await self.hear(room, "document_ready", document=1)
        self.server.show({"document": 2, "page": 1})
        await self.hear(room, "page", document=2, page=1)
        await room.quit()


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""Those who misbehave in a lesson, against the real program: each is refused by name, and beside
them the others' hands are raised, lowered and told in order, and their answers counted."""

from __future__ import annotations

import asyncio
import itertools
import os
import resource
import statistics
import time
import unittest
from collections.abc import Awaitable, Callable

from tests.integration.lesson_case import Json, LessonCase, post_code
from tests.integration.person import Gone, Person

N_HANDS = 20
N_TURNED_AWAY = 5  # hands, while nobody is let in
SAME = 10  # looks in a row after which nothing is expected to go any more
LOOK_S = 0.1
HAND_PAUSE_S = 0.06  # a classroom may say twenty things a second
POINTS_OF_A_MESSAGE = 64  # the protocol's largest
FLOOD_POINTS_S = 10_000
TEACHER_RATE = 80  # messages a second, docs/protocol.md#events
TEACHER_BURST = 100


class Neighbours(LessonCase):
    async def hands(self, person: Person) -> list[float]:
        """Raises and lowers its hand; how long each took to be told, in seconds."""
        took_s = []
        for turn in range(N_HANDS):
            began_s = time.monotonic()
            told = await person.ask("hand", up=turn % 2 == 0)
            took_s.append(time.monotonic() - began_s)
            await asyncio.sleep(HAND_PAUSE_S)
            self.assertEqual(("hand", turn % 2 == 0), (told["type"], told.get("up")), told)
        return took_s

    async def beside(self, what: str, abuse: Callable[[], Awaitable[None]]) -> None:
        """A room's hands alone, and then beside @abuse until that has ended."""
        room = await self.meet(self.tokens[2])
        alone_s = await self.hands(room)
        abusing = asyncio.ensure_future(abuse())
        beside_s = await self.hands(room)
        while not abusing.done():
            beside_s += await self.hands(room)
        await abusing
        first, second = statistics.median(alone_s), statistics.median(beside_s)
        print(f"{what}: {len(beside_s)} hands, {second / first:.1f} times as long as alone")

    async def test_a_pen_of_ten_thousand_points_a_second(self) -> None:
        """Some of its strokes are too fast; then it is cut off, and may come back."""
        watcher = await self.meet(self.tokens[1])
        kept: list[Json] = []
        refused: list[Json] = []

        async def draw() -> None:
            teacher = await self.meet(self.tokens[0])
            points = [i % 10_000 for i in range(2 * POINTS_OF_A_MESSAGE)]
            hearing = asyncio.ensure_future(self.hear_all(teacher, kept, refused))
            while not hearing.done():
                teacher.say("pen", stroke=1, colour="red", width=4, points=points)
                await asyncio.sleep(POINTS_OF_A_MESSAGE / FLOOD_POINTS_S)
            self.assertEqual(4429, await hearing)

        await self.beside("pen", draw)
        print(f"{len(kept)} messages kept, {len(refused)} too fast")
        self.assertEqual({"too-fast"}, {m["problem"] for m in refused})
        last = kept[-1]["seq"]
        await watcher.until(lambda m: m.get("seq") == last)
        told = [m["seq"] for m in watcher.heard if m["type"] == "pen"]
        self.assertEqual([m["seq"] for m in kept], told)
        again = await self.meet(self.tokens[0])
        self.assertEqual(1, len(again.welcome["room"]["strokes"]))

    async def hear_all(self, person: Person, pens: list[Json], errors: list[Json]) -> int:
        """Sorts what @person hears until it is cut off, and gives the close code."""
        try:
            while True:
                message = await person.hear()
                if message["type"] == "pen":
                    pens.append(message)
                elif message["type"] == "error":
                    errors.append(message)
        except Gone as gone:
            return gone.code

    async def test_a_flood_beyond_what_a_connection_may_say_is_cut_off(self) -> None:
        async def flood() -> None:
            teacher = await self.meet(self.tokens[0])
            with self.assertRaises(Gone) as gone:
                for _ in range(20 * (TEACHER_RATE + TEACHER_BURST)):
                    teacher.say("ping")
                await teacher.until(lambda _: False)
            self.assertIn(gone.exception.code, (0, 4429))

        await self.beside("flood", flood)

    async def test_one_who_never_reads_holds_up_nobody(self) -> None:
        teacher = await self.meet(self.tokens[0])
        deaf = await self.meet(self.tokens[1])
        deaf.writer.transport.pause_reading()  # type: ignore[attr-defined]

        async def talk() -> None:
            for number in range(600):
                teacher.say("page", document=None, page=None)
                if number % 20 == 19:
                    await teacher.ask("ping")
                    await asyncio.sleep(0.3)

        await self.beside("deaf", talk)

    async def test_two_teachers_hear_the_same_and_each_may_lead(self) -> None:
        first, second = [await self.meet(self.tokens[0]) for _ in range(2)]
        room = await self.meet(self.tokens[1])
        site = room.welcome["you"]["site"]
        lessons = [asyncio.ensure_future(self.lead(one, site)) for one in (first, second)]
        await asyncio.gather(*lessons)
        end = await first.ask("chat", text="end")
        for person in (second, room):
            await person.until(lambda m: m.get("seq") == end["seq"])
        orders = [
            [(m["seq"], m["type"]) for m in person.heard if "seq" in m and m["type"] != "welcome"]
            for person in (first, second, room)
        ]
        common = orders[2][-20:]
        for order in orders:
            self.assertEqual(common, order[-20:])

    async def lead(self, teacher: Person, site: str) -> None:
        for turn in range(10):
            await teacher.ask("floor", site=site if turn % 2 == 0 else None)
            await teacher.ask("mute", site=site, muted=turn % 2 == 0)

    async def test_answers_that_do_not_count(self) -> None:
        teacher, rooms = await self.meet_all()
        codes = [room.welcome["room"]["code"] for room in rooms]
        sites = [room.welcome["you"]["site"] for room in rooms]
        _, grant = await asyncio.to_thread(post_code, self.place.port, codes[0])
        pupil = await self.meet(str(grant["token"]))
        await teacher.ask("quiz-open", kind="single", question="?", options=["a", "b"])
        for problem, members in (
            ("unknown-option", {"quiz": 1, "choice": [2]}),
            ("unknown-option", {"quiz": 1, "choice": [0, 1]}),
            ("unknown-option", {"quiz": 1, "number": 1}),
            ("unknown-quiz", {"quiz": 2, "choice": [0]}),
            ("bad-message", {"quiz": 1, "choice": [-1]}),
            ("bad-message", {"quiz": 1, "choice": []}),
        ):
            refused = await pupil.ask("answer", **members)
            self.assertEqual(problem, refused.get("problem"), (members, refused))
        # For another site: a token says whose answer it is, whatever the message says.
        for choice in (0, 1, 1):
            kept = await pupil.ask("answer", quiz=1, choice=[choice], site=sites[1])
            self.assertEqual(("answered", [choice]), (kept["type"], kept["choice"]))
        for what, members in (
            ("hand", {"up": True}),
            ("chat", {"text": "x"}),
            ("present", {"count": 3}),
            ("quiz-close", {"quiz": 1}),
            ("floor", {"site": sites[0]}),
        ):
            refused = await pupil.ask(what, **members)
            self.assertEqual("wrong-role", refused.get("problem"), (what, refused))
        closed = await teacher.ask("quiz-close", quiz=1)
        self.assertEqual((1, [0, 1]), (closed["sum"]["answers"], closed["sum"]["choices"]))
        self.assertEqual(
            {sites[0]: 1},
            {one["site"]: one["answers"] for one in closed["sum"]["sites"] if one["answers"]},
        )
        late = await pupil.ask("answer", quiz=1, choice=[0])
        self.assertEqual("quiz-closed", late["problem"])

    async def test_a_token_of_another_lesson(self) -> None:
        await self.meet_all()
        with self.assertRaises(Gone) as gone:
            stranger = await self.meet("x" * 43)
            self.assertEqual("unknown-token", stranger.welcome.get("problem"))
            await stranger.until(lambda _: False)
        self.assertEqual(4401, gone.exception.code)

    async def next_descriptor(self) -> int:
        """The number that signaling's next one would have, once what others held has gone:
        the lowest that is free (open(2)), and less than it holds where one came and went."""
        free = [-1]
        while len(set(free[-SAME:])) > 1 or len(free) < SAME:
            await asyncio.sleep(LOOK_S)
            held = {int(name) for name in os.listdir(f"/proc/{self.signaling.pid}/fd")}
            free.append(next(number for number in itertools.count() if number not in held))
        return free[-1]

    async def test_where_descriptors_are_short_who_comes_waits(self) -> None:
        """And is let in when there are some again; those who are in notice nothing."""
        room = await self.meet(self.tokens[1])
        limit = await self.next_descriptor()
        _, most = resource.prlimit(self.signaling.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(self.signaling.pid, resource.RLIMIT_NOFILE, (limit, most))
        coming = asyncio.ensure_future(self.meet(self.tokens[2]))
        for _ in range(N_TURNED_AWAY):
            await room.ask("hand", up=True)
            await room.ask("hand", up=False)
            await asyncio.sleep(HAND_PAUSE_S)
        self.assertFalse(coming.done())
        resource.prlimit(self.signaling.pid, resource.RLIMIT_NOFILE, (most, most))
        other = await coming
        self.assertEqual("welcome", other.welcome["type"])


if __name__ == "__main__":
    unittest.main()

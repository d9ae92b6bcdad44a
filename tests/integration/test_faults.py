# SPDX-License-Identifier: Apache-2.0
"""What dies in mid-lesson, and what the rooms see of it (docs/operating.md#faults)."""

from __future__ import annotations

import asyncio
import unittest
from collections.abc import Callable
from typing import Any

from house.client import Client
from house.figures import MAIN_VIDEO, Report
from tests.integration.served import ServedCase, first_frame_ms

SETTLE_S = 3.0  # of undisturbed lesson before and after a fault
ROUNDS_MAX = 6  # kills of signaling until one is seen to have cost nothing
RELAY_BACK_S = 40.0  # never, and not late; what is promised, and printed beside it, is:
RELAY_BACK_PROMISED_S = 3.0


class Kill(ServedCase):
    async def test_signaling_killed_costs_no_frame_and_a_new_join_works(self) -> None:
        await self.serve()
        teacher = await self.teach()
        room = await self.join(0)
        await self.see(room, MAIN_VIDEO)
        await asyncio.sleep(SETTLE_S)
        costs = [await self.cost_of_a_kill(room)]
        while costs[-1] > 0 and len(costs) < ROUNDS_MAX:
            costs.append(await self.cost_of_a_kill(room))
        print(f"frames that a kill cost: {costs} (promised 0)")
        self.assertLessEqual(min(costs), 0)
        late = await self.join(1)
        await self.see(late, MAIN_VIDEO)
        await room.quit()
        self.assertGreater(room.report.slot(MAIN_VIDEO)["frames_expected"], 0)
        for client in (teacher, room):
            self.assertEqual(client.report.named("reconnecting"), [], client.program.name)

    async def cost_of_a_kill(self, room: Client) -> int:
        """Frames that are missing after it, more than in as long a time before. A busy
        machine loses some in either, so that now and then there are no more; what a kill
        costs it costs each time."""
        losses = []
        for kills in (False, True):
            before = missing(room.report.stream(MAIN_VIDEO))
            if kills:
                await self.kill("signaling")
            await asyncio.sleep(SETTLE_S)
            losses.append(missing(room.report.stream(MAIN_VIDEO)) - before)
        return losses[1] - losses[0]

    async def test_relay_killed_and_every_room_comes_back_by_itself(self) -> None:
        await self.serve()
        teacher, rooms = await self.lesson()
        await asyncio.sleep(SETTLE_S)
        at_us = await self.kill("relay")
        for client in (teacher, *rooms):
            name = client.program.name
            is_back = await client.until(back_since(at_us), RELAY_BACK_S)
            self.assertTrue(is_back, f"{name} is not back after {RELAY_BACK_S} s")
            gap_s = (back_us(client.report, at_us) - at_us) / 1e6
            print(
                f"{name}: back after {gap_s:.2f} s (promised {RELAY_BACK_PROMISED_S} s)"
            )
        before = [decoded(room.report) for room in rooms]
        await asyncio.sleep(SETTLE_S)
        for room, frames in zip(rooms, before):
            self.assertGreater(decoded(room.report), frames, "pictures move again")


class Storm(ServedCase):
    n_classrooms = 10

    async def test_ten_rooms_join_at_once(self) -> None:
        await self.serve()
        await self.teach()
        rooms = await asyncio.gather(*(self.join(i) for i in range(self.n_classrooms)))
        for room in rooms:
            await self.see(room, MAIN_VIDEO, limit_s=60)
        slowest_ms = max(first_frame_ms(room.report) for room in rooms)
        print(
            f"ten joins at once: the slowest saw its first picture after {slowest_ms:.0f} ms"
        )


def missing(row: dict[str, Any]) -> int:
    return int(row["frames_expected"]) - int(row["frames_decoded"])


def back_us(report: Report, at_us: int) -> int:
    """When it said that it had come back, after @at_us; 0 where it has not."""
    events = report.named("rejoined")
    return next((int(e["t_us"]) for e in events if int(e["t_us"]) > at_us), 0)


def back_since(at_us: int) -> Callable[[Report], bool]:
    return lambda report: back_us(report, at_us) > 0


def decoded(report: Report) -> int:
    return int(report.stream(MAIN_VIDEO).get("frames_decoded", 0))


if __name__ == "__main__":
    unittest.main()

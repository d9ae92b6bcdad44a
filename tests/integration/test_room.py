# SPDX-License-Identifier: Apache-2.0
"""The room with native programs at every end: a hand, the floor, a quiz answered on the
keypad, a roll call, and a microphone that the teacher has turned off."""

from __future__ import annotations

import unittest
from typing import Any

from house.client import Client
from tests.integration.served import ServedCase

HEAR_LIMIT_S = 40.0
SOUND_LIMIT_S = 40.0
SPEAKS_KBPS = 10  # of 48: sound comes, however late a report is


class Room(ServedCase):
    async def hear(self, client: Client, name: str, **members: Any) -> dict[str, Any]:
        """The first event @name of @client that has @members, once it has come."""

        def find() -> dict[str, Any] | None:
            for event in client.report.named(name):
                if all(event.get(key) == value for key, value in members.items()):
                    return event
            return None

        if not await client.until(lambda _: find() is not None, HEAR_LIMIT_S):
            log = client.program.log.read_text(errors="replace")[-2000:]
            have = client.report.events[-10:]
            self.fail(f"{client.program.name}: no {name} {members}; {have}\n{log}")
        event = find()
        assert event is not None
        return event

    async def site(self, room: Client) -> str:
        """Its id, once it has told that: a status may come after the first picture."""
        name = room.program.name
        is_told = await room.until(lambda report: report.site != name, HEAR_LIMIT_S)
        self.assertTrue(is_told, f"{name}: no status tells its site")
        return room.report.site

    async def sounds(self, teacher: Client, index: int, is_on: bool) -> int:
        """Waits until the voice of classroom @index comes to @teacher, or no more."""
        slot = f"voice-{index}"

        def is_so(_: Any) -> bool:
            kbps = int(teacher.report.stream(slot).get("kbps", -1))
            return kbps >= SPEAKS_KBPS if is_on else kbps == 0

        is_right = await teacher.until(is_so, SOUND_LIMIT_S)
        kbps = int(teacher.report.stream(slot).get("kbps", -1))
        self.assertTrue(is_right, f"{slot}: {kbps} kbit/s, wanted {is_on}")
        return kbps

    async def test_hand_floor_quiz_roll_call_and_mute(self) -> None:
        await self.serve()
        teacher, rooms = await self.lesson()
        sites = [await self.site(room) for room in rooms]
        await self.raise_hands(teacher, rooms, sites)
        await self.ask(teacher, rooms, sites)
        await self.call_the_roll(teacher, rooms, sites)
        await self.mute(teacher, rooms, sites)
        for client in (teacher, *rooms):
            self.assertEqual(client.report.named("refused"), [], client.program.name)
            await client.quit()

    async def raise_hands(
        self, teacher: Client, rooms: list[Client], sites: list[str]
    ) -> None:
        rooms[1].program.write("press KP_Insert")
        await self.hear(teacher, "hand", site=sites[1], up=True)
        rooms[0].program.write("hand up")
        for client in (teacher, *rooms):
            await self.hear(client, "hand", hands=[sites[1], sites[0]])
        teacher.program.write(f"floor {sites[1]}")
        for client in (teacher, *rooms):
            await self.hear(client, "floor", site=sites[1])
        teacher.program.write("hands down")
        for client in (teacher, *rooms):
            await self.hear(client, "hand", site=None, up=False, hands=[])

    async def ask(self, teacher: Client, rooms: list[Client], sites: list[str]) -> None:
        teacher.program.write("quiz single 4 12 ÷ 3 = ?")
        for room in rooms:
            event = await self.hear(room, "quiz", state="open")
            self.assertEqual(event["question"], "12 ÷ 3 = ?")
        for key in ("KP_2", "KP_3", "KP_Enter"):
            rooms[0].program.write(f"press {key}")
        await self.hear(rooms[0], "answered", quiz=1, choice=[2])
        rooms[1].program.write("answer 1")
        await self.hear(rooms[1], "answered", quiz=1, choice=[0])
        await self.hear(teacher, "tally", answers=2, choices=[1, 0, 1, 0])
        rooms[1].program.write("answer 3")
        await self.hear(teacher, "tally", answers=2, choices=[0, 0, 2, 0])
        teacher.program.write("quiz close")
        for room in rooms:
            event = await self.hear(room, "quiz", state="closed")
            self.assertEqual(event["choices"], [0, 0, 2, 0])
            self.assertIsNone(event["right"])
        teacher.program.write("quiz reveal 3")
        for room in rooms:
            await self.hear(room, "quiz", state="revealed", right=[2])

    async def call_the_roll(
        self, teacher: Client, rooms: list[Client], sites: list[str]
    ) -> None:
        teacher.program.write("roll")
        for room in rooms:
            await self.hear(room, "roll_call", roll=1)
        for key in ("3", "2", "Return"):
            rooms[0].program.write(f"press {key}")
        await self.hear(teacher, "present", site=sites[0], count=32)
        rooms[1].program.write("count 28")
        await self.hear(teacher, "present", site=sites[1], count=28)

    async def mute(self, teacher: Client, rooms: list[Client], sites: list[str]) -> None:
        """A microphone that is off is one whose voice no packet comes of."""
        for index in range(len(rooms)):
            await self.sounds(teacher, index, True)
        teacher.program.write("mute all")
        for index, room in enumerate(rooms):
            await self.hear(room, "microphone", on=False)
            await self.sounds(teacher, index, False)
        teacher.program.write(f"floor {sites[0]}")
        await self.hear(rooms[0], "microphone", on=True)
        given = await self.sounds(teacher, 0, True)
        await self.sounds(teacher, 1, False)
        teacher.program.write("unmute all")
        await self.hear(rooms[1], "microphone", on=True)
        lifted = await self.sounds(teacher, 1, True)
        print(f"muted: 0 kbit/s; given the floor: {given}; lifted: {lifted} kbit/s")


if __name__ == "__main__":
    unittest.main()

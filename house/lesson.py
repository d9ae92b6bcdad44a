# SPDX-License-Identifier: Apache-2.0
"""A lesson on this machine: a service, one teacher, the classrooms, the floor going round."""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from house import figures
from house.build import ROOT
from house.client import Client, Seat
from house.figures import Report
from house.service import Service
from house.terminal import Fault

# Real footage, where the checkout has it beside it; nothing here needs it.
MEDIA = Path(os.environ.get("SC_MEDIA", ROOT.parent / "shared" / "media"))
TEACHER_FOOTAGE = MEDIA / "teacher.mkv"
CLASSROOM_FOOTAGE = MEDIA / "classroom.mkv"

PLAY_LIMIT_S = 20.0  # until every room has its first picture
FLOOR_TURNS = 5  # given and taken so often in a run of known length
ENDLESS_TURN_S = 20.0  # the same in one that ends by Ctrl-C


@dataclass(frozen=True)
class Plan:
    source: str
    n_classrooms: int
    seconds: float | None
    headless: bool


class Lesson:
    def __init__(self, service: Service, plan: Plan, tell: Callable[[str], None]) -> None:
        self.service = service
        self.plan = plan
        self.tell = tell
        self.sample: dict[str, Any] = {}
        self.teacher: Client | None = None
        self.rooms: list[Client] = []
        self.stop_asked = asyncio.Event()

    @property
    def clients(self) -> list[Client]:
        return ([self.teacher] if self.teacher else []) + self.rooms

    async def run(self, playing: Callable[[], None]) -> dict[str, Any]:
        """Runs the plan and gives the figures. @playing is called when every room plays."""
        try:
            self.sample = self.service.seed(self.plan.n_classrooms)
            await self.service.start()
            await self.invite()
            await self.until(self.all_play, PLAY_LIMIT_S, "not every room has a picture")
            playing()
            before = await asyncio.to_thread(self.service.get, "/metrics")
            await self.teach()
            after = await asyncio.to_thread(self.service.get, "/metrics")
            await self.dismiss()
            assert self.teacher
            return figures.lesson(
                self.teacher.report, [room.report for room in self.rooms], before, after
            )
        finally:
            await asyncio.gather(*(client.program.stop() for client in self.clients))
            await self.service.stop()

    async def invite(self) -> None:
        """The teacher first, then room after room: the figures are those of rooms that have
        a machine of their own, and here all share one."""
        self.teacher = await self.start("teacher", "teach", 1, self.plan.source)
        await self.until(self.teacher_sends, PLAY_LIMIT_S, "the teacher does not send")
        source = room_source(self.plan.source)
        for index in range(len(self.sample["classroom_tokens"])):
            room = await self.start(f"classroom-{index + 1}", "join", index + 2, source)
            self.rooms.append(room)
            await self.until(
                functools.partial(has_picture, room), PLAY_LIMIT_S, "no picture in a room"
            )

    async def start(self, name: str, verb: str, number: int, source: str) -> Client:
        place, sample = self.service.place, self.sample
        tokens = [sample["teacher_token"], *sample["classroom_tokens"]]
        authority = place.certificate if place.secure else None
        seat = Seat(
            verb, place.url, sample["lesson"], tokens[number - 1], number, authority
        )
        return await Client.start(name, seat, source, place.var, self.plan.headless)

    def name(self, report: Report) -> str:
        """What people call the site; its id where the sample says nothing."""
        sites = self.sample.get("sites", [])
        return next((s["name"] for s in sites if s["site"] == report.site), report.site)

    def teacher_sends(self) -> bool:
        assert self.teacher
        return self.teacher.report.status.get("state") in ("playing", "waiting")

    def all_play(self) -> bool:
        """Every room has the teacher's picture, and the teacher has every room's."""
        assert self.teacher
        tiles = slots_seen(self.teacher)
        wanted = {f"{figures.TILE}{i}" for i in range(len(self.rooms))}
        return all(map(has_picture, self.rooms)) and wanted <= tiles

    async def until(
        self, is_so: Callable[[], bool], limit_s: float, otherwise: str
    ) -> None:
        end_s = asyncio.get_running_loop().time() + limit_s
        while not is_so():
            self.check()
            if self.stop_asked.is_set():
                raise Fault("stopped before the lesson ran")
            if asyncio.get_running_loop().time() > end_s:
                raise Fault(f"{otherwise} after {limit_s:.0f} s")
            await asyncio.sleep(0.05)

    def check(self) -> None:
        """Raises Fault when something that has to run does not."""
        for program in (self.service.relay, self.service.signaling):
            if program and program.status is not None:
                raise Fault(program.obituary())
        for client in self.clients:
            client.check()

    async def teach(self) -> None:
        """Lets the lesson run its time, or until it is stopped, the floor going round."""
        turn_s = self.plan.seconds / FLOOR_TURNS if self.plan.seconds else ENDLESS_TURN_S
        turn = 0
        while self.plan.seconds is None or turn < FLOOR_TURNS:
            await self.pause(turn_s * 0.25)
            self.give_floor(self.rooms[turn % len(self.rooms)].report.site)
            await self.pause(turn_s * 0.5)
            self.give_floor("none")
            await self.pause(turn_s * 0.25)
            if self.stop_asked.is_set():
                return
            turn += 1

    def give_floor(self, site: str) -> None:
        assert self.teacher
        if not self.stop_asked.is_set():
            self.teacher.program.write(f"floor {site}")

    async def pause(self, seconds: float) -> None:
        end_s = asyncio.get_running_loop().time() + seconds
        while (left_s := end_s - asyncio.get_running_loop().time()) > 0:
            self.check()
            try:
                await asyncio.wait_for(self.stop_asked.wait(), min(left_s, 0.25))
                return
            except asyncio.TimeoutError:
                pass

    async def dismiss(self) -> None:
        """Ends the rooms, then the teacher, so that no room sees the teacher's end."""
        assert self.teacher
        await asyncio.gather(*(room.quit() for room in self.rooms))
        await self.teacher.quit()


def slots_seen(client: Client) -> set[str]:
    return {str(event.get("slot")) for event in client.report.named("first_frame")}


def has_picture(room: Client) -> bool:
    return figures.MAIN_VIDEO in slots_seen(room)


def room_source(teacher_source: str) -> str:
    """Classrooms show real pupils where the teacher shows real footage, else a made lesson."""
    is_made = teacher_source in ("test", "camera", "screen")
    return "test" if is_made or not CLASSROOM_FOOTAGE.exists() else str(CLASSROOM_FOOTAGE)


def source_argument(source: str) -> str:
    """A file is passed on as an absolute path and has to exist; words stay as they are."""
    if source in ("test", "camera", "screen") or source.startswith(
        ("camera:", "rtsp://")
    ):
        return source
    path = Path(source)
    if not path.is_file():
        raise Fault(f"--source {source}: there is no such file")
    return str(path.resolve())

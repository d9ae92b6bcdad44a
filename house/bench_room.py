# SPDX-License-Identifier: Apache-2.0
"""`run bench room`: what people do in a lesson reaches everybody: hands, pen, floor, and a quiz
that thousands of pupils answer within one second, while a real lesson's media runs beside it;
and the same clicks once more with a long way to the far screens. docs/performance.md."""

from __future__ import annotations

import asyncio
import functools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from house import bench_rows, build, figures
from house.build import ROOT
from house.figures import Limit
from house.lesson import PLAY_LIMIT_S, TEACHER_FOOTAGE, Lesson, Plan, has_picture, room_source
from house.service import LOOPBACK, Place, Service
from house.terminal import Fault, say
from tests.integration.pdf import make_pdf
from tests.netlab import netlab
from tests.netlab.netlab import Link

CROWD = build.RELEASE / "tests" / "bench" / "crowd" / "bench-crowd"
# Phones have processors of their own; here they share those of the rooms that show pictures.
STANDING_BACK = ("nice", "-n", "10")
CROWD_LIMIT_S = 420  # four thousand phones come in one after the other
FAR_SERVICE = ROOT / "tests" / "integration" / "far_service.py"
START_LIMIT_S = 30.0
N_ROOMS = 2  # that have media
N_PAGES = 12  # as in tests/bench/crowd/scenes.h
N_TURNS = 10  # of the floor, each time to the other one of these
TURN_S = 1.5
FAR_MS = 150  # one way, to the far screens
CLICK_MS = 80
ALL_KEPT_MS = 2000  # the answers themselves are spread over one second
FLOOR_MS = 250  # to the first new picture
ANSWER_MS = 1000
FREEZE_MS = 200


@dataclass(frozen=True)
class Size:
    classrooms: int
    pupils: int
    rounds: int


FULL = Size(100, 4000, 100)
QUICK = Size(10, 200, 20)
FAR = Size(2, 40, 40)
CLICKS = ("hand", "pen", "floor", "page")


class CrowdedLesson(Lesson):
    """A lesson of which two rooms have media, and the rest are bench-crowd's."""

    def __init__(self, service: Service, plan: Plan, size: Size) -> None:
        super().__init__(service, plan, say)
        self.size = size
        self.crowd: dict[str, Any] = {}

    async def invite(self) -> None:
        self.teacher = await self.start("teacher", "teach", 1, self.plan.source)
        await self.until(self.teacher_sends, PLAY_LIMIT_S, "the teacher does not send")
        for index in range(N_ROOMS):
            name = f"classroom-{index + 1}"
            room = await self.start(name, "join", index + 2, room_source(self.plan.source))
            self.rooms.append(room)
            await self.until(
                functools.partial(has_picture, room), PLAY_LIMIT_S, "no picture in a room"
            )

    async def teach(self) -> None:
        for turn in range(N_TURNS):
            self.give_floor(self.rooms[turn % N_ROOMS].report.site)
            await self.pause(TURN_S)
        self.give_floor("none")
        place = self.service.place
        command = crowd_command(place.url, place.var / "sample.json", self.size)
        log = place.var / "crowd.log"
        with log.open("w") as errors:
            process = await asyncio.create_subprocess_exec(
                *command, stdout=asyncio.subprocess.PIPE, stderr=errors
            )
            try:
                output, _ = await asyncio.wait_for(process.communicate(), CROWD_LIMIT_S)
            except asyncio.TimeoutError:
                raise Fault(f"bench-crowd did not end within {CROWD_LIMIT_S} s") from None
            finally:
                if process.returncode is None:
                    process.kill()
        if process.returncode != 0:
            raise Fault(f"bench-crowd ended with {process.returncode}: {log.read_text()[-800:]}")
        self.crowd = json.loads(output)


def crowd_command(url: str, sample: Path, size: Size) -> list[str]:
    slides = sample.with_name("slides.pdf")
    slides.write_bytes(make_pdf(N_PAGES))
    command = [*STANDING_BACK, str(CROWD), "--url", url, "--sample", str(sample)]
    command += ["--document", str(slides), "--pupils", str(size.pupils)]
    return [*command, "--rounds", str(size.rounds)]


async def measure(size: Size, var: Path) -> dict[str, Any]:
    source = str(TEACHER_FOOTAGE) if TEACHER_FOOTAGE.exists() else "test"
    plan = Plan(source, n_classrooms=size.classrooms, seconds=None, headless=True)
    service = Service(Place.choose(LOOPBACK, None, var), say)
    lesson = CrowdedLesson(service, plan, size)
    media = await lesson.run(lambda: say("the rooms with media play"))
    return {**lesson.crowd, "media": media}


def measure_far(var: Path) -> dict[str, Any]:
    """The clicks alone, without media; what is said travels at once, what is told FAR_MS."""
    with Link(ba=f"delay_ms={FAR_MS}") as link:
        words = [sys.executable, str(FAR_SERVICE), link.b.address, str(FAR.classrooms)]
        service = link.b.start([*words, str(var)], stdout=subprocess.DEVNULL)
        sample = var / "demo.json"
        end_s = time.monotonic() + START_LIMIT_S
        while not sample.exists():
            if service.poll() is not None or time.monotonic() > end_s:
                raise Fault("no service at the far end of the link emulator")
            time.sleep(0.05)
        url = json.loads(sample.read_text())["url"]
        crowd = link.a.command(crowd_command(url, sample, FAR))
        answer = subprocess.run(crowd, capture_output=True, text=True, timeout=CROWD_LIMIT_S)
    if answer.returncode != 0:
        raise Fault(f"bench-crowd ended with {answer.returncode}: {answer.stderr[-800:]}")
    far: dict[str, Any] = json.loads(answer.stdout)
    return {name: far[name] for name in (*CLICKS, "quiz")}


def far_limits(far: dict[str, Any]) -> list[Limit]:
    name = f"with {FAR_MS} ms on the way: {{}}, p95 ms"
    rows = [Limit(name.format(c), far[c]["p95_ms"], FAR_MS + CLICK_MS) for c in CLICKS]
    opened = far["quiz"]["open"]["p95_ms"]
    return [*rows, Limit(name.format("quiz opened"), opened, FAR_MS + CLICK_MS)]


def limits(crowd: dict[str, Any]) -> list[Limit]:
    quiz = crowd["quiz"]
    rows = [
        Limit(f"{click} to everybody, p95 ms", crowd[click]["p95_ms"], CLICK_MS)
        for click in CLICKS
    ]
    rows += [
        Limit("quiz on a pupil's phone, p95 ms", quiz["open"]["p95_ms"], ANSWER_MS),
        Limit("an answer kept, p99 ms", quiz["answer"]["p99_ms"], ANSWER_MS),
        Limit("all kept after the first, ms", quiz["all_ms"], ALL_KEPT_MS),
        Limit("the sum is what was answered", int(quiz["right"]), 1, at_least=True),
    ]
    floor = crowd["media"]["floor"]
    rows += [
        Limit("floor: first new picture, p95 ms", floor["switch_ms_p95"], FLOOR_MS),
        Limit("floor: renegotiations", floor["renegotiations"], 0),
    ]
    for room in crowd["media"]["classrooms"]:
        name = f"{room['site']}: longest freeze, ms"
        rows.append(Limit(name, room["longest_freeze_ms"], FREEZE_MS))
        name = f"{room['site']}: frames decoded, %"
        rows.append(Limit(name, figures.share(room), 99.5, at_least=True))
    return rows


def median(runs: list[Any]) -> Any:
    """Of figures figure by figure, of objects member by member; else the first."""
    first = runs[0]
    if isinstance(first, dict):
        return {name: median([run[name] for run in runs]) for name in first}
    if isinstance(first, bool):
        return all(runs)
    return statistics.median(runs) if isinstance(first, (int, float)) else first


def run(n_runs: int, quick: bool) -> tuple[int, dict[str, Any]]:
    build.build(targets=("tests/bench/crowd/bench-crowd", "tests/netlab/linkemu"))
    size = QUICK if quick else FULL
    missing = netlab.unavailable()
    say(f"{size.classrooms} classrooms, {size.pupils} pupils")
    if missing:
        say(f"without the long way: {missing}")
    runs = []
    for _ in range(n_runs):
        with tempfile.TemporaryDirectory(prefix="synclass-bench-") as var:
            runs.append(asyncio.run(measure(size, Path(var))))
        if not missing:
            with tempfile.TemporaryDirectory(prefix="synclass-bench-") as var:
                runs[-1]["far"] = measure_far(Path(var))
    result = median(runs)
    held = limits(result)
    if not missing:
        held += far_limits(result["far"])
    say("\n".join(map(str, held)))
    return bench_rows.verdict(held), {**result, "runs": n_runs}

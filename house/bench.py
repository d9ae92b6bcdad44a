# SPDX-License-Identifier: Apache-2.0
"""`run bench NAME`: each figure beside its limit; status 1 where one is missed."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from house import (
    bench_fanout,
    bench_join,
    bench_memory,
    bench_room,
    bench_school,
    bench_sound,
    build,
    figures,
    packages,
)
from house.bench_rig import TARGETS
from house.lesson import TEACHER_FOOTAGE, Lesson, Plan
from house.service import LOOPBACK, Place, Service
from house.terminal import say

LESSON_S = 30.0


def lesson(n_runs: int, quick: bool) -> tuple[int, dict[str, Any]]:
    """The demo's lesson on real footage, against the limits it has to keep; one run."""
    source = str(TEACHER_FOOTAGE) if TEACHER_FOOTAGE.exists() else "test"
    plan = Plan(source, n_classrooms=2, seconds=LESSON_S, headless=True)
    with tempfile.TemporaryDirectory(prefix="synclass-bench-") as var:
        result = asyncio.run(measure(plan, Path(var)))
    rows = figures.limits(result)
    say("\n".join(map(str, rows)))
    relay = result["relay"]
    say(
        f"     relay: {relay['packets_out']} packets, adds {relay['added_us_p50']} µs "
        f"(p99 {relay['added_us_p99']}), {relay['us_cpu_per_packet']} µs of CPU each"
    )
    return (0 if all(row.holds for row in rows) else 1), result


async def measure(plan: Plan, var: Path) -> dict[str, Any]:
    service = Service(Place.choose(LOOPBACK, None, var), say)
    return await Lesson(service, plan, say).run(lambda: say("every room plays"))


BENCHES: dict[str, Callable[[int, bool], tuple[int, dict[str, Any]]]] = {
    "lesson": lesson,
    "fanout": bench_fanout.run,
    "join": bench_join.run,
    "memory": bench_memory.run,
    "school": bench_school.run,
    "room": bench_room.run,
    "sound": bench_sound.run,
}
NAMES = tuple(BENCHES)
ON_THE_RIG = ("fanout", "join", "memory")


def run(name: str, output: Path | None, n_runs: int, quick: bool) -> int:
    if name in ON_THE_RIG:
        packages.ensure(packages.BENCH, build.RELEASE / ".packages-bench")
        build.build(targets=TARGETS)
    status, result = BENCHES[name](n_runs, quick)
    if output:
        output.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    return status

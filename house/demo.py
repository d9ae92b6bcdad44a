# SPDX-License-Identifier: Apache-2.0
"""`run demo`: a lesson for a newcomer to look at, with a living line for each room."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any

from house import figures
from house.figures import Report
from house.lesson import Lesson, Plan, source_argument
from house.service import Place, Service
from house.terminal import Block, Fault, pad, say

REDRAW_S = 0.5
NAME_COLUMNS = 22


async def demo(options: argparse.Namespace, var: Path) -> int:
    plan = Plan(
        source=source_argument(options.source),
        n_classrooms=options.classrooms,
        seconds=options.seconds,
        headless=options.headless or not has_display(),
    )
    screen = Block()
    service = Service(Place.choose(options.host, None, var), screen.say)
    lesson = Lesson(service, plan, screen.say)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, lesson.stop_asked.set)
    say("starting relay, signaling, one teacher, " + rooms_text(plan.n_classrooms))
    drawing = asyncio.create_task(draw(lesson, screen))
    try:
        result = await lesson.run(lambda: screen.say(invitation(lesson)))
    except Fault as fault:
        raise Fault(f"{fault}\nlogs: {keep_logs(var)}") from None
    finally:
        drawing.cancel()
        screen.erase()
    names = {client.report.site: lesson.name(client.report) for client in lesson.clients}
    say(summary(result, names))
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n")
    return 0


def has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def rooms_text(n: int) -> str:
    return f"{n} classroom{'s' if n > 1 else ''}"


def keep_logs(var: Path) -> Path:
    """The folder goes with the run; after a fault its logs are what a person needs."""
    kept = var.with_name(var.name + "-logs")
    kept.mkdir()
    for log in var.glob("*.log"):
        shutil.copy(log, kept)
    return kept


def invitation(lesson: Lesson) -> str:
    sample, url = lesson.sample, lesson.service.place.url
    tail = f"#lesson={sample['lesson']}&token="
    lines = ["every room plays; in a browser the same lesson is at"]
    lines.append(f"  teacher    {url}/teacher{tail}{sample['teacher_token']}")
    for token in sample["classroom_tokens"]:
        lines.append(f"  classroom  {url}/classroom{tail}{token}")
    if lesson.plan.seconds is None:
        lines.append("Ctrl-C ends it")
    return "\n".join(lines)


async def draw(lesson: Lesson, screen: Block) -> None:
    while True:
        reports = [client.report for client in lesson.clients]
        if reports:
            lines = [line(lesson.name(report), report) for report in reports]
            screen.draw(lines, time.monotonic())
        await asyncio.sleep(REDRAW_S)


def line(name: str, report: Report) -> str:
    """One room: all it receives as one, and what its own screen says."""
    streams = report.status.get("streams", [])
    pictures = [s for s in streams if s.get("fps")]
    main = next((s for s in pictures if s.get("slot") == figures.MAIN_VIDEO), None)
    shown = main or (pictures[0] if pictures else {})
    kbps = sum(float(s.get("kbps") or 0) for s in streams)
    lost = sum(float(s.get("kbps") or 0) * float(s.get("loss_pct") or 0) for s in streams)
    loss = lost / kbps if kbps else 0.0
    delay = shown.get("delay_ms")
    return (
        f"{pad(name, NAME_COLUMNS)} {report.status.get('state', 'starting'):<12} "
        f"{float(shown.get('fps') or 0):5.1f} fps {kbps:6.0f} kbit/s {loss:5.1f} % lost "
        f"{'    –' if delay is None else format(float(delay), '5.0f')} ms  "
        f"{report.status.get('sentence', '')}"
    )


def summary(result: dict[str, Any], names: dict[str, str]) -> str:
    """@names: what people call each site."""
    lines = ["the lesson is over"]
    for room in result["classrooms"]:
        lines.append(
            f"  {names[room['site']]}: {room['frames_decoded']} of {room['frames_expected']} frames, "
            f"first after {number(room['first_frame_ms'])} ms, "
            f"delay {number(room['delay_ms_p50'])} ms (p95 {number(room['delay_ms_p95'])}), "
            f"longest freeze {number(room['longest_freeze_ms'])} ms, "
            f"audio gap {number(room['audio_gap_ms'])} ms"
        )
    for tile in result["teacher"]["tiles"]:
        lines.append(
            f"  teacher's tile of {names[tile['site']]}: "
            f"{tile['frames_decoded']} of {tile['frames_expected']} frames"
        )
    relay, floor = result["relay"], result["floor"]
    lines.append(
        f"  relay: {relay['packets_out']} packets out, adds {number(relay['added_us_p50'])} µs "
        f"(p99 {number(relay['added_us_p99'])}), {number(relay['us_cpu_per_packet'], 1)} µs of CPU each"
    )
    lines.append(
        f"  floor: switched in {number(floor['switch_ms_p50'])} ms "
        f"(p95 {number(floor['switch_ms_p95'])}), {floor['renegotiations']} renegotiations"
    )
    return "\n".join(lines)


def number(value: float | None, digits: int = 0) -> str:
    return "–" if value is None else f"{value:.{digits}f}"

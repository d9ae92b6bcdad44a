# SPDX-License-Identifier: Apache-2.0
"""From what the clients said and the relay counted to the figures of a lesson; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

MAIN_VIDEO = "main-video"
MAIN_AUDIO = "main-audio"
GUEST_VIDEO = "guest-video"
TILE = "tile-"

SAMPLE = re.compile(r"^(\w+)(?:\{([^}]*)\})? (\S+)$", re.MULTILINE)


@dataclass
class Report:
    """What one client has said so far. @site is its id, its name here until it has said it;
    @source is the number in its stamps."""

    site: str
    source: int
    status: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)

    def take(self, message: dict[str, Any]) -> None:
        kind = message.get("type")
        if kind == "status":
            self.status = message
            self.site = str(message.get("site") or self.site)
        elif kind == "event":
            self.events.append(message)
        elif kind == "summary":
            self.summary = message

    def named(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event.get("name") == name]

    def slot(self, name: str) -> dict[str, Any]:
        """What the summary says of slot @name; empty where it says nothing."""
        return next(
            (s for s in self.summary.get("slots", []) if s.get("slot") == name), {}
        )

    def stream(self, name: str) -> dict[str, Any]:
        """What the last status says of slot @name."""
        return next(
            (s for s in self.status.get("streams", []) if s.get("slot") == name), {}
        )


def lesson(
    teacher: Report, rooms: list[Report], before: str, after: str
) -> dict[str, Any]:
    """@before and @after: the text of /metrics when all were playing and at the end."""
    return {
        "classrooms": [classroom(room) for room in rooms],
        "teacher": {
            "tiles": [tile(teacher, i, room.site) for i, room in enumerate(rooms)]
        },
        "relay": relay(before, after),
        "floor": floor(teacher, rooms),
    }


def classroom(room: Report) -> dict[str, Any]:
    video = room.slot(MAIN_VIDEO)
    names = ("frames_expected", "frames_decoded", "frames_damaged", "longest_freeze_ms")
    later = ("first_frame_ms", "delay_ms_p50", "delay_ms_p95")
    return {
        "site": room.site,
        **{name: video.get(name) for name in names},
        "audio_gap_ms": room.slot(MAIN_AUDIO).get("audio_gap_ms"),
        **{name: video.get(name) for name in later},
    }


def tile(teacher: Report, index: int, site: str) -> dict[str, Any]:
    slot = teacher.slot(f"{TILE}{index}")
    return {
        "site": site,
        **{n: slot.get(n) for n in ("frames_decoded", "frames_expected")},
    }


def relay(before: str, after: str) -> dict[str, Any]:
    first, last = samples(before), samples(after)
    packets = last.get("packets_out", 0.0) - first.get("packets_out", 0.0)
    cpu_us = last.get("cpu_us", 0.0) - first.get("cpu_us", 0.0)
    return {
        "added_us_p50": last.get("forward_us_p50"),
        "added_us_p99": last.get("forward_us_p99"),
        "packets_out": int(packets),
        "us_cpu_per_packet": round(cpu_us / packets, 2) if packets else None,
    }


def samples(text: str) -> dict[str, float]:
    """Prometheus text to the relay's few figures that are shown, under short names."""
    found: dict[str, float] = {}
    for name, labels, value in SAMPLE.findall(text):
        quantile = re.search(r'quantile="0\.(\d+)"', labels)
        if quantile:
            name += "_p" + quantile.group(1).ljust(2, "0")
        found[name.removeprefix("synclass_relay_").removesuffix("_total")] = float(value)
    return found


def floor(teacher: Report, rooms: list[Report]) -> dict[str, Any]:
    switches = [ms for ms in switches_ms(teacher, rooms) if ms is not None]
    reports = [teacher, *rooms]
    return {
        "switch_ms_p50": percentile(switches, 50),
        "switch_ms_p95": percentile(switches, 95),
        "renegotiations": sum(int(r.summary.get("renegotiations") or 0) for r in reports),
    }


def switches_ms(teacher: Report, rooms: list[Report]) -> list[float | None]:
    """For each time the floor was given, and each other room: from the command to the first
    picture of the new source there; None where none came before the next command."""
    asked = teacher.named("floor_asked")
    ends = [int(event["t_us"]) for event in asked[1:]] + [1 << 62]
    result: list[float | None] = []
    for event, end_us in zip(asked, ends):
        holder = next((room for room in rooms if room.site == event.get("site")), None)
        if holder is None:
            continue
        begin_us = int(event["t_us"])
        for room in rooms:
            if room is not holder:
                result.append(first_ms(room, holder.source, begin_us, end_us))
    return result


def first_ms(room: Report, source: int, begin_us: int, end_us: int) -> float | None:
    for event in room.named("source_changed"):
        is_it = event.get("slot") == GUEST_VIDEO and event.get("source") == source
        if is_it and begin_us <= int(event["t_us"]) < end_us:
            return (int(event["t_us"]) - begin_us) / 1000
    return None


def percentile(values: Iterable[float], rank: int) -> float | None:
    """By nearest rank; None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    return ordered[max(0, -(-len(ordered) * rank // 100) - 1)]


@dataclass(frozen=True)
class Limit:
    """One figure beside what it must keep."""

    name: str
    value: float | None
    limit: float
    at_least: bool = False

    @property
    def holds(self) -> bool:
        if self.value is None:
            return False
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        word = "at least" if self.at_least else "at most"
        value = "nothing" if self.value is None else f"{self.value:g}"
        mark = "ok  " if self.holds else "MISS"
        return f"{mark} {self.name:<44} {value:>9}   {word} {self.limit:g}"


def limits(figures: dict[str, Any]) -> list[Limit]:
    rows = []
    for room in figures["classrooms"]:
        site = room["site"]
        rows.append(Limit(f"{site}: frames decoded, %", share(room), 99.5, at_least=True))
        rows.append(Limit(f"{site}: longest freeze, ms", room["longest_freeze_ms"], 150))
        rows.append(Limit(f"{site}: audio gap, ms", room["audio_gap_ms"], 40))
        rows.append(Limit(f"{site}: first frame, ms", room["first_frame_ms"], 700))
        rows.append(Limit(f"{site}: delay p95, ms", room["delay_ms_p95"], 250))
    for row in figures["teacher"]["tiles"]:
        name = f"tile of {row['site']}: frames decoded, %"
        rows.append(Limit(name, share(row), 99.0, at_least=True))
    rows.append(Limit("floor switch p95, ms", figures["floor"]["switch_ms_p95"], 250))
    rows.append(Limit("renegotiations", figures["floor"]["renegotiations"], 0))
    return rows


def share(row: dict[str, Any]) -> float | None:
    if not row.get("frames_expected"):
        return None
    return round(100.0 * int(row["frames_decoded"]) / int(row["frames_expected"]), 2)

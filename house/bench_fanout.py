# SPDX-License-Identifier: Apache-2.0
"""`run bench fanout`: what a forwarded packet costs, ours beside Janus and beside a loop that
only sends; how far one core goes; what it adds in delay and skew."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from house import bench_janus, bench_rows
from house.bench_rig import Case, Rig
from house.bench_rows import Row, ratio, value
from house.figures import Limit
from house.terminal import say

SYNTHETIC = "10x1200"
X264 = "x264+opus"
CHROMIUM = "chromium+opus"
CHROMIUM_VP8 = "chromium vp8+opus"
SIZES = {
    X264: "x264-480p30.txt",
    CHROMIUM: "chromium-h264-480p30.txt",
    CHROMIUM_VP8: "chromium-vp8-480p30.txt",
}
SYNTHETIC_FPS = 25
SIZES_FPS = "30"
FRAME_PACKETS = 10
SEALED_BYTES = 1240  # 1200 of payload, header 12, extensions 12, tag 16
FLOOR_S = 3
WINDOW_S = 3
JANUS_JOINS_PER_S = 50

LIMIT_N = 500
LOSS_LIMIT_PCT = 0.1
SEGMENTS_LIMIT = 5
# A frame to 500 rooms is 5 000 packets: 120 frames a second are 600 000 packets.
RATE_N = 500
RATE_STEPS = "100,120,140"
# Half of 600 000 packets a second, as a dozen lessons of 100 rooms would make them.
HALF_N = 100
HALF_FPS = "300"
SKEW_N = 1000
TWO_WORKERS = "2 workers"
HOT = "hot"  # the floor that sends one frame's bytes to all


def case(n: int, load: str = SYNTHETIC, **more: Any) -> Case:
    made = Case(n=n, window_s=WINDOW_S, **more)
    if load in SIZES:
        made = dataclasses.replace(made, pattern=SIZES[load], fps=SIZES_FPS, audio=True)
    return made


class Measurement:
    """One run of the cases: the rows that it made."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.rows: list[Row] = []

    def add(
        self, server: str, load: str, run: Callable[[Case], list[Row]], one: Case
    ) -> None:
        say(f"  {server} {load} {one.profile} N={one.n}")
        for row in run(one):
            if row["row"] == "window":
                picked = bench_rows.pick(server, load, row)
                self.rows.append({**picked, "fps": row["fps"]})

    def ours(self, n: int, load: str = SYNTHETIC, **more: Any) -> None:
        self.add("ours", load, self.rig.ours, case(n, load, **more))

    def janus(self, n: int, load: str = SYNTHETIC) -> None:
        one = case(n, load, joins_per_s=JANUS_JOINS_PER_S)
        self.add("janus", load, self.rig.janus, one)

    def floor(self, n: int, hot: bool = False) -> None:
        """Frames of the same packets and sizes to as many sockets."""
        load = f"{SYNTHETIC} {HOT}" if hot else SYNTHETIC
        say(f"  floor {load} N={n}")
        row = self.rig.floor(n, SEALED_BYTES, FRAME_PACKETS, SYNTHETIC_FPS, FLOOR_S, hot)
        picked = bench_rows.pick("floor", load, row)
        picked["packets_per_s"] = row["packets"] / FLOOR_S
        picked["loss_pct"] = 100 * (1 - row["packets"] / row["wanted"])
        picked["segments_per_message"] = FRAME_PACKETS
        self.rows.append({**picked, "profile": "none", "fps": SYNTHETIC_FPS})

    def limited(self, quick: bool) -> None:
        """What has a limit: the medians are of these. What is compared is measured one behind
        the other."""
        self.janus(50)
        self.floor(LIMIT_N)
        self.ours(LIMIT_N)
        self.floor(LIMIT_N, hot=True)
        self.ours(LIMIT_N, profile="cm")
        self.ours(LIMIT_N, X264)
        self.ours(LIMIT_N, CHROMIUM)
        self.ours(100)
        half = case(HALF_N, fps=HALF_FPS)
        self.add("ours", "half load", self.rig.ours, half)
        if quick:
            return
        self.ours(SKEW_N)
        self.floor(2000)
        self.ours(2000)
        self.floor(2000, hot=True)
        steps = case(RATE_N, fps=RATE_STEPS)
        self.add("ours", "rate", self.rig.ours, steps)

    def others(self) -> None:
        """What only stands in the table: measured once."""
        self.janus(100)
        self.janus(50, X264)
        for n in (100, 2000):
            self.ours(n, profile="cm")
        self.ours(LIMIT_N, X264, profile="cm")
        self.ours(LIMIT_N, CHROMIUM_VP8)
        spread = case(LIMIT_N, burst=False)
        self.add("ours", f"{SYNTHETIC} spread", self.rig.ours, spread)
        two = case(LIMIT_N)
        self.add(
            "ours", f"{SYNTHETIC}, {TWO_WORKERS}", lambda one: self.rig.ours(one, 2), two
        )


def limits(rows: list[Row]) -> list[Limit]:
    def ours(name: str, **wanted: object) -> float | None:
        all_wanted: dict[str, object] = {"server": "ours", "profile": "gcm"}
        all_wanted.update(wanted)
        return value(rows, name, **all_wanted)

    gcm = ours("us_per_packet", load=SYNTHETIC, n=LIMIT_N)
    cm = ours("us_per_packet", load=SYNTHETIC, n=LIMIT_N, profile="cm")
    x264 = ours("us_per_packet", load=X264, n=LIMIT_N)
    few = ours("us_per_packet", load=SYNTHETIC, n=100)
    many = ours("us_per_packet", load=SYNTHETIC, n=2000)
    janus = value(rows, "us_per_packet", server="janus", load=SYNTHETIC, n=50)
    growth = ratio(many, few)
    fastest = max(
        (
            row["packets_per_s"]
            for row in rows
            if row["server"] == "ours"
            and TWO_WORKERS not in row["load"]
            and (row["loss_pct"] or 0) < LOSS_LIMIT_PCT
        ),
        default=None,
    )
    half: dict[str, object] = {"load": "half load"}
    skew = ours("skew_us_p99", load=SYNTHETIC, n=SKEW_N)
    x264_segments = ours("video_segments", load=X264, n=LIMIT_N)
    chromium_segments = ours("video_segments", load=CHROMIUM, n=LIMIT_N)
    return [
        Limit("µs/packet, GCM, 500 receivers", gcm, 1.3),
        Limit("the same, AES-CM-SHA1-80", cm, 1.6),
        Limit("the same, x264 sizes and Opus", x264, 2.5),
        Limit("times cheaper than Janus", ratio(janus, gcm), 15, at_least=True),
        Limit("ratio to the floor", to_floor(rows, LIMIT_N), 1.35),
        Limit("growth from 100 to 2000, %", percent(growth), 25),
        Limit("packets/s of one core", fastest, 600_000, at_least=True),
        Limit("delay at half of that, p50 µs", ours("delay_us_p50", **half), 1000),
        Limit("the same, p99 µs", ours("delay_us_p99", **half), 4000),
        Limit("skew over 1000 receivers, p99 µs", skew, 12000),
        Limit("segments a message, x264", x264_segments, SEGMENTS_LIMIT, at_least=True),
        Limit("the same, Chromium", chromium_segments, SEGMENTS_LIMIT, at_least=True),
    ]


def percent(growth: float | None) -> float | None:
    return round(100 * (growth - 1), 1) if growth is not None else None


def to_floor(rows: list[Row], n: int, hot: bool = False) -> float | None:
    load = f"{SYNTHETIC} {HOT}" if hot else SYNTHETIC
    return ratio(
        value(rows, "us_per_packet", server="ours", load=SYNTHETIC, n=n, profile="gcm"),
        value(rows, "us_per_packet", server="floor", load=load, n=n),
    )


def ratios(rows: list[Row]) -> dict[str, float | None]:
    gcm = value(rows, "us_per_packet", server="ours", load=SYNTHETIC, n=LIMIT_N)
    janus = value(rows, "us_per_packet", server="janus", load=SYNTHETIC, n=50)
    found = {"ratio_to_janus": ratio(gcm, janus)}
    for n in (LIMIT_N, 2000):
        found[f"ratio_to_floor_{n}"] = to_floor(rows, n)
        found[f"ratio_to_hot_floor_{n}"] = to_floor(rows, n, hot=True)
    return found


def run(n_runs: int, quick: bool) -> tuple[int, dict[str, Any]]:
    runs: list[list[Row]] = []
    once: list[Row] = []
    with Rig() as rig:
        for i in range(n_runs):
            say(f"run {i + 1} of {n_runs}")
            one = Measurement(rig)
            one.limited(quick)
            runs.append(one.rows)
        if not quick:
            say("once")
            rest = Measurement(rig)
            rest.others()
            once = rest.rows
    rows = [bench_rows.median(list(same)) for same in zip(*runs)] + once
    held = limits(rows)
    found = ratios(rows)
    say(bench_rows.table(rows))
    say("\n".join(map(str, held)))
    say("\n".join(f"     {name}: {figure}" for name, figure in found.items()))
    result = {"rows": rows, **found, "janus": bench_janus.version(), "runs": n_runs}
    return bench_rows.verdict(held), result

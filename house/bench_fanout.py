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
SIZES = "x264-480p30.txt"
SYNTHETIC_FPS = 25
X264_N_MAX = 500  # three times as many messages: more is beyond the load's own core
FRAME_PACKETS = 10
SEALED_BYTES = 1240  # 1200 of payload, header 12, extensions 12, tag 16
FLOOR_S = 5
LIMIT_N = 500
LOSS_LIMIT_PCT = 0.1

# A frame to 500 rooms is 5 000 packets: 120 frames a second are 600 000 packets.
RATE_N = 500
RATE_STEPS = "60,80,100,120,140"
# Half of 600 000 packets a second, as a dozen lessons of 100 rooms would make them.
HALF_N = 100
HALF_FPS = "300"
SKEW_N = 1000


def case(n: int, load: str, quick: bool, **more: Any) -> Case:
    made = Case(n=n, window_s=3 if quick else 6, **more)
    if load == X264:
        made = dataclasses.replace(made, pattern=SIZES, fps="30", audio=True)
    return made


def measure(rig: Rig, quick: bool) -> list[Row]:
    """One run of every case."""
    rows = []

    def add(server: str, load: str, run: Callable[[Case], list[Row]], one: Case) -> None:
        say(f"  {server} {load} {one.profile} N={one.n}")
        for row in run(one):
            if row["row"] == "window":
                rows.append({**bench_rows.pick(server, load, row), "fps": row["fps"]})

    for n in (50,) if quick else (50, 100):
        add("janus", SYNTHETIC, rig.janus, case(n, SYNTHETIC, quick, joins_per_s=50))
    if not quick:
        add("janus", X264, rig.janus, case(50, X264, quick, joins_per_s=50))
    for n in (100, 500) if quick else (100, 500, 1000, 2000):
        rows.append(floor(rig, n))
        for profile in ("gcm", "cm"):
            one = case(n, SYNTHETIC, quick, profile=profile)
            add("ours", SYNTHETIC, rig.ours, one)
            if n <= X264_N_MAX:
                add("ours", X264, rig.ours, case(n, X264, quick, profile=profile))
    spread = case(LIMIT_N, SYNTHETIC, quick, burst=False)
    add("ours", "10x1200 spread", rig.ours, spread)
    add("ours", "half load", rig.ours, case(HALF_N, "", quick, fps=HALF_FPS))
    if not quick:
        steps = dataclasses.replace(case(RATE_N, "", quick, fps=RATE_STEPS), window_s=4)
        add("ours", "rate", rig.ours, steps)
    return rows


def floor(rig: Rig, n: int) -> Row:
    """Frames of the same packets and sizes to as many sockets."""
    say(f"  floor {SYNTHETIC} N={n}")
    row = rig.floor(n, SEALED_BYTES, FRAME_PACKETS, SYNTHETIC_FPS, FLOOR_S)
    picked = bench_rows.pick("floor", SYNTHETIC, row)
    picked["packets_per_s"] = row["packets"] / FLOOR_S
    picked["loss_pct"] = 100 * (1 - row["packets"] / row["wanted"])
    picked["segments_per_message"] = FRAME_PACKETS
    return {**picked, "profile": "none", "fps": SYNTHETIC_FPS}


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
    least = value(rows, "us_per_packet", server="floor", n=LIMIT_N)
    growth = ratio(many, few)
    fastest = max(
        (
            row["packets_per_s"]
            for row in rows
            if row["server"] == "ours" and (row["loss_pct"] or 0) < LOSS_LIMIT_PCT
        ),
        default=None,
    )
    half: dict[str, object] = {"load": "half load"}
    skew = ours("skew_us_p99", load=SYNTHETIC, n=SKEW_N)
    return [
        Limit("µs/packet, GCM, 500 receivers", gcm, 1.3),
        Limit("the same, AES-CM-SHA1-80", cm, 1.6),
        Limit("the same, x264 sizes and Opus", x264, 2.5),
        Limit("times cheaper than Janus", ratio(janus, gcm), 15, at_least=True),
        Limit("ratio to the floor", ratio(gcm, least), 1.35),
        Limit("growth from 100 to 2000, %", percent(growth), 25),
        Limit("packets/s of one core", fastest, 600_000, at_least=True),
        Limit("delay at half of that, p50 µs", ours("delay_us_p50", **half), 1000),
        Limit("the same, p99 µs", ours("delay_us_p99", **half), 4000),
        Limit("skew over 1000 receivers, p99 µs", skew, 12000),
    ]


def percent(growth: float | None) -> float | None:
    return round(100 * (growth - 1), 1) if growth is not None else None


def run(n_runs: int, quick: bool) -> tuple[int, dict[str, Any]]:
    runs: list[list[Row]] = []
    with Rig() as rig:
        for i in range(n_runs):
            say(f"run {i + 1} of {n_runs}")
            runs.append(measure(rig, quick))
    rows = [bench_rows.median(list(same)) for same in zip(*runs)]
    say(bench_rows.table(rows))
    held = limits(rows)
    say("\n".join(map(str, held)))
    gcm = value(rows, "us_per_packet", server="ours", load=SYNTHETIC, n=LIMIT_N)
    result = {
        "rows": rows,
        "ratio_to_janus": ratio(
            gcm, value(rows, "us_per_packet", server="janus", load=SYNTHETIC, n=50)
        ),
        "ratio_to_floor": ratio(
            gcm, value(rows, "us_per_packet", server="floor", n=LIMIT_N)
        ),
        "janus": bench_janus.version(),
        "runs": n_runs,
    }
    return bench_rows.verdict(held), result

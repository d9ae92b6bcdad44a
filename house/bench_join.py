# SPDX-License-Identifier: Apache-2.0
"""`run bench join`: the bell. A thousand rooms come in within one second while fifty watch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from house import bench_rows
from house.bench_rig import Case, Rig
from house.bench_rows import Row
from house.figures import Limit
from house.terminal import say

WATCHERS = 50
JOINERS = 1000
QUICK_JOINERS = 200


def measure(rig: Rig, joiners: int) -> list[Row]:
    case = Case(
        n=WATCHERS + joiners,
        watchers=WATCHERS,
        joins_per_s=joiners,
        window_s=2,
        settle_s=1,
    )
    doors: dict[str, Callable[[Case], list[Row]]] = {
        "control": rig.ours,
        "whep": rig.service,
    }
    rows = []
    for door, run in doors.items():
        say(f"  {joiners} rooms by {door}")
        rows += [{**row, "door": door} for row in run(case) if row["row"] == "join"]
    return rows


def limits(row: Row) -> list[Limit]:
    door = row["door"]
    return [
        Limit(f"{door}: rooms that flow", row["flowing"], row["n"], at_least=True),
        Limit(f"{door}: all flowing after, ms", row["all_flowing_ms"], 3000),
        Limit(f"{door}: first packet p50, ms", row["first_packet_ms_p50"], 3000),
        Limit(f"{door}: first packet p99, ms", row["first_packet_ms_p99"], 3000),
        Limit(f"{door}: packets lost at the 50", row["watchers_lost"], 0),
        Limit(f"{door}: longest gap there, ms", row["watchers_longest_gap_ms"], 100),
    ]


def run(n_runs: int, quick: bool) -> tuple[int, dict[str, Any]]:
    joiners = QUICK_JOINERS if quick else JOINERS
    with Rig() as rig:
        runs = [measure(rig, joiners) for _ in range(n_runs)]
    rows = [bench_rows.median(list(same)) for same in zip(*runs)]
    held = [limit for row in rows for limit in limits(row)]
    say("\n".join(map(str, held)))
    return bench_rows.verdict(held), {"rows": rows, "runs": n_runs}

# SPDX-License-Identifier: Apache-2.0
"""`run bench memory`: what a receiver takes once it has shaken hands."""

from __future__ import annotations

from typing import Any

from house import bench_rows
from house.bench_rig import Case, Rig
from house.figures import Limit
from house.terminal import say

LIMIT_KIB = 24
# Few frames: the ring of the teacher's packets is not what is measured.
FPS = "2"
# The session of a handshake is kept for 10 s to answer a lost last flight (relay/dtls.h); what
# it frees goes back to the system with the next of the looks every 15 s (relay/relay.c).
SETTLE_S = 32


def run(n_runs: int, quick: bool) -> tuple[int, dict[str, Any]]:
    counts = (200,) if quick else (2000,)
    cases = [
        Case(n=n, profile=profile, fps=FPS, window_s=3, settle_s=SETTLE_S)
        for n in counts
        for profile in ("gcm", "cm")
    ]
    rows = []
    with Rig() as rig:
        for case in cases:
            say(f"  N={case.n} {case.profile}")
            windows = [rig.ours(case)[-1] for _ in range(n_runs)]
            rows.append(bench_rows.pick("ours", "memory", bench_rows.median(windows)))
    held = [
        Limit(
            f"KiB a receiver, {row['n']} of {row['profile']}",
            row["rss_kib_per_receiver"],
            LIMIT_KIB,
        )
        for row in rows
    ]
    say("\n".join(map(str, held)))
    return bench_rows.verdict(held), {"rows": rows, "runs": n_runs}

# SPDX-License-Identifier: Apache-2.0
"""`run bench sound`: what the canceller takes out of a made room over a sound server, and what of
a voice that speaks at the same time."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import tempfile
from pathlib import Path
from typing import Any

from house import bench_rows, build
from house.figures import Limit
from house.soundroom import SoundRoom
from house.terminal import say

PROGRAM = build.RELEASE / "tests" / "bench" / "bench-soundroom"
DELAYS_MS = (20, 250)  # a loudspeaker at hand; a television that works on its picture
LEAST_ERLE_DB = 20.0
MOST_LOSS_DB = 6.0
LIMIT_S = 60.0
STEADY_MS = 0.2  # a path that moves by less is a room's; by more, a busy machine's
SETTLED_S = 6


async def listen(delay_ms: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="synclass-sound-") as var:
        room = await SoundRoom.start(Path(var), delay_ms)
        try:
            process = await asyncio.create_subprocess_exec(
                str(PROGRAM),
                stdout=asyncio.subprocess.PIPE,
                env={**os.environ, **room.environment},
            )
            output, _ = await asyncio.wait_for(process.communicate(), LIMIT_S)
        finally:
            await room.stop()
    return {"delay_ms": delay_ms, **json.loads(output)}


def wander_ms(row: dict[str, Any]) -> float:
    """By how much the path moved once devices had settled."""
    delays = [second["delay_ms"] for second in row["seconds"][SETTLED_S:]]
    return round(max(delays) - min(delays), 2)


def limits(rows: list[dict[str, Any]]) -> list[Limit]:
    held = []
    for row in rows:
        late = f"{row['delay_ms']} ms"
        held += [
            Limit(f"{late}: echo taken out, dB", row["erle_db"], LEAST_ERLE_DB, at_least=True),
            Limit(f"{late}: a voice beside it loses, dB", row["voice_loss_db"], MOST_LOSS_DB),
        ]
    return held


def run(n_runs: int, quick: bool) -> tuple[int, dict[str, Any]]:
    rows = []
    for delay_ms in DELAYS_MS:
        runs = [asyncio.run(listen(delay_ms)) for _ in range(1 if quick else n_runs)]
        for row in runs:
            seconds = " ".join(f"{second['erle_db']:.0f}" for second in row["seconds"])
            say(f"  {delay_ms} ms: {row['erle_db']} dB; by second {seconds}; path moved by "
                f"{wander_ms(row)} ms")
        steady = [row for row in runs if wander_ms(row) <= STEADY_MS] or runs
        rows.append({
            "delay_ms": delay_ms,
            "erle_db": statistics.median(row["erle_db"] for row in steady),
            "voice_loss_db": statistics.median(row["voice_loss_db"] for row in steady),
            "steady": sum(wander_ms(row) <= STEADY_MS for row in runs),
            "runs": runs,
        })
    held = limits(rows)
    say("\n".join(map(str, held)))
    return bench_rows.verdict(held), {"rows": rows}

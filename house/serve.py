# SPDX-License-Identifier: Apache-2.0
"""`run serve`: relay and signaling in the foreground, restarted when they die."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import signal
from typing import Any

from house.service import Place, Service
from house.terminal import pad, say

NAME_COLUMNS = 14


async def serve(place: Place, n_classrooms: int, with_province: bool = False) -> int:
    """@n_classrooms: of the sample lesson; 0 makes none. Returns on SIGINT or SIGTERM."""
    service = Service(place, say)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        sample = service.seed(n_classrooms) if n_classrooms else None
        province = service.seed_province() if with_province else None
        await service.start()
        if sample:
            service.on_restart = functools.partial(write_sample, service, sample)
            service.on_restart()
            say(f"the sample lesson is in {place.var / 'demo.json'}")
        if province:
            say(invitation(place.url, province["sign_ins"]))
        say(f"SynClass serves at {place.url}, media on UDP {place.port}; Ctrl-C stops it")
        supervision = asyncio.create_task(service.supervise())
        await stop.wait()
        supervision.cancel()
    finally:
        await service.stop()
    return 0


def invitation(url: str, sign_ins: list[dict[str, Any]]) -> str:
    """Where the console is, and who can sign in to it."""
    lines = [f"the console: {url}/console"]
    for person in sign_ins:
        lines.append(
            f"  {pad(person['sign_in'], NAME_COLUMNS)} {person['password']}  "
            f"{person['role']}, {person['organisation_name']} ({person['organisation_name_en']})"
        )
    return "\n".join(lines)


def write_sample(service: Service, sample: dict[str, Any]) -> None:
    """demo.json, replaced in one step so that a reader never sees half of it."""
    assert service.relay and service.signaling
    pids = {"relay_pid": service.relay.pid, "signaling_pid": service.signaling.pid}
    path = service.place.var / "demo.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({**sample, **pids}, indent=2, ensure_ascii=False) + "\n")
    os.replace(fresh, path)

# SPDX-License-Identifier: Apache-2.0
"""A running `synclass teach` or `synclass join`, and what it says of itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from house.build import RELEASE
from house.figures import Report
from house.process import Program
from house.terminal import Fault

CLIENT = RELEASE / "client" / "synclass"
END_LIMIT_S = 8.0  # from "quit" to the summary


@dataclass(frozen=True)
class Seat:
    """Where a client belongs in a lesson. @number is the source number of its stamps."""

    verb: str  # "teach" or "join"
    url: str
    lesson: str
    token: str
    number: int
    authority: Path | None = None  # what a self-signed server is checked against


class Client:
    def __init__(self, program: Program, report: Report) -> None:
        self.program = program
        self.report = report
        self.listening = asyncio.create_task(self.listen())

    @classmethod
    async def start(
        cls,
        name: str,
        seat: Seat,
        source: str,
        var: Path,
        headless: bool = True,
        prefix: tuple[str, ...] = (),
        options: tuple[str, ...] = (),
    ) -> Client:
        """Its log goes to @var. @prefix: a command that starts it elsewhere."""
        command = [*prefix, str(CLIENT), seat.verb, "--url", seat.url]
        command += ["--lesson", seat.lesson, "--token", seat.token, "--source", source]
        command += ["--status", "json", "--stamp", *options]
        if seat.authority:
            command += ["--ca", str(seat.authority)]
        if headless:
            command.append("--headless")
        program = await Program.start(name, command, var / f"{name}.log", talks=True)
        return cls(program, Report(site=name, source=seat.number))

    async def listen(self) -> None:
        assert self.program.process.stdout
        async for line in self.program.process.stdout:
            try:
                message = json.loads(line)
            except ValueError:
                continue  # a library's own words
            if isinstance(message, dict):
                self.report.take(message)

    def check(self) -> None:
        """Raises Fault where it has ended though nobody asked it to."""
        if self.program.status is not None:
            raise Fault(self.program.obituary())

    async def until(self, is_so: Callable[[Report], bool], limit_s: float) -> bool:
        """Waits at most so long until @is_so of what it said."""
        end_s = asyncio.get_running_loop().time() + limit_s
        while not is_so(self.report):
            self.check()
            if asyncio.get_running_loop().time() > end_s:
                return False
            await asyncio.sleep(0.02)
        return True

    async def quit(self) -> None:
        """Asks it to end and waits for its summary."""
        self.program.write("quit")
        try:
            await asyncio.wait_for(self.program.wait(), END_LIMIT_S)
            await asyncio.wait_for(self.listening, END_LIMIT_S)
        except asyncio.TimeoutError:
            raise Fault(
                f"{self.program.name} did not end within {END_LIMIT_S:.0f} s"
            ) from None
        if self.program.status != 0 or not self.report.summary:
            raise Fault(self.program.obituary())

# SPDX-License-Identifier: Apache-2.0
"""One started program: its process group, its log, its end.

Every program is the leader of a session of its own, so that a Ctrl-C at the terminal reaches
`run` alone, which then stops things in its order; and it dies with `run`, even by kill -9."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1  # linux/prctl.h
GRACE_S = 4.0  # from SIGTERM to SIGKILL
LINE_LIMIT = 1 << 20  # bytes; a summary of many slots is one long line

libc = ctypes.CDLL(None)


def die_with(parent: int, number: int = signal.SIGKILL) -> Callable[[], None]:
    """For preexec_fn: the new process gets signal @number when @parent ends."""

    def hook() -> None:
        libc.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)

    return hook


class Program:
    """A running program. Its log is a file; its output is read line by line where wanted."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.process = process
        self.log = log

    @classmethod
    async def start(
        cls, name: str, command: list[str], log: Path, talks: bool = False
    ) -> Program:
        """@talks: commands go to its input and lines come from its output; else its output
        goes to the log too."""
        pipe = asyncio.subprocess.PIPE
        with log.open("ab") as sink:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=pipe if talks else asyncio.subprocess.DEVNULL,
                stdout=pipe if talks else sink,
                stderr=sink,
                limit=LINE_LIMIT,
                start_new_session=True,
                preexec_fn=die_with(os.getpid()),
            )
        return cls(name, process, log)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def status(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        return self.process.returncode

    def write(self, line: str) -> None:
        """Gives it a command; lost where it has ended."""
        if self.process.stdin and self.status is None:
            self.process.stdin.write(line.encode() + b"\n")

    async def wait(self) -> int:
        return await self.process.wait()

    async def stop(self, grace_s: float = GRACE_S) -> None:
        """Ends it and everything it started. Returns when it is gone."""
        for number, limit_s in ((signal.SIGTERM, grace_s), (signal.SIGKILL, None)):
            if self.status is not None:
                break
            self.kill(number)
            try:
                await asyncio.wait_for(self.process.wait(), limit_s)
            except asyncio.TimeoutError:
                pass
        self.kill(signal.SIGKILL)  # what it left behind in its group

    def kill(self, number: int) -> None:
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def obituary(self, n_lines: int = 8) -> str:
        """How it ended, with the last words of its log."""
        try:
            words = self.log.read_text(errors="replace").splitlines()[-n_lines:]
        except OSError:
            words = []
        return "\n  ".join([f"{self.name} ended with {self.status}", *words])

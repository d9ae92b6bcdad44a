# SPDX-License-Identifier: Apache-2.0
"""What `run test` does side by side: files together, and builds in what they leave over."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from house.process import die_with

AUTOGROUP = Path("/proc/self/autogroup")  # sched(7): what nice means, where it is on
LAST = 19  # setpriority(2): after all others
TOGETHER = "trap 'trap - TERM; kill 0' TERM"  # the shell ends, and what it has started

T = TypeVar("T")


def in_order(jobs: Sequence[Callable[[], T]], at_once: int) -> Iterator[T]:
    """Runs @jobs, @at_once of them at a time, and gives their answers in the order of
    @jobs: what is printed of them does not depend on which was first."""
    pool = ThreadPoolExecutor(at_once)
    answers = [pool.submit(job) for job in jobs]
    try:
        for answer in answers:
            yield answer.result()
    finally:
        pool.shutdown(cancel_futures=True)


class Spare:
    """@commands, one after the other, in what all others leave of the processors. Nothing
    is said of them, and none that fails is missed: who needs its work does what is left of
    it, and says so."""

    def __init__(self, commands: list[list[str]]) -> None:
        works = [f"{shlex.join(command)} & wait $!" for command in commands]
        self.script = "\n".join([TOGETHER, *works])

    def __enter__(self) -> Spare:
        self.process = subprocess.Popen(
            ["sh", "-c", self.script],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=step_back(os.getpid()),
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Waits for their end; after an error, ends them."""
        if error:
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()


def step_back(parent: int) -> Callable[[], None]:
    """For preexec_fn: runs when nobody else wants to, and ends with @parent."""
    die = die_with(parent, signal.SIGTERM)

    def hook() -> None:
        die()
        os.nice(LAST)
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        try:
            AUTOGROUP.write_text(str(LAST))
        except OSError:
            pass  # off: then nice is among all

    return hook

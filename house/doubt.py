# SPDX-License-Identifier: Apache-2.0
"""Which failures are looked at once more.

Two say little of what was tested: one beside other tests, which we run side by side only to
save time, and one while the hypervisor gave our processors to its other guests. Such a program
is run again by itself, and that look counts. Both are printed, and the end names the program.
Of meson's programs a crash is never put down to noise, nor what a sanitizer reports; nowhere
are more failures of one part than a few."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MOST = 3  # of one part: more of them are no noise
STOLEN = 0.02  # of the processors' time, from where a test may have missed it
STAT = Path("/proc/stat")
FIELDS = 8  # proc_stat(5): user nice system idle iowait irq softirq steal; guests are in user
CRASHES = (signal.SIGILL, signal.SIGBUS, signal.SIGFPE, signal.SIGSEGV)
SHELL = 128  # bash(1): and a signal's number is the status of what that has ended
REPORTS = ("ERROR: AddressSanitizer", "WARNING: ThreadSanitizer", "runtime error:")


@dataclass(frozen=True)
class Processors:
    """What all processors did since the machine was started, in clock ticks."""

    total: int
    stolen: int

    @classmethod
    def read(cls, text: str | None = None) -> Processors:
        line = (STAT.read_text() if text is None else text).splitlines()[0]
        ticks = [int(word) for word in line.split()[1 : 1 + FIELDS]]
        return cls(sum(ticks), ticks[-1])

    def stolen_since(self, before: Processors) -> float:
        """The share of the time since @before that other guests had, 0 to 1."""
        return (self.stolen - before.stolen) / max(1, self.total - before.total)


def reason(in_company: bool, stolen: float) -> str:
    """Why a failure says little of what failed; "" where it says all."""
    if in_company:
        return "it ran beside others"
    if stolen >= STOLEN:
        return f"{stolen:.0%} of the processors' time went to other machines"
    return ""


def is_proof(record: dict[str, object]) -> bool:
    """Has the program of meson's @record failed in a way that no neighbour explains?"""
    status = record.get("returncode")
    said = f"{record.get('stdout', '')}{record.get('stderr', '')}"
    has_crashed = status in [n for crash in CRASHES for n in (-crash, SHELL + crash)]
    return has_crashed or any(report in said for report in REPORTS)


def few(doubtful: Sequence[object]) -> bool:
    return 0 < len(doubtful) <= MOST

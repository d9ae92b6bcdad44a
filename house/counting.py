# SPDX-License-Identifier: Apache-2.0
"""How many cases a program of tests had, read off what it printed: TAP as GLib's and Node's
programs speak it, and Python's unittest."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

TAP = re.compile(r"^\s*(not )?ok \d+(.*)$", re.MULTILINE)
SUM = re.compile(r"^# (pass|fail|skipped) (\d+)$", re.MULTILINE)
RAN = re.compile(r"^Ran (\d+) tests? in", re.MULTILINE)
ENDED = re.compile(r"^(?:OK|FAILED)(?: \((.*)\))?$", re.MULTILINE)


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    twice: list[str] = field(default_factory=list)  # the names of what was looked at again

    def add(self, other: Count) -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.twice += other.twice

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def entry(record: dict[str, object]) -> Count:
    """One test program of meson's log: its cases as GLib's or Python's test programs print
    them, else itself."""
    result = record.get("result")
    count = tap(str(record.get("stdout", "")))
    count.add(unittest(str(record.get("stderr", ""))))
    if result in ("OK", "EXPECTEDFAIL", "SKIP"):
        if not count.passed and not count.skipped:
            return Count(skipped=1) if result == "SKIP" else Count(passed=1)
        return count
    count.failed = max(1, count.failed)
    return count


def tap(output: str) -> Count:
    """Counts TAP's lines, or takes the sums at its end where it has them (Node's has: there
    a case stands once more in the line of each group and file that holds it)."""
    sums = {word: int(number) for word, number in SUM.findall(output)}
    if {"pass", "fail"} <= sums.keys():
        return Count(sums["pass"], sums["fail"], sums.get("skipped", 0))
    count = Count()
    for failed, rest in TAP.findall(output):
        if failed:
            count.failed += 1
        elif "# SKIP" in rest.upper():
            count.skipped += 1
        else:
            count.passed += 1
    return count


def unittest(output: str) -> Count:
    """What Python's unittest says at its end; nothing where it was not Python's."""
    ran = RAN.findall(output)
    if not ran:
        return Count()
    ended = ENDED.findall(output)
    parts = dict(p.split("=") for p in ended[-1].split(", ") if "=" in p) if ended else {}
    failed = int(parts.get("failures", 0)) + int(parts.get("errors", 0))
    skipped = int(parts.get("skipped", 0))
    return Count(max(0, int(ran[-1]) - failed - skipped), failed, skipped)

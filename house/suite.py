# SPDX-License-Identifier: Apache-2.0
"""`run test`: builds, runs every suite, counts every case, ends with one plain line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from house import build, packages
from house.build import ROOT
from house.terminal import Fault, say

FILE_LIMIT_S = 900  # one file of process-level tests, or the browser's whole suite
PATIENCE = 4  # times a test's own limit: machines are busy, and sanitizers slow
PARTS = ("unit", "integration", "browser", "sanitize")

ASAN = ROOT / "build-asan"
TSAN = ROOT / "build-tsan"
SANITIZER_ENVIRONMENT = {
    # Debian's libraries have no frame pointers: the slow unwinder sees through them.
    "ASAN_OPTIONS": "detect_stack_use_after_return=1:fast_unwind_on_malloc=0",
    "LSAN_OPTIONS": f"suppressions={ROOT}/tests/lsan.supp:print_suppressions=0",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    "TSAN_OPTIONS": f"suppressions={ROOT}/tests/tsan.supp:halt_on_error=1:second_deadlock_stack=1",
}

TAP = re.compile(r"^\s*(not )?ok \d+(.*)$", re.MULTILINE)
SUM = re.compile(r"^# (pass|fail|skipped) (\d+)$", re.MULTILINE)
RAN = re.compile(r"^Ran (\d+) tests? in", re.MULTILINE)
ENDED = re.compile(r"^(?:OK|FAILED)(?: \((.*)\))?$", re.MULTILINE)


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, other: Count) -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def run(part: str, werror: bool) -> int:
    """Runs @part ("all": every part) and returns the exit status."""
    packages.ensure(packages.TEST, build.RELEASE / ".packages-test")
    runners: dict[str, Callable[[bool], Count]] = {
        "unit": unit,
        "integration": integration,
        "browser": browser,
        "sanitize": sanitize,
    }
    total = Count()
    for name in PARTS if part == "all" else (part,):
        started_s = time.monotonic()
        count = runners[name](werror)
        total.add(count)
        say(f"{name}: {count} ({time.monotonic() - started_s:.0f} s)")
    say(str(total))
    return 1 if total.failed or not total.passed else 0


def unit(werror: bool) -> Count:
    release(werror)
    return meson(build.RELEASE, ["unit"])


def integration(werror: bool) -> Count:
    release(werror)
    count = meson(build.RELEASE, ["integration"])
    for path in sorted((ROOT / "tests" / "integration").glob("test_*.py")):
        count.add(python(path))
    return count


def browser(werror: bool) -> Count:
    release(werror)
    program = ROOT / "tests" / "browser" / "run-tests"
    if not program.exists():
        raise Fault(f"{program.relative_to(ROOT)} is missing")
    status, output = bounded([str(program)])
    count = tap(output)
    if status != 0 and not count.failed:
        count.failed += 1
    return count


def sanitize(werror: bool) -> Count:
    """AddressSanitizer and UBSan over unit and integration, TSan over the relay; always with
    warnings as errors, since this is where a second look is paid for anyway."""
    common = {"werror": "true", "b_lundef": "false"}
    build.build(ASAN, {**common, "b_sanitize": "address,undefined"})
    count = meson(ASAN, ["unit", "integration"])
    build.build(TSAN, {**common, "b_sanitize": "thread"})
    count.add(meson(TSAN, ["relay"]))
    return count


def release(werror: bool) -> None:
    build.build(options={"werror": "true"} if werror else None)


def meson(directory: Path, suites: list[str]) -> Count:
    """Runs meson's tests of @suites and counts their cases from meson's own log."""
    command = ["meson", "test", "-C", str(directory), "--no-rebuild", "--print-errorlogs"]
    command += ["--timeout-multiplier", str(PATIENCE)]
    for suite in suites:
        command += ["--suite", suite]
    log = directory / "meson-logs" / "testlog.json"
    log.unlink(missing_ok=True)
    environment = {**os.environ, **SANITIZER_ENVIRONMENT}
    status = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL).returncode
    count = Count()
    if log.exists():
        for line in log.read_text().splitlines():
            count.add(entry(json.loads(line)))
    if status != 0 and not count.failed:
        raise Fault(f"meson test ended with {status}")
    return count


def entry(record: dict[str, object]) -> Count:
    """One test program: its cases as GLib's or Python's test programs print them, else itself."""
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


def python(path: Path) -> Count:
    """Runs one file of unittest cases as a process of its own."""
    say(f"{path.relative_to(ROOT)}:")
    status, output = bounded([sys.executable, "-m", "unittest", "-v", str(path)])
    count = unittest(output)
    if status != 0:
        count.failed = max(1, count.failed)
    return count


def bounded(command: list[str]) -> tuple[int, str]:
    """Runs @command for at most FILE_LIMIT_S, shows its output as it comes and keeps it."""
    limit = ["timeout", "--kill-after=20", str(FILE_LIMIT_S)]
    process = subprocess.Popen(
        limit + command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    output: list[str] = []
    try:
        for line in process.stdout:
            output.append(line)
            sys.stdout.write(line)
            sys.stdout.flush()
    finally:
        process.terminate()  # timeout passes it on; nothing happens where all has ended
        status = process.wait()
    return status, "".join(output)

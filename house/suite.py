# SPDX-License-Identifier: Apache-2.0
"""`run test`: builds, runs every suite, counts every case, ends with one plain line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from house import build, doubt, packages
from house.build import ROOT
from house.counting import Count, entry, tap, unittest
from house.doubt import Processors
from house.parallel import Spare, in_order
from house.terminal import Fault, say

FILE_LIMIT_S = 1500  # one file of process-level or browser tests
PATIENCE = 4  # times a test's own limit: machines are busy, and sanitizers slow
PARTS = ("unit", "integration", "browser", "sanitize")

# Files of tests/integration and tests/browser, by what their names begin with.
FILES = {
    "integration": (ROOT / "tests" / "integration", "test_*.py"),
    "browser": (ROOT / "tests" / "browser", "*.test.mjs"),
}
BROWSER = FILES["browser"][0] / "run-tests"
# These count frame and millisecond, and bear no company:
ALONE = ("test_background", "test_demo", "test_faults", "test_netlab", "native", "sound")
# Of all others these are begun first, in this order: they take longest. Those that come after
# test_line show no pictures: it counts its own, over a bad line.
LONGEST = (
    "test_line",
    "test_accounts",
    "test_api_input",
    "test_term",
    "pages",
    "lesson",
    "term",
    "console",
)
# Pages that mostly stand still, or wait for a bell. While they are looked at the sanitizers'
# programs run, which wait for most of their time.
CALM = (
    "term",
    "console",
    "slides",
    "desk",
    "setup",
    "console-service",
    "room",
    "modules",
    "classroom-modules",
    "console-modules",
    "room-modules",
    "words",
)
# A browser's own processes fill a small machine, and two of them wait for each other until
# voices and pictures fail.
BROWSERS_AT_ONCE = max(1, (os.cpu_count() or 1) // 2)
FILES_AT_ONCE = 3

ASAN = ROOT / "build-asan"
TSAN = ROOT / "build-tsan"
TSAN_SUITE = "relay"  # where our threads are
# Warnings as errors always, since this is where a second look is paid for anyway. -g1: lines
# are all that a report names, and it is compiled a quarter sooner.
COMMON = {"werror": "true", "b_lundef": "false", "c_args": "-g1"}
# -O1: as its makers advise, and compiled a fifth sooner.
ASAN_BUILD = {**COMMON, "b_sanitize": "address,undefined", "optimization": "1"}
TSAN_BUILD = {**COMMON, "b_sanitize": "thread"}
# Programs that wait for most of their time; under sanitizers some work for seconds besides.
WAITING_AT_ONCE = 3 * (os.cpu_count() or 1)
SANITIZED_AT_ONCE = 5 * (os.cpu_count() or 1)
SANITIZER_ENVIRONMENT = {
    "ASAN_OPTIONS": "detect_stack_use_after_return=1",
    "LSAN_OPTIONS": f"suppressions={ROOT}/tests/lsan.supp:print_suppressions=0",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    "TSAN_OPTIONS": f"suppressions={ROOT}/tests/tsan.supp:halt_on_error=1:second_deadlock_stack=1",
}
# Debian's libraries have no frame pointers, so that a leak of theirs cannot be told from one of
# ours by the quick way up the stack. A program that seems to leak is run again with the other
# way, which sees all and takes ten times as long.
SEEMS_TO_LEAK = "ERROR: LeakSanitizer"
SECOND_LOOK = {"ASAN_OPTIONS": SANITIZER_ENVIRONMENT["ASAN_OPTIONS"] + ":fast_unwind_on_malloc=0"}

def run(part: str, names: list[str], werror: bool) -> int:
    """Runs @part ("all": every part), or of it the files that @names name, and returns the
    exit status."""
    packages.ensure(packages.TEST, build.RELEASE / ".packages-test")
    if names:
        return verdict(selected(part, names, werror))
    if part == "all":
        return verdict(run_all(werror))
    runners = {
        "unit": unit,
        "integration": integration,
        "browser": browser,
        "sanitize": sanitize,
    }
    return verdict(timed(part, partial(runners[part], werror)))


def run_all(werror: bool) -> Count:
    total = timed("unit", partial(unit, werror))
    total.add(timed("integration", partial(integration, werror, prepares=True)))
    with ThreadPoolExecutor(1) as pool:
        sanitized: list[Future[Count]] = []

        def begin_sanitizers() -> None:
            for name, runner in (("addresses", addresses), ("threads", threads)):
                sanitized.append(pool.submit(timed, name, runner))

        total.add(timed("browser", partial(browser, werror, calmed=begin_sanitizers)))
        for count in sanitized:
            total.add(count.result())
    return total


def timed(name: str, runner: Callable[[], Count]) -> Count:
    """Runs it, and tells its count and how long it took."""
    started_s = time.monotonic()
    count = runner()
    say(f"{name}: {count} ({time.monotonic() - started_s:.0f} s)")
    return count


def verdict(total: Count) -> int:
    if total.twice:
        say("looked at twice: " + ", ".join(total.twice))
    say(str(total))
    return 1 if total.failed or not total.passed else 0


def unit(werror: bool) -> Count:
    release(werror)
    return meson(build.RELEASE, ["unit"])


def integration(werror: bool, prepares: bool = False) -> Count:
    """@prepares: builds for sanitize() besides, in what the files leave."""
    release(werror)
    alone, others = by_company(files_of("integration"))
    count = run_alone(alone)
    with Spare(sanitizers() if prepares else []):
        count.add(meson(build.RELEASE, ["integration"], WAITING_AT_ONCE))
        count.add(run_together(others, FILES_AT_ONCE))
    return count


def browser(werror: bool, calmed: Callable[[], None] = lambda: None) -> Count:
    """@calmed: called when only CALM files are left."""
    release(werror)
    if not BROWSER.exists():
        raise Fault(f"{BROWSER.relative_to(ROOT)} is missing")
    alone, others = by_company(files_of("browser"))
    count = run_alone(alone)
    lively = [path for path in others if stem(path) not in CALM]
    count.add(run_together(lively, BROWSERS_AT_ONCE))
    calmed()
    calm = [path for path in others if stem(path) in CALM]
    count.add(run_together(calm, BROWSERS_AT_ONCE, in_company=True))
    return count


def selected(part: str, names: list[str], werror: bool) -> Count:
    """The files of @part that @names name, one after the other."""
    if part not in FILES:
        raise Fault(f"{part}: only {' and '.join(FILES)} are run by the file")
    paths = [chosen(part, name) for name in names]
    release(werror)
    return run_alone(paths)


def files_of(part: str) -> list[Path]:
    folder, pattern = FILES[part]
    return sorted(folder.glob(pattern))


def chosen(part: str, name: str) -> Path:
    """The file of @part that is called @name, whole or without its ending."""
    for path in files_of(part):
        if Path(name).name in (path.name, stem(path)):
            return path
    raise Fault(f"{name}: no such file in {FILES[part][0].relative_to(ROOT)}")


def run_alone(paths: list[Path]) -> Count:
    """Runs @paths one after the other, and nothing beside them."""
    return settle(Attempt.make(path) for path in paths)


def run_together(paths: list[Path], at_once: int, in_company: bool = False) -> Count:
    """Runs @paths side by side, @at_once of them at a time. @in_company: something else
    runs beside them."""
    make = partial(Attempt.make, in_company=in_company or at_once > 1)
    return settle(in_order([partial(make, path) for path in paths], at_once))


def settle(attempts: Iterable[Attempt]) -> Count:
    """Tells and counts @attempts; those that doubt.py doubts by a second one."""
    count = Count()
    doubtful: list[tuple[Attempt, Count]] = []
    for attempt in attempts:
        seen = attempt.tell()
        if seen.failed and attempt.doubt:
            doubtful.append((attempt, seen))
        else:
            count.add(seen)
    is_noise = doubt.few(doubtful)
    for attempt, seen in doubtful:
        if is_noise:
            say(f"{attempt.path.name}: {attempt.doubt}, so once more, and alone")
            seen = Attempt.make(attempt.path).tell()
            seen.twice.append(attempt.path.name)
        count.add(seen)
    return count


def by_company(paths: list[Path]) -> tuple[list[Path], list[Path]]:
    """Those of @paths that are ALONE, and the others, the longest first."""
    alone = [path for path in paths if stem(path) in ALONE]
    others = [path for path in paths if stem(path) not in ALONE]
    order = {name: at for at, name in enumerate(LONGEST)}
    others.sort(key=lambda path: order.get(stem(path), len(order)))
    return alone, others


def stem(path: Path) -> str:
    """The name before its first dot."""
    return path.name.partition(".")[0]


def sanitize(werror: bool) -> Count:
    count = addresses()
    count.add(threads())
    return count


def addresses() -> Count:
    """AddressSanitizer and UBSan over unit and integration."""
    build.build(ASAN, ASAN_BUILD)
    count = meson(ASAN, ["unit"])
    count.add(meson(ASAN, ["integration"], SANITIZED_AT_ONCE))
    return count


def threads() -> Count:
    """TSan over the relay."""
    build.build(TSAN, TSAN_BUILD, tsan_targets())
    return meson(TSAN, [TSAN_SUITE], SANITIZED_AT_ONCE)


def tsan_targets() -> tuple[str, ...]:
    build.configure(TSAN, TSAN_BUILD)
    return build.needed(TSAN, TSAN_SUITE)


def sanitizers() -> list[list[str]]:
    """The commands that make beforehand what sanitize() needs."""
    build.configure(ASAN, ASAN_BUILD)
    return [build.command(ASAN), build.command(TSAN, tsan_targets())]


def release(werror: bool) -> None:
    build.build(options={"werror": "true"} if werror else None)


def meson(directory: Path, suites: list[str], at_once: int = 0) -> Count:
    """Runs meson's tests of @suites, @at_once of them at a time (0: as many as there are
    processors), and counts their cases from meson's own log."""
    words = [word for suite in suites for word in ("--suite", suite)]
    if at_once:
        words += ["--num-processes", str(at_once)]
    status, records = meson_records(directory, words)
    leaking = [name_of(record) for record in records if seems_to_leak(record)]
    doubtful = [name_of(record) for record in records if is_doubtful(record)]
    if leaking:
        status, records = looked_at_again(directory, records, leaking, "seems to leak", SECOND_LOOK)
    if doubt.few(doubtful):
        status, records = looked_at_again(directory, records, doubtful, "failed beside others")
    count = Count()
    for record in records:
        count.add(entry(record))
    count.twice = doubtful if doubt.few(doubtful) else []
    if status != 0 and not count.failed:
        raise Fault(f"meson test ended with {status}")
    return count


def looked_at_again(
    directory: Path,
    records: list[dict[str, object]],
    names: list[str],
    why: str,
    environment: dict[str, str] | None = None,
) -> tuple[int, list[dict[str, object]]]:
    """What a second run of @names ended with, one after the other, and @records with those
    of it in the place of the first."""
    say(f"a second look at what {why}: " + ", ".join(names))
    status, again = meson_records(directory, ["--num-processes", "1", *names], environment)
    seen = {record["name"] for record in again}
    return status, [record for record in records if record["name"] not in seen] + again


def is_doubtful(record: dict[str, object]) -> bool:
    has_failed = record.get("result") in ("FAIL", "TIMEOUT")
    return has_failed and not seems_to_leak(record) and not doubt.is_proof(record)


def meson_records(
    directory: Path, words: list[str], environment: dict[str, str] | None = None
) -> tuple[int, list[dict[str, object]]]:
    """What `meson test` with @words ended with, and what it noted of each program. Those of
    sanitizers stand back for what runs beside them."""
    command = [] if directory == build.RELEASE else ["nice"]
    command += ["meson", "test", "-C", str(directory), "--no-rebuild", "--print-errorlogs"]
    command += ["--timeout-multiplier", str(PATIENCE), *words]
    log = directory / "meson-logs" / "testlog.json"
    log.unlink(missing_ok=True)
    environment = {**os.environ, **SANITIZER_ENVIRONMENT, **(environment or {})}
    status = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL).returncode
    lines = log.read_text().splitlines() if log.exists() else []
    return status, [json.loads(line) for line in lines]


def name_of(record: dict[str, object]) -> str:
    """The test's own name: meson notes it behind its project and its suites."""
    return str(record["name"]).rpartition(" / ")[2]


def seems_to_leak(record: dict[str, object]) -> bool:
    said = f"{record.get('stdout', '')}{record.get('stderr', '')}"
    return record.get("result") == "FAIL" and SEEMS_TO_LEAK in said


@dataclass
class Attempt:
    """One file of tests, run as a process of its own."""

    path: Path
    status: int
    output: str
    took_s: float
    doubt: str = ""  # why a failure of it would say little

    @classmethod
    def make(cls, path: Path, in_company: bool = False) -> Attempt:
        began_s, before = time.monotonic(), Processors.read()
        status, output = bounded(runner(path))
        stolen = Processors.read().stolen_since(before)
        took_s = time.monotonic() - began_s
        return cls(path, status, output, took_s, doubt.reason(in_company, stolen))

    def tell(self) -> Count:
        """Prints it whole, and counts it."""
        count = unittest(self.output) if self.path.suffix == ".py" else tap(self.output)
        if self.status != 0:
            count.failed = max(1, count.failed)
        say(f"{self.path.relative_to(ROOT)}:\n{self.output.rstrip()}")
        say(f"{self.path.name}: {count} ({self.took_s:.0f} s)\n")
        return count


def runner(path: Path) -> list[str]:
    if path.suffix == ".py":
        return [sys.executable, "-m", "unittest", "-v", str(path)]
    return [str(BROWSER), path.name]


def bounded(command: list[str]) -> tuple[int, str]:
    """Runs @command for at most FILE_LIMIT_S and keeps its output."""
    limit = ["timeout", "--kill-after=20", str(FILE_LIMIT_S)]
    process = subprocess.Popen(
        limit + command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        output, _ = process.communicate()
    finally:
        process.terminate()  # timeout passes it on; nothing happens where all has ended
        status = process.wait()
    return status, output

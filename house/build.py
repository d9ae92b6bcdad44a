# SPDX-License-Identifier: Apache-2.0
"""Configures and builds with meson and ninja; what stands is not built again."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from house import libraries
from house.terminal import Fault, Progress, say

ROOT = Path(__file__).resolve().parent.parent
RELEASE = ROOT / "build"
PROGRAMS = ("relay/synclass-relay", "signaling/synclass-signaling", "client/synclass")

STEP = re.compile(r"^\[(\d+)/(\d+)\] (.*)")


def build(
    directory: Path = RELEASE,
    options: dict[str, str] | None = None,
    targets: tuple[str, ...] = (),
) -> None:
    """Builds @targets (empty: everything) in @directory, which is configured with @options
    if it is new or they differ. Raises Fault with the compiler's words if that fails."""
    libraries.ensure()
    configure(directory, options or {})
    with Progress(directory.name) as progress:
        output: list[str] = []
        with subprocess.Popen(
            command(directory, targets),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdout is not None
            steps = 0
            for line in process.stdout:
                output.append(line)
                step = STEP.match(line)
                if step:
                    steps += 1
                    done, total, what = step.groups()
                    progress.show(f"{int(done) * 100 // int(total):3d} %  {what}")
        if process.returncode != 0:
            progress.wipe()
            sys.stdout.writelines(output[-200:])
            raise Fault(
                f"the build in {directory.name}/ failed (the compiler's words are above)"
            )
        progress.keep(f"{steps} steps done" if steps else "stands")


def needed(directory: Path, suite: str) -> tuple[str, ...]:
    """The targets that the tests of @suite in the configured @directory run."""
    info = directory / "meson-info"
    targets = json.loads((info / "intro-targets.json").read_text())
    files = {target["id"]: target["filename"] for target in targets}
    return tuple(
        sorted(
            {
                os.path.relpath(file, directory)
                for test in json.loads((info / "intro-tests.json").read_text())
                if suite in (name.rpartition(":")[2] for name in test["suite"])
                for target in test["depends"]
                for file in files[target]
            }
        )
    )


def command(directory: Path, targets: tuple[str, ...] = ()) -> list[str]:
    """What builds @targets in the configured @directory."""
    jobs = str(os.cpu_count() or 1)
    return ["ninja", "-j", jobs, "-C", str(directory), *targets]


def configure(directory: Path, options: dict[str, str]) -> None:
    """Configures @directory with @options if it is new or they differ."""
    if (directory / "build.ninja").exists():
        changed = {k: v for k, v in options.items() if current(directory).get(k) != v}
        if not changed:
            return
        meson = ["meson", "configure", str(directory)]
        options = changed
    else:
        meson = ["meson", "setup", str(directory), str(ROOT)]
    say(f"{directory.name}: configuring")
    flags = [f"-D{name}={value}" for name, value in options.items()]
    answer = subprocess.run([*meson, *flags], capture_output=True, text=True)
    if answer.returncode != 0:
        sys.stdout.write(answer.stdout + answer.stderr)
        raise Fault(f"meson could not configure {directory.name}/ (its words are above)")


def current(directory: Path) -> dict[str, str]:
    """The options @directory was configured with, as text."""
    path = directory / "meson-info" / "intro-buildoptions.json"
    try:
        entries = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return {entry["name"]: text(entry["value"]) for entry in entries}


def text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value)

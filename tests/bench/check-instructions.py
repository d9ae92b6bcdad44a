#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the instructions that a forwarded packet takes and holds them to instructions.json.

usage: check-instructions.py BENCH_INSTRUCTIONS INSTRUCTIONS_JSON [--write]

callgrind counts the same on every run and every machine, as long as the same code runs. So the
OpenSSL encryptor is measured, with AES-NI and without AVX (ipsec-mb chooses its code by the
processor, and valgrind knows no AVX-512). "own" is what the relay's and the C library's code
takes, without the cipher: the figure a change of ours moves. Each is the difference of a
long and a short run, so that starting up falls out."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIP = 77  # meson's word for it
SLACK = 0.04
ENGINE = "openssl"
PROFILES = ("gcm", "cm")
FRAMES = (5, 30)
NO_AVX = {"OPENSSL_ia32cap": "~0x1000000000000000:0x0"}
LIMIT_S = 240

OBJECT = re.compile(r"^(c?)ob=\((\d+)\)(?: (.*))?$")


def count(program: str, profile: str, n_frames: int) -> tuple[int, int, int]:
    """Instructions of all objects, of those but the cipher's, and packets forwarded."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "out"
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}"]
        command += [program, ENGINE, profile, str(n_frames)]
        answer = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            env={**os.environ, **NO_AVX},
        )
        if answer.returncode != 0:
            sys.exit(f"{' '.join(command)}: {answer.stderr[-800:]}")
        total, own = add_up(output)
    return total, own, int(answer.stdout)


def add_up(path: Path) -> tuple[int, int]:
    """Self cost of each object; a line after calls= is the callee's and counts there."""
    names: dict[str, str] = {}
    total = own = 0
    is_cipher = is_call = False
    for line in path.read_text().splitlines():
        match = OBJECT.match(line)
        if match:
            is_callee, number, name = match.groups()
            names.setdefault(number, name)
            if not is_callee:
                is_cipher = "libcrypto" in names[number]
        elif line.startswith("calls="):
            is_call = True
        elif line[:1] in "0123456789+-*" and line:
            if not is_call:
                cost = int(line.split()[-1])
                total += cost
                own += 0 if is_cipher else cost
            is_call = False
    return total, own


def measure(program: str) -> dict[str, dict[str, int]]:
    result = {}
    for profile in PROFILES:
        few, many = (count(program, profile, n) for n in FRAMES)
        n_packets = many[2] - few[2]
        result[profile] = {
            "all": round((many[0] - few[0]) / n_packets),
            "own": round((many[1] - few[1]) / n_packets),
        }
    return result


def main() -> int:
    program, path = sys.argv[1], Path(sys.argv[2])
    if not shutil.which("valgrind"):
        print("valgrind is missing: instructions are not counted")
        return SKIP
    found = measure(program)
    if "--write" in sys.argv:
        path.write_text(json.dumps(found, indent=2) + "\n")
    kept = json.loads(path.read_text())
    status = 0
    for profile, figures in found.items():
        for name, figure in figures.items():
            limit = kept[profile][name]
            word = "ok"
            if figure > limit * (1 + SLACK):
                word, status = "MORE than committed", 1
            elif figure < limit * (1 - SLACK):
                word = "less than committed: commit it with --write"
            print(f"{profile} {name}: {figure} a packet, committed {limit}: {word}")
    return status


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""The pages' JavaScript libraries: fetched by npm as signaling/web/package-lock.json
pins them, into build-web/, from where meson puts them into signaling's resources."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from house.terminal import Fault, Progress

ROOT = Path(__file__).resolve().parent.parent
LISTS = tuple(
    ROOT / "signaling" / "web" / name for name in ("package.json", "package-lock.json")
)
FOLDER = ROOT / "build-web"
STAMP = FOLDER / ".stamp"
LIMIT_S = 300


def ensure() -> None:
    """Fetches them unless what is there is what the lists say. Raises Fault."""
    wanted = state()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    with Progress("libraries") as progress:
        progress.show("npm fetches what the pages are made with")
        FOLDER.mkdir(exist_ok=True)
        STAMP.unlink(missing_ok=True)
        for path in LISTS:
            shutil.copyfile(path, FOLDER / path.name)
        fetch()
        progress.keep(f"fetched to {FOLDER.name}/")
    STAMP.write_text(wanted)


def fetch() -> None:
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    try:
        answer = subprocess.run(
            command, cwd=FOLDER, capture_output=True, text=True, timeout=LIMIT_S
        )
    except FileNotFoundError:
        raise Fault(
            "npm is missing; please install it (Debian's package npm)"
        ) from None
    except subprocess.TimeoutExpired:
        raise Fault(f"npm did not end within {LIMIT_S} s") from None
    if answer.returncode != 0:
        words = (answer.stdout + answer.stderr).strip() or "without a word"
        raise Fault(f"npm ci failed in {FOLDER.name}/: {words}")


def state() -> str:
    sums = hashlib.sha256()
    for path in LISTS:
        sums.update(path.read_bytes())
    return sums.hexdigest()

# SPDX-License-Identifier: Apache-2.0
"""conf/*.service: systemd takes them without a word, and the sandbox stays tight."""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from house.build import ROOT

EXPOSURE_LIMIT = 2.0  # of 10, as `systemd-analyze security` counts
UNITS = sorted((ROOT / "conf").glob("*.service"))


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *words], capture_output=True, text=True, timeout=60
    )


@unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is missing")
class Units(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.copies = [Path(folder.name) / unit.name for unit in UNITS]
        for unit, copy in zip(UNITS, self.copies):
            # Not installed here: any program that exists stands for ours.
            copy.write_text(
                re.sub(
                    r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(), flags=re.M
                )
            )

    def test_systemd_understands_every_line(self) -> None:
        self.assertEqual(len(self.copies), 3)
        answer = analyze("verify", *map(str, self.copies))
        self.assertEqual((answer.returncode, answer.stderr), (0, ""))

    def test_the_sandbox_is_tight(self) -> None:
        for copy in self.copies:
            answer = analyze("security", "--offline=true", "--no-pager", str(copy))
            level = re.search(r"exposure level for \S+: ([\d.]+)", answer.stdout)
            self.assertIsNotNone(level, answer.stderr)
            assert level
            self.assertLessEqual(float(level.group(1)), EXPOSURE_LIMIT, copy.name)


if __name__ == "__main__":
    unittest.main()

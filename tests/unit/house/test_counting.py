# SPDX-License-Identifier: Apache-2.0
"""counting: every case is counted, and nothing that failed is counted as passed."""

from __future__ import annotations

import unittest

from house import counting
from house.counting import Count

GLIB = "TAP version 13\n# random seed: R02S0\n1..3\nok 1 /a/b\nok 2 /a/c # SKIP no tun\n"
NODE = "    ok 1 - case\nok 1 - file\n# tests 3\n# pass 2\n# fail 0\n# skipped 1\n"
PYTHON = (
    "test_x ... ok\n\nRan 4 tests in 0.1s\n\nFAILED (failures=1, errors=1, skipped=1)\n"
)


class MesonEntry(unittest.TestCase):
    def test_a_program_counts_by_its_cases(self) -> None:
        cases = [
            ("OK", GLIB, "", Count(1, 0, 1)),
            ("OK", "", "", Count(1, 0, 0)),
            ("FAIL", GLIB + "not ok 3 /a/d\n", "", Count(1, 1, 1)),
            ("FAIL", GLIB, "", Count(1, 1, 1)),  # died between two cases
            ("TIMEOUT", "", "", Count(0, 1, 0)),
            ("SKIP", "", "", Count(0, 0, 1)),
            ("OK", NODE, "", Count(2, 0, 1)),
            ("OK", "", "Ran 3 tests in 0.01s\n\nOK\n", Count(3, 0, 0)),
            ("FAIL", "", PYTHON, Count(1, 2, 1)),
        ]
        for result, stdout, stderr, expected in cases:
            with self.subTest(result=result, stdout=stdout):
                record: dict[str, object] = {
                    "result": result,
                    "stdout": stdout,
                    "stderr": stderr,
                }
                self.assertEqual(counting.entry(record), expected)


class PlainLine(unittest.TestCase):
    def test_it_names_what_was_skipped_only_where_something_was(self) -> None:
        self.assertEqual(str(Count(3, 1)), "3 passed, 1 failed")
        self.assertEqual(str(Count(3, 1, 2)), "3 passed, 1 failed, 2 skipped")


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""suite: every case is counted, and nothing that failed is counted as passed."""

from __future__ import annotations

import contextlib
import io
import unittest

from house import suite
from house.build import ROOT
from house.suite import Attempt, Count
from house.terminal import Fault

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
                self.assertEqual(suite.entry(record), expected)


class File(unittest.TestCase):
    def told(self, status: int, output: str) -> tuple[Count, str]:
        attempt = Attempt(ROOT / "tests" / "test_x.py", status, output, 61.4)
        with contextlib.redirect_stdout(io.StringIO()) as said:
            return attempt.tell(), said.getvalue()

    def test_it_is_told_whole_with_its_count_and_time(self) -> None:
        count, said = self.told(0, "Ran 3 tests in 61s\n\nOK\n")
        self.assertEqual(count, Count(3, 0))
        self.assertEqual(
            said,
            "tests/test_x.py:\nRan 3 tests in 61s\n\nOK\n"
            "test_x.py: 3 passed, 0 failed (61 s)\n\n",
        )

    def test_one_that_did_not_end_well_has_failed(self) -> None:
        self.assertEqual(self.told(1, PYTHON)[0], Count(1, 2, 1))
        self.assertEqual(self.told(124, "test_x ... ")[0], Count(0, 1))  # out of time
        self.assertEqual(self.told(1, "Ran 2 tests in 1s\n\nOK\n")[0].failed, 1)

    def test_a_browsers_file_is_counted_by_its_sums(self) -> None:
        attempt = Attempt(ROOT / "tests" / "browser" / "x.test.mjs", 0, NODE, 2.0)
        with contextlib.redirect_stdout(io.StringIO()) as said:
            self.assertEqual(attempt.tell(), Count(2, 0, 1))
        self.assertIn("x.test.mjs: 2 passed, 0 failed, 1 skipped (2 s)", said.getvalue())


class Company(unittest.TestCase):
    def test_each_is_run_once_and_those_that_measure_have_no_company(self) -> None:
        paths = [*suite.files_of("integration"), *suite.files_of("browser")]
        alone, others = suite.by_company(paths)
        self.assertEqual(sorted([*alone, *others]), sorted(paths))
        self.assertEqual({suite.stem(path) for path in alone}, set(suite.ALONE))
        begun = [suite.stem(path) for path in others[: len(suite.LONGEST)]]
        self.assertEqual(begun, list(suite.LONGEST))
        names = {suite.stem(path) for path in suite.files_of("browser")}
        self.assertLess(set(suite.CALM), names - set(suite.ALONE))

    def test_a_file_is_named_by_its_path_its_name_or_its_stem(self) -> None:
        for part, name, found in (
            ("browser", "term", "term.test.mjs"),
            ("browser", "term.test.mjs", "term.test.mjs"),
            ("browser", "tests/browser/term.test.mjs", "term.test.mjs"),
            ("integration", "test_room", "test_room.py"),
        ):
            with self.subTest(name=name):
                self.assertEqual(suite.chosen(part, name).name, found)
        with self.assertRaisesRegex(Fault, "moon: no such file in tests/browser"):
            suite.chosen("browser", "moon")
        with self.assertRaisesRegex(Fault, "unit: only integration and browser"):
            suite.selected("unit", ["term"], werror=False)


class PlainLine(unittest.TestCase):
    def test_it_names_what_was_skipped_only_where_something_was(self) -> None:
        self.assertEqual(str(Count(3, 1)), "3 passed, 1 failed")
        self.assertEqual(str(Count(3, 1, 2)), "3 passed, 1 failed, 2 skipped")


if __name__ == "__main__":
    unittest.main()

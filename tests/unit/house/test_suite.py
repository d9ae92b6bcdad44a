# SPDX-License-Identifier: Apache-2.0
"""suite: each file is run, told and counted once, and once more only where that is due."""

from __future__ import annotations

import contextlib
import io
import unittest
from pathlib import Path
from unittest import mock

from house import doubt, suite
from house.build import ROOT
from house.counting import Count
from house.suite import Attempt
from house.terminal import Fault

NODE = "    ok 1 - case\nok 1 - file\n# tests 3\n# pass 2\n# fail 0\n# skipped 1\n"
PYTHON = (
    "test_x ... ok\n\nRan 4 tests in 0.1s\n\nFAILED (failures=1, errors=1, skipped=1)\n"
)
PASSED = "Ran 4 tests in 0.1s\n\nOK\n"


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


class SecondLook(unittest.TestCase):
    """Of the files a, b ...; @again: the status and the output of each second attempt."""

    def settled(self, first: list[Attempt], again: tuple[int, str]) -> tuple[Count, str]:
        def make(path: Path, in_company: bool = False) -> Attempt:
            self.assertFalse(in_company)
            return Attempt(path, *again, took_s=1.0)

        with contextlib.redirect_stdout(io.StringIO()) as said:
            with mock.patch.object(Attempt, "make", make):
                return suite.settle(first), said.getvalue()

    def attempts(self, n: int, doubt: str) -> list[Attempt]:
        paths = [ROOT / "tests" / f"{name}.py" for name in "abcdef"[:n]]
        return [Attempt(path, 1, PYTHON, 1.0, doubt) for path in paths]

    def test_what_failed_in_company_counts_as_it_does_alone(self) -> None:
        for again, expected in (
            ((0, PASSED), Count(4, 0, twice=["a.py"])),
            ((1, PYTHON), Count(1, 2, 1, twice=["a.py"])),
        ):
            with self.subTest(again=again):
                count, said = self.settled(self.attempts(1, "it ran beside others"), again)
                self.assertEqual(count, expected)
                self.assertIn("a.py: it ran beside others, so once more, and alone\n", said)
                self.assertEqual(said.count("tests/a.py:\n"), 2)  # both are told

    def test_what_failed_undisturbed_has_failed(self) -> None:
        count, _ = self.settled(self.attempts(1, ""), (0, PASSED))
        self.assertEqual(count, Count(1, 2, 1))

    def test_many_failures_are_no_noise(self) -> None:
        n = doubt.MOST + 1
        count, _ = self.settled(self.attempts(n, "it ran beside others"), (0, PASSED))
        self.assertEqual(count, Count(n, 2 * n, n))

    def test_what_passed_is_not_run_again(self) -> None:
        passed = Attempt(ROOT / "tests" / "a.py", 0, PASSED, 1.0, "it ran beside others")
        count, _ = self.settled([passed], (1, PYTHON))
        self.assertEqual(count, Count(4, 0))

    def test_the_verdict_names_what_was_looked_at_twice(self) -> None:
        with contextlib.redirect_stdout(io.StringIO()) as said:
            self.assertEqual(suite.verdict(Count(4, 0, twice=["a.py", "b"])), 0)
        self.assertEqual(said.getvalue(), "looked at twice: a.py, b\n4 passed, 0 failed\n")


if __name__ == "__main__":
    unittest.main()

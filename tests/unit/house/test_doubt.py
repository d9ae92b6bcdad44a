# SPDX-License-Identifier: Apache-2.0
"""doubt: only what noise may have done is looked at once more."""

from __future__ import annotations

import unittest

from house import doubt
from house.doubt import Processors

STAT = "cpu  3700 600 1300 4300 25 0 75 {stolen} 9 9\ncpu0 1 2 3 4 5 6 7 8 0 0\n"


class Stolen(unittest.TestCase):
    def test_the_share_that_went_to_other_guests(self) -> None:
        before = Processors.read(STAT.format(stolen=0))
        self.assertEqual(before, Processors(10_000, 0))
        later = Processors(before.total + 400, 100)
        self.assertEqual(later.stolen_since(before), 0.25)
        self.assertEqual(before.stolen_since(before), 0)  # no tick between the two

    def test_this_machine_tells_it(self) -> None:
        now = Processors.read()
        self.assertLess(0, now.total)
        self.assertLessEqual(0, now.stolen)


class Reason(unittest.TestCase):
    def test_it_is_there_in_company_or_where_time_was_stolen(self) -> None:
        self.assertEqual(doubt.reason(False, 0.019), "")
        self.assertEqual(doubt.reason(True, 0), "it ran beside others")
        self.assertRegex(doubt.reason(False, 0.25), "^25% of the processors")


class Proof(unittest.TestCase):
    def test_a_crash_and_a_report_are_proof_and_a_failed_assertion_is_none(self) -> None:
        for status, stderr, expected in (
            (1, "not ok 3", False),
            (-6, "ERROR:test.c:8: assertion failed", False),  # GLib aborts
            (-9, "", False),  # out of time
            (-11, "", True),
            (139, "", True),
            (1, "==7==ERROR: AddressSanitizer: heap-use-after-free", True),
            (66, "WARNING: ThreadSanitizer: data race", True),
            (1, "a.c:3:7: runtime error: signed integer overflow", True),
        ):
            with self.subTest(status=status, stderr=stderr):
                record: dict[str, object] = {"returncode": status, "stderr": stderr}
                self.assertIs(doubt.is_proof(record), expected)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""parallel: side by side, told in order; and what is done besides gives way, and ends."""

from __future__ import annotations

import os
import tempfile
import threading
import unittest
from collections.abc import Callable
from pathlib import Path

from house.parallel import Spare, in_order

WAIT_LIMIT_S = 60.0  # for a test that would hang


class InOrder(unittest.TestCase):
    def test_answers_come_in_the_order_of_the_jobs(self) -> None:
        second_ended = threading.Event()

        def first() -> str:
            self.assertTrue(second_ended.wait(WAIT_LIMIT_S), "they run side by side")
            return "first"

        def second() -> str:
            second_ended.set()
            return "second"

        self.assertEqual(list(in_order([first, second], 2)), ["first", "second"])

    def test_no_more_run_at_once_than_asked(self) -> None:
        running: list[int] = []
        most: list[int] = []

        def job(index: int) -> Callable[[], int]:
            def run() -> int:
                running.append(index)
                most.append(len(running))
                running.remove(index)
                return index

            return run

        self.assertEqual(list(in_order([job(i) for i in range(50)], 1)), list(range(50)))
        self.assertEqual(max(most), 1)

    def test_what_a_job_raises_is_raised(self) -> None:
        with self.assertRaises(ZeroDivisionError):
            list(in_order([lambda: 1 // 0], 1))


class Besides(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "said"

    def test_it_gives_way_to_all_others_and_is_waited_for(self) -> None:
        tell = "echo $(cut -d' ' -f19,41 /proc/self/stat)"  # proc(5): nice, policy
        with Spare([["false"], ["sh", "-c", f"{tell} >{self.file}"]]):
            pass
        self.assertEqual(self.file.read_text().split(), ["19", str(os.SCHED_IDLE)])

    def test_an_error_beside_it_ends_it(self) -> None:
        with self.assertRaises(ZeroDivisionError):
            with Spare([["sleep", "1000"]]) as spare:
                raise ZeroDivisionError
        self.assertLess(spare.process.returncode, 0)


if __name__ == "__main__":
    unittest.main()

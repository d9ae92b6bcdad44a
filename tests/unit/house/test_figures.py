# SPDX-License-Identifier: Apache-2.0
"""figures: what the clients said becomes the figures of a lesson."""

from __future__ import annotations

import unittest

from house import figures
from house.figures import Limit, Report

MS = 1000


def event(name: str, t_ms: int, **fields: object) -> dict[str, object]:
    return {"type": "event", "name": name, "t_us": t_ms * MS, **fields}


def report(site: str, source: int, *messages: dict[str, object]) -> Report:
    made = Report(site, source)
    for message in messages:
        made.take(message)
    return made


class Percentile(unittest.TestCase):
    def test_it_is_one_of_the_values(self) -> None:
        cases: list[tuple[list[float], int, float | None]] = [
            ([], 50, None),
            ([7], 95, 7),
            ([1, 2], 50, 1),
            (list(range(1, 101)), 95, 95),
            ([9, 1, 5], 100, 9),
        ]
        for values, rank, expected in cases:
            with self.subTest(values=values, rank=rank):
                self.assertEqual(figures.percentile(values, rank), expected)


class FloorSwitch(unittest.TestCase):
    def test_it_is_measured_in_every_other_room(self) -> None:
        teacher = report(
            "t",
            1,
            event("floor_asked", 1000, site="a"),
            event("floor_asked", 3000, site=None),
        )
        a = report("a", 2)
        b = report("b", 3, event("source_changed", 1120, slot="guest-video", source=2))
        c = report("c", 4, event("source_changed", 1080, slot="guest-video", source=2))
        self.assertEqual(figures.switches_ms(teacher, [a, b, c]), [120.0, 80.0])

    def test_a_picture_after_the_next_command_does_not_count(self) -> None:
        teacher = report(
            "t",
            1,
            event("floor_asked", 1000, site="a"),
            event("floor_asked", 2000, site=None),
        )
        late = report("b", 3, event("source_changed", 2001, slot="guest-video", source=2))
        self.assertEqual(figures.switches_ms(teacher, [report("a", 2), late]), [None])

    def test_another_source_or_slot_does_not_count(self) -> None:
        teacher = report("t", 1, event("floor_asked", 1000, site="a"))
        b = report(
            "b",
            3,
            event("source_changed", 1010, slot="guest-video", source=1),
            event("source_changed", 1020, slot="main-video", source=2),
        )
        self.assertEqual(figures.switches_ms(teacher, [report("a", 2), b]), [None])


class RelayFigures(unittest.TestCase):
    def test_they_are_the_difference_over_the_run(self) -> None:
        text = (
            "# TYPE synclass_relay_packets_out_total counter\n"
            'synclass_relay_packets_out_total{{relay="r"}} {packets}\n'
            'synclass_relay_cpu_us_total{{relay="r"}} {cpu}\n'
            'synclass_relay_forward_us{{relay="r",quantile="0.5"}} 12\n'
            'synclass_relay_forward_us{{relay="r",quantile="0.99"}} 90\n'
        )
        before = text.format(packets=100, cpu=1000)
        after = text.format(packets=1100, cpu=9000)
        expected = {
            "added_us_p50": 12.0,
            "added_us_p99": 90.0,
            "packets_out": 1000,
            "us_cpu_per_packet": 8.0,
        }
        self.assertEqual(figures.relay(before, after), expected)

    def test_no_packet_is_no_division(self) -> None:
        self.assertIsNone(figures.relay("", "")["us_cpu_per_packet"])


class Limits(unittest.TestCase):
    def test_a_figure_that_was_not_measured_is_a_miss(self) -> None:
        self.assertFalse(Limit("x", None, 1).holds)
        self.assertFalse(Limit("x", None, 1, at_least=True).holds)

    def test_the_limit_itself_holds(self) -> None:
        self.assertTrue(Limit("x", 1, 1).holds)
        self.assertTrue(Limit("x", 1, 1, at_least=True).holds)
        self.assertFalse(Limit("x", 1.1, 1).holds)
        self.assertFalse(Limit("x", 0.9, 1, at_least=True).holds)


if __name__ == "__main__":
    unittest.main()

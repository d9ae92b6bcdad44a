# SPDX-License-Identifier: Apache-2.0
"""What a period collides with, weekly or single, and what is offered instead of it."""

from __future__ import annotations

import tempfile
import unittest
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.integration.api_service import ApiService
from tests.integration.api_world import API, NOW, World, text

WEDNESDAY = 3
# of each test, for all are in one term
ENTRY, BY_HAND, LESSON = 12, 17, 22
OFFERS_MAX = 5
ALL_KINDS = ["giving-site", "receiving-site", "teacher"]


class Clashes(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="synclass-clashes-")
        cls.addClassCleanup(folder.cleanup)
        service = ApiService(Path(folder.name))
        cls.addClassCleanup(service.kill)
        cls.world = World(service)
        cls.addClassCleanup(cls.world.close)

    def setUp(self) -> None:
        self.county = self.world.counties[0]
        self.caller = self.world.root.caller

    def check(self, path: str, **body: Any) -> Any:
        return self.caller.want(200, "POST", f"{API}/{path}/check", body).json

    def check_entry(self, **body: Any) -> Any:
        whole = {"pairing": self.county.pairing, "schedule": self.county.schedule, **body}
        return self.check("entries", **whole)

    def time_of(self, day: datetime, period: int) -> tuple[str, str]:
        starts = day.replace(hour=7, minute=0) + timedelta(minutes=20 * (period - 1))
        return text(starts), text(starts + timedelta(minutes=15))

    def test_an_entry_meets_an_entry_and_is_offered_room(self) -> None:
        body = {"pairing": self.county.pairing, "schedule": self.county.schedule}
        at = {"weekday": WEDNESDAY, "period": ENTRY}
        made = self.world.post(self.county, "entries", {**body, **at})
        other = self.world.pairing(self.county).id
        met = self.check_entry(pairing=other, **at)
        self.assertEqual(sorted(one["kind"] for one in met["conflicts"]), ALL_KINDS)
        self.assertTrue(0 < len(met["free"]) <= OFFERS_MAX)
        for offer in met["free"]:
            there = {"weekday": offer["weekday"], "period": offer["period"]}
            self.assertNotEqual(there, at)
            self.assertEqual(self.check_entry(pairing=other, **there)["conflicts"], [])
        self.assertEqual(self.check_entry(entry=made["id"], **at)["conflicts"], [])
        one_week = {"first_week": 3, "last_week": 3}
        row = f"{API}/entries/{made['id']}"
        etag = self.caller.want(200, "GET", row).etag
        self.caller.want(200, "PATCH", row, one_week, etag=etag)
        later = {"first_week": 4, "last_week": 9}
        self.assertEqual(self.check_entry(pairing=other, **at, **later)["conflicts"], [])

    def test_an_entry_meets_a_lesson_that_was_made_by_hand(self) -> None:
        day = NOW + timedelta(days=15)  # the Tuesday of the fourth week
        starts, ends = self.time_of(day, BY_HAND)
        body = {"pairing": self.county.pairing, "title": "by hand"}
        made = self.world.post(
            self.county, "lessons", {**body, "starts_at": starts, "ends_at": ends}
        )
        at = {"weekday": 2, "period": BY_HAND}
        met = self.check_entry(**at)
        self.assertEqual({one["lesson"] for one in met["conflicts"]}, {made["id"]})
        self.assertEqual(sorted(one["kind"] for one in met["conflicts"]), ALL_KINDS)
        self.assertNotIn(at, [{name: offer[name] for name in at} for offer in met["free"]])
        for weeks in ({"first_week": 1, "last_week": 3}, {"first_week": 5, "last_week": 9}):
            self.assertEqual(self.check_entry(**at, **weeks)["conflicts"], [], weeks)
        beside = self.check_entry(weekday=2, period=BY_HAND + 1)
        self.assertEqual(beside["conflicts"], [])

    def test_a_lesson_meets_a_lesson_but_not_itself(self) -> None:
        days = [NOW + timedelta(days=n) for n in (22, 23)]
        body = {"pairing": self.county.pairing, "title": "one"}
        first, second = (
            self.world.post(
                self.county,
                "lessons",
                dict(zip(("starts_at", "ends_at"), self.time_of(day, LESSON)), **body),
            )
            for day in days
        )
        path = f"lessons/{first['id']}"
        there = dict(zip(("starts_at", "ends_at"), self.time_of(days[1], LESSON)))
        met = self.check(path, **there)
        self.assertEqual({one["lesson"] for one in met["conflicts"]}, {second["id"]})
        here = dict(zip(("starts_at", "ends_at"), self.time_of(days[0], LESSON)))
        self.assertEqual(self.check(path, **here)["conflicts"], [])
        touching = dict(zip(("starts_at", "ends_at"), self.time_of(days[1], LESSON + 1)))
        self.assertEqual(self.check(path, **touching)["conflicts"], [])


if __name__ == "__main__":
    unittest.main()

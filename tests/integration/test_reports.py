# SPDX-License-Identifier: Apache-2.0
"""Reports of three lessons whose attendance is known, each figure computed by hand."""

from __future__ import annotations

import csv
import io
import sqlite3
import tempfile
import time
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from tests.integration.api_service import ApiService, Caller

PASSWORD = "Lesson-2026-start"
LEDGER_LIMIT_S = 30.0
MIN_MS = 60_000
ZONE = timezone(timedelta(hours=8))

# Of each lesson, in minutes: delivered and received by the two receiving sites. The third is
# cancelled. Sixty per cent of forty minutes are needed: 24.
HELD = {
    1: {"giving": (38, 0), "near": (38, 36), "far": (38, 23)},
    2: {"giving": (24, 0), "near": (24, 24), "far": (24, 24)},
}
# Two lessons given of three due; to three receptions of six.
FIGURES = {
    "lessons_due": 3,
    "lessons_given": 2,
    "cancelled": 1,
    "made_up": 0,
    "minutes_delivered": 62.0,
    "receptions_due": 6,
    "lessons_received": 3,
    "received_pct": 50.0,
    "minutes_received": 107.0,
    "interruptions": 4,
    "floor_turns": 6,
    # Each lesson given is 1, each of its two sites 0.1 more.
    "workload": 2.4,
}
GIVEN = ("lessons_due", "lessons_given", "cancelled", "minutes_delivered", "workload")


class Reports(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="synclass-reports-")
        self.addCleanup(folder.cleanup)
        self.service = ApiService(Path(folder.name))
        self.addCleanup(self.service.kill)
        (self.service.folder / "password").write_text(PASSWORD + "\n")
        words = ["--sign-in", "root", "--root-name", "青山县"]
        words += ["--password-file", str(self.service.folder / "password")]
        self.assertEqual(self.service.admin(*words).returncode, 0)
        self.service.start()
        self.service.move(datetime(2026, 9, 6, 12, tzinfo=ZONE))
        self.admin = self.sign_in()
        self.build()

    def sign_in(self) -> Caller:
        admin = self.service.caller()
        self.addCleanup(admin.close)
        answer = admin.sign_in("root", PASSWORD)
        self.assertEqual(answer.status, 201)
        self.root = answer.json["roles"][0]["organisation"]
        return admin

    def add(self, path: str, **members: Any) -> Any:
        return self.admin.want(201, "POST", f"/api/v1/{path}", members)

    def build(self) -> None:
        schools = {
            name: self.add(
                "organisations", parent=self.root, kind="school", name=name, name_en=""
            ).json["id"]
            for name in ("镇小学", "村小学")
        }
        places = {"giving": "镇小学", "near": "村小学", "far": "村小学"}
        self.sites = {
            name: self.add("sites", organisation=schools[school], name=name).json["id"]
            for name, school in places.items()
        }
        town = schools["镇小学"]
        teacher = self.add(
            "people",
            organisation=town,
            sign_in="zhang.wei",
            name="张伟",
            appointments=[{"organisation": town, "role": "teacher"}],
        ).json["id"]
        self.term = self.add(
            "terms",
            organisation=self.root,
            name="秋季学期",
            first_day="2026-09-07",
            last_day="2026-09-13",
            exceptions=[],
        ).json["id"]
        period = {"number": 1, "name": "第一节", "starts": "08:00", "ends": "08:40"}
        bells = self.add(
            "bell-schedules", organisation=self.root, name="作息", periods=[period]
        ).json["id"]
        pairing = self.add(
            "pairings",
            term=self.term,
            giving_site=self.sites["giving"],
            receiving_sites=[self.sites["near"], self.sites["far"]],
            teacher=teacher,
            subject="数学",
        )
        path = f"/api/v1/pairings/{pairing.json['id']}/state"
        self.admin.want(200, "POST", path, {"state": "active"}, etag=pairing.etag)
        for weekday in (1, 2, 3):
            self.add(
                "entries",
                pairing=pairing.json["id"],
                weekday=weekday,
                schedule=bells,
                period=1,
            )

    def hold(self) -> None:
        """As if the lessons had been held: what the relay would have told is put beside them."""
        self.service.stop()
        database = sqlite3.connect(self.service.database)
        with database:
            lessons = [
                row[0] for row in database.execute("SELECT id FROM lesson ORDER BY day")
            ]
            self.assertEqual(len(lessons), 3)
            for number, sites in HELD.items():
                for site, (delivered, received) in sites.items():
                    values = (lessons[number - 1], self.sites[site], delivered * MIN_MS)
                    values += (
                        received * MIN_MS,
                        1 if received else 0,
                        2 if site == "near" else 1,
                    )
                    database.execute(
                        "INSERT INTO attendance (lesson, site, delivered_ms, received_ms,"
                        " n_interruptions, n_floor) VALUES (?, ?, ?, ?, ?, ?)",
                        values,
                    )
            database.executemany(
                "UPDATE lesson SET state = ? WHERE id = ?",
                zip(("ended", "ended", "cancelled"), lessons),
            )
        database.close()
        self.service.start()
        self.service.move(datetime(2026, 9, 14, 12, tzinfo=ZONE))
        self.admin = self.sign_in()
        end_s = time.monotonic() + LEDGER_LIMIT_S
        while len(self.admin.want(200, "GET", "/api/v1/ledger").json["items"]) < 9:
            self.assertLess(time.monotonic(), end_s, "the lessons are not in the ledger")
            time.sleep(0.2)

    def report(self, kind: str, query: str = "") -> dict[str, dict[str, Any]]:
        answer = self.admin.want(200, "GET", f"/api/v1/reports/{kind}?{query}").json
        names = [column["name"] for column in answer["columns"]]
        self.assertEqual(answer["head"]["seq"], 9)
        return {row[0]: dict(zip(names[1:], row[1:])) for row in answer["rows"]}

    def test_reports_say_what_the_lessons_came_to(self) -> None:
        self.hold()
        whole = {"counties": "青山县", "subjects": "数学", "terms": "秋季学期", "teachers": "张伟"}
        for kind, name in whole.items():
            for query in (
                "",
                f"term={self.term}",
                f"organisation={self.root}",
                "from=2026-09",
            ):
                with self.subTest(kind=kind, query=query):
                    self.assertEqual(self.report(kind, query), {name: FIGURES})
        schools = self.report("schools")
        given = {name: FIGURES[name] for name in GIVEN}
        self.assertEqual({n: schools["镇小学"][n] for n in GIVEN}, given)
        self.assertEqual(schools["镇小学"]["receptions_due"], 0)
        self.assertIsNone(schools["镇小学"]["received_pct"])
        self.assertEqual(schools["村小学"]["lessons_due"], 0)
        self.assertEqual(schools["村小学"]["lessons_received"], 3)
        self.assertEqual(schools["村小学"]["minutes_received"], 107.0)
        for query in ("from=2026-10", "to=2026-08", "term=none"):
            self.assertEqual(self.report("teachers", query), {}, query)
        self.check_export()

    def check_export(self) -> None:
        path = "/api/v1/reports/teachers/export.csv?language=en"
        text = self.admin.want(200, "GET", path).text.lstrip("\ufeff")
        title, row = list(csv.reader(io.StringIO(text)))
        self.assertEqual(title[0], "Name")
        self.assertEqual(row[0], "张伟")
        self.assertEqual(
            [float(cell) for cell in row[1:]], list(map(float, FIGURES.values()))
        )


if __name__ == "__main__":
    unittest.main()

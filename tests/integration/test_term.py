# SPDX-License-Identifier: Apache-2.0
"""A term from nothing to the ledger, with real media: an administrator builds the school
through the API, two kiosks enrol and enter by themselves, a teacher teaches, one site is
cut off for a while, and the ledger says what was really received."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
import unittest
from typing import Any

from house.client import CLIENT
from house.lesson import CLASSROOM_FOOTAGE, TEACHER_FOOTAGE
from house.process import Program
from house.service import SIGNALING
from tests.integration.school import SchoolCase, hear
from tests.integration.served import footage

LESSON_S = 60.0  # of media in the lesson that is held in full
CUT_S = 20.0
TOLERANCE = 0.02
WAKING_S = 8.0  # a box that wakes has to be heard again: part of its being cut off
KEPT_S = 5.0  # what its socket kept meanwhile is read then, and has arrived after all
JOIN_LIMIT_S = 60.0
LEDGER_LIMIT_S = 40.0
PICTURE = (640, 480)  # of the footage, and of what the client makes where there is none


class Term(SchoolCase):
    async def test_minutes_in_the_ledger_are_minutes_that_arrived(self) -> None:
        self.set_clock("2026-08-31T10:00:00+08:00")
        self.admin.sign_in("root", "Lesson-2026-start")
        await self.build_school()
        kiosks = [await self.enrol(index) for index in range(2)]
        lesson = self.lay_timetable()
        self.set_clock("2026-09-01T07:55:00+08:00")
        self.admin.sign_in("root", "Lesson-2026-start")
        for kiosk in kiosks:
            await hear(kiosk, "join_asked", JOIN_LIMIT_S)
        teacher = await self.teach(lesson)
        for kiosk in kiosks:
            await hear(kiosk, "first_frame", JOIN_LIMIT_S)
        self.set_clock("2026-09-01T08:00:00+08:00")
        began_s = time.monotonic()
        await asyncio.sleep((LESSON_S - CUT_S) / 2)
        cut_s = await self.cut_off(kiosks[1])
        await asyncio.sleep(max(began_s + LESSON_S - time.monotonic(), 0))
        self.set_clock("2026-09-01T08:40:00+08:00")
        lasted_s = time.monotonic() - began_s
        for kiosk in kiosks:
            await hear(kiosk, "idle", JOIN_LIMIT_S)
        self.admin.sign_in("root", "Lesson-2026-start")
        rows = await self.read_ledger(lesson["id"])
        self.check_rows(rows, lasted_s, cut_s)
        self.check_report(lesson)
        await teacher.stop()
        self.verify()

    async def build_school(self) -> None:
        admin = self.admin
        schools = [
            admin.make("/organisations", parent=self.root, kind="school", name=name, name_en="")
            for name in ("城关镇中心小学", "石门村小学", "柳坪村小学")
        ]
        self.sites = [
            admin.make("/sites", organisation=school["id"], name=f"{school['name']}教室")
            for school in schools
        ]
        self.person = admin.make(
            "/people",
            organisation=schools[0]["id"],
            sign_in="zhang.wei",
            name="张伟",
            appointments=[{"organisation": schools[0]["id"], "role": "teacher"}],
        )
        self.term = admin.make(
            "/terms",
            organisation=self.root,
            name="2026 年秋季学期",
            first_day="2026-09-01",
            last_day="2027-01-17",
            exceptions=[{"day": "2026-10-01", "kind": "off", "name": "国庆节"}],
        )
        self.bell = admin.make(
            "/bell-schedules",
            organisation=self.root,
            name="作息时间",
            periods=[{"number": 1, "name": "第一节", "starts": "08:00", "ends": "08:40"}],
        )

    async def enrol(self, index: int) -> Program:
        kiosk = await self.kiosk(f"kiosk-{index}", CLASSROOM_FOOTAGE)
        code = (await hear(kiosk, "enrolling"))["code"]
        site = self.sites[index + 1]
        self.admin.make("/enrolments/confirm", code=code, site=site["id"], name="电视")
        await hear(kiosk, "enrolled")
        return kiosk

    def lay_timetable(self) -> dict[str, Any]:
        """Three lessons a week on Tuesday; the first of all of them is returned."""
        pairing = self.admin.make(
            "/pairings",
            name="数学",
            term=self.term["id"],
            giving_site=self.sites[0]["id"],
            teacher=self.person["id"],
            receiving_sites=[site["id"] for site in self.sites[1:]],
            subject="数学",
        )
        path = f"/pairings/{pairing['id']}/state"
        self.admin.call("POST", path, {"state": "active"}, pairing["version"])
        self.admin.make(
            "/entries", pairing=pairing["id"], weekday=2, schedule=self.bell["id"], period=1
        )
        query = f"?from=2026-09-01&to=2026-09-30&site={self.sites[1]['id']}"
        lessons = self.admin.get(f"/lessons{query}")["items"]
        self.assertEqual([item["day"] for item in lessons][:2], ["2026-09-01", "2026-09-08"])
        return dict(lessons[0])

    async def teach(self, lesson: dict[str, Any]) -> Program:
        entrance = self.admin.make(f"/lessons/{lesson['id']}/join")
        command = [str(CLIENT), "teach", "--url", self.url, "--headless"]
        command += ["--lesson", lesson["id"], "--token", entrance["token"]]
        command += ["--source", footage(TEACHER_FOOTAGE), "--status", "json"]
        return await self.start("teacher", command, talks=True)

    async def cut_off(self, kiosk: Program) -> float:
        """Holds the whole box: it neither hears nor says anything. How long, in seconds."""
        begin_s = time.monotonic()
        os.kill(kiosk.pid, signal.SIGSTOP)
        await asyncio.sleep(CUT_S)
        os.kill(kiosk.pid, signal.SIGCONT)
        return time.monotonic() - begin_s

    async def read_ledger(self, lesson: str) -> dict[str, dict[str, Any]]:
        end_s = time.monotonic() + LEDGER_LIMIT_S
        while time.monotonic() < end_s:
            rows = self.admin.get(f"/ledger?lesson={lesson}")["items"]
            if rows:
                return {row["site"]: row for row in rows}
            await asyncio.sleep(0.2)
        self.fail(f"lesson {lesson} is not in the ledger")

    def check_rows(
        self, rows: dict[str, dict[str, Any]], lasted_s: float, cut_s: float
    ) -> None:
        self.assertEqual(len(rows), 3)
        whole, broken = (rows[site["id"]] for site in self.sites[1:])
        for name, row, want_s in (("whole", whole, lasted_s), ("cut off", broken, lasted_s - cut_s)):
            have_s = row["received_min"] * 60
            print(
                f"{name}: received {have_s:.1f} s of {want_s:.1f} s "
                f"({100 * (have_s - want_s) / lasted_s:+.1f} % of the lesson, promised ±2 %), "
                f"delivered {row['delivered_min'] * 60:.1f} s, "
                f"{row['n_interruptions']} interruptions, loss {row['loss_pct']} %, "
                f"picture {row['width']} × {row['height']}"
            )
        self.assertAlmostEqual(whole["received_min"] * 60, lasted_s, delta=TOLERANCE * lasted_s)
        have_s, want_s = broken["received_min"] * 60, lasted_s - cut_s
        self.assertLessEqual(have_s, want_s + KEPT_S)
        self.assertGreater(have_s, want_s - WAKING_S)
        self.assertEqual(whole["n_interruptions"], 0)
        self.assertGreaterEqual(broken["n_interruptions"], 1)
        self.assertEqual(whole["scheduled_min"], 40)
        given = rows[self.sites[0]["id"]]
        for row in (given, whole, broken):
            self.assertEqual((row["width"], row["height"]), PICTURE, row)

    def check_report(self, lesson: dict[str, Any]) -> None:
        report = self.admin.get(f"/reports/teachers?term={self.term['id']}")
        names = [column["name"] for column in report["columns"]]
        rows = [dict(zip(names, row)) for row in report["rows"]]
        self.assertEqual([row["name"] for row in rows], ["张伟"])
        self.assertEqual(rows[0]["lessons_due"], 1)
        # A minute of forty is no lesson given.
        self.assertEqual(rows[0]["lessons_given"], 0)
        self.assertEqual(report["head"]["seq"], 3)

    def verify(self) -> None:
        command = [str(SIGNALING), "verify", "--database", str(self.database)]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60)
        print(answer.stdout.strip())
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""The timetable as CSV: what is good is taken in as a whole, what is faulty is told by line
and column and changes nothing, and what was exported is known when it comes back."""

from __future__ import annotations

import csv
import io
import socket
import sqlite3
import tempfile
import time
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from tests.integration.api_service import Answer, ApiService, Caller, change_password

PASSWORD = "Lesson-2026-start"
OWN_PASSWORD = "Timetable-2026-own"
ZONE = timezone(timedelta(hours=8))
HEAD = "主讲学校,主讲教室,教师,科目,年级,听课教室,星期,节次,单双周,起始周,结束周,作息"
GOOD = "镇小学,主讲室,张伟,数学,三年级,村小学/教室；山小学/教室,周一,第一节,,,,"
ROWS_MAX = 20_000
IMPORT_PROMISED_S = 10.0
IMPORT_LIMIT_S = 120.0  # on any machine
JOB_LIMIT_S = 60.0
LARGE = 50 * 1024 * 1024
N_WEEKDAYS = 5
N_PERIODS = 8


class ImportCase(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="synclass-import-")
        self.addCleanup(folder.cleanup)
        self.service = ApiService(Path(folder.name))
        self.addCleanup(self.service.kill)
        (self.service.folder / "password").write_text(PASSWORD + "\n")
        words = ["--sign-in", "root", "--root-name", "青山县"]
        words += ["--password-file", str(self.service.folder / "password")]
        self.assertEqual(self.service.admin(*words).returncode, 0)
        self.start()
        self.build()

    def start(self) -> None:
        self.service.start()
        self.service.move(datetime(2026, 9, 6, 12, tzinfo=ZONE))
        self.admin = self.service.caller()
        self.addCleanup(self.admin.close)
        answer = self.admin.sign_in("root", PASSWORD)
        self.assertEqual(answer.status, 201)
        self.root = answer.json["roles"][0]["organisation"]

    def add(self, path: str, **members: Any) -> Any:
        return self.admin.want(201, "POST", f"/api/v1/{path}", members).json

    def add_person(
        self, school: str, sign_in: str, name: str, role: str = "teacher"
    ) -> Any:
        held = [{"role": role, "organisation": school}]
        return self.add(
            "people", organisation=school, sign_in=sign_in, name=name, appointments=held
        )

    def build(self) -> None:
        names = ("镇小学", "村小学", "山小学")
        self.schools = {
            name: self.add(
                "organisations", parent=self.root, kind="school", name=name, name_en=""
            )["id"]
            for name in names
        }
        town = self.schools["镇小学"]
        places = [("镇小学", "主讲室"), ("镇小学", "第二室"), ("镇小学", "教室")]
        places += [("村小学", "教室"), ("山小学", "教室")]
        self.sites = {
            f"{school}/{name}": self.add(
                "sites", organisation=self.schools[school], name=name
            )["id"]
            for school, name in places
        }
        self.add("sites", organisation=town, name="只收", kind="receiving")
        self.people = {
            sign_in: self.add_person(town, sign_in, name)["id"]
            for sign_in, name in (
                ("zhang.wei", "张伟"),
                ("li.na", "李娜"),
                ("wang.a", "王芳"),
                ("wang.b", "王芳"),
            )
        }
        self.add_person(self.schools["村小学"], "zhao", "赵云")
        self.term = self.add(
            "terms",
            organisation=self.root,
            name="秋季学期",
            first_day="2026-09-07",
            last_day="2026-10-04",
            exceptions=[],
        )["id"]
        periods = [
            {
                "number": n + 1,
                "name": "早读" if n == 0 else f"第{'一二三四五六七'[n - 1]}节",
                "starts": f"{8 + n:02}:00",
                "ends": f"{8 + n:02}:40",
            }
            for n in range(N_PERIODS)
        ]
        self.bells = self.add(
            "bell-schedules", organisation=self.root, name="作息", periods=periods
        )["id"]

    # Calling.

    def send(
        self, text: str | bytes, dry: bool = True, caller: Caller | None = None
    ) -> Answer:
        raw = text if isinstance(text, bytes) else text.encode()
        path = f"/api/v1/timetable/import?term={self.term}&dry_run={str(dry).lower()}"
        return (caller or self.admin).call("POST", path, raw=raw, content_type="text/csv")

    def look(self, *rows: str, head: str = HEAD) -> Any:
        answer = self.send("\n".join((head, *rows)) + "\n")
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def take(self, *rows: str) -> Any:
        answer = self.send("\n".join((HEAD, *rows)) + "\n", dry=False)
        self.assertEqual(answer.status, 202, answer)
        self.finish(answer.json["job"])
        return answer.json

    def finish(self, job: str) -> Any:
        end_s = time.monotonic() + JOB_LIMIT_S
        while True:
            row = self.admin.want(200, "GET", f"/api/v1/jobs/{job}").json
            if row["state"] != "running":
                self.assertEqual(row["state"], "done", row)
                return row
            self.assertLess(time.monotonic(), end_s, row)
            time.sleep(0.05)

    def export(self, query: str = "", caller: Caller | None = None) -> str:
        path = f"/api/v1/timetable/export.csv?term={self.term}{query}"
        answer = (caller or self.admin).want(200, "GET", path)
        self.assertTrue(answer.headers["content-type"].startswith("text/csv"))
        return answer.text

    def counts(self) -> tuple[int, ...]:
        tables = ("pairing", "pairing_site", "pairing_history", "entry", "lesson", "job")
        return tuple(self.service.rows(f"SELECT count(*) FROM {t}")[0][0] for t in tables)

    def check_faults(self, found: Any, *faults: tuple[int, str]) -> None:
        told = [(fault["line"], fault["column"]) for fault in found["errors"]]
        self.assertEqual(told, list(faults), found["errors"])
        self.assertEqual(found["n_errors"], len(faults))
        for fault in found["errors"]:
            self.assertEqual(fault["sentence"]["en"], fault["detail"])
            self.assertTrue(fault["sentence"]["zh-CN"])

    # Good files.

    def test_a_good_file_is_looked_at_and_then_taken_in(self) -> None:
        rows = (
            GOOD,
            "镇小学,主讲室,zhang.wei,数学,三年级,山小学/教室;村小学/教室,2,3,odd,2,4,作息",
            "镇小学,第二室,李娜,音乐,,村小学/教室、山小学/教室,星期三,第3节,双,第一周,第4周,",
        )
        text = "\n".join((HEAD, *rows)) + "\n"
        for charset in ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"):
            with self.subTest(charset=charset):
                answer = self.send(text.encode(charset))
                self.assertEqual(answer.status, 200, answer)
                self.check_faults(answer.json)
                self.assertEqual((answer.json["rows"], answer.json["n_good"]), (3, 3))
        first = answer.json["preview"][0]
        self.assertEqual(first["giving_site"], "镇小学/主讲室")
        self.assertEqual(first["receiving_sites"], ["村小学/教室", "山小学/教室"])
        self.assertEqual((first["teacher"], first["grade"]), ("张伟", "三年级"))
        # 第一节 is the second of this schedule, as it has an early one
        self.assertEqual(
            (first["weekday"], first["period"], first["weeks"]), (1, 2, "all")
        )
        self.assertEqual(self.counts(), (0,) * 6)
        answer = self.send(text.encode("gbk"), dry=False)
        self.assertEqual(answer.status, 202, answer)
        self.assertEqual((answer.json["n_entries"], answer.json["n_pairings"]), (3, 2))
        self.finish(answer.json["job"])
        # four Mondays, one odd Tuesday from week 2 to 4, two even Wednesdays
        self.assertEqual(self.counts(), (2, 4, 2, 3, 7, 1))
        rows_of = self.service.rows(
            "SELECT action, kind, count(*) FROM audit WHERE action = 'import-timetable'"
            " GROUP BY kind ORDER BY kind"
        )
        told = [("import-timetable", "import", 1), ("import-timetable", "pairing", 2)]
        self.assertEqual(rows_of, told)
        verified = self.admin.want(200, "GET", "/api/v1/ledger/verify").json
        self.assertTrue(verified["audit"]["ok"])
        pairing = self.admin.want(200, "GET", "/api/v1/pairings").json["items"][0]
        self.assertEqual(
            (pairing["state"], pairing["organisation"]), ("active", self.root)
        )
        self.assertEqual(self.service.complaints(), [])

    def test_headings_may_be_english_or_what_people_say(self) -> None:
        heads = (
            "Giving school,Giving site,Teacher,Subject,Grade,Receiving sites,Weekday,"
            "Period,Weeks,First week,Last week,Bell schedule",
            "giving_school,giving_site,teacher,subject,grade,receiving_sites,weekday,"
            "period,weeks,first_week,last_week,schedule",
            "主讲学校,主讲教室,老师,学科,年级,听课教室,周几,第几节,周型,开始周,截止周,作息时间",
        )
        for head in heads:
            with self.subTest(head=head):
                self.assertEqual(self.look(GOOD, head=head)["n_good"], 1)
        found = self.look(
            "Monday,3,主讲室,张伟,数学,村小学/教室",
            head="Weekday,Period,Giving site,Teacher,Subject,Receiving sites",
        )
        self.assertEqual(found["n_good"], 1, found)

    def test_what_was_exported_is_known_when_it_comes_back(self) -> None:
        formula = "=cmd|' /C calc'!A0"
        self.take(
            GOOD,
            "镇小学,主讲室,wang.b,语文,,村小学/教室;山小学/教室,周二,2,单,,,",
            f"镇小学,第二室,李娜,{formula},-1+2,村小学/教室,周五,4,,2,3,作息",
        )
        entry = self.admin.want(200, "GET", "/api/v1/entries?weekday=1").json["items"][0]
        path = f"/api/v1/entries/{entry['id']}"
        body = {"teacher": self.people["li.na"]}  # who stands in for the pairing's
        self.admin.want(200, "PATCH", path, body, etag=f'"{entry["version"]}"')
        for language in ("zh-CN", "en"):
            text = self.export(f"&language={language}")
            self.assertTrue(text.startswith("\ufeff"))
            for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))):
                self.assertFalse(
                    [cell for cell in row if cell[:1] in "=+-@" and cell], row
                )
            answer = self.send(text)
            self.check_faults(answer.json)
            self.assertEqual((answer.json["rows"], answer.json["n_unchanged"]), (3, 3))
        self.assertIn("wang.b", text)
        subjects = {row[0] for row in self.service.rows("SELECT subject FROM pairing")}
        self.assertIn(formula, subjects)
        before = self.counts()
        answer = self.send(text, dry=False)
        self.assertEqual((answer.json["n_entries"], answer.json["n_pairings"]), (0, 0))
        self.finish(answer.json["job"])
        self.assertEqual(self.counts()[:5], before[:5])
        # one row is moved: it is of the pairing in which the substitute teaches
        moved = text.replace("Monday", "Thursday")
        answer = self.send(moved, dry=False)
        self.assertEqual(answer.status, 202, answer)
        self.assertEqual((answer.json["n_entries"], answer.json["n_pairings"]), (1, 0))

    # Faulty files.

    def test_each_fault_is_told_by_line_and_column(self) -> None:
        self.take("镇小学,第二室,李娜,科学,二年级,山小学/教室,周四,4,,,,")
        good = GOOD.split(",")
        cases: tuple[tuple[int, str, str, str], ...] = (
            (1, "没有", "giving_site", "没有"),
            (1, "", "giving_site", "empty"),
            (1, "只收", "giving_site", "does not give"),
            (2, "赵云", "teacher", "赵云"),
            (2, "", "teacher", "empty"),
            (2, "王芳", "teacher", "sign-in name"),
            (3, "", "subject", "empty"),
            (3, "数" * 61, "subject", "60"),
            (4, "年" * 61, "grade", "60"),
            (5, "", "receiving_sites", "empty"),
            (5, "教室", "receiving_sites", "several"),
            (5, "村小学/教室；天上", "receiving_sites", "天上"),
            (5, "村小学/教室；村小学/教室", "receiving_sites", "twice"),
            (5, "镇小学/主讲室", "receiving_sites", "is the giving site"),
            (6, "周八", "weekday", "周八"),
            (6, "0", "weekday", "0"),
            (6, "", "weekday", "no weekday"),
            (7, "9", "period", "作息"),
            (7, "午休", "period", "午休"),
            (7, "", "period", "no period"),
            (8, "三周一次", "weeks", "三周一次"),
            (9, "54", "first_week", "54"),
            (9, "x", "first_week", "x"),
            (9, "5", "last_week", "the term has 4"),
            (10, "0", "last_week", "0"),
            (11, "别的作息", "schedule", "别的作息"),
        )
        for index, cell, column, word in cases:
            with self.subTest(column=column, cell=cell):
                row = [*good[:index], cell, *good[index + 1 :]]
                before = GOOD.replace("周一", "周日").replace("数学", "体育")
                found = self.look(before, ",".join(row))
                self.check_faults(found, (3, column))
                self.assertIn(word, found["errors"][0]["detail"])
                self.assertEqual((found["rows"], found["n_good"]), (2, 1))
        found = self.look(",主讲室,,,,,周八,,,,,")
        columns = [fault["column"] for fault in found["errors"]]
        self.assertEqual(columns, ["subject", "receiving_sites", "weekday", "period"])

    def test_lines_that_collide_name_each_other(self) -> None:
        self.take(GOOD)
        other = "镇小学,第二室,李娜,音乐,,镇小学/教室,周二,3,,,,"
        cases = (
            (GOOD.replace("数学", "语文").replace("三年级", ""), 4, "张伟"),
            (other, 0, ""),
            (other.replace("李娜", "wang.a").replace("音乐", "美术"), 2, "line 2"),
            ("镇小学,主讲室,李娜,美术,,镇小学/教室,周二,3,,,,", 2, "line 2"),
            (other.replace("周二", "周三"), 0, ""),
            ("镇小学,主讲室,李娜,音乐,,镇小学/教室,周四,3,,,,", 1, "line 2"),
            ("镇小学,第二室,李娜,音乐,,村小学/教室,周一,2,单,,,", 1, "数学"),
        )
        for row, n, word in cases:
            with self.subTest(row=row):
                found = self.look(other, row) if row != other else self.look(other)
                self.assertEqual(found["n_errors"], n, found["errors"])
                if n:
                    self.assertEqual({fault["line"] for fault in found["errors"]}, {3})
                    self.assertIn(word, found["errors"][0]["detail"])
        found = self.look(other.replace(",,,,", ",单,,,"), other.replace(",,,,", ",双,,,"))
        self.check_faults(found)

    def test_a_pairing_keeps_its_subject_grade_and_state(self) -> None:
        self.take(GOOD)
        moved = GOOD.replace("周一", "周五")
        self.check_faults(self.look(moved.replace("三年级", "四年级")), (2, "grade"))
        # the same subject by somebody else
        found = self.look(moved.replace("张伟", "李娜"))
        self.check_faults(found, (2, "receiving_sites"), (2, "receiving_sites"))
        self.assertIn("三年级数学", found["errors"][0]["detail"])
        pairing = self.admin.want(200, "GET", "/api/v1/pairings").json["items"][0]
        path = f"/api/v1/pairings/{pairing['id']}/state"
        etag = f'"{pairing["version"]}"'
        self.admin.want(200, "POST", path, {"state": "suspended"}, etag=etag)
        self.check_faults(self.look(moved), (2, "receiving_sites"))
        self.assertEqual(self.look(GOOD)["n_unchanged"], 1)

    def test_lessons_made_by_hand_are_in_the_way(self) -> None:
        self.take(GOOD)
        pairing = self.admin.want(200, "GET", "/api/v1/pairings").json["items"][0]
        self.add(
            "lessons",
            pairing=pairing["id"],
            title="公开课",
            starts_at="2026-09-17T08:10:00+08:00",
            ends_at="2026-09-17T08:50:00+08:00",
        )
        found = self.look("镇小学,第二室,李娜,音乐,,村小学/教室,周四,1,,,,")
        self.check_faults(found, (2, "receiving_sites"))
        self.assertIn("公开课", found["errors"][0]["detail"])
        self.assertIn("week 2,", found["errors"][0]["detail"])

    def test_nothing_is_taken_in_while_one_line_is_faulty(self) -> None:
        before = self.counts()
        text = "\n".join((HEAD, GOOD, GOOD.replace("周一", "周八"))) + "\n"
        answer = self.send(text, dry=False)
        self.assertEqual((answer.status, answer.problem), (422, "invalid-value"), answer)
        self.check_faults(answer.json, (3, "weekday"))
        self.assertEqual((answer.json["rows"], answer.json["n_good"]), (2, 1))
        self.assertEqual(self.counts(), before)

    def test_a_file_that_is_none_is_refused_in_words(self) -> None:
        cases = {
            "charset": (b"\xff\x80\x81,b\n", "UTF-8", "GBK"),
            "missing": (f"{HEAD}\n".replace("教师,", "").encode(), "教师", "列名"),
            "unknown": (f"{HEAD},备注\n".encode(), "备注", "列名"),
            "twice": (f"{HEAD},老师\n".encode(), "教师", "列名"),
            "quote": (f'{HEAD}\n"镇,x\n'.encode(), "quote", "引号"),
            "NUL": (b"a\0b\n", "NUL", "文本"),
            "nothing": (b"", "missing", "列名"),
            "rows": ((HEAD + "\n" + "x\n" * (ROWS_MAX + 1)).encode(), "20001", "20000"),
        }
        for name, (raw, english, chinese) in cases.items():
            with self.subTest(file=name):
                answer = self.send(raw)
                self.assertEqual((answer.status, answer.problem), (422, "invalid-value"))
                self.assertIn(english, answer.json["detail"])
                self.assertIn(chinese, answer.json["sentence"]["zh-CN"])
        answer = self.admin.call(
            "POST", "/api/v1/timetable/import", raw=b"x", content_type="text/csv"
        )
        self.assertEqual((answer.status, answer.json["field"]), (422, "term"))

    def test_fifty_megabytes_are_refused_before_they_are_read(self) -> None:
        with socket.create_connection(("127.0.0.1", self.service.port), 10) as client:
            head = (
                f"POST /api/v1/timetable/import?term={self.term} HTTP/1.1\r\n"
                f"Host: x\r\nContent-Type: text/csv\r\nContent-Length: {LARGE}\r\n"
                f"Cookie: synclass={self.admin.cookie}\r\nExpect: 100-continue\r\n"
                f"X-CSRF-Token: {self.admin.csrf}\r\n\r\n"
            )
            client.sendall(head.encode())
            line = client.makefile("rb").readline()
        self.assertIn(b" 413 ", line)
        raw = b"x" * (8 * 1024 * 1024 + 1)
        caller = self.service.caller()
        caller.cookie, caller.csrf = self.admin.cookie, self.admin.csrf
        self.assertEqual(self.send(raw, caller=caller).problem, "body-too-large")
        caller.close()

    # Rights.

    def test_an_administrator_names_what_is_its_own(self) -> None:
        school = self.schools["镇小学"]
        made = self.add_person(school, "head", "校长", "administrator")
        head = self.service.caller(own_address=True)
        self.addCleanup(head.close)
        self.assertEqual(head.sign_in("head", made["password"]).status, 201)
        change_password(head, made["password"], OWN_PASSWORD)
        row = "镇小学,主讲室,张伟,数学,,{},周一,3,,,,"
        own, other = (row.format(site) for site in ("教室", "村小学/教室"))
        answer = self.send(f"{HEAD}\n{own}\n{other}\n", caller=head)
        self.check_faults(answer.json, (3, "receiving_sites"))
        self.assertIn("there is no such site", answer.json["errors"][0]["detail"])
        answer = self.send(f"{HEAD}\n{own}\n", dry=False, caller=head)
        self.assertEqual(answer.status, 202, answer)
        job = answer.json["job"]
        self.assertEqual(head.call("GET", f"/api/v1/jobs/{job}").status, 200)
        self.finish(job)
        text = self.export(caller=head)
        self.assertEqual(len(text.strip().splitlines()), 2, text)
        village = self.schools["村小学"]
        text = self.export(f"&organisation={village}")
        self.assertEqual(len(text.strip().splitlines()), 1, text)

    # Size.

    def fill(self) -> str:
        """Sites and teachers for a file of ROWS_MAX rows, beside the service."""
        per_site = N_WEEKDAYS * N_PERIODS
        n = ROWS_MAX // per_site
        self.assertEqual(n * per_site, ROWS_MAX)
        self.service.stop()
        database = sqlite3.connect(self.service.database)
        lines = [HEAD]
        with database:
            for index in range(n):
                school, person = f"school{index:04}", f"person{index:04}"
                database.execute(
                    "INSERT INTO organisation (id, parent, kind, name, name_en)"
                    " VALUES (?, ?, 'school', ?, '')",
                    (school, self.root, f"学校{index}"),
                )
                database.executemany(
                    "INSERT INTO organisation_ancestor (organisation, ancestor, distance)"
                    " VALUES (?, ?, ?)",
                    [(school, school, 0), (school, self.root, 1)],
                )
                database.executemany(
                    "INSERT INTO site (id, organisation, name, name_en)"
                    " VALUES (?, ?, ?, '')",
                    [(f"site{index:04}{x}", school, f"教室{x}") for x in "abc"],
                )
                database.execute(
                    "INSERT INTO person (id, organisation, sign_in, name, created_ms)"
                    " VALUES (?, ?, ?, ?, 0)",
                    (person, school, f"teacher{index}", f"教师{index}"),
                )
                database.execute(
                    "INSERT INTO appointment (person, organisation, role)"
                    " VALUES (?, ?, 'teacher')",
                    (person, school),
                )
                who = f"学校{index},教室a,教师{index},科目%d,三年级,"
                who += f"学校{index}/教室b；学校{index}/教室c"
                lines += [
                    f"{who % (slot % 4)},{slot // N_PERIODS + 1},{slot % N_PERIODS + 1},,,,"
                    for slot in range(per_site)
                ]
        database.close()
        self.start()
        return "\n".join(lines) + "\n"

    def test_twenty_thousand_rows_within_ten_seconds(self) -> None:
        text = self.fill()
        begin_s = time.monotonic()
        dry = self.send(text)
        dry_s = time.monotonic() - begin_s
        self.assertEqual(dry.status, 200, dry)
        self.check_faults(dry.json)
        self.assertEqual((dry.json["n_good"], dry.json["n_unchanged"]), (ROWS_MAX, 0))
        self.assertEqual(len(dry.json["preview"]), 20)
        begin_s = time.monotonic()
        taken = self.send(text, dry=False)
        taken_s = time.monotonic() - begin_s
        self.assertEqual(taken.status, 202, taken)
        n_pairings = ROWS_MAX // (N_WEEKDAYS * N_PERIODS) * 4
        self.assertEqual(
            (taken.json["n_entries"], taken.json["n_pairings"]), (ROWS_MAX, n_pairings)
        )
        begin_s = time.monotonic()
        exported = self.export()
        export_s = time.monotonic() - begin_s
        again = self.send(exported)
        self.check_faults(again.json)
        self.assertEqual(again.json["n_unchanged"], ROWS_MAX)
        faulty = text.replace(",三年级,", ",三年级,天上；")
        found = self.send(faulty).json
        self.assertEqual((len(found["errors"]), found["n_errors"]), (200, ROWS_MAX))
        log = self.service.log.read_text(errors="replace")
        told = [line for line in log.splitlines() if "imported" in line]
        print(
            f"\n{ROWS_MAX} rows: looked at in {dry_s:.2f} s, taken in in {taken_s:.2f} s"
            f" (promised {IMPORT_PROMISED_S:.0f} s),"
            f" exported in {export_s:.2f} s; {told[-1].rpartition(': ')[2]}"
        )
        self.assertLess(dry_s, IMPORT_LIMIT_S)
        self.assertLess(taken_s, IMPORT_LIMIT_S)
        self.assertEqual(self.service.complaints(), [])


if __name__ == "__main__":
    unittest.main()

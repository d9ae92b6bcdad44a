# SPDX-License-Identifier: Apache-2.0
"""kill -9 of signaling at random instants while four administrators write: what was
acknowledged is there, nothing is half-written, and the books are sound. SC_TEST_SEED repeats
a run's choices."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import random
import subprocess
import tempfile
import threading
import time
import unittest
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from house.service import SIGNALING
from tests.integration.api_service import Answer, ApiService, Caller

N_KILLS = 20
N_WRITES = 1000  # acknowledged, in all
N_WRITERS = 4
N_PAIRINGS = 12
N_PERIODS = 8
N_WEEKS = 4
ROUND_LIMIT_S = 30.0
PASSWORD = "Lesson-2026-start"
HELD = {"all": 4, "odd": 2, "even": 2}  # of N_WEEKS
NOUNS = {
    "organisations": "organisation",
    "sites": "site",
    "people": "person",
    "entries": "entry",
}

Json = dict[str, Any]


@dataclass
class Books:
    """What the writers were told, under one lock."""

    acknowledged: dict[tuple[str, str], Json] = field(default_factory=dict)
    doubtful: dict[tuple[str, str], str] = field(default_factory=dict)  # a name under way
    n_writes: int = 0
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, noun: str, row: Json) -> None:
        with self.lock:
            row.pop("password", None)  # shown once
            self.acknowledged[noun, row["id"]] = row
            self.doubtful.pop((noun, row["id"]), None)
            self.n_writes += 1


class Writer(threading.Thread):
    """Writes until the service is gone."""

    def __init__(self, case: Kill, number: int, chance: random.Random) -> None:
        super().__init__()
        self.case = case
        self.number = number
        self.chance = chance
        self.caller = Caller(case.service.port)
        self.caller.cookie, self.caller.csrf = case.sessions[number]

    def run(self) -> None:
        try:
            while True:
                self.write()
        except (OSError, http.client.HTTPException):
            pass  # killed
        except Exception as fault:  # told by the test itself
            self.case.books.faults.append(f"writer {self.number}: {fault!r}")
        finally:
            self.caller.close()

    def write(self) -> None:
        kind = self.chance.choice(
            ("organisations", "sites", "people", "entries", "rename")
        )
        if kind == "rename":
            self.rename()
            return
        answer = self.caller.call(
            "POST", f"/api/v1/{kind}", self.case.make(kind, self.chance)
        )
        if answer.status != 201:
            raise AssertionError(f"{kind}: {answer}")
        self.case.books.take(kind, answer.json)

    def rename(self) -> None:
        """A site that this writer, and nobody else, renames."""
        mine = [
            key
            for key, row in list(self.case.books.acknowledged.items())
            if key[0] == "sites" and int(row["id"], 16) % N_WRITERS == self.number
        ]
        if not mine:
            return
        key = self.chance.choice(mine)
        name = f"新名 {self.chance.getrandbits(32):08x}"
        version = self.case.books.acknowledged[key]["version"]
        if key in self.case.books.doubtful:
            return  # its version may be another now
        self.case.books.doubtful[key] = name
        answer: Answer = self.caller.call(
            "PATCH", f"/api/v1/sites/{key[1]}", {"name": name}, etag=f'"{version}"'
        )
        if answer.status != 200:
            raise AssertionError(f"rename: {answer}")
        self.case.books.take("sites", answer.json)


class Kill(unittest.TestCase):
    def setUp(self) -> None:
        self.seed = int(os.environ.get("SC_TEST_SEED") or random.randrange(1 << 32))
        self.chance = random.Random(self.seed)
        folder = tempfile.TemporaryDirectory(prefix="synclass-kill-")
        self.addCleanup(folder.cleanup)
        self.service = ApiService(Path(folder.name))
        self.addCleanup(self.service.kill)
        self.books = Books()
        self.numbers = itertools.count(1)
        (self.service.folder / "password").write_text(PASSWORD + "\n")
        self.administrators = [f"root{i}" for i in range(N_WRITERS)]
        for i, name in enumerate(self.administrators):
            root = ["--root-name", "青山县"] if i == 0 else []
            words = ["--password-file", str(self.service.folder / "password"), *root]
            answer = self.service.admin("--sign-in", name, *words)
            self.assertEqual(answer.returncode, 0, answer.stderr)
        self.service.start()
        self.build_school()

    def build_school(self) -> None:
        callers = [self.service.caller() for _ in self.administrators]
        for caller, name in zip(callers, self.administrators):
            self.assertEqual(caller.sign_in(name, PASSWORD).status, 201)
        self.sessions = [(caller.cookie, caller.csrf) for caller in callers]
        admin = callers[0]
        self.root = admin.want(200, "GET", "/api/v1/session").json["roles"][0][
            "organisation"
        ]
        self.school = self.add(
            admin, "organisations", **self.make("organisations", self.chance)
        )
        first = date.today() + timedelta(days=14 - date.today().weekday())
        term = self.add(
            admin,
            "terms",
            organisation=self.root,
            name="学期",
            first_day=str(first),
            last_day=str(first + timedelta(days=7 * N_WEEKS - 1)),
            exceptions=[],
        )
        periods = [
            {
                "number": i,
                "name": "",
                "starts": f"{7 + i:02}:00",
                "ends": f"{7 + i:02}:40",
            }
            for i in range(1, N_PERIODS + 1)
        ]
        self.bells = self.add(
            admin, "bell-schedules", organisation=self.root, name="作息", periods=periods
        )
        pairings = [self.add_pairing(admin, term) for _ in range(N_PAIRINGS)]
        slots = list(itertools.product(pairings, range(1, 6), range(1, N_PERIODS + 1)))
        self.chance.shuffle(slots)
        self.slots: Iterator[tuple[str, int, int]] = iter(slots)
        for caller in callers:
            caller.close()

    def add(self, admin: Caller, path: str, **members: Any) -> str:
        row = admin.want(201, "POST", f"/api/v1/{path}", members).json
        return str(row["id"])

    def add_pairing(self, admin: Caller, term: str) -> str:
        sites = [
            self.add(admin, "sites", **self.make("sites", self.chance)) for _ in range(2)
        ]
        person = self.make("people", self.chance)
        teacher = self.add(admin, "people", **person)
        answer = admin.want(
            201,
            "POST",
            "/api/v1/pairings",
            {
                "term": term,
                "giving_site": sites[0],
                "receiving_sites": sites[1:],
                "teacher": teacher,
                "subject": "数学",
            },
        )
        path = f"/api/v1/pairings/{answer.json['id']}/state"
        admin.want(200, "POST", path, {"state": "active"}, etag=answer.etag)
        return str(answer.json["id"])

    def make(self, kind: str, chance: random.Random) -> Json:
        """The body of one that nobody else makes."""
        number = next(self.numbers)
        name = f"{chance.choice(('石门', '柳坪', 'Ärö', '𠮷野'))} {number}"
        if kind == "organisations":
            return {"parent": self.root, "kind": "school", "name": name, "name_en": ""}
        if kind == "sites":
            return {"organisation": self.school, "name": name, "room": f"{number}"}
        if kind == "people":
            held = [{"organisation": self.school, "role": "teacher"}]
            return {
                "organisation": self.school,
                "sign_in": f"person{number}",
                "name": name,
                "appointments": held,
            }
        pairing, weekday, period = next(self.slots)
        return {
            "pairing": pairing,
            "weekday": weekday,
            "schedule": self.bells,
            "period": period,
            "weeks": chance.choice(tuple(HELD)),
        }

    def test_what_was_acknowledged_survives_and_nothing_is_half_written(self) -> None:
        print(f"SC_TEST_SEED={self.seed}", flush=True)
        for left in range(N_KILLS, 0, -1):
            self.write_and_kill(N_WRITES - self.books.n_writes, left)
            self.assertEqual(self.books.faults, [])
            self.verify()
            self.look_inside()
            self.service.start()
        self.assertGreaterEqual(self.books.n_writes, N_WRITES)
        self.compare()
        self.assertEqual(self.service.complaints(), [])
        print(
            f"{N_KILLS} kills, {self.books.n_writes} acknowledged writes, "
            f"{len(self.books.acknowledged)} objects, {len(self.books.doubtful)} in doubt"
        )

    def write_and_kill(self, n_writes: int, n_kills: int) -> None:
        """Kills at a random instant after its share of @n_writes that are left to @n_kills,
        more or less; the last one when all of them are there."""
        begin = self.books.n_writes
        share = n_writes / n_kills * self.chance.uniform(0.6, 1.4)
        target = begin + (max(1, round(share)) if n_kills > 1 else n_writes)
        pause_s = self.chance.uniform(0, 0.02)
        writers = [
            Writer(self, i, random.Random(self.chance.getrandbits(64)))
            for i in range(N_WRITERS)
        ]
        for writer in writers:
            writer.start()
        end_s = time.monotonic() + ROUND_LIMIT_S
        while self.books.n_writes < target and not self.books.faults:
            if time.monotonic() > end_s:
                self.books.faults.append(f"{self.books.n_writes - begin} writes only")
            time.sleep(0.001)
        time.sleep(pause_s)
        self.service.kill()
        for writer in writers:
            writer.join()

    def verify(self) -> None:
        command = [str(SIGNALING), "verify", "--database", str(self.service.database)]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

    def look_inside(self) -> None:
        """What a half-written object would lack."""
        rows = self.service.rows
        self.assertEqual(rows("PRAGMA foreign_key_check"), [])
        self.assertEqual(rows("PRAGMA integrity_check"), [("ok",)])
        for entry, weeks, n_lessons, n_sites in rows(
            "SELECT entry.id, entry.weeks, count(DISTINCT lesson.id), count(lesson_site.site)"
            " FROM entry LEFT JOIN lesson ON lesson.entry = entry.id"
            " LEFT JOIN lesson_site ON lesson_site.lesson = lesson.id GROUP BY entry.id"
        ):
            self.assertEqual((n_lessons, n_sites), (HELD[weeks], 2 * HELD[weeks]), entry)
        lacking = {
            "an ancestor": "SELECT id FROM organisation AS o WHERE (SELECT count(*) FROM"
            " organisation_ancestor WHERE organisation = o.id) <> 1 + (parent IS NOT NULL)",
            "an appointment": "SELECT id FROM person WHERE NOT EXISTS"
            " (SELECT 1 FROM appointment WHERE person = person.id)",
            "an entry": "SELECT id FROM lesson WHERE entry IS NULL OR NOT EXISTS"
            " (SELECT 1 FROM entry WHERE entry.id = lesson.entry)",
        }
        for noun in ("organisation", "site", "person", "entry"):
            lacking[f"the audit's row of a {noun}"] = (
                f"SELECT id FROM {noun} WHERE (SELECT count(*) FROM audit WHERE action ="
                f" 'create-{noun}' AND object = {noun}.id) <> 1"
            )
            lacking[f"the {noun} of an audit's row"] = (
                f"SELECT object FROM audit WHERE action = 'create-{noun}'"
                f" AND object NOT IN (SELECT id FROM {noun})"
            )
        del lacking["the audit's row of a organisation"]  # `admin` makes the root without
        for what, sql in lacking.items():
            self.assertEqual(rows(sql), [], f"lacks {what}")

    def compare(self) -> None:
        """Every object as the service shows it now with what was acknowledged."""
        admin = self.service.caller()
        admin.cookie, admin.csrf = self.sessions[0]
        for path in NOUNS:
            have = {row["id"]: row for row in self.list_all(admin, path)}
            want = [row for key, row in self.books.acknowledged.items() if key[0] == path]
            self.assertTrue(want, path)
            for row in want:
                self.assertIn(row["id"], have, f"{path}: acknowledged and gone: {row}")
                self.assert_same(path, row, have[row["id"]])
        admin.close()

    def list_all(self, admin: Caller, path: str) -> Iterator[Json]:
        cursor = ""
        while True:
            page = admin.want(200, "GET", f"/api/v1/{path}?limit=200{cursor}").json
            yield from page["items"]
            if page["next"] is None:
                return
            cursor = f"&cursor={page['next']}"

    def assert_same(self, path: str, want: Json, have: Json) -> None:
        """A change that was under way when the service died is there wholly, or not at all."""
        under_way = self.books.doubtful.get((path, want["id"]))
        if under_way is not None and have["name"] == under_way:
            want = {**want, "name": under_way, "version": want["version"] + 1}
        have = {name: value for name, value in have.items() if name in want}
        self.assertEqual(
            json.dumps(have, sort_keys=True), json.dumps(want, sort_keys=True)
        )


if __name__ == "__main__":
    unittest.main()

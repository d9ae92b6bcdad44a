# SPDX-License-Identifier: Apache-2.0
"""What may be sent: every text of every body of the OpenAPI document × what people and
worse send. It is kept as it is and given back, or refused with the name of its field;
nothing is executed, nothing is half written, nothing is lost."""

from __future__ import annotations

import copy
import csv
import io
import json
import shutil
import sqlite3
import subprocess
import tempfile
import unittest
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from house.service import SIGNALING
from tests.integration.api_document import Operation
from tests.integration.api_service import Answer, ApiService, Caller, Json
from tests.integration.api_world import API, PASSWORD, Actor, Thing, World

LONG = "字" * 10_000
SURROGATE = "lone surrogate \\ud800"  # as JSON text
# What is text to us, and comes back byte for byte where there is room for it.
TEXTS = {
    "emoji": "👩🏽‍🏫 五（1）班 🏫",
    "right to left": "مدرسة القرية 12",
    "combining": "e\u0301a\u0308 ก็ Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A",
    "directions": "\u202eabc\u202c \u2066x\u2069",
    "SQL": "'); DROP TABLE person; --",
    "HTML": '<script>alert("1")</script><img src=x onerror=alert(1)>',
    "formula": '=HYPERLINK("http://example.com","x")',
    "percent": "100% %s %n {0} ${x} \\",
    "astral": "𠮷野家 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
}
REFUSED = {
    "10,000 characters": LONG,
    "NUL": "a\u0000b",
    "bell": "a\u0007b",
    "escape": "\u001b[31mred",
    "delete": "a\u007fb",
    "C1": "a\u0085b",
}
WRONG_TYPES = {
    "number": 7,
    "fraction": 0.5,
    "boolean": True,
    "array": ["x"],
    "object": {"x": "y"},
}
REFUSALS = (400, 404, 409, 422)
CHINESE = "[\u4e00-\u9fff]"
DEPTH = 10_000
NOWHERE = "0123456789abcdef"
DISK = "6m"
DEVICES = frozenset({"device"})


def path_of(place: tuple[Any, ...]) -> str:
    """("periods", 0, "name") → "periods[0].name"."""
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def put(body: Json, place: tuple[Any, ...], value: Any) -> Json:
    body = copy.deepcopy(body)
    at = body
    for part in place[:-1]:
        at = at[part]
    at[place[-1]] = value
    return body


def drop(body: Json, place: tuple[Any, ...]) -> Json:
    body = copy.deepcopy(body)
    at = body
    for part in place[:-1]:
        at = at[part]
    del at[place[-1]]
    return body


def get(body: Json, place: tuple[Any, ...]) -> Any:
    """Ellipsis where there is nothing."""
    for part in place:
        if isinstance(part, str) and not (isinstance(body, dict) and part in body):
            return ...
        if isinstance(part, int) and not (isinstance(body, list) and body):
            return ...
        body = body[part]
    return body


class InputCase(unittest.TestCase):
    service: ApiService
    world: World

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="synclass-input-")
        cls.addClassCleanup(folder.cleanup)
        cls.service = ApiService(Path(folder.name))
        cls.addClassCleanup(cls.service.kill)
        cls.world = World(cls.service)
        cls.addClassCleanup(cls.world.close)
        cls.things = {}
        cls.county = cls.world.counties[0]
        cls.root = cls.world.root
        cls.device = cls.world.actor("device A")
        cls.guest = cls.world.enter("guest", cls.county)
        cls.addClassCleanup(cls.guest.caller.close)

    things: dict[str, Thing]
    county: Any
    root: Actor
    device: Actor
    guest: Actor

    def tearDown(self) -> None:
        self.assertEqual(self.service.complaints(), [])

    # Calling each operation, with all its members.

    def with_bodies(self) -> list[Operation]:
        return [o for o in self.world.document.operations if o.body]

    def full_body(self, operation: Operation) -> Json:
        """Every member that has a text in it, so that each can be made wrong."""
        body = self.world.body(operation, self.county)
        for place, _ in self.world.document.texts(operation.body):
            name = place[0]
            schema = self.world.document.follow(operation.body["properties"][name])
            if schema.get("type") == "array" and name not in body:
                body[name] = self.rows(name)
        if operation.id == "confirm-enrolment":
            body["code"] = self.world.enrol(self.county)["code"]
        if operation.id == "set-pairing-state":
            body["state"] = "active"
        if operation.id == "sign-in":
            body["password"] = "x"
        if operation.id == "change-password":
            body = {"password": self.guest.password, "new_password": PASSWORD.format(7)}
        if operation.id == "create-lesson":
            starts, ends = self.world.evening(self.county)
            body = {"pairing": self.county.pairing, "starts_at": starts, "ends_at": ends}
        return body

    def rows(self, name: str) -> Json:
        if name == "appointments":
            return [{"role": "teacher", "organisation": self.county.schools[0]}]
        if name == "exceptions":
            return []
        if name == "receiving_sites":
            return [self.county.sites[1]]
        if name == "periods":
            return self.world.periods(self.county)
        raise KeyError(f"what stands in {name}? please teach this test")

    def caller_of(self, operation: Operation) -> Caller:
        if operation.roles == DEVICES:
            return self.device.caller
        if operation.roles is None:  # limited by address
            return self.service.caller(own_address=True)
        return (
            self.guest.caller if operation.id == "change-password" else self.root.caller
        )

    def call(self, operation: Operation, body: Json, raw: str = "") -> Answer:
        """About something that nobody has changed yet."""
        path, etag = operation.path, None
        if "{id}" in path:
            if operation.id not in self.things:
                self.things[operation.id] = self.world.make(operation.noun, self.county)
            thing = self.things[operation.id]
            path = path.replace("{id}", thing.id)
            etag = thing.etag if operation.has_version else None
        caller = self.caller_of(operation)
        payload = raw.encode() if raw else None
        sent = None if raw else body
        answer = caller.call(operation.method, path, sent, raw=payload, etag=etag)
        if operation.roles is None:
            caller.close()
        if answer.status < 300:
            self.things.pop(operation.id, None)
        if operation.id == "change-password" and answer.status not in (400, 422):
            self.guest.password = ""
            self.world.renew(self.guest)
        return answer

    def texts(self) -> Iterator[tuple[Operation, tuple[Any, ...], Json]]:
        for operation in self.with_bodies():
            for place, schema in self.world.document.texts(operation.body):
                if not schema.get("readOnly"):
                    yield operation, place, schema

    def base(self, operation: Operation, place: tuple[Any, ...]) -> Json:
        """A good body that has room for something at @place."""
        body = self.full_body(operation)
        if len(place) > 1 and not get(body, place[:1]):
            if "first_day" not in body:
                body["first_day"], body["last_day"] = self.world.days_of_a_term()
            row = {"day": body["first_day"], "kind": "off", "name": "x"}
            body[place[0]] = [row]
        return body

    def check_refused(
        self, answer: Answer, place: tuple[Any, ...], *, by_program: bool = False
    ) -> None:
        self.assertIn(answer.status, REFUSALS, answer)
        self.assertEqual(answer.json.get("field"), path_of(place), answer)
        self.assertTrue(answer.json["detail"], answer)
        if not by_program:
            self.check_said(answer)

    def check_said(self, answer: Answer) -> None:
        """Whoever filled in the form is told in both languages."""
        sentence = answer.json.get("sentence", {})
        self.assertEqual(set(sentence), {"zh-CN", "en"}, answer)
        self.assertRegex(sentence["zh-CN"], CHINESE, answer)
        self.assertTrue(sentence["en"].strip(), answer)
        self.assertNotRegex(sentence["en"], CHINESE, answer)

    def check_kept(
        self, operation: Operation, answer: Answer, place: Any, value: Any
    ) -> None:
        if answer.status == 204:
            return
        shown = get(answer.json, place)
        if shown is not ...:
            self.assertEqual(shown, value)
        if answer.status == 201 and operation.id.startswith("create-"):
            path = f"{operation.path}/{answer.json['id']}"
            if operation.roles:
                read = get(self.root.caller.want(200, "GET", path).json, place)
                self.assertEqual(read, shown)

    def test_every_text_is_kept_as_it_is_or_refused_by_name(self) -> None:
        n_kept = 0
        for operation, place, _ in self.texts():
            for name, value in TEXTS.items():
                with self.subTest(
                    operation=operation.id, place=path_of(place), text=name
                ):
                    body = put(self.base(operation, place), place, value)
                    answer = self.call(operation, body)
                    if answer.status in (200, 201, 202, 204):
                        n_kept += 1
                        self.check_kept(operation, answer, place, value)
                    elif operation.id == "sign-in":
                        self.assertEqual(answer.problem, "wrong-password", answer)
                    elif operation.id == "change-password" and place == ("password",):
                        self.assertEqual(answer.status, 403, answer)
                    else:
                        self.check_refused(answer, place)
        print(f"\n{n_kept} texts were kept as they are")
        self.assertGreater(n_kept, 100)

    def test_no_text_is_endless_or_holds_control_characters(self) -> None:
        for operation, place, _ in self.texts():
            for name, value in REFUSED.items():
                with self.subTest(
                    operation=operation.id, place=path_of(place), text=name
                ):
                    body = put(self.base(operation, place), place, value)
                    answer = self.call(operation, body)
                    if name == "NUL":  # refused before anybody knows of members
                        self.assertEqual(answer.problem, "bad-json", answer)
                        self.assertIn("NUL", answer.json["detail"])
                    else:
                        self.check_refused(answer, place)

    def test_half_a_character_is_refused(self) -> None:
        for operation, place, _ in self.texts():
            with self.subTest(operation=operation.id, place=path_of(place)):
                body = put(self.base(operation, place), place, "MARK")
                raw = json.dumps(body).replace("MARK", SURROGATE)
                answer = self.call(operation, None, raw)
                if answer.problem != "bad-json":  # no keyboard writes it
                    self.check_refused(answer, place, by_program=True)

    def test_a_wrong_type_is_refused_by_name(self) -> None:
        for operation, place, schema in self.texts():
            values: dict[str, Any] = dict(WRONG_TYPES)
            if "null" not in schema["type"]:
                values["null"] = None
            for name, value in values.items():
                with self.subTest(
                    operation=operation.id, place=path_of(place), type=name
                ):
                    body = put(self.base(operation, place), place, value)
                    answer = self.call(operation, body)
                    self.assertEqual(answer.status, 422, answer)
                    # A form leaves a text out at most; the rest only a program sends.
                    self.check_refused(answer, place, by_program=name != "null")

    def wrong_figures(self, schema: Json) -> Iterator[tuple[str, Any]]:
        for name, step in (("minimum", -1), ("maximum", 1)):
            if name in schema:
                yield name, schema[name] + step
        if "integer" in schema["type"]:
            yield "fraction", 1.5
        if schema["type"] != "array" and "null" not in schema["type"]:
            yield "nothing", None
        if schema["type"] != "array":
            yield "text", "x"
        if schema.get("minItems"):
            yield "too few", []
        if "maxItems" in schema:
            yield "too many", ["x"] * (schema["maxItems"] + 1)

    def test_a_wrong_number_or_list_is_refused_by_name(self) -> None:
        n_refused = 0
        for operation in self.with_bodies():
            if operation.roles == DEVICES:
                continue
            full = self.full_body(operation)  # nothing of it is taken: one does for all
            kinds = {"integer", "number", "array"}
            for place, schema in self.world.document.find(operation.body, kinds):
                good = full if len(place) == 1 else self.base(operation, place)
                for name, value in self.wrong_figures(schema):
                    with self.subTest(
                        operation=operation.id, place=path_of(place), wrong=name
                    ):
                        answer = self.call(operation, put(good, place, value))
                        self.assertEqual(answer.status, 422, answer)
                        self.check_refused(answer, place)
                        n_refused += 1
        self.assertGreater(n_refused, 50)

    def test_what_is_missing_or_unknown_is_named(self) -> None:
        for operation in self.with_bodies():
            for name in operation.body.get("required", ()):
                with self.subTest(operation=operation.id, missing=name):
                    answer = self.call(
                        operation, drop(self.full_body(operation), (name,))
                    )
                    self.assertEqual(answer.status, 422, answer)
                    self.check_refused(answer, (name,))
            for name in ("nonsense", "id", "version", "__proto__", "名"):
                if name in operation.body.get("properties", {}):
                    continue
                with self.subTest(operation=operation.id, unknown=name):
                    answer = self.call(
                        operation, {**self.full_body(operation), name: "x"}
                    )
                    self.assertEqual(answer.status, 422, answer)
                    self.check_refused(answer, (name,), by_program=True)

    # Tables.

    def bring(self, subject: str, dry: bool) -> Answer:
        """A row of a timetable with @subject."""
        weekday, period = self.world.slot(self.county)
        path = f"{API}/people/{self.county.people['teacher']}"
        teacher = self.root.caller.want(200, "GET", path).json["sign_in"]
        table = io.StringIO()
        writer = csv.writer(table)
        head = "主讲教室 教师 科目 听课教室 星期 节次 作息"
        writer.writerow(head.split())
        row = [self.county.sites[0], teacher, subject, self.county.sites[1]]
        writer.writerow([*row, weekday, period, self.county.schedule])
        query = f"term={self.county.term}&dry_run={str(dry).lower()}"
        return self.root.caller.call(
            "POST",
            f"{API}/timetable/import?{query}",
            raw=table.getvalue().encode(),
            content_type="text/csv",
        )

    def test_a_timetable_keeps_a_text_as_it_is_or_tells_where_it_is(self) -> None:
        for name, value in TEXTS.items():
            with self.subTest(text=name):
                answer = self.bring(value, dry=False)
                self.assertEqual(answer.status, 202, answer)
                rows = self.service.rows("SELECT 1 FROM pairing WHERE subject = ?", value)
                self.assertEqual(len(rows), 1)
        path = f"{API}/timetable/export.csv?term={self.county.term}"
        text = self.root.caller.want(200, "GET", path).text
        cells = [c for r in csv.reader(io.StringIO(text.lstrip("\ufeff"))) for c in r]
        self.assertEqual([c for c in cells if c[:1] in ("=", "+", "-", "@")], [])
        query = f"term={self.county.term}&dry_run=true"
        again = self.root.caller.want(
            200,
            "POST",
            f"{API}/timetable/import?{query}",
            raw=text.encode(),
            content_type="text/csv",
        ).json
        self.assertEqual(again["errors"], [])
        self.assertEqual(again["n_unchanged"], again["rows"])
        for name, value in REFUSED.items():
            with self.subTest(text=name):
                answer = self.bring(value, dry=False)
                self.assertEqual(answer.status, 422, answer)
                if name != "NUL":
                    (fault,) = answer.json["errors"]
                    self.assertEqual((fault["line"], fault["column"]), (2, "subject"))

    # Bodies that are none.

    def test_a_body_that_is_no_object_is_refused(self) -> None:
        bodies: dict[str, bytes] = {
            "nothing": b"",
            "half": b'{"name":',
            "array": b"[]",
            "null": b"null",
            "number": b"1",
            "text": b'"x"',
            "two": b"{}{}",
            "not UTF-8": b'{"name":"\xff\xfe"}',
            "UTF-16": '{"name":"x"}'.encode("utf-16"),
            "NUL": b'{"name":"x"}\x00',
            "deep arrays": b"[" * DEPTH,
            "deep objects": b'{"a":' * DEPTH + b"1" + b"}" * DEPTH,
            "deep inside": b'{"name":' + b"[" * DEPTH + b"]" * DEPTH + b"}",
        }
        for operation in self.with_bodies():
            path = operation.path.replace("{id}", NOWHERE)
            for name, raw in bodies.items():
                with self.subTest(operation=operation.id, body=name):
                    caller = self.caller_of(operation)
                    answer = caller.call(operation.method, path, raw=raw, etag='"1"')
                    self.assertEqual((answer.status, answer.problem), (400, "bad-json"))
                    if operation.roles is None:
                        caller.close()

    def test_a_body_of_a_megabyte_is_too_large(self) -> None:
        raw = json.dumps({"name": "x" * 1_000_000}).encode()
        for operation in self.with_bodies():
            with self.subTest(operation=operation.id):
                path = operation.path.replace("{id}", NOWHERE)
                caller = self.service.caller()
                caller.cookie, caller.csrf = (
                    self.root.caller.cookie,
                    self.root.caller.csrf,
                )
                answer = caller.call(operation.method, path, raw=raw, etag='"1"')
                caller.close()
                self.assertEqual((answer.status, answer.problem), (413, "body-too-large"))

    def test_another_content_type_is_refused(self) -> None:
        for operation in self.with_bodies():
            with self.subTest(operation=operation.id):
                path = operation.path.replace("{id}", NOWHERE)
                for kind in ("text/plain", "application/x-www-form-urlencoded"):
                    caller = self.caller_of(operation)
                    answer = caller.call(
                        operation.method, path, raw=b"{}", content_type=kind
                    )
                    self.assertEqual(answer.status, 415, answer)

    # Lost updates.

    def versioned(self) -> list[Operation]:
        return [o for o in self.world.document.operations if o.has_version]

    def test_no_change_without_the_present_version(self) -> None:
        cases = {None: 428, '"999"': 412, "1": 412, '"x"': 412, "*": 412, 'W/"1"': 412}
        self.assertGreater(len(self.versioned()), 10)
        for operation in self.versioned():
            thing = self.world.make(operation.noun, self.county)
            path = operation.path.replace("{id}", thing.id)
            body = self.full_body(operation) if operation.body else None
            for etag, status in cases.items():
                with self.subTest(operation=operation.id, etag=etag):
                    answer = self.root.caller.call(
                        operation.method, path, body, etag=etag
                    )
                    self.assertEqual(answer.status, status, answer)
            with self.subTest(operation=operation.id, etag="present"):
                answer = self.root.caller.call(
                    operation.method, path, body, etag=thing.etag
                )
                self.assertIn(answer.status, (200, 204), answer)
                again = self.root.caller.call(
                    operation.method, path, body, etag=thing.etag
                )
                self.assertIn(again.status, (404, 412), again)

    def test_of_two_who_change_the_same_one_is_told(self) -> None:
        for operation in self.versioned():
            if operation.method != "PATCH" or operation.noun == "workload":
                continue
            with self.subTest(operation=operation.id):
                thing = self.world.make(operation.noun, self.county)
                path = operation.path.replace("{id}", thing.id)
                bodies = [self.world.body(operation, self.county) for _ in (0, 1)]
                first = self.root.caller.want(
                    200, "PATCH", path, bodies[0], etag=thing.etag
                )
                second = self.root.caller.call("PATCH", path, bodies[1], etag=thing.etag)
                self.assertEqual(second.problem, "stale-version", second)
                read = self.root.caller.want(200, "GET", path)
                self.assertEqual(read.etag, first.etag)
                for name, value in bodies[0].items():
                    self.assertEqual(read.json[name], value)

    # Queries.

    def lists(self) -> list[Operation]:
        return [o for o in self.world.document.operations if o.id.startswith("list-")]

    def query(self, operation: Operation, text: str) -> Answer:
        days = {"from": "2026-09-07", "to": "2026-09-07"}
        for name, day in days.items():
            if operation.id == "list-lessons" and not text.startswith(name):
                text += f"&{name}={day}"
        return self.root.caller.call("GET", f"{operation.path}?{text}")

    def test_a_wrong_query_is_named(self) -> None:
        cases = {
            "limit": ("0", "-1", "201", "x", "1.5", "", "1e2", "9" * 30),
            "cursor": ("x", "AAAA", "..", "%F0%9F%8F%AB", "x" * 2000),
            "count": ("maybe", "1", ""),
            "search": ("", "x" * 101, "a%07b"),
            "organisation": ("../..", "a%20b", "", "x" * 65, "'--"),
            "kind": ("planet", "'"),
            "from": ("2026-13-01", "2026-02-30", "yesterday", "", "2026-9-7"),
            "to": ("2026-13-01", "0000-00-00"),
            "nonsense": ("1",),
        }
        for operation in self.lists():
            for name, values in cases.items():
                schema = self.world.document.follow(operation.query.get(name, {}))
                if name == "kind" and "enum" not in schema:
                    continue
                if name not in operation.query and name != "nonsense":
                    continue
                for value in values:
                    with self.subTest(
                        operation=operation.id, query=f"{name}={value[:40]}"
                    ):
                        answer = self.query(operation, f"{name}={value}")
                        self.assertEqual(answer.status, 422, answer)
                        self.assertEqual(answer.json["field"], name)

    def test_a_query_is_text_without_a_nul(self) -> None:
        for query in ("limit=1%00", "search=a%00b", "%00=1", "search=%FF", "%FF=1"):
            for operation in self.lists():
                with self.subTest(operation=operation.id, query=query):
                    answer = self.query(operation, query)
                    if "search" in operation.query or "search" not in query:
                        self.assertEqual(answer.problem, "invalid-value", answer)
                    self.assertEqual(answer.status, 422)

    def test_a_search_finds_what_it_says_and_nothing_else(self) -> None:
        """Not what LIKE or SQL would make of it."""
        school = self.county.schools[0]
        for name in ("100%", "under_score", "back\\slash", "quo'te", "平行四边形"):
            body = {"organisation": school, "name": f"{name} room"}
            self.root.caller.want(201, "POST", f"{API}/sites", body)
        cases = {
            "100%": 1,
            "r_score": 1,
            "k\\s": 1,
            "o't": 1,
            "行四边": 1,
            "_": 1,
            "%": 1,
            "' OR '1'='1": 0,
            "%' OR 1=1 --": 0,
            "ROOM": 5,
        }
        for text, n in cases.items():
            with self.subTest(search=text):
                path = (
                    f"{API}/sites?search={quote(text)}&organisation={school}&count=true"
                )
                answer = self.root.caller.want(200, "GET", path).json
                self.assertEqual((answer["total"], len(answer["items"])), (n, n))

    def test_pages_hold_each_row_once(self) -> None:
        school = self.world.organisation(self.county, self.county.id, "school")
        made = set()
        for index in range(23):
            body = {"organisation": school, "name": f"same name {index % 3}"}
            made.add(self.root.caller.want(201, "POST", f"{API}/sites", body).json["id"])
        for limit in (1, 5, 22, 23, 200):
            seen: list[str] = []
            cursor = ""
            while True:
                path = f"{API}/sites?organisation={school}&limit={limit}{cursor}"
                page = self.root.caller.want(200, "GET", path).json
                seen += [item["id"] for item in page["items"]]
                if page["next"] is None:
                    break
                cursor = f"&cursor={quote(page['next'])}"
            self.assertEqual(len(seen), 23)
            self.assertEqual(set(seen), made)

    def test_paths_that_are_no_ids_lead_nowhere(self) -> None:
        for path in ("..", "%2e%2e", "a%00b", "%F0%9F%8F%AB", "x" * 65, "'", NOWHERE):
            with self.subTest(path=path):
                answer = self.root.caller.call("GET", f"{API}/sites/{path}")
                self.assertIn(answer.status, (400, 404), answer)


class DiskCase(unittest.TestCase):
    """A disk of six megabytes, mounted where nobody else sees it."""

    def setUp(self) -> None:
        if shutil.which("unshare") is None:
            self.skipTest("unshare (util-linux) is missing")
        folder = tempfile.TemporaryDirectory(prefix="synclass-full-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        mount = f"mount -t tmpfs -o size={DISK} tmpfs {self.disk}"
        tried = subprocess.run(
            ["unshare", "--mount", "sh", "-c", mount], capture_output=True, text=True
        )
        if tried.returncode != 0:
            self.skipTest(f"no disk can be mounted here: {tried.stderr.strip()}")
        password = self.folder / "password"
        password.write_text(PASSWORD.format(0))
        self.service = ApiService(self.folder)
        self.service.database = self.disk / "synclass.db"
        admin = (
            f"{SIGNALING} admin --database {self.service.database} --sign-in root"
            f" --root-name 县 --password-file {password}"
        )
        filler = f"head -c 1500000 /dev/zero >{self.disk}/filler"
        self.service.prefix = [
            "unshare",
            "--mount",
            "sh",
            "-ec",
            f'{mount} && {admin} && {filler} && exec "$@"',
            "sh",
        ]
        self.service.start()
        self.addCleanup(self.service.kill)
        self.caller = self.service.caller()
        self.addCleanup(self.caller.close)

    def inside(self, name: str) -> Path:
        """A file of the disk, as the service sees it."""
        assert self.service.process
        root = Path(f"/proc/{self.service.process.pid}/root")
        return root / self.disk.relative_to("/") / name

    def site(self, index: int) -> Answer:
        body = {
            "organisation": self.organisation,
            "name": f"site {index}",
            "room": "x" * 90,
        }
        return self.caller.call("POST", f"{API}/sites", body)

    def names(self) -> list[str]:
        seen, cursor = [], ""
        while True:
            path = f"{API}/sites?limit=200{cursor}"
            page = self.caller.want(200, "GET", path).json
            seen += [item["name"] for item in page["items"]]
            if page["next"] is None:
                return sorted(seen)
            cursor = f"&cursor={quote(page['next'])}"

    def fill(self) -> list[str]:
        """Writes until it is full; what was acknowledged."""
        kept: list[str] = []
        for index in range(20_000):
            answer = self.site(index)
            if answer.status == 507:
                self.assertEqual(answer.problem, "storage-full")
                return kept
            self.assertEqual(answer.status, 201, answer)
            kept.append(f"site {index}")
        self.fail("the disk never became full")

    def test_a_full_disk_is_told_and_nothing_is_half_written(self) -> None:
        signed_in = self.caller.sign_in("root", PASSWORD.format(0))
        self.organisation = signed_in.json["roles"][0]["organisation"]
        kept = self.fill()
        print(f"\n{len(kept)} sites until the disk was full")
        self.assertGreater(len(kept), 50)
        for index in range(3):
            self.assertIn(self.site(30_000 + index).status, (201, 507))
        # It goes on reading, also when it would note that the session is used.
        self.service.move(self.service.now() + timedelta(minutes=2))
        present = self.names()
        self.assertLessEqual(set(kept), set(present))
        # And writes again when there is room.
        self.inside("filler").unlink()
        self.assertEqual(self.site(40_000).status, 201)
        verified = self.caller.want(200, "GET", f"{API}/ledger/verify").json
        self.assertTrue(verified["audit"]["ok"], verified)
        copied = self.folder / "copy.db"
        for name in ("synclass.db", "synclass.db-wal"):
            shutil.copy(self.inside(name), self.folder / name.replace("synclass", "copy"))
        base = sqlite3.connect(copied)
        self.assertEqual(base.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        sql = (
            "SELECT json_extract(after, '$.name') FROM audit WHERE action = 'create-site'"
        )
        noted = sorted(row[0] for row in base.execute(f"{sql} AND outcome = 'done'"))
        base.close()
        self.assertEqual(noted, sorted([*present, "site 40000"]))


if __name__ == "__main__":
    unittest.main()

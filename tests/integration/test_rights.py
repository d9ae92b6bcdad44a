# SPDX-License-Identifier: Apache-2.0
"""Who may do what: every operation of the OpenAPI document × every kind of caller × the
objects of two counties. What is refused is refused as docs/api.md says and noted, and
nobody ever reads a word of the other county. An operation that this file does not know how
to call fails it."""

from __future__ import annotations

import json
import re
import tempfile
import unittest
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from house.build import RELEASE
from tests.integration.api_document import Operation
from tests.integration.api_service import Answer, ApiService, Caller
from tests.integration.api_world import NOW, Actor, County, Thing, World

TABLE = RELEASE / "artefacts" / "rights.md"
DONE = frozenset({200, 201, 202, 204})
# POST that writes nothing: who sees the object may.
LOOKS = frozenset({"check-entry", "check-lesson"})
# Leave no row of what was done: a device's own, and what writes nothing.
SILENT = LOOKS | {"report-device", "join-device-lesson", "create-enrolment"}
# An organisation of its own for what is made, where it is not the body's.
MADE_AT_COUNTY = frozenset({"pairings", "entries", "lessons", "organisations"})
ADMINISTRATORS = frozenset({"administrator"})
DAY = NOW.date().isoformat()
QUERIES = {"list-lessons": f"from={DAY}&to={DAY}"}
PAGE = "limit=200"
# Heads of columns alone: nothing is asked for, and that is noted.
EMPTY_TIMETABLE = "主讲教室,教师,科目,听课教室,星期,节次\n".encode()


ID = re.compile(r"\b[0-9a-f]{16}\b")
NOWHERE = "0123456789abcdef"


def absent(value: Any) -> Any:
    """@value with ids of nothing."""
    return json.loads(ID.sub(NOWHERE, json.dumps(value)))


@dataclass
class Plan:
    """One call, and what is to come of it."""

    path: str
    wanted: frozenset[int]
    body: Any = None
    etag: str | None = None
    bearer: str = ""
    thing: Thing | None = None
    raw: bytes | None = None  # a body that is no JSON
    content_type: str = "application/json"
    key: tuple[str, str] = ("", "")  # under which the thing is kept until it is changed


def refused(*statuses: int) -> frozenset[int]:
    return frozenset(statuses)


@dataclass
class Table:
    """What was answered, for the artefact."""

    columns: list[str]
    rows: dict[str, dict[str, list[int]]] = field(default_factory=dict)

    def add(self, operation: str, actor: str, status: int) -> None:
        self.rows.setdefault(operation, {}).setdefault(actor, []).append(status)

    def __str__(self) -> str:
        head = ["operation", *self.columns]
        lines = [head, ["---"] * len(head)]
        for name, row in self.rows.items():
            cells = [
                " / ".join(str(s) for s in row.get(column, [])) for column in self.columns
            ]
            lines.append([name, *cells])
        return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


class RightsCase(unittest.TestCase):
    service: ApiService
    world: World
    things: dict[tuple[str, str], Thing]
    open_lessons: list[Thing]

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="synclass-rights-")
        cls.addClassCleanup(folder.cleanup)
        cls.service = ApiService(Path(folder.name))
        cls.addClassCleanup(cls.service.kill)
        cls.world = World(cls.service)
        cls.addClassCleanup(cls.world.close)
        cls.things = {}
        cls.open_lessons = [cls.world.open_lesson(c) for c in cls.world.counties]

    # What is to be called, and what must come of it.

    def keep(self, operation: Operation, county: County, noun: str) -> Plan:
        """About a thing that is made anew once it was changed."""
        key = (operation.id, county.mark)
        if key not in self.things:
            self.things[key] = self.world.make(noun, county)
        thing = self.things[key]
        return Plan("", DONE, thing=thing, etag=thing.etag, key=key)

    def expect(self, operation: Operation, actor: Actor, thing: Thing) -> frozenset[int]:
        """Once its role may call the operation at all."""
        if operation.is_look or operation.id in LOOKS:
            return DONE if self.world.sees(actor, thing) else refused(404)
        if self.world.administers(actor, thing):
            return DONE
        return refused(403) if self.world.sees(actor, thing) else refused(404)

    def by_role(self, operation: Operation, actor: Actor) -> frozenset[int] | None:
        """None: the role may."""
        if operation.roles is None:
            return None
        if actor.name == "nobody":
            return refused(401)
        if operation.is_first and actor.is_person:
            return None
        if actor.must_change or not operation.roles & actor.roles:
            return refused(403)
        return None

    def plan(self, operation: Operation, actor: Actor, county: County) -> Plan:
        special: dict[str, Callable[[Operation, Actor, County], Plan]] = {
            "sign-in": self.plan_sign_in,
            "get-session": self.plan_get_session,
            "sign-out": self.plan_nothing,
            "change-password": self.plan_change_password,
            "get-document": self.plan_nothing,
            "create-enrolment": self.plan_body,
            "get-enrolment": self.plan_enrolment,
            "get-enrolment-qr": self.plan_enrolment,
            "confirm-enrolment": self.plan_confirm,
            "get-device-self": self.plan_nothing,
            "report-device": self.plan_report,
            "join-device-lesson": self.plan_device_join,
            "join-lesson": self.plan_join,
            "create-lesson": self.plan_create_lesson,
            "generate-term": self.plan_one,
            "verify-ledger": self.plan_nothing,
            "get-report": self.plan_report_of,
            "export-report": self.plan_report_of,
            "get-today": self.plan_nothing,
            "get-calendar": self.plan_calendar,
            "renew-person-calendar": self.plan_person_calendar,
            "import-timetable": self.plan_import,
            "export-timetable": self.plan_export,
        }
        make = special.get(operation.id)
        if make is None and "{id}" in operation.path:
            make = self.plan_one
        elif make is None and operation.id.startswith("list-"):
            make = self.plan_list
        elif make is None and (
            operation.id.startswith("create-") or operation.id in LOOKS
        ):
            make = self.plan_create
        if make is None:
            self.fail(f"{operation.id}: how is it called? please teach this test")
        plan = make(operation, actor, county)
        self.assertNotIn("{", plan.path, f"{operation.id}: an unknown parameter")
        plan.wanted = self.by_role(operation, actor) or plan.wanted
        return plan

    def plan_nothing(self, operation: Operation, actor: Actor, county: County) -> Plan:
        return Plan(operation.path, DONE)

    def plan_body(self, operation: Operation, actor: Actor, county: County) -> Plan:
        return Plan(operation.path, DONE, self.world.body(operation, county))

    def plan_report(self, operation: Operation, actor: Actor, county: County) -> Plan:
        body = self.world.body(operation, actor.county or county)
        return Plan(operation.path, DONE, body)

    def plan_report_of(self, operation: Operation, actor: Actor, county: County) -> Plan:
        kinds = operation.path_values["kind"]
        kind = kinds[len(self.things) % len(kinds)]
        return Plan(operation.path.replace("{kind}", kind), DONE)

    def plan_calendar(self, operation: Operation, actor: Actor, county: County) -> Plan:
        """Its token is all it needs: whoever has it may read it."""
        token = self.world.calendar(actor.county or county)
        return Plan(operation.path.replace("{token}", token), DONE)

    def plan_person_calendar(
        self, operation: Operation, actor: Actor, county: County
    ) -> Plan:
        """One's own, too."""
        if actor.county in (None, county) and "teacher" in actor.roles:
            return Plan(operation.path.replace("{id}", actor.id), DONE)
        return self.plan_one(operation, actor, county)

    def term_of(self, county: County) -> Thing:
        return Thing(county.term, organisation=county.id, holds_below=True)

    def plan_import(self, operation: Operation, actor: Actor, county: County) -> Plan:
        """Who administers something that the term holds for, or what lies above it."""
        term = self.term_of(county)
        wanted = DONE if self.world.administers(actor, term) else refused(404)
        if wanted != DONE and self.world.sees(actor, term):
            below = any(
                role == "administrator" and county.id in self.world.above(at)
                for role, at in actor.appointments
            )
            wanted = DONE if below else refused(403)
        path = f"{operation.path}?term={county.term}&dry_run=false"
        return Plan(path, wanted, raw=EMPTY_TIMETABLE, content_type="text/csv")

    def plan_export(self, operation: Operation, actor: Actor, county: County) -> Plan:
        wanted = DONE if self.world.sees(actor, self.term_of(county)) else refused(404)
        return Plan(f"{operation.path}?term={county.term}", wanted)

    def plan_sign_in(self, operation: Operation, actor: Actor, county: County) -> Plan:
        root = self.world.root
        return Plan(
            operation.path, DONE, {"sign_in": root.sign_in, "password": root.password}
        )

    def plan_get_session(
        self, operation: Operation, actor: Actor, county: County
    ) -> Plan:
        return Plan(operation.path, DONE if actor.is_person else refused(401))

    def plan_change_password(
        self, operation: Operation, actor: Actor, county: County
    ) -> Plan:
        new = f"another horse {self.world.counties[0].n}"
        return Plan(
            operation.path,
            DONE,
            {"password": actor.password or "x", "new_password": new},
        )

    def plan_enrolment(self, operation: Operation, actor: Actor, county: County) -> Plan:
        key = ("enrolment", county.mark)
        if key not in self.things:
            self.things[key] = self.world.make("enrolments", county)
        thing = self.things[key]
        return Plan(operation.path.replace("{id}", thing.id), DONE, bearer=thing.secret)

    def plan_confirm(self, operation: Operation, actor: Actor, county: County) -> Plan:
        body = {"code": "222222", "site": county.sites[0], "name": county.name}
        thing = Thing("", organisation=county.schools[0])
        wanted = self.expect(operation, actor, thing)
        if wanted == DONE:
            body["code"] = self.world.enrol(county)["code"]
        return Plan(operation.path, wanted, body)

    def plan_device_join(
        self, operation: Operation, actor: Actor, county: County
    ) -> Plan:
        lesson = self.open_lessons[self.world.counties.index(county)]
        wanted = DONE if actor.site in lesson.sites else refused(404)
        return Plan(operation.path.replace("{id}", lesson.id), wanted)

    def plan_join(self, operation: Operation, actor: Actor, county: County) -> Plan:
        lesson = self.open_lessons[self.world.counties.index(county)]
        wanted = self.expect(operation, actor, lesson)
        if lesson.person == actor.id:
            wanted = DONE
        body = self.world.body(operation, county) if operation.body else None
        return Plan(operation.path.replace("{id}", lesson.id), wanted, body)

    def plan_create_lesson(
        self, operation: Operation, actor: Actor, county: County
    ) -> Plan:
        starts, ends = self.world.evening(county)
        body = {"pairing": county.pairing, "starts_at": starts, "ends_at": ends}
        thing = self.world.of_both_schools(county, "", {"id": ""})
        thing.person = ""  # a teacher makes none
        return Plan(operation.path, self.expect(operation, actor, thing), body)

    def plan_one(self, operation: Operation, actor: Actor, county: County) -> Plan:
        plan = self.keep(operation, county, operation.noun)
        assert plan.thing is not None
        plan.path = operation.path.replace("{id}", plan.thing.id)
        plan.wanted = self.expect(operation, actor, plan.thing)
        plan.body = self.world.body(operation, county) if operation.body else None
        if operation.id == "set-pairing-state":
            plan.body = {"state": "active"}
        if not operation.has_version:
            plan.etag = None
        return plan

    def plan_list(self, operation: Operation, actor: Actor, county: County) -> Plan:
        parts = [QUERIES.get(operation.id, "")]
        parts += [PAGE] if "limit" in operation.query else []
        return Plan(f"{operation.path}?{'&'.join(p for p in parts if p)}", DONE)

    def plan_create(self, operation: Operation, actor: Actor, county: County) -> Plan:
        body = self.world.body(operation, county)
        at_county = operation.noun in MADE_AT_COUNTY
        thing = Thing(
            "",
            organisation=county.id if at_county else county.schools[0],
            holds_below=operation.noun not in ("entries", "pairings", "lessons"),
            schools=tuple(county.schools) if operation.noun == "entries" else (),
        )
        return Plan(operation.path, self.expect(operation, actor, thing), body)

    # The calls.

    def call(self, operation: Operation, actor: Actor, plan: Plan) -> Answer:
        bearer = actor.caller.bearer
        actor.caller.bearer = plan.bearer or bearer
        try:
            return actor.caller.call(
                operation.method,
                plan.path,
                plan.body,
                raw=plan.raw,
                content_type=plan.content_type,
                etag=plan.etag,
            )
        finally:
            actor.caller.bearer = bearer

    def audit(self, after: int) -> list[tuple[Any, ...]]:
        return self.service.rows(
            "SELECT actor, action, outcome FROM audit WHERE seq > ?", after
        )

    def check_audit(
        self, operation: Operation, actor: Actor, status: int, rows: list[Any]
    ) -> None:
        is_known = actor.id != ""
        row = (actor.id, operation.id)
        if status in (403, 404) and is_known and not operation.is_quiet:
            self.assertEqual(rows, [(*row, "refused")])
        elif status == 401:
            self.assertEqual(rows, [])
        elif operation.is_look and status in DONE:
            is_noted = "inspector" in actor.roles and not operation.is_quiet
            self.assertEqual(rows, [(*row, "looked")] if is_noted else [])
        elif status in DONE and operation.id not in SILENT:
            self.assertIn("done", [outcome for _, _, outcome in rows])

    def check_secrecy(self, actor: Actor, plan: Plan, answer: Answer) -> None:
        """Of the other county nothing but what the caller said itself."""
        said = plan.path + str(plan.body) + plan.bearer
        for county in self.world.counties:
            if actor.county in (None, county) or actor.county is None:
                continue
            found = set(re.findall(r"[0-9A-Za-z]{16}", answer.text)) & county.ids
            leaked = {found_id for found_id in found if found_id not in said}
            self.assertFalse(leaked, f"ids of {county.mark} in {answer}")
            if county.mark not in said:
                self.assertNotIn(county.mark.lower(), answer.text.lower(), answer)

    def conclude(
        self, operation: Operation, actor: Actor, county: County, answer: Answer
    ) -> None:
        """What was made belongs to its county; what was changed is not used again."""
        if answer.status == 201 and operation.noun != "session":
            county.ids.add(answer.json["id"])
        if operation.id == "sign-out" and answer.status == 204:
            self.world.renew(actor)
        if operation.id == "change-password" and answer.status == 204:
            actor.password = ""
            self.world.renew(actor)

    def one(self, operation: Operation, actor: Actor, county: County) -> int:
        plan = self.plan(operation, actor, county)
        (before,) = self.service.rows("SELECT coalesce(max(seq), 0) FROM audit")[0]
        answer = self.call(operation, actor, plan)
        self.assertIn(answer.status, plan.wanted, answer)
        self.check_audit(operation, actor, answer.status, self.audit(before))
        self.check_secrecy(actor, plan, answer)
        if answer.status in DONE and not operation.is_look:
            self.things.pop(plan.key, None)
        self.conclude(operation, actor, county, answer)
        return answer.status

    def test_every_operation_by_every_actor_in_both_counties(self) -> None:
        table = Table([actor.name for actor in self.world.actors])
        operations = sorted(self.world.document.operations, key=lambda o: o.path)
        for operation in operations:
            for actor in self.world.actors:
                for county in self.world.counties:
                    with self.subTest(
                        operation=operation.id, actor=actor.name, county=county.mark
                    ):
                        status = self.one(operation, actor, county)
                        table.add(operation.id, actor.name, status)
        TABLE.parent.mkdir(parents=True, exist_ok=True)
        TABLE.write_text(f"Answers about county A / about county B\n\n{table}")
        print(f"\n{table}")
        self.assertEqual(self.service.complaints(), [])

    def test_lists_show_what_is_the_callers(self) -> None:
        """Or the search for what should not be there would find nothing anywhere."""
        for operation in self.world.document.operations:
            if not operation.id.startswith("list-") or operation.roles is None:
                continue
            for actor in self.world.actors:
                if self.by_role(operation, actor) or actor.county is None:
                    continue
                with self.subTest(operation=operation.id, actor=actor.name):
                    if operation.noun not in ("audit", "ledger"):
                        self.world.make(operation.noun, actor.county)
                    plan = self.plan_list(operation, actor, actor.county)
                    if operation.id == "list-lessons":
                        plan.path += f"&pairing={actor.county.pairing}"
                    answer = self.call(operation, actor, plan)
                    self.assertIn(actor.county.mark, answer.text, answer)

    def name(
        self, operation: Operation, plan: Plan, body: Any, member: str, value: Any
    ) -> str:
        """What is answered to @body with @value as @member, without ids and instants."""
        plan.body = {**(body or {}), member: value}
        answer = self.call(operation, self.world.actors[1], plan)
        return ID.sub("…", f"{answer.status} {answer.text}")

    def test_reports_show_what_is_the_callers(self) -> None:
        for operation in self.world.document.operations:
            for kind in operation.path_values.get("kind", ()):
                for actor in self.world.actors:
                    if self.by_role(operation, actor) or actor.county is None:
                        continue
                    with self.subTest(kind=kind, actor=actor.name):
                        plan = Plan(operation.path.replace("{kind}", kind), DONE)
                        answer = self.call(operation, actor, plan)
                        self.assertEqual(answer.status, 200, answer)
                        self.check_secrecy(actor, plan, answer)
                        self.assertIn(actor.county.mark, answer.text, answer)

    def test_timetables_show_and_name_what_is_the_callers(self) -> None:
        own, other = self.world.counties
        export = self.world.document.by_id["export-timetable"]
        bring = self.world.document.by_id["import-timetable"]
        for actor in self.world.actors:
            if self.by_role(export, actor) or actor.county is None:
                continue
            with self.subTest(actor=actor.name):
                self.world.entry(actor.county)
                plan = self.plan_export(export, actor, actor.county)
                answer = self.call(export, actor, plan)
                self.assertEqual(answer.status, 200, answer)
                self.check_secrecy(actor, plan, answer)
                self.assertIn(actor.county.mark, answer.text, answer)
        actor = self.world.actors[1]
        self.assertEqual(actor.county, own)
        plan = self.plan_import(bring, actor, own)
        told = []
        for there in (other, None):
            site = there.sites[0] if there else NOWHERE
            person = there.people["teacher"] if there else NOWHERE
            rows = (
                f"{site},x,x,{own.sites[1]},1,1",
                f"{own.sites[0]},{person},x,{site},1,1",
            )
            plan.raw = EMPTY_TIMETABLE + "\n".join(rows).encode()
            answer = self.call(bring, actor, plan)
            self.assertEqual(answer.status, 422, answer)
            said = answer.text.replace(site, "…").replace(person, "…")
            told.append(said)
        self.assertEqual(told[0], told[1])

    def test_bodies_name_nothing_of_the_other_county(self) -> None:
        """Each member that names something, one by one: as if it were not there."""
        own, other = self.world.counties
        actor = self.world.actors[1]
        self.assertEqual(actor.county, own)
        names = {
            "organisation": other.schools[0],
            "parent": other.id,
            "site": other.sites[0],
            "giving_site": other.sites[0],
            "receiving_sites": [other.sites[1]],
            "teacher": other.people["teacher"],
            "term": other.term,
            "pairing": other.pairing,
            "schedule": other.schedule,
            "makes_up": self.world.lesson(other).id,
            "entry": self.world.entry(other).id,
            "appointments": [{"role": "teacher", "organisation": other.schools[0]}],
        }
        for operation in self.world.document.operations:
            if not operation.body or operation.roles != ADMINISTRATORS:
                continue
            for name in operation.body.get("properties", {}):
                if name not in names:
                    continue
                with self.subTest(operation=operation.id, member=name):
                    plan = self.plan(operation, actor, own)
                    before = plan.body
                    there = self.name(operation, plan, before, name, names[name])
                    nowhere = self.name(
                        operation, plan, before, name, absent(names[name])
                    )
                    self.assertEqual(there, nowhere)
                    self.assertNotIn(other.mark.lower(), there.lower())
                    if (operation.id, name) != ("check-entry", "entry"):
                        self.assertRegex(there, "^(404|422) ")

    def test_what_changes_needs_the_csrf_token(self) -> None:
        actor = self.world.root
        for operation in self.world.document.operations:
            if operation.is_look or operation.roles is None:
                continue
            path = re.sub(r"\{\w+\}", "x", operation.path)
            body = None
            if operation.body:
                body = self.world.body(operation, self.world.counties[0])
            for token in ("", "x" * 43, self.world.actors[1].caller.csrf):
                with self.subTest(operation=operation.id, token=token):
                    caller = Caller(self.service.port, cookie=actor.caller.cookie)
                    raw = b"" if operation.content_type and body is None else None
                    answer = caller.call(
                        operation.method,
                        path,
                        body,
                        raw=raw,
                        content_type=operation.content_type or "application/json",
                        csrf=token,
                    )
                    caller.close()
                    self.assertEqual(answer.problem, "no-csrf-token", answer)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""A province with two counties that must know nothing of each other. Whatever is made in
one carries its mark in every text, so that a single search finds it where it should not be."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

from tests.integration.api_document import Document, Operation
from tests.integration.api_service import ApiService, Caller, Json, change_password

API = "/api/v1"
ZONE = timezone(timedelta(hours=8))
NOW = datetime(2026, 9, 7, 8, 0, tzinfo=ZONE)  # a Monday
HELD = (
    NOW - timedelta(minutes=70),
    NOW - timedelta(minutes=30),
)  # a lesson of each county
TERM = (date(2026, 9, 1), date(2027, 1, 20))
LATER_TERMS = date(2030, 1, 1)
N_PERIODS = 30
PASSWORD = "correct horse {}"
ACTORS = (
    "province",
    "county A",
    "school A",
    "inspector A",
    "teacher A",
    "device A",
    "county B",
    "no role",
    "first day",
    "nobody",
)


def text(instant: datetime) -> str:
    return instant.isoformat()


@dataclass
class Thing:
    """Something that a call is about."""

    id: str
    etag: str = ""
    organisation: str = ""  # whose administrators change it
    holds_below: bool = False  # seen by all who work below its organisation
    person: str = ""  # who it is, or teaches it
    sites: tuple[str, ...] = ()  # whose schools see it
    schools: tuple[str, ...] = ()  # of those sites
    secret: str = ""


@dataclass
class County:
    mark: str
    id: str = ""
    schools: list[str] = field(default_factory=list)
    people: dict[str, str] = field(default_factory=dict)  # role → id
    sites: list[str] = field(default_factory=list)  # giving, receiving
    term: str = ""
    schedule: str = ""
    pairing: str = ""
    device: str = ""
    ids: set[str] = field(default_factory=set)
    counter: Iterator[int] = field(default_factory=itertools.count)
    slots: Iterator[int] = field(default_factory=itertools.count)
    evenings: Iterator[int] = field(default_factory=itertools.count)

    @property
    def n(self) -> int:
        return next(self.counter)

    @property
    def name(self) -> str:
        return f"{self.mark} {self.n}"


@dataclass
class Actor:
    name: str
    caller: Caller
    roles: frozenset[str] = frozenset()
    appointments: tuple[tuple[str, str], ...] = ()  # role, organisation
    id: str = ""  # as in the audit log; "": nobody we know
    sign_in: str = ""
    password: str = ""
    site: str = ""  # a device's
    county: County | None = None  # the one it belongs to alone
    must_change: bool = False

    @property
    def is_person(self) -> bool:
        return self.sign_in != ""


class World:
    def __init__(self, service: ApiService) -> None:
        self.service = service
        self.parents: dict[str, str] = {}  # organisation → the one above
        self.terms = itertools.count()
        password = service.folder / "password"
        password.write_text(PASSWORD.format(0))
        words = ("--sign-in", "root", "--root-name", "省", "--root-kind", "province")
        made = service.admin(*words, "--password-file", str(password))
        assert made.returncode == 0, made.stderr
        service.start()
        service.move(HELD[0] - timedelta(minutes=30))
        self.root = Actor("province", service.caller(True), frozenset({"administrator"}))
        self.root.sign_in, self.root.password = "root", PASSWORD.format(0)
        session = self.root.caller.sign_in("root", self.root.password)
        assert session.status == 201, session
        self.root.id = session.json["person"]["id"]
        self.province = str(session.json["roles"][0]["organisation"])
        self.root.appointments = (("administrator", self.province),)
        document = self.root.caller.want(200, "GET", f"{API}/openapi.json").json
        self.document = Document(document)
        self.counties = [County("QINGSHAN"), County("BAISHUI")]
        for county in self.counties:
            self.build(county)
        self.hold()
        self.appointed = {"province": self.root}  # and who else was asked for

    def close(self) -> None:
        for actor in self.appointed.values():
            actor.caller.close()

    # Making.

    def post(self, county: County | None, path: str, body: Json) -> Json:
        made = self.root.caller.want(201, "POST", f"{API}/{path}", body).json
        if county:
            county.ids.add(made["id"])
        return made

    def build(self, county: County) -> None:
        county.id = self.organisation(county, self.province, "county")
        county.schools = [self.organisation(county, county.id, "school") for _ in (0, 1)]
        for role in ("administrator", "inspector", "teacher"):
            at = county.schools[0] if role == "teacher" else county.id
            county.people[role] = self.person(county, ((role, at),))["id"]
        for school in county.schools:
            body = {"organisation": school, "name": county.name, "kind": "both"}
            county.sites.append(self.post(county, "sites", body)["id"])
        first, last = (day.isoformat() for day in TERM)
        body = {"organisation": county.id, "name": county.name}
        county.term = self.post(
            county, "terms", {**body, "first_day": first, "last_day": last}
        )["id"]
        county.schedule = self.post(
            county, "bell-schedules", {**body, "periods": self.periods(county)}
        )["id"]
        county.pairing = self.pairing(county).id
        self.activate(county.pairing)
        county.device = self.device(county).id

    def hold(self) -> None:
        """A lesson in each county is over, and in the ledger."""
        for county in self.counties:
            body = {"pairing": county.pairing, "title": county.name}
            starts, ends = (text(instant) for instant in HELD)
            self.post(county, "lessons", {**body, "starts_at": starts, "ends_at": ends})
        for now in (HELD[0], HELD[1] - timedelta(minutes=11), NOW):
            self.service.move(now)
        self.renew(self.root)

    def organisation(self, county: County, parent: str, kind: str) -> str:
        body = {"parent": parent, "kind": kind, "name": county.name, "name_en": ""}
        made = str(self.post(county, "organisations", body)["id"])
        self.parents[made] = parent
        return made

    def person(
        self, county: County, appointments: tuple[tuple[str, str], ...]
    ) -> dict[str, Any]:
        held = [{"role": role, "organisation": at} for role, at in appointments]
        body = {"organisation": county.schools[0], "sign_in": self.sign_in(county)}
        made: dict[str, Any] = self.post(
            county, "people", {**body, "name": county.name, "appointments": held}
        )
        return made

    def sign_in(self, county: County) -> str:
        return f"{county.mark.lower()}-{county.n}"

    def periods(self, county: County) -> Json:
        rows: list[Json] = []
        for number in range(N_PERIODS):
            starts, ends = 7 * 60 + number * 20, 7 * 60 + number * 20 + 15
            times = [f"{minute // 60:02}:{minute % 60:02}" for minute in (starts, ends)]
            row: Json = {"number": number + 1, "name": f"{county.mark} {number}"}
            rows.append({**row, "starts": times[0], "ends": times[1]})
        return rows

    def days_of_a_term(self) -> tuple[str, str]:
        first = LATER_TERMS + timedelta(days=3 * next(self.terms))
        return first.isoformat(), (first + timedelta(days=2)).isoformat()

    def activate(self, pairing: str) -> None:
        path = f"{API}/pairings/{pairing}"
        etag = self.root.caller.want(200, "GET", path).etag
        self.root.caller.want(
            200, "POST", f"{path}/state", {"state": "active"}, etag=etag
        )

    def enrol(self, county: County) -> Json:
        """A device that waits: id, secret, code."""
        caller = self.service.caller(own_address=True)
        answer = caller.want(
            201, "POST", f"{API}/enrolments", {"program": f"kiosk {county.mark}"}
        )
        caller.close()
        return answer.json

    def slot(self, county: County) -> tuple[int, int]:
        """A weekday and a period that nothing else of the county has."""
        for n in itertools.islice(county.slots, 7 * N_PERIODS):
            weekday, period = n % 7 + 1, n // 7 % N_PERIODS + 1
            if not self.service.rows(
                "SELECT 1 FROM entry WHERE schedule = ? AND weekday = ? AND period = ?",
                county.schedule,
                weekday,
                period,
            ):
                return weekday, period
        raise AssertionError(f"every period of {county.name} has its entry")

    def evening(self, county: County) -> tuple[str, str]:
        """Half an hour of a day of the term, after the last period."""
        n = next(county.evenings)
        starts = NOW.replace(hour=18, minute=0) + timedelta(days=10 + n // 8)
        starts += timedelta(minutes=40 * (n % 8))
        return text(starts), text(starts + timedelta(minutes=30))

    # Fresh things to call about, by the noun of the path.

    def make(self, noun: str, county: County) -> Thing:
        makers = {
            "bell-schedules": self.bell_schedule,
            "devices": self.device,
            "enrolments": self.enrolment,
            "entries": self.entry,
            "jobs": self.job,
            "lessons": self.lesson,
            "organisations": self.school,
            "pairings": self.pairing,
            "people": self.teacher,
            "sites": self.site,
            "terms": self.term,
            "workload": self.workload,
        }
        if noun not in makers:
            raise KeyError(f"how is one of /{noun} made? please teach api_world.py")
        return makers[noun](county)

    def thing(self, noun: str, made: Json, organisation: str, **more: Any) -> Thing:
        etag = f'"{made["version"]}"' if "version" in made else ""
        return Thing(made["id"], etag, organisation, **more)

    def workload(self, county: County) -> Thing:
        """Coefficients of an organisation; it has none of its own at first."""
        made = self.organisation(county, county.id, "school")
        return Thing(made, '"0"', made)

    def calendar(self, county: County) -> str:
        """The token of a site's."""
        path = f"{API}/sites/{county.sites[0]}/calendar"
        url = self.root.caller.want(200, "POST", path).json["url"]
        return str(url).rpartition("/")[2]

    def school(self, county: County) -> Thing:
        made = self.organisation(county, county.id, "school")
        return Thing(made, '"1"', made, holds_below=True)

    def teacher(self, county: County) -> Thing:
        school = county.schools[0]
        made = self.person(county, (("teacher", school),))
        return self.thing("people", made, school, person=made["id"])

    def site(self, county: County) -> Thing:
        school = county.schools[0]
        body = {"organisation": school, "name": county.name}
        return self.thing("sites", self.post(county, "sites", body), school)

    def term(self, county: County) -> Thing:
        first, last = self.days_of_a_term()
        body = {"organisation": county.id, "name": county.name, "first_day": first}
        made = self.post(county, "terms", {**body, "last_day": last})
        return self.thing("terms", made, county.id, holds_below=True)

    def bell_schedule(self, county: County) -> Thing:
        body = {"organisation": county.id, "name": county.name}
        body_and_periods = {**body, "periods": self.periods(county)}
        made = self.post(county, "bell-schedules", body_and_periods)
        return self.thing("bell-schedules", made, county.id, holds_below=True)

    def of_both_schools(self, county: County, noun: str, made: Json) -> Thing:
        return self.thing(
            noun,
            made,
            county.id,
            person=county.people["teacher"],
            sites=tuple(county.sites),
            schools=tuple(county.schools),
        )

    def pairing(self, county: County) -> Thing:
        body = {
            "name": county.name,
            "term": county.term,
            "giving_site": county.sites[0],
            "receiving_sites": [county.sites[1]],
            "teacher": county.people["teacher"],
            "subject": county.name,
        }
        return self.of_both_schools(
            county, "pairings", self.post(county, "pairings", body)
        )

    def entry(self, county: County) -> Thing:
        weekday, period = self.slot(county)
        body = {"pairing": self.pairing(county).id, "schedule": county.schedule}
        made = self.post(
            county, "entries", {**body, "weekday": weekday, "period": period}
        )
        return self.of_both_schools(county, "entries", made)

    def lesson(self, county: County) -> Thing:
        starts, ends = self.evening(county)
        body = {"pairing": county.pairing, "starts_at": starts, "ends_at": ends}
        made = self.post(county, "lessons", {**body, "title": county.name})
        return self.of_both_schools(county, "lessons", made)

    def open_lesson(self, county: County) -> Thing:
        """One whose doors are open."""
        starts = NOW + timedelta(minutes=9)
        body = {"pairing": county.pairing, "title": county.name}
        body["starts_at"] = text(starts)
        body["ends_at"] = text(starts + timedelta(hours=1))
        made = self.post(county, "lessons", body)
        return self.of_both_schools(county, "lessons", made)

    def job(self, county: County) -> Thing:
        path = f"{API}/terms/{county.term}/generate"
        made = self.root.caller.want(202, "POST", path).json
        county.ids.add(made["job"])
        return Thing(made["job"], "", county.id)

    def enrolment(self, county: County) -> Thing:
        made = self.enrol(county)
        return Thing(made["id"], secret=made["secret"])

    def device(self, county: County) -> Thing:
        waiting = self.enrol(county)
        body = {"code": waiting["code"], "site": county.sites[0], "name": county.name}
        made = self.post(county, "enrolments/confirm", body)
        secret = Caller(self.service.port, bearer=waiting["secret"])
        path = f"{API}/enrolments/{waiting['id']}"
        token = secret.want(200, "GET", path).json["token"]
        secret.close()
        thing = self.thing("devices", made, county.schools[0])
        thing.secret = token
        return thing

    # Who asks.

    @property
    def actors(self) -> list[Actor]:
        """All kinds there are."""
        return [self.actor(name) for name in ACTORS]

    def actor(self, name: str) -> Actor:
        """The one of ACTORS, who is appointed and signed in when first asked for: each costs
        some hashes of passwords, and few tests need them all."""
        if name not in self.appointed:
            self.appointed[name] = self.appoint(name)
        return self.appointed[name]

    def appoint(self, name: str) -> Actor:
        one, other = self.counties
        school = (("administrator", one.schools[0]),)
        if name == "nobody":
            return Actor(name, self.service.caller(own_address=True))
        if name == "device A":
            return self.screen(name, one)
        if name == "teacher A":
            return self.enter(name, one, person=one.people["teacher"])
        held: dict[str, tuple[County, tuple[tuple[str, str], ...]]] = {
            "county A": (one, (("administrator", one.id),)),
            "school A": (one, school),
            "inspector A": (one, (("inspector", one.id),)),
            "county B": (other, (("administrator", other.id),)),
            "no role": (one, ()),
            "first day": (one, school),
        }
        return self.enter(name, *held[name], must_change=name == "first day")

    def screen(self, name: str, county: County) -> Actor:
        device = self.device(county)
        return Actor(
            name,
            Caller(self.service.port, bearer=device.secret),
            frozenset({"device"}),
            id=f"device:{device.id}",
            site=county.sites[0],
            county=county,
        )

    def enter(
        self,
        name: str,
        county: County,
        appointments: tuple[tuple[str, str], ...] = (),
        person: str = "",
        must_change: bool = False,
    ) -> Actor:
        """Somebody signed in: new, or @person, whose appointments are read."""
        path = f"{API}/people/"
        made = None if person else self.person(county, appointments)
        row = made or self.root.caller.want(200, "GET", path + person).json
        held = [(a["role"], a["organisation"]) for a in row["appointments"]]
        actor = Actor(
            name,
            self.service.caller(own_address=True),
            frozenset(role for role, _ in held),
            tuple(held),
            id=row["id"],
            sign_in=row["sign_in"],
            password=made["password"] if made else "",
            county=county,
            must_change=must_change,
        )
        self.renew(actor, is_new=made is not None)
        return actor

    def renew(self, actor: Actor, is_new: bool = False) -> None:
        """Signs @actor in again, as it was."""
        if not is_new and (actor.must_change or not actor.password):
            path = f"{API}/people/{actor.id}/password"
            actor.password = self.root.caller.want(200, "POST", path).json["password"]
            is_new = True
        answer = actor.caller.sign_in(actor.sign_in, actor.password)
        assert answer.status == 201, f"{actor.name}: {answer}"
        if is_new and not actor.must_change:
            changed = PASSWORD.format(1)
            answer = change_password(actor.caller, actor.password, changed)
            assert answer.status == 204, f"{actor.name}: {answer}"
            actor.password = changed

    # Who may.

    def above(self, organisation: str) -> Iterator[str]:
        """It and what lies above it."""
        while organisation:
            yield organisation
            organisation = self.parents.get(organisation, "")

    def holds(self, actor: Actor, roles: set[str], organisation: str) -> bool:
        line = set(self.above(organisation))
        return any(role in roles and at in line for role, at in actor.appointments)

    def administers(self, actor: Actor, thing: Thing) -> bool:
        return self.holds(actor, {"administrator"}, thing.organisation)

    def sees(self, actor: Actor, thing: Thing) -> bool:
        looks = {"administrator", "inspector"}
        return (
            self.holds(actor, looks, thing.organisation)
            or any(self.holds(actor, looks, school) for school in thing.schools)
            or (thing.person != "" and thing.person == actor.id)
            or (
                thing.holds_below
                and any(
                    thing.organisation in self.above(at) for _, at in actor.appointments
                )
            )
        )

    # A body for an operation.

    def body(self, operation: Operation, county: County) -> Json:
        """What is right in @county, and new."""
        weekday, period = self.slot(county)
        first, last = self.days_of_a_term()
        starts, ends = self.evening(county)
        values: dict[str, Any] = {
            "organisation": county.schools[0],
            "parent": county.id,
            "site": county.sites[0],
            "giving_site": county.sites[0],
            "receiving_sites": [county.sites[1]],
            "teacher": county.people["teacher"],
            "term": county.term,
            "pairing": county.pairing,
            "schedule": county.schedule,
            "weekday": weekday,
            "period": period,
            "first_day": first,
            "last_day": last,
            "starts_at": starts,
            "ends_at": ends,
            "starts": "08:00",
            "ends": "08:40",
            "sign_in": self.sign_in(county),
        }

        def choose(name: str, schema: Json) -> Any:
            if name == "kind" and "school" in schema.get("enum", ()):
                return "school"
            if name in values:
                return values[name]
            is_free = schema.get("type") == "string" and not schema.keys() & {
                "enum",
                "format",
                "pattern",
            }
            return county.name if name and is_free else None

        body = self.document.example(operation.body, choose)
        if not body and operation.body["type"] == "object":
            names = list(operation.body["properties"])
            groups = (["name"], ["title"], ["weekday", "period"], names[:1])
            group = next(g for g in groups if set(g) <= set(names))
            for name in group:
                schema = operation.body["properties"][name]
                body[name] = self.document.example(schema, choose, name)
        return body

# SPDX-License-Identifier: Apache-2.0
"""`run bench school`: a province in signaling: how long a term takes to be made, how long the
service is deaf meanwhile, and what each call of the console takes. docs/performance.md."""

from __future__ import annotations

import itertools
import json
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from house.figures import Limit
from house.service import SIGNALING
from house.terminal import Fault, say
from tests.integration.api_service import ApiService, Caller

ZONE = timezone(timedelta(hours=8))
SEED_LIMIT_S = 900
JOB_LIMIT_S = 300
HEALTH_EVERY_S = 0.02
PACE_S = 0.012  # between calls: the API gives a person a hundred a second
N_CALLS = 50
API_MS = 100
CHECK_MS = 50
GENERATION_S = 20
IMPORT_ROWS = 20_000  # what one file may hold
IMPORT_S = 10
NEXT_TERM = timedelta(days=200), timedelta(weeks=20)  # from now; how long


@dataclass(frozen=True)
class Size:
    schools: int
    sites: int
    weeks: int  # of ledger

    def words(self) -> list[str]:
        return [
            *("--schools", str(self.schools), "--sites", str(self.sites)),
            *("--weeks", str(self.weeks), "--weekly", "21"),
        ]


FULL = Size(1200, 3000, 5)
QUICK = Size(120, 300, 1)


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@dataclass
class Row:
    """One call of the console, made with many arguments."""

    name: str
    limit_ms: float
    took_ms: list[float] = field(default_factory=list)
    n_bytes: int = 0

    @property
    def limit(self) -> Limit:
        return Limit(f"{self.name}, p95 ms", round(self.p95, 1), self.limit_ms)

    @property
    def p95(self) -> float:
        return percentile(self.took_ms, 0.95)

    def figures(self) -> dict[str, Any]:
        return {
            "call": self.name,
            "p50_ms": round(percentile(self.took_ms, 0.5), 2),
            "p95_ms": round(self.p95, 2),
            "max_ms": round(max(self.took_ms), 2),
            "bytes": self.n_bytes,
            "limit_ms": self.limit_ms,
        }


class School:
    """The province in a database of its own, and signaling on it."""

    def __init__(self, folder: Path, size: Size) -> None:
        self.service = ApiService(folder)
        self.size = size
        today = datetime.now(ZONE).replace(hour=7, minute=0, second=0, microsecond=0)
        # A Monday, when the first lesson of the week is still to come.
        self.now = today + timedelta(days=7 - today.weekday())
        self.told: dict[str, Any] = {}
        self.callers: dict[str, Caller] = {}

    def seed(self) -> float:
        output = self.service.folder / "province.json"
        command = [str(SIGNALING), "seed", "--province", *self.size.words()]
        command += ["--database", str(self.service.database), "--output", str(output)]
        command += ["--earlier-term", "--leave-lessons", "--device-tokens", str(N_CALLS)]
        command += ["--now", self.now.isoformat()]
        begin_s = time.monotonic()
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=SEED_LIMIT_S
        )
        if answer.returncode != 0:
            raise Fault(f"the province could not be made: {answer.stderr.strip()}")
        self.told = json.loads(output.read_text())
        return time.monotonic() - begin_s

    def sign_in(self) -> None:
        """Again whenever the clock was moved: sessions end by themselves."""
        for person in self.told["sign_ins"]:
            caller = self.service.caller()
            if caller.sign_in(person["sign_in"], person["password"]).status != 201:
                raise Fault(f"{person['sign_in']} cannot sign in")
            self.callers[person["id"]] = caller

    @property
    def admin(self) -> Caller:
        return self.callers["admin"]

    def move(self, hour: int, minute: int) -> None:
        self.service.move(self.now.replace(hour=hour, minute=minute))

    def ids(self, table: str, where: str = "1") -> list[str]:
        """Some of them, from all over the table."""
        sql = f"SELECT id FROM {table} WHERE {where} ORDER BY id"
        rows = [str(row[0]) for row in self.service.rows(sql)]
        step = max(1, len(rows) // N_CALLS)
        return rows[::step][:N_CALLS]


class Listener:
    """Asks /healthz again and again: the slowest answer is how long the service was deaf."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.took_ms: list[float] = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.listen)

    def listen(self) -> None:
        while not self.over.wait(HEALTH_EVERY_S):
            begin_s = time.monotonic()
            self.caller.call("GET", "/healthz")  # 503: there is no relay here
            self.took_ms.append((time.monotonic() - begin_s) * 1000)

    def __enter__(self) -> Listener:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()
        self.caller.close()


def generate(school: School) -> dict[str, Any]:
    """Follows the job as the console does."""
    path = f"/api/v1/terms/{school.told['term']}/generate"
    begin_s = time.monotonic()
    with Listener(school.service.caller()) as listener:
        job = school.admin.want(202, "POST", path, {}).json["job"]
        state = {"state": "running"}
        while state["state"] == "running":
            if time.monotonic() - begin_s > JOB_LIMIT_S:
                raise Fault(f"the term is not made after {JOB_LIMIT_S} s: {state}")
            time.sleep(0.25)
            state = school.admin.want(200, "GET", f"/api/v1/jobs/{job}").json
        took_s = time.monotonic() - begin_s
    if state["state"] != "done":
        raise Fault(f"the term could not be made: {state}")
    ((n_lessons,),) = school.service.rows(
        "SELECT count(*) FROM lesson WHERE term = ?", school.told["term"]
    )
    return {
        "seconds": round(took_s, 2),
        "lessons": n_lessons,
        "lessons_per_s": round(n_lessons / took_s),
        "deaf_ms_p99": round(percentile(listener.took_ms, 0.99), 1),
        "deaf_ms_longest": round(max(listener.took_ms), 1),
    }


Call = tuple[str, str, Any]  # method, path, body


def measure(name: str, caller: Caller, calls: Iterator[Call], limit_ms: float) -> Row:
    row = Row(name, limit_ms)
    for method, path, body in itertools.islice(calls, N_CALLS):
        time.sleep(PACE_S)
        begin_s = time.monotonic()
        answer = caller.call(method, path, body, waits=False)
        row.took_ms.append((time.monotonic() - begin_s) * 1000)
        if answer.status not in (200, 202):
            raise Fault(f"{name}: {method} {path}: {answer}")
        row.n_bytes = max(row.n_bytes, len(answer.text.encode()))
    if len(row.took_ms) < N_CALLS:
        raise Fault(f"{name}: only {len(row.took_ms)} calls")
    return row


def reads(form: str, *values: list[str]) -> Iterator[Call]:
    """GETs of @form, filled with the next of each of @values."""
    for filled in zip(*map(itertools.cycle, values)) if values else itertools.repeat(()):
        yield "GET", "/api/v1" + form.format(*filled), None


def asks(form: str, ids: list[str], bodies: list[Any]) -> Iterator[Call]:
    for filled, body in zip(itertools.cycle(ids), itertools.cycle(bodies)):
        yield "POST", "/api/v1" + form.format(filled), body


WORDS = ["溪", "中心", "三年级", "zhang", "村", "%E6%98%8E", "2", "xyz"]


class Console:
    """The calls of each page, in the order of the menu."""

    def __init__(self, school: School) -> None:
        self.school = school
        monday = school.now.date()
        weeks = [monday + timedelta(days=7 * i) for i in range(18)]
        self.weeks = [f"from={day}&to={day + timedelta(days=6)}" for day in weeks]
        self.days = [str(day + timedelta(days=i % 5)) for i, day in enumerate(weeks)]
        self.sites = school.ids("site")
        self.giving = school.ids("site", "id IN (SELECT giving_site FROM pairing)")
        self.teachers = school.ids("person", "id LIKE 'teacher%'")
        self.schools = school.ids("organisation", "kind = 'school'")
        self.counties = school.ids("organisation", "kind = 'county'")
        self.cities = school.ids("organisation", "kind = 'city'")
        term = school.told["term"]
        self.term = [term]
        self.pairings = school.ids("pairing", f"term = '{term}'")
        self.entries = school.ids("entry", f"id LIKE '{term}%'")
        self.lessons = school.ids("lesson", f"term = '{term}' AND state = 'scheduled'")

    def reads(self) -> Iterator[tuple[str, str, Iterator[Call]]]:
        """Name, caller, calls."""
        yield "session", "admin", reads("/session")
        for who in ("admin", "admin.county", "admin.school", "teacher-1"):
            yield f"today, {who}", who, reads("/today")
        week = "/lessons?{}&limit=200&"
        yield "week of a site", "admin", reads(week + "site={}", self.weeks, self.sites)
        yield (
            "week of a teacher",
            "admin",
            reads(week + "teacher={}", self.weeks, self.teachers),
        )
        for kind, ids in (
            ("school", self.schools),
            ("county", self.counties),
            ("city", self.cities),
            ("province", ["province"]),
        ):
            words = week + "organisation={}"
            yield f"week of a {kind}", "admin", reads(words, self.weeks, ids)
        yield (
            "week, school's own",
            "admin.school",
            reads(week + "organisation=school-1", self.weeks),
        )
        yield (
            "week, teacher's own",
            "teacher-1",
            reads(week + "teacher=teacher-1", self.weeks),
        )
        yield "a lesson", "admin", reads("/lessons/{}", self.lessons)
        entries = f"/entries?term={self.term[0]}&limit=200&"
        yield "entries of a site", "admin", reads(entries + "site={}", self.sites)
        yield (
            "entries of a teacher",
            "admin",
            reads(entries + "of_teacher={}", self.teachers),
        )
        yield "entries of a school", "admin", reads(
            entries + "organisation={}", self.schools
        )
        yield "entries of a county", "admin", reads(
            entries + "organisation={}", self.counties
        )
        yield "entries of a term", "admin", reads(entries + "count=true")
        yield from self.lists()
        yield from self.books()
        yield (
            "lessons/{id}/check",
            "admin",
            asks(
                "/lessons/{}/check",
                self.lessons,
                [
                    {"day": day, "period": i % 12 + 1}
                    for i, day in enumerate(self.days[1:])
                ],
            ),
        )

    def lists(self) -> Iterator[tuple[str, str, Iterator[Call]]]:
        page = "limit=50&count=true"
        for noun in ("pairings", "sites", "people", "devices", "organisations"):
            yield f"{noun}", "admin", reads(f"/{noun}?{page}")
            yield f"{noun}, search", "admin", reads(
                f"/{noun}?{page}&search=" + "{}", quoted(WORDS)
            )
            if noun != "organisations":
                words = f"/{noun}?{page}&organisation=" + "{}"
                yield f"{noun} of a county", "admin", reads(words, self.counties)
        yield "sites, county's own", "admin.county", reads(f"/sites?{page}")
        yield "people, school's own", "admin.school", reads(
            f"/people?{page}&role=teacher"
        )
        yield "pairings, school's own", "admin.school", reads(f"/pairings?{page}")
        yield "a pairing", "admin", reads("/pairings/{}", self.pairings)
        yield "organisation's children", "admin", reads(
            "/organisations?parent={}&limit=200", self.counties
        )
        yield "organisation's path", "admin", reads(
            "/organisations/{}/path", self.schools
        )

    def books(self) -> Iterator[tuple[str, str, Iterator[Call]]]:
        for kind in ("teachers", "schools", "counties", "subjects", "terms"):
            for place, ids in (("province", ["province"]), ("county", self.counties)):
                words = f"/reports/{kind}?" + "organisation={}"
                yield f"report {kind}, {place}", "admin", reads(words, ids)
        yield "report teachers, school's own", "admin.school", reads("/reports/teachers")
        yield "ledger", "admin", reads("/ledger?limit=50")
        for name, ids in (
            ("site", self.sites),
            ("teacher", self.teachers),
            ("organisation", self.counties),
        ):
            yield f"ledger of a {name}", "admin", reads(
                "/ledger?limit=50&" + name + "={}", ids
            )
        yield "ledger, school's own", "admin.school", reads("/ledger?limit=50")
        yield "audit", "admin", reads("/audit?limit=50")
        yield "audit, search", "admin", reads(
            "/audit?limit=50&search={}",
            quoted(["省", "county-7", "pairing", "nothing at all"]),
        )
        yield "audit, kind", "admin", reads(
            "/audit?limit=50&kind={}", ["site", "person", "term"]
        )
        yield "audit of an object", "admin", reads(
            "/audit?limit=50&object={}", self.pairings
        )
        yield "audit, school's own", "admin.school", reads("/audit?limit=50")

    def checks(self) -> Iterator[Call]:
        """Half of them collide, since a period is asked for that is taken."""
        sql = "SELECT pairing, weekday, schedule, period FROM entry WHERE id LIKE ?"
        rows = self.school.service.rows(sql, f"{self.term[0]}%")
        step = len(rows) // N_CALLS
        for i, (pairing, weekday, schedule, period) in enumerate(rows[::step]):
            yield (
                "POST",
                "/api/v1/entries/check",
                {
                    "pairing": pairing,
                    "weekday": weekday,
                    "schedule": schedule,
                    "period": period if i % 2 else period % 12 + 1,
                    "weeks": "all",
                    "first_week": 1,
                    "last_week": 20,
                },
            )


def quoted(words: list[str]) -> list[str]:
    return [
        "".join(f"%{byte:02X}" for byte in word.encode()) if "%" not in word else word
        for word in words
    ]


def devices(school: School) -> Row:
    row = Row("device's own week", API_MS)
    for token in school.told["device_tokens"]:
        caller = school.service.caller()
        caller.bearer = token
        caller.call("GET", "/healthz")  # the connection is not what is measured
        one = measure_once(caller, "/api/v1/device")
        row.took_ms.append(one[0])
        row.n_bytes = max(row.n_bytes, one[1])
        caller.close()
    return row


def measure_once(caller: Caller, path: str) -> tuple[float, int]:
    begin_s = time.monotonic()
    answer = caller.want(200, "GET", path)
    return (time.monotonic() - begin_s) * 1000, len(answer.text.encode())


def calendars(school: School, console: Console) -> list[Row]:
    rows = []
    for name, form, ids in (
        ("calendar of a teacher", "/people/{}/calendar", console.teachers),
        ("calendar of a site", "/sites/{}/calendar", console.giving),
    ):
        urls = [
            school.admin.want(200, "POST", "/api/v1" + form.format(item), {}).json["url"]
            for item in itertools.islice(itertools.cycle(ids), N_CALLS)
        ]
        calls: Iterator[Call] = iter(
            [("GET", "/" + url.split("/", 3)[3], None) for url in urls]
        )
        rows.append(measure(name, school.service.caller(), calls, API_MS))
    return rows


def import_timetable(school: School) -> dict[str, Any]:
    """This term's timetable as CSV, looked at and taken in for the next term."""
    admin, timetable = school.admin, "/api/v1/timetable"
    begin_s = time.monotonic()
    text = admin.want(200, "GET", f"{timetable}/export.csv?term={school.told['term']}").text
    export_s = time.monotonic() - begin_s
    begins = (school.now + NEXT_TERM[0]).date()
    body = {
        "organisation": "province",
        "name": "下一学期",
        "first_day": str(begins),
        "last_day": str(begins + NEXT_TERM[1]),
        "exceptions": [],
    }
    term = admin.want(201, "POST", "/api/v1/terms", body).json["id"]
    lines = text.splitlines(keepends=True)[: IMPORT_ROWS + 1]
    raw = "".join(lines).encode()
    took_s = {}
    for name, dry, status in (("look_s", "true", 200), ("take_s", "false", 202)):
        path = f"{timetable}/import?term={term}&dry_run={dry}"
        begin_s = time.monotonic()
        answer = admin.want(status, "POST", path, raw=raw, content_type="text/csv")
        took_s[name] = round(time.monotonic() - begin_s, 2)
    return {
        "rows": len(lines) - 1,
        "bytes": len(raw),
        "export_s": round(export_s, 2),
        **took_s,
        "entries": answer.json["n_entries"],
        "pairings": answer.json["n_pairings"],
    }


def call_all(school: School, tell: Callable[[str], None]) -> list[Row]:
    console = Console(school)
    rows = []
    for name, who, calls in console.reads():
        limit = CHECK_MS if "check" in name else API_MS
        rows.append(measure(name, school.callers[who], calls, limit))
        tell(line(rows[-1]))
    checks = measure("entries/check", school.admin, console.checks(), CHECK_MS)
    for row in (checks, devices(school), *calendars(school, console)):
        rows.append(row)
        tell(line(row))
    return rows


def line(row: Row) -> str:
    figures = row.figures()
    mark = "ok  " if row.limit.holds else "MISS"
    return (
        f"{mark} {row.name:<32} {figures['p50_ms']:8.1f} {figures['p95_ms']:8.1f} "
        f"{figures['max_ms']:8.1f} {row.n_bytes / 1024:8.1f}   at most {row.limit_ms:g}"
    )


def run(_n_runs: int, quick: bool) -> tuple[int, dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="synclass-bench-") as folder:
        school = School(Path(folder), QUICK if quick else FULL)
        say(f"a province of {school.size.schools} schools, {school.size.sites} sites …")
        seeded_s = school.seed()
        say(f"  made in {seeded_s:.1f} s")
        try:
            return follow(school, seeded_s)
        finally:
            school.service.kill()


def follow(school: School, seeded_s: float) -> tuple[int, dict[str, Any]]:
    begin_s = time.monotonic()
    school.service.start()
    started_s = time.monotonic() - begin_s
    school.move(7, 0)
    school.sign_in()
    made = generate(school)
    counts = {
        table: school.service.rows(f"SELECT count(*) FROM {table}")[0][0]
        for table in ("organisation", "site", "person", "pairing", "entry", "lesson")
        + ("ledger", "summary", "audit")
    }
    say("  " + ", ".join(f"{n} {table}" for table, n in counts.items()))
    say(f"  signaling started in {started_s:.1f} s; generation: {made}")
    school.move(7, 55)  # the first lessons of the week are on
    school.sign_in()
    say(f"     {'call':<32} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8} {'KiB':>8}")
    rows = call_all(school, say)
    imported = import_timetable(school)
    say(f"  import: {imported}")
    limits = [
        Limit("import looked at, s", imported["look_s"], IMPORT_S),
        Limit("import taken in, s", imported["take_s"], IMPORT_S),
        Limit("generation of the term, s", made["seconds"], GENERATION_S),
        Limit("deaf during it, p99 ms", made["deaf_ms_p99"], API_MS),
        *(row.limit for row in rows),
    ]
    say(
        "\n".join(str(limit) for limit in limits if not limit.holds or limit in limits[:4])
    )
    result = {
        "size": vars(school.size),
        "rows": counts,
        "seed_s": round(seeded_s, 1),
        "start_s": round(started_s, 2),
        "generation": made,
        "import": imported,
        "calls": [row.figures() for row in rows],
    }
    return (0 if all(limit.holds for limit in limits) else 1), result

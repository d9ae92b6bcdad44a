# SPDX-License-Identifier: Apache-2.0
"""Signing in and what may go wrong with it: locks, ends of sessions, first passwords, and
who may appoint whom. On a clock that the test moves."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.integration.api_service import Answer, ApiService, Caller, change_password
from tests.integration.api_world import API, NOW, PASSWORD, Actor, World

IDLE = timedelta(minutes=30)
WHOLE = timedelta(hours=12)
LOCK = timedelta(minutes=15)
MAX_FAILURES = 5
BURST = 30  # sign-ins at once from one address
WRONG = "wrong horse 17"
N_TIMED = 9


class AccountsCase(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="synclass-accounts-")
        self.addCleanup(folder.cleanup)
        self.service = ApiService(Path(folder.name))
        self.addCleanup(self.service.kill)
        self.world = World(self.service)
        self.addCleanup(self.world.close)
        self.own, self.other = self.world.counties
        self.root = self.world.root

    def tearDown(self) -> None:
        self.assertEqual(self.service.complaints(), [])

    def caller(self) -> Caller:
        caller = self.service.caller(own_address=True)
        self.addCleanup(caller.close)
        return caller

    def whoami(self, caller: Caller) -> Answer:
        return caller.call("GET", f"{API}/session")

    def sign_ins(self, name: str) -> list[tuple[Any, ...]]:
        sql = "SELECT outcome, after FROM audit WHERE action = 'sign-in' AND object = ?"
        return self.service.rows(f"{sql} ORDER BY seq", name)

    def move(self, by: timedelta) -> None:
        self.service.move(self.service.now() + by)

    def person(self, *appointments: tuple[str, str]) -> dict[str, Any]:
        return self.world.person(self.own, appointments)

    def patch(self, caller: Caller, person: str, body: Any) -> Answer:
        path = f"{API}/people/{person}"
        etag = self.root.caller.want(200, "GET", path).etag
        return caller.call("PATCH", path, body, etag=etag)

    # The lock.

    def test_wrong_passwords_lock_the_name_durably_and_for_a_while(self) -> None:
        name, right = self.root.sign_in, self.root.password
        n_before = len(self.sign_ins(name))
        for _ in range(MAX_FAILURES):
            self.assertEqual(self.caller().sign_in(name, WRONG).problem, "wrong-password")
        self.assertEqual(self.service.stop(), 0)  # a restart does not forget
        self.service.start()
        self.service.move(NOW + timedelta(minutes=1))
        answer = self.caller().sign_in(name, right)
        self.assertEqual((answer.status, answer.problem), (423, "locked"))
        self.assertLessEqual(int(answer.headers["retry-after"]), LOCK.total_seconds())
        self.assertGreater(int(answer.headers["retry-after"]), 13 * 60)
        self.move(LOCK)
        self.assertEqual(self.caller().sign_in(name, right).status, 201)
        wrong = [("refused", None)] * (MAX_FAILURES - 1)
        lock = ("refused", '{"locked":true}')
        rows = self.sign_ins(name)[n_before:]
        self.assertEqual(rows, [*wrong, lock, lock, ("done", None)])

    def test_a_lock_does_not_tell_which_names_there_are(self) -> None:
        nobody, somebody = "nobody.at.all", self.person(("teacher", self.own.schools[0]))
        answers = [
            [self.caller().sign_in(name, WRONG) for _ in range(MAX_FAILURES + 1)]
            for name in (nobody, somebody["sign_in"])
        ]
        told = [[(a.status, a.problem) for a in row] for row in answers]
        self.assertEqual(*told)
        self.assertEqual((423, "locked"), told[0][-1])
        self.assertIn("retry-after", answers[0][-1].headers)
        self.assertEqual(self.sign_ins(nobody), self.sign_ins(somebody["sign_in"]))
        self.move(LOCK)
        self.assertEqual(self.caller().sign_in(nobody, WRONG).status, 401)

    def test_a_right_password_ends_the_count(self) -> None:
        name, right = self.root.sign_in, self.root.password
        for _ in range(2):
            for _ in range(MAX_FAILURES - 1):
                self.caller().sign_in(name, WRONG)
            self.assertEqual(self.caller().sign_in(name, right).status, 201)

    def test_a_new_first_password_ends_the_lock(self) -> None:
        made = self.person(("teacher", self.own.schools[0]))
        for _ in range(MAX_FAILURES):
            self.caller().sign_in(made["sign_in"], WRONG)
        self.assertEqual(
            self.caller().sign_in(made["sign_in"], made["password"]).status, 423
        )
        path = f"{API}/people/{made['id']}"
        self.assertIsNotNone(self.root.caller.want(200, "GET", path).json["locked_until"])
        new = self.root.caller.want(200, "POST", f"{path}/password").json["password"]
        self.assertEqual(self.caller().sign_in(made["sign_in"], new).status, 201)
        self.assertEqual(
            self.caller().sign_in(made["sign_in"], made["password"]).status, 401
        )

    def test_wrong_present_passwords_count_too_and_end_the_session(self) -> None:
        caller = self.world.actor("teacher A").caller
        name = self.world.actor("teacher A").sign_in
        for _ in range(MAX_FAILURES):
            answer = change_password(caller, WRONG, "another horse 1")
            self.assertEqual((answer.status, answer.json["field"]), (403, "password"))
        self.assertEqual(self.whoami(caller).status, 401)
        password = self.world.actor("teacher A").password
        self.assertEqual(self.caller().sign_in(name, password).status, 423)

    def test_sign_ins_from_one_address_are_limited(self) -> None:
        address = self.caller().address
        body = {"sign_in": "nobody-of-this-name", "password": WRONG}

        def sign_in(index: int) -> int:
            caller = Caller(self.service.port, address)
            body = {"sign_in": f"nobody-{index}", "password": WRONG}
            try:
                return caller.call("POST", f"{API}/session", body, waits=False).status
            finally:
                caller.close()

        # At once: a token comes back every two seconds, and hashing takes its time.
        with ThreadPoolExecutor(BURST + 10) as pool:
            statuses = list(pool.map(sign_in, range(BURST + 10)))
        self.assertEqual(set(statuses), {401, 429})
        self.assertGreaterEqual(statuses.count(401), BURST)
        self.assertEqual(self.caller().call("POST", f"{API}/session", body).status, 401)

    def test_an_unknown_name_takes_as_long_as_a_wrong_password(self) -> None:
        """Whoever has not signed in yet has a quick hash, and must not be told apart by it."""
        new = [self.person()["sign_in"] for _ in range(N_TIMED)]
        chosen = [a.sign_in for a in self.world.actors if a.is_person]
        unknown = [f"unknown-{index}" for index in range(N_TIMED)]

        def measure(name: str) -> float:
            caller = self.caller()
            begin_s = time.monotonic()
            self.assertEqual(caller.sign_in(name, WRONG).status, 401)
            return time.monotonic() - begin_s

        measure("warm-up")
        rows = [[measure(name) for name in row] for row in zip(new, chosen, unknown)]
        medians = [statistics.median(column) for column in zip(*rows)]
        print(f"\nnew, chosen, unknown: {[round(s * 1000) for s in medians]} ms")
        self.assertLess(max(medians), 2 * min(medians))

    def test_the_service_answers_while_passwords_are_hashed(self) -> None:
        """Sixteen at once keep the two threads for hashes busy for a second or so."""
        callers = [self.caller() for _ in range(16)]

        def sign_in(caller: Caller) -> None:
            caller.sign_in("unknown-name", WRONG)

        threads = [threading.Thread(target=sign_in, args=(c,)) for c in callers]
        for thread in threads:
            thread.start()
        longest_s = 0.0
        n_during = 0
        while any(thread.is_alive() for thread in threads):
            begin_s = time.monotonic()
            self.assertEqual(self.whoami(self.root.caller).status, 200)
            longest_s = max(longest_s, time.monotonic() - begin_s)
            n_during += 1
        print(f"\n{n_during} answers meanwhile, the longest {longest_s * 1000:.0f} ms")
        self.assertGreater(n_during, 20)

    # Sessions.

    def test_a_session_ends_when_idle_and_after_its_hours(self) -> None:
        caller = self.root.caller
        self.move(IDLE - timedelta(minutes=1))
        self.assertEqual(self.whoami(caller).status, 200)
        self.move(IDLE - timedelta(minutes=1))
        self.assertEqual(self.whoami(caller).status, 200)
        self.move(IDLE + timedelta(seconds=1))
        self.assertEqual(self.whoami(caller).problem, "not-signed-in")
        self.world.renew(self.root)
        for _ in range(int(WHOLE / IDLE) * 2 - 1):
            self.move(IDLE / 2)
            self.assertEqual(self.whoami(caller).status, 200)
        self.move(IDLE / 2)
        self.assertEqual(self.whoami(caller).status, 401)

    def test_signing_out_here_and_everywhere(self) -> None:
        first, second, third = (self.caller() for _ in range(3))
        for caller in (first, second, third):
            self.assertEqual(
                caller.sign_in(self.root.sign_in, self.root.password).status, 201
            )
        answer = first.want(204, "DELETE", f"{API}/session")
        self.assertIn("Max-Age=0", answer.headers["set-cookie"])
        seen = [self.whoami(caller).status for caller in (first, second, third)]
        self.assertEqual(seen, [401, 200, 200])
        second.want(204, "DELETE", f"{API}/session?everywhere=true")
        callers = (second, third, self.root.caller)
        self.assertEqual([self.whoami(caller).status for caller in callers], [401] * 3)

    def test_the_cookie_is_for_our_pages_alone(self) -> None:
        answer = self.caller().sign_in(self.root.sign_in, self.root.password)
        words = answer.headers["set-cookie"].split("; ")
        self.assertEqual(
            words[1:], ["Path=/", "Max-Age=43200", "HttpOnly", "SameSite=Strict"]
        )
        stored = self.service.rows("SELECT hash FROM web_session")
        token = words[0].partition("=")[2]
        self.assertEqual(len(token), 43)
        self.assertNotIn(token, str(stored))

    def test_a_new_password_ends_the_other_sessions(self) -> None:
        actor = self.world.actor("county A")
        other = self.caller()
        other.sign_in(actor.sign_in, actor.password)
        answer = change_password(actor.caller, actor.password, "third horse 3")
        self.assertEqual(answer.status, 204)
        self.assertEqual(self.whoami(actor.caller).status, 200)
        self.assertEqual(self.whoami(other).status, 401)
        self.assertEqual(other.sign_in(actor.sign_in, actor.password).status, 401)

    def test_a_first_password_is_good_for_choosing_another(self) -> None:
        made = self.person(("administrator", self.own.schools[0]))
        self.assertRegex(made["password"], "^[2-9a-km-zA-HJ-NP-Z]{16}$")
        caller = self.caller()
        answer = caller.sign_in(made["sign_in"], made["password"])
        self.assertTrue(answer.json["person"]["must_change"])
        sites = caller.call("GET", f"{API}/sites")
        self.assertEqual(sites.problem, "password-change-needed")
        for bad in ("short", "onlyletters", f"x{made['sign_in']}1", "password123"):
            answer = change_password(caller, made["password"], bad)
            self.assertEqual((answer.status, answer.json["field"]), (422, "new_password"))
        same = change_password(caller, made["password"], made["password"])
        self.assertEqual(same.status, 422)
        answer = change_password(caller, made["password"], "a horse of my own 9")
        self.assertEqual(answer.status, 204)
        self.assertEqual(caller.call("GET", f"{API}/sites").status, 200)
        path = f"{API}/people/{made['id']}"
        shown = self.root.caller.want(200, "GET", path)
        self.assertNotIn("password", shown.json)
        audit = str(self.service.rows("SELECT before, after FROM audit"))
        self.assertNotIn(made["password"], audit)
        self.assertNotIn("argon2", audit)

    def test_disabling_ends_sessions_and_shuts_the_door(self) -> None:
        actor = self.world.actor("teacher A")
        self.assertEqual(
            self.patch(self.root.caller, actor.id, {"state": "disabled"}).status, 200
        )
        self.assertEqual(self.whoami(actor.caller).status, 401)
        self.assertEqual(
            self.caller().sign_in(actor.sign_in, actor.password).problem, "wrong-password"
        )
        self.patch(self.root.caller, actor.id, {"state": "active"})
        self.assertEqual(self.caller().sign_in(actor.sign_in, actor.password).status, 201)

    def test_names_are_folded(self) -> None:
        for name in ("ROOT", "Ｒｏｏｔ"):
            self.assertEqual(self.caller().sign_in(name, self.root.password).status, 201)
        body = {"organisation": self.world.province, "sign_in": "RooT", "name": "x"}
        answer = self.root.caller.call("POST", f"{API}/people", body)
        self.assertEqual((answer.problem, answer.json["field"]), ("exists", "sign_in"))

    # Who appoints whom.

    def appoint(self, caller: Caller, person: str, *held: tuple[str, str]) -> Answer:
        rows = [{"role": role, "organisation": at} for role, at in held]
        return self.patch(caller, person, {"appointments": rows})

    def test_nobody_appoints_above_or_beside_themself(self) -> None:
        school = self.world.actor("school A")
        person = self.person(("teacher", self.own.schools[0]))["id"]
        above = ("administrator", self.own.id)
        beside = ("administrator", self.own.schools[1])
        far = ("teacher", self.other.schools[0])
        for held, status in ((above, 403), (beside, 404), (far, 404)):
            answer = self.appoint(school.caller, person, held)
            self.assertEqual(answer.status, status, (held, answer))
        mine = ("administrator", self.own.schools[0])
        answer = self.appoint(school.caller, person, mine)
        self.assertEqual(answer.status, 200, answer)
        row = self.root.caller.want(200, "GET", f"{API}/people/{person}").json
        now = [(a["role"], a["organisation"]) for a in row["appointments"]]
        self.assertEqual(now, [mine])

    def test_nobody_disables_or_ends_themself(self) -> None:
        path = f"{API}/people/{self.root.id}"
        for body in ({"state": "disabled"}, {"appointments": []}):
            answer = self.patch(self.root.caller, self.root.id, body)
            self.assertEqual(answer.problem, "wrong-state", answer)
        etag = self.root.caller.want(200, "GET", path).etag
        answer = self.root.caller.call("DELETE", path, etag=etag)
        self.assertEqual(answer.problem, "wrong-state", answer)
        self.assertEqual(self.root.caller.call("GET", f"{API}/sites").status, 200)

    def test_a_keeper_does_not_become_who_stands_above(self) -> None:
        """The county's second administrator is kept by a school: its administrator could
        otherwise give it a password, and be it."""
        school = self.world.actor("school A").caller
        person = self.person(("administrator", self.own.id))["id"]
        path = f"{API}/people/{person}"
        self.assertEqual(school.call("POST", f"{path}/password").problem, "forbidden")
        for body in ({"sign_in": "mine-now"}, {"state": "disabled"}, {"name": "x"}):
            self.assertEqual(self.patch(school, person, body).problem, "forbidden")
        etag = self.root.caller.want(200, "GET", path).etag
        self.assertEqual(school.call("DELETE", path, etag=etag).problem, "forbidden")
        county = self.world.actor("county A").caller
        self.assertEqual(county.call("POST", f"{path}/password").status, 200)

    def visitor(self) -> str:
        """Kept by county A, teaches in both."""
        here, there = self.own.schools[0], self.other.schools[0]
        return str(self.person(("teacher", here), ("teacher", there))["id"])

    def test_who_teaches_in_two_counties_is_seen_in_each_for_itself(self) -> None:
        person = self.visitor()
        here, there = self.own.schools[0], self.other.schools[0]
        path = f"{API}/people/{person}"
        for actor, school in (("county A", here), ("county B", there)):
            row = self.world.actor(actor).caller.want(200, "GET", path).json
            seen = [held["organisation"] for held in row["appointments"]]
            self.assertEqual(seen, [school])
        own = self.root.caller.want(200, "GET", path).json["appointments"]
        self.assertEqual(len(own), 2)

    def test_a_guest_is_appointed_but_not_changed(self) -> None:
        person = self.visitor()
        guest = self.world.actor("county B").caller
        for body in ({"name": "x"}, {"state": "disabled"}):
            self.assertEqual(self.patch(guest, person, body).problem, "forbidden")
        path = f"{API}/people/{person}"
        self.assertEqual(guest.call("POST", f"{path}/password").problem, "forbidden")
        second = ("teacher", self.other.schools[1])
        answer = self.appoint(guest, person, second)
        self.assertEqual(answer.status, 200, answer)
        row = self.root.caller.want(200, "GET", path).json["appointments"]
        held = {(a["role"], a["organisation"]) for a in row}
        self.assertEqual(held, {("teacher", self.own.schools[0]), second})
        answer = self.appoint(guest, person, second, ("administrator", self.own.id))
        self.assertEqual(answer.status, 404, answer)
        self.assertEqual(self.appoint(guest, person).status, 200)
        self.assertEqual(guest.call("GET", path).status, 404)

    # The tree.

    def organisation(self, caller: Caller, parent: str, kind: str) -> Answer:
        body = {"parent": parent, "kind": kind, "name": "新", "name_en": ""}
        return caller.call("POST", f"{API}/organisations", body)

    def move_node(self, caller: Caller, node: str, body: Any) -> Answer:
        path = f"{API}/organisations/{node}"
        etag = self.root.caller.want(200, "GET", path).etag
        return caller.call("PATCH", path, body, etag=etag)

    def test_kinds_nest_and_may_be_left_out(self) -> None:
        caller, province = self.root.caller, self.world.province
        city = self.organisation(caller, province, "city")
        self.assertEqual(city.status, 201)
        county = self.organisation(caller, city.json["id"], "county")
        self.assertEqual(county.status, 201)
        self.assertEqual(self.organisation(caller, city.json["id"], "school").status, 201)
        for parent, kind in (
            (city.json["id"], "city"),
            (county.json["id"], "city"),
            (self.own.schools[0], "school"),
            (province, "province"),
        ):
            answer = self.organisation(caller, parent, kind)
            self.assertEqual((answer.status, answer.json["field"]), (422, "kind"))
        answer = self.move_node(caller, city.json["id"], {"kind": "county"})
        self.assertEqual((answer.status, answer.json["field"]), (422, "kind"))

    def test_a_node_moves_with_all_below_it_but_not_below_itself(self) -> None:
        caller = self.root.caller
        city = self.organisation(caller, self.world.province, "city").json["id"]
        answer = self.move_node(caller, self.own.id, {"parent": city})
        self.assertEqual(answer.status, 200, answer)
        path = f"{API}/organisations/{self.own.schools[0]}/path"
        items = caller.want(200, "GET", path).json["items"]
        self.assertEqual(
            [item["id"] for item in items],
            [self.world.province, city, self.own.id, self.own.schools[0]],
        )
        answer = self.move_node(caller, city, {"parent": self.own.schools[0]})
        self.assertEqual((answer.status, answer.json["field"]), (422, "parent"))
        answer = self.move_node(caller, city, {"parent": city})
        self.assertEqual((answer.status, answer.json["field"]), (422, "parent"))

    def test_a_node_moves_only_where_its_administrator_administers(self) -> None:
        county = self.world.actor("county A").caller
        school = self.own.schools[1]
        answer = self.move_node(county, school, {"parent": self.other.id})
        self.assertEqual(answer.status, 404, answer)
        city = self.organisation(self.root.caller, self.world.province, "city")
        answer = self.move_node(county, self.own.id, {"parent": city.json["id"]})
        self.assertEqual(answer.status, 404, answer)
        answer = self.move_node(county, school, {"parent": self.world.province})
        self.assertEqual(answer.status, 403, answer)

    def test_only_what_is_empty_is_deleted(self) -> None:
        path = f"{API}/organisations/{self.own.id}"
        etag = self.root.caller.want(200, "GET", path).etag
        answer = self.root.caller.call("DELETE", path, etag=etag)
        self.assertEqual(answer.problem, "in-use")
        for word in ("organisation: 2", "term: 1", "appointment: "):
            self.assertIn(word, answer.json["detail"])
            self.assertIn(word, answer.json["sentence"]["en"])
        for word in ("下级机构 2", "学期 1", "任职 "):
            self.assertIn(word, answer.json["sentence"]["zh-CN"])

    def test_no_root_is_made_over_the_api(self) -> None:
        body = {"parent": None, "kind": "province", "name": "x", "name_en": ""}
        answer = self.root.caller.call("POST", f"{API}/organisations", body)
        self.assertEqual((answer.status, answer.json["field"]), (422, "parent"))
        del body["parent"]
        answer = self.root.caller.call("POST", f"{API}/organisations", body)
        self.assertEqual((answer.status, answer.json["field"]), (422, "parent"))


class AdminCase(unittest.TestCase):
    """synclass-signaling admin, on a database that is not served."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="synclass-admin-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.service = ApiService(self.folder)
        self.addCleanup(self.service.kill)

    def test_the_first_administrator_is_printed_a_password_that_must_change(self) -> None:
        made = self.service.admin("--sign-in", "Wang.Fang", "--root-name", "青山县")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.service.start()
        caller = self.service.caller()
        self.addCleanup(caller.close)
        answer = caller.sign_in("wang.fang", made.stdout.strip())
        self.assertEqual(answer.status, 201)
        self.assertTrue(answer.json["person"]["must_change"])
        self.assertEqual(answer.json["roles"][0]["kind"], "county")

    def test_refusals_name_the_value(self) -> None:
        short = self.folder / "short"
        short.write_text("short\n")
        self.assertEqual(
            self.service.admin("--sign-in", "wang", "--root-name", "甲").returncode, 0
        )
        cases = (
            (("--sign-in", "wang"), "--sign-in wang: somebody has this name already"),
            (("--sign-in", "wang fang"), "--sign-in wang fang: must be 3 to 64"),
            (("--sign-in", "li.na", "--organisation", "nope"), "--organisation nope"),
            (("--sign-in", "li.na", "--password-file", str(short)), "has 5 characters"),
            (
                ("--sign-in", "li.na", "--root-name", "x", "--root-kind", "planet"),
                "--root-kind planet",
            ),
            (("--sign-in", "li.na", "--name", "x" * 101), "--name: has 101 characters"),
            (("--sign-in", "li.na", "--password-file", "/nowhere"), "/nowhere"),
        )
        for words, sentence in cases:
            with self.subTest(words=words):
                answer = self.service.admin(*words)
                self.assertEqual(answer.returncode, 1)
                self.assertEqual(answer.stdout, "")
                self.assertIn(sentence, answer.stderr)
        self.assertEqual(
            self.service.rows("SELECT count(*) FROM organisation, person"), [(1,)]
        )


if __name__ == "__main__":
    unittest.main()

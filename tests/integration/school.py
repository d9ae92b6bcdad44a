# SPDX-License-Identifier: Apache-2.0
"""A school for process-level tests: signaling with a clock that the test moves, a relay,
an administrator who works through the API, and kiosks."""

from __future__ import annotations

import asyncio
import http.client
import json
import subprocess
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any

from house.build import ROOT
from house.client import CLIENT
from house.process import Program
from house.service import LOOPBACK, RELAY, SIGNALING, free_port
from tests.integration.served import footage

PASSWORD = "Lesson-2026-start"
READY_LIMIT_S = 40.0


class Refused(Exception):
    """The API's answer that is no success."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('detail', problem)}")
        self.status = status
        self.problem = problem


class Caller:
    """Somebody who calls the API: a person with a session, or a device with a token."""

    def __init__(self, port: int, token: str = "") -> None:
        self.port = port
        self.token = token
        self.cookie = ""
        self.csrf = ""

    def call(
        self, method: str, path: str, body: Any = None, version: int | None = None
    ) -> Any:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.cookie:
            headers["Cookie"] = f"synclass={self.cookie}"
            headers["X-CSRF-Token"] = self.csrf
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=20)
        try:
            text = json.dumps(body) if body is not None else None
            connection.request(method, f"/api/v1{path}", text, headers)
            answer = connection.getresponse()
            data = answer.read().decode()
            cookie = answer.getheader("Set-Cookie")
        finally:
            connection.close()
        if cookie:
            self.cookie = cookie.split(";")[0].split("=", 1)[1]
        is_json = "json" in (answer.getheader("Content-Type") or "")
        value = json.loads(data) if data and is_json else data
        if answer.status >= 300:
            raise Refused(answer.status, value if isinstance(value, dict) else {})
        return value

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def make(self, path: str, **members: Any) -> Any:
        return self.call("POST", path, members)

    def sign_in(self, name: str, password: str) -> dict[str, Any]:
        self.cookie = ""
        session: dict[str, Any] = self.call(
            "POST", "/session", {"sign_in": name, "password": password}
        )
        self.csrf = session["csrf_token"]
        return session


class SchoolCase(unittest.IsolatedAsyncioTestCase):
    """Signaling and relay of its own; `self.admin` administers all of it."""

    async def asyncSetUp(self) -> None:
        asyncio.get_running_loop().set_debug(False)
        folder = tempfile.TemporaryDirectory(prefix="synclass-school-")
        self.addCleanup(folder.cleanup)
        self.var = Path(folder.name)
        (self.var / "password").write_text(PASSWORD + "\n")
        self.port = free_port(LOOPBACK)
        command = [str(SIGNALING), "admin", "--database", str(self.database)]
        command += ["--sign-in", "root", "--root-name", "青山县"]
        command += ["--password-file", str(self.var / "password")]
        subprocess.run(command, check=True, timeout=30)
        self.signaling = await self.start_signaling()
        self.relay = await self.start_relay()
        self.admin = Caller(self.port)
        await self.ready()
        self.root = self.admin.sign_in("root", PASSWORD)["roles"][0]["organisation"]

    @property
    def database(self) -> Path:
        return self.var / "synclass.db"

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    async def start_signaling(self) -> Program:
        command = [str(SIGNALING), "serve", "--test-clock", "--listen", LOOPBACK]
        command += ["--port", str(self.port), "--database", str(self.database)]
        command += ["--config", str(ROOT / "conf" / "signaling.conf")]
        command += ["--control", str(self.var / "control.sock")]
        return await self.start("signaling", command)

    async def start_relay(self) -> Program:
        command = [str(RELAY), "--config", str(ROOT / "conf" / "relay.conf")]
        command += ["--control", str(self.var / "control.sock")]
        command += ["--port", str(self.port), "--listen", LOOPBACK]
        command += ["--announce", LOOPBACK]
        return await self.start("relay", command)

    async def start(self, name: str, command: list[str], talks: bool = False) -> Program:
        program = await Program.start(name, command, self.var / f"{name}.log", talks=talks)
        self.addAsyncCleanup(program.stop)
        return program

    async def ready(self) -> None:
        end_s = time.monotonic() + READY_LIMIT_S
        while time.monotonic() < end_s:
            try:
                connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=3)
                connection.request("GET", "/healthz")
                answer = json.loads(connection.getresponse().read())
                if answer.get("relay"):
                    return
            except (OSError, ValueError):
                pass
            await asyncio.sleep(0.05)
        self.fail(f"no service: {self.signaling.obituary()}")

    def set_clock(self, instant: str) -> None:
        """Moves the wall; whoever is signed in stays so only within its idle time."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=20)
        body = json.dumps({"now": instant})
        connection.request("PUT", "/test/clock", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        self.assertEqual(answer.status, 200, answer.read())
        connection.close()

    async def kiosk(self, name: str, source: Path) -> Program:
        command = [str(CLIENT), "kiosk", "--url", self.url, "--headless"]
        command += ["--identity", str(self.var / f"{name}.conf"), "--poll-seconds", "1"]
        command += ["--source", footage(source), "--status", "json"]
        return await self.start(name, command, talks=True)


async def hear(program: Program, name: str, limit_s: float = 40.0) -> dict[str, Any]:
    """The next event @name that a client prints."""
    assert program.process.stdout
    end_s = time.monotonic() + limit_s
    while time.monotonic() < end_s:
        left_s = max(end_s - time.monotonic(), 0.01)
        try:
            line = await asyncio.wait_for(program.process.stdout.readline(), left_s)
        except asyncio.TimeoutError:
            break
        if not line:
            break
        try:
            message = json.loads(line)
        except ValueError:
            continue
        if isinstance(message, dict) and message.get("name") == name:
            return message
    raise AssertionError(f"{program.name}: no event {name} within {limit_s:.0f} s")

# SPDX-License-Identifier: Apache-2.0
"""Signaling alone, for tests of its API: started on a database of its own with a clock that
the test moves; and callers who know cookies, CSRF tokens and versions."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import sqlite3
import subprocess
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from house.process import die_with
from house.service import LOOPBACK, SIGNALING

START_LIMIT_S = 30.0
STOP_LIMIT_S = 15.0
CALL_LIMIT_S = 60.0
BUSY_LIMIT_S = 60.0  # of asking again after 429
BUSY_STEP_S = 0.05  # the service gives each caller 100 requests a second

Json = Any


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Json:
        return json.loads(self.text)

    @property
    def problem(self) -> str:
        """ "not-found"; "" where it is no refusal."""
        if "problem+json" not in self.headers.get("content-type", ""):
            return ""
        return str(self.json["type"]).rpartition(":")[2]

    @property
    def etag(self) -> str:
        return self.headers["etag"]

    def __str__(self) -> str:
        return f"{self.status} {self.text[:300]}"


@dataclass
class Caller:
    """One connection, and who talks over it."""

    port: int
    address: str = LOOPBACK  # our own end: what is limited by address
    cookie: str = ""
    csrf: str = ""
    bearer: str = ""
    connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def call(
        self,
        method: str,
        path: str,
        body: Json = None,
        *,
        raw: bytes | None = None,
        content_type: str = "application/json",
        etag: str | None = None,
        csrf: str | None = None,
        waits: bool = True,
    ) -> Answer:
        """@body is sent as JSON, @raw as it is. @waits: asks again after 429."""
        headers = {}
        payload = raw
        if body is not None:
            payload = json.dumps(body).encode()
        if payload is not None:
            headers["Content-Type"] = content_type
        if self.cookie:
            headers["Cookie"] = f"synclass={self.cookie}"
        token = self.csrf if csrf is None else csrf
        if token:
            headers["X-CSRF-Token"] = token
        if self.bearer:
            headers["Authorization"] = f"Bearer {self.bearer}"
        if etag is not None:
            headers["If-Match"] = etag
        end_s = time.monotonic() + BUSY_LIMIT_S
        while True:
            answer = self.send(method, path, payload, headers)
            if answer.status != 429 or not waits or time.monotonic() > end_s:
                return answer
            time.sleep(BUSY_STEP_S)

    def send(
        self, method: str, path: str, payload: bytes | None, headers: dict[str, str]
    ) -> Answer:
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                LOOPBACK, self.port, CALL_LIMIT_S, (self.address, 0)
            )
        try:
            self.connection.request(method, path, payload, headers)
            response = self.connection.getresponse()
            text = response.read().decode()
        except (http.client.HTTPException, OSError):
            self.close()
            raise
        return Answer(
            response.status, {k.lower(): v for k, v in response.getheaders()}, text
        )

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def want(self, status: int, *args: Any, **options: Any) -> Answer:
        answer = self.call(*args, **options)
        if answer.status != status:
            raise AssertionError(f"{args}: {answer}, wanted {status}")
        return answer

    def sign_in(self, name: str, password: str) -> Answer:
        answer = self.call(
            "POST", "/api/v1/session", {"sign_in": name, "password": password}
        )
        if answer.status == 201:
            self.take(answer)
        return answer

    def take(self, answer: Answer) -> None:
        """The session that @answer opened."""
        match = re.match(r"synclass=([^;]+);", answer.headers["set-cookie"])
        assert match, answer.headers
        self.cookie = match.group(1)
        self.csrf = answer.json["csrf_token"]


class ApiService:
    """Started on first need and stopped by stop()."""

    def __init__(self, folder: Path, settings: str = "") -> None:
        self.folder = folder
        self.database = folder / "synclass.db"
        self.log = folder / "signaling.log"
        self.config = folder / "signaling.conf"
        self.config.write_text(settings)
        self.process: subprocess.Popen[bytes] | None = None
        self.prefix: list[str] = []  # of the command
        self.port = 0
        self.n_addresses = 1  # of ours that were used

    def admin(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [str(SIGNALING), "admin", "--database", str(self.database), *words]
        return subprocess.run(command, capture_output=True, text=True)

    def start(self) -> None:
        with self.log.open("ab") as sink:
            begin = sink.tell()
            self.process = subprocess.Popen(
                [
                    *self.prefix,
                    str(SIGNALING),
                    "serve",
                    "--config",
                    str(self.config),
                    "--listen",
                    LOOPBACK,
                    "--port",
                    "0",
                    "--database",
                    str(self.database),
                    "--control",
                    str(self.folder / "control.sock"),
                    "--test-clock",
                ],
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                env={**os.environ, "G_MESSAGES_DEBUG": ""},
                preexec_fn=die_with(os.getpid()),
            )
        end_s = time.monotonic() + START_LIMIT_S
        while True:
            said = self.log.read_bytes()[begin:].decode()
            match = re.search(r"listening on \S+ port (\d+)", said)
            if match:
                self.port = int(match.group(1))
                return
            if self.process.poll() is not None or time.monotonic() > end_s:
                raise AssertionError(f"signaling did not start: {said[-2000:]}")
            time.sleep(0.01)

    def stop(self) -> int:
        """The exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def complaints(self) -> list[str]:
        """Warnings of the log: there must be none."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line for line in lines if "WARNING" in line or "CRITICAL" in line]

    def caller(self, own_address: bool = False) -> Caller:
        """@own_address: from one that nobody else has, for what is limited by address."""
        if not own_address:
            return Caller(self.port)
        self.n_addresses += 1
        return Caller(
            self.port, f"127.0.{self.n_addresses // 250}.{self.n_addresses % 250 + 1}"
        )

    def now(self) -> datetime:
        caller = self.caller()
        text = caller.want(200, "GET", "/test/clock").json["now"]
        caller.close()
        return datetime.fromisoformat(text.replace("Z", "+00:00"))

    def move(self, to: datetime) -> None:
        now = to.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
        caller = self.caller()
        caller.want(200, "PUT", "/test/clock", {"now": now})
        caller.close()

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Of the database, past the service."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()


def change_password(caller: Caller, old: str, new: str) -> Answer:
    body = {"password": old, "new_password": new}
    return caller.call("POST", "/api/v1/session/password", body)

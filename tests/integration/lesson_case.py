# SPDX-License-Identifier: Apache-2.0
"""A lesson for tests of what people do in it: the real signaling program, nobody's media."""

from __future__ import annotations

import asyncio
import dataclasses
import http.client
import json
import ssl
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any

from house.process import Program
from house.service import LOOPBACK, Place, Service, free_port, make_certificate
from tests.integration.person import Person

N_CLASSROOMS = 2
N_PUPILS = 20  # of each
READY_LIMIT_S = 30.0

Json = dict[str, Any]


def post_code(port: int, code: str) -> tuple[int, Json]:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=30)
    try:
        body = json.dumps({"code": code})
        connection.request("POST", "/pupils", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


class LessonCase(unittest.IsolatedAsyncioTestCase):
    """The sample lesson with signaling alone: people, but no media."""

    secure = False
    tls: ssl.SSLContext | None = None  # that trusts the service

    async def asyncSetUp(self) -> None:
        asyncio.get_running_loop().set_debug(False)
        folder = tempfile.TemporaryDirectory(prefix="synclass-lesson-")
        self.addCleanup(folder.cleanup)
        place = Place.choose(LOOPBACK, free_port(LOOPBACK), Path(folder.name))
        self.place = dataclasses.replace(place, secure=self.secure)
        if self.secure:
            make_certificate(self.place)
            self.tls = ssl.create_default_context(cafile=str(self.place.certificate))
        self.service = Service(self.place, print)
        sample = self.service.seed(N_CLASSROOMS)
        self.tokens = [str(site["token"]) for site in sample["sites"]]
        self.people: list[Person] = []
        self.addCleanup(self.all_leave)
        self.signaling = await self.start()

    def all_leave(self) -> None:
        for person in self.people:
            person.leave()
        self.people.clear()

    async def start(self) -> Program:
        program = await self.service.start_signaling()
        self.addAsyncCleanup(program.stop)
        end_s = time.monotonic() + READY_LIMIT_S
        while time.monotonic() < end_s:
            try:
                socket = await asyncio.open_connection(LOOPBACK, self.place.port)
                socket[1].close()
                return program
            except OSError:
                await asyncio.sleep(0.05)
        self.fail(program.obituary())

    async def meet(self, token: str) -> Person:
        person = await Person.meet(self.place.port, token, self.tls)
        self.people.append(person)
        return person

    async def meet_all(self) -> tuple[Person, list[Person]]:
        teacher = await self.meet(self.tokens[0])
        rooms = [await self.meet(token) for token in self.tokens[1:]]
        return teacher, rooms

    async def enrol(self, rooms: list[Person]) -> list[str]:
        """Tokens of N_PUPILS pupils of each room."""
        tokens = []
        for room in rooms:
            code = room.welcome["room"]["code"]
            for _ in range(N_PUPILS):
                status, answer = await asyncio.to_thread(
                    post_code, self.place.port, code
                )
                self.assertEqual(201, status, answer)
                tokens.append(str(answer["token"]))
        return tokens

# SPDX-License-Identifier: Apache-2.0
"""Pages and events where signaling has a certificate of its own."""

from __future__ import annotations

import asyncio
import http.client
import socket
import unittest

from house.service import LOOPBACK
from tests.integration.lesson_case import LessonCase

LARGE = "/assets/vendor/chart.js"  # of the pages' files one of the largest
LARGE_BYTES = 100_000
N_MESSAGES = 25
POINTS = 64  # of a message, the protocol's largest
PATIENCE_S = 20


class Secure(LessonCase):
    secure = True

    def connect(self) -> http.client.HTTPSConnection:
        connection = http.client.HTTPSConnection(
            LOOPBACK, self.place.port, timeout=PATIENCE_S, context=self.tls
        )
        self.addCleanup(connection.close)
        return connection

    async def test_one_connection_serves_many_requests(self) -> None:
        connection = self.connect()

        def get(path: str) -> tuple[int, bytes]:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()

        for path, n_bytes in (("/", 100), (LARGE, LARGE_BYTES), ("/", 100)):
            status, body = await asyncio.to_thread(get, path)
            self.assertEqual(200, status, path)
            self.assertGreater(len(body), n_bytes, path)

    async def test_a_lesson_is_told_to_all(self) -> None:
        teacher, rooms = await self.meet_all()
        for turn in range(N_MESSAGES):
            points = [turn, *range(2 * POINTS - 1)]
            teacher.say("pen", stroke=1, colour="red", width=4, points=points)
            for person in (teacher, *rooms):
                told = await person.hear()
                self.assertEqual(("pen", points), (told["type"], told.get("points")), told)

    async def test_who_speaks_no_tls_is_hung_up_on_and_nobody_else(self) -> None:
        teacher, rooms = await self.meet_all()

        def babble() -> bytes:
            with socket.create_connection(
                (LOOPBACK, self.place.port), timeout=PATIENCE_S
            ) as plain:
                plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                heard = b""
                try:
                    while more := plain.recv(4096):
                        heard += more
                except ConnectionError:
                    pass
                return heard

        heard = await asyncio.to_thread(babble)
        self.assertNotIn(b"HTTP/1.1 200", heard)
        teacher.say("chat", text="还在")
        self.assertEqual("还在", (await rooms[0].await_type("chat"))["text"])


if __name__ == "__main__":
    unittest.main()

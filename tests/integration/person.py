# SPDX-License-Identifier: Apache-2.0
"""Somebody on the events WebSocket: says JSON, hears JSON. RFC 6455 as far as a test of our
own server needs it: text, ping and close; no fragments, no extensions."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import ssl
import struct
from collections.abc import Callable
from typing import Any

from house.service import LOOPBACK

Json = dict[str, Any]

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
PATIENCE_S = 30.0


class Gone(Exception):
    """The connection has ended; @code is its close code, 0 where there was none."""

    def __init__(self, code: int) -> None:
        super().__init__(f"closed with {code}")
        self.code = code


class Person:
    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.welcome: Json = {}
        self.heard: list[Json] = []
        self.last_id = 0

    @classmethod
    async def meet(
        cls, port: int, token: str, tls: ssl.SSLContext | None = None
    ) -> Person:
        """Connects, says hello, and takes the welcome."""
        reader, writer = await asyncio.open_connection(
            LOOPBACK, port, limit=1 << 22, ssl=tls
        )
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            "\r\n".join(
                (
                    "GET /events HTTP/1.1",
                    f"Host: {LOOPBACK}:{port}",
                    "Upgrade: websocket",
                    "Connection: Upgrade",
                    f"Sec-WebSocket-Key: {key}",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Protocol: synclass.v1",
                    "",
                    "",
                )
            ).encode()
        )
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_S)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise Gone(0)
        person = cls(reader, writer)
        person.tell({"type": "hello", "token": token, "language": "zh-CN"})
        person.welcome = await person.hear()
        return person

    def frame(self, opcode: int, payload: bytes) -> None:
        mask = os.urandom(4)
        head = bytes([0x80 | opcode])
        if len(payload) < 126:
            head += bytes([0x80 | len(payload)])
        else:
            head += bytes([0x80 | 126]) + struct.pack("!H", len(payload))
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.writer.write(head + mask + masked)

    def tell(self, message: Json) -> None:
        self.frame(TEXT, json.dumps(message, ensure_ascii=False).encode())

    def say(self, what: str, /, **members: Any) -> int:
        """Says it under the next id, which it gives."""
        self.last_id += 1
        self.tell({"type": what, "id": self.last_id, **members})
        return self.last_id

    async def read_frame(self) -> tuple[int, bytes]:
        first, second = await self.reader.readexactly(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self.reader.readexactly(8))
        return first & 0x0F, await self.reader.readexactly(length)

    async def hear(self) -> Json:
        """The next message."""
        while True:
            try:
                opcode, payload = await asyncio.wait_for(self.read_frame(), PATIENCE_S)
            except (asyncio.IncompleteReadError, ConnectionError):
                raise Gone(0) from None
            if opcode == PING:
                self.frame(PONG, payload)
            elif opcode == CLOSE:
                raise Gone(int.from_bytes(payload[:2], "big"))
            elif opcode == TEXT:
                message: Json = json.loads(payload)
                self.heard.append(message)
                return message

    async def until(self, fits: Callable[[Json], bool]) -> Json:
        """Hears on to the first message that fits."""
        while True:
            message = await self.hear()
            if fits(message):
                return message

    async def await_type(self, kind: str) -> Json:
        return await self.until(lambda message: message["type"] == kind)

    async def ask(self, what: str, /, **members: Any) -> Json:
        """Says it, and hears what came of it."""
        number = self.say(what, **members)
        return await self.until(lambda message: message.get("id") == number)

    def leave(self) -> None:
        self.writer.close()

# SPDX-License-Identifier: Apache-2.0
"""Signaling as far as documents and pages go, for native clients: it holds documents, shows
a page when a teacher asks, and can be made slow, or break off in the middle. There is no
media: WHIP and WHEP are refused with 503, so that clients go on asking."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import struct
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from house.service import LOOPBACK

Json = dict[str, Any]

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
CHUNK = 16384
INSTANT = "2026-09-01T08:00:00Z"
TEACHER, ROOM = "teacher-token", "room-token"
SITES = {
    TEACHER: {"site": "town", "name": "镇中心小学", "role": "teacher"},
    ROOM: {"site": "stone", "name": "石门村小学", "role": "classroom"},
}


def make_pdf(n_pages: int, words: str) -> bytes:
    """Pages of one line each; without a table of references, which readers make good."""
    kids = " ".join(f"{10 + 2 * i} 0 R" for i in range(n_pages))
    parts = [
        "%PDF-1.4",
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj",
        f"2 0 obj<</Type/Pages/Count {n_pages}/Kids[{kids}]>>endobj",
        "3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj",
    ]
    for i in range(n_pages):
        text = f"BT /F 48 Tf 40 140 Td ({words} {i + 1}) Tj ET"
        parts += [
            f"{10 + 2 * i} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]"
            f"/Resources<</Font<</F 3 0 R>>>>/Contents {11 + 2 * i} 0 R>>endobj",
            f"{11 + 2 * i} 0 obj<</Length {len(text)}>>stream\n{text}\nendstream endobj",
        ]
    parts += ["trailer<</Root 1 0 R>>", "%%EOF", ""]
    return "\n".join(parts).encode()


@dataclass
class Document:
    name: str
    pages: int
    body: bytes

    def describe(self, number: int) -> Json:
        return {
            "document": number,
            "name": self.name,
            "pages": self.pages,
            "bytes": len(self.body),
        }


@dataclass
class SlideServer:
    documents: dict[int, Document] = field(default_factory=dict)
    page: Json | None = None
    strokes: list[Json] = field(default_factory=list)
    break_at: int | None = None  # bytes of the next body, after which the line breaks
    chunk_s: float = 0.0  # for each chunk of a body
    sent: int = 0  # bytes of bodies
    asked: list[str] = field(default_factory=list)  # method and range of each request
    listeners: dict[asyncio.StreamWriter, str] = field(default_factory=dict)
    seq: int = 1

    async def start(self) -> None:
        self.server = await asyncio.start_server(self.serve, LOOPBACK, 0)
        port = self.server.sockets[0].getsockname()[1]
        self.url = f"http://{LOOPBACK}:{port}"

    async def stop(self) -> None:
        self.server.close()
        for writer in list(self.listeners):
            writer.close()

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.split("\r\n")
            headers = {}
            for line in lines:
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            method, target, _ = first.split(" ")
            await self.answer(method, target, headers, reader, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.listeners.pop(writer, None)
            writer.close()

    async def answer(
        self,
        method: str,
        target: str,
        headers: dict[str, str],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        if target == "/events":
            await self.listen(headers, reader, writer)
        elif method == "POST" and target.startswith("/documents/"):
            body = await reader.readexactly(int(headers["content-length"]))
            self.take(target, headers, body, writer)
        elif target.startswith("/documents/"):
            await self.give(method, target, headers, writer)
        else:
            say_head(writer, "503 Unavailable", {"Content-Length": "0"})

    def take(
        self,
        target: str,
        headers: dict[str, str],
        body: bytes,
        writer: asyncio.StreamWriter,
    ) -> None:
        if not body.startswith(b"%PDF"):
            problem = {"type": "urn:synclass:problem:bad-document", "detail": "no PDF"}
            say_json(writer, "422 Unprocessable", problem)
            return
        number = self.add(unquote(target.split("name=")[1]), body.count(b"/Type/Page/"), body)
        say_json(writer, "201 Created", self.documents[number].describe(number))

    async def give(
        self, method: str, target: str, headers: dict[str, str], writer: Any
    ) -> None:
        document = self.documents.get(int(target.rsplit("/", 1)[1]))
        span = headers.get("range", "")
        self.asked.append(f"{method} {span}".strip())
        if not document:
            say_head(writer, "404 Not Found", {"Content-Length": "0"})
            return
        whole = document.body
        begin = int(span.removeprefix("bytes=").rstrip("-")) if span else 0
        body = whole[begin:]
        fields = {
            "ETag": f'"{hashlib.sha256(whole).hexdigest()}"',
            "Accept-Ranges": "bytes",
            "Content-Type": "application/pdf",
            "Content-Length": str(len(body)),
        }
        if begin:
            fields["Content-Range"] = f"bytes {begin}-{len(whole) - 1}/{len(whole)}"
        say_head(writer, "206 Partial Content" if begin else "200 OK", fields)
        if method == "HEAD":
            return
        if self.break_at is not None:
            body, self.break_at = body[: self.break_at], None
        for at in range(0, len(body), CHUNK):
            writer.write(body[at : at + CHUNK])
            self.sent += len(body[at : at + CHUNK])
            await writer.drain()
            await asyncio.sleep(self.chunk_s)

    async def listen(
        self,
        headers: dict[str, str],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        key = hashlib.sha1((headers["sec-websocket-key"] + GUID).encode()).digest()
        fields = {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Accept": base64.b64encode(key).decode(),
            "Sec-WebSocket-Protocol": "synclass.v1",
        }
        say_head(writer, "101 Switching Protocols", fields)
        while True:
            opcode, payload = await read_frame(reader)
            if opcode == CLOSE:
                return
            if opcode == PING:
                write_frame(writer, PONG, payload)
            elif opcode == TEXT:
                self.hear(json.loads(payload), writer)

    def hear(self, message: Json, writer: asyncio.StreamWriter) -> None:
        kind = message["type"]
        if kind == "hello":
            self.listeners[writer] = message["token"]
            say(writer, self.make_welcome(message["token"]))
        elif kind == "ping":
            say(writer, {"type": "pong", "id": message["id"]})
        elif kind == "page":
            page = {key: message.get(key) for key in ("document", "page")}
            self.show(page if page["document"] else None)

    def make_welcome(self, token: str) -> Json:
        sites = [
            {**site, "school": "学区", "present": True} for site in SITES.values()
        ]
        lesson = {
            "id": "l1",
            "title": "分数的加法",
            "subject": "数学",
            "starts_at": INSTANT,
            "ends_at": "2026-09-01T08:45:00Z",
            "state": "live",
            "phase": "begun",
        }
        room = {
            "hands": [],
            "muted": [],
            "roll": None,
            "quiz": None,
            "chat": {"open": False, "messages": []},
            "help": [],
            "strokes": self.strokes,
            "documents": [d.describe(n) for n, d in self.documents.items()],
            "page": self.page,
        }
        return {
            "type": "welcome",
            "seq": self.seq,
            "lesson": lesson,
            "you": SITES[token],
            "sites": sites,
            "floor": None,
            "now": "2026-09-01T08:01:00Z",
            "room": room,
        }

    def tell(self, kind: str, **members: Any) -> None:
        """To everybody, under the next number."""
        self.seq += 1
        for writer in self.listeners:
            say(writer, {"type": kind, "seq": self.seq, "at": INSTANT, **members})

    def add(self, name: str, pages: int, body: bytes) -> int:
        number = len(self.documents) + 1
        self.documents[number] = Document(name, pages, body)
        self.tell("document", **self.documents[number].describe(number))
        return number

    def show(self, page: Json | None, strokes: list[Json] | None = None) -> None:
        self.page, self.strokes = page, strokes or []
        shown = page or {"document": None, "page": None}
        self.tell("page", **shown, strokes=self.strokes)


def say_head(writer: asyncio.StreamWriter, status: str, fields: dict[str, str]) -> None:
    fields = {"Connection": "close", **fields}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {text}" for name, text in fields.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode())


def say_json(writer: asyncio.StreamWriter, status: str, body: Json) -> None:
    text = json.dumps(body).encode()
    say_head(writer, status, {"Content-Length": str(len(text))})
    writer.write(text)


def write_frame(writer: asyncio.StreamWriter, opcode: int, payload: bytes) -> None:
    head = bytes([0x80 | opcode])
    if len(payload) < 126:
        head += bytes([len(payload)])
    elif len(payload) < 65536:
        head += bytes([126]) + struct.pack("!H", len(payload))
    else:
        head += bytes([127]) + struct.pack("!Q", len(payload))
    writer.write(head + payload)


def say(writer: asyncio.StreamWriter, message: Json) -> None:
    write_frame(writer, TEXT, json.dumps(message, ensure_ascii=False).encode())


async def read_frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    first, second = await reader.readexactly(2)
    length = second & 0x7F
    if length == 126:
        (length,) = struct.unpack("!H", await reader.readexactly(2))
    mask = await reader.readexactly(4)
    masked = await reader.readexactly(length)
    return first & 0x0F, bytes(byte ^ mask[i % 4] for i, byte in enumerate(masked))

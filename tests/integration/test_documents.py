# SPDX-License-Identifier: Apache-2.0
"""Slides by PDF pages, against the real program: a teacher hands a PDF in, everybody fetches
it, pages are turned; what is broken, encrypted, too long or too large is refused by name; and
kill -9 while one is handed in and right after it was."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
import select
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any
from urllib.parse import quote

from house.process import Program
from house.service import LOOPBACK
from tests.integration.lesson_case import LessonCase, post_code
from tests.integration.pdf import make_pdf

PDF = "application/pdf"
TOO_LARGE_BYTES = 300 << 20
LIMIT_BYTES = 64 << 20
SENT_BLINDLY_BYTES = 6 << 20
N_DOCUMENTS_MAX = 20
UPLOADS_OF_A_LESSON = 2
CLICK_PAUSE_S = 0.02
DRIP_PAUSE_S = 0.1
DRIP_LIMIT_S = 30.0
N_SLOW_STEPS = 40  # of 2 KiB each: longer than the rate is judged over
SWEPT_LIMIT_S = 20.0

Json = dict[str, Any]


def encrypt(pdf: bytes, *passwords: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        plain, secret = Path(folder) / "plain.pdf", Path(folder) / "secret.pdf"
        plain.write_bytes(pdf)
        command = ["qpdf", "--encrypt", *passwords, "256", "--", str(plain), str(secret)]
        subprocess.run(command, check=True, timeout=30)
        return secret.read_bytes()


class DocumentsCase(LessonCase):
    async def asyncSetUp(self) -> None:
        await super().asyncSetUp()
        sample = json.loads((self.place.var / "sample.json").read_text())
        self.lesson = str(sample["lesson"])
        self.path = f"/documents/{self.lesson}"

    def call(
        self, method: str, path: str, token: str, body: Any = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(LOOPBACK, self.place.port, timeout=60)
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            chunked = body is not None and not isinstance(body, bytes)
            connection.request(
                method,
                path,
                body,
                {"Authorization": f"Bearer {token}", **names},
                encode_chunked=chunked,
            )
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def begin(self, n_bytes: int) -> http.client.HTTPConnection:
        """The head of a document of @n_bytes; they are still to be sent."""
        address = (LOOPBACK, self.place.port)
        connection = (
            http.client.HTTPSConnection(*address, timeout=60, context=self.tls)
            if self.tls
            else http.client.HTTPConnection(*address, timeout=60)
        )
        self.addCleanup(connection.close)
        connection.putrequest("POST", f"{self.path}?name=x.pdf")
        for name, value in (
            ("Authorization", f"Bearer {self.tokens[0]}"),
            ("Content-Type", PDF),
            ("Content-Length", str(n_bytes)),
        ):
            connection.putheader(name, value)
        connection.endheaders()
        return connection

    def read_refusal(
        self, connection: http.client.HTTPConnection
    ) -> tuple[int, str, str]:
        answer = connection.getresponse()
        problem = json.loads(answer.read())
        return answer.status, name_of(problem), str(problem["detail"])

    def hand_in(
        self, body: Any, name: str = "分数.pdf", token: str | None = None, kind: str = PDF
    ) -> tuple[int, Json]:
        status, _, data = self.call(
            "POST",
            f"{self.path}?name={quote(name)}",
            token or self.tokens[0],
            body,
            Content_Type=kind,
        )
        return status, json.loads(data)

    async def post(self, *words: Any, **members: Any) -> tuple[int, Json]:
        return await asyncio.to_thread(self.hand_in, *words, **members)

    def left(self) -> list[str]:
        """What lies in the folder, but for what was put."""
        folder = self.place.var / "documents"
        return [path.name for path in folder.glob("*.part")] if folder.exists() else []

    def kept(self) -> list[Path]:
        """The contents that lie there for the lesson."""
        return list((self.place.var / "documents" / self.lesson).glob("*.pdf"))

    async def nothing_left(self) -> bool:
        """Whether no part lies there, at last: it goes when the connection has its answer."""
        end_s = time.monotonic() + SWEPT_LIMIT_S
        while self.left() and time.monotonic() < end_s:
            await asyncio.sleep(0.02)
        return not self.left()


class Documents(DocumentsCase):
    async def test_pages_are_turned_and_marks_stay_on_their_page(self) -> None:
        teacher, rooms = await self.meet_all()
        pdf = make_pdf(12)
        status, document = await self.post(pdf, "课件/分数的意义.pdf")
        self.assertEqual((201, 1, 12), (status, document["document"], document["pages"]))
        self.assertEqual(("分数的意义.pdf", len(pdf)), (document["name"], document["bytes"]))
        for person in (teacher, *rooms):
            told = await person.await_type("document")
            self.assertEqual(document, {name: told[name] for name in document})

        turned = await teacher.ask("page", document=1, page=3)
        self.assertEqual((1, 3, []), (turned["document"], turned["page"], turned["strokes"]))
        await teacher.ask(
            "pen", stroke=1, colour="red", width=4, points=[1, 2, 300, 400]
        )
        self.assertEqual([], (await teacher.ask("page", document=1, page=4))["strokes"])
        await teacher.ask("pen", stroke=2, colour="blue", width=4, points=[5, 6])
        none = await teacher.ask("page", document=None, page=None)
        self.assertEqual((None, None, []), (none["document"], none["page"], none["strokes"]))
        back = await teacher.ask("page", document=1, page=3)
        self.assertEqual([[1, 2, 300, 400]], [one["points"] for one in back["strokes"]])

        late = await self.meet(self.tokens[1])
        state = late.welcome["room"]
        self.assertEqual({"document": 1, "page": 3}, state["page"])
        self.assertEqual([1], [one["stroke"] for one in state["strokes"]])
        self.assertEqual([12], [one["pages"] for one in state["documents"]])

        for wanted, members in (
            ("unknown-page", {"document": 1, "page": 13}),
            ("unknown-document", {"document": 2, "page": 1}),
            ("bad-message", {"document": 1, "page": 0}),
            ("bad-message", {"page": 1}),
        ):
            refused = await teacher.ask("page", **members)
            self.assertEqual(wanted, refused.get("problem"), refused)
        self.assertEqual(
            "wrong-role", (await rooms[0].ask("page", document=1, page=1))["problem"]
        )
        forged = {"name": "x", "pages": 1, "bytes": 1, "sha256": "0" * 64}
        self.assertEqual(
            "wrong-role", (await teacher.ask("document", **forged))["problem"]
        )
        removed = await teacher.ask("document-remove", document=1)
        self.assertEqual(("document-removed", 1), (removed["type"], removed["document"]))
        for room in rooms:
            self.assertIsNone(
                (await room.until(lambda m: m["type"] == "page" and not m["page"]))["page"]
            )
            await room.await_type("document-removed")
        status, _, data = await asyncio.to_thread(
            self.call, "GET", f"{self.path}/1", self.tokens[1]
        )
        self.assertEqual((404, "unknown-document"), (status, name_of(data)))

    async def test_a_turned_page_costs_little(self) -> None:
        teacher, rooms = await self.meet_all()
        await self.post(make_pdf(12))
        for page in range(1, 13):
            await teacher.ask("page", document=1, page=page)
        told = await rooms[0].until(lambda m: m["type"] == "page" and m["page"] == 12)
        n_bytes = len(json.dumps(told, ensure_ascii=False).encode())
        print(f"a page turned: {n_bytes} bytes to each site")
        self.assertLess(n_bytes, 5000)

    async def test_the_document_comes_whole_in_parts_and_not_twice(self) -> None:
        await self.meet_all()
        pdf = make_pdf(3, fill=bytes(range(256)) * 2000)
        await self.post(pdf)
        get = ("GET", f"{self.path}/1", self.tokens[2])
        status, headers, data = await asyncio.to_thread(self.call, *get)
        self.assertEqual((200, PDF, pdf), (status, headers["Content-Type"], data))
        etag = headers["ETag"]
        self.assertEqual(f'"{hashlib.sha256(pdf).hexdigest()}"', etag)
        self.assertIn("immutable", headers["Cache-Control"])
        status, headers, data = await asyncio.to_thread(
            self.call, *get, Range="bytes=1000-1999"
        )
        self.assertEqual((206, pdf[1000:2000]), (status, data))
        self.assertEqual(f"bytes 1000-1999/{len(pdf)}", headers["Content-Range"])
        status, _, data = await asyncio.to_thread(
            self.call, *get, Range=f"bytes={len(pdf)}-"
        )
        self.assertEqual(416, status)
        for ranges, wanted in (
            ({"Range": "bytes=1000-99999999"}, (206, pdf[1000:])),
            ({"Range": "bytes=-500"}, (206, pdf[-500:])),
            ({"Range": "bytes=-99999999"}, (206, pdf)),
            ({"Range": "bytes=0-9,20-29"}, (200, pdf)),
            ({"Range": "lines=1-2"}, (200, pdf)),
            ({"Range": "bytes=0-9", "If_Range": etag}, (206, pdf[:10])),
            ({"Range": "bytes=0-9", "If_Range": '"another"'}, (200, pdf)),
        ):
            with self.subTest(ranges=ranges):
                status, _, data = await asyncio.to_thread(self.call, *get, **ranges)
                self.assertEqual(wanted, (status, data))
        for known in (etag, f'"another", {etag}', "*"):
            status, _, data = await asyncio.to_thread(self.call, *get, If_None_Match=known)
            self.assertEqual((304, b""), (status, data))
        status, headers, data = await asyncio.to_thread(self.call, "HEAD", *get[1:])
        self.assertEqual((200, b""), (status, data))
        self.assertEqual(str(len(pdf)), headers["Content-Length"])

    async def test_what_is_no_good_document_is_refused_by_name(self) -> None:
        teacher, rooms = await self.meet_all()
        good = make_pdf(2)
        code = rooms[0].welcome["room"]["code"]
        _, pupil = await asyncio.to_thread(post_code, self.place.port, code)
        cases: list[tuple[str, Any, dict[str, str]]] = [
            ("bad-document", b"", {}),
            ("bad-document", b"PK\x03\x04 slides.pptx", {}),
            ("bad-document", good[: len(good) // 2], {}),
            ("bad-document", b"%PDF-1.7\n" + bytes(5000), {}),
            ("bad-document", make_pdf(0), {}),
            ("too-many-pages", make_pdf(301), {}),
            ("too-many-pages", make_pdf(500), {}),
            ("encrypted-document", encrypt(good, "geheim", "geheim"), {}),
            ("encrypted-document", encrypt(good, "", "owner"), {}),
            ("document-too-large", chunks(LIMIT_BYTES + (1 << 20)), {}),
            ("wrong-content-type", good, {"kind": "image/png"}),
            ("wrong-role", good, {"token": self.tokens[1]}),
            ("wrong-role", good, {"token": str(pupil["token"])}),
            ("unknown-token", good, {"token": "x" * 43}),
            ("bad-name", good, {"name": ""}),
            ("bad-name", good, {"name": "a\x00b"}),
            ("bad-name", good, {"name": "课" * 121}),
            ("bad-name", good, {"name": "课" * 2_000}),
            ("bad-name", good, {"name": "../.."[:3]}),
        ]
        for problem, body, members in cases:
            with self.subTest(problem=problem, members=members):
                status, answer = await self.post(body, **members)
                self.assertEqual(f"urn:synclass:problem:{problem}", answer.get("type"))
                self.assertGreaterEqual(status, 400)
                self.assertTrue(await self.nothing_left())
        status, answer = await self.post(good, "../../etc/<b>课件</b>.pdf")
        self.assertEqual((201, "b>.pdf"), (status, answer["name"]))
        status, _, data = await asyncio.to_thread(
            self.call, "GET", f"{self.path}/1", str(pupil["token"])
        )
        self.assertEqual((403, "wrong-role"), (status, name_of(data)))
        for number in ("2", "0", "-1", "x", "99999999999999999999"):
            status, _, data = await asyncio.to_thread(
                self.call, "GET", f"{self.path}/{number}", self.tokens[1]
            )
            self.assertEqual((404, "unknown-document"), (status, name_of(data)))
        status, _, data = await asyncio.to_thread(
            self.call, "GET", "/documents/another/1", self.tokens[1]
        )
        self.assertEqual((404, "unknown-lesson"), (status, name_of(data)))

    async def test_three_hundred_megabytes_are_refused_before_they_come(self) -> None:
        await self.meet_all()
        connection = await asyncio.to_thread(self.begin, TOO_LARGE_BYTES)
        n_sent = 0
        try:
            while n_sent < TOO_LARGE_BYTES:
                await asyncio.to_thread(connection.send, bytes(1 << 20))
                n_sent += 1 << 20
        except ConnectionError:
            pass  # they hang up, and do not leave us waiting
        self.assertLess(n_sent, LIMIT_BYTES)
        refusal = await asyncio.to_thread(self.read_refusal, connection)
        self.assertEqual((413, "document-too-large"), refusal[:2])
        self.assertTrue(await self.nothing_left())

    async def test_who_looks_up_late_finds_the_refusal_and_a_clean_end(self) -> None:
        await self.meet_all()
        connection = await asyncio.to_thread(self.begin, TOO_LARGE_BYTES)
        await asyncio.to_thread(connection.send, bytes(SENT_BLINDLY_BYTES))
        sock = connection.sock.dup()  # theirs is closed after an answer that is the last one
        self.addCleanup(sock.close)
        refusal = await asyncio.to_thread(self.read_refusal, connection)
        self.assertEqual((413, "document-too-large"), refusal[:2])
        self.assertEqual(b"", await asyncio.to_thread(sock.recv, 1))

    async def test_the_twenty_first_is_one_too_many(self) -> None:
        await self.meet_all()
        for number in range(1, N_DOCUMENTS_MAX + 1):
            status, answer = await self.post(make_pdf(1))
            self.assertEqual((201, number), (status, answer.get("document")))
        status, answer = await self.post(make_pdf(2))
        self.assertEqual((409, "document-limit"), (status, name_of(answer)))
        self.assertEqual(1, len(self.kept()), "twenty times the same content")

    async def test_one_lesson_does_not_take_every_place(self) -> None:
        await self.meet_all()
        head = make_pdf(1)
        uploads = []
        for _ in range(UPLOADS_OF_A_LESSON):
            upload = http.client.HTTPConnection(LOOPBACK, self.place.port, timeout=60)
            self.addCleanup(upload.close)
            upload.putrequest("POST", f"{self.path}?name=slow.pdf")
            upload.putheader("Authorization", f"Bearer {self.tokens[0]}")
            upload.putheader("Content-Type", PDF)
            upload.putheader("Content-Length", str(len(head)))
            upload.endheaders(head[:100])
            uploads.append(upload)
        while len(self.left()) < len(uploads):
            await asyncio.sleep(0.02)
        status, answer = await self.post(head)
        self.assertEqual((503, "busy"), (status, name_of(answer)))
        for upload in uploads:
            upload.send(head[100:])
            self.assertEqual(201, (await asyncio.to_thread(upload.getresponse)).status)
        self.assertEqual(201, (await self.post(head))[0])

    async def test_a_full_disk_is_told_and_leaves_nothing(self) -> None:
        folder = self.place.var / "documents"
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
        tried = subprocess.run(mount, capture_output=True, text=True)
        if tried.returncode != 0:
            self.skipTest(f"no disk can be mounted here: {tried.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "--lazy", str(folder)], check=True)
        await self.meet_all()
        status, answer = await self.post(make_pdf(1, fill=bytes(4 << 20)))
        self.assertEqual((507, "storage-full"), (status, name_of(answer)))
        self.assertTrue(await self.nothing_left())
        self.assertEqual(201, (await self.post(make_pdf(1)))[0])

    async def test_a_slow_upload_slows_nobody(self) -> None:
        teacher, rooms = await self.meet_all()
        pdf = make_pdf(2, fill=bytes(3 << 20))
        took_s = []

        def slowly() -> Any:
            for start in range(0, len(pdf), 1 << 16):
                time.sleep(0.02)
                yield pdf[start : start + (1 << 16)]

        upload = asyncio.create_task(self.post(slowly()))
        while not upload.done():
            began_s = time.monotonic()
            await rooms[0].ask("hand", up=len(took_s) % 2 == 0)
            took_s.append(time.monotonic() - began_s)
            await asyncio.sleep(CLICK_PAUSE_S)
        status, answer = await upload
        self.assertEqual((201, len(pdf)), (status, answer.get("bytes")))
        middle_s = sorted(took_s)[len(took_s) // 2]
        print(f"{len(took_s)} hands meanwhile, in the middle {middle_s * 1000:.1f} ms")
        self.assertGreater(len(took_s), 5)

    async def test_kill_9_leaves_what_was_acknowledged_and_nothing_else(self) -> None:
        await self.meet_all()
        pdf = make_pdf(5)
        status, document = await self.post(pdf)
        self.assertEqual(201, status)
        half = http.client.HTTPConnection(LOOPBACK, self.place.port, timeout=60)
        half.putrequest("POST", f"{self.path}?name=half.pdf")
        half.putheader("Authorization", f"Bearer {self.tokens[0]}")
        half.putheader("Content-Type", PDF)
        half.putheader("Content-Length", str(1 << 20))
        half.endheaders(pdf)
        end_s = time.monotonic() + 20
        while not self.left() and time.monotonic() < end_s:
            await asyncio.sleep(0.02)
        self.assertEqual(1, len(self.left()))
        self.all_leave()
        self.signaling.kill(signal.SIGKILL)
        await self.signaling.wait()
        half.close()
        self.signaling = await self.start()
        self.assertEqual([], self.left())
        teacher, _ = await self.meet_all()
        self.assertEqual([document], [
            {name: one[name] for name in document}
            for one in teacher.welcome["room"]["documents"]
        ])
        status, _, data = await asyncio.to_thread(
            self.call, "GET", f"{self.path}/1", self.tokens[0]
        )
        self.assertEqual((200, pdf), (status, data))


class SlowDocuments(DocumentsCase):
    async def start(self) -> Program:
        self.service.config = self.place.var / "impatient.conf"
        self.service.config.write_text("[http]\nrequest_timeout_ms = 1000\n")
        return await super().start()

    def drip(self, connection: http.client.HTTPConnection) -> int:
        """A few bytes now and then, until there is an answer; how many in all."""
        n_sent = 0
        end_s = time.monotonic() + DRIP_LIMIT_S
        while time.monotonic() < end_s:
            if select.select([connection.sock], [], [], DRIP_PAUSE_S)[0]:
                break
            connection.send(b"%PDF" * 4)
            n_sent += 16
        return n_sent

    async def test_a_document_that_drips_in_is_refused(self) -> None:
        await self.meet_all()
        connection = await asyncio.to_thread(self.begin, 1 << 20)
        n_sent = await asyncio.to_thread(self.drip, connection)
        status, problem, detail = await asyncio.to_thread(self.read_refusal, connection)
        self.assertEqual((408, "slow-request"), (status, problem))
        self.assertRegex(detail, r"^(\d+) bytes .* 3000 ms, at least 12288$")
        self.assertLessEqual(int(detail.split()[0]), n_sent)
        self.assertTrue(await self.nothing_left())

    async def test_one_that_comes_slowly_is_taken(self) -> None:
        await self.meet_all()
        pdf = make_pdf(1, fill=bytes(N_SLOW_STEPS << 11))

        def slowly() -> Any:
            for start in range(0, len(pdf), 1 << 11):
                time.sleep(DRIP_PAUSE_S)
                yield pdf[start : start + (1 << 11)]

        status, answer = await self.post(slowly())
        self.assertEqual((201, len(pdf)), (status, answer.get("bytes")))


class SecureDocuments(DocumentsCase):
    secure = True

    async def test_a_refusal_is_heard_through_tls(self) -> None:
        await self.meet_all()
        connection = await asyncio.to_thread(self.begin, TOO_LARGE_BYTES)
        await asyncio.to_thread(connection.send, bytes(SENT_BLINDLY_BYTES))
        refusal = await asyncio.to_thread(self.read_refusal, connection)
        self.assertEqual((413, "document-too-large"), refusal[:2])


def name_of(problem: Any) -> str:
    """NAME of a problem's type."""
    value = json.loads(problem) if isinstance(problem, bytes) else problem
    return str(value.get("type", "")).rpartition(":")[2]


def chunks(n_bytes: int) -> Any:
    yield b"%PDF-1.7\n"
    for _ in range(n_bytes >> 16):
        yield bytes(1 << 16)


if __name__ == "__main__":
    unittest.main()

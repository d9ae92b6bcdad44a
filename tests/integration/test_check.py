# SPDX-License-Identifier: Apache-2.0
"""`synclass check`: what it says of a room, to a person and to a program."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
import unittest
from pathlib import Path
from typing import Any

from house.client import CLIENT
from house.soundroom import SoundRoom

FAULT_STATUS = 3
CHECK_LIMIT_S = 60.0
ECHO_MS = 60
NOBODY = "http://127.0.0.1:9"  # no server is needed to listen to a room
GRADES = ("good", "weak", "bad")


class CheckCase(unittest.IsolatedAsyncioTestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.var = Path(self.folder.name)
        self.environment = dict(os.environ)

    async def check(self, *options: str) -> tuple[int, str]:
        """Its exit status and what it said."""
        process = await asyncio.create_subprocess_exec(
            *(str(CLIENT), "check", "--source", "test", "--url", NOBODY, *options),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=self.environment,
        )
        output, _ = await asyncio.wait_for(process.communicate(), CHECK_LIMIT_S)
        assert process.returncode is not None
        return process.returncode, output.decode()

    async def items(self, *options: str) -> dict[str, dict[str, Any]]:
        """By name, what `--status json` said."""
        _, output = await self.check("--status", "json", *options)
        rows = [json.loads(line) for line in output.splitlines()]
        return {row["item"]: row for row in rows}


class Check(CheckCase):
    async def test_a_fault_is_said_in_both_languages_and_by_the_exit_status(self) -> None:
        for language, word in (("zh-CN", "服务器: 故障"), ("en", "server: FAULT")):
            with self.subTest(language=language):
                status, output = await self.check("--headless", "--language", language)
                self.assertEqual(status, FAULT_STATUS)
                self.assertIn(word, output)

    async def test_json_has_one_object_an_item(self) -> None:
        items = await self.items("--headless")
        self.assertEqual(items["picture"]["verdict"], "works")
        self.assertEqual(items["server"]["verdict"], "fault")
        for row in items.values():
            self.assertEqual(row["type"], "check")


@unittest.skipUnless(shutil.which("pulseaudio"), "there is no PulseAudio here")
class RoomSound(CheckCase):
    """A loudspeaker of PulseAudio's, and a microphone that hears it or does not."""

    async def asyncSetUp(self) -> None:
        self.room = await SoundRoom.start(self.var, ECHO_MS)
        self.addAsyncCleanup(self.room.stop)

    async def sound(self) -> dict[str, Any]:
        self.environment.update(self.room.environment)
        return (await self.items())["sound"]

    async def test_a_loudspeaker_is_judged_by_what_is_heard_of_it(self) -> None:
        sound = await self.sound()
        print(f"a made room: {sound}")
        self.assertTrue(sound["heard"])
        self.assertGreater(sound["delay_ms"], ECHO_MS)
        # How well is for the unit tests, whose time is made, and for `run bench sound`: a busy
        # machine plays and records in jerks.
        self.assertIn(sound["grade"], GRADES)
        self.assertEqual(sound["verdict"] == "fault", sound["grade"] == "bad")

    async def test_a_microphone_elsewhere_is_told_from_one_that_hears(self) -> None:
        self.room.listen_at("elsewhere")
        sound = await self.sound()
        self.assertFalse(sound["heard"])
        self.assertEqual(sound["grade"], "bad")
        self.assertEqual(sound["verdict"], "fault")

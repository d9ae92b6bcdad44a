# SPDX-License-Identifier: Apache-2.0
"""`synclass check` with a lesson: what the far end hears of itself, by way of relay and room."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import unittest
from typing import Any

from house.client import CLIENT
from house.soundroom import SoundRoom
from tests.integration.served import ServedCase

ECHO_MS = 60
CHECK_LIMIT_S = 90.0
# An echo that nothing lowers comes back 10 dB weaker than it was played; noise, codecs and a
# sound server move it by a few.
UNTOUCHED_DB = 6.0
LOWERED_DB = 10.0


@unittest.skipUnless(shutil.which("pulseaudio"), "there is no PulseAudio here")
class FarEnd(ServedCase):
    async def asyncSetUp(self) -> None:
        await super().asyncSetUp()
        await self.serve()
        self.room = await SoundRoom.start(self.var, ECHO_MS)
        self.addAsyncCleanup(self.room.stop)

    async def sound(self, suppression: int) -> dict[str, Any]:
        """What the check says of the room's sound."""
        conf = self.var / f"client-{suppression}.conf"
        conf.write_text(f"[sound]\necho-suppression = {suppression}\nnoise-suppression = 0\n")
        sample = self.sample
        command = [str(CLIENT), "check", "--source", "test", "--status", "json"]
        command += ["--config", str(conf), "--url", sample["url"]]
        command += ["--lesson", sample["lesson"], "--token", sample["classroom_tokens"][0]]
        process = await asyncio.create_subprocess_exec(
            *command,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, **self.room.environment},
        )
        output, _ = await asyncio.wait_for(process.communicate(), CHECK_LIMIT_S)
        rows = [json.loads(line) for line in output.splitlines()]
        sound: dict[str, Any] = next(row for row in rows if row["item"] == "sound")
        print(f"echo-suppression {suppression}: {sound}")
        return sound

    async def test_an_echo_comes_back_where_nothing_lowers_it_and_else_does_not(self) -> None:
        bare = await self.sound(0)
        self.assertTrue(bare["far_end"])
        self.assertTrue(bare["heard"])
        self.assertGreater(bare["delay_ms"], ECHO_MS)
        self.assertLess(abs(bare["erle_db"]), UNTOUCHED_DB)
        self.assertEqual((bare["grade"], bare["verdict"]), ("bad", "fault"))
        lowered = await self.sound(1)
        self.assertTrue(lowered["far_end"])
        self.assertGreater(lowered["erle_db"], bare["erle_db"] + LOWERED_DB)
        self.assertNotEqual(lowered["grade"], "bad")

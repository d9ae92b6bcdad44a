# SPDX-License-Identifier: Apache-2.0
"""What people do in a lesson besides being seen, against the real program: hands, a quiz
that forty pupils answer, the chat; and kill -9 of signaling while they answer: what was
acknowledged is there. SC_TEST_SEED repeats a run's choices."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import unittest
from typing import Any

from tests.integration.lesson_case import N_PUPILS, LessonCase, post_code
from tests.integration.person import Gone, Person

N_KILLS = 5
ANSWERING_LIMIT_S = 0.6  # the kill comes at a random instant of it

Json = dict[str, Any]


class Quiz(LessonCase):
    async def test_hands_quiz_and_chat(self) -> None:
        teacher, rooms = await self.meet_all()
        sites = [room.welcome["you"]["site"] for room in rooms]
        up = await rooms[1].ask("hand", up=True)
        self.assertEqual([sites[1]], up["hands"])
        await rooms[0].ask("hand", up=True)
        heard = await teacher.until(lambda m: m.get("hands") == [sites[1], sites[0]])
        self.assertEqual(("hand", sites[0]), (heard["type"], heard["site"]))
        down = await teacher.ask("hands-down", site=None)
        self.assertEqual((None, []), (down["site"], down["hands"]))
        refused = await rooms[0].ask("hands-down", site=None)
        self.assertEqual("wrong-role", refused["problem"])

        closed = await rooms[0].ask("chat", text="老师好")
        self.assertEqual("chat-closed", closed["problem"])
        await teacher.ask("chat-open", open=True)
        said = await rooms[0].ask("chat", text="<b>老师好</b>")
        self.assertEqual((1, "<b>老师好</b>"), (said["message"], said["text"]))
        await teacher.ask("chat-open", open=False)
        closed = await rooms[0].ask("chat", text="还有")
        self.assertEqual("chat-closed", closed["problem"])

        tokens = await self.enrol(rooms)
        pupils = [await self.meet(token) for token in tokens]
        status, problem = await asyncio.to_thread(post_code, self.place.port, "x")
        self.assertIn(status, (404, 429), problem)
        quiz = await teacher.ask(
            "quiz-open", kind="single", question="1/2 + 1/3 = ?", options=["2/5", "5/6"]
        )
        self.assertEqual((1, "open"), (quiz["quiz"], quiz["state"]))
        for i, person in enumerate(pupils + rooms):
            asked = await person.await_type("quiz")
            self.assertEqual(["2/5", "5/6"], asked["options"])
            person.say("answer", quiz=1, choice=[i % 2])
        for person in pupils + rooms:
            self.assertEqual(1, (await person.await_type("answered"))["quiz"])
        n_answers = len(pupils) + len(rooms)
        tally = await teacher.until(
            lambda m: m["type"] == "tally" and m["sum"]["answers"] == n_answers
        )
        self.assertEqual([n_answers // 2] * 2, tally["sum"]["choices"])
        self.assertEqual(
            {site: N_PUPILS + 1 for site in sites},
            {site["site"]: site["answers"] for site in tally["sum"]["sites"]},
        )
        await teacher.ask("quiz-close", quiz=1)
        late = await pupils[0].ask("answer", quiz=1, choice=[0])
        self.assertEqual("quiz-closed", late["problem"])
        await teacher.ask("quiz-reveal", quiz=1, right=[1])
        revealed = await pupils[0].await_type("quiz")
        self.assertEqual(("revealed", [1]), (revealed["state"], revealed["right"]))
        self.assertEqual([], revealed["sum"]["sites"])
        for message in pupils[0].heard:
            self.assertIn(
                message["type"], ("welcome", "quiz", "answered", "bell", "error", "pong")
            )
            for site in sites[1:]:
                self.assertNotIn(site, json.dumps(message))

    async def test_the_floor_lowers_the_hand_and_ends_the_mute(self) -> None:
        teacher, rooms = await self.meet_all()
        sites = [room.welcome["you"]["site"] for room in rooms]
        for room in rooms:
            await room.ask("hand", up=True)
        await teacher.ask("mute", site=sites[0], muted=True)
        refused = await teacher.ask("floor", site="nobody")
        self.assertEqual("unknown-site", refused["problem"])
        await teacher.ask("floor", site=sites[0])
        for person in (teacher, *rooms):
            hand = await person.until(lambda m: m["type"] == "hand" and not m["up"])
            self.assertEqual((sites[0], [sites[1]]), (hand["site"], hand["hands"]))
            mute = await person.until(lambda m: m["type"] == "mute" and not m["muted"])
            self.assertEqual(sites[0], mute["site"])
        late = (await self.meet(self.tokens[1])).welcome["room"]
        self.assertEqual(([sites[1]], []), (late["hands"], late["muted"]))

    async def test_what_was_acknowledged_survives_kill_9(self) -> None:
        seed = int(os.environ.get("SC_TEST_SEED", random.randrange(1 << 30)))
        print(f"SC_TEST_SEED={seed}")
        chance = random.Random(seed)
        teacher, rooms = await self.meet_all()
        tokens = await self.enrol(rooms)
        n_acknowledged = 0
        for quiz in range(1, N_KILLS + 1):
            kept = await self.answer_until_killed(teacher, tokens, quiz, chance)
            n_acknowledged += len(kept)
            self.all_leave()
            self.signaling = await self.start()
            teacher, rooms = await self.meet_all()
            await self.check(teacher, tokens, quiz, kept)
            closed = await teacher.ask("quiz-close", quiz=quiz)
            self.assertEqual("closed", closed["state"])
        print(f"{n_acknowledged} answers acknowledged, {N_KILLS} kills")
        self.assertGreater(n_acknowledged, 0)

    async def answer_until_killed(
        self, teacher: Person, tokens: list[str], quiz: int, chance: random.Random
    ) -> dict[int, int]:
        """The last number that each pupil was told is kept."""
        pupils = [await self.meet(token) for token in tokens]
        await teacher.ask("quiz-open", kind="number", question="?")
        kept: dict[int, int] = {}

        async def answer(index: int, pupil: Person) -> None:
            try:
                for number in range(20):
                    answered = await pupil.ask("answer", quiz=quiz, number=number)
                    if answered["type"] == "answered":
                        kept[index] = number
                    await asyncio.sleep(chance.random() * 0.1)
            except Gone:
                pass

        tasks = [asyncio.create_task(answer(i, pupil)) for i, pupil in enumerate(pupils)]
        await asyncio.sleep(chance.random() * ANSWERING_LIMIT_S)
        self.signaling.kill(signal.SIGKILL)
        await self.signaling.wait()
        await asyncio.gather(*tasks)
        return kept

    async def check(
        self, teacher: Person, tokens: list[str], quiz: int, kept: dict[int, int]
    ) -> None:
        """What was told is there, or the next one, that was under way."""
        state = teacher.welcome["room"]["quiz"]
        self.assertEqual((quiz, "open"), (state["quiz"], state["state"]))
        n_answers = 0
        for index, token in enumerate(tokens):
            pupil = await self.meet(token)
            mine = pupil.welcome["room"]["quiz"]["mine"]
            n_answers += mine is not None
            if index in kept:
                self.assertIn(mine, (kept[index], kept[index] + 1))
            else:
                self.assertIn(mine, (None, 0))
        self.assertEqual(n_answers, state["sum"]["answers"])


if __name__ == "__main__":
    unittest.main()

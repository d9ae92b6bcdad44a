# SPDX-License-Identifier: Apache-2.0
"""What a person sees: lines, one moving line of progress, a block of living lines."""

from __future__ import annotations

import shutil
import sys
import unicodedata
from types import TracebackType


class Fault(Exception):
    """What the user must know and can act on; printed without a traceback, exit status 1."""


def say(text: str) -> None:
    print(text, flush=True)


def columns(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def clip(text: str, width: int | None = None) -> str:
    """@text cut to @width columns of a terminal, by default to this one's."""
    left = width or max(20, shutil.get_terminal_size().columns - 1)
    for index, character in enumerate(text):
        left -= columns(character)
        if left < 0:
            return text[:index]
    return text


def pad(text: str, width: int) -> str:
    """@text in exactly @width columns; a Chinese character takes two."""
    cut = clip(text, width)
    return cut + " " * (width - sum(map(columns, cut)))


class Progress:
    """One line that is rewritten on a terminal; elsewhere only the kept lines are printed."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.moving = sys.stdout.isatty()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.wipe()

    def show(self, text: str) -> None:
        if self.moving:
            sys.stdout.write("\r\033[K" + clip(f"{self.subject}: {text}"))
            sys.stdout.flush()

    def keep(self, text: str) -> None:
        self.wipe()
        say(f"{self.subject}: {text}")

    def wipe(self) -> None:
        if self.moving:
            sys.stdout.write("\r\033[K")
            sys.stdout.flush()


class Block:
    """A block of lines redrawn in place on a terminal, printed every @plain_s seconds else."""

    def __init__(self, plain_s: float = 5.0) -> None:
        self.moving = sys.stdout.isatty()
        self.plain_s = plain_s
        self.drawn = 0
        self.printed_at_s = float("-inf")

    def draw(self, lines: list[str], now_s: float) -> None:
        if self.moving:
            self.erase()
            sys.stdout.write("".join(clip(line) + "\n" for line in lines))
            sys.stdout.flush()
            self.drawn = len(lines)
        elif now_s - self.printed_at_s >= self.plain_s:
            self.printed_at_s = now_s
            say("\n".join(lines))

    def say(self, text: str) -> None:
        """Prints a line that stays, above the block."""
        self.erase()
        say(text)

    def erase(self) -> None:
        if self.moving and self.drawn:
            sys.stdout.write(f"\033[{self.drawn}A\033[J")
            self.drawn = 0

# SPDX-License-Identifier: Apache-2.0
"""From the rows of single runs to medians, ratios, limits and a table; pure."""

from __future__ import annotations

import statistics
from typing import Any

from house.figures import Limit

Row = dict[str, Any]

# What issue 3 asks for, in its order, and how each is shown.
COLUMNS = (
    ("server", "server", "{}"),
    ("load", "load", "{}"),
    ("profile", "SRTP", "{}"),
    ("n", "N", "{}"),
    ("us_per_packet", "µs/packet", "{:.2f}"),
    ("packets_per_s", "packets/s", "{:,.0f}"),
    ("loss_pct", "loss %", "{:.3f}"),
    ("delay_us_p50", "delay p50", "{:,.0f}"),
    ("delay_us_p99", "p99 µs", "{:,.0f}"),
    ("skew_us_p50", "skew p50", "{:,.0f}"),
    ("skew_us_p99", "p99 µs", "{:,.0f}"),
    ("rss_kib_per_receiver", "KiB/rx", "{:.1f}"),
    ("segments_per_message", "segm.", "{:.1f}"),
    ("video_segments", "of video", "{:.1f}"),
)
NAMES = tuple(name for name, _, _ in COLUMNS)


def pick(server: str, load: str, row: Row) -> Row:
    """The columns of one window of bench-load."""
    named = {"server": server, "load": load, **row}
    return {name: named.get(name) for name in NAMES}


def median(runs: list[Row]) -> Row:
    """The median of each figure over runs of one case; words are those of the first."""
    result = dict(runs[0])
    for name, value in runs[0].items():
        values = [run[name] for run in runs if is_number(run.get(name))]
        if is_number(value) and values:
            result[name] = statistics.median(values)
    return result


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def find(rows: list[Row], **wanted: object) -> Row | None:
    for row in rows:
        if all(row.get(name) == value for name, value in wanted.items()):
            return row
    return None


def value(rows: list[Row], name: str, **wanted: object) -> float | None:
    row = find(rows, **wanted)
    figure = row.get(name) if row else None
    return float(figure) if is_number(figure) and figure is not None else None


def ratio(a: float | None, b: float | None) -> float | None:
    return round(a / b, 3) if a is not None and b else None


def table(rows: list[Row]) -> str:
    cells = [[title for _, title, _ in COLUMNS]]
    for row in rows:
        cells.append([show(row.get(name), form) for name, _, form in COLUMNS])
    widths = [max(len(line[i]) for line in cells) for i in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i < 3 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths))
        )
        for line in cells
    )


def show(value: object, form: str) -> str:
    return "–" if value is None else form.format(value)


def verdict(limits: list[Limit]) -> int:
    return 0 if all(limit.holds for limit in limits) else 1

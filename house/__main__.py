# SPDX-License-Identifier: Apache-2.0
"""The words of `run`: which verb, which options."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from house import bench, build, demo, libraries, packages, serve, suite
from house.build import ROOT
from house.service import LOOPBACK, Place
from house.terminal import Fault, say

HELP = (
    """\
SynClass: one teacher, many far classrooms, one lesson.

  ./run demo     a whole lesson on this machine: teacher, classrooms, and the floor
  ./run serve    relay and signaling in the foreground, for browsers and WHIP/WHEP programs
  ./run test     [unit|integration|browser|sanitize|all] [FILE…]
  ./run bench    measures: """
    + ", ".join(bench.NAMES)
    + """
  ./run prepare  only what a build needs: Debian packages, the pages' libraries
  ./run help     this; `./run VERB --help` lists a verb's options

The first start installs the Debian packages that are missing and builds; later ones do not."""
)


def main() -> int:
    options = parser().parse_args()
    if options.verb in (None, "help"):
        say(HELP)
        return 0
    try:
        return int(options.act(options))
    except Fault as fault:
        print(f"run: {fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="./run",
        description=HELP,
        add_help=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = top.add_subparsers(dest="verb", metavar="VERB")
    verbs.add_parser("help", add_help=False)
    verbs.add_parser("prepare", help="what a build needs").set_defaults(act=run_prepare)
    add_demo(verbs.add_parser("demo", help="a whole lesson on this machine"))
    add_serve(verbs.add_parser("serve", help="relay and signaling in the foreground"))
    add_test(verbs.add_parser("test", help="the tests"))
    add_bench(verbs.add_parser("bench", help="the measurements"))
    return top


def add_demo(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--source",
        default="test",
        metavar="FILE|camera|screen|test",
        help="the teacher's picture and voice (default: a made lesson)",
    )
    verb.add_argument("--classrooms", type=count, default=2, metavar="N")
    verb.add_argument("--seconds", type=float, metavar="S", help="default: until Ctrl-C")
    verb.add_argument(
        "--host",
        default=LOOPBACK,
        metavar="ADDR",
        help="listen there, for browsers on other machines",
    )
    verb.add_argument("--headless", action="store_true", help="no windows")
    verb.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    verb.set_defaults(act=run_demo)


def add_serve(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--demo",
        nargs="?",
        const="lesson",
        choices=("lesson", "province"),
        help="with the sample lesson, or a province to look at in the console",
    )
    verb.add_argument(
        "--classrooms", type=count, default=2, metavar="N", help="in the sample"
    )
    verb.add_argument("--host", default=LOOPBACK, metavar="ADDR")
    verb.add_argument("--port", type=int, metavar="N", help="TCP and UDP")
    verb.add_argument(
        "--var",
        type=Path,
        default=ROOT / "var",
        metavar="DIR",
        help="database, logs, demo.json (default: var/)",
    )
    verb.set_defaults(act=run_serve)


def add_test(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("part", nargs="?", default="all", choices=[*suite.PARTS, "all"])
    verb.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="of integration or browser these alone, e.g. test_room or term.test.mjs",
    )
    verb.add_argument("--werror", action="store_true", help="warnings are errors")
    verb.set_defaults(act=run_test)


def add_bench(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("name", choices=bench.NAMES)
    verb.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    verb.add_argument(
        "--runs", type=int, default=3, metavar="N", help="medians of so many (default: 3)"
    )
    verb.add_argument("--quick", action="store_true", help="one short run of less")
    verb.set_defaults(act=run_bench)


def count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 64:
        raise argparse.ArgumentTypeError(f"{text}: 1 to 64 classrooms")
    return number


def prepare() -> None:
    packages.ensure(packages.RUN, build.RELEASE / ".packages")
    build.build(targets=build.PROGRAMS)


def run_prepare(options: argparse.Namespace) -> int:
    packages.ensure(packages.RUN, build.RELEASE / ".packages")
    libraries.ensure()
    return 0


def run_demo(options: argparse.Namespace) -> int:
    prepare()
    with tempfile.TemporaryDirectory(prefix="synclass-demo-") as var:
        return asyncio.run(demo.demo(options, Path(var)))


def run_serve(options: argparse.Namespace) -> int:
    prepare()
    var = options.var.resolve()
    var.mkdir(parents=True, exist_ok=True)
    place = Place.choose(options.host, options.port, var)
    n_classrooms = options.classrooms if options.demo == "lesson" else 0
    return asyncio.run(serve.serve(place, n_classrooms, options.demo == "province"))


def run_test(options: argparse.Namespace) -> int:
    return suite.run(options.part, options.files, options.werror)


def run_bench(options: argparse.Namespace) -> int:
    prepare()
    n_runs = 1 if options.quick else max(1, options.runs)
    return bench.run(options.name, options.json, n_runs, options.quick)


if __name__ == "__main__":
    sys.exit(main())

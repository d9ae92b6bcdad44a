# SPDX-License-Identifier: Apache-2.0
"""packages: what is missing is named and installed once; nothing is guessed elsewhere."""

import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from house import packages
from house.packages import Package
from house.terminal import Fault

LIST = (Package("one", "first"), Package("two", "second"))


def answer(output: str) -> mock.Mock:
    return mock.Mock(return_value=subprocess.CompletedProcess([], 0, output, ""))


class Missing(unittest.TestCase):
    def setUp(self) -> None:
        patch = mock.patch.object(packages, "is_bookworm", return_value=True)
        patch.start()
        self.addCleanup(patch.stop)

    def missing(self, output: str, wanted: tuple[Package, ...] = LIST) -> list[str]:
        with mock.patch.object(subprocess, "run", answer(output)):
            return [package.name for package in packages.missing(wanted)]

    def test_only_what_is_installed_counts_as_there(self) -> None:
        cases = [
            ("one installed\ntwo installed\n", []),
            ("one installed\n", ["two"]),
            ("one config-files\ntwo installed\n", ["one"]),
            ("", ["one", "two"]),
        ]
        for output, expected in cases:
            with self.subTest(output=output):
                self.assertEqual(self.missing(output), expected)

    def test_a_command_from_elsewhere_is_as_good(self) -> None:
        shell = Package("a-shell", "runs", command="sh")
        nothing = Package("a-shell", "runs", command="no-such-command")
        self.assertEqual(self.missing("", (shell,)), [])
        self.assertEqual(self.missing("", (nothing,)), ["a-shell"])

    def test_another_processor_goes_without(self) -> None:
        self.assertEqual(self.missing("", (Package("x", "fast", machine="vax"),)), [])


class Ensure(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.stamp = Path(folder.name) / "build" / "stamp"

    def test_a_second_start_does_not_ask_again(self) -> None:
        with mock.patch.object(packages, "missing", return_value=[]) as asked:
            packages.ensure(LIST, self.stamp)
            packages.ensure(LIST, self.stamp)
            self.assertEqual(asked.call_count, 1)
            packages.ensure(LIST[:1], self.stamp)  # another list: a question of its own
            self.assertEqual(asked.call_count, 2)

    def test_another_distribution_gets_the_list_and_nothing_is_done(self) -> None:
        with mock.patch.object(packages, "is_bookworm", return_value=False):
            with mock.patch.object(packages, "install") as install:
                with self.assertRaisesRegex(Fault, r"(?s)one\s+first.*two\s+second"):
                    packages.ensure(LIST, self.stamp)
        install.assert_not_called()
        self.assertFalse(self.stamp.exists())

    def test_without_root_the_command_is_told(self) -> None:
        with mock.patch("os.geteuid", return_value=1000):
            with mock.patch("shutil.which", return_value=None):
                with self.assertRaisesRegex(Fault, "apt-get install .*one two"):
                    packages.install(list(LIST))


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""process: what was started is gone afterwards, whatever the way `run` ends."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from house.process import Program

STUBBORN = "trap '' TERM; sleep 60 & echo ready; while :; do sleep 0.05; done"
PARENT = """
import asyncio, pathlib, sys
from house.process import Program
async def main():
    program = await Program.start("sleep", ["sleep", "60"], pathlib.Path("/dev/null"))
    print(program.pid, flush=True)
    await program.wait()
asyncio.run(main())
"""


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def gone_within(pid: int, limit_s: float) -> bool:
    end_s = time.monotonic() + limit_s
    while is_alive(pid) and time.monotonic() < end_s:
        time.sleep(0.01)
    return not is_alive(pid)


class Ending(unittest.TestCase):
    def test_a_program_that_ignores_the_request_is_killed_with_its_children(self) -> None:
        async def scenario(log: Path) -> tuple[int, list[int]]:
            program = await Program.start("sh", ["sh", "-c", STUBBORN], log, talks=True)
            assert program.process.stdout
            await asyncio.wait_for(program.process.stdout.readline(), 5)
            children = Path(
                f"/proc/{program.pid}/task/{program.pid}/children"
            ).read_text()
            await program.stop(grace_s=0.1)
            return program.status or 0, [int(pid) for pid in children.split()]

        with tempfile.TemporaryDirectory() as folder:
            status, children = asyncio.run(scenario(Path(folder) / "log"))
        self.assertEqual(status, -signal.SIGKILL)
        self.assertTrue(children)
        for pid in children:
            self.assertTrue(gone_within(pid, 5), f"pid {pid} was left behind")

    def test_it_dies_with_a_parent_that_is_killed(self) -> None:
        parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE)
        assert parent.stdout
        pid = int(parent.stdout.readline())
        self.assertTrue(is_alive(pid))
        parent.kill()
        parent.wait(5)
        parent.stdout.close()
        self.assertTrue(gone_within(pid, 5), f"pid {pid} outlived its parent")

    def test_a_command_to_one_that_has_ended_is_no_error(self) -> None:
        async def scenario() -> int:
            program = await Program.start("true", ["true"], Path(os.devnull), talks=True)
            status = await program.wait()
            program.write("quit")
            return status

        self.assertEqual(asyncio.run(scenario()), 0)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""Two network namespaces joined by a veth pair: a server on one core, the load on another.
docs/performance.md#method says why it is built this way."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from house import bench_janus
from house.build import RELEASE, ROOT
from house.service import RELAY, SIGNALING
from house.terminal import Fault, say
from tests.netlab import netlab
from tests.netlab.netlab import Namespace

LOAD = RELEASE / "tests" / "bench" / "load" / "bench-load"
FLOOR = RELEASE / "tests" / "bench" / "bench-floor"
SIZES = ROOT / "tests" / "bench" / "sizes"
TARGETS = (
    "tests/bench/load/bench-load",
    "tests/bench/bench-floor",
    "tests/netlab/linkemu",
)

SERVER_ADDRESS = "10.98.0.1"  # seen inside the two namespaces alone
LOAD_ADDRESS = "10.98.0.2"
SERVER_CORE = 0
LOAD_CORE = 1
FIRST = ["chrt", "--fifo", "1"]  # both sides: other work on the machine is not measured
BACKLOG = Path("/proc/sys/net/core/netdev_max_backlog")
BACKLOG_PACKETS = 100000  # GSO messages on their way between the cores
MEDIA_PORT = 9000
HTTP_PORT = 9080
FLOOR_PORT = 20000
START_LIMIT_S = 10.0
FLOOR_START_S = 1.0

Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One load: so many rooms and what the teacher sends."""

    n: int
    profile: str = "gcm"
    pattern: str = "synthetic"
    fps: str = "25"
    audio: bool = False
    burst: bool = True
    watchers: int = 0
    joins_per_s: int = 1000
    settle_s: float = 1.0
    window_s: float = 8.0
    sampled: int = 8

    def words(self) -> list[str]:
        path = self.pattern if self.pattern == "synthetic" else str(SIZES / self.pattern)
        words = ["--rooms", str(self.n), "--profile", self.profile, "--pattern", path]
        words += ["--fps", self.fps, "--watchers", str(self.watchers)]
        words += ["--joins-per-s", str(self.joins_per_s)]
        words += ["--settle", str(self.settle_s), "--window", str(self.window_s)]
        words += ["--sampled", str(self.sampled)]
        words += ["--audio"] * self.audio + ["--burst"] * self.burst
        return words

    @property
    def limit_s(self) -> float:
        """Joins get a minute in bench-load itself."""
        windows = len(self.fps.split(",")) * (self.settle_s + self.window_s + 2)
        return 90 + windows


def unavailable() -> str | None:
    """Why nothing can be measured on this machine; None if it can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if (os.cpu_count() or 1) <= LOAD_CORE:
        return "server and load need a core each"
    return next(
        (f"{c} is missing" for c in ("chrt", "ip", "taskset") if not shutil.which(c)),
        None,
    )


class Rig:
    """The namespaces and the pair between them, for as long as the block lasts."""

    def __init__(self) -> None:
        reason = unavailable()
        if reason:
            raise Fault(f"this bench can not run here: {reason}")
        self.ends: list[Namespace] = []
        self.backlog = BACKLOG.read_text()
        self.var = tempfile.TemporaryDirectory(prefix="synclass-bench-")

    @property
    def folder(self) -> Path:
        return Path(self.var.name)

    def __enter__(self) -> Rig:
        try:
            netlab.remove_stale()
            for address in (SERVER_ADDRESS, LOAD_ADDRESS):
                self.ends.append(Namespace(address))
            self.join()
            BACKLOG.write_text(str(BACKLOG_PACKETS))
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.remove()

    def join(self) -> None:
        """Whatever the server sends is received on the load's core (RPS), as another machine
        would: otherwise a veth pair charges the receivers' half of the kernel to the sender.
        """
        server, load = self.ends
        device = netlab.DEVICE
        netlab.ip(
            *("link", "add", device, "netns", server.name, "type", "veth"),
            *("peer", "name", device, "netns", load.name),
        )
        for end in self.ends:
            end.connect()
        mask = f"{1 << LOAD_CORE:x}"
        path = f"/sys/class/net/{device}/queues/rx-0/rps_cpus"
        command = load.command(["sh", "-c", f"echo {mask} > {path}"])
        subprocess.run(command, check=True, timeout=START_LIMIT_S)

    def remove(self) -> None:
        BACKLOG.write_text(self.backlog)
        while self.ends:
            self.ends.pop().remove()
        self.var.cleanup()

    def start(
        self, end: Namespace, core: int | str, words: list[str], log: str
    ) -> subprocess.Popen[str]:
        """@words become the process itself, so its pid is the one that is returned."""
        command = [*FIRST, "taskset", "-c", str(core), *words]
        with (self.folder / log).open("a") as sink:
            return end.start(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink)

    def start_server(
        self, words: list[str], log: str, cores: str = str(SERVER_CORE)
    ) -> subprocess.Popen[str]:
        return self.start(self.ends[0], cores, words, log)

    def ours(self, case: Case, workers: int = 1, encryptor: str = "") -> list[Row]:
        """The relay alone; the load plays signaling. A second worker shares its core with
        the load, for there is no third."""
        control = self.folder / "control.sock"
        control.unlink(missing_ok=True)
        cores = str(SERVER_CORE) if workers == 1 else f"{SERVER_CORE},{LOAD_CORE}"
        words = relay_words(control, workers, encryptor)
        server = self.start_server(words, "relay.log", cores)
        try:
            return self.load(case, server, ["--control", str(control)])
        finally:
            stop(server)

    def service(self, case: Case) -> list[Row]:
        """Relay and signaling, joined by WHEP; the relay's use is measured, and both share
        the server's core."""
        control = self.folder / "service.sock"
        database = self.folder / "synclass.db"
        sample = self.folder / "demo.json"
        seed = [
            str(SIGNALING),
            "seed",
            "--database",
            str(database),
            "--output",
            str(sample),
        ]
        seed += ["--classrooms", str(min(case.n, 1000))]
        seed += ["--url", f"http://{SERVER_ADDRESS}:{HTTP_PORT}"]
        subprocess.run(seed, check=True, capture_output=True, timeout=60)
        words = [str(SIGNALING), "serve", "--listen", SERVER_ADDRESS]
        words += ["--config", str(ROOT / "conf" / "signaling.conf")]
        words += ["--port", str(HTTP_PORT), "--database", str(database)]
        words += ["--control", str(control)]
        signaling = self.start_server(words, "signaling.log")
        relay = self.start_server(relay_words(control, 1, ""), "relay.log")
        try:
            time.sleep(FLOOR_START_S)
            return self.load(case, relay, ["--whep", str(sample)])
        finally:
            stop(relay)
            stop(signaling)

    def janus(self, case: Case) -> list[Row]:
        folder = self.folder / "janus"
        bench_janus.write(folder, SERVER_ADDRESS)
        server = self.start_server(bench_janus.command(folder), "janus.log")
        try:
            self.wait_for_port(bench_janus.SOCKET_PORT)
            return self.load(
                case, server, bench_janus.load_words(SERVER_ADDRESS, case.audio)
            )
        finally:
            stop(server)

    def wait_for_port(self, port: int) -> None:
        end_s = time.monotonic() + START_LIMIT_S
        probe = self.ends[0].command(["ss", "-Hltn", f"sport = :{port}"])
        while time.monotonic() < end_s:
            if subprocess.run(probe, capture_output=True, timeout=5).stdout.strip():
                return
            time.sleep(0.1)
        raise Fault(f"nothing listens on TCP port {port}; see {self.folder}")

    def load(
        self, case: Case, server: subprocess.Popen[str], words: list[str]
    ) -> list[Row]:
        """Runs bench-load and returns its rows."""
        command = [*FIRST, "taskset", "-c", str(LOAD_CORE), str(LOAD)]
        command += [*words, "--address", LOAD_ADDRESS, "--pid", str(server.pid)]
        command += case.words()
        try:
            answer = subprocess.run(
                self.ends[1].command(command),
                capture_output=True,
                text=True,
                timeout=case.limit_s,
            )
        except subprocess.TimeoutExpired:
            raise Fault(
                f"bench-load did not end in {case.limit_s:.0f} s: {case}"
            ) from None
        if answer.returncode != 0:
            raise Fault(f"bench-load: {answer.stderr.strip()[-500:]}")
        for line in answer.stderr.splitlines():
            say(f"    {line}")
        return [json.loads(line) for line in answer.stdout.splitlines()]

    def floor(
        self,
        n: int,
        n_bytes: int,
        packets: int,
        fps: int,
        seconds: int,
        hot: bool = False,
    ) -> Row:
        """As many bytes to as many sockets, by a loop that does nothing else: from an arena
        as large as the relay's or, @hot, one frame's bytes to all."""
        sink_words = [str(FLOOR), "sink", str(FLOOR_PORT), str(n), str(seconds + 2)]
        sink = self.start(self.ends[1], LOAD_CORE, sink_words, "floor.log")
        try:
            time.sleep(FLOOR_START_S)
            words = [str(FLOOR), "send", LOAD_ADDRESS, str(FLOOR_PORT), str(n)]
            words += [str(seconds), str(n_bytes), str(packets), str(fps)]
            words += ["hot"] * hot
            command = [*FIRST, "taskset", "-c", str(SERVER_CORE), *words]
            answer = subprocess.run(
                self.ends[0].command(command),
                capture_output=True,
                text=True,
                timeout=seconds + 30,
            )
            if answer.returncode != 0:
                raise Fault(f"bench-floor: {answer.stderr.strip()}")
            row: Row = json.loads(answer.stdout)
            return row
        finally:
            stop(sink)


def relay_words(control: Path, workers: int, encryptor: str) -> list[str]:
    words = [str(RELAY), "--listen", SERVER_ADDRESS, "--port", str(MEDIA_PORT)]
    words += ["--config", str(ROOT / "conf" / "relay.conf")]
    words += ["--control", str(control), "--workers", str(workers)]
    return words + (["--encryptor", encryptor] if encryptor else [])


def stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

# SPDX-License-Identifier: Apache-2.0
"""Relay and signaling as one service: where it listens, its sample, its supervision."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import os
import socket
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from house.build import RELEASE, ROOT
from house.process import Program
from house.terminal import Fault

PORT = 8443  # one number: TCP for pages and events, UDP for media
LOOPBACK = "127.0.0.1"
READY_LIMIT_S = 10.0
PROVINCE_LIMIT_S = 300
CERTIFICATE_DAYS = 30

RESTART_FIRST_S = 0.1
RESTART_LONGEST_S = 5.0
STEADY_S = 5.0  # what ran so long is restarted at once; what did not waits twice as long

RELAY = RELEASE / "relay" / "synclass-relay"
SIGNALING = RELEASE / "signaling" / "synclass-signaling"


@dataclass(frozen=True)
class Place:
    """Where a service listens and keeps its files. @announce is what peers are told."""

    host: str
    announce: str
    port: int
    var: Path
    secure: bool

    @classmethod
    def choose(cls, host: str, port: int | None, var: Path) -> Place:
        """@port None: the default, or a free one where that is taken."""
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            raise Fault(
                f"--host {host}: please give an IP address of this machine"
            ) from None
        announce = own_address(address.version) if address.is_unspecified else host
        if port is None:
            port = PORT if is_free(host, PORT) else free_port(host)
        elif not is_free(host, port):
            raise Fault(f"port {port} on {host} is taken (TCP or UDP)")
        return cls(host, announce, port, var, secure=not address.is_loopback)

    @property
    def url(self) -> str:
        scheme = "https" if self.secure else "http"
        host = f"[{self.announce}]" if ":" in self.announce else self.announce
        return f"{scheme}://{host}:{self.port}"

    @property
    def certificate(self) -> Path:
        return self.var / "certificate.pem"

    @property
    def key(self) -> Path:
        return self.var / "key.pem"


def own_address(version: int) -> str:
    """The address other machines see; connecting a UDP socket sends nothing."""
    family, far = (
        (socket.AF_INET, "192.0.2.1")
        if version == 4
        else (socket.AF_INET6, "2001:db8::1")
    )
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((far, 9))
        except OSError:
            return LOOPBACK if version == 4 else "::1"
        return str(probe.getsockname()[0])


def is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with socket.socket(family, kind) as probe:
                if kind == socket.SOCK_STREAM:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
    except OSError:
        return False
    return True


def free_port(host: str) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for _ in range(50):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.bind((host, 0))
            port = int(probe.getsockname()[1])
        if is_free(host, port):
            return port
    raise Fault(f"no free port on {host}")


class Service:
    def __init__(self, place: Place, tell: Callable[[str], None]) -> None:
        self.place = place
        self.tell = tell
        self.config = ROOT / "conf" / "signaling.conf"
        self.relay: Program | None = None
        self.signaling: Program | None = None
        self.on_restart: Callable[[], None] = lambda: None

    def seed(self, n_classrooms: int) -> dict[str, Any]:
        """Fills the store with the sample; gives its lesson and tokens."""
        place = self.place
        output = place.var / "sample.json"
        command = [str(SIGNALING), "seed", "--database", str(self.database)]
        command += ["--classrooms", str(n_classrooms), "--url", place.url]
        command += ["--output", str(output)]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=30)
        if answer.returncode != 0:
            raise Fault(f"the sample could not be made: {answer.stderr.strip()}")
        sample: dict[str, Any] = json.loads(output.read_text())
        return sample

    def seed_province(self) -> dict[str, Any]:
        """Fills the store with a province, or leaves the one that is there; gives who can
        sign in, with a new password."""
        output = self.place.var / "province.json"
        command = [str(SIGNALING), "seed", "--province", "--database", str(self.database)]
        command += ["--output", str(output)]
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=PROVINCE_LIMIT_S
        )
        if answer.returncode != 0:
            raise Fault(f"the province could not be made: {answer.stderr.strip()}")
        told: dict[str, Any] = json.loads(output.read_text())
        return told

    @property
    def database(self) -> Path:
        return self.place.var / "synclass.db"

    async def start(self) -> None:
        """Starts both and returns when signaling has its relay."""
        if self.place.secure and not self.place.certificate.exists():
            make_certificate(self.place)
        await self.start_signaling()
        await self.start_relay()
        await self.ready()

    async def start_signaling(self) -> Program:
        place = self.place
        command = [str(SIGNALING), "serve", "--config", str(self.config)]
        command += ["--listen", place.host, "--port", str(place.port)]
        command += ["--database", str(self.database), "--control", self.control]
        if place.secure:
            command += ["--certificate", str(place.certificate), "--key", str(place.key)]
        self.signaling = await Program.start(
            "signaling", command, place.var / "signaling.log"
        )
        return self.signaling

    async def start_relay(self) -> Program:
        place = self.place
        command = [str(RELAY), "--config", str(ROOT / "conf" / "relay.conf")]
        command += ["--control", self.control, "--port", str(place.port)]
        command += ["--listen", place.host, "--announce", place.announce]
        self.relay = await Program.start("relay", command, place.var / "relay.log")
        return self.relay

    @property
    def control(self) -> str:
        return str(self.place.var / "control.sock")

    async def ready(self) -> None:
        end_s = time.monotonic() + READY_LIMIT_S
        while time.monotonic() < end_s:
            for program in (self.signaling, self.relay):
                if program and program.status is not None:
                    raise Fault(program.obituary())
            if await asyncio.to_thread(self.is_healthy):
                return
            await asyncio.sleep(0.05)
        raise Fault(
            f"not ready after {READY_LIMIT_S:.0f} s; the logs are in {self.place.var}"
        )

    def is_healthy(self) -> bool:
        try:
            return bool(json.loads(self.get("/healthz")).get("relay"))
        except (OSError, ValueError):
            return False

    def get(self, path: str) -> str:
        context = ssl._create_unverified_context() if self.place.secure else None
        with urllib.request.urlopen(
            self.place.url + path, timeout=3, context=context
        ) as answer:
            return str(answer.read().decode())

    async def supervise(self) -> None:
        """Restarts what dies, for as long as it is not cancelled."""
        await asyncio.gather(self.keep("relay"), self.keep("signaling"))

    async def keep(self, name: str) -> None:
        begin = self.start_relay if name == "relay" else self.start_signaling
        program = self.relay if name == "relay" else self.signaling
        pause_s = RESTART_FIRST_S
        while program:
            started_s = time.monotonic()
            status = await program.wait()
            if time.monotonic() - started_s >= STEADY_S:
                pause_s = RESTART_FIRST_S
            self.tell(
                f"{name} ended with {status}: starting it again in {pause_s * 1000:.0f} ms"
            )
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, RESTART_LONGEST_S)
            program = await begin()
            self.tell(f"{name} runs again, pid {program.pid}")
            self.on_restart()

    async def stop(self) -> None:
        for program in (self.relay, self.signaling):
            if program:
                await program.stop()


def make_certificate(place: Place) -> None:
    """A self-signed one: browsers give camera and microphone to secure pages only."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"]
    command += ["ec_paramgen_curve:prime256v1", "-nodes", "-days", str(CERTIFICATE_DAYS)]
    command += ["-subj", "/CN=SynClass", "-addext", f"subjectAltName=IP:{place.announce}"]
    command += ["-keyout", str(place.key), "-out", str(place.certificate)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=30)
    if answer.returncode != 0:
        raise Fault(f"openssl made no certificate: {answer.stderr.strip()}")
    os.chmod(place.key, 0o600)

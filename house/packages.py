# SPDX-License-Identifier: Apache-2.0
"""The Debian packages SynClass needs, each with its reason, and how they get installed."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from house.terminal import Fault, Progress, say

DPKG_STATUS = Path("/var/lib/dpkg/status")


@dataclass(frozen=True)
class Package:
    name: str
    reason: str
    command: str | None = (
        None  # where this command is found, the package is not asked for
    )
    machine: str | None = None  # the only processor Debian has it for


RUN = (
    Package("gcc", "compiles C"),
    Package("libc6-dev", "the C library's headers"),
    Package("pkg-config", "finds the libraries"),
    Package("meson", "configures the build", command="meson"),
    Package("ninja-build", "runs the build", command="ninja"),
    Package("libglib2.0-dev", "event loop and types"),
    Package("libgstreamer1.0-dev", "media pipelines"),
    Package("libgstreamer-plugins-base1.0-dev", "SDP, application sources and sinks"),
    Package("libgstreamer-plugins-bad1.0-dev", "WebRTC in the client"),
    Package("libnice-dev", "ICE in the client, STUN in the relay"),
    Package("libsrtp2-dev", "opens SRTP in the relay"),
    Package("libssl-dev", "DTLS and the portable encryptor"),
    Package("libipsec-mb-dev", "the fast encryptor", machine="x86_64"),
    Package("libsoup-3.0-dev", "HTTP and WebSocket"),
    Package("libjson-glib-dev", "JSON messages"),
    Package("libjsonrpc-glib-1.0-dev", "the control channel"),
    Package("libsqlite3-dev", "the store"),
    Package("libpango1.0-dev", "words on a room's screen"),
    Package("libpoppler-glib-dev", "pages of slides on a room's screen"),
    Package("libx11-dev", "a room's full-screen window"),
    Package("libcsv-dev", "tables for spreadsheets"),
    Package("libical-dev", "calendars to subscribe to"),
    Package("libqrencode-dev", "QR codes for enrolling devices"),
    Package("libspeexdsp-dev", "takes a loudspeaker out of a microphone"),
    Package("libsodium-dev", "tokens and passwords"),
    Package("glib-networking", "TLS for GLib"),
    Package("gstreamer1.0-tools", "shows what the machine can encode"),
    Package("gstreamer1.0-plugins-base", "Opus, conversion, test pictures"),
    Package("gstreamer1.0-plugins-good", "RTP, VP8, camera, Matroska"),
    Package("gstreamer1.0-plugins-bad", "webrtcbin, DTLS, SRTP, the canceller"),
    Package("gstreamer1.0-plugins-ugly", "x264, the software encoder"),
    Package("gstreamer1.0-libav", "decodes H.264"),
    Package("gstreamer1.0-nice", "ICE for webrtcbin"),
    Package("gstreamer1.0-x", "clock and text in the picture"),
    Package("gstreamer1.0-alsa", "microphone and loudspeaker"),
    Package("gstreamer1.0-pulseaudio", "the same where PulseAudio runs"),
    Package("pulseaudio", "a made room for the test of sound", command="pulseaudio"),
    Package("espeak-ng", "the voice of the made lesson", command="espeak-ng"),
    Package("fonts-noto-cjk", "Chinese text in the picture"),
    Package("qpdf", "looks through slides that are handed in", command="qpdf"),
    Package("openssl", "makes a certificate for --host", command="openssl"),
    Package("nodejs", "runs npm; drives the browser in tests", command="node"),
    Package("npm", "fetches the pages' libraries", command="npm"),
)

TEST = RUN + (
    Package("chromium", "a browser nobody here wrote", command="chromium"),
    Package("ffmpeg", "real footage as the browser's camera", command="ffmpeg"),
    Package("iproute2", "network namespaces for the link emulator", command="ip"),
    Package("xvfb", "a display for tests of windows", command="Xvfb"),
)

BENCH = RUN + (
    Package("iproute2", "network namespaces for server and load", command="ip"),
    Package("janus", "the server to compare with", command="janus"),
)


def ensure(packages: tuple[Package, ...], stamp: Path) -> None:
    """Installs what is missing, or raises Fault with the command to type. @stamp remembers
    that nothing was missing for as long as neither the list nor dpkg's status changes."""
    if stamp.exists() and stamp.read_text() == state(packages):
        return
    absent = missing(packages)
    if absent:
        install(absent)
        absent = missing(packages)
        if absent:
            raise Fault("still missing: " + " ".join(p.name for p in absent))
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(state(packages))


def state(packages: tuple[Package, ...]) -> str:
    names = " ".join(p.name for p in packages)
    changed_ns = DPKG_STATUS.stat().st_mtime_ns if DPKG_STATUS.exists() else 0
    return hashlib.sha256(f"{names} {changed_ns}".encode()).hexdigest()


def missing(packages: tuple[Package, ...]) -> list[Package]:
    wanted = [p for p in packages if is_wanted(p)]
    if not is_bookworm():
        raise Fault(
            f"this is not Debian 12; SynClass needs (Debian's names):\n{table(packages)}"
        )
    query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\\n"]
    answer = subprocess.run(
        query + [p.name for p in wanted], capture_output=True, text=True
    )
    present = {
        line.split()[0]
        for line in answer.stdout.splitlines()
        if line.endswith(" installed")
    }
    return [p for p in wanted if p.name not in present]


def is_wanted(package: Package) -> bool:
    if package.machine and package.machine != platform.machine():
        return False
    return not (package.command and shutil.which(package.command))


def is_bookworm() -> bool:
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except OSError:
        return False
    return "ID=debian" in lines and 'VERSION_ID="12"' in lines


def table(packages: Iterable[Package]) -> str:
    return "\n".join(f"  {p.name:<34} {p.reason}" for p in packages)


def install(absent: list[Package]) -> None:
    say(f"{len(absent)} Debian packages are missing:\n{table(absent)}")
    command = [
        "apt-get",
        "install",
        "-y",
        "--no-install-recommends",
        *(p.name for p in absent),
    ]
    if os.geteuid() != 0:
        if not shutil.which("sudo"):
            raise Fault("root is needed for this; please run:\n  " + " ".join(command))
        command = ["sudo", "DEBIAN_FRONTEND=noninteractive", *command]
    if apt(command) != 0:
        update = command[: command.index("apt-get")] + ["apt-get", "update"]
        if apt(update) != 0 or apt(command) != 0:
            raise Fault("apt-get failed; please run it by hand:\n  " + " ".join(command))


def apt(command: list[str]) -> int:
    """Runs apt-get with one moving line that names the package in hand."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process, Progress("packages") as progress:
        assert process.stdout is not None
        for line in process.stdout:
            words = line.split()
            if line.startswith("Get:") and len(words) > 5:
                progress.show(f"fetching {words[4]}")
            elif line.startswith(("Unpacking ", "Setting up ")):
                progress.show(line.split("(")[0].strip().lower())
            elif line.startswith("E: "):
                progress.keep(line.strip())
    return process.returncode

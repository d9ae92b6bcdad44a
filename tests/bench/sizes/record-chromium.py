#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the packet sizes of Chromium's encoder on footage: of two peer connections in one page one
sends the file as a camera, and the packets, whose RTP headers are in the clear, are read off the
loopback interface of a network namespace of its own. Needs root, Debian's chromium and ffmpeg.

usage: record-chromium.py FOOTAGE CODEC KBPS SECONDS > SIZES"""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

INSIDE = "--inside"  # the namespace
# Chromium takes no loopback address for a candidate.
NETWORK = (
    "ip link set lo up && ip link add card type veth peer name wire"
    " && ip link set card up && ip link set wire up"
    " && ip address add 10.97.0.1/24 dev card && ip route add default dev card"
)
START_LIMIT_S = 30
WARM_UP_S = 10  # until the bandwidth estimate allows the whole rate
TAG_BYTES = 16  # AES-GCM
ETHERNET_BYTES = 14
PAYLOAD_TYPES = range(35, 128)
WIDTH, HEIGHT, FPS = 640, 480, 30

PAGE = """<script>
const CODEC = "%(codec)s", KBPS = %(kbps)d;
async function start() {
    const camera = await navigator.mediaDevices.getUserMedia(
        { video: { width: %(width)d, height: %(height)d, frameRate: %(fps)d } });
    const from = new RTCPeerConnection(), to = new RTCPeerConnection();
    from.onicecandidate = (event) => to.addIceCandidate(event.candidate);
    to.onicecandidate = (event) => from.addIceCandidate(event.candidate);
    const sender = from.addTransceiver(camera.getVideoTracks()[0], { direction: 'sendonly' });
    sender.setCodecPreferences(RTCRtpSender.getCapabilities('video').codecs.filter(
        (codec) => [`video/${CODEC}`, 'video/rtx'].includes(codec.mimeType)));
    await from.setLocalDescription(await from.createOffer());
    await to.setRemoteDescription(from.localDescription);
    const answer = await to.createAnswer();
    await to.setLocalDescription(answer);
    await from.setRemoteDescription({ type: 'answer', sdp: answer.sdp.replaceAll(
        /a=fmtp:(\\d+) /g, `a=fmtp:$1 x-google-start-bitrate=${KBPS};x-google-min-bitrate=${KBPS};`) });
    const parameters = sender.sender.getParameters();
    parameters.encodings[0].maxBitrate = KBPS * 1000;
    parameters.degradationPreference = 'maintain-framerate-and-resolution';
    await sender.sender.setParameters(parameters);
}
start().catch((error) => { document.title = String(error); });
</script>"""


class Packet(NamedTuple):
    """What looks like SRTP."""

    ssrc: int
    sequence: int
    timestamp: int
    length: int  # of the payload, bytes


def make_camera(footage: str, seconds: float, path: Path) -> None:
    scale = f"scale={WIDTH}:{HEIGHT}:force_original_aspect_ratio=increase,crop={WIDTH}:{HEIGHT}"
    command = ["ffmpeg", "-v", "error", "-i", footage, "-t", str(seconds), "-an"]
    command += ["-vf", f"{scale},fps={FPS}", "-pix_fmt", "yuv420p", str(path)]
    subprocess.run(command, check=True)


def start_chromium(folder: Path, page: str) -> subprocess.Popen[bytes]:
    (folder / "page.html").write_text(page)
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
    ]
    command += ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    command += [f"--use-file-for-fake-video-capture={folder / 'camera.y4m'}"]
    command += ["--disable-features=WebRtcHideLocalIpsWithMdns"]
    command += [f"--user-data-dir={folder / 'profile'}", (folder / "page.html").as_uri()]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def read_packets(seconds: float) -> list[Packet]:
    """Of @seconds, after a warm-up that begins with the first packet."""
    found: list[Packet] = []
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800)) as wire:
        wire.bind(("lo", 0))
        wire.settimeout(0.2)
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        begin_s = 0.0
        limit_s = time.monotonic() + START_LIMIT_S
        while time.monotonic() < limit_s:
            try:
                frame, address = wire.recvfrom(65536)
            except TimeoutError:
                continue
            packet = parse(frame[ETHERNET_BYTES:])
            if packet is None or address[2] == socket.PACKET_OUTGOING:
                continue
            if begin_s == 0:
                begin_s = time.monotonic() + WARM_UP_S
                limit_s = begin_s + seconds
            if time.monotonic() >= begin_s:
                found.append(packet)
    if not found:
        sys.exit("record-chromium: the page sent nothing")
    return found


def parse(ip: bytes) -> Packet | None:
    if len(ip) < 20 or ip[9] != socket.IPPROTO_UDP:
        return None
    rtp = ip[(ip[0] & 15) * 4 + 8 :]
    if len(rtp) < 16 or rtp[0] >> 6 != 2 or rtp[1] & 127 not in PAYLOAD_TYPES:
        return None
    if 64 <= rtp[1] & 127 < 96:
        return None  # RTCP
    header = 12 + (rtp[0] & 15) * 4
    if rtp[0] & 16:
        header += 4 + 4 * struct.unpack_from(">H", rtp, header + 2)[0]
    sequence, timestamp, ssrc = struct.unpack_from(">HII", rtp, 2)
    return Packet(ssrc, sequence, timestamp, len(rtp) - header - TAG_BYTES)


def group(packets: list[Packet]) -> list[list[int]]:
    """The payload sizes of each frame of the stream that has the most packets."""
    ssrcs = [packet.ssrc for packet in packets]
    video = max(set(ssrcs), key=ssrcs.count)
    frames: dict[int, dict[int, int]] = {}
    for packet in packets:
        if packet.ssrc == video:
            frames.setdefault(packet.timestamp, {})[packet.sequence] = packet.length
    ordered = [list(sizes.values()) for sizes in frames.values()]
    return ordered[1:-1]  # the first and the last may be cut


def main() -> None:
    if sys.argv[1] != INSIDE:
        inner = ["sh", "-c", f'{NETWORK} && exec "$@"', "sh", *sys.orig_argv]
        inner.insert(-len(sys.argv) + 1, INSIDE)
        os.execvp("unshare", ["unshare", "--net", *inner])
    footage, codec, kbps, seconds = sys.argv[2:]
    length_s = WARM_UP_S + float(seconds) + 10
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_camera(footage, length_s, folder / "camera.y4m")
        picture = {"width": WIDTH, "height": HEIGHT, "fps": FPS}
        browser = start_chromium(
            folder, PAGE % {"codec": codec, "kbps": int(kbps), **picture}
        )
        try:
            frames = group(read_packets(float(seconds)))
        finally:
            browser.terminate()
            browser.wait()
    n_bytes = sum(sum(sizes) for sizes in frames)
    rate = n_bytes * 8 / float(seconds) / 1e6
    print(f"# RTP payload bytes of each packet, one line a frame: Chromium, {codec},")
    print(
        f"# {WIDTH}x{HEIGHT} at {FPS} fps, {int(kbps) / 1000:g} Mbit/s asked, {rate:.1f} sent;"
    )
    print(f"# {seconds} s of camera footage.")
    for sizes in frames:
        print(*sizes)


if __name__ == "__main__":
    main()

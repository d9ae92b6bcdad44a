# SPDX-License-Identifier: Apache-2.0
"""Debian's Janus with one mountpoint of its streaming plugin, for comparison."""

from __future__ import annotations

import subprocess
from pathlib import Path

from house.terminal import Fault

LIBRARIES = Path("/usr/lib")
SOCKET_PORT = 8188
VIDEO_PORT = 5004
AUDIO_PORT = 5006
VIDEO_TYPE = 102  # payload types, as bench-load's
AUDIO_TYPE = 111

GENERAL = """\
general: {{
    configs_folder = "{folder}"
    plugins_folder = "{libraries}/plugins"
    transports_folder = "{libraries}/transports"
    events_folder = "{libraries}/events"
    loggers_folder = "{libraries}/loggers"
    interface = "{address}"
    debug_level = 2
    debug_colors = false
}}
nat: {{
    ice_lite = true
    ice_enforce_list = "{address}"
    full_trickle = false
}}
plugins: {{ disable = "{plugins}" }}
transports: {{ disable = "{transports}" }}
loggers: {{ disable = "{loggers}" }}
events: {{ broadcast = false }}
"""

WEBSOCKETS = """\
general: {{
    json = "compact"
    ws = true
    ws_port = {port}
    ws_ip = "{address}"
    wss = false
}}
"""

STREAMING = """\
lesson: {{
    type = "rtp"
    id = 1
    description = "the load"
    media = (
        {{ type = "audio", mid = "0", label = "a", port = {audio_port}, pt = {audio},
          codec = "opus" }},
        {{ type = "video", mid = "1", label = "v", port = {video_port}, pt = {video},
          codec = "h264", fmtp = "profile-level-id=42e01f;packetization-mode=1" }}
    )
}}
"""


def libraries() -> Path:
    found = sorted(LIBRARIES.glob("*/janus/plugins/libjanus_streaming.so"))
    if not found:
        raise Fault("the package janus is missing: apt-get install janus")
    return found[0].parent.parent


def others(kind: str, kept: str) -> str:
    names = (path.name for path in (libraries() / kind).glob("*.so"))
    return ",".join(sorted(name for name in names if name != kept))


def write(folder: Path, address: str) -> None:
    """Its configuration: the streaming plugin, the WebSocket transport and nothing else."""
    folder.mkdir(exist_ok=True)
    values = {
        "folder": folder,
        "libraries": libraries(),
        "address": address,
        "plugins": others("plugins", "libjanus_streaming.so"),
        "transports": others("transports", "libjanus_websockets.so"),
        "loggers": others("loggers", ""),
    }
    streaming = STREAMING.format(
        audio_port=AUDIO_PORT, video_port=VIDEO_PORT, audio=AUDIO_TYPE, video=VIDEO_TYPE
    )
    (folder / "janus.jcfg").write_text(GENERAL.format(**values))
    (folder / "janus.transport.websockets.jcfg").write_text(
        WEBSOCKETS.format(port=SOCKET_PORT, address=address)
    )
    (folder / "janus.plugin.streaming.jcfg").write_text(streaming)


def command(folder: Path) -> list[str]:
    return ["janus", "--configs-folder", str(folder)]


def load_words(address: str, audio: bool) -> list[str]:
    words = ["--janus", f"ws://{address}:{SOCKET_PORT}", "--rtp", address]
    words += ["--rtp-video", str(VIDEO_PORT)]
    return words + (["--rtp-audio", str(AUDIO_PORT)] if audio else [])


def version() -> str:
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}", "janus"], capture_output=True, text=True
    )
    return answer.stdout.strip() or "unknown"

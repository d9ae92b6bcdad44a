# SPDX-License-Identifier: Apache-2.0
"""A made room: a sound server of its own, whose loudspeaker plays to nobody and is heard at its
microphone, weaker and later. For tests and `run bench sound`."""

from __future__ import annotations

import asyncio
from pathlib import Path

from house.process import Program

START_LIMIT_S = 20.0
FORMAT = "rate=48000 channels=1"
# -10 dB, as PulseAudio counts: the cube root of it, of 65536.
ECHO_VOLUME = 44651


class SoundRoom:
    """PulseAudio with the loudspeakers `room` (the one to play to), `air` (who plays here is heard
    in the room) and `elsewhere`; microphones are their monitors."""

    def __init__(self, program: Program, environment: dict[str, str]) -> None:
        self.program = program
        self.environment = environment  # for programs that play and listen here

    @classmethod
    async def start(cls, var: Path, delay_ms: int) -> SoundRoom:
        """What `room` plays is heard in the `air` @delay_ms later, and by what a sound server
        needs besides."""
        socket = var / "sound"
        script = var / "sound.pa"
        script.write_text(
            f"load-module module-null-sink sink_name=room {FORMAT}\n"
            f"load-module module-null-sink sink_name=air {FORMAT}\n"
            f"load-module module-null-sink sink_name=elsewhere {FORMAT}\n"
            "load-module module-loopback source=room.monitor sink=air "
            f"latency_msec={delay_ms} adjust_time=0 source_dont_move=true sink_dont_move=true\n"
            f"set-sink-volume room {ECHO_VOLUME}\n"
            f"load-module module-native-protocol-unix socket={socket} auth-anonymous=1\n"
        )
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1"]
        command += ["--use-pid-file=no", "-F", str(script)]
        program = await Program.start("pulseaudio", command, var / "sound.log")
        room = cls(program, {"PULSE_SERVER": f"unix:{socket}", "PULSE_SINK": "room"})
        room.listen_at("air")
        try:
            async with asyncio.timeout(START_LIMIT_S):
                while not socket.exists():
                    await asyncio.sleep(0.02)
        except TimeoutError:
            await room.stop()
            raise
        return room

    def listen_at(self, loudspeaker: str) -> None:
        """Programs started from now on have their microphone at @loudspeaker."""
        self.environment["PULSE_SOURCE"] = f"{loudspeaker}.monitor"

    async def stop(self) -> None:
        await self.program.stop()
